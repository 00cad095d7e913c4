package house_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/grade"
	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

// named is an option's name in a command line; "https:" is none.
var named = regexp.MustCompile(`(?:^|\s)([a-z]+):[^/]`)

// What the help gives as an example is read as it is meant, in each language: the command's
// words and the names of its options are English, and their values the reader's.
func TestExamplesAreRead(t *testing.T) {
	s := newSchool(t, "2026-03-05 14:00", "")
	english := map[bot.Key]string{}
	same := map[string]bool{ // in Spanish too
		"/organize link code:abcde-fghij": true, "/organize people person:Ana role:host": true, "/staffroom help topic:chat": true,
		"/host handover person:@Sam": true,
	}
	commands, read := s.Router.Commands(), 0
	for _, language := range []string{"en", "es"} {
		for _, c := range commands {
			for _, sub := range c.Subcommands {
				if sub.Example == "" {
					continue
				}
				read++
				typed := s.Words.Text(language, sub.Example).String()
				if language == "en" {
					english[sub.Example] = typed
				} else if typed == english[sub.Example] && !same[typed] {
					t.Errorf("in Spanish the example is %s", typed)
				}
				line := bot.ParseCommandLine(commands, typed)
				if path := "/" + c.Name + "/" + sub.Name; line.Path != path || len(line.Values) == 0 || !strings.HasPrefix(typed, "/"+c.Name+" "+sub.Name+" ") {
					t.Errorf("%s: %q is read as %s with %q", path, typed, line.Path, line.Values)
				}
				for _, m := range named.FindAllStringSubmatch(typed, -1) {
					if line.Values[m[1]] == "" {
						t.Errorf("%q: there is no option %s in %q", typed, m[1], line.Values)
					}
				}
				understood(t, s.Words, language, line)
			}
		}
	}
	if read < 2*16 {
		t.Errorf("only %d examples", read)
	}
}

// understood checks what the features read of an example's values.
func understood(t *testing.T, words bot.Words, language string, line bot.CommandLine) {
	t.Helper()
	for name, value := range line.Values {
		bad := false
		switch name {
		case "grade":
			grades, unknown := grade.Parse(value)
			bad = unknown != "" || len(grades) != 1
		case "until":
			_, err := rule.ParseSpan(value, rule.Date(20000))
			bad = err != nil
		case "chats":
			bad = value != words.Text(language, "setup.here").String()
		}
		if bad {
			t.Errorf("%s: %s is %q", line.Path, name, value)
		}
	}
}
