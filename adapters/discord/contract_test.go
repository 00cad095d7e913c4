package discord

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/adapters/adaptertest"
	"github.com/staffroom-bot/staffroom/adapters/discord/discordloop"
	"github.com/staffroom-bot/staffroom/bot"
)

func TestContract(t *testing.T) {
	adaptertest.Run(t, func(t *testing.T) adaptertest.World { return newWorld(t) })
}

// TestContractOverHTTP: the same where commands, presses and forms come as
// requests of Discord's.
func TestContractOverHTTP(t *testing.T) {
	adaptertest.Run(t, func(t *testing.T) adaptertest.World {
		w := newWorld(t)
		w.options = append(w.options, withPublicKey(w.Server))
		overHTTP(t, w.Server, func() *Adapter { return w.adapter })
		return w
	})
}

// world is the contract's World over the loopback Discord.
type world struct {
	*testing.T
	*discordloop.Server
	options        []func(*Options)
	adapter        *Adapter // that Connect made last
	log            adaptertest.Log
	guild, channel string
	people         map[string]string // IDs by name
	sessions       int               // of the gateway, before the last Connect
	said           string
	command        discordloop.Interaction
	reopened       map[string]bool   // messages whose button has been pressed
	wrong          map[string]string // what such a message says, by person
}

func newWorld(t *testing.T) *world {
	loop := startLoop(t, discordloop.Options{})
	w := &world{T: t, Server: loop, reopened: map[string]bool{}, wrong: map[string]string{}}
	w.options = append(w.options, func(o *Options) { o.ListMembers = true })
	w.guild = loop.AddGuild("Lincoln")
	w.channel = loop.AddChannel(w.guild)
	w.people = map[string]string{}
	for _, who := range []string{adaptertest.Ana, adaptertest.Joe} {
		w.people[who] = loop.AddPerson(discordloop.Person{Name: who})
	}
	return w
}

func (w *world) Connect() bot.Adapter {
	w.sessions, _ = w.Sessions()
	w.adapter = newAdapter(w.T, w.Server, adaptertest.Words(),
		slog.New(slog.NewTextHandler(&w.log, &slog.HandlerOptions{Level: slog.LevelDebug})), w.options...)
	return w.adapter
}

func (w *world) Lacks() []adaptertest.Capability { return nil }

func (w *world) Channel() bot.Channel {
	return bot.Channel{Space: bot.SpaceID{Connection: "discord-test", ID: w.guild}, ID: w.channel}
}

func (w *world) Account(who string) bot.Account {
	return bot.Account{Space: w.Channel().Space, User: w.people[who]}
}

// receiving waits until the adapter is connected and its commands are known.
func (w *world) receiving() {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), 10*time.Second)
	defer cancel()
	err := w.Wait(ctx, func() bool {
		n, _ := w.Sessions()
		commands, _ := w.Commands()
		return n > w.sessions && w.Connected() && len(commands) > 0
	})
	if err != nil {
		w.Fatal("the adapter does not connect")
	}
}

func (w *world) Say(who, text string) string {
	w.receiving()
	w.said = w.Server.Say(w.people[who], w.channel, text)
	return w.said
}

func (w *world) Reply(who, id, text string) string {
	w.receiving()
	return w.Server.Reply(w.people[who], id, text)
}

func (w *world) Edit(_, id, text string) { w.Server.Edit(id, text) }
func (w *world) Delete(_, id string)     { w.Server.Delete(id) }
func (w *world) Redeliver()              { w.Again(w.said) }
func (w *world) Acknowledged() bool      { return w.command.Answered() }

func (w *world) Command(who string, c adaptertest.Command) {
	w.receiving()
	var err error
	w.command, err = w.Server.Command(w.people[who], w.channel, "/"+c.Name+"/"+c.Sub, c.Options)
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) Press(who, id, label string) {
	w.receiving()
	if _, err := w.Server.Press(w.people[who], id, label); err != nil {
		w.Fatal(err)
	}
}

func (w *world) Pick(who, id, menu, label string) {
	shown, _ := w.Message(id)
	for _, m := range shown.Menus {
		for _, o := range m.Options {
			if m.Label == menu && o.Name == label {
				w.pick(who, id, menu, o.Value)
				return
			}
		}
	}
	w.Fatalf("no choice %q in the menu %q", label, menu)
}

func (w *world) PickPerson(who, id, menu, whom string) { w.pick(who, id, menu, w.people[whom]) }
func (w *world) PickChannel(who, id, menu string)      { w.pick(who, id, menu, w.channel) }

func (w *world) pick(who, id, menu, value string) {
	w.Helper()
	w.receiving()
	if _, err := w.Server.Pick(w.people[who], id, menu, value); err != nil {
		w.Fatal(err)
	}
}

func (w *world) Act(who, id, label string) {
	w.receiving()
	if _, err := w.Action(w.people[who], id, label); err != nil {
		w.Fatal(err)
	}
}

func (w *world) CommandNaming(asker, name, sub, whom string) {
	w.Command(asker, adaptertest.Command{Name: name, Sub: sub, Options: map[string]string{"who": w.people[whom], "where": w.channel}})
}

func (w *world) Role() string {
	w.AddRole(w.guild, "Grade 7", w.people[adaptertest.Ana])
	return "Grade 7"
}

func (w *world) Refuse() { w.Allow(w.guild, 1<<10) }

func (w *world) SayInRoom(who, text string) {
	for _, room := range w.Rooms() {
		w.Server.Say(w.people[who], room.ID, text)
	}
}

func (w *world) Secrets() []string { return []string{w.Token(), "interaction-", w.PublicKey()} }
func (w *world) Log() string       { return w.log.String() }

func (w *world) Fill(who string, values map[string]string) {
	if _, err := w.Submit(w.people[who], values); err != nil {
		w.Fatal(err)
	}
	delete(w.wrong, who)
}

func (w *world) Seen(who string) []adaptertest.Seen {
	names := map[string]string{"everyone": "everyone"}
	for name, id := range w.people {
		names[id] = name
	}
	var out []adaptertest.Seen
	for _, s := range w.Server.Seen(w.people[who]) {
		if s.Author != "" {
			continue
		}
		seen := adaptertest.Seen{ID: s.ID, Text: s.Text, Private: s.OnlyFor != "", Direct: s.Direct, Room: s.Room, Links: s.Links}
		for _, b := range s.Buttons {
			seen.Buttons = append(seen.Buttons, b.Label)
		}
		for _, m := range s.Menus {
			seen.Menus = append(seen.Menus, m.Label)
		}
		for _, p := range s.Pings {
			seen.Pings = append(seen.Pings, names[p])
		}
		for _, e := range s.Embeds {
			if e.Image != nil {
				seen.Images = append(seen.Images, e.Image.Alt)
			}
		}
		for _, f := range s.Files {
			if !f.Embedded {
				seen.Files = append(seen.Files, f.Name)
			}
		}
		out = append(out, seen)
	}
	return out
}

// Form opens a form that was sent with mistakes again, as its sender would.
func (w *world) Form(who string) (adaptertest.Form, bool) {
	for _, s := range w.Seen(who) {
		if slices.Contains(s.Buttons, string(keyFormReopen)) && !w.reopened[s.ID] {
			w.reopened[s.ID] = true
			w.wrong[who] = s.Text
			w.Press(who, s.ID, string(keyFormReopen))
		}
	}
	f, ok := w.Server.Form(w.people[who])
	form := adaptertest.Form{Title: f.Title}
	for _, field := range f.Fields {
		out := adaptertest.Field{Label: field.Label, Hint: field.Placeholder, Value: field.Value}
		for _, c := range field.Options {
			out.Choices = append(out.Choices, bot.Choice{Label: c.Name, Value: c.Value})
		}
		for line := range strings.Lines(w.wrong[who]) {
			if what, ok := strings.CutPrefix(line, field.Label+": "); ok {
				out.Error = strings.TrimSpace(what)
			}
		}
		form.Fields = append(form.Fields, out)
	}
	return form, ok
}

var (
	_ adaptertest.Editor       = (*world)(nil)
	_ adaptertest.Redeliverer  = (*world)(nil)
	_ adaptertest.Acknowledger = (*world)(nil)
	_ adaptertest.Picker       = (*world)(nil)
	_ adaptertest.Actor        = (*world)(nil)
	_ adaptertest.Meaner       = (*world)(nil)
	_ adaptertest.Confidant    = (*world)(nil)
	_ adaptertest.Lister       = (*world)(nil)
)
