package discussion_test

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/discussion"
)

// choose has a person choose Fix question from the menu of a message.
func (h *hall) choose(ch bot.Channel, user, message string) (bot.Reply, error) {
	h.Helper()
	h.inputs++
	return h.router.Ask(h.Context(), &bot.Request{
		Path: "/chat/fix-question", Input: bot.InputID(strconv.Itoa(h.inputs)), Name: user, Channel: ch,
		Account: bot.Account{Space: ch.Space, User: user},
		Subject: &bot.Subject{Message: bot.MessageRef{Channel: ch, ID: message}, Posted: h.clock.Now()},
	})
}

// menu is the path of the one menu of a reply.
func (h *hall) menu(r bot.Reply, err error) string {
	h.Helper()
	h.ok(err)
	if r.Message == nil || len(r.Message.Controls) != 1 || r.Message.Controls[0].Pick != bot.PickChoice {
		h.Fatalf("no menu: %+v", r.Message)
	}
	return r.Message.Controls[0].Path
}

// fix has a person file a message as this.
func (h *hall) fix(ch bot.Channel, user, message, as string) bot.Reply {
	h.Helper()
	return h.ask(ch, user, h.menu(h.choose(ch, user, message)), bot.Picked, as)
}

func (h *hall) edit(service *discussion.Service, ch bot.Channel, user, id, text string, revision int64) {
	h.Helper()
	ev := h.said(ch, user, id, "", text)
	ev.Kind, ev.Revision = bot.MessageEdited, revision
	h.ok(service.Hear(h.Context(), ev))
}

// hosted is a discussion that eva hosts, in both places, with both questions out.
func (h *hall) hosted() *discussion.Discussion {
	h.Helper()
	d := h.scheduled(func(d *discussion.Discussion) { d.Hosts = []bot.MemberID{"eva"} })
	h.until(11 * time.Minute)
	return d
}

// What a person has said of a message holds, whatever recognition makes of later
// edits, here and in a process that has not heard of it, until a person says
// something else.
func TestAPersonsFixWinsOverRecognition(t *testing.T) {
	eachHall(t, func(h *hall) {
		d := h.hosted()
		h.say(north, "ana", "1", "", "A1 a picture")
		elsewhere := h.process()
		h.ok(elsewhere.Hear(t.Context(), h.said(north, "joe", "2", "1", "so true")))
		h.fix(north, "ana", "1", "2")
		h.want("fixed by its author", h.filed(d.ID), "1 0 answer [2] \n\t2 0 reply [1] 1")
		h.edit(h.service, north, "ana", "1", "A1 a picture that explains", 2)
		h.edit(elsewhere, north, "ana", "1", "A1 a picture that explains much", 3)
		h.edit(h.process(), north, "ana", "1", "A1 and A2 a picture", 4)
		h.want("after edits", h.filed(d.ID), "1 0 answer [2] \n\t2 0 reply [1] 1")
		// What is said later sees it as fixed.
		h.say(north, "max", "3", "1", "I see that too")
		h.want("with a reply", h.filed(d.ID), "1 0 answer [2] \n\t2 0 reply [1] 1\n\t3 0 reply [2] 1")
		h.fix(north, "eva", "1", "remark")
		h.edit(h.service, north, "ana", "1", "A1 a photograph", 5)
		h.want("fixed again by a host", strings.Split(h.filed(d.ID), "\n")[0], "1 0 remark null ")
		h.fix(north, "ana", "1", "first")
		h.want("taken back", strings.Split(h.filed(d.ID), "\n")[0], "1 0 answer [1] ")
		h.edit(h.service, north, "ana", "1", "A2 a photograph", 6)
		h.want("recognised again", strings.Split(h.filed(d.ID), "\n")[0], "1 0 answer [2] ")
	})
}

func TestOnlyTheAuthorAndAHostRefile(t *testing.T) {
	eachHall(t, func(h *hall) {
		d := h.hosted()
		h.say(north, "ana", "1", "", "A1 a picture")
		path := h.menu(h.choose(north, "ana", "1"))
		h.inputs++
		_, errAction := h.choose(north, "joe", "1")
		req := &bot.Request{Path: path, Input: "joe", Account: bot.Account{Space: north.Space, User: "joe"}, Channel: north, Values: map[string]string{bot.Picked: "2"}}
		_, errPick := h.router.Ask(t.Context(), req)
		req = &bot.Request{Path: "/chat/fix/" + d.ID, Input: "joe too", Account: req.Account, Channel: north, Values: map[string]string{bot.Picked: "1"}}
		_, errOwn := h.router.Ask(t.Context(), req)
		for name, err := range map[string]error{"the menu": errAction, "a pick": errPick, "one's own": errOwn} {
			if bot.CodeOf(err) != bot.Forbidden {
				t.Errorf("by %s somebody else's message: %v", name, err)
			}
		}
		h.want("filed", h.filed(d.ID), "1 0 answer [1] ")
		for _, picked := range []string{"0", "3", "-1", "", "nonsense"} { // not asked so far
			h.ask(north, "ana", path, bot.Picked, picked)
		}
		h.want("filed", h.filed(d.ID), "1 0 answer [1] ")
	})
}

// In each place, in threads, and where a post of ours shows what a form gave.
func TestAMessageIsRefiledWhereverItStands(t *testing.T) {
	eachHall(t, func(h *hall) {
		d := h.hosted()
		h.say(north, "ana", "100", "", "A1 a picture")
		h.say(south, "joe", "100", "", "A1 a song")
		h.say(north, "ida", "!/@2/100", "", "A1 odd")
		thread := south
		thread.Thread = h.posted(south, "q2@2")
		h.say(thread, "max", "200", "", "a puzzle")
		h.fix(south, "joe", "100", "2")
		h.fix(thread, "max", "200", "1")
		h.fix(north, "ida", "!/@2/100", "2")
		h.want("filed", h.filed(d.ID), "100 0 answer [1] \n\t@2/100 1 answer [2] \n\t!/@2/100 0 answer [2] \n\t@2/200 1 answer [1] @2/"+thread.Thread)
		h.ask(north, "ana", "/chat/answer/"+d.ID+"/1", "answer", "A map")
		h.now()
		posts := h.platforms["north"].Standing(north)
		h.fix(north, "ana", posts[len(posts)-1].Ref.ID, "2")
		entries, err := h.store.Entries(t.Context(), school, d.ID)
		h.ok(err)
		if last := entries[len(entries)-1]; last.Text != "A map" || !slices.Equal(last.Questions, []int{2}) || !last.Fixed {
			t.Errorf("what a form gave is filed as %+v", last)
		}
		// The same without a menu.
		mine := h.ask(north, "ana", "/chat/mine")
		own := h.menu(mine, nil)
		if got := mine.Message.Controls[0].Choices; len(got) != 2 || !strings.Contains(got[0].Label, "A map") {
			t.Errorf("one's own: %+v", got)
		}
		for _, c := range mine.Message.Controls[0].Choices {
			h.ask(north, "ana", h.menu(h.ask(north, "ana", own, bot.Picked, c.Value), nil), bot.Picked, "remark")
		}
		if got := h.filed(d.ID); strings.Count(got, " remark null") != 2 {
			t.Errorf("filed:\n\t%s", got)
		}
	})
}

func TestWhatCannotBeRefiledIsSaidClearly(t *testing.T) {
	eachHall(t, func(h *hall) {
		d := h.hosted()
		h.say(north, "ana", "1", "", "A1 a picture")
		h.say(north, "ana", "2", "", "A1 gone")
		gone := h.said(north, "ana", "2", "", "")
		gone.Kind, gone.Revision = bot.MessageDeleted, 2
		h.ok(h.service.Hear(t.Context(), gone))
		path := h.menu(h.choose(north, "ana", "1"))
		refused := func(what, code, key string, ch bot.Channel, message string) {
			t.Helper()
			_, err := h.choose(ch, "ana", message)
			text := ""
			var told *bot.Error
			if errors.As(err, &told) {
				text = told.Message.String()
			}
			if string(bot.CodeOf(err)) != code || !strings.HasPrefix(text, "en "+key) {
				t.Errorf("%s: %v %q", what, err, text)
			}
		}
		refused("a question", "not_found", "chat.fix.unfiled", north, h.posted(north, "q1"))
		refused("what was deleted", "not_found", "chat.fix.unfiled", north, "2")
		refused("elsewhere", "not_found", "chat.fix.unfiled", in("north", "den"), "1")
		h.until(30*time.Minute + discussion.LateAnswers - time.Minute)
		h.ask(north, "ana", path, bot.Picked, "2") // late is fine
		h.want("filed late", strings.Split(h.filed(d.ID), "\n")[0], "1 0 answer [2] ")
		h.until(31*time.Minute + discussion.LateAnswers)
		_, err := h.store.Entry(t.Context(), d, "1")
		h.ok(err)
		h.inputs++
		_, err = h.router.Ask(t.Context(), &bot.Request{
			Path: path, Input: "after", Account: bot.Account{Space: north.Space, User: "ana"}, Channel: north, Values: map[string]string{bot.Picked: "1"},
		})
		if bot.CodeOf(err) != bot.Conflict {
			t.Errorf("after its end: %v", err)
		}
		h.want("after its end", strings.Split(h.filed(d.ID), "\n")[0], "1 0 answer [2] ")
	})
}

// However many questions there are, each menu keeps to what platforms take, and
// each has a path of its own.
func TestManyQuestionsStandInSeveralMenus(t *testing.T) {
	eachHall(t, func(h *hall) {
		h.scheduled(func(d *discussion.Discussion) {
			d.Script.Questions = nil
			for n := range 50 {
				d.Script.Questions = append(d.Script.Questions, discussion.Question{Text: fmt.Sprint("No. ", n+1), At: time.Duration(n) * time.Second})
			}
		})
		h.until(time.Minute)
		h.say(north, "ana", "1234567890123456789012", "", "hello")
		reply, err := h.choose(north, "ana", "1234567890123456789012")
		h.ok(err)
		offered, paths := 0, map[string]bool{}
		for _, c := range reply.Message.Controls {
			offered += len(c.Choices)
			paths[c.Path] = true
			if len(c.Choices) > bot.MaxChoices || len(c.Path) > bot.MaxPath {
				t.Errorf("%d choices, %d bytes of path", len(c.Choices), len(c.Path))
			}
		}
		if offered != 51 || len(paths) != 3 {
			t.Errorf("%d choices in %d menus", offered, len(paths))
		}
	})
}

// What is withheld is in no archive; replies to it stay where they were.
func TestWhatIsWithheldIsNotInTheArchive(t *testing.T) {
	eachHall(t, func(h *hall) {
		d := h.hosted()
		h.say(north, "ana", "1", "", "A1 unkind")
		h.say(north, "joe", "2", "1", "please not")
		h.say(south, "max", "1", "", "A1 a song")
		found, e, err := h.service.Said(t.Context(), school, bot.MessageRef{Channel: north, ID: "1"}, h.clock.Now())
		if err != nil || found.ID != d.ID || e.Author != "ana" {
			t.Fatalf("said: %s %+v %v", found.ID, e, err)
		}
		archive := func() (people, text string) {
			t.Helper()
			a, err := h.service.Archive(t.Context(), school, d.ID)
			h.ok(err)
			return strings.Join(a.Participants, ", "), written(t, a, discussion.Document)
		}
		h.ok(h.service.Withhold(t.Context(), school, d.ID, e.ID, true))
		h.edit(h.service, north, "ana", "1", "A1 unkind still", 2)
		people, text := archive()
		if people != "Name of joe, Name of max" || strings.Contains(text, "unkind") || strings.Count(text, "en chat.archive.withheld\n\n  - **Name of joe") != 1 {
			t.Errorf("withheld: %s\n%s", people, text)
		}
		h.ok(h.service.Withhold(t.Context(), school, d.ID, e.ID, false))
		if people, text = archive(); people != "Name of ana, Name of joe, Name of max" || !strings.Contains(text, "unkind still") {
			t.Errorf("let in again: %s\n%s", people, text)
		}
		if err := h.service.Withhold(t.Context(), school, "nothing", e.ID, true); bot.CodeOf(err) != bot.NotFound {
			t.Errorf("of no chat: %v", err)
		}
	})
}
