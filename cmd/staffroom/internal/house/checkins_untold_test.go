package house_test

import (
	"strings"
	"testing"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/checkin"
)

// silent fails if a reply says something.
func silent(t *testing.T, r bot.Reply, words string) {
	t.Helper()
	if text := r.Message.Text.String(); strings.Contains(text, words) {
		t.Errorf("it says %q: %s", words, text)
	}
}

// Organizers learn how many got no message in time, in the results and in the log of
// the schedule; of fewer than five only that it was so. Nobody else does.
func TestOrganizersLearnHowManyWereNotTold(t *testing.T) {
	const few, other = "Not everybody was told", "were not told"
	for name, c := range map[string]struct {
		users   []string
		sharing checkin.Sharing
		want    string
	}{
		"of five":            {[]string{"ana", "ben", "cam", "dee", "eva"}, checkin.Shared, "4 people " + other},
		"of few":             {[]string{"ana", "ben"}, checkin.Organizers, few},
		"of what is private": {[]string{"ana", "ben", "cam", "dee", "eva"}, checkin.Private, "4 people " + other},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSchool(t, "2026-03-06 12:00", "")
			id := s.add("Daily", "How was it?", "every weekday at 9:00", 0, c.sharing)
			s.join(id, c.users...)
			s.until("2026-03-11 12:00") // each had three messages
			s.until("2026-03-12 10:00")
			s.ask("ana", s.ask("ana", "/checkin/answer").Form.Path, "q1", "Fine")
			s.until("2026-03-16 16:00")
			s.ask("maria", "/organize/series/run-now/"+id+"/"+s.version(id))
			s.until("2026-03-18 12:00")

			results := s.ask("maria", "/checkin/results", "name", "Daily")
			if c.sharing != checkin.Private {
				for _, choice := range results.Message.Controls[len(results.Message.Controls)-1].Choices {
					if strings.HasPrefix(choice.Label, "Thu 12") {
						results = s.ask("maria", "/checkin/result/"+id, bot.Picked, choice.Value)
					}
				}
				wantSays(t, results, "Thu 12")
			}
			if c.sharing != checkin.Private {
				wantSays(t, results, c.want)
				silent(t, s.ask("ben", "/checkin/results", "name", "Daily"), "told")
			} else {
				wantSays(t, results, "Answers are private")
				wantSays(t, results, "told")
			}
			log := s.ask("maria", "/organize/series/log/"+id+"/0").Message.Text.String()
			for _, line := range strings.Split(log, "\n") {
				switch untold := strings.Contains(line, "told"); {
				case strings.HasPrefix(line, "Thu 12 Mar") && !strings.Contains(line, c.want), strings.HasPrefix(line, "Tue 10 Mar") && untold:
					t.Errorf("in the log stands %s", line)
				}
			}
			for _, user := range c.users {
				if strings.Contains(log, user) || strings.Contains(results.Message.Text.String(), user) {
					t.Errorf("it says who: %s, %+v", log, results)
				}
			}
		})
	}
}

// version is that of a series, as the question whether it shall happen now has it.
func (s *school) version(id string) string {
	s.Helper()
	yes := s.ask("maria", "/organize/series/run/"+id).Message.Controls[0].Path
	return yes[strings.LastIndexByte(yes, '/')+1:]
}

// While a check-in comes, by everybody's own clock, whoever wants to move it is told
// before that some have not been asked.
func TestMovingWarnsOfWhoHasNotBeenAsked(t *testing.T) {
	s := newSchool(t, "2026-11-02 09:00", "")
	id := s.add("Friday", "Rose?", fridays, 1, checkin.Private)
	s.join(id, "ana", "ben")
	move := func() bot.Reply { return s.ask("maria", "/organize/series/move/"+id) }
	s.ask("ben", "/my/settings/save", "language", "community", "zone", "America/Los_Angeles")
	if move().Form == nil {
		t.Error("warned before it comes")
	}
	s.until("2026-11-06 15:30")
	s.wantPrompts(1, "ana")
	warning := move()
	wantSays(t, warning, "Friday is on its way: some people have not been asked yet")
	wantSays(t, s.ask("maria", path(t, warning, "Leave it")), "every friday at 15:00")
	form := s.ask("maria", path(t, warning, "Move it all the same")).Form
	wantSays(t, s.ask("maria", form.Path, "when", "every monday at 16:00", "until", "", "late", ""), "Moved")
	s.until("2026-11-07 09:00")
	s.wantPrompts(0, "ben") // as it was said
	s.until("2026-11-09 19:01")
	s.wantPrompts(1, "ben")
	s.wantPrompts(2, "ana")
	if move().Form == nil {
		t.Error("warned when all were asked")
	}
}

// Other times that reach nobody are warned of when they are set.
func TestMovingWarnsOfTimesThatReachNobody(t *testing.T) {
	s := newSchool(t, "2026-11-02 09:00", "")
	id := s.add("Friday", "Rose?", fridays, 0, checkin.Private)
	form := s.ask("maria", "/organize/series/move/"+id).Form
	moved := s.ask("maria", form.Path, "when", "every saturday at 9:00", "until", "", "late", "")
	wantSays(t, moved, "Moved")
	wantSays(t, moved, "so nobody would be asked")
	wantNot(t, s.ask("maria", form.Path, "when", "every friday at 10:00", "until", "", "late", ""), "nobody would be asked")
}

// What waits for its time is not lost when the check-in is moved.
func TestWhatWaitsComesAlsoWhenItIsMoved(t *testing.T) {
	s := newSchool(t, "2026-03-06 12:00", "")
	id := s.add("Evening", "How was it?", "every friday at 21:00", 1, checkin.Private)
	s.join(id, "ana")
	s.until("2026-03-06 22:00")
	form := s.ask("maria", "/organize/series/move/"+id).Form
	if form == nil {
		t.Fatal("warned, although all were asked")
	}
	s.ask("maria", form.Path, "when", "every thursday at 15:00", "until", "", "late", "")
	s.until("2026-03-09 12:00")
	s.wantPrompts(1, "ana")
}
