package redis

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/community"
)

// person asks for what belongs to their accounts.
type person struct {
	*bench
	directory *community.Directory
	router    *bot.Router
	inputs    int
}

func newPerson(b *bench) *person {
	p := &person{bench: b}
	p.directory = community.NewDirectory(b.people(), community.Defaults{Language: "en", Zone: "UTC"}, b.clock.Now)
	p.router = bot.NewRouter(func(next bot.Handler) bot.Handler {
		return func(ctx context.Context, req *bot.Request) (bot.Reply, error) {
			var err error
			if req.Member, err = p.directory.Member(ctx, req.Account, req.Name); err != nil {
				return bot.Reply{}, err
			}
			return next(ctx, req)
		}
	})
	community.NewAccounts(p.directory, b.people(), b.people(), catalogue{}).Register(p.router)
	b.place(lincoln, home)
	return p
}

func (p *person) asks(a bot.Account, path string, values ...string) bot.Message {
	p.Helper()
	req := bottest.Request(a.User, path, values...)
	p.inputs++
	req.Account, req.Input = a, bot.InputID(fmt.Sprint(p.inputs))
	reply, err := p.router.Ask(p.Context(), req)
	p.ok(err)
	for _, fault := range reply.FieldErrors {
		return bot.Message{Text: fault}
	}
	return *reply.Message
}

func (p *person) member(a bot.Account) bot.Member {
	p.Helper()
	m, err := p.directory.Member(p.Context(), a, a.User)
	p.ok(err)
	return m
}

func (p *person) want(m bot.Message, part string) {
	p.Helper()
	if got := m.Text.String(); !strings.Contains(got, part) {
		p.Errorf("got %q, want %q", got, part)
	}
}

// links lets the second account be the first one's too.
func (p *person) links(first, second bot.Account) {
	p.Helper()
	code := codePattern.FindStringSubmatch(p.asks(first, "/my/accounts/code").Text.String())
	if code == nil {
		p.Fatal("no code")
	}
	preview := p.asks(second, "/my/accounts/entered", "code", code[1])
	p.want(preview, "accounts.preview name="+first.User)
	p.want(p.asks(second, preview.Controls[0].Path), "accounts.done")
	p.want(p.asks(second, preview.Controls[0].Path), "link.code.wrong") // it works once
}

func TestAccountsOfOnePerson(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		p := newPerson(b)
		one, two, three := bot.Account{Space: lincoln, User: "ana"}, bot.Account{Space: lincoln, User: "anne"}, bot.Account{Space: lincoln, User: "ann"}
		ana, anne, ann := p.member(one), p.member(two), p.member(three)
		_, err := p.directory.Appoint(b.Context(), two, "anne", func(m *bot.Member) { m.Role = bot.RoleHost })
		b.ok(err)
		p.links(two, three) // ann is anne
		p.links(one, two)   // anne, who is ann too, is ana
		for _, a := range []bot.Account{one, two, three} {
			m := p.member(a)
			if m.ID != ana.ID || !m.Is(ana.ID) || !m.Is(anne.ID) || !m.Is(ann.ID) || m.Is("") || m.Is("other") || m.Role != bot.RoleHost {
				t.Errorf("%s is %+v", a.User, m)
			}
		}
		names, err := p.directory.Names(b.Context(), home, []bot.MemberID{anne.ID, ann.ID})
		b.ok(err)
		if names[anne.ID] == "" || names[ann.ID] == "" {
			t.Errorf("the authors of archives are %v", names)
		}
		if found, err := b.people().Staff(b.Context(), home); err != nil || len(found) != 1 || found[0].ID != ana.ID {
			t.Errorf("the staff is %+v, %v", found, err)
		}
		p.want(p.asks(two, "/my/accounts"), "accounts.count n=3")

		b.after(23 * time.Hour)
		p.want(p.asks(one, "/my/accounts/undo/"+string(anne.ID)), "accounts.undone")
		if m := p.member(one); m.ID != ana.ID || m.Former != "" || m.Role != bot.RoleMember {
			t.Errorf("ana is %+v", m)
		}
		for _, a := range []bot.Account{two, three} {
			if m := p.member(a); m.ID != anne.ID || !m.Is(ann.ID) || m.Role != bot.RoleHost {
				t.Errorf("%s is %+v", a.User, m)
			}
		}
		b.after(24*time.Hour + time.Minute)
		p.want(p.asks(two, "/my/accounts/undo/"+string(ann.ID)), "accounts.undo.late")
		if m := p.asks(two, "/my/accounts"); len(m.Controls) != 2 {
			t.Errorf("offered is %+v", m.Controls)
		}
	})
}

func TestAccountsThatCannotBeLinked(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		p := newPerson(b)
		b.place(madison, ofMadison)
		one, two, far := bot.Account{Space: lincoln, User: "ana"}, bot.Account{Space: lincoln, User: "anne"}, bot.Account{Space: madison, User: "mia"}
		code := codePattern.FindStringSubmatch(p.asks(one, "/my/accounts/code").Text.String())[1]
		p.want(p.asks(one, "/my/accounts/entered", "code", code), "accounts.same")
		p.want(p.asks(far, "/my/accounts/entered", "code", code), "accounts.elsewhere")
		for range mostWrongCodes {
			p.want(p.asks(two, "/my/accounts/entered", "code", "wrong"), "link.code.wrong")
		}
		p.want(p.asks(two, "/my/accounts/entered", "code", code), "link.code.too_many")
		p.want(p.asks(bot.Account{Space: lincoln, User: "other"}, "/my/accounts/entered", "code", code), "accounts.preview")
	})
}

const mostWrongCodes = 10
