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
		{name: "a thread is opened once", run: threadOnce},
		{name: "update", run: update},
		{name: "delete", run: deleteTwice},
		{name: "direct message", run: directMessage},
		{name: "direct message to a stranger", run: directToStranger},
		{name: "looks, link and mention", run: looksLinkAndMention},
		{name: "a control that is a link", run: linkControl},
		{name: "mention of somebody elsewhere", run: mentionElsewhere},
		{name: "time", run: timeShown},
		{name: "image and file", run: imageAndFile},
		{name: "long post", run: longPost},
		{name: "own posts are no events", run: ownPostsAreNoEvents},
		{name: "stop before anything came in", run: func(*play) {}},
	}
}

// address is where the contract's link leads.
const address = "https://example.org/a?b=c&d=e"

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

// threadOnce: where threads must be opened, one that stands is no error, and one
// under no message is an error for good.
func threadOnce(p *play) {
	opener, opens := p.adapter.(bot.ThreadOpener)
	if !opens {
		return
	}
	title := strings.Repeat("A title for which no platform has room. ", 10)
	ref := p.send(p.post("threaded", bot.Plain("Question one")))
	for range 2 {
		if err := opener.OpenThread(p.Context(), ref, title); err != nil {
			p.Fatalf("OpenThread: %v", err)
		}
	}
	bare := p.send(p.post("bare", bot.Plain("Question two")))
	if err := p.adapter.Delete(p.Context(), bare); err != nil {
		p.Fatalf("Delete: %v", err)
	}
	if code := bot.CodeOf(opener.OpenThread(p.Context(), bare, title)); code != bot.NotFound && code != bot.Permanent {
		p.Errorf("OpenThread under a deleted message = %q, want not_found or permanent", code)
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
	_, found, err := p.adapter.Find(p.Context(), ref.Channel, "delete", time.Now().Add(-time.Minute))
	if found || err != nil && !errors.Is(err, bot.ErrCannotFind) {
		p.Errorf("Find of a deleted message = %t, %v", found, err)
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

// directToStranger: nobody has this account, so the outbox must not try again.
func directToStranger(p *play) {
	stranger := p.world.Account(Ana)
	stranger.User += "0"
	_, err := p.adapter.Direct(p.Context(), stranger)
	if err == nil { // the platform may find out only when something is sent
		_, err = p.adapter.Send(p.Context(), bot.Post{Key: "stranger", Direct: &stranger, Message: bot.Message{Text: bot.Plain("To nobody")}})
	}
	switch bot.CodeOf(err) {
	case bot.NotFound, bot.Forbidden, bot.Permanent:
	default:
		p.Errorf("a direct message to nobody = %v, want not_found, forbidden or permanent", err)
	}
}

func looksLinkAndMention(p *play) {
	joe := p.world.Account(Joe)
	p.send(p.post("looks", bot.Text{
		{Text: "plain "}, {Kind: bot.SpanBold, Text: "strong"}, {Text: " "}, {Kind: bot.SpanItalic, Text: "slanted"}, {Text: " "},
		{Kind: bot.SpanCode, Text: "typed"}, {Text: " "}, {Kind: bot.SpanLink, Text: "label", URL: address}, {Text: " "},
		{Kind: bot.SpanMention, Text: "Joe", Account: &joe},
	}))
	const begins = "plain strong slanted typed label"
	right := func(s Seen) bool {
		return strings.HasPrefix(s.Text, begins) && slices.Equal(s.Pings, []string{Joe}) && slices.Equal(s.Links, []string{address})
	}
	eventually(p, begins+" with a link and a mention of Joe", func() []Seen { return p.world.Seen(Joe) },
		func(all []Seen) bool { return slices.ContainsFunc(all, right) })
}

// linkControl: a link leads to its address and is no button; those beside it work.
func linkControl(p *play) {
	ref := p.send(p.post("link", bot.Plain("Fraction Strips"), bot.Control{Label: "Open", URL: address}, bot.Control{Label: renewLabel, Path: "/probe/renew"}))
	got := eventually(p, "message "+ref.ID, func() Seen { return p.seenByID(Joe, ref.ID) }, func(s Seen) bool { return s.ID != "" })
	if !slices.Equal(got.Links, []string{address}) || !slices.Equal(got.Buttons, []string{renewLabel}) || got.Text != "Fraction Strips" {
		p.Errorf("shows as %+v, want a link and a button", got)
	}
}

// mentionElsewhere: an ID means somebody else, or nobody, in another space.
func mentionElsewhere(p *play) {
	elsewhere := p.world.Account(Joe)
	elsewhere.Space.Connection += "-other"
	ref := p.send(p.post("elsewhere", bot.Text{{Text: "with "}, {Kind: bot.SpanMention, Text: "Maria", Account: &elsewhere}}))
	got := eventually(p, "message "+ref.ID, func() Seen { return p.seenByID(Joe, ref.ID) }, func(s Seen) bool { return s.ID != "" })
	if !strings.Contains(got.Text, "Maria") || len(got.Pings) != 0 {
		p.Errorf("somebody in another space shows as %+v, want the name and nobody notified", got)
	}
}

// timeShown: in which zone and how is up to the platform, but not whether. All
// zones of today have half or quarter hours.
func timeShown(p *play) {
	at := time.Date(2031, time.March, 10, 18, 30, 0, 0, time.UTC)
	ref := p.send(p.post("time", bot.Text{{Text: "We meet "}, {Kind: bot.SpanTime, At: &at, Zone: "America/Chicago", Language: "en"}}))
	got := eventually(p, "message "+ref.ID, func() Seen { return p.seenByID(Joe, ref.ID) }, func(s Seen) bool { return s.ID != "" })
	when, _ := strings.CutPrefix(got.Text, "We meet ")
	if !slices.ContainsFunc([]string{":00", ":15", ":30", ":45"}, func(minute string) bool { return strings.Contains(when, minute) }) {
		p.Errorf("half past six in the evening, UTC, shows as %q", got.Text)
	}
}

// imageAndFile: the platform may show them in messages of their own.
func imageAndFile(p *play) {
	post := p.post("picture", bot.Plain("With a picture and a file"))
	post.Message.Image = &bot.Image{URL: "https://example.org/pond.png", Alt: "A quiet pond"}
	post.Message.Files = []bot.File{{Name: "notes.md", Data: []byte("# Notes\n")}}
	p.send(post)
	p.sees(Joe, "With a picture and a file")
	eventually(p, "image and file", func() []Seen { return p.world.Seen(Joe) }, func(all []Seen) bool {
		return slices.ContainsFunc(all, func(s Seen) bool { return slices.Equal(s.Images, []string{"A quiet pond"}) }) &&
			slices.ContainsFunc(all, func(s Seen) bool { return slices.Equal(s.Files, []string{"notes.md"}) })
	})
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
