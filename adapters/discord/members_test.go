package discord

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/adapters/adaptertest"
	"github.com/staffroom-bot/staffroom/adapters/discord/discordloop"
	"github.com/staffroom-bot/staffroom/bot"
)

// lister is a loopback server with a channel, and an adapter that may list who is there.
func lister(t *testing.T, loop *discordloop.Server, with ...func(*Options)) (*Adapter, bot.Crowd) {
	t.Helper()
	guild := loop.AddGuild("Lincoln")
	a := newAdapter(t, loop, adaptertest.Words(), silent(), append([]func(*Options){func(o *Options) { o.ListMembers = true }}, with...)...)
	return a, bot.Crowd{Channel: bot.Channel{Space: bot.SpaceID{Connection: "discord-test", ID: guild}, ID: loop.AddChannel(guild)}}
}

func everybody(t *testing.T, a *Adapter, of bot.Crowd) (users []string, pages int) {
	t.Helper()
	for page := ""; ; {
		people, next, err := a.Members(t.Context(), of, page)
		if err != nil {
			t.Fatal(err)
		}
		pages++
		for _, p := range people {
			users = append(users, p.User)
		}
		if page = next; page == "" {
			return users, pages
		}
	}
}

func TestMembersOfAChannel(t *testing.T) {
	loop := startLoop(t, discordloop.Options{})
	a, of := lister(t, loop)
	var all []string
	for i := range membersPage + 1 {
		all = append(all, loop.AddPerson(discordloop.Person{Name: strconv.Itoa(i)}))
	}
	if got, pages := everybody(t, a, of); len(got) != len(all) || pages != 2 {
		t.Errorf("%d people in %d pages", len(got), pages)
	}
	seventh := loop.AddRole(of.Channel.Space.ID, "Grade 7", all[0], all[200])
	loop.Hide(of.Channel.ID, seventh, all[3])
	if got, _ := everybody(t, a, of); !slices.Equal(got, []string{all[0], all[3], all[200]}) {
		t.Errorf("the hidden channel is seen by %v", got)
	}
	of.Role = seventh
	if got, _ := everybody(t, a, of); !slices.Equal(got, []string{all[0], all[200]}) {
		t.Errorf("the role is had by %v", got)
	}
}

func TestWhoSeesAChannel(t *testing.T) {
	const view, admin = "1024", "8"
	of := func(id string, roles ...string) *guildMember {
		return &guildMember{User: &userInfo{ID: id}, Roles: roles}
	}
	g := &ruledServer{ID: "1", OwnerID: "9", Roles: []roleInfo{{ID: "1", Permissions: view}, {ID: "2"}, {ID: "3"}, {ID: "4", Permissions: admin}}}
	hidden := []overwrite{{ID: "1", Deny: view}, {ID: "2", Allow: view}, {ID: "3", Deny: view}, {ID: "7", Deny: view}, {ID: "8", Allow: view}}
	for _, tt := range []struct {
		who  *guildMember
		open bool // sees a channel that is not hidden
		sees bool // sees the hidden one
	}{
		{of("5"), true, false},
		{of("5", "2"), true, true},
		{of("5", "3"), true, false},
		{of("5", "2", "3"), true, true},
		{of("5", "4"), true, true},
		{of("7", "2"), true, false},
		{of("8", "3"), true, true},
		{of("9"), true, true},
	} {
		if open, sees := g.sees(tt.who, nil), g.sees(tt.who, hidden); open != tt.open || sees != tt.sees {
			t.Errorf("%+v with %v: open %v, hidden %v", tt.who.User.ID, tt.who.Roles, open, sees)
		}
	}
	none := &ruledServer{ID: "1", Roles: []roleInfo{{ID: "1", Permissions: "nonsense"}}}
	if none.sees(of("5"), nil) {
		t.Error("who may not see, sees")
	}
}

func TestMembersThatCannotBeListed(t *testing.T) {
	for name, tt := range map[string]struct {
		options discordloop.Options
		with    func(*Options)
		fault   *discordloop.Fault
		cannot  bool
		want    bot.Code
	}{
		"not wanted":   {with: func(o *Options) { o.ListMembers = false }, cannot: true},
		"not granted":  {options: discordloop.Options{DeniedIntents: 1 << 1}, cannot: true},
		"too many":     {fault: &discordloop.Fault{Path: "/members", Status: http.StatusTooManyRequests, RetryAfter: time.Second}, want: bot.RateLimited},
		"it is down":   {fault: &discordloop.Fault{Path: "/members", Status: http.StatusBadGateway}, want: bot.Unavailable},
		"no channel":   {fault: &discordloop.Fault{Path: "/channels", Status: http.StatusNotFound, Code: unknownChannel}, want: bot.Permanent},
		"it breaks":    {fault: &discordloop.Fault{Path: "/guilds", Drop: true, Times: 9}, want: bot.Unavailable},
		"left outside": {fault: &discordloop.Fault{Path: "/guilds", Status: http.StatusNotFound, Code: unknownGuild}, want: bot.Permanent},
	} {
		t.Run(name, func(t *testing.T) {
			loop := startLoop(t, tt.options)
			with := tt.with
			if with == nil {
				with = func(*Options) {}
			}
			a, of := lister(t, loop, with)
			if tt.fault != nil {
				loop.Fail(*tt.fault)
			}
			_, _, err := a.Members(t.Context(), of, "")
			if errors.Is(err, bot.ErrCannotList) != tt.cannot || !tt.cannot && bot.CodeOf(err) != tt.want {
				t.Errorf("the error is %v", err)
			}
		})
	}
	loop := startLoop(t, discordloop.Options{})
	a, of := lister(t, loop, func(o *Options) { o.ListMembers = false })
	if roles, err := a.Roles(t.Context(), of.Channel.Space); err != nil || roles != nil || len(loop.Requests()) > 0 {
		t.Errorf("the roles are %v, %v", roles, err)
	}
}
