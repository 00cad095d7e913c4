package redis

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// Unname implements community.PartingStore: it looks at all that waits to be sent and
// all that was not delivered. A name stands in a message as a span, or in a row of
// several in one: what only looks like it, in the middle of a sentence, stays.
func (s Communities) Unname(ctx context.Context, p bot.Parting, names []string, somebody string) error {
	c := p.Member.Community
	u := unnamer{parting: p, names: names, somebody: somebody}
	waiting := func(value string) (string, error) {
		at := strings.IndexByte(value, '{')
		if at < 0 {
			return value, nil
		}
		var item outbox.Item
		if err := json.Unmarshal([]byte(value[at:]), &item); err != nil {
			return "", fmt.Errorf("a post: %w", err)
		}
		if !u.text(item.Post.Message.Text) {
			return value, nil
		}
		body, err := json.Marshal(item)
		return value[:at] + string(body), err
	}
	undelivered := func(value string) (string, error) {
		var kept storedUndelivered
		if err := json.Unmarshal([]byte(value), &kept); err != nil {
			return "", fmt.Errorf("an undelivered post: %w", err)
		}
		if !u.text(kept.Item.Post.Message.Text) {
			return value, nil
		}
		body, err := json.Marshal(kept)
		return string(body), err
	}
	for _, hash := range []struct {
		name   string
		reword func(string) (string, error)
	}{{"posts", waiting}, {"undelivered", undelivered}} {
		if err := s.reword(ctx, key(c, hash.name), u, hash.reword); err != nil {
			return err
		}
	}
	return nil
}

// reword replaces the fields of a hash that somebody may stand in by what they become.
// One that changes meanwhile is being sent.
func (s Communities) reword(ctx context.Context, hash string, u unnamer, become func(string) (string, error)) error {
	var args []any
	var failure error
	err := s.scan(ctx, hash, func(field, value string) {
		if !u.maybe(value) || failure != nil {
			return
		}
		after, err := become(value)
		if failure = err; err == nil && after != value {
			args = append(args, field, value, after)
		}
	})
	if err == nil {
		err = failure
	}
	if err != nil {
		return err
	}
	for some := range slices.Chunk(args, 3*writesAtOnce) {
		if _, err := s.strings(ctx, rewordScript, []string{hash}, some...); err != nil {
			return err
		}
	}
	return nil
}

// unnamer takes somebody's names out of texts.
type unnamer struct {
	parting  bot.Parting
	names    []string
	somebody string
}

// maybe reports whether they may stand in something stored.
func (u unnamer) maybe(stored string) bool {
	for _, name := range u.names {
		quoted, err := json.Marshal(name)
		if err != nil || strings.Contains(stored, strings.Trim(string(quoted), `"`)) {
			return true
		}
	}
	return slices.ContainsFunc(u.parting.Accounts, func(a bot.Account) bool { return strings.Contains(stored, a.User) })
}

// text changes a text, and reports whether they stood in it.
func (u unnamer) text(t bot.Text) (changed bool) {
	for i := range t {
		span := &t[i]
		if span.Account != nil && slices.Contains(u.parting.Accounts, *span.Account) {
			*span, changed = bot.Span{Text: u.somebody}, true
			continue
		}
		parts := strings.Split(span.Text, ", ")
		for j, part := range parts {
			if slices.Contains(u.names, part) {
				parts[j], changed = u.somebody, true
			}
		}
		span.Text = strings.Join(parts, ", ")
	}
	return changed
}
