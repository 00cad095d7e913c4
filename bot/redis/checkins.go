package redis

import (
	"cmp"
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
	"github.com/staffroom-bot/staffroom/bot/checkin"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

const (
	checkIns     = "checkins"
	checkInOpen  = "checkins:open"
	checkInAsked = "checkins:asked"
	goals        = "goals"
	lastOfHash   = 4000 // fields that one command of a script takes
)

func checkInPeople(id string) string         { return "checkinwho:" + id }
func checkInOrder(id string) string          { return "checkinorder:" + id }
func checkInWalls(id string) string          { return "checkinwall:" + id }
func checkInPast(id string) string           { return "checkinpast:" + id }
func checkInTurns(occurrence string) string  { return "checkinturns:" + occurrence }
func checkInSaid(occurrence string) string   { return "checkinanswers:" + occurrence }
func checkInSealed(occurrence string) string { return "checkinsealed:" + occurrence }
func checkInResult(occurrence string) string { return "checkinresults:" + occurrence }
func joinedBy(m bot.MemberID) string         { return "checkinjoined:" + string(m) }
func journalOf(m bot.MemberID) string        { return "journal:" + string(m) }
func goalsOf(m bot.MemberID) string          { return "goalsof:" + string(m) }

// goalField is where a goal is kept: its ID is the member's own.
func goalField(m bot.MemberID, id string) string { return string(m) + "/" + id }

// CheckIns implements checkin.Store on a Store.
type CheckIns struct{ *Store }

var _ checkin.Store = CheckIns{}

// Standings implements checkin.Store.
func (s CheckIns) Standings(ctx context.Context, c bot.CommunityID, ids ...string) ([]checkin.Standing, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	pipe := s.client.TxPipeline()
	bodies := pipe.HMGet(ctx, key(c, checkIns), ids...)
	versions := pipe.HMGet(ctx, key(c, checkIns+":v"), ids...)
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, failed(err)
	}
	out := make([]checkin.Standing, len(ids))
	for i, id := range ids {
		if body, ok := bodies.Val()[i].(string); ok {
			if err := json.Unmarshal([]byte(body), &out[i]); err != nil {
				return nil, fmt.Errorf("check-in %s: %w", id, err)
			}
			version, _ := versions.Val()[i].(string)
			out[i].Version, _ = strconv.ParseInt(version, 10, 64) // we wrote it
		}
		out[i].ID, out[i].Community = id, c
	}
	return out, nil
}

// Advance implements checkin.Store.
func (s CheckIns) Advance(ctx context.Context, st *checkin.Standing, b checkin.Settled, e outbox.Effects) error {
	var writes []write
	for _, o := range st.Open {
		writes = append(writes, write{"HSET", checkInOpen, []string{o.ID, millis(o.Closes) + " " + millis(o.Final)}})
	}
	for id, turns := range b.Turns {
		fields := make([]string, 0, 2*len(turns))
		for _, m := range sortedKeys(turns) {
			fields = append(fields, string(m), encodeTurn(turns[m]))
		}
		writes = append(writes, write{"HSET", checkInTurns(id), fields}, write{"ZADD", checkInPast(st.ID), []string{"NX", millis(b.At), id}})
	}
	if len(b.Walls) > 0 {
		var fields []string
		for _, m := range sortedKeys(b.Walls) {
			fields = append(fields, string(m), strconv.FormatInt(b.Walls[m].Unix(), 10))
		}
		writes = append(writes, write{"HSET", checkInWalls(st.ID), fields})
	}
	for _, m := range b.Told {
		writes = append(writes, write{"HSETNX", checkInWord(st.ID), []string{string(m), wordTold}})
	}
	for id, asked := range b.Opened {
		body, err := json.Marshal(asked)
		if err != nil {
			return err
		}
		writes = append(writes, write{"HSET", checkInAsked, []string{id, string(body)}},
			write{"ZADD", checkInPast(st.ID), []string{"NX", millis(b.At), id}})
	}
	writes = append(writes, endings(st.ID, b)...)
	version, err := s.advance(ctx, change{
		community: st.Community, records: checkIns, id: st.ID, from: st.Version, body: st, writes: writes, Effects: e,
	})
	if err == nil {
		st.Version = version
	}
	return err
}

// endings are the writes by which occurrences end, and are forgotten.
func endings(id string, b checkin.Settled) []write {
	var writes []write
	for _, o := range sortedKeys(b.Unsealed) {
		for results := b.Unsealed[o]; len(results) > 0; {
			n := min(len(results), lastOfHash/2)
			var members []string
			for _, r := range results[:n] {
				members = append(members, "0", r)
			}
			writes = append(writes, write{"ZADD", checkInResult(o), members})
			results = results[n:]
		}
		writes = append(writes, write{"DEL", checkInSealed(o), []string{}})
	}
	for _, o := range b.Over {
		writes = append(writes, write{"HDEL", checkInOpen, []string{o}})
	}
	for _, o := range b.Forgotten {
		for _, name := range []string{checkInTurns(o), checkInSaid(o), checkInSealed(o), checkInResult(o)} {
			writes = append(writes, write{"DEL", name, []string{}})
		}
		writes = append(writes, write{"HDEL", checkInAsked, []string{o}}, write{"HDEL", checkInOpen, []string{o}}, write{"ZREM", checkInPast(id), []string{o}})
	}
	return writes
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// A turn is its state and two instants in ms, with blanks between: the script
// reads it too.
func encodeTurn(t checkin.Turn) string {
	return string(t.State) + " " + turnMillis(t.Opened) + " " + turnMillis(t.Closes)
}

func turnMillis(t time.Time) string {
	if t.IsZero() {
		return "0"
	}
	return millis(t)
}

func decodeTurn(text string) (checkin.Turn, error) {
	var state string
	var opened, closes int64
	if _, err := fmt.Sscanf(text, "%s %d %d", &state, &opened, &closes); err != nil {
		return checkin.Turn{}, fmt.Errorf("a turn: %w", err)
	}
	t := checkin.Turn{State: checkin.State(state)}
	if opened != 0 {
		t.Opened = time.UnixMilli(opened).UTC()
	}
	if closes != 0 {
		t.Closes = time.UnixMilli(closes).UTC()
	}
	return t, nil
}

// Disband implements checkin.Store.
func (s CheckIns) Disband(ctx context.Context, c bot.CommunityID, id string) error {
	return failed(s.client.Del(ctx, key(c, checkInPeople(id)), key(c, checkInOrder(id)), key(c, checkInWalls(id)),
		key(c, checkInListed(id)), key(c, checkInWord(id))).Err())
}

// Joined implements checkin.Store.
func (s CheckIns) Joined(ctx context.Context, c bot.CommunityID, m bot.MemberID) ([]string, error) {
	ids, err := s.client.SMembers(ctx, key(c, joinedBy(m))).Result()
	return ids, failed(err)
}

// Participants implements checkin.Store, in one round trip.
func (s CheckIns) Participants(ctx context.Context, c bot.CommunityID, id string, after bot.MemberID, limit int) ([]checkin.Participant, error) {
	from := "-"
	if after != "" {
		from = "(" + string(after)
	}
	found, err := s.strings(ctx, checkInPageScript, []string{
		key(c, checkInOrder(id)), key(c, checkInPeople(id)), key(c, checkInWalls(id)), key(c, checkInListed(id)), key(c, checkInWord(id)),
	}, from, limit)
	if err != nil {
		return nil, err
	}
	out := make([]checkin.Participant, 0, len(found)/5)
	for ; len(found) >= 5; found = found[5:] {
		var p checkin.Participant
		// Who has left is somebody of whom nothing is known.
		if body := found[1]; body != "" {
			if err := json.Unmarshal([]byte(body), &p); err != nil {
				return nil, fmt.Errorf("participant: %w", err)
			}
		}
		if wall := found[2]; wall != "" {
			seconds, err := strconv.ParseInt(wall, 10, 64)
			if err != nil {
				return nil, fmt.Errorf("participant: %w", err)
			}
			p.Wall = time.Unix(seconds, 0).UTC()
		}
		p.Untold = found[3] != "" && found[4] == ""
		p.Member = bot.MemberID(found[0])
		out = append(out, p)
	}
	return out, nil
}

// zonesAtOnce is of how many people one script tells the zones.
const zonesAtOnce = 200

// Zones implements checkin.Store.
func (s CheckIns) Zones(ctx context.Context, c bot.CommunityID, id string) (zones []string, unset []bot.SpaceID, err error) {
	known := map[string]bool{}
	for from := "-"; from != "("; {
		found, err := s.strings(ctx, checkInZonesScript, []string{key(c, checkInOrder(id)), key(c, checkInPeople(id)), key(c, "members")}, from, zonesAtOnce)
		if err != nil {
			return nil, nil, err
		}
		from = "(" + found[0]
		for _, where := range found[1:] {
			switch {
			case known[where]:
				continue
			case !strings.HasPrefix(where, "{"):
				zones = append(zones, where)
			default:
				var space bot.SpaceID
				if err := json.Unmarshal([]byte(where), &space); err != nil {
					return nil, nil, fmt.Errorf("participant: %w", err)
				}
				unset = append(unset, space)
			}
			known[where] = true
		}
	}
	return zones, unset, nil
}

// Turns implements checkin.Store.
func (s CheckIns) Turns(ctx context.Context, c bot.CommunityID, occurrence string, of ...bot.MemberID) (map[bot.MemberID]checkin.Turn, error) {
	found := map[string]string{}
	if len(of) == 0 {
		var err error
		if found, err = s.client.HGetAll(ctx, key(c, checkInTurns(occurrence))).Result(); err != nil {
			return nil, failed(err)
		}
	} else {
		fields := make([]string, len(of))
		for i, m := range of {
			fields[i] = string(m)
		}
		values, err := s.client.HMGet(ctx, key(c, checkInTurns(occurrence)), fields...).Result()
		if err != nil {
			return nil, failed(err)
		}
		for i, v := range values {
			if text, ok := v.(string); ok {
				found[fields[i]] = text
			}
		}
	}
	out := make(map[bot.MemberID]checkin.Turn, len(found))
	for m, text := range found {
		t, err := decodeTurn(text)
		if err != nil {
			return nil, err
		}
		out[bot.MemberID(m)] = t
	}
	return out, nil
}

// Sheet implements checkin.Store.
func (s CheckIns) Sheet(ctx context.Context, c bot.CommunityID, occurrence string, m bot.MemberID) (checkin.Sheet, error) {
	pipe := s.client.TxPipeline()
	asked := pipe.HGet(ctx, key(c, checkInAsked), occurrence)
	open := pipe.HGet(ctx, key(c, checkInOpen), occurrence)
	turn := pipe.HGet(ctx, key(c, checkInTurns(occurrence)), string(m))
	answer := pipe.HGet(ctx, key(c, checkInSaid(occurrence)), string(m))
	asks := pipe.HGet(ctx, key(c, "posts"), string(checkin.PromptKey(occurrence, m)))
	sheet := checkin.Sheet{Occurrence: occurrence}
	if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) {
		return sheet, failed(err)
	}
	if asked.Err() != nil {
		return sheet, failed(asked.Err())
	}
	if err := json.Unmarshal([]byte(asked.Val()), &sheet.Asked); err != nil {
		return sheet, fmt.Errorf("occurrence: %w", err)
	}
	if open.Err() == nil {
		var closes, final int64
		if _, err := fmt.Sscanf(open.Val(), "%d %d", &closes, &final); err != nil {
			return sheet, fmt.Errorf("occurrence: %w", err)
		}
		sheet.Closes, sheet.Open = time.UnixMilli(closes).UTC(), true
	}
	sheet.Held = strings.Contains(asks.Val(), `"unasked":{`) // as item_held has it
	var err error
	if turn.Err() == nil {
		if sheet.Turn, err = decodeTurn(turn.Val()); err != nil {
			return sheet, err
		}
	}
	if answer.Err() == nil {
		sheet.Answer = &checkin.Answer{Author: m}
		if err := json.Unmarshal([]byte(answer.Val()), sheet.Answer); err != nil {
			return sheet, fmt.Errorf("answer: %w", err)
		}
	}
	return sheet, nil
}
