package redis

import (
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/community"
)

func (b *bench) member(c bot.CommunityID, user string, fresh bot.MemberID) bot.Member {
	b.Helper()
	m, err := Communities{b.store}.Member(b.Context(), c, bot.Account{Space: scichat.Space, User: user},
		bot.Member{ID: fresh, Name: user, Role: bot.RoleMember})
	b.ok(err)
	return m.Member
}

func TestASpaceHasOneCommunity(t *testing.T) {
	each(t, func(b *bench) {
		const rivals = 4
		found := make(chan community.Community, rivals)
		for i := range rivals {
			s := Communities{b.open()}
			go func() {
				c, err := s.Community(b.Context(), scichat.Space, community.Community{
					ID: bot.CommunityID(fmt.Sprint("c", i)), Language: fmt.Sprint("l", i), Zone: "UTC",
				})
				if err != nil {
					t.Error(err)
				}
				found <- c
			}()
		}
		first := <-found
		if first.ID == "" || first.Language != "l"+string(first.ID[1:]) || first.Zone != "UTC" {
			t.Errorf("the community is %+v", first)
		}
		for range rivals - 1 {
			if other := <-found; other != first {
				t.Errorf("one found %+v, another %+v", first, other)
			}
		}
		other := scichat.Space
		other.ID = "a/b:{c}\x00"
		c, err := Communities{b.store}.Community(b.Context(), other, community.Community{ID: "c9"})
		if err != nil || c.ID != "c9" {
			t.Errorf("another space has %+v, %v", c, err)
		}
	})
}

func TestAnAccountHasOneMember(t *testing.T) {
	each(t, func(b *bench) {
		ana := b.member(home, "ana", "m1")
		want := bot.Member{ID: "m1", Community: home, Number: 1, Name: "ana", Role: bot.RoleMember}
		if ana != want {
			t.Errorf("made %+v, want %+v", ana, want)
		}
		if again := b.member(home, "ana", "m2"); again != want {
			t.Errorf("then %+v, want %+v", again, want)
		}
		if joe := b.member(home, "joe:{}/ \x00", "m3"); joe.Number != 2 || joe.ID != "m3" {
			t.Errorf("another is %+v", joe)
		}
		if far := b.member("01other", "ana", "m4"); far.Number != 1 || far.ID != "m4" {
			t.Errorf("in another community it is %+v", far)
		}
	})
}

func TestMembersAreSavedAndReadInOrder(t *testing.T) {
	each(t, func(b *bench) {
		people := Communities{b.store}
		ana, joe := b.member(home, "ana", "m1"), b.member(home, "joe", "m2")
		ana.Name, ana.Role, ana.Zone, ana.Number = "Ana \x00 é", bot.RoleOrganizer, "Europe/Madrid", 99
		b.ok(people.SaveMember(b.Context(), community.Record{Member: ana}))
		ana.Number = 1 // which nobody can change
		if err := people.SaveMember(b.Context(), community.Record{Member: bot.Member{ID: "m9", Community: home}}); bot.CodeOf(err) != bot.NotFound {
			t.Error("one who does not exist was saved:", err)
		}
		got, err := people.Members(b.Context(), home, []bot.MemberID{"m2", "m9", "m1", ""})
		b.ok(err)
		if want := []bot.Member{joe, ana}; !reflect.DeepEqual(got, want) {
			t.Errorf("got\n\t%+v, want\n\t%+v", got, want)
		}
		if got := b.member(home, "ana", "m3"); got != ana {
			t.Errorf("by her account she is %+v, want %+v", got, ana)
		}

		ids := make([]bot.MemberID, 2*entriesAtOnce+1)
		for i := range ids {
			ids[i] = "m1"
		}
		got, err = people.Members(b.Context(), home, ids)
		if err != nil || len(got) != len(ids) {
			t.Errorf("read %d of %d, %v", len(got), len(ids), err)
		}
	})
}

// Two replicas change one member at once: what one has not seen it does not undo.
func TestAMemberIsSavedByVersion(t *testing.T) {
	each(t, func(b *bench) {
		b.member(home, "ana", "m1")
		load := func() community.Record {
			r, err := Communities{b.store}.Member(b.Context(), home, bot.Account{Space: scichat.Space, User: "ana"}, bot.Member{ID: "m2"})
			b.ok(err)
			return r
		}
		first, second := load(), load()
		first.Role = bot.RoleHost
		b.ok(Communities{b.store}.SaveMember(b.Context(), first))
		second.Away = bot.Away{From: "2026-12-01", Until: "2026-12-07"}
		if err := (Communities{b.open()}).SaveMember(b.Context(), second); bot.CodeOf(err) != bot.Conflict {
			t.Fatalf("an old version was saved: %v", err)
		}
		again := load()
		if again.Version != 1 || again.Role != bot.RoleHost {
			t.Fatalf("then it is %+v", again)
		}
		again.Away = second.Away
		b.ok(Communities{b.store}.SaveMember(b.Context(), again))
		if got := load(); got.Version != 2 || got.Role != bot.RoleHost || got.Away != second.Away {
			t.Errorf("in the end it is %+v", got)
		}
	})
}

// Replicas that change one member at the same time lose none of the changes.
func TestConcurrentChangesOfAMemberAreAllKept(t *testing.T) {
	each(t, func(b *bench) {
		changes := []func(*bot.Member){
			func(m *bot.Member) { m.Role = bot.RoleHost },
			func(m *bot.Member) { m.Language = "es" },
			func(m *bot.Member) { m.Zone = "Europe/Madrid" },
			func(m *bot.Member) { m.Away = bot.Away{From: "2026-12-01", Until: "2026-12-07"} },
		}
		ana := bot.Account{Space: scichat.Space, User: "ana"}
		begin := make(chan struct{})
		var all sync.WaitGroup
		var directories []*community.Directory
		for range changes {
			d := community.NewDirectory(Communities{b.open()}, community.Defaults{Language: "en", Zone: "UTC"}, func() time.Time { return noon })
			if _, err := d.Member(b.Context(), ana, "Ana"); err != nil {
				t.Fatal(err)
			}
			directories = append(directories, d)
		}
		for i, change := range changes {
			all.Go(func() {
				<-begin
				if _, err := directories[i].Appoint(b.Context(), ana, "Ana", change); err != nil {
					t.Error(err)
				}
			})
		}
		close(begin)
		all.Wait()
		got, err := directories[0].Appoint(b.Context(), ana, "Ana", func(*bot.Member) {})
		b.ok(err)
		if got.Role != bot.RoleHost || got.Language != "es" || got.Zone != "Europe/Madrid" || got.Away.Until != "2026-12-07" {
			t.Errorf("a change is missing: %+v", got)
		}
	})
}
