package discord

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/bwmarrin/discordgo"

	"github.com/staffroom-bot/staffroom/adapters/adaptertest"
	"github.com/staffroom-bot/staffroom/adapters/discord/discordloop"
	"github.com/staffroom-bot/staffroom/bot"
)

// quickHouse has a bot with little patience for the gateway.
func quickHouse(t *testing.T, set func(*house)) *house {
	return newHouse(t, func(h *house) {
		withCommand(bot.Subcommand{Private: true, Handle: saying("x")})(h)
		h.adapter.gateway.timing.hello = time.Second
		h.adapter.gateway.timing.ready = time.Second
		if set != nil {
			set(h)
		}
	})
}

// alive checks that what is said now comes in.
func (h *house) alive() {
	h.Helper()
	h.until("the bot is connected again", h.loop.Connected)
	before := len(h.told(0))
	h.loop.Say(h.ana, h.channel, "A1 still here")
	h.told(before + 1)
}

// TestResume: after a broken connection nothing is lost, and what comes twice
// is the same input.
func TestResume(t *testing.T) {
	t.Parallel()
	h := quickHouse(t, nil)
	h.loop.Say(h.ana, h.channel, "A1 one")
	first := h.told(1)[0]
	h.loop.Disconnect(0, 1)
	h.loop.Say(h.ana, h.channel, "A1 two")
	var all []bot.Event
	h.until("both are told", func() bool {
		all = h.told(0)
		return len(all) > 0 && all[len(all)-1].Text == "A1 two"
	})
	for _, ev := range all {
		if ev.Text == "A1 one" && ev != first {
			t.Errorf("told again of %+v, was %+v", ev, first)
		}
	}
	if len(all) != 3 {
		t.Errorf("told of %d events, want the first twice", len(all))
	}
	if identified, resumed := h.loop.Sessions(); identified != 1 || resumed != 1 {
		t.Errorf("identified %d times and resumed %d times", identified, resumed)
	}
}

func TestGatewayTrouble(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name       string
		trouble    func(*house)
		identified int // in the end
		resumed    int
	}{
		{"reconnect", func(h *house) { h.loop.Reconnect(false) }, 1, 1},
		{"reconnect right after a resume", func(h *house) {
			h.loop.Reconnect(true)
			h.loop.Disconnect(0, 0)
		}, 1, 1}, // the session is still good
		{"session is over", func(h *house) {
			h.loop.EndSession()
			h.loop.Disconnect(0, 0)
		}, 2, 0},
		{"not now, but later", func(h *house) {
			h.loop.ResumeLater(2)
			h.loop.Disconnect(0, 0)
		}, 1, 1},
		{"not now, nor later", func(h *house) {
			h.loop.ResumeLater(maxResumes)
			h.loop.Disconnect(0, 0)
		}, 2, 0},
		{"closed for a moment", func(h *house) { h.loop.Disconnect(4000, 0) }, 1, 1},
		{"session timed out", func(h *house) { h.loop.Disconnect(4009, 0) }, 2, 0},
		{"an answer to no heartbeat", func(h *house) {
			h.loop.AnswerUnasked()
			h.loop.Disconnect(0, 0)
		}, 1, 1},
		{"no HELLO for a while", func(h *house) {
			h.loop.Mute(true)
			h.loop.Disconnect(0, 0)
			h.until("the bot has tried", func() bool { return h.loop.Connections() >= 3 })
			h.loop.Mute(false)
		}, 1, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := quickHouse(t, nil)
			c.trouble(h)
			h.until("the bot has a session again", func() bool {
				identified, resumed := h.loop.Sessions()
				return identified == c.identified && resumed == c.resumed
			})
			h.alive()
		})
	}
}

// TestReconnectIsObeyedAtOnce: not when some time has run out, whenever it is
// asked for.
func TestReconnectIsObeyedAtOnce(t *testing.T) {
	t.Parallel()
	for _, onResume := range []bool{false, true} {
		h := quickHouse(t, func(h *house) { h.adapter.gateway.timing.ready = time.Hour })
		h.loop.Reconnect(onResume)
		if onResume {
			h.loop.Disconnect(0, 0)
		}
		h.until("the session goes on", func() bool {
			_, resumed := h.loop.Sessions()
			return resumed == 1
		})
		h.alive()
	}
}

// TestSessionsAreRationed: where Discord allows no more, the bot waits for as
// long as it says rather than lose its token; at the start, and when a session
// is over.
func TestSessionsAreRationed(t *testing.T) {
	t.Parallel()
	for _, running := range []bool{false, true} {
		loop := startLoop(t, discordloop.Options{})
		log := &adaptertest.Log{}
		a := newAdapter(t, loop, wordless{}, silent())
		a.gateway.log = slog.New(slog.NewTextHandler(log, nil))
		h := &house{T: t, loop: loop}
		connections := 0
		if running {
			connections = 2
		} else {
			loop.LimitSessions(0, time.Hour)
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- a.Run(ctx, bot.NewRouter()) }()
		if running {
			h.until("the bot is connected", func() bool { return strings.Contains(log.String(), "connected to Discord") })
			loop.LimitSessions(0, time.Hour)
			loop.EndSession()
			loop.Disconnect(0, 0)
		}
		h.until("the bot waits", func() bool { return strings.Contains(log.String(), "again_in=1h0m0s") })
		cancel()
		if err := <-ended; err != nil || loop.Connections() != connections {
			t.Errorf("Run = %v, after %d connections", err, loop.Connections())
		}
	}
}

// TestUncompressed: a host that stands in for Discord need not compress.
func TestUncompressed(t *testing.T) {
	t.Parallel()
	quickHouse(t, func(h *house) { h.loop.DoNotCompress() }).alive()
}

// TestOutageAtStart: the bot connects once Discord is there.
func TestOutageAtStart(t *testing.T) {
	t.Parallel()
	h := quickHouse(t, func(h *house) {
		h.loop.Fail(discordloop.Fault{Path: "/gateway", Status: 503, Times: 2})
		h.loop.Fail(discordloop.Fault{Path: "/gateway", Refuse: true})
	})
	h.alive()
}

// TestSilentGateway: a heartbeat without an answer ends the connection, whether
// or not something else comes over it.
func TestSilentGateway(t *testing.T) {
	t.Parallel()
	for _, busy := range []bool{false, true} {
		loop := startLoop(t, discordloop.Options{Heartbeat: 500 * time.Millisecond})
		log := &adaptertest.Log{}
		h := &house{T: t, loop: loop, adapter: newAdapter(t, loop, wordless{}, silent()), router: bot.NewRouter()}
		h.adapter.gateway.log = slog.New(slog.NewTextHandler(log, nil))
		h.run()
		loop.Deafen(true)
		last := time.Now()
		h.until("the bot has reconnected", func() bool {
			if busy && time.Since(last) > 50*time.Millisecond {
				last = time.Now()
				loop.Dispatch("TYPING_START", map[string]any{})
			}
			_, resumed := loop.Sessions()
			return resumed > 0
		})
		if !strings.Contains(log.String(), errSilent.Error()) { // discordgo gives up too, but later
			t.Errorf("the log says\n%s", log)
		}
	}
}

// TestBusyForLong: while messages are not taken in, discordgo gives up the
// connection. Nothing is lost or told out of order.
func TestBusyForLong(t *testing.T) {
	t.Parallel()
	loop := startLoop(t, discordloop.Options{Heartbeat: 500 * time.Millisecond})
	h := &house{T: t, loop: loop, adapter: newAdapter(t, loop, wordless{}, silent()), router: bot.NewRouter()}
	h.guild = loop.AddGuild("Lincoln")
	h.channel = loop.AddChannel(h.guild)
	h.ana = loop.AddPerson(discordloop.Person{Name: "Ana"})
	release := make(chan struct{})
	h.router.Listen(func(ctx context.Context, ev *bot.Event) error {
		select {
		case <-release:
		case <-ctx.Done():
		}
		return h.listen(ctx, ev)
	})
	h.run()
	const said = waiting + 100
	for i := range said {
		loop.Say(h.ana, h.channel, fmt.Sprint("number ", i))
	}
	h.until("the bot has connected again", func() bool { return loop.Connections() >= 2 })
	close(release)
	for i, text := range h.heard(fmt.Sprint("number ", said-1)) {
		if want := fmt.Sprint("message_posted number ", i); text != want {
			t.Fatalf("told of %q, want %q", text, want)
		}
	}
	if identified, _ := loop.Sessions(); identified != 1 {
		t.Errorf("identified %d times", identified)
	}
}

func TestFatalCloseCodes(t *testing.T) {
	t.Parallel()
	for code, says := range map[int]string{
		4004: "token", 4010: "too many servers", 4011: "too many servers", 4012: "update Staffroom", 4013: "update Staffroom", 4014: "Message Content Intent",
	} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			t.Parallel()
			loop := startLoop(t, discordloop.Options{})
			loop.RefuseIdentify(code)
			defer func() {
				if n := loop.Connections(); n != 1 {
					t.Errorf("the bot has connected %d times", n)
				}
			}()
			err := newAdapter(t, loop, wordless{}, silent()).Run(t.Context(), bot.NewRouter())
			if err == nil {
				t.Fatal("Run = nil")
			}
			for _, want := range []string{says, "docs/discord.md", fmt.Sprint(code)} {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("Run = %q, which lacks %q", err, want)
				}
			}
			if strings.Contains(err.Error(), loop.Token()) {
				t.Errorf("the error has the token in it: %v", err)
			}
		})
	}
}

func TestDeniedIntent(t *testing.T) {
	t.Parallel()
	loop := startLoop(t, discordloop.Options{DeniedIntents: int(discordgo.IntentMessageContent)})
	err := newAdapter(t, loop, wordless{}, silent()).Run(t.Context(), bot.NewRouter())
	if err == nil || !strings.Contains(err.Error(), "Message Content Intent") {
		t.Errorf("Run = %v", err)
	}
}

func TestDeniedIntentWhileRunning(t *testing.T) {
	t.Parallel()
	h := quickHouse(t, nil)
	h.loop.EndSession()
	h.loop.RefuseIdentify(4014)
	h.loop.Disconnect(4000, 0)
	h.until("the bot gives up", func() bool { return len(h.ended) == 1 })
	if err := <-h.ended; err == nil || !strings.Contains(err.Error(), "Message Content Intent") {
		t.Errorf("Run = %v", err)
	}
	h.ended <- nil
}

func TestWrongToken(t *testing.T) {
	t.Parallel()
	loop := startLoop(t, discordloop.Options{Token: "another"})
	a := newAdapter(t, loop, wordless{}, silent())
	a.gateway.token, a.rest.token = "wrong", "wrong"
	if err := a.Run(t.Context(), bot.NewRouter()); err == nil || !strings.Contains(err.Error(), "token") {
		t.Errorf("Run = %v", err)
	}
}

// TestLogIsDiscreet: neither secrets nor what members type reach the log, least
// of all when things go wrong.
func TestLogIsDiscreet(t *testing.T) {
	t.Parallel()
	log := &adaptertest.Log{}
	h := newHouse(t, func(h *house) {
		withCommand(bot.Subcommand{Options: []bot.Option{{Name: "name", Summary: "o"}}, Private: true, Handle: echo})(h)
		logger := slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})).With("connection", "discord-test")
		h.adapter.log, h.adapter.gateway.log = logger, logger
	})
	const typed = "Meine-Geheimnisse"
	h.loop.Fail(discordloop.Fault{Path: "/callback", Refuse: true, Times: 3})
	h.command(h.ana, "/chat/sub", map[string]string{"name": typed})
	h.until("the failure is logged", func() bool { return strings.Contains(log.String(), "could not be given") })
	h.loop.Dispatch("MESSAGE_CREATE", map[string]any{"id": 1, "content": typed})
	h.loop.Disconnect(0, 0)
	h.loop.Say(h.ana, h.channel, "A1 "+typed)
	h.told(1)
	h.loop.Fail(discordloop.Fault{Path: "/messages", Status: 400, Body: `{"code":50035,"message":"Invalid Form Body"}`})
	h.loop.Say(h.ana, h.channel, h.loop.BotMention()+" chat sub "+typed)
	h.until("the failure is logged", func() bool { return strings.Contains(log.String(), "50035") })
	for _, secret := range []string{typed, h.loop.Token(), "interaction-"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log has %q in it:\n%s", secret, log)
		}
	}
}
