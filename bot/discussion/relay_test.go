package discussion_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/discussion"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/bot/redis"
	"github.com/staffroom-bot/staffroom/bot/redis/redistest"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// choices are what organizers and members want of relaying.
type choices struct {
	on     []bot.SpaceID
	agreed map[bot.MemberID]time.Time
	asked  []string
}

func (c *choices) Relaying(context.Context, bot.CommunityID) ([]bot.SpaceID, error) { return c.on, nil }

func (c *choices) Voices(_ context.Context, _ bot.CommunityID, ids []bot.MemberID) (map[bot.MemberID]discussion.Voice, error) {
	all := map[bot.MemberID]discussion.Voice{}
	for _, id := range ids {
		since, ok := c.agreed[id]
		all[id] = discussion.Voice{Name: strings.ToUpper(string(id[:1])) + string(id[1:]), Agreed: ok, Since: since}
	}
	return all, nil
}

func (c *choices) Asked(_ context.Context, a bot.Account) error {
	c.asked = append(c.asked, a.User)
	return nil
}

func (c *choices) Platform(connection string) string { return strings.ToUpper(connection[:1]) }

// linked is a hall whose organizers have switched relaying on, with a discussion that
// has asked one question.
type linked struct {
	*hall
	*choices
	chat *discussion.Discussion
}

func eachLinked(t *testing.T, test func(*linked)) {
	t.Helper()
	eachHall(t, func(h *hall) { test(newLinked(h, north, south)) })
}

func newLinked(h *hall, on ...bot.Channel) *linked {
	h.Helper()
	l := &linked{hall: h, choices: &choices{agreed: map[bot.MemberID]time.Time{}}}
	for _, ch := range on {
		l.on = append(l.on, ch.Space)
	}
	for _, who := range []string{"ana", "joe", "eva", "max"} {
		l.agreed[bot.MemberID(who)] = eight
	}
	l.service.CarryOver(h.store, l.choices)
	h.runner.Handle(discussion.RelayJobKind, h.service.Relay)
	l.chat = h.scheduled(nil)
	h.until(6 * time.Minute)
	return l
}

// pass lets some seconds pass.
func (l *linked) pass() {
	l.Helper()
	l.until(l.clock.Now().Sub(eight) + 5*time.Second)
}

// refuse lets the south refuse the next posts.
func (l *linked) refuse(times int) {
	for range times {
		l.platforms["south"].FailSend(false, &bot.Error{Code: bot.RateLimited, After: time.Second})
	}
}

// inProcess is a store in this process.
func inProcess(t *testing.T, c scheduler.Clock) (*redis.Store, error) {
	return redis.Open(t.Context(), redistest.InProcess(t), c)
}

// changes counts how often what stands in the south was changed.
func (l *linked) changes() (n int) {
	for _, e := range l.platforms["south"].Standing(south) {
		n += e.Updates
	}
	return n
}

// carried are the texts of the posts in a channel that carry what was said elsewhere.
func (l *linked) carried(ch bot.Channel) string {
	var all []string
	for _, e := range l.platforms[ch.Space.Connection].Standing(ch) {
		if discussion.RelayNumber(e.Key) > 0 {
			all = append(all, shortened.Replace(e.Message.Text.String()))
		}
	}
	return strings.Join(all, "; ")
}

// shortened leaves out what every text of the tests' catalogue says.
var shortened = strings.NewReplacer("en chat.relay.", "", "\n", " ")

func (l *linked) change(kind bot.EventKind, ch bot.Channel, user, id, text string, revision int64) {
	l.Helper()
	ev := l.said(ch, user, id, "", text)
	ev.Kind, ev.Revision = kind, revision
	l.ok(l.service.Hear(l.Context(), ev))
}

func TestWhatIsSaidTravelsToTheOtherPlaceOnce(t *testing.T) {
	eachLinked(t, func(l *linked) {
		l.say(north, "ana", "1", "", "A1 a picture")
		l.say(north, "ana", "1", "", "A1 a picture") // delivered again
		l.pass()
		l.pass()
		got := l.carried(south)
		if !strings.Contains(got, "a picture") || strings.Count(got, "a picture") != 1 || !strings.Contains(got, "Ana") || !strings.Contains(got, "n=1") {
			t.Errorf("in the south stands %q", got)
		}
		l.want("in the north stands", l.carried(north), "")
		// Nothing in it is more than text.
		for _, e := range l.platforms["south"].Standing(south) {
			for _, s := range e.Message.Text {
				if s.Kind != bot.SpanPlain && strings.Contains(s.Text, "picture") {
					t.Errorf("said as %q: %q", s.Kind, s.Text)
				}
			}
		}
	})
}

func TestNothingTravelsWithoutTheYesOfAllConcerned(t *testing.T) {
	for name, prepare := range map[string]func(*hall) *linked{
		"the organizers of the south": func(h *hall) *linked { return newLinked(h, north) },
		"the organizers of the north": func(h *hall) *linked { return newLinked(h, south) },
		"the author": func(h *hall) *linked {
			l := newLinked(h, north, south)
			delete(l.agreed, "ana")
			return l
		},
		"the author at the time": func(h *hall) *linked {
			l := newLinked(h, north, south)
			l.agreed["ana"] = eight.Add(time.Hour)
			return l
		},
		"the organizers of the north any more": func(h *hall) *linked {
			l := newLinked(h, north, south)
			l.on = l.on[1:]
			return l
		},
		"the organizers of the south any more": func(h *hall) *linked {
			l := newLinked(h, north, south)
			l.on = l.on[:1]
			return l
		},
	} {
		t.Run(name, func(t *testing.T) {
			l := prepare(newHall(t, inProcess))
			l.say(north, "ana", "1", "", "A1 a picture")
			l.pass()
			l.want("in the south stands", l.carried(south), "")
		})
	}
}

func TestRemarksDoNotTravel(t *testing.T) {
	l := newLinked(newHall(t, inProcess), north, south)
	l.say(north, "ana", "1", "", "Hello from my kitchen")
	l.pass()
	l.want("in the south stands", l.carried(south), "")
	l.say(north, "ana", "2", "", "A1 a picture")
	l.pass()
	l.ok(l.store.Refile(t.Context(), l.record(), "2", &discussion.Fix{Kind: discussion.Remark}, outbox.Effects{}))
	l.pass()
	l.want("filed as a remark, it stands as", l.carried(south), "en chat.taken_back")
}

func TestChangesAndDeletionsFollow(t *testing.T) {
	eachLinked(t, func(l *linked) {
		l.say(north, "ana", "1", "", "A1 a picture")
		l.pass()
		l.change(bot.MessageEdited, north, "ana", "1", "A1 a drawing", 2)
		l.pass()
		if got := l.carried(south); !strings.Contains(got, "a drawing") || strings.Contains(got, "a picture") {
			t.Errorf("after the edit stands %q", got)
		}
		l.change(bot.MessageDeleted, north, "ana", "1", "", 3)
		l.pass()
		if got := l.carried(south); got != "en chat.taken_back" {
			t.Errorf("after the deletion stands %q", got)
		}
	})
}

func TestWhatIsTakenBackBeforeItIsSentIsNotSent(t *testing.T) {
	eachLinked(t, func(l *linked) {
		there := l.platforms["south"]
		l.refuse(8)
		l.say(north, "ana", "1", "", "A1 a picture")
		l.pass()
		l.change(bot.MessageDeleted, north, "ana", "1", "", 2)
		l.until(7 * time.Minute)
		l.want("in the south stands", l.carried(south), "")
		for _, e := range there.Standing(south) {
			if strings.Contains(e.Message.Text.String(), "picture") {
				t.Errorf("sent: %q", e.Message.Text)
			}
		}
		l.say(north, "ana", "2", "", "A1 a song")
		l.pass()
		if got := l.carried(south); !strings.Contains(got, "a song") {
			t.Errorf("then stands %q", got)
		}
	})
}

// While a place's platform refuses, what is said meanwhile comes as one post, and each
// author's in their order.
func TestUnderLoadSeveralAnswersBecomeOnePost(t *testing.T) {
	eachLinked(t, func(l *linked) {
		l.refuse(8)
		for n := range 9 {
			who := []string{"ana", "joe", "eva"}[n%3]
			l.say(north, who, fmt.Sprint(n), "", fmt.Sprintf("A1 number %d;", n))
			l.until(l.clock.Now().Sub(eight) + time.Second)
		}
		l.until(7 * time.Minute)
		got := l.carried(south)
		at := -1
		for n := range 9 {
			next := strings.Index(got, fmt.Sprintf("number %d;", n))
			if next <= at || strings.Count(got, fmt.Sprintf("number %d;", n)) != 1 {
				t.Fatalf("number %d stands at %d after %d of %q", n, next, at, got)
			}
			at = next
		}
		if posts := strings.Count(l.standing(south), " r"); posts < 2 || posts > 3 {
			t.Errorf("in %d posts: %s", posts, l.standing(south))
		}
	})
}

// What an author said before something that was carried goes into its post, before it.
func TestWhatIsHeardLateStandsInItsOrder(t *testing.T) {
	l := newLinked(newHall(t, inProcess), north, south)
	early := l.said(north, "ana", "1", "", "A1 first")
	l.until(l.clock.Now().Sub(eight) + time.Second)
	l.say(north, "ana", "2", "", "A1 second")
	l.pass()
	l.ok(l.service.Hear(t.Context(), early))
	l.say(north, "joe", "3", "", "A1 third")
	l.pass()
	got := l.carried(south)
	if first, second := strings.Index(got, "first"), strings.Index(got, "second"); first < 0 || second < first || !strings.Contains(got, "third") {
		t.Errorf("in the south stands %q", got)
	}
	l.want("in the south stand", l.standing(south), "open@2 q1@2 r1@2 r2@2")
}

func TestRepliesToWhatWasCarriedBelongToTheAnswer(t *testing.T) {
	eachLinked(t, func(l *linked) {
		l.say(north, "ana", "1", "", "A1 a picture")
		l.pass()
		post := l.posted(south, "r1@2")
		l.say(south, "joe", "1", post, "How do you choose it?")
		l.say(south, "eva", "2", post, "My class would love that")
		l.pass()
		l.want("filed is", l.filed(l.chat.ID), "1 0 answer [1] \n\t@2/1 1 reply [1] 1\n\t@2/2 1 reply [1] 1")
		got := l.carried(north)
		if !strings.Contains(got, "How do you choose it?") || !strings.Contains(got, "to=Ana") || !strings.Contains(got, "My class") {
			t.Errorf("in the north stands %q", got)
		}
		l.change(bot.MessageEdited, south, "joe", "1", "How do you pick it?", 2)
		l.want("then filed is", l.filed(l.chat.ID), "1 0 answer [1] \n\t@2/1 1 reply [1] 1\n\t@2/2 1 reply [1] 1")
	})
}

// A platform may tell of a reply before what it replies to.
func TestAReplyThatIsHeardTooEarlyTravelsAfterItsAnswer(t *testing.T) {
	l := newLinked(newHall(t, inProcess), north, south)
	answer := l.said(north, "ana", "1", "", "A1 a picture")
	l.until(l.clock.Now().Sub(eight) + time.Second)
	l.say(north, "joe", "2", "1", "My class would love that")
	l.pass()
	l.want("before the answer stands", l.carried(south), "")
	l.ok(l.service.Hear(t.Context(), answer))
	l.pass()
	if got := l.carried(south); !strings.Contains(got, "a picture") || strings.Count(got, "My class") != 1 || !strings.Contains(got, "to=Ana") {
		t.Errorf("then stands %q", got)
	}
}

// A process that does not know the post to which somebody replied keeps the reply.
func TestAChangedReplyElsewhereStaysOne(t *testing.T) {
	l := newLinked(newHall(t, inProcess), north, south)
	l.say(north, "ana", "1", "", "A1 a picture")
	l.pass()
	post := l.posted(south, "r1@2")
	l.say(south, "joe", "1", post, "How do you choose it?")
	other := l.process()
	other.CarryOver(l.store, l.choices)
	edit := l.said(south, "joe", "1", post, "How do you pick it?")
	edit.Kind, edit.Revision = bot.MessageEdited, 2
	l.ok(other.Hear(t.Context(), edit))
	l.want("filed is", l.filed(l.chat.ID), "1 0 answer [1] \n\t@2/1 1 reply [1] 1")
}

// Of several in one post, the one is meant whose author is named.
func TestAReplyNamesWhomItMeans(t *testing.T) {
	l := newLinked(newHall(t, inProcess), north, south)
	l.say(north, "ana", "1", "", "A1 a picture")
	l.say(north, "joe", "2", "", "A1 a song")
	l.pass()
	post := l.posted(south, "r1@2")
	l.say(south, "eva", "3", post, "Which song, Joe?")
	l.say(south, "max", "4", post, "Lovely")
	l.want("filed is", l.filed(l.chat.ID), "1 0 answer [1] \n\t2 0 answer [1] \n\t@2/3 1 reply [1] 2\n\t@2/4 1 reply [1] 1")
}

// A reply does not name somebody whose words do not travel.
func TestAReplyNamesNobodyWhoHasNotAgreed(t *testing.T) {
	l := newLinked(newHall(t, inProcess), north, south)
	delete(l.agreed, "ana")
	l.say(north, "ana", "1", "", "A1 a picture")
	l.say(north, "joe", "2", "1", "Which one?")
	l.pass()
	if got := l.carried(south); !strings.Contains(got, "Which one?") || strings.Contains(got, "Ana") || strings.Contains(got, "a picture") {
		t.Errorf("in the south stands %q", got)
	}
}

func TestAReportOrANoTakesItAway(t *testing.T) {
	eachLinked(t, func(l *linked) {
		l.say(north, "ana", "1", "", "A1 a picture")
		l.say(north, "joe", "2", "", "A1 a song")
		l.pass()
		l.ok(l.service.Withhold(t.Context(), school, l.chat.ID, "1", true))
		l.pass()
		if got := l.carried(south); strings.Contains(got, "a picture") || !strings.Contains(got, "a song") {
			t.Errorf("after the report stands %q", got)
		}
		l.ok(l.service.Withhold(t.Context(), school, l.chat.ID, "1", false))
		delete(l.agreed, "joe")
		l.ok(l.service.Unrelay(t.Context(), bot.Member{ID: "joe", Community: school}))
		l.pass()
		if got := l.carried(south); !strings.Contains(got, "a picture") || strings.Contains(got, "a song") {
			t.Errorf("after the no stands %q", got)
		}
	})
}

// One that was wholly taken away and is let in again gets a post of its own.
func TestWhatIsLetInAgainStandsAgain(t *testing.T) {
	l := newLinked(newHall(t, inProcess), north, south)
	l.refuse(10)
	l.say(north, "ana", "1", "", "A1 a picture")
	l.pass()
	l.ok(l.service.Withhold(t.Context(), school, l.chat.ID, "1", true))
	l.until(7 * time.Minute)
	l.want("while it is hidden stands", l.carried(south), "")
	l.ok(l.service.Withhold(t.Context(), school, l.chat.ID, "1", false))
	l.pass()
	if got := l.carried(south); strings.Count(got, "a picture") != 1 {
		t.Errorf("then stands %q", got)
	}
}

// Filing anew changes what stands only where its label does.
func TestFilingAnewShowsOnlyInTheLabel(t *testing.T) {
	l := newLinked(newHall(t, inProcess), north, south)
	l.until(11 * time.Minute)
	l.say(north, "ana", "1", "", "A1 a picture")
	l.pass()
	updates := l.changes()
	l.ok(l.store.Refile(t.Context(), l.record(), "1", &discussion.Fix{Kind: discussion.Answer, Questions: []int{1}}, outbox.Effects{}))
	l.pass()
	if now := l.changes(); now != updates {
		t.Errorf("filed as it was, it was changed %d times", now-updates)
	}
	l.ok(l.store.Refile(t.Context(), l.record(), "1", &discussion.Fix{Kind: discussion.Answer, Questions: []int{2}}, outbox.Effects{}))
	l.pass()
	if got := l.carried(south); !strings.Contains(got, "n=2") {
		t.Errorf("filed elsewhere, it stands as %q", got)
	}
}

func (l *linked) record() *discussion.Discussion {
	d := l.get(l.chat.ID)
	return &d
}

// Each author is asked once, privately.
func TestEachAuthorIsAskedOnce(t *testing.T) {
	l := newLinked(newHall(t, inProcess), north, south)
	for n := range 3 {
		l.say(north, "ana", fmt.Sprint(n), "", "A1 a picture")
	}
	l.say(south, "joe", "1", "", "A1 a song")
	l.say(south, "kim", "2", "", "Hello all")
	l.pass()
	l.want("asked were", strings.Join(l.asked, " "), "ana joe")
	questions := 0
	for _, p := range l.platforms {
		for _, e := range p.Ledger() {
			if strings.HasPrefix(string(e.Key), "relay-ask/") {
				questions++
			}
		}
	}
	if questions != 2 {
		t.Errorf("%d people were asked", questions)
	}
}
