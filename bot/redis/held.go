package redis

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/checkin"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

var _ outbox.HeldStore = (*Store)(nil)

// Held implements outbox.HeldStore.
func (s *Store) Held(ctx context.Context, group, lane string, limit int) (outbox.Held, error) {
	c := bot.CommunityID(group)
	out, err := s.strings(ctx, heldScript, []string{key(c, "queue"), key(c, "posts"), key(c, "written"), key(c, "accounts"), key(c, "members")}, s.now(), lane, limit)
	if err != nil {
		return outbox.Held{}, err
	}
	h := outbox.Held{Now: fromMillis(out[0])}
	var written []int64
	if err := json.Unmarshal([]byte(out[1]), &written); err != nil {
		return h, fmt.Errorf("written to %s: %w", lane, err)
	}
	for _, ms := range written {
		h.Written = append(h.Written, time.UnixMilli(ms).UTC())
	}
	if out[2] != "" {
		var m bot.Member
		if err := json.Unmarshal([]byte(out[2]), &m); err != nil {
			return h, fmt.Errorf("member of %s: %w", lane, err)
		}
		h.Zone, h.Away = m.Zone, m.Away
	}
	for rest := out[3:]; len(rest) >= 2; rest = rest[2:] {
		w := outbox.Waiting{Place: rest[0]}
		if err := json.Unmarshal([]byte(rest[1]), &w.Item); err != nil {
			return h, fmt.Errorf("held post in %s: %w", lane, err)
		}
		h.Waiting = append(h.Waiting, w)
	}
	return h, nil
}

// LetOut implements outbox.HeldStore. A check-in of which somebody was not told in
// time ends so for them.
func (s *Store) LetOut(ctx context.Context, group, lane string, o outbox.Outgoing) error {
	c := bot.CommunityID(group)
	post, due := []byte(nil), ""
	if o.Post != nil {
		p, err := encodePost(*o.Post)
		if err != nil {
			return err
		}
		if post, err = json.Marshal(p); err != nil {
			return err
		}
		due = "0"
	}
	before, err := encodeTimes(o.Before)
	if err != nil {
		return err
	}
	encoded, err := encodeTimes(o.Written)
	if err != nil {
		return err
	}
	keys := append(jobKeys(group), key(c, "posts"), key(c, "queue"), key(c, "sent"), key(c, "sentat"), key(c, "numbers"), key(c, "written"), key(c, sentTo(lane)))
	untold := []string{}
	for _, w := range o.Expired {
		if occurrence, m, ok := checkin.Prompted(w.Post.Key); ok {
			untold = append(untold, string(m))
			keys = append(keys, key(c, checkInTurns(occurrence)))
		}
	}
	members, err := json.Marshal(untold)
	if err != nil {
		return err
	}
	args := []any{s.now(), lane, post, encoded, members, before}
	for _, w := range append(append([]outbox.Waiting{}, o.Expired...), o.Sent...) {
		args = append(args, w.Place)
	}
	out, err := s.hinted(ctx, group, due, func() ([]string, error) {
		return s.strings(ctx, letOutScript, keys, args...)
	})
	if err == nil && out[0] == "conflict" {
		return &bot.Error{Code: bot.Conflict}
	}
	return err
}
