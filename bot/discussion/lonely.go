package discussion

import (
	"context"
	"slices"

	"github.com/staffroom-bot/staffroom/bot"
)

// mostLonely is how many answers a host is shown that could use a reply.
const mostLonely = 5

// weighed is of how many people with such an answer, the earliest first, it is looked
// up whether they are new.
const weighed = 50

// lonelyLines tell a host which answers could use a reply: those of newcomers first.
// Nobody is ever named for not having answered.
func (s *Service) lonelyLines(ctx context.Context, lang string, d *Discussion, entries []Entry) ([]bot.Text, error) {
	all := lonely(d, entries)
	if len(all) == 0 {
		return nil, nil
	}
	all = all[:min(len(all), weighed)]
	people := authors(all)
	known, err := s.store.Known(ctx, d, people)
	if err != nil {
		return nil, err
	}
	names, err := s.members.Names(ctx, d.Community, people)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(all, func(a, b Entry) int {
		switch {
		case known[a.Author] == known[b.Author]:
			return 0
		case known[a.Author]:
			return 1
		default:
			return -1
		}
	})
	lines := []bot.Text{s.words.Text(lang, "host.panel.lonely")}
	for _, e := range all[:min(len(all), mostLonely)] {
		key := bot.Key("host.panel.lonely.answer")
		if !known[e.Author] {
			key = "host.panel.lonely.new"
		}
		name := names[e.Author]
		if name == "" {
			name = s.label(lang, "chat.archive.somebody")
		}
		lines = append(lines, s.words.Text(lang, key, bot.Str("name", name), bot.Str("n", numbers(e.Questions)), bot.Str("text", short(excerpt(e.Text)))))
	}
	return lines, nil
}

// lonely gives answers to which nobody has replied, in the order they came: of each
// person whom nobody has replied to the first.
func lonely(d *Discussion, entries []Entry) []Entry {
	by := make(map[string]bot.MemberID, len(entries))
	for _, e := range entries {
		by[e.ID] = e.Author
	}
	heard := map[bot.MemberID]bool{}
	for _, e := range entries {
		if to, known := by[e.ReplyTo]; known && !e.Deleted && to != e.Author {
			heard[to] = true
		}
	}
	var all []Entry
	for _, e := range entries {
		if e.Kind != Answer || e.Deleted || e.Withheld || e.Author == "" || heard[e.Author] || slices.Contains(d.Hosts, e.Author) {
			continue
		}
		heard[e.Author] = true
		all = append(all, e)
	}
	return all
}
