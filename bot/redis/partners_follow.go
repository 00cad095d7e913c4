package redis

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/community"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/bot/partner"
)

var _ community.Follower = Partners{}

// partnerFollowed is what has followed a member into another, as long as that can be undone.
func partnerFollowed(from bot.MemberID) string { return "partnerfollowed:" + string(from) }

// pairFollowed is what has followed, so that it can be given back.
type pairFollowed struct {
	Profile string              `json:"profile,omitempty"` // as it was
	Came    bool                `json:"came,omitempty"`    // the other one has it for it alone
	Joined  map[string]string   `json:"joined,omitempty"`  // programs, with what was kept
	CameTo  []string            `json:"came_to,omitempty"` // programs in which the other one is for it alone
	Numbers map[string][]string `json:"numbers,omitempty"` // numbers in the history, by program
	Blocks  []bot.MemberID      `json:"blocks,omitempty"`
	Others  []bot.MemberID      `json:"others,omitempty"` // evaluations
	Seats   []string            `json:"seats,omitempty"`  // groups in which the seat has followed
}

// Follow implements community.Follower: the profile, unless the other one has told
// something too; where they take part; whom they are kept apart from; their numbers in the
// history, so that nobody is taken for new; and their seats. Whoever keeps apart from one of
// a person's accounts is kept apart from the other: that stays when they are parted again.
func (s Partners) Follow(ctx context.Context, c bot.CommunityID, from, into bot.MemberID) error {
	log, err := s.pairFollowed(ctx, c, from)
	if err != nil {
		return err
	}
	writes, err := s.profileFollows(ctx, c, from, into, &log)
	if err != nil {
		return err
	}
	programs, err := s.client.HKeys(ctx, key(c, partners)).Result()
	if err != nil {
		return failed(err)
	}
	joined, err := s.Joined(ctx, c, from)
	if err != nil {
		return err
	}
	for _, program := range slices.Compact(slices.Sorted(slices.Values(append(programs, joined...)))) {
		some, err := s.programFollows(ctx, c, program, from, into, &log)
		if err != nil {
			return err
		}
		writes = append(writes, some...)
		if err := s.seatsFollow(ctx, c, program, from, into, &log); err != nil {
			return err
		}
	}
	apart, err := s.apartFollows(ctx, c, from, into, &log)
	if err != nil {
		return err
	}
	if writes = append(writes, apart...); len(writes) == 0 {
		return nil
	}
	body, err := json.Marshal(log)
	if err != nil {
		return err
	}
	kept := strconv.FormatInt((community.SelfUndoable + time.Hour).Milliseconds(), 10)
	writes = append(writes, write{"SET", partnerFollowed(from), []string{string(body), "PX", kept}})
	_, err = s.advance(ctx, change{community: c, writes: writes})
	return err
}

func (s Partners) profileFollows(ctx context.Context, c bot.CommunityID, from, into bot.MemberID, log *pairFollowed) ([]write, error) {
	both, err := s.client.HMGet(ctx, key(c, partnerProfiles), string(from), string(into)).Result()
	if err != nil {
		return nil, failed(err)
	}
	own, _ := both[0].(string)
	if own == "" {
		return nil, nil
	}
	log.Profile = own
	writes := []write{{"HDEL", partnerProfiles, []string{string(from)}}}
	if both[1] == nil {
		log.Came = true
		writes = append(writes, write{"HSETNX", partnerProfiles, []string{string(into), own}})
	}
	return writes, nil
}

// programFollows lets somebody take part as the other one, with their numbers.
func (s Partners) programFollows(ctx context.Context, c bot.CommunityID, program string, from, into bot.MemberID, log *pairFollowed) ([]write, error) {
	var writes []write
	if log.Numbers == nil {
		log.Numbers, log.Joined = map[string][]string{}, map[string]string{}
	}
	err := s.scan(ctx, key(c, partnerNumbers(program)), func(n, of string) {
		if of == string(from) {
			log.Numbers[program] = append(log.Numbers[program], n)
			writes = append(writes, write{"HSET", partnerNumbers(program), []string{n, string(into)}})
		}
	})
	if err != nil {
		return nil, err
	}
	both, err := s.client.HMGet(ctx, key(c, partnerWho(program)), string(from), string(into)).Result()
	if err != nil {
		return nil, failed(err)
	}
	own, _ := both[0].(string)
	if own == "" {
		return writes, nil
	}
	log.Joined[program] = own
	if both[1] == nil {
		log.CameTo = append(log.CameTo, program)
		writes = append(writes, write{"HSETNX", partnerWho(program), []string{string(into), own}}, write{"SADD", partnerJoined(into), []string{program}})
	}
	return append(append(writes, leaving(program, from)...), write{"SREM", partnerJoined(from), []string{program}}), nil
}

// seatsFollow gives the seat of one to the other, unless they have a group of their own: then
// they keep that, and the other seat stays as it is, with its account.
func (s Partners) seatsFollow(ctx context.Context, c bot.CommunityID, program string, from, into bot.MemberID, log *pairFollowed) error {
	if _, err := s.GroupOf(ctx, c, program, into); bot.CodeOf(err) != bot.NotFound {
		return err
	}
	g, err := s.GroupOf(ctx, c, program, from)
	if bot.CodeOf(err) == bot.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	for i := range g.Seats {
		if g.Seats[i].Member == from {
			g.Seats[i].Member = into
		}
	}
	log.Seats = append(log.Seats, g.ID)
	return s.AdvanceGroup(ctx, &g, partner.Parted{Left: []bot.MemberID{from}, Came: []bot.MemberID{into}}, outbox.Effects{})
}

func (s Partners) apartFollows(ctx context.Context, c bot.CommunityID, from, into bot.MemberID, log *pairFollowed) ([]write, error) {
	apart, err := s.Apart(ctx, c, from)
	if err != nil {
		return nil, err
	}
	var writes []write
	for _, of := range []struct {
		why  partner.Reason
		ids  []bot.MemberID
		kept *[]bot.MemberID
	}{{partner.Blocks, apart.Blocked, &log.Blocks}, {partner.Evaluation, apart.Evaluates, &log.Others}} {
		for _, other := range of.ids {
			*of.kept = append(*of.kept, other)
			writes = append(writes, write{stay, partnerApart(of.why), []string{string(into), string(other)}}, write{leave, partnerApart(of.why), []string{string(from), string(other)}})
		}
		err := s.scan(ctx, key(c, partnerApart(of.why)), func(field, words string) {
			if slices.Contains(memberIDs(words), from) && !slices.Contains(memberIDs(words), into) && field != string(into) {
				writes = append(writes, write{stay, partnerApart(of.why), []string{field, string(into)}})
			}
		})
		if err != nil {
			return nil, err
		}
	}
	return writes, nil
}

// GiveBack implements community.Follower. What was told meanwhile stays with the other one.
func (s Partners) GiveBack(ctx context.Context, c bot.CommunityID, from, into bot.MemberID) error {
	log, err := s.pairFollowed(ctx, c, from)
	if err != nil {
		return err
	}
	f, t := string(from), string(into)
	var writes []write
	if log.Profile != "" {
		writes = append(writes, write{"HSETNX", partnerProfiles, []string{f, log.Profile}})
	}
	if log.Came {
		writes = append(writes, write{"HDEL", partnerProfiles, []string{t}})
	}
	for _, program := range sortedKeys(log.Numbers) {
		for _, n := range log.Numbers[program] {
			writes = append(writes, write{"HSET", partnerNumbers(program), []string{n, f}})
		}
	}
	for _, program := range sortedKeys(log.Joined) {
		writes = append(writes, write{"HSETNX", partnerWho(program), []string{f, log.Joined[program]}}, write{"SADD", partnerJoined(from), []string{program}})
	}
	for _, program := range log.CameTo {
		writes = append(append(writes, leaving(program, into)...), write{"SREM", partnerJoined(into), []string{program}})
	}
	for why, ids := range map[partner.Reason][]bot.MemberID{partner.Blocks: log.Blocks, partner.Evaluation: log.Others} {
		for _, other := range ids {
			writes = append(writes, write{stay, partnerApart(why), []string{f, string(other)}})
		}
	}
	for _, id := range log.Seats {
		if err := s.seatBack(ctx, c, id, from, into); err != nil {
			return err
		}
	}
	writes = append(writes, write{"DEL", partnerFollowed(from), []string{}})
	_, err = s.advance(ctx, change{community: c, writes: writes})
	return err
}

// seatBack gives a seat back, if the round still goes on.
func (s Partners) seatBack(ctx context.Context, c bot.CommunityID, id string, from, into bot.MemberID) error {
	g, err := s.Group(ctx, c, id)
	if bot.CodeOf(err) == bot.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	for i := range g.Seats {
		if g.Seats[i].Member == into && g.Stage != partner.Over {
			g.Seats[i].Member = from
			return s.AdvanceGroup(ctx, &g, partner.Parted{Left: []bot.MemberID{into}, Came: []bot.MemberID{from}}, outbox.Effects{})
		}
	}
	return nil
}

// pairFollowed reads what has followed before.
func (s Partners) pairFollowed(ctx context.Context, c bot.CommunityID, from bot.MemberID) (log pairFollowed, err error) {
	body, err := s.client.Get(ctx, key(c, partnerFollowed(from))).Bytes()
	if bot.CodeOf(failed(err)) == bot.NotFound {
		return log, nil
	}
	if err != nil {
		return log, failed(err)
	}
	return log, json.Unmarshal(body, &log)
}
