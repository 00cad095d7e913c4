package discord

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/adapters/adaptertest"
	"github.com/staffroom-bot/staffroom/adapters/discord/discordloop"
	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
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
	ends, pauses := adaptertest.Deliver(t, h.adapter, h.threaded(long))
	if pauses > 0 || ends[0].Outcome != outbox.Sent {
		t.Fatalf("it ended %+v after %d pauses", ends[0], pauses)
	}
	ref := ends[0].Ref
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

// TestThreadAfterTrouble: the outbox tries again until the thread stands; what is
// posted and opened again makes neither twice.
func TestThreadAfterTrouble(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]discordloop.Fault{
		"the thread stands, the answer is lost": {Path: "/threads", Drop: true},
		"the thread is refused for now":         {Path: "/threads", Status: http.StatusTooManyRequests, RetryAfter: time.Second},
		"nothing answers":                       {Path: "/threads", Refuse: true},
		"the post stands, the answer is lost":   {Path: "/messages", Drop: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := sender(t)
			h.loop.Fail(fault)
			ends, pauses := adaptertest.Deliver(t, h.adapter, h.threaded("Question 1"))
			if pauses != 1 || ends[0].Outcome != outbox.Sent {
				t.Fatalf("it ended %+v after %d pauses", ends[0], pauses)
			}
			all, ref := h.loop.Channel(h.channel), ends[0].Ref
			if len(all) != 1 || all[0].ID != ref.ID || h.loop.ChannelName(ref.ID) != "Question 1" {
				t.Errorf("in the channel stands %+v, with the thread %q", all, h.loop.ChannelName(ref.ID))
			}
		})
	}
}

// TestThreadRefused: the outbox learns why, and how long it has to wait.
func TestThreadRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault discordloop.Fault
		want  bot.Error
	}{
		"not allowed": {discordloop.Fault{Status: http.StatusForbidden, Code: missingPermissions}, bot.Error{Code: bot.Permanent, Reason: bot.NotAllowed}},
		"for now":     {discordloop.Fault{Status: http.StatusTooManyRequests, RetryAfter: 3 * time.Second}, bot.Error{Code: bot.RateLimited, After: 3 * time.Second}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := sender(t)
			ref, err := h.adapter.Send(t.Context(), h.threaded("Question 1"))
			if err != nil {
				t.Fatal(err)
			}
			c.fault.Path = "/threads"
			h.loop.Fail(c.fault)
			var got *bot.Error
			err = h.adapter.OpenThread(t.Context(), ref, "Question 1")
			if !errors.As(err, &got) || got.Code != c.want.Code || got.Reason != c.want.Reason || got.After != c.want.After {
				t.Errorf("OpenThread = %v", err)
			}
		})
	}
}

// TestPostWithoutItsThread: where the bot may open none, the post stands all the
// same.
func TestPostWithoutItsThread(t *testing.T) {
	t.Parallel()
	h := sender(t)
	h.loop.Fail(discordloop.Fault{Path: "/threads", Status: http.StatusForbidden, Code: missingPermissions})
	ends, pauses := adaptertest.Deliver(t, h.adapter, h.threaded("Question 1"))
	if all := h.loop.Channel(h.channel); pauses > 0 || ends[0].Outcome != outbox.Sent || len(all) != 1 {
		t.Errorf("it ended %+v after %d pauses, in the channel stands %+v", ends[0], pauses, all)
	}
}

// TestNoThreadInAThread: there, and in direct messages, Discord has none, and the
// outbox asks for none.
func TestNoThreadInAThread(t *testing.T) {
	t.Parallel()
	h := sender(t)
	first, _ := adaptertest.Deliver(t, h.adapter, h.threaded("Question 1"))
	within := h.threaded("More")
	within.Key, within.Channel.Thread = "q2", first[0].Ref.ID
	direct := h.threaded("Between us")
	who := h.account(h.ana)
	direct.Key, direct.Direct = "q3", &who
	ends, _ := adaptertest.Deliver(t, h.adapter, within, direct)
	for _, e := range ends {
		if e.Outcome != outbox.Sent || h.loop.ChannelName(e.Ref.ID) != "" {
			t.Errorf("it ended %+v, with the thread %q", e, h.loop.ChannelName(e.Ref.ID))
		}
		if code := bot.CodeOf(h.adapter.OpenThread(t.Context(), e.Ref, "All the same")); code != bot.Permanent {
			t.Errorf("OpenThread = %q, want permanent", code)
		}
	}
}
