package discussion_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/discussion"
	"github.com/staffroom-bot/staffroom/bot/redis"
	"github.com/staffroom-bot/staffroom/bot/redis/redistest"
	"github.com/staffroom-bot/staffroom/scheduler"
)

var north, south = in("north", "chat"), in("south", "chat")

func TestEveryPlaceHearsEveryQuestionAtTheSameMoment(t *testing.T) {
	eachHall(t, func(h *hall) {
		d := h.scheduled(nil)
		h.until(30 * time.Minute)
		h.want("in the north stand", h.standing(north), "open q1 q2 close summary")
		h.want("in the south stand", h.standing(south), "open@2 q1@2 q2@2 close@2 summary@2")
		for i, there := range h.platforms["south"].Standing(south) {
			here := h.platforms["north"].Standing(north)[i]
			if !here.At.Equal(there.At) || here.Message.Text.String() != there.Message.Text.String() {
				t.Errorf("%s at %s, %s at %s", here.Key, here.At, there.Key, there.At)
			}
		}
		h.until(discussion.LateAnswers + time.Hour)
		for _, ch := range []bot.Channel{north, south} {
			if live, err := h.store.Live(t.Context(), school, ch, nil); err != nil || len(live) > 0 {
				t.Errorf("after its end %d still run in %s (%v)", len(live), ch, err)
			}
		}
		if got := h.get(d.ID); got.State != discussion.Archived {
			t.Errorf("it is %s", got.State)
		}
	})
}

func TestWhatIsSaidInAnyPlaceBelongsToTheOneDiscussion(t *testing.T) {
	eachHall(t, func(h *hall) {
		d := h.scheduled(nil)
		h.until(11 * time.Minute)
		// The same IDs in both places: two workspaces know nothing of each other.
		h.say(north, "ana", "100.1", "", "A1 I start with a picture")
		h.say(south, "joe", "100.1", "", "A2 I start with a song")
		h.say(south, "eva", "100.2", "100.1", "So do we")
		h.say(north, "max", "100.2", "100.1", "So do we")
		h.say(south, "ida", "100.3", h.posted(south, "q1@2"), "With a puzzle")
		h.say(south, "ida", "@1/100.1", "", "Hello all")
		h.say(north, "max", "@2/100.1", "", "Hello all")
		h.say(south, "joe", "100.1", "", "A2 delivered again")
		edit := h.said(south, "joe", "100.1", "", "A1 I start with a song")
		edit.Kind, edit.Revision = bot.MessageEdited, 2
		h.ok(h.service.Hear(t.Context(), edit))
		gone := h.said(north, "max", "100.2", "", "")
		gone.Kind, gone.Revision = bot.MessageDeleted, 2
		h.ok(h.service.Hear(t.Context(), gone))
		h.want("filed is", h.filed(d.ID), strings.Join([]string{
			"100.1 0 answer [1] ",
			"@2/100.1 1 answer [1] ",
			"@2/100.2 1 reply [2] @2/100.1",
			"100.2 0 reply [1] 100.1",
			"@2/100.3 1 answer [1] @2/" + h.posted(south, "q1@2"),
			"@2/@1/100.1 1 remark null ",
			"@1/@2/100.1 0 remark null ",
		}, "\n\t"))

		h.until(time.Hour)
		a, err := h.service.Archive(t.Context(), school, d.ID)
		h.ok(err)
		h.want("places", strings.Join(a.Places, ", "), "the north, the south")
		var where []string
		for _, m := range a.Messages {
			where = append(where, m.ID+" "+m.Place)
		}
		h.want("in the archive", strings.Join(where, ", "),
			"100.1 the north, @2/100.1 the south, @2/100.2 the south, @2/100.3 the south, @2/@1/100.1 the south, @1/@2/100.1 the north")
		markdown := written(t, a, discussion.Document)
		for _, line := range []string{
			"- **Name of ana · the north** 20:11 — A1 I start with a picture",
			"- **Name of joe · the south** 20:11 — A1 I start with a song\n\n  - **Name of eva · the south** 20:11 — So do we",
			"places=the north, the south",
		} {
			if !strings.Contains(markdown, line) {
				t.Errorf("the archive does not say %q:\n%s", line, markdown)
			}
		}
	})
}

// A reply in one place to a message's ID of another is a reply to nothing known.
func TestAReplyRefersToItsOwnPlace(t *testing.T) {
	eachHall(t, func(h *hall) {
		d := h.scheduled(nil)
		h.until(11 * time.Minute)
		h.say(north, "ana", "7", "", "A1 I start with a picture")
		h.say(south, "joe", "8", "7", "So do I")
		h.want("filed is", h.filed(d.ID), "7 0 answer [1] \n\t@2/8 1 reply null @2/7")
	})
}

func TestOneCallFilesAMessageInWhicheverPlace(t *testing.T) {
	client, calls := redistest.InProcess(t), 0
	redis.Watch(client, func(_ string, done bool) {
		if done {
			calls++
		}
	})
	h := newHall(t, func(t *testing.T, c scheduler.Clock) (*redis.Store, error) { return redis.Open(t.Context(), client, c) })
	h.scheduled(nil)
	h.until(6 * time.Minute)
	h.say(north, "ana", "1", "", "A1 a picture")
	h.say(south, "ana", "1", "", "A1 a picture")
	calls = 0
	for n := range 20 {
		h.say(north, "ana", fmt.Sprint("n", n), "", "A1 a picture")
		h.say(south, "joe", fmt.Sprint("s", n), "", "A1 a song")
	}
	if calls != 40 {
		t.Errorf("40 messages took %d calls", calls)
	}
}

// Each place has a process of its own. Both understand what the other has filed,
// and what is asked by a third.
func TestProcessesThatHearOnePlaceEach(t *testing.T) {
	eachHall(t, func(h *hall) {
		d := h.scheduled(nil)
		h.until(6 * time.Minute)
		a, b := h.process(), h.process()
		for n := range 5 {
			answer := fmt.Sprint("a", n)
			h.ok(a.Hear(t.Context(), h.said(north, "ana", answer, "", "A1 a picture")))
			h.ok(b.Hear(t.Context(), h.said(south, "joe", answer, "", "A2 a song")))
			h.ok(a.Hear(t.Context(), h.said(south, "eva", "r"+answer, answer, "So do I")))
			h.ok(b.Hear(t.Context(), h.said(north, "eva", "r"+answer, answer, "So do I")))
			if n == 2 {
				h.until(12 * time.Minute)
			}
		}
		entries, err := h.store.Entries(t.Context(), school, d.ID)
		h.ok(err)
		if len(entries) != 20 {
			t.Errorf("%d entries", len(entries))
		}
		for _, e := range entries {
			if want := e.Place + 1; len(e.Questions) != 1 || e.Questions[0] != want {
				t.Errorf("%s of place %d is a %s about %v", e.ID, e.Place, e.Kind, e.Questions)
			}
		}
	})
}

func TestAnAnswerByFormIsShownWhereItWasGiven(t *testing.T) {
	eachHall(t, func(h *hall) {
		d := h.scheduled(nil)
		h.until(6 * time.Minute)
		path := "/chat/answer/" + d.ID + "/1"
		for range 2 { // pressed twice, or delivered twice
			h.askAs("once", south, "joe", path, "answer", "a song")
		}
		h.ask(in("south", "elsewhere"), "eva", path, "answer", "a dance")
		h.now()
		if got := strings.Count(h.standing(south), "a/"); got != 1 {
			t.Errorf("%d answers are shown in the south: %s", got, h.standing(south))
		}
		if got := strings.Count(h.standing(north), "a/"); got != 1 {
			t.Errorf("%d answers are shown in the north: %s", got, h.standing(north))
		}
		entries, err := h.store.Entries(t.Context(), school, d.ID)
		h.ok(err)
		if len(entries) != 2 || entries[0].Place != 1 || entries[1].Place != 0 {
			t.Errorf("filed is %+v", entries)
		}
		// A reply to the post that shows it is a reply to the answer.
		shown := h.posted(south, strings.TrimPrefix(entries[0].ID, "chat/"+d.ID+"/"))
		h.say(south, "ida", "9", shown, "So do I")
		entries, err = h.store.Entries(t.Context(), school, d.ID)
		h.ok(err)
		if last := entries[2]; last.Kind != discussion.Reply || last.ReplyTo != entries[0].ID {
			t.Errorf("filed is %+v", last)
		}
		// Both ask for their own in their own place.
		for user, place := range map[string]bot.Channel{"joe": south, "eva": north} {
			if text := h.ask(place, user, "/chat/answers/"+d.ID).Message.Text.String(); !strings.Contains(text, "chat.mine.answer") {
				t.Errorf("%s sees %q", user, text)
			}
		}
	})
}

func TestWhereOnePlaceRefusesTheOthersGoOn(t *testing.T) {
	eachHall(t, func(h *hall) {
		h.scheduled(nil)
		h.platforms["south"].Intercept(func(_ context.Context, p bot.Post) error {
			if strings.HasSuffix(string(p.Key), "/q1@2") {
				return &bot.Error{Code: bot.Permanent, Reason: bot.NotAllowed}
			}
			return nil
		})
		h.until(30 * time.Minute)
		h.want("in the north stand", h.standing(north), "open q1 q2 close summary")
		h.want("in the south stand", h.standing(south), "open@2 q2@2 close@2 summary@2")
	})
}

func TestASlowPlaceHoldsUpNoOther(t *testing.T) {
	eachHall(t, func(h *hall) {
		h.scheduled(nil)
		h.platforms["south"].Intercept(func(context.Context, bot.Post) error {
			if h.clock.Now().Before(eight.Add(12 * time.Minute)) {
				return &bot.Error{Code: bot.RateLimited, After: time.Minute}
			}
			return nil
		})
		h.until(11 * time.Minute)
		h.want("in the north stand", h.standing(north), "open q1 q2")
		h.want("in the south stand", h.standing(south), "")
		for i, e := range h.platforms["north"].Standing(north)[1:] { // after the announcement
			if want := eight.Add(time.Duration(i) * 5 * time.Minute); !e.At.Equal(want) {
				t.Errorf("%s came at %s, want %s", e.Key, e.At, want)
			}
		}
		h.until(15 * time.Minute)
		h.want("in the south stand", h.standing(south), "open@2 q1@2 q2@2")
	})
}

// Records of before discussions had several places are read as they are.
func TestARecordOfBeforeThereWerePlaces(t *testing.T) {
	old := `{"id":"d1","number":7,"script":{"Title":"Models","Tag":"","Hosts":null,"Start":"2026-03-08T20:00:00Z","Zone":"UTC","StartMoved":false,` +
		`"Introductions":0,"Length":3600000000000,"Welcome":"","Close":"","Questions":[{"Text":"One?","Image":"","Note":"","At":0}],"Pace":"clock"},` +
		`"channel":{"space":{"conn":"north","id":"01home"},"id":"chat"},"language":"en","hosts":["maria"],"state":"asking",` +
		`"base":"2026-03-08T20:00:00Z","asked":1,"asked_at":["2026-03-08T20:00:00Z"],"opened":"2026-03-08T20:00:00Z"}`
	eachHall(t, func(h *hall) {
		var d discussion.Discussion
		h.ok(json.Unmarshal([]byte(old), &d))
		d.Community = school
		if places := d.Places(); len(places) != 1 || places[0] != (discussion.Place{Channel: north}) {
			t.Errorf("its places are %v", places)
		}
		written, err := json.Marshal(&d)
		h.ok(err)
		h.want("written again", string(written), old)
	})
}
