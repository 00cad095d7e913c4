package redistest

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/staffroom-bot/staffroom/bot/redis/internal/redisserver"
)

// Durable is a real redis-server of a test's own that keeps what it has acknowledged: it can be killed and started
// again on the same files.
type Durable struct {
	tb             testing.TB
	server, folder string
	process        *redisserver.Process
}

// NewDurable starts one. It ends, and its files go, with the test.
func NewDurable(tb testing.TB) *Durable {
	tb.Helper()
	d := &Durable{tb: tb, server: Server(tb)}
	var err error
	if d.folder, err = os.MkdirTemp("", "staffroom-test-"); err != nil { // short: it holds a socket
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if d.process != nil {
			d.Kill()
		}
		if err := os.RemoveAll(d.folder); err != nil {
			tb.Error("removing the files of redis-server:", err)
		}
	})
	d.Start()
	return d
}

// URL is its address, whether it runs or not.
func (d *Durable) URL() string { return "unix://" + d.socket() }

func (d *Durable) socket() string { return filepath.Join(d.folder, "redis.sock") }

// Start starts it again after Kill and returns when it answers.
func (d *Durable) Start() {
	d.tb.Helper()
	process, err := redisserver.Start(redisserver.Config{Path: d.server, Args: []string{
		"--port", "0", "--unixsocket", d.socket(), "--dir", d.folder, "--loglevel", "warning",
		"--save", "", "--appendonly", "yes", "--appendfsync", "always",
	}})
	if err != nil {
		d.tb.Fatal(err)
	}
	d.process = process
	ctx, cancel := context.WithTimeout(context.Background(), startWait)
	defer cancel()
	if err := process.WaitReady(ctx, "unix", d.socket()); err != nil {
		d.tb.Fatal(err)
	}
}

// Kill ends it with kill -9.
func (d *Durable) Kill() {
	d.tb.Helper()
	if err := d.process.Kill(); err != nil {
		d.tb.Error("ending redis-server:", err)
	}
	d.process = nil
}
