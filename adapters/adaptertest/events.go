package adaptertest

import (
	"fmt"
	"slices"

	"github.com/staffroom-bot/staffroom/bot"
)

// eventCases are about what people do without asking for an answer.
func eventCases() []testCase {
	return []testCase{
		{name: "message and reply", run: messageAndReply},
		{name: "messages come in order", run: messagesInOrder},
		{name: "edit and delete", needs: Edits, run: editAndDelete},
		{name: "redelivered input is the same input", needs: Redelivery, run: redelivered},
		{name: "refused input comes again", needs: Redelivery, run: refused},
	}
}

func messageAndReply(p *play) {
	first := p.world.Say(Ana, "A1 I start with a picture")
	second := p.world.Reply(Joe, first, "So do I")
	for _, want := range []struct {
		who, id, text, replyTo string
	}{
		{Ana, first, "A1 I start with a picture", ""},
		{Joe, second, "So do I", first},
	} {
		ev := p.events(want.id, 1)[0]
		if ev.Kind != bot.MessagePosted || ev.Account != p.world.Account(want.who) || ev.Text != want.text ||
			ev.Message.Channel.Root() != p.world.Channel() || ev.ReplyTo != want.replyTo {
			p.Errorf("told of %+v, want %+v", ev, want)
		}
		if ev.Input == "" || ev.Name == "" || ev.At.IsZero() {
			p.Errorf("Input, Name or At is missing: %+v", ev)
		}
	}
	if a, b := p.probe.told(first)[0].Input, p.probe.told(second)[0].Input; a == b {
		p.Errorf("two inputs have the same InputID %q", a)
	}
}

func messagesInOrder(p *play) {
	var ids []string
	for i := range 20 {
		ids = append(ids, p.world.Say(Ana, fmt.Sprintf("number %d", i)))
	}
	p.events(ids[len(ids)-1], 1)
	var told []string
	for _, ev := range p.probe.told("") {
		told = append(told, ev.Message.ID)
	}
	if !slices.Equal(told, ids) {
		p.Errorf("told of %q, said %q", told, ids)
	}
}

func editAndDelete(p *play) {
	editor, ok := p.world.(Editor)
	if !ok {
		p.Fatalf("the World neither lacks %s nor is an Editor", Edits)
	}
	id := p.world.Say(Ana, "A1 a picure")
	editor.Edit(Ana, id, "A1 a picture")
	editor.Edit(Ana, id, "A1 a picture & a story")
	editor.Delete(Ana, id)
	evs := p.events(id, 4)

	want := []struct {
		kind bot.EventKind
		text string
	}{
		{bot.MessagePosted, "A1 a picure"},
		{bot.MessageEdited, "A1 a picture"},
		{bot.MessageEdited, "A1 a picture & a story"},
		{bot.MessageDeleted, ""},
	}
	for i, w := range want {
		ev := evs[i]
		if ev.Kind != w.kind || w.kind != bot.MessageDeleted && ev.Text != w.text {
			p.Errorf("event %d is %s %q, want %s %q", i, ev.Kind, ev.Text, w.kind, w.text)
		}
		if ev.Message != evs[0].Message {
			p.Errorf("event %d is about %v, want %v", i, ev.Message, evs[0].Message)
		}
		if w.kind != bot.MessageDeleted && ev.Account != p.world.Account(Ana) {
			p.Errorf("event %d is by %v, want Ana", i, ev.Account)
		}
		if i > 0 && ev.Revision <= evs[i-1].Revision {
			p.Errorf("event %d has revision %d after %d; want it to grow", i, ev.Revision, evs[i-1].Revision)
		}
		for _, earlier := range evs[:i] {
			if earlier.Input == ev.Input {
				p.Errorf("events of different inputs have the same InputID %q", ev.Input)
			}
		}
	}
}

func (p *play) redeliverer() Redeliverer {
	p.Helper()
	r, ok := p.world.(Redeliverer)
	if !ok {
		p.Fatalf("the World neither lacks %s nor is a Redeliverer", Redelivery)
	}
	return r
}

// redelivered: an adapter may drop what it knows, or pass it on as the same
// input.
func redelivered(p *play) {
	platform := p.redeliverer()
	id := p.world.Say(Ana, "A1 once")
	first := p.events(id, 1)[0]
	platform.Redeliver()
	p.settle()
	for _, ev := range p.probe.told(id) {
		if ev.Input != first.Input || ev.Message != first.Message || ev.Revision != first.Revision {
			p.Errorf("redelivered as %+v, was %+v", ev, first)
		}
	}
}

// refused: what a listener did not take in is passed on when the platform
// delivers it again.
func refused(p *play) {
	platform := p.redeliverer()
	p.probe.refuse()
	id := p.world.Say(Ana, "A1 once")
	first := p.events(id, 1)[0]
	platform.Redeliver()
	second := p.events(id, 2)[1]
	if second.Input != first.Input || second.Message != first.Message || second.Text != first.Text {
		p.Errorf("redelivered as %+v, was %+v", second, first)
	}
}
