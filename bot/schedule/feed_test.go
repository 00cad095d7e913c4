package schedule

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

// calendarFile is an iCalendar file with a holiday a line: "20260310 Fair".
func calendarFile(days ...string) []byte {
	lines := []string{"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN"}
	for _, day := range days {
		date, name, _ := strings.Cut(day, " ")
		lines = append(lines, "BEGIN:VEVENT", "UID:"+date, "DTSTAMP:20260101T000000Z", "DTSTART;VALUE=DATE:"+date, "SUMMARY:"+name, "END:VEVENT")
	}
	return []byte(strings.Join(append(lines, "END:VCALENDAR", ""), "\r\n"))
}

const address = "https://calendar.example.org/private-s3cret/days.ics"

// giveAddress gives the community the address of a calendar, which is then read.
func (c *counter) giveAddress() {
	c.Helper()
	c.wantSaid(c.ask("/organize/holidays-addressed", "address", address), "holidays.address.saved", "holidays.feed.soon host=calendar.example.org")
	c.work()
}

func (c *counter) feed() Feed {
	c.Helper()
	cal, err := c.memory.Calendar(c.Context(), home, Everybody)
	c.ok(err)
	return *cal.Feed
}

// wantHolidays says which holidays count, as "2026-03-10 Fair".
func (c *counter) wantHolidays(want ...string) {
	c.Helper()
	cal, err := c.memory.Calendar(c.Context(), home, Everybody)
	c.ok(err)
	var got []string
	for _, h := range cal.all() {
		got = append(got, h.First.String()+" "+h.Name)
	}
	if strings.Join(got, ", ") != strings.Join(want, ", ") {
		c.Errorf("holidays are %q, want %q", got, want)
	}
}

// told is whom the bot has written to, and what.
func (c *counter) told() []string {
	var out []string
	for _, item := range c.memory.posts {
		if item.Post.Direct != nil {
			out = append(out, item.Post.Direct.User+": "+item.Post.Message.Text.String())
		}
	}
	return out
}

func TestACalendarIsReadEveryDay(t *testing.T) {
	c := newCounter(t, "2026-03-02 08:00")
	r := c.add("daily at 15:00 except holidays")
	c.web.file = File{Body: calendarFile("20260303 Fair", "20190101 Long over", "20400101 Far away", "20260304"), Known: Known{ETag: "1", Modified: "then"}}
	c.giveAddress()
	c.wantHolidays("2026-03-03 Fair", "2026-03-04 ")
	c.wantSaid(c.ask(holidaysPath), "Tue 3 Mar 2026 name=Fair", "holidays.feed.read host=calendar.example.org")
	due := c.feed().Due.Sub(c.memory.clock.Now())
	if due < readEvery || due > readEvery+readWithin {
		t.Errorf("it is read again after %s", due)
	}

	c.web.file = File{Unchanged: true}
	c.workUntil("2026-03-05 08:00")
	if n := len(c.web.asked); n < 3 || n > 4 || c.web.asked[1] != (Known{ETag: "1", Modified: "then"}) {
		t.Errorf("asked with %+v", c.web.asked)
	}
	c.wantHolidays("2026-03-03 Fair", "2026-03-04 ")
	c.wantLog(r, "Mon 2 15:00 done", "Tue 3 15:00 skipped holiday Fair", "Wed 4 15:00 skipped holiday")

	// After a month the file is fetched as if for the first time.
	c.workUntil("2026-04-04 08:00")
	whole := 0
	for _, known := range c.web.asked[1:] {
		if known == (Known{}) {
			whole++
		}
	}
	if whole == 0 {
		t.Error("the file was never fetched whole again")
	}

	c.web.file = File{Body: calendarFile("20260410 Spring day")}
	c.workUntil("2026-04-06 08:00")
	c.wantHolidays("2026-04-10 Spring day")

	c.wantSaid(c.ask("/organize/holidays-addressed", "address", " "), "holidays.address.none")
	c.work()
	c.wantHolidays()
	asked := len(c.web.asked)
	c.workUntil("2026-04-20 08:00")
	if len(c.web.asked) != asked {
		t.Error("it is still read")
	}
}

func TestTroubleWithACalendar(t *testing.T) {
	cases := map[string]struct {
		file    File
		err     error
		trouble Trouble
	}{
		"no address": {err: &bot.Error{Code: bot.Invalid}, trouble: NoAddress},
		"not there":  {err: &bot.Error{Code: bot.NotFound}, trouble: NotThere},
		"closed":     {err: &bot.Error{Code: bot.Forbidden}, trouble: Closed},
		"too long":   {err: &bot.Error{Code: bot.Permanent}, trouble: Unsuitable},
		"down":       {err: &bot.Error{Code: bot.Unavailable}, trouble: Unreachable},
		"odd":        {err: errors.New("odd"), trouble: Unreachable},
		"a page":     {file: File{Body: []byte("<html>")}, trouble: NoCalendar},
		"cut short":  {file: File{Body: []byte("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n")}, trouble: NoCalendar},
		"nothing":    {file: File{}, trouble: NoCalendar},
	}
	for name, tt := range cases {
		t.Run(name, func(t *testing.T) {
			c := newCounter(t, "2026-03-02 08:00")
			c.web.file, c.web.err = tt.file, tt.err
			c.giveAddress()
			want := "holidays.feed.trouble host=calendar.example.org why="
			if told := c.told(); len(told) != 2 || !strings.Contains(told[0], "ana: en "+want+"en holidays.trouble."+string(tt.trouble)) ||
				!strings.Contains(told[1], "luis: es "+want+"es ") {
				t.Errorf("told was %q", told)
			}
			if ana, luis := c.memory.posts[0].Unasked, c.memory.posts[1].Unasked; ana != nil || luis == nil || luis.Zone != newYork || luis.Language != "es" {
				t.Errorf("ana has just given the address, luis has not; unasked are %+v and %+v", ana, luis)
			}
			for _, told := range c.told() {
				if strings.Contains(told, "s3cret") {
					t.Errorf("the address is given away: %q", told)
				}
			}
			c.wantSaid(c.ask(holidaysPath), want)
			c.workUntil("2026-03-12 08:00")
			if told := c.told(); len(told) != 2 {
				t.Errorf("told again was %q", told)
			}
			if n := len(c.web.asked); n < 8 || n > 20 {
				t.Errorf("it was asked %d times in ten days", n)
			}

			c.web.file, c.web.err = File{Body: calendarFile("20260320 Fair")}, nil
			c.workUntil("2026-03-14 08:00")
			c.wantHolidays("2026-03-20 Fair")
			if f := c.feed(); f.Trouble != "" || f.Told || f.Failures > 0 {
				t.Errorf("still in trouble: %+v", f)
			}
		})
	}
}

// A calendar that was good stays while it cannot be read. Organizers hear of it
// when that lasts, once, and again when it happens anew.
func TestTheLastGoodCopyIsKept(t *testing.T) {
	c := newCounter(t, "2026-03-02 08:00")
	good := File{Body: calendarFile("20260320 Fair")}
	c.web.file = good
	c.giveAddress()
	down := &bot.Error{Code: bot.Unavailable}

	c.web.err = down
	c.workUntil("2026-03-03 12:00")
	if c.feed().Trouble == "" {
		t.Fatal("it was not read again")
	}
	c.wantHolidays("2026-03-20 Fair")
	if told := c.told(); len(told) > 0 {
		t.Errorf("told too soon: %q", told)
	}
	c.web.err = nil
	c.workUntil("2026-03-05 08:00")
	for n := range 2 {
		c.web.err = down
		c.workUntil(time.Date(2026, 3, 10+10*n, 8, 0, 0, 0, time.UTC).Format("2006-01-02 15:04"))
		c.wantHolidays("2026-03-20 Fair")
		if c.memory.posts[2*n].Unasked == nil {
			t.Error("nobody waits for news of a calendar that was good")
		}
		if told := c.told(); len(told) != 2*(n+1) || !strings.Contains(told[2*n], "holidays.feed.last when=") {
			t.Errorf("told was %q", told)
		}
		c.web.err = nil
		c.workUntil(time.Date(2026, 3, 13+10*n, 8, 0, 0, 0, time.UTC).Format("2006-01-02 15:04"))
	}
}

// The calendar is read by a job that may run twice, and meet an organizer.
func TestRefreshingTwiceHasOneEffect(t *testing.T) {
	c := newCounter(t, "2026-03-02 08:00")
	c.web.err = &bot.Error{Code: bot.Unavailable}
	c.ask("/organize/holidays-addressed", "address", address)
	j := c.memory.jobs[CalendarJobKind]
	c.memory.before = func() { c.ok(c.run(j)) }
	if err := c.run(j); err == nil || err.Error() != "again after 0s: conflict" {
		t.Errorf("the slower one ends with %v", err)
	}
	c.ok(c.run(j))
	if told := c.told(); len(told) != 2 {
		t.Errorf("told was %q", told)
	}
	c.memory.down = &bot.Error{Code: bot.Unavailable}
	if err := c.run(j); err == nil || err.Error() != "again after 5s: unavailable" {
		t.Errorf("got %v", err)
	}
}

// A rule that moves to the next working day follows every change of the
// calendar, forwards and back.
func TestSeriesFollowTheCalendar(t *testing.T) {
	c := newCounter(t, "2026-03-02 08:00")
	r := c.add("every wednesday at 15:00 or the next working day if it is a holiday")
	other := c.add("daily at 9:00")
	c.holidays("2026-03-04..2026-03-05 Fair")
	c.wantNext(r.ID, "2026-03-04 15:00") // where its end will be told
	c.workUntil("2026-03-04 18:00")
	c.wantNext(r.ID, "2026-03-06 15:00")
	c.holidays("2026-03-04..2026-03-06 Fair")
	c.wantNext(r.ID, "2026-03-09 15:00")
	c.holidays("2026-03-04 Fair")
	c.wantNext(r.ID, "2026-03-05 15:00")
	c.workUntil("2026-03-12 18:00")
	c.wantLog(r, "Wed 4 15:00 skipped holiday Fair", "Thu 5 15:00 done", "Wed 11 15:00 done")

	writes := len(c.memory.calls)
	c.holidays("2026-08-01 Summer")
	if len(c.memory.calls) != writes+1 {
		t.Errorf("nothing has changed for the series, but %d were written", len(c.memory.calls)-writes-1)
	}
	c.wantNext(other.ID, "2026-03-13 09:00")
}

func TestManySeriesFollowTheCalendar(t *testing.T) {
	c := newCounter(t, "2026-03-02 08:00")
	for range 120 {
		c.add("every wednesday at 15:00 or the next working day if it is a holiday")
	}
	c.workUntil("2026-03-03 08:00")
	c.holidays("2026-03-04 Fair")
	c.workUntil("2026-03-04 15:00")
	for id := range c.memory.series {
		c.wantNext(id, "2026-03-05 15:00")
	}
}

func TestPastedHolidays(t *testing.T) {
	c := newCounter(t, "2026-03-02 08:00")
	c.wantSaid(c.ask(holidaysPath), "holidays.list.empty")
	faults := map[string]string{
		"":                                       "holidays.add.empty",
		"# only a comment":                       "holidays.add.empty",
		"2026-03-10 Fair\nnonsense":              "holidays.add.line line=2 typed=nonsense why=en holidays.problem.no_day",
		"2026-02-30":                             "holidays.problem.no_such_date",
		"2026-03-10..2026-03-09":                 "holidays.problem.ends_before_begin",
		"2026-03-10..2029-03-09":                 "holidays.problem.too_many_days",
		strings.Repeat("x\n", 9):                 "holidays.add.lines n=4",
		"2026-03-10 " + strings.Repeat("x", 400): "holidays.problem.too_long",
	}
	for typed, want := range faults {
		fault := c.ask("/organize/holidays-added", "days", typed).FieldErrors["days"].String()
		if !strings.Contains(fault, want) {
			t.Errorf("%q: %q, want %q", typed, fault, want)
		}
	}
	if len(c.memory.calendars) > 0 {
		t.Error("something was kept")
	}
	c.wantSaid(c.ask("/organize/holidays-added", "days", "2026-03-10..2026-03-12 Fair\n\n25 May 2026 Memorial Day"),
		"holidays.added n=2", "Tue 10 Mar 2026 – Thu 12 Mar 2026 name=Fair", "Mon 25 May 2026 name=Memorial Day")
	c.ask("/organize/holidays-added", "days", "2026-03-10..2026-03-12 Fair") // again
	c.ask("/organize/holidays-added", "days", "2026-03-10 Other\n2026-02-27 Over")
	c.wantHolidays("2026-02-27 Over", "2026-03-10 Other", "2026-03-10 Fair", "2026-05-25 Memorial Day")

	form := c.ask("/organize/holidays-remove").Form
	if form == nil || len(form.Fields[0].Choices) != 3 {
		t.Fatalf("the form is %+v", form)
	}
	which := form.Fields[0].Choices[1]
	if which.Label != "Tue 10 Mar 2026 – Thu 12 Mar 2026 · Fair" {
		t.Errorf("offered is %q", which.Label)
	}
	c.wantSaid(c.ask(form.Path, "which", which.Value), "holidays.removed days=Tue 10 Mar 2026 – Thu 12 Mar 2026 name=Fair")
	c.wantSaid(c.ask(form.Path, "which", which.Value), "holidays.remove.gone")
	c.wantHolidays("2026-02-27 Over", "2026-03-10 Other", "2026-05-25 Memorial Day")
	c.workUntil("2026-07-01 08:00")
	c.wantSaid(c.ask("/organize/holidays-remove"), "holidays.remove.none", "holidays.list.empty")

	var many []string
	first := local(t, newYork, "2027-01-01 12:00")
	for n := range mostDays + 1 {
		many = append(many, first.AddDate(0, 0, 2*n).Format(time.DateOnly))
	}
	if fault := c.ask("/organize/holidays-added", "days", strings.Join(many, "\n")).FieldErrors["days"].String(); !strings.Contains(fault, "too_many most=400") {
		t.Errorf("got %q", fault)
	}
	c.wantSaid(c.ask("/organize/holidays-added", "days", strings.Join(many[:mostDays], "\n")), "holidays.more n=385")
	c.wantHolidays(func() (want []string) {
		for _, day := range many[:mostDays] {
			want = append(want, day+" ")
		}
		return want
	}()...) // what was long over has made room
}

func TestAddresses(t *testing.T) {
	for typed, want := range map[string]string{
		"https://example.org/days.ics": "https://example.org/days.ics", " webcal://example.org/x ": "https://example.org/x",
		"http://example.org": "http://example.org", "": "", "example.org": "-", "ftp://example.org/": "-", "https://": "-",
		"javascript:alert(1)": "-", "https://" + strings.Repeat("x", 600): "-", "https://exa mple.org/": "-",
	} {
		got, ok := readAddress(typed)
		if !ok {
			got = "-"
		}
		if got != want {
			t.Errorf("%q: %q, want %q", typed, got, want)
		}
	}
	c := newCounter(t, "2026-03-02 08:00")
	if c.ask("/organize/holidays-addressed", "address", "nonsense").FieldErrors["address"].Empty() {
		t.Error("nonsense is an address")
	}
	c.giveAddress()
	if value := c.ask("/organize/holidays-address").Form.Fields[0].Value; value != address {
		t.Errorf("the form shows %q", value)
	}
}

func TestHolidaysComeBackAsTheyWereStored(t *testing.T) {
	list, err := rule.ParseHolidays("2026-12-24..2027-01-06 Winter break\n1 May 2026 día del trabajo\n2026-07-04")
	if err != nil {
		t.Fatal(err)
	}
	cal := Calendar{Days: list.All(), Feed: &Feed{Address: "x", Due: time.Unix(0, 0).UTC()}}
	stored := encode(cal)
	var back Calendar
	decode(stored, &back)
	if again := encode(back); again != stored || len(back.Days) != 3 || back.Days[2] != list.All()[2] {
		t.Errorf("stored\n%s\ncomes back as\n%s", stored, again)
	}
	if !strings.Contains(stored, `{"first":"2026-12-24","last":"2027-01-06","name":"Winter break"}`) {
		t.Errorf("stored is %s", stored)
	}
	for _, wrong := range []string{`[{"first":"x","last":"2026-01-01"}]`, `[{"first":"2026-01-01","last":""}]`, `7`} {
		if err := new(Holidays).UnmarshalJSON([]byte(wrong)); err == nil {
			t.Errorf("%s was read", wrong)
		}
	}
}

// roomed are organizers who have a channel of their own.
type roomed struct{ people }

func (roomed) OrganizersRoom(_ context.Context, _ bot.CommunityID, wanted bot.SpaceID) (bot.Channel, string, bool, error) {
	return bot.Channel{Space: wanted, ID: "staff"}, "es", true, nil
}

func TestOrganizersHearOfTroubleInTheirChannel(t *testing.T) {
	c := newCounter(t, "2026-03-02 08:00")
	c.people = roomed{}
	c.web.err = &bot.Error{Code: bot.NotFound}
	c.giveAddress()
	if len(c.memory.posts) != 1 {
		t.Fatalf("%d posts", len(c.memory.posts))
	}
	item := c.memory.posts[0]
	if item.Post.Direct != nil || item.Unasked != nil || item.Post.Channel.ID != "staff" || !strings.HasPrefix(item.Post.Message.Text.String(), "es ") {
		t.Errorf("posted is %+v", item)
	}
}
