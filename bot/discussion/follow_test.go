package discussion_test

import (
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/discussion"
)

// overlap is how long before the last message that was heard another may not have
// been.
const overlap = 30 * time.Second

// followed says from when on each channel of a space is to be read.
func (h *hall) followed(by *discussion.Service, space bot.SpaceID) map[bot.Channel]time.Duration {
	h.Helper()
	found, err := by.Follow(h.Context(), space)
	h.ok(err)
	since := map[bot.Channel]time.Duration{}
	for _, f := range found {
		since[f.Channel] = f.Since.Sub(eight)
	}
	if len(since) != len(found) {
		h.Errorf("some stand twice: %v", found)
	}
	return since
}

func TestWhatIsFollowedAfterAReconnect(t *testing.T) {
	eachHall(t, func(h *hall) {
		d := h.scheduled(func(d *discussion.Discussion) {
			d.Alongside = append(d.Alongside, discussion.Place{Channel: in("south", "a/b")})
		})
		wanted := func(when string, space bot.SpaceID, want map[bot.Channel]time.Duration) {
			t.Helper()
			for name, by := range map[string]*discussion.Service{"this": h.service, "a new": h.process()} {
				got := h.followed(by, space)
				if len(got) != len(want) {
					t.Errorf("%s, %s process follows %v, want %v", when, name, got, want)
				}
				for ch, since := range want {
					if at, ok := got[ch]; !ok || at != since {
						t.Errorf("%s, %s process follows %s since %s (%t), want %s", when, name, ch, at, ok, since)
					}
				}
			}
		}
		other := in("south", "a/b")
		wanted("before it begins", south.Space, nil)
		h.until(6 * time.Minute)
		wanted("when nothing was said", south.Space, map[bot.Channel]time.Duration{south: 0, other: 0})
		h.say(south, "ana", "1", "", "A1 a picture")
		h.until(7 * time.Minute)
		h.say(north, "ana", "1", "", "A1 a picture")
		h.until(8 * time.Minute)
		h.ask(south, "ana", "/chat/answer/"+d.ID+"/1", "answer", "a form tells nothing of what else was said")
		wanted("of each place", south.Space, map[bot.Channel]time.Duration{south: 6*time.Minute - overlap, other: 0})
		wanted("of each place", north.Space, map[bot.Channel]time.Duration{north: 7*time.Minute - overlap})
		wanted("of a place where nothing runs", bot.SpaceID{Connection: "sout", ID: "h"}, nil)
		h.until(31 * time.Minute)
		wanted("while late answers are welcome", north.Space, map[bot.Channel]time.Duration{north: 7*time.Minute - overlap})
		h.until(discussion.LateAnswers + time.Hour)
		wanted("when all is over", north.Space, nil)
	})
}

func TestThreadsAreFollowedToo(t *testing.T) {
	eachHall(t, func(h *hall) {
		h.scheduled(func(d *discussion.Discussion) { d.Script.Threads = true })
		h.until(11 * time.Minute)
		thread := func(ch bot.Channel, key string) bot.Channel {
			ch.Thread = h.posted(ch, key)
			return ch
		}
		h.say(thread(south, "q1@2"), "ana", "1", "", "A1 a picture")
		for _, by := range []*discussion.Service{h.service, h.process()} {
			got := h.followed(by, south.Space)
			for _, ch := range []bot.Channel{south, thread(south, "q1@2"), thread(south, "q2@2")} {
				if since, ok := got[ch]; !ok || since != 11*time.Minute-overlap {
					t.Errorf("%s is followed since %s (%t)", ch, since, ok)
				}
			}
			if len(got) != 3 {
				t.Errorf("it follows %v", got)
			}
		}
	})
}

// A question's post may stand whose sender died before that was recorded. What people say
// in its thread meanwhile answers it; in a thread of their own it does not.
func TestTheThreadOfAPostThatIsNotRecorded(t *testing.T) {
	eachHall(t, func(h *hall) {
		d := h.scheduled(func(d *discussion.Discussion) { d.Script.Threads = true })
		h.until(6 * time.Minute)
		there := in("south", "chat")
		h.platforms["south"].FailSend(true, &bot.Error{Code: bot.Unavailable})
		h.until(10 * time.Minute)
		there.Thread = h.posted(there, "q2@2")
		h.say(there, "ana", "1", "", "a picture of the thing itself")
		h.until(20 * time.Minute)
		there.Thread = "another"
		h.say(there, "ben", "2", "", "a picture of the thing itself")
		h.want("filed is", h.filed(d.ID), "@2/1 1 answer [2] "+discussion.EntryID(1, h.posted(south, "q2@2"))+"\n\t@2/2 1 reply null @2/another")
	})
}

// Of two that run in a channel, the one may have heard what came before the other
// began.
func TestTwoInOneChannelAreFollowedOnce(t *testing.T) {
	eachHall(t, func(h *hall) {
		h.scheduled(nil)
		h.until(6 * time.Minute)
		h.say(north, "ana", "1", "", "A1 a picture")
		h.until(time.Hour)
		d, _ := h.made("")
		h.ask(north, "maria", "/host/start/"+d.ID)
		if got := h.followed(h.service, north.Space); len(got) != 1 || got[north] != 6*time.Minute-overlap {
			t.Errorf("it follows %v", got)
		}
	})
}
