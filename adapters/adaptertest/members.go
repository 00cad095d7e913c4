package adaptertest

import (
	"errors"
	"slices"

	"github.com/staffroom-bot/staffroom/bot"
)

// Lister is a World whose platform tells who is in a channel. Its adapter is a
// bot.MemberLister, which the World lets see all.
type Lister interface {
	// Role makes a role that Ana alone has, and gives what people see of it.
	Role() string
}

func memberCases() []testCase {
	return []testCase{
		{"members/everybody in a channel is listed, and no bot", Members, everybodyIsListed},
		{"members/those who have a role are listed", Members, aRoleIsListed},
		{"members/a channel that is not there has nobody", Members, noChannelNobody},
	}
}

// listed is everybody in a crowd, by their accounts.
func listed(p *play, of bot.Crowd) []bot.Account {
	p.Helper()
	l, ok := p.adapter.(bot.MemberLister)
	if !ok {
		p.Fatal("the adapter is no MemberLister")
	}
	var all []bot.Account
	for page, pages := "", 0; ; pages++ {
		people, next, err := l.Members(p.Context(), of, page)
		if err != nil {
			p.Fatalf("Members: %v", err)
		}
		if all = append(all, people...); next == "" {
			return all
		}
		if page = next; pages > 100 {
			p.Fatal("the list has no end")
		}
	}
}

func (p *play) wantListed(got []bot.Account, who ...string) {
	p.Helper()
	if len(got) != len(who) {
		p.Errorf("listed are %v, want %v", got, who)
	}
	for _, name := range who {
		if !slices.Contains(got, p.world.Account(name)) {
			p.Errorf("%s is not among %v", name, got)
		}
	}
}

func everybodyIsListed(p *play) {
	p.wantListed(listed(p, bot.Crowd{Channel: p.world.Channel()}), Ana, Joe)
}

func aRoleIsListed(p *play) {
	label := p.world.(Lister).Role()
	l, ok := p.adapter.(bot.MemberLister)
	if !ok {
		p.Fatal("the adapter is no MemberLister")
	}
	roles, err := l.Roles(p.Context(), p.world.Channel().Space)
	if err != nil {
		p.Fatalf("Roles: %v", err)
	}
	i := slices.IndexFunc(roles, func(c bot.Choice) bool { return c.Label == label })
	if i < 0 || len(roles) > bot.MaxChoices {
		p.Fatalf("no role %q among %v", label, roles)
	}
	p.wantListed(listed(p, bot.Crowd{Channel: p.world.Channel(), Role: roles[i].Value}), Ana)
}

func noChannelNobody(p *play) {
	of := bot.Crowd{Channel: p.world.Channel()}
	of.Channel.ID = "999999999999"
	people, _, err := p.adapter.(bot.MemberLister).Members(p.Context(), of, "")
	var e *bot.Error
	if len(people) > 0 || !errors.As(err, &e) || e.Code != bot.NotFound && e.Code != bot.Permanent {
		p.Errorf("got %v, %v; want not_found or permanent", people, err)
	}
}
