package middleware_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/middleware"
)

// people are members by their account's user.
type people map[string]bot.Member

func (p people) Member(_ context.Context, a bot.Account, name string) (bot.Member, error) {
	m, ok := p[a.User]
	if !ok {
		return bot.Member{}, &bot.Error{Code: bot.Unavailable, Err: errors.New("store is down")}
	}
	m.Name = name
	return m, nil
}

func (people) Acts(context.Context, bot.Account, bot.Member) {}

func fails(err error) bot.Handler {
	return func(context.Context, *bot.Request) (bot.Reply, error) { return bot.Reply{}, err }
}

// ask sends a request of ana's, who reads Spanish, to a private route.
func ask(t *testing.T, m bot.Middleware, h bot.Handler, values ...string) (bot.Reply, error) {
	t.Helper()
	r := bot.NewRouter(m)
	r.Handle(bot.Route{Path: "/chat/show", Private: true, Handle: func(ctx context.Context, req *bot.Request) (bot.Reply, error) {
		req.Member = bot.Member{Language: "es"}
		return h(ctx, req)
	}})
	return r.Ask(context.Background(), bottest.Request("ana", "/chat/show", values...))
}

func TestExplain(t *testing.T) {
	cause := errors.New("secret cause")
	tests := []struct {
		name string
		err  error
		want string
	}{
		{"its own words", bot.Fail(bot.Invalid, bot.Plain("That is no number.")), "That is no number."},
		{"wrapped", fmt.Errorf("reading: %w", bot.Fail(bot.Conflict, bot.Plain("Look again."))), "Look again."},
		{"invalid", &bot.Error{Code: bot.Invalid, Err: cause}, "es core.error.invalid"},
		{"not found", &bot.Error{Code: bot.NotFound, Err: cause}, "es core.error.not_found"},
		{"forbidden", &bot.Error{Code: bot.Forbidden, Err: cause}, "es core.error.forbidden"},
		{"conflict", &bot.Error{Code: bot.Conflict, Err: cause}, "es core.error.conflict"},
		{"unavailable", &bot.Error{Code: bot.Unavailable, Err: cause}, "es core.error.unavailable"},
		{"permanent", &bot.Error{Code: bot.Permanent, Reason: bot.Gone, Err: cause}, "es core.error.permanent"},
		{"unknown outcome", &bot.Error{Code: bot.UnknownOutcome, Err: cause}, "es core.error.unknown_outcome"},
		{"wait without a time", &bot.Error{Code: bot.RateLimited}, "es core.error.rate_limited.seconds n=1"},
		{"wait some seconds", &bot.Error{Code: bot.RateLimited, After: 1500 * time.Millisecond}, "es core.error.rate_limited.seconds n=2"},
		{"wait some minutes", &bot.Error{Code: bot.RateLimited, After: 121 * time.Second}, "es core.error.rate_limited.minutes n=3"},
		{"a code of its own", &bot.Error{Code: "odd"}, "es core.error.unavailable"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var log bytes.Buffer
			reply, err := ask(t, middleware.Explain(bottest.Words{}, slog.New(slog.NewTextHandler(&log, nil))), fails(tt.err))
			if err != nil {
				t.Fatalf("the error is still there: %v", err)
			}
			if got := reply.Message.Text.String(); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if log.Len() > 0 {
				t.Errorf("an expected failure was logged: %s", log.String())
			}
		})
	}
}

func TestExplainUnexpected(t *testing.T) {
	var log bytes.Buffer
	m := middleware.Explain(bottest.Words{}, slog.New(slog.NewTextHandler(&log, nil)))
	reply, err := ask(t, m, fails(errors.New("index out of range")), "text", "my private words")
	if err != nil {
		t.Fatal(err)
	}
	said := reply.Message.Text.String()
	code := regexp.MustCompile(`code=([a-z2-7]{5})\n`).FindStringSubmatch(said)
	if code == nil {
		t.Fatalf("no code in %q", said)
	}
	for _, want := range []string{"reference=" + code[1], "index out of range", "route=/chat/show", "connection=test"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log lacks %q: %s", want, log.String())
		}
	}
	if strings.Contains(said, "index") {
		t.Errorf("the member is shown the cause: %q", said)
	}
	if strings.Contains(log.String(), "private") || strings.Contains(log.String(), "ana") {
		t.Errorf("the log holds what was typed, or by whom: %s", log.String())
	}
}

func TestExplainGivesBackWhatWasTyped(t *testing.T) {
	m := middleware.Explain(bottest.Words{}, discarded())
	down := &bot.Error{Code: bot.Unavailable}
	reply, _ := ask(t, m, fails(down), "title", "Using *models*", "questions", "Q1 Why?\nQ2 How?", "note", "  ")
	want := "es core.error.unavailable\nes core.error.typed typed=Q1 Why?\nQ2 How?\nUsing *models*"
	if got := reply.Message.Text.String(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, s := range reply.Message.Text {
		if s.Kind != bot.SpanPlain {
			t.Errorf("what was typed became %q: %+v", s.Kind, s)
		}
	}
	reply, _ = ask(t, m, fails(&bot.Error{Code: bot.Forbidden}), "title", "x")
	if got, want := reply.Message.Text.String(), "es core.error.forbidden"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	// In a channel others read along.
	r := bot.NewRouter(m)
	r.Handle(bot.Route{Path: "/chat/show", Handle: fails(down)})
	reply, _ = r.Ask(context.Background(), bottest.Request("ana", "/chat/show", "title", "x"))
	if got, want := reply.Message.Text.String(), "? core.error.unavailable"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestExplainStaleButton(t *testing.T) {
	r := bot.NewRouter(middleware.Explain(bottest.Words{}, discarded()))
	req := bottest.Request("ana", "/gone/1")
	req.Language = "es"
	reply, err := r.Ask(context.Background(), req)
	if err != nil || reply.Message.Text.String() != "es core.error.not_found" {
		t.Errorf("got %v, %v", reply.Message, err)
	}
}

func TestExplainLeavesRepliesAlone(t *testing.T) {
	form := bot.Ask(bot.Form{Title: "x"})
	reply, err := ask(t, middleware.Explain(bottest.Words{}, discarded()), func(context.Context, *bot.Request) (bot.Reply, error) {
		return form, nil
	})
	if err != nil || reply.Form != form.Form || reply.Message != nil {
		t.Errorf("got %+v, %v", reply, err)
	}
}

func TestLog(t *testing.T) {
	now := time.Date(2026, 5, 14, 19, 0, 0, 0, time.UTC)
	tick := func() time.Time {
		now = now.Add(250 * time.Millisecond)
		return now
	}
	tests := []struct {
		name string
		err  error
		want []string
		not  []string
	}{
		{"done", nil, []string{"level=INFO", "route=/chat/show", "connection=test", "took=250ms"}, []string{"code", "error"}},
		{"the member's mistake", bot.Fail(bot.Invalid, bot.Plain("their words")), []string{"level=INFO", "code=invalid"}, []string{"error", "their words"}},
		{"the store's trouble", &bot.Error{Code: bot.Unavailable, Message: bot.Plain("their words"), Err: errors.New("connection refused")},
			[]string{"level=WARN", "code=unavailable", "connection refused"}, []string{"their words"}},
		{"ours", errors.New("index out of range"), []string{"level=INFO", "code=internal"}, []string{"index"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var log bytes.Buffer
			_, err := ask(t, middleware.Log(slog.New(slog.NewTextHandler(&log, nil)), tick), fails(tt.err), "text", "private words")
			if !errors.Is(err, tt.err) {
				t.Errorf("got error %v, want %v", err, tt.err)
			}
			for _, want := range tt.want {
				if !strings.Contains(log.String(), want) {
					t.Errorf("the log lacks %q: %s", want, log.String())
				}
			}
			for _, not := range append(tt.not, "private", "ana") {
				if strings.Contains(log.String(), not) {
					t.Errorf("the log holds %q: %s", not, log.String())
				}
			}
		})
	}
}

func TestRecover(t *testing.T) {
	reply, err := ask(t, middleware.Recover(), func(context.Context, *bot.Request) (bot.Reply, error) {
		panic("broken")
	})
	if bot.CodeOf(err) != bot.Internal || reply.Message != nil {
		t.Fatalf("got %v, %v", reply, err)
	}
	for _, want := range []string{"panic: broken", "middleware_test.go"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error lacks %q: %v", want, err)
		}
	}
}

func TestAuthorize(t *testing.T) {
	members := people{
		"ana":   {ID: "a", Language: "es", Role: bot.RoleMember},
		"joe":   {ID: "j", Language: "en", Role: bot.RoleHost},
		"maria": {ID: "m", Language: "en", Role: bot.RoleOrganizer},
	}
	r := bot.NewRouter(middleware.Authorize(members, bottest.Words{}))
	for path, access := range map[string]bot.Access{
		"/all": bot.Everyone, "/members": bot.MembersOnly, "/hosts": bot.HostsOnly, "/organizers": bot.OrganizersOnly,
	} {
		r.Handle(bot.Route{Path: path, Access: access, Handle: func(_ context.Context, req *bot.Request) (bot.Reply, error) {
			return bot.Say(bot.Plain(req.Member.Name + " as " + string(req.Member.Role))), nil
		}})
	}
	tests := []struct {
		user, path string
		manages    bool
		want       string
		code       bot.Code
	}{
		{user: "ana", path: "/all", want: "ana as member"},
		{user: "ana", path: "/members", want: "ana as member"},
		{user: "ana", path: "/hosts", want: "es core.access.host", code: bot.Forbidden},
		{user: "ana", path: "/organizers", want: "es core.access.organizer", code: bot.Forbidden},
		{user: "ana", path: "/organizers", manages: true, want: "ana as organizer"},
		{user: "joe", path: "/hosts", want: "joe as host"},
		{user: "joe", path: "/organizers", want: "en core.access.organizer", code: bot.Forbidden},
		{user: "maria", path: "/hosts", want: "maria as organizer"},
		{user: "stranger", path: "/all", code: bot.Unavailable},
	}
	for _, tt := range tests {
		t.Run(tt.user+tt.path, func(t *testing.T) {
			req := bottest.Request(tt.user, tt.path)
			req.Manages = tt.manages
			reply, err := r.Ask(context.Background(), req)
			if bot.CodeOf(err) != tt.code {
				t.Fatalf("got error %v, want code %q", err, tt.code)
			}
			var said string
			var failure *bot.Error
			if errors.As(err, &failure) {
				said = failure.Message.String()
			} else {
				said = reply.Message.Text.String()
			}
			if said != tt.want {
				t.Errorf("got %q, want %q", said, tt.want)
			}
		})
	}
}

// The proposals for an option are as guarded as the command itself.
func TestAuthorizeCompletion(t *testing.T) {
	r := bot.NewRouter(middleware.Authorize(people{"ana": {Role: bot.RoleMember}}, bottest.Words{}))
	r.Command(bot.Command{Name: "host", Subcommands: []bot.Subcommand{{
		Name: "panel", Access: bot.HostsOnly, Handle: empty,
		Options: []bot.Option{{Name: "chat", Complete: func(context.Context, *bot.Request) ([]bot.Choice, error) {
			return []bot.Choice{{Label: "a secret chat", Value: "1"}}, nil
		}}},
	}}})
	choices, err := r.Complete(context.Background(), bottest.Request("ana", "/host/panel"), "chat")
	if bot.CodeOf(err) != bot.Forbidden || len(choices) != 0 {
		t.Errorf("got %v, %v", choices, err)
	}
}

// observation is what a meter was told.
type observation struct {
	route string
	code  bot.Code
	took  time.Duration
}

type meter struct{ told []observation }

func (m *meter) Observe(route string, code bot.Code, took time.Duration) {
	m.told = append(m.told, observation{route, code, took})
}

func TestMeasure(t *testing.T) {
	now := time.Date(2026, 5, 14, 19, 0, 0, 0, time.UTC)
	m := &meter{}
	measure := middleware.Measure(m, func() time.Time {
		now = now.Add(time.Second)
		return now
	})
	_, _ = ask(t, measure, empty)
	_, _ = ask(t, measure, fails(errors.New("x")))
	want := []observation{{"/chat/show", "", time.Second}, {"/chat/show", bot.Internal, time.Second}}
	if len(m.told) != 2 || m.told[0] != want[0] || m.told[1] != want[1] {
		t.Errorf("got %v, want %v", m.told, want)
	}
	if reply, err := ask(t, middleware.Measure(nil, nil), empty); err != nil {
		t.Errorf("without a meter: %v, %v", reply, err)
	}
}
