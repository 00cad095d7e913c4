package checkin

import (
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/locale"
)

// A spreadsheet neither calculates what somebody typed nor shows it backwards.
func TestCellsAreHarmless(t *testing.T) {
	for cell, want := range map[string]string{
		"":                       "",
		"Fine.":                  "Fine.",
		"a=1":                    "a=1",
		"=1+1":                   "'=1+1",
		"+1":                     "'+1",
		"-1":                     "'-1",
		"@SUM(A1)":               "'@SUM(A1)",
		"＝1+1":                   "'＝1+1",
		"＋1":                     "'＋1",
		"－1":                     "'－1",
		"＠SUM(A1)":               "'＠SUM(A1)",
		"\u200b=1":               "'\u200b=1",
		" \t=1":                  "' \t=1",
		"\tx":                    "'\tx",
		"\u202e=1":               "'=1",
		"abc\u202edef\u2066g":    "abcdefg",
		"Cómo, 50 %, \u200fשלום": "Cómo, 50 %, \u200fשלום",
	} {
		if got := harmless(cell); got != want {
			t.Errorf("%q becomes %q, want %q", cell, got, want)
		}
	}
}

// A journal reads as it is written, also where what was asked does not.
func TestAJournalReadsForwards(t *testing.T) {
	words, err := locale.New()
	if err != nil {
		t.Fatal(err)
	}
	s := &Service{words: words}
	e := Entry{
		Asked:  Asked{Name: "Hos\u202etile", Definition: Definition{Questions: []Question{{Kind: Text, Text: "Why\u2067?"}}}},
		Answer: Answer{At: time.Date(2026, 3, 6, 15, 0, 0, 0, time.UTC), Values: []string{"abc\u202edef"}},
	}
	got := string(s.journalMarkdown(bot.Member{Language: "en", Zone: "UTC"}, []Entry{e}))
	for _, want := range []string{"Hostile", "Why?", "abcdef"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q does not have %q", got, want)
		}
	}
	if strings.ContainsAny(got, "\u202e\u2067") {
		t.Errorf("it turns round: %q", got)
	}
}

// The day of an occurrence is that of each person's own clock, or else of whoever
// reads it.
func TestTheDayOfAnOccurrence(t *testing.T) {
	at := time.Date(2026, 3, 7, 2, 0, 0, 0, time.UTC)
	wall := time.Date(2026, 3, 6, 21, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		wall       time.Time
		zone, want string
	}{
		{time.Time{}, "America/New_York", "2026-03-06"},
		{time.Time{}, "Pacific/Auckland", "2026-03-07"},
		{time.Time{}, "nowhere", "2026-03-07"},
		{wall, "America/New_York", "2026-03-06"},
		{wall, "Pacific/Auckland", "2026-03-06"},
	} {
		a := Asked{At: at, Wall: c.wall}
		if got := a.day(c.zone).Format(time.DateOnly); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
	for ci, want := range map[*CheckIn]time.Time{
		{Definition: Definition{Local: true}}:                  wall,
		{Definition: Definition{}}:                             {},
		{Definition: Definition{Local: true, InChannel: true}}: {},
	} {
		if got := ci.copy(at, wall).Wall; !got.Equal(want) {
			t.Errorf("%+v keeps %s", ci.Definition, got)
		}
	}
}
