package discussion_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/discussion"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// What a platform delivers twice counts once: an answer by form, and a new chat.
func TestARepeatedInputHasOneEffect(t *testing.T) {
	start := time.Date(2026, 3, 8, 20, 0, 0, 0, time.UTC)
	store, d, _ := running(t, start)
	clock := scheduler.NewManualClock(start)
	service := discussion.New(store, crowd{}, nil, bottest.Words{}, clock)
	router := bot.NewRouter()
	service.Register(router)
	for _, input := range []bot.InputID{"first", "first", "second"} {
		clock.Set(clock.Now().Add(time.Second))
		reply, err := router.Ask(t.Context(), &bot.Request{
			Path: "/chat/answer/d1/1", Input: input, Values: map[string]string{"answer": "I start with a picture"}, Channel: d.Channel,
			Member: bot.Member{ID: "ana", Community: d.Community, Name: "Ana", Language: "en", Zone: "UTC"},
		})
		if err != nil || reply.Message == nil || reply.FieldErrors != nil {
			t.Fatalf("%+v, %v", reply, err)
		}
		other := *d
		other.Version = 0
		if err := service.Schedule(t.Context(), &other, input+"/new"); err != nil && !errors.Is(err, outbox.ErrRepeated) {
			t.Fatal(err)
		}
	}
	entries, err := store.Entries(t.Context(), d.Community, d.ID)
	if err != nil || len(entries) != 2 {
		t.Errorf("%d answers, want 2 (%v)", len(entries), err)
	}
	chats, err := store.List(t.Context(), d.Community, 0, 10)
	if err != nil || len(chats) != 3 {
		t.Errorf("%d discussions, want the one that runs and 2 more (%v)", len(chats), err)
	}
}

// What a platform delivers late stands where it was said: a reply that overtakes
// its answer belongs to the same question.
func TestAReplyThatOvertakesItsAnswer(t *testing.T) {
	eachHall(t, func(h *hall) {
		d := h.scheduled(nil)
		h.until(11 * time.Minute)
		late := h.said(north, "ana", "1", "", "A1 I start with a picture")
		h.until(12 * time.Minute)
		h.say(north, "joe", "2", "1", "So do we")
		h.say(north, "eva", "3", "2", "Me too")
		h.ok(h.service.Hear(t.Context(), late))
		a, err := h.service.Archive(t.Context(), school, d.ID)
		h.ok(err)
		var kept []string
		for _, m := range a.Messages {
			kept = append(kept, fmt.Sprint(m.ID, " ", m.Kind, " ", m.Questions))
		}
		h.want("kept is", strings.Join(kept, ", "), "1 answer [1], 2 reply [1], 3 reply [1]")
	})
}
