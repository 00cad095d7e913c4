package redis

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/discussion"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
)

var scichat = bot.Channel{Space: bot.SpaceID{Connection: "test", ID: "S1"}, ID: "scichat"}

// chat is a discussion of the community "home" in the channel scichat.
func chat(id string, state discussion.State) discussion.Discussion {
	return discussion.Discussion{
		ID: id, Community: home, Number: 7, Channel: scichat, Language: "en", Hosts: []bot.MemberID{"01maria"}, State: state, Base: noon,
		Script: discussion.Script{Title: "Using models", Tag: "#SciChat", Hosts: []string{"Maria"}, Questions: []discussion.Question{{Text: "What is a model?"}}},
	}
}

// save stores the discussion, whose Version counts on.
func (b *bench) save(d *discussion.Discussion) {
	b.Helper()
	b.ok(b.chats().Advance(b.Context(), d, outbox.Effects{}))
}

func (b *bench) chats() Discussions { return Discussions{b.store} }

// running stores a running discussion.
func (b *bench) running(id string) *discussion.Discussion {
	b.Helper()
	d := chat(id, discussion.Asking)
	b.save(&d)
	return &d
}

func entry(id, text string) discussion.Entry {
	return discussion.Entry{
		ID: id, Author: "01ana", Kind: discussion.Answer, Questions: []int{1, 2}, ReplyTo: "m0", Asked: 2,
		At: noon.Add(time.Second), Text: text, Revision: 1,
	}
}

func (b *bench) file(d *discussion.Discussion, e discussion.Entry, want discussion.Filed) {
	b.Helper()
	filed, err := b.chats().File(b.Context(), discussion.Filing{Discussion: d, Running: d.ID, Entry: e})
	if err != nil || filed != want {
		b.Errorf("%s at revision %d was filed as %q, %v; want %q", e.ID, e.Revision, filed, err, want)
	}
}

// live is the first of those that run in a channel.
func (b *bench) live(ch bot.Channel, known int) (l discussion.Live, ok bool) {
	b.Helper()
	all, err := b.chats().Live(b.Context(), home, ch, map[string]int{"d1": known})
	b.ok(err)
	if len(all) == 0 {
		return l, false
	}
	return all[0], true
}

func (b *bench) wantEntries(want ...discussion.Entry) {
	b.Helper()
	got, err := b.chats().Entries(b.Context(), home, "d1")
	b.ok(err)
	if !slices.EqualFunc(got, want, func(a, b discussion.Entry) bool { return reflect.DeepEqual(a, b) }) {
		b.Errorf("entries\n\t%+v, want\n\t%+v", got, want)
	}
}

func TestADiscussionComesBackAsItWasStored(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		d := chat("d1", discussion.Closing)
		d.Asked, d.AskedAt, d.Opened, d.Closed = 1, []time.Time{noon}, noon, noon.Add(time.Hour)
		for version := int64(1); version <= 3; version++ {
			b.save(&d)
			if d.Version != version {
				t.Errorf("its version is %d, want %d", d.Version, version)
			}
			got, err := b.chats().Get(b.Context(), home, "d1")
			b.ok(err)
			if !reflect.DeepEqual(got, d) {
				t.Errorf("got\n\t%+v, want\n\t%+v", got, d)
			}
		}
		stale := d
		stale.Version--
		if err := b.chats().Advance(b.Context(), &stale, outbox.Effects{}); bot.CodeOf(err) != bot.Conflict || stale.Version != 2 {
			t.Errorf("an old version was stored as version %d, %v", stale.Version, err)
		}
		again := d
		b.ok(b.chats().Advance(b.Context(), &d, outbox.Effects{Input: "in"}))
		if err := b.chats().Advance(b.Context(), &again, outbox.Effects{Input: "in"}); !errors.Is(err, outbox.ErrRepeated) {
			t.Error("a repeated input:", err)
		}
		for _, id := range []string{"d2", ""} {
			if _, err := b.chats().Get(b.Context(), home, id); bot.CodeOf(err) != bot.NotFound {
				t.Errorf("%q: %v", id, err)
			}
		}
		if _, err := b.chats().Get(b.Context(), "01other", "d1"); bot.CodeOf(err) != bot.NotFound {
			t.Error("in another community:", err)
		}
	})
}

func TestNumbersCountPerCommunity(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		var got []int
		for _, c := range []bot.CommunityID{home, home, "01other", home} {
			n, err := b.chats().NextNumber(b.Context(), c)
			b.ok(err)
			got = append(got, n)
		}
		if want := []int{1, 2, 1, 3}; !slices.Equal(got, want) {
			t.Errorf("numbers %v, want %v", got, want)
		}
	})
}

func TestDiscussionsAreListedTheLatestFirst(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		for i, id := range []string{"c", "a", "b"} {
			d := chat(id, discussion.Scheduled)
			d.Base = noon.Add(time.Duration(i) * time.Hour)
			b.save(&d)
		}
		waiting := chat("waits for its host", discussion.Scheduled)
		waiting.Base, waiting.Script.Start = time.Time{}, noon.Add(90*time.Minute)
		b.save(&waiting)
		moved, err := b.chats().Get(b.Context(), home, "c")
		b.ok(err)
		moved.Base = noon.Add(5 * time.Hour)
		b.save(&moved)
		for _, c := range []struct {
			skip, limit int
			want        []string
		}{
			{0, 10, []string{"c", "b", "waits for its host", "a"}},
			{1, 2, []string{"b", "waits for its host"}},
			{3, 2, []string{"a"}},
			{4, 2, nil},
			{0, 0, nil},
		} {
			found, err := b.chats().List(b.Context(), home, c.skip, c.limit)
			b.ok(err)
			var got []string
			for _, d := range found {
				got = append(got, d.ID)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("after %d at most %d: %q, want %q", c.skip, c.limit, got, c.want)
			}
		}
	})
}

func TestLiveIsWhatRunsInTheChannel(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		live := func(ch bot.Channel, known int, want string) discussion.Live {
			t.Helper()
			l, ok := b.live(ch, known)
			if ok != (want != "") || l.Discussion.ID != want {
				t.Errorf("%s: %q runs (%t), want %q", ch, l.Discussion.ID, ok, want)
			}
			return l
		}
		d := chat("d1", discussion.Scheduled)
		b.save(&d)
		live(scichat, 0, "")
		d.State = discussion.Open
		b.save(&d)
		thread, other := scichat, scichat
		thread.Thread, other.ID = "t1", "elsewhere"
		live(other, 0, "")
		live(thread, 0, "d1")
		elsewhere := chat("d2", discussion.Open)
		elsewhere.Channel = other
		b.save(&elsewhere)

		var entries []discussion.Entry
		for i := range 5 {
			e := entry(fmt.Sprint("m", i), "text")
			b.file(&d, e, discussion.FiledNew)
			entries = append(entries, e)
		}
		question := post("chat/d1/q1")
		question.Record = discussion.Record("d1")
		b.queue(question)
		b.end(b.begin("chat/d1/q1"), sentAs("m9"), "")
		for _, known := range []int{0, 2, 5, 9} {
			l := live(scichat, known, "d1")
			if want := entries[min(known, 5):]; len(l.Entries) != len(want) || len(want) > 0 && !reflect.DeepEqual(l.Entries, want) {
				t.Errorf("after the first %d: %+v", known, l.Entries)
			}
			if want := []map[string]bot.DeliveryKey{{"m9": "chat/d1/q1"}}; !reflect.DeepEqual(l.Sent, want) || !reflect.DeepEqual(l.Discussion, d) {
				t.Errorf("our messages are %v, of %+v", l.Sent, l.Discussion)
			}
		}
		live(other, 0, "d2")

		// Another has begun in the channel: the first takes late answers, but its
		// steps do not bring it to the front, and its end does not end the other.
		next := chat("d3", discussion.Open)
		b.save(&next)
		d.State = discussion.Closing
		b.save(&d)
		if l := live(scichat, 0, "d3"); l.Running != "d3 d1" {
			t.Errorf("%q run", l.Running)
		}
		b.file(&d, entry("late", "text"), discussion.FiledStale) // as if it ran alone
		d.State = discussion.Archived
		b.save(&d)
		if l := live(scichat, 0, "d3"); l.Running != "d3" {
			t.Errorf("%q run", l.Running)
		}
		next.State = discussion.Cancelled
		b.save(&next)
		live(scichat, 0, "")
	})
}

func TestFiling(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		d := b.running("d1")
		first, second := entry("m1", "A1 first"), entry("m2", "A1 second")
		b.file(d, first, discussion.FiledNew)
		b.file(d, second, discussion.FiledNew)
		b.file(d, first, discussion.FiledOlder) // delivered again

		edited := first
		edited.Text, edited.Revision, edited.Questions = "A2 first", 1762000000123456, []int{2}
		b.file(d, edited, discussion.FiledChanged)
		b.file(d, edited, discussion.FiledOlder)
		b.file(d, first, discussion.FiledOlder) // an edit that came late
		b.wantEntries(edited, second)

		// One above 2^53, where a float cannot tell neighbours apart.
		edited.Revision = 1<<60 + 1
		b.file(d, edited, discussion.FiledChanged)
		edited.Revision++
		b.file(d, edited, discussion.FiledChanged)
		edited.Revision--
		b.file(d, edited, discussion.FiledOlder)

		deleted := discussion.Entry{ID: "m2", Author: "01ana", Kind: discussion.Answer, At: second.At, Deleted: true, Revision: 5}
		b.file(d, deleted, discussion.FiledChanged)
		second.Revision = 4
		b.file(d, second, discussion.FiledOlder)
		edited.Revision++
		b.wantEntries(edited, deleted)
	})
}

func TestADeletionThatComesBeforeItsMessageKeepsItOut(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		d := b.running("d1")
		tombstone := discussion.Entry{ID: "m1", At: noon, Deleted: true, Revision: 9}
		b.file(d, tombstone, discussion.FiledNew)
		b.file(d, entry("m1", "A1 too late"), discussion.FiledOlder)
		b.wantEntries(tombstone)
	})
}

func TestARevisionBelowZeroCountsAsZero(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		d := b.running("d1")
		e := entry("m1", "text")
		e.Revision = -3
		b.file(d, e, discussion.FiledNew)
		b.file(d, e, discussion.FiledOlder)
		e.Revision = 1
		b.file(d, e, discussion.FiledChanged)
	})
}

func TestFilingFindsOutThatTheDiscussionHasMovedOn(t *testing.T) {
	changes := map[string]func(*bench, discussion.Discussion){
		"the next question": func(b *bench, d discussion.Discussion) { b.save(&d) },
		"its end":           func(b *bench, d discussion.Discussion) { d.State = discussion.Archived; b.save(&d) },
		"another in its channel": func(b *bench, _ discussion.Discussion) {
			other := chat("d2", discussion.Open)
			b.save(&other)
		},
		"lost altogether": func(b *bench, _ discussion.Discussion) {
			b.ok(b.client.Del(b.Context(), key(home, chatVersions)).Err())
		},
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			eachAtNoon(t, func(b *bench) {
				d := b.running("d1")
				b.file(d, entry("m1", "text"), discussion.FiledNew)
				change(b, *d)
				b.file(d, entry("m2", "text"), discussion.FiledStale)
				changed := entry("m1", "changed")
				changed.Revision++
				b.file(d, changed, discussion.FiledStale)
				b.wantEntries(entry("m1", "text"))
			})
		})
	}
}

func TestAddingAnEntryWithItsEffects(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		d := chat("d1", discussion.Archived) // also after the end
		b.save(&d)
		e := outbox.Effects{Input: "form", Posts: []outbox.Item{post("a")}, Jobs: []scheduler.Job{job(home, "j", noon)}}
		added := entry("chat/d1/a/1", "A1 by form")
		b.ok(b.chats().Add(b.Context(), discussion.Filing{Discussion: &d, Entry: added}, e))
		if err := b.chats().Add(b.Context(), discussion.Filing{Discussion: &d, Entry: entry("other", "x")}, e); !errors.Is(err, outbox.ErrRepeated) {
			t.Error("repeated:", err)
		}
		b.wantEntries(added)
		b.wantClaimed("j", outbox.JobID(lane))
		b.begin("a")
	})
}

func TestManyEntriesAreReadInParts(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		d := b.running("d1")
		pipe := b.client.Pipeline()
		const many = 2*entriesAtOnce + 1
		for i := range many {
			id := fmt.Sprint("m", i)
			body, err := encodeEntry(entry(id, "text"))
			b.ok(err)
			pipe.HSet(b.Context(), key(home, "entries:d1"), id, body)
			pipe.RPush(b.Context(), key(home, "order:d1"), id)
		}
		_, err := pipe.Exec(b.Context())
		b.ok(err)
		b.calls.take()
		got, err := b.chats().Entries(b.Context(), home, "d1")
		b.ok(err)
		if len(got) != many || got[many-1].ID != fmt.Sprint("m", many-1) {
			t.Errorf("read %d entries, the last is %q", len(got), got[len(got)-1].ID)
		}
		if got, want := b.calls.take(), []string{"pipeline", "hmget", "hmget", "hmget"}; !slices.Equal(got, want) {
			t.Errorf("it sent %q, want %q", got, want)
		}
		b.file(d, entry("m5", "text"), discussion.FiledOlder)
	})
}

func TestCallsOfFilingAndLooking(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		d := b.running("d1")
		b.file(d, entry("m1", "text"), discussion.FiledNew) // loads the script
		b.calls.take()
		b.file(d, entry("m2", "text"), discussion.FiledNew)
		if got, want := b.calls.take(), []string{"file"}; !slices.Equal(got, want) {
			t.Errorf("to file it sent %q, want %q", got, want)
		}
		b.live(scichat, 0)
		if got := strings.Join(b.calls.take(), " "); got != "hget pipeline hmget" {
			t.Errorf("to look it sent %q", got)
		}
		b.live(bot.Channel{ID: "elsewhere"}, 0)
		if got := strings.Join(b.calls.take(), " "); got != "hget" {
			t.Errorf("to look where nothing runs it sent %q", got)
		}
	})
}
