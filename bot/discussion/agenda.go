package discussion

import (
	"cmp"
	"context"
	"slices"

	"github.com/staffroom-bot/staffroom/bot"
)

// Upcoming gives what is on: the chats that run, then those that come, each as a
// line with a button.
func (s *Service) Upcoming(ctx context.Context, m bot.Member, limit int) ([]bot.Message, error) {
	chats, err := s.store.List(ctx, m.Community, 0, searched)
	if err != nil {
		return nil, err
	}
	chats = slices.DeleteFunc(chats, func(d Discussion) bool { return d.Over() })
	slices.SortStableFunc(chats, func(a, b Discussion) int {
		if a.Running() != b.Running() {
			if a.Running() {
				return -1
			}
			return 1
		}
		return cmp.Compare(a.begins(), b.begins())
	})
	var out []bot.Message
	for i := range chats[:min(limit, len(chats))] {
		d := &chats[i]
		out = append(out, bot.Message{
			Text: s.line(d, m),
			Controls: []bot.Control{{
				Label: s.label(m.Language, "chat.button.show", bot.Str("title", short(d.Script.Title))), Path: "/chat/view/" + d.ID,
			}},
		})
	}
	return out, nil
}

// begins is when the discussion begins, for sorting: one that waits for its host
// comes last.
func (d *Discussion) begins() int64 {
	if d.Base.IsZero() {
		return 1<<63 - 1
	}
	return d.Base.UnixMilli()
}
