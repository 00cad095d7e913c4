package locale

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"

	"github.com/staffroom-bot/staffroom/bot"
)

// TestKeys compares the catalogue with the program's source: a message that is
// asked for must exist, and one that nobody asks for must go.
func TestKeys(t *testing.T) {
	root := moduleRoot(t)
	use := newUsage()
	for _, folder := range []string{"bot", "adapters", "cmd"} {
		if err := use.readFolder(filepath.Join(root, folder)); err != nil {
			t.Fatal(err)
		}
	}
	c, err := New()
	if err != nil {
		t.Fatal(err)
	}
	keys := c.tongues[0].messages
	for key, places := range use.keys {
		if _, ok := keys[bot.Key(key)]; !ok {
			t.Errorf("%s: no message %q", places[0], key)
		}
	}
	for key := range keys {
		if !use.has(string(key)) {
			t.Errorf("message %q is used nowhere", key)
		}
	}
}

func moduleRoot(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("no go.mod above the test")
		}
		dir = parent
	}
}

// spoken are the messages of one language as they are written.
func spoken(t *testing.T, tag language.Tag) map[string]*i18n.Message {
	t.Helper()
	list, err := readFolder(files, tag)
	if err != nil {
		t.Fatal(err)
	}
	messages := map[string]*i18n.Message{}
	for _, m := range list {
		messages[m.ID] = m
	}
	return messages
}

func TestLanguagesAgree(t *testing.T) {
	english := spoken(t, language.English)
	for _, l := range otherLanguages(t) {
		other := spoken(t, l)
		for key := range other {
			if english[key] == nil {
				t.Errorf("%s has %q, English has not", l, key)
			}
		}
		for key, m := range english {
			o := other[key]
			if o == nil {
				t.Errorf("%s lacks %q", l, key)
				continue
			}
			if (m.One == "") != (o.One == "") {
				t.Errorf("%s: %q has plural forms in one of the languages only", l, key)
			}
			if got, want := names(o.Other), names(m.Other); !slices.Equal(got, want) {
				t.Errorf("%s: %q asks for %v, in English for %v", l, key, got, want)
			}
		}
	}
}

func otherLanguages(t *testing.T) []language.Tag {
	t.Helper()
	folders, err := fs.ReadDir(files, ".")
	if err != nil {
		t.Fatal(err)
	}
	var tags []language.Tag
	for _, f := range folders {
		if tag := language.MustParse(f.Name()); tag != language.English {
			tags = append(tags, tag)
		}
	}
	if len(tags) == 0 {
		t.Fatal("there is one language only")
	}
	return tags
}

// JSON keeps the last of two values with one key and says nothing.
func TestNoKeyTwiceInAFile(t *testing.T) {
	key := regexp.MustCompile(`(?m)^  "([^"]+)":`)
	err := fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(files, path)
		if err != nil {
			return err
		}
		seen := map[string]bool{}
		for _, m := range key.FindAllStringSubmatch(string(data), -1) {
			if seen[m[1]] {
				t.Errorf("%s: %q stands there twice", path, m[1])
			}
			seen[m[1]] = true
		}
		if messages, err := i18n.ParseMessageBytes(data, json.Unmarshal); err != nil || len(messages) != len(seen) {
			t.Errorf("%s: %d messages, %d lines that begin with a key: please write one key a line, two spaces in", path, len(messages), len(seen))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// names are the arguments that a template asks for, sorted.
func names(template string) []string {
	return slices.Sorted(slices.Values(bot.ParseTemplate(template).Names()))
}

var looksLikeName = regexp.MustCompile(`\{[^}]*\}`)

func TestEveryMessageReadsWell(t *testing.T) {
	for _, l := range append(otherLanguages(t), language.English) {
		for key, m := range spoken(t, l) {
			for form, words := range map[string]string{
				"zero": m.Zero, "one": m.One, "two": m.Two, "few": m.Few, "many": m.Many, "other": m.Other,
			} {
				if words == "" {
					continue
				}
				for _, fault := range faults(words, names(m.Other)) {
					t.Errorf("%s, %q, %s: %s", l, key, form, fault)
				}
			}
		}
	}
}

func faults(words string, known []string) []string {
	var found []string
	if strings.ContainsAny(words, "!¡") {
		found = append(found, "an exclamation mark")
	}
	if strings.TrimSpace(words) != words && strings.Trim(words, " ") != "or" && strings.Trim(words, " ") != "o" {
		found = append(found, "space at an end")
	}
	for _, hole := range looksLikeName.FindAllString(words, -1) {
		name := strings.Trim(hole, "{}")
		if !slices.Contains(known, name) {
			found = append(found, fmt.Sprintf("%s is no argument of the general form", hole))
		}
	}
	var args []bot.Arg
	for _, name := range known {
		args = append(args, bot.Str(name, "x"))
	}
	// Markup that is left over was opened and never closed.
	if filled := bot.ParseTemplate(words).Fill(args...).String(); strings.ContainsAny(filled, "*{}`") {
		found = append(found, "markup that does not close: "+filled)
	}
	return found
}

// TestUsage shows what counts as a use of a message.
func TestUsage(t *testing.T) {
	use := newUsage()
	err := use.readSource("sample.go", `package sample

import "github.com/staffroom-bot/staffroom/bot"

const title bot.Key = "s.constant"

type button struct {
	label bot.Key
	path  string
}

var command = bot.Command{Summary: "s.summary"}

func (x *thing) say(language string, key bot.Key, args ...bot.Arg) {}

func use(words bot.Words, x *thing, state string) {
	words.Text("en", "s.text")
	x.say("en", "s.helper")
	_ = bot.Key("s.converted")
	_ = bot.Key("s.state." + state)
	keys := []bot.Key{"s.listed"}
	y := button{label: "s.field", path: "s.path"}
	var other = "s.mentioned"
	_ = "not a key: s.prose"
}
`)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"s.constant", "s.converted", "s.field", "s.helper", "s.listed", "s.summary", "s.text"}
	if got := slices.Sorted(maps.Keys(use.keys)); !slices.Equal(got, want) {
		t.Errorf("must exist: %v, want %v", got, want)
	}
	for _, key := range append(want, "s.mentioned", "s.path", "s.state.open") {
		if !use.has(key) {
			t.Errorf("%s does not count as used", key)
		}
	}
	for _, key := range []string{"s.prose", "s.other", "s.state"} {
		if use.has(key) {
			t.Errorf("%s counts as used", key)
		}
	}
}
