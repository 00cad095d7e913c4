package redis

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/discussion"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// hostile are strings that a platform or a person could send.
func hostile() map[string]string {
	return map[string]string{
		"separators":    `a:b/c,d;e|f "g" 'h' \ %s %d $1 #{x}`,
		"a hash tag":    "{c:01other}:jobs}{",
		"controls":      "a\x00b\x1fc\r\nd\te\x7f",
		"a blank":       " ",
		"our own marks": "1 2 1 \x1f000000000001\x1f x",
		"Lua patterns":  "^(%d+) .-%z[]*+$",
		"JSON":          `{"kind":"x"},["]}`,
		"no UTF-8":      "a\xff\xfe\xc3(",
		"emoji":         "👩‍🏫 \u202ebackwards",
		"numbers":       "-inf",
		"very long":     strings.Repeat("long é ", 14_000), // about 100 kB
	}
}

// stored is how a string comes back: JSON has no bytes that are no UTF-8.
func stored(s string) string {
	var b strings.Builder
	for _, r := range s { // a byte that is no UTF-8 is one U+FFFD
		b.WriteRune(r)
	}
	return b.String()
}

// eachHostile runs a test with every hostile string on every engine.
func eachHostile(t *testing.T, test func(b *bench, s string)) {
	t.Helper()
	eachAtNoon(t, func(b *bench) {
		for name, s := range hostile() {
			test(b, s)
			if b.Failed() {
				b.Fatal("with", name)
			}
		}
	})
}

func quoted(s string) json.RawMessage {
	out, _ := json.Marshal(s)
	return out
}

func TestHostileJobs(t *testing.T) {
	eachHostile(t, func(b *bench, s string) {
		ctx := b.Context()
		j := scheduler.Job{Group: string(home), ID: s, Kind: s, Due: b.clock.Now(), Payload: quoted(s)}
		b.effects(home, outbox.Effects{Jobs: []scheduler.Job{j}})
		held := b.claimOne()
		if held.ID != stored(s) || held.Kind != stored(s) || string(held.Payload) != string(quoted(s)) {
			b.Errorf("claimed %+v", held)
		}
		b.effects(home, outbox.Effects{Jobs: []scheduler.Job{j}}) // while it is held
		b.ok(b.store.Retry(ctx, held, 0, true))
		b.ok(b.store.Retry(ctx, b.claimOne(), 0, true))
		held = b.claimOne()
		if held.Attempts != 1 {
			b.Errorf("attempts: %d", held.Attempts)
		}
		b.ok(b.store.SetAside(ctx, held, s))
		var report struct{ Kind, Cause string }
		b.ok(json.Unmarshal([]byte(b.client.HGet(ctx, key(home, "aside"), stored(s)).Val()), &report))
		if report.Kind != stored(s) || report.Cause != stored(s) {
			b.Errorf("kept aside: %+v", report)
		}
		b.effects(home, outbox.Effects{Jobs: []scheduler.Job{j}})
		b.effects(home, outbox.Effects{Cancel: []string{s}})
		b.wantNoJobs()
	})
}

func TestHostilePosts(t *testing.T) {
	eachHostile(t, func(b *bench, s string) {
		ctx := b.Context()
		item := outbox.Item{
			Post: bot.Post{
				Key:     bot.DeliveryKey(s),
				Channel: bot.Channel{Space: bot.SpaceID{Connection: s, ID: s}, ID: s, Thread: s},
				Message: bot.Message{Text: bot.Plain(s), Files: []bot.File{{Name: s, Data: []byte(s)}}},
			},
			Class: outbox.Bulk, Record: "chat/" + s,
		}
		b.queue(item, item)
		lane := item.Lane()
		a, ok, err := b.store.Begin(ctx, string(home), lane)
		b.ok(err)
		b.wantHead(a, ok, bot.DeliveryKey(stored(s)))
		if text := a.Post.Message.Text.String(); text != stored(s) || string(a.Post.Message.Files[0].Data) != s || a.Post.Channel.ID != stored(s) {
			b.Errorf("it is %+v", a.Item)
		}
		b.ok(b.store.Pause(ctx, string(home), lane, a, true))
		a, ok, err = b.store.Begin(ctx, string(home), lane)
		b.ok(err)
		b.wantHead(a, ok, bot.DeliveryKey(stored(s)))
		if !a.Doubt || a.Tries != 1 {
			b.Errorf("doubt %t after %d tries", a.Doubt, a.Tries)
		}
		_, ok, err = b.store.End(ctx, string(home), lane, a, outbox.Ending{Outcome: outbox.Sent, Ref: bot.MessageRef{Channel: item.Post.Channel, ID: s}})
		if ok || err != nil {
			b.Errorf("something is left: %t, %v", ok, err)
		}
		refs, err := b.client.HGetAll(ctx, key(home, "refs:chat/"+stored(s))).Result()
		if err != nil || refs[s] != stored(s) {
			b.Errorf("known under its record: %q, %v", refs, err)
		}
		b.queue(item)
		if _, ok, err := b.store.Begin(ctx, string(home), lane); ok || err != nil {
			b.Errorf("its key was not recognised: %v", err)
		}

		failing := item
		failing.Post.Key += "2"
		b.queue(failing)
		a, _, err = b.store.Begin(ctx, string(home), lane)
		b.ok(err)
		_, _, err = b.store.End(ctx, string(home), lane, a, outbox.Ending{Outcome: outbox.Failed, Cause: s})
		b.ok(err)
		var report struct{ Cause string }
		b.ok(json.Unmarshal([]byte(b.client.HGet(ctx, key(home, "undelivered"), stored(s)+"2").Val()), &report))
		if report.Cause != stored(s) {
			b.Errorf("the cause is %q", report.Cause)
		}
	})
}

func TestHostileDiscussions(t *testing.T) {
	eachHostile(t, func(b *bench, s string) {
		ctx := b.Context()
		d := chat("d1", discussion.Open)
		d.ID, d.Version = bot.NewID(b.clock.Now()), 0
		d.Channel = bot.Channel{Space: bot.SpaceID{Connection: s, ID: s}, ID: s}
		d.Script.Title, d.Script.Tag, d.Language = s, s, s
		b.ok(b.chats().Advance(ctx, &d, outbox.Effects{Input: bot.InputID(s + d.ID)}))

		e := entry(s, s)
		e.Author, e.ReplyTo, e.Kind = bot.MemberID(s), s, discussion.Kind(s)
		b.file(&d, e, discussion.FiledNew)
		b.file(&d, e, discussion.FiledOlder)
		e.Revision++
		b.file(&d, e, discussion.FiledChanged)

		in := d.Channel
		in.Thread = s
		l, ok := b.live(in, 0)
		if !ok || l.Discussion.Script.Title != stored(s) || len(l.Entries) != 1 {
			b.Fatalf("there runs %+v (%t)", l, ok)
		}
		got := l.Entries[0]
		if got.ID != stored(s) || got.Text != stored(s) || got.ReplyTo != stored(s) || string(got.Author) != stored(s) || got.Revision != e.Revision {
			b.Errorf("filed is %+v", got)
		}
		b.ok(b.chats().Add(ctx, discussion.Filing{Discussion: &d, Entry: entry(s+"2", s)}, outbox.Effects{Input: bot.InputID(s)}))
		entries, err := b.chats().Entries(ctx, home, d.ID)
		if err != nil || len(entries) != 2 || entries[1].Text != stored(s) {
			b.Errorf("entries: %+v, %v", entries, err)
		}
		d.State = discussion.Archived
		b.ok(b.chats().Advance(ctx, &d, outbox.Effects{}))
		if _, ok := b.live(in, 0); ok {
			b.Error("it still runs")
		}
	})
}

func TestHostileStringsAreWhatTheyClaim(t *testing.T) {
	if s := hostile()["no UTF-8"]; utf8.ValidString(s) || !utf8.ValidString(stored(s)) {
		t.Errorf("%q comes back as %q", s, stored(s))
	}
	if n := len(hostile()["very long"]); n < 100_000 {
		t.Errorf("the long one has %d bytes", n)
	}
}

// Times far away keep their milliseconds: a score is a float of 53 bits.
func TestTimesFarAway(t *testing.T) {
	for _, year := range []int{1, 1969, 2033, 2300, 9999} {
		eachAtNoon(t, func(b *bench) {
			due := time.Date(year, 5, 18, 3, 33, 20, int(7*time.Millisecond), time.UTC)
			b.effects(home, outbox.Effects{Jobs: []scheduler.Job{job(home, "a", due)}})
			next, ok, err := b.store.NextDue(b.Context())
			if err != nil || !ok || next.Sub(due).Abs() > time.Millisecond || next.After(due) {
				t.Errorf("next due at %s (%t, %v), want %s", next, ok, err, due)
			}
			b.clock.Set(due)
			if got := b.claimOne(); !got.Due.Equal(due) {
				t.Errorf("claimed as due at %s, want %s", got.Due, due)
			}
		})
	}
}
