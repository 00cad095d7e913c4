package slack

import (
	"slices"
	"strings"
	"testing"

	"github.com/staffroom-bot/staffroom/adapters/adaptertest"
	"github.com/staffroom-bot/staffroom/adapters/slack/slackloop"
	"github.com/staffroom-bot/staffroom/bot"
)

func TestContract(t *testing.T) {
	adaptertest.Run(t, func(t *testing.T) adaptertest.World { return &world{workspace: newWorkspace(t)} })
}

func TestContractOverHTTP(t *testing.T) {
	adaptertest.Run(t, func(t *testing.T) adaptertest.World { return &world{workspace: newWorkspace(t), http: true} })
}

// world is the contract's view of a loopback workspace.
type world struct {
	*workspace
	http     bool
	last     *Adapter
	adapters int
	command  string // the last command's delivery
}

func (w *world) person(who string) string {
	if who == adaptertest.Ana {
		return ana
	}
	return joe
}

func (w *world) Connect() bot.Adapter {
	w.adapters++
	if w.http {
		w.last = w.overHTTP()
	} else {
		w.last = w.adapter()
	}
	return w.last
}

// receiving waits until the last adapter is connected.
func (w *world) receiving() {
	w.t.Helper()
	if w.http {
		w.listens(w.last)
		return
	}
	if err := w.AwaitConnection(w.within(patience), w.adapters); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) Lacks() []adaptertest.Capability { return nil }

func (w *world) Channel() bot.Channel { return inChannel() }

func (w *world) Account(who string) bot.Account { return accountOf(w.person(who)) }

func (w *world) Say(who, text string) string {
	w.receiving()
	return w.Server.Say(w.person(who), channel, text, slackloop.SayOptions{})
}

func (w *world) Reply(who, id, text string) string {
	w.receiving()
	return w.Server.Say(w.person(who), channel, text, slackloop.SayOptions{Thread: id})
}

func (w *world) Edit(_, id, text string) {
	w.receiving()
	w.must(w.Server.Edit(channel, id, text))
}

func (w *world) Delete(_, id string) {
	w.receiving()
	w.must(w.Server.Delete(channel, id))
}

func (w *world) Command(who string, c adaptertest.Command) {
	w.receiving()
	w.command = w.SlashCommand(w.person(who), channel, c.String()[1:])
}

func (w *world) Press(who, id, label string) {
	w.receiving()
	_, err := w.Server.Press(w.person(who), w.where(who, id), id, label)
	w.must(err)
}

func (w *world) Fill(who string, values map[string]string) {
	w.receiving()
	_, err := w.Submit(w.person(who), values)
	w.must(err)
}

func (w *world) Seen(who string) []adaptertest.Seen {
	var out []adaptertest.Seen
	for _, s := range w.Screen(w.person(who)) {
		var pings []string
		for _, id := range s.Pings {
			switch id {
			case ana:
				pings = append(pings, adaptertest.Ana)
			case joe:
				pings = append(pings, adaptertest.Joe)
			default:
				pings = append(pings, "everyone")
			}
		}
		out = append(out, adaptertest.Seen{
			ID: s.TS, Text: s.Text, Private: s.Ephemeral, Direct: s.Direct, Room: s.Room, Buttons: s.Buttons, Menus: s.Menus, Pings: pings,
			Links: s.Links, Images: s.Images, Files: s.Files,
		})
	}
	return out
}

// where finds the channel of a message that a person sees.
func (w *world) where(who, id string) string {
	w.t.Helper()
	for _, s := range w.Screen(w.person(who)) {
		if s.TS == id {
			return s.Channel
		}
	}
	w.t.Fatalf("%s sees no message %s", who, id)
	return ""
}

func (w *world) Pick(who, id, menu, label string) {
	w.receiving()
	_, err := w.Server.Pick(w.person(who), w.where(who, id), id, menu, label)
	w.must(err)
}

func (w *world) PickPerson(who, id, menu, whom string) { w.Pick(who, id, menu, w.person(whom)) }

func (w *world) PickChannel(who, id, menu string) { w.Pick(who, id, menu, channel) }

// Act knows an entry by its label, which is a key of the catalogue here, and so
// reads like its path.
func (w *world) Act(who, id, label string) {
	w.receiving()
	_, err := w.Server.Act(w.person(who), channel, id, "/"+strings.ReplaceAll(label, ".", "/"))
	w.must(err)
}

func (w *world) OpenHome(who string) {
	w.receiving()
	w.Server.OpenHome(w.person(who))
}

func (w *world) Home(who string) (adaptertest.Seen, bool) {
	s, ok := w.Server.Home(w.person(who))
	return adaptertest.Seen{Text: s.Text, Buttons: s.Buttons, Menus: s.Menus}, ok
}

func (w *world) PressHome(who, label string) {
	w.receiving()
	_, err := w.Server.PressHome(w.person(who), label)
	w.must(err)
}

func (w *world) CommandNaming(asker, name, sub, whom string) {
	w.receiving()
	w.SlashCommand(w.person(asker), channel, name+" "+sub+" who:@"+map[string]string{ana: "Ana", joe: "Joe"}[w.person(whom)]+" where:#lobby")
}

func (w *world) Role() string {
	w.AddUserGroup("S1", "Grade 7", ana)
	return "Grade 7"
}

func (w *world) Refuse() {
	w.Fail("conversations.open", slackloop.Fault{Error: "missing_scope"}, -1)
}

func (w *world) SayInRoom(who, text string) {
	for room := range w.Rooms() {
		w.Server.Say(w.person(who), room, text, slackloop.SayOptions{})
	}
}

func (w *world) Secrets() []string { return secrets() }

func (w *world) Log() string { return w.log.String() }

// Form waits for what was submitted: until it is acknowledged, Slack shows that it
// is busy.
func (w *world) Form(who string) (adaptertest.Form, bool) {
	for _, d := range w.Deliveries() {
		if d.Kind == "interactive" {
			w.acked(d.ID)
		}
	}
	v, open := w.OpenView(w.person(who))
	if !open {
		return adaptertest.Form{}, false
	}
	f := adaptertest.Form{Title: v.Title()}
	for _, in := range v.Inputs() {
		field := adaptertest.Field{Label: in.Label, Hint: in.Hint, Value: v.Values[in.BlockID], Error: v.Errors[in.BlockID]}
		for _, c := range in.Choices {
			field.Choices = append(field.Choices, bot.Choice(c))
		}
		f.Fields = append(f.Fields, field)
	}
	return f, true
}

func (w *world) Acknowledged() bool {
	return slices.ContainsFunc(w.Deliveries(), func(d slackloop.Delivery) bool { return d.ID == w.command && d.Acked })
}

var (
	_ adaptertest.Editor       = (*world)(nil)
	_ adaptertest.Redeliverer  = (*world)(nil)
	_ adaptertest.Acknowledger = (*world)(nil)
	_ adaptertest.Picker       = (*world)(nil)
	_ adaptertest.Actor        = (*world)(nil)
	_ adaptertest.Homer        = (*world)(nil)
	_ adaptertest.Meaner       = (*world)(nil)
	_ adaptertest.Confidant    = (*world)(nil)
	_ adaptertest.Lister       = (*world)(nil)
)
