package redis

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/library"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

func shelved(key string, by ...bot.MemberID) *library.Resource {
	r := &library.Resource{ID: library.IDOf(key), Community: home, Key: key, Address: "https://" + key, Space: scichat.Space, Created: noon, Title: "About " + key}
	for _, m := range by {
		r.Credits = append(r.Credits, library.Credit{Member: m, At: noon, Note: "by " + string(m)})
	}
	return r
}

func TestLibrary(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		s, ctx := Library{b.store}, b.Context()
		first := shelved("example.org/a", "01ana")
		b.ok(s.Advance(ctx, first, outbox.Effects{Input: "1"}))
		if first.Version != 1 {
			b.Errorf("version %d", first.Version)
		}
		if err := s.Advance(ctx, shelved("example.org/a", "01joe"), outbox.Effects{}); bot.CodeOf(err) != bot.Conflict {
			b.Errorf("the same saved anew: %v", err)
		}
		if err := s.Advance(ctx, first, outbox.Effects{Input: "1"}); !errors.Is(err, outbox.ErrRepeated) {
			b.Errorf("the same input again: %v", err)
		}
		b.ok(s.Keep(ctx, home, "01joe", first.ID, true))
		b.ok(s.KeepRules(ctx, &library.Rules{Community: home, Adds: bot.RoleHost}, outbox.Effects{}))
		read, err := s.Read(ctx, home, "01joe", "no", first.ID)
		b.ok(err)
		got := read.Found[first.ID]
		if got.Title != first.Title || got.Version != 1 || got.Credits[0].Note != "by 01ana" || !got.Created.Equal(noon) {
			b.Errorf("got %+v", got)
		}
		if len(read.Found) != 1 || !read.Kept[first.ID] || read.Rules.Adds != bot.RoleHost || read.Rules.Version != 1 {
			b.Errorf("read %+v", read)
		}
		if read, err = s.Read(ctx, home, "01ana", first.ID); err != nil || read.Kept[first.ID] {
			b.Errorf("for another: %+v, %v", read, err)
		}
	})
}

func TestLibraryPages(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		s, ctx := Library{b.store}, b.Context()
		var want []string
		for i := range 25 {
			r := shelved(fmt.Sprint("example.org/", i))
			b.ok(s.Advance(ctx, r, outbox.Effects{}))
			want = append(want, r.ID)
		}
		slices.Sort(want)
		var got []string
		for after := ""; ; {
			page, err := s.Page(ctx, home, after, 10)
			b.ok(err)
			for _, r := range page {
				got = append(got, r.ID)
				after = r.ID
			}
			if len(page) < 10 {
				break
			}
		}
		if !slices.Equal(got, want) {
			b.Errorf("got %q, want %q", got, want)
		}
	})
}

// Whoever has read once is told what has changed, and all of it.
func TestLibraryNews(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		s, ctx := Library{b.store}, b.Context()
		mark, err := s.Mark(ctx, home)
		b.ok(err)
		if mark != (library.Mark{}) {
			b.Errorf("an empty library is at %+v", mark)
		}
		a, c := shelved("example.org/a"), shelved("example.org/c")
		b.ok(s.Advance(ctx, a, outbox.Effects{}))
		b.ok(s.Advance(ctx, c, outbox.Effects{}))
		b.ok(s.Advance(ctx, a, outbox.Effects{}))
		n, all, err := s.News(ctx, home, mark)
		b.ok(err)
		if all || len(n.Changed) != 2 || n.Changed[0].ID != a.ID || n.Changed[0].Version != 2 || n.Changed[1].ID != c.ID {
			b.Errorf("all %v, news %+v", all, n)
		}
		b.ok(s.Remove(ctx, c, outbox.Effects{}))
		if now, err := s.Mark(ctx, home); err != nil || now == n.Mark {
			b.Errorf("the mark is %+v, %v", now, err)
		}
		n, all, err = s.News(ctx, home, n.Mark)
		b.ok(err)
		if all || len(n.Changed) != 0 || !slices.Equal(n.Gone, []string{c.ID}) {
			b.Errorf("after a removal: all %v, %+v", all, n)
		}
		if n, all, err := s.News(ctx, home, n.Mark); err != nil || all || len(n.Changed)+len(n.Gone) > 0 {
			b.Errorf("nothing new: %+v, %v, %v", n, all, err)
		}
		b.ok(s.Advance(ctx, shelved("example.org/c"), outbox.Effects{})) // it can come back
	})
}

// Whoever has not read for long has to read everything.
func TestLibraryNewsOfLongAgo(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		s, ctx := Library{b.store}, b.Context()
		r := shelved("example.org/a")
		b.ok(s.Advance(ctx, r, outbox.Effects{}))
		mark, err := s.Mark(ctx, home)
		b.ok(err)
		for range 3 {
			b.ok(s.Advance(ctx, r, outbox.Effects{}))
		}
		b.ok(b.store.client.XTrimMaxLen(ctx, key(home, libraryLog), 2).Err())
		if _, all, err := s.News(ctx, home, mark); err != nil || !all {
			b.Errorf("all is %v, %v", all, err)
		}
		// So it is where the log was lost whole.
		b.ok(b.store.client.Del(ctx, key(home, libraryLog)).Err())
		if _, all, err := s.News(ctx, home, mark); err != nil || !all {
			b.Errorf("without a log all is %v, %v", all, err)
		}
	})
}
