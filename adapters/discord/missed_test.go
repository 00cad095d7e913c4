package discord

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/adapters/adaptertest"
	"github.com/staffroom-bot/staffroom/adapters/discord/discordloop"
	"github.com/staffroom-bot/staffroom/bot"
)

// followingHouse has a bot that must miss nothing in its channel.
func followingHouse(t *testing.T, set func(*house)) *house {
	since := time.Now().Add(-time.Minute)
	return newHouse(t, func(h *house) {
		withCommand(bot.Subcommand{Handle: saying("x")})(h)
		h.router.Follow(func(_ context.Context, space bot.SpaceID) ([]bot.Following, error) {
			if space != h.space() {
				return nil, nil
			}
			return []bot.Following{{Channel: h.place(), Since: since}}, nil
		})
		if set != nil {
			set(h)
		}
	})
}

// away has things happen while the bot has no session, and lets it come back.
func (h *house) away(happens func()) {
	h.Helper()
	before, _ := h.loop.Sessions()
	h.loop.EndSession()
	happens()
	h.loop.Disconnect(0, 0)
	h.until("the bot has a new session", func() bool {
		n, _ := h.loop.Sessions()
		return n > before
	})
}

// heard lists what was told, each input once, in the order in which it was told
// first.
func (h *house) heard(last string) []string {
	h.Helper()
	var texts []string
	h.until("the last words are told", func() bool {
		texts = nil
		seen := map[bot.InputID]bool{}
		for _, ev := range h.told(0) {
			if !seen[ev.Input] {
				texts = append(texts, string(ev.Kind)+" "+ev.Text)
			}
			seen[ev.Input] = true
		}
		return len(texts) > 0 && strings.HasSuffix(texts[len(texts)-1], last)
	})
	return texts
}

// TestNoAnswerIsLost: what was said while no session could go on is told, in
// order, before what comes live.
func TestNoAnswerIsLost(t *testing.T) {
	t.Parallel()
	h := followingHouse(t, nil)
	h.loop.Say(h.ana, h.channel, "A1 one")
	h.told(1)
	release := make(chan struct{})
	h.loop.Fail(discordloop.Fault{Method: http.MethodGet, Path: "/messages", Hold: release})
	h.away(func() {
		id := h.loop.Say(h.ana, h.channel, "A1 tow")
		h.loop.Edit(id, "A1 two")
		h.loop.Delete(h.loop.Say(h.ana, h.channel, "A1 never"))
		h.loop.Say(h.joe, h.channel, h.loop.BotMention()+" chat sub")
		h.loop.SayByWebhook(h.joe, h.channel, "not a person")
		h.loop.Say(h.joe, h.channel, "A1 three")
	})
	h.loop.Say(h.ana, h.channel, "A1 four") // live, and in the history too
	close(release)
	h.loop.Say(h.ana, h.channel, "A1 five")
	got := h.heard("A1 five")
	want := []string{
		"message_posted A1 one", "message_posted A1 two", "message_edited A1 two", "message_posted A1 three",
		"message_posted A1 four", "message_posted A1 five",
	}
	if !slices.Equal(got, want) {
		t.Errorf("told of %q\nwant    %q", got, want)
	}
	if n := h.requestCount(); n != 0 {
		t.Errorf("%d commands of before were served", n)
	}
	for _, ev := range h.told(0) {
		if ev.Message.Channel != h.place() || ev.Account.Space != h.space() || ev.Name == "" || ev.Posted.IsZero() {
			t.Errorf("told of %+v", ev)
		}
	}
}

// TestNoAnswerIsLostInAThread: nor in one that whoever follows the channel does not know
// of, while that of another channel is nobody's.
func TestNoAnswerIsLostInAThread(t *testing.T) {
	t.Parallel()
	h := followingHouse(t, nil)
	aside := h.loop.AddChannel(h.guild)
	var thread string
	h.away(func() {
		thread = h.loop.StartThread(h.loop.Say(h.joe, h.channel, "A1 see below"), false)
		h.loop.Say(h.ana, thread, "one")
		h.loop.Say(h.ana, h.loop.StartThread(h.loop.Say(h.joe, aside, "lunch"), false), "yes")
	})
	h.loop.Say(h.ana, thread, "two")
	want := []string{"A1 see below", "one", "two"}
	h.until("all of it is told", func() bool {
		found := map[string]bool{}
		for _, ev := range h.told(0) {
			if !slices.Contains(want, ev.Text) {
				t.Fatalf("told of %q", ev.Text)
			}
			found[ev.Text] = true
		}
		return len(found) == len(want)
	})
}

// TestLiveWaitsForWhatWasMissed: also while nobody has said yet where something
// may have been missed.
func TestLiveWaitsForWhatWasMissed(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	h := followingHouse(t, func(h *house) {
		h.loop.Say(h.ana, h.channel, "A1 missed")
		h.router.Follow(func(ctx context.Context, _ bot.SpaceID) ([]bot.Following, error) {
			select {
			case <-release:
			case <-ctx.Done():
			}
			return nil, nil
		})
	})
	h.loop.Say(h.ana, h.channel, "A1 live")
	h.loop.Say(h.joe, h.loop.DirectChannel(h.joe), "staffroom home") // which waits for nothing, and comes later
	h.sees(h.joe, "home")
	if evs := h.told(0); len(evs) != 0 {
		t.Errorf("told of %+v before it is known what was missed", evs)
	}
	close(release)
	if got, want := h.heard("A1 live"), []string{"message_posted A1 missed", "message_posted A1 live"}; !slices.Equal(got, want) {
		t.Errorf("told of %q, want %q", got, want)
	}
}

// TestNoAnswerIsLostAtAStart: the process was away.
func TestNoAnswerIsLostAtAStart(t *testing.T) {
	t.Parallel()
	h := followingHouse(t, func(h *house) { h.loop.Say(h.ana, h.channel, "A1 before you came") })
	h.loop.Say(h.joe, h.channel, "A1 now")
	got := h.heard("A1 now")
	if want := []string{"message_posted A1 before you came", "message_posted A1 now"}; !slices.Equal(got, want) {
		t.Errorf("told of %q, want %q", got, want)
	}
}

// TestMuchIsMissed: page after page is read, whatever goes wrong on the way.
func TestMuchIsMissed(t *testing.T) {
	t.Parallel()
	h := followingHouse(t, nil)
	var want []string
	h.away(func() {
		for i := range 2*maxHistory + 50 {
			h.loop.Say(h.ana, h.channel, fmt.Sprint("number ", i))
			want = append(want, fmt.Sprint("message_posted number ", i))
		}
		h.loop.Fail(discordloop.Fault{Path: "/messages", Status: http.StatusTooManyRequests, RetryAfter: 10 * time.Millisecond, Times: 2})
		h.loop.Fail(discordloop.Fault{Path: "/messages", Status: http.StatusBadGateway})
		h.loop.Fail(discordloop.Fault{Path: "/messages", Refuse: true})
	})
	if got := h.heard("number 249"); !slices.Equal(got, want) {
		t.Errorf("told of %d messages: %q", len(got), got)
	}
	pages := 0
	for _, r := range h.loop.Requests() {
		if r.Method == http.MethodGet && strings.HasSuffix(r.Path, "/messages") && r.Status == http.StatusOK {
			pages++
		}
	}
	if pages < 3 || pages > 4 { // the start read one too
		t.Errorf("%d pages were read", pages)
	}
}

// TestThreadIsFollowed: a thread is read like a channel.
func TestThreadIsFollowed(t *testing.T) {
	t.Parallel()
	var thread string
	h := newHouse(t, func(h *house) {
		withCommand(bot.Subcommand{Handle: saying("x")})(h)
		question := h.loop.Say(h.joe, h.channel, "Q1")
		thread = h.loop.StartThread(question, false)
		h.loop.Say(h.ana, thread, "I start with a picture")
		h.router.Follow(func(context.Context, bot.SpaceID) ([]bot.Following, error) {
			place := h.place()
			place.Thread = thread
			return []bot.Following{{Channel: place}, {Channel: bot.Channel{Space: h.space(), ID: "nowhere"}}}, nil
		})
	})
	ev := h.told(1)[0]
	if ev.Message.Channel.ID != h.channel || ev.Message.Channel.Thread != thread || ev.ReplyTo != thread {
		t.Errorf("told of %+v", ev)
	}
}

// TestHistoryIsClosed: what cannot be read does not hold up what is live.
func TestHistoryIsClosed(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*house){
		"no permission": func(h *house) { h.loop.Fail(discordloop.Fault{Path: "/messages", Status: 403, Code: 50001, Times: 9}) },
		"down for long": func(h *house) { h.loop.Fail(discordloop.Fault{Path: "/messages", Status: 503, Times: 99}) },
		"nobody knows": func(h *house) {
			h.router.Follow(func(context.Context, bot.SpaceID) ([]bot.Following, error) {
				return nil, errors.New("the store is away")
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := followingHouse(t, func(h *house) {
				h.loop.Say(h.ana, h.channel, "A1 before")
				spoil(h)
			})
			h.loop.Say(h.ana, h.channel, "A1 live")
			h.heard("A1 live")
		})
	}
}

// TestResumeReadsNothing: what a session brings again need not be read.
func TestResumeReadsNothing(t *testing.T) {
	t.Parallel()
	h := followingHouse(t, nil)
	h.loop.Say(h.ana, h.channel, "A1 one")
	h.told(1)
	reads := func() int {
		n := 0
		for _, r := range h.loop.Requests() {
			if r.Method == http.MethodGet && strings.HasSuffix(r.Path, "/messages") {
				n++
			}
		}
		return n
	}
	before := reads()
	h.loop.Disconnect(0, 0)
	h.loop.Say(h.ana, h.channel, "A1 two")
	h.heard("A1 two")
	if n := reads() - before; n != 0 {
		t.Errorf("the channel was read %d times", n)
	}
}

// TestWithoutContentNothingIsRead: there would be nothing to read.
func TestWithoutContentNothingIsRead(t *testing.T) {
	t.Parallel()
	h := followingHouse(t, func(h *house) {
		h.adapter = newAdapter(h.T, h.loop, adaptertest.Words(), silent(), withoutContent)
		h.loop.Say(h.ana, h.channel, "A1 before")
	})
	h.loop.Say(h.ana, h.channel, "A1 live")
	h.loop.Edit(h.loop.Say(h.joe, h.channel, "A1 live"), "A1 changed")
	h.loop.Say(h.ana, h.channel, h.loop.BotMention()+" staffroom home")
	h.sees(h.ana, "home")
	if evs := h.told(0); len(evs) != 0 {
		t.Errorf("told of %+v", evs)
	}
}
