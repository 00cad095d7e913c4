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
	"github.com/staffroom-bot/staffroom/bot/checkin"
)

// checkInTalk is what somebody answers in direct messages: "v" is its version,
// "about" how far it is, "d/" with an occurrence what they have answered of it, and
// "aside/" the same of one that they skipped then.
func checkInTalk(m bot.MemberID) string { return "checkintalk:" + string(m) }

// What begins the fields with partial answers. The scripts know it too.
const (
	partialField = "d/"
	asideField   = "aside/"
)

// Talk implements checkin.TalkStore.
func (s CheckIns) Talk(ctx context.Context, c bot.CommunityID, m bot.MemberID, in bot.InputID) (checkin.Talk, error) {
	pipe := s.client.Pipeline()
	open := pipe.HGetAll(ctx, key(c, checkInOpen))
	joined := pipe.SMembers(ctx, key(c, joinedBy(m)))
	kept := pipe.HGetAll(ctx, key(c, checkInTalk(m)))
	claimed := pipe.Exists(ctx, inputKey(c, in))
	var clock *redis.TimeCmd
	if s.clock == nil {
		clock = pipe.Time(ctx)
	}
	if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) {
		return checkin.Talk{}, failed(err)
	}
	t := checkin.Talk{Heard: claimed.Val() > 0, Partials: map[string]checkin.Partial{}, Aside: map[string]checkin.Partial{}}
	if clock != nil {
		t.Now = clock.Val().UTC()
	} else {
		t.Now = s.clock.Now()
	}
	for _, id := range sortedKeys(open.Val()) {
		checkIn, _, _ := strings.Cut(id, "-")
		if !slices.Contains(joined.Val(), checkIn) {
			continue
		}
		var closes, final int64
		if _, err := fmt.Sscanf(open.Val()[id], "%d %d", &closes, &final); err != nil {
			return t, fmt.Errorf("occurrence: %w", err)
		}
		o := checkin.OpenNow{ID: id, Closes: time.UnixMilli(closes).UTC(), Final: time.UnixMilli(final).UTC()}
		if o.Final.After(t.Now) {
			t.Open = append(t.Open, o)
		}
	}
	slices.SortStableFunc(t.Open, func(a, b checkin.OpenNow) int { return a.Closes.Compare(b.Closes) })
	return t, readTalk(&t, kept.Val())
}

func readTalk(t *checkin.Talk, kept map[string]string) error {
	if len(kept) == 0 {
		return nil
	}
	t.Version, _ = strconv.ParseInt(kept["v"], 10, 64) // we wrote it
	if err := json.Unmarshal([]byte(kept["about"]), t); err != nil {
		return fmt.Errorf("talk: %w", err)
	}
	for field, body := range kept {
		into := t.Partials
		id, ok := strings.CutPrefix(field, partialField)
		if !ok {
			into = t.Aside
			if id, ok = strings.CutPrefix(field, asideField); !ok {
				continue
			}
		}
		var d checkin.Partial
		if err := json.Unmarshal([]byte(body), &d); err != nil {
			return fmt.Errorf("partial answer: %w", err)
		}
		into[id] = d
	}
	return nil
}

// KeepTalk implements checkin.TalkStore.
func (s CheckIns) KeepTalk(ctx context.Context, c bot.CommunityID, m bot.MemberID, in bot.InputID, t *checkin.Talk, occurrence string) error {
	about, err := json.Marshal(t)
	if err != nil {
		return err
	}
	partial := ""
	if d, ok := t.Partials[occurrence]; ok {
		body, err := json.Marshal(d)
		if err != nil {
			return err
		}
		partial = string(body)
	}
	until := t.Now
	for _, o := range t.Open {
		if o.Final.After(until) {
			until = o.Final
		}
	}
	keys := []string{inputKey(c, in), key(c, checkInTalk(m)), key(c, checkInTurns(occurrence))}
	out, err := s.strings(ctx, checkInTalkScript, keys, s.now(), string(in), t.Version, about, string(m), occurrence, partial, millis(until))
	if err != nil {
		return err
	}
	if len(out) == 0 {
		return &bot.Error{Code: bot.Conflict}
	}
	t.Version, err = strconv.ParseInt(out[0], 10, 64)
	return err
}
