package redisserver

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/staffroom-bot/staffroom/bot/redis/internal/wait"
)

const (
	// readyPause lies between two looks at whether a starting server answers.
	readyPause = 2 * time.Millisecond
	// silence is how long a starting server may stay without an answer. One that says it is loading has answered.
	silence = 15 * time.Second
	// killGrace is how long the end of a killed process is waited for. Only a process stuck in the kernel needs more.
	killGrace = 5 * time.Second
	// pipeGrace is how long a child of an ended redis-server (it forks to rewrite its log) may keep our pipe open.
	pipeGrace = time.Second
)

// Config says what to run.
type Config struct {
	// Path is the redis-server program.
	Path string
	// Args are its options, as on a command line: "--port", "0".
	Args []string
	// Keep is a file which the process holds open until it ends; nil: none.
	Keep *os.File
	// Log receives each line that the process prints, up to a crash report: that one quotes commands and so what
	// members wrote. Nil: nobody listens.
	Log func(line string)
}

// Process is a running redis-server.
type Process struct {
	cmd    *exec.Cmd
	output *output
	done   chan struct{}
	err    error // how it ended; to be read after done is closed
}

// Start starts the server. It returns as soon as there is a process: see [Process.WaitReady].
func Start(c Config) (*Process, error) {
	cmd := exec.Command(c.Path, c.Args...)
	p := &Process{cmd: cmd, output: &output{log: c.Log}, done: make(chan struct{})}
	cmd.Env = environment()
	cmd.Stdout, cmd.Stderr = p.output, p.output
	cmd.WaitDelay = pipeGrace
	cmd.SysProcAttr = attributes()
	if c.Keep != nil {
		cmd.ExtraFiles = []*os.File{c.Keep}
	}
	started := make(chan error)
	go p.run(started)
	if err := <-started; err != nil {
		return nil, fmt.Errorf("redis-server does not start: %w", err)
	}
	return p, nil
}

// run starts the process and waits for its end on one thread: Linux takes the end of the thread that started a process
// for the end of its parent.
func (p *Process) run(started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := p.cmd.Start()
	started <- err
	if err != nil {
		return
	}
	err = p.cmd.Wait()
	if err == nil || errors.Is(err, exec.ErrWaitDelay) {
		err = errors.New(p.cmd.ProcessState.String())
	}
	if last := p.output.last(); last != "" {
		err = fmt.Errorf("%w: %s", err, last)
	}
	p.err = fmt.Errorf("redis-server ended: %w", err)
	close(p.done)
}

// Done is closed when the process has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Err says how the process ended and what it said last. It waits for the end.
func (p *Process) Err() error {
	<-p.done
	return p.err
}

// WaitReady returns nil when the server answers at the address. A server that loads its data may take as long as ctx
// allows; one that ends, or says nothing at all for 15 seconds, is an error.
func (p *Process) WaitReady(ctx context.Context, network, address string) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	patience := time.AfterFunc(silence, func() { cancel(errors.New("redis-server does not answer")) })
	defer patience.Stop()
	return wait.Until(ctx, readyPause, func() (bool, error) {
		select {
		case <-p.done:
			return false, p.err
		default:
		}
		answer, err := Ask(ctx, network, address, "PING")
		if err == nil && strings.HasPrefix(answer, "-LOADING") {
			patience.Reset(silence)
		}
		return err == nil && answer == "+PONG", nil
	})
}

// Stop asks the process to shut down, kills it when ctx ends first, and waits for its end.
func (p *Process) Stop(ctx context.Context) error {
	if p.cmd.Process.Signal(syscall.SIGTERM) == nil {
		select {
		case <-p.done:
			return nil
		case <-ctx.Done():
		}
	}
	return p.Kill()
}

// Kill ends the process at once and waits for its end.
func (p *Process) Kill() error {
	if err := p.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("killing redis-server (process %d): %w", p.cmd.Process.Pid, err)
	}
	grace := time.NewTimer(killGrace)
	defer grace.Stop()
	select {
	case <-p.done:
		return nil
	case <-grace.C:
		return fmt.Errorf("redis-server (process %d) was killed but has not ended", p.cmd.Process.Pid)
	}
}

// environment is what a redis-server may need of ours. The rest stays here: it may hold tokens.
func environment() []string {
	kept := []string{}
	for _, name := range []string{"PATH", "TZ", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT"} {
		if value, ok := os.LookupEnv(name); ok {
			kept = append(kept, name+"="+value)
		}
	}
	return kept
}
