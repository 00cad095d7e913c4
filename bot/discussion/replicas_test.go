package discussion_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/discussion"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// Two processes hear the same channel in turns, as those of a platform do that
// spreads its events. Each understands replies to what the other has filed.
func TestAReplyToWhatAnotherProcessFiledIsUnderstood(t *testing.T) {
	start := time.Date(2026, 3, 8, 20, 0, 0, 0, time.UTC)
	store, d, _ := running(t, start)
	var processes [2]*discussion.Service
	for i := range processes {
		processes[i] = discussion.New(store, crowd{}, nil, bottest.Words{}, scheduler.NewManualClock(start))
	}
	hear := func(p *discussion.Service, user, id, replyTo, text string) {
		t.Helper()
		if err := p.Hear(t.Context(), posted(d, user, id, replyTo, text, start)); err != nil {
			t.Fatal(err)
		}
	}
	const rounds, answers = 6, 4
	for n := range rounds {
		for i := range answers {
			hear(processes[i%2], "ana", fmt.Sprintf("a%d-%d", n, i), "", fmt.Sprintf("A%d I start with a picture", n%2+1))
		}
		for i := range answers {
			answer := fmt.Sprintf("a%d-%d", n, i)
			hear(processes[(i+1)%2], "joe", "r"+answer, answer, "That happened to us as well")
		}
		if n == rounds/2 { // the next step is made by a third
			if err := store.Advance(t.Context(), d, outbox.Effects{}); err != nil {
				t.Fatal(err)
			}
		}
	}
	entries, err := store.Entries(t.Context(), d.Community, d.ID)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 2*answers*rounds {
		t.Errorf("%d entries, want %d", len(entries), 2*answers*rounds)
	}
	for _, e := range entries {
		var n int
		if _, err := fmt.Sscanf(e.ID, "ra%d", &n); err != nil {
			continue
		}
		if e.Kind != discussion.Reply || !slices.Equal(e.Questions, []int{n%2 + 1}) {
			t.Errorf("%s is a %s about %v", e.ID, e.Kind, e.Questions)
		}
	}
}

// All hear that the discussion has moved on at the same moment.
func TestManyAtOnceFindOutThatTheDiscussionHasMovedOn(t *testing.T) {
	start := time.Date(2026, 3, 8, 20, 0, 0, 0, time.UTC)
	store, d, _ := running(t, start)
	service := discussion.New(store, crowd{}, nil, bottest.Words{}, scheduler.NewManualClock(start))
	const people, rounds = 8, 5
	for round := range rounds {
		var everyone sync.WaitGroup
		for n := range people {
			everyone.Go(func() {
				id := fmt.Sprintf("m%d-%d", round, n)
				if err := service.Hear(t.Context(), posted(d, fmt.Sprint("u", n), id, "", "A1 I start with a picture", start)); err != nil {
					t.Error(err)
				}
			})
		}
		everyone.Wait()
		if err := store.Advance(t.Context(), d, outbox.Effects{}); err != nil {
			t.Fatal(err)
		}
	}
	entries, err := store.Entries(t.Context(), d.Community, d.ID)
	if err != nil || len(entries) != people*rounds {
		t.Errorf("%d entries, want %d (%v)", len(entries), people*rounds, err)
	}
}
