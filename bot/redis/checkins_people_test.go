package redis

import (
	"slices"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/checkin"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// enrolled takes people in by a list, whose time it gives.
func (b *bench) enrolled(who ...bot.MemberID) time.Time {
	b.Helper()
	b.clock.Set(b.clock.Now().Add(time.Minute))
	list := b.clock.Now()
	found := make([]checkin.Participant, len(who))
	for i, m := range who {
		found[i] = checkin.Participant{Member: m, Account: bottest.Account(string(m)), Since: list}
	}
	b.ok(b.checkIns().Enrol(b.Context(), home, friday, list, found, outbox.Effects{}))
	return list
}

// part gives who takes part, and who of them was not told why.
func (b *bench) part() (all, untold []bot.MemberID) {
	b.Helper()
	found, err := b.checkIns().Participants(b.Context(), home, friday, "", 1000)
	b.ok(err)
	for _, p := range found {
		all = append(all, p.Member)
		if p.Untold {
			untold = append(untold, p.Member)
		}
		joined, err := b.checkIns().Joined(b.Context(), home, p.Member)
		b.ok(err)
		if !slices.Contains(joined, friday) || p.Account.User != string(p.Member) {
			b.Errorf("%+v takes part in %v", p, joined)
		}
	}
	return all, untold
}

func (b *bench) wantPart(all, untold []bot.MemberID) {
	b.Helper()
	if gotAll, gotUntold := b.part(); !slices.Equal(gotAll, all) || !slices.Equal(gotUntold, untold) {
		b.Errorf("those who take part are %v, not told are %v; want %v and %v", gotAll, gotUntold, all, untold)
	}
}

func TestPeopleAreTakenInByLists(t *testing.T) {
	type who = []bot.MemberID
	eachAtNoon(t, func(b *bench) {
		s, ctx := b.checkIns(), b.Context()
		join := func(m bot.MemberID) {
			b.ok(s.Join(ctx, home, friday, checkin.Participant{Member: m, Account: bottest.Account(string(m)), Since: noon}, outbox.Effects{}))
		}
		prune := func(list time.Time, jobs ...scheduler.Job) {
			b.ok(s.Prune(ctx, home, friday, list, outbox.Effects{Jobs: jobs}))
		}
		join("01own")
		first := b.enrolled("01ana", "01ben", "01own")
		prune(first)
		b.wantPart(who{"01ana", "01ben", "01own"}, who{"01ana", "01ben"})
		b.enrolled("01ana", "01ben") // as after a crash: the same once more
		st := checkin.Standing{ID: friday, Community: home}
		b.ok(s.Advance(ctx, &st, checkin.Settled{At: noon, Told: who{"01ana"}}, outbox.Effects{}))
		b.wantPart(who{"01ana", "01ben", "01own"}, who{"01ben"})

		// ben leaves: no list takes him in again, and being told later changes nothing.
		b.ok(s.Leave(ctx, home, friday, "01ben"))
		b.ok(s.Advance(ctx, &st, checkin.Settled{At: noon, Told: who{"01ben"}}, outbox.Effects{}))
		second := b.enrolled("01ben", "01cam")
		b.wantPart(who{"01ana", "01cam", "01own"}, who{"01cam"})
		// ana was not found; who joined by themselves stays. The jobs come along.
		next := job(home, "next", b.clock.Now())
		prune(second, next)
		b.wantPart(who{"01cam", "01own"}, who{"01cam"})
		if got := b.claim(1); len(got) != 1 || got[0].ID != "next" {
			t.Errorf("the jobs are %v", got)
		}
		// ana is back, and knows already. cam makes it her own.
		join("01cam")
		third := b.enrolled("01ana")
		prune(third)
		b.wantPart(who{"01ana", "01cam", "01own"}, nil)
		join("01ben")
		b.wantPart(who{"01ana", "01ben", "01cam", "01own"}, nil)
		b.ok(s.Leave(ctx, home, friday, "01own"))
		b.enrolled("01own")
		b.wantPart(who{"01ana", "01ben", "01cam"}, nil)

		b.ok(s.Disband(ctx, home, friday))
		for _, name := range b.keys() {
			if name == key(home, checkInListed(friday)) || name == key(home, checkInWord(friday)) {
				t.Errorf("%s is kept", name)
			}
		}
	})
}

// A large list goes in in parts, and comes out again.
func TestALargeListOfPeople(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		var many []bot.MemberID
		for i := range 2*enrolledAtOnce + 1 {
			many = append(many, bot.MemberID("01m"+string(rune('a'+i/26/26))+string(rune('a'+i/26%26))+string(rune('a'+i%26))))
		}
		list := b.enrolled(many...)
		if all, _ := b.part(); len(all) != len(many) {
			t.Errorf("%d take part", len(all))
		}
		b.ok(b.checkIns().Prune(b.Context(), home, friday, list.Add(time.Minute), outbox.Effects{}))
		if all, _ := b.part(); len(all) != 0 {
			t.Errorf("%d take part still", len(all))
		}
	})
}

func TestARevisionIsKeptForAnHour(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		s, ctx := b.checkIns(), b.Context()
		want := checkin.Revision{Base: "x", Name: "New", Questions: []checkin.Question{{Kind: checkin.Choice, Text: "Colour?", Choices: []string{"red", "green"}}}, Sharing: checkin.Shared, Days: 2}
		b.ok(s.KeepRevision(ctx, home, friday, "01ana", want))
		got, err := s.Revision(ctx, home, friday, "01ana")
		b.ok(err)
		if got.Name != want.Name || got.Base != want.Base || got.Days != 2 || got.Sharing != checkin.Shared || len(got.Questions) != 1 || got.Questions[0].Choices[1] != "green" {
			t.Errorf("kept is %+v", got)
		}
		if ttl := b.client.TTL(ctx, key(home, checkInRevision(friday, "01ana"))).Val(); ttl <= 0 || ttl > checkin.RevisionFor {
			t.Errorf("it is kept for %s", ttl)
		}
		if _, err := s.Revision(ctx, home, friday, "01ben"); bot.CodeOf(err) != bot.NotFound {
			t.Errorf("somebody else's is %v", err)
		}
	})
}
