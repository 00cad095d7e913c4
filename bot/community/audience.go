package community

import (
	"cmp"
	"context"
	"slices"

	"github.com/staffroom-bot/staffroom/bot"
)

// reader is where the organizers of a place read something: their channel, or one
// of them.
type reader struct {
	Post     bot.Post `json:"post"` // without its message
	Language string   `json:"language"`
}

// others are the organizers of all places of a community but one of them, who knows
// already: in each place their channel, or else everybody.
func (l *Links) others(ctx context.Context, c bot.CommunityID, but bot.Member) ([]reader, error) {
	places, err := l.directory.store.Places(ctx, c)
	if err != nil {
		return nil, err
	}
	organizers, err := l.directory.Organizers(ctx, c)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(organizers, func(a, b bot.Account) int { return cmp.Compare(a.String(), b.String()) })
	var all []reader
	told := []bot.MemberID{but.ID}
	for i := range places {
		p := &places[i]
		if room := p.Set.Private; room != (bot.Channel{}) {
			home, err := l.directory.Community(ctx, p.Space)
			if err != nil {
				return nil, err
			}
			all = append(all, reader{bot.Post{Channel: room}, home.Language})
			continue
		}
		for _, a := range organizers {
			if a.Space != p.Space {
				continue
			}
			m, err := l.directory.Member(ctx, a, "")
			if err != nil {
				return nil, err
			}
			if !slices.Contains(told, m.ID) {
				told = append(told, m.ID)
				all = append(all, reader{bot.Post{Direct: &a}, m.Language})
			}
		}
	}
	return all, nil
}

// name tells the reader from all others.
func (r *reader) name() string {
	if r.Post.Direct != nil {
		return r.Post.Direct.String()
	}
	return r.Post.Channel.String()
}
