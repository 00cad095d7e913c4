package platforms

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
)

// The library's digest on each platform, in both languages: an organizer sets it up, it
// stands in the channel for everybody, and its menus lead each to what is theirs alone.
// And the feed, whose addresses organizers see alone until they let members have them.
func TestTheDigestAndTheFeedOnThePlatforms(t *testing.T) {
	for platform, open := range screens {
		for _, language := range []string{"en", "es"} {
			t.Run(platform+" "+language, func(t *testing.T) {
				t.Parallel()
				s := newStage(t, open, setting{language: language, start: time.Date(2026, time.March, 5, 14, 0, 0, 0, time.UTC)})
				s.setsUpADigest()
				s.readsADigest()
				s.sharesAFeed()
			})
		}
	}
}

// at presses a button by its message's key.
func (s *stage) at(who string, m shown, label bot.Key) {
	s.Helper()
	s.uses(who, m, s.word(label))
}

// opening is how a message begins, up to the first value in it.
func (s *stage) opening(key bot.Key) string {
	text, _, _ := strings.Cut(s.word(key), "{")
	return text
}

// setsUpADigest: the channel from a menu, then when in a form, then what it would say.
func (s *stage) setsUpADigest() {
	s.Helper()
	s.must(s.command(maria, "/organize/library", nil))
	s.at(maria, s.reads(maria, s.opening("library.organize.blocked.none")), "library.digest.button.open")
	none := s.reads(maria, s.before("library.digest.none", "least"))
	s.must(s.pick(maria, none.id, s.word("library.digest.menu.start"), s.channel().ID))
	f := s.opens(maria)
	when := s.word("library.digest.form.when")
	if got := f.values[when]; got != s.word("library.digest.form.when.default") {
		s.Errorf("it is to come %q", got)
	}
	s.fills(maria, map[string]string{when: s.word("library.digest.form.when.default")})
	panel := s.alone(maria, s.word("library.digest.started"))
	s.at(maria, panel, "library.digest.button.preview")
	s.alone(maria, s.before("library.digest.preview.nothing", "least"))
	for i := range 3 {
		s.must(s.command(ana, "/library/save", map[string]string{"link": fmt.Sprint("https://strips.example/", i), "note": "Skip *part* two"}))
		s.reads(ana, fmt.Sprint("strips.example/", i))
	}
	s.must(s.command(ben, "/library/wanted", map[string]string{"text": "Decimals *for* grade 4"}))
	s.reads(ben, s.before("library.wanted.rules", "command"))
}

// readsADigest: everybody sees it, and what they pick from it is for them alone.
func (s *stage) readsADigest() {
	s.Helper()
	s.pass(15 * 24 * time.Hour)
	digest := s.reads(fay, s.word("library.digest"), "strips.example/0", "strips.example/2", "Decimals *for* grade 4")
	if !s.common(digest) || strings.Contains(digest.text, ana) || strings.Contains(digest.text, "Skip") {
		s.Errorf("the digest is %+v", digest)
	}
	s.must(s.pick(cam, digest.id, s.word("library.button.show"), "strips.example/1"))
	s.alone(cam, s.word("library.card.by", bot.Str("name", ana)))
	s.must(s.pick(dee, digest.id, s.word("library.button.answer"), "Decimals *for* grade 4"))
	s.fills(dee, map[string]string{s.word("library.form.link"): "https://decimals.example/"})
	s.alone(dee, "decimals.example")
	if again := s.reads(fay, s.word("library.digest")); again.text != digest.text {
		s.Errorf("the digest has become %q", again.text)
	}
}

var feedAddress = regexp.MustCompile(`https://bot\.example\.org(/library/[a-z0-9/]+/atom\.xml)`)

// sharesAFeed: organizers have its addresses, and then members.
func (s *stage) sharesAFeed() {
	s.Helper()
	s.must(s.command(ana, "/library/mine", nil))
	if mine := s.reads(ana, s.word("library.mine.private")); slices.Contains(mine.buttons, s.word("library.feed.button.show")) {
		s.Error("members have a feed that is off")
	}
	s.must(s.command(maria, "/organize/library", nil))
	s.at(maria, s.reads(maria, s.word("library.organize.latest")), "library.feed.button.open")
	s.at(maria, s.reads(maria, s.word("library.feed.off")), "library.feed.button.on")
	panel := s.alone(maria, s.word("library.feed.on"))
	s.feeds(panel, http.StatusOK)
	s.at(maria, panel, "library.feed.button.members")
	s.reads(maria, s.word("library.organize.saved"), s.word("library.feed.on"))
	s.must(s.command(gus, "/library/mine", nil))
	s.presses(gus, "library.feed.button.show")
	theirs := s.alone(gus, s.word("library.feed.yours"))
	s.feeds(theirs, http.StatusOK)
	s.at(maria, s.reads(maria, s.word("library.feed.on")), "library.feed.button.renew")
	s.presses(maria, "library.feed.button.renew.yes")
	s.feeds(s.reads(maria, s.word("library.feed.renewed")), http.StatusOK)
	s.feeds(theirs, http.StatusGone)
}

// feeds asks for the address in a message.
func (s *stage) feeds(m shown, want int) {
	s.Helper()
	found := feedAddress.FindStringSubmatch(m.text)
	if found == nil {
		s.Fatalf("there is no address in %q", m.text)
	}
	w := httptest.NewRecorder()
	s.house.Library.Feeds().ServeHTTP(w, httptest.NewRequest(http.MethodGet, found[1], nil))
	if w.Code != want {
		s.Errorf("the feed answers with %d, want %d", w.Code, want)
	}
}
