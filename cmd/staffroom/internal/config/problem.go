package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Warning is something that works but should be changed, as one line for the operator.
type Warning string

// environment is the source of a value that an environment variable gave.
const environment = "environment"

// place says where a value was given.
type place struct {
	source  string // the file's path, or environment
	line    int    // counted from 1; 0 is the source as a whole
	setting string // "log.level", or the variable's name
}

func (p place) String() string {
	if p.line == 0 {
		return p.source
	}
	return fmt.Sprintf("%s:%d", p.source, p.line)
}

// problem is one thing to mend.
type problem struct {
	at   place
	text string
}

// report adds a problem. The text must hold no secret.
func (l *loader) report(at place, format string, args ...any) {
	l.problems = append(l.problems, problem{at, fmt.Sprintf(format, args...)})
}

// expects reports a value that is not what its setting wants, and shows it.
func (l *loader) expects(v value, want string) {
	l.report(v.at, "%s expects %s, found %s", v.at.setting, want, shown(v.text))
}

// expectsSecret reports a secret that is not what its setting wants, without showing it.
func (l *loader) expectsSecret(v value, want string) {
	l.report(v.at, "%s expects %s", v.at.setting, want)
}

func (l *loader) warn(at place, format string, args ...any) {
	l.warnings = append(l.warnings, Warning(fmt.Sprintf("%s: ", at)+fmt.Sprintf(format, args...)))
}

// err joins the problems in the order of the file's lines; those of the environment come last.
func (l *loader) err() error {
	slices.SortStableFunc(l.problems, func(a, b problem) int {
		if fromA, fromB := a.at.source == environment, b.at.source == environment; fromA != fromB {
			if fromA {
				return 1
			}
			return -1
		}
		return a.at.line - b.at.line
	})
	var errs []error
	for _, p := range l.problems {
		errs = append(errs, fmt.Errorf("%s: %s", p.at, p.text))
	}
	return errors.Join(errs...)
}

// longestShown is in runes. Tokens are longer (the shortest, a signing secret of Slack, has 32), so one that was pasted into
// the wrong place is not shown.
const longestShown = 24

// shown quotes a value for a message, unless it is long.
func shown(text string) string {
	if n := utf8.RuneCountInString(text); n > longestShown {
		return fmt.Sprintf("a text of %d characters", n)
	}
	return fmt.Sprintf("%q", text)
}

// unknown words the report of a key that is no setting, with the setting that was probably meant or else all there are.
func unknown(key string, known []string) string {
	name := "unknown setting"
	if utf8.RuneCountInString(key) <= longestShown {
		name += " '" + strings.ToValidUTF8(key, "?") + "'"
	}
	best, distance := "", 3
	for _, k := range known {
		if d := edits(strings.ToLower(key), k); d < distance && d < len(k) {
			best, distance = k, d
		}
	}
	if best != "" {
		return fmt.Sprintf("%s; did you mean '%s'?", name, best)
	}
	return fmt.Sprintf("%s; the settings here are %s", name, list(known, "and"))
}

// list joins words as a sentence does.
func list(words []string, last string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	head, tail := words[:len(words)-1], words[len(words)-1]
	return strings.Join(head, ", ") + " " + last + " " + tail
}

// edits counts the characters to insert, delete or replace to turn a into b (Levenshtein distance). Texts that differ
// much in length are not compared.
func edits(a, b string) int {
	from, to := []rune(a), []rune(b)
	if gap := len(from) - len(to); gap > 3 || gap < -3 {
		return max(len(from), len(to))
	}
	row := make([]int, len(to)+1)
	for j := range row {
		row[j] = j
	}
	for i, r := range from {
		diagonal := row[0]
		row[0] = i + 1
		for j, s := range to {
			cost := diagonal
			if r != s {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, diagonal+1)
		}
	}
	return row[len(to)]
}
