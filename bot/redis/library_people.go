package redis

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/redis/go-redis/v9"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/community"
	"github.com/staffroom-bot/staffroom/bot/library"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

var _ community.Follower = Library{}

// What is kept of a member beside the resources themselves.
func keptBy(m bot.MemberID) string        { return "librarykept:" + string(m) }
func libraryOf(m bot.MemberID) string     { return "libraryof:" + string(m) }
func librarySearch(m bot.MemberID) string { return "librarysearch:" + string(m) }

// libraryKeepers is where it is kept who has resources for themselves.
const libraryKeepers = "librarykeepers"

// KeepRules implements library.Store.
func (s Library) KeepRules(ctx context.Context, r *library.Rules, e outbox.Effects) error {
	return s.keepRules(ctx, r, e, leftByAll)
}

// keepRules stores the rules unless a space, or all, has left the community.
func (s Library) keepRules(ctx context.Context, r *library.Rules, e outbox.Effects, unless ...string) error {
	version, err := s.advance(ctx, change{
		community: r.Community, records: libraryRules, id: "all", from: r.Version, body: r, unless: unless, Effects: e,
	})
	if err == nil {
		r.Version = version
	}
	return err
}

// Keep implements library.Store.
func (s Library) Keep(ctx context.Context, c bot.CommunityID, m bot.MemberID, id string, keep bool) error {
	writes := []write{{"ZREM", keptBy(m), []string{id}}}
	if keep {
		now, err := s.Now(ctx)
		if err != nil {
			return err
		}
		writes = []write{{"ZADD", keptBy(m), []string{millis(now), id}}, {"ZADD", libraryKeepers, []string{"0", string(m)}}}
	}
	_, err := s.advance(ctx, change{community: c, writes: writes})
	return err
}

// Follow implements community.Follower: what somebody keeps for themselves is in the list
// of the member who they are by now, and who is not told of answers is not told.
func (s Library) Follow(ctx context.Context, c bot.CommunityID, from, into bot.MemberID) error {
	untold, err := s.client.SIsMember(ctx, key(c, libraryUntold), string(from)).Result()
	if err != nil {
		return failed(err)
	}
	if untold {
		if err := s.Tell(ctx, c, into, false); err != nil {
			return err
		}
	}
	return s.follow(ctx, c, "follow", from, into)
}

// GiveBack implements community.Follower. Who is not told stays so: nobody knows which of
// the two has chosen it.
func (s Library) GiveBack(ctx context.Context, c bot.CommunityID, from, into bot.MemberID) error {
	return s.follow(ctx, c, "give back", from, into)
}

func (s Library) follow(ctx context.Context, c bot.CommunityID, what string, from, into bot.MemberID) error {
	keys := []string{key(c, keptBy(from)), key(c, keptBy(into)), key(c, libraryKeepers)}
	_, err := s.strings(ctx, libraryFollowScript, keys, what, string(into))
	return err
}

// Kept implements library.Store.
func (s Library) Kept(ctx context.Context, c bot.CommunityID, m bot.MemberID, limit int) ([]string, error) {
	ids, err := s.client.ZRevRange(ctx, key(c, keptBy(m)), 0, int64(limit)-1).Result()
	return ids, failed(err)
}

// Keepers implements library.Store.
func (s Library) Keepers(ctx context.Context, c bot.CommunityID, id string) ([]bot.MemberID, error) {
	all, err := s.client.ZRange(ctx, key(c, libraryKeepers), 0, -1).Result()
	if err != nil || len(all) == 0 {
		return nil, failed(err)
	}
	pipe := s.client.Pipeline()
	kept := make([]*redis.FloatCmd, len(all))
	for i, m := range all {
		kept[i] = pipe.ZScore(ctx, key(c, keptBy(bot.MemberID(m))), id)
	}
	if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) {
		return nil, failed(err)
	}
	var keepers []bot.MemberID
	for i, m := range all {
		switch err := kept[i].Err(); {
		case err == nil:
			keepers = append(keepers, bot.MemberID(m))
		case !errors.Is(err, redis.Nil):
			return nil, failed(err)
		}
	}
	return keepers, nil
}

// Of implements library.Store.
func (s Library) Of(ctx context.Context, c bot.CommunityID, m bot.MemberID) ([]string, error) {
	ids, err := s.client.SMembers(ctx, key(c, libraryOf(m))).Result()
	slices.Sort(ids)
	return ids, failed(err)
}

// KeepSearch implements library.Store.
func (s Library) KeepSearch(ctx context.Context, c bot.CommunityID, m bot.MemberID, mark string, q library.Search) error {
	body, err := json.Marshal(q)
	if err != nil {
		return err
	}
	pipe := s.client.TxPipeline()
	pipe.HSet(ctx, key(c, librarySearch(m)), mark, body)
	pipe.PExpire(ctx, key(c, librarySearch(m)), library.SearchFor)
	_, err = pipe.Exec(ctx)
	return failed(err)
}

// Search implements library.Store.
func (s Library) Search(ctx context.Context, c bot.CommunityID, m bot.MemberID, mark string) (q library.Search, err error) {
	body, err := s.client.HGet(ctx, key(c, librarySearch(m)), mark).Bytes()
	if errors.Is(err, redis.Nil) {
		return q, &bot.Error{Code: bot.NotFound}
	}
	if err != nil {
		return q, failed(err)
	}
	if err := json.Unmarshal(body, &q); err != nil {
		return q, fmt.Errorf("library: %w", err)
	}
	return q, nil
}

// Forget implements library.Store.
func (s Library) Forget(ctx context.Context, c bot.CommunityID, m bot.MemberID) error {
	_, err := s.advance(ctx, change{community: c, writes: []write{
		{"DEL", keptBy(m), []string{}}, {"DEL", libraryOf(m), []string{}}, {"DEL", librarySearch(m), []string{}},
		{"ZREM", libraryKeepers, []string{string(m)}}, {"SREM", libraryUntold, []string{string(m)}},
	}})
	return err
}
