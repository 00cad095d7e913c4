package redis

import (
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/bot/partner"
)

// Whoever is forgotten while a round is closed or decided does not come back with it.
func TestADecisionDoesNotBringBackWhoWasForgotten(t *testing.T) {
	each(t, func(b *bench) {
		ctx, s := b.Context(), b.partners()
		b.takesPart("01ana", "01joe", "01max")
		st := b.decided()
		b.ok(s.Forget(ctx, home, "01ana"))
		err := s.Advance(ctx, &st, partner.Decision{
			Silent: map[bot.MemberID]int{"01ana": 2}, Numbers: map[int]bot.MemberID{4: "01ana"}, Rest: map[bot.MemberID]partner.Rest{"01ana": {Paused: partner.Quiet}},
		}, outbox.Effects{})
		if bot.CodeOf(err) != bot.Conflict {
			b.Errorf("it was decided: %v", err)
		}
		for _, name := range []string{partnerSilent(mates), partnerRest(mates), partnerWho(mates), partnerIn(mates)} {
			if b.client.HExists(ctx, key(home, name), "01ana").Val() {
				b.Errorf("ana is in %s", name)
			}
		}
		st, err = s.Standing(ctx, home, mates)
		b.ok(err)
		if !st.Open || st.Round != 1 {
			b.Errorf("the round: %+v", st)
		}
	})
}

// Whoever was silent for a round and says that they are back begins anew.
func TestWhoIsBackIsSilentNoLonger(t *testing.T) {
	each(t, func(b *bench) {
		ctx, s := b.Context(), b.partners()
		b.takesPart("01ana")
		b.decided()
		rounds := func() int {
			roll, err := s.Roll(ctx, home, mates, "01ana")
			b.ok(err)
			return roll.People[0].Silent
		}
		b.ok(s.KeepRest(ctx, home, mates, "01ana", partner.Rest{Paused: partner.OwnPause}, time.Time{}, outbox.Effects{}))
		if got := rounds(); got != 1 {
			b.Errorf("a pause is no sign: %d", got)
		}
		b.ok(s.KeepRest(ctx, home, mates, "01ana", partner.Rest{}, time.Time{}, outbox.Effects{}))
		if got := rounds(); got != 0 {
			b.Errorf("silent for %d rounds", got)
		}
	})
}
