//go:build unix

// Package worker lets a test run its own binary again as a process of its own,
// which works, can be told things, and can be killed. Chaos and hour have whole
// Staffrooms run in this way.
package worker

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

const ordersVariable = "STAFFROOM_WORKER_ORDERS"

// ready is what a worker says when it begins to work.
const ready = "ready"

// Main belongs at the beginning of a TestMain: in a worker's process it does the
// work that Start was given orders for, and ends the process.
func Main(work func(orders string) error) {
	orders, ok := os.LookupEnv(ordersVariable)
	if !ok {
		return
	}
	if err := work(orders); err != nil {
		fmt.Fprintln(os.Stderr, "worker:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// Ready is for the work to say that it has begun.
func Ready() { fmt.Println(ready) }

// Obey is for the work to hear what it is told. When the test has gone, so does
// the process.
func Obey(hear func(line string)) {
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		hear(lines.Text())
	}
	os.Exit(1)
}

// Worker is a worker's process, from outside.
type Worker struct {
	// Ready is closed when it begins to work, Died when it has ended.
	Ready, Died <-chan struct{}

	cmd  *exec.Cmd
	tell io.Writer
	err  error // how it ended; to be read after it has died
}

// Start starts a worker with orders for its work.
func Start(tb testing.TB, orders string) (*Worker, error) {
	begun, died := make(chan struct{}), make(chan struct{})
	w := &Worker{cmd: exec.Command(os.Args[0]), Ready: begun, Died: died}
	w.cmd.Env = append(os.Environ(), ordersVariable+"="+orders)
	var complaints bytes.Buffer
	w.cmd.Stderr = &complaints
	tell, err := w.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	w.tell = tell
	said, err := w.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := w.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		if lines := bufio.NewScanner(said); lines.Scan() && lines.Text() == ready {
			close(begun)
		}
		_, _ = io.Copy(io.Discard, said)
		w.err = w.cmd.Wait()
		switch text := strings.TrimSpace(complaints.String()); {
		case w.Begun() && text != "":
			tb.Logf("a worker says: %s", text)
		case w.err != nil: // what it says is why it could not begin
			w.err = fmt.Errorf("%w: %s", w.err, text)
		}
		close(died)
	}()
	return w, nil
}

// Tell lets it hear a line.
func (w *Worker) Tell(line string) { _, _ = fmt.Fprintln(w.tell, line) }

// Kill kills it and waits for its end.
func (w *Worker) Kill() {
	_ = w.cmd.Process.Kill()
	<-w.Died
}

// Killed waits for its end and reports whether somebody killed it, which may have
// been itself.
func (w *Worker) Killed() bool {
	<-w.Died
	status, ok := w.cmd.ProcessState.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && status.Signal() == syscall.SIGKILL
}

// Dead reports whether it has ended.
func (w *Worker) Dead() bool {
	select {
	case <-w.Died:
		return true
	default:
		return false
	}
}

// Begun reports whether it had begun to work.
func (w *Worker) Begun() bool {
	select {
	case <-w.Ready:
		return true
	default:
		return false
	}
}

// Stop asks it to end and waits for it.
func (w *Worker) Stop() error {
	_ = w.cmd.Process.Signal(syscall.SIGTERM)
	return w.Err()
}

// Err waits for its end and says how it was.
func (w *Worker) Err() error {
	<-w.Died
	return w.err
}
