package checkin

import (
	"context"

	"github.com/staffroom-bot/staffroom/bot"
)

// Leaving tells an organizer who is about to remove a check-in what goes with it, and
// offers the answers as a table before.
func (s *Service) Leaving(ctx context.Context, ci CheckIn, reader bot.Member) (bot.Message, error) {
	past, err := s.past(ctx, &ci, "", bot.RoleOrganizer)
	if err != nil {
		return bot.Message{}, err
	}
	lines := []bot.Text{s.words.Text(reader.Language, "checkin.leaving")}
	found, err := s.store.Standings(ctx, ci.Community, ci.ID)
	if err != nil {
		return bot.Message{}, err
	}
	now, err := s.store.Now(ctx)
	if err != nil {
		return bot.Message{}, err
	}
	last := now
	for _, o := range found[0].Open {
		if o.Closes.After(last) {
			last = o.Closes
		}
	}
	if last.After(now) {
		lines = append(lines, s.words.Text(reader.Language, "checkin.leaving.open", bot.At("until", last, reader.Zone, bot.DateTime)))
	}
	m := bot.Message{Text: bot.Join("\n", lines...)}
	if len(handedOut(past)) > 0 {
		m.Controls = []bot.Control{{Label: s.label(reader.Language, "checkin.button.export"), Path: exportPath + ci.ID}}
	}
	return m, nil
}
