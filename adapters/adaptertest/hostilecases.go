package adaptertest

import (
	"fmt"
	"strings"

	"github.com/staffroom-bot/staffroom/bot"
)

// hostileCases are about what members type to do harm. It is data, wherever it
// stands.
func hostileCases() []testCase {
	return []testCase{
		{name: "hostile text shown", run: hostileShown},
		{name: "hostile text with looks", run: hostileWithLooks},
		{name: "hostile text said", run: hostileSaid},
		{name: "hostile text in an update", run: hostileUpdate},
	}
}

// harmless posts each hostile text in a shape and compares what is seen.
func (p *play) harmless(key string, shape func(hostile string) bot.Text) {
	p.Helper()
	type sent struct {
		ref  bot.MessageRef
		text bot.Text
	}
	var all []sent
	for i, h := range Hostile() {
		text := shape(h)
		ref := p.send(p.post(bot.DeliveryKey(fmt.Sprintf("%s/%d", key, i)), text))
		all = append(all, sent{ref, text})
	}
	for _, s := range all {
		p.looksLike(s.ref, s.text)
	}
}

// looksLike waits until Joe sees the message, and compares it with what it
// should be.
func (p *play) looksLike(ref bot.MessageRef, text bot.Text) {
	p.Helper()
	got := eventually(p, "message "+ref.ID, func() Seen { return p.seenByID(Joe, ref.ID) },
		func(s Seen) bool { return s.ID != "" })
	if visible(got.Text) != visible(text.String()) {
		p.Errorf("shown as %q, want %q", got.Text, text.String())
	}
	if len(got.Pings) > 0 || len(got.Buttons) > 0 {
		p.Errorf("%q pings %q and has the buttons %q", text.String(), got.Pings, got.Buttons)
	}
}

func hostileShown(p *play) {
	p.harmless("plain", func(h string) bot.Text { return bot.Plain("Ana wrote: " + h) })
	p.harmless("bare", bot.Plain)
}

// hostileWithLooks: a template may give what a member typed a look.
func hostileWithLooks(p *play) {
	p.harmless("looks", func(h string) bot.Text {
		return bot.Text{
			{Kind: bot.SpanBold, Text: h}, {Text: " | "}, {Kind: bot.SpanItalic, Text: h}, {Text: " | "},
			{Kind: bot.SpanCode, Text: h}, {Text: " | " + h},
		}
	})
}

func hostileSaid(p *play) {
	for _, h := range Hostile() {
		if strings.HasPrefix(h, "/") {
			continue // some platforms take it for a command, rightly
		}
		id := p.world.Say(Ana, h)
		if got := p.events(id, 1)[0].Text; got != h {
			p.Errorf("told of %q, typed was %q", got, h)
		}
	}
}

func hostileUpdate(p *play) {
	ref := p.send(p.post("update", bot.Plain("Harmless")))
	p.sees(Joe, "Harmless")
	for _, h := range Hostile() {
		text := bot.Plain("Ana wrote: " + h)
		if err := p.adapter.Update(p.Context(), ref, bot.Message{Text: text}); err != nil {
			p.Fatalf("Update: %v", err)
		}
		eventually(p, "update", func() string { return visible(p.seenByID(Joe, ref.ID).Text) },
			func(s string) bool { return s == visible(text.String()) })
	}
}

// seenByID is the message as the person sees it now.
func (p *play) seenByID(who, id string) Seen {
	for _, s := range p.world.Seen(who) {
		if s.ID == id {
			return s
		}
	}
	return Seen{}
}
