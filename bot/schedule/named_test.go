package schedule

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

// newCalendar makes a calendar as an organizer does, and gives its ID.
func (c *counter) newCalendar(name string, days ...string) string {
	c.Helper()
	form := c.ask(holidaysPath, "for", name).Form
	if form == nil || form.Fields[0].Value != name {
		c.Fatalf("%s: the form is %+v", name, form)
	}
	c.wantSaid(c.ask(form.Path, "name", name, "days", strings.Join(days, "\n")), "holidays.named.list name="+name)
	all, err := c.memory.Calendars(c.Context(), home)
	c.ok(err)
	cal, ok := all.find(withName(name))
	if !ok {
		c.Fatalf("%s was not kept", name)
	}
	return cal.ID
}

// A series goes by everybody's holidays and by those of the calendars it uses.
func TestASeriesUsesCalendars(t *testing.T) {
	c := newCounter(t, "2026-03-02 08:00")
	c.holidays("2026-03-03 Town meeting")
	lincoln := c.newCalendar("Lincoln", "2026-03-04 Founders' day", "2026-03-06 Fair")
	plain, schools := c.add("daily at 15:00 except holidays"), c.add("daily at 15:00 except holidays")
	c.wantSaid(c.ask(seriesPath+"use/"+schools.ID+"/"+lincoln), "schedule.calendars title=Test names=Lincoln")
	c.workUntil("2026-03-05 08:00")
	c.wantLog(plain, "Mon 2 15:00 done", "Tue 3 15:00 skipped holiday Town meeting", "Wed 4 15:00 done")
	c.wantLog(schools, "Mon 2 15:00 done", "Tue 3 15:00 skipped holiday Town meeting", "Wed 4 15:00 skipped holiday Founders' day")

	// What changes in the calendar changes the series, at once.
	cal := Calendar{ID: lincoln}
	c.wantSaid(c.ask(cal.path("added"), "days", "2026-03-05 Snow"), "holidays.added n=1", "holidays.named.list name=Lincoln")
	c.wantSaid(c.ask(cal.path("removed"), "which", mark(rule.Holiday{First: rule.DateOf(local(t, newYork, "2026-03-06 00:00")), Last: rule.DateOf(local(t, newYork, "2026-03-06 00:00")), Name: "Fair"})), "holidays.removed")
	c.work()
	c.wantSaid(c.ask(seriesPath+"preview/"+schools.ID), "Thu 5 Mar", "Snow")
	c.workUntil("2026-03-07 08:00")
	log := c.log(schools)
	if want := []string{"Thu 5 15:00 skipped holiday Snow", "Fri 6 15:00 done"}; !slices.Equal(log[3:], want) {
		t.Errorf("with the calendar changed: %q", log[3:])
	}

	// Without it, and used again; then it is removed.
	c.wantSaid(c.ask(seriesPath+"unuse/"+schools.ID+"/"+lincoln), "schedule.calendars.none title=Test")
	c.ask(cal.path("added"), "days", "2026-03-07..2026-03-20 Break")
	c.workUntil("2026-03-08 08:00")
	c.ask(seriesPath + "use/" + schools.ID + "/" + lincoln)
	c.ask(seriesPath + "use/" + schools.ID + "/" + lincoln) // pressed twice
	c.workUntil("2026-03-09 08:00")
	c.wantSaid(c.ask("/organize/calendar-forget/"+lincoln), "holidays.named.remove.ask name=Lincoln")
	c.wantSaid(c.ask("/organize/calendar-forget-now/"+lincoln), "holidays.named.removed name=Lincoln")
	c.workUntil("2026-03-10 08:00")
	log = c.log(schools)
	if want := []string{"Sat 7 15:00 done", "Sun 8 15:00 skipped holiday Break", "Mon 9 15:00 done"}; !slices.Equal(log[5:], want) {
		t.Errorf("without the calendar, with it, and after its end: %q", log[5:])
	}
	c.wantNext(schools.ID, "2026-03-10 15:00")
}

// Who does not use calendars with names does not hear of them.
func TestWithoutCalendarsThereIsNoChoice(t *testing.T) {
	c := newCounter(t, "2026-03-02 08:00")
	r := c.add("daily at 15:00")
	if got := labels(c.ask(seriesPath + r.ID)); slices.Contains(got, "en schedule.button.calendars") {
		t.Errorf("the buttons are %q", got)
	}
	lincoln := c.newCalendar("Lincoln", "2026-03-04")
	if got := labels(c.ask(seriesPath + r.ID)); !slices.Contains(got, "en schedule.button.calendars") {
		t.Errorf("the buttons are %q", got)
	}
	if got := labels(c.ask(holidaysPath)); !slices.Contains(got, "Lincoln") {
		t.Errorf("the buttons of everybody's are %q", got)
	}
	reply := c.ask(seriesPath + "calendars/" + r.ID)
	c.wantSaid(reply, "schedule.calendars.none title=Test", "schedule.calendars.ignored") // "daily at 15:00" heeds no holidays
	if got := reply.Message.Controls[0].Path; got != seriesPath+"use/"+r.ID+"/"+lincoln {
		t.Errorf("the first button leads to %s", got)
	}
}

func TestCalendarsThatCannotBeMade(t *testing.T) {
	c := newCounter(t, "2026-03-02 08:00")
	lincoln := c.newCalendar("Lincoln", "2026-03-04")
	for _, tt := range []struct{ name, days, field, want string }{
		{"", "2026-03-04", "name", "schedule.form.needed"},
		{strings.Repeat("x", mostButton+1), "2026-03-04", "name", "schedule.form.needed"},
		{" lincoln ", "2026-03-04", "name", "holidays.named.taken name=lincoln"},
		{"Washington", "", "days", "holidays.add.empty"},
		{"Washington", "soon", "days", "holidays.problem.no_day"},
	} {
		reply := c.ask("/organize/calendar-new", "name", tt.name, "days", tt.days)
		if got := reply.FieldErrors[tt.field].String(); len(reply.FieldErrors) != 1 || !strings.Contains(got, tt.want) {
			t.Errorf("%q, %q: %+v", tt.name, tt.days, reply.FieldErrors)
		}
	}
	c.wantSaid(c.ask(holidaysPath, "for", "LINCOLN"), "holidays.named.list name=Lincoln")
	for n := 1; n < mostCalendars; n++ {
		c.newCalendar(fmt.Sprint("School ", n), "2026-03-04")
	}
	if _, err := c.router.Ask(c.Context(), c.request(holidaysPath, "for", "One more")); bot.CodeOf(err) != bot.Invalid {
		t.Errorf("one too many: %v", err)
	}
	if got := c.ask("/organize/calendar-new", "name", "One more", "days", "2026-03-04").FieldErrors["name"].String(); !strings.Contains(got, "too_many most=15") {
		t.Errorf("one too many: %q", got)
	}
	choices, err := c.completeCalendar(c.Context(), c.request(holidaysPath, "for", "school 1"))
	if err != nil || len(choices) != 6 {
		t.Errorf("proposed is %v, %v", choices, err)
	}

	// The same form twice makes one; what is gone is gone.
	req := c.request("/organize/calendar-forget-now/" + lincoln)
	for range 2 {
		_, err := c.router.Ask(c.Context(), req)
		if err != nil && bot.CodeOf(err) != bot.NotFound {
			t.Error(err)
		}
	}
	req = c.request("/organize/calendar-new", "name", "Lincoln", "days", "2026-03-04")
	for range 2 {
		reply, err := c.router.Ask(c.Context(), req)
		if err != nil || reply.Message == nil && reply.FieldErrors["name"].Empty() {
			t.Errorf("%+v, %v", reply, err)
		}
	}
	for _, path := range []string{"/organize/calendar/", "/organize/calendar-added/", "/organize/calendar-remove/", "/organize/calendar-address/", "/organize/calendar-forget/"} {
		if _, err := c.router.Ask(c.Context(), c.request(path+lincoln, "days", "2026-03-05")); bot.CodeOf(err) != bot.NotFound {
			t.Errorf("%s: %v", path, err)
		}
	}
	r := c.add("daily at 15:00")
	if _, err := c.router.Ask(c.Context(), c.request(seriesPath+"use/"+r.ID+"/"+lincoln)); bot.CodeOf(err) != bot.NotFound {
		t.Errorf("using it: %v", err)
	}
}

// Each calendar is read from its own address, by its own job.
func TestACalendarWithANameIsReadFromTheWeb(t *testing.T) {
	c := newCounter(t, "2026-03-02 08:00")
	lincoln := c.newCalendar("Lincoln", "2026-03-04")
	r := c.add("daily at 15:00 except holidays")
	c.ask(seriesPath + "use/" + r.ID + "/" + lincoln)
	c.web.file = File{Body: calendarFile("20260303 Fair")}
	cal := Calendar{ID: lincoln}
	c.wantSaid(c.ask(cal.path("addressed"), "address", address), "holidays.address.saved", "holidays.named.list name=Lincoln", "holidays.feed.soon")
	c.workUntil("2026-03-04 08:00")
	c.wantLog(r, "Mon 2 15:00 done", "Tue 3 15:00 skipped holiday Fair")
	if len(c.web.asked) < 2 {
		t.Errorf("it was read %d times in two days", len(c.web.asked))
	}
	// Trouble is told with the way to that calendar; its end ends the reading.
	c.web.err = &bot.Error{Code: bot.NotFound}
	c.ask(cal.path("addressed"), "address", address+"2")
	c.work()
	var paths []string
	for _, item := range c.memory.posts {
		if item.Post.Direct != nil {
			paths = append(paths, item.Post.Message.Controls[0].Path)
		}
	}
	if want := []string{"/organize/calendar/" + lincoln, "/organize/calendar/" + lincoln}; !slices.Equal(paths, want) {
		t.Errorf("told with the way to %q", paths)
	}
	asked := len(c.web.asked)
	c.ask("/organize/calendar-forget-now/" + lincoln)
	c.workUntil("2026-03-10 08:00")
	if len(c.web.asked) != asked {
		t.Error("a calendar that was removed is still read")
	}
}

// A member's place is their own clock, everybody's holidays and those of their
// group, and the days on which they are away.
func TestTheirOwnPlace(t *testing.T) {
	c := newCounter(t, "2026-03-02 08:00")
	c.holidays("2026-03-03 Town meeting")
	lincoln := c.newCalendar("Lincoln", "2026-03-04 Founders' day")
	ana := bot.Member{Community: home, Zone: "Europe/Madrid", Away: bot.Away{From: "2026-03-05", Until: "2026-03-06"}}
	happens := func(m bot.Member, ids ...string) (out []string) {
		t.Helper()
		in, err := c.Place(t.Context(), m, ids...)
		c.ok(err)
		track := rule.Track{Since: local(t, newYork, "2026-03-02 08:00")}
		for len(out) < 4 {
			o, ok := track.Next(parse(t, "daily at 15:00 except holidays"), in)
			if !ok {
				t.Fatal("it never comes")
			}
			track = track.Past(o)
			if !o.Skipped {
				out = append(out, o.At.Format("Mon 2 15:04"))
			}
		}
		return out
	}
	for _, tt := range []struct {
		got  []string
		want string
	}{
		{happens(ana, lincoln), "Mon 2 14:00, Sat 7 14:00, Sun 8 14:00, Mon 9 14:00"},
		{happens(ana), "Mon 2 14:00, Wed 4 14:00, Sat 7 14:00, Sun 8 14:00"},
		{happens(bot.Member{Community: home, Zone: newYork}), "Mon 2 20:00, Wed 4 20:00, Thu 5 20:00, Fri 6 20:00"},
		{happens(bot.Member{Community: home, Zone: newYork, Away: bot.Away{From: "soon", Until: "later"}}), "Mon 2 20:00, Wed 4 20:00, Thu 5 20:00, Fri 6 20:00"},
	} {
		if got := strings.Join(tt.got, ", "); got != tt.want {
			t.Errorf("got %s, want %s", got, tt.want)
		}
	}
	// What is open closes later for who was away: a Thursday and a Friday.
	in, err := c.Place(t.Context(), ana)
	c.ok(err)
	got := Stretch(local(t, "Europe/Madrid", "2026-03-04 15:00"), local(t, "Europe/Madrid", "2026-03-06 17:00"), in)
	if want := local(t, "Europe/Madrid", "2026-03-10 17:00"); !got.Equal(want) {
		t.Errorf("it closes at %s, want %s", got.In(want.Location()), want)
	}
	if _, err := c.Place(t.Context(), bot.Member{Community: home, Zone: "Nowhere/Land"}); err == nil {
		t.Error("a zone that there is not has a place")
	}
	c.memory.down = &bot.Error{Code: bot.Unavailable}
	if _, err := c.Place(t.Context(), ana); bot.CodeOf(err) != bot.Unavailable {
		t.Errorf("without the store: %v", err)
	}
}

// Whoever an occurrence is for being away is a reason of its own.
func TestWhatIsSkippedForBeingAway(t *testing.T) {
	r := Series{Rule: parse(t, "daily at 15:00"), Zone: newYork, Grace: time.Hour, Courses: map[string]Course{newYork: {Settled: local(t, newYork, "2026-03-02 08:00")}}}
	in, err := Calendars{}.place(newYork, nil)
	if err != nil {
		t.Fatal(err)
	}
	in.Away, _ = awayDays(bot.Away{From: "2026-03-02", Until: "2026-03-02"})
	p := r.planDue(newYork, in, local(t, newYork, "2026-03-03 15:00"), "")
	if len(p.entries) != 1 || p.entries[0].Reason != Away || p.entries[0].Detail != "" || !p.happens {
		t.Errorf("it is %+v", p)
	}
}
