package engine_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/staffroom-bot/staffroom/bot/redis/engine"
	"github.com/staffroom-bot/staffroom/bot/redis/internal/wait"
	"github.com/staffroom-bot/staffroom/bot/redis/redistest"
)

// holdFolder, when it is set, makes the test binary a process that holds that data folder until it is killed.
const holdFolder = "STAFFROOM_TEST_HOLD_FOLDER"

func TestMain(m *testing.M) {
	if dir := os.Getenv(holdFolder); dir != "" {
		hold(dir)
		return
	}
	redistest.Main(m)
}

// hold opens the child engine and prints "child N", then writes one key after another and prints "written N" for each
// that was acknowledged.
func hold(dir string) {
	e, err := engine.Open(context.Background(), engine.Options{DataDir: dir})
	if err != nil {
		fmt.Println("error", err)
		return
	}
	client := e.Client()
	fmt.Println("child", processOf(client))
	for i := 1; ; i++ {
		if err := client.Set(context.Background(), fmt.Sprint("key:", i), i, 0).Err(); err != nil {
			fmt.Println("error", err)
			return
		}
		fmt.Println("written", i)
	}
}

// processOf asks a server for its process.
func processOf(client redis.UniversalClient) string {
	info, err := client.Info(context.Background(), "server").Result()
	if err != nil {
		return err.Error()
	}
	_, after, _ := strings.Cut(info, "process_id:")
	number, _, _ := strings.Cut(after, "\r\n")
	return number
}

// holder is another process that holds a data folder.
type holder struct {
	command *exec.Cmd
	output  *bufio.Scanner
	child   int
}

func startHolder(t *testing.T, dir string) *holder {
	t.Helper()
	h := &holder{command: exec.Command(os.Args[0])}
	h.command.Env = append(os.Environ(), holdFolder+"="+dir)
	out, err := h.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := h.command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.kill() })
	h.output = bufio.NewScanner(out)
	h.child, err = strconv.Atoi(h.next(t, "child"))
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// next reads the next line, which is the word and what follows it.
func (h *holder) next(t *testing.T, word string) string {
	t.Helper()
	h.output.Scan()
	rest, ok := strings.CutPrefix(h.output.Text(), word+" ")
	if !ok {
		t.Fatalf("the other process says %q; want %s", h.output.Text(), word)
	}
	return rest
}

// kill ends the process as kill -9 does and returns the last number that it had said to be written.
func (h *holder) kill() (written int) {
	_ = h.command.Process.Kill()
	for h.output.Scan() {
		if number, ok := strings.CutPrefix(h.output.Text(), "written "); ok {
			written, _ = strconv.Atoi(number)
		}
	}
	_ = h.command.Wait() // killed
	return written
}

// open opens the child engine, which ends with the test.
func open(t testing.TB, o engine.Options) *engine.Engine {
	t.Helper()
	o.Server = redistest.Server(t)
	e, err := engine.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if e.Kind() != engine.Child || !e.Durable() {
		t.Fatalf("the engine is %s, durable %v; want the durable child", e.Kind(), e.Durable())
	}
	t.Cleanup(func() { closeEngine(t, e) })
	return e
}

func closeEngine(t testing.TB, e *engine.Engine) {
	t.Helper()
	if err := e.Close(context.Background()); err != nil {
		t.Error("Close:", err)
	}
}

// socketFolders makes TMPDIR a folder of the test's own, and returns what lists the socket folders in it.
func socketFolders(t *testing.T) func() []string {
	t.Helper()
	dir := shortDir(t)
	t.Setenv("TMPDIR", dir)
	return func() []string {
		found, err := filepath.Glob(filepath.Join(dir, "staffroom-*"))
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
}

// shortDir is a temporary folder whose path leaves room for a socket's: t.TempDir's has the test's name in it.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "sr")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// eventually fails the test if the question is not answered with yes within ten seconds.
func eventually(t *testing.T, what string, ready func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := wait.Until(ctx, 5*time.Millisecond, func() (bool, error) { return ready(), nil }); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}
