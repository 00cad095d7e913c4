package discord

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/adapters/adaptertest"
	"github.com/staffroom-bot/staffroom/adapters/discord/discordloop"
	"github.com/staffroom-bot/staffroom/bot"
)

// couple is a house of Ana and Joe whose bot only sends.
func couple(t *testing.T, o discordloop.Options) *house {
	t.Helper()
	h := &house{T: t, loop: startLoop(t, o)}
	h.guild = h.loop.AddGuild("Lincoln")
	h.channel = h.loop.AddChannel(h.guild)
	h.ana, h.joe = h.loop.AddPerson(discordloop.Person{Name: "Ana"}), h.loop.AddPerson(discordloop.Person{Name: "Joe"})
	h.adapter = h.anew()
	return h
}

// pair is the room of Ana and Joe.
func (h *house) pair(title string) bot.Room {
	space := h.place().Space
	return bot.Room{Key: "partner/1", Title: title, Near: h.place(), People: []bot.Account{{Space: space, User: h.ana}, {Space: space, User: h.joe}}}
}

// anew is an adapter of a process that knows nothing yet.
func (h *house) anew() *Adapter {
	return newAdapter(h.T, h.loop, adaptertest.Words(), silent())
}

func (h *house) opens(a *Adapter, r bot.Room) bot.Channel {
	h.Helper()
	ch, err := a.OpenRoom(h.Context(), r)
	if err != nil {
		h.Fatalf("OpenRoom: %v", err)
	}
	return ch
}

func (h *house) says(a *Adapter, ch bot.Channel, key bot.DeliveryKey) error {
	_, err := a.Send(h.Context(), bot.Post{Key: key, Channel: ch, Message: bot.Message{Text: bot.Plain(string(key))}})
	return err
}

func TestARoomIsAPrivateThread(t *testing.T) {
	t.Parallel()
	h := couple(t, discordloop.Options{})
	ch := h.opens(h.adapter, h.pair(strings.Repeat("Ana, Joe and a long name ", 10)))
	rooms := h.loop.Rooms()
	if len(rooms) != 1 || ch.Thread != rooms[0].ID || ch.ID != h.channel || rooms[0].Invitable || rooms[0].Channel != h.channel {
		t.Fatalf("%+v is %+v", ch, rooms)
	}
	if got := slices.Sorted(slices.Values(rooms[0].People)); !slices.Equal(got, slices.Sorted(slices.Values([]string{h.ana, h.joe}))) {
		t.Errorf("in it are %q", got)
	}
	if name := rooms[0].Name; length(name) > maxThreadName || !strings.HasPrefix(name, "Ana, Joe") {
		t.Errorf("it is called %q", name)
	}
	other := h.pair("Ana, Joe")
	other.Key = "partner/2"
	if h.opens(h.adapter, other) == ch {
		t.Error("two pairs of the same names have one room")
	}
}

// Wherever the program dies, or an answer is lost, there is one room with both in it.
func TestARoomIsMadeOnce(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]discordloop.Fault{
		"the thread stands, the answer is lost":   {Method: http.MethodPost, Path: "/threads", Drop: true},
		"one is in it, and the answer is lost":    {Method: http.MethodPut, Path: "/thread-members", Drop: true},
		"nobody is in it":                         {Method: http.MethodPut, Path: "/thread-members", Refuse: true},
		"nobody is in it, and Discord wants rest": {Method: http.MethodPut, Path: "/thread-members", Status: http.StatusTooManyRequests, RetryAfter: time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := couple(t, discordloop.Options{})
			h.loop.Fail(fault)
			if _, err := h.adapter.OpenRoom(t.Context(), h.pair("Ana, Joe")); bot.CodeOf(err) != bot.Unavailable && bot.CodeOf(err) != bot.RateLimited {
				t.Fatalf("OpenRoom: %v", err)
			}
			h.opens(h.anew(), h.pair("Ana, Joe"))
			if rooms := h.loop.Rooms(); len(rooms) != 1 || len(rooms[0].People) != 2 {
				t.Errorf("there are %+v", rooms)
			}
		})
	}
}

// Once something was said in a room, whoever leaves it stays away, whatever the next
// process knows.
func TestNobodyIsBroughtBackToARoom(t *testing.T) {
	t.Parallel()
	h := couple(t, discordloop.Options{})
	ch := h.opens(h.adapter, h.pair("Ana, Joe"))
	if err := h.says(h.adapter, ch, "hello"); err != nil {
		t.Fatal(err)
	}
	h.loop.LeaveThread(h.joe, ch.Thread)
	if again := h.opens(h.anew(), h.pair("Ana, Joe")); again != ch {
		t.Errorf("it is another room: %+v", again)
	}
	if rooms := h.loop.Rooms(); !slices.Equal(rooms[0].People, []string{h.ana}) {
		t.Errorf("in it are %q", rooms[0].People)
	}
}

// A room that was put away is found, also behind others, and what is said brings it back; one
// that is locked refuses for good.
func TestARoomThatWasPutAway(t *testing.T) {
	t.Parallel()
	h := couple(t, discordloop.Options{ThreadsInPage: 1})
	ch := h.opens(h.adapter, h.pair("Ana, Joe"))
	if err := h.says(h.adapter, ch, "hello"); err != nil {
		t.Fatal(err)
	}
	later := h.pair("Ana, Joe")
	later.Key = "partner/2"
	h.loop.Archive(h.opens(h.adapter, later).Thread, false)
	h.loop.Archive(ch.Thread, false)
	a := h.anew()
	if again := h.opens(a, h.pair("Ana, Joe")); again != ch {
		t.Fatalf("it is another room: %+v", again)
	}
	if err := h.says(a, ch, "again"); err != nil || h.loop.Rooms()[0].Archived {
		t.Errorf("it stays away: %v", err)
	}
	h.loop.Archive(ch.Thread, true)
	if err := h.says(a, ch, "locked"); bot.CodeOf(err) != bot.Permanent {
		t.Errorf("in a locked room: %v", err)
	}
}

// Where one does not see the channel, or is no member, or it is elsewhere, there is no thread
// for the other.
func TestARoomForThoseWhoSeeTheChannel(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(h *house, r *bot.Room){
		"hidden":          func(h *house, _ *bot.Room) { h.loop.Hide(h.channel, h.ana) },
		"no member":       func(h *house, _ *bot.Room) { h.loop.Without(h.guild, h.joe) },
		"another server":  func(h *house, r *bot.Room) { r.Near.Space.ID = h.loop.AddGuild("Other") },
		"no such channel": func(_ *house, r *bot.Room) { r.Near.ID = "999999999999" },
		"no channel":      func(_ *house, r *bot.Room) { r.Near.ID = "" },
		"not allowed":     func(h *house, _ *bot.Room) { h.loop.Allow(h.guild, viewChannel) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := couple(t, discordloop.Options{})
			r := h.pair("Ana, Joe")
			change(h, &r)
			if _, err := h.adapter.OpenRoom(t.Context(), r); bot.CodeOf(err) != bot.Permanent {
				t.Errorf("OpenRoom: %v", err)
			}
			if rooms := h.loop.Rooms(); len(rooms) > 0 {
				t.Errorf("there is %+v", rooms)
			}
		})
	}
}
