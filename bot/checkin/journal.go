package checkin

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// journal gives a member all that they have answered by name, as a document.
func (s *Service) journal(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	entries, err := s.store.Journal(ctx, req.Member.Community, req.Member.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	if len(entries) == 0 {
		return bot.Say(s.say(req, "checkin.journal.empty", bot.Str("command", req.Typed("/checkin answer")))), nil
	}
	reply := bot.Say(s.say(req, "checkin.journal", bot.Count("answers", len(entries))))
	reply.Message.Files = []bot.File{{Name: "journal.md", Data: s.journalMarkdown(req.Member, entries)}}
	return reply, nil
}

func (s *Service) journalMarkdown(m bot.Member, entries []Entry) []byte {
	zone, err := time.LoadLocation(m.Zone)
	if err != nil {
		zone = time.UTC
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "# %s\n", s.label(m.Language, "checkin.journal.title"))
	for _, e := range entries {
		fmt.Fprintf(&b, "\n## %s · %s\n", bot.Day(m.Language, e.Answer.At.In(zone)), bot.EscapeMarkdown(forwards(oneLine(e.Name))))
		for i, q := range e.Questions {
			if i >= len(e.Answer.Values) || e.Answer.Values[i] == "" {
				continue
			}
			fmt.Fprintf(&b, "\n**%s**\n\n", bot.EscapeMarkdown(forwards(oneLine(q.Text))))
			for line := range strings.Lines(forwards(s.shown(m.Language, &q, e.Answer.Values[i]))) {
				fmt.Fprintf(&b, "> %s\n", bot.EscapeMarkdown(strings.TrimSpace(line)))
			}
		}
	}
	return b.Bytes()
}
