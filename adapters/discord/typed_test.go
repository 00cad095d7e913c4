package discord

import (
	"context"
	"testing"

	"github.com/staffroom-bot/staffroom/adapters/discord/discordloop"
	"github.com/staffroom-bot/staffroom/bot"
)

func echo(_ context.Context, req *bot.Request) (bot.Reply, error) {
	return bot.Say(bot.Plain("Name: " + req.Value("name"))), nil
}

func TestTypedInDirectMessages(t *testing.T) {
	t.Parallel()
	h := newHouse(t, withCommand(bot.Subcommand{Options: []bot.Option{{Name: "name", Summary: "o"}}, Private: true, Handle: echo}))
	direct := h.loop.DirectChannel(h.ana)
	for n, typed := range []string{"chat sub Models", "/chat sub name:Models", h.loop.BotMention() + " chat sub name:\"Models\""} {
		h.loop.Say(h.ana, direct, typed)
		req := h.asked(n + 1)
		want := bot.Channel{Space: h.space(), ID: direct}
		if req.Path != "/chat/sub" || req.Value("name") != "Models" || req.Account != h.account(h.ana) || req.Channel != want || req.Name != "Ana" {
			t.Errorf("%q asks for %+v", typed, req)
		}
		if got := h.sees(h.ana, "Name: Models"); !got.Direct {
			t.Errorf("answered with %+v", got)
		}
	}
	h.loop.Say(h.ana, direct, "hello?")
	h.sees(h.ana, "help")
	if events := h.told(0); len(events) != 0 {
		t.Errorf("told of %+v", events)
	}
}

func TestTypedInChannel(t *testing.T) {
	t.Parallel()
	for _, private := range []bool{false, true} {
		h := newHouse(t, withCommand(bot.Subcommand{Options: []bot.Option{{Name: "name", Summary: "o"}}, Private: private, Handle: echo}))
		id := h.loop.Say(h.ana, h.channel, h.loop.BotMention()+" chat sub Models")
		got := h.sees(h.ana, "Name: Models")
		if got.Direct != private || !private && got.ReplyTo != id {
			t.Errorf("private %t: answered with %+v", private, got)
		}
		h.loop.Again(id)
		h.loop.Say(h.joe, h.channel, "A1 that is all")
		h.told(1)
		h.asked(2)
		h.until("the second answer is given", func() bool { return posts(h) >= 2 })
		n := 0
		for _, s := range h.loop.Seen(h.ana) {
			if s.Text == "Name: Models" {
				n++
			}
		}
		if n != 1 {
			t.Errorf("private %t: a command that came twice is answered %d times", private, n)
		}
	}
}

func posts(h *house) int {
	n := 0
	for _, r := range h.loop.Requests() {
		if r.Method == "POST" && r.Path[len(r.Path)-len("/messages"):] == "/messages" {
			n++
		}
	}
	return n
}

// TestTypedForm: Discord opens forms only from buttons and commands, so one is
// offered.
func TestTypedForm(t *testing.T) {
	t.Parallel()
	h := formHouse(t)
	h.loop.Say(h.ana, h.channel, h.loop.BotMention()+" chat sub")
	offered := h.sees(h.ana, string(keyFormReady))
	if !offered.Direct {
		t.Errorf("a form is offered with %+v", offered)
	}
	h.press(h.ana, offered.ID, string(keyFormOpen))
	h.form(h.ana)
	h.submit(h.ana, map[string]string{"Title": "Models"})
	h.sees(h.ana, "Saved Models, clock, One?")
	req := h.asked(2)
	if req.Account != h.account(h.ana) || req.Channel.Space != h.space() {
		t.Errorf("a form sent in direct messages belongs to %+v", req.Account)
	}
}

// TestDirectPressKeepsItsServer: a button in direct messages says where it
// belongs, though the bot is in two servers and has been restarted.
func TestDirectPressKeepsItsServer(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(h *house) {
		h.loop.AddGuild("Another")
		withCommand(bot.Subcommand{Handle: saying("x")}, bot.Route{Path: "/yes/{n}", Handle: saying("Good")})(h)
	})
	who := h.account(h.joe)
	ref, err := h.adapter.Send(t.Context(), bot.Post{Key: "k", Direct: &who, Message: bot.Message{
		Text: bot.Plain("Did you meet?"), Controls: []bot.Control{{Label: "Yes", Path: "/yes/7"}},
	}})
	if err != nil || ref.Channel.Space != h.space() {
		t.Fatalf("Send = %+v, %v", ref, err)
	}
	h.press(h.joe, ref.ID, "Yes")
	h.sees(h.joe, "Good")
	if req := h.asked(1); req.Account != who || req.Channel != ref.Channel {
		t.Errorf("request = %+v", req)
	}
}

func TestPrivateAnswerWithoutDirectMessages(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(h *house) {
		withCommand(bot.Subcommand{Private: true, Handle: saying("Between us")})(h)
		h.joe = h.loop.AddPerson(discordloop.Person{Name: "Joe", NoDirect: true})
	})
	h.loop.Say(h.joe, h.channel, h.loop.BotMention()+" chat sub")
	h.until("the bot has tried", func() bool { return posts(h) == 1 })
	for _, s := range h.loop.Channel(h.channel) {
		if s.Author == "" {
			t.Errorf("a private answer is given to all: %+v", s)
		}
	}
}
