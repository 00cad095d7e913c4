package redisserver

import (
	"bytes"
	"regexp"
	"strings"
	"sync"
)

const (
	keptLines  = 3
	lineLength = 500 // bytes
)

// header is what redis-server puts before each line: "812:M 04 Nov 2026 07:12:44.123 # ".
var header = regexp.MustCompile(`^\d+:[A-Z] .{10,40}? [-.*#] `)

// output takes what a redis-server prints, hands it on line by line, and keeps the last lines to explain an end.
type output struct {
	log func(line string)

	mu      sync.Mutex
	part    []byte // of a line that has not ended
	lines   []string
	crashed bool
}

// Write never fails: a server must not end because nobody reads its log.
func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	rest := b
	for {
		line, after, found := bytes.Cut(rest, []byte("\n"))
		o.part = append(o.part, line[:min(len(line), lineLength-min(len(o.part), lineLength))]...)
		if !found {
			return len(b), nil
		}
		o.line(header.ReplaceAllString(strings.TrimSpace(string(o.part)), ""))
		o.part, rest = o.part[:0], after
	}
}

func (o *output) line(line string) {
	if strings.Contains(line, "BUG REPORT START") || strings.Contains(line, "ASSERTION FAILED") {
		o.crashed = true
		line = "it crashed; its report is not kept because it quotes commands"
	} else if o.crashed || line == "" {
		return
	}
	o.lines = append(o.lines, line)
	if len(o.lines) > keptLines {
		o.lines = o.lines[1:]
	}
	if o.log != nil {
		o.log(line)
	}
}

// last is what was said last, in one line.
func (o *output) last() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return strings.Join(o.lines, "; ")
}
