//go:build unix && !aix && !solaris

package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"time"

	"github.com/staffroom-bot/staffroom/bot/redis/internal/redisserver"
)

const childSupported = true

const (
	// stopWait is how long the child may take to shut down: it has nothing to do but close its files.
	stopWait = 5 * time.Second
	// The pauses before a child that died is started again.
	firstPause   = 20 * time.Millisecond
	longestPause = 5 * time.Second
	// steady is how long a child must have lived for the next pause to be the first again.
	steady = 30 * time.Second
	// socketCheck is how often the socket is looked for: programs that tidy up temporary folders take it away.
	socketCheck = 30 * time.Second
)

// child is the private server and whoever looks after it.
type child struct {
	server  string // the program
	folder  *folder
	sockets string
	log     *slog.Logger

	retire context.CancelFunc
	last   chan *redisserver.Process // what runs when looking after it has ended; nil: nothing
}

func openChild(ctx context.Context, o Options, server string) (*Engine, error) {
	return openWatched(ctx, o, server, time.Tick(socketCheck))
}

// openWatched opens a child whose socket is looked for at each tick of checks.
func openWatched(ctx context.Context, o Options, server string, checks <-chan time.Time) (_ *Engine, err error) {
	folder, err := takeFolder(ctx, o.DataDir, o.Logger)
	if err != nil {
		return nil, err
	}
	c := &child{server: server, folder: folder, log: o.Logger, last: make(chan *redisserver.Process, 1)}
	var process *redisserver.Process
	defer func() {
		if err != nil {
			err = errors.Join(err, c.clear(process))
		}
	}()
	if c.sockets, err = chooseSockets(); err != nil {
		return nil, err
	}
	if err = folder.sign(owner{Process: os.Getpid(), Sockets: c.sockets}); err != nil {
		return nil, fmt.Errorf("%w: data_dir %s: %w", ErrInvalid, o.DataDir, err)
	}
	if process, err = c.start(); err == nil {
		err = process.WaitReady(ctx, "unix", socketIn(c.sockets))
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	client, err := address{mode: single, url: url.URL{Scheme: "unix", Path: socketIn(c.sockets)}}.connect()
	if err != nil {
		return nil, err
	}
	care, retire := context.WithCancel(context.WithoutCancel(ctx))
	c.retire = retire
	go c.lookAfter(care, process, checks)
	return &Engine{kind: Child, client: client, stop: c.stop}, nil
}

// start starts the server with all that it needs to know. There is no configuration file.
func (c *child) start() (*redisserver.Process, error) {
	if err := ensureSockets(c.sockets); err != nil {
		return nil, err
	}
	return redisserver.Start(redisserver.Config{
		Path: c.server,
		Args: []string{
			"--port", "0",
			"--unixsocket", socketIn(c.sockets),
			"--unixsocketperm", "700",
			"--dir", c.folder.path,
			"--appendonly", "yes",
			"--appendfsync", "always",
			"--save", "", // no snapshots beside the log
			"--databases", "1",
		},
		Keep: c.folder.both,
		Log:  func(line string) { c.log.Debug("the private redis-server says", "line", line) },
	})
}

// lookAfter starts the server again whenever it has ended, until ctx ends.
func (c *child) lookAfter(ctx context.Context, process *redisserver.Process, checks <-chan time.Time) {
	pause := firstPause
	for process != nil && ctx.Err() == nil {
		if c.attend(ctx, process, checks) {
			pause = firstPause
		}
		if ctx.Err() != nil {
			break
		}
		c.log.Warn("the private redis-server ended and is started again", "error", process.Err())
		process, pause = c.restart(ctx, pause)
	}
	c.last <- process
}

// attend returns when the process has ended or ctx ends, and says whether it had been steady.
func (c *child) attend(ctx context.Context, process *redisserver.Process, checks <-chan time.Time) (wasSteady bool) {
	proof := time.NewTimer(steady)
	defer proof.Stop()
	for {
		select {
		case <-ctx.Done():
			return wasSteady
		case <-process.Done():
			return wasSteady
		case <-proof.C:
			wasSteady = true
		case <-checks:
			if _, err := os.Lstat(socketIn(c.sockets)); err == nil {
				continue
			}
			c.log.Warn("the private redis-server's socket was removed")
			if err := c.end(ctx, process); err != nil {
				c.log.Error("the private redis-server does not end", "error", err)
			}
		}
	}
}

// end ends the process and waits for it. SHUTDOWN is obeyed at once, the signal only at the server's next tick, 100 ms
// later at most.
func (c *child) end(ctx context.Context, process *redisserver.Process) error {
	ctx, cancel := context.WithTimeout(ctx, stopWait)
	defer cancel()
	_, _ = redisserver.Ask(ctx, "unix", socketIn(c.sockets), "SHUTDOWN NOSAVE") // the answer is a closed connection
	return process.Stop(ctx)
}

// restart tries to start a process until it succeeds, or returns nil when ctx ends. The second value is the next pause.
func (c *child) restart(ctx context.Context, pause time.Duration) (*redisserver.Process, time.Duration) {
	for {
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil, pause
		case <-timer.C:
		}
		pause = min(2*pause, longestPause)
		process, err := c.start()
		if err == nil {
			return process, pause
		}
		c.log.Error("the private redis-server cannot be started", "error", err)
	}
}

// stop ends the server and lets go of everything.
func (c *child) stop(ctx context.Context) error {
	c.retire()
	if process := <-c.last; process != nil {
		if err := c.end(ctx, process); err != nil {
			return err // it still has the folder
		}
	}
	return c.clear(nil)
}

// clear kills the process, if there is one, and removes what else there is.
func (c *child) clear(process *redisserver.Process) error {
	if process != nil {
		if err := process.Kill(); err != nil {
			return err
		}
	}
	removeSockets(c.sockets)
	c.folder.release()
	return nil
}
