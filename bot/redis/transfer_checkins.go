package redis

import (
	"context"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/checkin"
	"github.com/staffroom-bot/staffroom/bot/community"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// CheckInTransfers moves what is kept of check-ins, and the journals and goals of
// members, with a place. It comes after the members, and before the series, which
// tell what goes along. Everything is copied, and then removed where it was: until
// that both can be made again.
type CheckInTransfers struct{ *Store }

var _ community.Keeper = CheckInTransfers{}

// Records implements community.Keeper.
func (CheckInTransfers) Records() bot.Key { return "checkin.holds" }

// going gives the check-ins that go along.
func (s CheckInTransfers) going(ctx context.Context, t bot.Transfer) ([]string, error) {
	return seriesGoing(ctx, Schedules(s), t, checkin.SeriesKind)
}

// Count implements community.Keeper.
func (s CheckInTransfers) Count(ctx context.Context, t bot.Transfer) (int, error) {
	ids, err := s.going(ctx, t)
	return len(ids), err
}

// Busy implements community.Keeper: while people are being asked, nothing is moved.
func (s CheckInTransfers) Busy(ctx context.Context, t bot.Transfer, now time.Time) (until time.Time, busy bool, err error) {
	ids, err := s.going(ctx, t)
	if err != nil {
		return until, false, err
	}
	standings, err := CheckIns(s).Standings(ctx, t.From, ids...)
	for _, st := range standings {
		busy = busy || st.Look != nil
		for _, o := range st.Open {
			busy = busy || o.Extra != nil
		}
	}
	return now.Add(time.Minute), busy, err
}

// Move implements community.Keeper.
func (s CheckInTransfers) Move(ctx context.Context, t bot.Transfer) error {
	ids, err := s.going(ctx, t)
	if err != nil {
		return err
	}
	for _, id := range ids {
		all, err := s.parts(ctx, t, id)
		if err != nil {
			return err
		}
		if err := s.moveParts(ctx, t, all); err != nil {
			return err
		}
	}
	return s.moveOwn(ctx, t, ids)
}

// parts are what is kept of one check-in: of each time, and of itself.
func (s CheckInTransfers) parts(ctx context.Context, t bot.Transfer, id string) ([]seriesPart, error) {
	past, err := s.client.ZRange(ctx, key(t.From, checkInPast(id)), 0, -1).Result()
	if err != nil {
		return nil, failed(err)
	}
	var all []seriesPart
	for _, o := range past {
		all = append(all, seriesPart{
			fieldsOf: []string{checkInAsked, checkInOpen}, field: o,
			hashes: []string{checkInTurns(o), checkInSaid(o), checkInSealed(o)}, sets: []string{checkInResult(o)}, jobs: []string{"checkin/" + o + "/summary"},
		})
	}
	return append(all, seriesPart{
		fieldsOf: []string{checkIns, checkIns + ":v"}, field: id,
		hashes: []string{checkInPeople(id), checkInWalls(id), checkInListed(id), checkInWord(id)}, sets: []string{checkInOrder(id), checkInPast(id)},
		jobs: []string{"checkin/" + id, "checkin/" + id + "/list"},
	}), nil
}

// moveOwn moves what belongs to the members who went along: in which of the
// check-ins they take part, their journals and goals.
func (s CheckInTransfers) moveOwn(ctx context.Context, t bot.Transfer, moved []string) error {
	var members []bot.MemberID
	if err := s.scan(ctx, key(t.To, "members"), func(id, _ string) { members = append(members, bot.MemberID(id)) }); err != nil {
		return err
	}
	slices.Sort(members)
	for some := range slices.Chunk(members, membersAtOnce) {
		pipe := s.client.Pipeline()
		found := make([]*redis.IntCmd, len(some))
		for i, m := range some {
			found[i] = pipe.Exists(ctx, key(t.From, joinedBy(m)), key(t.From, journalOf(m)), key(t.From, goalsOf(m)), key(t.From, checkInTalk(m)))
		}
		if _, err := pipe.Exec(ctx); err != nil {
			return failed(err)
		}
		for i, m := range some {
			if found[i].Val() == 0 {
				continue
			}
			if err := s.moveMember(ctx, t, m, moved); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s CheckInTransfers) moveMember(ctx context.Context, t bot.Transfer, m bot.MemberID, moved []string) error {
	pipe := s.client.Pipeline()
	joined := pipe.SMembers(ctx, key(t.From, joinedBy(m)))
	journal := pipe.LRange(ctx, key(t.From, journalOf(m)), 0, -1)
	there := pipe.LRange(ctx, key(t.To, journalOf(m)), 0, -1)
	fields := pipe.SMembers(ctx, key(t.From, goalsOf(m)))
	begun, begunThere := readsTalk(ctx, pipe, t.From, m), readsTalk(ctx, pipe, t.To, m)
	stays := pipe.HExists(ctx, key(t.From, "members"), string(m))
	if _, err := pipe.Exec(ctx); err != nil {
		return failed(err)
	}
	along := slices.DeleteFunc(joined.Val(), func(id string) bool { return !slices.Contains(moved, id) })
	talk, err := talkAlong(m, begun(), begunThere())
	if err != nil {
		return err
	}
	entries := slices.DeleteFunc(journal.Val(), func(o string) bool { return slices.Contains(there.Val(), o) })
	in := slices.Concat(inParts("SADD", joinedBy(m), along, 1), inParts("RPUSH", journalOf(m), entries, 1), inParts("SADD", goalsOf(m), fields.Val(), 1), talk)
	out := inParts("SREM", joinedBy(m), along, 1)
	var jobs []string
	for _, field := range fields.Val() {
		copies, err := s.copies(ctx, t.From, []string{goals, goals + ":v"}, field, nil, nil)
		if err != nil {
			return err
		}
		in = append(in, copies...)
		out = append(out, write{"HDEL", goals, []string{field}}, write{"HDEL", goals + ":v", []string{field}})
		jobs = append(jobs, "goal/"+field)
	}
	waiting, err := s.waiting(ctx, t, jobs, 0)
	if err != nil {
		return err
	}
	if _, err := s.advance(ctx, change{community: t.To, writes: in, Effects: outbox.Effects{Jobs: waiting}}); err != nil {
		return err
	}
	if stays.Val() {
		return nil // they are in both, with what is theirs
	}
	out = append(out, removed([]string{journalOf(m), goalsOf(m), joinedBy(m), checkInTalk(m)})...)
	_, err = s.advance(ctx, change{community: t.From, writes: out, Effects: outbox.Effects{Cancel: jobs}})
	return err
}
