package community

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/scheduler"
)

func newTestDirectory() (*Directory, *memoryStore, *scheduler.ManualClock) {
	store := newMemoryStore()
	clock := scheduler.NewManualClock(time.Date(2026, 5, 14, 19, 0, 0, 0, time.UTC))
	return NewDirectory(store, Defaults{Language: "en", Zone: "America/Chicago"}, clock.Now), store, clock
}

func member(t *testing.T, d *Directory, user, name string) bot.Member {
	t.Helper()
	m, err := d.Member(context.Background(), bottest.Account(user), name)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func pass(clock *scheduler.ManualClock, d time.Duration) { clock.Set(clock.Now().Add(d)) }

func TestFirstContactMakesCommunityAndMember(t *testing.T) {
	d, store, _ := newTestDirectory()
	ana := member(t, d, "ana", "Ana")
	c, err := d.Community(context.Background(), bottest.Space())
	if err != nil {
		t.Fatal(err)
	}
	want := bot.Member{
		ID: ana.ID, Community: c.ID, Number: 1, Name: "Ana",
		Language: "en", Zone: "America/Chicago", Role: bot.RoleMember,
	}
	if ana != want || ana.ID == "" || c.ID == "" {
		t.Errorf("got %+v, want %+v", ana, want)
	}
	if stored := store.members[ana.ID]; stored.Language != "" || stored.Zone != "" {
		t.Errorf("the community's language and zone were stored with the member: %+v", stored)
	}
}

func TestAnswersFromMemoryForAMinute(t *testing.T) {
	d, store, clock := newTestDirectory()
	ana := member(t, d, "ana", "Ana")
	for range 5 {
		member(t, d, "ana", "Ana")
	}
	if got := store.count("Member") + store.count("Community"); got != 2 {
		t.Fatalf("%d calls of the store, want 2", got)
	}
	// Another replica makes her a host.
	changed := store.members[ana.ID]
	changed.Role = bot.RoleHost
	store.members[ana.ID] = changed
	pass(clock, lifetime-time.Second)
	if got := member(t, d, "ana", "Ana").Role; got != bot.RoleMember {
		t.Errorf("role is %q before the minute is over", got)
	}
	pass(clock, time.Second)
	if got := member(t, d, "ana", "Ana").Role; got != bot.RoleHost {
		t.Errorf("role is %q after a minute", got)
	}
}

func TestMemberFollowsTheCommunity(t *testing.T) {
	d, store, clock := newTestDirectory()
	member(t, d, "ana", "Ana")
	if _, err := d.Appoint(context.Background(), bottest.Account("joe"), "Joe", func(m *bot.Member) {
		m.Language, m.Zone = "en", "UTC"
	}); err != nil {
		t.Fatal(err)
	}
	c := store.communities[bottest.Space()]
	c.Language, c.Zone = "es", "Europe/Madrid"
	store.communities[bottest.Space()] = c
	pass(clock, communityLifetime)
	if ana := member(t, d, "ana", "Ana"); ana.Language != "es" || ana.Zone != "Europe/Madrid" {
		t.Errorf("ana, who chose nothing, has %s and %s", ana.Language, ana.Zone)
	}
	if joe := member(t, d, "joe", "Joe"); joe.Language != "en" || joe.Zone != "UTC" {
		t.Errorf("joe, who chose, has %s and %s", joe.Language, joe.Zone)
	}
}

func TestNameFollowsThePlatform(t *testing.T) {
	d, store, _ := newTestDirectory()
	ana := member(t, d, "ana", "Ana")
	if got := member(t, d, "ana", "Ana María").Name; got != "Ana María" {
		t.Errorf("the name is %q", got)
	}
	if got := store.members[ana.ID].Name; got != "Ana María" {
		t.Errorf("the stored name is %q", got)
	}
	saves := store.count("SaveMember")
	member(t, d, "ana", "Ana María")
	if got := member(t, d, "ana", "").Name; got != "Ana María" {
		t.Errorf("without a name from the platform it is %q", got)
	}
	if got := store.count("SaveMember"); got != saves {
		t.Errorf("%d saves without a change", got-saves)
	}
}

func TestAppoint(t *testing.T) {
	d, store, _ := newTestDirectory()
	ctx := context.Background()
	ana := member(t, d, "ana", "Ana")
	// Another replica has set her zone; this one does not know yet.
	stored := store.members[ana.ID]
	stored.Zone = "Europe/Madrid"
	store.members[ana.ID] = stored
	got, err := d.Appoint(ctx, bottest.Account("ana"), "Ana", func(m *bot.Member) {
		m.Role = bot.RoleHost
		m.ID, m.Number, m.Community = "other", 99, "elsewhere"
	})
	if err != nil {
		t.Fatal(err)
	}
	want := bot.Member{
		ID: ana.ID, Community: ana.Community, Number: 1, Name: "Ana",
		Language: "en", Zone: "Europe/Madrid", Role: bot.RoleHost,
	}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if now := member(t, d, "ana", "Ana"); now != want {
		t.Errorf("the next answer is %+v, want %+v", now, want)
	}
}

func TestConcurrentAppointmentsKeepEachOther(t *testing.T) {
	d, store, _ := newTestDirectory()
	ctx := context.Background()
	ana := member(t, d, "ana", "Ana")
	changes := []func(*bot.Member){
		func(m *bot.Member) { m.Role = bot.RoleHost },
		func(m *bot.Member) { m.Language = "es" },
		func(m *bot.Member) { m.Zone = "UTC" },
	}
	var all sync.WaitGroup
	for _, change := range changes {
		all.Go(func() {
			if _, err := d.Appoint(ctx, bottest.Account("ana"), "Ana", change); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	got := store.members[ana.ID]
	if got.Role != bot.RoleHost || got.Language != "es" || got.Zone != "UTC" {
		t.Errorf("a change is missing: %+v", got)
	}
	if n := len(d.changing.taken); n != 0 {
		t.Errorf("%d turns are still taken", n)
	}
}

// Another replica changes her between the reading and the saving of a change: both
// changes stay.
func TestAChangeOnTopOfOneByAnotherReplica(t *testing.T) {
	d, store, clock := newTestDirectory()
	ctx := context.Background()
	ana := member(t, d, "ana", "Ana")
	other := NewDirectory(store, Defaults{Language: "en", Zone: "America/Chicago"}, clock.Now)
	store.quicker = func() {
		if _, err := other.Appoint(ctx, bottest.Account("ana"), "Ana", func(m *bot.Member) { m.Role = bot.RoleHost }); err != nil {
			t.Error(err)
		}
	}
	asked := 0
	got, err := d.Appoint(ctx, bottest.Account("ana"), "Ana", func(m *bot.Member) { asked++; m.Zone = "UTC" })
	if err != nil || asked != 2 || got.Role != bot.RoleHost || got.Zone != "UTC" {
		t.Errorf("after %d tries: %+v, %v", asked, got, err)
	}
	if stored := store.members[ana.ID]; stored.Role != bot.RoleHost || stored.Zone != "UTC" {
		t.Errorf("stored is %+v", stored)
	}
	// Somebody who is always quicker does not keep us for ever.
	n := 0
	var again func()
	again = func() {
		n++
		store.versions[ana.ID]++
		store.quicker = again
	}
	store.quicker = again
	if _, err := d.Appoint(ctx, bottest.Account("ana"), "Ana", func(m *bot.Member) { m.Zone = "Europe/Madrid" }); bot.CodeOf(err) != bot.Conflict || n != mostTries {
		t.Errorf("after %d tries: %v", n, err)
	}
	store.quicker = nil
	if got := member(t, d, "ana", "Ana").Zone; got != "UTC" {
		t.Errorf("what could not be stored is remembered: %s", got)
	}
}

func TestWaitingForATurnEndsWithTheContext(t *testing.T) {
	d, _, _ := newTestDirectory()
	member(t, d, "ana", "Ana")
	done, err := d.changing.take(context.Background(), bottest.Account("ana"))
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := d.Appoint(ctx, bottest.Account("ana"), "Ana", func(*bot.Member) {}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestNames(t *testing.T) {
	d, store, _ := newTestDirectory()
	ana, joe := member(t, d, "ana", "Ana"), member(t, d, "joe", "Joe")
	names, err := d.Names(context.Background(), ana.Community, []bot.MemberID{joe.ID, "gone", ana.ID})
	if err != nil || len(names) != 2 || names[ana.ID] != "Ana" || names[joe.ID] != "Joe" {
		t.Errorf("got %v, %v", names, err)
	}
	if names, err := d.Names(context.Background(), ana.Community, nil); err != nil || len(names) != 0 {
		t.Errorf("got %v, %v", names, err)
	}
	if got := store.count("Members"); got != 1 {
		t.Errorf("%d calls of the store, want 1", got)
	}
}

func TestErrorsAreNotRemembered(t *testing.T) {
	d, store, _ := newTestDirectory()
	ctx := context.Background()
	member(t, d, "joe", "Joe")
	down := &bot.Error{Code: bot.Unavailable, Err: errors.New("down")}
	store.err = down
	if _, err := d.Member(ctx, bottest.Account("ana"), "Ana"); bot.CodeOf(err) != bot.Unavailable {
		t.Errorf("got %v", err)
	}
	if _, err := d.Names(ctx, "c", []bot.MemberID{"x"}); bot.CodeOf(err) != bot.Unavailable {
		t.Errorf("got %v", err)
	}
	if _, err := d.Appoint(ctx, bottest.Account("joe"), "Joe", func(m *bot.Member) { m.Role = bot.RoleHost }); bot.CodeOf(err) != bot.Unavailable {
		t.Errorf("got %v", err)
	}
	if got := member(t, d, "joe", "Joe"); got.Role != bot.RoleMember {
		t.Errorf("what could not be stored is remembered: %+v", got)
	}
	store.err = nil
	member(t, d, "ana", "Ana")
}

func TestOneLoadForAllWhoAsk(t *testing.T) {
	d, store, _ := newTestDirectory()
	member(t, d, "joe", "Joe") // the community is known
	store.wait, store.entered = make(chan struct{}), make(chan struct{}, 100)
	before := store.count("Member")
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() { member(t, d, "ana", "Ana") })
	}
	<-store.entered
	close(store.wait)
	all.Wait()
	if got := store.count("Member") - before; got != 1 {
		t.Errorf("%d calls of the store, want 1", got)
	}
}

// Whoever waits for somebody else's load does not fail because that one left.
func TestLoadOutlivesWhoBeganIt(t *testing.T) {
	d, store, _ := newTestDirectory()
	member(t, d, "joe", "Joe")
	store.wait, store.entered = make(chan struct{}), make(chan struct{}, 2)
	first, leave := context.WithCancel(context.Background())
	var all sync.WaitGroup
	all.Go(func() {
		if _, err := d.Member(first, bottest.Account("ana"), "Ana"); !errors.Is(err, context.Canceled) {
			t.Errorf("the first got %v", err)
		}
	})
	<-store.entered
	all.Go(func() { member(t, d, "ana", "Ana") })
	leave()
	<-store.entered // the second now loads itself
	close(store.wait)
	all.Wait()
}

func TestMemoryIsBounded(t *testing.T) {
	clock := scheduler.NewManualClock(time.Unix(0, 0))
	c := newCache[int, string](100, time.Minute, clock.Now)
	load := func(context.Context) (string, error) { return "x", nil }
	for i := range 1000 {
		if _, err := c.get(context.Background(), i, load); err != nil {
			t.Fatal(err)
		}
		c.put(1000+i, "y")
	}
	if len(c.entries) > 100 {
		t.Errorf("%d entries", len(c.entries))
	}
}

func TestWhatIsLoadedDoesNotUndoWhatWasStored(t *testing.T) {
	c := newCache[string, string](10, time.Minute, scheduler.NewManualClock(time.Unix(0, 0)).Now)
	got, err := c.get(context.Background(), "k", func(context.Context) (string, error) {
		c.put("k", "new") // stored while an older value is on its way
		return "old", nil
	})
	if err != nil || got != "old" {
		t.Fatalf("got %q, %v", got, err)
	}
	got, _ = c.get(context.Background(), "k", func(context.Context) (string, error) { return "", errors.New("not asked") })
	if got != "new" {
		t.Errorf("got %q, want new", got)
	}
}

func TestPanicInALoadDoesNotHoldOthersUp(t *testing.T) {
	c := newCache[string, string](10, time.Minute, scheduler.NewManualClock(time.Unix(0, 0)).Now)
	func() {
		defer func() { _ = recover() }()
		_, _ = c.get(context.Background(), "k", func(context.Context) (string, error) { panic("broken") })
	}()
	got, err := c.get(context.Background(), "k", func(context.Context) (string, error) { return "v", nil })
	if got != "v" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}

func BenchmarkMember(b *testing.B) {
	d, _, _ := newTestDirectory()
	accounts := make([]bot.Account, 1000)
	for i := range accounts {
		accounts[i] = bottest.Account(fmt.Sprint("u", i))
	}
	ctx := context.Background()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, err := d.Member(ctx, accounts[i%len(accounts)], "Ana"); err != nil {
			b.Fatal(err)
		}
	}
}
