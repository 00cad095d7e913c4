package house_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/library"
)

// access reads testdata/access.txt: who may use what, at least, by path.
func access(t *testing.T) map[string]bot.Access {
	t.Helper()
	raw, err := os.ReadFile("testdata/access.txt")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]bot.Access{}
	for line := range strings.Lines(string(raw)) {
		line = strings.TrimSpace(line)
		who, path, ok := strings.Cut(line, " ")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if _, twice := rows[path]; twice || !ok {
			t.Errorf("%q is there twice, or no row", line)
		}
		rows[path] = map[string]bot.Access{"everyone": bot.Everyone, "member": bot.MembersOnly, "host": bot.HostsOnly, "organizer": bot.OrganizersOnly}[who]
		if rows[path] == "" && who != "everyone" {
			t.Errorf("%s is nobody", who)
		}
	}
	return rows
}

// All that can be asked for has a row in the table, and is for nobody else: whoever is
// not allowed is told so, and nothing changes.
func TestWhoMayAskForWhat(t *testing.T) {
	s := newSchool(t, "2026-03-05 14:00", "")
	s.appoint("hal", bot.RoleHost)
	s.ask("joe", "/staffroom/home")
	s.ask("hal", "/staffroom/home")
	rows, before := access(t), s.dump()
	for _, route := range s.Router.Routes() {
		want, there := rows[route.Path]
		delete(rows, route.Path)
		if !there {
			t.Errorf("%s has no row in testdata/access.txt: it is for %q", route.Path, route.Access)
			continue
		}
		if route.Access != want || !route.Private {
			t.Errorf("%s is for %q, in private: %v; want %q, in private", route.Path, route.Access, route.Private, want)
		}
		for user, role := range map[string]bot.Role{"joe": bot.RoleMember, "hal": bot.RoleHost} {
			if want.Allows(role) {
				continue
			}
			s.refused(user, route.Path)
			if !maps.Equal(before, s.dump()) {
				t.Errorf("%s is refused %s, and something has changed", user, route.Path)
			}
		}
	}
	for path := range rows {
		t.Errorf("testdata/access.txt has %s, which is nowhere", path)
	}
}

func (s *school) appoint(user string, role bot.Role) {
	s.Helper()
	if _, err := s.Directory.Appoint(s.Context(), bottest.Account(user), user, func(m *bot.Member) { m.Role = role }); err != nil {
		s.Fatal(err)
	}
}

// refused asks for a path, and wants to be told that it is for others.
func (s *school) refused(user, pattern string) {
	s.Helper()
	s.inputs++
	path, option, proposals := strings.Cut(pattern, "?")
	for _, part := range strings.Split(path, "/") {
		if strings.HasPrefix(part, "{") {
			path = strings.Replace(path, part, "x", 1)
		}
	}
	req := bottest.Request(user, path)
	req.Input = bot.InputID("in" + strconv.Itoa(s.inputs))
	if proposals {
		if choices, err := s.Router.Complete(s.Context(), req, option); err != nil || len(choices) > 0 {
			s.Errorf("%s: %s gets proposals %v, %v", pattern, user, choices, err)
		}
		return
	}
	reply, err := s.Router.Ask(s.Context(), req)
	if err != nil || s.outcomeOf(reply) != "n" || len(reply.Message.Controls) > 0 {
		s.Errorf("%s: %s gets %+v, %v", pattern, user, reply, err)
	}
}

// The people of TestWhoMayDoWhatInTheLibrary.
const (
	stranger  = iota // in no community, in a place that nobody has seen
	member           // joe
	saver            // ana, who saved the resource, is looking for something, and has searched
	host             // hal
	organizer        // maria
	reported         // rob, about whose own resource somebody has told the organizers
	elsewhere        // mia, of another community
	sealed           // nia, who organizes another community that has the same resource, with a control of this one
	everybody        // how many they are
)

var names = [everybody]string{"stranger", "joe", "ana", "hal", "maria", "rob", "mia", "nia"}

// libraryMatrix says what becomes of what people ask for: y it is done, n it is refused,
// g there is no such thing for them, c it cannot be done any more, - it cannot be asked
// for. The columns are the people.
var libraryMatrix = []struct{ path, outcome, values string }{
	{"/library/save", "yyyyyyyy", "link=https://example.org/new/{n}"},
	{"/library/saved/{chat}/{question}", "yyyyyyyy", "link=https://example.org/new/{n}"},
	{"/library/message", "yyyyyyyy", ""},
	{"/library/find", "yyyyyyyy", "words=example"},
	{"/library/find?words", "yyyyyyyy", "words=example"},
	{"/library/find?tag", "yyyyyyyy", "tag=e"},
	{"/library/mine", "yyyyyyyy", ""},
	{"/library/more/{mark}/{skip}", "ggyggggg", ""},
	{"/library/wider/{mark}", "ggyggggg", ""},
	{"/library/ask/{mark}", "ggyggggg", ""},
	{"/library/card/{id}", "gyyyyygy", ""},
	{"/library/notes/{id}/{skip}", "gyyyyygy", ""},
	{"/library/picked", "gyyyyygy", "picked={id}"},
	{"/library/change/{id}", "gnynyygy", ""},
	{"/library/changed/{id}/{opened}", "gnynyygy", "title=New"},
	{"/library/undo/{id}", "yyyyyyyy", ""},
	{"/library/try/{id}", "gyyyyygy", ""},
	{"/library/tried/{id}", "gyyyyygy", "again=yes"},
	{"/library/thank/{id}", "gyyyyygy", ""},
	{"/library/unthank/{id}", "gyyyyygy", ""},
	{"/library/untry/{id}", "gyyyyygy", ""},
	{"/library/less", "yyyyyyyy", ""},
	{"/library/tell/{tell}", "yyyyyyyy", ""},
	{"/library/works/{id}", "gyyyyygy", ""},
	{"/library/keep/{id}/{keep}", "gyyyyygy", ""},
	{"/library/report/{id}", "gyyyyygy", ""},
	{"/library/hide/{id}/{hide}", "nnnnynny", ""},
	{"/library/replace", "gyyyyygy", "picked={id}"},
	{"/library/replaced/{id}", "gyyyyygy", "link=https://example.org/new/{n}"},
	{"/library/wanted", "yyyyyyyy", "text=Xyzzy"},
	{"/library/wishes", "yyyyyyyy", ""},
	{"/library/unask/{wish}", "ggygyggg", ""},
	{"/library/answer", "gyyyyygg", "picked={wish}"},
	{"/library/answered/{wish}", "gyyyyygg", "link=https://example.org/new/{n}"},
	{"/library/again/{wish}", "ggyggggg", ""},
	{"/library/links/{chat}", "nnnyynng", ""},
	{"/library/tick/{chat}", "nnnyynng", ""},
	{"/library/ticked/{chat}", "nnnyynng", "links0={id}"},
	{"/library/feed", "yyyyyyyy", ""}, // whoever may not have its address is told so in words of their own
	{"/library/list", "yyyyyyyy", ""},
	{"/library/export", "yyyyyyyy", "picked=csv"},
	{"/organize/library", "nnnnynny", ""},
	{"/organize/library/adds", "nnnnynny", "picked=member"},
	{"/organize/library/block", "nnnnynny", "sites=spam.example"},
	{"/organize/library/blocked", "nnnnynny", ""},
	{"/organize/library/hide", "nnnnynny", "picked={id}"},
	{"/organize/library/overview", "nnnnynny", ""},
	{"/organize/library/digest", "nnnnynny", ""},
	{"/organize/library/exchange", "nnnnynny", ""},
	{"/organize/library/export", "nnnnynny", "picked=csv"},
	{"/organize/library/import", "nnnnynny", ""},
	{"/organize/library/imported", "nnnnynny", ""},
	{"/organize/library/unimport/{batch}/{joined}", "nnnnynny", ""},
	{"/organize/library/digest/move", "nnnnynny", ""},
	{"/organize/library/digest/preview", "nnnnynny", ""},
	{"/organize/library/digest/start/{channel}", "nnnnynny", ""},
	{"/organize/library/digest/where", "nnnnynny", ""},
	{"/organize/library/feed", "nnnnynny", ""},
	{"/organize/library/feed/ask", "nnnnynny", ""},
	{"/organize/library/feed/for/{who}", "nnnnynny", ""},
	{"/organize/library/feed/off", "nnnnynny", ""},
	{"/organize/library/feed/on", "nnnnynny", ""},
	{"/organize/library/feed/renew", "nnnnynny", ""},
}

// What each of them may do with what others have in the library, path by path: each
// path of the library has a row, and nothing of what is refused, or asked for from
// elsewhere, changes anything here.
func TestWhoMayDoWhatInTheLibrary(t *testing.T) {
	rows := map[string]bool{}
	for _, row := range libraryMatrix {
		rows[row.path] = true
		t.Run(row.path, func(t *testing.T) {
			t.Parallel()
			s, chat := chatted(t)
			got := ""
			for who := range everybody {
				got += s.outcome(who, row.path, row.values, chat)
			}
			if got != row.outcome {
				t.Errorf("%s, want %s", got, row.outcome)
			}
		})
	}
	for _, route := range newSchool(t, "2026-03-05 14:00", "").Router.Routes() {
		if (strings.HasPrefix(route.Path, "/library/") || strings.HasPrefix(route.Path, "/organize/library")) && !rows[route.Path] {
			t.Errorf("%s has no row in the matrix", route.Path)
		}
	}
}

// chatted is a school in which a chat is over, in whose answers there is a link.
func chatted(t *testing.T) (s *school, chat string) {
	s = newSchool(t, "2026-03-06 10:30", "")
	s.appoint("hal", bot.RoleHost)
	panel := s.ask("maria", "/host/create", "title", "Models", "questions", "Q1 What is a model?", "start", "2026-03-06 11:00", "length", "10m")
	s.until("2026-03-06 11:02")
	s.writes("ana", "m1", "A1 see https://example.org/model")
	s.until("2026-03-06 11:15")
	_, chat, _ = strings.Cut(panel.Message.Controls[0].Path, "/start/")
	return s, chat
}

// outcome is what becomes of one asking for a path in a library in which ana has just
// saved something.
func (s *school) outcome(who int, pattern, values, chat string) string {
	s.Helper()
	n := who
	home, err := s.Directory.Community(s.Context(), bottest.Space())
	if err != nil {
		s.Fatal(err)
	}
	key := "example.org/old/" + strconv.Itoa(n)
	s.ask("ana", "/library/save", "link", "https://"+key)
	s.ask("rob", "/library/save", "link", "https://"+key+"/rob")
	if form := s.ask("joe", "/library/report/"+library.IDOf(key+"/rob")).Form; form != nil && n == 0 {
		s.ask("joe", form.Path, "why", "no", "name", "no")
	}
	wish := s.ask("ana", "/library/wanted", "text", fmt.Sprint("Zzz", n))
	search := s.ask("ana", "/library/find", "words", fmt.Sprint("Qqq", n), "grade", "4")
	if who == sealed {
		s.elsewhere(who, "/library/save", "link", "https://"+key)
	}
	id := library.IDOf(key)
	if who == reported {
		id = library.IDOf(key + "/rob")
	}
	_, mark, _ := strings.Cut(pressed(s.T, search, "Ask the group"), "/ask/")
	_, wished, _ := strings.Cut(pressed(s.T, wish, "Take back"), "/unask/")
	fill := strings.NewReplacer("{id}", id, "{wish}", wished, "{mark}", mark, "{chat}", chat, "{n}", strconv.Itoa(n), "{question}", "1", "{skip}", "0",
		"{keep}", "yes", "{opened}", "-", "{hide}", "yes", "{channel}", "lobby", "{who}", "member").Replace
	defer s.ask("ana", pressed(s.T, wish, "Take back"))

	path, option, proposals := strings.Cut(fill(pattern), "?")
	req := s.request(who, path)
	for pair := range strings.SplitSeq(fill(values), "&") {
		name, value, _ := strings.Cut(pair, "=")
		req.Values[name] = value
	}
	if strings.HasSuffix(path, "/message") {
		req.Subject = &bot.Subject{Message: bot.MessageRef{Channel: req.Channel, ID: "m1"}, Text: "https://" + key}
	}
	before := s.dump()
	var reply bot.Reply
	if proposals {
		_, err = s.Router.Complete(s.Context(), req, option)
	} else {
		reply, err = s.Router.Ask(s.Context(), req)
	}
	if err != nil {
		s.Fatalf("%s asks for %s: %v", names[who], path, err)
	}
	outcome := s.outcomeOf(reply)
	for name, body := range s.dump() {
		if before[name] != body && (outcome != "y" || who == stranger || who == elsewhere || who == sealed) && strings.Contains(name, "{"+string(home.ID)+"}") {
			s.Errorf("%s asks for %s: %s, and %s has changed", names[who], path, outcome, name)
		}
	}
	return outcome
}

// outcomeOf is what became of it, by what is said.
func (s *school) outcomeOf(r bot.Reply) string {
	if r.Message == nil {
		return "y"
	}
	for outcome, keys := range map[string][]bot.Key{
		"n": {"core.access.host", "core.access.organizer", "library.not_yours"},
		"g": {"library.gone", "library.wanted.gone", "library.find.over", "library.links.gone"},
		"c": {"library.undo.late"},
	} {
		for _, key := range keys {
			begins, _, _ := strings.Cut(s.Words.Text("en", key, bot.Str("command", "\x00")).String(), "\x00")
			if strings.HasPrefix(r.Message.Text.String(), begins) {
				return outcome
			}
		}
	}
	return "y"
}

// request is what one of the people asks for, in their own place.
func (s *school) request(who int, path string) *bot.Request {
	req := bottest.Request(names[who], path)
	s.inputs++
	req.Input, req.Manages = bot.InputID("in"+strconv.Itoa(s.inputs)), who == organizer || who == sealed
	switch who {
	case stranger:
		req.Account.Space.ID = "new" + strconv.Itoa(s.inputs)
	case elsewhere, sealed:
		req.Account.Space.ID = names[who]
	}
	req.Channel.Space = req.Account.Space
	return req
}

func (s *school) elsewhere(who int, path string, values ...string) {
	s.Helper()
	req := s.request(who, path)
	for pair := range slices.Chunk(values, 2) {
		req.Values[pair[0]] = pair[1]
	}
	if _, err := s.Router.Ask(s.Context(), req); err != nil {
		s.Fatal(err)
	}
}
