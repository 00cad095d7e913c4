package redis

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/checkin"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// scriptGoal is the script's view of a goal.
type scriptGoal struct {
	ID   string `json:"id"`
	Body string `json:"body"`
}

// scriptGoals are the goals of an answer.
type scriptGoals struct {
	Made []scriptGoal `json:"made"`
	Gone []string     `json:"gone"`
}

func encodeGoals(t *checkin.Taking) (string, error) {
	out := scriptGoals{make([]scriptGoal, len(t.Goals)), make([]string, len(t.Gone))}
	for i, g := range t.Goals {
		body, err := json.Marshal(g)
		if err != nil {
			return "", err
		}
		out.Made[i] = scriptGoal{goalField(g.Member, g.ID), string(body)}
	}
	for i, id := range t.Gone {
		out.Gone[i] = goalField(t.Member, id)
	}
	encoded, err := json.Marshal(out)
	return string(encoded), err
}

// Take implements checkin.Store.
func (s CheckIns) Take(ctx context.Context, t checkin.Taking) (checkin.Taken, error) {
	c := t.Community
	inTime, err := json.Marshal(t.Answer)
	if err != nil {
		return checkin.Taken{}, err
	}
	t.Answer.Late = true
	late, err := json.Marshal(t.Answer)
	if err != nil {
		return checkin.Taken{}, err
	}
	encodedGoals, err := encodeGoals(&t)
	if err != nil {
		return checkin.Taken{}, err
	}
	jobs, due, err := encodeEffects(outbox.Effects{Jobs: t.Jobs})
	if err != nil {
		return checkin.Taken{}, err
	}
	var waits outbox.Effects
	if t.Summary != nil {
		waits.Jobs = append(waits.Jobs, *t.Summary)
	}
	summary, soon, err := encodeEffects(waits)
	if err != nil {
		return checkin.Taken{}, err
	}
	if soon != "" {
		due = soon // a summary comes before anything else
	}
	keys := append(jobKeys(string(c)), inputKey(c, t.Input), key(c, checkInOpen), key(c, checkInTurns(t.Occurrence)),
		key(c, checkInSaid(t.Occurrence)), key(c, checkInSealed(t.Occurrence)), key(c, journalOf(t.Member)),
		key(c, goals), key(c, goals+":v"), key(c, goalsOf(t.Member)), key(c, checkInTalk(t.Member)), key(c, "posts"))
	out, err := s.hinted(ctx, string(c), due, func() ([]string, error) {
		return s.strings(ctx, checkInTakeScript, keys, s.now(), string(t.Input), t.Occurrence, string(t.Member), string(t.State), inTime, late,
			t.Sealed, rand.Text(), turnMillis(t.Until), encodedGoals, jobs, summary,
			string(checkin.PromptKey(t.Occurrence, t.Member)))
	})
	if err != nil {
		return checkin.Taken{}, err
	}
	if out[0] == "repeated" {
		return checkin.Taken{}, outbox.ErrRepeated
	}
	return checkin.Taken{Outcome: checkin.Outcome(out[0]), Late: out[1] == "1", Closes: fromMillis(out[2])}, nil
}

// Answers implements checkin.Store.
func (s CheckIns) Answers(ctx context.Context, c bot.CommunityID, occurrence string) ([]checkin.Answer, error) {
	pipe := s.client.TxPipeline()
	named := pipe.HGetAll(ctx, key(c, checkInSaid(occurrence)))
	unnamed := pipe.ZRange(ctx, key(c, checkInResult(occurrence)), 0, -1)
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, failed(err)
	}
	var out []checkin.Answer
	for _, m := range sortedKeys(named.Val()) {
		a := checkin.Answer{Author: bot.MemberID(m)}
		if err := json.Unmarshal([]byte(named.Val()[m]), &a); err != nil {
			return nil, fmt.Errorf("answer: %w", err)
		}
		out = append(out, a)
	}
	for _, result := range unnamed.Val() {
		_, body, _ := strings.Cut(result, " ")
		var a checkin.Answer
		if err := json.Unmarshal([]byte(body), &a); err != nil {
			return nil, fmt.Errorf("answer: %w", err)
		}
		out = append(out, a)
	}
	return out, nil
}

// Sealed implements checkin.Store.
func (s CheckIns) Sealed(ctx context.Context, c bot.CommunityID, occurrence string) ([]string, error) {
	sealed, err := s.client.HVals(ctx, key(c, checkInSealed(occurrence))).Result()
	return sealed, failed(err)
}

// Past implements checkin.Store.
func (s CheckIns) Past(ctx context.Context, c bot.CommunityID, id string, before time.Time, limit int) ([]string, error) {
	ids, err := s.client.ZRevRangeByScore(ctx, key(c, checkInPast(id)), &redis.ZRangeBy{Min: "-inf", Max: "(" + millis(before), Count: int64(limit)}).Result()
	return ids, failed(err)
}

// Asked implements checkin.Store.
func (s CheckIns) Asked(ctx context.Context, c bot.CommunityID, occurrences ...string) (map[string]checkin.Asked, error) {
	out := map[string]checkin.Asked{}
	if len(occurrences) == 0 {
		return out, nil
	}
	bodies, err := s.client.HMGet(ctx, key(c, checkInAsked), occurrences...).Result()
	if err != nil {
		return nil, failed(err)
	}
	for i, body := range bodies {
		text, ok := body.(string)
		if !ok {
			continue
		}
		var a checkin.Asked
		if err := json.Unmarshal([]byte(text), &a); err != nil {
			return nil, fmt.Errorf("occurrence: %w", err)
		}
		out[occurrences[i]] = a
	}
	return out, nil
}

// Journal implements checkin.Store.
func (s CheckIns) Journal(ctx context.Context, c bot.CommunityID, m bot.MemberID) ([]checkin.Entry, error) {
	ids, err := s.client.LRange(ctx, key(c, journalOf(m)), 0, -1).Result()
	if err != nil {
		return nil, failed(err)
	}
	var out []checkin.Entry
	for len(ids) > 0 {
		n := min(len(ids), entriesAtOnce)
		asked, err := s.Asked(ctx, c, ids[:n]...)
		if err != nil {
			return nil, err
		}
		pipe := s.client.Pipeline()
		answers := make([]*redis.StringCmd, n)
		for i, id := range ids[:n] {
			answers[i] = pipe.HGet(ctx, key(c, checkInSaid(id)), string(m))
		}
		if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) {
			return nil, failed(err)
		}
		for i, id := range ids[:n] {
			a, known := asked[id]
			if !known || answers[i].Err() != nil {
				continue // it is forgotten
			}
			e := checkin.Entry{Occurrence: id, Asked: a, Answer: checkin.Answer{Author: m}}
			if err := json.Unmarshal([]byte(answers[i].Val()), &e.Answer); err != nil {
				return nil, fmt.Errorf("answer: %w", err)
			}
			out = append(out, e)
		}
		ids = ids[n:]
	}
	return out, nil
}

// Goals implements checkin.Store.
func (s CheckIns) Goals(ctx context.Context, c bot.CommunityID, m bot.MemberID) ([]checkin.Goal, error) {
	fields, err := s.client.SMembers(ctx, key(c, goalsOf(m))).Result()
	if err != nil || len(fields) == 0 {
		return nil, failed(err)
	}
	slices.Sort(fields)
	pipe := s.client.TxPipeline()
	bodies := pipe.HMGet(ctx, key(c, goals), fields...)
	versions := pipe.HMGet(ctx, key(c, goals+":v"), fields...)
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, failed(err)
	}
	var out []checkin.Goal
	for i, field := range fields {
		body, ok := bodies.Val()[i].(string)
		if !ok {
			continue
		}
		g := checkin.Goal{ID: strings.TrimPrefix(field, goalField(m, "")), Member: m}
		if err := json.Unmarshal([]byte(body), &g); err != nil {
			return nil, fmt.Errorf("goal: %w", err)
		}
		version, _ := versions.Val()[i].(string)
		g.Version, _ = strconv.ParseInt(version, 10, 64) // we wrote it
		out = append(out, g)
	}
	return out, nil
}

// KeepGoal implements checkin.Store.
func (s CheckIns) KeepGoal(ctx context.Context, c bot.CommunityID, g *checkin.Goal, e outbox.Effects) error {
	field := goalField(g.Member, g.ID)
	version, err := s.advance(ctx, change{
		community: c, records: goals, id: field, from: g.Version, body: g, Effects: e,
		writes: []write{{"SADD", goalsOf(g.Member), []string{field}}},
	})
	if err == nil {
		g.Version = version
	}
	return err
}
