package redistest

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/redis/go-redis/v9"
)

// Mortal is a hook of a client that can let it die at one of its commands, as a process does that is killed: what it
// had sent may have been carried out, but nobody hears of it, and nothing more is sent.
type Mortal struct {
	// Before, if it is set, is called before each command of a client that lives. A pipeline is one command: it only
	// reads, or runs a script for one community after another, and cmd is its first.
	Before func(cmd redis.Cmder, pipeline bool)

	mu    sync.Mutex
	alive int // commands until death; 0: immortal
	late  bool
	dead  bool
	next  int // commands until what is to happen meanwhile; 0: nothing
	while func()
}

var _ redis.Hook = (*Mortal)(nil)

var errDead = errors.New("the process is dead")

// DieAt lets the client die at the nth command from now on: just before it, or, if late, just after it was carried out.
func (m *Mortal) DieAt(n int, late bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.alive, m.late, m.dead = n, late, false
}

// Revive makes the client immortal and reports whether it had died.
func (m *Mortal) Revive() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	died := m.dead
	m.alive, m.dead = 0, false
	return died
}

// Meanwhile lets something happen just before the nth command from now on; 0: nothing any more.
func (m *Mortal) Meanwhile(n int, do func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.next, m.while = n, do
}

// Happened reports whether what was to happen meanwhile has begun.
func (m *Mortal) Happened() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.next == 0
}

// interrupt does what is to happen before the coming command.
func (m *Mortal) interrupt() {
	m.mu.Lock()
	var do func()
	if m.next > 0 {
		if m.next--; m.next == 0 {
			do = m.while
		}
	}
	m.mu.Unlock()
	if do != nil {
		do()
	}
}

// begin counts a command. It reports whether to send it and whether to answer.
func (m *Mortal) begin(cmd redis.Cmder, pipeline bool) (send, answer bool) {
	m.interrupt()
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.dead {
		return false, false
	}
	if m.Before != nil {
		m.mu.Unlock()
		m.Before(cmd, pipeline)
		m.mu.Lock()
	}
	if m.alive > 0 {
		m.alive--
		if m.alive == 0 {
			m.dead = true
			return m.late, false
		}
	}
	return true, true
}

// connecting reports whether a command only opens a connection. When that happens is the client's affair: it is no
// place to die.
func connecting(cmd redis.Cmder) bool {
	return slices.Contains([]string{"hello", "auth", "select", "client", "cluster", "readonly"}, cmd.Name())
}

// DialHook implements redis.Hook.
func (m *Mortal) DialHook(next redis.DialHook) redis.DialHook { return next }

// ProcessHook implements redis.Hook.
func (m *Mortal) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if connecting(cmd) {
			return next(ctx, cmd)
		}
		send, answer := m.begin(cmd, false)
		if send {
			if err := next(ctx, cmd); answer {
				return err
			}
		}
		cmd.SetErr(errDead)
		return errDead
	}
}

// ProcessPipelineHook implements redis.Hook.
func (m *Mortal) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		if connecting(cmds[0]) {
			return next(ctx, cmds)
		}
		send, answer := m.begin(cmds[0], true)
		if send {
			if err := next(ctx, cmds); answer {
				return err
			}
		}
		for _, cmd := range cmds {
			cmd.SetErr(errDead)
		}
		return errDead
	}
}
