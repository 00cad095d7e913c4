package discord

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/adapters/discord/discordloop"
	"github.com/staffroom-bot/staffroom/bot"
)

func (h *house) gathering() bot.Gathering {
	start := time.Now().Add(24 * time.Hour).Truncate(time.Second)
	return bot.Gathering{Title: "Models", Description: "What *helps* @everyone?", Channel: h.place(), Start: start, End: start.Add(time.Hour)}
}

func (h *house) publish(key bot.DeliveryKey, g bot.Gathering) {
	h.Helper()
	if err := h.adapter.Publish(h.Context(), key, g); err != nil {
		h.Fatalf("Publish: %v", err)
	}
}

// changes counts the requests that change events.
func (h *house) changes() int {
	n := 0
	for _, r := range h.loop.Requests() {
		if r.Method != http.MethodGet && strings.Contains(r.Path, "/scheduled-events") {
			n++
		}
	}
	return n
}

// TestCalendar: an event comes, moves and goes with its gathering, whatever
// process does it.
func TestCalendar(t *testing.T) {
	t.Parallel()
	h := sender(t)
	h.loop.AddEvent(discordloop.Event{Guild: h.guild, Creator: h.ana, Name: "Models", Description: eventMark("chat/1"), Location: "x"})
	g := h.gathering()
	h.publish("chat/1", g)
	h.publish("chat/2", g)
	events := h.loop.Events(h.guild)
	if len(events) != 3 {
		t.Fatalf("there are %+v", events)
	}
	e := events[1]
	if e.Name != "Models" || e.Location != "#"+h.loop.ChannelName(h.channel) || !e.Start.Equal(g.Start) || !e.End.Equal(g.End) ||
		!strings.HasPrefix(e.Description, `What \*helps\* @`+apart+"everyone?\n\nStaffroom ") {
		t.Errorf("the event is %+v", e)
	}
	before := h.changes()
	h.adapter = newAdapter(t, h.loop, wordless{}, silent())
	h.publish("chat/1", g)
	if n := h.changes() - before; n != 0 {
		t.Errorf("publishing the same again changes %d times", n)
	}
	g.Start, g.End, g.Title = g.Start.Add(time.Hour), g.End.Add(2*time.Hour), "Models and maps"
	h.publish("chat/1", g)
	moved := h.loop.Events(h.guild)[1]
	if moved.ID != e.ID || !moved.Start.Equal(g.Start) || !moved.End.Equal(g.End) || moved.Name != g.Title {
		t.Errorf("moved, the event is %+v", moved)
	}
	for range 2 {
		if err := h.adapter.Withdraw(t.Context(), h.space(), "chat/1"); err != nil {
			t.Fatal(err)
		}
	}
	left := h.loop.Events(h.guild)
	if len(left) != 2 || slices.ContainsFunc(left, func(l discordloop.Event) bool { return l.ID == e.ID }) {
		t.Errorf("left are %+v", left)
	}
}

// TestCalendarTakesWhatIsToCome: Discord refuses an event in the past, and a new
// beginning for one that has begun.
func TestCalendarTakesWhatIsToCome(t *testing.T) {
	t.Parallel()
	h := sender(t)
	g := h.gathering()
	h.publish("chat/1", g)
	id := h.loop.Events(h.guild)[0].ID
	h.loop.Begin(id)
	g.Title, g.End = "Models, longer", g.End.Add(time.Hour)
	h.publish("chat/1", g)
	h.publish("chat/1", g)
	if e := h.loop.Events(h.guild)[0]; e.Name != g.Title || !e.End.Equal(g.End) || h.changes() != 2 {
		t.Errorf("the event is %+v after %d changes", e, h.changes())
	}
	begun := h.gathering()
	begun.Start = time.Now().Add(-time.Minute)
	over := h.gathering()
	over.Start, over.End = time.Now().Add(-2*time.Hour), time.Now().Add(-time.Hour)
	soon := h.gathering()
	soon.Start = time.Now().Add(time.Millisecond)
	h.publish("chat/2", begun)
	h.publish("chat/3", over)
	h.publish("chat/5", soon)
	if n := len(h.loop.Events(h.guild)); n != 1 {
		t.Errorf("%d events", n)
	}
	endless := h.gathering()
	endless.End = time.Time{}
	endless.Title, endless.Description = strings.Repeat("long ", 50), strings.Repeat("# long\n", 500)
	h.publish("chat/4", endless)
	if e := h.loop.Events(h.guild)[1]; !e.End.Equal(endless.Start.Add(shortestEvent)) || length(e.Name) > maxEventName {
		t.Errorf("the event is %+v", e)
	}
	h.publish("chat/4", endless)
	if n := len(h.loop.Events(h.guild)); n != 2 {
		t.Errorf("%d events: one with a long description is not found again", n)
	}
}

// TestCalendarTrouble: failures say what they are, and a doubtful attempt makes
// nothing twice.
func TestCalendarTrouble(t *testing.T) {
	t.Parallel()
	h := sender(t)
	g := h.gathering()
	for _, c := range []struct {
		fault  discordloop.Fault
		code   bot.Code
		reason bot.Reason
	}{
		{discordloop.Fault{Method: http.MethodPost, Path: "/scheduled-events", Status: 403, Code: missingPermissions}, bot.Permanent, bot.NotAllowed},
		{discordloop.Fault{Method: http.MethodPost, Path: "/scheduled-events", Status: 429, RetryAfter: time.Minute}, bot.RateLimited, ""},
		{discordloop.Fault{Path: "/scheduled-events", Status: 404, Code: unknownGuild}, bot.Permanent, bot.Gone},
		{discordloop.Fault{Path: "/users/@me", Status: 401}, bot.Permanent, bot.Disconnected},
		{discordloop.Fault{Path: "/channels/", Status: 404, Code: unknownChannel}, bot.Permanent, bot.Gone},
		{discordloop.Fault{Method: http.MethodPost, Path: "/scheduled-events", Drop: true}, bot.UnknownOutcome, ""},
	} {
		h.adapter.self.Store(nil)
		h.loop.Fail(c.fault)
		var e *bot.Error
		if err := h.adapter.Publish(t.Context(), "chat/1", g); !errors.As(err, &e) || e.Code != c.code || e.Reason != c.reason {
			t.Errorf("%+v: Publish = %v", c.fault, err)
		}
	}
	h.publish("chat/1", g)
	if n := len(h.loop.Events(h.guild)); n != 1 {
		t.Errorf("%d events", n)
	}
	h.loop.Fail(discordloop.Fault{Method: http.MethodDelete, Status: 404, Code: unknownEvent})
	if err := h.adapter.Withdraw(t.Context(), h.space(), "chat/1"); err != nil {
		t.Errorf("Withdraw of what somebody else removed = %v", err)
	}
	g.Channel.ID = "C0123"
	var e *bot.Error
	if err := h.adapter.Publish(t.Context(), "chat/2", g); !errors.As(err, &e) || e.Reason != bot.Gone {
		t.Errorf("Publish for a foreign channel = %v", err)
	}
	if err := h.adapter.Withdraw(t.Context(), bot.SpaceID{ID: "T1"}, "chat/2"); err != nil {
		t.Errorf("Withdraw from a foreign space = %v", err)
	}
}
