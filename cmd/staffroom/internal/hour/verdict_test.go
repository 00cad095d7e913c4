//go:build unix

package hour

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/staffroom-bot/staffroom/bot/discussion"
)

// A question may stand *within after its time. A second is what is promised; other
// tests beside these and the race detector make everything several times slower, so
// by itself a test only wants a bound.
//
// Where a platform refuses it, that counts from the end of the rest, as often as
// one is asked for; and from channelPace after the question before it, since Slack
// takes one post a second in a channel. Where the worker was killed, it counts from
// when another could have begun with it: when that one was there, and the lease of
// the dead one had ended.
const channelPace = time.Second

// busy reports whether the machine may be too busy for what has a second.
func busy() bool { return *within > time.Second }

// excuse is a time in which the worker was away, up to when another could begin with
// what it had in hand.
type excuse struct{ from, to time.Time }

// latest is when a question should stand at the latest, if the one before it has
// stood since then.
func (w *world) latest(p *place, n int, before time.Time) time.Time {
	from := w.due(n)
	if late := before.Add(channelPace); n > 1 && late.After(from) {
		from = late
	}
	from = from.Add(time.Duration(w.refusals[p.number][n-1]) * retryAfter)
	for _, e := range w.excused {
		if from.Add(*within).After(e.from) && from.Before(e.to) {
			from = e.to
		}
	}
	return from.Add(*within)
}

// judge compares what stands on the platforms with what was to stand, and the
// archive with what people said.
func (w *world) judge() {
	var delays []time.Duration
	for _, p := range w.places {
		delays = append(delays, w.judgePosts(p)...)
	}
	for _, kind := range []string{"undelivered", "aside"} { // posts, and jobs
		found, err := w.engine.Client().HGetAll(w.Context(), "sr:{c:"+string(w.chat.Community)+"}:"+kind).Result()
		w.must(err)
		for name, report := range found {
			w.Errorf("%s is %s: %s", name, kind, report)
		}
	}
	a, err := w.look.Chats.Archive(w.Context(), w.chat.Community, w.chat.ID)
	w.must(err)
	var names []string
	for _, p := range w.places {
		names = append(names, p.name)
	}
	if !slices.Equal(a.Places, names) {
		w.Errorf("the archive names the places %q", a.Places)
	}
	if len(a.Questions) != questions {
		w.Errorf("the archive has %d questions", len(a.Questions))
	}
	w.judgeArchive(a)
	slices.Sort(delays)
	if len(delays) == 0 {
		w.Fatal("nothing was asked")
	}
	w.Logf("%d people, %d messages kept; questions stood after %s in the middle, %s at most",
		len(a.Participants), len(a.Messages), delays[len(delays)/2].Round(time.Millisecond), delays[len(delays)-1].Round(time.Millisecond))
}

// judgePosts checks that everything was posted in a place once, in order and in
// time, and gives how long after their time the questions stood.
func (w *world) judgePosts(p *place) (delays []time.Duration) {
	posts := slices.DeleteFunc(p.posts(), post.carries)
	const others = 3 // the first words, the last, and the summary
	if len(posts) != questions+others {
		w.Errorf("%s: %d posts, want %d", p.name, len(posts), questions+others)
	}
	var before time.Time
	next := 1
	for i, post := range posts {
		n := post.question()
		if n == 0 && i > 0 && i <= questions {
			w.Errorf("%s: %q stands among the questions", p.name, post.text)
		}
		if n == 0 {
			continue
		}
		if n != next {
			w.Errorf("%s: question %d stands where %d is due", p.name, n, next)
			return delays
		}
		switch due, latest := w.due(n), w.latest(p, n, before); {
		case post.at.Before(due):
			w.Errorf("%s: question %d is %s early", p.name, n, due.Sub(post.at))
		case post.at.After(latest):
			w.Errorf("%s: question %d stands %s after its time, and %s too late", p.name, n, post.at.Sub(due), post.at.Sub(latest))
		}
		delays = append(delays, post.at.Sub(w.due(n)))
		before = post.at
		next++
	}
	if next <= questions {
		w.Errorf("%s: question %d was not asked", p.name, next)
	}
	return delays
}

// judgeArchive: all that stands on the platforms is in the archive once, and
// nothing else is.
func (w *world) judgeArchive(a discussion.Archive) {
	kept := map[string]discussion.ArchivedMessage{}
	for _, m := range a.Messages {
		if _, twice := kept[m.ID]; twice {
			w.Errorf("%s is in the archive twice", m.ID)
		}
		kept[m.ID] = m
	}
	spoke := map[string]bool{}
	for _, p := range w.places {
		standing := p.standing()
		for _, u := range p.said {
			text, stands := standing[u.id]
			if stands == u.gone {
				w.Fatalf("%s: of %s the platform and the test do not think the same", p.name, u.id)
			}
			id := entryID(p.number, u.id)
			m, ok := kept[id]
			delete(kept, id)
			if !stands {
				if ok {
					w.Errorf("%s: %q was taken back and is in the archive", p.name, m.Text)
				}
				continue
			}
			spoke[u.author] = true
			if !ok {
				w.Errorf("%s: %q is not in the archive", p.name, text)
				continue
			}
			author := u.author
			if busy() && m.Author == u.by {
				author = u.by // Slack did not tell the name within a second
			}
			got, want := describe(m.Place, m.Author, m.Kind, m.Questions, m.Text), describe(p.name, author, u.kind, u.about(m.Questions), text)
			if got != want {
				w.Errorf("in the archive is\n\t%s, want\n\t%s", got, want)
			}
		}
	}
	for _, m := range kept {
		w.Errorf("%q (%s) is in the archive, and nobody said it", m.Text, m.Place)
	}
	if want := slices.Sorted(maps.Keys(spoke)); len(a.Participants) != len(want) || !busy() && !slices.Equal(a.Participants, want) {
		w.Errorf("the participants are %q, want %q", a.Participants, want)
	}
}

// entryID is how the archive names a message. See docs/decisions/0008-places.md.
func entryID(place int, message string) string {
	if place == 0 {
		return message
	}
	return fmt.Sprintf("@%d/%s", place+1, message)
}

func describe(place, author string, kind discussion.Kind, about []int, text string) string {
	return fmt.Sprintf("%s, %s, %s of %v: %q", place, author, cmp.Or(kind, "?"), about, text)
}
