package locale

import (
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

func sample(t *testing.T) *Catalogue {
	t.Helper()
	c, err := read(fstest.MapFS{
		"en/a.json": {Data: []byte(`{
			"core.language": "English",
			"a.plain": "**Q{n}.** {text}",
			"a.people": {"one": "{n} person", "other": "{n} people"},
			"a.english": "only here",
			"a.when": "At {when}"
		}`)},
		"es/a.json": {Data: []byte(`{
			"core.language": "español",
			"a.plain": "**P{n}.** {text}",
			"a.people": {"one": "{n} persona", "many": "{n} de personas", "other": "{n} personas"},
			"a.when": "A las {when}"
		}`)},
		// Polish has four forms.
		"pl/a.json": {Data: []byte(`{
			"core.language": "polski",
			"a.people": {"one": "{n} osoba", "few": "{n} osoby", "many": "{n} osób", "other": "{n} osoby"}
		}`)},
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestText(t *testing.T) {
	c := sample(t)
	tests := []struct {
		name, language string
		key            bot.Key
		args           []bot.Arg
		want           string
	}{
		{"english", "en", "a.plain", []bot.Arg{bot.Num("n", 2), bot.Str("text", "Why?")}, "Q2. Why?"},
		{"spanish", "es", "a.plain", []bot.Arg{bot.Num("n", 2), bot.Str("text", "¿Por qué?")}, "P2. ¿Por qué?"},
		{"a region's language", "es-MX", "a.plain", []bot.Arg{bot.Num("n", 2), bot.Str("text", "x")}, "P2. x"},
		{"a region's English", "en-GB", "a.english", nil, "only here"},
		{"an underscore, as Slack writes it", "es_LA", "a.plain", []bot.Arg{bot.Num("n", 1), bot.Str("text", "x")}, "P1. x"},
		{"a language that is not there", "fi", "a.english", nil, "only here"},
		{"no language", "", "a.english", nil, "only here"},
		{"no language at all", "!!", "a.english", nil, "only here"},
		{"a message that a language lacks", "es", "a.english", nil, "only here"},
		{"one", "en", "a.people", []bot.Arg{bot.Count("n", 1)}, "1 person"},
		{"none", "en", "a.people", []bot.Arg{bot.Count("n", 0)}, "0 people"},
		{"several", "en", "a.people", []bot.Arg{bot.Count("n", 24)}, "24 people"},
		{"more than are kept ready", "en", "a.people", []bot.Arg{bot.Count("n", 5000)}, "5000 people"},
		{"less than nothing", "en", "a.people", []bot.Arg{bot.Count("n", -5)}, "-5 people"},
		{"a million in Spanish", "es", "a.people", []bot.Arg{bot.Count("n", 1000000)}, "1000000 de personas"},
		{"few in Polish", "pl", "a.people", []bot.Arg{bot.Count("n", 3)}, "3 osoby"},
		{"many in Polish", "pl", "a.people", []bot.Arg{bot.Count("n", 5)}, "5 osób"},
		{"a number that is no count", "en", "a.people", []bot.Arg{bot.Num("n", 1)}, "1 people"},
		{"an unknown key", "en", "a.nothing", nil, "[a.nothing]"},
		{"a missing argument", "en", "a.plain", []bot.Arg{bot.Num("n", 2)}, "Q2. {text}"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := c.Text(tt.language, tt.key, tt.args...).String(); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestTextShowsTimesInItsLanguage(t *testing.T) {
	c := sample(t)
	at := time.Date(2026, 5, 14, 19, 0, 0, 0, time.UTC)
	when := bot.At("when", at, "Europe/Madrid", bot.DateTime)
	if got, want := c.Text("es-ES", "a.when", when).String(), "A las jue 14 de mayo, 21:00 CEST"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := c.Text("en", "a.when", when).String(), "At Thu 14 May, 9:00 pm CEST"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	// A text within a text keeps the language that it was made in.
	inner := bot.Rich("when", c.Text("es", "a.when", when))
	if got, want := c.Text("en", "a.when", inner).String(), "At A las jue 14 de mayo, 21:00 CEST"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if when.Value[0].Language != "" {
		t.Error("the argument itself was changed")
	}
}

func TestMissingKeyIsTold(t *testing.T) {
	c := sample(t)
	var told []string
	c.OnMissing(func(language string, key bot.Key) { told = append(told, language+" "+string(key)) })
	c.Text("es-MX", "a.nothing")
	c.Text("es", "a.english")
	if got := strings.Join(told, ", "); got != "es a.nothing" {
		t.Errorf("told %q", got)
	}
}

func TestLanguages(t *testing.T) {
	c, err := New()
	if err != nil {
		t.Fatal(err)
	}
	got := c.Languages()
	want := []bot.Choice{{Label: "English", Value: "en"}, {Label: "español", Value: "es"}}
	if len(got) != len(want) || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestReadRefuses(t *testing.T) {
	tests := []struct {
		name  string
		files fstest.MapFS
		want  string
	}{
		{"a folder that is no language", fstest.MapFS{"not_a_language_x/a.json": {Data: []byte(`{}`)}}, "is no language"},
		{"broken JSON", fstest.MapFS{"en/a.json": {Data: []byte(`{"a.b": `)}}, "en/a.json"},
		{"a key in two files", fstest.MapFS{
			"en/a.json": {Data: []byte(`{"a.b": "x"}`)},
			"en/b.json": {Data: []byte(`{"a.b": "y"}`)},
		}, `"a.b" is in en/a.json too`},
		{"no general form", fstest.MapFS{"en/a.json": {Data: []byte(`{"a.b": {"one": "x"}}`)}}, `no words for "other"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := read(tt.files); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got error %v, want one with %q", err, tt.want)
			}
		})
	}
}

// Whatever is asked for, the catalogue keeps only so much of it.
func TestMadeUpLanguagesDoNotFillMemory(t *testing.T) {
	c := sample(t)
	var all sync.WaitGroup
	for worker := range 4 {
		all.Go(func() {
			for i := range 500 {
				c.Text("x-"+strings.Repeat("a", worker+1)+"-"+strings.Repeat("b", i%8+1)+"-"+strings.Repeat("c", i/8%8+1), "a.english")
			}
		})
	}
	all.Wait()
	if len(c.known) > mostKnown {
		t.Errorf("%d languages are remembered", len(c.known))
	}
}

// A warm call allocates what it returns, and nothing besides.
func TestTextAllocations(t *testing.T) {
	c := sample(t)
	args := []bot.Arg{bot.Count("n", 24)}
	c.Text("es-MX", "a.people", args...)
	if n := testing.AllocsPerRun(100, func() { c.Text("es-MX", "a.people", args...) }); n > 1 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkText(b *testing.B) {
	c, err := New()
	if err != nil {
		b.Fatal(err)
	}
	args := []bot.Arg{bot.Count("n", 24)}
	b.ReportAllocs()
	for b.Loop() {
		c.Text("es-MX", "core.error.rate_limited.seconds", args...)
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		if _, err := New(); err != nil {
			b.Fatal(err)
		}
	}
}
