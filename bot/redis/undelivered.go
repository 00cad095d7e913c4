package redis

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
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
)

var _ outbox.UndeliveredStore = (*Store)(nil)

// storedUndelivered is how an item is kept that was not delivered. The scripts
// find its ID at the beginning.
type storedUndelivered struct {
	ID      string         `json:"id"`
	To      string         `json:"to,omitempty"` // whose direct message it was
	Outcome outbox.Outcome `json:"outcome"`
	Reason  bot.Reason     `json:"reason,omitempty"`
	Cause   string         `json:"cause"`
	Item    outbox.Item    `json:"item"`
}

// unsent is how an item ended that was not sent: what there is to keep, and who
// is told. Of what had expired the words are not kept, and nobody is told. Of what was
// fleeting they are not kept either.
func unsent(i outbox.Item, e outbox.Ending) (ending, error) {
	kept := storedUndelivered{ID: undeliveredID(i.Post.Key), Outcome: e.Outcome, Reason: e.Reason, Cause: e.Cause, Item: i}
	out := ending{outcome: e.Outcome, id: kept.ID}
	if i.Post.Direct != nil {
		kept.To = i.Post.Direct.String()
	}
	if i.Fleeting != nil {
		kept.Item.Post.Message = bot.Message{Text: i.Fleeting.Instead}
	}
	if e.Outcome == outbox.Expired {
		kept.Item.Post.Message, kept.Item.Together = bot.Message{}, nil
		if i.Calendar != nil {
			kept.Item.Calendar = &outbox.CalendarEntry{Key: i.Calendar.Key}
		}
	} else if out.to = kept.To; out.to == "" {
		job, err := json.Marshal(jobBody{Kind: outbox.ReportJobKind})
		if err != nil {
			return out, err
		}
		out.job = string(job)
	}
	var err error
	out.report, err = json.Marshal(kept)
	return out, err
}

// undeliveredID is a delivery key in 80 bits, for controls.
func undeliveredID(k bot.DeliveryKey) string {
	sum := sha256.Sum256([]byte(k))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:10]))
}

// undelivered reads the items with these keys; those that are forgotten are left
// out.
func (s *Store) undelivered(ctx context.Context, c bot.CommunityID, keys []string) ([]outbox.Undelivered, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	bodies, err := s.client.HMGet(ctx, key(c, "undelivered"), keys...).Result()
	if err != nil {
		return nil, failed(err)
	}
	var out []outbox.Undelivered
	for i, body := range bodies {
		text, ok := body.(string)
		if !ok {
			continue
		}
		var kept storedUndelivered
		if err := json.Unmarshal([]byte(text), &kept); err != nil {
			return nil, fmt.Errorf("undelivered post %s: %w", keys[i], err)
		}
		out = append(out, outbox.Undelivered{ID: kept.ID, Item: kept.Item, Outcome: kept.Outcome, Reason: kept.Reason})
	}
	return out, nil
}

// What was reported when is one record.
const (
	reportRecords = "reports"
	reportsID     = "all"
)

// Unreported implements outbox.UndeliveredStore.
func (s *Store) Unreported(ctx context.Context, group string, limit int) (outbox.Reports, []outbox.Undelivered, error) {
	c := bot.CommunityID(group)
	pipe := s.client.Pipeline()
	body := pipe.HGet(ctx, key(c, reportRecords), reportsID)
	version := pipe.HGet(ctx, key(c, reportRecords+":v"), reportsID)
	keys := pipe.ZRange(ctx, key(c, "unreported"), 0, int64(limit-1))
	if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) {
		return outbox.Reports{}, nil, failed(err)
	}
	if err := keys.Err(); err != nil {
		return outbox.Reports{}, nil, failed(err)
	}
	r := outbox.Reports{At: map[string]time.Time{}}
	if body.Err() == nil {
		if err := json.Unmarshal([]byte(body.Val()), &r.At); err != nil {
			return r, nil, fmt.Errorf("reports: %w", err)
		}
		r.Version, _ = strconv.ParseInt(version.Val(), 10, 64)
	}
	lost, err := s.undelivered(ctx, c, keys.Val())
	return r, lost, err
}

// Reported implements outbox.UndeliveredStore.
func (s *Store) Reported(ctx context.Context, group string, r outbox.Reports, known []outbox.Undelivered, e outbox.Effects) error {
	_, err := s.advance(ctx, change{
		community: bot.CommunityID(group), records: reportRecords, id: reportsID, from: r.Version, body: r.At,
		writes:  []write{{"ZREM", "unreported", keysOf(known)}},
		Effects: e,
	})
	return err
}

func keysOf(items []outbox.Undelivered) []string {
	keys := make([]string, len(items))
	for i, u := range items {
		keys[i] = string(u.Item.Post.Key)
	}
	return keys
}

// FindUndelivered implements outbox.UndeliveredStore.
func (s *Store) FindUndelivered(ctx context.Context, c bot.CommunityID, id string) (outbox.Undelivered, error) {
	k, err := s.client.HGet(ctx, key(c, "undeliveredid"), id).Result()
	if err != nil {
		return outbox.Undelivered{}, failed(err)
	}
	found, err := s.undelivered(ctx, c, []string{k})
	if err == nil && len(found) == 0 {
		err = &bot.Error{Code: bot.NotFound}
	}
	if err != nil {
		return outbox.Undelivered{}, err
	}
	return found[0], nil
}

// Settle implements outbox.UndeliveredStore. What is settled cannot be found any
// more, but its delivery key stays known.
func (s *Store) Settle(ctx context.Context, c bot.CommunityID, u outbox.Undelivered, e outbox.Effects) error {
	_, err := s.advance(ctx, change{
		community: c,
		writes:    []write{{"HDEL", "undeliveredid", []string{u.ID}}},
		Effects:   e,
	})
	return err
}

// unitSeparator stands between the parts of a member that is found by its
// beginning; a blank is just behind it.
const unitSeparator = "\x1f"

// Unreached implements outbox.UndeliveredStore.
func (s *Store) Unreached(ctx context.Context, c bot.CommunityID, a bot.Account) ([]outbox.Undelivered, error) {
	members, err := s.unreached(ctx, c, a)
	keys := make([]string, len(members))
	for i, m := range members {
		keys[i] = unreachedKey(m)
	}
	if err != nil {
		return nil, err
	}
	return s.undelivered(ctx, c, keys)
}

// unreached gives what is kept for a person: account, number and delivery key.
func (s *Store) unreached(ctx context.Context, c bot.CommunityID, a bot.Account) ([]string, error) {
	members, err := s.client.ZRangeByLex(ctx, key(c, "unreached"), &redis.ZRangeBy{
		Min: "[" + a.String() + unitSeparator, Max: "(" + a.String() + " ",
	}).Result()
	return members, failed(err)
}

func unreachedKey(member string) string {
	parts := strings.SplitN(member, unitSeparator, 3)
	return parts[len(parts)-1]
}

// Reached implements outbox.UndeliveredStore.
func (s *Store) Reached(ctx context.Context, c bot.CommunityID, a bot.Account, known []outbox.Undelivered) error {
	members, err := s.unreached(ctx, c, a)
	if err != nil {
		return err
	}
	keys := keysOf(known)
	told := []any{}
	for _, m := range members {
		if slices.Contains(keys, unreachedKey(m)) {
			told = append(told, m)
		}
	}
	if len(told) == 0 {
		return nil
	}
	return failed(s.client.ZRem(ctx, key(c, "unreached"), told...).Err())
}

// Erase forgets every post to a person that is queued, held or was not delivered,
// when they were written to, and what was sent to them. What stands on a platform is
// not touched.
func (s *Store) Erase(ctx context.Context, c bot.CommunityID, a bot.Account) error {
	keys := []string{
		key(c, "posts"), key(c, "queue"), key(c, "sending"), key(c, "lanes"), key(c, "changes"), key(c, "sent"),
		key(c, "undelivered"), key(c, "undeliveredat"), key(c, "undeliveredid"), key(c, "unreported"), key(c, "unreached"), key(c, "written"),
	}
	standing, err := json.Marshal(a)
	if err != nil {
		return err
	}
	args := []any{a.String(), standing}
	for _, lane := range outbox.DirectLanes(a) {
		args = append(args, lane)
	}
	if _, err := s.strings(ctx, eraseScript, keys, args...); err != nil {
		return err
	}
	return s.unsend(ctx, c, a)
}
