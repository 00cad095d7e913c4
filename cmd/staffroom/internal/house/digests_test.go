package house_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/library"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/bot/redis"
)

// digest sets one up in a channel, and gives the reply.
func (s *school) digest(channel, when string) bot.Reply {
	s.Helper()
	req := bottest.Request("maria", "/organize/library/digest/where")
	req.Manages, req.Channels = true, map[string]bot.Channel{bot.Picked: bottest.Channel(channel)}
	reply, err := s.Router.Ask(s.Context(), req)
	if err != nil || reply.Form == nil {
		s.Fatal(reply, err)
	}
	return s.ask("maria", reply.Form.Path, "when", when)
}

func (s *school) saves(user string, links ...string) {
	s.Helper()
	for _, l := range links {
		s.ask(user, "/library/save", "link", l)
	}
}

// digests are those that stand in a channel.
func (s *school) digests(channel string) (all []bot.Message) {
	for _, e := range s.platform.Standing(bottest.Channel(channel)) {
		all = append(all, e.Message)
	}
	return all
}

// seriesIn is the series that a reply's controls are about.
func seriesIn(t *testing.T, r bot.Reply) string {
	t.Helper()
	for _, c := range r.Message.Controls {
		if id, ok := strings.CutPrefix(c.Path, "/organize/series/move/"); ok {
			return id
		}
	}
	t.Fatalf("there is no series in %+v", r.Message)
	return ""
}

// A digest comes by its rule when there is something to say, in the channel that was
// picked, and tells of nothing as new twice. Its menus lead to what it tells of.
func TestADigestComesByItsRule(t *testing.T) {
	s := newSchool(t, "2026-03-02 10:00", "") // a Monday
	panel := s.digest("staff", "every week on friday at 3pm")
	wantSays(t, panel, "every friday at 15:00")
	id := seriesIn(t, panel)
	wantSays(t, s.ask("maria", "/organize/schedule", "name", "digest"), "Library digest")

	s.saves("ana", "https://example.org/one", "https://example.org/two", "https://example.org/three")
	s.until("2026-03-04 10:00")
	preview := s.ask("maria", "/organize/library/digest/preview")
	wantSays(t, preview, "example.org/two")
	s.until("2026-03-06 14:59")
	if got := s.digests("staff"); len(got) != 0 {
		t.Fatalf("it came early: %+v", got)
	}
	s.until("2026-03-06 15:01")
	posts := s.digests("staff")
	if len(posts) != 1 {
		t.Fatalf("there are %d digests", len(posts))
	}
	text := posts[0].Text.String()
	if !strings.Contains(preview.Message.Text.String(), text) || strings.Contains(text, "ana") || !strings.Contains(text, "New:") {
		t.Errorf("it says %q", text)
	}
	show := posts[0].Controls[0]
	wantSays(t, s.ask("joe", show.Path, bot.Picked, show.Choices[0].Value), "saved by ana")

	s.until("2026-03-13 15:01") // nothing has happened
	if got := s.digests("staff"); len(got) != 1 {
		t.Errorf("it came again with nothing to say: %q", got[1].Text.String())
	}
	wantSays(t, s.ask("maria", "/organize/series/log/"+id+"/0"), "skipped: there was nothing to say")

	s.ask("joe", "/library/thank/"+library.IDOf("example.org/one"))
	s.ask("joe", "/library/wanted", "text", "Decimals")
	s.ask("kim", "/library/wanted", "text", "Clocks")
	s.ask("maria", "/organize/series/pause/"+id)
	s.until("2026-03-20 15:01")
	if got := s.digests("staff"); len(got) != 1 {
		t.Errorf("it came while it was paused: %+v", got)
	}
	s.ask("maria", "/organize/series/resume/"+id)
	s.until("2026-03-27 15:01")
	posts = s.digests("staff")
	if len(posts) != 2 {
		t.Fatalf("there are %d digests", len(posts))
	}
	for _, part := range []string{"useful", "example.org/one", "Decimals", "Clocks"} {
		if text := posts[1].Text.String(); !strings.Contains(text, part) || strings.Contains(text, "New:") || strings.Contains(text, "example.org/two") {
			t.Errorf("it says %q, want %q", text, part)
		}
	}
	answer := posts[1].Controls[slices.IndexFunc(posts[1].Controls, func(c bot.Control) bool { return c.Label == "I have something" })]
	form := s.ask("ana", answer.Path, bot.Picked, answer.Choices[0].Value).Form
	wantSays(t, s.ask("ana", form.Path, "link", "https://example.org/decimals"), "Whoever was looking for")

	remove := s.ask("maria", "/organize/series/remove/"+id)
	s.ask("maria", remove.Message.Controls[0].Path)
	wantSays(t, s.ask("maria", "/organize/library/digest"), "No digest yet")
}

// What a place was told is not told again by a digest that is set up anew; where there is
// nothing to tell, who lets it come at once hears so. From its series one gets back to the
// library.
func TestADigestIsSetUpAgain(t *testing.T) {
	s := newSchool(t, "2026-03-02 10:00", "")
	id := seriesIn(t, s.digest("staff", "every week on friday at 3pm"))
	s.saves("ana", "https://example.org/one", "https://example.org/two", "https://example.org/three")
	s.until("2026-03-02 10:05")
	run := func(id string) bot.Reply {
		reply := s.ask("maria", s.ask("maria", "/organize/series/run/"+id).Message.Controls[0].Path)
		s.until("2026-03-02 10:10")
		return reply
	}
	wantSays(t, run(id), "Done.")
	said := run(id)
	wantSays(t, said, "There was nothing new to tell")
	library := func(r bot.Reply) {
		t.Helper()
		if !slices.ContainsFunc(r.Message.Controls, func(c bot.Control) bool { return c.Path == "/organize/library/overview" }) {
			t.Errorf("there is no way back to the library: %+v", r.Message.Controls)
		}
	}
	library(said)
	library(s.ask("maria", "/organize/series/pause/"+id))
	library(s.ask("maria", s.ask("maria", "/organize/series/remove/"+id).Message.Controls[0].Path))
	again := seriesIn(t, s.digest("staff", "every week on friday at 3pm"))
	wantSays(t, run(again), "There was nothing new to tell")
	if got := s.digests("staff"); len(got) != 1 {
		t.Errorf("there are %d digests", len(got))
	}
}

// Who moves a digest, or lets it come out of turn, does not make it tell anything twice.
func TestADigestIsMoved(t *testing.T) {
	s := newSchool(t, "2026-03-02 10:00", "")
	id := seriesIn(t, s.digest("staff", "every week on friday at 3pm"))
	s.saves("ana", "https://example.org/one", "https://example.org/two", "https://example.org/three")
	s.until("2026-03-02 10:05")
	run := s.ask("maria", "/organize/series/run/"+id)
	s.ask("maria", run.Message.Controls[0].Path)
	s.ask("maria", run.Message.Controls[0].Path) // pressed twice
	s.until("2026-03-02 10:10")
	if got := s.digests("staff"); len(got) != 1 {
		t.Fatalf("there are %d digests", len(got))
	}
	req := bottest.Request("maria", "/organize/library/digest/move")
	req.Manages, req.Channels = true, map[string]bot.Channel{bot.Picked: bottest.Channel("library")}
	if _, err := s.Router.Ask(t.Context(), req); err != nil {
		t.Fatal(err)
	}
	s.saves("ana", "https://example.org/four", "https://example.org/five", "https://example.org/six")
	s.until("2026-03-06 15:01")
	posts := s.digests("library")
	if len(posts) != 1 || len(s.digests("staff")) != 1 {
		t.Fatalf("there are %d digests", len(posts))
	}
	if text := posts[0].Text.String(); !strings.Contains(text, "example.org/six") || strings.Contains(text, "example.org/one") {
		t.Errorf("it says %q", text)
	}
	again := s.digest("staff", "every week on friday at 3pm")
	wantSays(t, again, "There is a digest already")
}

// Of what is not found any more a digest offers the copy, or asks for another, which is
// saved for what that was for.
func TestADigestTellsOfDeadLinks(t *testing.T) {
	s := newSchool(t, "2026-03-02 10:00", "")
	s.digest("staff", "every week on friday at 3pm")
	s.ask("ana", "/library/save", "link", "https://example.org/gone", "tags", "fractions", "grade", "4")
	s.saves("ana", "https://example.org/copied", "https://example.org/well")
	for key, archived := range map[string]string{"example.org/gone": "", "example.org/copied": "https://archive.example/copied"} {
		s.dies(key, archived)
	}
	s.until("2026-03-06 15:01")
	posts := s.digests("staff")
	if len(posts) != 1 {
		t.Fatalf("there are %d digests", len(posts))
	}
	copied := slices.IndexFunc(posts[0].Text, func(span bot.Span) bool { return span.URL == "https://archive.example/copied" })
	if text := posts[0].Text.String(); copied < 0 || !strings.Contains(text, "gone · does anyone know") {
		t.Errorf("it says %q", text)
	}
	other := posts[0].Controls[len(posts[0].Controls)-1]
	if len(other.Choices) != 2 {
		t.Fatalf("the last menu is %+v", other)
	}
	form := s.ask("joe", other.Path, bot.Picked, library.IDOf("example.org/gone")).Form
	var values []string
	for _, f := range form.Fields {
		values = append(values, f.Name, f.Value)
	}
	card := s.ask("joe", form.Path, append(values, "link", "https://example.org/found")...)
	for _, part := range []string{"Thank you", "gone", "grade 4", "#fractions", "saved by joe"} {
		wantSays(t, card, part)
	}
}

// dies lets a link be dead.
func (s *school) dies(key, archived string) {
	s.Helper()
	home, err := s.Directory.Community(s.Context(), bottest.Space())
	if err != nil {
		s.Fatal(err)
	}
	store := redis.Library{Store: s.Store}
	got, err := store.Read(s.Context(), home.ID, "", library.IDOf(key))
	if err != nil {
		s.Fatal(err)
	}
	r := got.Found[library.IDOf(key)]
	r.Health.State, r.Health.Archived, r.Health.Failed = library.Dead, archived, 6
	if err := store.Advance(s.Context(), &r, outbox.Effects{}); err != nil {
		s.Fatal(err)
	}
}

// A digest goes along with its place, and tells of nothing twice for it.
func TestADigestGoesAlong(t *testing.T) {
	o := newTown(t)
	req := bottest.Request("mia", "/organize/library/digest/where")
	req.Account.Space, req.Channel.Space, req.Manages = madison, madison, true
	req.Channels = map[string]bot.Channel{bot.Picked: {Space: madison, ID: "lobby"}}
	reply, err := o.Router.Ask(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	o.asks(madison, "mia", reply.Form.Path, "when", "every week on friday at 15:00")
	for i := range 3 {
		o.asks(madison, "mia", "/library/save", "link", fmt.Sprint("https://example.org/", i))
	}
	o.wait(4 * 24 * time.Hour)
	posts := func() (texts []string) {
		for _, e := range o.platforms["discord"].Standing(bot.Channel{Space: madison, ID: "lobby"}) {
			texts = append(texts, e.Message.Text.String())
		}
		return texts
	}
	if got := posts(); len(got) != 1 {
		t.Fatalf("there are %q", got)
	}
	code := regexp.MustCompile(`[a-z2-7]{5}-[a-z2-7]{5}`).FindString(o.asks(madison, "mia", "/organize/link/code").Message.Text.String())
	o.asks(lincoln, "ana", o.control(o.asks(lincoln, "ana", "/organize/link", "code", code), "Link"))
	o.wait(5 * time.Minute)
	o.want(o.asks(madison, "mia", "/organize/library/digest"), "The digest comes every friday")
	o.want(o.asks(lincoln, "ana", "/organize/library/digest"), "No digest yet") // a place has its own
	for i := range 3 {
		o.asks(lincoln, "ana", "/library/save", "link", fmt.Sprint("https://example.org/more/", i))
	}
	o.wait(7 * 24 * time.Hour)
	got := posts()
	if len(got) != 2 || !strings.Contains(got[1], "example.org/more/2") || strings.Contains(got[1], "example.org/2") {
		t.Errorf("there are %q", got)
	}
}

// The feed of a library that joins another one ends; it is not among what a place takes
// along when it parts.
func TestAFeedStaysWithItsLibrary(t *testing.T) {
	o := newTown(t)
	feed := func(space bot.SpaceID, user string) string {
		for _, span := range o.asks(space, user, "/organize/library/feed/on").Message.Text {
			if at, ok := strings.CutPrefix(span.Text, "https://bot.example.org"); ok {
				return at
			}
		}
		t.Fatal("there is no address")
		return ""
	}
	get := func(at string) int {
		w := httptest.NewRecorder()
		o.Library.Feeds().ServeHTTP(w, httptest.NewRequest(http.MethodGet, at, nil))
		return w.Code
	}
	hers, theirs := feed(lincoln, "ana"), feed(madison, "mia")
	if get(hers) != http.StatusOK || get(theirs) != http.StatusOK {
		t.Fatalf("they answer with %d and %d", get(hers), get(theirs))
	}
	code := regexp.MustCompile(`[a-z2-7]{5}-[a-z2-7]{5}`).FindString(o.asks(madison, "mia", "/organize/link/code").Message.Text.String())
	o.asks(lincoln, "ana", o.control(o.asks(lincoln, "ana", "/organize/link", "code", code), "Link"))
	o.wait(5 * time.Minute)
	joined, stays := hers, theirs
	if get(hers) == http.StatusOK {
		joined, stays = theirs, hers
	}
	if get(joined) != http.StatusGone || get(stays) != http.StatusOK {
		t.Errorf("linked, they answer with %d and %d", get(joined), get(stays))
	}
	o.asks(madison, "mia", o.control(o.asks(madison, "mia", "/organize/link"), "Undo: slack"))
	o.wait(5 * time.Minute)
	o.want(o.asks(lincoln, "ana", "/organize/library/feed"), "The feed is off")
	if get(hers) != http.StatusGone || get(theirs) != http.StatusOK {
		t.Errorf("parted, they answer with %d and %d", get(hers), get(theirs))
	}
}
