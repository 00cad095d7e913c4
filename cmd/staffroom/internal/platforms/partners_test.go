package platforms

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// rounds is when rounds of partners begin, in each language, and too often.
var rounds = map[string][2]string{
	"en": {"every 2 weeks on tuesday at 10am", "every day at 10am"},
	"es": {"cada 2 semanas el martes a las 10:00", "cada día a las 10:00"},
}

// paired are those who take part from the beginning.
var paired = []string{ana, ben, cam, dee, eva, fay}

// Rounds of partners on each platform, in both languages: the form that makes them, joining,
// the call, the introduction, why, a time to meet, the nudge, whether they met, somebody else, blocking,
// leaving, and the figures.
func TestPartnersOnThePlatforms(t *testing.T) {
	for platform, open := range screens {
		for language, rule := range rounds {
			t.Run(platform+"/"+language, func(t *testing.T) {
				t.Parallel()
				s := newStage(t, open, setting{language: language, start: time.Date(2026, time.March, 5, 14, 0, 0, 0, time.UTC)})
				s.foundsRounds(rule)
				s.joinsRounds()
				mates := s.isIntroduced()
				s.agreeOnATime(mates)
				s.meets(mates)
				s.wantsSomebodyElse()
				s.seesFigures()
			})
		}
	}
}

// foundsRounds: an organizer makes them with a form, in which something is wrong at first,
// and changes them.
func (s *stage) foundsRounds(rule [2]string) {
	s.Helper()
	s.must(s.command(maria, "/organize/partners", nil))
	s.presses(maria, "partner.button.new")
	s.fillsIn(maria, map[bot.Key]string{"partner.new.name": "Science *circle*", "partner.new.when": rule[1], "partner.new.hours": "2"})
	s.corrected(maria, s.word("partner.new.when"), s.word("partner.new.when.often"))
	s.fillsIn(maria, map[bot.Key]string{"partner.new.when": rule[0]})
	panel := s.alone(maria, s.word("partner.new.saved"))
	s.closes(maria)
	if !strings.Contains(panel.text, "Science *circle*") || !strings.Contains(panel.text, s.word("partner.show.style.alike")) {
		s.Errorf("what was made reads %q", panel.text)
	}
	s.at(maria, panel, "partner.button.edit")
	s.fillsIn(maria, map[bot.Key]string{"partner.new.style": "different"})
	s.reads(maria, s.word("partner.new.changed"), s.word("partner.show.style.different"))
	s.closes(maria)
	s.presses(maria, "partner.button.edit")
	s.fillsIn(maria, map[bot.Key]string{"partner.new.style": "alike"})
	s.reads(maria, s.word("partner.new.changed"), s.word("partner.show.style.alike"))
}

// closes waits until somebody has no form open any more: what comes of one that was
// corrected may be there before that.
func (s *stage) closes(who string) {
	s.Helper()
	until(s.T, "end of the form", func() bool {
		_, open := s.form(who)
		return !open
	})
}

// joinsRounds: by the command, where something is wrong at first, and by the call in the
// channel.
func (s *stage) joinsRounds() {
	s.Helper()
	told := map[bot.Key]string{"partner.field.teaches": s.word("partner.subject.science"), "partner.field.grades": "7", "partner.field.free": "after"}
	s.must(s.command(ana, "/partner/join", nil))
	s.fillsIn(ana, map[bot.Key]string{"partner.field.teaches": told["partner.field.teaches"], "partner.field.grades": "none", "partner.field.free": "after"})
	s.corrected(ana, s.word("partner.field.grades"), s.word("partner.field.grades.fault", bot.Str("typed", "none")))
	s.fillsIn(ana, map[bot.Key]string{"partner.field.grades": "7"})
	s.alone(ana, s.before("partner.joined", "name"))
	s.pass(24 * time.Hour)
	call := s.reads(fay, s.word("partner.call.join"))
	if !s.common(call) || strings.Contains(call.text, ana) {
		s.Errorf("the call is %+v", call)
	}
	for _, who := range paired[1:] {
		s.at(who, call, "partner.button.join")
		s.fillsIn(who, told)
		s.alone(who, s.before("partner.joined", "name"))
	}
}

// isIntroduced: everybody has a partner, knows what they share, and can ask why.
func (s *stage) isIntroduced() map[string]string {
	s.Helper()
	s.pass(4 * 24 * time.Hour)
	mates := map[string]string{}
	for _, who := range paired {
		mates[who] = s.mate(who)
		now := s.reads(who, s.word("partner.two.shares.both", bot.Str("subjects", s.word("partner.subject.science")), bot.Str("grades", "7")), "Science *circle*")
		intro := s.introduced(who, mates[who])
		if s.common(intro) || !slices.Contains(intro.buttons, s.word("partner.button.cant")) {
			s.Errorf("the introduction is %+v", intro)
		}
		s.at(who, now, "partner.button.why")
		s.reads(who, s.word("partner.why.style.alike"), mates[who])
	}
	for who, other := range mates {
		if mates[other] != who {
			s.Fatalf("the pairs are %v", mates)
		}
		if in, same := s.introduced(who, other), s.introduced(other, who); in.direct || in.id != same.id || in.channel != same.channel {
			s.Errorf("there is no room for %s and %s: %+v, %+v", who, other, in, same)
		}
	}
	return mates
}

// introduced is the introduction of somebody to another, where they stand together.
func (s *stage) introduced(who, other string) shown {
	s.Helper()
	return s.reads(who, s.before("partner.intro.begin", "question"), other)
}

// agreeOnATime: one proposes a time in their room, which suits the other; both get it as a
// file for their calendars.
func (s *stage) agreeOnATime(mates map[string]string) {
	s.Helper()
	other := mates[ana]
	s.at(ana, s.introduced(ana, other), "partner.button.propose")
	times := s.alone(ana, s.word("partner.propose"))
	s.uses(ana, times, times.buttons[0])
	s.alone(ana, s.word("partner.two.proposed", bot.Str("other", other), bot.Str("time", times.buttons[0])))
	s.pass(time.Second)
	proposed := s.reads(other, s.word("partner.time.proposed", bot.Str("name", ana), bot.Str("times", times.buttons[0])))
	s.at(other, proposed, "partner.button.suits")
	s.alone(other, s.word("partner.two.suits.done", bot.Str("time", times.buttons[0]), bot.Str("other", ana)))
	s.pass(time.Second)
	s.reads(ana, s.word("partner.time.suits", bot.Str("name", other), bot.Str("times", times.buttons[0])))
	for _, who := range []string{ana, other} {
		if file := s.hasFile(who, "meeting.ics"); !strings.Contains(file, "SUMMARY:") {
			s.Errorf("%s has %q for their calendar", who, file)
		}
	}
}

// mate is who somebody's partner is just now.
func (s *stage) mate(who string) string {
	s.Helper()
	begins := s.word("partner.two.current", bot.Str("program", "Science *circle*"), bot.Str("other", ""))
	begins = strings.TrimSuffix(begins, ".")
	before := s.count(who, begins)
	s.must(s.command(who, "/partner/current", nil))
	until(s.T, "partner of "+who, func() bool { return s.count(who, begins) > before })
	now := s.reads(who, begins).text
	for _, other := range paired {
		if other != who && strings.Contains(now, other) {
			return other
		}
	}
	s.Fatalf("%s has nobody: %q", who, now)
	return ""
}

// meets: one pair has met and hears nothing more; the others are nudged, and asked.
func (s *stage) meets(mates map[string]string) {
	s.Helper()
	s.mate(ana)
	s.presses(ana, "partner.button.met")
	s.alone(ana, s.word("partner.two.met.done", bot.Str("other", mates[ana])))
	s.pass(3 * 24 * time.Hour)
	nudge := func(who string) string { return s.word("partner.two.nudge", bot.Str("other", mates[who])) }
	asked := func(who string) string { return s.word("partner.two.asked", bot.Str("other", mates[who])) }
	for _, who := range paired {
		if met := who == ana || who == mates[ana]; !met {
			s.reads(who, nudge(who))
		} else if s.count(who, nudge(who)) > 0 {
			s.Errorf("%s is nudged who has met", who)
		}
	}
	s.pass(4 * 24 * time.Hour)
	var first string
	for _, who := range paired {
		if who == ana || who == mates[ana] {
			continue
		}
		m := s.reads(who, asked(who))
		switch first {
		case "":
			first = who
			s.at(who, m, "partner.button.more_time")
			s.alone(who, s.word("partner.two.more_time.done", bot.Str("other", mates[who])))
		case mates[who]:
			s.at(who, m, "partner.button.missed")
			s.alone(who, s.word("partner.two.missed.done", bot.Str("other", mates[who])))
		}
	}
}

// wantsSomebodyElse: in the next round somebody cannot, somebody wants somebody else, one is
// blocked, and one leaves; the others hear that they aren't available.
func (s *stage) wantsSomebodyElse() {
	s.Helper()
	s.pass(8 * 24 * time.Hour)
	other := s.mate(ana)
	s.must(s.command(ana, "/partner/swap", nil))
	s.reads(ana, s.word("partner.two.swap.ask", bot.Str("other", other)))
	s.presses(ana, "partner.button.swap.yes")
	s.alone(ana, s.word("partner.two.swapped", bot.Str("other", other)))
	rest := slices.DeleteFunc(slices.Clone(paired), func(who string) bool { return who == ana || who == other })
	blocks := rest[0]
	blocked := s.mate(blocks)
	s.must(s.command(blocks, "/partner/block", nil))
	s.uses(blocks, s.reads(blocks, s.word("partner.apart.block")), s.word("partner.button.apart.on", bot.Str("name", blocked)))
	s.reads(blocks, s.word("partner.apart.block.done"), s.word("partner.apart.block.line", bot.Str("name", blocked)))
	s.pass(2 * 24 * time.Hour)
	for who, gone := range map[string]string{other: ana, blocked: blocks} {
		s.alone(who, s.word("partner.unavailable", bot.Str("name", gone)))
	}
	s.must(s.command(other, "/partner/leave", nil))
	s.alone(other, s.word("partner.left", bot.Str("name", "Science *circle*")))
}

// seesFigures: an organizer reads sums, and nobody's name.
func (s *stage) seesFigures() {
	s.Helper()
	s.must(s.command(maria, "/organize/partners", nil))
	s.uses(maria, s.reads(maria, s.word("partner.organize"), "Science *circle*"), "Science *circle*")
	s.presses(maria, "partner.button.figures")
	figures := s.alone(maria, s.word("partner.figures.met", bot.Count("n", 2), bot.Num("percent", 33)))
	for _, who := range paired {
		if strings.Contains(figures.text, who) {
			s.Errorf("the figures name %s: %q", who, figures.text)
		}
	}
}
