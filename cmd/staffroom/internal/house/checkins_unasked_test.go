package house_test

import (
	"strings"
	"testing"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/checkin"
)

// Who has answered before their working day began is not asked on it.
func TestWhoHasAnsweredIsNotAskedAnyMore(t *testing.T) {
	s := newSchool(t, "2026-03-06 12:00", "")
	s.join(s.add("Evening", "How was it?", "every friday at 21:00", 1, checkin.Private), "ana", "luis", "sol")
	s.until("2026-03-06 21:10")
	if n := len(s.direct("ana")); n != 0 {
		t.Fatalf("%d messages in the night", n)
	}
	reply := s.ask("ana", "/checkin/answer")
	if reply.Form == nil { // there is more that could be answered
		reply = s.ask("ana", path(t, reply, "Write: Evening"))
	}
	s.ask("ana", reply.Form.Path, "q1", "Fine")
	s.ask("luis", "/checkin/skip")
	s.until("2026-03-09 12:00")
	for user, want := range map[string]int{"ana": 0, "luis": 0, "sol": 1} {
		if got := s.direct(user); len(got) != want {
			t.Errorf("%s got %d messages, want %d: %+v", user, len(got), want, got)
		}
	}
}

// What comes more often than messages may is warned of, and what was not told has an
// end of its own.
func TestWhatComesTooOftenIsSaid(t *testing.T) {
	s := newSchool(t, "2026-03-06 12:00", "")
	create := func(name, rule string) bot.Reply {
		return s.ask("maria", "/organize/checkins/create", "name", name, "questions", "How was it?", "when", rule, "days", "0", "sharing", "private")
	}
	weekly := create("Weekly", "every friday at 9:00")
	if text := weekly.Message.Text.String(); strings.Contains(text, "a day") {
		t.Errorf("warned without need: %s", text)
	}
	daily := create("Daily", "every weekday at 9:00")
	wantSays(t, daily, "more than 3 times a week")
	wantSays(t, daily, "comes too: Weekly")
	id, _ := strings.CutPrefix(path(t, daily, "Invite people in its channel"), "/organize/checkins/invite/")
	s.join(id, "ana")
	s.until("2026-03-17 12:00")
	if got := len(s.direct("ana")); got != 5 {
		t.Errorf("%d messages in seven working days", got)
	}
	export := s.ask("ana", "/my/export")
	if n := strings.Count(string(export.Message.Files[0].Data), "no message"); n != 2 {
		t.Errorf("%d times have ended without a message:\n%s", n, export.Message.Files[0].Data)
	}
}

// The button below a post shows its own time, the command the latest that has
// something to show, and nothing is posted of what nobody answered.
func TestResultsAreOfTheTimeThatIsMeant(t *testing.T) {
	s := newSchool(t, "2026-03-06 12:00", "")
	users := []string{"ana", "luis", "sol", "joe", "eva"}
	id := s.add("Friday", "How was it? (1-5)", "every friday at 15:00", 1, checkin.Shared)
	s.join(id, users...)
	s.until("2026-03-06 15:10")
	for _, u := range users {
		s.write(u, "4")
	}
	s.until("2026-03-13 15:10")
	s.write("ana", "1")
	s.until("2026-03-13 15:20")
	lobby := s.platform.Standing(bottest.Channel("lobby"))
	first := path(t, bot.Reply{Message: &lobby[len(lobby)-1].Message}, "Results")
	wantSays(t, s.ask("luis", first), "Fri 13 Mar")
	latest := s.ask("luis", "/checkin/results")
	wantSays(t, latest, "Fri 6 Mar")
	wantSays(t, latest, "5 people took part")
	menu := latest.Message.Controls[len(latest.Message.Controls)-1]
	if menu.Pick != bot.PickChoice || len(menu.Choices) != 1 {
		t.Fatalf("the menu is %+v", menu)
	}
	wantSays(t, s.ask("luis", menu.Path, bot.Picked, menu.Choices[0].Value), "Fri 13 Mar")
	leaving := s.ask("maria", "/organize/series/remove/"+id)
	wantSays(t, leaving, "no longer read")
	wantSays(t, leaving, "can be answered until")
	path(t, leaving, "As a table")
}

// Of several goals one is chosen first, and for a day it can be open again.
func TestSeveralGoalsAreToldApart(t *testing.T) {
	s := newSchool(t, "2026-03-06 12:00", "")
	s.join(s.add("Goals", "One? (goal)\nTwo? (goal)", "every friday at 15:00", 1, checkin.Private), "ana")
	s.until("2026-03-06 15:10")
	s.write("ana", "Ask less", "Draw first")
	goals := s.ask("ana", "/my/goals")
	if c := goals.Message.Controls; len(c) != 1 || c[0].Pick != bot.PickChoice || len(c[0].Choices) != 2 {
		t.Fatalf("the controls are %+v", c)
	}
	menu := goals.Message.Controls[0]
	for _, choice := range menu.Choices {
		if choice.Label == "Draw first" {
			goals = s.ask("ana", menu.Path, bot.Picked, choice.Value)
		}
	}
	wantSays(t, goals, "about “Draw first”")
	form := s.ask("ana", path(t, goals, "I tried it")).Form
	if !strings.Contains(form.Fields[0].Label, "Draw first") {
		t.Errorf("the form asks for %q", form.Fields[0].Label)
	}
	undo := path(t, s.ask("ana", form.Path, "happened", "They laughed"), "Undo")
	wantSays(t, s.ask("ana", undo), "open again")
	if text := s.ask("ana", "/my/goals").Message.Text.String(); strings.Contains(text, "laughed") {
		t.Errorf("what happened is still there: %s", text)
	}
	s.ask("ana", path(t, s.ask("ana", menu.Path, bot.Picked, menu.Choices[0].Value), "No longer"))
	s.until("2026-03-07 16:00")
	wantSays(t, s.ask("ana", "/my/goal/undo/"+menu.Choices[0].Value), "so it stays")
}

func TestNothingIsPostedOfWhatNobodyAnswered(t *testing.T) {
	s := newSchool(t, "2026-03-06 12:00", "")
	s.join(s.add("Term", "How was it? (1-5)", "every friday at 15:00", 1, checkin.Anonymous), "ana")
	s.until("2026-03-10 12:00")
	if lobby := s.platform.Standing(bottest.Channel("lobby")); len(lobby) > 0 {
		t.Errorf("posted is %+v", lobby)
	}
}
