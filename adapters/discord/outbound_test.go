package discord

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/adapters/discord/discordloop"
	"github.com/staffroom-bot/staffroom/bot"
)

// sender is a house whose bot has not connected: sending needs no gateway.
func sender(t *testing.T) *house {
	t.Helper()
	h := &house{T: t, loop: startLoop(t, discordloop.Options{})}
	h.guild = h.loop.AddGuild("Lincoln")
	h.channel = h.loop.AddChannel(h.guild)
	h.ana = h.loop.AddPerson(discordloop.Person{Name: "Ana"})
	h.adapter = newAdapter(t, h.loop, wordless{}, silent())
	return h
}

// TestSendTwice: a post whose answer was lost is sent again with the same key
// and stays one message.
func TestSendTwice(t *testing.T) {
	t.Parallel()
	h := sender(t)
	post := bot.Post{Key: "chat/01hzzzzzzzzzzzzzz/question/1", Channel: h.place(), Message: bot.Message{Text: bot.Plain("Q1")}}
	h.loop.Fail(discordloop.Fault{Method: http.MethodPost, Drop: true})
	if _, err := h.adapter.Send(t.Context(), post); bot.CodeOf(err) != bot.UnknownOutcome {
		t.Fatalf("Send whose answer is lost = %v, want unknown_outcome", err)
	}
	first, err := h.adapter.Send(t.Context(), post)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := h.adapter.Send(t.Context(), post); err != nil || again != first {
		t.Errorf("Send again = %v, %v; want %v", again, err, first)
	}
	if all := h.loop.Channel(h.channel); len(all) != 1 || all[0].ID != first.ID || length(all[0].Nonce) != maxNonce {
		t.Errorf("in the channel stands %+v", all)
	}
	if w := h.adapter.DedupeWindow(); w < time.Minute || w > 3*time.Minute {
		t.Errorf("DedupeWindow = %v", w)
	}
	if err := h.adapter.Delete(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	var gone *bot.Error
	if _, err := h.adapter.Send(t.Context(), post); !errors.As(err, &gone) || gone.Reason != bot.Gone {
		t.Errorf("Send of what was deleted = %v, want gone", err)
	}
	h.loop.ForgetNonces()
	if other, err := h.adapter.Send(t.Context(), post); err != nil || other == first {
		t.Errorf("Send after the window = %v, %v; want another message", other, err)
	}
	if _, _, err := h.adapter.Find(t.Context(), h.place(), post.Key, time.Time{}); !errors.Is(err, bot.ErrCannotFind) {
		t.Errorf("Find = %v", err)
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		fault  discordloop.Fault
		code   bot.Code
		reason bot.Reason
		after  time.Duration
	}{
		{"rate limit", discordloop.Fault{Status: 429, RetryAfter: 1500 * time.Millisecond}, bot.RateLimited, "", 1500 * time.Millisecond},
		{"rate limit without words", discordloop.Fault{Status: 429, Body: "<html>"}, bot.RateLimited, "", time.Second},
		{"outage", discordloop.Fault{Status: 500}, bot.UnknownOutcome, "", 0},
		{"bad gateway", discordloop.Fault{Status: 502, Body: "<html>bad gateway</html>"}, bot.UnknownOutcome, "", 0},
		{"timeout", discordloop.Fault{Hold: make(chan struct{})}, bot.UnknownOutcome, "", 0},
		{"broken connection", discordloop.Fault{Refuse: true}, bot.UnknownOutcome, "", 0},
		{"unknown channel", discordloop.Fault{Status: 404, Code: 10003}, bot.Permanent, bot.Gone, 0},
		{"unknown guild", discordloop.Fault{Status: 404, Code: 10004}, bot.Permanent, bot.Gone, 0},
		{"unknown message", discordloop.Fault{Status: 404, Code: 10008}, bot.Permanent, bot.Gone, 0},
		{"missing access", discordloop.Fault{Status: 403, Code: 50001}, bot.Permanent, bot.NotAllowed, 0},
		{"missing permissions", discordloop.Fault{Status: 403, Code: 50013}, bot.Permanent, bot.NotAllowed, 0},
		{"direct messages closed", discordloop.Fault{Status: 403, Code: 50007}, bot.Permanent, bot.NotAllowed, 0},
		{"thread locked", discordloop.Fault{Status: 400, Code: 160005}, bot.Permanent, bot.NotAllowed, 0},
		{"blocked by something in between", discordloop.Fault{Status: 403, Body: "<html>"}, bot.Permanent, bot.NotAllowed, 0},
		{"invalid form", discordloop.Fault{Status: 400, Code: 50035}, bot.Permanent, bot.BadPost, 0},
		{"too large", discordloop.Fault{Status: 413, Code: 40005}, bot.Permanent, bot.BadPost, 0},
		{"bad token", discordloop.Fault{Status: 401}, bot.Permanent, bot.Disconnected, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := sender(t)
			h.loop.Fail(c.fault)
			ctx := t.Context()
			if c.fault.Hold != nil {
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(ctx, 50*time.Millisecond)
				defer cancel()
			}
			_, err := h.adapter.Send(ctx, bot.Post{Key: "k", Channel: h.place(), Message: bot.Message{Text: bot.Plain("Secret words")}})
			var e *bot.Error
			if !errors.As(err, &e) || e.Code != c.code || e.Reason != c.reason || e.After != c.after {
				t.Fatalf("Send = %#v", err)
			}
			for _, secret := range []string{h.loop.Token(), "Secret words", h.loop.URL()} {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("the error has %q in it: %v", secret, err)
				}
			}
		})
	}
}

func TestNothingSent(t *testing.T) {
	t.Parallel()
	h := sender(t)
	h.loop.Close()
	ch := h.place()
	_, err := h.adapter.Send(t.Context(), bot.Post{Key: "k", Channel: ch, Message: bot.Message{Text: bot.Plain("x")}})
	if bot.CodeOf(err) != bot.Unavailable {
		t.Errorf("Send without a connection = %v, want unavailable", err)
	}
	who := h.account(h.ana)
	if _, err = h.adapter.Send(t.Context(), bot.Post{Key: "k", Direct: &who}); bot.CodeOf(err) != bot.Unavailable {
		t.Errorf("Send without a connection = %v, want unavailable", err)
	}
}

func TestGone(t *testing.T) {
	t.Parallel()
	h := sender(t)
	ref := h.post("k", bot.Message{Text: bot.Plain("x")})
	nowhere := ref
	nowhere.Channel.ID = "1"
	for _, r := range []bot.MessageRef{ref, ref, nowhere} {
		if err := h.adapter.Delete(t.Context(), r); err != nil {
			t.Errorf("Delete = %v", err)
		}
	}
	var e *bot.Error
	if err := h.adapter.Update(t.Context(), ref, bot.Message{Text: bot.Plain("y")}); !errors.As(err, &e) || e.Reason != bot.Gone {
		t.Errorf("Update of a deleted message = %v", err)
	}
}

func TestPartsOfAMessage(t *testing.T) {
	t.Parallel()
	h := sender(t)
	ana := h.account(h.ana)
	ref := h.post("k", bot.Message{
		Text:  bot.Text{{Kind: bot.SpanMention, Text: "Ana", Account: &ana}, {Text: " and @everyone and <@" + h.ana + ">"}},
		Image: &bot.Image{URL: "https://example.org/a b.png", Alt: "A number line"},
		Controls: []bot.Control{
			{Label: "Start", Path: "/a", Style: bot.Primary}, {Label: "Next", Path: "/b"}, {Label: "End", Path: "/c", Style: bot.Danger},
			{Label: strings.Repeat("long ", 40), Path: "/d"}, {Label: "5", Path: "/e"}, {Label: "6", Path: "/" + strings.Repeat("f", bot.MaxPath-1)},
		},
		Files: []bot.File{{Name: "archive.md", Data: []byte("# Models")}, {Name: "archive.json", Data: []byte("{}")}},
	})
	got, _ := h.loop.Message(ref.ID)
	if !slices.Equal(got.Pings, []string{h.ana}) || got.Text != "@Ana and @\u200beveryone and <\u200b@"+h.ana+">" {
		t.Errorf("reads %q and pings %q", got.Text, got.Pings)
	}
	if len(got.Embeds) != 1 || got.Embeds[0].Image == nil || *got.Embeds[0].Image != (discordloop.Image{URL: "https://example.org/a%20b.png", Alt: "A number line"}) {
		t.Errorf("embeds are %+v", got.Embeds)
	}
	var styles []int
	for _, b := range got.Buttons {
		styles = append(styles, b.Style)
	}
	if !slices.Equal(styles, []int{1, 2, 4, 2, 2, 2}) || length(got.Buttons[3].Label) > maxButtonLabel {
		t.Errorf("buttons are %+v", got.Buttons)
	}
	if len(got.Files) != 2 || got.Files[0].Name != "archive.md" || string(got.Files[1].Data) != "{}" {
		t.Errorf("files are %+v", got.Files)
	}

	if err := h.adapter.Update(t.Context(), ref, bot.Message{Text: bot.Plain("All gone")}); err != nil {
		t.Fatal(err)
	}
	got, _ = h.loop.Message(ref.ID)
	if got.Text != "All gone" || len(got.Embeds)+len(got.Buttons)+len(got.Files) != 0 {
		t.Errorf("after the update it is %+v", got)
	}
}

// TestEveryMessageSaysWhomItNotifies: without it, Discord would look for mentions
// by itself.
func TestEveryMessageSaysWhomItNotifies(t *testing.T) {
	t.Parallel()
	h := newHouse(t, withCommand(bot.Subcommand{Mode: bot.Deferred, Handle: saying("Deferred")}, bot.Route{Path: "/press", Handle: saying("Pressed")}))
	panel := h.post("k", bot.Message{Text: bot.Plain("Panel"), Controls: []bot.Control{{Label: "Press", Path: "/press"}}})
	h.command(h.ana, "/chat/sub", nil)
	h.press(h.ana, panel.ID, "Press")
	h.loop.Say(h.ana, h.channel, h.loop.BotMention()+" staffroom home")
	for _, text := range []string{"Panel", "Deferred", "Pressed", "home"} {
		if got := h.sees(h.ana, text); !got.Guarded {
			t.Errorf("%s does not say whom it notifies", text)
		}
	}
	if err := h.adapter.Update(t.Context(), panel, bot.Message{Text: bot.Plain("Changed")}); err != nil {
		t.Fatal(err)
	}
	if got := h.sees(h.ana, "Changed"); !got.Guarded {
		t.Error("a change does not say whom it notifies")
	}
}

func TestRefusedBeforeSending(t *testing.T) {
	t.Parallel()
	sender(t).refusesUnsent(map[string]bot.Message{
		"image":     {Image: &bot.Image{URL: "javascript:alert(1)", Alt: "x"}},
		"controls":  {Text: bot.Plain("x"), Controls: make([]bot.Control, maxRows*maxButtons+1)},
		"files":     {Text: bot.Plain("x"), Files: make([]bot.File, maxFiles+1)},
		"file size": {Text: bot.Plain("x"), Files: []bot.File{{Name: "x", Data: make([]byte, maxUpload+1)}}},
	})
}

// refusesUnsent wants messages to be refused before Discord is asked.
func (h *house) refusesUnsent(messages map[string]bot.Message) {
	h.Helper()
	for name, m := range messages {
		_, err := h.adapter.Send(h.Context(), bot.Post{Key: "k", Channel: h.place(), Message: m})
		var e *bot.Error
		if !errors.As(err, &e) || e.Reason != bot.BadPost {
			h.Errorf("%s: Send = %v, want bad_post", name, err)
		}
	}
	if n := len(h.loop.Requests()); n != 0 {
		h.Errorf("%d requests were made", n)
	}
}

func TestForeignIDs(t *testing.T) {
	t.Parallel()
	h := sender(t)
	for _, id := range []string{"", "C0123", "../../users/@me", "1/2"} {
		ref := bot.MessageRef{Channel: bot.Channel{Space: h.space(), ID: id}, ID: "1"}
		_, sent := h.adapter.Send(t.Context(), bot.Post{Key: "k", Channel: ref.Channel, Message: bot.Message{Text: bot.Plain("x")}})
		for _, err := range []error{sent, h.adapter.Update(t.Context(), ref, bot.Message{Text: bot.Plain("x")})} {
			var e *bot.Error
			if !errors.As(err, &e) || e.Reason != bot.Gone {
				t.Errorf("%q: %v, want gone", id, err)
			}
		}
		if err := h.adapter.Delete(t.Context(), ref); err != nil {
			t.Errorf("%q: Delete = %v", id, err)
		}
	}
	if n := len(h.loop.Requests()); n != 0 {
		t.Errorf("%d requests were made", n)
	}
}

func TestDirectIsRemembered(t *testing.T) {
	t.Parallel()
	h := sender(t)
	for range 3 {
		ch, err := h.adapter.Direct(t.Context(), h.account(h.ana))
		if err != nil || ch.ID != h.loop.DirectChannel(h.ana) || ch.Space != h.space() {
			t.Fatalf("Direct = %+v, %v", ch, err)
		}
	}
	if n := len(h.loop.Requests()); n != 1 {
		t.Errorf("%d requests were made, want one", n)
	}
	var e *bot.Error
	if _, err := h.adapter.Direct(t.Context(), h.account("not-a-person")); !errors.As(err, &e) || e.Code != bot.Permanent {
		t.Errorf("Direct with nobody = %v", err)
	}
}

func TestNew(t *testing.T) {
	good := Options{Name: "discord-test", Token: "t", Seal: bot.NewSeal([]byte("k")), Words: wordless{}, Logger: silent()}
	a, err := New(good)
	if err != nil || a.Name() != "discord-test" {
		t.Fatalf("New = %v, %v", a, err)
	}
	for name, spoil := range map[string]func(*Options){
		"name": func(o *Options) { o.Name = "" }, "token": func(o *Options) { o.Token = "" }, "seal": func(o *Options) { o.Seal = nil },
		"words": func(o *Options) { o.Words = nil }, "logger": func(o *Options) { o.Logger = nil },
		"api_url": func(o *Options) { o.APIURL = "example.org" }, "scheme": func(o *Options) { o.APIURL = "ftp://example.org" },
	} {
		o := good
		spoil(&o)
		if _, err := New(o); err == nil {
			t.Errorf("New without a good %s = nil", name)
		}
	}
}

// TestOtherHost: everything goes to the host that stands in for Discord, below
// its path if it has one.
func TestOtherHost(t *testing.T) {
	var got string
	next := roundTrip(func(req *http.Request) (*http.Response, error) {
		got = req.URL.String() + " " + req.Host
		return nil, errors.New("enough")
	})
	for apiURL, want := range map[string]string{
		"":                          "https://discord.com/api/v10/x?y=z discord.com",
		"https://proxy.example.org": "https://proxy.example.org/api/v10/x?y=z proxy.example.org",
		"http://localhost:8080/d/":  "http://localhost:8080/d/api/v10/x?y=z localhost:8080",
	} {
		c, err := client(apiURL, next)
		if err != nil {
			t.Fatal(err)
		}
		_ = (&rest{client: c, token: "t"}).do(t.Context(), call{method: http.MethodGet, path: "/x?y=z"})
		if got != want {
			t.Errorf("%q: the request goes to %s, want %s", apiURL, got, want)
		}
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
