package platforms

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// phrases are what people type in their language.
type phrases struct{ zone, name, rose, scale, past, rule, away string }

var spoken = map[string]phrases{
	"en": {"America/New_York", "Friday, two minutes", "Rose?", "How was it?", "on 2026-01-02 at 9:00", "every friday at 15:00", "until 2026-03-20"},
	"es": {"Europe/Madrid", "Viernes, dos minutos", "¿Rosa?", "¿Qué tal?", "2026-01-02 a las 9:00", "cada viernes a las 15:00", "hasta 2026-03-20"},
}

// february31 is a rule in both languages.
const february31 = "0 9 31 2 *"

// everybody who takes part.
var everybody = []string{ana, ben, cam, dee, eva, fay, gus}

// A check-in on each platform, from its form to the journal, in both languages.
func TestACheckInOnThePlatforms(t *testing.T) {
	for platform, open := range screens {
		for language, say := range spoken {
			t.Run(platform+"/"+language, func(t *testing.T) {
				t.Parallel()
				s := newStage(t, open, thursday(t, language, say.zone))
				s.makes(say, "channel")
				s.joins(everybody...)
				s.answers(say)
				s.ends(say)
			})
		}
	}
}

// makes: an organizer makes the check-in with a form, in which something is wrong
// at first, and invites people.
func (s *stage) makes(say phrases, sharing string) {
	s.Helper()
	s.must(s.command(maria, "/organize/checkins", nil))
	s.presses(maria, "checkin.organize.own")
	label := func(field bot.Key) string { return s.word("checkin.new." + field) }
	s.fills(maria, map[string]string{
		label("name"): say.name, label("questions"): say.rose + "\n" + say.scale + " (1-5)", label("when"): say.past, label("days"): "1", label("sharing"): sharing,
	})
	s.corrected(maria, label("when"), s.word("checkin.new.when.never"))
	s.refused(maria, label("when"), february31, s.word("checkin.new.when.fault", bot.Str("typed", february31), bot.Str("nearest", "0 9 29 2 *")))
	if got := s.opens(maria).values[label("name")]; got != say.name {
		s.Errorf("what was typed is lost: the name is %q", got)
	}
	s.must(s.fill(maria, map[string]string{label("when"): say.rule}))
	s.reads(maria, s.word("checkin.new.saved"))
	s.presses(maria, "checkin.button.invite")
	s.reads(maria, s.before("checkin.invite.sent", "channel"))
	s.pass(time.Second)
}

// joins: people take part with the button, and each is asked once by direct message.
func (s *stage) joins(people ...string) {
	s.Helper()
	for _, who := range people {
		s.presses(who, "checkin.button.join")
		s.alone(who, s.before("checkin.joined.next", "when"))
	}
	s.pass(26 * time.Hour)
}

// answers: by the form, in plain words, not this time, and not while away. One post
// in the channel tells of them.
func (s *stage) answers(say phrases) {
	s.Helper()
	s.presses(ana, "checkin.button.write")
	if f := s.opens(ana); !slices.Equal(f.labels, []string{say.rose, say.scale}) {
		s.Errorf("the form asks %q", f.labels)
	}
	s.refused(ana, say.rose, "", s.word("checkin.fault.empty", bot.Str("question", say.rose)))
	const long, most = 20_000, 1500
	s.refused(ana, say.rose, strings.Repeat("x", long), s.word("checkin.fault.long", bot.Num("long", most)))
	s.refused(ana, say.rose, "", s.word("checkin.fault.empty", bot.Str("question", say.rose)))
	scale := s.word("checkin.fault.scale", bot.Num("least", 1), bot.Num("most", 5))
	s.refused(ana, say.scale, "0", scale)
	s.refused(ana, say.scale, "11", scale)
	s.must(s.fill(ana, map[string]string{say.rose: "rose of ana", say.scale: "2"}))
	s.alone(ana, s.before("checkin.saved", "until"))

	question := s.word("checkin.direct.question", bot.Str("name", say.name), bot.Num("number", 2), bot.Num("all", 2), bot.Str("question", say.scale))
	for _, who := range []string{ben, eva} {
		s.tell(who, strings.Repeat("x", most+1))
		s.reads(who, s.word("checkin.direct.long", bot.Num("long", most), bot.Num("length", most+1)))
		s.tell(who, "rose of "+who)
		s.reads(who, question)
		for n, wrong := range []string{"0", "11"} {
			s.tell(who, wrong)
			until(s.T, scale, func() bool { return s.count(who, scale) == n+1 })
		}
		s.tell(who, "4")
		s.alone(who, s.before("checkin.saved", "until"))
	}
	s.summary(3)

	for _, who := range []string{cam, dee} {
		s.presses(who, "checkin.button.write")
		s.fills(who, map[string]string{say.rose: "rose of " + who, say.scale: "4"})
		s.alone(who, s.before("checkin.saved", "until"))
	}
	s.presses(fay, "checkin.button.pass.weekly")
	s.alone(fay, s.word("checkin.skipped", bot.Str("name", say.name)))
	s.presses(gus, "checkin.button.away")
	s.fills(gus, map[string]string{s.word("community.away.until"): say.away})
	s.alone(gus, s.before("community.away.now", "last"))

	s.presses(ana, "checkin.button.change")
	if f := s.opens(ana); f.values[say.rose] != "rose of ana" {
		s.Errorf("in the form stands %q", f.values)
	}
	s.must(s.fill(ana, map[string]string{say.scale: "3"}))
	s.alone(ana, s.before("checkin.changed", "until"))
	s.complete(say, 5, five)
}

// summary is the one post beside the invitation, once time has passed.
func (s *stage) summary(people int) shown {
	s.Helper()
	s.pass(11 * time.Second)
	posts := s.posts()
	if len(posts) != 2 {
		s.Fatalf("in the channel stand %+v", posts)
	}
	if text := posts[1].text; !strings.Contains(text, s.word("checkin.summary.people", bot.Count("people", people))) {
		s.Errorf("of %d people the channel reads %q", people, text)
	}
	return posts[1]
}

// five is what five people have given.
const five = "1: 0, 2: 0, 3: 1, 4: 4, 5: 0"

// complete: the summary has all answers and their picture.
func (s *stage) complete(say phrases, people int, counts string) {
	s.Helper()
	sum := s.summary(people)
	for _, who := range []string{"ana", ben, cam, dee, eva} {
		if !strings.Contains(sum.text, "rose of "+who) {
			s.Errorf("the rose of %s is not in %q", who, sum.text)
		}
	}
	if len(sum.images) != 1 || !strings.Contains(sum.images[0], say.scale) || !strings.Contains(sum.images[0], counts) {
		s.Errorf("the pictures say %q", sum.images)
	}
}

// ends: nobody is asked again and nothing is posted again; then come the results,
// the journal and the table.
func (s *stage) ends(say phrases) {
	s.Helper()
	s.pass(4 * 24 * time.Hour)
	s.complete(say, 5, five)
	for _, who := range everybody {
		if n := s.asks(who); n != 1 {
			s.Errorf("%s was asked %d times", who, n)
		}
	}
	took := s.word("checkin.summary.people", bot.Count("people", 5))
	s.must(s.command(cam, "/checkin/results", nil))
	s.alone(cam, took)

	s.presses(fay, "checkin.button.write")
	s.fills(fay, map[string]string{say.rose: "late", say.scale: "1"})
	s.alone(fay, s.word("checkin.saved.late"))
	s.complete(say, 6, "1: 1, 2: 0, 3: 1, 4: 4, 5: 0")

	s.must(s.command(ana, "/my/journal", nil))
	journal := s.hasFile(ana, "journal.md")
	for _, part := range []string{"# " + s.word("checkin.journal.title"), say.name, say.rose, "> rose of ana", "> 3"} {
		if !strings.Contains(journal, part) {
			s.Errorf("the journal lacks %q: %s", part, journal)
		}
	}
	s.must(s.command(maria, "/checkin/results", nil))
	s.alone(maria, s.word("checkin.summary.people", bot.Count("people", 6)))
	s.presses(maria, "checkin.button.export")
	if table := s.hasFile(maria, "check-in-1.csv"); strings.Count(table, "\n") != 1+6*2 {
		s.Errorf("the table is %q", table)
	}
}

// What cannot be delivered is told to the right person: a direct message that is not
// let in, to whom it was for, as soon as they do something; a channel that is gone,
// to an organizer.
func TestWhatCannotBeDeliveredOnThePlatforms(t *testing.T) {
	for platform, open := range screens {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			say := spoken["en"]
			s := newStage(t, open, thursday(t, "en", say.zone))
			s.makes(say, "channel")
			s.shut(ana)
			s.joins(ana)
			if n := s.asks(ana); n != 0 {
				t.Fatalf("ana was asked %d times", n)
			}
			s.must(s.command(ana, "/checkin/answer", nil))
			s.opens(ana)
			s.vanish()
			s.must(s.fill(ana, map[string]string{say.rose: "a walk"}))
			got := s.alone(ana, s.word("outbox.notice"))
			if !strings.HasPrefix(got.text, s.before("checkin.saved", "until")) || !strings.Contains(got.text, say.rose) {
				t.Errorf("ana reads %q", got.text)
			}
			s.pass(5 * time.Minute)
			told := s.alone(maria, "did not reach")
			if !told.direct || !strings.Contains(told.text, "it is no longer there") || strings.Contains(told.text, "a walk") {
				t.Errorf("maria reads %+v", told)
			}
		})
	}
}
