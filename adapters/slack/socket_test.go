package slack

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/adapters/adaptertest/spec"
	"github.com/staffroom-bot/staffroom/adapters/slack/slackloop"
	"github.com/staffroom-bot/staffroom/bot"
)

// A lost connection is made again, and what was said meanwhile arrives.
func TestConnectsAgain(t *testing.T) {
	for name, lose := range map[string]func(*workspace){
		"Slack asks for a new one": func(w *workspace) { w.Disconnect("refresh_requested") },
		"it breaks":                func(w *workspace) { w.Drop() },
		"it speaks nonsense, then breaks": func(w *workspace) {
			w.SendFrame("{no json")
			w.SendFrame("[]")
			w.SendFrame(`{"type":"hello"}`)
			w.Drop()
		},
		"Slack is down for a while": func(w *workspace) {
			w.Fail("apps.connections.open", slackloop.Fault{Status: 503}, 2)
			w.Fail("apps.connections.open", slackloop.Fault{Cut: true}, 1)
			w.Drop()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			// What reaches a connection that is given up comes again.
			w := newWorkspaceWith(t, slackloop.Options{Check: spec.Slack(t), RedeliverAfter: 50 * time.Millisecond})
			in := newInbox()
			w.run(w.adapter(), in)
			lose(w)
			w.must(w.AwaitConnection(w.within(patience), 2))
			ts := w.Say(ana, channel, "A1 still here", slackloop.SayOptions{})
			if got := in.next(t).Text; got != "A1 still here" {
				t.Errorf("told of %q", got)
			}
			w.acked(w.delivery(ts).ID)
		})
	}
}

// Where going on is pointless, Run ends and says what to mend.
func TestTokensThatAreNoGood(t *testing.T) {
	for name, tt := range map[string]struct {
		method, code string
		want         []string
	}{
		"bot token":            {"auth.test", "invalid_auth", []string{"bot_token", "invalid_auth"}},
		"deactivated":          {"auth.test", "account_inactive", []string{"bot_token", "account_inactive"}},
		"revoked":              {"auth.test", "token_revoked", []string{"bot_token", "token_revoked"}},
		"missing":              {"auth.test", "not_authed", []string{"bot_token", "not_authed"}},
		"app token":            {"apps.connections.open", "invalid_auth", []string{"app_token", "invalid_auth"}},
		"app token, revoked":   {"apps.connections.open", "token_revoked", []string{"app_token", "token_revoked"}},
		"app token of another": {"apps.connections.open", "not_allowed_token_type", []string{"app_token", "xapp-"}},
		"app token's scope":    {"apps.connections.open", "missing_scope", []string{"app_token", "scope"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorkspace(t)
			w.Fail(tt.method, slackloop.Fault{Error: tt.code}, -1)
			err := w.adapter().Run(w.within(patience), newInbox())
			if err == nil {
				t.Fatal("Run ended without an error")
			}
			for _, want := range append(tt.want, "docs/slack.md") {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the error does not say %s: %v", want, err)
				}
			}
			if strings.Contains(err.Error(), slackloop.BotToken) || strings.Contains(err.Error(), slackloop.AppToken) {
				t.Errorf("a token is in the error: %v", err)
			}
			checkError(t, err, bot.Permanent, bot.Disconnected, 0)
		})
	}
}

// A token that is revoked while the bot runs ends Run at the next connection.
func TestTokenRevokedMeanwhile(t *testing.T) {
	w := newWorkspace(t)
	ended := make(chan error, 1)
	go func() { ended <- w.adapter().Run(w.within(patience), newInbox()) }()
	w.must(w.AwaitConnection(w.within(patience), 1))
	w.Fail("", slackloop.Fault{Error: "token_revoked"}, -1)
	w.Disconnect("refresh_requested")
	err := <-ended
	checkError(t, err, bot.Permanent, bot.Disconnected, 0)
}

// Slack being down at the start is no reason to give up.
func TestSlackIsDownAtTheStart(t *testing.T) {
	w := newWorkspace(t)
	w.Fail("auth.test", slackloop.Fault{Status: 502}, 1)
	in := newInbox()
	w.run(w.adapter(), in)
	w.Say(ana, channel, "hello", slackloop.SayOptions{})
	in.next(t)
}

// A connection that ends as soon as it is made is not made again without a pause.
func TestUnsteadyConnection(t *testing.T) {
	w := newWorkspace(t)
	w.run(w.adapter(), newInbox())
	w.Disconnect("warning")
	w.must(w.AwaitConnection(w.within(patience), 2))
	// The library may have asked once more before it was given up.
	if n := len(w.Calls("apps.connections.open")); n > 3 {
		t.Errorf("%d connections were asked for", n)
	}
	w.until("word in the log of why it waits", func() bool { return strings.Contains(w.log.String(), errUnsteady.Error()) })
}

// Stopping is quick, whatever is going on.
func TestStop(t *testing.T) {
	t.Run("while a handler is at work", func(t *testing.T) {
		w := newWorkspace(t)
		in := newInbox()
		g := newGate(bot.Reply{})
		in.Command(bot.Command{Name: "chat", Subcommands: []bot.Subcommand{{Name: "slow", Mode: bot.Deferred, Handle: g.handle}}})
		stop := w.run(w.adapter(), in)
		w.SlashCommand(ana, channel, "chat slow")
		<-g.entered
		stop()
	})
	t.Run("while a listener is at work", func(t *testing.T) {
		w := newWorkspace(t)
		in := newInbox()
		entered := make(chan struct{})
		in.tell = func(ctx context.Context, _ *bot.Event) error {
			close(entered)
			<-ctx.Done()
			return ctx.Err()
		}
		stop := w.run(w.adapter(), in)
		ts := w.Say(ana, channel, "A1 too late", slackloop.SayOptions{})
		<-entered
		stop()
		if w.delivery(ts).Acked {
			t.Error("what was not taken in was acknowledged")
		}
	})
	t.Run("while Slack is down", func(t *testing.T) {
		w := newWorkspace(t)
		w.Fail("", slackloop.Fault{Status: 503}, -1)
		stop := w.start(w.adapter(), newInbox())
		w.until("call", func() bool { return len(w.Calls("auth.test")) > 0 })
		stop()
	})
	t.Run("while a connection is asked for", func(t *testing.T) {
		w := newWorkspace(t)
		w.Fail("apps.connections.open", slackloop.Fault{Hold: t.Context().Done()}, 1)
		stop := w.start(w.adapter(), newInbox())
		w.until("call", func() bool { return len(w.Calls("apps.connections.open")) > 0 })
		stop()
		if log := w.log.String(); strings.Contains(log, "level=WARN") || strings.Contains(log, "level=ERROR") {
			t.Errorf("the end of it is told as a failure:\n%s", log)
		}
	})
}

// What is under way when the end comes is finished and acknowledged.
func TestStopFinishesWhatIsUnderWay(t *testing.T) {
	w := newWorkspace(t)
	a := w.adapter()
	ts, finish := w.endAtWork(a, func() { w.must(w.AwaitConnection(w.within(patience), 1)) })
	finish()
	if !w.delivery(ts).Acked {
		t.Error("what was taken in was not acknowledged")
	}
}

// endAtWork lets an adapter run until it has handed a message on, and ends it then.
// ready waits until it receives, finish lets the message be taken in and waits for
// the end.
func (w *workspace) endAtWork(a *Adapter, ready func()) (ts string, finish func()) {
	w.t.Helper()
	in := newInbox()
	entered, release := make(chan struct{}), make(chan struct{})
	in.tell = func(context.Context, *bot.Event) error {
		close(entered)
		<-release
		return nil
	}
	ctx, cancel := context.WithCancel(w.t.Context())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx, in) }()
	ready()
	ts = w.Say(ana, channel, "A1 just in time", slackloop.SayOptions{})
	<-entered
	cancel()
	return ts, func() {
		w.t.Helper()
		close(release)
		if err := <-ended; err != nil {
			w.t.Errorf("Run = %v", err)
		}
	}
}
