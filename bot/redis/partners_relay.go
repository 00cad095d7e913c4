package redis

import (
	"context"
	"slices"
	"strings"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/bot/partner"
)

// relaysEnd ends that messages are passed on in the groups in which somebody is whose place
// goes to another community, and withdraws what is under way.
func (s PartnerTransfers) relaysEnd(ctx context.Context, t bot.Transfer) error {
	programs, err := s.client.HKeys(ctx, key(t.From, partners)).Result()
	if err != nil {
		return failed(err)
	}
	for _, program := range programs {
		err := Partners(s).relaysEnd(ctx, t.From, program, func(g *partner.Group) bool {
			return t.Joins || slices.ContainsFunc(g.Seats, func(seat partner.Seat) bool { return seat.Account.Space == t.Space })
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// relaysEnd does so in some groups of a program.
func (s Partners) relaysEnd(ctx context.Context, c bot.CommunityID, program string, in func(*partner.Group) bool) error {
	var relayed []string
	err := s.scan(ctx, key(c, partnerGroups(program)), func(id, body string) {
		if strings.Contains(body, `"relay":{`) || strings.Contains(body, `"agrees":true`) { // nothing in a string of JSON looks like this
			relayed = append(relayed, id)
		}
	})
	if err != nil {
		return err
	}
	for _, id := range relayed {
		err := s.changeGroup(ctx, c, id, func(g *partner.Group) (outbox.Effects, bool) {
			if !in(g) {
				return outbox.Effects{}, false
			}
			return outbox.Effects{Withdraw: g.EndRelay(), Cancel: []string{partner.RelayJobID(g.ID)}}, true
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// changeGroup changes a group that is there, with the effects that change gives; again if
// somebody was quicker.
func (s Partners) changeGroup(ctx context.Context, c bot.CommunityID, id string, change func(*partner.Group) (outbox.Effects, bool)) error {
	const tries = 4
	var err error
	for range tries {
		g, found := s.Group(ctx, c, id)
		if bot.CodeOf(found) == bot.NotFound {
			return nil
		}
		if found != nil {
			return found
		}
		e, changes := change(&g)
		if !changes {
			return nil
		}
		if err = s.AdvanceGroup(ctx, &g, partner.Parted{}, e); bot.CodeOf(err) != bot.Conflict {
			return err
		}
	}
	return err
}
