package redis

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/checkin"
	"github.com/staffroom-bot/staffroom/bot/community"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
)

var _ community.Follower = CheckIns{}

// checkInFollowed is what has followed a member into another, as long as that can be
// undone. Places that are linked meanwhile do not take it along.
func checkInFollowed(from bot.MemberID) string { return "checkinfollowed:" + string(from) }

// followed is what has followed, so that it can be given back.
type followed struct {
	Parts   map[string]followedPart `json:"parts"`   // by check-in in which they took part
	Turns   []string                `json:"turns"`   // occurrences whose turns have followed
	Answers []string                `json:"answers"` // occurrences whose answers have followed
	Goals   map[string]string       `json:"goals"`   // goals, by their IDs there, to those here
	// Prompts are what asked them as well, and was withdrawn, by occurrence.
	Prompts map[string]outbox.Item `json:"prompts,omitempty"`
}

type followedPart struct {
	Body string `json:"body"`
	Came bool   `json:"came"` // the other one takes part for it alone
}

// belongings is what a member has in check-ins, and what another one has of the same.
type belongings struct {
	joined, theirs []string
	journal        []string
	bodies         map[string]string // by check-in
	walls          map[string]string // by check-in
	turns          map[string]string // by occurrence that is open
	otherTurns     map[string]string // the other one's
	prompts        map[string]string // what asks them by direct message and waits, by occurrence
	answers        map[string]string // by occurrence
	hasAnswer      map[string]bool   // the other one has
	goals          []checkin.Goal
	hasGoal        map[string]bool // the other one has, by ID
}

// Follow implements community.Follower: taking part, what is open, the journal and
// goals. Who is asked under both is asked once. Where both have answered the same by name, both answers stay as they are,
// and the journal shows the other one's.
func (s CheckIns) Follow(ctx context.Context, c bot.CommunityID, from, into bot.MemberID) error {
	b, err := s.belongings(ctx, c, from, into)
	if err != nil {
		return err
	}
	log, err := s.followed(ctx, c, from)
	if err != nil {
		return err
	}
	f, t := string(from), string(into)
	var writes []write
	for _, id := range b.joined {
		came := !slices.Contains(b.theirs, id)
		log.Parts[id] = followedPart{b.bodies[id], came || log.Parts[id].Came}
		if came {
			writes = append(writes, write{"HSETNX", checkInPeople(id), []string{t, b.bodies[id]}},
				write{"ZADD", checkInOrder(id), []string{"0", t}}, write{"SADD", joinedBy(into), []string{id}})
			if wall := b.walls[id]; wall != "" {
				writes = append(writes, write{"HSETNX", checkInWalls(id), []string{t, wall}})
			}
		}
		writes = append(writes, write{"HDEL", checkInPeople(id), []string{f}}, write{"ZREM", checkInOrder(id), []string{f}},
			write{"SREM", joinedBy(from), []string{id}}, write{"HDEL", checkInListed(id), []string{f}})
	}
	for _, o := range sortedKeys(b.turns) {
		turn, other := b.turns[o], b.otherTurns[o]
		switch {
		case other == "":
			writes = append(writes, write{"HSETNX", checkInTurns(o), []string{t, turn}}, write{"HDEL", checkInTurns(o), []string{f}})
			log.Turns = append(log.Turns, o)
			renamed, err := renamedPrompt(b.prompts[o], o, into)
			if err != nil {
				return err
			}
			writes = append(writes, renamed...)
		case isState(turn, checkin.IsAnswered) && !b.hasAnswer[o], isState(turn, checkin.IsSkipped) && isState(other, checkin.IsAsked):
			// They have answered or skipped it, whichever of their accounts was asked too.
			writes = append(writes, write{"HSET", checkInTurns(o), []string{t, turn}}, withdrawn(o, into))
		case isState(other, checkin.IsAsked, checkin.IsAnswered, checkin.IsSkipped):
			if err := log.withdraws(b.prompts[o], o); err != nil {
				return err
			}
			writes = append(writes, withdrawn(o, from))
		}
	}
	for _, o := range b.journal {
		if b.answers[o] == "" || b.hasAnswer[o] {
			continue
		}
		writes = append(writes, write{"HSETNX", checkInSaid(o), []string{t, b.answers[o]}}, write{"HDEL", checkInSaid(o), []string{f}},
			write{"LREM", journalOf(from), []string{"0", o}}, write{"RPUSH", journalOf(into), []string{o}})
		log.Answers = append(log.Answers, o)
	}
	e := outbox.Effects{}
	for _, g := range b.goals {
		id := g.ID
		for b.hasGoal[id] {
			id += "-" + f
		}
		log.Goals[id] = g.ID
		moved, err := movedGoal(&e, c, g, into, id)
		if err != nil {
			return err
		}
		writes = append(writes, moved...)
	}
	if len(writes) == 0 {
		return nil
	}
	if writes, err = keepFollowed(writes, from, log); err != nil {
		return err
	}
	_, err = s.advance(ctx, change{community: c, writes: writes, Effects: e})
	return err
}

// movedGoal are the writes by which a goal gets another owner and ID. Its job goes
// along.
func movedGoal(e *outbox.Effects, c bot.CommunityID, g checkin.Goal, to bot.MemberID, id string) ([]write, error) {
	old := goalField(g.Member, g.ID)
	if g.Reach != checkin.Nobody && g.Shown == "" {
		g.Shown = old // it was shared under that
	}
	e.Cancel = append(e.Cancel, "goal/"+old)
	body, err := json.Marshal(g)
	if err != nil {
		return nil, err
	}
	field := goalField(to, id)
	if !g.Due.IsZero() {
		payload, err := json.Marshal(map[string]string{"member": string(to), "goal": id})
		if err != nil {
			return nil, err
		}
		e.Jobs = append(e.Jobs, scheduler.Job{Group: string(c), ID: "goal/" + field, Kind: checkin.GoalJobKind, Due: g.Due, Payload: payload})
	}
	return []write{
		{"HSETNX", goals, []string{field, string(body)}}, {"HSETNX", goals + ":v", []string{field, strconv.FormatInt(g.Version+1, 10)}},
		{"SADD", goalsOf(to), []string{field}},
		{"HDEL", goals, []string{old}}, {"HDEL", goals + ":v", []string{old}}, {"SREM", goalsOf(g.Member), []string{old}},
	}, nil
}

// GiveBack implements community.Follower. What was answered meanwhile under the
// other one's name stays there.
func (s CheckIns) GiveBack(ctx context.Context, c bot.CommunityID, from, into bot.MemberID) error {
	log, err := s.followed(ctx, c, from)
	if err != nil {
		return err
	}
	// Seen from the other side, what they have is what has followed.
	b, err := s.belongings(ctx, c, into, from)
	if err != nil {
		return err
	}
	f, t := string(from), string(into)
	var writes []write
	for _, id := range sortedKeys(log.Parts) {
		part := log.Parts[id]
		writes = append(writes, write{"HSETNX", checkInPeople(id), []string{f, part.Body}}, write{"ZADD", checkInOrder(id), []string{"0", f}},
			write{"SADD", joinedBy(from), []string{id}})
		if wall := b.walls[id]; wall != "" { // what they had meanwhile does not come again
			writes = append(writes, write{"HSET", checkInWalls(id), []string{f, wall}})
		}
		if part.Came {
			writes = append(writes, write{"HDEL", checkInPeople(id), []string{t}}, write{"ZREM", checkInOrder(id), []string{t}},
				write{"SREM", joinedBy(into), []string{id}}, write{"HDEL", checkInWalls(id), []string{t}})
		}
	}
	for _, o := range log.Turns {
		if turn := b.turns[o]; turn != "" {
			writes = append(writes, write{"HSETNX", checkInTurns(o), []string{f, turn}}, write{"HDEL", checkInTurns(o), []string{t}})
			renamed, err := renamedPrompt(b.prompts[o], o, from)
			if err != nil {
				return err
			}
			writes = append(writes, renamed...)
		}
	}
	for _, o := range log.Answers {
		if answer := b.answers[o]; answer != "" {
			writes = append(writes, write{"HSETNX", checkInSaid(o), []string{f, answer}}, write{"HDEL", checkInSaid(o), []string{t}},
				write{"LREM", journalOf(into), []string{"0", o}}, write{"RPUSH", journalOf(from), []string{o}})
		}
	}
	e := outbox.Effects{Posts: log.againAsked(b.otherTurns)}
	for _, g := range b.goals {
		if own, ok := log.Goals[g.ID]; ok {
			moved, err := movedGoal(&e, c, g, from, own)
			if err != nil {
				return err
			}
			writes = append(writes, moved...)
		}
	}
	writes = append(writes, write{"DEL", checkInFollowed(from), []string{}})
	_, err = s.advance(ctx, change{community: c, writes: writes, Effects: e})
	return err
}

// followed reads what has followed before.
func (s CheckIns) followed(ctx context.Context, c bot.CommunityID, from bot.MemberID) (followed, error) {
	log := followed{Parts: map[string]followedPart{}, Goals: map[string]string{}, Prompts: map[string]outbox.Item{}}
	body, err := s.client.Get(ctx, key(c, checkInFollowed(from))).Bytes()
	if errors.Is(err, redis.Nil) {
		return log, nil
	}
	if err != nil {
		return log, failed(err)
	}
	if err := json.Unmarshal(body, &log); err != nil {
		return log, fmt.Errorf("what has followed: %w", err)
	}
	return log, nil
}

// keepFollowed adds to the writes what has followed, for as long as a link can be
// undone.
func keepFollowed(writes []write, from bot.MemberID, log followed) ([]write, error) {
	body, err := json.Marshal(log)
	kept := strconv.FormatInt((community.SelfUndoable + time.Hour).Milliseconds(), 10)
	return append(writes, write{"SET", checkInFollowed(from), []string{string(body), "PX", kept}}), err
}

// belongings reads what one member has in check-ins, and what another has of the same.
func (s CheckIns) belongings(ctx context.Context, c bot.CommunityID, of, other bot.MemberID) (b belongings, err error) {
	pipe := s.client.TxPipeline()
	joined := pipe.SMembers(ctx, key(c, joinedBy(of)))
	theirs := pipe.SMembers(ctx, key(c, joinedBy(other)))
	journal := pipe.LRange(ctx, key(c, journalOf(of)), 0, -1)
	open := pipe.HKeys(ctx, key(c, checkInOpen))
	if _, err = pipe.Exec(ctx); err != nil {
		return b, failed(err)
	}
	b.joined, b.theirs, b.journal = joined.Val(), theirs.Val(), journal.Val()
	slices.Sort(b.joined)
	b.bodies, b.walls, b.turns, b.answers = map[string]string{}, map[string]string{}, map[string]string{}, map[string]string{}
	b.otherTurns, b.prompts, b.hasAnswer, b.hasGoal = map[string]string{}, map[string]string{}, map[string]bool{}, map[string]bool{}

	pipe = s.client.TxPipeline()
	two := func(name string) *redis.SliceCmd { return pipe.HMGet(ctx, name, string(of), string(other)) }
	people, walls := make([]*redis.SliceCmd, len(b.joined)), make([]*redis.SliceCmd, len(b.joined))
	for i, id := range b.joined {
		people[i], walls[i] = two(key(c, checkInPeople(id))), two(key(c, checkInWalls(id)))
	}
	turns, answers := make([]*redis.SliceCmd, len(open.Val())), make([]*redis.SliceCmd, len(b.journal))
	asks := make([]*redis.StringCmd, len(open.Val()))
	for i, o := range open.Val() {
		turns[i] = two(key(c, checkInTurns(o)))
		asks[i] = pipe.HGet(ctx, key(c, "posts"), string(checkin.PromptKey(o, of)))
	}
	for i, o := range b.journal {
		answers[i] = two(key(c, checkInSaid(o)))
	}
	if _, err = pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) {
		return b, failed(err)
	}
	first := func(cmd *redis.SliceCmd) string { text, _ := cmd.Val()[0].(string); return text }
	for i, id := range b.joined {
		b.bodies[id], b.walls[id] = first(people[i]), first(walls[i])
	}
	for i, o := range open.Val() {
		if text := first(turns[i]); text != "" {
			b.turns[o] = text
		}
		b.otherTurns[o], _ = turns[i].Val()[1].(string)
		b.prompts[o] = asks[i].Val()
	}
	for i, o := range b.journal {
		b.answers[o], b.hasAnswer[o] = first(answers[i]), answers[i].Val()[1] != nil
	}
	if b.goals, err = s.Goals(ctx, c, of); err != nil {
		return b, err
	}
	others, err := s.Goals(ctx, c, other)
	for _, g := range others {
		b.hasGoal[g.ID] = true
	}
	return b, err
}
