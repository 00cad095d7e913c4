package redis

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/community"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
)

var (
	_ community.SelfStore = Communities{}
	_ community.MainStore = Communities{}
)

// Merge implements community.SelfStore.
func (s Communities) Merge(ctx context.Context, r community.Record, self community.Self, jobs ...scheduler.Job) error {
	body, err := json.Marshal(self)
	if err != nil {
		return err
	}
	return s.lead(ctx, r, self, r.ID, jobs, write{"HSET", formerSelves, []string{string(self.ID), string(body)}})
}

// Divide implements community.SelfStore.
func (s Communities) Divide(ctx context.Context, r community.Record, self community.Self, parted bot.Member, jobs ...scheduler.Job) error {
	body, err := json.Marshal(parted)
	if err != nil {
		return err
	}
	return s.lead(ctx, r, self, self.ID, jobs,
		write{"HDEL", formerSelves, []string{string(self.ID)}}, write{"HSET", "members", []string{string(self.ID), string(body)}})
}

// lead lets the accounts of a self lead to a member, together with the record of
// the member that it went into.
func (s Communities) lead(ctx context.Context, r community.Record, self community.Self, to bot.MemberID, jobs []scheduler.Job, writes ...write) error {
	spaces := []string{leftByAll}
	for _, a := range self.Accounts {
		writes = append(writes, write{"HSET", "accounts", []string{a.String(), string(to)}})
		spaces = append(spaces, a.Space.String())
	}
	_, err := s.advance(ctx, change{
		community: r.Community, records: "members", id: string(r.ID), from: r.Version, body: r.Member, writes: writes, unless: spaces,
		Effects: outbox.Effects{Jobs: jobs},
	})
	return err
}

// Selves implements community.SelfStore, the latest first.
func (s Communities) Selves(ctx context.Context, c bot.CommunityID, into bot.MemberID) ([]community.Self, error) {
	found, err := s.client.HGetAll(ctx, key(c, formerSelves)).Result()
	if err != nil {
		return nil, failed(err)
	}
	var all []community.Self
	for id, body := range found {
		self := community.Self{ID: bot.MemberID(id)}
		if err := json.Unmarshal([]byte(body), &self); err != nil {
			return nil, fmt.Errorf("a former self: %w", err)
		}
		if self.Into == into {
			all = append(all, self)
		}
	}
	slices.SortFunc(all, func(a, b community.Self) int { return b.At.Compare(a.At) })
	return all, nil
}

// Mains implements community.MainStore, in one round trip for each thousand.
func (s Communities) Mains(ctx context.Context, c bot.CommunityID, ids []bot.MemberID) (map[bot.MemberID]bot.MemberID, error) {
	mains := map[bot.MemberID]bot.MemberID{}
	for some := range slices.Chunk(ids, entriesAtOnce) {
		bodies, err := s.client.HMGet(ctx, key(c, formerSelves), texts(some)...).Result()
		if err != nil {
			return nil, failed(err)
		}
		for i, body := range bodies {
			text, ok := body.(string)
			if !ok {
				continue
			}
			var self community.Self
			if err := json.Unmarshal([]byte(text), &self); err != nil {
				return nil, fmt.Errorf("a former self: %w", err)
			}
			mains[some[i]] = self.Into
		}
	}
	return mains, nil
}
