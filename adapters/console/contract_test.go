package console

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/adapters/adaptertest"
	"github.com/staffroom-bot/staffroom/bot"
)

func TestContract(t *testing.T) {
	adaptertest.Run(t, func(t *testing.T) adaptertest.World { return newWorld(t) })
}

// world is a console whose people act in a goroutine of their own, as a terminal
// does not wait for the bot either.
type world struct {
	t       *testing.T
	journal string
	console *Adapter
	deeds   *bot.Serial
	said    func() // the last Say once more
}

func newWorld(t *testing.T) *world {
	w := &world{t: t, journal: filepath.Join(t.TempDir(), "journal"), deeds: bot.NewSerial(1000)}
	t.Cleanup(w.deeds.Wait)
	return w
}

func (w *world) Connect() bot.Adapter {
	a, err := New(Options{Journal: w.journal, Now: time.Now})
	if err != nil {
		w.t.Fatal(err)
	}
	for _, name := range []string{adaptertest.Ana, adaptertest.Joe} {
		if err := a.Join(w.t.Context(), Person{Name: name}); err != nil {
			w.t.Fatal(err)
		}
	}
	w.console = a
	return a
}

func (w *world) Lacks() []adaptertest.Capability {
	return []adaptertest.Capability{adaptertest.Acknowledgements}
}

func (w *world) Channel() bot.Channel           { return w.console.Channel("lounge") }
func (w *world) Account(who string) bot.Account { return w.console.Account(who) }

// do lets somebody do something. A case may be over before they have.
func (w *world) do(deed func() error) {
	w.deeds.Do("", func() {
		if err := deed(); err != nil && !errors.Is(err, errStopped) {
			w.t.Error(err)
		}
	})
}

// say waits for the message's ID, which the console gives.
func (w *world) say(who, text string, o SayOptions) string {
	ids := make(chan string, 1)
	w.do(func() error {
		id, err := w.console.As(who).Say(w.t.Context(), text, o)
		ids <- id
		return err
	})
	id := <-ids
	w.said = func() {
		w.do(func() error {
			_, err := w.console.As(who).Say(w.t.Context(), text, SayOptions{ID: id})
			return err
		})
	}
	return id
}

func (w *world) Say(who, text string) string       { return w.say(who, text, SayOptions{}) }
func (w *world) Reply(who, id, text string) string { return w.say(who, text, SayOptions{ReplyTo: id}) }
func (w *world) Redeliver()                        { w.said() }

func (w *world) Edit(who, id, text string) {
	w.do(func() error { return w.console.As(who).Edit(w.t.Context(), id, text) })
}

func (w *world) Delete(who, id string) {
	w.do(func() error { return w.console.As(who).Delete(w.t.Context(), id) })
}

func (w *world) Command(who string, c adaptertest.Command) {
	w.do(func() error { return w.console.As(who).Command(w.t.Context(), c.String()) })
}

func (w *world) Press(who, id, label string) {
	w.do(func() error { return w.console.As(who).Press(w.t.Context(), label, id) })
}

func (w *world) Pick(who, id, menu, label string) {
	w.do(func() error { return w.console.As(who).Pick(w.t.Context(), menu, label, id) })
}

func (w *world) PickPerson(who, id, menu, whom string) { w.Pick(who, id, menu, whom) }
func (w *world) PickChannel(who, id, menu string)      { w.Pick(who, id, menu, "#lounge") }

func (w *world) Act(who, id, label string) {
	w.do(func() error { return w.console.As(who).Act(w.t.Context(), label, id) })
}

func (w *world) Fill(who string, values map[string]string) {
	w.do(func() error { return w.console.As(who).Fill(w.t.Context(), values) })
}

func (w *world) Role() string {
	if err := w.console.Join(w.t.Context(), Person{Name: adaptertest.Ana, Role: bot.RoleHost}); err != nil {
		w.t.Fatal(err)
	}
	return string(bot.RoleHost)
}

func (w *world) Refuse() { delete(w.console.memory.people, adaptertest.Joe) }

func (w *world) SayInRoom(who, text string) {
	w.do(func() error {
		_, err := w.console.As(who).In("+ana+joe").Say(w.t.Context(), text, SayOptions{})
		return err
	})
}

func (w *world) Seen(who string) []adaptertest.Seen {
	a := w.console
	a.mu.Lock()
	defer a.mu.Unlock()
	var seen []adaptertest.Seen
	for _, msg := range a.memory.messages {
		if msg.Body == nil || !msg.visibleTo(who) {
			continue
		}
		s := adaptertest.Seen{
			ID:      msg.ID,
			Text:    strings.Join(a.screen.lines(msg.Body.Text, ""), "\n"),
			Private: msg.Only != "",
			Direct:  isDirect(msg.Channel),
			Room:    isRoom(msg.Channel),
		}
		for _, c := range msg.Body.Controls {
			switch {
			case c.URL != "":
				s.Links = append(s.Links, c.URL)
			case c.Pick == "":
				s.Buttons = append(s.Buttons, c.Label)
			default:
				s.Menus = append(s.Menus, c.Label)
			}
		}
		for _, span := range msg.Body.Text {
			if span.Account != nil && span.Account.Space == a.memory.space {
				s.Pings = append(s.Pings, span.Account.User)
			}
			if span.URL != "" {
				s.Links = append(s.Links, span.URL)
			}
		}
		if msg.Body.Image != nil {
			s.Images = []string{msg.Body.Image.Alt}
		}
		for _, f := range msg.Body.Files {
			s.Files = append(s.Files, f.Name)
		}
		seen = append(seen, s)
	}
	return seen
}

func (w *world) Form(who string) (adaptertest.Form, bool) {
	a := w.console
	a.mu.Lock()
	defer a.mu.Unlock()
	f, ok := a.forms[who]
	if !ok {
		return adaptertest.Form{}, false
	}
	shown := adaptertest.Form{Title: f.form.Title}
	for _, field := range f.form.Fields {
		shown.Fields = append(shown.Fields, adaptertest.Field{
			Label:   field.Label,
			Hint:    field.Hint,
			Choices: field.Choices,
			Value:   f.values[field.Name],
			Error:   f.errors[field.Name].String(),
		})
	}
	return shown, true
}
