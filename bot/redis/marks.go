package redis

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/redis/go-redis/v9"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/discussion"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// marks is where it is kept what people have said of the entries of a discussion,
// beside the entries, which follow their messages.
func marks(id string) string { return "marks:" + id }

// What people say of an entry: its ID follows.
const (
	fixMark      = "fix "
	withheldMark = "withheld "
	pickedMark   = "picked "
)

// mark applies to an entry what people have said of it.
func mark(e *discussion.Entry, marked map[string]string) error {
	_, e.Withheld = marked[withheldMark+e.ID]
	_, e.Highlighted = marked[pickedMark+e.ID]
	body, fixed := marked[fixMark+e.ID]
	if !fixed {
		return nil
	}
	var fix discussion.Fix
	if err := json.Unmarshal([]byte(body), &fix); err != nil {
		return fmt.Errorf("mark: %w", err)
	}
	e.Kind, e.Questions, e.Fixed = fix.Kind, fix.Questions, true
	return nil
}

// Entry implements discussion.Store.
func (s Discussions) Entry(ctx context.Context, d *discussion.Discussion, id string) (discussion.Entry, error) {
	return s.firstOf(ctx, d, id)
}

// Shown implements discussion.Store: two round trips.
func (s Discussions) Shown(ctx context.Context, d *discussion.Discussion, place int, message string) (discussion.Entry, error) {
	ours, err := s.client.HGet(ctx, refs(d.Community, d.ID, place), message).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return discussion.Entry{}, failed(err)
	}
	return s.firstOf(ctx, d, ours, discussion.EntryID(place, message))
}

// firstOf gives the first entry that there is.
func (s Discussions) firstOf(ctx context.Context, d *discussion.Discussion, ids ...string) (discussion.Entry, error) {
	pipe := s.client.TxPipeline()
	bodies := pipe.HMGet(ctx, key(d.Community, "entries:"+d.ID), ids...)
	marked := pipe.HGetAll(ctx, key(d.Community, marks(d.ID)))
	if _, err := pipe.Exec(ctx); err != nil {
		return discussion.Entry{}, failed(err)
	}
	for _, body := range bodies.Val() {
		if text, ok := body.(string); ok {
			e, err := decodeEntry(text)
			if err == nil {
				err = mark(&e, marked.Val())
			}
			return e, err
		}
	}
	return discussion.Entry{}, &bot.Error{Code: bot.NotFound}
}

// Refile implements discussion.Store.
func (s Discussions) Refile(ctx context.Context, d *discussion.Discussion, entry string, fix *discussion.Fix, e outbox.Effects) error {
	w := write{"HDEL", marks(d.ID), []string{fixMark + entry}}
	if fix != nil {
		body, err := json.Marshal(fix)
		if err != nil {
			return err
		}
		w = write{"HSET", marks(d.ID), []string{fixMark + entry, string(body)}}
	}
	return s.mark(ctx, d, w, e)
}

// Withhold implements discussion.Store.
func (s Discussions) Withhold(ctx context.Context, d *discussion.Discussion, entry string, out bool) error {
	return s.mark(ctx, d, set(d, withheldMark+entry, out), outbox.Effects{})
}

// Highlight implements discussion.Store.
func (s Discussions) Highlight(ctx context.Context, d *discussion.Discussion, entry string, on bool, e outbox.Effects) error {
	return s.mark(ctx, d, set(d, pickedMark+entry, on), e)
}

// set makes a mark, or takes it away.
func set(d *discussion.Discussion, name string, on bool) write {
	if !on {
		return write{"HDEL", marks(d.ID), []string{name}}
	}
	return write{"HSET", marks(d.ID), []string{name, "1"}}
}

func (s Discussions) mark(ctx context.Context, d *discussion.Discussion, w write, e outbox.Effects) error {
	writes := []write{w}
	_, entry, _ := strings.Cut(w.args[0], " ")
	e, err := lookAgainAt(d, &writes, e, entry)
	if err != nil {
		return err
	}
	_, err = s.advance(ctx, change{
		community: d.Community, writes: writes, unless: []string{leftByAll, d.Channel.Space.String()}, Effects: e,
	})
	return err
}
