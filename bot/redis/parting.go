package redis

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/community"
)

var _ community.PartingStore = Communities{}

// ForgetMember implements community.PartingStore.
func (s Communities) ForgetMember(ctx context.Context, p bot.Parting) error {
	c := p.Member.Community
	ids := p.Member.IDs()
	selves, err := s.Selves(ctx, c, p.Member.ID)
	if err != nil {
		return err
	}
	for _, self := range selves {
		if !slices.Contains(ids, self.ID) {
			ids = append(ids, self.ID)
		}
	}
	fields := texts(ids)
	accounts, organizing := make([]string, len(p.Accounts)), make([]string, len(p.Accounts))
	for i, a := range p.Accounts {
		body, err := json.Marshal(a)
		if err != nil {
			return err
		}
		accounts[i], organizing[i] = a.String(), string(body)
	}
	writes := slices.Concat(
		inParts("SREM", "organizers", organizing, 1), inParts("HDEL", "members", fields, 1), inParts("HDEL", memberVersions, fields, 1),
		inParts("HDEL", "membernumbers", fields, 1), inParts("HDEL", formerSelves, fields, 1), inParts("HDEL", "accounts", accounts, 1))
	_, err = s.advance(ctx, change{community: c, writes: writes})
	return err
}

func texts(ids []bot.MemberID) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = string(id)
	}
	return out
}
