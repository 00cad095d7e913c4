package discussion

import (
	"context"

	"github.com/staffroom-bot/staffroom/bot"
)

// Library keeps what people have linked to.
type Library interface {
	// Gathering is the control that shows a host the links in the answers of a
	// discussion, by its ID.
	Gathering(req *bot.Request, chat string) bot.Control
}

// OfferLinks lets hosts look through the links of a discussion when it is over, and keep
// some in a library.
func (s *Service) OfferLinks(library Library) { s.library = library }

// linkControls are those of a discussion's panel that lead to its links.
func (s *Service) linkControls(req *bot.Request, d *Discussion) []bot.Control {
	if s.library == nil || d.State != Closing && d.State != Archived {
		return nil
	}
	return []bot.Control{s.library.Gathering(req, d.ID)}
}

// Answers gives the answers in a discussion that stand, in the order they came: those
// that were not deleted, nor kept out of the archive. It is not_found where the
// discussion is gone, or was never here.
func (s *Service) Answers(ctx context.Context, c bot.CommunityID, id string) ([]Entry, error) {
	if _, err := s.store.Get(ctx, c, id); err != nil {
		return nil, err
	}
	entries, err := s.store.Entries(ctx, c, id)
	var answers []Entry
	for _, e := range entries {
		if e.Kind == Answer && len(e.Questions) > 0 && !e.Deleted && !e.Withheld {
			answers = append(answers, e)
		}
	}
	return answers, err
}
