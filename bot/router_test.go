package bot_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/staffroom-bot/staffroom/bot"
)

// names answers with the name and the request's parameters.
func names(name string, params ...string) bot.Handler {
	return func(_ context.Context, req *bot.Request) (bot.Reply, error) {
		said := name
		for _, p := range params {
			said += " " + p + "=" + req.Params.Get(p)
		}
		return bot.Say(bot.Plain(said)), nil
	}
}

func ask(r *bot.Router, path string) (string, error) {
	reply, err := r.Ask(context.Background(), &bot.Request{Path: path})
	if err != nil || reply.Message == nil {
		return "", err
	}
	return reply.Message.Text.String(), nil
}

func TestRouterFinds(t *testing.T) {
	r := bot.NewRouter()
	r.Command(bot.Command{Name: "chat", Subcommands: []bot.Subcommand{{Name: "list", Handle: names("list")}}})
	r.Handle(bot.Route{Path: "/chat/show/{chat}", Handle: names("show", "chat")})
	r.Handle(bot.Route{Path: "/chat/{chat}", Handle: names("one", "chat", "nothing")})
	r.Handle(bot.Route{Path: "/partner/round/{round}/{pair}/{answer}", Handle: names("met", "round", "pair", "answer")})
	tests := []struct{ path, want string }{
		{"/chat/list", "list"},
		{"/chat/show/7", "show chat=7"},
		{"/chat/7", "one chat=7 nothing="},
		{"/chat/show", "one chat=show nothing="},
		{"/partner/round/r1/p2/yes", "met round=r1 pair=p2 answer=yes"},
	}
	for _, tt := range tests {
		if got, err := ask(r, tt.path); got != tt.want || err != nil {
			t.Errorf("%s: got %q, %v; want %q", tt.path, got, err, tt.want)
		}
		if _, ok := r.Route(tt.path); !ok {
			t.Errorf("%s: no route", tt.path)
		}
	}
	for _, path := range []string{
		"", "/", "chat", "chat/list", "/chat", "/chat/", "/chat//", "/chat/show/", "/chat/show/7/", "/chat/list/7/8", "/partner/round/r1/p2",
		"/partner/round/r1/p2/yes/no", "/partner/round//p2/yes", strings.Repeat("/a", 1000),
	} {
		if got, err := ask(r, path); bot.CodeOf(err) != bot.NotFound {
			t.Errorf("%q: got %q, %v", path, got, err)
		}
		if _, ok := r.Route(path); ok {
			t.Errorf("%q: has a route", path)
		}
	}
}

func TestRouterGivesTheRoute(t *testing.T) {
	r := bot.NewRouter()
	r.Command(bot.Command{Name: "host", Subcommands: []bot.Subcommand{{
		Name: "new", Access: bot.HostsOnly, Private: true, Mode: bot.Deferred,
		Handle: func(_ context.Context, req *bot.Request) (bot.Reply, error) {
			return bot.Say(bot.Plain(req.Route.Path)), nil
		},
	}}})
	route, ok := r.Route("/host/new")
	if !ok || route.Access != bot.HostsOnly || !route.Private || route.Mode != bot.Deferred {
		t.Errorf("got %+v", route)
	}
	if got, err := ask(r, "/host/new"); got != "/host/new" || err != nil {
		t.Errorf("the handler sees %q, %v", got, err)
	}
	if commands := r.Commands(); len(commands) != 1 || commands[0].Name != "host" {
		t.Errorf("got %+v", commands)
	}
}

func TestRouterRefusesDeclarations(t *testing.T) {
	paths := []struct{ name, path string }{
		{"no slash", "chat/list"},
		{"nothing", ""},
		{"no word", "/"},
		{"an empty word", "/chat//list"},
		{"a slash at the end", "/chat/"},
		{"names only", "/{chat}"},
		{"a word after a name", "/chat/{chat}/show"},
		{"a name without an end", "/chat/{chat"},
		{"a name without a beginning", "/chat/chat}"},
		{"an empty name", "/chat/{}"},
		{"a name twice", "/chat/{chat}/{chat}"},
		{"four names", "/chat/{a}/{b}/{c}/{d}"},
		{"capitals", "/Chat/list"},
		{"a path that exists", "/taken"},
		{"a path that exists with names", "/taken/{name}"},
	}
	for _, tt := range paths {
		t.Run(tt.name, func(t *testing.T) {
			r := bot.NewRouter()
			r.Handle(bot.Route{Path: "/taken", Handle: names("x")})
			defer func() {
				if recover() == nil {
					t.Errorf("%q was taken", tt.path)
				}
			}()
			r.Handle(bot.Route{Path: tt.path, Handle: names("x")})
		})
	}
	t.Run("a command twice", func(t *testing.T) {
		r := bot.NewRouter()
		c := bot.Command{Name: "chat", Subcommands: []bot.Subcommand{{Name: "list", Handle: names("x")}}}
		r.Command(c)
		defer func() {
			if recover() == nil {
				t.Error("it was taken")
			}
		}()
		r.Command(c)
	})
}

// through is middleware that notes when it is passed.
func through(passed *[]string, name string) bot.Middleware {
	return func(next bot.Handler) bot.Handler {
		return func(ctx context.Context, req *bot.Request) (bot.Reply, error) {
			*passed = append(*passed, name+" "+req.Route.Path)
			return next(ctx, req)
		}
	}
}

func TestMiddleware(t *testing.T) {
	var passed []string
	r := bot.NewRouter(through(&passed, "outer"), through(&passed, "inner"))
	complete := func(_ context.Context, req *bot.Request) ([]bot.Choice, error) {
		return []bot.Choice{{Label: req.Value("name"), Value: "1"}}, nil
	}
	r.Command(bot.Command{Name: "chat", Subcommands: []bot.Subcommand{{
		Name: "show", Handle: names("show"), Options: []bot.Option{{Name: "name", Complete: complete}, {Name: "other"}},
	}}})
	tests := []struct {
		name string
		do   func()
		want []string
	}{
		{"a request", func() { _, _ = ask(r, "/chat/show") }, []string{"outer /chat/show", "inner /chat/show"}},
		{"a path that nothing serves", func() { _, _ = ask(r, "/gone/1") }, []string{"outer unserved", "inner unserved"}},
		{"a completion", func() {
			req := &bot.Request{Path: "/chat/show", Values: map[string]string{"name": "mod"}}
			if got, err := r.Complete(context.Background(), req, "name"); err != nil || len(got) != 1 || got[0].Label != "mod" {
				t.Errorf("got %v, %v", got, err)
			}
		}, []string{"outer /chat/show?name", "inner /chat/show?name"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			passed = nil
			tt.do()
			if !slices.Equal(passed, tt.want) {
				t.Errorf("got %q, want %q", passed, tt.want)
			}
		})
	}
	for _, c := range []struct{ path, option string }{{"/chat/show", "other"}, {"/chat/show", "none"}, {"/none", "name"}} {
		if got, err := r.Complete(context.Background(), &bot.Request{Path: c.path}, c.option); got != nil || err != nil {
			t.Errorf("%s %s: got %v, %v", c.path, c.option, got, err)
		}
	}
}

func TestCompleterFails(t *testing.T) {
	r := bot.NewRouter()
	broken := errors.New("broken")
	r.Command(bot.Command{Name: "chat", Subcommands: []bot.Subcommand{{
		Name: "show", Handle: names("show"),
		Options: []bot.Option{{Name: "name", Complete: func(context.Context, *bot.Request) ([]bot.Choice, error) { return nil, broken }}},
	}}})
	if _, err := r.Complete(context.Background(), &bot.Request{Path: "/chat/show"}, "name"); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

func TestListeners(t *testing.T) {
	r := bot.NewRouter()
	var heard []string
	broken := errors.New("broken")
	r.Listen(func(_ context.Context, ev *bot.Event) error {
		heard = append(heard, "first "+ev.Text)
		return broken
	})
	r.Listen(func(context.Context, *bot.Event) error { panic("worse") })
	r.Listen(func(_ context.Context, ev *bot.Event) error {
		heard = append(heard, "third "+ev.Text)
		return nil
	})
	err := r.Tell(context.Background(), &bot.Event{Text: "hello"})
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), "worse") {
		t.Errorf("got %v", err)
	}
	if want := []string{"first hello", "third hello"}; !slices.Equal(heard, want) {
		t.Errorf("heard %q, want %q", heard, want)
	}
	if err := bot.NewRouter().Tell(context.Background(), &bot.Event{}); err != nil {
		t.Errorf("without listeners: %v", err)
	}
}

func TestActionsAreRoutes(t *testing.T) {
	r := bot.NewRouter()
	r.Action(bot.Action{
		Path: "/library/keep", Label: "library.keep", Access: bot.MembersOnly, Private: true, Mode: bot.Deferred,
		Handle: func(_ context.Context, req *bot.Request) (bot.Reply, error) {
			return bot.Say(bot.Plain(req.Subject.Text)), nil
		},
	})
	if got := r.Actions(); len(got) != 1 || got[0].Label != "library.keep" {
		t.Errorf("actions %v", got)
	}
	route, ok := r.Route("/library/keep")
	if !ok || !route.Private || route.Access != bot.MembersOnly || route.Mode != bot.Deferred {
		t.Errorf("route %+v", route)
	}
	reply, err := r.Ask(context.Background(), &bot.Request{Path: "/library/keep", Subject: &bot.Subject{Text: "a link"}})
	if err != nil || reply.Message.Text.String() != "a link" {
		t.Errorf("got %+v, %v", reply, err)
	}
}

func TestFollowedIsWhatAllName(t *testing.T) {
	broken := errors.New("down")
	lounge := bot.Channel{Space: bot.SpaceID{Connection: "x", ID: "1"}, ID: "lounge"}
	r := bot.NewRouter()
	r.Follow(func(context.Context, bot.SpaceID) ([]bot.Following, error) { return nil, broken })
	r.Follow(func(_ context.Context, space bot.SpaceID) ([]bot.Following, error) {
		if space != lounge.Space {
			t.Errorf("asked for %v", space)
		}
		return []bot.Following{{Channel: lounge}}, nil
	})
	all, err := r.Followed(context.Background(), lounge.Space)
	if !errors.Is(err, broken) || len(all) != 1 || all[0].Channel != lounge {
		t.Errorf("got %v, %v", all, err)
	}
}

func TestAccessAllows(t *testing.T) {
	tests := []struct {
		access                  bot.Access
		member, host, organizer bool
	}{
		{bot.Everyone, true, true, true},
		{bot.MembersOnly, true, true, true},
		{bot.HostsOnly, false, true, true},
		{bot.OrganizersOnly, false, false, true},
	}
	for _, tt := range tests {
		got := [3]bool{tt.access.Allows(bot.RoleMember), tt.access.Allows(bot.RoleHost), tt.access.Allows(bot.RoleOrganizer)}
		if want := [3]bool{tt.member, tt.host, tt.organizer}; got != want {
			t.Errorf("%q: got %v, want %v", tt.access, got, want)
		}
	}
	if bot.OrganizersOnly.Allows("") || bot.HostsOnly.Allows("king") {
		t.Error("an unknown role may do what only some may")
	}
}

func TestTyped(t *testing.T) {
	tests := []struct{ root, command, want string }{
		{"", "/chat list", "/chat list"},
		{"staffroom", "/chat list", "/staffroom chat list"},
		{"staffroom", "/staffroom help", "/staffroom help"},
		{"staffroom", "/staffroom", "/staffroom"},
	}
	for _, tt := range tests {
		if got := (&bot.Request{Root: tt.root}).Typed(tt.command); got != tt.want {
			t.Errorf("%q after %q: got %q, want %q", tt.command, tt.root, got, tt.want)
		}
	}
}

func TestFindingARouteAllocatesNothing(t *testing.T) {
	r := bot.NewRouter()
	r.Handle(bot.Route{Path: "/partner/round/{round}/{pair}/{answer}", Handle: func(context.Context, *bot.Request) (bot.Reply, error) {
		return bot.Reply{}, nil
	}})
	ctx, req := context.Background(), &bot.Request{Path: "/partner/round/r1/p2/yes"}
	if n := testing.AllocsPerRun(100, func() { _, _ = r.Ask(ctx, req) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// What was said goes to the first talker that takes it, and is a command if none
// does; the middleware is around both, and explains what fails.
func TestRouterTalks(t *testing.T) {
	var seen []string
	r := bot.NewRouter(func(next bot.Handler) bot.Handler {
		return func(ctx context.Context, req *bot.Request) (bot.Reply, error) {
			req.Member.ID = "01ana"
			reply, err := next(ctx, req)
			seen = append(seen, req.Route.Path)
			if err != nil {
				return bot.Say(bot.Plain("explained")), nil
			}
			return reply, nil
		}
	})
	r.Command(bot.Command{Name: "chat", Subcommands: []bot.Subcommand{{Name: "list", Access: bot.HostsOnly, Handle: names("list")}}})
	takes := func(word string) bot.Talker {
		return func(_ context.Context, req *bot.Request) (bot.Reply, bool, error) {
			if req.Member.ID != "01ana" {
				t.Error("the member is not known")
			}
			switch req.Said {
			case word:
				return bot.Say(bot.Plain("taken: " + word)), true, nil
			case word + " fails":
				return bot.Reply{}, false, errors.New("no store")
			}
			return bot.Reply{}, false, nil
		}
	}
	r.Talk(takes("rose"))
	r.Talk(takes("thorn"))
	for _, tt := range []struct{ said, want, routes string }{
		{"rose", "taken: rose", "/talk"},
		{"thorn", "taken: thorn", "/talk"},
		{"thorn fails", "explained", "/talk"},
		{"chat list please", "list", "/talk /chat/list"},
		{"", "list", "/chat/list"},
	} {
		seen = nil
		reply, err := r.Ask(t.Context(), &bot.Request{Path: "/chat/list", Said: tt.said})
		if err != nil || reply.Message == nil || reply.Message.Text.String() != tt.want {
			t.Errorf("%q: %+v, %v; want %q", tt.said, reply.Message, err, tt.want)
		}
		if got := strings.Join(seen, " "); got != tt.routes {
			t.Errorf("%q went through %q, want %q", tt.said, got, tt.routes)
		}
	}
}
