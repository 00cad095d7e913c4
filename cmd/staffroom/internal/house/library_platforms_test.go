package house_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/adapters/discord"
	"github.com/staffroom-bot/staffroom/adapters/discord/discordloop"
	"github.com/staffroom-bot/staffroom/adapters/slack"
	"github.com/staffroom-bot/staffroom/adapters/slack/slackloop"
	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/library"
	"github.com/staffroom-bot/staffroom/bot/redis/engine"
	"github.com/staffroom-bot/staffroom/cmd/staffroom/internal/house"
)

// shown is a message as it stands in front of somebody.
type shown struct {
	id, text string
	buttons  []string
	links    []string
	choices  map[string][]string // of the menus
}

// platform is a loopback platform in which people use the library.
type platform interface {
	adapter(house.Tools) (bot.Adapter, error)
	ready() bool
	say(who, text string) string
	command(who, path string, values map[string]string) error
	press(who, id, label string) error
	pick(who, id, menu, label string) error
	act(who, id string) error
	submit(who string, values map[string]string) error
	open(who string) bool
	seen(who string) []shown
	complaints() []string
	wait(ctx context.Context, right func() bool) error
}

type onDiscord struct {
	*discordloop.Server
	channel string
	people  map[string]string
}

func newOnDiscord(t *testing.T) platform {
	loop, err := discordloop.Start(discordloop.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(loop.Close)
	p := &onDiscord{Server: loop, people: map[string]string{}}
	p.channel = loop.AddChannel(loop.AddGuild("Lincoln"))
	for _, who := range []string{"ana", "joe"} {
		const manageServer = 1 << 5
		p.people[who] = loop.AddPerson(discordloop.Person{Name: who, Permissions: map[string]uint64{"joe": manageServer}[who]})
	}
	return p
}

func (p *onDiscord) adapter(t house.Tools) (bot.Adapter, error) {
	return discord.New(discord.Options{Name: "discord", Token: p.Token(), APIURL: p.URL(), Transport: http.DefaultTransport, Seal: t.Seal, Words: t.Words, Logger: t.Log})
}

func (p *onDiscord) ready() bool {
	commands, _ := p.Commands()
	return p.Connected() && len(commands) > 0
}

func (p *onDiscord) say(who, text string) string { return p.Say(p.people[who], p.channel, text) }

func (p *onDiscord) command(who, path string, values map[string]string) error {
	_, err := p.Command(p.people[who], p.channel, path, values)
	return err
}

func (p *onDiscord) press(who, id, label string) error {
	_, err := p.Press(p.people[who], id, label)
	return err
}

func (p *onDiscord) pick(who, id, menu, label string) error {
	m, _ := p.Message(id)
	for _, n := range m.Menus {
		for _, o := range n.Options {
			if n.Label == menu && o.Name == label {
				_, err := p.Pick(p.people[who], id, menu, o.Value)
				return err
			}
		}
	}
	return fmt.Errorf("no %q in %+v", label, m.Menus)
}

func (p *onDiscord) act(who, id string) error {
	_, err := p.Action(p.people[who], id, "Save to library")
	return err
}

func (p *onDiscord) submit(who string, values map[string]string) error {
	_, err := p.Submit(p.people[who], values)
	return err
}

func (p *onDiscord) open(who string) bool {
	_, open := p.Form(p.people[who])
	return open
}

func (p *onDiscord) seen(who string) (all []shown) {
	for _, s := range p.Seen(p.people[who]) {
		m := shown{id: s.ID, text: s.Text, links: s.Links, choices: map[string][]string{}}
		for _, b := range s.Buttons {
			m.buttons = append(m.buttons, b.Label)
		}
		for _, n := range s.Menus {
			for _, o := range n.Options {
				m.choices[n.Label] = append(m.choices[n.Label], o.Name)
			}
		}
		all = append(all, m)
	}
	return all
}

func (p *onDiscord) complaints() []string { return p.Violations() }

func (p *onDiscord) wait(ctx context.Context, right func() bool) error { return p.Wait(ctx, right) }

type onSlack struct{ *slackloop.Server }

const slackRoom = "CROOM"

func newOnSlack(t *testing.T) platform {
	p := onSlack{slackloop.Start(slackloop.Options{})}
	t.Cleanup(p.Close)
	p.AddChannel(slackloop.Channel{ID: slackRoom, Name: "room"})
	p.AddPerson(slackloop.Person{ID: "Uana", Name: "ana"})
	p.AddPerson(slackloop.Person{ID: "Ujoe", Name: "joe", Admin: true})
	return p
}

func (p onSlack) adapter(t house.Tools) (bot.Adapter, error) {
	return slack.New(slack.Options{Name: "slack", BotToken: slackloop.BotToken, AppToken: slackloop.AppToken, APIURL: p.APIURL(), Seal: t.Seal, Logger: t.Log}), nil
}

func (p onSlack) ready() bool { return p.Connections() > 0 }

func (p onSlack) say(who, text string) string {
	return p.Say("U"+who, slackRoom, text, slackloop.SayOptions{})
}

func (p onSlack) command(who, path string, values map[string]string) error {
	typed := strings.ReplaceAll(path[1:], "/", " ")
	for name, value := range values {
		typed += " " + name + ":" + value
	}
	p.SlashCommand("U"+who, slackRoom, typed)
	return nil
}

func (p onSlack) press(who, id, label string) error {
	_, err := p.Press("U"+who, slackRoom, id, label)
	return err
}

func (p onSlack) pick(who, id, menu, label string) error {
	_, err := p.Pick("U"+who, slackRoom, id, menu, label)
	return err
}

func (p onSlack) act(who, id string) error {
	_, err := p.Act("U"+who, slackRoom, id, "/library/message")
	return err
}

func (p onSlack) submit(who string, values map[string]string) error {
	_, err := p.Submit("U"+who, values)
	return err
}

func (p onSlack) open(who string) bool {
	_, open := p.OpenView("U" + who)
	return open
}

func (p onSlack) seen(who string) (all []shown) {
	for _, s := range p.Screen("U" + who) {
		m := shown{id: s.TS, text: s.Text, buttons: s.Buttons, links: s.Links, choices: map[string][]string{}}
		for _, n := range s.Menus {
			m.choices[n] = nil
		}
		all = append(all, m)
	}
	return all
}

func (p onSlack) complaints() (all []string) {
	for _, err := range p.Complaints() {
		all = append(all, err.Error())
	}
	return all
}

func (p onSlack) wait(ctx context.Context, right func() bool) error {
	for {
		changed := p.Changed()
		if right() {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		}
	}
}

// wallClock is the machine's clock.
type wallClock struct{}

func (wallClock) Now() time.Time { return time.Now() }

// noWeb is a web without pages.
type noWeb struct{}

func (noWeb) Visit(context.Context, string, library.Validators) (library.Visit, error) {
	return library.Visit{Outcome: library.Silent}, nil
}

// visit is two people in a library on one platform.
type visit struct {
	*testing.T
	platform
}

// until waits until it is right.
func (v *visit) until(what string, right func() bool) {
	v.Helper()
	ctx, stop := context.WithTimeout(v.Context(), 20*time.Second)
	defer stop()
	if err := v.wait(ctx, right); err != nil {
		v.Fatalf("waited for %s; in sight are %+v and %+v; it refuses %q", what, v.seen("ana"), v.seen("joe"), v.complaints())
	}
}

// reads waits for the latest message in front of somebody that says all of this.
func (v *visit) reads(who string, parts ...string) (found shown) {
	v.Helper()
	v.until(fmt.Sprintf("%q in front of %s", parts, who), func() bool {
		for _, m := range slices.Backward(v.seen(who)) {
			if !slices.ContainsFunc(parts, func(part string) bool { return !strings.Contains(m.text, part) }) {
				found = m
				return true
			}
		}
		return false
	})
	return found
}

func (v *visit) ok(err error) {
	v.Helper()
	if err != nil {
		v.Fatal(err)
	}
}

// fills fills in the form that comes.
func (v *visit) fills(who string, values map[string]string) {
	v.Helper()
	v.until("a form", func() bool { return v.open(who) })
	v.ok(v.submit(who, values))
}

// The library on each platform: saving by command and by a message's menu, the card
// with all its buttons, lists, what is wanted, and what organizers decide.
func TestTheLibraryOnThePlatforms(t *testing.T) {
	for name, start := range map[string]func(*testing.T) platform{"discord": newOnDiscord, "slack": newOnSlack} {
		t.Run(name, func(t *testing.T) {
			v := &visit{t, start(t)}
			e, err := engine.Open(t.Context(), engine.Options{InProcess: true})
			v.ok(err)
			t.Cleanup(func() { _ = e.Close(context.Background()) })
			h, err := house.Build(t.Context(), house.Options{
				Engine: e, Clock: wallClock{}, Language: "en", Zone: "UTC", Version: "test", Log: slog.New(slog.DiscardHandler), Pages: noWeb{},
				Adapters: func(t house.Tools) ([]bot.Adapter, error) {
					a, err := v.adapter(t)
					return []bot.Adapter{a}, err
				},
			})
			v.ok(err)
			ctx, stop := context.WithCancel(t.Context())
			ended := make(chan error, 1)
			go func() { ended <- h.Run(ctx) }()
			v.Cleanup(func() {
				stop()
				if err := <-ended; err != nil {
					t.Error(err)
				}
				http.DefaultTransport.(*http.Transport).CloseIdleConnections()
				if wrong := v.complaints(); len(wrong) > 0 {
					t.Errorf("%s refuses %q", name, wrong)
				}
			})
			v.until("the connection", v.ready)
			v.visits()
		})
	}
}

func (v *visit) visits() {
	v.Helper()
	v.ok(v.command("ana", "/library/save", nil))
	v.fills("ana", map[string]string{"Link": "https://strips.example/one", "Your note": "Skip *part* two <!everyone>", "Tags": "#fractions", "Grade": "4"})
	card := v.reads("ana", "Saved for everybody", "strips.example/one", "grade 4", "Skip *part* two")
	if !slices.Contains(card.links, "https://strips.example/one") || slices.Contains(card.buttons, "Open") {
		v.Errorf("the card is %+v", card)
	}
	v.ok(v.press("ana", card.id, "Change"))
	v.fills("ana", map[string]string{"Title": "Fraction Strips"})
	v.reads("ana", "Changed.", "Fraction Strips")

	v.ok(v.command("joe", "/library/find", map[string]string{"words": "fractoin"}))
	card = v.reads("joe", "Fraction Strips", "saved by ana")
	v.ok(v.press("joe", card.id, "I tried it"))
	v.fills("joe", map[string]string{"Would you use it again?": "changes", "With which grade?": "7", "What would you change?": "Less of it"})
	card = v.reads("joe", "1 colleague tried it", "Less of it")
	v.ok(v.press("joe", card.id, "Thanks"))
	card = v.reads("joe", "finds it useful")
	v.ok(v.press("joe", card.id, "Save for me"))
	card = v.reads("joe", "your own list now")
	v.ok(v.press("joe", card.id, "Hide"))
	card = v.reads("joe", "Hidden by an organizer")
	v.ok(v.press("joe", card.id, "Show again"))
	card = v.reads("joe", "Everybody sees it again")
	v.ok(v.press("joe", card.id, "Not for me any more"))
	v.reads("joe", "no longer in your own list")

	id := v.say("ana", "see https://strips.example/two and https://strips.example/three")
	v.until("the message", func() bool { return v.act("joe", id) == nil })
	v.fills("joe", map[string]string{"Your note": "Both with fractions"})
	list := v.reads("joe", "2 links are saved", "strips.example/two", "strips.example/three")
	v.ok(v.pick("joe", list.id, "Show one", "strips.example/three"))
	card = v.reads("joe", "strips.example/three", "saved by joe")
	v.ok(v.press("joe", card.id, "Undo"))
	v.reads("joe", "out of the library again")
	v.ok(v.command("joe", "/library/find", map[string]string{"words": "fractions"}))
	v.reads("joe", "2 found", "Fraction Strips", "strips.example/two")
	v.ok(v.command("joe", "/library/mine", nil))
	v.reads("joe", "Saved or tried by you (2)")

	v.ok(v.command("ana", "/library/find", map[string]string{"words": "photosynthesis"}))
	empty := v.reads("ana", "Nothing on photosynthesis yet")
	v.ok(v.press("ana", empty.id, "Ask the group"))
	v.reads("ana", "on the list of what is wanted")
	v.ok(v.command("joe", "/library/wanted", nil))
	list = v.reads("joe", "Wanted:", "photosynthesis")
	v.ok(v.pick("joe", list.id, "I have something", "photosynthesis"))
	v.fills("joe", map[string]string{"Link": "https://leaves.example/"})
	v.reads("joe", "Whoever was looking for")

	v.ok(v.command("joe", "/organize/library", nil))
	panel := v.reads("joe", "The library has 3 resources")
	v.ok(v.press("joe", panel.id, "Blocked sites"))
	v.fills("joe", map[string]string{"Sites from which nothing is saved": "spam.example"})
	panel = v.reads("joe", "1 site is blocked")
	v.ok(v.pick("joe", panel.id, "Who may add", "organizers"))
	v.reads("joe", "Who may add: organizers")
	v.ok(v.command("ana", "/library/save", map[string]string{"link": "https://late.example/"}))
	v.reads("ana", "Here organizers add to the library")
}
