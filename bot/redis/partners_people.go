package redis

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/bot/partner"
)

const (
	partnerProfiles    = "partnerprofiles"
	partnerBlocks      = "partnerblocks"
	partnerEvaluations = "partnerevaluations"
)

func partnerWho(program string) string    { return "partnerwho:" + program }
func partnerRest(program string) string   { return "partnerrest:" + program }
func partnerSilent(program string) string { return "partnersilent:" + program }
func partnerJoined(m bot.MemberID) string { return "partnerjoined:" + string(m) }
func partnerApart(why partner.Reason) string {
	if why == partner.Evaluation {
		return partnerEvaluations
	}
	return partnerBlocks
}

// Profile implements partner.Store.
func (s Partners) Profile(ctx context.Context, c bot.CommunityID, m bot.MemberID) (p partner.Profile, err error) {
	body, err := s.client.HGet(ctx, key(c, partnerProfiles), string(m)).Bytes()
	if errors.Is(err, redis.Nil) {
		return p, nil
	}
	if err != nil {
		return p, failed(err)
	}
	if err := json.Unmarshal(body, &p); err != nil {
		return p, fmt.Errorf("profile: %w", err)
	}
	return p, nil
}

// KeepProfile implements partner.Store.
func (s Partners) KeepProfile(ctx context.Context, c bot.CommunityID, m bot.MemberID, p partner.Profile) error {
	body, err := json.Marshal(p)
	if err != nil {
		return err
	}
	_, err = s.advance(ctx, change{community: c, writes: []write{{"HSET", partnerProfiles, []string{string(m), string(body)}}}})
	return err
}

// Apart implements partner.Store.
func (s Partners) Apart(ctx context.Context, c bot.CommunityID, m bot.MemberID) (partner.Apart, error) {
	pipe := s.client.TxPipeline()
	blocks, evaluations := pipe.HGet(ctx, key(c, partnerBlocks), string(m)), pipe.HGet(ctx, key(c, partnerEvaluations), string(m))
	if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) {
		return partner.Apart{}, failed(err)
	}
	return partner.Apart{Blocked: memberIDs(blocks.Val()), Evaluates: memberIDs(evaluations.Val())}, nil
}

func memberIDs(words string) []bot.MemberID {
	var out []bot.MemberID
	for _, w := range strings.Fields(words) {
		out = append(out, bot.MemberID(w))
	}
	return out
}

// SetApart implements partner.Store.
func (s Partners) SetApart(ctx context.Context, c bot.CommunityID, m, from bot.MemberID, why partner.Reason, on bool) error {
	op := leave
	if on {
		op = stay
	}
	_, err := s.advance(ctx, change{community: c, writes: []write{{op, partnerApart(why), []string{string(m), string(from)}}}})
	return err
}

// Join implements partner.Store.
func (s Partners) Join(ctx context.Context, c bot.CommunityID, program string, p partner.Participant, free time.Time, e outbox.Effects) error {
	m := string(p.Member)
	before, err := s.client.HGet(ctx, key(c, partnerWho(program)), m).Bytes()
	if err != nil && !errors.Is(err, redis.Nil) {
		return failed(err)
	}
	if err == nil {
		var known partner.Participant
		if err := json.Unmarshal(before, &known); err != nil {
			return fmt.Errorf("participant: %w", err)
		}
		p.Since = known.Since
	}
	body, err := json.Marshal(p)
	if err != nil {
		return err
	}
	_, err = s.advance(ctx, change{community: c, Effects: e, writes: append([]write{
		{"HSET", partnerWho(program), []string{m, string(body)}},
		{"SADD", partnerJoined(p.Member), []string{program}},
		{"HDEL", partnerRest(program), []string{m}},
		{"HDEL", partnerSilent(program), []string{m}},
	}, freed(program, p.Member, free)...)})
	return err
}

// freed are the writes that let somebody be free, or, with the zero time, not.
func freed(program string, m bot.MemberID, at time.Time) []write {
	if at.IsZero() {
		return []write{{"HDEL", partnerFree(program), []string{string(m)}}}
	}
	return []write{{"HSET", partnerFree(program), []string{string(m), millis(at)}}}
}

// Leave implements partner.Store.
func (s Partners) Leave(ctx context.Context, c bot.CommunityID, program string, m bot.MemberID) error {
	_, err := s.advance(ctx, change{community: c, writes: append(leaving(program, m), write{"SREM", partnerJoined(m), []string{program}})})
	return err
}

// leaving are the writes by which somebody takes part in a program no longer.
func leaving(program string, m bot.MemberID) []write {
	var writes []write
	for _, name := range []string{partnerWho(program), partnerRest(program), partnerSilent(program), partnerFree(program)} {
		writes = append(writes, write{"HDEL", name, []string{string(m)}})
	}
	return writes
}

// KeepRest implements partner.Store.
func (s Partners) KeepRest(ctx context.Context, c bot.CommunityID, program string, m bot.MemberID, r partner.Rest, free time.Time, e outbox.Effects) error {
	rests, err := rested(program, map[bot.MemberID]partner.Rest{m: r})
	if err != nil {
		return err
	}
	writes := append(rests, freed(program, m, free)...)
	if r == (partner.Rest{}) {
		writes = append(writes, silent(program, m, 0)) // that they are back is a sign
	}
	_, err = s.advance(ctx, change{community: c, Effects: e, writes: writes})
	return err
}

// rested are the writes that let people rest, and be free no longer, or end it.
func rested(program string, rests map[bot.MemberID]partner.Rest) ([]write, error) {
	var writes []write
	for _, m := range sortedKeys(rests) {
		if rests[m] == (partner.Rest{}) {
			writes = append(writes, write{"HDEL", partnerRest(program), []string{string(m)}})
			continue
		}
		body, err := json.Marshal(rests[m])
		if err != nil {
			return nil, err
		}
		writes = append(writes, write{"HSET", partnerRest(program), []string{string(m), string(body)}}, freed(program, m, time.Time{})[0])
	}
	return writes, nil
}

// silent is the write that keeps for how many rounds somebody has given no sign.
func silent(program string, m bot.MemberID, rounds int) write {
	if rounds == 0 {
		return write{"HDEL", partnerSilent(program), []string{string(m)}}
	}
	return write{"HSET", partnerSilent(program), []string{string(m), strconv.Itoa(rounds)}}
}

// Joined implements partner.Store.
func (s Partners) Joined(ctx context.Context, c bot.CommunityID, m bot.MemberID) ([]string, error) {
	ids, err := s.client.SMembers(ctx, key(c, partnerJoined(m))).Result()
	slices.Sort(ids)
	return ids, failed(err)
}

// Count implements partner.Store.
func (s Partners) Count(ctx context.Context, c bot.CommunityID, program string) (int, error) {
	n, err := s.client.HLen(ctx, key(c, partnerWho(program))).Result()
	return int(n), failed(err)
}

// Roll implements partner.Store.
func (s Partners) Roll(ctx context.Context, c bot.CommunityID, program string, of ...bot.MemberID) (partner.Roll, error) {
	roll := partner.Roll{Profiles: map[bot.MemberID]partner.Profile{}, Apart: map[bot.MemberID][]bot.MemberID{}}
	if len(of) == 0 {
		ids, err := s.client.HKeys(ctx, key(c, partnerWho(program))).Result()
		if err != nil {
			return roll, failed(err)
		}
		of = memberIDs(strings.Join(ids, " "))
	}
	of = slices.Compact(slices.Sorted(slices.Values(of)))
	for some := range slices.Chunk(of, entriesAtOnce) {
		if err := s.called(ctx, c, program, some, &roll); err != nil {
			return roll, err
		}
	}
	return roll, s.keptApart(ctx, c, &roll)
}

// called reads those of some members who take part into a roll.
func (s Partners) called(ctx context.Context, c bot.CommunityID, program string, some []bot.MemberID, roll *partner.Roll) error {
	fields := texts(some)
	pipe := s.client.TxPipeline()
	bodies, rests := pipe.HMGet(ctx, key(c, partnerWho(program)), fields...), pipe.HMGet(ctx, key(c, partnerRest(program)), fields...)
	silents, profiles := pipe.HMGet(ctx, key(c, partnerSilent(program)), fields...), pipe.HMGet(ctx, key(c, partnerProfiles), fields...)
	if _, err := pipe.Exec(ctx); err != nil {
		return failed(err)
	}
	for i, m := range some {
		var one partner.Participant
		var profile partner.Profile
		for _, read := range []struct {
			cmd  *redis.SliceCmd
			into any
		}{{bodies, &one}, {rests, &one.Rest}, {profiles, &profile}} {
			if text, ok := read.cmd.Val()[i].(string); ok {
				if err := json.Unmarshal([]byte(text), read.into); err != nil {
					return fmt.Errorf("participant: %w", err)
				}
			}
		}
		if bodies.Val()[i] == nil {
			continue
		}
		rounds, _ := silents.Val()[i].(string)
		one.Silent, _ = strconv.Atoi(rounds) // "" is none
		one.Member = m
		roll.People = append(roll.People, one)
		roll.Profiles[m] = profile
	}
	return nil
}

// keptApart reads who of a roll is kept apart from whom.
func (s Partners) keptApart(ctx context.Context, c bot.CommunityID, roll *partner.Roll) error {
	in := make(map[bot.MemberID]bool, len(roll.People))
	for _, one := range roll.People {
		in[one.Member] = true
	}
	for _, name := range []string{partnerBlocks, partnerEvaluations} {
		err := s.scan(ctx, key(c, name), func(field, words string) {
			m := bot.MemberID(field)
			for _, other := range memberIDs(words) {
				if in[m] && in[other] {
					roll.Apart[m], roll.Apart[other] = append(roll.Apart[m], other), append(roll.Apart[other], m)
				}
			}
		})
		if err != nil {
			return err
		}
	}
	for m := range roll.Apart {
		slices.Sort(roll.Apart[m]) // a scan has no order, and may give something twice
		roll.Apart[m] = slices.Compact(roll.Apart[m])
	}
	return nil
}

// Forget implements partner.Store. What leads to the rest goes last.
func (s Partners) Forget(ctx context.Context, c bot.CommunityID, m bot.MemberID) error {
	programs, err := s.client.HKeys(ctx, key(c, partners)).Result()
	if err != nil {
		return failed(err)
	}
	joined, err := s.Joined(ctx, c, m)
	if err != nil {
		return err
	}
	programs = slices.Compact(slices.Sorted(slices.Values(append(programs, joined...))))
	for _, program := range programs {
		if err := s.forgetIn(ctx, c, program, m); err != nil {
			return err
		}
	}
	var writes []write
	for _, name := range []string{partnerBlocks, partnerEvaluations} {
		err := s.scan(ctx, key(c, name), func(field, words string) {
			if slices.Contains(memberIDs(words), m) {
				writes = append(writes, write{leave, name, []string{field, string(m)}})
			}
		})
		if err != nil {
			return err
		}
		writes = append(writes, write{"HDEL", name, []string{string(m)}})
	}
	writes = append(writes, write{"HDEL", partnerProfiles, []string{string(m)}}, write{"DEL", partnerJoined(m), []string{}})
	for some := range slices.Chunk(writes, writesAtOnce) {
		if _, err := s.advance(ctx, change{community: c, writes: some}); err != nil {
			return err
		}
	}
	_, err = s.advance(ctx, change{community: c, Effects: outbox.Effects{Cancel: []string{partner.MovedJobID(m)}}})
	return err
}

// forgetIn forgets a member in one program: their numbers in the history, their seats.
func (s Partners) forgetIn(ctx context.Context, c bot.CommunityID, program string, m bot.MemberID) error {
	err := s.step(ctx, c, program, func() ([]write, error) {
		writes := append(leaving(program, m), write{"HDEL", partnerIn(program), []string{string(m)}})
		err := s.scan(ctx, key(c, partnerNumbers(program)), func(n, of string) {
			if of == string(m) {
				writes = append(writes, write{"HDEL", partnerNumbers(program), []string{n}})
			}
		})
		return writes, err
	})
	if err != nil {
		return err
	}
	var seated []string
	err = s.scan(ctx, key(c, partnerGroups(program)), func(id, body string) {
		if strings.Contains(body, `"member":"`+string(m)+`"`) {
			seated = append(seated, id)
		}
	})
	if err != nil {
		return err
	}
	for _, id := range seated {
		if err := s.unseat(ctx, c, id, m); err != nil {
			return err
		}
	}
	return nil
}

// step finds and makes writes that a decision may not overtake: one that was begun before is a
// conflict, so that nothing comes back of whoever is forgotten.
func (s Partners) step(ctx context.Context, c bot.CommunityID, program string, find func() ([]write, error)) error {
	const tries = 10
	var err error
	for range tries {
		st, found := s.Standing(ctx, c, program)
		if found != nil {
			return found
		}
		writes, found := find()
		if found != nil {
			return found
		}
		c := change{community: c, writes: writes}
		if st.Version > 0 {
			c.records, c.id, c.from, c.body = partners, program, st.Version, &st
		}
		if _, err = s.advance(ctx, c); bot.CodeOf(err) != bot.Conflict {
			return err
		}
	}
	return err
}

// unseat takes somebody out of a group as if they had never been in it. What they wrote
// there goes with them.
func (s Partners) unseat(ctx context.Context, c bot.CommunityID, id string, m bot.MemberID) error {
	return s.changeGroup(ctx, c, id, func(g *partner.Group) (outbox.Effects, bool) {
		e := outbox.Effects{Withdraw: g.EndRelay()}
		g.Seats = slices.DeleteFunc(g.Seats, func(seat partner.Seat) bool { return seat.Member == m })
		return e, true
	})
}
