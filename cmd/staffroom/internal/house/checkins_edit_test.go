package house_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/checkin"
)

// tries submits a form and gives all that came of it, faults too.
func (s *school) tries(user, path string, values ...string) bot.Reply {
	s.Helper()
	req := bottest.Request(user, path, values...)
	s.inputs++
	req.Input, req.Manages = bot.InputID("try"+strings.Repeat("x", s.inputs)), user == "maria"
	reply, err := s.Router.Ask(s.Context(), req)
	if err != nil {
		s.Fatal(user, path, err)
	}
	return reply
}

// path is where a control of a reply leads.
func path(t *testing.T, r bot.Reply, label string) string {
	t.Helper()
	if r.Message != nil {
		for _, c := range r.Message.Controls {
			if c.Label == label {
				return c.Path
			}
		}
	}
	t.Fatalf("no %q in %+v", label, r.Message)
	return ""
}

// value is what stands in a field of a form.
func value(t *testing.T, r bot.Reply, name string) string {
	t.Helper()
	if r.Form != nil {
		for _, f := range r.Form.Fields {
			if f.Name == name {
				return f.Value
			}
		}
	}
	t.Fatalf("no field %q in %+v", name, r.Form)
	return ""
}

// edit fills in the form for a change.
func (s *school) edit(id string, values ...string) bot.Reply {
	s.Helper()
	form := s.ask("maria", "/organize/checkins/edit/"+id+"/now").Form
	all := map[string]string{}
	for _, f := range form.Fields {
		all[f.Name] = f.Value
	}
	for i := 0; i < len(values); i += 2 {
		all[values[i]] = values[i+1]
	}
	var flat []string
	for name, v := range all {
		flat = append(flat, name, v)
	}
	return s.tries("maria", form.Path, flat...)
}

func TestACheckInIsChanged(t *testing.T) {
	s := newSchool(t, "2026-11-02 09:00", "")
	id := s.add("Friday, two minutes", "Rose?\nHow was it? (1-5)", fridays, 1, checkin.Private)
	form := s.ask("maria", "/organize/checkins/edit/"+id+"/now")
	if got := value(t, form, "questions"); got != "Rose?\nHow was it? (1-5)" {
		t.Errorf("the questions are %q", got)
	}
	wantSays(t, s.edit(id), "That is how it is already")

	preview := s.edit(id, "name", "Friday", "questions", "Rose?\nColour? (red / green)", "days", "2", "sharing", "organizers")
	for _, part := range []string{"Its name: Friday", "Colour? (red / green)", "2 working days later", "Organizers can read it", "stay with those to whom they were promised", "stays as it was asked"} {
		wantSays(t, preview, part)
	}
	wantSays(t, s.ask("maria", "/organize/checkins/show/"+id), "Friday, two minutes") // nothing is changed yet
	again := s.ask("maria", path(t, preview, "Change again"))
	if got := value(t, again, "name"); got != "Friday" {
		t.Errorf("the name that was typed is %q", got)
	}
	saved := s.ask("maria", path(t, preview, "Save the change"))
	wantSays(t, saved, "Changed, from the next time on")
	wantSays(t, saved, "Colour? (red / green)")
	wantSays(t, s.ask("maria", path(t, preview, "Save the change")), "Changed") // once more changes nothing
	s.join(id, "ana")
	s.until("2026-11-06 15:01")
	if text := s.direct("ana")[0].Message.Text.String(); !strings.Contains(text, "Colour?") || !strings.Contains(text, "Organizers can read it") {
		t.Errorf("ana reads %q", text)
	}
}

// Two organizers at once: the second sees what the first has made of it.
func TestAChangeThatSomebodyElseHasOvertaken(t *testing.T) {
	s := newSchool(t, "2026-11-02 09:00", "")
	id := s.add("Friday", "Rose?", fridays, 1, checkin.Private)
	first := s.edit(id, "name", "First")
	var second bot.Reply
	form := s.ask("maria", "/organize/checkins/edit/"+id+"/now").Form
	s.ask("maria", path(t, first, "Save the change"))
	req := []string{"name", "Second", "questions", "Rose?", "days", "1", "sharing", "private"}
	second = s.tries("maria", form.Path, req...)
	wantSays(t, second, "Its name: Second")
	// Somebody changes it between the preview and its confirmation.
	s.ask("maria", "/organize/series/pause/"+id) // no matter of what is asked
	other := bottest.Request("omar", "/organize/checkins/change/"+id, "name", "Third", "questions", "Bud?", "days", "1", "sharing", "private")
	other.Input, other.Manages = "omar1", true
	reply, err := s.Router.Ask(t.Context(), other)
	if err != nil {
		t.Fatal(err)
	}
	confirm := bottest.Request("omar", path(t, reply, "Save the change"))
	confirm.Input, confirm.Manages = "omar2", true
	if _, err := s.Router.Ask(t.Context(), confirm); err != nil {
		t.Fatal(err)
	}
	anew := s.ask("maria", path(t, second, "Save the change"))
	wantSays(t, anew, "Somebody else has changed it meanwhile")
	wantSays(t, anew, "Its questions")
	wantSays(t, s.ask("maria", path(t, anew, "Save the change")), "Second")
}

func TestBadInputOfAChange(t *testing.T) {
	s := newSchool(t, "2026-11-02 09:00", "")
	id := s.add("Friday", "Rose?", fridays, 1, checkin.Private)
	long := strings.Repeat("x", 20<<10)
	for name, tt := range map[string]struct{ field, value, says string }{
		"no name":            {"name", " ", "A name of at most"},
		"a long name":        {"name", long, "A name of at most"},
		"no questions":       {"questions", "\n \n", "At least one question"},
		"a long question":    {"questions", long, "A question has at most"},
		"20 kB of questions": {"questions", strings.Repeat("Why?\n", 4<<10), "At most 10 questions"},
		"eleven questions":   {"questions", strings.Repeat("Why?\n", 11), "At most 10 questions"},
		"no days":            {"days", "soon", "A number from 0"},
		"too many days":      {"days", "21", "A number from 0"},
		"nobody sees it":     {"sharing", "nobody", "Please choose one"},
	} {
		reply := s.edit(id, tt.field, tt.value)
		if got := reply.FieldErrors[tt.field].String(); !strings.Contains(got, tt.says) || len(reply.FieldErrors) != 1 {
			t.Errorf("%s: %v", name, reply.FieldErrors)
		}
	}
	goal := s.edit(id, "questions", "Try? (goal)", "sharing", "anonymous")
	if got := goal.FieldErrors["questions"].String(); !strings.Contains(got, "cannot be anonymous") {
		t.Errorf("an anonymous goal: %q", got)
	}
	wantSays(t, s.ask("maria", "/organize/checkins/show/"+id), "Rose?")
	never := s.tries("maria", "/organize/checkins/create", "name", "Never", "questions", "Why?", "when", "every 31 february at 9:00", "days", "1", "sharing", "private")
	if never.FieldErrors["when"].Empty() {
		t.Errorf("a rule that never comes: %+v", never)
	}
	gone := bottest.Request("maria", "/organize/checkins/edit/nonsense/now")
	gone.Manages = true
	if reply, err := s.Router.Ask(t.Context(), gone); err != nil || reply.Message == nil || !strings.Contains(reply.Message.Text.String(), "there no longer") {
		t.Errorf("a check-in that is gone: %+v, %v", reply, err)
	}
	late := s.ask("maria", "/organize/checkins/changed/"+id)
	wantSays(t, late, "I no longer know what you wanted to change")
}

// What is open stays as it was asked, also for those whose clock comes to it later,
// and what was promised holds for what was answered.
func TestWhatIsOpenStaysAsItWasAsked(t *testing.T) {
	s := newSchool(t, "2026-11-02 09:00", "")
	id := s.add("Friday", "How was it? (1-5)", fridays, 3, checkin.Private)
	s.join(id, "ana", "lou")
	s.ask("lou", "/my/settings/save", "language", "community", "zone", "America/Los_Angeles")
	s.until("2026-11-06 15:01")
	s.wantPrompts(1, "ana")
	s.wantPrompts(0, "lou")
	s.write("ana", "2")
	s.ask("maria", path(t, s.edit(id, "questions", "Bud?", "sharing", "channel", "days", "1", "name", "Changed"), "Save the change"))
	s.until("2026-11-06 18:01") // 15:01 in Los Angeles
	s.wantPrompts(1, "lou")
	for _, part := range []string{"Friday", "How was it?", "Only you see your answers", "Wed"} {
		if text := s.direct("lou")[0].Message.Text.String(); !strings.Contains(text, part) {
			t.Errorf("lou reads %q, want %q", text, part)
		}
	}
	s.write("lou", "3")
	wantSays(t, s.ask("maria", "/checkin/results"), "until now is private, as it was promised")
	s.until("2026-11-13 18:01")
	if text := s.direct("lou")[1].Message.Text.String(); !strings.Contains(text, "Bud?") || !strings.Contains(text, "It is shared") {
		t.Errorf("the next time lou reads %q", text)
	}
	posts := s.platform.Standing(bottest.Request("maria", "").Channel)
	if slices.ContainsFunc(posts, func(e bottest.Entry) bool { return strings.Contains(e.Message.Text.String(), "How was it") }) {
		t.Error("what was private stands in the channel")
	}
}

func TestACheckInMovesToAnotherChannel(t *testing.T) {
	s := newSchool(t, "2026-11-02 09:00", "")
	id := s.add("Friday", "Rose?", fridays, 1, checkin.Shared)
	wantSays(t, s.ask("maria", "/organize/checkins/room/"+id, bot.Picked, "#gone"), "I don't know that channel")
	req := bottest.Request("maria", "/organize/checkins/room/"+id, bot.Picked, "#new")
	there := bot.Channel{Space: bottest.Space(), ID: "new"}
	req.Manages, req.Input, req.Channels = true, "moves", map[string]bot.Channel{bot.Picked: there}
	reply, err := s.Router.Ask(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	wantSays(t, s.ask("maria", path(t, reply, "Save the change")), "Changed, from the next time on")
	s.ask("maria", "/organize/checkins/invite/"+id)
	s.until("2026-11-02 09:01")
	if len(s.platform.Standing(there)) != 1 {
		t.Error("the invitation does not stand in the other channel")
	}
}

// How it has gone is told of the times that the reader may know of, and of no
// earlier ones.
func TestATrendKeepsWhatWasPromised(t *testing.T) {
	s := newSchool(t, "2026-11-02 09:00", "")
	people := []string{"ana", "ben", "cam", "dee", "eva"}
	id := s.add("Friday", "How was it? (1-5)", fridays, 1, checkin.Organizers)
	s.join(id, people...)
	for _, day := range []string{"2026-11-06 15:01", "2026-11-13 15:01"} {
		s.until(day)
		for _, who := range people {
			s.write(who, "2")
		}
	}
	wantSays(t, s.ask("maria", "/checkin/results"), "so far")
	s.ask("maria", path(t, s.edit(id, "sharing", "channel"), "Save the change"))
	s.until("2026-11-20 15:01")
	for _, who := range people {
		s.write(who, "4")
	}
	got := s.ask("ana", "/checkin/results")
	wantSays(t, got, "5 people took part")
	if text := got.Message.Text.String(); strings.Contains(text, "so far") {
		t.Errorf("ana reads what organizers alone were to see: %q", text)
	}
	wantSays(t, s.ask("maria", "/checkin/results"), "so far")
}
