package schedule

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

func TestASeriesHappensByItsRule(t *testing.T) {
	d := newDesk(t, "2026-03-02 08:00") // a Monday
	r := d.add("every tuesday and friday at 15:00")
	d.wantNext(r.ID, "2026-03-03 15:00")
	d.workUntil("2026-03-11 08:00")
	d.wantLog(r, "Tue 3 15:00 done", "Fri 6 15:00 done", "Tue 10 15:00 done") // the clocks went forward on the 8th
	d.wantNext(r.ID, "2026-03-13 15:00")
	for i, o := range d.happened {
		if o.Zone != newYork || o.Extra || !o.Now.Equal(o.At) || o.Series.ID != r.ID {
			t.Errorf("occurrence %d: %+v", i, o)
		}
	}
	if len(d.memory.posts) != 3 {
		t.Errorf("%d posts", len(d.memory.posts))
	}
}

// What was due while nobody was at work, and what becomes of it.
func TestCatchUp(t *testing.T) {
	grace := func(g time.Duration) func(*Series) { return func(r *Series) { r.Grace = g } }
	cases := map[string]struct {
		begin, until string // nobody is at work between
		rule         string
		change       func(*Series)
		holidays     []string
		want         []string
		next         string
	}{
		"a minute": {
			"2026-03-02 14:59", "2026-03-02 15:01", "daily at 15:00", nil, nil,
			[]string{"Mon 2 15:00 done"}, "2026-03-03 15:00",
		},
		"three hours, in which it came an hour ago": {
			"2026-03-02 13:00", "2026-03-02 16:00", "daily at 15:00", nil, nil,
			[]string{"Mon 2 15:00 done"}, "2026-03-03 15:00",
		},
		"three hours, in which it came three hours ago": {
			"2026-03-02 14:59", "2026-03-02 18:00", "daily at 15:00", nil, nil,
			[]string{"Mon 2 15:00 skipped late"}, "2026-03-03 15:00",
		},
		"to the end of its grace": {
			"2026-03-02 14:59", "2026-03-02 17:00", "daily at 15:00", nil, nil,
			[]string{"Mon 2 15:00 done"}, "2026-03-03 15:00",
		},
		"three hours of something hourly": {
			"2026-03-02 12:30", "2026-03-02 15:30", "cron", nil, nil,
			[]string{"Mon 2 13:00 skipped late", "Mon 2 14:00 skipped replaced", "Mon 2 15:00 done"}, "2026-03-02 16:00",
		},
		"three days": {
			"2026-03-02 08:00", "2026-03-05 16:00", "daily at 15:00", nil, nil,
			[]string{"Mon 2 15:00 skipped late", "Tue 3 15:00 skipped late", "Wed 4 15:00 skipped late", "Thu 5 15:00 done"}, "2026-03-06 15:00",
		},
		"three days, of something that may come late": {
			"2026-03-02 08:00", "2026-03-05 08:00", "daily at 15:00", grace(48 * time.Hour), nil,
			[]string{"Mon 2 15:00 skipped late", "Tue 3 15:00 skipped replaced", "Wed 4 15:00 done"}, "2026-03-05 15:00",
		},
		"with no grace": {
			"2026-03-02 08:00", "2026-03-02 15:02", "daily at 15:00", grace(time.Nanosecond), nil,
			[]string{"Mon 2 15:00 skipped late"}, "2026-03-03 15:00",
		},
		"over the night in which clocks go forward": {
			"2026-03-07 08:00", "2026-03-09 03:00", "daily at 2:30", nil, nil,
			[]string{"Sun 8 03:00 skipped late", "Mon 9 02:30 done"}, "2026-03-10 02:30",
		},
		"in the hour that clocks leave out": {
			"2026-03-08 01:30", "2026-03-08 03:10", "daily at 2:30", nil, nil,
			[]string{"Sun 8 03:00 done"}, "2026-03-09 02:30",
		},
		"over the hour that clocks show twice": {
			"2026-10-31 08:00", "2026-11-01 02:00", "daily at 1:30", nil, nil,
			[]string{"Sun 1 01:30 done"}, "2026-11-02 01:30",
		},
		"over holidays": {
			"2026-03-02 08:00", "2026-03-06 16:00", "daily at 15:00 except holidays", nil, []string{"2026-03-04..2026-03-05 Break"},
			[]string{"Mon 2 15:00 skipped late", "Tue 3 15:00 skipped late", "Wed 4 15:00 skipped holiday Break", "Thu 5 15:00 skipped holiday Break", "Fri 6 15:00 done"},
			"2026-03-07 15:00",
		},
		"a holiday is the latest": {
			"2026-03-02 08:00", "2026-03-03 15:30", "daily at 15:00 except holidays", grace(48 * time.Hour), []string{"2026-03-03 Fair"},
			[]string{"Mon 2 15:00 done", "Tue 3 15:00 skipped holiday Fair"}, "2026-03-04 15:00",
		},
		"over holidays that are ignored": {
			"2026-03-02 08:00", "2026-03-03 15:30", "daily at 15:00", nil, []string{"2026-03-03 Fair"},
			[]string{"Mon 2 15:00 skipped late", "Tue 3 15:00 done"}, "2026-03-04 15:00",
		},
		"over a holiday that moves it": {
			"2026-03-02 08:00", "2026-03-05 16:00", "every wednesday at 15:00 or the next working day if it is a holiday", nil, []string{"2026-03-04 Fair"},
			[]string{"Wed 4 15:00 skipped holiday Fair", "Thu 5 15:00 done"}, "2026-03-11 15:00",
		},
		"past its last day": {
			"2026-03-02 08:00", "2026-03-09 15:30", "daily at 15:00", func(r *Series) { r.Until = local(t, newYork, "2026-03-04 00:00") }, nil,
			[]string{"Mon 2 15:00 skipped late", "Tue 3 15:00 skipped late"}, "",
		},
		"to the very end of its last day": {
			"2026-03-02 08:00", "2026-03-04 00:30", "daily at 0:00", func(r *Series) { r.Until = local(t, newYork, "2026-03-04 00:00") }, nil,
			[]string{"Tue 3 00:00 skipped late"}, "",
		},
		"a single date": {
			"2026-03-02 08:00", "2026-03-03 09:30", "on 2026-03-03 at 9:00", nil, nil,
			[]string{"Tue 3 09:00 done"}, "",
		},
		"nothing was due": {
			"2026-03-02 08:00", "2026-03-02 14:59", "daily at 15:00", nil, nil,
			[]string{}, "2026-03-02 15:00",
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, c.begin)
			phrase := c.rule
			if phrase == "cron" {
				phrase = "0 * * * *"
			}
			if c.change == nil {
				c.change = func(*Series) {}
			}
			d.holidays(c.holidays...)
			r := d.add(phrase, c.change)
			d.sleep(c.until)
			d.work()
			d.wantLog(r, c.want...)
			d.wantNext(r.ID, c.next)
			happened := 0
			for _, line := range c.want {
				if slices.Contains([]string{"done"}, line[len(line)-4:]) {
					happened++
				}
			}
			if len(d.happened) != happened || len(d.memory.posts) != happened {
				t.Errorf("it happened %d times and posted %d, want %d", len(d.happened), len(d.memory.posts), happened)
			}
			d.work()
			d.wantLog(r, c.want...)
		})
	}
}

func TestAYearOfOutageIsSettledAtOnce(t *testing.T) {
	d := newDesk(t, "2025-03-02 08:00")
	r := d.add("0 * * * *")
	d.sleep("2026-03-02 08:30")
	d.work()
	log := d.log(r)
	if len(log) != LogLength || log[LogLength-1] != "Mon 2 08:00 done" || len(d.memory.calls) != 2 {
		t.Errorf("the log has %d entries, the last is %q, after %d writes", len(log), log[len(log)-1], len(d.memory.calls))
	}
}

// A worker may die after it has done its work, or be so slow that another does
// the same.
func TestAStepThatRunsTwiceHasOneEffect(t *testing.T) {
	d := newDesk(t, "2026-03-02 08:00")
	r := d.add("daily at 15:00")
	d.sleep("2026-03-02 15:00")
	j := d.job(r)
	d.ok(d.run(j))
	var again interface{ Error() string }
	if err := d.run(j); !errors.As(err, &again) || again.Error() != "again after 24h0m0s" {
		t.Errorf("the second run ends with %v", err)
	}
	d.wantLog(r, "Mon 2 15:00 done")
	if len(d.memory.posts) != 1 {
		t.Errorf("%d posts", len(d.memory.posts))
	}
}

func TestTwoWorkersAtOnceHaveOneEffect(t *testing.T) {
	d := newDesk(t, "2026-03-02 08:00")
	r := d.add("daily at 15:00")
	d.sleep("2026-03-02 15:00")
	j := d.job(r)
	d.memory.before = func() { d.ok(d.run(j)) } // just before the first one stores
	if err := d.run(j); err == nil || err.Error() != "again after 0s: conflict" {
		t.Errorf("the slower one ends with %v", err)
	}
	d.wantLog(r, "Mon 2 15:00 done")
	if len(d.memory.posts) != 1 || len(d.happened) != 2 {
		t.Errorf("%d posts after it was asked %d times", len(d.memory.posts), len(d.happened))
	}
}

func TestAJobOfASeriesThatIsGoneIsDone(t *testing.T) {
	d := newDesk(t, "2026-03-02 08:00")
	r := d.add("daily at 15:00")
	d.sleep("2026-03-02 15:00")
	j := d.job(r)
	d.ok(d.remove(t.Context(), &r, ""))
	if len(d.memory.jobs) > 0 {
		t.Error("its job is still there")
	}
	d.ok(d.run(j))
	j.Payload = []byte("{")
	if err := d.run(j); err == nil || err.Error()[:8] != "poisoned" {
		t.Errorf("a job that says nothing ends with %v", err)
	}
}

// How an occurrence ends that does not simply happen.
func TestOccurrencesThatDoNotHappen(t *testing.T) {
	coded := func(code bot.Code) error { return &bot.Error{Code: code} }
	cases := map[string]struct {
		err  error
		want string // of the first attempt; "" for none
		runs int    // until the end
		end  string
	}{
		"nothing to say":     {&Skip{Reason: Nothing}, "skipped nothing", 1, ""},
		"all away":           {fmt.Errorf("asking: %w", &Skip{Reason: Away, Detail: "x"}), "skipped away x", 1, ""},
		"uncertain":          {coded(bot.UnknownOutcome), "uncertain unknown", 1, ""},
		"refused":            {coded(bot.Permanent), "", mostFailures, "skipped failed"},
		"gone":               {coded(bot.NotFound), "", mostFailures, "skipped failed"},
		"in conflict":        {coded(bot.Conflict), "", mostFailures, "skipped failed"},
		"broken":             {errBroken, "", mostFailures, "skipped failed"},
		"out of reach":       {coded(bot.Unavailable), "", 0, "skipped late"},
		"too much at a time": {coded(bot.RateLimited), "", 0, "skipped late"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, "2026-03-02 08:00")
			d.occur = func(Occurrence) (outbox.Effects, error) {
				return outbox.Effects{Posts: []outbox.Item{{Post: bot.Post{Key: "lost"}}}}, c.err
			}
			r := d.add("daily at 15:00")
			d.sleep("2026-03-02 15:00")
			j := d.job(r)
			err := d.run(j)
			if c.want != "" {
				d.ok(err)
				d.wantLog(r, "Mon 2 15:00 "+c.want)
			} else {
				if err == nil {
					t.Fatal("it has an end after one attempt")
				}
				d.wantLog(r)
				for c.runs > 0 && err != nil && j.Attempts < 20 {
					j.Attempts++ // as the runner counts them
					err = d.run(j)
				}
				if c.runs > 0 && len(d.happened) != c.runs {
					t.Errorf("it was asked %d times, want %d", len(d.happened), c.runs)
				}
				if c.runs == 0 {
					d.sleep("2026-03-02 17:01")
					j.Attempts = 20
					d.ok(d.run(j))
				}
				d.wantLog(r, "Mon 2 15:00 "+c.end)
			}
			if len(d.memory.posts) > 0 {
				t.Error("it posted")
			}
			d.wantNext(r.ID, "2026-03-03 15:00")
		})
	}
}

func TestAPanicIsAFailureOfTheOccurrenceOnly(t *testing.T) {
	d := newDesk(t, "2026-03-02 08:00")
	d.occur = func(Occurrence) (outbox.Effects, error) { panic("oh") }
	r := d.add("daily at 15:00")
	d.sleep("2026-03-02 15:00")
	j := d.job(r)
	if err := d.run(j); err == nil {
		t.Error("a panic went unnoticed")
	}
	j.Attempts = mostFailures
	d.ok(d.run(j))
	d.wantLog(r, "Mon 2 15:00 skipped failed")
}

func TestTheLogLearnsWhatBecameOfThePosts(t *testing.T) {
	d := newDesk(t, "2026-03-02 08:00")
	r := d.add("daily at 9:00 except holidays")
	d.workUntil("2026-03-04 12:00")
	d.memory.fates[d.memory.posts[2].Post.Key] = outbox.Uncertain
	ends, planned := d.memory.jobs[r.endsJob()]
	if wait := ends.Due.Sub(d.memory.clock.Now()); !planned || wait < 0 || wait > 30*time.Hour {
		t.Errorf("it is found out after %s (%t)", wait, planned)
	}
	d.workUntil("2026-03-05 08:00")
	d.memory.fates = nil // the outbox has forgotten
	want := []string{"Mon 2 09:00 done", "Tue 3 09:00 done", "Wed 4 09:00 uncertain unknown"}
	d.wantLog(r, want...)
	if _, planned := d.memory.jobs[r.endsJob()]; planned {
		t.Error("it is found out again and again")
	}

	// A run out of turn has its end too, and so has what meets another worker.
	req := &bot.Request{Member: bot.Member{Community: home}, Input: "now"}
	_, err := d.act(t.Context(), req, r.ID, func(c *change) error { _, err := d.runNow(t.Context(), c); return err })
	d.ok(err)
	d.memory.fates = map[bot.DeliveryKey]outbox.Outcome{d.memory.posts[3].Post.Key: outbox.Failed}
	j := d.memory.jobs[r.endsJob()]
	d.sleep("2026-03-06 08:59")
	d.memory.before = func() { d.sleep("2026-03-06 09:00"); d.work() }
	if err := d.run(j); err == nil || err.Error() != "again after 0s: conflict" {
		t.Errorf("the slower one ends with %v", err)
	}
	d.ok(d.run(j))
	d.wantLog(r, append(want, "Thu 5 08:00 skipped refused extra", "Thu 5 09:00 skipped late", "Fri 6 09:00 done")...)

	// Nothing new, nothing posted: nothing is written.
	writes := len(d.memory.calls)
	d.ok(d.run(j))
	if len(d.memory.calls) != writes {
		t.Error("the log was written again")
	}
	quiet := d.add("daily at 9:00")
	d.occur = func(Occurrence) (outbox.Effects, error) { return outbox.Effects{}, nil }
	d.workUntil("2026-03-07 12:00")
	if _, planned := d.memory.jobs[quiet.endsJob()]; planned {
		t.Error("what posts nothing is followed")
	}
	last, err := d.memory.get(r.ID)
	d.ok(err)
	d.ok(d.remove(t.Context(), &last, ""))
	d.ok(d.run(j))
}

// While a store or a kind cannot be had, a series waits: it is never set aside.
func TestAStoreThatIsDownIsWaitedFor(t *testing.T) {
	d := newDesk(t, "2026-03-02 08:00")
	r := d.add("daily at 15:00")
	d.sleep("2026-03-02 15:00")
	j := d.job(r)
	j.Attempts = 100
	d.memory.down = &bot.Error{Code: bot.Unavailable}
	for range 3 {
		if err := d.run(j); err == nil || err.Error() != "again after 5s: unavailable" {
			t.Errorf("got %v", err)
		}
	}
	d.memory.down = nil
	d.ok(d.run(j))
	d.wantLog(r, "Mon 2 15:00 done")
}

func TestAKindThatIsNotKnownHereIsLeftToOthers(t *testing.T) {
	d := newDesk(t, "2026-03-02 08:00")
	r := d.add("daily at 15:00 except holidays", func(r *Series) {
		r.Kind = "newer"
		r.Courses = map[string]Course{newYork: {Settled: d.memory.clock.Now()}, "Europe/Madrid": {Settled: d.memory.clock.Now()}}
	})
	d.holidays("2026-03-03 Fair")
	d.sleep("2026-03-02 15:00")
	d.ok(d.run(d.job(r))) // too late in Madrid
	if err := d.run(d.job(r)); err == nil {
		t.Error("it happened")
	}
	d.sleep("2026-03-03 15:00")
	d.work()
	d.wantLog(r,
		"Mon 2 15:00 skipped late Europe/Madrid", "Mon 2 15:00 skipped late", "Tue 3 15:00 skipped holiday Fair",
		"Tue 3 15:00 skipped holiday Fair Europe/Madrid")
	if after, _ := d.memory.get(r.ID); len(after.Courses) != 2 {
		t.Errorf("courses: %+v", after.Courses)
	}
}

func TestTheSameInputAddsOneSeries(t *testing.T) {
	d := newDesk(t, "2026-03-02 08:00")
	for n := range 2 {
		r := Series{Community: home, Kind: "test", Title: "Test", Rule: parse(t, "daily at 15:00"), Zone: newYork}
		if err := d.Add(t.Context(), &r, "in"); n == 1 && !errors.Is(err, outbox.ErrRepeated) {
			t.Errorf("got %v", err)
		}
	}
	if all, _ := d.memory.List(t.Context(), home, 0, 10); len(all) != 1 {
		t.Errorf("%d series", len(all))
	}
}

func TestAKindIsDeclaredOnce(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("the kind of posts can be taken over")
		}
	}()
	newDesk(t, "2026-03-02 08:00").Kind(Kind{Name: postKind})
}
