package scheduler_test

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/staffroom-bot/staffroom/scheduler"
)

// memory is a Store in memory, on the clock it is given.
type memory struct {
	now   func() time.Time
	woken chan struct{}

	mu      sync.Mutex
	jobs    map[string]*memoryJob
	aside   map[string]string // ID → cause
	tokens  int
	trouble error // what Claim and NextDue answer instead
	silent  bool  // Extend fails
	claims  int
	asked   int      // NextDue
	sweeps  []string // cursors
	extends int
	ended   []string // jobs that were completed
}

type memoryJob struct {
	scheduler.Job
	at      time.Time // due, or the lease's end
	token   string
	renewed *scheduler.Job
}

var errDown = errors.New("the store is down")

func newMemory(now func() time.Time) *memory {
	return &memory{now: now, woken: make(chan struct{}, 1), jobs: map[string]*memoryJob{}, aside: map[string]string{}}
}

// put schedules a job, as a feature's store does.
func (m *memory) put(j scheduler.Job) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if held, ok := m.jobs[j.ID]; ok && held.token != "" {
		held.renewed = &j
		return
	}
	m.jobs[j.ID] = &memoryJob{Job: j, at: j.Due}
	select {
	case m.woken <- struct{}{}:
	default:
	}
}

func (m *memory) cancel(id string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.jobs, id)
}

// fail lets Claim and NextDue answer err from now on.
func (m *memory) fail(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.trouble = err
}

// silence lets Extend fail from now on.
func (m *memory) silence() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.silent = true
}

func (m *memory) look(f func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f()
}

func (m *memory) Claim(_ context.Context, limit int, lease time.Duration) ([]scheduler.Claimed, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.claims++
	if m.trouble != nil {
		return nil, m.trouble
	}
	now := m.now()
	var due []*memoryJob
	for _, j := range m.jobs {
		if j.at.After(now) {
			continue
		}
		if j.renewed != nil {
			*j = memoryJob{Job: *j.renewed, at: j.renewed.Due}
			if j.at.After(now) {
				continue
			}
		}
		due = append(due, j)
	}
	slices.SortFunc(due, func(a, b *memoryJob) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.ID, b.ID)) })
	var out []scheduler.Claimed
	for _, j := range due[:min(limit, len(due))] {
		m.tokens++
		j.Due, j.Started, j.at, j.token = j.at, now, now.Add(lease), strconv.Itoa(m.tokens)
		out = append(out, scheduler.Claimed{Job: j.Job, Token: j.token})
	}
	return out, nil
}

func (m *memory) NextDue(context.Context) (time.Time, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.asked++
	var next time.Time
	for _, j := range m.jobs {
		if next.IsZero() || j.at.Before(next) {
			next = j.at
		}
	}
	return next, !next.IsZero(), m.trouble
}

// held finds the job if it is still held under the token. The lock is held.
func (m *memory) held(c scheduler.Claimed) (*memoryJob, bool) {
	j, ok := m.jobs[c.ID]
	return j, ok && j.token == c.Token
}

func (m *memory) Extend(_ context.Context, c scheduler.Claimed, lease time.Duration) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.extends++
	if m.silent {
		return false, errDown
	}
	j, ok := m.held(c)
	if ok {
		j.at = m.now().Add(lease)
	}
	return ok, nil
}

func (m *memory) Complete(_ context.Context, c scheduler.Claimed) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if j, ok := m.held(c); ok {
		m.ended = append(m.ended, c.ID)
		m.leave(j)
	}
	return nil
}

// leave ends a job, or lets it be due at its new time.
func (m *memory) leave(j *memoryJob) {
	if j.renewed == nil {
		delete(m.jobs, j.ID)
		return
	}
	*j = memoryJob{Job: *j.renewed, at: j.renewed.Due}
}

func (m *memory) Retry(_ context.Context, c scheduler.Claimed, delay time.Duration, failed bool) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	j, ok := m.held(c)
	if !ok {
		return nil
	}
	if j.renewed != nil {
		m.leave(j)
		return nil
	}
	j.at, j.token = m.now().Add(delay), ""
	if j.Returned.IsZero() {
		j.Returned = m.now()
	}
	if failed {
		j.Attempts++
	}
	return nil
}

func (m *memory) SetAside(_ context.Context, c scheduler.Claimed, cause string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if j, ok := m.held(c); ok {
		m.aside[c.ID] = cause
		m.leave(j)
	}
	return nil
}

func (m *memory) Sweep(_ context.Context, cursor string, _ int) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sweeps = append(m.sweeps, cursor)
	if cursor == "" {
		return "second", nil
	}
	return "", nil
}

func (m *memory) Now(context.Context) (time.Time, error) { return m.now(), nil }

func (m *memory) Woken() <-chan struct{} { return m.woken }
