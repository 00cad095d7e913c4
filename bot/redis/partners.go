package redis

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/bot/partner"
)

const partners = "partners"

func partnerNumbers(program string) string { return "partnernumbers:" + program }
func partnerMet(program string) string     { return "partnermet:" + program }
func partnerPast(program string) string    { return "partnerpast:" + program }
func partnerGroups(program string) string  { return "partnerround:" + program + ":groups" }
func partnerOrder(program string) string   { return "partnerorder:" + program }
func partnerIn(program string) string      { return "partnerin:" + program }
func partnerFree(program string) string    { return "partnerfree:" + program }

// Partners implements partner.Store on a Store.
type Partners struct{ *Store }

var _ partner.Store = Partners{}

// Standing implements partner.Store.
func (s Partners) Standing(ctx context.Context, c bot.CommunityID, program string) (partner.Standing, error) {
	st := partner.Standing{}
	version, err := s.versioned(ctx, c, partners, program, &st)
	if bot.CodeOf(err) == bot.NotFound {
		err = nil
	}
	st.ID, st.Community, st.Version = program, c, version
	return st, err
}

// versioned reads a record with its version; one that is not there is not_found.
func (s Partners) versioned(ctx context.Context, c bot.CommunityID, records, id string, into any) (int64, error) {
	pipe := s.client.TxPipeline()
	body, version := pipe.HGet(ctx, key(c, records), id), pipe.HGet(ctx, key(c, records+":v"), id)
	if _, err := pipe.Exec(ctx); err != nil {
		return 0, failed(err)
	}
	if err := json.Unmarshal([]byte(body.Val()), into); err != nil {
		return 0, fmt.Errorf("%s: %w", records, err)
	}
	return strconv.ParseInt(version.Val(), 10, 64)
}

// Advance implements partner.Store.
func (s Partners) Advance(ctx context.Context, st *partner.Standing, d partner.Decision, e outbox.Effects) error {
	writes, err := decided(st.ID, &d)
	if err != nil {
		return err
	}
	version, err := s.advance(ctx, change{community: st.Community, records: partners, id: st.ID, from: st.Version, body: st, writes: writes, Effects: e})
	if err == nil {
		st.Version = version
	}
	return err
}

// decided are the writes by which a decision is stored: what goes before what comes.
func decided(program string, d *partner.Decision) ([]write, error) {
	var closed, members, taken []string
	for i := range d.Closed {
		closed = append(closed, d.Closed[i].ID)
		for _, seat := range d.Closed[i].Seats {
			members = append(members, string(seat.Member))
		}
	}
	taken = texts(d.Taken)
	var groups, versions, order, in, numbers, waves, gone []string
	for i := range d.Groups {
		g := &d.Groups[i]
		body, err := json.Marshal(g)
		if err != nil {
			return nil, err
		}
		groups, versions, order = append(groups, g.ID, string(body)), append(versions, g.ID, "1"), append(order, "0", g.ID)
		for _, seat := range g.Seats {
			in, taken = append(in, string(seat.Member), g.ID), append(taken, string(seat.Member))
		}
	}
	for _, n := range sortedKeys(d.Numbers) {
		numbers = append(numbers, strconv.Itoa(n), string(d.Numbers[n]))
	}
	for _, k := range sortedKeys(d.Waves) {
		if d.Waves[k] == "" {
			gone = append(gone, k)
		} else {
			waves = append(waves, k, d.Waves[k])
		}
	}
	free := inParts("HDEL", partnerFree(program), taken, 1)
	if d.Past != nil {
		free = removed([]string{partnerFree(program)})
	}
	writes := slices.Concat(
		inParts("HDEL", partnerGroups(program), closed, 1), inParts("HDEL", partnerGroups(program)+":v", closed, 1), inParts("ZREM", partnerOrder(program), closed, 1),
		inParts("HDEL", partnerIn(program), members, 1), free, inParts("HDEL", partnerMet(program), gone, 1),
		inParts("HSET", partnerGroups(program), groups, 2), inParts("HSET", partnerGroups(program)+":v", versions, 2), inParts("ZADD", partnerOrder(program), order, 2),
		inParts("HSET", partnerIn(program), in, 2), inParts("HSET", partnerNumbers(program), numbers, 2), inParts("HSET", partnerMet(program), waves, 2),
		inParts("HSET", partnerFree(program), since(d.Free), 2))
	if d.Past != nil {
		body, err := json.Marshal(d.Past)
		if err != nil {
			return nil, err
		}
		writes = append(writes, write{"HSET", partnerPast(program), []string{strconv.Itoa(d.Past.Round), string(body)}})
	}
	for _, m := range sortedKeys(d.Silent) {
		writes = append(writes, silent(program, m, d.Silent[m]))
	}
	rests, err := rested(program, d.Rest)
	return append(writes, rests...), err
}

// since are the arguments of HSET that let people be free.
func since(free map[bot.MemberID]time.Time) []string {
	var out []string
	for _, m := range sortedKeys(free) {
		out = append(out, string(m), millis(free[m]))
	}
	return out
}

// History implements partner.Store.
func (s Partners) History(ctx context.Context, c bot.CommunityID, program string) (partner.History, error) {
	pipe := s.client.TxPipeline()
	numbers, waves := pipe.HGetAll(ctx, key(c, partnerNumbers(program))), pipe.HGetAll(ctx, key(c, partnerMet(program)))
	if _, err := pipe.Exec(ctx); err != nil {
		return partner.History{}, failed(err)
	}
	h := partner.History{Numbers: make(map[int]bot.MemberID, len(numbers.Val())), Waves: waves.Val()}
	for n, m := range numbers.Val() {
		number, err := strconv.Atoi(n)
		if err != nil {
			return h, fmt.Errorf("a number of the history: %w", err)
		}
		h.Numbers[number] = bot.MemberID(m)
	}
	return h, nil
}

// PastRounds implements partner.Store.
func (s Partners) PastRounds(ctx context.Context, c bot.CommunityID, program string, limit int) ([]partner.Past, error) {
	found, err := s.client.HGetAll(ctx, key(c, partnerPast(program))).Result()
	if err != nil {
		return nil, failed(err)
	}
	var out []partner.Past
	for round, body := range found {
		var p partner.Past
		if err := json.Unmarshal([]byte(body), &p); err != nil {
			return nil, fmt.Errorf("a past round: %w", err)
		}
		p.Round, _ = strconv.Atoi(round) // we wrote it
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b partner.Past) int { return b.Round - a.Round })
	return out[:min(len(out), limit)], nil
}

// Group implements partner.Store.
func (s Partners) Group(ctx context.Context, c bot.CommunityID, id string) (partner.Group, error) {
	var g partner.Group
	version, err := s.versioned(ctx, c, partnerGroups(partner.ProgramOf(id)), id, &g)
	g.ID, g.Community, g.Version = id, c, version
	return g, err
}

// GroupOf implements partner.Store.
func (s Partners) GroupOf(ctx context.Context, c bot.CommunityID, program string, m bot.MemberID) (partner.Group, error) {
	id, err := s.client.HGet(ctx, key(c, partnerIn(program)), string(m)).Result()
	if err != nil {
		return partner.Group{}, failed(err)
	}
	return s.Group(ctx, c, id)
}

// Groups implements partner.Store.
func (s Partners) Groups(ctx context.Context, c bot.CommunityID, program, after string, limit int) ([]partner.Group, error) {
	from := "-"
	if after != "" {
		from = "(" + after
	}
	ids, err := s.client.ZRangeByLex(ctx, key(c, partnerOrder(program)), &redis.ZRangeBy{Min: from, Max: "+", Count: int64(limit)}).Result()
	if err != nil || len(ids) == 0 {
		return nil, failed(err)
	}
	pipe := s.client.TxPipeline()
	bodies, versions := pipe.HMGet(ctx, key(c, partnerGroups(program)), ids...), pipe.HMGet(ctx, key(c, partnerGroups(program)+":v"), ids...)
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, failed(err)
	}
	out := make([]partner.Group, len(ids))
	for i, id := range ids {
		body, _ := bodies.Val()[i].(string) // of a round that has ended meanwhile: there is nothing
		if body != "" {
			if err := json.Unmarshal([]byte(body), &out[i]); err != nil {
				return nil, fmt.Errorf("a group: %w", err)
			}
		}
		version, _ := versions.Val()[i].(string)
		out[i].Version, _ = strconv.ParseInt(version, 10, 64) // we wrote it
		out[i].ID, out[i].Community = id, c
	}
	return out, nil
}

// AdvanceGroup implements partner.Store.
func (s Partners) AdvanceGroup(ctx context.Context, g *partner.Group, p partner.Parted, e outbox.Effects) error {
	program := partner.ProgramOf(g.ID)
	var came []string
	for _, m := range p.Came {
		came = append(came, string(m), g.ID)
	}
	rests, err := rested(program, p.Rest)
	if err != nil {
		return err
	}
	writes := slices.Concat(inParts("HDEL", partnerIn(program), texts(p.Left), 1), inParts("HSET", partnerIn(program), came, 2),
		rests, inParts("HSET", partnerFree(program), since(p.Free), 2))
	version, err := s.advance(ctx, change{community: g.Community, records: partnerGroups(program), id: g.ID, from: g.Version, body: g, writes: writes, Effects: e})
	if err == nil {
		g.Version = version
	}
	return err
}

// Free implements partner.Store. Whoever joined while they were brought to a group is in
// both places, and not free.
func (s Partners) Free(ctx context.Context, c bot.CommunityID, program string) (map[bot.MemberID]time.Time, error) {
	found, err := s.client.HGetAll(ctx, key(c, partnerFree(program))).Result()
	if err != nil || len(found) == 0 {
		return nil, failed(err)
	}
	members := sortedKeys(found)
	groups, err := s.client.HMGet(ctx, key(c, partnerIn(program)), members...).Result()
	if err != nil {
		return nil, failed(err)
	}
	out := make(map[bot.MemberID]time.Time, len(found))
	for i, m := range members {
		if groups[i] == nil {
			out[bot.MemberID(m)] = fromMillis(found[m])
		}
	}
	return out, nil
}

// Disband implements partner.Store.
func (s Partners) Disband(ctx context.Context, c bot.CommunityID, program string) error {
	if err := s.relaysEnd(ctx, c, program, func(*partner.Group) bool { return true }); err != nil {
		return err
	}
	who, err := s.client.HKeys(ctx, key(c, partnerWho(program))).Result()
	if err != nil {
		return failed(err)
	}
	groups, err := s.client.HKeys(ctx, key(c, partnerGroups(program))).Result()
	if err != nil {
		return failed(err)
	}
	for some := range slices.Chunk(who, writesAtOnce) {
		var writes []write
		for _, m := range some {
			writes = append(writes, write{"SREM", partnerJoined(bot.MemberID(m)), []string{program}})
		}
		if _, err := s.advance(ctx, change{community: c, writes: writes}); err != nil {
			return err
		}
	}
	cancel := []string{}
	for _, id := range groups {
		cancel = append(cancel, "partner/"+id, partner.RelayJobID(id))
	}
	writes := append(removed(ofProgram(program)), write{"HDEL", partners, []string{program}}, write{"HDEL", partners + ":v", []string{program}})
	_, err = s.advance(ctx, change{community: c, writes: writes, Effects: outbox.Effects{Cancel: cancel}})
	return err
}

// ofProgram are all keys that belong to a program alone.
func ofProgram(program string) []string {
	return []string{
		partnerNumbers(program), partnerMet(program), partnerPast(program), partnerGroups(program), partnerGroups(program) + ":v", partnerOrder(program),
		partnerIn(program), partnerFree(program), partnerWho(program), partnerRest(program), partnerSilent(program),
	}
}
