package bot_test

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

func sampleCommands() []bot.Command {
	return []bot.Command{
		{Name: "staffroom", Subcommands: []bot.Subcommand{
			{Name: "home"},
			{Name: "help", Options: []bot.Option{{Name: "topic"}}},
		}},
		{Name: "chat", Subcommands: []bot.Subcommand{
			{Name: "list"},
			{Name: "archive", Options: []bot.Option{{Name: "name"}, {Name: "as"}}},
		}},
		{Name: "library", Subcommands: []bot.Subcommand{
			{Name: "find", Options: []bot.Option{{Name: "words"}, {Name: "grade"}, {Name: "by"}}},
		}},
	}
}

func TestParseCommandLine(t *testing.T) {
	find := "/library/find"
	tests := []struct {
		name, text string
		path       string
		values     map[string]string
	}{
		{"nothing", "", "/staffroom/home", nil},
		{"spaces", " \n\t ", "/staffroom/home", nil},
		{"the root", "/staffroom", "/staffroom/home", nil},
		{"a subcommand of the root", "/staffroom help", "/staffroom/help", nil},
		{"a subcommand of the root without it", "help chat", "/staffroom/help", map[string]string{"topic": "chat"}},
		{"a command", "/chat list", "/chat/list", nil},
		{"without a slash", "chat list", "/chat/list", nil},
		{"in capitals", "CHAT List", "/chat/list", nil},
		{"after the root", "/staffroom chat list", "/chat/list", nil},
		{"after the root, both with slashes", "/staffroom /chat list", "/chat/list", nil},
		{"with much space", "  chat \t  list \n", "/chat/list", nil},
		{"with the spaces of other scripts", "chat\u3000list", "/chat/list", nil},
		{"words of an option that is not there", "chat list please", "/chat/list", nil},
		{"the first option without its name", "library find fractions strips", find, map[string]string{"words": "fractions strips"}},
		{"two options", "library find fractions grade:4", find, map[string]string{"words": "fractions", "grade": "4"}},
		{"names only", "library find grade:4 words:fraction strips", find, map[string]string{"words": "fraction strips", "grade": "4"}},
		{"a name in capitals", "library find Grade:4", find, map[string]string{"grade": "4"}},
		{"space after the colon", "library find grade: 4", find, map[string]string{"grade": "4"}},
		{"an empty value", "library find fractions grade:", find, map[string]string{"words": "fractions"}},
		{"a value that looks like a name", "library find words:grade:4", find, map[string]string{"words": "grade:4"}},
		{"a name within a word", "library find upgrade:4", find, map[string]string{"words": "upgrade:4"}},
		{"a name after a letter beyond ASCII", "library find voilàgrade:4", find, map[string]string{"words": "voilàgrade:4"}},
		{"an address", "library find https://example.org/?grade:4", find, map[string]string{"words": "https://example.org/?grade:4"}},
		{"quotes", `library find words:"grade: four" grade:4`, find, map[string]string{"words": "grade: four", "grade": "4"}},
		{"quotes without a name", `library find "by: Ana" by:Joe`, find, map[string]string{"words": "by: Ana", "by": "Joe"}},
		{"quotes in the middle", `library find the "grade: x" book`, find, map[string]string{"words": `the "grade: x" book`}},
		{"curly quotes", `library find words:“grade: four” grade:4`, find, map[string]string{"words": "grade: four", "grade": "4"}},
		{"a quote that does not close", `library find a 5" ruler grade:4`, find, map[string]string{"words": `a 5" ruler`, "grade": "4"}},
		{"a quote that only opens", `library find "ruler grade:4`, find, map[string]string{"words": `"ruler`, "grade": "4"}},
		{"line breaks in a value", "library find words:one\ntwo", find, map[string]string{"words": "one\ntwo"}},
		{"the first option's name among its words", "library find strips words: good ones grade:4", find, map[string]string{"words": "strips words: good ones", "grade": "4"}},
		{"the first option's name after its words and another", "library find strips by:Ana words: x", find, map[string]string{"words": "strips", "by": "Ana words: x"}},
		{"the first option after another", "library find grade:4 words:strips", find, map[string]string{"words": "strips", "grade": "4"}},
		{"a value twice", "library find grade:4 grade:5", find, map[string]string{"grade": "5"}},
		{"a command alone", "chat", bot.HelpPath, map[string]string{"unknown": "chat"}},
		{"a command alone after the root", "/staffroom chat", bot.HelpPath, map[string]string{"unknown": "chat"}},
		{"an unknown subcommand", "chat lsit", bot.HelpPath, map[string]string{"unknown": "chat lsit"}},
		{"an unknown command", "chta list", bot.HelpPath, map[string]string{"unknown": "chta list"}},
		{"an unknown word after the root", "/staffroom chta list", bot.HelpPath, map[string]string{"unknown": "chta list"}},
		{"small talk", "Good morning, everybody", bot.HelpPath, map[string]string{"unknown": "Good morning, everybody"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := bot.ParseCommandLine(sampleCommands(), tt.text)
			if got.Path != tt.path || !maps.Equal(got.Values, tt.values) {
				t.Errorf("got %s %q, want %s %q", got.Path, got.Values, tt.path, tt.values)
			}
		})
	}
}

func TestParseCommandLineWithoutCommands(t *testing.T) {
	got := bot.ParseCommandLine(nil, "staffroom chat")
	if got.Path != bot.HelpPath || got.Values["unknown"] != "staffroom chat" {
		t.Errorf("got %+v", got)
	}
}

// A long line costs time in proportion to its length, whatever is in it.
func TestLongCommandLines(t *testing.T) {
	for name, unit := range map[string]string{
		"roots": "staffroom ", "quotes": `"a `, "opening quotes": "“a ", "names": "grade: ", "spaces": " \t", "colons": ":",
	} {
		parse := func(n int) time.Duration {
			text := "library find words:" + strings.Repeat(unit, n)
			least := time.Hour
			for range 5 {
				began := time.Now()
				bot.ParseCommandLine(sampleCommands(), text)
				least = min(least, time.Since(began))
			}
			return least
		}
		short, long := parse(4000), parse(40000)
		// Ten times the length; what grows with the square takes a hundred times.
		if long > 40*short+time.Millisecond {
			t.Errorf("%s: %v for the short line, %v for the long one", name, short, long)
		}
	}
}

// What is written to the bot alone and begins like a command may be a sentence.
func TestIsCommand(t *testing.T) {
	commands := append(sampleCommands(), bot.Command{Name: "my", Subcommands: []bot.Subcommand{{Name: "goals"}, {Name: "away", Options: []bot.Option{{Name: "until"}}}}})
	for text, want := range map[string]bool{
		"help": true, " HELP\n": true, "help!": true, "Help?!": true, "help topic:chat": true, "my goals": true, "chat list": true, "chat archive name:Models": true,
		"chat archive as:file": true, "my away Until: friday": true,
		"staffroom": true, "staffroom help": true, "Staffroom my goals": true, "staffroom help topic:chat": true,
		"/help": true, "/library find fractions": true, "/no such thing": true, "/": true,

		"help is what I needed": false, "home visits went well": false, "my goals for the week": false, "my away day": false, "my": false,
		"library find fractions": false, "library was full": false, "chat list please": false, "chat": false, "staffroom chat": false,
		"staffroom talk was good": false, "staffroom library find fractions": false, "skip": false, "list chat": false,
		"chat archive: later": false, "chat archive a name:x": false, "3": false, "sí": false, "": false, "thanks /help": false,
	} {
		if got := bot.IsCommand(commands, text); got != want {
			t.Errorf("%q: %t, want %t", text, got, want)
		}
	}
	if bot.IsCommand(nil, "help") || bot.IsCommand(nil, "staffroom") {
		t.Error("a command although there is none")
	}
}

func FuzzCommandLine(f *testing.F) {
	for _, s := range []string{
		"/staffroom chat archive name:Models", "library find \"a b\" grade:4", "chat\u00a0list", "“", "\xff:", "words:\"", "a\"b\" grade:",
	} {
		f.Add(s)
	}
	commands := sampleCommands()
	known := map[string]map[string]bool{bot.HelpPath: {"unknown": true}}
	for _, c := range commands {
		for _, s := range c.Subcommands {
			options := map[string]bool{}
			for _, o := range s.Options {
				options[o.Name] = true
			}
			known["/"+c.Name+"/"+s.Name] = options
		}
	}
	known[bot.HelpPath]["unknown"] = true
	f.Fuzz(func(t *testing.T, text string) {
		got := bot.ParseCommandLine(commands, text)
		options, ok := known[got.Path]
		if !ok {
			t.Fatalf("%q leads to %q", text, got.Path)
		}
		for name, value := range got.Values {
			if !options[name] {
				t.Errorf("%q: %s has no option %q", text, got.Path, name)
			}
			if value == "" || !strings.Contains(text, value) {
				t.Errorf("%q: the value %q was not typed", text, value)
			}
		}
		// The root before it changes nothing.
		if again := bot.ParseCommandLine(commands, "/staffroom "+text); !strings.HasPrefix(strings.ToLower(strings.TrimSpace(text)), "staffroom") &&
			!strings.HasPrefix(strings.ToLower(strings.TrimSpace(text)), "/staffroom") {
			if again.Path != got.Path || !maps.Equal(again.Values, got.Values) {
				t.Errorf("%q: %+v, after the root %+v", text, got, again)
			}
		}
	})
}
