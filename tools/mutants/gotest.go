package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"time"
)

// outcome is what a run of go test says.
type outcome struct {
	actions map[string]string // of each test: pass, fail or skip
	told    map[string]string // what each test printed
	built   bool
	late    bool   // it ran out of time
	output  string // all of it
}

// event is a line of go test -json. See go doc test2json.
type event struct {
	Action string
	Test   string
	Output string
}

// timedOut is what package testing says when the time is up.
const timedOut = "panic: test timed out after"

// goTest runs tests of one package below root.
func goTest(ctx context.Context, root, pkg, pattern string, timeout time.Duration, args []string, flags ...string) (outcome, error) {
	command := append([]string{"test", "-json", "-vet=off", "-count=1", "-timeout=" + timeout.String(), "-run=" + pattern}, flags...)
	command = append(command, "./"+pkg)
	if len(args) > 0 {
		command = append(append(command, "-args"), args...)
	}
	cmd := exec.CommandContext(ctx, "go", command...)
	cmd.Dir = root
	// A test that would skip for want of Redis fails instead.
	cmd.Env = append(cmd.Environ(), "STAFFROOM_REQUIRE=redis")
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdout, err := cmd.Output()
	var failed *exec.ExitError
	if err != nil && !errors.As(err, &failed) {
		return outcome{}, err
	}
	if ctx.Err() != nil {
		return outcome{}, ctx.Err()
	}
	return readEvents(stdout, stderr.String())
}

func readEvents(stdout []byte, stderr string) (outcome, error) {
	o := outcome{actions: map[string]string{}, told: map[string]string{}, built: true}
	var output strings.Builder
	for line := range bytes.Lines(stdout) {
		var e event
		if err := json.Unmarshal(line, &e); err != nil {
			return o, fmt.Errorf("an answer of go test: %w", err)
		}
		switch e.Action {
		case "build-fail":
			o.built = false
		case "build-output", "output":
			output.WriteString(e.Output)
			o.told[e.Test] += e.Output
			o.late = o.late || strings.HasPrefix(e.Output, timedOut)
		case "pass", "fail", "skip":
			if e.Test != "" {
				o.actions[e.Test] = e.Action
			}
		}
	}
	output.WriteString(stderr)
	o.output = output.String()
	if len(stdout) == 0 {
		return o, fmt.Errorf("go test says nothing but: %s", o.output)
	}
	return o, nil
}

// anyOf is the argument of -run for several test functions, or for one test. The go command takes each part of a name for
// itself.
func anyOf(tests []string) string {
	if len(tests) == 1 {
		parts := strings.Split(underscored(tests[0]), "/")
		for i, part := range parts {
			parts[i] = "^" + regexp.QuoteMeta(part) + "$"
		}
		return strings.Join(parts, "/")
	}
	return "^(" + strings.Join(tests, "|") + ")$"
}

// underscored is a test's name as package testing writes it.
func underscored(test string) string { return strings.ReplaceAll(test, " ", "_") }
