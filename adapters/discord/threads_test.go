package discord

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/staffroom-bot/staffroom/adapters/discord/discordloop"
	"github.com/staffroom-bot/staffroom/bot"
)

// threaded is a post with a thread.
func (h *house) threaded(title string) bot.Post {
	return bot.Post{Key: "q1", Channel: h.place(), Message: bot.Message{Text: bot.Plain("Q1")}, Thread: title}
}

// TestThreadUnderAPost: the thread has the message's ID, and what is said there
// belongs to the channel.
func TestThreadUnderAPost(t *testing.T) {
	t.Parallel()
	h := plainHouse(t)
	long := strings.Repeat("How do you begin? ", 10)
	ref, err := h.adapter.Send(t.Context(), h.threaded(long))
	if err != nil {
		t.Fatal(err)
	}
	if name := h.loop.ChannelName(ref.ID); length(name) > maxThreadName || !strings.HasPrefix(name, "How do you begin?") {
		t.Errorf("the thread is called %q", name)
	}
	h.loop.Say(h.ana, ref.ID, "With a picture")
	ev := h.told(1)[0]
	want := h.place()
	want.Thread = ref.ID
	if ev.Message.Channel != want || ev.ReplyTo != ref.ID {
		t.Errorf("told of %+v", ev)
	}
}

// TestThreadAfterTrouble: a post is sent when its thread stands; what is sent
// again makes neither twice.
func TestThreadAfterTrouble(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault discordloop.Fault
		code  bot.Code
	}{
		"the thread stands, the answer is lost": {discordloop.Fault{Path: "/threads", Drop: true}, bot.UnknownOutcome},
		"the thread is refused for now":         {discordloop.Fault{Path: "/threads", Status: 429, RetryAfter: 1}, bot.UnknownOutcome},
		"nothing answers":                       {discordloop.Fault{Path: "/threads", Refuse: true}, bot.UnknownOutcome},
		"the post stands, the answer is lost":   {discordloop.Fault{Path: "/messages", Drop: true}, bot.UnknownOutcome},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := sender(t)
			h.loop.Fail(c.fault)
			if _, err := h.adapter.Send(t.Context(), h.threaded("Question 1")); bot.CodeOf(err) != c.code {
				t.Fatalf("Send = %v, want %s", err, c.code)
			}
			ref, err := h.adapter.Send(t.Context(), h.threaded("Question 1"))
			if err != nil {
				t.Fatal(err)
			}
			if all := h.loop.Channel(h.channel); len(all) != 1 || all[0].ID != ref.ID || h.loop.ChannelName(ref.ID) != "Question 1" {
				t.Errorf("in the channel stands %+v, with the thread %q", all, h.loop.ChannelName(ref.ID))
			}
			if again, err := h.adapter.Send(t.Context(), h.threaded("Question 1")); err != nil || again != ref {
				t.Errorf("Send again = %+v, %v", again, err)
			}
		})
	}
}

func TestThreadNotAllowed(t *testing.T) {
	t.Parallel()
	h := sender(t)
	h.loop.Fail(discordloop.Fault{Path: "/threads", Status: http.StatusForbidden, Code: missingPermissions})
	var e *bot.Error
	if _, err := h.adapter.Send(t.Context(), h.threaded("Question 1")); !errors.As(err, &e) || e.Reason != bot.NotAllowed {
		t.Errorf("Send = %v, want not_allowed", err)
	}
}

// TestNoThreadInAThread: there, and in direct messages, Discord has none.
func TestNoThreadInAThread(t *testing.T) {
	t.Parallel()
	h := sender(t)
	first, err := h.adapter.Send(t.Context(), h.threaded("Question 1"))
	if err != nil {
		t.Fatal(err)
	}
	within := h.threaded("More")
	within.Key, within.Channel.Thread = "q2", first.ID
	direct := h.threaded("Between us")
	who := h.account(h.ana)
	direct.Key, direct.Direct = "q3", &who
	for _, p := range []bot.Post{within, direct} {
		ref, err := h.adapter.Send(t.Context(), p)
		if err != nil || h.loop.ChannelName(ref.ID) != "" {
			t.Errorf("Send = %v, with the thread %q", err, h.loop.ChannelName(ref.ID))
		}
	}
}
