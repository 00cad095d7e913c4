package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

var replies = map[string]func() (bot.Reply, error){
	"/private/words":   func() (bot.Reply, error) { return bot.Say(bot.Plain("Hello")), nil },
	"/private/form":    func() (bot.Reply, error) { return bot.Ask(bot.Form{Title: "x"}), nil },
	"/private/error":   func() (bot.Reply, error) { return bot.Reply{}, errors.New("broken") },
	"/private/nothing": func() (bot.Reply, error) { return bot.Reply{}, nil },
	"/private/panel": func() (bot.Reply, error) {
		r := bot.Say(bot.Plain("Panel"))
		r.Replace = true
		return r, nil
	},
	"/public/words": func() (bot.Reply, error) { return bot.Say(bot.Plain("Hello all")), nil },
}

// noticeboard asks as ana, who reads Spanish.
func noticeboard(t *testing.T, w *ward) func(path string) bot.Reply {
	r := bot.NewRouter(func(next bot.Handler) bot.Handler {
		return func(ctx context.Context, req *bot.Request) (bot.Reply, error) {
			req.Member = bot.Member{Community: "g", Language: "es"}
			return next(ctx, req)
		}
	}, outbox.Notices(w, bottest.Words{}, w.clock.Now))
	for path, reply := range replies {
		r.Handle(bot.Route{Path: path, Private: strings.HasPrefix(path, "/private"), Handle: func(context.Context, *bot.Request) (bot.Reply, error) { return reply() }})
	}
	return func(path string) bot.Reply {
		t.Helper()
		reply, err := r.Ask(t.Context(), bottest.Request("ana", path))
		if (err != nil) != (path == "/private/error") {
			t.Errorf("%s: %v", path, err)
		}
		return reply
	}
}

func missing(texts ...string) []outbox.Undelivered {
	var out []outbox.Undelivered
	for _, text := range texts {
		i := unasked("k", text, bot.Control{Label: text, Path: "/" + text})
		out = append(out, outbox.Undelivered{ID: text, Item: i, Outcome: outbox.Failed})
	}
	return out
}

func TestWhoCouldNotBeReachedIsToldInPrivate(t *testing.T) {
	w := newWard()
	ask := noticeboard(t, w)
	w.missed[bottest.Account("ana")] = missing("1st", "2nd")
	for _, path := range []string{"/public/words", "/private/form", "/private/error", "/private/nothing", "/private/panel"} {
		if reply := ask(path); reply.Message != nil && strings.Contains(reply.Message.Text.String(), "1st") {
			t.Errorf("%s: %q", path, reply.Message.Text)
		}
	}
	if w.asked > 0 {
		t.Errorf("it looked %d times where it could not tell", w.asked)
	}
	reply := ask("/private/words")
	if got, want := reply.Message.Text.String(), "Hello\n\nes outbox.notice\n\n1st\n\n2nd"; got != want {
		t.Errorf("told %q, want %q", got, want)
	}
	if got, want := buttons(reply.Message.Controls), "[1st /1st] [2nd /2nd]"; got != want {
		t.Errorf("controls %s, want %s", got, want)
	}
	w.clock.Set(noon.Add(time.Hour))
	if got := ask("/private/words").Message.Text.String(); got != "Hello" {
		t.Errorf("told twice: %q", got)
	}
}

func TestLookingForNoticesIsRare(t *testing.T) {
	w := newWard()
	ask := noticeboard(t, w)
	for n := range 20 {
		w.clock.Set(noon.Add(time.Duration(n) * 30 * time.Second))
		ask("/private/words")
	}
	if w.asked != 2 {
		t.Errorf("it looked %d times in ten minutes", w.asked)
	}
}

func TestAStoreThatIsDownDoesNotSpoilTheReply(t *testing.T) {
	w := newWard()
	ask := noticeboard(t, w)
	w.missed[bottest.Account("ana")] = missing("1st")
	w.err = &bot.Error{Code: bot.Unavailable}
	if got := ask("/private/words").Message.Text.String(); got != "Hello" {
		t.Errorf("answered %q", got)
	}
	w.err = nil
	w.clock.Set(noon.Add(5 * time.Minute))
	if got := ask("/private/words").Message.Text.String(); !strings.Contains(got, "1st") {
		t.Errorf("answered %q", got)
	}
}

func TestAnAnswerToMuchThatWasMissedIsOneThatFits(t *testing.T) {
	w := newWard()
	ask := noticeboard(t, w)
	var texts []string
	for n := range 5 {
		texts = append(texts, fmt.Sprint(n))
	}
	all := missing(texts...)
	for i := range all {
		all[i].Item.Post.Message.Controls = nil
		for n := range 6 {
			all[i].Item.Post.Message.Controls = append(all[i].Item.Post.Message.Controls, bot.Control{Path: fmt.Sprint("/", i, "/", n)})
		}
		all[i].Item.Post.Message.Image = &bot.Image{URL: "https://example.org/a.png"}
	}
	w.missed[bottest.Account("ana")] = all
	m := ask("/private/words").Message
	if len(m.Controls) != 20 || m.Image != nil || !strings.HasSuffix(m.Text.String(), "3\n\n4") {
		t.Errorf("%d controls, %v, %q", len(m.Controls), m.Image, m.Text)
	}
}
