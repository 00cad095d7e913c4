package adaptertest

import (
	"context"
	"slices"
	"strings"

	"github.com/staffroom-bot/staffroom/bot"
)

// Labels of the probe's menus, of its action, and of the buttons in its home.
const (
	levelMenu   = "Pick a level"
	personMenu  = "Pick somebody"
	channelMenu = "Pick a channel"
	keepLabel   = "probe.keep" // a key, which Words shows as it is
	renewLabel  = "Look again"
	asideLabel  = "Tell me more"
)

// menuCases are about what only some platforms offer: menus, a message's own
// menu, a home, and names that the platform understands.
func menuCases() []testCase {
	return []testCase{
		{name: "a choice is picked", needs: Menus, run: choicePicked},
		{name: "a person and a channel are picked", needs: Menus, run: personAndChannelPicked},
		{name: "an action knows its message", needs: Actions, run: actionKnowsItsMessage},
		{name: "an action opens a form", needs: Actions, run: actionOpensAForm},
		{name: "a home", needs: Home, run: homeShown},
		{name: "names that a command means", needs: Meanings, run: namesMeant},
	}
}

func menus(context.Context, *bot.Request) (bot.Reply, error) {
	return bot.Say(bot.Plain("The menus"),
		bot.Control{Label: levelMenu, Path: "/probe/picked/level", Pick: bot.PickChoice, Choices: levels()},
		bot.Control{Label: personMenu, Path: "/probe/picked/person", Pick: bot.PickPerson},
		bot.Control{Label: channelMenu, Path: "/probe/picked/channel", Pick: bot.PickChannel}), nil
}

func picked(_ context.Context, req *bot.Request) (bot.Reply, error) {
	return bot.Say(bot.Plain("Picked a " + req.Params.Get("kind"))), nil
}

// keep opens a form for a message that asks for one.
func keep(_ context.Context, req *bot.Request) (bot.Reply, error) {
	if req.Subject == nil {
		return bot.Say(bot.Plain("Kept nothing")), nil
	}
	if strings.HasPrefix(req.Subject.Text, "form") {
		return bot.Ask(bot.Form{Title: "Keep it", Path: "/probe/save/8", Submit: "Keep", Fields: []bot.Field{
			{Name: "title", Label: titleLabel}, {Name: "body", Label: bodyLabel, Value: req.Subject.Text, Long: true},
		}}), nil
	}
	return bot.Say(bot.Plain("Kept: " + req.Subject.Text)), nil
}

func home(_ context.Context, req *bot.Request) (bot.Reply, error) {
	return bot.Say(bot.Plain("The home of "+req.Name),
		bot.Control{Label: renewLabel, Path: "/probe/athome"},
		bot.Control{Label: openLabel, Path: "/probe/open/7"},
		bot.Control{Label: asideLabel, Path: "/probe/aside"}), nil
}

func atHome(_ context.Context, req *bot.Request) (bot.Reply, error) {
	reply := bot.Say(bot.Plain("Renewed for " + req.Name))
	reply.Replace = true
	return reply, nil
}

// showMenus has Ana ask for the menus.
func (p *play) showMenus() (Picker, Seen) {
	p.Helper()
	p.world.Command(Ana, probeCommand("menus"))
	shown := p.sees(Ana, "The menus")
	if want := []string{levelMenu, personMenu, channelMenu}; !slices.Equal(shown.Menus, want) {
		p.Fatalf("Menus = %q, want %q", shown.Menus, want)
	}
	return p.world.(Picker), shown // lacks has looked
}

// pickedFrom waits until the pick was answered, and gives the request.
func (p *play) pickedFrom(kind string, shown Seen) bot.Request {
	p.Helper()
	got := p.sees(Ana, "Picked a "+kind)
	if !got.Private && !got.Direct || p.count(Joe, "Picked a "+kind) != 0 {
		p.Errorf("the answer to a pick is not Ana's alone: %+v", got)
	}
	all := p.probe.asked("/probe/picked/" + kind)
	if len(all) != 1 {
		p.Fatalf("the pick came %d times", len(all))
	}
	req := all[0]
	if req.Message == nil || req.Message.ID != shown.ID || req.Account != p.world.Account(Ana) || req.Input == "" {
		p.Errorf("the pick came from message %v by %v, want message %s by Ana", req.Message, req.Account, shown.ID)
	}
	return req
}

func choicePicked(p *play) {
	platform, shown := p.showMenus()
	platform.Pick(Ana, shown.ID, levelMenu, levels()[1].Label)
	if got := p.pickedFrom("level", shown).Values[bot.Picked]; got != levels()[1].Value {
		p.Errorf("picked %q, want %q", got, levels()[1].Value)
	}
}

func personAndChannelPicked(p *play) {
	platform, shown := p.showMenus()
	platform.PickPerson(Ana, shown.ID, personMenu, Joe)
	if got := p.pickedFrom("person", shown).Accounts[bot.Picked]; got != p.world.Account(Joe) {
		p.Errorf("picked %v, want Joe", got)
	}
	platform.PickChannel(Ana, shown.ID, channelMenu)
	if got := p.pickedFrom("channel", shown).Channels[bot.Picked]; got != p.world.Channel() {
		p.Errorf("picked %v, want %v", got, p.world.Channel())
	}
}

func actionKnowsItsMessage(p *play) {
	const said = "A1 <worth> keeping & *more*"
	id := p.world.Say(Joe, said)
	p.events(id, 1)
	p.world.(Actor).Act(Ana, id, keepLabel) // lacks has looked
	got := p.sees(Ana, "Kept: "+said)
	if !got.Private && !got.Direct || p.count(Joe, "Kept: "+said) != 0 {
		p.Errorf("the private answer to an action is %+v", got)
	}
	req := p.probe.asked("/probe/keep")[0]
	s := req.Subject
	if s.Message.ID != id || s.Message.Channel.Root() != p.world.Channel() || s.Author != p.world.Account(Joe) || s.Name == "" || s.Posted.IsZero() {
		p.Errorf("the subject is %+v, want Joe's message %s", s, id)
	}
	if req.Account != p.world.Account(Ana) || req.Input == "" || req.Channel.Root() != p.world.Channel() {
		p.Errorf("asked by %v in %v", req.Account, req.Channel)
	}
}

func actionOpensAForm(p *play) {
	id := p.world.Say(Joe, "form please")
	p.events(id, 1)
	p.world.(Actor).Act(Ana, id, keepLabel)
	form := p.form(Ana, func(f Form) bool { return f.Title == "Keep it" })
	if got := form.field(bodyLabel).Value; got != "form please" {
		p.Errorf("the form holds %q, want what Joe said", got)
	}
	p.world.Fill(Ana, map[string]string{titleLabel: "Mine"})
	got := p.sees(Ana, "Saved 8: Mine. form please")
	if !got.Private && !got.Direct {
		p.Errorf("the private answer to the form is %+v", got)
	}
}

func homeShown(p *play) {
	platform := p.world.(Homer) // lacks has looked
	platform.OpenHome(Ana)
	shows := func(begins string) Seen {
		p.Helper()
		type state struct {
			Seen
			there bool
		}
		return eventually(p, "home that says "+begins, func() state {
			s, ok := platform.Home(Ana)
			return state{s, ok}
		}, func(s state) bool { return s.there && strings.HasPrefix(s.Text, begins) }).Seen
	}
	shown := shows("The home of ")
	if want := []string{renewLabel, openLabel, asideLabel}; !slices.Equal(shown.Buttons, want) {
		p.Fatalf("Buttons = %q, want %q", shown.Buttons, want)
	}
	req := p.probe.asked(bot.HomePath)[0]
	if req.Account != p.world.Account(Ana) || req.Name == "" || req.Input == "" || req.Message != nil {
		p.Errorf("the home was asked for by %+v", req)
	}
	if _, open := platform.Home(Joe); open {
		p.Error("Ana opened her home, and Joe's shows something")
	}
	platform.PressHome(Ana, asideLabel)
	if got := p.sees(Ana, "Aside"); !got.Private && !got.Direct || p.count(Joe, "Aside") != 0 {
		p.Errorf("an answer from the home is not Ana's alone: %+v", got)
	}
	shows("The home of ")
	platform.PressHome(Ana, openLabel)
	p.form(Ana, func(f Form) bool { return f.Title == "Number 7" })
	platform.PressHome(Ana, renewLabel)
	shows("Renewed for ")
	if n := len(p.world.Seen(Joe)); n != 0 {
		p.Errorf("Joe sees %d messages of Ana's home", n)
	}
}

func namesMeant(p *play) {
	p.world.(Meaner).CommandNaming(Ana, "probe", "meant", Joe) // lacks has looked
	p.sees(Ana, "Understood")
	req := p.probe.asked("/probe/meant")[0]
	if req.Accounts["who"] != p.world.Account(Joe) || req.Channels["where"] != p.world.Channel() {
		p.Errorf("Accounts = %v, Channels = %v; want Joe and the channel", req.Accounts, req.Channels)
	}
	for _, option := range []string{"who", "where"} {
		if got := req.Value(option); got == "" || strings.ContainsAny(got, "<>|") {
			p.Errorf("Value(%q) = %q, want what a person can read", option, got)
		}
	}
}
