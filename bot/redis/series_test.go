package redis

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/bot/schedule"
	"github.com/staffroom-bot/staffroom/scheduler"
	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

func (b *bench) schedules() Schedules { return Schedules{b.store} }

// daily is a series of the community "home" that comes every day.
func daily(id string, number int) schedule.Series {
	r, err := rule.Parse("daily at 15:00 except holidays")
	if err != nil {
		panic(err)
	}
	return schedule.Series{
		ID: id, Community: home, Number: number, Kind: "post", Title: "Daily", Rule: r, Zone: "America/New_York",
		Grace: 2 * time.Hour, Until: noon.Add(1000 * time.Hour), Paused: true, Created: noon, By: "01ana", Payload: []byte(`{"text":"x"}`),
		Courses: map[string]schedule.Course{"America/New_York": {Settled: noon, Next: noon.Add(7 * time.Hour)}, "Asia/Tokyo": {Settled: noon}},
	}
}

func (b *bench) saveSeries(r *schedule.Series, entries ...schedule.Entry) {
	b.Helper()
	b.ok(b.schedules().Advance(b.Context(), r, entries, outbox.Effects{}))
}

func ended(n int) schedule.Entry {
	return schedule.Entry{
		At: noon.Add(time.Duration(n) * time.Hour), Zone: "Asia/Tokyo", Ended: noon, Outcome: schedule.Skipped, Reason: schedule.Holiday,
		Detail: fmt.Sprint("holiday ", n), Extra: true, Posts: []bot.DeliveryKey{"k"},
	}
}

// seriesLife does everything there is to do with series, and leaves something
// of each kind behind.
func (b *bench) seriesLife() {
	b.Helper()
	ctx, s := b.Context(), b.schedules()
	_, err := s.NextNumber(ctx, home)
	b.ok(err)
	kept, gone := daily("s1", 1), daily("s2", 2)
	b.saveSeries(&kept, ended(1))
	b.saveSeries(&gone, ended(1))
	b.ok(s.Revise(ctx, &kept, map[int]schedule.Entry{0: ended(2)}))
	b.ok(s.Remove(ctx, &gone, outbox.Effects{}))
	for _, id := range []string{schedule.Everybody, "c1", "c2"} {
		cal := schedule.Calendar{Community: home, ID: id}
		b.ok(s.KeepCalendar(ctx, &cal, outbox.Effects{}))
		if id == "c2" {
			b.ok(s.RemoveCalendar(ctx, &cal, outbox.Effects{}))
		}
	}
	for _, read := range []func() error{
		func() error { _, _, err := s.Load(ctx, home, "s1"); return err },
		func() error { _, err := s.List(ctx, home, 0, 10); return err },
		func() error { _, err := s.Log(ctx, home, "s1", 0, 10); return err },
		func() error { _, err := s.Undelivered(ctx, home, []bot.DeliveryKey{"k"}); return err },
		func() error { _, err := s.Calendar(ctx, home, "c1"); return err },
		func() error { _, err := s.Calendars(ctx, home); return err },
	} {
		b.ok(read())
	}
}

func TestASeriesComesBackAsItWasStored(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		ctx, s := b.Context(), b.schedules()
		r := daily("s1", 1)
		for version := int64(1); version <= 3; version++ {
			b.saveSeries(&r)
			got, cal, err := s.Load(ctx, home, "s1")
			b.ok(err)
			if r.Version != version || !reflect.DeepEqual(got, r) {
				t.Errorf("version %d:\n\t%+v, want\n\t%+v", version, got, r)
			}
			if !reflect.DeepEqual(cal, schedule.Calendars{{Community: home, ID: schedule.Everybody}}) {
				t.Errorf("a calendar that was never kept is %+v", cal)
			}
		}
		stale := r
		stale.Version--
		if err := s.Advance(ctx, &stale, []schedule.Entry{ended(1)}, outbox.Effects{}); bot.CodeOf(err) != bot.Conflict || stale.Version != 2 {
			t.Errorf("an old version was stored as version %d, %v", stale.Version, err)
		}
		again := r
		b.ok(s.Advance(ctx, &r, nil, outbox.Effects{Input: "in"}))
		if err := s.Advance(ctx, &again, []schedule.Entry{ended(1)}, outbox.Effects{Input: "in"}); !errors.Is(err, outbox.ErrRepeated) {
			t.Error("a repeated input:", err)
		}
		if log, err := s.Log(ctx, home, "s1", 0, 10); err != nil || len(log) > 0 {
			t.Errorf("what was not stored is in the log: %v, %v", log, err)
		}
		for c, id := range map[bot.CommunityID]string{home: "s2", "01other": "s1"} {
			if _, _, err := s.Load(ctx, c, id); bot.CodeOf(err) != bot.NotFound {
				t.Errorf("%s of %s: %v", id, c, err)
			}
		}
	})
}

func TestTheLogOfASeriesKeepsTheNewest(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		r := daily("s1", 1)
		var all []schedule.Entry
		for n := range schedule.LogLength + 50 {
			all = append(all, ended(n))
		}
		b.saveSeries(&r, all[:3]...)
		b.saveSeries(&r, all[3:schedule.LogLength+3]...)
		b.saveSeries(&r, all[schedule.LogLength+3:]...)
		slices.Reverse(all)
		for _, c := range []struct{ skip, limit, from, to int }{{0, 3, 0, 3}, {2, 5, 2, 7}, {0, 1000, 0, schedule.LogLength}, {schedule.LogLength, 5, 0, 0}, {0, 0, 0, 0}} {
			got, err := b.schedules().Log(b.Context(), home, "s1", c.skip, c.limit)
			b.ok(err)
			if want := all[c.from:c.to]; len(got) != len(want) || len(want) > 0 && !reflect.DeepEqual(got, want) {
				t.Errorf("after %d at most %d: %d entries, the first %+v", c.skip, c.limit, len(got), got)
			}
		}
	})
}

func TestEntriesOfTheLogAreRevised(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		ctx, s := b.Context(), b.schedules()
		r := daily("s1", 1)
		b.saveSeries(&r, ended(1), ended(2), ended(3))
		stale := r
		b.ok(s.Revise(ctx, &r, map[int]schedule.Entry{0: ended(30), 2: ended(10)}))
		if err := s.Revise(ctx, &stale, map[int]schedule.Entry{1: ended(20)}); bot.CodeOf(err) != bot.Conflict {
			t.Error("revised from an old version:", err)
		}
		got, err := s.Log(ctx, home, "s1", 0, 10)
		b.ok(err)
		if want := []schedule.Entry{ended(30), ended(2), ended(10)}; !reflect.DeepEqual(got, want) || r.Version != 2 {
			t.Errorf("version %d: %+v", r.Version, got)
		}
	})
}

func TestSeriesAreListedByTheirNumber(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		for i, id := range []string{"c", "a", "d", "b"} {
			r := daily(id, 10-i)
			b.saveSeries(&r)
			if id == "d" {
				b.ok(b.schedules().Remove(b.Context(), &r, outbox.Effects{}))
			}
		}
		for _, c := range []struct {
			skip, limit int
			want        string
		}{{0, 10, "b a c"}, {1, 1, "a"}, {3, 5, ""}, {0, 0, ""}} {
			found, err := b.schedules().List(b.Context(), home, c.skip, c.limit)
			b.ok(err)
			var got []string
			for _, r := range found {
				if r.Version != 1 || r.Community != home {
					t.Errorf("%+v", r)
				}
				got = append(got, r.ID)
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("after %d at most %d: %q, want %q", c.skip, c.limit, got, c.want)
			}
		}
	})
}

func TestARemovedSeriesLeavesNothing(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		ctx, s := b.Context(), b.schedules()
		r := daily("s1", 1)
		b.ok(s.Advance(ctx, &r, []schedule.Entry{ended(1)}, outbox.Effects{Jobs: []scheduler.Job{job(home, "series/s1", noon)}}))
		stale := r
		stale.Version = 7
		if err := s.Remove(ctx, &stale, outbox.Effects{}); bot.CodeOf(err) != bot.Conflict {
			t.Error("another version was removed:", err)
		}
		known := r
		b.ok(s.Remove(ctx, &r, outbox.Effects{Cancel: []string{"series/s1"}}))
		for _, name := range b.keys() {
			if strings.Contains(name, "series") || strings.HasSuffix(name, "}:jobs") {
				t.Errorf("%s is left: %s", name, b.read(name))
			}
		}
		if err := s.Advance(ctx, &known, nil, outbox.Effects{}); bot.CodeOf(err) != bot.Conflict {
			t.Error("a worker that knew it brought it back:", err)
		}
	})
}

func TestWhatBecameOfThePosts(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		b.queue(post("sent"), post("refused"), post("unsure"), post("waits"))
		a := b.end(b.begin("sent"), sentAs("1"), "refused")
		a = b.end(a, outbox.Ending{Outcome: outbox.Failed, Cause: "gone"}, "unsure")
		b.end(a, outbox.Ending{Outcome: outbox.Uncertain}, "waits")
		got, err := b.schedules().Undelivered(b.Context(), home, []bot.DeliveryKey{"sent", "refused", "unsure", "waits", "never"})
		b.ok(err)
		if want := (map[bot.DeliveryKey]outbox.Outcome{"refused": outbox.Failed, "unsure": outbox.Uncertain}); !reflect.DeepEqual(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		if got, err := b.schedules().Undelivered(b.Context(), home, nil); err != nil || len(got) > 0 {
			t.Errorf("of no posts: %v, %v", got, err)
		}
	})
}

func TestOrganizersAreKept(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		s := Communities{b.store}
		ana := bot.Account{Space: scichat.Space, User: "a/na\x00"}
		joe := bot.Account{Space: bot.SpaceID{Connection: "other", ID: "S2"}, User: "joe"}
		for range 2 {
			b.ok(s.NoteOrganizer(b.Context(), home, ana, true))
			b.ok(s.NoteOrganizer(b.Context(), home, joe, true))
		}
		b.ok(s.NoteOrganizer(b.Context(), home, bot.Account{User: "nobody"}, false))
		got, err := s.Organizers(b.Context(), home)
		b.ok(err)
		if len(got) != 2 || !slices.Contains(got, ana) || !slices.Contains(got, joe) {
			t.Errorf("organizers are %v", got)
		}
		b.ok(s.NoteOrganizer(b.Context(), home, ana, false))
		if got, err := s.Organizers(b.Context(), home); err != nil || !slices.Equal(got, []bot.Account{joe}) {
			t.Errorf("organizers are %v, %v", got, err)
		}
		if got, err := s.Organizers(b.Context(), "01other"); err != nil || len(got) > 0 {
			t.Errorf("of another community: %v, %v", got, err)
		}
	})
}

// nobody is who there is for a schedule that only keeps time.
type nobody struct{}

func (nobody) OrganizersRoom(context.Context, bot.CommunityID, bot.SpaceID) (bot.Channel, string, bool, error) {
	return bot.Channel{}, "", false, nil
}

func (nobody) Home(context.Context, bot.SpaceID) (schedule.Home, error) { return schedule.Home{}, nil }
func (nobody) Organizers(context.Context, bot.CommunityID) ([]bot.Account, error) {
	return nil, nil
}
func (nobody) Member(context.Context, bot.Account, string) (bot.Member, error) {
	return bot.Member{}, nil
}

// series is a schedule on the bench's store, and the platform that it posts to.
type series struct {
	*bench
	start    time.Time
	platform *bottest.Adapter
}

// process is one life of the program: it adds the series if there is none yet,
// and does what is due until three days later. The series counts by powers of ten.
func (s *series) process() {
	service := schedule.New(schedule.Options{
		Store: s.schedules(), People: nobody{}, Words: bottest.Words{}, Log: slog.New(slog.DiscardHandler),
	})
	service.Kind(schedule.Kind{Name: "test", Remember: func(_ context.Context, o schedule.Occurrence) (outbox.Effects, json.RawMessage, error) {
		item := post(bot.DeliveryKey(o.Series.Title + o.At.Format(" Mon")))
		return outbox.Effects{Posts: []outbox.Item{item}}, append(slices.Clone(o.Series.Payload), '0'), nil
	}})
	runner := scheduler.NewRunner(s.store, scheduler.Options{})
	runner.Handle(schedule.JobKind, service.Step)
	runner.Handle(outbox.JobKind, outbox.NewSender(s.store, bot.NewSwitchboard(s.platform), outbox.Options{}).Drain)
	found, err := s.schedules().List(s.Context(), home, 0, 10)
	if err != nil {
		return
	}
	if len(found) == 0 {
		r := daily("", 0)
		r.Paused, r.Until, r.Courses, r.Kind, r.Title = false, s.start.Add(2*24*time.Hour), nil, "test", "it"
		r.Payload = json.RawMessage("1")
		_ = service.Add(s.Context(), &r, bot.InputID(s.start.String())) // the test looks at what it did
	}
	_ = s.clock.RunUntil(s.Context(), runner, s.start.Add(3*24*time.Hour))
}

// Wherever the program dies, each occurrence has one end and one effect.
func TestEachOccurrenceEndsOnceWhereverTheProcessDies(t *testing.T) {
	eachAtNoon(t, func(b *bench) { b.everyDeath(300, b.dieInSeries) })
}

// dieInSeries ends the first life of the program at the nth command, and reports
// whether it had so many.
func (b *bench) dieInSeries(n int, late bool) bool {
	b.Helper()
	b.empty()
	s := &series{bench: b, start: b.clock.Now(), platform: bottest.NewAdapter("test", b.clock.Now)}
	b.calls.DieAt(n, late)
	s.process()
	died := b.calls.Revive()
	b.store = b.open()
	s.process()
	b.clock.Set(s.start.Add(4 * 24 * time.Hour))

	found, err := b.schedules().List(b.Context(), home, 0, 10)
	b.ok(err)
	if len(found) != 1 {
		b.Fatalf("there are %d series", len(found))
	}
	if got := string(found[0].Payload); got != "100" {
		b.Errorf("two occurrences are remembered as %s", got)
	}
	entries, err := b.schedules().Log(b.Context(), home, found[0].ID, 0, 100)
	b.ok(err)
	var ends []string
	for _, e := range slices.Backward(entries) {
		ends = append(ends, e.At.Format("Mon ")+string(e.Outcome))
	}
	var posted []string
	for _, e := range s.platform.Ledger() {
		posted = append(posted, string(e.Key))
	}
	var wantEnds, wantPosted []string
	for day := range 2 {
		on := s.start.Add(time.Duration(day) * 24 * time.Hour).Format("Mon")
		wantEnds, wantPosted = append(wantEnds, on+" done"), append(wantPosted, "it "+on)
	}
	if !slices.Equal(ends, wantEnds) {
		b.Errorf("it ended as %q, want %q", ends, wantEnds)
	}
	if !slices.Equal(posted, wantPosted) {
		b.Errorf("on the platform stand %q, want %q", posted, wantPosted)
	}
	b.wantNoJobs()
	return died
}

func everybodysCalendar(c bot.CommunityID) schedule.Calendar {
	return schedule.Calendar{Community: c, ID: schedule.Everybody}
}
