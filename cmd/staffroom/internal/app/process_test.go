//go:build unix

package app

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/staffroom-bot/staffroom/bot/redis/redistest"
)

// process is the program in a process of its own, as a person starts it.
type process struct {
	*testing.T
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Scanner
	errors bytes.Buffer
}

// startProcess starts the program with a temporary folder of its own, home.
func startProcess(t *testing.T, home string, args ...string) *process {
	t.Helper()
	// testscript.Main runs the program when the binary is called by its name.
	name := filepath.Join(t.TempDir(), "staffroom")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, name); err != nil {
		t.Fatal(err)
	}
	p := &process{T: t, cmd: exec.Command(name, args...)}
	p.cmd.Dir = home
	p.cmd.Env = append(os.Environ(), "TMPDIR="+home+"/tmp")
	p.cmd.Stderr = &p.errors
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.out = bufio.NewScanner(out)
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.cmd.Process.Kill() })
	return p
}

// newHome is a folder for a process, whose path is short enough for sockets.
func newHome(t *testing.T) string {
	t.Helper()
	home, err := os.MkdirTemp("", "sr")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(home) })
	if err := os.Mkdir(filepath.Join(home, "tmp"), 0o700); err != nil {
		t.Fatal(err)
	}
	return home
}

func (p *process) typed(line string) {
	p.Helper()
	if _, err := io.WriteString(p.in, line+"\n"); err != nil {
		p.Fatal(err)
	}
}

// sees reads the output up to a line with these words.
func (p *process) sees(words string) {
	p.Helper()
	var before []string
	for p.out.Scan() {
		if strings.Contains(p.out.Text(), words) {
			return
		}
		before = append(before, p.out.Text())
	}
	p.Fatalf("%q was not shown, but:\n%s\n%s", words, strings.Join(before, "\n"), p.errors.String())
}

// interrupts is Ctrl-C in a terminal: to the whole process group of the
// program, which here is the program alone.
func (p *process) interrupt() error {
	p.Helper()
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		p.Fatal(err)
	}
	for p.out.Scan() {
	}
	return p.cmd.Wait()
}

func TestDemo(t *testing.T) {
	home := newHome(t)
	p := startProcess(t, home, "demo", "--out", "archive")
	p.sees("Try, one line at a time")
	p.sees("Q1.")
	p.typed("A1 A wrong graph taught me most")
	p.sees("you: A1 A wrong graph taught me most")
	p.typed("/chat mine")
	p.sees("Q1: A1 A wrong graph taught me most")
	if err := p.interrupt(); err != nil {
		t.Fatalf("%v\n%s", err, p.errors.String())
	}
	archive, err := os.ReadFile(filepath.Join(home, "archive", "archive.md"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(archive), "A1 A wrong graph taught me most") {
		t.Errorf("the archive has no such answer:\n%s", archive)
	}
}

func TestConsoleKeepsAndCleansUp(t *testing.T) {
	redistest.Server(t)
	home := newHome(t)
	p := startProcess(t, home, "console")
	p.typed("Maria: /staffroom home")
	p.sees("Hello, Maria")

	second := startProcess(t, home, "console")
	if err := second.cmd.Wait(); err == nil || !strings.Contains(second.errors.String(), "already uses") {
		t.Errorf("a second console on the same data was not refused: %v, %s", err, second.errors.String())
	}

	p.typed("!join Maria role=host")
	p.typed("Maria: /host new")
	p.sees("[Save]")
	p.typed(`Maria: !fill Title="Kept" Questions="One?"`)
	p.sees("Kept is saved")
	if err := p.interrupt(); err != nil {
		t.Fatalf("%v\n%s", err, p.errors.String())
	}
	nothingLeft(t, home)

	p = startProcess(t, home, "console")
	p.typed("Maria: /chat list")
	p.sees("#1 Kept")
	// A kill leaves the server to die by itself, and the next start to clean up.
	if err := p.cmd.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = p.cmd.Wait()
	p = startProcess(t, home, "console")
	p.typed("Maria: /chat list")
	p.sees("#1 Kept")
	if err := p.interrupt(); err != nil {
		t.Fatalf("%v\n%s", err, p.errors.String())
	}
	nothingLeft(t, home)
}

// nothingLeft checks that no socket and no process of a home is left.
func nothingLeft(t *testing.T, home string) {
	t.Helper()
	left, err := os.ReadDir(filepath.Join(home, "tmp"))
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range left {
		t.Errorf("%s is left", entry.Name())
	}
	folders, err := filepath.Glob("/proc/[0-9]*/cwd")
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		if at, err := os.Readlink(folder); err == nil && strings.HasPrefix(at, home) {
			t.Errorf("process %s is left in %s", folder, at)
		}
	}
}
