package redis

import (
	"reflect"
	"testing"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/bot/schedule"
	"github.com/staffroom-bot/staffroom/scheduler"
	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

func TestACalendarComesBackAsItWasStored(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		ctx, s := b.Context(), b.schedules()
		list, err := rule.ParseHolidays("2026-12-24..2027-01-06 Winter break")
		b.ok(err)
		cal := schedule.Calendar{
			Community: home, ID: schedule.Everybody, Days: list.All(),
			Feed: &schedule.Feed{Address: "https://example.org", Zone: "UTC", Days: list.All(), Due: noon, Read: noon, Failures: 2, Trouble: schedule.NotThere, Told: true},
		}
		for version := int64(1); version <= 2; version++ {
			b.ok(s.KeepCalendar(ctx, &cal, outbox.Effects{Jobs: []scheduler.Job{job(home, "calendar", noon)}}))
			got, err := s.Calendar(ctx, home, schedule.Everybody)
			b.ok(err)
			if cal.Version != version || !reflect.DeepEqual(got, cal) {
				t.Errorf("version %d:\n\t%+v, want\n\t%+v", version, got, cal)
			}
		}
		r := daily("s1", 1)
		b.saveSeries(&r)
		if _, got, err := s.Load(ctx, home, "s1"); err != nil || !reflect.DeepEqual(got, schedule.Calendars{cal}) {
			t.Errorf("with a series comes %+v, %v", got, err)
		}
		stale := cal
		stale.Version = 1
		if err := s.KeepCalendar(ctx, &stale, outbox.Effects{}); bot.CodeOf(err) != bot.Conflict {
			t.Error("an old version was stored:", err)
		}
		b.wantClaimed("calendar")
	})
}

func TestCalendarsWithNames(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		ctx, s := b.Context(), b.schedules()
		if _, err := s.Calendar(ctx, home, "c1"); bot.CodeOf(err) != bot.NotFound {
			t.Errorf("one that is not there: %v", err)
		}
		list, err := rule.ParseHolidays("2026-12-24..2027-01-06 Winter break")
		b.ok(err)
		named := func(id, name string) schedule.Calendar {
			cal := schedule.Calendar{Community: home, ID: id, Name: name, Days: list.All()}
			b.ok(s.KeepCalendar(ctx, &cal, outbox.Effects{}))
			return cal
		}
		washington, lincoln := named("c1", "Washington"), named("c2", "Lincoln")
		everybody := schedule.Calendar{Community: home, ID: schedule.Everybody}
		all, err := s.Calendars(ctx, home)
		b.ok(err)
		if want := (schedule.Calendars{everybody, lincoln, washington}); !reflect.DeepEqual(all, want) {
			t.Errorf("there are\n\t%+v, want\n\t%+v", all, want)
		}
		if other, err := s.Calendars(ctx, "01other"); err != nil || len(other) != 1 || other[0].ID != schedule.Everybody {
			t.Errorf("another community has %+v, %v", other, err)
		}
		// A series comes with those it uses.
		r := daily("s1", 1)
		r.Calendars = []string{"c1", "c9"}
		b.saveSeries(&r)
		got, cals, err := s.Load(ctx, home, "s1")
		b.ok(err)
		if want := (schedule.Calendars{everybody, washington}); !reflect.DeepEqual(cals, want) || !reflect.DeepEqual(got, r) {
			t.Errorf("with a series come\n\t%+v, want\n\t%+v", cals, want)
		}
		stale := washington
		stale.Version = 0
		if err := s.RemoveCalendar(ctx, &stale, outbox.Effects{}); bot.CodeOf(err) != bot.Conflict {
			t.Error("an old version was removed:", err)
		}
		b.ok(s.RemoveCalendar(ctx, &washington, outbox.Effects{Jobs: []scheduler.Job{job(home, "calendar", noon)}}))
		if _, err := s.Calendar(ctx, home, "c1"); bot.CodeOf(err) != bot.NotFound {
			t.Errorf("one that was removed: %v", err)
		}
		if _, cals, err := s.Load(ctx, home, "s1"); err != nil || len(cals) != 1 {
			t.Errorf("then come %+v, %v", cals, err)
		}
		b.wantClaimed("calendar")
	})
}
