package redis

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/library"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
)

func wanted(id string, by ...bot.MemberID) *library.Wish {
	w := &library.Wish{ID: id, Community: home, Text: "About " + id, Made: noon, Until: noon.Add(library.WishFor)}
	for _, m := range by {
		w.Askers = append(w.Askers, library.Asker{Member: m, Account: bot.Account{Space: scichat.Space, User: string(m)}})
	}
	return w
}

// libraryLife leaves something of each kind of a library.
func (b *bench) libraryLife() {
	b.Helper()
	s, ctx := Library{b.store}, b.Context()
	r := shelved("example.org/life", "01ana")
	b.ok(s.Advance(ctx, r, outbox.Effects{}))
	b.ok(s.Keep(ctx, home, "01ana", r.ID, true))
	b.ok(s.KeepSearch(ctx, home, "01ana", "mark", library.Search{Words: "life"}))
	b.ok(s.KeepRules(ctx, &library.Rules{Community: home}, outbox.Effects{}))
	b.ok(s.AdvanceWish(ctx, wanted("w1", "01ana"), outbox.Effects{}))
	b.ok(s.Follow(ctx, home, "01joe", "01ana")) // who keeps nothing
	_, err := s.Read(ctx, home, "01ana", r.ID)
	b.ok(err)
	_, _, err = s.News(ctx, home, library.Mark{})
	b.ok(err)
	_, err = s.AdvanceAll(ctx, []*library.Resource{r, shelved("example.org/list")}, library.LinksJob(home, noon))
	b.ok(err)
}

func TestLibraryKeep(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		s, ctx := Library{b.store}, b.Context()
		for _, id := range []string{"a", "c", "b"} {
			b.ok(s.Keep(ctx, home, "01ana", id, true))
			b.clock.Set(b.clock.Now().Add(time.Second))
		}
		b.ok(s.Keep(ctx, home, "01ana", "c", false))
		b.ok(s.Keep(ctx, home, "01joe", "c", true))
		got, err := s.Kept(ctx, home, "01ana", 10)
		b.ok(err)
		if !slices.Equal(got, []string{"b", "a"}) {
			b.Errorf("kept %q", got)
		}
	})
}

// What somebody keeps follows them into the member who they become, and back again, but
// for what that member keeps too.
func TestLibraryKeptFollows(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		s, ctx := Library{b.store}, b.Context()
		kept := func(m bot.MemberID, want ...string) {
			b.Helper()
			got, err := s.Kept(ctx, home, m, 10)
			b.ok(err)
			if slices.Sort(got); !slices.Equal(got, want) {
				b.Errorf("%s keeps %q, want %q", m, got, want)
			}
		}
		keep := func(m bot.MemberID, id string) {
			b.ok(s.Keep(ctx, home, m, id, true))
			b.clock.Set(b.clock.Now().Add(time.Second))
		}
		keep("01old", "a")
		keep("01new", "b")
		keep("01new", "both")
		keep("01old", "both")
		for range 2 {
			b.ok(s.Follow(ctx, home, "01old", "01new"))
			kept("01new", "a", "b", "both")
		}
		keep("01new", "later")
		for range 2 {
			b.ok(s.GiveBack(ctx, home, "01old", "01new"))
			kept("01new", "b", "both", "later")
			kept("01old", "a", "both")
		}
	})
}

func TestLibraryRules(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		s, ctx := Library{b.store}, b.Context()
		rules := &library.Rules{Community: home, Adds: bot.RoleHost, Blocked: []string{"spam.example"}}
		b.ok(s.KeepRules(ctx, rules, outbox.Effects{Input: "1"}))
		if err := s.KeepRules(ctx, &library.Rules{Community: home}, outbox.Effects{}); bot.CodeOf(err) != bot.Conflict {
			b.Errorf("who has not read them changes them: %v", err)
		}
		if err := s.KeepRules(ctx, rules, outbox.Effects{Input: "1"}); !errors.Is(err, outbox.ErrRepeated) {
			b.Errorf("the same input again: %v", err)
		}
		got, err := s.Read(ctx, home, "")
		b.ok(err)
		if got.Rules.Adds != bot.RoleHost || got.Rules.Version != 1 || !slices.Equal(got.Rules.Blocked, rules.Blocked) || got.Now.IsZero() {
			b.Errorf("read %+v", got)
		}
	})
}

// What somebody has looked for is theirs, for an hour.
func TestLibrarySearch(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		s, ctx := Library{b.store}, b.Context()
		q := library.Search{Words: "rivers", Grades: []string{"4"}, Since: noon}
		b.ok(s.KeepSearch(ctx, home, "01ana", "m", q))
		got, err := s.Search(ctx, home, "01ana", "m")
		b.ok(err)
		if got.Words != q.Words || !slices.Equal(got.Grades, q.Grades) || !got.Since.Equal(noon) {
			b.Errorf("got %+v", got)
		}
		if _, err := s.Search(ctx, home, "01joe", "m"); bot.CodeOf(err) != bot.NotFound {
			b.Errorf("another has it: %v", err)
		}
		if left := b.client.PTTL(ctx, key(home, librarySearch("01ana"))).Val(); left <= 0 || left > library.SearchFor {
			b.Errorf("it is kept for %s", left)
		}
	})
}

func TestLibraryForget(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		s, ctx := Library{b.store}, b.Context()
		r := shelved("example.org/a", "01ana", "01joe")
		b.ok(s.Advance(ctx, r, outbox.Effects{}))
		b.ok(s.Keep(ctx, home, "01ana", r.ID, true))
		b.ok(s.KeepSearch(ctx, home, "01ana", "m", library.Search{}))
		if ids, err := s.Of(ctx, home, "01ana"); err != nil || !slices.Equal(ids, []string{r.ID}) {
			b.Errorf("she stands in %q, %v", ids, err)
		}
		b.ok(s.Forget(ctx, home, "01ana"))
		kept, err := s.Kept(ctx, home, "01ana", 10)
		b.ok(err)
		of, err := s.Of(ctx, home, "01ana")
		b.ok(err)
		if _, err := s.Search(ctx, home, "01ana", "m"); len(kept)+len(of) > 0 || bot.CodeOf(err) != bot.NotFound {
			b.Errorf("left are %q, %q, %v", kept, of, err)
		}
		if ids, err := s.Of(ctx, home, "01joe"); err != nil || len(ids) != 1 {
			b.Errorf("joe stands in %q, %v", ids, err)
		}
	})
}

func TestLibraryWishes(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		s, ctx := Library{b.store}, b.Context()
		w := wanted("w2", "01ana")
		b.ok(s.AdvanceWish(ctx, w, outbox.Effects{Input: "1"}))
		early := wanted("w1", "01joe")
		early.Made = noon.Add(-time.Hour)
		b.ok(s.AdvanceWish(ctx, early, outbox.Effects{}))
		all, err := s.Wishes(ctx, home)
		b.ok(err)
		if len(all) != 2 || all[0].ID != "w1" || all[1].Version != 1 || all[1].Askers[0].Member != "01ana" {
			b.Errorf("wishes %+v", all)
		}
		if err := s.AdvanceWish(ctx, wanted("w2", "01joe"), outbox.Effects{}); bot.CodeOf(err) != bot.Conflict {
			b.Errorf("made anew: %v", err)
		}
		if err := s.AdvanceWish(ctx, w, outbox.Effects{Input: "1"}); !errors.Is(err, outbox.ErrRepeated) {
			b.Errorf("the same input again: %v", err)
		}
		b.ok(s.RemoveWish(ctx, w, outbox.Effects{}))
		if _, err := s.Wish(ctx, home, "w2"); bot.CodeOf(err) != bot.NotFound {
			b.Errorf("after it was removed: %v", err)
		}
		b.ok(s.AdvanceWish(ctx, wanted("w2", "01joe"), outbox.Effects{})) // it can come back
	})
}

// What a place has left behind is changed by moving it alone.
func TestLibraryOfAPlaceThatHasLeft(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		s, ctx := Library{b.store}, b.Context()
		r := shelved("example.org/a", "01ana")
		b.ok(s.Advance(ctx, r, outbox.Effects{}))
		b.ok(b.client.HSet(ctx, key(home, leftSpaces), r.Space.String(), "01far").Err())
		if err := s.Advance(ctx, r, outbox.Effects{}); bot.CodeOf(err) != bot.Conflict {
			b.Errorf("it is changed: %v", err)
		}
		if err := s.Remove(ctx, r, outbox.Effects{}); bot.CodeOf(err) != bot.Conflict {
			b.Errorf("it is removed: %v", err)
		}
		arrived := *r
		arrived.Community, arrived.Version = "01far", 0
		b.ok(s.Keep(ctx, home, "01ana", r.ID, true))
		b.ok(s.Keep(ctx, home, "01joe", r.ID, true))
		b.ok(b.client.HSet(ctx, key("01far", "members"), "01ana", "{}").Err())
		b.ok(s.PutIn(ctx, &arrived))
		b.ok(s.TakeOut(ctx, r))
		for range 2 {
			b.ok(s.MoveAlong(ctx, bot.Transfer{From: home, To: "01far"}))
		}
		for where, want := range map[bot.CommunityID]int{home: 0, "01far": 1} {
			kept, err := s.Kept(ctx, where, "01ana", 10)
			b.ok(err)
			if len(kept) != want {
				b.Errorf("ana has %q in %s", kept, where)
			}
			if kept, err := s.Kept(ctx, where, "01joe", 10); err != nil || len(kept) != 0 {
				b.Errorf("joe has %q in %s, %v", kept, where, err)
			}
		}
	})
}

// seedLibrary gives a place a library in which a member stands.
func (t *town) seedLibrary(c bot.CommunityID, a bot.Account, m bot.MemberID) {
	t.Helper()
	s, ctx := Library{t.store}, t.Context()
	var kept []*library.Resource
	for _, path := range []string{"a", "b"} {
		r := shelved(string(c)+".example/"+path, m)
		r.Community, r.Space, r.Health.Next = c, a.Space, noon.Add(time.Hour)
		t.ok(s.Advance(ctx, r, outbox.Effects{}))
		kept = append(kept, r)
	}
	t.ok(s.Keep(ctx, c, m, kept[0].ID, true))
	t.ok(s.Replace(ctx, kept[1], kept[0].ID))
	t.ok(s.KeepRules(ctx, &library.Rules{Community: c, Adds: bot.RoleHost}, outbox.Effects{}))
	t.ok(s.KeepTold(ctx, c, a.Space, library.Told{Until: noon}))
	t.ok(s.Tell(ctx, c, m, false))
	w := wanted(string(c)+"w", m)
	w.Community, w.Askers[0].Account = c, a
	t.ok(s.AdvanceWish(ctx, w, outbox.Effects{Jobs: []scheduler.Job{
		{Group: string(c), ID: "library-wish/" + w.ID, Kind: library.WishJobKind, Due: w.Until, Payload: []byte(`{"wish":"` + w.ID + `"}`)},
	}}))
}
