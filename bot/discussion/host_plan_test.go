package discussion_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/discussion"
)

// made is a discussion that a host made in the north by the form.
func (h *hall) made(start string) (discussion.Discussion, bot.Reply) {
	h.Helper()
	reply := h.ask(north, "maria", "/host/create", "title", "Models", "questions", "One?\nTwo?", "start", start, "length", "30m")
	return h.get(strings.TrimPrefix(controls(reply)["start"], "/host/start/")), reply
}

func TestAHostChoosesWhereAChatRuns(t *testing.T) {
	eachHall(t, func(h *hall) {
		d, reply := h.made("2026-03-08 20:00")
		h.want("its first place is called", d.ChannelName, "the north")
		h.want("the panel offers", labels(reply), "alongside place=the south, announce, cancel, edit, more, move, preview, start, threads")
		beside := controls(reply)["alongside place=the south"]
		for range 2 { // pressed by two
			reply = h.ask(north, "maria", beside)
		}
		h.want("pressed twice it offers", labels(reply), "announce, cancel, edit, more, move, only-here, preview, start, threads")
		if text := reply.Message.Text.String(); !strings.Contains(text, "host.already") || !strings.Contains(text, "places=the north, the south") {
			t.Errorf("the panel says %q", text)
		}
		reply = h.ask(north, "maria", "/host/only-here/"+d.ID)
		h.want("only there it offers", labels(reply), "alongside place=the south, announce, cancel, edit, more, move, preview, start, threads")
		h.ask(north, "maria", beside)
		h.until(10 * time.Minute)
		h.want("in the south stand", h.standing(south), "open@2 q1@2")

		// It has begun: the plan stays as it is.
		for _, path := range []string{beside, "/host/only-here/" + d.ID, "/host/threads/" + d.ID + "/on", "/host/move/" + d.ID, "/host/move-to/" + d.ID} {
			reply := h.ask(south, "maria", path)
			if text := reply.Message.Text.String(); !strings.Contains(text, "host.begun") {
				t.Errorf("%s: %q", path, text)
			}
		}
		if got := h.get(d.ID); len(got.Alongside) != 1 || got.Script.Threads || !got.Base.Equal(eight) {
			t.Errorf("it is %+v", got)
		}
		if text := h.ask(south, "joe", "/chat/show").Message.Text.String(); !strings.Contains(text, "chat.show.places places=the north, the south") {
			t.Errorf("people are told %q", text)
		}
	})
}

func TestOnlyHereMeansWhereItIsPressed(t *testing.T) {
	eachHall(t, func(h *hall) {
		d := h.scheduled(nil)
		h.ask(south, "maria", "/host/only-here/"+d.ID)
		h.until(10 * time.Minute)
		h.want("in the north stand", h.standing(north), "")
		h.want("in the south stand", h.standing(south), "open q1 q2")
	})
}

func TestAlongsideIsTypedInTheOtherPlace(t *testing.T) {
	eachHall(t, func(h *hall) {
		d, _ := h.made("2026-03-08 20:00")
		hidden := "Lincoln\n*HS*  @everyone\u202e " + strings.Repeat("é", 100)
		for _, c := range []struct {
			where  bot.Channel
			values []string
			places string
		}{
			{south, nil, "the north, the south"},
			{in("south", "other"), []string{"name", "models", "place", " Lincoln  HS "}, "the north, the south, Lincoln HS"},
			{in("south", "other"), []string{"name", "#1", "place", "Weston"}, "the north, the south, Weston"},
			{in("south", "third"), []string{"name", "models", "place", "Weston"}, "the north, the south, Weston, Weston (2)"},
			{in("north", "fourth"), []string{"name", "models"}, "the north, the south, Weston, Weston (2), fourth"},
			{in("north", "fifth"), []string{"name", "models", "place", hidden}, "the north, the south, Weston, Weston (2), fourth, Lincoln *HS* @everyone"},
		} {
			reply := h.ask(c.where, "maria", "/host/alongside", c.values...)
			text := reply.Message.Text.String()
			if !strings.Contains(text, "host.panel.places places="+c.places) {
				t.Errorf("in %s: %q", c.where, text)
			}
		}
		d = h.get(d.ID)
		for _, p := range d.Places() {
			if n := utf8.RuneCountInString(p.Name); n > 60 || strings.ContainsAny(p.Name, "\n\t") {
				t.Errorf("a place is called %q, %d characters", p.Name, n)
			}
		}
		// What nobody named is the chat that comes next and is not there yet.
		if got := h.ask(in("south", "sixth"), "maria", "/host/alongside").Message.Text.String(); !strings.Contains(got, "sixth") {
			t.Errorf("without a name: %q", got)
		}
		h.until(6 * time.Minute)
		h.say(in("north", "fifth"), "ana", "1", "", "A1 <b>@everyone</b> *a picture*")
		a, err := h.service.Archive(t.Context(), school, d.ID)
		h.ok(err)
		markdown := written(t, a, discussion.Document)
		if strings.Contains(markdown, "<b>") || strings.Contains(markdown, "*HS*") && !strings.Contains(markdown, `\*HS\*`) || strings.Contains(markdown, "\u202e") {
			t.Errorf("what people typed is markup:\n%s", markdown)
		}
	})
}

func TestAChatRunsInEightPlacesAtMost(t *testing.T) {
	eachHall(t, func(h *hall) {
		d, _ := h.made("2026-03-08 20:00")
		for n := range 7 {
			h.ask(in("south", fmt.Sprint("c", n)), "maria", "/host/alongside")
		}
		for _, path := range []string{"/host/alongside", "/host/join/" + d.ID + "/none"} {
			req := &bot.Request{Path: path, Input: bot.InputID(path), Account: bot.Account{Space: south.Space, User: "maria"}, Channel: in("south", "c9")}
			reply, err := h.router.Ask(t.Context(), req)
			switch {
			case path == "/host/alongside" && (err != nil || !strings.Contains(reply.Message.Text.String(), "host.places.full most=8")):
				t.Errorf("the ninth: %+v, %v", reply.Message, err)
			case path != "/host/alongside" && bot.CodeOf(err) != bot.NotFound:
				t.Errorf("a channel that nobody has chosen: %v", err)
			}
		}
		h.want("the panel offers", labels(h.ask(north, "maria", "/host/watch/"+d.ID)), "announce, cancel, edit, more, move, only-here, preview, start, threads")
		h.until(10 * time.Minute)
		for n := range 7 {
			h.want("there stand", h.standing(in("south", fmt.Sprint("c", n))), fmt.Sprintf("open@%[1]d q1@%[1]d", n+2))
		}
	})
}

func TestAThreadForEachQuestion(t *testing.T) {
	eachHall(t, func(h *hall) {
		titles := map[string]string{}
		for _, p := range h.platforms {
			p.Intercept(func(_ context.Context, post bot.Post) error {
				titles[strings.SplitN(string(post.Key), "/", 3)[2]] = post.Thread
				return nil
			})
		}
		d := h.scheduled(func(d *discussion.Discussion) {
			d.Script.Questions[0].Text = "One\n@everyone\t" + strings.Repeat("é", 200)
		})
		reply := h.ask(south, "maria", "/host/threads/"+d.ID+"/on")
		h.want("the panel offers", labels(reply), "announce, cancel, edit, more, move, only-here, preview, start, take, threads.off")
		h.ask(south, "maria", "/host/threads/"+d.ID+"/off")
		h.ask(south, "maria", "/host/threads/"+d.ID+"/on")
		h.until(11 * time.Minute)
		for _, key := range []string{"q1", "q1@2"} {
			title := titles[key]
			if !strings.HasPrefix(title, "en chat.thread n=1 text=One @everyone é") || utf8.RuneCountInString(title) > 80 {
				t.Errorf("the thread of %s is called %q", key, title)
			}
		}
		if titles["open"] != "" || titles["q2@2"] == "" {
			t.Errorf("threads: %q", titles)
		}

		// What is said in a thread answers its question, whether the platform says
		// what it replies to or not.
		thread := south
		thread.Thread = h.posted(south, "q1@2")
		h.say(thread, "ana", "t1", thread.Thread, "With a picture")
		h.say(thread, "joe", "t2", "", "With a song")
		here := north
		here.Thread = h.posted(north, "q2")
		h.say(here, "eva", "t1", here.Thread, "With a puzzle")
		h.want("filed is", h.filed(d.ID), strings.Join([]string{
			"@2/t1 1 answer [1] @2/" + thread.Thread, "@2/t2 1 answer [1] @2/" + thread.Thread, "t1 0 answer [2] " + here.Thread,
		}, "\n\t"))

		// So does an answer by form, which is shown there.
		h.ask(south, "ida", "/chat/answer/"+d.ID+"/1", "answer", "a dance")
		h.now()
		if got := h.standing(thread); !strings.HasPrefix(got, "a/") {
			t.Errorf("in the thread stands %q", got)
		}
	})
}

func TestTheCalendarShowsWhatIsPlanned(t *testing.T) {
	eachHall(t, func(h *hall) {
		wanted := func(when, north, south string) {
			t.Helper()
			h.now()
			h.want(when+" the north's calendar shows", h.platforms["north"].gatherings(), north)
			h.want(when+" the south's calendar shows", h.platforms["south"].gatherings(), south)
		}
		d, reply := h.made("2026-03-08 20:00")
		wanted("when it is made", "Models in chat 20:00-20:30", "")
		h.ask(north, "maria", controls(reply)["alongside place=the south"])
		wanted("with a second place", "Models in chat 20:00-20:30", "Models in chat 20:00-20:30")
		before := h.platforms["north"].changes
		h.ask(north, "maria", "/host/threads/"+d.ID+"/on")
		h.now()
		if got := h.platforms["north"].changes; got != before {
			t.Errorf("what changes nothing there changed the calendar %d times", got-before)
		}
		for range 2 {
			h.askAs("moved", north, "maria", "/host/move-to/"+d.ID, "start", "2026-03-08 21:00")
		}
		wanted("when it is moved", "Models in chat 21:00-21:30", "Models in chat 21:00-21:30")
		if got := h.platforms["north"].changes; got != before+1 {
			t.Errorf("moved once, its calendar changed %d times", got-before)
		}
		h.ask(north, "maria", "/host/move-to/"+d.ID, "start", "")
		wanted("when it waits for its host", "", "")
		h.ask(north, "maria", "/host/move-to/"+d.ID, "start", "2026-03-08 22:00")
		wanted("when it has a time again", "Models in chat 22:00-22:30", "Models in chat 22:00-22:30")
		h.ask(north, "maria", "/host/only-here/"+d.ID)
		wanted("in one place only", "Models in chat 22:00-22:30", "")
		h.ask(north, "maria", "/host/cancel-now/"+d.ID)
		wanted("when it is cancelled", "", "")

		h.until(0)
		byHand, _ := h.made("")
		h.ask(north, "maria", "/host/start/"+byHand.ID)
		h.until(10 * time.Minute)
		h.ask(north, "maria", "/host/next/"+byHand.ID+"/1")
		later := h.platforms["north"].changes
		h.until(24 * time.Hour)
		wanted("of one that is started by hand", "Models in chat 20:00-20:30", "")
		if got := h.platforms["north"].changes; got != later {
			t.Error("the steps of a chat that has begun changed the calendar")
		}
	})
}

// What is refused by one calendar keeps nobody from anything.
func TestACalendarThatRefusesHoldsUpNothing(t *testing.T) {
	eachHall(t, func(h *hall) {
		h.platforms["south"].refusal = &bot.Error{Code: bot.Unavailable}
		h.scheduled(nil)
		h.until(30 * time.Minute)
		h.want("the north's calendar shows", h.platforms["north"].gatherings(), "Models in chat 20:00-20:30")
		h.want("in the south stand", h.standing(south), "open@2 q1@2 q2@2 close@2 summary@2")
		h.until(2 * time.Hour)
		if tries := h.platforms["south"].changes; tries < 5 {
			t.Errorf("it was tried %d times", tries)
		}
		tries := h.platforms["south"].changes
		h.until(3 * time.Hour)
		if h.platforms["south"].changes != tries {
			t.Error("it is still tried when all is over")
		}
	})
}

func TestMovingSaysWhatIsWrong(t *testing.T) {
	eachHall(t, func(h *hall) {
		d, _ := h.made("2026-03-08 20:00")
		form := h.ask(south, "maria", "/host/move/"+d.ID).Form
		if form == nil || form.Path != "/host/move-to/"+d.ID || form.Fields[0].Value != "2026-03-08 20:00" {
			t.Errorf("the form is %+v", form)
		}
		for typed, want := range map[string]string{"soon": "host.form.start.problem", "2026-03-08 18:00": "host.form.start.past"} {
			reply := h.ask(south, "maria", "/host/move-to/"+d.ID, "start", typed)
			if got := reply.FieldErrors["start"].String(); !strings.Contains(got, want) {
				t.Errorf("%q: %q", typed, got)
			}
		}
		h.ask(south, "maria", "/host/move-to/"+d.ID, "start", "2026-03-08 20:30")
		h.until(29 * time.Minute)
		h.want("before its new time there stands", h.standing(north), "")
		h.until(30 * time.Minute)
		h.want("at its new time there stands", h.standing(north), "open")
	})
}
