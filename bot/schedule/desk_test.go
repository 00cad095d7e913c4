package schedule

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

const (
	home    = bot.CommunityID("01home")
	newYork = "America/New_York"
)

// desk is a service on a store in memory.
type desk struct {
	*testing.T
	*Service
	memory   *memory
	web      *web
	happened []Occurrence // of the kind "test"
	occur    func(o Occurrence) (outbox.Effects, error)
}

// web is the web: what is at an address.
type web struct {
	file  File
	err   error
	asked []Known
}

func (w *web) Fetch(_ context.Context, _ string, known Known) (File, error) {
	w.asked = append(w.asked, known)
	return w.file, w.err
}

// people are ana, who organizes and reads English, and luis, who organizes and
// reads Spanish.
type people struct{}

func (people) Home(context.Context, bot.SpaceID) (Home, error) {
	return Home{Community: home, Zone: newYork}, nil
}

func (people) Organizers(context.Context, bot.CommunityID) ([]bot.Account, error) {
	return []bot.Account{bottest.Account("ana"), bottest.Account("luis")}, nil
}

func (people) OrganizersRoom(context.Context, bot.CommunityID, bot.SpaceID) (bot.Channel, string, bool, error) {
	return bot.Channel{}, "", false, nil
}

func (people) Member(_ context.Context, a bot.Account, _ string) (bot.Member, error) {
	m := bot.Member{ID: bot.MemberID("01" + a.User), Community: home, Language: "en", Zone: newYork, Role: bot.RoleOrganizer}
	if a.User == "luis" {
		m.Language = "es"
	}
	return m, nil
}

// newDesk has a service whose time begins at a local time of New York, such as
// "2026-03-02 08:00". It has a kind "test" that notes what happens.
func newDesk(t *testing.T, at string) *desk {
	t.Helper()
	d := &desk{T: t, memory: newMemory(local(t, newYork, at)), web: &web{}}
	d.Service = New(Options{
		Store: d.memory, People: people{}, Words: bottest.Words{}, Fetcher: d.web, Log: slog.New(slog.DiscardHandler),
	})
	d.occur = func(o Occurrence) (outbox.Effects, error) {
		return outbox.Effects{Posts: []outbox.Item{{Post: bot.Post{Key: bot.DeliveryKey(o.Key)}}}}, nil
	}
	d.Kind(Kind{Name: "test", Occur: func(_ context.Context, o Occurrence) (outbox.Effects, error) {
		d.happened = append(d.happened, o)
		return d.occur(o)
	}})
	return d
}

func local(t testing.TB, zone, at string) time.Time {
	t.Helper()
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	when, err := time.ParseInLocation("2006-01-02 15:04", at, loc)
	if err != nil {
		t.Fatal(err)
	}
	return when
}

func parse(t testing.TB, phrase string) rule.Rule {
	t.Helper()
	r, err := rule.Parse(phrase)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (d *desk) ok(err error) {
	d.Helper()
	if err != nil {
		d.Fatal(err)
	}
}

// add adds a series of the kind "test" that runs by the clock of New York.
func (d *desk) add(phrase string, change ...func(*Series)) Series {
	d.Helper()
	r := Series{Community: home, Kind: "test", Title: "Test", Rule: parse(d, phrase), Zone: newYork}
	for _, c := range change {
		c(&r)
	}
	d.ok(d.Add(d.Context(), &r, ""))
	return r
}

// holidays gives the community these holidays, one a line, and lets the series
// follow.
func (d *desk) holidays(lines ...string) {
	d.Helper()
	list, err := rule.ParseHolidays(strings.Join(lines, "\n"))
	d.ok(err)
	cal, err := d.memory.Calendar(d.Context(), home, Everybody)
	d.ok(err)
	cal.Days = list.All()
	d.ok(d.memory.KeepCalendar(d.Context(), &cal, outbox.Effects{}))
	d.ok(d.Refresh(d.Context(), scheduler.Job{Group: string(home), Kind: CalendarJobKind, Started: d.memory.clock.Now()}))
}

// sleep lets time pass until a local time of New York, with nobody at work.
func (d *desk) sleep(until string) { d.memory.clock.Set(local(d, newYork, until)) }

// work runs the jobs that are due, until none is. It gives up after a while.
func (d *desk) work() {
	d.Helper()
	for range 5000 {
		j, ok := d.due()
		if !ok {
			return
		}
		delete(d.memory.jobs, j.ID)
		err := d.run(j)
		if _, again := d.memory.jobs[j.ID]; err == nil || again {
			continue
		}
		if !strings.HasPrefix(err.Error(), "again after") {
			d.Fatal(err)
		}
		// The runner keeps the job and comes back to it.
		j.Due = d.memory.clock.Now().Add(time.Second)
		d.memory.jobs[j.ID] = j
	}
	d.Fatal("there is no end of jobs")
}

func (d *desk) run(j scheduler.Job) error {
	j.Started = d.memory.clock.Now().UTC()
	if j.Kind == CalendarJobKind {
		return d.Refresh(d.Context(), j)
	}
	return d.Step(d.Context(), j)
}

// due is the job that is due first.
func (d *desk) due() (scheduler.Job, bool) {
	jobs := slices.SortedFunc(maps.Values(d.memory.jobs), func(a, b scheduler.Job) int {
		return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.ID, b.ID))
	})
	if len(jobs) == 0 || jobs[0].Due.After(d.memory.clock.Now()) {
		return scheduler.Job{}, false
	}
	return jobs[0], true
}

// workUntil lets time pass, and runs every job at its time.
func (d *desk) workUntil(until string) {
	d.Helper()
	end := local(d, newYork, until)
	for {
		next := end
		for _, j := range d.memory.jobs {
			if j.Due.Before(next) {
				next = j.Due
			}
		}
		d.memory.clock.Set(next)
		d.work()
		if !next.Before(end) {
			return
		}
	}
}

// job is the job of a series as it is scheduled.
func (d *desk) job(r Series) scheduler.Job {
	d.Helper()
	j, ok := d.memory.jobs[r.record()]
	if !ok {
		d.Fatal("the series has no job")
	}
	return j
}

// log is the log of a series, the oldest first, as "Mon 2 15:00 done" in local
// time.
func (d *desk) log(r Series) []string {
	d.Helper()
	entries := slices.Clone(d.memory.logs[r.ID])
	slices.Reverse(entries)
	out := []string{}
	for _, e := range entries {
		zone := newYork
		if e.Zone != "" {
			zone = e.Zone
		}
		loc, err := time.LoadLocation(zone)
		d.ok(err)
		line := e.At.In(loc).Format("Mon 2 15:04 ") + string(e.Outcome)
		for _, part := range []string{string(e.Reason), e.Detail, e.Zone} {
			if part != "" {
				line += " " + part
			}
		}
		if e.Extra {
			line += " extra"
		}
		out = append(out, line)
	}
	return out
}

func (d *desk) wantLog(r Series, want ...string) {
	d.Helper()
	if got := d.log(r); !slices.Equal(got, want) {
		d.Errorf("the log is\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

// wantNext says when the series comes next, as a local time of New York; "" for
// never.
func (d *desk) wantNext(id, want string) {
	d.Helper()
	r, err := d.memory.get(id)
	d.ok(err)
	got := ""
	if _, at, ok := r.soonest(); ok {
		loc, err := time.LoadLocation(newYork)
		d.ok(err)
		got = at.In(loc).Format("2006-01-02 15:04")
		if due := d.job(r).Due; !due.Equal(at) {
			d.Errorf("its job is due at %s", due.In(loc))
		}
	} else if _, planned := d.memory.jobs[r.record()]; planned {
		d.Error("what never comes has a job")
	}
	if got != want {
		d.Errorf("it comes next at %q, want %q", got, want)
	}
}

var errBroken = errors.New("broken")
