package redis

import (
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/discussion"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
)

var weston = bot.Channel{Space: bot.SpaceID{Connection: "west", ID: "S/2"}, ID: "a/b"}

// alongside is a discussion that runs in two spaces.
func alongside(id string, state discussion.State) discussion.Discussion {
	d := chat(id, state)
	d.Alongside = []discussion.Place{{Channel: weston, Name: "Weston"}}
	return d
}

func TestADiscussionIsLiveInEachOfItsPlaces(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		d := alongside("d1", discussion.Open)
		b.save(&d)
		third := chat("d2", discussion.Open)
		third.Channel = weston
		b.save(&third)
		elsewhere := chat("d3", discussion.Open)
		elsewhere.Channel = bot.Channel{Space: bot.SpaceID{Connection: "west", ID: "S"}, ID: "2"}
		b.save(&elsewhere)

		for place, ch := range []bot.Channel{scichat, weston} {
			key := bot.DeliveryKey("chat/d1/q1")
			item := post(key + bot.DeliveryKey([]string{"", "@2"}[place]))
			item.Record = discussion.RecordIn("d1", place)
			item.Post.Channel = ch
			b.queue(item)
			a, ok, err := b.store.Begin(b.Context(), string(home), item.Lane())
			b.ok(err)
			b.wantHead(a, ok, item.Post.Key)
			_, _, err = b.store.End(b.Context(), string(home), item.Lane(), a, outbox.Ending{Outcome: outbox.Sent, Ref: bot.MessageRef{Channel: ch, ID: "same"}})
			b.ok(err)
		}
		here, there := entry("m1", "A1"), entry("@2/m1", "A1")
		there.Place = 1
		b.file(&d, here, discussion.FiledNew)
		filed, err := b.chats().File(b.Context(), discussion.Filing{Discussion: &d, Running: "d1", Entry: there})
		if filed != discussion.FiledStale || err != nil {
			t.Errorf("it is not the only one that runs there, but filed is %q, %v", filed, err)
		}
		filed, err = b.chats().File(b.Context(), discussion.Filing{Discussion: &d, Running: "d2 d1", Entry: there})
		if filed != discussion.FiledNew || err != nil {
			t.Errorf("filed is %q, %v", filed, err)
		}
		b.wantEntries(here, there)

		all, err := b.chats().Live(b.Context(), home, weston, nil)
		b.ok(err)
		if len(all) != 2 || all[0].Discussion.ID != "d2" || all[1].Discussion.ID != "d1" || all[1].Running != "d2 d1" {
			t.Fatalf("in Weston run %+v", all)
		}
		if want := []map[string]bot.DeliveryKey{{"same": "chat/d1/q1"}, {"same": "chat/d1/q1@2"}}; !reflect.DeepEqual(all[1].Sent, want) {
			t.Errorf("our posts are %v, want %v", all[1].Sent, want)
		}
		for space, want := range map[bot.SpaceID][]bot.Channel{
			scichat.Space: {scichat}, weston.Space: {weston}, elsewhere.Channel.Space: {elsewhere.Channel}, {Connection: "west"}: nil,
		} {
			got, err := b.chats().LiveChannels(b.Context(), home, space)
			b.ok(err)
			if !slices.Equal(got, want) {
				t.Errorf("in %s run %v, want %v", space, got, want)
			}
		}

		d.State = discussion.Archived
		b.save(&d)
		if l, ok := b.live(scichat, 0); ok {
			t.Errorf("%s still runs", l.Discussion.ID)
		}
		if all, err := b.chats().Live(b.Context(), home, weston, nil); err != nil || len(all) != 1 || all[0].Running != "d2" {
			t.Errorf("in Weston run %+v, %v", all, err)
		}
	})
}

func TestACalendarsEntryIsKeptAndForgotten(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		item := post("g/1")
		item.NotAfter = noon.Add(time.Hour)
		item.Calendar = &outbox.CalendarEntry{Key: "g", Gathering: bot.Gathering{Title: "Models", Channel: scichat, Start: noon, End: noon.Add(time.Hour)}}
		b.queue(item, item)
		a, ok, err := b.store.Begin(b.Context(), string(home), item.Lane())
		b.ok(err)
		if !ok || !reflect.DeepEqual(a.Item, item) {
			t.Errorf("it comes back as %+v, want %+v", a.Item, item)
		}
		if _, ok, err = b.store.End(b.Context(), string(home), item.Lane(), a, outbox.Ending{Outcome: outbox.Sent}); ok || err != nil {
			t.Errorf("queued twice, it comes twice (%v)", err)
		}
		late := item
		late.Post.Key = "g/2"
		b.queue(late)
		a, _, err = b.store.Begin(b.Context(), string(home), item.Lane())
		b.ok(err)
		_, _, err = b.store.End(b.Context(), string(home), item.Lane(), a, outbox.Ending{Outcome: outbox.Expired})
		b.ok(err)
		if kept := b.client.HGet(b.Context(), key(home, "undelivered"), "g/2").Val(); kept == "" || strings.Contains(kept, "Models") {
			t.Errorf("of what is over is kept %s", kept)
		}
	})
}

// hour is a discussion in two places, from its plan to its archive.
type hour struct {
	*bench
	start     time.Time
	platforms []*bottest.Adapter
	calendar  map[string]int
}

// westward is a platform with a calendar.
type westward struct {
	*bottest.Adapter
	calendar map[string]int
}

func (w westward) Publish(_ context.Context, key bot.DeliveryKey, g bot.Gathering) error {
	w.calendar[string(key)+" in "+g.Channel.ID] = 1
	return nil
}

func (w westward) Withdraw(context.Context, bot.SpaceID, bot.DeliveryKey) error { return nil }

// live is one life of the program: what came in is taken in, unless it has been,
// and what is due until the end is done. It ends early when its store is dead.
func (h *hour) live() {
	store := h.store
	chats := Discussions{store}
	service := discussion.New(chats, everybody{}, nil, bottest.Words{}, h.clock)
	sender := outbox.NewSender(store, bot.NewSwitchboard(h.platforms[0], westward{h.platforms[1], h.calendar}), outbox.Options{Budget: store})
	runner := scheduler.NewRunner(store, scheduler.Options{})
	runner.Handle(discussion.JobKind, service.Step)
	runner.Handle(discussion.SummaryJobKind, service.Summarise)
	runner.Handle(outbox.JobKind, sender.Drain)

	d := alongside("", "")
	d.Base = h.start.Add(time.Minute)
	d.Script.Start, d.Script.Length, d.Script.Zone = d.Base, 10*time.Minute, "UTC"
	d.Script.Questions = []discussion.Question{{Text: "One?", At: time.Minute}, {Text: "Two?", At: 2 * time.Minute}}
	if err := service.Schedule(h.Context(), &d, bot.InputID("plan "+h.start.String())); err != nil && bot.CodeOf(err) == bot.Unavailable {
		return
	}
	for minute := range 12 {
		if h.clock.RunUntil(h.Context(), runner, h.start.Add(time.Duration(minute)*time.Minute+30*time.Second)) != nil {
			return
		}
		// People say the same at the same moment, and platforms deliver again.
		for place, ch := range []bot.Channel{scichat, weston} {
			for _, user := range []string{"ana", "joe"} {
				_ = service.Hear(h.Context(), &bot.Event{ // said again in the next life
					Kind: bot.MessagePosted, Account: bot.Account{Space: ch.Space, User: user}, Name: user,
					Message: bot.MessageRef{Channel: ch, ID: user + h.start.Add(time.Duration(minute)*time.Minute).Format("-15:04")},
					Text:    []string{"A1 a picture", "A2 a song"}[place], At: h.clock.Now(), Revision: 1,
				})
			}
		}
	}
	_ = h.clock.RunUntil(h.Context(), runner, h.start.Add(discussion.LateAnswers+time.Hour))
}

// Wherever the program dies, each place hears everything once, and each answer
// stands once in the one archive.
func TestWhereverTheProcessDiesEachPlaceHearsEverythingOnce(t *testing.T) {
	if testing.Short() {
		t.Skip("takes several seconds")
	}
	eachAtNoon(t, func(b *bench) {
		// Every few commands, in turns before and after they are carried out: at each
		// it would take minutes.
		step := 35
		if strings.HasSuffix(b.Name(), "/real") {
			step = 7
		}
		for n, died := 1, true; died; n += step {
			died = b.dieInHour(n, n%2 == 0)
			if t.Failed() {
				t.Fatalf("it died at command %d", n)
			}
			if n > 2000 {
				t.Fatal("the hour has no end")
			}
		}
	})
}

func (b *bench) dieInHour(n int, late bool) bool {
	b.Helper()
	b.empty()
	h := &hour{bench: b, start: b.clock.Now(), calendar: map[string]int{}}
	for _, name := range []string{"test", "west"} {
		h.platforms = append(h.platforms, bottest.NewAdapter(name, b.clock.Now))
	}
	b.calls.DieAt(n, late)
	h.live()
	died := b.calls.Revive()
	b.store = b.open()
	h.live()

	var id string
	chats, err := b.chats().List(b.Context(), home, 0, 10)
	b.ok(err)
	if len(chats) == 1 {
		id = chats[0].ID
	}
	for place, p := range h.platforms {
		var got []string
		for _, e := range p.Ledger() {
			got = append(got, strings.TrimPrefix(string(e.Key), "chat/"+id+"/"))
		}
		want := [][]string{{"open", "q1", "q2", "close", "summary"}, {"open@2", "q1@2", "q2@2", "close@2", "summary@2"}}[place]
		if !slices.Equal(got, want) {
			b.Errorf("in place %d stand %q, want %q", place, got, want)
		}
	}
	if len(h.calendar) != 1 {
		b.Errorf("the calendar shows %v", h.calendar)
	}
	entries, err := b.chats().Entries(b.Context(), home, id)
	b.ok(err)
	seen := map[string]bool{}
	for _, e := range entries {
		if seen[e.ID] || len(e.Questions) != 1 || e.Questions[0] != e.Place+1 || strings.HasPrefix(e.ID, "@2/") != (e.Place == 1) {
			written, _ := json.Marshal(e)
			b.Errorf("filed is %s", written)
		}
		seen[e.ID] = true
	}
	if !died && len(entries) != 2*2*11 { // of twelve minutes the first is before the doors open
		b.Errorf("%d entries", len(entries))
	}
	b.clock.Set(h.start.Add(2 * discussion.LateAnswers))
	b.wantNoJobs()
	return died
}

func TestHostilePlaces(t *testing.T) {
	eachHostile(t, func(b *bench, s string) {
		d := alongside(bot.NewID(b.clock.Now()), discussion.Open)
		d.ChannelName = s
		d.Alongside[0] = discussion.Place{Channel: bot.Channel{Space: bot.SpaceID{Connection: s, ID: s}, ID: s}, Name: s}
		b.save(&d)
		e := entry("@2/"+s, s)
		e.Place = 1
		filed, err := b.chats().File(b.Context(), discussion.Filing{Discussion: &d, Running: d.ID, Entry: e})
		if err != nil || filed != discussion.FiledNew {
			b.Errorf("filed is %q, %v", filed, err)
		}
		got, err := b.chats().Get(b.Context(), home, d.ID)
		b.ok(err)
		if got.ChannelName != stored(s) || got.Alongside[0].Name != stored(s) {
			b.Errorf("its places are %+v", got.Places())
		}
		channels, err := b.chats().LiveChannels(b.Context(), home, d.Alongside[0].Channel.Space)
		b.ok(err)
		if !slices.Contains(channels, d.Alongside[0].Channel) {
			b.Errorf("live are %+v", channels)
		}
		d.State = discussion.Archived
		b.save(&d)
		if channels, err := b.chats().LiveChannels(b.Context(), home, d.Alongside[0].Channel.Space); err != nil || len(channels) > 0 {
			b.Errorf("after its end there are %+v (%v)", channels, err)
		}
	})
}
