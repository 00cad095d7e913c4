package redis

import (
	"context"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/community"
	"github.com/staffroom-bot/staffroom/bot/partner"
)

// PartnerTransfers moves programs, and what members have told of themselves, with a place. It
// comes after the members, and before the series, which tell what goes along. Everything is
// copied, and then removed where it was: until that both can be made again.
type PartnerTransfers struct{ *Store }

var _ community.Keeper = PartnerTransfers{}

// Records implements community.Keeper.
func (PartnerTransfers) Records() bot.Key { return "partner.holds" }

// going gives the programs that go along.
func (s PartnerTransfers) going(ctx context.Context, t bot.Transfer) ([]string, error) {
	return seriesGoing(ctx, Schedules(s), t, partner.SeriesKind)
}

// Count implements community.Keeper.
func (s PartnerTransfers) Count(ctx context.Context, t bot.Transfer) (int, error) {
	ids, err := s.going(ctx, t)
	return len(ids), err
}

// Busy implements community.Keeper: while somebody is on the way to a group, nothing is moved.
func (s PartnerTransfers) Busy(ctx context.Context, t bot.Transfer, now time.Time) (until time.Time, busy bool, err error) {
	ids, err := s.going(ctx, t)
	if err != nil {
		return until, false, err
	}
	for _, id := range ids {
		st, err := Partners(s).Standing(ctx, t.From, id)
		if err != nil {
			return until, false, err
		}
		busy = busy || st.Joining != nil
	}
	return now.Add(time.Minute), busy, nil
}

// Move implements community.Keeper.
func (s PartnerTransfers) Move(ctx context.Context, t bot.Transfer) error {
	ids, err := s.going(ctx, t)
	if err != nil {
		return err
	}
	if err := s.relaysEnd(ctx, t); err != nil {
		return err
	}
	for _, id := range ids {
		all, err := s.whole(ctx, t, id)
		if err != nil {
			return err
		}
		if err := s.moveParts(ctx, t, []seriesPart{all}); err != nil {
			return err
		}
	}
	return s.moveOwn(ctx, t, ids)
}

// whole is what is kept of one program, with its groups and their jobs.
func (s PartnerTransfers) whole(ctx context.Context, t bot.Transfer, id string) (seriesPart, error) {
	groups, err := s.client.HKeys(ctx, key(t.From, partnerGroups(id))).Result()
	if err != nil {
		return seriesPart{}, failed(err)
	}
	jobs := []string{"partner/" + id + "/round", "partner/" + id + "/again", "partner/" + id + "/call"}
	for _, g := range groups {
		jobs = append(jobs, "partner/"+g)
	}
	order := partnerOrder(id)
	return seriesPart{
		fieldsOf: []string{partners, partners + ":v"}, field: id,
		hashes: slices.DeleteFunc(ofProgram(id), func(name string) bool { return name == order }), sets: []string{order}, jobs: jobs,
	}, nil
}

// moveOwn moves what belongs to the members who went along: what they have told, whom they are
// kept apart from, in which of the programs they take part.
func (s PartnerTransfers) moveOwn(ctx context.Context, t bot.Transfer, moved []string) error {
	var members []string
	if err := s.scan(ctx, key(t.To, "members"), func(id, _ string) { members = append(members, id) }); err != nil {
		return err
	}
	slices.Sort(members)
	for some := range slices.Chunk(members, membersAtOnce) {
		pipe := s.client.TxPipeline()
		here := pipe.HMGet(ctx, key(t.From, "members"), some...)
		hashes := []string{partnerProfiles, partnerBlocks, partnerEvaluations}
		own := make([]*redis.SliceCmd, len(hashes))
		for i, name := range hashes {
			own[i] = pipe.HMGet(ctx, key(t.From, name), some...)
		}
		joined := make([]*redis.StringSliceCmd, len(some))
		for i, m := range some {
			joined[i] = pipe.SMembers(ctx, key(t.From, partnerJoined(bot.MemberID(m))))
		}
		if _, err := pipe.Exec(ctx); err != nil {
			return failed(err)
		}
		var in, out []write
		for i, m := range some {
			for h, name := range hashes {
				if text, ok := own[h].Val()[i].(string); ok {
					in = append(in, write{"HSETNX", name, []string{m, text}})
					if here.Val()[i] == nil { // otherwise they are in both, with what is theirs
						out = append(out, write{"HDEL", name, []string{m}})
					}
				}
			}
			along := slices.DeleteFunc(joined[i].Val(), func(id string) bool { return !slices.Contains(moved, id) })
			in = append(in, inParts("SADD", partnerJoined(bot.MemberID(m)), along, 1)...)
			out = append(out, inParts("SREM", partnerJoined(bot.MemberID(m)), along, 1)...)
		}
		if _, err := s.advance(ctx, change{community: t.To, writes: in}); err != nil {
			return err
		}
		if _, err := s.advance(ctx, change{community: t.From, writes: out}); err != nil {
			return err
		}
	}
	return nil
}
