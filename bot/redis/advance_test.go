package redis

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
)

type note struct {
	Text string `json:"text"`
}

// record is a change of the record "n1" with one of each effect.
func record(from int64, text string, in bot.InputID) change {
	return change{
		community: home, records: "notes", id: "n1", from: from, body: note{text},
		writes: []write{
			{"RPUSH", "list", []string{text}},
			{"HSET", "texts", []string{text, "1"}},
		},
		Effects: outbox.Effects{
			Input: in,
			Jobs:  []scheduler.Job{job(home, "job "+text, noon.Add(time.Minute))},
			Posts: []outbox.Item{post(bot.DeliveryKey("post " + text))},
		},
	}
}

func post(key bot.DeliveryKey) outbox.Item {
	return outbox.Item{
		Post: bot.Post{
			Key:     key,
			Channel: bot.Channel{Space: bot.SpaceID{Connection: "test", ID: "S1"}, ID: "lobby"},
			Message: bot.Message{Text: bot.Plain("hello")},
		},
		Class: outbox.Live,
	}
}

var lane = post("").Lane()

// contents is all that is stored of the community, one line for each key.
func (b *bench) contents() []string {
	b.Helper()
	var out []string
	for _, name := range b.keys() {
		dump, err := b.client.Dump(b.Context(), name).Result()
		if err != nil { // the in-process engine has none
			dump = b.read(name)
		}
		out = append(out, name+" "+dump)
	}
	return out
}

func (b *bench) read(name string) string {
	b.Helper()
	ctx := b.Context()
	switch kind := b.client.Type(ctx, name).Val(); kind {
	case "hash":
		return fmt.Sprint(b.client.HGetAll(ctx, name).Val())
	case "zset":
		return fmt.Sprint(b.client.ZRangeWithScores(ctx, name, 0, -1).Val())
	case "list":
		return fmt.Sprint(b.client.LRange(ctx, name, 0, -1).Val())
	case "set":
		return fmt.Sprint(b.client.SMembers(ctx, name).Val())
	default:
		return b.client.Get(ctx, name).Val()
	}
}

// withoutHints leaves the due index out, which is only a hint.
func withoutHints(contents []string) []string {
	return slices.DeleteFunc(contents, func(line string) bool { return len(line) > 8 && line[:8] == "sr:{due:" })
}

func TestAdvanceStoresARecordWithItsEffects(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		ctx := b.Context()
		for from, text := range []string{"first", "second"} {
			version, err := b.store.advance(ctx, record(int64(from), text, ""))
			if err != nil || version != int64(from)+1 {
				t.Fatalf("advanced to version %d, %v", version, err)
			}
		}
		for name, want := range map[string]string{
			"notes":   `map[n1:{"text":"second"}]`,
			"notes:v": `map[n1:2]`,
			"list":    `[first second]`,
			"texts":   `map[first:1 second:1]`,
		} {
			if got := b.read(key(home, name)); got != want {
				t.Errorf("%s: %s, want %s", name, got, want)
			}
		}
		b.wantClaimed("outbox/" + lane)
		b.after(time.Minute)
		b.wantClaimed("outbox/"+lane, "job first", "job second")
	})
}

func TestAdvanceDoesNothingAtAllOnAConflict(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		_, err := b.store.advance(b.Context(), record(0, "first", "in1"))
		b.ok(err)
		before := withoutHints(b.contents())
		for _, from := range []int64{0, 2, 7} {
			_, err := b.store.advance(b.Context(), record(from, "other", "in2"))
			if bot.CodeOf(err) != bot.Conflict {
				t.Errorf("advanced from version %d: %v", from, err)
			}
		}
		if after := withoutHints(b.contents()); !slices.Equal(after, before) {
			t.Errorf("before\n%q\nafter\n%q", before, after)
		}
		// The input that lost may try again.
		_, err = b.store.advance(b.Context(), record(1, "other", "in2"))
		b.ok(err)
	})
}

func TestAdvanceDoesNothingAtAllForAnInputThatHadItsEffect(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		_, err := b.store.advance(b.Context(), record(0, "first", "in:1 \x00{}"))
		b.ok(err)
		before := withoutHints(b.contents())
		for _, from := range []int64{0, 1} {
			if _, err := b.store.advance(b.Context(), record(from, "again", "in:1 \x00{}")); !errors.Is(err, outbox.ErrRepeated) {
				t.Errorf("repeated from version %d: %v", from, err)
			}
		}
		if after := withoutHints(b.contents()); !slices.Equal(after, before) {
			t.Errorf("before\n%q\nafter\n%q", before, after)
		}
		c := record(0, "else", "in:1 \x00{}")
		c.community = "01other"
		_, err = b.store.advance(b.Context(), c) // another community's input
		b.ok(err)
	})
}

func TestAnInputIsRememberedForADay(t *testing.T) {
	each(t, func(b *bench) {
		_, err := b.store.advance(b.Context(), record(0, "first", "in1"))
		b.ok(err)
		left, err := b.client.TTL(b.Context(), inputKey(home, "in1")).Result()
		if err != nil || left <= 23*time.Hour || left > 24*time.Hour {
			t.Errorf("it is remembered for %s (%v)", left, err)
		}
	})
}

func TestAdvanceOfManyAtOnceLetsOneWin(t *testing.T) {
	each(t, func(b *bench) {
		const rivals, rounds = 4, 5
		for from := range int64(rounds) {
			won := make(chan error, rivals)
			for range rivals {
				go func() {
					_, err := b.store.advance(b.Context(), record(from, "text", ""))
					won <- err
				}()
			}
			winners := 0
			for range rivals {
				switch err := <-won; {
				case err == nil:
					winners++
				case bot.CodeOf(err) != bot.Conflict:
					t.Error(err)
				}
			}
			if winners != 1 {
				t.Errorf("version %d was advanced by %d", from, winners)
			}
		}
	})
}

func TestWordsEnterAndLeaveAField(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		for _, c := range []struct{ op, word, want string }{
			{leave, "1", ""}, {enter, "1", "map[a:1]"}, {enter, "2", "map[a:2 1]"}, {enter, "1", "map[a:1 2]"},
			{stay, "2", "map[a:1 2]"}, {stay, "4", "map[a:1 2 4]"}, {leave, "4", "map[a:1 2]"},
			{leave, "3", "map[a:1 2]"}, {leave, "1", "map[a:2]"}, {leave, "2", ""},
		} {
			_, err := b.store.advance(b.Context(), change{community: home, writes: []write{{c.op, "live", []string{"a", c.word}}}})
			b.ok(err)
			if got := b.read(key(home, "live")); got != c.want {
				t.Errorf("after %s %s: %s, want %s", c.op, c.word, got, c.want)
			}
		}
	})
}

// Advancing is one script; what schedules something tells the index before and
// after. The first time it also enters the community for the sweep.
func TestCallsOfAnAdvance(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		quiet := record(0, "a", "")
		quiet.Effects = outbox.Effects{Cancel: []string{"job"}}
		for range 2 { // the first time scripts are loaded
			b.calls.take()
			_, err := b.store.advance(b.Context(), quiet)
			b.ok(err)
			quiet.from++
		}
		if got, want := b.calls.take(), []string{"advance"}; !slices.Equal(got, want) {
			t.Errorf("without jobs and posts it sent %q, want %q", got, want)
		}
		for from := range int64(2) {
			b.calls.take()
			_, err := b.store.advance(b.Context(), record(from+2, "a", ""))
			b.ok(err)
		}
		if got, want := b.calls.take(), []string{"due_hint", "advance", "due_hint"}; !slices.Equal(got, want) {
			t.Errorf("with jobs and posts it sent %q, want %q", got, want)
		}
	})
}
