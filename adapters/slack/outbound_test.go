package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/adapters/adaptertest/spec"
	"github.com/staffroom-bot/staffroom/adapters/slack/slackloop"
	"github.com/staffroom-bot/staffroom/bot"
)

func post(key bot.DeliveryKey, text string) bot.Post {
	return bot.Post{Key: key, Channel: inChannel(), Message: bot.Message{Text: bot.Plain(text)}}
}

func TestPostCarriesItsKey(t *testing.T) {
	w := newWorkspace(t)
	a := w.adapter()
	since := time.Now().Add(-time.Minute)
	ref, err := a.Send(t.Context(), post("chat/1/q/1", "Question <one> & all"))
	w.must(err)
	got := w.Posts(channel)
	if len(got) != 1 || got[0].TS != ref.ID || got[0].Text != "Question &lt;one&gt; &amp; all" {
		t.Fatalf("posted %+v", got)
	}
	want := `{"event_type":"staffroom_post","event_payload":{"key":"chat/1/q/1","part":0,"parts":1}}`
	if string(got[0].Metadata) != want {
		t.Errorf("metadata = %s, want %s", got[0].Metadata, want)
	}
	if n := len(w.Calls("conversations.history")); n != 0 {
		t.Errorf("a short post read the history %d times", n)
	}
	found, ok, err := a.Find(t.Context(), inChannel(), "chat/1/q/1", since)
	if err != nil || !ok || found != ref {
		t.Errorf("Find = %v, %t, %v; want %v", found, ok, err, ref)
	}
	if _, ok, err := a.Find(t.Context(), inChannel(), "chat/1/q/2", since); ok || err != nil {
		t.Errorf("Find of another key = %t, %v", ok, err)
	}
	if _, ok, err := a.Find(t.Context(), inChannel(), "chat/1/q/1", time.Now().Add(time.Minute)); ok || err != nil {
		t.Errorf("Find after it was sent = %t, %v", ok, err)
	}
}

func TestFindReadsPageByPage(t *testing.T) {
	w := newWorkspace(t)
	a := w.adapter()
	ref, err := a.Send(t.Context(), post("early", "The one"))
	w.must(err)
	for i := range 2*historyPage + 10 {
		w.Say(ana, channel, fmt.Sprint("chatter ", i), slackloop.SayOptions{})
	}
	got, ok, err := a.Find(t.Context(), inChannel(), "early", time.Now().Add(-time.Hour))
	if err != nil || !ok || got != ref {
		t.Errorf("Find = %v, %t, %v; want %v", got, ok, err, ref)
	}
	if n := len(w.Calls("conversations.history")); n != 3 {
		t.Errorf("%d pages were read, want 3", n)
	}
}

// What others post does not pass for ours, whatever they put on it.
func TestFindKnowsItsOwn(t *testing.T) {
	var p past
	mark := `{"ts":"1.000001","user":"UX","bot_id":"BX","metadata":{"event_type":"staffroom_post","event_payload":{"key":"k","part":0,"parts":1}}}`
	if err := json.Unmarshal([]byte(mark), &p); err != nil {
		t.Fatal(err)
	}
	me := self{User: slackloop.BotUser, Bot: slackloop.BotID}
	if p.ours(me) {
		t.Error("another app's message is taken for ours")
	}
	p.BotID = slackloop.BotID
	if !p.ours(me) {
		t.Error("our message is not taken for ours")
	}
}

func TestPostInAThread(t *testing.T) {
	w := newWorkspace(t)
	a := w.adapter()
	top, err := a.Send(t.Context(), post("top", "Question one"))
	w.must(err)
	inThread := post("reply", "More about it")
	inThread.Channel.Thread = top.ID
	ref, err := a.Send(t.Context(), inThread)
	w.must(err)
	if got := w.Posts(channel)[1]; got.ThreadTS != top.ID {
		t.Errorf("posted %+v, want it in the thread %s", got, top.ID)
	}
	found, ok, err := a.Find(t.Context(), inThread.Channel, "reply", time.Now().Add(-time.Minute))
	if err != nil || !ok || found != ref {
		t.Errorf("Find = %v, %t, %v; want %v", found, ok, err, ref)
	}
	inThread.Channel.Thread = "1.000001"
	if _, ok, err := a.Find(t.Context(), inThread.Channel, "reply", time.Time{}); ok || err != nil {
		t.Errorf("Find in a thread that is not there = %t, %v", ok, err)
	}
}

// A post whose answer was lost stands, and is found.
func TestHalfAnswer(t *testing.T) {
	w := newWorkspace(t)
	a := w.adapter()
	w.Fail("chat.postMessage", slackloop.Fault{CutAfter: true}, 1)
	_, err := a.Send(t.Context(), post("half", "Question one"))
	if bot.CodeOf(err) != bot.UnknownOutcome {
		t.Fatalf("Send = %v, want unknown_outcome", err)
	}
	ref, ok, err := a.Find(t.Context(), inChannel(), "half", time.Now().Add(-time.Minute))
	if err != nil || !ok || ref.ID != w.Posts(channel)[0].TS {
		t.Errorf("Find = %v, %t, %v", ref, ok, err)
	}
}

// A long post that broke off is not found, and is completed when it is sent
// again.
func TestLongPostIsCompleted(t *testing.T) {
	w := newWorkspace(t)
	a := w.adapter()
	text := strings.Repeat("words and more words. ", 1_000)
	p := post("long", text)
	p.Message.Files = []bot.File{{Name: "notes.md", Data: []byte("# Notes")}, {Name: "empty.md"}}
	parts := len(a.render(space(), p.Message))
	if parts < 3 {
		t.Fatalf("the post has %d parts", parts)
	}
	since := time.Now().Add(-time.Minute)
	for _, broken := range []string{"chat.postMessage", "files.completeUploadExternal"} {
		if broken == "chat.postMessage" {
			w.Fail(broken, slackloop.Fault{}, 1) // the first part goes well
		}
		w.Fail(broken, slackloop.Fault{CutAfter: true}, 1)
		if _, err := a.Send(t.Context(), p); bot.CodeOf(err) != bot.UnknownOutcome {
			t.Fatalf("Send = %v, want unknown_outcome", err)
		}
		if _, ok, err := a.Find(t.Context(), inChannel(), "long", since); err != nil || ok == (broken == "chat.postMessage") {
			t.Fatalf("after %s broke off Find = %t, %v", broken, ok, err)
		}
	}
	ref, err := a.Send(t.Context(), p)
	w.must(err)
	posts := w.Posts(channel)
	if len(posts) != parts+1 || posts[0].TS != ref.ID {
		t.Errorf("%d messages stand, want %d and the file; the first is %s, not %s", len(posts), parts, posts[0].TS, ref.ID)
	}
	var said strings.Builder
	for _, s := range w.Screen(ana) {
		said.WriteString(s.Text + "\n")
	}
	if got, want := strings.Fields(said.String()), strings.Fields(text); len(got) != len(want) {
		t.Errorf("%d words stand, want %d", len(got), len(want))
	}
	if found, ok, err := a.Find(t.Context(), inChannel(), "long", since); err != nil || !ok || found != ref {
		t.Errorf("Find = %v, %t, %v; want %v", found, ok, err, ref)
	}
}

func TestErrorsAreClassified(t *testing.T) {
	held := make(chan struct{})
	t.Cleanup(func() { close(held) })
	for name, tt := range map[string]struct {
		fault  slackloop.Fault
		code   bot.Code
		reason bot.Reason
		after  time.Duration
	}{
		"no such channel":       {fault: slackloop.Fault{Error: "channel_not_found"}, code: bot.Permanent, reason: bot.Gone},
		"archived":              {fault: slackloop.Fault{Error: "is_archived"}, code: bot.Permanent, reason: bot.Gone},
		"no member":             {fault: slackloop.Fault{Error: "not_in_channel"}, code: bot.Permanent, reason: bot.NotAllowed},
		"restricted":            {fault: slackloop.Fault{Error: "restricted_action"}, code: bot.Permanent, reason: bot.NotAllowed},
		"scope":                 {fault: slackloop.Fault{Error: "missing_scope"}, code: bot.Permanent, reason: bot.NotAllowed},
		"too long":              {fault: slackloop.Fault{Error: "msg_too_long"}, code: bot.Permanent, reason: bot.BadPost},
		"blocks":                {fault: slackloop.Fault{Error: "invalid_blocks"}, code: bot.Permanent, reason: bot.BadPost},
		"something new":         {fault: slackloop.Fault{Error: "invented_yesterday"}, code: bot.Permanent, reason: bot.BadPost},
		"token":                 {fault: slackloop.Fault{Error: "token_revoked"}, code: bot.Permanent, reason: bot.Disconnected},
		"429":                   {fault: slackloop.Fault{RetryAfter: 7}, code: bot.RateLimited, after: 7 * time.Second},
		"429 without a time":    {fault: slackloop.Fault{Status: 429}, code: bot.RateLimited, after: time.Minute},
		"limited, by name":      {fault: slackloop.Fault{Error: "rate_limited"}, code: bot.RateLimited, after: time.Minute},
		"down":                  {fault: slackloop.Fault{Error: "service_unavailable"}, code: bot.Unavailable},
		"half done":             {fault: slackloop.Fault{Error: "fatal_error"}, code: bot.UnknownOutcome},
		"500":                   {fault: slackloop.Fault{Status: 500}, code: bot.UnknownOutcome},
		"404":                   {fault: slackloop.Fault{Status: 404}, code: bot.Permanent, reason: bot.Gone},
		"cut before the answer": {fault: slackloop.Fault{CutAfter: true}, code: bot.UnknownOutcome},
		"no answer in time":     {fault: slackloop.Fault{Hold: held}, code: bot.UnknownOutcome},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorkspace(t)
			w.Fail("chat.postMessage", tt.fault, -1)
			ctx := t.Context()
			if tt.fault.Hold != nil {
				ctx = w.within(100 * time.Millisecond)
			}
			_, err := w.adapter().Send(ctx, post("k", "Question one"))
			checkError(t, err, tt.code, tt.reason, tt.after)
		})
	}
}

func checkError(t *testing.T, err error, code bot.Code, reason bot.Reason, after time.Duration) {
	t.Helper()
	e, ok := err.(*bot.Error) //nolint:errorlint // the contract: exactly this type
	if !ok {
		t.Fatalf("the error is %T: %v", err, err)
	}
	if e.Code != code || e.Reason != reason || e.After != after {
		t.Errorf("error %v is %s (%s) after %s, want %s (%s) after %s", err, e.Code, e.Reason, e.After, code, reason, after)
	}
}

// Nothing was sent where nobody listens: trying again is safe.
func TestNobodyListens(t *testing.T) {
	w := newWorkspace(t)
	a := w.adapter()
	w.Close()
	_, err := a.Send(t.Context(), post("k", "Question one"))
	checkError(t, err, bot.Unavailable, "", 0)
	if strings.Contains(err.Error(), "/api/") {
		t.Errorf("the address is in the error: %v", err)
	}
}

// A lookup that fails leaves no doubt of its own, whatever went wrong.
func TestFailedLookup(t *testing.T) {
	for name, tt := range map[string]struct {
		fault slackloop.Fault
		code  bot.Code
	}{
		"500":         {slackloop.Fault{Status: 500}, bot.Unavailable},
		"fatal_error": {slackloop.Fault{Error: "fatal_error"}, bot.Unavailable},
		"cut":         {slackloop.Fault{CutAfter: true}, bot.Unavailable},
		"429":         {slackloop.Fault{RetryAfter: 3}, bot.RateLimited},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorkspace(t)
			w.Fail("conversations.history", tt.fault, -1)
			_, ok, err := w.adapter().Find(t.Context(), inChannel(), "k", time.Now())
			if bot.CodeOf(err) != tt.code || ok {
				t.Errorf("Find = %t, %v; want %s", ok, err, tt.code)
			}
		})
	}
	t.Run("no right to read", func(t *testing.T) {
		w := newWorkspace(t)
		w.Fail("conversations.history", slackloop.Fault{Error: "missing_scope"}, -1)
		if _, _, err := w.adapter().Find(t.Context(), inChannel(), "k", time.Now()); err != bot.ErrCannotFind { //nolint:errorlint // the value itself
			t.Errorf("Find = %v, want ErrCannotFind", err)
		}
	})
}

func TestUpdateAndDelete(t *testing.T) {
	w := newWorkspace(t)
	a := w.adapter()
	ref, err := a.Send(t.Context(), post("k", "Before"))
	w.must(err)
	w.must(a.Update(t.Context(), ref, bot.Message{Text: bot.Plain(strings.Repeat("far too long ", 10_000))}))
	got := w.Posts(channel)[0]
	if !strings.HasPrefix(got.Text, "far too long far") || !bytes.Contains(got.Blocks, []byte(ellipsis)) {
		t.Errorf("a long update is not shortened: %d bytes", len(got.Blocks))
	}
	if !bytes.Contains(got.Metadata, []byte(`"key":"k"`)) {
		t.Errorf("the update took the key away: %s", got.Metadata)
	}
	w.must(a.Delete(t.Context(), ref))
	w.must(a.Delete(t.Context(), ref))
	checkError(t, a.Update(t.Context(), ref, bot.Message{Text: bot.Plain("Back")}), bot.Permanent, bot.Gone, 0)
	ts := w.Say(ana, channel, "mine", slackloop.SayOptions{})
	checkError(t, a.Delete(t.Context(), bot.MessageRef{Channel: inChannel(), ID: ts}), bot.Permanent, bot.NotAllowed, 0)
}

func TestDirect(t *testing.T) {
	w := newWorkspace(t)
	a := w.adapter()
	for range 3 {
		ch, err := a.Direct(t.Context(), accountOf(ana))
		w.must(err)
		if want := (bot.Channel{Space: space(), ID: slackloop.DM(ana)}); ch != want {
			t.Fatalf("Direct = %v, want %v", ch, want)
		}
	}
	if n := len(w.Calls("conversations.open")); n != 1 {
		t.Errorf("the channel was opened %d times", n)
	}
	_, err := a.Direct(t.Context(), accountOf("UNOBODY"))
	checkError(t, err, bot.Permanent, bot.Gone, 0)
}

// A picture that Slack cannot fetch must not cost the message.
func TestImageThatSlackRefuses(t *testing.T) {
	check := spec.Slack(t)
	w := newWorkspaceWith(t, slackloop.Options{Check: check})
	a := w.adapter()
	p := post("k", "Question one")
	p.Message.Image = &bot.Image{URL: "https://example.org/gone.png", Alt: "A model of a cell"}
	w.Fail("chat.postMessage", slackloop.Fault{Error: "invalid_blocks"}, 1)
	_, err := a.Send(t.Context(), p)
	w.must(err)
	if s := w.sees(ana, "Question one"); s.Text != "Question one\nA model of a cell" || len(s.Images) != 0 {
		t.Errorf("Ana sees %+v", s)
	}
	p.Key = "k2"
	ref, err := a.Send(t.Context(), p)
	w.must(err)
	if s := w.Screen(ana)[1]; len(s.Images) != 1 || s.Images[0] != "A model of a cell" {
		t.Errorf("Ana sees %+v", s)
	}
	w.Fail("chat.update", slackloop.Fault{Error: "invalid_blocks"}, 1)
	w.must(a.Update(t.Context(), ref, p.Message))
	if s := w.Screen(ana)[1]; len(s.Images) != 0 || !strings.HasSuffix(s.Text, "A model of a cell") {
		t.Errorf("Ana sees %+v", s)
	}
}

// Every call carries the token as a Bearer, and none in its body: the workspace
// takes no other.
func TestTokenTravelsInTheHeader(t *testing.T) {
	w := newWorkspace(t)
	o := w.options()
	o.APIURL = strings.TrimSuffix(w.APIURL(), "/")
	a := New(o)
	in := newInbox()
	w.run(a, in)
	p := post("k", "Question one")
	p.Message.Files = []bot.File{{Name: "notes.md", Data: []byte("# Notes")}}
	ref, err := a.Send(t.Context(), p)
	w.must(err)
	w.must(a.Update(t.Context(), ref, p.Message))
	w.must(a.Delete(t.Context(), ref))
	_, err = a.Direct(t.Context(), accountOf(ana))
	w.must(err)
	w.OpenHome(ana)
	w.until("home", func() bool { _, ok := w.Home(ana); return ok })
	w.SlashCommand(ana, channel, "help")
	w.sees(ana, "Help")
	methods := map[string]bool{}
	for _, c := range w.Calls("") {
		methods[c.Method] = true
		if bytes.Contains(c.Payload, []byte("xoxb-")) || bytes.Contains(c.Payload, []byte("xapp-")) {
			t.Errorf("%s carries a token in its body", c.Method)
		}
	}
	for _, want := range []string{"auth.test", "apps.connections.open", "users.info", "chat.postMessage", "chat.update", "chat.delete",
		"conversations.open", "conversations.history", "files.getUploadURLExternal", "files.completeUploadExternal", "views.publish"} {
		if !methods[want] {
			t.Errorf("%s was not called", want)
		}
	}
}

// On Slack a post is its own thread: nothing is opened, and what people write under
// it comes from there.
func TestPostIsItsThread(t *testing.T) {
	w := newWorkspace(t)
	in := newInbox()
	a := w.adapter()
	w.run(a, in)
	p := post("q1", "Question one")
	p.Thread = "Question one"
	ref, err := a.Send(t.Context(), p)
	w.must(err)
	if n := len(w.Posts(channel)); n != 1 {
		t.Errorf("%d messages stand, want the post alone", n)
	}
	w.Say(ana, channel, "A1 a picture", slackloop.SayOptions{Thread: ref.ID})
	ev := in.next(t)
	if want := (bot.Channel{Space: space(), ID: channel, Thread: ref.ID}); ev.Message.Channel != want || ev.ReplyTo != ref.ID {
		t.Errorf("an answer in the thread is from %v, a reply to %s; want %v", ev.Message.Channel, ev.ReplyTo, want)
	}
}

func TestTimestamps(t *testing.T) {
	at := time.Date(2026, 3, 8, 20, 0, 0, 1_234_000, time.UTC)
	if got, want := timestamp(at), fmt.Sprintf("%d.001234", at.Unix()); got != want {
		t.Errorf("timestamp = %q, want %q", got, want)
	}
	if got := moment(timestamp(at)); !got.Equal(at) {
		t.Errorf("moment = %v, want %v", got, at)
	}
	for ts, want := range map[string]int64{"": 0, "x.1": 0, "1": 1e6, "1.5": 1_500_000, "1.0000001": 0, "1.-5": 0, "12.000001": 12_000_001} {
		if got := micros(ts); got != want {
			t.Errorf("micros(%q) = %d, want %d", ts, got, want)
		}
	}
	if got := timestamp(time.Time{}); got != "0.000000" {
		t.Errorf("timestamp of no time = %q", got)
	}
}

// The adapter can say things before and without Run, as the outbox does.
func TestSendBeforeRun(t *testing.T) {
	w := newWorkspace(t)
	if _, err := w.adapter().Send(context.Background(), post("k", "Early")); err != nil {
		t.Error(err)
	}
}
