package toy

import (
	"html"
	"log/slog"
	"regexp"
	"testing"

	"github.com/staffroom-bot/staffroom/adapters/adaptertest"
	"github.com/staffroom-bot/staffroom/bot"
)

func TestContract(t *testing.T) {
	adaptertest.Run(t, func(t *testing.T) adaptertest.World { return &world{server: startServer(t)} })
}

const channel = "lobby"

// world is the contract's view of a server.
type world struct {
	*server
	lastSaid, lastCommand *delivery
}

func isPerson(user string) bool { return user == adaptertest.Ana || user == adaptertest.Joe }

func newAdapter(s *server) *Adapter {
	return New(Options{
		Name: "toy-test", Address: s.listener.Addr().String(), Token: token,
		Seal: bot.NewSeal([]byte("the same after a restart")), Logger: slog.New(slog.DiscardHandler),
	})
}

func (w *world) Connect() bot.Adapter            { return newAdapter(w.server) }
func (w *world) Lacks() []adaptertest.Capability { return nil }

func (w *world) Channel() bot.Channel {
	return bot.Channel{Space: bot.SpaceID{Connection: "toy-test", ID: "toy"}, ID: channel}
}

func (w *world) Account(who string) bot.Account {
	return bot.Account{Space: w.Channel().Space, User: who}
}

func (w *world) Say(who, text string) string { return w.Reply(who, "", text) }

func (w *world) Reply(who, id, text string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	reply := w.post(message{channel: channel, user: who, text: text}, id)
	w.lastSaid = w.events[len(w.events)-1]
	return reply
}

func (w *world) Edit(_, id, text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.change("edited", id, text)
}

func (w *world) Delete(_, id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.change("deleted", id, "").deleted = true
}

func (w *world) change(kind, id, text string) *message {
	m, ok := w.message(id)
	if !ok {
		w.t.Fatalf("no message %s", id)
	}
	m.text = text
	m.revision++
	w.told(kind, m, "")
	return m
}

func (w *world) Redeliver() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.again(w.lastSaid)
}

func (w *world) Command(who string, c adaptertest.Command) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lastCommand = w.deliver(delivery{event: event{Kind: "command", Channel: channel, User: who, Name: who, Text: c.String()}})
}

func (w *world) Acknowledged() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.lastCommand.acknowledged
}

func (w *world) Press(who, id, label string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	m, ok := w.message(id)
	if !ok || !m.visibleTo(who) {
		w.t.Fatalf("%s sees no message %s", who, id)
	}
	for _, b := range m.Buttons {
		if b.Label == label {
			w.deliver(delivery{event: event{Kind: "press", Channel: m.channel, User: who, Name: who, Message: id, Token: b.Token}})
			return
		}
	}
	w.t.Fatalf("message %s has no button %s", id, label)
}

func (w *world) Fill(who string, values map[string]string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f, ok := w.forms[who]
	if !ok {
		w.t.Fatalf("%s has no form open", who)
	}
	for _, field := range f.Fields {
		if v, ok := values[field.Label]; ok {
			f.values[field.Name] = v
		}
	}
	submission := f.from
	submission.Kind, submission.Token, submission.Values = "submit", f.Token, f.values
	w.deliver(delivery{event: submission, form: f})
}

func (w *world) Form(who string) (adaptertest.Form, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f, ok := w.forms[who]
	if !ok {
		return adaptertest.Form{}, false
	}
	shown := adaptertest.Form{Title: f.Title}
	for _, field := range f.Fields {
		shown.Fields = append(shown.Fields, adaptertest.Field{
			Label: field.Label, Hint: field.Hint, Choices: field.Choices,
			Value: f.values[field.Name], Error: f.errors[field.Name],
		})
	}
	return shown, true
}

func (w *world) Seen(who string) []adaptertest.Seen {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []adaptertest.Seen
	for _, m := range w.messages {
		if m.user != "" || !m.visibleTo(who) {
			continue
		}
		shown := read(m.Text)
		seen := adaptertest.Seen{
			ID: m.id, Text: shown.text, Pings: shown.pings, Links: shown.links,
			Private: m.only != "", Direct: m.channel != channel,
		}
		for _, b := range m.Buttons {
			if b.URL != "" {
				seen.Links = append(seen.Links, b.URL)
			} else {
				seen.Buttons = append(seen.Buttons, b.Label)
			}
		}
		if m.Image != nil {
			seen.Images = []string{m.Image.Alt}
		}
		for _, f := range m.Files {
			seen.Files = append(seen.Files, f.Name)
		}
		all = append(all, seen)
	}
	return all
}

// screen is a text as people read it.
type screen struct {
	text         string
	pings, links []string
}

var (
	mention = regexp.MustCompile(`<at>(\w+)</at>`)
	anchor  = regexp.MustCompile(`<a href="([^"]*)">`)
	tag     = regexp.MustCompile(`<[^>]*>`)
)

// read does with markup what Toy's own app does.
func read(markup string) screen {
	var s screen
	for _, m := range mention.FindAllStringSubmatch(markup, -1) {
		s.pings = append(s.pings, m[1])
	}
	for _, m := range anchor.FindAllStringSubmatch(markup, -1) {
		s.links = append(s.links, html.UnescapeString(m[1]))
	}
	s.text = mention.ReplaceAllString(markup, "@$1")
	s.text = html.UnescapeString(tag.ReplaceAllString(s.text, ""))
	return s
}

var (
	_ adaptertest.Editor       = (*world)(nil)
	_ adaptertest.Redeliverer  = (*world)(nil)
	_ adaptertest.Acknowledger = (*world)(nil)
)
