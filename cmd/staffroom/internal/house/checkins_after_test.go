package house_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/checkin"
)

// wantButton looks for a button and presses it.
func (s *school) wantButton(r bot.Reply, label string) bot.Reply {
	s.Helper()
	if got := labels(*r.Message); !slices.Contains(got, label) {
		s.Fatalf("%q has %q, not %q", r.Message.Text, got, label)
	}
	return s.press("ana", r, label)
}

// Whoever goes on writing when everything is answered is told what became of it, but
// a command is still one, and much later it is a line like others.
func TestALineRightAfterTheAnswer(t *testing.T) {
	s := fridayOf(t, "Rose?\nThorn?", checkin.Private)
	s.line("ana", "1", "Stations")
	wantSays(t, s.line("ana", "2", "Time"), "Saved")
	for i, line := range []string{"And the towers", "that's all", "Thank you, all of you"} {
		r := s.line("ana", "after"+string(rune('a'+i)), line)
		wantSays(t, r, "Your answer to Friday is saved; I have not added this")
		if form := s.wantButton(r, "Change").Form; form == nil {
			t.Error("it cannot be changed")
		}
	}
	req := bottest.Request("ana", "/my/goals")
	req.Said, req.Channel.ID = "my goals", "dm-ana"
	reply, err := s.Router.Ask(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	wantSays(t, reply, "no goals")
	if got := s.stands("ana"); !slices.Equal(got, []string{"Stations", "Time"}) {
		t.Errorf("the answer is %q", got)
	}
	s.until("2026-03-06 17:30")
	wantSays(t, s.line("ana", "later", "And the towers"), "I don't know")
}

// What comes after the end is not taken, and whoever wrote it is told where it can be
// said for a while.
func TestALineAfterTheEnd(t *testing.T) {
	s := fridayOf(t, "Rose?\nThorn?", checkin.Private)
	s.line("ana", "1", "Stations")
	s.until("2026-03-09 17:30")
	r := s.line("ana", "2", "Time")
	wantSays(t, r, "Friday is over this time; I have not taken this")
	form := s.wantButton(r, "Late: Friday (Fri 6 Mar 2026)").Form
	if form == nil || form.Fields[0].Value != "Stations" || form.Fields[1].Value != "" {
		t.Errorf("the form is %+v", form)
	}
	s.until("2026-03-10 18:00")
	wantSays(t, s.line("ana", "3", "Time"), "I don't know")
}

// A second "skip" says how it stands, and so does one after the answer.
func TestSkippingAgain(t *testing.T) {
	s := fridayOf(t, "Rose?", checkin.Private)
	wantSays(t, s.line("ana", "1", "skip"), "Friday is skipped this time")
	r := s.line("ana", "2", "skip")
	wantSays(t, r, "Friday is skipped already")
	if s.wantButton(r, "Write after all").Form == nil {
		t.Error("it cannot be written after all")
	}
	s.write("ana", "Stations")
	r = s.line("ana", "3", "skip")
	wantSays(t, r, "You have answered already. Change it if you like")
	if s.wantButton(r, "Change").Form == nil {
		t.Error("it cannot be changed")
	}
	pass := s.control("ana", "Skip this week")
	wantSays(t, s.ask("ana", pass), "Change it if you like")
	s.until("2026-03-09 17:30")
	wantSays(t, s.ask("ana", pass), "the time to change it is over")

	s = fridayOf(t, "Rose?", checkin.Anonymous)
	s.write("ana", "Stations")
	wantSays(t, s.ask("ana", s.control("ana", "Skip this week")), "Anonymous answers cannot be changed")
}

// A greeting is greeted back, in any language, with what is open; it is no answer.
func TestGreetings(t *testing.T) {
	s := fridayOf(t, "Rose?\nThorn?", checkin.Private)
	for i, line := range []string{"hi", "Hola", "Buenas tardes"} {
		r := s.line("ana", "hi"+string(rune('a'+i)), line)
		wantSays(t, r, "Hello. Friday is open until Mon 5:00 pm")
		if s.wantButton(r, "Write").Form == nil {
			t.Error("nothing can be written")
		}
	}
	wantSays(t, s.line("ana", "1", "Stations"), "2 of 2")
	wantSays(t, s.line("ana", "2", "hello"), "2 of 2")
	wantSays(t, s.line("ana", "3", "\u200b"), "2 of 2") // there is nothing to see in it
	if got := s.stands("ana"); !slices.Equal(got, []string{"Stations", ""}) {
		t.Errorf("the answer is %q", got)
	}
	s.ask("ana", s.control("ana", "Skip this week"))
	r := s.line("ana", "4", "hello")
	wantSays(t, r, "Friday is open until Mon 5:00 pm")
	s.wantButton(r, "Write after all")
	s.write("ana", "Stations", "")
	s.wantButton(s.line("ana", "5", "hello"), "Change")
	s.until("2026-03-09 17:01")
	wantSays(t, s.line("ana", "6", "hello"), "I don't know")

	s = fridayOf(t, "Rose?", checkin.Private)
	s.join(s.add("Pulse", "How?", "every friday at 17:00", 1, checkin.Private), "ana")
	s.until("2026-03-09 10:00")
	r = s.line("ana", "1", "hello")
	wantSays(t, r, "Which one would you like to answer")
	s.wantButton(r, "Write: Friday (Fri 6 Mar 2026)")
	s.wantButton(r, "Write: Pulse (Fri 6 Mar 2026)")
}

// Nobody is told of a next time that does not come, or made to join where nobody has
// to.
func TestJoiningWhatIsPausedOrAskedInTheChannel(t *testing.T) {
	s := newSchool(t, "2026-03-05 14:00", "")
	id := s.add("Friday", "Rose?", rosePhrase, 1, checkin.Private)
	s.ask("maria", "/organize/series/pause/"+id)
	r := s.ask("ana", "/checkin/join/"+id)
	wantSays(t, r, "It is paused just now")
	if strings.Contains(r.Message.Text.String(), "I ask you next") {
		t.Errorf("it says %q", r.Message.Text)
	}
	wantSays(t, s.ask("maria", "/organize/checkins/ask/"+id+"/channel"), "Anybody there can answer, without joining")
	r = s.ask("ben", "/checkin/join/"+id)
	wantSays(t, r, "Anybody there can answer, without joining")
	if len(r.Message.Controls) > 0 {
		t.Errorf("it has %q", labels(*r.Message))
	}
	for name, body := range s.dump() {
		if strings.Contains(name, "ben") || strings.Contains(body, "console/ben") {
			t.Errorf("%s: %s", name, body)
		}
	}
}

// What is kept of the first half is said to count, and who sees it.
func TestTheFirstHalfCounts(t *testing.T) {
	s := fridayOf(t, "A?\nB?\nC?\nD?\nE?\nF?", checkin.Organizers)
	r := s.write("ana", "1")
	wantSays(t, r, "The first half is saved and counts already. Organizers can read it")
	s.wantButton(r, "Go on")
}

// With nobody's answer the results say so, and an earlier time that has more is
// preferred to one that is over.
func TestResultsWithLittleInThem(t *testing.T) {
	s := newSchool(t, "2026-03-06 12:00", "")
	users := []string{"ana", "luis", "sol", "joe", "eva"}
	s.join(s.add("Friday", "How was it? (1-5)", rosePhrase, 1, checkin.Shared), users...)
	s.until("2026-03-06 16:00")
	wantSays(t, s.ask("luis", "/checkin/results"), "Nobody has answered yet")
	for _, u := range users {
		s.write(u, "4")
	}
	s.until("2026-03-13 16:00")
	s.write("ana", "4")
	s.until("2026-03-25 12:00")
	r := s.ask("luis", "/checkin/results")
	wantSays(t, r, "Fri 6 Mar")
	wantSays(t, r, "5 people took part")
}

// The day of a check-in that comes by each person's clock is the same for all, and no
// hour is said; of one that comes at once it is the reader's, and in what is handed
// out the community's.
func TestTheDayOfResults(t *testing.T) {
	for way, want := range map[string]struct{ maria, kiri, table string }{
		"local":    {"Friday · Fri 6 Mar 2026\n", "Friday · Fri 6 Mar 2026\n", "2026-03-06"},
		"together": {"Friday · Fri 6 Mar, 9:00 pm EST\n", "Friday · Sat 7 Mar, 3:00 pm NZDT\n", "2026-03-06"},
	} {
		s := newSchool(t, "2026-03-04 12:00", "")
		id := s.add("Friday", "How was it? (1-5)", "every friday at 21:00", 3, checkin.Organizers)
		s.ask("maria", "/organize/checkins/ask/"+id+"/"+way)
		users := []string{"ana", "luis", "sol", "joe", "eva"}
		s.ask("eva", "/my/settings/save", "language", "community", "zone", "Pacific/Auckland")
		s.join(id, users...)
		s.until("2026-03-09 12:00")
		for _, u := range users {
			s.write(u, "4")
		}
		r := s.ask("maria", "/checkin/results")
		wantSays(t, r, want.maria)
		table := s.press("maria", r, "As a table").Message
		if got := string(table.Files[0].Data); !strings.Contains(got, "Friday,"+want.table+",") {
			t.Errorf("%s: the table is %s", way, got)
		}
		wantSays(t, bot.Reply{Message: table}, "5 lines, as a table")
		s.ask("maria", "/my/settings/save", "language", "community", "zone", "Pacific/Auckland")
		wantSays(t, s.ask("maria", "/checkin/results"), want.kiri)
	}
}

// Beside a check-in the set of the same name is told apart, and an organizer is not
// told that they see it themselves.
func TestASetIsToldFromACheckIn(t *testing.T) {
	s := newSchool(t, "2026-03-05 14:00", "")
	if got := labels(*s.ask("maria", "/organize/checkins").Message); !slices.Contains(got, "Friday, two minutes") {
		t.Errorf("it has %q", got)
	}
	id := s.add("Friday, two minutes", "Rose?", rosePhrase, 1, checkin.Private)
	got := labels(*s.ask("maria", "/organize/checkins").Message)
	seen := map[string]int{}
	for _, l := range got {
		if seen[l]++; seen[l] > 1 {
			t.Errorf("%q is there twice", l)
		}
	}
	if seen["New: Friday, two minutes"] != 1 {
		t.Errorf("it has %q", got)
	}
	wantSays(t, s.ask("maria", "/organize/checkins/show/"+id), "Only the person who answers sees it")
	wantSays(t, s.ask("ana", "/checkin/join/"+id), "Only you see your answers")
	faults := s.tries("maria", "/organize/checkins/create", "name", "X", "questions", "One?\n\nHow? (really)", "when", rosePhrase, "days", "1", "sharing", "private").FieldErrors
	if text := faults["questions"].String(); !strings.HasPrefix(text, "Line 3, “How? (really)”: What stands in brackets at the end") {
		t.Errorf("it says %q", text)
	}
}
