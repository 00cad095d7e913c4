package house

import (
	"context"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/checkin"
	"github.com/staffroom-bot/staffroom/bot/redis"
)

// sharedGoals are people's goals as partners see them: those that they have shared.
type sharedGoals struct{ store redis.CheckIns }

// Shared implements partner.Goals: of each the latest that is open, as it reads in the
// archive.
func (s sharedGoals) Shared(ctx context.Context, c bot.CommunityID, ids []bot.MemberID) (map[bot.MemberID]string, error) {
	out := map[bot.MemberID]string{}
	for _, id := range ids {
		all, err := s.store.Goals(ctx, c, id)
		if err != nil {
			return nil, err
		}
		latest := time.Time{}
		for _, g := range all {
			if g.State == checkin.GoalOpen && g.Reach != checkin.Nobody && g.Made.After(latest) {
				latest, out[id] = g.Made, strings.Join(strings.Fields(g.Text), " ")
			}
		}
	}
	return out, nil
}
