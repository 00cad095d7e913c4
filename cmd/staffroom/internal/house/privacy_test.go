package house_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/redis/redistest"
)

// Whoever asks is told of every kind of thing that is kept about them how many there
// are and who sees it.
func TestPrivacyTellsOfAllThatIsKept(t *testing.T) {
	s := newSchool(t, "2026-03-05 14:00", redistest.URL(t))
	_, export := zaras(s)
	said := s.ask("zara", "/my/privacy").Message.Text.String()
	if strings.Contains(said, "[") {
		t.Errorf("words are missing: %s", said)
	}
	for line := range strings.Lines(string(export.Message.Files[0].Data)) {
		if part, ok := strings.CutPrefix(strings.TrimSpace(line), "## "); ok && !strings.Contains(said, "\n"+part+" (") {
			t.Errorf("nothing is said of %q: %s", part, said)
		}
	}
	if !strings.Contains(said, "Whoever runs Staffroom here can read what is stored.") {
		t.Errorf("she reads %s", said)
	}
}

// copied is what stands in all files of a copy for the public that somebody makes.
func (s *school) copied(user, chat string) string {
	s.Helper()
	var all []string
	for _, f := range s.ask(user, "/chat/public/"+chat).Message.Files {
		all = append(all, string(f.Data))
	}
	return strings.Join(all, "\n")
}

// What somebody says stands in a copy for the public once they say yes, whichever of
// their accounts they said it under, and not any more once they say no: whoever made a
// copy meanwhile hears of it.
func TestConsentIsAskedAndCanBeTakenBack(t *testing.T) {
	s, chat := chatted(t) // ana answers at 11:02, maria hosts
	s.writes("joe", "m2", "A1 late zebra")
	if got := s.copied("maria", chat); got != "" {
		t.Errorf("nobody has agreed, and there is %s", got)
	}
	labels := func(r bot.Reply) string {
		var all []string
		for _, c := range r.Message.Controls {
			all = append(all, c.Label)
		}
		return strings.Join(all, ", ")
	}
	asked := s.ask("ana", "/my/privacy")
	if got := labels(asked); !strings.HasPrefix(got, "Yes, from now on, Yes, earlier chats too, ") {
		t.Errorf("ana is offered %s", got)
	}
	wantSays(t, asked, "You have not agreed")
	yes := s.ask("ana", pressed(t, asked, "Yes, from now on"))
	wantSays(t, yes, "you have agreed to what you say in chats from Fri 6 Mar, 11:15 am")
	if got := s.copied("maria", chat); strings.Contains(got, "example.org/model") {
		t.Errorf("what she said before is in %s", got)
	}
	s.ask("ana", pressed(t, yes, "Yes, earlier chats too"))
	if got := s.copied("maria", chat); !strings.Contains(got, "example.org/model") || strings.Contains(got, "zebra") || strings.Contains(got, "joe") {
		t.Errorf("all of hers is to be there, and nothing else: %s", got)
	}
	no := s.ask("ana", pressed(t, s.ask("ana", "/my/privacy"), "No longer"))
	wantSays(t, no, "1 copy was made while you agreed. I have told who made it to replace it. What has been passed on already I cannot call back.")
	if got := s.copied("maria", chat); got != "" {
		t.Errorf("she has withdrawn, and there is %s", got)
	}
	s.until("2026-03-09 10:00")
	told := s.direct("maria")
	if len(told) == 0 || !strings.Contains(told[len(told)-1].Message.Text.String(), "is out of date") || strings.Contains(told[len(told)-1].Message.Text.String(), "ana") {
		t.Errorf("maria reads %+v", told)
	}
	wantSays(t, s.ask("ana", "/my/public/never"), "From now on no copy for the public has your words")
}

// Whoever links accounts is asked anew, unless they had agreed under both; what they
// said under either goes by what they say now.
func TestConsentAndLinkedAccounts(t *testing.T) {
	s, chat := chatted(t)
	s.ask("ana", "/my/public/always")
	s.writes("anita", "m3", "A1 said by the other")
	code := regexp.MustCompile(`[a-z0-9]{5}-[a-z0-9]{5}`).FindString(s.ask("ana", "/my/accounts/code").Message.Text.String())
	s.ask("anita", pressed(t, s.ask("anita", "/my/accounts/entered", "code", code), "Link the accounts"))
	wantSays(t, s.ask("ana", "/my/privacy"), "You have not agreed")
	if got := s.copied("maria", chat); got != "" {
		t.Errorf("there is %s", got)
	}
	s.ask("anita", "/my/public/always")
	if got := s.copied("maria", chat); !strings.Contains(got, "example.org/model") || !strings.Contains(got, "said by the other") {
		t.Errorf("of both there is %s", got)
	}
	s.ask("ana", "/my/public/never")
	if got := s.copied("maria", chat); got != "" {
		t.Errorf("of either there is %s", got)
	}
}

// A reported message is in no archive, and no summary tells of it, until it is decided
// about; nobody hears of it whom it is about.
func TestAReportedAnswerIsInNoArchive(t *testing.T) {
	s, chat := chatted(t)
	s.ask("ana", "/my/public/always")
	req := bottest.Request("joe", "/report/message")
	req.Input, req.Subject = "report", &bot.Subject{
		Message: bot.MessageRef{Channel: bottest.Channel("lobby"), ID: "m1"}, Author: bottest.Account("ana"), Name: "ana", Text: "A1 see https://example.org/model", Posted: s.clock.Now(),
	}
	reply, err := s.Router.Ask(s.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	s.ask("joe", reply.Form.Path, "why", "Not kind", "name", "no")
	s.until("2026-03-06 11:20")
	archives := map[string]string{"for the public": s.copied("maria", chat)}
	for _, f := range s.ask("joe", "/chat/read/"+chat).Message.Files {
		archives[f.Name] = string(f.Data)
	}
	for _, e := range s.platform.Standing(bottest.Channel("lobby")) {
		if strings.HasSuffix(string(e.Key), "/summary") {
			archives["summary"] = e.Message.Text.String()
		}
	}
	for _, name := range slices.Sorted(maps.Keys(archives)) {
		if strings.Contains(archives[name], "example.org/model") || strings.Contains(archives[name], "link.") {
			t.Errorf("%s has %s", name, archives[name])
		}
	}
	if len(archives) != 6 {
		t.Errorf("only %q were looked at", slices.Sorted(maps.Keys(archives)))
	}
	if got := len(s.direct("ana")); got != 0 {
		t.Errorf("ana is told %d times", got)
	}
	s.ask("maria", s.control("maria", "Show it"))
	if got := s.copied("maria", chat); !strings.Contains(got, "example.org/model") {
		t.Errorf("it is decided, and there is %s", got)
	}
}
