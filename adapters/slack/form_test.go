package slack

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/adapters/adaptertest/spec"
	"github.com/staffroom-bot/staffroom/adapters/slack/slackloop"
	"github.com/staffroom-bot/staffroom/bot"
)

// panel is a message with a control that opens the form at /form/open.
func panel(w *workspace, a *Adapter) string {
	w.t.Helper()
	ref, err := a.Send(w.within(patience), bot.Post{Key: "panel", Channel: inChannel(), Message: bot.Message{
		Text: bot.Plain("The panel"), Controls: []bot.Control{{Label: "Fill in", Path: "/form/open"}},
	}})
	w.must(err)
	return ref.ID
}

func form(path string) bot.Form {
	return bot.Form{Title: "A form", Path: path, Submit: "Save", Fields: []bot.Field{
		{Name: "title", Label: "Title"},
		{Name: "grade", Label: "Grade", Choices: []bot.Choice{{Label: "Four", Value: "4"}, {Label: "Five", Value: "5"}}, Value: "5", Optional: true},
	}}
}

func asking(f bot.Form) bot.Handler {
	return func(context.Context, *bot.Request) (bot.Reply, error) { return bot.Ask(f), nil }
}

// openForm presses the panel's button and waits for the form.
func (w *workspace) openForm(ts string) {
	w.t.Helper()
	_, err := w.Press(ana, channel, ts, "Fill in")
	w.must(err)
	w.until("form", func() bool { _, open := w.OpenView(ana); return open })
}

func TestFormByForm(t *testing.T) {
	w := newWorkspace(t)
	in := newInbox()
	in.Handle(bot.Route{Path: "/form/open", Private: true, Handle: asking(form("/form/first"))})
	in.Handle(bot.Route{Path: "/form/first", Private: true, Handle: func(_ context.Context, req *bot.Request) (bot.Reply, error) {
		if req.Value("title") != "Mine" || req.Value("grade") != "4" || req.Message == nil || req.Channel != inChannel() {
			t.Errorf("submitted %+v from %v", req.Values, req.Message)
		}
		next := form("/form/second")
		next.Title = "The next form"
		return bot.Ask(next), nil
	}})
	in.Handle(bot.Route{Path: "/form/second", Handle: func(_ context.Context, req *bot.Request) (bot.Reply, error) {
		reply := bot.Say(bot.Plain("Done: " + req.Value("title")))
		reply.Replace = true
		return reply, nil
	}})
	a := w.adapter()
	w.run(a, in)
	ts := panel(w, a)
	w.openForm(ts)
	_, err := w.Submit(ana, map[string]string{"Title": "Mine", "Grade": "4"})
	w.must(err)
	w.until("the next form", func() bool { v, open := w.OpenView(ana); return open && v.Title() == "The next form" })
	_, err = w.Submit(ana, map[string]string{"Title": "Yours"})
	w.must(err)
	if s := w.sees(joe, "Done: Yours"); s.TS != ts || len(s.Buttons) > 0 {
		t.Errorf("the panel was not replaced: %+v", s)
	}
	w.until("the end of the form", func() bool { _, open := w.OpenView(ana); return !open })
}

// A form whose handler is slow closes in time; its answer comes as a message.
func TestSlowFormClosesInTime(t *testing.T) {
	for name, tt := range map[string]struct {
		reply bot.Reply
		want  string
	}{
		"message": {bot.Say(bot.Plain("Saved at last")), "Saved at last"},
		"errors": {bot.Reply{FieldErrors: map[string]bot.Text{"title": bot.Plain("Too long"), "grade": bot.Plain("Too high")}},
			"Too high\nToo long"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorkspace(t)
			in := newInbox()
			g := newGate(tt.reply)
			in.Handle(bot.Route{Path: "/form/open", Private: true, Handle: asking(form("/form/save"))})
			in.Handle(bot.Route{Path: "/form/save", Private: true, Handle: g.handle})
			a := w.adapter()
			a.ackWithin = 20 * time.Millisecond
			w.run(a, in)
			w.openForm(panel(w, a))
			id, err := w.Submit(ana, map[string]string{"Title": "Mine"})
			w.must(err)
			<-g.entered
			w.acked(id)
			if _, open := w.OpenView(ana); open {
				t.Error("the form is still open")
			}
			close(g.release)
			if s := w.sees(ana, tt.want); !s.Ephemeral {
				t.Errorf("Ana sees %+v", s)
			}
		})
	}
}

// Errors for fields that are not in the form stand at its first: Slack would
// refuse them.
func TestErrorForAnUnknownField(t *testing.T) {
	w := newWorkspace(t)
	in := newInbox()
	in.Handle(bot.Route{Path: "/form/open", Private: true, Handle: asking(form("/form/save"))})
	in.Handle(bot.Route{Path: "/form/save", Private: true, Handle: func(context.Context, *bot.Request) (bot.Reply, error) {
		return bot.Reply{FieldErrors: map[string]bot.Text{"zone": bot.Plain("No such zone"), "title": bot.Plain(strings.Repeat("long ", 1000))}}, nil
	}})
	a := w.adapter()
	w.run(a, in)
	w.openForm(panel(w, a))
	id, err := w.Submit(ana, map[string]string{"Title": "Mine"})
	w.must(err)
	if d := w.acked(id); len(d.Response) > maxAck {
		t.Errorf("the acknowledgement has %d bytes", len(d.Response))
	}
	v, open := w.OpenView(ana)
	if !open || len(v.Errors) != 1 || !strings.HasPrefix(v.Errors["title"], "long long") {
		t.Errorf("the form shows %+v", v.Errors)
	}
}

// Where a form cannot be opened, a button asks for it again.
func TestFormThatCannotOpen(t *testing.T) {
	opening := make(chan struct{}) // a handler gives a value when it is asked, and one before it answers
	for name, ask := range map[string]func(w *workspace, ts string){
		"nothing was pressed": func(w *workspace, _ string) {
			w.Say(ana, slackloop.DM(ana), "chat new", slackloop.SayOptions{})
			<-opening
			<-opening
		},
		"too late": func(w *workspace, ts string) {
			_, err := w.Press(ana, channel, ts, "Fill in")
			w.must(err)
			<-opening
			w.ExpireTriggers()
			<-opening
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorkspace(t)
			in := newInbox()
			open := func(context.Context, *bot.Request) (bot.Reply, error) {
				opening <- struct{}{} // asked
				opening <- struct{}{} // and let through
				return bot.Ask(form("/form/save")), nil
			}
			in.Handle(bot.Route{Path: "/form/open", Private: true, Handle: open})
			in.Command(bot.Command{Name: "chat", Subcommands: []bot.Subcommand{{Name: "new", Private: true, Handle: open}}})
			a := w.adapter()
			w.run(a, in)
			ask(w, panel(w, a))
			s := w.sees(ana, "A form")
			if !s.Ephemeral && !s.Direct {
				t.Errorf("all see the offer %+v", s)
			}
			_, err := w.Press(ana, s.Channel, s.TS, "A form")
			w.must(err)
			<-opening
			<-opening
			w.until("form", func() bool { _, open := w.OpenView(ana); return open })
		})
	}
}

func TestModal(t *testing.T) {
	a := offline()
	long := bot.Form{
		Title: "A title that is longer than Slack shows", Path: "/host/new/01h", Submit: "Send all of this to the host now",
		Fields: []bot.Field{
			{Name: "text", Label: strings.Repeat("label ", 500), Hint: strings.Repeat("hint ", 100), Value: strings.Repeat("value ", 1_000), Long: true},
			{Name: "short", Label: "Short", Value: "more than five", Max: 5, Optional: true},
			{Name: "choice", Label: "Choice", Value: "b", Choices: []bot.Choice{{Label: strings.Repeat("A ", 100), Value: "a"}, {Label: "B", Value: "b"}}},
		},
	}
	at := place{Channel: channel, Message: "1.000001", ResponseURL: "https://hooks.example.org/" + strings.Repeat("x", 4_000)}
	view, err := a.modal(long, at)
	if err != nil {
		t.Fatal(err)
	}
	payload := asJSON(t, struct {
		TriggerID string `json:"trigger_id"`
		View      any    `json:"view"`
	}{"1", view})
	if err := spec.Slack(t)("views.open", []byte(payload)); err != nil {
		t.Errorf("%v:\n%s", err, payload)
	}
	for _, want := range []string{
		`"text":"A title that is longer…"`, `"multiline":true`, `"max_length":5,`, `"initial_value":"more "`, `"initial_option":{"text":{"type":"plain_text","text":"B"`,
		`"optional":true`, `"block_id":"choice"`,
	} {
		if !strings.Contains(strings.ReplaceAll(payload, "max_length\":5}", "max_length\":5,}"), want) {
			t.Errorf("the view lacks %s:\n%s", want, payload)
		}
	}
	if strings.Contains(payload, "hooks.example.org") {
		t.Error("an address that is too long travels in the view")
	}
}

func TestFormsThatCannotBeShown(t *testing.T) {
	var many []bot.Choice
	for i := range 101 {
		many = append(many, bot.Choice{Label: "x", Value: fmt.Sprint(i)})
	}
	for name, fields := range map[string][]bot.Field{
		"a name twice":      {{Name: "a", Label: "A"}, {Name: "a", Label: "B"}},
		"no name":           {{Label: "A"}},
		"too many choices":  {{Name: "a", Label: "A", Choices: many}},
		"a long choice":     {{Name: "a", Label: "A", Choices: []bot.Choice{{Label: "x", Value: strings.Repeat("x", 151)}}}},
		"a choice of none":  {{Name: "a", Label: "A", Choices: []bot.Choice{{Label: "x"}}}},
		"a very long name":  {{Name: strings.Repeat("x", 256), Label: "A"}},
		"twice, among many": {{Name: "a", Label: "A"}, {Name: "b", Label: "B"}, {Name: "a", Label: "C"}},
	} {
		_, err := offline().modal(bot.Form{Title: "x", Path: "/x", Submit: "x", Fields: fields}, place{})
		if bot.CodeOf(err) != bot.Permanent {
			t.Errorf("%s: %v, want permanent", name, err)
		}
	}
}
