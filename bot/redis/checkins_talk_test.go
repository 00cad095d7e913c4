package redis

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/checkin"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

const fridays = friday + "-o1"

// talking lets ana take part in what she is asked.
func (b *bench) talking() {
	b.Helper()
	b.ok(b.checkIns().Join(b.Context(), home, friday, checkin.Participant{Member: "01ana", Account: bottest.Account("ana"), Since: noon}, outbox.Effects{}))
	b.asked(fridays, checkin.Private)
}

func (b *bench) talk(in bot.InputID) checkin.Talk {
	b.Helper()
	t, err := b.checkIns().Talk(b.Context(), home, "01ana", in)
	b.ok(err)
	return t
}

func (b *bench) keepTalk(t *checkin.Talk, in bot.InputID, occurrence string, want bot.Code) {
	b.Helper()
	err := b.checkIns().KeepTalk(b.Context(), home, "01ana", in, t, occurrence)
	if bot.CodeOf(err) != want {
		b.Errorf("keeping gives %v, want the code %q", err, want)
	}
}

// begun keeps a first value.
func (b *bench) begun(t *checkin.Talk, in bot.InputID, value string, want bot.Code) {
	b.Helper()
	t.About = fridays
	t.Partials[fridays] = checkin.Partial{Values: []string{value, ""}, Next: 1, Until: noon.Add(time.Hour)}
	b.keepTalk(t, in, fridays, want)
}

// checkInTalkLife is what happens while somebody answers in direct messages: see
// life.
func (b *bench) checkInTalkLife() {
	b.Helper()
	b.talking()
	t := b.talk("line")
	b.begun(&t, "line", "A rose", "")
}

// Whoever has nothing open costs one call, and whoever answers two: one that reads
// and one that stores.
func TestALineOfTalkIsOneCall(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		for range 2 {
			b.calls.take()
			if talk := b.talk("x"); len(talk.Open) > 0 || talk.Version != 0 || talk.Heard {
				b.Errorf("nobody has asked, and there is %+v", talk)
			}
			if got := b.calls.take(); len(got) > 1 {
				b.Errorf("a line about nothing took %q", got)
			}
			b.asked("01other-o1", checkin.Private) // she takes no part in it
		}
		b.talking()
		talk := b.talk("1")
		b.begun(&talk, "0", "", "")
		b.calls.take()
		b.begun(&talk, "1", "A rose", "")
		if got := b.calls.take(); !slices.Equal(got, []string{"checkin_talk"}) {
			b.Errorf("an answer to a question took %q", got)
		}
		again := b.talk("1")
		if !again.Heard || again.About != fridays || again.Partials[fridays].Values[0] != "A rose" || again.Partials[fridays].Next != 1 {
			b.Errorf("what was kept is %+v", again)
		}
		if len(again.Open) != 1 || again.Open[0].ID != fridays || !again.Open[0].Closes.Equal(noon.Add(time.Hour)) {
			b.Errorf("open are %+v", again.Open)
		}
	})
}

// A line that comes twice has its effect once, and of two at once the second sees
// what the first has done.
func TestTalkIsKeptOnce(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		b.talking()
		first, second := b.talk("1"), b.talk("2")
		b.begun(&first, "1", "A rose", "")
		b.begun(&second, "2", "A thorn", bot.Conflict)
		again := b.talk("1")
		b.begun(&again, "1", "Another rose", bot.Conflict)
		if got := b.talk("3").Partials[fridays].Values[0]; got != "A rose" {
			b.Errorf("kept is %q", got)
		}
	})
}

// What is answered in another way takes the place of what was begun, together with
// the answer; and nothing is begun of what is answered, skipped or over.
func TestTalkEndsWithTheAnswer(t *testing.T) {
	for _, state := range []checkin.State{checkin.IsAnswered, checkin.IsSkipped} {
		eachAtNoon(t, func(b *bench) {
			b.talking()
			talk := b.talk("1")
			b.begun(&talk, "1", "A rose", "")
			late := b.talk("3")
			answer := taking(fridays, "01ana", "2", "the form")
			answer.State = state
			b.takeIn(answer, checkin.TakenNew)
			b.begun(&late, "3", "stale", bot.Conflict)
			talk = b.talk("4")
			if len(talk.Partials) > 0 {
				b.Errorf("left is %+v", talk.Partials)
			}
			b.begun(&talk, "4", "anew", bot.Conflict)
			b.after(3 * time.Hour)
			if talk = b.talk("5"); len(talk.Open) > 0 {
				b.Errorf("open after the end are %+v", talk.Open)
			}
		})
	}
}

// What is begun goes when nothing is taken any more, and when somebody forgets it.
func TestTalkIsNotKeptForEver(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		b.talking()
		talk := b.talk("1")
		b.begun(&talk, "1", "A rose", "")
		name := key(home, checkInTalk("01ana"))
		if d := b.client.PTTL(b.Context(), name).Val(); d <= 2*time.Hour || d > 3*time.Hour {
			b.Errorf("it is kept for %s, want until nothing is taken any more, in 3h", d)
		}
		talk.About = ""
		delete(talk.Partials, fridays)
		b.keepTalk(&talk, "2", fridays, "")
		for field, value := range b.client.HGetAll(b.Context(), name).Val() {
			if strings.Contains(field+value, "rose") || strings.HasPrefix(field, partialField) {
				b.Errorf("left is %s: %s", field, value)
			}
		}
	})
}

// What was begun of a check-in that is skipped is set aside for whoever writes after
// all, and goes with the answer.
func TestWhatWasBegunIsSetAsideBySkipping(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		b.talking()
		talk := b.talk("1")
		b.begun(&talk, "1", "A rose", "")
		skip := taking(fridays, "01ana", "2", "")
		skip.State = checkin.IsSkipped
		b.takeIn(skip, checkin.TakenNew)
		if talk = b.talk("3"); len(talk.Partials) > 0 || len(talk.Aside) != 1 || talk.Aside[fridays].Values[0] != "A rose" {
			b.Errorf("after skipping there are %+v and %+v", talk.Partials, talk.Aside)
		}
		b.takeIn(taking(fridays, "01ana", "4", "the form"), checkin.TakenNew)
		if talk = b.talk("5"); len(talk.Aside) > 0 {
			b.Errorf("after the answer there is %+v", talk.Aside)
		}
	})
}
