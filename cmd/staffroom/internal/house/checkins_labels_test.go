package house_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/checkin"
)

// labels are those of a message's buttons.
func labels(m bot.Message) []string {
	var out []string
	for _, c := range m.Controls {
		out = append(out, c.Label)
	}
	return out
}

// What asks by direct message says that plain words will do, where they do, and its
// button to skip follows the rhythm.
func TestWhatAsksSaysHowItCanBeAnswered(t *testing.T) {
	const spoken = "Tap Write, or simply write here."
	for name, c := range map[string]struct {
		rule    string
		sharing checkin.Sharing
		spoken  bool
		skip    string
	}{
		"weekly":                {"every friday at 15:00 except holidays", checkin.Private, true, "Skip this week"},
		"weekly, with names":    {"every friday at 15:00", checkin.Shared, true, "Skip this week"},
		"weekly, without names": {"every friday at 15:00", checkin.Anonymous, false, "Skip this week"},
		"daily":                 {"every weekday at 15:00", checkin.Private, true, "Skip this time"},
		"every other week":      {"every 2 weeks on friday at 15:00", checkin.Private, true, "Skip this time"},
		"once":                  {"on 2026-03-06 at 15:00", checkin.Private, true, "Skip this time"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSchool(t, "2026-03-05 16:00", "")
			id := s.add("Friday", "Rose?\nHow was it? (1-5)\nWell? (yes/no)\nWhich? (left / right)", c.rule, 1, c.sharing)
			s.join(id, "ana")
			s.until("2026-03-06 15:01")
			asks := s.direct("ana")[0].Message
			if got := strings.Contains(asks.Text.String(), spoken); got != c.spoken {
				t.Errorf("it says %s", asks.Text)
			}
			if !slices.Contains(labels(asks), c.skip) {
				t.Errorf("its buttons are %q", labels(asks))
			}
			// Out of turn it is not the week's, and in the channel nobody is answered.
			s.ask("maria", "/organize/series/run-now/"+id+"/"+s.version(id))
			s.until("2026-03-09 16:00")
			s.ask("maria", "/organize/checkins/ask/"+id+"/channel")
			direct := s.direct("ana")
			if last := direct[len(direct)-1].Message; !slices.Contains(labels(last), "Skip this time") {
				t.Errorf("out of turn the buttons are %q", labels(last))
			}
			s.until("2026-03-13 15:01")
			for _, e := range s.platform.Standing(bottest.Channel("lobby")) {
				if strings.Contains(e.Message.Text.String(), "simply write") {
					t.Errorf("in the channel stands %s", e.Message.Text)
				}
			}
		})
	}
}

// Whoever types a label with a name on it gets what the button does, and so does who
// types one below an answer that was given or skipped.
func TestLabelsWithNamesCanBeTyped(t *testing.T) {
	s := newSchool(t, "2026-03-05 14:00", "")
	rose := s.add("Friday", "Rose?\nThorn?", rosePhrase, 2, checkin.Private)
	s.join(rose, "ana", "luis")
	aim := s.add("Aim", "Aim?\nWhy?", "every friday at 16:00", 2, checkin.Private)
	s.join(aim, "ana")
	s.until("2026-03-09 17:00")
	if n := len(s.direct("ana")); n != 2 {
		t.Fatalf("ana got %d messages", n)
	}
	wantSays(t, s.line("ana", "1", "Stations"), "Which one is that for: “Stations”")
	wantSays(t, s.line("ana", "2", "friday (fri 6 mar 2026)"), "I take that as your answer to “Rose?”")
	wantSays(t, s.line("ana", "3", "That was no answer"), "Forgotten")
	wantSays(t, s.line("ana", "4", "Stations"), "Which one")
	wantSays(t, s.line("ana", "5", "Aim"), "I take that as your answer to “Aim?”")
	wantSays(t, s.line("ana", "6", "that's all"), "Saved. You can change it until Tue")

	again := s.line("ana", "7", "Stop")
	if want := []string{"Skip: Friday (Fri 6 Mar 2026)", "No longer: Friday"}; !slices.Equal(labels(*again.Message), want) {
		t.Fatalf("the buttons are %q", labels(*again.Message))
	}
	leave := s.line("ana", "8", "No longer: Friday")
	if !slices.Contains(labels(*leave.Message), "No longer: Friday") { // that is asked twice
		t.Errorf("the buttons are %q", labels(*leave.Message))
	}
	wantSays(t, s.line("ana", "9", "Skip: Friday (Fri 6 Mar 2026)."), "Friday is skipped this time")
	settled := s.line("ana", "10", "write after all")
	if want := []string{"Write: Friday (Fri 6 Mar 2026)", "Change: Aim (Fri 6 Mar 2026)"}; !slices.Equal(labels(*settled.Message), want) {
		t.Errorf("the buttons are %q, want %q", labels(*settled.Message), want)
	}
	form := s.ask("ana", path(t, s.line("ana", "11", "Change: Aim (Fri 6 Mar 2026)"), "Write: Aim (Fri 6 Mar 2026)")).Form
	if form.Fields[0].Value != "Stations" {
		t.Errorf("in the form stands %q", form.Fields[0].Value)
	}
	// Whose window is over has nothing to change.
	s.until("2026-03-10 17:01")
	wantSays(t, s.line("ana", "12", "change"), "I don't know")
	wantSays(t, s.line("luis", "13", "Rosa"), "Friday is over this time; I have not taken this")
}

// What stands below the question about a goal shows the goals, once it is asked, and
// is an answer before and in the middle of one.
func TestAnswersAboutGoalsCanBeTyped(t *testing.T) {
	s := newSchool(t, "2026-03-02 09:00", "")
	aim := s.add("Aim", "Aim? (goal)", "on 2026-03-02 at 10:00", 1, checkin.Private)
	s.join(aim, "ana")
	s.until("2026-03-02 10:01")
	s.write("ana", "Ask less")
	rose := s.add("Friday", "Rose?\nThorn?", "every wednesday at 15:00", 1, checkin.Private)
	s.join(rose, "ana")
	s.until("2026-03-04 15:01")
	wantSays(t, s.line("ana", "1", "Not yet"), "I take that as your answer to “Rose?”")
	wantSays(t, s.line("ana", "2", "no longer"), "Saved")
	s.until("2026-03-12 12:00")
	path(t, s.line("ana", "3", "Not yet."), "Not yet")
	path(t, s.line("ana", "4", "¡Lo probé!"), "I tried it")
	s.line("ana", "5", "A rose")
	wantSays(t, s.line("ana", "6", "Not yet"), "Saved")
}

// What was saved says until when it can be changed, as what asks did.
func TestUntilWhenItCanBeChangedIsSaidAlike(t *testing.T) {
	s := newSchool(t, "2026-03-05 14:00", "")
	s.join(s.add("Friday", "Rose?", "every friday at 9:00", 0, checkin.Private), "ana")
	s.join(s.add("Long", "Rose?", "every friday at 10:00", 10, checkin.Private), "luis")
	s.until("2026-03-06 10:01")
	wantSays(t, s.write("ana", "x"), "change it until today, 5:00 pm EST.")
	wantSays(t, s.write("luis", "x"), "change it until Fri 20 Mar, 5:00 pm EDT.")
}
