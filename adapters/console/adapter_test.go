package console

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/staffroom-bot/staffroom/bot"
)

func TestRequest(t *testing.T) {
	r := newRoom(t)
	r.lines("!join Olga role=organizer language=es\nolga #den: /chat list\nmaria: /host panel\nmaria: !press Start\n")
	inputs := map[bot.InputID]bool{}
	for _, req := range r.requests {
		inputs[req.Input] = true
	}
	if len(inputs) != 3 {
		t.Errorf("three requests have the inputs %v", inputs)
	}
	list, press := r.requests[0], r.requests[2]
	if list.Account != r.Account("olga") || list.Name != "Olga" || !list.Manages || list.Language != "es" ||
		list.Channel != r.Channel("den") || list.Path != "/chat/list" || !list.At.Equal(evening) {
		t.Errorf("an organizer's command is %+v", list)
	}
	if press.Manages || press.Path != "/host/start" || press.Message == nil || press.Message.ID != "2" {
		t.Errorf("a member's press is %+v", press)
	}
}

func TestJoinedHearsOfEveryPerson(t *testing.T) {
	r := newRoom(t)
	r.lines("!join Pat role=host zone=America/Chicago\npat: hello\nmaria: hello\n!join PAT language=es\n!join pat language=es\n")
	want := []Person{
		{Name: "Pat", Role: bot.RoleHost, Zone: "America/Chicago"},
		{Name: "maria", Role: bot.RoleMember},
		{Name: "Pat", Role: bot.RoleHost, Zone: "America/Chicago", Language: "es"},
	}
	if diff := cmp.Diff(want, r.joined); diff != "" {
		t.Errorf("joined (-want +got):\n%s", diff)
	}
}

func TestJoinedFails(t *testing.T) {
	down := errors.New("down")
	failing := true
	r := newRoom(t, func(o *Options) {
		o.Joined = func(context.Context, Person) error {
			if failing {
				return down
			}
			return nil
		}
	})
	if err := r.Join(t.Context(), Person{Name: "pat"}); !errors.Is(err, down) {
		t.Errorf("Join = %v, want the failure", err)
	}
	r.lines("pat: hello\n")
	if got, want := r.shown(), "! pat cannot join just now; try again\n"; got != want {
		t.Errorf("shown is %q, want %q", got, want)
	}
	failing = false
	r.lines("pat: hello\n")
	if len(r.events) != 1 {
		t.Errorf("told of %+v", r.events)
	}
}

func TestImportedMessages(t *testing.T) {
	r := newRoom(t, func(o *Options) { o.FirstNumber = 3 })
	ctx := t.Context()
	for _, id := range []string{"3", "x17", "4"} {
		if got, err := r.As("maria").Say(ctx, "imported", SayOptions{ID: id}); err != nil || got != id {
			t.Fatalf("Say with ID %s = %s, %v", id, got, err)
		}
	}
	ref, err := r.Send(ctx, bot.Post{Channel: r.Channel("lounge"), Message: bot.Message{Text: bot.Plain("Hello")}})
	if err != nil || ref.ID != "5" {
		t.Errorf("the first free number is %s, %v; want 5", ref.ID, err)
	}
	if _, err := r.As("joe").Say(ctx, "mine", SayOptions{ID: "5"}); err == nil {
		t.Error("a person takes the bot's number")
	}
	if _, err := r.As("joe").Say(ctx, "reply", SayOptions{ID: "x18", ReplyTo: "x17"}); err != nil {
		t.Error(err)
	}
	for _, id := range []string{"two words", "line\nbreak", strings.Repeat("x", 65)} {
		if _, err := r.As("joe").Say(ctx, "text", SayOptions{ID: id}); err == nil {
			t.Errorf("ID %q is taken", id)
		}
	}
}

func TestRedeliveredMessage(t *testing.T) {
	r := newRoom(t)
	ctx := t.Context()
	for range 2 {
		if _, err := r.As("maria").Say(ctx, "A1 once", SayOptions{ID: "7"}); err != nil {
			t.Fatal(err)
		}
	}
	if len(r.events) != 2 || r.events[0] != r.events[1] {
		t.Errorf("said twice is %+v", r.events)
	}
	if n := strings.Count(r.shown(), "A1 once"); n != 1 {
		t.Errorf("it is shown %d times", n)
	}
	if err := r.As("maria").Edit(ctx, "7", "A1 twice"); err != nil {
		t.Fatal(err)
	}
	if _, err := r.As("maria").Say(ctx, "A1 once", SayOptions{ID: "7"}); err != nil || len(r.events) != 3 {
		t.Errorf("after an edit the first text comes again: %v, %+v", err, r.events)
	}
}

func TestRefusedEventComesAgain(t *testing.T) {
	r := newRoom(t)
	r.refusals = 1
	r.lines("maria: A1 first\nmaria: A1 second\n")
	var told []string
	for _, ev := range r.events {
		told = append(told, ev.Text)
	}
	if want := []string{"A1 first", "A1 first", "A1 second"}; !slices.Equal(told, want) {
		t.Errorf("told of %q, want %q", told, want)
	}
	if got := r.shown(); !strings.Contains(got, "did not take message 1 in; it gets it again") {
		t.Errorf("nobody is told:\n%s", got)
	}
}

func TestRefusedEventIsGivenUp(t *testing.T) {
	r := newRoom(t)
	r.refusals = maxRefusals
	r.lines("maria: A1 first\nmaria: /chat list\nmaria: /chat list\nmaria: A1 second\n")
	if n := len(r.events); n != maxRefusals+1 || r.events[n-1].Text != "A1 second" {
		t.Errorf("told of %+v", r.events)
	}
	if got := r.shown(); !strings.Contains(got, "3 times; say it again later") {
		t.Errorf("nobody is told:\n%s", got)
	}
}

func TestFailedRequestKeepsTheForm(t *testing.T) {
	r := newRoom(t)
	r.router.Handle(bot.Route{Path: "/broken", Handle: func(context.Context, *bot.Request) (bot.Reply, error) {
		return bot.Say(bot.Plain("Not now.")), errors.New("down")
	}})
	r.lines("maria: hello\n")
	r.open("maria", bot.Form{Title: "Form", Path: "/broken", Fields: []bot.Field{{Name: "a", Label: "A"}}})
	r.lines("maria: !fill a=typed\n")
	if got := r.shown(); !strings.Contains(got, "Not now.") {
		t.Errorf("shown is\n%s", got)
	}
	if f := r.forms["maria"]; f == nil || f.values["a"] != "typed" {
		t.Errorf("what was typed is lost: %+v", f)
	}
}

func TestMessengerErrors(t *testing.T) {
	r := newRoom(t)
	ctx := t.Context()
	r.lines("maria: hello\n")
	elsewhere := bot.Channel{Space: bot.SpaceID{Connection: "other", ID: "x"}, ID: "lounge"}
	hers := bot.MessageRef{Channel: r.Channel("lounge"), ID: "1"}
	none := bot.MessageRef{Channel: r.Channel("lounge"), ID: "99"}
	stranger := r.Account("nobody")
	text := bot.Message{Text: bot.Plain("x")}
	_, errElsewhere := r.Send(ctx, bot.Post{Channel: elsewhere, Message: text})
	_, errStranger := r.Send(ctx, bot.Post{Direct: &stranger, Message: text})
	for name, c := range map[string]struct {
		err  error
		want bot.Code
	}{
		"send elsewhere":     {errElsewhere, bot.Permanent},
		"send to a stranger": {errStranger, bot.NotFound},
		"update hers":        {r.Update(ctx, hers, text), bot.Permanent},
		"update none":        {r.Update(ctx, none, text), bot.Permanent},
		"delete hers":        {r.Delete(ctx, hers), bot.Permanent},
	} {
		if got := bot.CodeOf(c.err); got != c.want {
			t.Errorf("%s = %v, want code %s", name, c.err, c.want)
		}
	}
}

func TestSettleAfterEachLine(t *testing.T) {
	settled := 0
	r := newRoom(t, func(o *Options) { o.Settle = func(context.Context) error { settled++; return nil } })
	r.lines("# note\n\nmaria: hello\nmaria: !nonsense\n!wait 1s\n")
	if settled != 3 {
		t.Errorf("settled %d times, want after each line that is not passed over: 3", settled)
	}
	failing := newRoom(t, func(o *Options) { o.Settle = func(context.Context) error { return io.ErrUnexpectedEOF } })
	if err := failing.Lines(t.Context(), strings.NewReader("maria: hello\nmaria: again\n")); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("Lines = %v, want the failure of Settle", err)
	}
}

func TestClockByItself(t *testing.T) {
	r := newRoom(t, func(o *Options) { o.Wait = nil })
	r.lines("!wait 10m\n")
	if got, want := r.shown(), "! the clock goes by itself here; with --clock manual !wait moves it\n"; got != want {
		t.Errorf("shown is %q, want %q", got, want)
	}
}

func TestLinesEndsWithItsContext(t *testing.T) {
	r := newRoom(t)
	in, out := io.Pipe()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- r.Lines(ctx, in) }()
	if _, err := io.WriteString(out, "maria: hello\n"); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("Lines = %v, want context.Canceled", err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestInputAfterTheEnd(t *testing.T) {
	r := newRoom(t)
	r.stop()
	if _, err := r.As("maria").Say(t.Context(), "hello", SayOptions{}); !errors.Is(err, errStopped) {
		t.Errorf("Say = %v, want %v", err, errStopped)
	}
}

func TestUnknownZone(t *testing.T) {
	if _, err := New(Options{Zone: "Mars/Base"}); err == nil || !strings.Contains(err.Error(), "Mars/Base") {
		t.Errorf("New = %v", err)
	}
}

// TestAtOnce has people talk while posts arrive; the race detector watches.
func TestAtOnce(t *testing.T) {
	r := newRoom(t)
	ctx := t.Context()
	const each = 20
	var wg sync.WaitGroup
	for _, who := range []string{"ana", "joe"} {
		wg.Go(func() {
			for range each {
				if _, err := r.As(who).Say(ctx, "hello", SayOptions{}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Go(func() {
		for i := range each {
			p := bot.Post{Key: bot.DeliveryKey(strings.Repeat("k", i+1)), Channel: r.Channel("lounge"), Message: bot.Message{Text: bot.Plain("post")}}
			ref, err := r.Send(ctx, p)
			if err == nil {
				err = r.Update(ctx, ref, bot.Message{Text: bot.Plain("changed")})
			}
			if err != nil {
				t.Error(err)
			}
		}
	})
	wg.Wait()
	if n := len(r.events); n != 2*each {
		t.Errorf("told of %d messages, want %d", n, 2*each)
	}
}

func journalIn(t *testing.T) (path string, use func(*Options)) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "journal")
	return path, func(o *Options) { o.Journal = path }
}

func TestJournalGoesOn(t *testing.T) {
	path, use := journalIn(t)
	ctx := t.Context()
	first := newRoom(t, use)
	first.lines("!join Olga role=organizer zone=America/Chicago\nolga: hello\nolga: !edit 1 hello all\nolga: /host panel\nmaria: gone\nmaria: !delete 3\n")
	post := bot.Post{Key: "key", Channel: first.Channel("lounge"), Message: bot.Message{Text: bot.Plain("Post")}}
	before, err := first.Send(ctx, post)
	if err != nil {
		t.Fatal(err)
	}
	first.stop()

	// A process that was killed while it wrote leaves half a line.
	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.WriteString(`{"message":{"id":"5","text":"half`); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}

	for range 2 { // the second time shows that the half line is gone for good
		second := newRoom(t, use)
		if after, err := second.Send(ctx, post); err != nil || after != before {
			t.Errorf("the key gives %v, %v; want %v", after, err, before)
		}
		if after, found, err := second.Find(ctx, post.Channel, "key", time.Time{}); err != nil || !found || after != before {
			t.Errorf("Find = %v, %t, %v; want %v", after, found, err, before)
		}
		second.lines("olga: !press I'll be there\n")
		if len(second.joined) != 0 || len(second.events) != 0 {
			t.Errorf("what is known is told again: %+v %+v", second.joined, second.events)
		}
		if req := second.requests[0]; !req.Manages || req.Name != "Olga" || req.Input == first.requests[0].Input {
			t.Errorf("after the restart a request is %+v", req)
		}
		if !strings.HasPrefix(second.memory.byID["1"].Text, "hello a") || !second.memory.byID["3"].Deleted {
			t.Error("an edit or a deletion is lost")
		}
		second.lines("olga: !edit 1 hello again\n")
		if got := second.events[0].Revision; got < 3 {
			t.Errorf("the revision after the restart is %d, want it to grow", got)
		}
		second.stop()
	}
}

func TestJournalBringsBackWhatWasNotTakenIn(t *testing.T) {
	_, use := journalIn(t)
	first := newRoom(t, use)
	first.refusals = 1
	first.lines("maria: A1 not lost\n")
	first.stop()
	second := newRoom(t, use)
	second.lines("maria: /chat list\n")
	if len(second.events) != 1 || second.events[0].Input != first.events[0].Input || second.events[0].Text != "A1 not lost" {
		t.Errorf("told of %+v, want %+v again", second.events, first.events)
	}
}

func TestJournalOfAnotherMaking(t *testing.T) {
	path, use := journalIn(t)
	for _, content := range []string{"not json\n", `{"run":"x"}` + "\n" + `{"unheard_of":1}` + "\n"} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		o := Options{}
		use(&o)
		if _, err := New(o); err == nil || !strings.Contains(err.Error(), "no record of this version") {
			t.Errorf("New on %q = %v", content, err)
		}
	}
}

func TestJournalThatCannotBeWritten(t *testing.T) {
	_, use := journalIn(t)
	r := newRoom(t, use)
	r.lines("maria: hello\n")
	r.Adapter.mu.Lock()
	broken, err := os.Open(os.DevNull) // for reading only
	if err != nil {
		t.Fatal(err)
	}
	good := r.journal.file
	r.journal.file = broken
	r.Adapter.mu.Unlock()
	_, err = r.Send(t.Context(), bot.Post{Channel: r.Channel("lounge"), Message: bot.Message{Text: bot.Plain("x")}})
	if bot.CodeOf(err) != bot.Unavailable {
		t.Errorf("Send = %v, want unavailable", err)
	}
	if err := r.Lines(t.Context(), strings.NewReader("maria: lost\n")); err == nil {
		t.Error("Lines goes on without a journal")
	}
	if strings.Contains(r.shown(), "lost") {
		t.Error("what is not kept is shown")
	}
	if err := good.Close(); err != nil {
		t.Fatal(err)
	}
}
