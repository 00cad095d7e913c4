package house

import (
	"context"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/community"
	"github.com/staffroom-bot/staffroom/bot/discussion"
)

// voices are members as relaying sees them.
type voices struct {
	relaying    *community.Relaying
	switchboard *bot.Switchboard
}

// Relaying implements discussion.Voices.
func (v voices) Relaying(ctx context.Context, c bot.CommunityID) ([]bot.SpaceID, error) {
	return v.relaying.Relaying(ctx, c)
}

// Asked implements discussion.Voices.
func (v voices) Asked(ctx context.Context, a bot.Account) error { return v.relaying.Asked(ctx, a) }

// Voices implements discussion.Voices.
func (v voices) Voices(ctx context.Context, c bot.CommunityID, ids []bot.MemberID) (map[bot.MemberID]discussion.Voice, error) {
	found, err := v.relaying.Spoken(ctx, c, ids)
	out := make(map[bot.MemberID]discussion.Voice, len(found))
	for id, m := range found {
		out[id] = discussion.Voice{Name: m.Name, Agreed: m.Relay.Given(), Since: m.Relay.About()}
	}
	return out, err
}

// Platform implements discussion.Voices.
func (v voices) Platform(connection string) string {
	m, err := v.switchboard.For(connection)
	if p, ok := m.(bot.Branded); ok && err == nil {
		return p.Platform()
	}
	return ""
}
