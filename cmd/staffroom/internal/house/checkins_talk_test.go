package house_test

import (
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/checkin"
	"github.com/staffroom-bot/staffroom/cmd/staffroom/internal/house"
)

// line is what somebody writes to the bot alone, and gets. in names the message.
func (s *school) line(user, in, text string) bot.Reply {
	s.Helper()
	req := bottest.Request(user, bot.HelpPath, "unknown", text)
	req.Said, req.Input, req.Channel.ID = text, bot.InputID(in), "dm-"+user
	reply, err := s.Router.Ask(s.Context(), req)
	if err != nil {
		s.Fatal(user, err)
	}
	return reply
}

// reborn is the same place in a new process.
func (s *school) reborn() {
	s.Helper()
	var err error
	s.House, err = house.Build(s.Context(), house.Options{
		Engine: s.engine, Clock: s.clock, Manual: true, Language: "en", Zone: "America/New_York", Version: "test",
		Log:      slog.New(slog.NewTextHandler(&s.logged, nil)),
		Adapters: func(house.Tools) ([]bot.Adapter, error) { return []bot.Adapter{s.room}, nil },
	})
	if err != nil {
		s.Fatal(err)
	}
}

// press presses a control of a reply.
func (s *school) press(user string, r bot.Reply, label string) bot.Reply {
	s.Helper()
	for _, c := range r.Message.Controls {
		if c.Label == label {
			return s.ask(user, c.Path)
		}
	}
	s.Fatalf("there is no %s in %+v", label, r.Message)
	return bot.Reply{}
}

// stands is what stands in somebody's form of what they were asked last.
func (s *school) stands(user string) []string {
	s.Helper()
	form := s.ask(user, s.control(user, "Write")).Form
	if form == nil {
		s.Fatalf("%s gets no form", user)
	}
	var values []string
	for _, f := range form.Fields {
		values = append(values, f.Value)
	}
	return values
}

const rosePhrase = "every friday at 15:00"

// fridayOf asks ana, who takes part in check-ins with these questions.
func fridayOf(t *testing.T, questions string, sharing checkin.Sharing) *school {
	t.Helper()
	s := newSchool(t, "2026-03-05 14:00", "")
	s.join(s.add("Friday", questions, rosePhrase, 1, sharing), "ana")
	s.until("2026-03-06 16:00")
	return s
}

// A message that comes twice is one answer, also when it was the last, and also in
// another process.
func TestAMessageThatComesTwiceIsOneAnswer(t *testing.T) {
	s := fridayOf(t, "Rose?\nThorn?\nBud?", checkin.Private)
	wantSays(t, s.line("ana", "1", "Stations"), "2 of 3")
	wantSays(t, s.line("ana", "1", "Stations"), "2 of 3")
	s.reborn()
	wantSays(t, s.line("ana", "1", "Stations"), "2 of 3")
	wantSays(t, s.line("ana", "2", "Time"), "3 of 3")
	wantSays(t, s.line("ana", "3", "Towers"), "Saved. You can change it")
	wantSays(t, s.line("ana", "3", "Towers"), "I have that already")
	wantSays(t, s.line("ana", "4", "Thank you, all of you"), "I have not added this")
	if got := s.stands("ana"); !slices.Equal(got, []string{"Stations", "Time", "Towers"}) {
		t.Errorf("the answer is %q", got)
	}
}

// What is too long is not taken, not even in part, and the question stays.
func TestAnAnswerThatIsTooLongIsNotTaken(t *testing.T) {
	s := fridayOf(t, "Rose?\nThorn?", checkin.Private)
	long := strings.Repeat("word ", 4000)
	wantSays(t, s.line("ana", "1", long), "this has 20000")
	wantSays(t, s.line("ana", "2", "Short"), "2 of 2")
	wantSays(t, s.line("ana", "3", long), "2 of 2")
	wantSays(t, s.line("ana", "4", strings.Repeat("é", 1500)), "Saved")
	if got := s.stands("ana"); got[0] != "Short" || got[1] != strings.Repeat("é", 1500) {
		t.Errorf("the answer is %q", got)
	}
}

// What others will see is said before it counts: in the reply to the first line at
// the latest, and a first line that would be all of it waits for a yes.
func TestWhoSeesItIsSaidBeforeItCounts(t *testing.T) {
	for sharing, want := range map[checkin.Sharing]string{checkin.Shared: "It is shared in", checkin.Organizers: "Organizers can read it"} {
		s := fridayOf(t, "Rose?", sharing)
		r := s.line("ana", "1", "Can you call me?")
		wantSays(t, r, want)
		wantSays(t, r, "Shall I send it")
		if answers := s.answers(); len(answers) > 0 {
			t.Errorf("%s: it counts already: %q", sharing, answers)
		}
		wantSays(t, s.press("ana", r, "That was no answer"), "Forgotten")
		wantSays(t, s.line("ana", "2", "Stations"), want)
		wantSays(t, s.line("ana", "3", "Yes"), "Saved")
		if answers := s.answers(); len(answers) != 1 || !strings.Contains(answers[0], "Stations") {
			t.Errorf("%s: the answers are %q", sharing, answers)
		}
	}
}

// answers are the answers by name that are kept.
func (s *school) answers() []string {
	s.Helper()
	var out []string
	for name, body := range s.dump() {
		if strings.Contains(name, ":checkinanswers:") {
			out = append(out, body)
		}
	}
	return out
}

// Of what might be an anonymous answer nothing is kept or logged.
func TestNothingAnonymousIsKeptOfWhatIsSaid(t *testing.T) {
	s := newSchool(t, "2026-03-05 14:00", "")
	s.join(s.add("Term", "How was it?", rosePhrase, 1, checkin.Anonymous), "ana")
	s.until("2026-03-06 16:00")
	before := s.dump()
	wantSays(t, s.line("ana", "1", "zebra one"), "I have taken nothing of it")
	if after := s.dump(); !maps.Equal(after, before) {
		t.Error("something is kept of a line that was not taken")
	}
	s.join(s.add("Pulse", "Rose?\nThorn?", "every friday at 17:00", 1, checkin.Private), "ana")
	s.until("2026-03-09 10:00") // the next message in working hours has asked
	r := s.line("ana", "2", "zebra two")
	wantSays(t, r, "Which one")
	if form := s.press("ana", r, "Term (Fri 6 Mar 2026)").Form; form == nil || form.Fields[0].Value != "" {
		t.Errorf("the anonymous one opens %+v", form)
	}
	wantSays(t, s.press("ana", r, "Pulse (Fri 6 Mar 2026)"), "1 of 2")
	wantSays(t, s.line("ana", "3", "a rose"), "2 of 2")
	for name, body := range s.dump() {
		if strings.Contains(name+body, "zebra") {
			t.Errorf("%s keeps it: %s", name, body)
		}
	}
	if strings.Contains(s.logged.String(), "zebra") {
		t.Error("it is logged")
	}
}

// What comes while somebody answers is not answered by mistake, and what they have
// answered so far stays.
func TestTwoCheckInsAreNotMixedUp(t *testing.T) {
	s := fridayOf(t, "Rose?\nThorn?", checkin.Private)
	wantSays(t, s.line("ana", "1", "Stations"), "Friday, 2 of 2")
	s.join(s.add("Pulse", "How was it? (1-5)\nWhy?", "every friday at 17:00", 1, checkin.Private), "ana")
	s.until("2026-03-09 10:00") // the next message in working hours has asked
	r := s.line("ana", "2", "5")
	wantSays(t, r, "Which one is that for: “5”")
	wantSays(t, s.line("ana", "2", "5"), "I have that already")
	wantSays(t, s.press("ana", r, "Pulse (Fri 6 Mar 2026)"), "Pulse, 2 of 2")
	wantSays(t, s.line("ana", "3", "Sun"), "Saved")
	wantSays(t, s.line("ana", "4", "Time"), "Saved") // only Friday is left
	answers := strings.ReplaceAll(strings.Join(s.answers(), " "), `\`, "")
	for _, want := range []string{`["Stations","Time"]`, `["5","Sun"]`} {
		if !strings.Contains(answers, want) {
			t.Errorf("the answers are %s, want %s among them", answers, want)
		}
	}
}

// What was begun stands in the form, in both of its steps, and is no answer until
// somebody says so. Their window over, a line is not taken for one.
func TestWhatIsBegunStandsInTheForm(t *testing.T) {
	var questions []string
	for n := range 7 {
		questions = append(questions, "Question "+strconv.Itoa(n+1)+"?")
	}
	s := fridayOf(t, strings.Join(questions, "\n"), checkin.Private)
	for n := range 6 {
		wantSays(t, s.line("ana", "l"+strconv.Itoa(n), "line "+strconv.Itoa(n+1)), strconv.Itoa(n+2)+" of 7")
	}
	if got := s.stands("ana"); !slices.Equal(got, []string{"line 1", "line 2", "line 3", "line 4", "line 5"}) {
		t.Errorf("the form begins with %q", got)
	}
	s.until("2026-03-09 18:00")
	wantSays(t, s.line("ana", "late", "Can you help me?"), "is over this time; I have not taken this")
	half := s.write("ana", "line one", "line 2", "", "", "")
	wantSays(t, half, "marked as late")
	if answers := strings.Join(s.answers(), " "); !strings.Contains(answers, "line 6") {
		t.Errorf("what was begun is not in %s", answers)
	}
	wantSays(t, s.press("ana", bot.Say(nil, bot.Control{Label: "x", Path: "/checkin/direct/done/" + strings.TrimPrefix(s.control("ana", "Write"), "/checkin/write/")}), "x"), "Nothing is begun")
}

// Whoever was not asked, or has left or skipped, gets the usual help; who has just
// answered is told what became of the line.
func TestALineOfWhoWasNotAskedIsNoAnswer(t *testing.T) {
	s := newSchool(t, "2026-03-05 14:00", "")
	id := s.add("Friday", "Rose?\nThorn?", rosePhrase, 1, checkin.Private)
	s.join(id, "ana", "eva", "joe")
	s.until("2026-03-06 16:00")
	s.join(id, "pat") // it is open, and pat was not asked
	s.ask("eva", s.control("eva", "Skip this week"))
	s.ask("joe", "/checkin/leave/"+id)
	s.write("ana", "Stations", "")
	for user, want := range map[string]string{
		"ana": "I have not added this", "eva": "I don't know", "joe": "I don't know", "pat": "I don't know", "sam": "I don't know",
	} {
		wantSays(t, s.line(user, "1"+user, "The stations went well"), want)
	}
	if n := len(s.answers()); n != 1 {
		t.Errorf("there are %d answers", n)
	}
}

// Each kind of question takes what fits it, in the reader's words; nothing is taken
// of what does not. A question may be skipped, and the whole.
func TestWhatALineMayBe(t *testing.T) {
	const questions = "Scale? (1-5)\nYes? (yes/no)\nWhich? (left / right)\nGoal? (goal)"
	for _, c := range []struct {
		lines []string
		want  []string // of the last reply, a part; of the form
	}{
		{[]string{"4.", "yep", "LEFT", "Ask less"}, []string{"Saved", "4", "yes", "left", "Ask less"}},
		{[]string{"0", "6", "many", "5", "maybe", "No!", "up", "right", "skip"}, []string{"Saved", "5", "no", "right", ""}},
		{[]string{"3", "skip", "Skip.", "skip"}, []string{"Saved", "3", "", "", ""}},
		{[]string{"skip"}, []string{"is skipped", "", "", "", ""}},
		{[]string{"2", "Skip this time"}, []string{"is skipped", "2", "", "", ""}},
		{[]string{"four", "no", "ri", "That’s all!"}, []string{"Saved", "4", "no", "right", ""}},
		{[]string{"4/5", "Eso es todo."}, []string{"Saved", "4", "", "", ""}},
		{[]string{"cinco", "no era una respuesta"}, []string{"Forgotten", "", "", "", ""}},
		{[]string{"2", "sí"}, []string{"3 of 4", "2", "yes", "", ""}},
	} {
		s := fridayOf(t, questions, checkin.Private)
		var last bot.Reply
		for n, line := range c.lines {
			last = s.line("ana", strconv.Itoa(n), line)
		}
		wantSays(t, last, c.want[0])
		if got := s.stands("ana"); !slices.Equal(got, c.want[1:]) {
			t.Errorf("%q: the form has %q, want %q", c.lines, got, c.want[1:])
		}
	}
}

// A button below a question that is answered meanwhile skips no other.
func TestAnOldButtonSkipsNoOtherQuestion(t *testing.T) {
	s := fridayOf(t, "Rose?\nThorn?\nBud?", checkin.Private)
	second := s.line("ana", "1", "Stations")
	wantSays(t, s.line("ana", "2", "Time"), "3 of 3")
	wantSays(t, s.press("ana", second, "Skip this one"), "3 of 3")
	wantSays(t, s.press("ana", second, "That's all"), "Saved")
	if got := s.stands("ana"); !slices.Equal(got, []string{"Stations", "Time", ""}) {
		t.Errorf("the answer is %q", got)
	}
}
