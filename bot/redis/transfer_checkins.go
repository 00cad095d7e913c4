package redis

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/checkin"
	"github.com/staffroom-bot/staffroom/bot/community"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// CheckInTransfers moves what is kept of check-ins, and the journals and goals of
// members, with a place. It comes after the members, and before the series, which
// tell what goes along. Everything is copied, and then removed where it was: until
// that both can be made again.
type CheckInTransfers struct{ *Store }

var _ community.Keeper = CheckInTransfers{}

// afterMove is how long what was moved waits until it goes on: by then its series
// has arrived.
const afterMove = time.Hour

// Records implements community.Keeper.
func (CheckInTransfers) Records() bot.Key { return "checkin.holds" }

// going gives the check-ins that go along.
func (s CheckInTransfers) going(ctx context.Context, t bot.Transfer) ([]string, error) {
	return seriesGoing(ctx, Schedules(s), t, checkin.SeriesKind)
}

// seriesGoing gives the series of a kind that go along.
func seriesGoing(ctx context.Context, schedules Schedules, t bot.Transfer, kind string) ([]string, error) {
	ids, err := schedules.IDs(ctx, t.From)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, id := range ids {
		r, _, err := schedules.Load(ctx, t.From, id)
		if bot.CodeOf(err) == bot.NotFound || err == nil && (r.Kind != kind || !t.Joins && r.Space != t.Space) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, id)
	}
	return out, nil
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
		if err := s.move(ctx, t, id); err != nil {
			return err
		}
	}
	return s.moveOwn(ctx, t, ids)
}

// move moves one check-in.
func (s CheckInTransfers) move(ctx context.Context, t bot.Transfer, id string) error {
	past, err := s.client.ZRange(ctx, key(t.From, checkInPast(id)), 0, -1).Result()
	if err != nil {
		return failed(err)
	}
	gone := []write{{"HDEL", checkIns, []string{id}}, {"HDEL", checkIns + ":v", []string{id}}}
	var jobs []string
	for _, o := range past {
		names := []string{checkInTurns(o), checkInSaid(o), checkInSealed(o), checkInResult(o)}
		copies, err := s.copies(ctx, t.From, []string{checkInAsked, checkInOpen}, o, names[:3], names[3:])
		if err != nil {
			return err
		}
		if _, err := s.advance(ctx, change{community: t.To, writes: copies}); err != nil {
			return err
		}
		gone = append(gone, removed(names)...)
		gone = append(gone, write{"HDEL", checkInAsked, []string{o}}, write{"HDEL", checkInOpen, []string{o}})
		jobs = append(jobs, "checkin/"+o+"/summary")
	}
	hashes, sets := []string{checkInPeople(id), checkInWalls(id), checkInListed(id), checkInWord(id)}, []string{checkInOrder(id), checkInPast(id)}
	copies, err := s.copies(ctx, t.From, []string{checkIns, checkIns + ":v"}, id, hashes, sets)
	if err != nil {
		return err
	}
	jobs = append(jobs, "checkin/"+id, "checkin/"+id+"/list")
	waiting, err := s.waiting(ctx, t, jobs, afterMove)
	if err != nil {
		return err
	}
	if _, err := s.advance(ctx, change{community: t.To, writes: copies, Effects: outbox.Effects{Jobs: waiting}}); err != nil {
		return err
	}
	gone = append(gone, removed(append(hashes, sets...))...)
	_, err = s.advance(ctx, change{community: t.From, writes: gone, Effects: outbox.Effects{Cancel: jobs}})
	return err
}

func removed(names []string) []write {
	out := make([]write, len(names))
	for i, name := range names {
		out[i] = write{"DEL", name, []string{}}
	}
	return out
}

// copies are the writes that copy one field of some hashes, and other hashes and
// sorted sets whole.
func (s CheckInTransfers) copies(ctx context.Context, c bot.CommunityID, fieldsOf []string, field string, hashes, sets []string) ([]write, error) {
	pipe := s.client.TxPipeline()
	var whole []func() []write
	var single []*redis.StringCmd
	for _, name := range fieldsOf {
		single = append(single, pipe.HGet(ctx, key(c, name), field))
	}
	for _, name := range hashes {
		whole = append(whole, copiedHash(ctx, pipe, c, name))
	}
	for _, name := range sets {
		found := pipe.ZRangeWithScores(ctx, key(c, name), 0, -1)
		whole = append(whole, func() []write {
			var args []string
			for _, z := range found.Val() {
				member, _ := z.Member.(string)
				args = append(args, fromScore(z.Score), member)
			}
			return inParts("ZADD", name, args, 2)
		})
	}
	if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) {
		return nil, failed(err)
	}
	var writes []write
	for i, name := range fieldsOf {
		if single[i].Err() == nil {
			writes = append(writes, write{"HSET", name, []string{field, single[i].Val()}})
		}
	}
	for _, w := range whole {
		writes = append(writes, w()...)
	}
	return writes, nil
}

func fromScore(score float64) string { return millis(time.UnixMilli(int64(score))) }

// waiting gives jobs as they wait in the community that is left, for the other one,
// where they are not due earlier than after a while.
func (s CheckInTransfers) waiting(ctx context.Context, t bot.Transfer, ids []string, after time.Duration) ([]scheduler.Job, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	now, err := s.Now(ctx)
	if err != nil {
		return nil, err
	}
	pipe := s.client.TxPipeline()
	bodies := pipe.HMGet(ctx, key(t.From, "jobs"), ids...)
	dues := make([]*redis.FloatCmd, len(ids))
	for i, id := range ids {
		dues[i] = pipe.ZScore(ctx, key(t.From, "due"), id)
	}
	if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) {
		return nil, failed(err)
	}
	var out []scheduler.Job
	for i, id := range ids {
		text, ok := bodies.Val()[i].(string)
		if !ok {
			continue
		}
		body := decodeJob(text)
		due := time.UnixMilli(int64(dues[i].Val()))
		if earliest := now.Add(after); due.Before(earliest) {
			due = earliest
		}
		out = append(out, scheduler.Job{Group: string(t.To), ID: id, Kind: body.Kind, Due: due, Payload: body.Payload})
	}
	return out, nil
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
