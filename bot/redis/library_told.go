package redis

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/redis/go-redis/v9"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/library"
)

const (
	libraryTold   = "librarytold"   // what the digests of each space have told
	libraryUntold = "libraryuntold" // the members who are not told of what they asked for
)

// KeepTold implements library.Store.
func (s Library) KeepTold(ctx context.Context, c bot.CommunityID, space bot.SpaceID, told library.Told) error {
	body, err := json.Marshal(told)
	if err != nil {
		return err
	}
	_, err = s.advance(ctx, change{community: c, writes: []write{{"HSET", libraryTold, []string{space.String(), string(body)}}}})
	return err
}

// Told implements library.Store.
func (s Library) Told(ctx context.Context, c bot.CommunityID, space bot.SpaceID) (told library.Told, err error) {
	body, err := s.client.HGet(ctx, key(c, libraryTold), space.String()).Bytes()
	if errors.Is(err, redis.Nil) {
		return told, nil
	}
	if err != nil {
		return told, failed(err)
	}
	if err := json.Unmarshal(body, &told); err != nil {
		return told, fmt.Errorf("what a digest has told: %w", err)
	}
	return told, nil
}

// Tell implements library.Store.
func (s Library) Tell(ctx context.Context, c bot.CommunityID, m bot.MemberID, tell bool) error {
	op := "SADD"
	if tell {
		op = "SREM"
	}
	_, err := s.advance(ctx, change{community: c, writes: []write{{op, libraryUntold, []string{string(m)}}}})
	return err
}

// Untold implements library.Store.
func (s Library) Untold(ctx context.Context, c bot.CommunityID) ([]bot.MemberID, error) {
	all, err := s.client.SMembers(ctx, key(c, libraryUntold)).Result()
	ids := make([]bot.MemberID, len(all))
	for i, m := range all {
		ids[i] = bot.MemberID(m)
	}
	slices.Sort(ids)
	return ids, failed(err)
}

// moveTold moves what the digests of a place have told, and who is not told: whoever has
// both places still is not told in either.
func (s Library) moveTold(ctx context.Context, t bot.Transfer) error {
	told, err := s.client.HGetAll(ctx, key(t.From, libraryTold)).Result()
	if err != nil {
		return failed(err)
	}
	var arrives, leaves []string
	for space, body := range told {
		if t.Joins || space == t.Space.String() {
			arrives, leaves = append(arrives, space, body), append(leaves, space)
		}
	}
	untold, err := s.Untold(ctx, t.From)
	if err != nil {
		return err
	}
	writes := inParts("HSET", libraryTold, arrives, 2)
	var gone []string
	for _, m := range untold {
		goes, err := s.client.HExists(ctx, key(t.To, "members"), string(m)).Result()
		if err != nil {
			return failed(err)
		}
		if goes {
			writes = append(writes, write{"SADD", libraryUntold, []string{string(m)}})
		}
		stays, err := s.client.HExists(ctx, key(t.From, "members"), string(m)).Result()
		if err != nil {
			return failed(err)
		}
		if t.Joins || goes && !stays {
			gone = append(gone, string(m))
		}
	}
	if len(writes) > 0 {
		if _, err := s.advance(ctx, change{community: t.To, writes: writes}); err != nil {
			return err
		}
	}
	writes = append(inParts("HDEL", libraryTold, leaves, 1), inParts("SREM", libraryUntold, gone, 1)...)
	if len(writes) == 0 {
		return nil
	}
	_, err = s.advance(ctx, change{community: t.From, writes: writes})
	return err
}
