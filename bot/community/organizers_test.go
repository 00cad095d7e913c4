package community

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
)

// acts lets somebody act in a role that the platform may have given them.
func acts(t *testing.T, d *Directory, user string, role bot.Role) bot.CommunityID {
	t.Helper()
	m := member(t, d, user, user)
	m.Role = role
	d.Acts(context.Background(), bottest.Account(user), m)
	return m.Community
}

func wantOrganizers(t *testing.T, d *Directory, c bot.CommunityID, want ...string) {
	t.Helper()
	accounts, err := d.Organizers(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, a := range accounts {
		got = append(got, a.User)
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("organizers are %q, want %q", got, want)
	}
}

func TestOrganizersAreThoseWhoAct(t *testing.T) {
	d, store, _ := newTestDirectory()
	c := acts(t, d, "ana", bot.RoleMember)
	acts(t, d, "joe", bot.RoleHost)
	if n := store.count("NoteOrganizer"); n > 0 {
		t.Errorf("%d calls for people who organize nothing", n)
	}
	for range 3 {
		acts(t, d, "maria", bot.RoleOrganizer)
	}
	if n := store.count("NoteOrganizer"); n != 1 {
		t.Errorf("maria was noted %d times, want once", n)
	}
	acts(t, d, "sam", bot.RoleOrganizer)
	wantOrganizers(t, d, c, "maria", "sam")

	acts(t, d, "maria", bot.RoleMember)
	acts(t, d, "maria", bot.RoleMember)
	wantOrganizers(t, d, c, "sam")
	if n := store.count("NoteOrganizer"); n != 3 {
		t.Errorf("%d calls, want 3", n)
	}
}

func TestWhoIsAppointedOrganizerIsOneAtOnce(t *testing.T) {
	d, _, _ := newTestDirectory()
	appoint := func(role bot.Role) bot.CommunityID {
		t.Helper()
		m, err := d.Appoint(context.Background(), bottest.Account("ana"), "Ana", func(m *bot.Member) { m.Role = role })
		if err != nil {
			t.Fatal(err)
		}
		return m.Community
	}
	c := appoint(bot.RoleOrganizer)
	wantOrganizers(t, d, c, "ana")
	appoint(bot.RoleHost)
	wantOrganizers(t, d, c)
}

// What one process noted, another knows once it has looked: it forgets whoever
// stops organizing there.
func TestWhoStopsOrganizingIsForgottenByAnotherProcess(t *testing.T) {
	d, store, clock := newTestDirectory()
	c := acts(t, d, "ana", bot.RoleOrganizer)
	other := NewDirectory(store, d.defaults, clock.Now)
	wantOrganizers(t, other, c, "ana")
	acts(t, other, "ana", bot.RoleMember)
	wantOrganizers(t, d, c)
	acts(t, d, "ana", bot.RoleOrganizer)
	wantOrganizers(t, d, c, "ana")
}

func TestANoteThatFailedIsMadeWithTheNextAct(t *testing.T) {
	d, store, _ := newTestDirectory()
	c := acts(t, d, "ana", bot.RoleMember)
	store.err = errors.New("down")
	if _, err := d.Organizers(context.Background(), c); err == nil {
		t.Error("a store that is down knows organizers")
	}
	acts(t, d, "ana", bot.RoleOrganizer)
	store.err = nil
	wantOrganizers(t, d, c)
	acts(t, d, "ana", bot.RoleOrganizer)
	wantOrganizers(t, d, c, "ana")
}
