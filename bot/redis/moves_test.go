package redis

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/community"
	"github.com/staffroom-bot/staffroom/bot/discussion"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// lincoln and madison are places of two communities.
var (
	lincoln = bot.SpaceID{Connection: "slack", ID: "T1"}
	madison = bot.SpaceID{Connection: "discord", ID: "G/1"}
)

func (b *bench) people() Communities { return Communities{b.store} }

// place lays a community with one place.
func (b *bench) place(space bot.SpaceID, c bot.CommunityID) {
	b.Helper()
	got, err := b.people().Community(b.Context(), space, community.Community{ID: c, Language: "en", Zone: "UTC"})
	b.ok(err)
	if got.ID != c {
		b.Fatalf("%s is in %s, want %s", space, got.ID, c)
	}
}

// placesLife does everything there is to do with places, and leaves something of
// each kind behind.
func (b *bench) placesLife() {
	b.Helper()
	ctx, s := b.Context(), b.people()
	b.place(scichat.Space, home)
	p := community.Place{Space: scichat.Space}
	b.ok(s.SavePlace(ctx, home, &p))
	b.place(lincoln, "01lincoln")
	b.ok(s.Found(ctx, community.Community{ID: home}))
	w, err := s.Announce(ctx, lincoln, "01lincoln", home)
	b.ok(err)
	_, err = s.Part(ctx, lincoln, w)
	b.ok(err)
	b.ok(s.KeepCode(ctx, "h", community.Offer{Until: b.clock.Now().Add(time.Hour)}))
	_, err = s.Code(ctx, "h")
	b.ok(err)
	_, err = s.Try(ctx, home, "places", time.Hour, 1)
	b.ok(err)
	a := bot.Account{Space: scichat.Space, User: "U2"}
	_, err = s.Member(ctx, home, a, bot.Member{ID: "01joe"})
	b.ok(err)
	b.ok(s.Merge(ctx, community.Record{Member: bot.Member{ID: "01ana", Community: home}, Version: 1}, community.Self{ID: "01joe", Into: "01ana", Accounts: []bot.Account{a}}))
	d := chat("d9", discussion.Archived)
	b.save(&d)
	b.ok(b.chats().TakeOut(ctx, &d, outbox.Effects{}))
	for _, read := range []func() error{
		func() error { _, err := s.Places(ctx, home); return err },
		func() error { _, err := s.Staff(ctx, home); return err },
		func() error { _, err := s.Called(ctx, home, "ana"); return err },
		func() error { _, err := s.Accounts(ctx, home, "01ana"); return err },
		func() error { _, err := s.Selves(ctx, home, "01ana"); return err },
		func() error { _, err := b.chats().OnTheWay(ctx, home); return err },
		func() error { _, _, err := b.store.Fate(ctx, home, "k"); return err },
	} {
		b.ok(read())
	}
}

func TestACodeWorksOnceAndForItsTime(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		ctx, s := b.Context(), b.people()
		offer := community.Offer{Kind: "k", Community: home, Account: ana, Until: noon.Add(time.Hour)}
		b.ok(s.KeepCode(ctx, "h", offer))
		for range 2 {
			if got, err := s.Code(ctx, "h"); err != nil || got != offer {
				t.Errorf("got %+v, %v", got, err)
			}
		}
		var mu sync.Mutex
		var took int
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				got, err := s.TakeCode(ctx, "h")
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil && got == offer:
					took++
				case bot.CodeOf(err) != bot.NotFound:
					t.Errorf("got %+v, %v", got, err)
				}
			})
		}
		all.Wait()
		if took != 1 {
			t.Errorf("the code worked %d times", took)
		}
		b.ok(s.KeepCode(ctx, "h", offer))
		b.after(time.Hour - time.Millisecond)
		if _, err := s.Code(ctx, "h"); err != nil {
			t.Error("within its time:", err)
		}
		b.after(time.Hour)
		if _, err := s.Code(ctx, "h"); bot.CodeOf(err) != bot.NotFound {
			t.Error("after its time:", err)
		}
		if _, err := s.TakeCode(ctx, "h"); bot.CodeOf(err) != bot.NotFound {
			t.Error("after its time:", err)
		}
	})
}

func TestTriesAreCountedWithinATime(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		for i, c := range []struct {
			at   time.Duration
			who  string
			more int
			want int
		}{
			{0, "a", 1, 1},
			{time.Minute, "a", 1, 2},
			{time.Minute, "b", 1, 1},
			{2 * time.Minute, "a", -1, 1},
			{59 * time.Minute, "a", 1, 2},
			{time.Hour, "a", 1, 1}, // the hour of the first is over
			{time.Hour, "c", -1, 0},
		} {
			b.after(c.at)
			if got, err := b.people().Try(b.Context(), home, c.who, time.Hour, c.more); err != nil || got != c.want {
				t.Errorf("%d: got %d, %v; want %d", i, got, err, c.want)
			}
		}
	})
}

func TestASpaceIsLeftInStages(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		ctx, s := b.Context(), b.people()
		b.place(lincoln, "01lincoln")
		b.place(madison, "01madison")
		stage := func(want community.Moves, c bot.CommunityID) {
			t.Helper()
			got, err := s.Community(ctx, lincoln, community.Community{})
			if err != nil || got.Moves != want || got.ID != c {
				t.Errorf("got %+v, %v; want %s, %q", got, err, c, want)
			}
		}
		stage(community.Settled, "01lincoln")
		w, err := s.Announce(ctx, lincoln, "01lincoln", "01madison")
		b.ok(err)
		stage(community.Leaving, "01lincoln")
		if _, err := s.Announce(ctx, lincoln, "01lincoln", "01other"); bot.CodeOf(err) != bot.Conflict {
			t.Error("it goes to two:", err)
		}
		b.ok(s.Stay(ctx, lincoln, w))
		stage(community.Settled, "01lincoln")
		if _, err := s.Part(ctx, lincoln, w); bot.CodeOf(err) != bot.Conflict {
			t.Error("it was called off, and goes:", err)
		}
		w, err = s.Announce(ctx, lincoln, "01lincoln", "01madison")
		b.ok(err)
		var moving community.Whereabouts
		for range 2 { // what was done is done
			moving, err = s.Part(ctx, lincoln, w)
			b.ok(err)
			w = moving
		}
		stage(community.Moving, "01lincoln")
		for range 2 {
			b.ok(s.TakeIn(ctx, moving, community.Place{Space: lincoln, Own: "01lincoln"}))
		}
		for range 2 {
			b.ok(s.Arrive(ctx, lincoln, moving))
		}
		stage(community.Settled, "01madison")
		there, err := s.Places(ctx, "01madison")
		b.ok(err)
		if len(there) != 2 || there[0].Space != madison || there[1].Space != lincoln || there[1].Own != "01lincoln" {
			t.Errorf("the places are %+v", there)
		}
		if here, err := s.Places(ctx, "01lincoln"); err != nil || len(here) > 0 {
			t.Errorf("left are %+v, %v", here, err)
		}
	})
}

func TestWhatIsSetForAPlaceCounts(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		ctx, s := b.Context(), b.people()
		b.place(lincoln, "01lincoln")
		places, err := s.Places(ctx, "01lincoln")
		b.ok(err)
		if len(places) != 1 || places[0].Space != lincoln {
			t.Fatalf("the places are %+v", places)
		}
		p := places[0]
		p.Set = community.Setting{Name: "Lincoln", Language: "es", Private: bot.Channel{Space: lincoln, ID: "C"}}
		old := p
		b.ok(s.SavePlace(ctx, "01lincoln", &p))
		if err := s.SavePlace(ctx, "01lincoln", &old); bot.CodeOf(err) != bot.Conflict {
			t.Error("an older version is stored:", err)
		}
		if got, err := s.Places(ctx, "01lincoln"); err != nil || len(got) != 1 || got[0] != p {
			t.Errorf("got %+v, %v; want %+v", got, err, p)
		}
		if c, err := s.Community(ctx, lincoln, community.Community{}); err != nil || c.Language != "es" || c.Zone != "UTC" {
			t.Errorf("the community is %+v, %v", c, err)
		}
	})
}

// Whoever still takes a space to be where it was cannot write there.
func TestNothingIsWrittenIntoACommunityThatWasLeft(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		ctx, s := b.Context(), b.people()
		b.place(lincoln, "01lincoln")
		b.place(madison, "01madison")
		w, err := s.Announce(ctx, lincoln, "01lincoln", "01madison")
		b.ok(err)
		_, err = s.Part(ctx, lincoln, w)
		b.ok(err)
		d := chat("d1", discussion.Scheduled)
		d.Community, d.Channel.Space = "01lincoln", lincoln
		r := daily("s1", 1)
		r.Community, r.Space = "01lincoln", lincoln
		cal := everybodysCalendar("01lincoln")
		p := community.Place{Space: lincoln}
		for name, write := range map[string]func() error{
			"a member": func() error {
				_, err := s.Member(ctx, "01lincoln", bot.Account{Space: lincoln, User: "U"}, bot.Member{ID: "01x"})
				return err
			},
			"a chat": func() error { return b.chats().Advance(ctx, &d, outbox.Effects{}) },
			"an answer": func() error {
				return b.chats().Add(ctx, discussion.Filing{Discussion: &d, Entry: entry("f", "A1")}, outbox.Effects{})
			},
			"a series":   func() error { return b.schedules().Advance(ctx, &r, nil, outbox.Effects{}) },
			"a calendar": func() error { return b.schedules().KeepCalendar(ctx, &cal, outbox.Effects{}) },
			"a place":    func() error { return s.SavePlace(ctx, "01lincoln", &p) },
		} {
			if err := write(); bot.CodeOf(err) != bot.Conflict {
				t.Errorf("%s: %v", name, err)
			}
		}
		want := map[string]bool{"about": true, "left": true, "places": true}
		for _, name := range b.keysOf("01lincoln") {
			if !want[name] {
				t.Errorf("%s was written", name)
			}
		}
	})
}

// keysOf gives the names of a community's keys.
func (b *bench) keysOf(c bot.CommunityID) []string {
	b.Helper()
	prefix := key(c, "")
	var names []string
	for _, name := range b.keys() {
		if len(name) > len(prefix) && name[:len(prefix)] == prefix {
			names = append(names, name[len(prefix):])
		}
	}
	return names
}

func TestWhoHasARoleAndWhoIsCalledSo(t *testing.T) {
	each(t, func(b *bench) {
		ctx, s := b.Context(), b.people()
		for i := range 50 {
			m := bot.Member{ID: bot.MemberID(fmt.Sprintf("m%02d", i)), Community: home, Name: fmt.Sprint("Person ", i%49), Role: bot.RoleMember}
			switch i {
			case 7:
				m.Role = bot.RoleHost
			case 9:
				m.Role, m.Name = bot.RoleOrganizer, `"role":"member"`
			}
			_, err := s.Member(ctx, home, bot.Account{Space: lincoln, User: fmt.Sprint("U/", i)}, m)
			b.ok(err)
		}
		ids := func(all []bot.Member, err error) string {
			t.Helper()
			b.ok(err)
			var out string
			for _, m := range all {
				out += " " + string(m.ID)
			}
			return out
		}
		if got := ids(s.Staff(ctx, home)); got != " m07 m09" {
			t.Errorf("the staff is%s", got)
		}
		if got := ids(s.Called(ctx, home, "pERSON 0")); got != " m00 m49" {
			t.Errorf("so called are%s", got)
		}
		accounts, err := s.Accounts(ctx, home, "m07")
		b.ok(err)
		if len(accounts) != 1 || accounts[0] != (bot.Account{Space: lincoln, User: "U/7"}) {
			t.Errorf("the accounts are %v", accounts)
		}
	})
}
