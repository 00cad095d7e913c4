package redis

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/community"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/bot/redis/redistest"
	"github.com/staffroom-bot/staffroom/scheduler"
)

func TestDataOfANewerLayoutIsRefused(t *testing.T) {
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		for _, c := range []struct {
			found  string
			refuse string
		}{
			{"", ""},
			{"1", ""},
			{"2", "newer version"},
			{"1000", "newer version"},
			{"soon", "invalid syntax"},
		} {
			if err := client.Del(t.Context(), "sr:schema").Err(); err != nil {
				t.Fatal(err)
			}
			if c.found != "" {
				if err := client.Set(t.Context(), "sr:schema", c.found, 0).Err(); err != nil {
					t.Fatal(err)
				}
			}
			_, err := Open(t.Context(), client, nil)
			if (err != nil) != (c.refuse != "") || err != nil && !strings.Contains(err.Error(), c.refuse) {
				t.Errorf("layout %q: %v", c.found, err)
			}
			want := c.found
			if want == "" {
				want = fmt.Sprint(schema)
			}
			if now := client.Get(t.Context(), "sr:schema").Val(); now != want {
				t.Errorf("layout %q became %q", c.found, now)
			}
		}
	})
}

func TestTheSecretIsMadeOnceForAll(t *testing.T) {
	each(t, func(b *bench) {
		const replicas = 4
		secrets := make(chan []byte, replicas)
		for range replicas {
			s := b.open()
			go func() {
				secret, err := s.Secret(b.Context())
				if err != nil {
					t.Error(err)
				}
				secrets <- secret
			}()
		}
		first := <-secrets
		if len(first) != 32 || bytes.Equal(first, make([]byte, 32)) {
			t.Errorf("the secret is %x", first)
		}
		for range replicas - 1 {
			if other := <-secrets; !bytes.Equal(other, first) {
				t.Error("replicas have different secrets")
			}
		}
		if err := b.store.Ping(b.Context()); err != nil {
			t.Error("ping:", err)
		}
	})
}

// Whatever is asked of a store that cannot be reached, the answer is unavailable.
func TestAStoreThatCannotBeReachedIsUnavailable(t *testing.T) {
	b := newBench(t, redistest.InProcess(t), nil)
	ctx, s := b.Context(), b.store
	d := chat("d1", "open")
	c := scheduler.Claimed{Job: job(home, "a", noon), Token: "t"}
	people := Communities{s}
	for name, ask := range map[string]func() error{
		"ping":      func() error { return s.Ping(ctx) },
		"secret":    func() error { _, err := s.Secret(ctx); return err },
		"open":      func() error { _, err := Open(ctx, b.client, nil); return err },
		"now":       func() error { _, err := s.Now(ctx); return err },
		"claim":     func() error { _, err := s.Claim(ctx, 1, lease); return err },
		"next due":  func() error { _, _, err := s.NextDue(ctx); return err },
		"extend":    func() error { _, err := s.Extend(ctx, c, lease); return err },
		"complete":  func() error { return s.Complete(ctx, c) },
		"retry":     func() error { return s.Retry(ctx, c, 0, false) },
		"set aside": func() error { return s.SetAside(ctx, c, "") },
		"sweep":     func() error { _, err := s.Sweep(ctx, "", 10); return err },
		"begin":     func() error { _, _, err := s.Begin(ctx, string(home), lane); return err },
		"end": func() error {
			_, _, err := s.End(ctx, string(home), lane, outbox.Attempt{}, outbox.Ending{})
			return err
		},
		"release": func() error { return s.Release(ctx, string(home), lane, outbox.Attempt{}) },
		"take":    func() error { _, _, err := s.Take(ctx, turn("a", outbox.Live)); return err },
		"hold":    func() error { return s.Hold(ctx, turn("a", outbox.Live), time.Second, false) },
		"held":    func() error { _, err := s.Held(ctx, string(home), lane, 1); return err },
		"let out": func() error { return s.LetOut(ctx, string(home), lane, outbox.Outgoing{}) },
		"erase":   func() error { return s.Erase(ctx, home, ana) },
		"unreported": func() error {
			_, _, err := s.Unreported(ctx, string(home), 1)
			return err
		},
		"reported":  func() error { return s.Reported(ctx, string(home), outbox.Reports{}, nil, outbox.Effects{}) },
		"find":      func() error { _, err := s.FindUndelivered(ctx, home, "x"); return err },
		"settle":    func() error { return s.Settle(ctx, home, outbox.Undelivered{}, outbox.Effects{}) },
		"unreached": func() error { _, err := s.Unreached(ctx, home, ana); return err },
		"reached":   func() error { return s.Reached(ctx, home, ana, nil) },
		"apply":     func() error { return s.Apply(ctx, string(home), outbox.Effects{Input: "x"}) },
		"pause":     func() error { return s.Pause(ctx, string(home), lane, outbox.Attempt{}, false) },
		"number":    func() error { _, err := b.chats().NextNumber(ctx, home); return err },
		"advance":   func() error { return b.chats().Advance(ctx, &d, outbox.Effects{Posts: []outbox.Item{post("a")}}) },
		"get":       func() error { _, err := b.chats().Get(ctx, home, "d1"); return err },
		"list":      func() error { _, err := b.chats().List(ctx, home, 0, 1); return err },
		"live":      func() error { _, err := b.chats().Live(ctx, home, scichat, nil); return err },
		"entries":   func() error { _, err := b.chats().Entries(ctx, home, "d1"); return err },
		"save":      func() error { return people.SaveMember(ctx, community.Record{}) },
		"members":   func() error { _, err := people.Members(ctx, home, []bot.MemberID{"a"}); return err },
	} {
		b.calls.DieAt(1, false)
		if err := ask(); bot.CodeOf(err) != bot.Unavailable {
			t.Errorf("%s: %v", name, err)
		}
		b.calls.Revive()
	}
}
