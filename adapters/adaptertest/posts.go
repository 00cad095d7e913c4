package adaptertest

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// postCases are about what the bot says of its own accord.
func postCases() []testCase {
	return []testCase{
		{name: "a key is one message", run: keyIsOneMessage},
		{name: "update", run: update},
		{name: "delete", run: deleteTwice},
		{name: "direct message", run: directMessage},
		{name: "looks and mention", run: looksAndMention},
		{name: "long post", run: longPost},
		{name: "own posts are no events", run: ownPostsAreNoEvents},
		{name: "stop before anything came in", run: func(*play) {}},
	}
}

func (p *play) post(key bot.DeliveryKey, text bot.Text, controls ...bot.Control) bot.Post {
	return bot.Post{Key: key, Channel: p.world.Channel(), Message: bot.Message{Text: text, Controls: controls}}
}

// keyIsOneMessage: a post that may have been sent is either found by its key or
// recognised by the platform when it is sent again.
func keyIsOneMessage(p *play) {
	// Longer than what any platform takes for a nonce.
	post := p.post("chat/01hzzzzzzzzzzzzzz/question/1", bot.Plain("Question one"))
	since := time.Now().Add(-time.Minute)
	_, found, err := p.adapter.Find(p.Context(), post.Channel, post.Key, since)
	canFind := !errors.Is(err, bot.ErrCannotFind)
	if canFind && (err != nil || found) {
		p.Fatalf("Find before anything was sent = %t, %v", found, err)
	}

	ref := p.send(post)
	if ref.Channel.Root() != p.world.Channel() {
		p.Errorf("sent to %v, want %v", ref.Channel, p.world.Channel())
	}
	if got := p.sees(Joe, "Question one"); got.ID != ref.ID {
		p.Errorf("Joe sees message %s, Send gave %s", got.ID, ref.ID)
	}
	other := p.send(p.post("chat/01hzzzzzzzzzzzzzz/question/2", bot.Plain("Question two")))
	if other == ref {
		p.Errorf("two keys gave the same message %v", ref)
	}

	if canFind {
		got, found, err := p.adapter.Find(p.Context(), post.Channel, post.Key, since)
		if err != nil || !found || got != ref {
			p.Errorf("Find = %v, %t, %v; want %v", got, found, err, ref)
		}
	}
	if _, dedupes := p.adapter.(bot.Deduper); dedupes {
		if again := p.send(post); again != ref {
			p.Errorf("sent again it is %v, want %v", again, ref)
		}
	} else if !canFind {
		p.Error("the adapter can neither find a message by its key nor is it a Deduper")
	}
	if n := p.count(Joe, "Question one"); n != 1 {
		p.Errorf("Joe sees the post %d times, want once", n)
	}
}

func update(p *play) {
	ref := p.send(p.post("update", bot.Plain("Before"), bot.Control{Label: openLabel, Path: "/probe/open/7"}))
	p.sees(Ana, "Before")
	for range 2 {
		if err := p.adapter.Update(p.Context(), ref, bot.Message{Text: bot.Plain("After")}); err != nil {
			p.Fatalf("Update: %v", err)
		}
	}
	if got := p.sees(Ana, "After"); got.ID != ref.ID || len(got.Buttons) != 0 || p.count(Ana, "Before") != 0 {
		p.Errorf("Ana sees %+v, want it in the place of what was there before, without its button", got)
	}
}

func deleteTwice(p *play) {
	ref := p.send(p.post("delete", bot.Plain("Gone soon")))
	p.sees(Ana, "Gone soon")
	for range 2 {
		if err := p.adapter.Delete(p.Context(), ref); err != nil {
			p.Fatalf("Delete: %v", err)
		}
	}
	eventually(p, "absence", func() int { return p.count(Ana, "Gone soon") }, func(n int) bool { return n == 0 })

	err := p.adapter.Update(p.Context(), ref, bot.Message{Text: bot.Plain("Back")})
	if code := bot.CodeOf(err); code != bot.NotFound && code != bot.Permanent {
		p.Errorf("Update of a deleted message = %v, want not_found or permanent", err)
	}
}

func directMessage(p *play) {
	account := p.world.Account(Ana)
	ch, err := p.adapter.Direct(p.Context(), account)
	if err != nil {
		p.Fatalf("Direct: %v", err)
	}
	p.send(bot.Post{Key: "direct/1", Channel: ch, Message: bot.Message{Text: bot.Plain("To you")}})
	p.send(bot.Post{Key: "direct/2", Direct: &account, Message: bot.Message{Text: bot.Plain("To you again")}})
	for _, text := range []string{"To you", "To you again"} {
		if got := p.sees(Ana, text); !got.Direct {
			p.Errorf("a direct message shows as %+v", got)
		}
		if p.count(Joe, text) != 0 {
			p.Errorf("Joe sees Ana's direct message %q", text)
		}
	}
}

func looksAndMention(p *play) {
	joe := p.world.Account(Joe)
	p.send(p.post("looks", bot.Text{
		{Text: "plain "}, {Kind: bot.SpanBold, Text: "strong"}, {Text: " "}, {Kind: bot.SpanItalic, Text: "slanted"}, {Text: " "},
		{Kind: bot.SpanCode, Text: "typed"}, {Text: " "}, {Kind: bot.SpanLink, Text: "label", URL: "https://example.org/a?b=c&d=e"}, {Text: " "},
		{Kind: bot.SpanMention, Text: "Joe", Account: &joe},
	}))
	const begins = "plain strong slanted typed label"
	right := func(s Seen) bool {
		return strings.HasPrefix(s.Text, begins) && slices.Equal(s.Pings, []string{Joe})
	}
	eventually(p, begins+" with a mention of Joe", func() []Seen { return p.world.Seen(Joe) },
		func(all []Seen) bool { return slices.ContainsFunc(all, right) })
}

func longPost(p *play) {
	p.send(p.post("long", bot.Plain(longText())))
	p.seesLongText(Joe)
	p.send(p.post("short", bot.Plain("Short again")))
	p.sees(Joe, "Short again")
}

func ownPostsAreNoEvents(p *play) {
	p.send(p.post("own", bot.Plain("It is me")))
	p.world.Command(Ana, sayCommand("public", "me again"))
	p.sees(Joe, "You said: me again")
	p.settle()
	for _, ev := range p.probe.told("") {
		if ev.Account != p.world.Account(Joe) {
			p.Errorf("told of %+v, want only what Joe said", ev)
		}
	}
}
