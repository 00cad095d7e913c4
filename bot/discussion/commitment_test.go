package discussion_test

import (
	"context"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/discussion"
)

// aims keeps what people will try, by who said it.
type aims map[bot.MemberID]string

func (a aims) Aim(_ context.Context, req *bot.Request, source, name, text string) (bot.Reply, error) {
	a[req.Member.ID] = text
	return bot.Say(bot.Plain("kept " + source + " " + name)), nil
}

func (a aims) Aimed(_ context.Context, m bot.Member, _ string) (string, error) { return a[m.ID], nil }

func (h *hall) share(d *discussion.Discussion, sh discussion.Share) {
	h.Helper()
	h.inputs++
	sh.Goal, sh.Name, sh.Input = string(sh.Author)+"/g", string(sh.Author), bot.InputID(strconv.Itoa(h.inputs))
	h.ok(h.service.Share(h.Context(), d.Community, d.ID, sh))
	h.now()
}

// commitments are those of the archive.
func (h *hall) commitments(d *discussion.Discussion) string {
	h.Helper()
	a, err := h.service.Archive(h.Context(), d.Community, d.ID)
	h.ok(err)
	var all []string
	for _, c := range a.Commitments {
		all = append(all, strings.TrimSuffix(strings.TrimPrefix(c.Author, "Name of ")+": "+c.Text+" > "+c.Outcome, " > "))
	}
	return strings.Join(all, "; ")
}

// The end of a discussion asks for one thing to try, and gives it on.
func TestTheEndAsksForOneThing(t *testing.T) {
	eachHall(t, func(h *hall) {
		kept := aims{}
		h.service.AskAims(kept)
		north := in("north", "chat")
		d := h.scheduled(nil)
		h.until(31 * time.Minute)
		closing := h.posted(north, "close")
		if closing == "" {
			t.Fatal("nothing is said at the end")
		}
		form := h.ask(north, "ana", "/chat/aim/"+d.ID).Form
		for text, fault := range map[string]string{" \n": "chat.aim.empty", strings.Repeat("x", 501): "chat.aim.long"} {
			if got := h.ask(north, "ana", form.Path, "aim", text).FieldErrors["aim"].String(); !strings.Contains(got, fault) {
				t.Errorf("%.10q: %q", text, got)
			}
		}
		reply := h.ask(north, "ana", form.Path, "aim", " Ask less ")
		h.want("the reply", reply.Message.Text.String(), "kept "+d.ID+" "+d.Script.Title)
		h.want("kept", kept["ana"], "Ask less")
		h.want("the form again", h.ask(north, "ana", "/chat/aim/"+d.ID).Form.Fields[0].Value, "Ask less")
		h.want("not today", h.ask(north, "ana", "/chat/aim-not/"+d.ID).Message.Text.String(), "en chat.aim.not")
	})
}

// What somebody shares stands in the archive until they take it back; it is shown
// where they are, if they wish; it is nobody's answer, and can be reported.
func TestWhatIsSharedOfACommitment(t *testing.T) {
	eachHall(t, func(h *hall) {
		ctx := h.Context()
		d, north, south := h.hosted(), in("north", "chat"), in("south", "chat")
		h.share(d, discussion.Share{Author: "ana", Text: "Ask less"})
		h.share(d, discussion.Share{Author: "joe", Near: south.Space, Text: "Draw", Outcome: "Ten minutes", Post: true})
		h.want("the archive", h.commitments(d), "ana: Ask less; joe: Draw > Ten minutes")
		if strings.Contains(h.standing(north), "t/") || !strings.Contains(h.standing(south), "t/") {
			t.Errorf("in the north stands %s, in the south %s", h.standing(north), h.standing(south))
		}
		h.share(d, discussion.Share{Author: "ana", Text: "Ask less", Outcome: "They asked"}) // which does not bring the other's post about
		h.want("the archive", h.commitments(d), "ana: Ask less > They asked; joe: Draw > Ten minutes")

		var post string
		for _, e := range h.platforms["south"].Standing(south) {
			if strings.Contains(string(e.Key), "/t/") {
				post = e.Ref.ID
			}
		}
		if _, err := h.choose(south, "joe", post); bot.CodeOf(err) != bot.NotFound {
			t.Errorf("it can be filed under a question: %v", err)
		}
		kept, e, err := h.service.Said(ctx, d.Community, bot.MessageRef{Channel: south, ID: post}, h.clock.Now())
		h.ok(err)
		h.ok(h.service.Withhold(ctx, d.Community, kept.ID, e.ID, true))
		h.want("reported", h.commitments(d), "ana: Ask less > They asked")
		h.ok(h.service.Withhold(ctx, d.Community, kept.ID, e.ID, false))

		for range 2 {
			h.ok(h.service.Unshare(ctx, d.Community, d.ID, "joe/g"))
			h.now()
			h.want("taken back", h.commitments(d), "ana: Ask less > They asked")
		}
		text := ""
		for _, e := range h.platforms["south"].Standing(south) {
			if e.Ref.ID == post {
				text = e.Message.Text.String()
			}
		}
		h.want("the post", text, "en chat.taken_back")
		h.share(d, discussion.Share{Author: "joe", Near: south.Space, Text: "Draw", Post: true}) // after all
		h.want("the archive", h.commitments(d), "ana: Ask less > They asked; joe: Draw")

		h.ok(h.service.Unshare(ctx, d.Community, d.ID, "nobody/g"))
		h.ok(h.service.Unshare(ctx, d.Community, "gone", "joe/g"))
		if err := h.service.Share(ctx, d.Community, "gone", discussion.Share{Goal: "g"}); bot.CodeOf(err) != bot.NotFound {
			t.Errorf("shared with nobody: %v", err)
		}
	})
}

// What somebody shares of a goal goes when they are forgotten, whatever becomes of what
// they said.
func TestACommitmentGoesWithWhoIsForgotten(t *testing.T) {
	eachHall(t, func(h *hall) {
		d, south := h.hosted(), in("south", "chat")
		h.share(d, discussion.Share{Author: "ana", Text: "Ask less"})
		h.share(d, discussion.Share{Author: "joe", Near: south.Space, Text: "Draw", Post: true})
		h.ok(h.service.Forget(h.Context(), bot.Parting{Member: bot.Member{ID: "joe", Community: d.Community, Name: "joe"}, Unnamed: true}))
		h.now()
		h.want("the archive", h.commitments(d), "ana: Ask less")
		for _, e := range h.platforms["south"].Standing(south) {
			if strings.Contains(e.Message.Text.String(), "Draw") {
				t.Errorf("in the south stands %q", e.Message.Text)
			}
		}
	})
}
