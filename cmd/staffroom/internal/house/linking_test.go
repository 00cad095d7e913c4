package house_test

import (
	"context"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/redis/engine"
	"github.com/staffroom-bot/staffroom/cmd/staffroom/internal/house"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// town is a house with two platforms, and a place on each.
type town struct {
	*testing.T
	*house.House
	clock     *scheduler.ManualClock
	engine    *engine.Engine
	platforms map[string]*bottest.Adapter
	inputs    int
}

var (
	lincoln = bot.SpaceID{Connection: "slack", ID: "T1"}
	madison = bot.SpaceID{Connection: "discord", ID: "G1"}
)

func newTown(t *testing.T) *town {
	t.Helper()
	clock := scheduler.NewManualClock(time.Date(2026, 3, 10, 14, 0, 0, 0, time.UTC))
	e, err := engine.Open(t.Context(), engine.Options{InProcess: true, Start: clock.Now()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close(context.Background()) })
	o := &town{T: t, clock: clock, engine: e, platforms: map[string]*bottest.Adapter{}}
	o.House, err = house.Build(t.Context(), house.Options{
		Engine: e, Clock: clock, Manual: true, Language: "en", Zone: "UTC", Version: "test", Log: slog.New(slog.DiscardHandler),
		FeedsAt: "https://bot.example.org",
		Adapters: func(house.Tools) (all []bot.Adapter, err error) {
			for _, name := range []string{lincoln.Connection, madison.Connection} {
				o.platforms[name] = bottest.NewAdapter(name, clock.Now)
				all = append(all, o.platforms[name])
			}
			return all, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(o.Library.Close)
	return o
}

// asks is what an organizer of a place asks for, and what they read.
func (o *town) asks(space bot.SpaceID, user, path string, values ...string) bot.Reply {
	o.Helper()
	req := bottest.Request(user, path, values...)
	o.inputs++
	req.Account.Space, req.Channel.Space, req.Manages = space, space, true
	req.Input = bot.InputID(string(rune('a' + o.inputs)))
	reply, err := o.Router.Ask(o.Context(), req)
	if err != nil {
		o.Fatal(path, err)
	}
	return reply
}

func (o *town) wait(d time.Duration) {
	o.Helper()
	if err := o.clock.RunUntil(o.Context(), o.Runner, o.clock.Now().Add(d)); err != nil {
		o.Fatal(err)
	}
}

// control is the path of the control with this label.
func (o *town) control(r bot.Reply, label string) string {
	o.Helper()
	i := slices.IndexFunc(r.Message.Controls, func(c bot.Control) bool { return c.Label == label })
	if i < 0 {
		o.Fatalf("no %s under %q: %+v", label, r.Message.Text.String(), r.Message.Controls)
	}
	return r.Message.Controls[i].Path
}

func (o *town) want(r bot.Reply, parts ...string) {
	o.Helper()
	for _, part := range parts {
		if got := r.Message.Text.String(); !strings.Contains(got, part) {
			o.Errorf("got %q, want %q", got, part)
		}
	}
}

// Two places become one community by a code, see each other's chats, run one in
// both, and part again.
func TestTwoPlacesAreLinkedAndPart(t *testing.T) {
	o := newTown(t)
	o.asks(lincoln, "ana", "/organize/setup/language-save", "language", "en", "zone", "Chicago", "name", "Lincoln School")
	o.asks(madison, "mia", "/organize/setup/language-save", "language", "es", "zone", "Madrid", "name", "Madison")
	o.asks(lincoln, "ana", "/organize/setup", "chats", "here")
	o.asks(lincoln, "ana", "/host/new", "title", "", "questions", "")
	o.asks(lincoln, "ana", "/host/create", "title", "Models", "questions", "What is a model?", "start", "2026-03-11 10:00")

	given := o.asks(madison, "mia", o.control(o.asks(madison, "mia", "/organize/link"), "Pedir un código"))
	code := regexp.MustCompile(`[a-z2-7]{5}-[a-z2-7]{5}`).FindString(given.Message.Text.String())
	preview := o.asks(lincoln, "ana", "/organize/link", "code", code)
	o.want(preview, "Lincoln School joins Madison", "– 1 person", "– 1 chat")
	o.want(o.asks(lincoln, "ana", o.control(preview, "Link")), "In about four minutes")
	o.wait(5 * time.Minute)

	told := o.platforms["slack"].Standing(bot.Channel{Space: lincoln, ID: "dm-ana"})
	if len(told) != 1 || !strings.Contains(told[0].Message.Text.String(), "Done: Lincoln School has joined") {
		t.Errorf("ana is told %+v", told)
	}
	told = o.platforms["discord"].Standing(bot.Channel{Space: madison, ID: "dm-mia"})
	if len(told) != 1 || !strings.Contains(told[0].Message.Text.String(), "Hecho: Lincoln School se ha unido") {
		t.Errorf("mia is told %+v", told)
	}
	o.want(o.asks(madison, "mia", "/chat/list"), "Models")
	o.want(o.asks(madison, "mia", "/organize/people"), "ana, mia")
	o.want(o.asks(lincoln, "ana", "/organize/setup"), "English, America/Chicago") // what is set stays with the place
	panel := o.asks(madison, "mia", "/host/alongside", "name", "Models", "place", "Madison")
	o.want(panel, "Madison")

	list := o.asks(madison, "mia", "/organize/link")
	o.want(list, "Lincoln School", "Madison")
	o.asks(madison, "mia", o.control(list, "Deshacer: Lincoln School"))
	o.wait(5 * time.Minute)
	if got := o.asks(madison, "mia", "/chat/list").Message.Text.String(); strings.Contains(got, "Models") {
		t.Errorf("madison still has %q", got)
	}
	o.want(o.asks(lincoln, "ana", "/chat/list"), "Models")
	o.wait(26 * time.Hour) // it opens where it was made, and there alone
	said := func(space bot.SpaceID) (n int) {
		for _, e := range o.platforms[space.Connection].Standing(bot.Channel{Space: space, ID: "lobby"}) {
			if strings.Contains(e.Message.Text.String(), "What is a model?") {
				n++
			}
		}
		return n
	}
	if said(lincoln) != 1 || said(madison) != 0 {
		t.Errorf("it was asked %d times at lincoln, %d at madison", said(lincoln), said(madison))
	}
}

// joins lets lincoln join madison.
func (o *town) joins() {
	o.Helper()
	given := o.asks(madison, "mia", "/organize/link/code")
	code := regexp.MustCompile(`[a-z2-7]{5}-[a-z2-7]{5}`).FindString(given.Message.Text.String())
	o.asks(lincoln, "ana", o.control(o.asks(lincoln, "ana", "/organize/link", "code", code), "Link"))
	o.wait(5 * time.Minute)
}

// reads is what stands in front of somebody, or in a channel.
func (o *town) reads(space bot.SpaceID, channel string) []bottest.Entry {
	return o.platforms[space.Connection].Standing(bot.Channel{Space: space, ID: channel})
}

// What was reported before two places were linked can be settled afterwards, by
// those who were told.
func TestAReportOutlastsALink(t *testing.T) {
	o := newTown(t)
	o.asks(lincoln, "ana", "/organize/people")
	form := o.asks(lincoln, "ana", "/staffroom/report", "text", "all day")
	o.asks(lincoln, "ana", form.Form.Path, "why", "all day", "name", "no")
	o.wait(time.Second)
	told := o.reads(lincoln, "dm-ana")
	if len(told) != 1 {
		t.Fatalf("ana is told %+v", told)
	}
	o.joins()
	o.want(o.asks(lincoln, "ana", o.control(bot.Reply{Message: &told[0].Message}, "Seen")), "Settled: ana has seen to it.")
	o.wait(time.Second)
	if got := o.reads(lincoln, "dm-ana")[0].Message; !strings.Contains(got.Text.String(), "Settled") || len(got.Controls) > 0 {
		t.Errorf("ana reads %+v", got)
	}
}

// Whoever parts places is asked once, and all other organizers hear of it: in their
// channel, or else each of them, but once.
func TestPartingIsToldToTheOthers(t *testing.T) {
	o := newTown(t)
	o.asks(lincoln, "ana", "/organize/people")
	o.asks(madison, "mia", "/organize/setup/language-save", "language", "es", "zone", "Madrid", "name", "Madison")
	o.asks(madison, "mia", "/organize/setup", "private", "here") // the lobby
	o.joins()
	for _, user := range []string{"ana", "lee"} {
		o.asks(lincoln, user, "/organize/people")
	}
	o.want(o.asks(lincoln, "ana", "/organize/link/part/"+lincoln.Token()), "People with an account on both sides keep on both the role", "reports that are not settled")
	o.asks(lincoln, "ana", "/organize/link/parted/"+lincoln.Token())
	o.wait(5 * time.Minute)
	last := func(space bot.SpaceID, channel string) string {
		all := o.reads(space, channel)
		if len(all) == 0 {
			return ""
		}
		return all[len(all)-1].Message.Text.String()
	}
	for _, want := range []struct {
		space         bot.SpaceID
		channel, text string
	}{
		{lincoln, "dm-ana", "Done: slack is a community of its own"},
		{lincoln, "dm-lee", "ana has parted slack from the others"},
		{madison, "lobby", "ana ha separado slack de los demás"},
	} {
		if got := last(want.space, want.channel); !strings.Contains(got, want.text) {
			t.Errorf("%s reads %q", want.channel, got)
		}
	}
	if all := o.reads(madison, "dm-mia"); len(all) != 1 { // of the link, which she offered
		t.Errorf("mia is told %+v", all)
	}
}
