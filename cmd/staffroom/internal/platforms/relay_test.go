package platforms

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// The people at the other place.
const (
	zoe  = "200000000000000001"
	olga = "200000000000000009" // organizes
)

// Partners on two platforms, in both languages: they cannot write to each other, so what
// they write in a form is passed on by direct message once both have agreed, until one of
// them stops it. Nothing else that they type is.
func TestPartnersOnTwoPlatformsWriteToEachOther(t *testing.T) {
	for language, rule := range rounds {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			other := newDiscordScreen(t, language, zoe, olga).(discordScreen)
			other.name = "madison"
			here := newStage(t, newSlackScreen, setting{language: language, start: time.Date(2026, time.March, 5, 14, 0, 0, 0, time.UTC), beside: other})
			there := *here
			there.screen = other
			here.must(other.ready(t.Context()))
			here.joinsThe(&there)
			here.foundsRounds(rule)
			for who, s := range map[string]*stage{ana: here, zoe: &there} {
				s.must(s.command(who, "/partner/join", nil))
				s.fillsIn(who, map[bot.Key]string{"partner.field.teaches": s.word("partner.subject.science"), "partner.field.grades": "7", "partner.field.free": "after"})
				s.alone(who, s.before("partner.joined", "name"))
			}
			here.pass(5 * 24 * time.Hour)

			names := map[string]bot.Arg{ana: bot.Str("other", zoe), zoe: bot.Str("other", ana)}
			for _, who := range []string{ana, zoe} {
				s := map[string]*stage{ana: here, zoe: &there}[who]
				if intro := s.reads(who, s.word("partner.two.relay.offer")); !intro.direct || !strings.Contains(intro.text, s.before("partner.intro.begin", "question")) {
					t.Errorf("the introduction is %+v", intro)
				}
				s.presses(who, "partner.button.relay")
				s.at(who, s.alone(who, s.word("partner.two.relay.ask", names[who])), "partner.button.relay.agree")
				s.alone(who, s.word(map[string]bot.Key{ana: "partner.two.relay.agreed", zoe: "partner.two.relay.on"}[who], names[who]))
			}
			here.pass(time.Second)
			here.alone(ana, here.word("partner.two.relay.on", names[ana]))
			here.exchange(&there)
			there.must(there.command(zoe, "/partner/current", nil))
			there.presses(zoe, "partner.button.relay.stop")
			there.alone(zoe, there.word("partner.relay.off"))
			here.pass(time.Second)
			here.alone(ana, here.word("partner.two.relay.stopped", names[ana]))
			here.presses(ana, "partner.button.relay.answer")
			here.alone(ana, here.word("partner.relay.off"))
		})
	}
}

// joinsThe lets the place of another stage join this one.
func (s *stage) joinsThe(other *stage) {
	s.Helper()
	s.must(s.command(maria, "/organize/link", nil))
	s.presses(maria, "link.button.code")
	var code string
	until(s.T, "a code", func() bool {
		for _, m := range slices.Backward(s.seen(maria)) {
			if code = regexp.MustCompile(`[a-z2-7]{5}-[a-z2-7]{5}`).FindString(m.text); code != "" {
				return true
			}
		}
		return false
	})
	other.must(other.command(olga, "/organize/link", map[string]string{"code": code}))
	other.presses(olga, "link.button.confirm")
	other.reads(olga, s.word("link.soon"))
	s.pass(5 * time.Minute)
	other.reads(olga, s.before("link.done", "place"))
}

// exchange: what is written in the form arrives as it was typed, and with the name and place
// of who wrote it; what is typed as a line does not.
func (s *stage) exchange(other *stage) {
	s.Helper()
	s.tell(ana, "a thought of my own")
	other.tell(zoe, "another line")
	const hostile = "*Hello* <!everyone> @everyone `{name}` https://x.example/_a_"
	s.uses(ana, s.reads(ana, s.word("partner.two.relay.on", bot.Str("other", zoe))), s.word("partner.button.relay.write", bot.Str("name", zoe)))
	to := func(who string) string { return s.word("partner.two.relay.form.to", bot.Str("other", who)) }
	s.refused(ana, to(zoe), strings.Repeat("x", 1501), s.word("partner.relay.form.fault", bot.Num("most", 1500)))
	s.fills(ana, map[string]string{to(zoe): hostile})
	s.alone(ana, s.word("partner.two.relay.sent", bot.Str("other", zoe)))
	s.pass(time.Second)
	got := other.alone(zoe, "*Hello*")
	want := other.word("partner.relay.message", bot.Str("name", ana), bot.Str("place", connection), bot.Str("text", hostile))
	if shows := strings.ReplaceAll(got.text, "\u200b", ""); shows != want || !got.direct { // a platform's own marks are broken up
		s.Errorf("zoe reads %+v, want %q", got, want)
	}
	other.at(zoe, got, "partner.button.relay.answer")
	other.fills(zoe, map[string]string{to(ana): "Back to you"})
	other.alone(zoe, other.word("partner.two.relay.sent", bot.Str("other", ana)))
	s.pass(time.Second)
	if back := s.alone(ana, "Back to you"); !strings.HasPrefix(back.text, zoe+" (madison)") {
		s.Errorf("ana reads %+v", back)
	}
	if s.count(ana, "another line") > 0 || other.count(zoe, "thought of my own") > 0 {
		s.Error("what was typed as a line is passed on")
	}
}
