package redis

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/community"
)

// Members moves members with their accounts. Who has an account in another place
// too stays there as well; both are the same member, under one ID.
type Members struct{ *Store }

var _ community.Keeper = Members{}

// membersAtOnce is how many members one script moves.
const membersAtOnce = 100

// Records implements community.Keeper.
func (Members) Records() bot.Key { return "link.holds.members" }

// Busy implements community.Keeper: members are never in the way.
func (Members) Busy(context.Context, bot.Transfer, time.Time) (until time.Time, busy bool, err error) {
	return until, false, nil
}

// Count implements community.Keeper.
func (s Members) Count(ctx context.Context, t bot.Transfer) (int, error) {
	going, err := s.going(ctx, t)
	return len(going), err
}

// goer is a member who goes along, as it is kept while on the way.
type goer struct {
	Accounts []string `json:"accounts,omitempty"` // those in the space; none: a former self of one who goes
	Body     string   `json:"body"`
	Version  string   `json:"version,omitempty"`
	Former   string   `json:"former,omitempty"` // what is known of who they are by now
	stays    bool
}

// going gives who goes along and still has an account in the community, by ID.
func (s Members) going(ctx context.Context, t bot.Transfer) (map[string]*goer, error) {
	all, staying := map[string]*goer{}, map[string]bool{}
	here := t.Space.String() + "/"
	err := s.scan(ctx, key(t.From, "accounts"), func(account, id string) {
		if !strings.HasPrefix(account, here) {
			staying[id] = true
			return
		}
		if all[id] == nil {
			all[id] = &goer{}
		}
		if !slices.Contains(all[id].Accounts, account) {
			all[id].Accounts = append(all[id].Accounts, account)
		}
	})
	if err != nil {
		return nil, err
	}
	for id, g := range all {
		g.stays = staying[id]
	}
	return all, nil
}

// Move implements community.Keeper.
func (s Members) Move(ctx context.Context, t bot.Transfer) error {
	if err := s.organizers(ctx, t); err != nil {
		return err
	}
	waiting, err := s.onTheWayFrom(ctx, t.From, "members")
	if err != nil {
		return err
	}
	if err := s.finish(ctx, t, waiting); err != nil {
		return err
	}
	all, err := s.going(ctx, t)
	if err != nil {
		return err
	}
	for ids := range slices.Chunk(slices.Sorted(maps.Keys(all)), membersAtOnce) {
		part := map[string]*goer{}
		for _, id := range ids {
			part[id] = all[id]
		}
		if err := s.some(ctx, t, part); err != nil {
			return err
		}
	}
	return nil
}

// some moves some members: they are taken out, put in, and cleared away.
func (s Members) some(ctx context.Context, t bot.Transfer, part map[string]*goer) error {
	if err := s.read(ctx, t.From, part); err != nil {
		return err
	}
	var writes []write
	kept := map[string]string{}
	for _, id := range slices.Sorted(maps.Keys(part)) {
		g := part[id]
		body, err := json.Marshal(g)
		if err != nil {
			return err
		}
		kept[id] = string(body)
		writes = append(writes, write{"HSET", onTheWay, []string{"members/" + id, string(body)}})
		if len(g.Accounts) > 0 {
			writes = append(writes, write{"HDEL", "accounts", g.Accounts})
		}
		if !g.stays {
			for _, name := range []string{"members", memberVersions, "membernumbers", formerSelves} {
				writes = append(writes, write{"HDEL", name, []string{id}})
			}
		}
	}
	if _, err := s.advance(ctx, change{community: t.From, writes: writes}); err != nil {
		return err
	}
	return s.finish(ctx, t, kept)
}

// read fills in what is stored of members, and adds their former selves.
func (s Members) read(ctx context.Context, c bot.CommunityID, part map[string]*goer) error {
	for ids := slices.Sorted(maps.Keys(part)); len(ids) > 0; {
		pipe := s.client.Pipeline()
		bodies := pipe.HMGet(ctx, key(c, "members"), ids...)
		versions := pipe.HMGet(ctx, key(c, memberVersions), ids...)
		former := pipe.HMGet(ctx, key(c, formerSelves), ids...)
		if _, err := pipe.Exec(ctx); err != nil {
			return failed(err)
		}
		var more []string
		for i, id := range ids {
			g := part[id]
			g.Body, _ = bodies.Val()[i].(string)
			g.Version, _ = versions.Val()[i].(string)
			g.Former, _ = former.Val()[i].(string)
			m, err := decodeMember(c, g.Body, "0")
			if err != nil {
				return fmt.Errorf("%s: %w", id, err)
			}
			for _, self := range strings.Fields(m.Former) {
				if part[self] == nil {
					part[self] = &goer{stays: g.stays}
					more = append(more, self)
				}
			}
		}
		ids = more
	}
	return nil
}

// finish puts in who was taken out, each under a number that is free, and clears
// them away. Who is there already keeps what is stored there.
func (s Members) finish(ctx context.Context, t bot.Transfer, kept map[string]string) error {
	if len(kept) == 0 {
		return nil
	}
	last, err := s.client.HIncrBy(ctx, key(t.To, "numbers"), "members", int64(len(kept))).Result()
	if err != nil {
		return failed(err)
	}
	number := last - int64(len(kept))
	var writes, gone []write
	for _, id := range slices.Sorted(maps.Keys(kept)) {
		var g goer
		if err := json.Unmarshal([]byte(kept[id]), &g); err != nil {
			return fmt.Errorf("a member on the way: %w", err)
		}
		number++
		writes = append(writes,
			write{"HSETNX", "members", []string{id, g.Body}},
			write{"HSETNX", "membernumbers", []string{id, strconv.FormatInt(number, 10)}})
		if g.Version != "" {
			writes = append(writes, write{"HSETNX", memberVersions, []string{id, g.Version}})
		}
		if g.Former != "" {
			writes = append(writes, write{"HSETNX", formerSelves, []string{id, g.Former}})
		}
		for _, account := range g.Accounts {
			writes = append(writes, write{"HSET", "accounts", []string{account, id}})
		}
		gone = append(gone, write{"HDEL", onTheWay, []string{"members/" + id}})
	}
	if _, err := s.advance(ctx, change{community: t.To, writes: writes}); err != nil {
		return err
	}
	_, err = s.advance(ctx, change{community: t.From, writes: gone})
	return err
}

// organizers moves who organizes: first they are there, then they are no longer
// here.
func (s Members) organizers(ctx context.Context, t bot.Transfer) error {
	members, err := s.client.SMembers(ctx, key(t.From, "organizers")).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return failed(err)
	}
	var going []any
	for _, member := range members {
		var a bot.Account
		if err := json.Unmarshal([]byte(member), &a); err != nil {
			return fmt.Errorf("organizer: %w", err)
		}
		if a.Space == t.Space {
			going = append(going, member)
		}
	}
	if len(going) == 0 {
		return nil
	}
	if err := s.client.SAdd(ctx, key(t.To, "organizers"), going...).Err(); err != nil {
		return failed(err)
	}
	return failed(s.client.SRem(ctx, key(t.From, "organizers"), going...).Err())
}
