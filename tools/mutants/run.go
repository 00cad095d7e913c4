package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// verdict is what became of a mutant.
type verdict string

const (
	killed   verdict = "killed"   // as it should be: the test has failed
	survived verdict = "SURVIVED" // the test does not notice
	broken   verdict = "BROKEN"   // a mistake in the table: nothing is proven
)

// scriptTrouble is in the output where Redis cannot run a script: scripts are compiled where they run.
var scriptTrouble = regexp.MustCompile(`(?i)error (compiling|running) script|user_script`)

// run breaks the program and runs the test. why explains all but killed.
func (m *mutant) run(ctx context.Context, root string) (v verdict, why string) {
	folder, err := os.MkdirTemp("", "mutant-")
	if err != nil {
		return broken, err.Error()
	}
	defer func() { _ = os.RemoveAll(folder) }()
	overlay, err := m.overlay(root, folder)
	if err != nil {
		return broken, err.Error()
	}
	o, err := goTest(ctx, root, m.pkg, anyOf([]string{m.test}), m.timeout, m.args, "-overlay="+overlay)
	if err != nil {
		return broken, err.Error()
	}
	return m.judge(o)
}

// panicked is how the end of a program by a panic begins.
var panicked = regexp.MustCompile(`(?m)^panic: `)

func (m *mutant) judge(o outcome) (verdict, string) {
	action := o.actions[underscored(m.test)]
	switch {
	case !o.built:
		return broken, "it does not compile:\n" + shortened(o.output)
	case o.late && m.hangs:
		return killed, ""
	case o.late:
		return broken, m.test + " ran out of time; if that shows the fault, say hangs"
	case scriptTrouble.MatchString(o.output):
		return broken, "a script does not run:\n" + shortened(o.output)
	case action == "fail":
		return killed, ""
	case action == "pass":
		return survived, m.pkg + " " + m.test + " passes"
	case m.crashes && panicked.MatchString(o.output):
		return killed, ""
	default:
		return broken, m.test + " neither failed nor passed:\n" + shortened(o.output)
	}
}

// overlay writes what go test -overlay takes, and the changed files, into a folder.
func (m *mutant) overlay(root, folder string) (file string, err error) {
	contents, err := m.changed(root)
	if err != nil {
		return "", err
	}
	replace := map[string]string{}
	for name, content := range contents {
		changed := filepath.Join(folder, strconv.Itoa(len(replace))+filepath.Ext(name))
		if err := os.WriteFile(changed, []byte(content), 0o600); err != nil {
			return "", err
		}
		replace[filepath.Join(root, name)] = changed
	}
	encoded, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	file = filepath.Join(folder, "overlay.json")
	return file, os.WriteFile(file, encoded, 0o600)
}

// unsound runs the tests of the mutants with nothing broken, those of a package together, and gives for each mutant what
// is wrong with its test, or "": one that fails or skips proves nothing.
func unsound(ctx context.Context, root string, mutants []mutant) []string {
	type group struct{ pkg, args, part string }
	groups := map[group][]int{}
	for i, m := range mutants {
		g := group{m.pkg, strings.Join(m.args, " "), ""}
		if m.test != m.topTest() {
			g.part = m.test
		}
		groups[g] = append(groups[g], i)
	}
	wrong := make([]string, len(mutants))
	for g, members := range groups {
		var tests []string
		timeout := time.Duration(0)
		for _, i := range members {
			tests = append(tests, mutants[i].test)
			timeout += mutants[i].timeout
		}
		slices.Sort(tests)
		o, err := goTest(ctx, root, g.pkg, anyOf(slices.Compact(tests)), timeout, strings.Fields(g.args))
		for _, i := range members {
			switch test := underscored(mutants[i].test); {
			case err != nil:
				wrong[i] = err.Error()
			case !o.built:
				wrong[i] = "with nothing broken, " + g.pkg + " does not compile:\n" + shortened(o.output)
			case o.actions[test] == "":
				wrong[i] = "with nothing broken, " + g.pkg + " does not run " + mutants[i].test + ":\n" + shortened(o.output)
			case o.actions[test] != "pass":
				wrong[i] = "with nothing broken, " + mutants[i].test + " does not pass (" + o.actions[test] + "):\n" + shortened(o.told[test])
			}
		}
	}
	return wrong
}

// shortened is the end of an output.
func shortened(output string) string {
	const most = 20
	lines := strings.Split(strings.TrimSpace(output), "\n")
	if len(lines) > most {
		lines = append([]string{"…"}, lines[len(lines)-most:]...)
	}
	return "\t" + strings.Join(lines, "\n\t")
}
