package redis

import (
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/checkin"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// prompt is what asks 01ana.
func prompt(occurrence string) outbox.Item { return unasked(checkin.PromptKey(occurrence, "01ana")) }

// Who has answered or skipped is not asked any more by what still waits for its time.
func TestAnAnswerWithdrawsWhatWaits(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		for _, o := range []string{"o1", "o2", "o3"} {
			b.asked(o, checkin.Shared)
			b.queue(prompt(o))
		}
		before := b.held(prompt("o1").Post.Key, prompt("o2").Post.Key, prompt("o3").Post.Key)
		b.takeIn(taking("o1", "01ana", "1", "x"), checkin.TakenNew)
		b.takeIn(taking("o3", "01joe", "2", "x"), checkin.TakenNew) // that is somebody else
		skips := taking("o2", "01ana", "3", "")
		skips.State = checkin.IsSkipped
		b.takeIn(skips, checkin.TakenNew)

		post := prompt("o1")
		post.Unasked = nil
		out := outbox.Outgoing{Sent: before.Waiting, Post: &post, Written: []time.Time{noon}}
		if err := b.store.LetOut(b.Context(), string(home), prompt("").Lane(), out); bot.CodeOf(err) != bot.Conflict {
			b.Errorf("what was withdrawn meanwhile is let out: %v", err)
		}
		if h, err := b.store.Held(b.Context(), string(home), prompt("").Lane(), 1); err != nil || len(h.Waiting) != 1 {
			b.Errorf("behind what was withdrawn: %+v, %v", h.Waiting, err)
		}
		b.held(prompt("o3").Post.Key)
	})
}

// Of what was held until it was over it is known that nobody was told.
func TestWhatWasNeverSentHasAnEndOfItsOwn(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		b.asked("o1", checkin.Shared)
		b.asked("o2", checkin.Shared)
		b.queue(prompt("o1"), prompt("o2"), unasked("goal/01ana/g/1"), unasked("other"))
		h := b.held(prompt("o1").Post.Key, prompt("o2").Post.Key, "goal/01ana/g/1", "other")
		post := unasked("other")
		post.Unasked = nil
		b.ok(b.store.LetOut(b.Context(), string(home), prompt("").Lane(), outbox.Outgoing{
			Expired: []outbox.Waiting{h.Waiting[0], h.Waiting[2]}, Sent: []outbox.Waiting{h.Waiting[1], h.Waiting[3]}, Post: &post, Written: []time.Time{noon},
		}))
		for o, want := range map[string]checkin.State{"o1": checkin.IsUnsent, "o2": checkin.IsAsked} {
			turns, err := b.checkIns().Turns(b.Context(), home, o, "01ana")
			b.ok(err)
			if got := turns["01ana"]; got.State != want || !got.Closes.Equal(noon.Add(time.Hour)) {
				b.Errorf("%s came to %+v, want %s", o, got, want)
			}
		}
		if taken := b.takeIn(taking("o1", "01ana", "1", "x"), checkin.TakenNew); taken.Late {
			b.Error("who was not asked cannot answer")
		}
	})
}
