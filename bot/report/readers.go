package report

import (
	"context"
	"slices"
	"strings"

	"github.com/staffroom-bot/staffroom/bot"
)

// reader is where a report is read.
type reader struct {
	post     bot.Post // a channel or a person
	language string
	name     string // of the person; empty for the channel
}

// readers are those to tell: the organizers' channel, or else every organizer,
// but never who wrote the message. Who organizes reads the channel, and so does
// whoever writes there. There may be nobody.
func (s *Service) readers(ctx context.Context, c bot.CommunityID, near bot.SpaceID, sub *Subject) ([]reader, error) {
	accounts, err := s.people.Organizers(ctx, c)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(accounts, func(a, b bot.Account) int { return strings.Compare(a.String(), b.String()) })
	var others []reader
	var known []bot.Member
	reads := false // the author reads what organizers read
	for _, a := range accounts {
		m, err := s.people.Member(ctx, a, "")
		switch {
		case err != nil:
			return nil, err
		case m.Is(sub.Author):
			reads = true
			continue
		case slices.ContainsFunc(known, func(other bot.Member) bool { return other.ID == m.ID }):
			continue // another account of theirs
		}
		known = append(known, m)
		others = append(others, reader{bot.Post{Direct: &a}, m.Language, m.Name})
	}
	room, language, ok, err := s.people.OrganizersRoom(ctx, c, near)
	if err != nil {
		return nil, err
	}
	if ok && !reads && sub.Message.Channel.Root() != room {
		return []reader{{post: bot.Post{Channel: room}, language: language}}, nil
	}
	return others, nil
}
