package platforms

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// What is in the menu of a message works on both platforms, from the entry to what
// organizers read.
func TestTheMenuOfAMessage(t *testing.T) {
	for name, open := range screens {
		t.Run(name, func(t *testing.T) {
			// Snowflakes on one, opaque on the other.
			const ana, joe, olga = "100000000000000001", "100000000000000002", "100000000000000003"
			s := open(t, "en", ana, joe, olga)
			h, clock := openHouse(t, s, setting{})
			filed := make(chan string, 10)
			h.Router.Listen(func(_ context.Context, ev *bot.Event) error { // hears after the chat
				filed <- ev.Message.ID
				return nil
			})
			runHouse(t, h, s)

			asks := func(path string, values ...string) bot.Reply {
				t.Helper()
				req := &bot.Request{
					Path: path, Account: bot.Account{Space: s.channel().Space, User: olga}, Name: "olga", Channel: s.channel(), Manages: true,
					Input: bot.InputID(path), Values: map[string]string{},
				}
				for i := 0; i+1 < len(values); i += 2 {
					req.Values[values[i]] = values[i+1]
				}
				reply, err := h.Router.Ask(t.Context(), req)
				if err != nil {
					t.Fatal(path, err)
				}
				return reply
			}
			panel := asks("/host/create", "title", "Models", "questions", "What is a model?\nWhat do you look for?", "start", "", "length", "", "welcome", "")
			asks(panel.Message.Controls[0].Path) // start
			if err := clock.RunUntil(t.Context(), h.Runner, clock.Now().Add(20*time.Minute)); err != nil {
				t.Fatal(err)
			}
			said := s.say(joe, "A1 something unkind")
			for id := ""; id != said; {
				select {
				case id = <-filed:
				case <-time.After(patience):
					t.Fatal("what Joe said was not heard")
				}
			}
			must := func(err error) {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
			}
			must(s.act(ana, said, "/chat/fix-question", "Fix question"))
			sees(t, s, ana, "Only whoever wrote that")
			must(s.act(joe, said, "/chat/fix-question", "Fix question"))
			menu := sees(t, s, joe, "Filed as an answer to Q1")
			must(s.pick(joe, menu.id, "File it under…", "Q2 · What do you look for?"))
			sees(t, s, joe, "Done.\nFiled as an answer to Q2")

			must(s.act(ana, said, "/report/message", "Report"))
			until(t, "a form", func() bool {
				_, open := s.form(ana)
				return open
			})
			must(s.fill(ana, map[string]string{"What is wrong? (can stay empty)": "He means me."}))
			sees(t, s, ana, "Thank you.")
			must(h.Runner.RunDue(t.Context()))
			told := sees(t, s, olga, "A message was reported.")
			if !strings.Contains(told.text, "“A1 something unkind”") || !strings.Contains(told.text, "He means me.") || strings.Contains(told.text, ana) {
				t.Errorf("the organizer reads %q", told.text)
			}
			if slices.ContainsFunc(s.seen(joe), func(m shown) bool { return strings.Contains(m.text, "report") }) {
				t.Error("whoever wrote it is told")
			}
		})
	}
}
