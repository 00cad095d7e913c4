package discussion_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/discussion"
)

func TestFiveMinutesMoreMoveTheEnd(t *testing.T) {
	eachHall(t, func(h *hall) {
		d := h.led(discussion.PaceClock)
		h.until(29 * time.Minute)
		later := controls(h.ask(north, "maria", "/host/watch/"+d.ID))["later"]
		for _, who := range []string{"maria", "sam"} {
			h.ask(north, who, later)
		}
		h.until(34 * time.Minute)
		h.want("past its end it is", string(h.get(d.ID).State), "asking")
		h.until(35*time.Minute + time.Second)
		h.want("then", string(h.get(d.ID).State), "closing")
	})
}

func TestAPauseHoldsOverARestart(t *testing.T) {
	eachHall(t, func(h *hall) {
		d := h.led(discussion.PaceClock)
		h.until(6 * time.Minute)
		h.ask(north, "maria", "/host/pause/"+d.ID+"/on")
		h.restart()
		h.until(6*time.Minute + 40*time.Minute)
		h.want("it holds", h.everything(north), "announce open q1")
		h.want("its host is told once", h.letters("north", "maria"), "ready idle")
		h.restart()
		h.ask(north, "maria", "/host/pause/"+d.ID+"/off")
		h.until(49 * time.Minute)
		h.want("the rest of the time is waited for", h.everything(north), "announce open q1")
		h.until(51 * time.Minute)
		h.want("then", h.everything(north), "announce open q1 q2")
	})
}

func TestAPausedChatEndsAfterADay(t *testing.T) {
	eachHall(t, func(h *hall) {
		d := h.led(discussion.PaceClock)
		h.until(6 * time.Minute)
		h.ask(north, "maria", "/host/pause/"+d.ID+"/on")
		h.until(23 * time.Hour)
		h.want("until then", string(h.get(d.ID).State), "asking")
		h.until(25 * time.Hour)
		h.want("it ends", h.everything(north), "announce open q1 close summary")
	})
}

func TestAnExtraQuestionTakesTheNextNumber(t *testing.T) {
	eachHall(t, func(h *hall) {
		d := h.led(discussion.PaceClock)
		h.until(7 * time.Minute)
		h.ask(north, "maria", "/host/ask", "text", "What else?")
		h.until(11 * time.Minute)
		h.want("it is asked, and the next one is not pressed upon it", h.everything(north), "announce open q1 q2")
		h.until(13 * time.Minute)
		h.want("which has its time", h.everything(north), "announce open q1 q2 q3")
		got := h.get(d.ID).Script
		h.want("questions", got.Questions[1].Text+got.Questions[2].Text, "What else?Two?")
		h.want("the end is as much later", fmt.Sprint(got.Length), "32m0s")
	})
}

func TestASkippedQuestionKeepsItsNumber(t *testing.T) {
	eachHall(t, func(h *hall) {
		d := h.led(discussion.PaceClock)
		h.until(time.Minute)
		h.ask(north, "maria", "/host/skip/"+d.ID+"/1")
		h.until(11 * time.Minute)
		h.want("asked is", h.everything(north), "announce open q2")
		h.say(north, "ana", "m1", "", "A2 yes")
		a, err := h.service.Archive(t.Context(), school, d.ID)
		h.ok(err)
		if len(a.Questions) != 1 || a.Questions[0].Number != 2 {
			t.Errorf("the archive has %+v", a.Questions)
		}
		h.ask(north, "maria", "/host/ask", "text", "Three?")
		h.want("the next one is", fmt.Sprint(h.get(d.ID).Asked), "3")
	})
}

func TestRewordingKeepsAnswers(t *testing.T) {
	eachHall(t, func(h *hall) {
		d := h.led(discussion.PaceClock)
		h.until(6 * time.Minute)
		h.say(north, "ana", "m1", "", "A1 yes")
		before := h.filed(d.ID)
		form := h.ask(north, "maria", "/host/reword-one/"+d.ID, bot.Picked, "1").Form
		h.want("the form has", form.Fields[0].Value, "One?")
		for range 2 {
			h.ask(north, "maria", "/host/reworded/"+d.ID+"/1", "text", "Q1. Which one?")
		}
		h.now()
		h.want("answers", h.filed(d.ID), before)
		post := ""
		for _, e := range h.platforms["north"].Standing(north) {
			if strings.HasSuffix(string(e.Key), "/q1") {
				post = e.Message.Text.String()
			}
		}
		if !strings.Contains(post, "text=Which one?") {
			t.Errorf("the post says %q", post)
		}
	})
}
