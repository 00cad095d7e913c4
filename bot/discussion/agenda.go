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
	chats = inOrder(slices.DeleteFunc(chats, func(d Discussion) bool { return d.Over() }))
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

// inOrder sorts discussions by how much they matter now: what runs, what comes
// (the next first, those that wait for their host last), what was (the last
// first), what was cancelled.
func inOrder(chats []Discussion) []Discussion {
	slices.SortStableFunc(chats, func(a, b Discussion) int {
		if c := cmp.Compare(a.urgency(), b.urgency()); c != 0 {
			return c
		}
		if a.Over() {
			return cmp.Compare(b.begins(), a.begins())
		}
		return cmp.Compare(a.begins(), b.begins())
	})
	return chats
}

func (d *Discussion) urgency() int {
	switch d.State {
	case Open, Asking:
		return 0
	case Scheduled:
		return 1
	case Closing, Archived:
		return 2
	default:
		return 3
	}
}

// begins is when the discussion begins or began, for sorting.
func (d *Discussion) begins() int64 {
	switch {
	case !d.Opened.IsZero():
		return d.Opened.UnixMilli()
	case d.Base.IsZero():
		return 1<<63 - 1
	default:
		return d.Base.UnixMilli()
	}
}
