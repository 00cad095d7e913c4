package redis

import (
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// What an organizer decides about somebody's role while two of their accounts are
// one counts after these are parted again, for both.
func TestARoleGivenOrTakenMeanwhileOutlastsTheUndo(t *testing.T) {
	for _, c := range []struct {
		name                    string
		first, second, change   bot.Role // change: "" leaves it alone
		wantFirst, wantSecond   bot.Role
		wantTogether, wantAfter bot.Role // while they are one
	}{
		{
			name: "dismissed", first: bot.RoleMember, second: bot.RoleOrganizer, change: bot.RoleMember,
			wantTogether: bot.RoleOrganizer, wantAfter: bot.RoleMember, wantFirst: bot.RoleMember, wantSecond: bot.RoleMember,
		},
		{
			name: "dismissed where both were organizers", first: bot.RoleOrganizer, second: bot.RoleOrganizer, change: bot.RoleHost,
			wantTogether: bot.RoleOrganizer, wantAfter: bot.RoleHost, wantFirst: bot.RoleHost, wantSecond: bot.RoleHost,
		},
		{
			name: "appointed", first: bot.RoleMember, second: bot.RoleHost, change: bot.RoleOrganizer,
			wantTogether: bot.RoleHost, wantAfter: bot.RoleOrganizer, wantFirst: bot.RoleOrganizer, wantSecond: bot.RoleHost,
		},
		{
			name: "left alone", first: bot.RoleMember, second: bot.RoleOrganizer,
			wantTogether: bot.RoleOrganizer, wantAfter: bot.RoleOrganizer, wantFirst: bot.RoleMember, wantSecond: bot.RoleOrganizer,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			eachAtNoon(t, func(b *bench) {
				p := newPerson(b)
				one, two := bot.Account{Space: lincoln, User: "ana"}, bot.Account{Space: lincoln, User: "anne"}
				appoint := func(a bot.Account, role bot.Role) {
					_, err := p.directory.Appoint(b.Context(), a, a.User, func(m *bot.Member) { m.Role = role })
					b.ok(err)
				}
				p.member(one)
				second := p.member(two)
				appoint(one, c.first)
				appoint(two, c.second)
				p.links(one, two)
				if got := p.member(two).Role; got != c.wantTogether {
					t.Errorf("together they are %s, want %s", got, c.wantTogether)
				}
				if c.change != "" {
					appoint(one, c.change)
				}
				b.after(2 * time.Minute) // nothing is remembered
				if got := p.member(two).Role; got != c.wantAfter {
					t.Errorf("together they are %s then, want %s", got, c.wantAfter)
				}
				p.want(p.asks(two, "/my/accounts/undo/"+string(second.ID)), "accounts.undone")
				b.after(2 * time.Minute)
				if got := p.member(one).Role; got != c.wantFirst {
					t.Errorf("the first is %s, want %s", got, c.wantFirst)
				}
				if got := p.member(two).Role; got != c.wantSecond {
					t.Errorf("the second is %s, want %s", got, c.wantSecond)
				}
			})
		})
	}
}
