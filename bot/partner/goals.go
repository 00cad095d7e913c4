package partner

import (
	"context"

	"github.com/staffroom-bot/staffroom/bot"
)

// Goals is what partners need to know of goals.
type Goals interface {
	// Shared gives, of these people, what each means to do just now, as typed, if they
	// have shared that with the community. Whose goals are their own is left out.
	Shared(ctx context.Context, c bot.CommunityID, ids []bot.MemberID) (map[bot.MemberID]string, error)
}

// longestGoal is how many characters of a goal an introduction shows.
const longestGoal = 150

// goalsOf are the goals of a group: all of them have shared one, or there are none.
func (s *Service) goalsOf(ctx context.Context, g *Group) (map[bot.MemberID]string, error) {
	if s.goals == nil {
		return nil, nil
	}
	all, err := s.goals.Shared(ctx, g.Community, membersOf(g))
	if err != nil {
		return nil, err
	}
	for _, seat := range g.here() {
		if all[seat.Member] == "" {
			return nil, nil
		}
	}
	return all, nil
}

// goalsShown says what the people of a group mean to do.
func (s *Service) goalsShown(lang string, g *Group, names, goals map[bot.MemberID]string) bot.Text {
	var lines []bot.Text
	for _, seat := range g.here() {
		if goal := goals[seat.Member]; goal != "" {
			lines = append(lines, s.words.Text(lang, "partner.goal", bot.Str("name", s.called(lang, names[seat.Member])), bot.Str("goal", bot.Shorten(goal, longestGoal))))
		}
	}
	return bot.Join(" ", lines...)
}
