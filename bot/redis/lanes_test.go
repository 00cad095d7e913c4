package redis

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

func (b *bench) queue(items ...outbox.Item) {
	b.Helper()
	b.effects(home, outbox.Effects{Posts: items})
}

// begin begins on the lane, at whose head the key must be; "": it is empty.
func (b *bench) begin(want bot.DeliveryKey) outbox.Attempt {
	b.Helper()
	a, ok, err := b.store.Begin(b.Context(), string(home), lane)
	b.ok(err)
	b.wantHead(a, ok, want)
	return a
}

func (b *bench) end(a outbox.Attempt, e outbox.Ending, want bot.DeliveryKey) outbox.Attempt {
	b.Helper()
	next, ok, err := b.store.End(b.Context(), string(home), lane, a, e)
	b.ok(err)
	b.wantHead(next, ok, want)
	return next
}

func (b *bench) pause(a outbox.Attempt, doubt bool) {
	b.Helper()
	b.ok(b.store.Pause(b.Context(), string(home), lane, a, doubt))
}

func (b *bench) wantHead(a outbox.Attempt, ok bool, want bot.DeliveryKey) {
	b.Helper()
	if ok != (want != "") || a.Post.Key != want {
		b.Errorf("at the head is %q, %t; want %q", a.Post.Key, ok, want)
	}
}

// wantAttempt compares all of an attempt but the item.
func (b *bench) wantAttempt(a outbox.Attempt, since time.Duration, tries int, doubt bool) {
	b.Helper()
	if !a.Now.Equal(b.clock.Now()) || !a.Since.Equal(noon.Add(since)) || a.Tries != tries || a.Doubt != doubt {
		b.Errorf("attempt: now %s, since %s, tries %d, doubt %t; want now %s, since %s, tries %d, doubt %t",
			a.Now, a.Since, a.Tries, a.Doubt, b.clock.Now(), noon.Add(since), tries, doubt)
	}
}

func sentAs(id string) outbox.Ending {
	return outbox.Ending{Outcome: outbox.Sent, Ref: bot.MessageRef{Channel: post("").Post.Channel, ID: id}}
}

func TestALaneIsFirstInFirstOut(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		other := post("elsewhere")
		other.Class = outbox.Bulk
		neighbour := post("next door")
		neighbour.Post.Channel.ID = "lobby/2"
		b.queue(post("z"), other, post("a"))
		b.queue(post("m"), neighbour)
		a := b.begin("z")
		b.wantAttempt(a, 0, 0, false)
		if got, want := fmt.Sprint(a.Item), fmt.Sprint(post("z")); got != want {
			t.Errorf("the item is %s, want %s", got, want)
		}
		a = b.end(a, sentAs("1"), "a")
		b.wantAttempt(a, 0, 0, false)
		a = b.end(a, sentAs("2"), "m")
		b.end(a, sentAs("3"), "")
		b.begin("")
		for _, item := range []outbox.Item{other, neighbour} {
			a, ok, err := b.store.Begin(b.Context(), string(home), item.Lane())
			b.ok(err)
			b.wantHead(a, ok, item.Post.Key)
		}
	})
}

func TestTheJobThatDrainsALane(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		b.queue(post("a"))
		b.queue(post("b"))
		held := b.claimOne()
		var got string
		b.ok(json.Unmarshal(held.Payload, &got))
		if held.Kind != outbox.JobKind || held.ID != outbox.JobID(lane) || got != lane {
			t.Errorf("the job is %+v", held)
		}
		b.wantClaimed()

		// A post that comes while the job runs may be overlooked by it, so it runs again.
		b.queue(post("c"))
		b.ok(b.store.Complete(b.Context(), held))
		held = b.claimOne()
		b.ok(b.store.Complete(b.Context(), held))
		b.wantNoJobs()
	})
}

// A lane that waits, because of a rate limit say, waits however much is queued.
func TestAPostDoesNotCutAPauseShort(t *testing.T) {
	for name, whileHeld := range map[string]bool{"while it runs": true, "while it waits": false} {
		t.Run(name, func(t *testing.T) {
			eachAtNoon(t, func(b *bench) {
				b.queue(post("a"))
				held := b.claimOne()
				if whileHeld {
					b.queue(post("b"))
				}
				b.ok(b.store.Retry(b.Context(), held, 30*time.Second, false))
				b.queue(post("c"))
				b.after(30*time.Second - time.Millisecond)
				b.wantClaimed()
				b.after(30 * time.Second)
				b.wantClaimed(outbox.JobID(lane))
			})
		})
	}
}

func TestAPostQueuedByAWorkerThatDiesIsSentAllTheSame(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		b.queue(post("a"))
		b.claimOne()
		b.queue(post("b"))
		b.after(lease - time.Millisecond)
		b.wantClaimed()
		b.after(lease)
		b.ok(b.store.Complete(b.Context(), b.claimOne()))
		b.wantNoJobs()
	})
}

func TestADeliveryKeyIsQueuedOnce(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		again := post("a")
		again.Post.Message.Text = bot.Plain("something else")
		b.queue(post("a"), again)
		b.queue(again)
		a := b.begin("a")
		if got := a.Post.Message.Text.String(); got != "hello" {
			t.Errorf("it says %q", got)
		}
		b.end(a, sentAs("1"), "")
		b.queue(again, post("b"))
		a = b.begin("b") // a has been sent
		b.end(a, outbox.Ending{Outcome: outbox.Uncertain, Cause: "x"}, "")
		b.queue(post("b")) // sending it blindly is what its ending forbids
		b.begin("")
	})
}

func TestDoubt(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		b.queue(post("a"))
		b.wantAttempt(b.begin("a"), 0, 0, false)
		b.after(10 * time.Second) // its worker died
		a := b.begin("a")
		b.wantAttempt(a, 0, 1, true)
		b.pause(a, true)
		b.after(20 * time.Second)
		a = b.begin("a")
		b.wantAttempt(a, 0, 2, true)
		b.pause(a, false) // it was looked up: nothing had been sent
		b.after(30 * time.Second)
		a = b.begin("a")
		b.wantAttempt(a, 30*time.Second, 3, false)
		b.after(40 * time.Second)
		b.wantAttempt(b.begin("a"), 30*time.Second, 4, true) // its worker died
	})
}

func TestAnAttemptThatWasNotMade(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		b.queue(post("a"))
		release := func(a outbox.Attempt) { b.ok(b.store.Release(b.Context(), string(home), lane, a)) }
		release(b.begin("a"))
		if got := b.read(key(home, "sending")); got != "" {
			t.Errorf("sending: %s", got)
		}
		b.after(time.Second)
		lost := b.begin("a")
		b.wantAttempt(lost, time.Second, 0, false)
		b.pause(b.begin("a"), true)
		release(lost) // changes nothing
		b.after(2 * time.Second)
		release(b.begin("a"))
		b.after(3 * time.Second)
		b.wantAttempt(b.begin("a"), time.Second, 2, true) // as before
	})
}

// The worker that began first has lost its job, and does not know.
func TestAWorkerThatHasLostTheLane(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		b.queue(post("a"), post("b"), post("c"))
		lost := b.begin("a")
		holder := b.begin("a")
		b.pause(lost, false)
		b.end(lost, outbox.Ending{Outcome: outbox.Failed, Cause: "x"}, "") // tells nothing for sure
		again := b.begin("a")
		b.wantAttempt(again, 0, 2, true)
		b.end(holder, sentAs("1"), "") // it has sent it indeed, but begins no other
		if got := b.client.HGet(b.Context(), key(home, "sent"), "a").Val(); !strings.Contains(got, `"id":"1"`) {
			t.Errorf("remembered as sent: %q", got)
		}
		next := b.end(again, outbox.Ending{Outcome: outbox.Uncertain}, "b") // changes nothing any more
		b.wantAttempt(next, 0, 0, false)
		if got := b.read(key(home, "undelivered")); got != "" {
			t.Errorf("undelivered: %s", got)
		}
		b.end(lost, sentAs("0"), "")
		b.end(next, sentAs("2"), "c")
	})
}

func TestWhatWasGivenUpTurnsOutToBeSent(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		b.queue(post("a"))
		lost := b.begin("a")
		b.end(b.begin("a"), outbox.Ending{Outcome: outbox.Uncertain}, "")
		b.end(lost, sentAs("1"), "")
		if n := b.client.HLen(b.Context(), key(home, "undelivered")).Val(); n != 0 {
			t.Error("it still counts as undelivered")
		}
	})
}

func TestWhatIsKeptOfAPost(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		item := post("mine")
		item.Record = "chat/1"
		b.queue(item, post("nobody's"), post("lost"))
		a := b.end(b.begin("mine"), sentAs("11"), "nobody's")
		a = b.end(a, sentAs("12"), "lost")
		b.end(a, outbox.Ending{Outcome: outbox.Failed, Cause: "gone"}, "")
		for name, want := range map[string]string{
			"refs:chat/1": "map[11:mine]",
			"refs:":       "",
			"posts":       "",
			"sending":     "",
			"queue":       "",
			"lanes":       "",
		} {
			got := b.read(key(home, name))
			if got != want {
				t.Errorf("%s: %s, want %s", name, got, want)
			}
		}
		if got, want := b.client.HGet(b.Context(), key(home, "sent"), "mine").Val(), `{"channel":{"space":{"conn":"test","id":"S1"},"id":"lobby"},"id":"11"}`; got != want {
			t.Errorf("sent: %s, want %s", got, want)
		}
		report := b.client.HGet(b.Context(), key(home, "undelivered"), "lost").Val()
		for _, part := range []string{`"key":"lost"`, `"outcome":"failed"`, `"cause":"gone"`} {
			if !strings.Contains(report, part) {
				t.Errorf("undelivered: %s has no %s", report, part)
			}
		}
	})
}

func TestSentPostsAreForgottenAfterAMonth(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		const month = 30 * 24 * time.Hour
		send := func(keys ...bot.DeliveryKey) {
			for _, k := range keys {
				b.queue(post(k))
				b.end(b.begin(k), sentAs("1"), "")
			}
		}
		remembered := func() []string {
			names := b.client.HKeys(b.Context(), key(home, "sent")).Val()
			slices.Sort(names)
			if n := b.client.ZCard(b.Context(), key(home, "sentat")).Val(); int(n) != len(names) {
				t.Errorf("%d keys, %d times", len(names), n)
			}
			return names
		}
		send("1", "2", "3", "4", "5", "6")
		b.after(time.Hour)
		send("7")
		b.after(month - time.Millisecond)
		send("8")
		if got := remembered(); len(got) != 8 {
			t.Errorf("just before a month has passed: %q", got)
		}
		b.after(month)
		send("9") // five at most with each post
		if got, want := remembered(), []string{"6", "7", "8", "9"}; !slices.Equal(got, want) {
			t.Errorf("after a month: %q, want %q", got, want)
		}
		send("a")
		if got, want := remembered(), []string{"7", "8", "9", "a"}; !slices.Equal(got, want) {
			t.Errorf("after one post more: %q, want %q", got, want)
		}
		send("1") // forgotten, so new
	})
}

// A lane is moved by one call each time.
func TestCallsOfALane(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		b.queue(post("a"), post("b"))
		b.pause(b.begin("a"), false) // loads the script
		b.calls.take()
		a := b.begin("a")
		a = b.end(a, sentAs("1"), "b")
		b.pause(a, false)
		if got, want := b.calls.take(), []string{"lane", "lane", "lane"}; !slices.Equal(got, want) {
			t.Errorf("it sent %q, want %q", got, want)
		}
	})
}
