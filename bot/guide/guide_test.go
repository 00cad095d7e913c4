package guide_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/guide"
	"github.com/staffroom-bot/staffroom/bot/locale"
)

// agenda is what is on.
type agenda struct {
	items []bot.Message
	err   error
}

func (a agenda) Upcoming(_ context.Context, _ bot.Member, limit int) ([]bot.Message, error) {
	return a.items[:min(limit, len(a.items))], a.err
}

func nothing(context.Context, *bot.Request) (bot.Reply, error) { return bot.Reply{}, nil }

// house is a router with /staffroom and some commands of features, whose words
// are their keys.
func house(t *testing.T, a guide.Agenda) *bot.Router {
	t.Helper()
	words, err := locale.New()
	if err != nil {
		t.Fatal(err)
	}
	r := bot.NewRouter()
	r.Command(guide.New(r, words, a, "v1.2.3").Command())
	r.Command(bot.Command{Name: "chat", Summary: "chat", Subcommands: []bot.Subcommand{
		{Name: "list", Summary: "list", Handle: nothing},
		{Name: "show", Summary: "show", Handle: nothing, Options: []bot.Option{{Name: "name", Summary: "name", Required: true}}},
		{
			Name: "archive", Summary: "archive", Example: "chat.example.archive", Handle: nothing,
			Options: []bot.Option{{Name: "name", Summary: "name"}, {Name: "as", Summary: "as", Required: true}},
		},
	}})
	r.Command(bot.Command{Name: "host", Summary: "host", Subcommands: []bot.Subcommand{
		{Name: "new", Summary: "new", Access: bot.HostsOnly, Handle: nothing},
		{Name: "appoint", Summary: "appoint", Access: bot.OrganizersOnly, Handle: nothing},
	}})
	r.Command(bot.Command{Name: "my", Summary: "my", Subcommands: []bot.Subcommand{
		{Name: "settings", Summary: "settings", Handle: nothing},
		{Name: "panel", Summary: "panel", Access: bot.HostsOnly, Handle: nothing},
	}})
	return r
}

// asked is a request of ana's.
type asked struct {
	path   string
	values []string
	role   bot.Role
	root   string
	in     string // language
}

func ask(t *testing.T, r *bot.Router, a asked) bot.Reply {
	t.Helper()
	req := bottest.Request("ana", a.path, a.values...)
	req.Member = bot.Member{Name: "Ana *García*", Role: a.role, Language: a.in}
	req.Root = a.root
	reply, err := r.Ask(context.Background(), req)
	if err != nil {
		t.Fatal(err)
	}
	if route, _ := r.Route(a.path); !route.Private {
		t.Errorf("%s is not private", a.path)
	}
	return reply
}

func said(r bot.Reply) string { return r.Message.Text.String() }

func buttons(r bot.Reply) []string {
	var all []string
	for _, c := range r.Message.Controls {
		all = append(all, c.Label+" → "+c.Path)
	}
	return all
}

func TestHome(t *testing.T) {
	on := agenda{items: []bot.Message{
		{
			Text:     bot.Text{{Kind: bot.SpanBold, Text: "Using models"}, {Text: " · Thu 9:00 pm"}},
			Controls: []bot.Control{{Label: "See questions", Path: "/chat/card/1"}},
		},
		{Text: bot.Plain("Fractions · Fri")},
	}}
	tests := []struct {
		name    string
		agenda  agenda
		asked   asked
		want    []string
		buttons []string
	}{
		{
			name: "nothing on", asked: asked{role: bot.RoleMember},
			want: []string{
				"Hello, Ana *García*. Nothing is planned at the moment.",
				"What was said in earlier chats: /chat archive. Just reading is fine.",
				"Everything else you can ask me: /staffroom help.",
			},
			buttons: []string{"Chats → /chat/list", "My settings → /my/settings", "Help → /staffroom/help"},
		},
		{
			name: "a host with two chats to come", agenda: on, asked: asked{role: bot.RoleHost},
			want: []string{
				"Hello, Ana *García*. This is on:",
				"• Using models · Thu 9:00 pm",
				"• Fractions · Fri",
				"What was said in earlier chats: /chat archive. Just reading is fine.",
				"You host here. To plan a chat: /host new.",
				"Everything else you can ask me: /staffroom help.",
			},
			buttons: []string{
				"See questions → /chat/card/1", "Chats → /chat/list", "Plan a chat → /host/new",
				"My settings → /my/settings", "Help → /staffroom/help",
			},
		},
		{
			name: "in Spanish, where every command has a root", asked: asked{role: bot.RoleMember, in: "es", root: "staffroom"},
			want: []string{
				"Hola, Ana *García*. De momento no hay nada previsto.",
				"Lo que se dijo en otras charlas: /staffroom chat archive. También puedes solo leer.",
				"Todo lo demás que puedes pedirme: /staffroom help.",
			},
			buttons: []string{"Charlas → /chat/list", "Mis ajustes → /my/settings", "Ayuda → /staffroom/help"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.asked.path = "/staffroom/home"
			reply := ask(t, house(t, tt.agenda), tt.asked)
			if got, want := said(reply), strings.Join(tt.want, "\n"); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
			if got := buttons(reply); !slices.Equal(got, tt.buttons) {
				t.Errorf("got buttons %q, want %q", got, tt.buttons)
			}
		})
	}
}

func TestHomeShowsAFewThingsOnly(t *testing.T) {
	many := agenda{items: make([]bot.Message, 10)}
	for i := range many.items {
		many.items[i].Text = bot.Plain("chat")
	}
	reply := ask(t, house(t, many), asked{path: "/staffroom/home"})
	if got := strings.Count(said(reply), "• chat"); got != 3 {
		t.Errorf("%d items", got)
	}
}

func TestHomeFailsWithTheAgenda(t *testing.T) {
	r := house(t, agenda{err: &bot.Error{Code: bot.Unavailable, Err: errors.New("down")}})
	_, err := r.Ask(context.Background(), bottest.Request("ana", "/staffroom/home"))
	if bot.CodeOf(err) != bot.Unavailable {
		t.Errorf("got %v", err)
	}
}

// What stands in a name stays data, also where the name is in bold.
func TestHomeNameIsData(t *testing.T) {
	reply := ask(t, house(t, agenda{}), asked{path: "/staffroom/home"})
	for _, s := range reply.Message.Text {
		if strings.Contains(s.Text, "García") && s != (bot.Span{Kind: bot.SpanBold, Text: "Ana *García*"}) {
			t.Errorf("the name became %+v", s)
		}
	}
}

const (
	allForMembers = `What you can ask me. To see one explained: /staffroom help chat
/staffroom home, help, about · Start here: what is on, and how things work
/chat list, show, archive · [chat]
/my settings · [my]`
	allForHosts = `What you can ask me. To see one explained: /staffroom help chat
/staffroom home, help, about · Start here: what is on, and how things work
/chat list, show, archive · [chat]
/host new · [host]
/my settings, panel · [my]`
	chatHelp = `/chat · [chat]
/chat list · [list]
/chat show · [show]
– name (needed): [name]
/chat archive · [archive]
– name: [name]
– as (needed): [as]
– For example: /chat archive name:Models`
)

func TestHelp(t *testing.T) {
	tests := []struct {
		name    string
		asked   asked
		want    string
		buttons []string
	}{
		{"everything", asked{role: bot.RoleMember}, allForMembers, nil},
		{"everything, for a host", asked{role: bot.RoleHost}, allForHosts, nil},
		{"a command", asked{values: []string{"topic", "chat"}}, chatHelp, nil},
		{"a command as typed", asked{values: []string{"topic", " /Chat "}}, chatHelp, nil},
		{"a command alone in a line", asked{values: []string{"unknown", "chat"}}, chatHelp, nil},
		{"a command after the root", asked{values: []string{"topic", "staffroom chat"}}, chatHelp, nil},
		{"a subcommand", asked{values: []string{"topic", "chat list"}}, "/chat list · [list]", nil},
		{"a subcommand and more", asked{values: []string{"topic", "/chat LIST please"}}, "/chat list · [list]", nil},
		{
			"where every command has a root", asked{values: []string{"topic", "chat archive"}, root: "staffroom"},
			"/staffroom chat archive · [archive]\n– name: [name]\n– as (needed): [as]\n– For example: /staffroom chat archive name:Models", nil,
		},
		{
			"a slip in the command", asked{values: []string{"unknown", "chta list"}},
			"I don't know “chta list”. Did you mean /chat list?\n" + allForMembers, []string{"/chat list → /chat/list"},
		},
		{
			"a slip in the subcommand", asked{values: []string{"unknown", "chat lst"}},
			"I don't know “chat lst”. Did you mean /chat list?\n" + chatHelp, []string{"/chat list → /chat/list"},
		},
		{
			"a subcommand alone", asked{values: []string{"unknown", "settings"}},
			"I don't know “settings”. Did you mean /my settings?\n" + allForMembers, []string{"/my settings → /my/settings"},
		},
		{
			"a guess that needs more typing has no button", asked{values: []string{"unknown", "chat shwo"}},
			"I don't know “chat shwo”. Did you mean /chat show?\n" + chatHelp, nil,
		},
		{
			"the button of a guess on a platform with a root", asked{values: []string{"unknown", "/staffroom chat lit"}, root: "staffroom"},
			"I don't know “/staffroom chat lit”. Did you mean /staffroom chat list?\n" +
				"What you can ask me. To see one explained: /staffroom help chat\n" +
				"/staffroom home, help, about · Start here: what is on, and how things work\n" +
				"/staffroom chat list, show, archive · [chat]\n/staffroom my settings · [my]",
			[]string{"/staffroom chat list → /chat/list"},
		},
		{
			"a subcommand that is like none", asked{values: []string{"unknown", "/chat nothing"}},
			"I don't know “/chat nothing”.\n" + chatHelp, nil,
		},
		{
			"several guesses", asked{values: []string{"unknown", "cha"}},
			"I don't know “cha”. Did you mean /chat list, /chat show or /chat archive?\n" + allForMembers, []string{"/chat list → /chat/list"},
		},
		{
			"what hosts may use", asked{values: []string{"topic", "/host"}, role: bot.RoleMember},
			"Only hosts and organizers can do this. Please ask one of them.\n" + allForMembers, nil,
		},
		{
			"what organizers may use", asked{values: []string{"topic", "staffroom host appoint"}, role: bot.RoleMember},
			"Only organizers can do this. Please ask one of them.\n" + allForMembers, nil,
		},
		{
			"a slip in a command of which hosts may use more", asked{values: []string{"topic", "my setings"}, role: bot.RoleMember},
			"I don't know “my setings”. Did you mean /my settings?\n/my · [my]\n/my settings · [settings]", []string{"/my settings → /my/settings"},
		},
		{
			"the more of it", asked{values: []string{"topic", "my panel"}, role: bot.RoleMember},
			"Only hosts and organizers can do this. Please ask one of them.\n" + allForMembers, nil,
		},
		{
			"what nobody may use", asked{values: []string{"topic", "hostess"}, role: bot.RoleMember},
			"I don't know “hostess”.\n" + allForMembers, nil,
		},
		{
			"small talk", asked{values: []string{"unknown", "good morning, everybody"}},
			"I don't know “good morning, everybody”.\n" + allForMembers, nil,
		},
		{
			"slashes", asked{values: []string{"unknown", "///"}},
			"I don't know “///”.\n" + allForMembers, nil,
		},
		{
			"in Spanish", asked{values: []string{"unknown", "setings"}, in: "es-MX"},
			"No conozco «setings». ¿Quisiste decir /my settings?\n" +
				"Lo que puedes pedirme. Para ver uno explicado: /staffroom help chat\n" +
				"/staffroom home, help, about · Empieza aquí: qué hay y cómo funciona\n" +
				"/chat list, show, archive · [chat]\n/my settings · [my]",
			[]string{"/my settings → /my/settings"},
		},
	}
	r := house(t, agenda{})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.asked.path = bot.HelpPath
			reply := ask(t, r, tt.asked)
			if got := said(reply); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
			if got := buttons(reply); !slices.Equal(got, tt.buttons) {
				t.Errorf("got buttons %q, want %q", got, tt.buttons)
			}
		})
	}
}

func TestHelpQuotesLittleOfAFlood(t *testing.T) {
	flood := strings.Repeat("<@everyone> ", 10000)
	reply := ask(t, house(t, agenda{}), asked{path: bot.HelpPath, values: []string{"unknown", flood}})
	if n := len(said(reply)); n > 1000 {
		t.Errorf("the reply has %d bytes", n)
	}
	for _, s := range reply.Message.Text {
		if strings.Contains(s.Text, "everyone") && s.Kind != bot.SpanPlain {
			t.Errorf("what was typed became %+v", s)
		}
	}
}

func TestCompleteTopic(t *testing.T) {
	r := house(t, agenda{})
	req := bottest.Request("ana", bot.HelpPath, "topic", "/C")
	got, err := r.Complete(context.Background(), req, "topic")
	if err != nil || !slices.Equal(got, []bot.Choice{{Label: "/chat", Value: "chat"}}) {
		t.Errorf("got %v, %v", got, err)
	}
	req = bottest.Request("ana", bot.HelpPath)
	if got, _ := r.Complete(context.Background(), req, "topic"); len(got) != 3 {
		t.Errorf("a member is proposed %v", got)
	}
}

func TestAbout(t *testing.T) {
	reply := ask(t, house(t, agenda{}), asked{path: "/staffroom/about"})
	text := said(reply)
	for _, want := range []string{"v1.2.3", "Apache License 2.0", "can read what it keeps", "github.com/staffroom-bot/staffroom"} {
		if !strings.Contains(text, want) {
			t.Errorf("nothing about %q in\n%s", want, text)
		}
	}
	link := slices.IndexFunc(reply.Message.Text, func(s bot.Span) bool { return s.Kind == bot.SpanLink })
	if link < 0 || reply.Message.Text[link].URL != "https://github.com/staffroom-bot/staffroom" {
		t.Errorf("no link to the source: %+v", reply.Message.Text)
	}
}
