package redis

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/community"
)

func (b *bench) member(c bot.CommunityID, user string, fresh bot.MemberID) bot.Member {
	b.Helper()
	m, err := Communities{b.store}.Member(b.Context(), c, bot.Account{Space: scichat.Space, User: user},
		bot.Member{ID: fresh, Name: user, Role: bot.RoleMember})
	b.ok(err)
	return m
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
		b.ok(people.SaveMember(b.Context(), ana))
		ana.Number = 1 // which nobody can change
		if err := people.SaveMember(b.Context(), bot.Member{ID: "m9", Community: home}); bot.CodeOf(err) != bot.NotFound {
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
