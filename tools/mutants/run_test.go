package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// program is a small one with a promise in Go and one in an embedded file.
func program() map[string]string {
	return map[string]string{
		"go.mod": "module example.org/small\n\ngo 1.24\n",
		"one/one.go": `package one

import _ "embed"

//go:embed word.txt
var word string

func one() int { return 1 }

func slowOnce() { for false {} }
`,
		"one/word.txt": "word",
		"one/one_test.go": `package one

import (
	"flag"
	"os"
	"testing"
)

var asked = flag.Bool("asked", false, "")

func TestOne(t *testing.T) {
	if one() != 1 {
		t.Error(one())
	}
	t.Run("a word, too", func(t *testing.T) {
		if word != "word" {
			t.Error("user" + "_script:1: " + word)
		}
	})
}

func TestBlind(t *testing.T)  { one() }
func TestSick(t *testing.T)   { t.Error("always") }
func TestSkips(t *testing.T)  { t.Skip("for want of Redis") }
func TestSlow(t *testing.T)   { slowOnce() }
func TestExits(t *testing.T)  { if one() != 1 { os.Exit(3) } }
func TestPanics(t *testing.T) {
	if one() != 1 {
		done := make(chan bool)
		go func() { defer close(done); panic("elsewhere") }()
		<-done
		select {}
	}
}
func TestAsked(t *testing.T) {
	if os.Getenv("STAFFROOM_REQUIRE") != "redis" || !*asked {
		t.Skip("not asked")
	}
	if one() != 1 {
		t.Error(one())
	}
}
`,
	}
}

// A mutant of each kind comes to its own end, and what is not killed makes the whole fail.
func TestWhatBecomesOfMutants(t *testing.T) {
	const two = "file one/one.go\n- return 1\n+ return 2\n"
	tests := []struct {
		mutant string
		verdict
		why string
	}{
		{"killed\n" + two + "test one TestOne\n", killed, ""},
		{"in an embedded file\nfile one/word.txt\n- word\n+ sword\ntest one TestOne/a word, too\n", broken, "a script does not run"},
		{"with arguments\n" + two + "test one TestAsked\nargs -asked\n", killed, ""},
		{"unnoticed\n" + two + "test one TestBlind\n", survived, "TestBlind passes"},
		{"in another part\n" + two + "test one TestOne/a word, too\n", survived, "passes"},
		{"no program\nfile one/one.go\n- return 1\n+ return one\ntest one TestOne\n", broken, "does not compile"},
		{"sick before\n" + two + "test one TestSick\n", broken, "does not pass (fail)"},
		{"skipped\n" + two + "test one TestSkips\n", broken, "does not pass (skip)"},
		{"no such part\n" + two + "test one TestOne/nothing\n", broken, "does not run"},
		{"hanging\nfile one/one.go\n- for false\n+ for\ntest one TestSlow\ntimeout 1s\nhangs\n", killed, ""},
		{"hanging by mistake\nfile one/one.go\n- for false\n+ for\ntest one TestSlow\ntimeout 1s\n", broken, "ran out of time"},
		{"panicking elsewhere\n" + two + "test one TestPanics\ncrashes\n", killed, ""},
		{"panicking by mistake\n" + two + "test one TestPanics\n", broken, "neither failed nor passed"},
		{"ending the program otherwise\n" + two + "test one TestExits\ncrashes\n", broken, "neither failed nor passed"},
		{"ending the program\n" + two + "test one TestExits\n", broken, "neither failed nor passed"},
		{"slow\n" + two + "test one TestBlind\nslow\n", "", ""},
	}
	root, table := t.TempDir(), t.TempDir()
	write(t, root, program())
	var text []string
	for _, tt := range tests {
		text = append(text, tt.mutant)
	}
	write(t, table, map[string]string{"small.txt": strings.Join(text, "\n")})

	var out strings.Builder
	err := proveAll(context.Background(), &out, root, table, "", false)
	if err == nil {
		t.Fatalf("all is well:\n%s", out.String())
	}
	for _, tt := range tests {
		name, _, _ := strings.Cut(tt.mutant, "\n")
		if line := string(tt.verdict) + " "; tt.verdict != "" && !hasLine(out.String(), line, "small: "+name+" (") {
			t.Errorf("%s: is not %s", name, tt.verdict)
		}
		told := hasLine(err.Error(), string(tt.verdict), "small: "+name)
		if told != (tt.why != "") || !strings.Contains(err.Error(), tt.why) {
			t.Errorf("%s: told: %t, want %q", name, told, tt.why)
		}
	}
	if !strings.Contains(out.String(), "4 killed, 2 survived, 9 broken") || strings.Contains(out.String(), "small: slow") {
		t.Errorf("told:\n%s", out.String())
	}
	if t.Failed() {
		t.Logf("%s\n%v", out.String(), err)
	}
	read, err := os.ReadFile(filepath.Join(root, "one/one.go"))
	if err != nil || string(read) != program()["one/one.go"] {
		t.Errorf("the program has changed: %v\n%s", err, read)
	}

	out.Reset()
	if err := proveAll(context.Background(), &out, root, table, "killed", false); err != nil {
		t.Errorf("killed, and yet: %v", err)
	}
	if err := proveAll(context.Background(), &out, root, table, "slow", true); err == nil || !strings.Contains(err.Error(), "SURVIVED") {
		t.Errorf("slow ones are not run: %v", err)
	}
	if err := proveAll(context.Background(), &out, root, table, "nothing of it", false); err == nil {
		t.Error("none is all")
	}
}

func hasLine(text, begin, rest string) bool {
	for line := range strings.SplitSeq(text, "\n") {
		if strings.HasPrefix(line, begin) && strings.Contains(line, rest) {
			return true
		}
	}
	return false
}
