package redis

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/library"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

func (b *bench) shelve(r *library.Resource) {
	b.Helper()
	b.ok(Library{b.store}.Advance(b.Context(), r, outbox.Effects{}))
}

// due are the keys of what is due at a time, and how long after noon the next is.
func (b *bench) due(at time.Duration, limit int) (keys []string, next time.Duration) {
	b.Helper()
	due, then, err := Library{b.store}.Due(b.Context(), home, noon.Add(at), limit)
	b.ok(err)
	for _, r := range due {
		keys = append(keys, r.Key)
	}
	if then.IsZero() {
		return keys, -1
	}
	return keys, then.Sub(noon)
}

func TestLibraryDue(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		want := func(at time.Duration, limit int, next time.Duration, keys ...string) {
			b.Helper()
			if got, then := b.due(at, limit); !slices.Equal(got, keys) || then != next {
				b.Errorf("at %s up to %d: %q, then %s; want %q, then %s", at, limit, got, then, keys, next)
			}
		}
		want(0, 10, -1)
		var all []*library.Resource
		for i := range 4 {
			r := shelved(fmt.Sprint("example.org/", i), "01ana")
			r.Health.Next = noon.Add(time.Duration(4-i) * time.Hour)
			b.shelve(r)
			all = append(all, r)
		}
		b.shelve(shelved("example.org/unplanned"))
		want(0, 10, time.Hour)
		want(2*time.Hour, 10, 3*time.Hour, "example.org/3", "example.org/2")
		want(2*time.Hour, 1, 2*time.Hour, "example.org/3")
		want(9*time.Hour, 10, -1, "example.org/3", "example.org/2", "example.org/1", "example.org/0")

		all[3].Hidden = library.Hidden{By: "01ana", At: noon}
		b.shelve(all[3])
		b.ok(Library{b.store}.Remove(b.Context(), all[2], outbox.Effects{}))
		want(9*time.Hour, 10, -1, "example.org/1", "example.org/0")
		all[3].Hidden = library.Hidden{}
		b.shelve(all[3])
		want(time.Hour, 10, 3*time.Hour, "example.org/3")
		// What is due and not there is not due for ever.
		b.ok(b.client.ZAdd(b.Context(), key(home, libraryDue), redis.Z{Score: float64(noon.UnixMilli()), Member: "ghost"}).Err())
		want(time.Hour, 10, 3*time.Hour, "example.org/3")
		if n := b.client.ZScore(b.Context(), key(home, libraryDue), "ghost").Err(); n == nil {
			b.Error("it is still due")
		}
	})
}

// What was merged stands for what it became: for buttons that were shown before, for
// those who have it for themselves, and for whoever saves it again.
func TestLibraryReplace(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		s, ctx := Library{b.store}, b.Context()
		first, second, third := shelved("bit.ly/x", "01ana"), shelved("example.org/a"), shelved("example.org/b")
		for _, r := range []*library.Resource{first, second, third} {
			b.shelve(r)
		}
		b.ok(s.Keep(ctx, home, "01joe", first.ID, true))
		b.ok(s.Keep(ctx, home, "01eva", second.ID, true))
		mark, err := s.Mark(ctx, home)
		b.ok(err)
		stale := *first
		b.shelve(first)
		if err := s.Replace(ctx, &stale, second.ID); bot.CodeOf(err) != bot.Conflict {
			b.Errorf("one that has changed: %v", err)
		}
		b.ok(s.Replace(ctx, first, second.ID))
		b.ok(s.Replace(ctx, second, third.ID))
		got, err := s.Read(ctx, home, "01joe", first.ID, second.ID, third.ID)
		b.ok(err)
		for _, id := range []string{first.ID, second.ID, third.ID} {
			if r := got.Found[id]; r.ID != third.ID || r.Key != third.Key || r.Version != 1 || !got.Kept[id] {
				b.Errorf("%s stands for %+v, kept %v", id, r, got.Kept[id])
			}
		}
		for _, m := range []bot.MemberID{"01joe", "01eva"} {
			if kept, err := s.Kept(ctx, home, m, 10); err != nil || !slices.Equal(kept, []string{third.ID}) {
				b.Errorf("%s has %q, %v", m, kept, err)
			}
		}
		n, all, err := s.News(ctx, home, mark)
		b.ok(err)
		if all || !slices.Equal(n.Gone, []string{first.ID, second.ID}) {
			b.Errorf("all %v, news %+v", all, n)
		}
		if of, err := s.Of(ctx, home, "01ana"); err != nil || len(of) > 0 {
			b.Errorf("somebody still stands in %q, %v", of, err)
		}
		// It can be something of its own again.
		again := shelved("bit.ly/x", "01ana")
		b.shelve(again)
		got, err = s.Read(ctx, home, "", first.ID)
		b.ok(err)
		if r := got.Found[first.ID]; r.ID != first.ID {
			b.Errorf("it stands for %+v", r)
		}
	})
}

// A host is asked by one at a time, and then left alone, whoever dies.
func TestTurns(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		s, ctx := Library{b.store}, b.Context()
		begin := func(host string, want time.Duration) string {
			b.Helper()
			turn, wait, err := s.BeginTurn(ctx, host)
			b.ok(err)
			if wait != want || (turn != "") != (want == 0) {
				b.Errorf("%s: turn %q, wait %s, want %s", host, turn, wait, want)
			}
			return turn
		}
		turn := begin("example.org", 0)
		begin("example.org", turnLasts)
		begin("www.example.org", 0)
		b.after(3 * time.Second)
		b.ok(s.EndTurn(ctx, "example.org", turn))
		begin("example.org", 2*time.Second)
		b.after(5 * time.Second)
		late := begin("example.org", 0)
		b.after(5*time.Second + turnLasts)
		next := begin("example.org", 0)
		b.ok(s.EndTurn(ctx, "example.org", late)) // it is not theirs any more
		begin("example.org", turnLasts)
		b.ok(s.EndTurn(ctx, "example.org", next))
		begin("example.org", 2*time.Second)
	})
}

// However many want a host's turn at once, one has it.
func TestTurnsOfMany(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		for range 5 {
			var mu sync.Mutex
			var all sync.WaitGroup
			var turns []string
			for range 16 {
				all.Go(func() {
					turn, _, err := Library{b.store}.BeginTurn(b.Context(), "example.org")
					if err != nil {
						b.Error(err)
					}
					mu.Lock()
					defer mu.Unlock()
					if turn != "" {
						turns = append(turns, turn)
					}
				})
			}
			all.Wait()
			if len(turns) != 1 {
				b.Fatalf("%d have it", len(turns))
			}
			b.ok(Library{b.store}.EndTurn(b.Context(), "example.org", turns[0]))
			b.clock.Set(b.clock.Now().Add(2 * time.Second))
		}
	})
}

func TestNothing(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		s, ctx := Library{b.store}, b.Context()
		want := func(mine bool, known string) {
			b.Helper()
			if m, k, err := s.ClaimNothing(ctx, "example.org"); err != nil || m != mine || k != known {
				b.Errorf("mine %v, known %q, %v; want %v, %q", m, k, err, mine, known)
			}
		}
		want(true, "")
		want(false, "")
		b.ok(s.KeepNothing(ctx, "example.org", "abc"))
		want(false, "abc")
		b.after(nothingLasts)
		want(true, "")
	})
}

// linksLife leaves behind what looking after links does.
func (b *bench) linksLife() {
	b.Helper()
	s, ctx := Library{b.store}, b.Context()
	short, full := shelved("bit.ly/x", "01ana"), shelved("example.org/x", "01ana")
	full.Health.Next = noon
	b.shelve(short)
	b.shelve(full)
	b.ok(s.Keep(ctx, home, "01ana", short.ID, true))
	b.ok(s.Replace(ctx, short, full.ID))
	b.due(0, 10)
	turn, _, err := s.BeginTurn(ctx, "example.org")
	b.ok(err)
	b.ok(s.EndTurn(ctx, "example.org", turn))
	_, _, err = s.ClaimNothing(ctx, "example.org")
	b.ok(err)
	b.ok(s.KeepNothing(ctx, "example.org", "-"))
}

// Links that move to a community where nobody has saved anything are looked after
// there.
func TestLinksOfAMovedPlaceAreLookedAfter(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		r := shelved("example.org/a", "01ana")
		r.Health.Next = noon.Add(time.Hour)
		b.ok(Library{b.store}.PutIn(b.Context(), r))
		if keys, _ := b.due(time.Hour, 10); len(keys) != 1 {
			b.Errorf("due is %q", keys)
		}
		b.after(time.Minute)
		jobs := b.claim(10)
		if len(jobs) != 1 || jobs[0].Kind != library.LinksJobKind {
			b.Errorf("jobs %+v", jobs)
		}
	})
}
