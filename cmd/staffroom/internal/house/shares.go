package house

import (
	"context"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/checkin"
	"github.com/staffroom-bot/staffroom/bot/discussion"
)

// shares are the chats as goals see them.
type shares struct{ *discussion.Service }

// Origin implements checkin.Shares.
func (s shares) Origin(ctx context.Context, c bot.CommunityID, source string) (checkin.Origin, error) {
	name, ch, err := s.Whereabouts(ctx, c, source)
	return checkin.Origin{Name: name, Channel: ch}, err
}

// Share implements checkin.Shares.
func (s shares) Share(ctx context.Context, t checkin.Telling) error {
	return s.Service.Share(ctx, t.Community, t.Source, discussion.Share{
		Goal: t.Goal, Author: t.Member, Name: t.Name, Near: t.Near, Text: t.Text, Outcome: t.Happened, Post: t.Reach == checkin.InChannel, Input: t.Input,
	})
}

// Unshare implements checkin.Shares.
func (s shares) Unshare(ctx context.Context, t checkin.Telling) error {
	return s.Service.Unshare(ctx, t.Community, t.Source, t.Goal)
}
