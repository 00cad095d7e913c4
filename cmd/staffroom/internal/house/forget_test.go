package house_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/checkin"
	"github.com/staffroom-bot/staffroom/bot/library"
	"github.com/staffroom-bot/staffroom/bot/redis/redistest"
)

// writes lets somebody write in the lobby.
func (s *school) writes(user, id, text string) {
	s.Helper()
	if err := s.Router.Tell(s.Context(), bottest.Posted(user, "lobby", id, text, s.clock.Now())); err != nil {
		s.Fatal(err)
	}
}

// pressed is the path behind a button of a reply.
func pressed(t *testing.T, r bot.Reply, label string) string {
	t.Helper()
	for _, c := range r.Message.Controls {
		if c.Label == label {
			return c.Path
		}
	}
	t.Fatalf("there is no %q in %+v", label, r.Message)
	return ""
}

// zaras leaves something of everything that can be kept about one person, zara:
// what she types in her own name has a zebra in it, what she types without it a
// quagga. She is zorro too.
func zaras(s *school) (id bot.MemberID, export bot.Reply) {
	ctx := s.Context()
	zara := bottest.Account("zara")
	m, err := s.Directory.Appoint(ctx, zara, "zara", func(m *bot.Member) { m.Role, m.Zone, m.Language = bot.RoleOrganizer, "Europe/Madrid", "en" })
	if err != nil {
		s.Fatal(err)
	}
	code := regexp.MustCompile(`[a-z0-9]{5}-[a-z0-9]{5}`).FindString(s.ask("zara", "/my/accounts/code").Message.Text.String())
	s.ask("ana", "/library/save", "link", "https://example.org/before")
	s.ask("zorro", "/library/keep/"+library.IDOf("example.org/before")+"/yes") // and follows
	s.ask("zorro", pressed(s.T, s.ask("zorro", "/my/accounts/entered", "code", code), "Link the accounts"))

	s.pairsEvery("every thursday at 5pm", "ana", "eva", "joe", "zara") // she is told on Friday, which is all that she is told that day

	classmates := []string{"ana", "eva", "joe", "luis", "pat"}
	shared := s.add("Friday", "What went well?\nWhat will you try? (goal)", "every friday at 10:00", 1, checkin.Shared)
	anonymous := s.add("Term", "What should change?", "every friday at 10:00", 1, checkin.Anonymous)
	private := s.add("Own", "How was it?", "every friday at 10:00", 1, checkin.Private)
	for _, ci := range []string{shared, anonymous, private} {
		s.join(ci, append(classmates, "zara")...)
	}
	s.ask("zara", "/organize/checkins/create", "name", "Hers", "questions", "Why?", "when", "every friday at 11:00", "days", "1", "sharing", "private")
	for _, user := range append(slices.Clone(classmates), "zara") {
		word := map[bool]string{true: "zebra", false: "horse"}[user == "zara"]
		for _, ci := range []string{shared, private} {
			form := s.ask(user, "/checkin/early/"+ci).Form
			s.ask(user, form.Path, "q1", word+" friday", "q2", word+" goal")
		}
		form := s.ask(user, "/checkin/early/"+anonymous).Form
		s.ask(user, form.Path, "q1", map[bool]string{true: "quagga", false: "horse"}[user == "zara"])
	}

	s.until("2026-03-06 10:30")
	s.ask("zara", "/host/create", "title", "Models", "questions", "Q1 What is a model?", "start", "2026-03-06 17:00", "length", "10m")
	s.until("2026-03-06 11:02")
	s.writes("zara", "m1", "A1 zebra said")
	s.writes("ana", "m2", "A1 horse said")
	s.writes("ana", "m3", "A1 horse link https://example.org/horse")
	lobby := s.platform.Standing(bottest.Channel("lobby"))
	s.ask("zara", pressed(s.T, bot.Reply{Message: &lobby[len(lobby)-1].Message}, "Answer"))
	chat := strings.Split(pressed(s.T, bot.Reply{Message: &lobby[len(lobby)-1].Message}, "Answer"), "/")[3]
	s.ask("zara", "/chat/answer/"+chat+"/1", "answer", "zebra form")
	s.until("2026-03-06 11:15")
	form := s.ask("zara", pressed(s.T, s.ask("zara", pressed(s.T, s.ask("zara", "/host/watch/"+chat), "Links")), "Choose what to save")).Form
	s.ask("zara", form.Path, form.Fields[0].Name, library.IDOf("example.org/horse"))
	aimed := s.ask("zara", "/chat/aimed/"+chat, "aim", "zebra aim")
	asked := s.ask("zara", pressed(s.T, aimed, "Share it…"))
	s.ask("zara", pressed(s.T, asked, "In the archive and the channel"))

	report := bottest.Request("zara", "/report/message")
	report.Input, report.Subject = "report", &bot.Subject{Message: bot.MessageRef{Channel: bottest.Channel("lobby"), ID: "m2"}, Author: bottest.Account("ana"), Name: "ana", Text: "A1 horse said"}
	reply, err := s.Router.Ask(ctx, report)
	if err != nil {
		s.Fatal(err)
	}
	s.ask("zara", reply.Form.Path, "why", "zebra report", "name", "yes")
	s.ask("ana", "/library/save", "link", "https://example.org/strips")
	s.ask("zara", "/library/save", "link", "https://example.org/strips", "note", "zebra note")
	s.ask("zorro", "/library/save", "link", "https://example.org/alone zebra alone")
	strips := library.IDOf("example.org/strips")
	s.ask("zara", "/library/tried/"+strips, "again", "yes", "worked", "zebra worked")
	s.ask("ana", "/library/save", "link", "https://example.org/hers")
	s.ask("zara", "/library/thank/"+library.IDOf("example.org/hers"))
	s.ask("zara", "/library/keep/"+strips+"/yes")
	s.ask("zara", "/library/find", "words", "zebra search")
	s.ask("zara", pressed(s.T, s.ask("zara", "/library/wanted", "text", "zebra wish"), "Ask the group"))

	s.ask("zara", "/my/public/always")
	s.ask("ana", "/my/public/always")
	s.ask("eva", "/my/public/from-now")
	s.ask("zara", pressed(s.T, s.ask("zara", "/host/watch/"+chat), "To remember"))
	picks := s.ask("zara", "/chat/highlights/"+chat+"/0").Message.Controls[0]
	for _, c := range picks.Choices {
		s.ask("zara", picks.Path, bot.Picked, c.Value)
	}
	s.ask("zara", "/chat/public/"+chat)
	s.ask("maria", "/chat/public/"+chat)
	s.ask("ana", "/my/public/never") // of which zara hears when it suits her: until then it is held
	s.until("2026-03-06 11:30")
	s.ask("zara", "/my/away", "until", "2026-03-09")
	return m.ID, s.ask("zara", "/my/export")
}

// traces are the keys in which something stands of these words.
func (s *school) traces(words ...string) map[string][]string {
	s.Helper()
	found := map[string][]string{}
	for name, body := range s.dump() {
		for _, w := range words {
			if strings.Contains(name, w) || strings.Contains(body, w) {
				found[w] = append(found[w], name[strings.LastIndex(name, "}:")+2:]+" = "+body)
			}
		}
	}
	return found
}

// Whoever asks for it is forgotten: of their IDs, accounts, name and words nothing is
// left in any key, but what is said to stay.
func TestForgottenIsForgotten(t *testing.T) {
	for _, way := range []struct {
		label   string
		archive bool // what was said stays without a name
	}{{"Forget me and what I said", false}, {"Forget me, keep it unnamed", true}} {
		t.Run(way.label, func(t *testing.T) {
			s := newSchool(t, "2026-03-05 14:00", redistest.URL(t))
			id, export := zaras(s)
			for _, f := range export.Message.Files {
				for _, part := range []string{"zara", "zorro", "Europe/Madrid", "zebra friday", "zebra goal", "zebra said", "zebra form", "zebra aim", "zebra report", "zebra note", "zebra alone", "zebra worked", "zebra wish", "example.org/hers", "Hers", "Models", "2026-03-09"} {
					if !strings.Contains(string(f.Data), part) {
						t.Errorf("%s has no %q", f.Name, part)
					}
				}
				if strings.Contains(string(f.Data), "horse") || strings.Contains(string(f.Data), "quagga") {
					t.Errorf("%s has what is not hers, or nobody's", f.Name)
				}
			}
			var all []bot.Holding
			if err := json.Unmarshal(export.Message.Files[1].Data, &all); err != nil || len(all) < 12 {
				t.Errorf("%d holdings, %v", len(all), err)
			}
			was, err := s.Directory.Member(t.Context(), bottest.Account("zara"), "zara")
			if err != nil || was.Former == "" {
				t.Fatalf("%+v, %v", was, err)
			}
			words := []string{string(id), "zara", "zorro", "zebra", was.Former}
			before := s.traces(words...)
			for _, w := range words {
				if len(before[w]) < 3 {
					t.Errorf("%q is only in %q", w, before[w])
				}
			}

			for _, there := range []string{"jobs = ", "posts = ", "unasked:@test/S1/zara", "partnerprofiles = ", "reportsof:", "goals = ", "chatwho:"} {
				if !slices.ContainsFunc(slices.Concat(before["zara"], before[string(id)]), func(where string) bool { return strings.Contains(where, there) }) {
					t.Errorf("nothing of hers is in %q", there)
				}
			}

			asks := s.ask("zara", "/my/forget")
			wantSays(t, s.ask("zara", pressed(t, asks, "Not now")), "Nothing has changed")
			wantSays(t, asks, "anonymous answers")
			wantSays(t, s.ask("zara", pressed(t, asks, way.label)), "You are forgotten")
			if way.archive {
				words = slices.DeleteFunc(words, func(w string) bool { return w == "zebra" })
			}
			// What stood in channels is written anew at once: until then it waits in its lane.
			for range 2 {
				for w, where := range s.traces(words...) {
					for _, key := range where {
						t.Errorf("%q is left in %.300s", w, key)
					}
				}
				if err := s.clock.RunUntil(t.Context(), s.Runner, s.clock.Now().Add(time.Minute)); err != nil {
					t.Fatal(err)
				}
			}
			for _, e := range s.platform.Standing(bottest.Channel("lobby")) {
				text := e.Message.Text.String()
				if strings.Contains(text, "zara") && !strings.Contains(text, "begins") || strings.Contains(text, "zebra") && !way.archive {
					t.Errorf("in the channel stands %q", text)
				}
			}
			for _, w := range append(words, "zebra") {
				if logged := s.logged.String(); strings.Contains(logged, w) {
					t.Errorf("%q is in the log: %.300s", w, logged[max(strings.Index(logged, w)-200, 0):])
				}
			}
			if standing := s.traces("quagga"); len(standing) > 0 {
				t.Errorf("an anonymous answer can be read: %q", standing)
			}
			s.until("2026-03-10 18:00")
			if standing := s.traces("quagga"); len(standing) == 0 {
				t.Error("an anonymous answer is gone")
			}
			archived := s.ask("ana", "/chat/archive")
			if has := strings.Contains(string(archived.Message.Files[0].Data), "zebra said"); has != way.archive {
				t.Errorf("the archive says\n%s", archived.Message.Files[0].Data)
			}
			if strings.Contains(string(archived.Message.Files[1].Data), "zara") {
				t.Errorf("the archive names her:\n%s", archived.Message.Files[1].Data)
			}

			// What she saved is there, and is nobody's.
			wantSays(t, s.ask("ana", "/library/card/"+library.IDOf("example.org/alone")), "example.org/alone")
			wantSays(t, s.ask("ana", "/library/wanted"), "Nothing is wanted")

			// She is somebody new.
			s.ask("zara", "/my/goals")
			m, err := s.Directory.Member(t.Context(), bottest.Account("zara"), "zara")
			if err != nil || m.ID == id || m.Role != bot.RoleMember {
				t.Errorf("she is %+v, %v", m, err)
			}
		})
	}
}

// What waits to be told to others names nobody who was forgotten meanwhile.
func TestWhatIsHeldForOthersNamesNobodyForgotten(t *testing.T) {
	s := newSchool(t, "2026-03-05 14:00", redistest.URL(t))
	s.pairsEvery("every thursday at 9pm", "ana", "zara")
	s.until("2026-03-05 21:30") // they hear of each other in the morning
	m, err := s.Directory.Member(t.Context(), bottest.Account("zara"), "zara")
	if err != nil {
		t.Fatal(err)
	}
	before := s.traces("zara", string(m.ID))
	if len(before["zara"]) == 0 {
		t.Fatal("nothing waits")
	}
	s.ask("zara", pressed(t, s.ask("zara", "/my/forget"), "Forget me and what I said"))
	for w, where := range s.traces("zara", string(m.ID)) {
		for _, key := range where {
			t.Errorf("%q is left in %.700s", w, key)
		}
	}
	s.until("2026-03-09 12:00")
	for _, text := range s.introduced("ana") {
		if strings.Contains(text, "zara") {
			t.Errorf("ana reads %q", text)
		}
	}
}
