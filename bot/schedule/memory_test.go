package schedule

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// memory is a Store in memory, on a clock that is moved by hand. It keeps
// records as JSON, as a real one does.
type memory struct {
	clock     *scheduler.ManualClock
	numbers   int
	series    map[string]string
	versions  map[string]int64
	calendars map[string]string
	calendarV map[string]int64
	logs      map[string][]Entry // the newest first
	jobs      map[string]scheduler.Job
	posts     []outbox.Item // in the order they were queued
	inputs    map[bot.InputID]bool
	fates     map[bot.DeliveryKey]outbox.Outcome

	before func()   // called once before the next write: somebody else is quicker
	down   error    // what every call answers instead
	calls  []string // writes that were made
}

func newMemory(now time.Time) *memory {
	return &memory{
		clock: scheduler.NewManualClock(now), series: map[string]string{}, versions: map[string]int64{}, logs: map[string][]Entry{},
		calendars: map[string]string{}, calendarV: map[string]int64{},
		jobs: map[string]scheduler.Job{}, inputs: map[bot.InputID]bool{}, fates: map[bot.DeliveryKey]outbox.Outcome{},
	}
}

func (m *memory) Now(context.Context) (time.Time, error) { return m.clock.Now().UTC(), m.down }

func (m *memory) NextNumber(context.Context, bot.CommunityID) (int, error) {
	m.numbers++
	return m.numbers, m.down
}

// write stores a record with its effects if its version is the expected one.
func (m *memory) write(what string, version *int64, stored int64, e outbox.Effects, do func()) error {
	if before := m.before; before != nil {
		m.before = nil
		before()
		stored = m.current(what, stored)
	}
	switch {
	case m.down != nil:
		return m.down
	case e.Input != "" && m.inputs[e.Input]:
		return outbox.ErrRepeated
	case *version != stored:
		return &bot.Error{Code: bot.Conflict}
	}
	m.calls = append(m.calls, what)
	if e.Input != "" {
		m.inputs[e.Input] = true
	}
	*version++
	do()
	for _, id := range e.Cancel {
		delete(m.jobs, id)
	}
	for _, j := range e.Jobs {
		m.jobs[j.ID] = j
	}
	for _, item := range e.Posts {
		if !slices.ContainsFunc(m.posts, func(i outbox.Item) bool { return i.Post.Key == item.Post.Key }) {
			m.posts = append(m.posts, item)
		}
	}
	return nil
}

// current is the version that is stored once somebody else was quicker.
func (m *memory) current(what string, known int64) int64 {
	if id, isSeries := strings.CutPrefix(what, "series "); isSeries {
		return m.versions[id]
	}
	if id, isCalendar := strings.CutPrefix(what, "calendar "); isCalendar {
		return m.calendarV[id]
	}
	return known
}

func (m *memory) Advance(_ context.Context, r *Series, entries []Entry, e outbox.Effects) error {
	return m.write("series "+r.ID, &r.Version, m.versions[r.ID], e, func() {
		m.versions[r.ID], m.series[r.ID] = r.Version, encode(r)
		for _, entry := range entries {
			m.logs[r.ID] = slices.Insert(m.logs[r.ID], 0, entry)
		}
		m.logs[r.ID] = m.logs[r.ID][:min(len(m.logs[r.ID]), LogLength)]
	})
}

func (m *memory) Revise(_ context.Context, r *Series, entries map[int]Entry) error {
	return m.write("series "+r.ID, &r.Version, m.versions[r.ID], outbox.Effects{}, func() {
		m.versions[r.ID], m.series[r.ID] = r.Version, encode(r)
		for i, e := range entries {
			m.logs[r.ID][i] = e
		}
	})
}

func (m *memory) Remove(_ context.Context, r *Series, e outbox.Effects) error {
	return m.write("series "+r.ID, &r.Version, m.versions[r.ID], e, func() {
		delete(m.series, r.ID)
		delete(m.versions, r.ID)
		delete(m.logs, r.ID)
	})
}

func (m *memory) get(id string) (Series, error) {
	r := Series{Community: home, Version: m.versions[id]}
	body, ok := m.series[id]
	if !ok {
		return r, &bot.Error{Code: bot.NotFound}
	}
	decode(body, &r)
	return r, nil
}

func (m *memory) Load(ctx context.Context, _ bot.CommunityID, id string) (Series, Calendars, error) {
	if m.down != nil {
		return Series{}, nil, m.down
	}
	r, err := m.get(id)
	if err != nil {
		return r, nil, err
	}
	all, err := m.Calendars(ctx, home)
	all = slices.DeleteFunc(all, func(c Calendar) bool { return c.ID != Everybody && !slices.Contains(r.Calendars, c.ID) })
	return r, all, err
}

func (m *memory) List(_ context.Context, _ bot.CommunityID, skip, limit int) ([]Series, error) {
	var all []Series
	for id := range m.series {
		r, _ := m.get(id)
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b Series) int { return cmp.Compare(a.Number, b.Number) })
	all = all[min(skip, len(all)):]
	return all[:min(limit, len(all))], m.down
}

func (m *memory) Log(_ context.Context, _ bot.CommunityID, id string, skip, limit int) ([]Entry, error) {
	entries := slices.Clone(m.logs[id])
	entries = entries[min(skip, len(entries)):]
	return entries[:min(limit, len(entries))], m.down
}

func (m *memory) Undelivered(_ context.Context, _ bot.CommunityID, keys []bot.DeliveryKey) (map[bot.DeliveryKey]outbox.Outcome, error) {
	out := map[bot.DeliveryKey]outbox.Outcome{}
	for _, key := range keys {
		if fate, ok := m.fates[key]; ok {
			out[key] = fate
		}
	}
	return out, m.down
}

func (m *memory) Calendar(_ context.Context, _ bot.CommunityID, id string) (Calendar, error) {
	cal := Calendar{Community: home, ID: id, Version: m.calendarV[id]}
	body, kept := m.calendars[id]
	if kept {
		decode(body, &cal)
	} else if id != Everybody && m.down == nil {
		return cal, &bot.Error{Code: bot.NotFound}
	}
	return cal, m.down
}

func (m *memory) Calendars(ctx context.Context, c bot.CommunityID) (Calendars, error) {
	var all Calendars
	for id := range m.calendars {
		if cal, _ := m.Calendar(ctx, c, id); id != Everybody {
			all = append(all, cal)
		}
	}
	slices.SortFunc(all, func(a, b Calendar) int { return cmp.Compare(a.Name, b.Name) })
	everybody, err := m.Calendar(ctx, c, Everybody)
	return append(Calendars{everybody}, all...), err
}

func (m *memory) KeepCalendar(_ context.Context, cal *Calendar, e outbox.Effects) error {
	return m.write("calendar "+cal.ID, &cal.Version, m.calendarV[cal.ID], e, func() {
		m.calendarV[cal.ID], m.calendars[cal.ID] = cal.Version, encode(cal)
	})
}

func (m *memory) RemoveCalendar(_ context.Context, cal *Calendar, e outbox.Effects) error {
	return m.write("calendar "+cal.ID, &cal.Version, m.calendarV[cal.ID], e, func() {
		delete(m.calendars, cal.ID)
		delete(m.calendarV, cal.ID)
	})
}

func encode(v any) string {
	body, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(body)
}

func decode(body string, into any) {
	if err := json.Unmarshal([]byte(body), into); err != nil {
		panic(err)
	}
}
