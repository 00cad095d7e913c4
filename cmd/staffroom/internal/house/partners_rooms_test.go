package house_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/checkin"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/bot/redis"
)

// roomySchool is one whose people can have rooms, with a round that has begun on a Tuesday
// at ten.
func roomySchool(t *testing.T, users ...string) *school {
	t.Helper()
	s := newSchool(t, "2026-09-07 09:00", "")
	s.platform.HaveRooms(true)
	s.program = s.pairsEvery("every 4 weeks on tuesday at 10am", users...)
	return s
}

// inRoom is what stands in the room of exactly these people.
func (s *school) inRoom(users ...string) []bottest.Entry {
	s.Helper()
	for id, r := range s.platform.Rooms() {
		var in []string
		for _, who := range r.People {
			in = append(in, who.User)
		}
		slices.Sort(in)
		if slices.Equal(in, users) {
			return s.platform.Standing(bot.Channel{Space: bottest.Space(), ID: id})
		}
	}
	return nil
}

// behind is the path behind a label of a message.
func behind(t *testing.T, m *bot.Message, label string) string {
	t.Helper()
	for _, c := range m.Controls {
		if strings.HasPrefix(c.Label, label) {
			return c.Path
		}
	}
	t.Fatalf("no %s below %q: %+v", label, m.Text, m.Controls)
	return ""
}

// proposes lets somebody choose a time, and gives its path.
func (s *school) proposes(user, time string) string {
	s.Helper()
	choice := s.ask(user, "/partner/propose/"+s.groupOf(user))
	path := behind(s.T, choice.Message, time)
	s.ask(user, path)
	s.until(s.clock.Now().In(when(s, "America/New_York", "2026-09-08 10:00").Location()).Format("2006-01-02 15:04"))
	return path
}

func TestPartnersAreIntroducedInARoomOfTheirs(t *testing.T) {
	s := roomySchool(t, "ana", "joe")
	s.until("2026-09-08 11:00")
	all := s.inRoom("ana", "joe")
	if len(all) != 1 || !strings.Contains(all[0].Message.Text.String(), ", meet ") || !strings.Contains(all[0].Message.Text.String(), "To begin: ") {
		t.Fatalf("in the room stands %+v", all)
	}
	for _, label := range []string{"Propose a time", "Can't this time", "Less of this"} {
		behind(t, &all[0].Message, label)
	}
	for _, u := range []string{"ana", "joe"} {
		if alone := s.introduced(u); len(alone) > 0 {
			t.Errorf("%s got alone: %q", u, alone)
		}
		lane := outbox.Written{Account: bottest.Account(u)}.Lane()
		if h, err := s.Store.Held(t.Context(), string(s.home()), lane, 1); err != nil || len(h.Written) != 1 {
			t.Errorf("for %s it counts as %v, %v", u, h.Written, err)
		}
	}
	// What follows is for each alone.
	s.until("2026-09-14 11:00")
	for _, u := range []string{"ana", "joe"} {
		if len(s.written(u, "Fifteen minutes")) != 1 || len(s.written(u, "Did you and")) != 1 {
			t.Errorf("%s: %q", u, s.introduced(u))
		}
	}
	if all := s.inRoom("ana", "joe"); len(all) != 1 {
		t.Errorf("in the room stands %+v", all)
	}
}

func TestATimeIsProposedOnceAndSuitsOnce(t *testing.T) {
	s := roomySchool(t, "ana", "joe")
	s.ask("joe", "/my/settings/save", "language", "community", "zone", "America/Chicago")
	s.until("2026-09-08 11:00")
	path := s.proposes("ana", "Wed 9 Sep, 4:00 pm")
	s.ask("ana", path)
	s.until("2026-09-08 11:30")
	all := s.inRoom("ana", "joe")
	if len(all) != 2 {
		t.Fatalf("in the room stands %+v", all)
	}
	m := all[1].Message
	for _, want := range []string{"ana proposes to meet: ", "Wed 9 Sep, 4:00 pm (ana)", "Wed 9 Sep, 3:00 pm (joe)"} {
		if !strings.Contains(m.Text.String(), want) {
			t.Errorf("no %q in %q", want, m.Text)
		}
	}
	file := string(m.Files[0].Data)
	for _, want := range []string{"METHOD:PUBLISH", "DTSTAMP:20260908T150000Z", "DTSTART:20260909T200000Z", "DTEND:20260909T203000Z"} {
		if !strings.Contains(file, want+"\r\n") {
			t.Errorf("no %s in\n%s", want, file)
		}
	}
	if strings.Contains(file, "ATTENDEE") || strings.Contains(file, "mailto") || strings.Contains(file, "ORGANIZER") {
		t.Errorf("there are addresses in\n%s", file)
	}
	suits := behind(t, &m, "Suits me")
	if own := s.ask("ana", suits).Message.Text.String(); !strings.Contains(own, "That is what you proposed") {
		t.Errorf("ana is told %q", own)
	}
	for range 2 {
		if done := s.ask("joe", suits).Message.Text.String(); !strings.Contains(done, "Good: Wed 9 Sep, 3:00 pm. I tell ana.") {
			t.Errorf("joe is told %q", done)
		}
	}
	s.ask("joe", path) // who proposes what somebody proposed says that it suits
	s.until("2026-09-08 12:00")
	if all = s.inRoom("ana", "joe"); len(all) != 3 || !strings.Contains(all[2].Message.Text.String(), "It suits joe: ") || len(all[2].Message.Files) != 1 {
		t.Errorf("in the room stands %+v", all)
	}
	if again := strings.Split(string(all[2].Message.Files[0].Data), "\r\n"); !strings.Contains(file, again[5]+"\r\n") || !strings.HasPrefix(again[5], "UID:") {
		t.Errorf("it is another event: %s", again[5])
	}
	s.until("2026-09-09 17:00")
	if late := s.ask("joe", suits).Message.Text.String(); !strings.Contains(late, "That time is no longer to be had") {
		t.Errorf("late, joe is told %q", late)
	}
}

// Where there is no room, or it is night for somebody, a proposal waits until it suits its
// reader.
func TestAProposalWithoutARoomWaitsForItsReader(t *testing.T) {
	for name, c := range map[string]struct {
		rooms bool
		at    string
	}{
		"no room": {false, "2026-09-08 11:00"},
		"night":   {true, "2026-09-08 21:00"},
	} {
		t.Run(name, func(t *testing.T) {
			s := roomySchool(t, "ana", "joe")
			s.platform.HaveRooms(c.rooms)
			s.until(c.at)
			s.proposes("ana", "Wed 9 Sep, 3:00 pm")
			s.until("2026-09-09 06:59")
			if got := s.written("joe", "proposes"); len(got) > 0 || len(s.inRoom("ana", "joe")) > 1 {
				t.Errorf("joe is told at once: %q", got)
			}
			s.until("2026-09-09 08:00")
			if got := s.written("joe", "ana proposes to meet: Wed 9 Sep, 3:00 pm."); len(got) != 1 {
				t.Errorf("joe reads %q", s.introduced("joe"))
			}
			// Who has asked hears at once.
			s.ask("joe", s.control("joe", "Suits me"))
			s.until("2026-09-09 08:01")
			told := slices.Concat(s.introduced("ana"), []string{})
			for _, e := range s.inRoom("ana", "joe") {
				told = append(told, e.Message.Text.String())
			}
			if !slices.ContainsFunc(told, func(text string) bool { return strings.HasPrefix(text, "It suits joe") }) {
				t.Errorf("ana reads %q", told)
			}
		})
	}
}

// Pressed in a nudge that only its reader sees, a time is proposed in the words of any other.
func TestANudgeSuggestsInNobodysName(t *testing.T) {
	s := roomySchool(t, "ana", "joe")
	s.until("2026-09-10 11:00")
	s.ask("ana", s.control("ana", "Suggest it"))
	s.until("2026-09-10 11:01")
	all := s.inRoom("ana", "joe")
	if want := "ana proposes to meet: Fri 11 Sep, 3:00 pm. The file is for your calendar."; len(all) != 2 || all[1].Message.Text.String() != want {
		t.Errorf("in the room stands %+v", all)
	}
}

// Who has left a circle of three is in no room that opens later, and reads nothing more.
func TestWhoHasLeftIsInNoLaterRoom(t *testing.T) {
	s := roomySchool(t, "ana", "joe", "sam")
	s.until("2026-09-08 11:00")
	if all := s.inRoom("ana", "joe", "sam"); len(all) != 1 {
		t.Fatalf("in the room stands %+v", all)
	}
	s.ask("sam", "/partner/quit/"+s.program)
	s.until("2026-09-09 11:00")
	s.proposes("ana", "Thu 10 Sep, 3:00 pm")
	if two, three := s.inRoom("ana", "joe"), s.inRoom("ana", "joe", "sam"); len(two) != 1 || len(three) != 1 {
		t.Errorf("in the rooms stand %+v and %+v", two, three)
	}
}

// Goals are named where all of a group have shared one.
func TestIntroductionsNameGoalsThatAllHaveShared(t *testing.T) {
	for name, c := range map[string]struct {
		joe  checkin.Reach
		want bool
	}{"both": {checkin.InArchive, true}, "one": {checkin.Nobody, false}} {
		t.Run(name, func(t *testing.T) {
			s := roomySchool(t, "ana", "joe")
			goals := redis.CheckIns{Store: s.Store}
			for user, reach := range map[string]checkin.Reach{"ana": checkin.InChannel, "joe": c.joe} {
				g := checkin.Goal{ID: "g", Member: bot.MemberID(s.id(user)), Account: bottest.Account(user), Text: "ask *less*, " + user, Made: s.clock.Now(), State: checkin.GoalOpen, Reach: reach}
				if err := goals.KeepGoal(t.Context(), s.home(), &g, outbox.Effects{}); err != nil {
					t.Fatal(err)
				}
			}
			s.until("2026-09-08 11:00")
			m := s.inRoom("ana", "joe")[0].Message
			for _, user := range []string{"ana", "joe"} {
				if got := strings.Contains(m.Text.String(), user+" means to: “ask *less*, "+user+"”"); got != c.want {
					t.Errorf("it reads %q", m.Text)
				}
			}
			for _, span := range m.Text {
				if strings.Contains(span.Text, "less") && span.Kind != bot.SpanPlain {
					t.Errorf("what was typed looks like %+v", span)
				}
			}
		})
	}
}
