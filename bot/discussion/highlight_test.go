package discussion_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/discussion"
)

// picks has a person choose Highlight from the menu of a message.
func (h *hall) picks(ch bot.Channel, user, message string) (string, error) {
	h.Helper()
	h.inputs++
	reply, err := h.router.Ask(h.Context(), &bot.Request{
		Path: "/chat/highlight-message", Input: bot.InputID(strconv.Itoa(h.inputs)), Name: user, Channel: ch,
		Account: bot.Account{Space: ch.Space, User: user},
		Subject: &bot.Subject{Message: bot.MessageRef{Channel: ch, ID: message}, Posted: h.clock.Now()},
	})
	if err != nil {
		return "", err
	}
	first, _, _ := strings.Cut(reply.Message.Text.String(), "\n")
	return first, nil
}

// summary is what the summary in a channel says now.
func (h *hall) summary(ch bot.Channel) string {
	h.Helper()
	h.now()
	for _, e := range h.platforms[ch.Space.Connection].Standing(ch) {
		if strings.Contains(string(e.Key), "/summary") {
			return e.Message.Text.String()
		}
	}
	return ""
}

// highlights are the texts that the archive has picked.
func (h *hall) highlights(d *discussion.Discussion) string {
	h.Helper()
	a, err := h.service.Archive(h.Context(), d.Community, d.ID)
	h.ok(err)
	var all []string
	for _, m := range a.Messages {
		if m.Highlighted {
			all = append(all, m.Text)
		}
	}
	return strings.Join(all, ", ")
}

// Hosts pick a few answers to remember: they stand first in the archive and are
// counted in the summary, which follows in every place; whose they are sees it.
func TestHostsPickAnswersToRemember(t *testing.T) {
	eachHall(t, func(h *hall) {
		d := h.hosted()
		h.say(north, "ana", "1", "", "A1 a picture https://example.org/a")
		h.say(north, "joe", "2", "1", "so true")
		h.say(south, "max", "1", "", "A2 a song")
		for _, refused := range []struct {
			user, message string
			code          bot.Code
		}{{"ana", "1", bot.Forbidden}, {"eva", "2", bot.NotFound}, {"eva", "9", bot.NotFound}} {
			if _, err := h.picks(north, refused.user, refused.message); bot.CodeOf(err) != refused.code {
				t.Errorf("%s picks %s: %v", refused.user, refused.message, err)
			}
		}
		for _, path := range []string{"/chat/highlights/" + d.ID + "/0", "/chat/highlight/" + d.ID + "/0"} {
			if _, err := h.router.Ask(t.Context(), &bot.Request{Path: path, Account: bot.Account{Space: north.Space, User: "ana"}, Name: "ana", Channel: north}); bot.CodeOf(err) != bot.Forbidden {
				t.Errorf("%s: %v", path, err)
			}
		}
		said, err := h.picks(north, "eva", "1")
		h.ok(err)
		h.want("picked", said, "en chat.highlight.done")
		h.want("in the archive", h.highlights(d), "A1 a picture https://example.org/a")
		mine := h.ask(north, "ana", "/chat/answers/"+d.ID).Message.Text.String()
		if !strings.Contains(mine, "en chat.mine.picked n=1") {
			t.Errorf("ana reads %q", mine)
		}
		a, err := h.service.Archive(t.Context(), d.Community, d.ID)
		h.ok(err)
		document := written(t, a, discussion.Document)
		if picked, question := strings.Index(document, "## en chat.archive.picked\n"), strings.Index(document, "## en chat.archive.question"); picked < 0 || picked > question {
			t.Errorf("it does not stand first:\n%s", document)
		}

		h.until(31 * time.Minute)
		for _, ch := range []bot.Channel{north, south} {
			if got := h.summary(ch); !strings.Contains(got, "chat.summary.links links=1") || !strings.Contains(got, "picked.unhosted host= picked=1") {
				t.Errorf("the summary says %q", got)
			}
		}
		menu := h.ask(south, "eva", "/chat/highlights/"+d.ID+"/0").Message.Controls[0]
		h.want("the menu", fmt.Sprint(len(menu.Choices), " ", menu.Choices[0].Label), "2 en chat.highlight.choice n=2 text=A2 a song")
		reply := h.ask(south, "eva", menu.Path, bot.Picked, menu.Choices[0].Value)
		if !strings.HasPrefix(reply.Message.Text.String(), "en chat.highlight.done") {
			t.Errorf("eva reads %q", reply.Message.Text)
		}
		if got := h.summary(north); !strings.Contains(got, "picked=2") {
			t.Errorf("after another the summary says %q", got)
		}
		h.want("both", h.highlights(d), "A1 a picture https://example.org/a, A2 a song")
		h.ask(south, "eva", menu.Path, bot.Picked, menu.Choices[0].Value) // drops it
		if got := h.summary(south); !strings.Contains(got, "picked=1") {
			t.Errorf("after it was dropped the summary says %q", got)
		}

		// What is withheld or deleted is none to remember.
		found, e, err := h.service.Said(t.Context(), school, bot.MessageRef{Channel: north, ID: "1"}, h.clock.Now())
		h.ok(err)
		h.ok(h.service.Withhold(t.Context(), school, found.ID, e.ID, true))
		h.want("withheld", h.highlights(d), "")
		if got := h.summary(north); strings.Contains(got, "picked") || strings.Contains(got, "links") {
			t.Errorf("what is withheld is told of: %q", got)
		}
		h.ok(h.service.Withhold(t.Context(), school, found.ID, e.ID, false))
		ev := h.said(north, "ana", "1", "", "")
		ev.Kind, ev.Revision = bot.MessageDeleted, 9
		h.ok(h.service.Hear(t.Context(), ev))
		h.want("deleted", h.highlights(d), "")
	})
}

// A few are enough.
func TestOnlyAFewArePickedToRemember(t *testing.T) {
	eachHall(t, func(h *hall) {
		d := h.hosted()
		for i := range 30 {
			h.say(north, "ana", fmt.Sprint(i+1), "", fmt.Sprint("A1 thought number ", i+1))
		}
		for i := range 6 {
			said, err := h.picks(north, "eva", fmt.Sprint(i+1))
			h.ok(err)
			if want := map[bool]string{true: "en chat.highlight.done", false: "en chat.highlight.full most=5"}[i < 5]; said != want {
				t.Errorf("number %d: %q", i+1, said)
			}
		}
		first := h.ask(north, "eva", "/chat/highlights/"+d.ID+"/0")
		if n := len(first.Message.Controls[0].Choices); n != bot.MaxChoices {
			t.Errorf("%d are offered", n)
		}
		more := h.ask(north, "eva", first.Message.Controls[1].Path)
		if got := more.Message.Controls[0].Choices; len(got) != 5 || !strings.Contains(got[0].Label, "drop") {
			t.Errorf("then %+v", got)
		}
	})
}

// The summary follows late answers, once in a few minutes, and at the last says no
// longer that it is open.
func TestTheSummaryFollowsLateAnswers(t *testing.T) {
	eachHall(t, func(h *hall) {
		h.hosted()
		h.say(north, "ana", "1", "", "A1 a picture")
		h.until(31 * time.Minute)
		if got := h.summary(north); !strings.Contains(got, "answers answers=1") {
			t.Errorf("at the end: %q", got)
		}
		for i := range 5 {
			h.say(south, "max", fmt.Sprint("l", i), "", fmt.Sprint("A2 late ", i))
		}
		if got := h.summary(north); !strings.Contains(got, "answers=1") {
			t.Errorf("at once: %q", got)
		}
		h.until(36 * time.Minute)
		for _, ch := range []bot.Channel{north, south} {
			if got := h.summary(ch); !strings.Contains(got, "answers=6") || !strings.Contains(got, "chat.summary.late") {
				t.Errorf("soon after: %q", got)
			}
		}
		h.say(north, "joe", "9", "", "A1 later")
		h.until(31*time.Minute + discussion.LateAnswers)
		if got := h.summary(south); !strings.Contains(got, "answers=7") || strings.Contains(got, "late") {
			t.Errorf("at the last: %q", got)
		}
	})
}
