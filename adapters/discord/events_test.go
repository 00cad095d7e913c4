package discord

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/staffroom-bot/staffroom/bot"
)

func plainHouse(t *testing.T) *house {
	return newHouse(t, withCommand(bot.Subcommand{Handle: saying("x")}))
}

func listeningHouse(t *testing.T, l bot.Listener) *house {
	return newHouse(t, func(h *house) {
		withCommand(bot.Subcommand{Handle: saying("x")})(h)
		h.router.Listen(l)
	})
}

func TestMessageIsAnEvent(t *testing.T) {
	t.Parallel()
	h := plainHouse(t)
	question := h.post("q1", bot.Message{Text: bot.Plain("Q1")})
	id := h.loop.Reply(h.ana, question.ID, "A1 I start with <@"+h.joe+"> and <:fraction:123456789012345678> and <@1>")
	ev := h.told(1)[0]
	at := snowflakeTime(id)
	want := bot.Event{
		Kind: bot.MessagePosted, Input: bot.InputID("m" + id), Account: h.account(h.ana), Name: "Ana",
		Message: bot.MessageRef{Channel: h.place(), ID: id}, ReplyTo: question.ID,
		Text: "A1 I start with @Joe and :fraction: and <@1>", At: at, Posted: at, Revision: at.UnixMicro(),
	}
	if ev != want {
		t.Errorf("told of %+v\nwant    %+v", ev, want)
	}
}

func TestEditsAndDeletions(t *testing.T) {
	t.Parallel()
	h := plainHouse(t)
	id := h.loop.Say(h.ana, h.channel, "A1 a picure")
	h.loop.Unfurl(id) // no edit
	h.loop.Edit(id, "A1 a picture")
	h.loop.Unfurl(id) // the same edit once more
	h.loop.Delete(id)
	more := []string{h.loop.Say(h.ana, h.channel, "one"), h.loop.Say(h.joe, h.channel, "two")}
	h.loop.Delete(more...)
	evs := h.told(8)
	var kinds []bot.EventKind
	for _, ev := range evs {
		kinds = append(kinds, ev.Kind)
	}
	want := []bot.EventKind{"message_posted", "message_edited", "message_edited", "message_deleted", "message_posted", "message_posted", "message_deleted", "message_deleted"}
	if fmt.Sprint(kinds) != fmt.Sprint(want) {
		t.Fatalf("told of %v, want %v", kinds, want)
	}
	if evs[1] != evs[2] {
		t.Errorf("an update that is no edit looks like a new one: %+v after %+v", evs[2], evs[1])
	}
	if evs[0].Revision >= evs[1].Revision || evs[1].Revision >= evs[3].Revision || evs[1].Text != "A1 a picture" {
		t.Errorf("told of %+v", evs[:4])
	}
	if evs[6].Message.ID != more[0] || evs[7].Message.ID != more[1] {
		t.Errorf("told of %+v, want the messages deleted in bulk", evs[6:])
	}
	// A larger number than this is not a whole number everywhere.
	if float64(evs[3].Revision) != float64(int64(float64(evs[3].Revision))) || evs[3].Revision > 1<<53 {
		t.Errorf("revision %d", evs[3].Revision)
	}
}

// TestThreads: a message in a thread belongs to the channel, and replies to the
// message that the thread was started from.
func TestThreads(t *testing.T) {
	t.Parallel()
	for _, announced := range []bool{true, false} {
		h := plainHouse(t)
		question := h.post("q1", bot.Message{Text: bot.Plain("Q1")})
		thread := h.loop.StartThread(question.ID, announced)
		first := h.loop.Say(h.ana, thread, "I start with a picture")
		h.loop.Reply(h.joe, first, "So do I")
		evs := h.told(2)
		place := bot.Channel{Space: h.space(), ID: h.channel, Thread: thread}
		if evs[0].Message.Channel != place || evs[0].ReplyTo != question.ID || evs[1].ReplyTo != first {
			t.Errorf("announced %t: told of %+v", announced, evs)
		}
		ref, err := h.adapter.Send(t.Context(), bot.Post{Key: "t", Channel: place, Message: bot.Message{Text: bot.Plain("Noted")}})
		if err != nil || ref.Channel != place {
			t.Errorf("Send = %+v, %v", ref, err)
		}
		if got, _ := h.loop.Message(ref.ID); got.Channel != thread {
			t.Errorf("posted in %s, want the thread", got.Channel)
		}
	}
}

func TestNoEvents(t *testing.T) {
	t.Parallel()
	h := plainHouse(t)
	h.post("own", bot.Message{Text: bot.Plain("It is me")})
	h.loop.SayByWebhook(h.ana, h.channel, "from elsewhere")
	h.loop.Say(h.ana, h.channel, "") // a picture without words
	for event, data := range map[string]any{
		"MESSAGE_CREATE":      map[string]any{"id": "1", "channel_id": h.channel, "content": "no author"},
		"MESSAGE_UPDATE":      map[string]any{"id": "1", "channel_id": h.channel, "guild_id": h.guild},
		"MESSAGE_DELETE":      map[string]any{},
		"MESSAGE_DELETE_BULK": map[string]any{"ids": nil, "channel_id": nil, "guild_id": h.guild},
		"INTERACTION_CREATE":  map[string]any{"id": "1", "token": "t", "type": 5, "data": nil, "channel_id": h.channel},
		"GUILD_CREATE":        map[string]any{"id": nil, "channels": nil},
		"THREAD_CREATE":       map[string]any{},
		"THREAD_LIST_SYNC":    map[string]any{"threads": nil},
		"TYPING_START":        map[string]any{"user_id": h.ana},
		"CHANNEL_UPDATE":      []int{1},
	} {
		h.loop.Dispatch(event, data)
	}
	for _, kind := range []int{2, 3, 4, 5, 9} {
		h.loop.Dispatch("INTERACTION_CREATE", map[string]any{
			"id": "1", "token": "t", "type": kind, "channel_id": h.channel, "data": map[string]any{}, "member": map[string]any{"permissions": "x"},
		})
	}
	for _, wrong := range []string{"MESSAGE_CREATE", "INTERACTION_CREATE"} {
		h.loop.Dispatch(wrong, "not an object")
	}
	bots := map[string]any{"id": "9", "username": "other", "bot": true}
	h.loop.Dispatch("MESSAGE_CREATE", map[string]any{"id": "1", "channel_id": h.channel, "guild_id": h.guild, "content": "x", "author": bots})
	joined := map[string]any{"id": h.ana, "username": "ana"}
	h.loop.Dispatch("MESSAGE_CREATE", map[string]any{"id": "1", "channel_id": h.channel, "guild_id": h.guild, "content": "x", "author": joined, "type": 7})
	last := h.loop.Say(h.joe, h.channel, "A1 at last")
	if evs := h.told(1); len(evs) != 1 || evs[0].Message.ID != last {
		t.Errorf("told of %+v, want Joe's words alone", evs)
	}
}

// TestWhoWroteIt: only what a person wrote is heard, and an event may lack
// anything.
func TestWhoWroteIt(t *testing.T) {
	t.Parallel()
	person := &userInfo{ID: "4"}
	for name, c := range map[string]struct {
		message messageInfo
		want    bool
	}{
		"a person":        {messageInfo{ID: "1", Author: person}, true},
		"a reply":         {messageInfo{ID: "1", Author: person, Type: typeReply}, true},
		"nobody":          {messageInfo{ID: "1"}, false},
		"somebody unsaid": {messageInfo{ID: "1", Author: &userInfo{}}, false},
		"a bot":           {messageInfo{ID: "1", Author: &userInfo{ID: "4", Bot: true}}, false},
		"a webhook":       {messageInfo{ID: "1", Author: person, WebhookID: "9"}, false},
		"the server":      {messageInfo{ID: "1", Author: person, Type: 7}, false},
		"nothing":         {messageInfo{}, false},
	} {
		if got := c.message.byPerson(); got != c.want {
			t.Errorf("%s: byPerson = %t", name, got)
		}
	}
}

// TestHalfDecoded: what discordgo cannot decode comes in all the same.
func TestHalfDecoded(t *testing.T) {
	t.Parallel()
	h := plainHouse(t)
	author := map[string]any{"id": h.ana, "username": "ana", "global_name": "Ana"}
	h.loop.Dispatch("MESSAGE_CREATE", map[string]any{
		"id": "1480000000000000000", "channel_id": h.channel, "guild_id": h.guild, "author": author, "content": "A1 there",
		"timestamp": "no time at all", "components": []any{map[string]any{"type": 4711}}, "embeds": "none", "type": 0,
	})
	if ev := h.told(1)[0]; ev.Text != "A1 there" || ev.Name != "Ana" {
		t.Errorf("told of %+v", ev)
	}
}

func TestOrder(t *testing.T) {
	t.Parallel()
	h := plainHouse(t)
	other := h.loop.AddChannel(h.guild)
	var want []string
	for i := range 300 {
		want = append(want, h.loop.Say(h.ana, h.channel, fmt.Sprint("number ", i)))
		h.loop.Say(h.joe, other, fmt.Sprint("other ", i))
	}
	var got []string
	for _, ev := range h.told(600) {
		if ev.Message.Channel.ID == h.channel {
			got = append(got, ev.Message.ID)
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("told in the order %v", got)
	}
}

// TestFullLaneLosesNothing: more messages than may wait come in while the first
// is being taken in.
func TestFullLaneLosesNothing(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	var once sync.Once
	h := listeningHouse(t, func(context.Context, *bot.Event) error {
		once.Do(func() { <-release })
		return nil
	})
	const n = waiting + 100
	for i := range n {
		h.loop.Say(h.ana, h.channel, fmt.Sprint("number ", i))
	}
	h.told(1)
	close(release)
	for i, ev := range h.told(n) {
		if ev.Text != fmt.Sprint("number ", i) {
			t.Fatalf("event %d is %q", i, ev.Text)
		}
	}
}

// TestRefusedEventIsToldAgain: Discord delivers an event only once.
func TestRefusedEventIsToldAgain(t *testing.T) {
	t.Parallel()
	failures := 2
	h := listeningHouse(t, func(_ context.Context, ev *bot.Event) error {
		if ev.Text == "A1 first" && failures > 0 {
			failures--
			return errors.New("the store is away")
		}
		return nil
	})
	h.loop.Say(h.ana, h.channel, "A1 first")
	h.loop.Say(h.ana, h.channel, "A1 second")
	var got []string
	for _, ev := range h.told(4) {
		got = append(got, ev.Text)
	}
	if want := "[A1 first A1 first A1 first A1 second]"; fmt.Sprint(got) != want {
		t.Errorf("told of %v, want %v", got, want)
	}
}

func TestWithoutMessageContent(t *testing.T) {
	t.Parallel()
	h := plainHouse(t)
	// What a bot without the intent gets: an empty text, except where it is meant.
	author := map[string]any{"id": h.ana, "username": "ana"}
	h.loop.Dispatch("MESSAGE_CREATE", map[string]any{
		"id": "1480000000000000000", "channel_id": h.channel, "guild_id": h.guild, "author": author, "content": "", "type": 0,
	})
	h.loop.Say(h.ana, h.channel, h.loop.BotMention()+" staffroom home")
	h.sees(h.ana, "home")
	if evs := h.told(0); len(evs) != 0 {
		t.Errorf("told of %+v", evs)
	}
}

func FuzzEvents(f *testing.F) {
	f.Add("MESSAGE_CREATE", `{"id":"1","channel_id":"2","guild_id":"3","author":{"id":"4"},"content":"<@4> hello"}`)
	f.Add("MESSAGE_UPDATE", `{"id":"1","channel_id":"2","guild_id":"3","author":{"id":"4"},"content":"x","edited_timestamp":"2026-01-02T03:04:05.000006+00:00"}`)
	f.Add("MESSAGE_DELETE_BULK", `{"ids":["1","2"],"channel_id":"2","guild_id":"3"}`)
	f.Add("INTERACTION_CREATE", `{"id":"1","token":"t","type":2,"channel_id":"2","channel":{"type":11,"parent_id":"5"},"member":{"user":{"id":"4"},"permissions":"8"},"data":{"type":1,"name":"chat","options":[{"type":1,"name":"sub","options":[{"type":3,"name":"a","value":"b","focused":true}]}]}}`)
	f.Add("INTERACTION_CREATE", `{"id":"1","token":"t","type":5,"channel_id":"2","user":{"id":"4"},"data":{"custom_id":"x","components":[{"component":{"custom_id":"a","values":["b"]}},{"components":[{"custom_id":"c","value":"d"}]}]}}`)
	f.Add("GUILD_CREATE", `{"id":"3","channels":[{"id":"2","type":0}],"threads":[{"id":"6","type":11,"parent_id":"2"}]}`)
	f.Fuzz(func(t *testing.T, kind, data string) {
		r := alone(t)
		_ = r.dispatch(kind, []byte(data))
		r.finish()
	})
}
