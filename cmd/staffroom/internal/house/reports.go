package house

import (
	"context"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/discussion"
	"github.com/staffroom-bot/staffroom/bot/report"
)

// archives are the chats as reports see them.
type archives struct{ *discussion.Service }

// Said implements report.Archives.
func (a archives) Said(ctx context.Context, c bot.CommunityID, ref bot.MessageRef, posted time.Time) (report.Kept, bot.MemberID, bool, error) {
	d, e, err := a.Service.Said(ctx, c, ref, posted)
	if bot.CodeOf(err) == bot.NotFound {
		return report.Kept{}, "", false, nil
	}
	return report.Kept{Chat: d.ID, Entry: e.ID}, e.Author, err == nil, err
}

// Withhold implements report.Archives. A chat that has gone to another community
// is no longer this one's matter.
func (a archives) Withhold(ctx context.Context, c bot.CommunityID, k report.Kept, out bool) error {
	err := a.Service.Withhold(ctx, c, k.Chat, k.Entry, out)
	if bot.CodeOf(err) == bot.NotFound {
		return nil
	}
	return err
}
