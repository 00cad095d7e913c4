//go:build unix && !aix && !solaris

package engine_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/staffroom-bot/staffroom/bot/redis/engine"
	"github.com/staffroom-bot/staffroom/bot/redis/internal/redisserver"
	"github.com/staffroom-bot/staffroom/bot/redis/redistest"
)

func TestKillingTheParentLosesNothingAcknowledged(t *testing.T) {
	folders := socketFolders(t)
	redistest.Server(t)
	dir := t.TempDir()
	for round := range 5 {
		h := startHolder(t, dir)
		for range 50 * round {
			h.next(t, "written")
		}
		written := h.kill()

		e := open(t, engine.Options{DataDir: dir})
		if runs(h.child) {
			t.Errorf("round %d: the killed parent's redis-server still runs", round)
		}
		if found := folders(); len(found) != 1 {
			t.Errorf("round %d: socket folders %v; want our own only", round, found)
		}
		for i := 1; i <= written; i++ {
			if n, err := e.Client().Get(t.Context(), fmt.Sprint("key:", i)).Int(); err != nil || n != i {
				t.Fatalf("round %d: key %d of %d acknowledged = %d, %v", round, i, written, n, err)
			}
		}
		closeEngine(t, e)
	}
	if found := folders(); len(found) != 0 {
		t.Errorf("left over: %v", found)
	}
}

func TestSecondProcessIsRefused(t *testing.T) {
	redistest.Server(t)
	socketFolders(t) // the holder is killed and leaves one
	dir := t.TempDir()
	h := startHolder(t, dir)
	_, err := engine.Open(t.Context(), engine.Options{DataDir: dir})
	want := fmt.Sprintf("another Staffroom (process %d) already uses %s; stop it or choose another data_dir", h.command.Process.Pid, dir)
	if !errors.Is(err, engine.ErrInUse) || !strings.Contains(err.Error(), want) {
		t.Fatalf("Open: %v\nwant ErrInUse with %q", err, want)
	}
	if !runs(h.child) {
		t.Error("the refused one has ended the other's redis-server")
	}
	h.next(t, "written")
}

func TestSecondEngineInOneProcessIsRefused(t *testing.T) {
	dir := t.TempDir()
	first := open(t, engine.Options{DataDir: dir})
	if _, err := engine.Open(t.Context(), engine.Options{DataDir: dir}); !errors.Is(err, engine.ErrInUse) {
		t.Errorf("Open: %v; want ErrInUse", err)
	}
	closeEngine(t, first)
	open(t, engine.Options{DataDir: dir})
}

func TestDeadChildIsStartedAgain(t *testing.T) {
	log := &logBuffer{}
	e := open(t, engine.Options{DataDir: filepath.Join(t.TempDir(), "with space"), Logger: log.logger()})
	client := e.Client()
	if err := client.Set(t.Context(), "key", "value", 0).Err(); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		before := childOf(t, e)
		if err := syscall.Kill(before, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		eventually(t, "it ends", func() bool { return !runs(before) })
		eventually(t, "the value is there again", func() bool { return client.Get(t.Context(), "key").Val() == "value" })
		if after := childOf(t, e); after == before {
			t.Errorf("process %d was killed and still answers", before)
		}
	}
	if !strings.Contains(log.String(), "started again") {
		t.Errorf("the log says nothing of the restart:\n%s", log)
	}
}

func TestChildWhoseSocketWasTidiedAwayIsStartedAgain(t *testing.T) {
	folders := socketFolders(t)
	checks := make(chan time.Time)
	e, err := engine.OpenWatched(t.Context(), engine.Options{DataDir: t.TempDir(), Logger: slog.New(slog.DiscardHandler)}, redistest.Server(t), checks)
	if err != nil {
		t.Fatal(err)
	}
	defer closeEngine(t, e)
	before := childOf(t, e)
	checks <- time.Time{} // all is well
	if err := os.RemoveAll(folders()[0]); err != nil {
		t.Fatal(err)
	}
	checks <- time.Time{}
	eventually(t, "another child answers", func() bool {
		now, err := strconv.Atoi(processOf(e.Client()))
		return err == nil && now != before
	})
	if runs(before) {
		t.Error("the child without a socket still runs")
	}
}

func TestCloseLeavesNothing(t *testing.T) {
	folders := socketFolders(t)
	dir := t.TempDir()
	e := open(t, engine.Options{DataDir: dir})
	if err := e.Client().Set(t.Context(), "key", "value", 0).Err(); err != nil {
		t.Fatal(err)
	}
	child := childOf(t, e)
	closeEngine(t, e)
	if runs(child) {
		t.Error("the redis-server still runs")
	}
	if found := folders(); len(found) != 0 {
		t.Errorf("left over: %v", found)
	}
	closeEngine(t, e) // a second time

	e = open(t, engine.Options{DataDir: dir})
	if got := e.Client().Get(t.Context(), "key").Val(); got != "value" {
		t.Errorf("after reopening the value is %q", got)
	}
}

func TestCloseKillsAChildThatDoesNotEnd(t *testing.T) {
	folders := socketFolders(t)
	e := open(t, engine.Options{DataDir: t.TempDir()})
	child := childOf(t, e)
	if err := syscall.Kill(child, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := e.Close(ctx); err != nil {
		t.Fatal("Close:", err)
	}
	if runs(child) || len(folders()) != 0 {
		t.Errorf("runs %v, socket folders %v; want neither", runs(child), folders())
	}
}

func TestCloseWhileTheChildCannotBeStarted(t *testing.T) {
	socketFolders(t)
	e := open(t, engine.Options{DataDir: t.TempDir()})
	stopped := childOf(t, e)
	socket := e.Client().(*redis.Client).Options().Addr
	if err := os.RemoveAll(filepath.Dir(socket)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Dir(socket), nil, 0o600); err != nil { // a file stands where its folder was
		t.Fatal(err)
	}
	if err := syscall.Kill(stopped, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the old child ends", func() bool { return !runs(stopped) })
	closeEngine(t, e)
}

func TestTerminalSignalsDoNotReachTheChild(t *testing.T) {
	child := childOf(t, open(t, engine.Options{DataDir: t.TempDir()}))
	group, err := syscall.Getpgid(child)
	if err != nil || group != child {
		t.Errorf("process group %d, %v; want one of its own, %d", group, err, child)
	}
}

// Where the kernel does not end the child of a killed parent, the next start has to.
func TestLeftoverChildIsAskedToEnd(t *testing.T) {
	dir, sockets := t.TempDir(), filepath.Join(shortDir(t), "staffroom-left")
	lock, err := os.Create(filepath.Join(dir, "lock"))
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(sockets, 0o700); err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(sockets, "redis.sock")
	left, err := redisserver.Start(redisserver.Config{
		Path: redistest.Server(t),
		Args: []string{"--port", "0", "--unixsocket", socket, "--dir", dir, "--appendonly", "yes"},
		Keep: lock,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = left.Kill() })
	if err := left.WaitReady(t.Context(), "unix", socket); err != nil {
		t.Fatal(err)
	}
	if answer, err := redisserver.Ask(t.Context(), "unix", socket, "SET key value"); answer != "+OK" {
		t.Fatal(answer, err)
	}
	if err := lock.Close(); err != nil { // as the parent's end does
		t.Fatal(err)
	}
	record := fmt.Sprintf(`{"process":%d,"sockets":%q}`, 1<<22-1, sockets)
	if err := os.WriteFile(filepath.Join(dir, "owner"), []byte(record), 0o600); err != nil {
		t.Fatal(err)
	}

	e := open(t, engine.Options{DataDir: dir})
	if got := e.Client().Get(t.Context(), "key").Val(); got != "value" {
		t.Errorf("the value that the leftover child held is %q", got)
	}
	if _, err := os.Stat(sockets); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("its socket folder is still there: %v", err)
	}
}

func TestLeftoverThatDoesNotEndIsReported(t *testing.T) {
	redistest.Server(t)
	dir := t.TempDir()
	lock, err := os.Create(filepath.Join(dir, "lock"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = lock.Close() }()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err = engine.Open(ctx, engine.Options{DataDir: dir})
	if !errors.Is(err, engine.ErrInUse) || !strings.Contains(err.Error(), "redis-server of an earlier Staffroom still uses "+dir) {
		t.Errorf("Open: %v; want ErrInUse that names the leftover", err)
	}
}

func TestTooLongSocketPathIsExplained(t *testing.T) {
	redistest.Server(t)
	dir := t.TempDir()
	long := filepath.Join(shortDir(t), strings.Repeat("long", 25))
	if err := os.Mkdir(long, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", long)
	_, err := engine.Open(t.Context(), engine.Options{DataDir: dir})
	if !errors.Is(err, engine.ErrInvalid) || !strings.Contains(err.Error(), "set TMPDIR to a shorter folder") {
		t.Fatalf("Open: %v; want ErrInvalid that names TMPDIR", err)
	}
	t.Setenv("TMPDIR", filepath.Dir(long))
	open(t, engine.Options{DataDir: dir}) // the folder was let go of
}

func TestChildThatCannotStartIsExplained(t *testing.T) {
	folders := socketFolders(t)
	dir := t.TempDir()
	closeEngine(t, open(t, engine.Options{DataDir: dir}))
	broken := filepath.Join(dir, "appendonlydir", "appendonly.aof.manifest")
	if err := os.WriteFile(broken, []byte("nonsense\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := engine.Open(t.Context(), engine.Options{DataDir: dir})
	if !errors.Is(err, engine.ErrUnavailable) || !strings.Contains(err.Error(), "manifest") {
		t.Errorf("Open: %v; want ErrUnavailable with what redis-server says", err)
	}
	if found := folders(); len(found) != 0 {
		t.Errorf("left over: %v", found)
	}
}

func TestDataFolderIsClosedToOthers(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	open(t, engine.Options{DataDir: dir})
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("mode %v, %v; want 0700", info.Mode(), err)
	}
}

func TestDataFolderThatCannotBeUsed(t *testing.T) {
	redistest.Server(t)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"", file} {
		if _, err := engine.Open(t.Context(), engine.Options{DataDir: dir}); !errors.Is(err, engine.ErrInvalid) || !strings.Contains(err.Error(), "data_dir") {
			t.Errorf("data_dir %q: %v; want ErrInvalid that names it", dir, err)
		}
	}
}

// childOf returns the process of the engine's redis-server.
func childOf(t *testing.T, e *engine.Engine) int {
	t.Helper()
	process, err := strconv.Atoi(processOf(e.Client()))
	if err != nil {
		t.Fatal(err)
	}
	return process
}

// runs says whether there is such a process that has not ended.
func runs(process int) bool {
	if syscall.Kill(process, 0) != nil {
		return false
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", process)) // Linux: one that nobody waited for is still listed
	return err != nil || !strings.Contains(string(stat), ") Z ")
}

// logBuffer collects a log.
type logBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

func (b *logBuffer) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(b, &slog.HandlerOptions{Level: slog.LevelDebug}))
}
