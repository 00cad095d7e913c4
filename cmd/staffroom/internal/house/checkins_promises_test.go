package house_test

import (
	"strings"
	"testing"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/checkin"
)

func wantNot(t *testing.T, r bot.Reply, part string) {
	t.Helper()
	if r.Message == nil || strings.Contains(r.Message.Text.String(), part) {
		t.Errorf("got %+v, and do not want %q", r.Message, part)
	}
}

// five take part in check-ins.
var five = []string{"ana", "eva", "joe", "luis", "sol"}

// What is shared in a channel can be read by everybody, and that is said before
// somebody answers.
func TestWhoCanReadWhatIsSharedIsSaidBefore(t *testing.T) {
	s := newSchool(t, "2026-03-05 14:00", "")
	s.join(s.add("Friday", "What went well?", "every friday at 15:00", 1, checkin.Shared), five...)
	s.until("2026-03-06 15:10")
	wantSays(t, bot.Reply{Message: &s.direct("ana")[0].Message}, "everybody in this community can read it, with your name")
	form := s.ask("ana", s.control("ana", "Write")).Form
	if hint := form.Fields[0].Hint; !strings.Contains(hint, "Everybody in this community can read it") {
		t.Errorf("the form says %q", hint)
	}
	for _, u := range five {
		s.write(u, "a walk")
	}
	wantSays(t, s.ask("stranger", "/checkin/results"), "ana: a walk")
}

// Who changes their answer keeps what became of the goals that stay in it, and is
// asked no more about those that do not.
func TestGoalsFollowTheAnswer(t *testing.T) {
	s := newSchool(t, "2026-03-05 14:00", "")
	s.join(s.add("Goals", "One? (goal)\nTwo? (goal)\nThree? (goal)", "every friday at 15:00", 1, checkin.Private), "ana")
	s.until("2026-03-06 15:10")
	s.write("ana", "Ask less", "Draw first", "Wait")
	menu := s.ask("ana", "/my/goals").Message.Controls[0]
	for _, c := range menu.Choices {
		if c.Label == "Ask less" {
			form := s.ask("ana", path(t, s.ask("ana", menu.Path, bot.Picked, c.Value), "I tried it")).Form
			s.ask("ana", form.Path, "happened", "They laughed")
		}
	}
	s.until("2026-03-09 09:00")
	s.write("ana", "Ask less", "", "Wait longer")
	goals := s.ask("ana", "/my/goals")
	for _, part := range []string{"Ask less · tried: They laughed", "Wait longer · I ask on"} {
		wantSays(t, goals, part)
	}
	wantNot(t, goals, "Draw first")
	if text := goals.Message.Text.String(); strings.Count(text, "Ask less") != 1 {
		t.Errorf("one goal is there twice: %q", text)
	}
	s.until("2026-03-25 12:00")
	var asked []string
	for _, e := range s.direct("ana") {
		if text := e.Message.Text.String(); strings.Contains(text, "You wanted to try") {
			asked = append(asked, text)
		}
	}
	if len(asked) != 1 || !strings.Contains(asked[0], "Wait longer") {
		t.Errorf("ana is asked %q", asked)
	}
}

// One who is forgotten takes nobody's anonymous answers away.
func TestAnonymousResultsStayWhoeverIsForgotten(t *testing.T) {
	s := newSchool(t, "2026-03-05 14:00", "")
	s.join(s.add("Term", "What should change?", "every friday at 15:00", 1, checkin.Anonymous), five...)
	s.until("2026-03-06 15:10")
	for _, u := range five {
		s.write(u, "zebra of "+u)
	}
	s.until("2026-03-10 18:00")
	s.ask("ana", pressed(t, s.ask("ana", "/my/forget"), "Forget me and what I said"))
	got := s.ask("maria", "/checkin/results")
	wantSays(t, got, "5 people took part")
	wantSays(t, got, "zebra of ana")
}

// Which of the times is shown is chosen of those that the reader may see.
func TestAnEarlierPrivateTimeDoesNotHideAShared(t *testing.T) {
	s := newSchool(t, "2026-03-05 14:00", "")
	id := s.add("Friday", "What went well?", "every friday at 15:00", 1, checkin.Private)
	s.join(id, five...)
	s.until("2026-03-06 15:10")
	for _, u := range five {
		s.write(u, "zebra of "+u)
	}
	wantSays(t, s.ask("maria", "/checkin/results"), "Answers are private")
	s.ask("maria", path(t, s.edit(id, "sharing", "channel"), "Save the change"))
	s.until("2026-03-12 15:10")
	wantSays(t, s.ask("maria", "/checkin/results"), "until now is private")
	s.until("2026-03-13 15:10")
	s.write("ana", "a walk")
	got := s.ask("maria", "/checkin/results")
	wantSays(t, got, "1 person took part")
	wantNot(t, got, "private")
}

// A direct message that can reach nobody is not accepted without a word, and what is
// said of when it comes and closes is when it does.
func TestADirectMessageThatReachesNobodyIsSaid(t *testing.T) {
	s := newSchool(t, "2026-03-05 14:00", "")
	create := func(rule, days string) bot.Reply {
		return s.ask("maria", "/organize/checkins/create", "name", "Often", "questions", "How was it?", "when", rule, "days", days, "sharing", "private")
	}
	const nobody = "so nobody would be asked"
	for rule, days := range map[string]string{"every saturday at 9:00": "0", "every sunday at 6:00": "0"} {
		wantSays(t, create(rule, days), nobody)
	}
	for rule, days := range map[string]string{"every saturday at 10:00": "1", "every sunday at 21:00": "0", "every friday at 6:00": "0"} {
		wantNot(t, create(rule, days), nobody)
	}
	saturday := create("every saturday at 11:00", "0")
	wantNot(t, s.ask("maria", path(t, saturday, "Ask in this channel")), nobody)
	wantSays(t, s.ask("maria", path(t, s.edit(strings.TrimPrefix(path(t, create("every saturday at 12:00", "1"), "As a file"), "/organize/checkins/file/"), "days", "0"), "Save the change")), nobody)

	late := create("every thursday at 21:00", "0")
	wantSays(t, late, "Open until 17:00, 1 working day later")
	id, _ := strings.CutPrefix(path(t, late, "Invite people in its channel"), "/organize/checkins/invite/")
	wantSays(t, s.ask("ana", "/checkin/join/"+id), "on Fri 6 Mar, 7:00 am")
}

// Nobody's anonymous answer is taken after their own window, though others, whose
// clocks are behind, can still answer.
func TestAnonymousIsNeverLate(t *testing.T) {
	s := newSchool(t, "2026-03-05 14:00", "")
	s.join(s.add("Term", "What should change?", "every friday at 15:00", 1, checkin.Anonymous), "ana", "lou", "joe")
	s.ask("lou", "/my/settings/save", "language", "community", "zone", "America/Los_Angeles")
	s.until("2026-03-06 18:10")
	write := s.control("ana", "Write")
	form := s.ask("ana", write).Form
	s.until("2026-03-09 17:30") // 14:30 in Los Angeles
	wantNot(t, s.ask("ana", "/checkin/answer"), "late")
	wantSays(t, s.ask("ana", write), "is over this time")
	wantSays(t, s.ask("ana", form.Path, "q1", "the bell"), "is over this time")
	s.ask("joe", "/my/away", "until", "2026-03-08")
	wantSays(t, s.write("lou", "the lights"), "Nobody sees whose it is")
}

// What is shared moves to another channel once the organizer has seen what that
// means, and people are told the next time.
func TestMovingWhatIsSharedAsksAndIsTold(t *testing.T) {
	s := newSchool(t, "2026-03-05 14:00", "")
	id := s.add("Friday", "Rose?", "every friday at 15:00", 1, checkin.Shared)
	s.join(id, "ana")
	s.until("2026-03-06 15:10")
	wantNot(t, bot.Reply{Message: &s.direct("ana")[0].Message}, "New:")
	moves := func(to string) bot.Reply {
		req := bottest.Request("maria", "/organize/checkins/room/"+id, bot.Picked, "#"+to)
		req.Manages, req.Input = true, bot.InputID("moves to "+to)
		req.Channels = map[string]bot.Channel{bot.Picked: {Space: bottest.Space(), ID: to}}
		reply, err := s.Router.Ask(t.Context(), req)
		if err != nil {
			t.Fatal(err)
		}
		return reply
	}
	preview := moves("new")
	wantSays(t, preview, "would change")
	wantSays(t, preview, "It is shared in")
	wantNot(t, s.ask("maria", path(t, preview, "Leave it as it is")), "Changed")
	s.until("2026-03-13 15:10")
	wantNot(t, bot.Reply{Message: &s.direct("ana")[1].Message}, "New:")
	wantSays(t, s.ask("maria", path(t, moves("newer"), "Save the change")), "Changed, from the next time on")
	s.until("2026-03-20 15:10")
	wantSays(t, bot.Reply{Message: &s.direct("ana")[2].Message}, "New: It is shared in")
	s.until("2026-03-27 15:10")
	wantNot(t, bot.Reply{Message: &s.direct("ana")[3].Message}, "New:")
}

// However often it was changed before it first came: what people were told when they
// joined is what they compare with.
func TestWhatIsNewIsComparedWithWhatWasPromised(t *testing.T) {
	s := newSchool(t, "2026-03-05 14:00", "")
	id := s.add("Friday", "Rose?", "every friday at 15:00", 1, checkin.Private)
	s.join(id, "ana")
	for _, sharing := range []string{"organizers", "channel", "organizers"} {
		s.ask("maria", path(t, s.edit(id, "sharing", sharing), "Save the change"))
	}
	s.until("2026-03-06 15:10")
	wantSays(t, bot.Reply{Message: &s.direct("ana")[0].Message}, "New: Organizers can read it")
}

// Of fewer than five answers to a question of an anonymous check-in nothing is shown
// or kept, however many took part.
func TestFewAnonymousAnswersToAQuestionAreForgotten(t *testing.T) {
	s := newSchool(t, "2026-03-05 14:00", "")
	id := s.add("Term", "What should change?\nAnything else?\nHow was it? (1-5)", "every friday at 15:00", 1, checkin.Anonymous)
	s.join(id, append([]string{"pat"}, five...)...)
	s.until("2026-03-06 15:10")
	wantSays(t, bot.Reply{Message: &s.direct("ana")[0].Message}, "If fewer than 5 people answer, nothing is shown or kept.")
	for _, u := range five {
		s.write(u, "zebra of "+u)
	}
	s.write("pat", "zebra of pat", "quagga of pat", "3")
	s.until("2026-03-10 18:00")
	for name, body := range s.dump() {
		if strings.Contains(body, "quagga") {
			t.Errorf("the only answer to a question is in %s", name)
		}
	}
	results := s.ask("maria", "/checkin/results")
	for _, part := range []string{"6 people took part", "zebra of pat", "Anything else? fewer than 5 answers", "How was it? fewer than 5 answers"} {
		wantSays(t, results, part)
	}
	wantNot(t, results, "3.0 of 5")
	exported := s.ask("maria", "/checkin/export/"+id)
	if csv := string(exported.Message.Files[0].Data); strings.Contains(csv, "quagga") || !strings.Contains(csv, "zebra of pat") {
		t.Errorf("the table says\n%s", csv)
	}
}
