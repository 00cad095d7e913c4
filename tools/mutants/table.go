package main

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"
)

// defaultTimeout is for one test; most take less than a second.
const defaultTimeout = time.Minute

// mutant is one way to break the program, and the test that must notice.
type mutant struct {
	name    string // what is broken, in words
	from    string // the file of the table, without its ending
	edits   []edit
	pkg     string // folder of the test's package, from the root
	test    string // TestX or TestX/part
	args    []string
	timeout time.Duration
	hangs   bool // running out of time is how the test fails
	crashes bool // a panic outside of the test is how it fails
	slow    bool
}

// edit replaces a text that occurs once.
type edit struct {
	file     string // from the root
	old, new string
}

// readTable reads the mutants of all files in a folder.
func readTable(folder string) ([]mutant, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.txt"))
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("no mutants in %s", folder)
	}
	var all []mutant
	var wrong []error
	where := map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		from := strings.TrimSuffix(filepath.Base(file), ".txt")
		read, err := parse(from, string(text))
		wrong = append(wrong, err)
		for _, m := range read {
			if other, taken := where[m.name]; taken {
				wrong = append(wrong, fmt.Errorf("%s: %q is in %s already", from, m.name, other))
			}
			where[m.name] = from
		}
		all = append(all, read...)
	}
	return all, errors.Join(wrong...)
}

// parse reads one file of the table: paragraphs.
func parse(from, text string) ([]mutant, error) {
	var all []mutant
	var wrong []error
	var paragraph []string
	begin := 0
	for i, line := range append(strings.Split(text, "\n"), "") {
		switch {
		case strings.HasPrefix(line, "#"):
		case strings.TrimSpace(line) != "":
			if len(paragraph) == 0 {
				begin = i + 1
			}
			paragraph = append(paragraph, strings.TrimSuffix(line, "\r"))
		case len(paragraph) > 0:
			m, err := parseMutant(paragraph)
			if err != nil {
				wrong = append(wrong, fmt.Errorf("%s: the mutant in line %d: %w", from, begin, err))
			}
			m.from = from
			all = append(all, m)
			paragraph = nil
		}
	}
	return all, errors.Join(wrong...)
}

func parseMutant(lines []string) (mutant, error) {
	m := mutant{name: lines[0], timeout: defaultTimeout}
	file, adding := "", false
	for i, line := range lines[1:] {
		before, _, _ := strings.Cut(lines[i], " ")
		word, rest, _ := strings.Cut(line, " ")
		words := strings.Fields(rest)
		switch {
		case word == "-" || word == "+":
			if word == "-" && before != "-" {
				m.edits, adding = append(m.edits, edit{file: file, old: rest}), false
				continue
			}
			if len(m.edits) == 0 || word == "+" && before != "-" && before != "+" {
				return m, fmt.Errorf("%q: there is nothing that it replaces", line)
			}
			e := &m.edits[len(m.edits)-1]
			switch {
			case word == "-":
				e.old += "\n" + rest
			case adding:
				e.new += "\n" + rest
			default:
				e.new, adding = rest, true
			}
		case word == "file" && len(words) == 1:
			file = words[0]
		case word == "test" && len(words) >= 2 && m.test == "":
			m.pkg = words[0]
			_, m.test, _ = strings.Cut(strings.TrimSpace(rest), " ")
		case word == "args" && len(words) > 0:
			m.args = words
		case word == "timeout" && len(words) == 1:
			d, err := time.ParseDuration(words[0])
			if err != nil || d <= 0 {
				return m, fmt.Errorf("%q: no time", line)
			}
			m.timeout = d
		case line == "hangs":
			m.hangs = true
		case line == "crashes":
			m.crashes = true
		case line == "slow":
			m.slow = true
		default:
			return m, fmt.Errorf("%q: not understood", line)
		}
	}
	return m, m.complete()
}

// complete says what is missing.
func (m *mutant) complete() error {
	if len(m.edits) == 0 {
		return errors.New("it changes nothing")
	}
	for _, e := range m.edits {
		switch {
		case e.file == "":
			return errors.New("there is no file to change")
		case !filepath.IsLocal(e.file) || path.Clean(e.file) != e.file:
			return fmt.Errorf("%s: not a file below the root", e.file)
		case strings.HasSuffix(e.file, "_test.go"):
			return fmt.Errorf("%s: a test is not what is broken", e.file)
		case e.old == "" || e.old == e.new:
			return errors.New("a change that is none")
		}
	}
	if !strings.HasPrefix(m.test, "Test") {
		return errors.New("there is no test that must fail")
	}
	return nil
}

// matches reports whether the mutant is meant by a word.
func (m *mutant) matches(word string) bool {
	return strings.Contains(strings.ToLower(m.from+" "+m.name), strings.ToLower(word))
}

// topTest is the test function.
func (m *mutant) topTest() string {
	top, _, _ := strings.Cut(m.test, "/")
	return top
}
