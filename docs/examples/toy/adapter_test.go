package toy

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/adapters/adaptertest"
	"github.com/staffroom-bot/staffroom/bot"
)

// What the contract cannot see is tested here: how failures are classified, and
// what happens when the connection is lost.

var post = bot.Post{
	Key:     "ping/1",
	Channel: bot.Channel{Space: bot.SpaceID{Connection: "toy-test", ID: "toy"}, ID: channel},
	Message: bot.Message{Text: bot.Plain("Hello")},
}

func TestFailures(t *testing.T) {
	tests := []struct {
		name string
		set  func(*server)
		want bot.Error
	}{
		{"nobody answers", (*server).stop, bot.Error{Code: bot.Unavailable}},
		{"busy", fails(response{Error: "busy"}), bot.Error{Code: bot.Unavailable}},
		{"no response", func(s *server) { s.mute = true }, bot.Error{Code: bot.UnknownOutcome}},
		{"slow down", fails(response{Error: "slow_down", After: 3}), bot.Error{Code: bot.RateLimited, After: 3 * time.Second}},
		{"token", fails(response{Error: "bad_token"}), bot.Error{Code: bot.Permanent, Reason: bot.Disconnected}},
		{"channel", fails(response{Error: "no_channel"}), bot.Error{Code: bot.Permanent, Reason: bot.Gone}},
		{"forbidden", fails(response{Error: "forbidden"}), bot.Error{Code: bot.Permanent, Reason: bot.NotAllowed}},
		{"anything else", fails(response{Error: "too_long"}), bot.Error{Code: bot.Permanent, Reason: bot.BadPost}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := startServer(t)
			tt.set(s)
			_, err := newAdapter(s).Send(t.Context(), post)
			var got *bot.Error
			if !errors.As(err, &got) || got.Code != tt.want.Code || got.Reason != tt.want.Reason || got.After != tt.want.After {
				t.Errorf("got %v, want %v", err, &tt.want)
			}
		})
	}
}

func fails(resp response) func(*server) {
	return func(s *server) { s.next = []response{resp} }
}

// A post whose response was lost is found by its key, so that it is not posted
// again.
func TestLostResponse(t *testing.T) {
	s := startServer(t)
	a := newAdapter(s)
	s.mute = true
	if _, err := a.Send(t.Context(), post); bot.CodeOf(err) != bot.UnknownOutcome {
		t.Fatalf("Send = %v", err)
	}
	if _, found, err := a.Find(t.Context(), post.Channel, post.Key, time.Time{}); !found || err != nil {
		t.Errorf("Find = %t, %v", found, err)
	}
}

func TestRefusedToken(t *testing.T) {
	s := startServer(t)
	s.next = []response{{Error: "bad_token"}}
	err := newAdapter(s).Run(t.Context(), bot.NewRouter())
	if err == nil || strings.Contains(err.Error(), token) {
		t.Errorf("Run = %v, want an error without the token in it", err)
	}
}

// What a listener refuses is not acknowledged, so it comes again, as the same
// input, over the next connection.
func TestRefusedEventComesAgain(t *testing.T) {
	s := startServer(t)
	heard := make(chan bot.InputID, 10)
	in := bot.NewRouter()
	in.Listen(func(_ context.Context, ev *bot.Event) error {
		heard <- ev.Input
		return errors.New("not now")
	})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- newAdapter(s).Run(ctx, in) }()
	(&world{server: s}).Say("ana", "hello")
	first := next(t, heard, "it does not come")
	s.hangUp()
	if second := next(t, heard, "it does not come again"); second != first {
		t.Errorf("it came as %q and then as %q", first, second)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// A handler has the time that its route says, so that none holds up the end.
func TestHandlersTimeEnds(t *testing.T) {
	ends := make(chan time.Time, 1)
	wait := func(ctx context.Context, _ *bot.Request) (bot.Reply, error) {
		at, _ := ctx.Deadline()
		ends <- at
		return bot.Say(bot.Plain("done")), nil
	}
	in := bot.NewRouter()
	in.Command(bot.Command{Name: "wait", Subcommands: []bot.Subcommand{
		{Name: "quick", Handle: wait},
		{Name: "deferred", Mode: bot.Deferred, Handle: wait},
	}})
	s := startServer(t)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- newAdapter(s).Run(ctx, in) }()
	for sub, within := range map[string]time.Duration{"quick": quickWithin, "deferred": slowWithin} {
		before := time.Now()
		(&world{server: s}).Command("ana", adaptertest.Command{Name: "wait", Sub: sub})
		at := next(t, ends, "the command is not asked for")
		if at.Before(before.Add(within)) || at.After(time.Now().Add(within)) {
			t.Errorf("%s: the time ends %s after the command, want %s", sub, at.Sub(before), within)
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// next waits for a value, and fails with fault where none comes.
func next[T any](t *testing.T, values <-chan T, fault string) T {
	t.Helper()
	select {
	case v := <-values:
		return v
	case <-time.After(10 * time.Second):
		t.Fatal(fault)
		panic("unreachable")
	}
}
