package app

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// awkwardZone is a part of testdata/zones.txt.
type awkwardZone struct {
	name    string
	year    int
	changes []clockChange
	missing string
	rules   []awkwardRule
}

type clockChange struct {
	until  time.Time // unset: for good
	offset time.Duration
}

type awkwardRule struct {
	words string
	rows  []string // an instant and perhaps a note
}

// TestPreviewOfAYearInAwkwardZones compares the preview of whole years with a
// table that was written without this program.
func TestPreviewOfAYearInAwkwardZones(t *testing.T) {
	zones := readAwkwardZones(t)
	if len(zones) < 12 {
		t.Fatalf("the table has %d zones", len(zones))
	}
	for _, z := range zones {
		for _, r := range z.rules {
			t.Run(z.name+" "+r.words, func(t *testing.T) {
				got := z.preview(t, r)
				if want := z.workedOut(r); !slices.Equal(got, want) {
					t.Errorf("the year differs from what the offsets give:\n%s", firstDifference(got, want))
				}
				for _, row := range r.rows {
					if !slices.Contains(got, row) {
						t.Errorf("%q is not shown", row)
					}
				}
				// Around a change nothing else is between the rows.
				for i := 1; i < len(r.rows); i++ {
					before, after := slices.Index(got, r.rows[i-1]), slices.Index(got, r.rows[i])
					if near(t, r.rows[i-1], r.rows[i]) && after != before+1 {
						t.Errorf("%q does not follow %q", r.rows[i], r.rows[i-1])
					}
				}
			})
		}
	}
}

func near(t *testing.T, a, b string) bool {
	t.Helper()
	instant := func(row string) time.Time {
		at, err := time.Parse(time.RFC3339, strings.Fields(row)[0])
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	return instant(b).Sub(instant(a)) < 30*time.Hour
}

// preview runs the command for the year and gives a row for each line.
func (z awkwardZone) preview(t *testing.T, r awkwardRule) []string {
	t.Helper()
	var out bytes.Buffer
	a := App{In: strings.NewReader(""), Out: &out, Err: os.Stderr, Env: os.LookupEnv}
	if code := a.Main([]string{"schedule", "preview", r.words, "--zone", z.name, "--from", fmt.Sprintf("%d-01-01", z.year), "--count", "2000", "--json"}); code != 0 {
		t.Fatalf("it ended with %d", code)
	}
	var rows []string
	for d := json.NewDecoder(&out); ; {
		var line previewLine
		err := d.Decode(&line)
		if err == io.EOF {
			t.Fatal("the preview ends before the year does")
		}
		if err != nil {
			t.Fatal(err)
		}
		if line.Local[:4] != strconv.Itoa(z.year) {
			return rows
		}
		rows = append(rows, strings.TrimSpace(line.UTC+" "+string(line.Note)))
	}
}

// workedOut is the year by arithmetic: a time of day less the offset that holds
// then. Where two offsets fit it is the earlier instant, where none does it is
// the change itself.
func (z awkwardZone) workedOut(r awkwardRule) []string {
	_, clocks, _ := strings.Cut(r.words, " at ")
	clocks = strings.ReplaceAll(clocks, " and ", ", ")
	var rows []string
	for day := time.Date(z.year, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() == z.year; day = day.AddDate(0, 0, 1) {
		if day.Format(time.DateOnly) == z.missing {
			continue
		}
		for clock := range strings.SplitSeq(clocks, ", ") {
			hour, minute, _ := strings.Cut(clock, ":")
			h, _ := strconv.Atoi(hour)
			m, _ := strconv.Atoi(minute)
			row := z.instant(day.Add(time.Duration(h)*time.Hour + time.Duration(m)*time.Minute))
			if n := len(rows); n > 0 && strings.Fields(rows[n-1])[0] == strings.Fields(row)[0] {
				continue // both in one gap, or one right after it
			}
			rows = append(rows, row)
		}
	}
	return rows
}

func (z awkwardZone) instant(wall time.Time) string {
	var fits []time.Time
	begin := time.Time{}
	for _, c := range z.changes {
		at := wall.Add(-c.offset)
		if !at.Before(begin) && (c.until.IsZero() || at.Before(c.until)) {
			fits = append(fits, at)
		}
		begin = c.until
	}
	switch len(fits) {
	case 0:
		for i, c := range z.changes {
			if !c.until.IsZero() && !wall.Before(c.until.Add(c.offset)) && wall.Before(c.until.Add(z.changes[i+1].offset)) {
				return c.until.Format(time.RFC3339) + " after_gap"
			}
		}
		return "never"
	case 1:
		return fits[0].Format(time.RFC3339)
	default:
		return fits[0].Format(time.RFC3339) + " first_of_two"
	}
}

func firstDifference(got, want []string) string {
	for i := range max(len(got), len(want)) {
		g, w := "nothing", "nothing"
		if i < len(got) {
			g = got[i]
		}
		if i < len(want) {
			w = want[i]
		}
		if g != w {
			return fmt.Sprintf("row %d is %s, not %s", i, g, w)
		}
	}
	return ""
}

func readAwkwardZones(t *testing.T) []awkwardZone {
	t.Helper()
	f, err := os.Open("testdata/zones.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	var zones []awkwardZone
	for scanner := bufio.NewScanner(f); scanner.Scan(); {
		line := strings.TrimSpace(scanner.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		word, rest, _ := strings.Cut(line, " ")
		if word == "zone" {
			zones = append(zones, awkwardZone{})
		}
		if err := zones[len(zones)-1].read(word, rest, line); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
	}
	return zones
}

func (z *awkwardZone) read(word, rest, line string) (err error) {
	switch word {
	case "zone":
		var year string
		z.name, year, _ = strings.Cut(rest, " ")
		z.year, err = strconv.Atoi(year)
	case "until":
		instant, offset, _ := strings.Cut(rest, " ")
		var c clockChange
		if instant != "-" {
			if c.until, err = time.Parse("2006-01-02T15:04Z", instant); err != nil {
				return err
			}
		}
		hours, minutes, _ := strings.Cut(strings.TrimPrefix(offset, "-"), ":")
		c.offset, err = time.ParseDuration(hours + "h" + minutes + "m")
		if strings.HasPrefix(offset, "-") {
			c.offset = -c.offset
		}
		z.changes = append(z.changes, c)
	case "missing":
		z.missing = rest
	case "rule":
		z.rules = append(z.rules, awkwardRule{words: rest})
	default:
		r := &z.rules[len(z.rules)-1]
		r.rows = append(r.rows, line)
	}
	return err
}

// TestDocumentedPreviews runs the commands of docs/schedule.md and compares what
// they show.
func TestDocumentedPreviews(t *testing.T) {
	page, err := os.ReadFile("../../../../docs/schedule.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := strings.Split(string(page), "```")
	ran := 0
	for i := 1; i < len(blocks); i += 2 {
		kind, text, _ := strings.Cut(blocks[i], "\n")
		if kind == "" {
			t.Chdir(t.TempDir())
			if err := os.WriteFile("days.txt", []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if kind != "console" {
			continue
		}
		for command := range strings.SplitSeq(strings.TrimPrefix(text, "$ "), "\n$ ") {
			line, want, _ := strings.Cut(command, "\n")
			before, quoted, _ := strings.Cut(line, "'")
			rule, after, _ := strings.Cut(quoted, "'")
			args := append(append(strings.Fields(before)[1:], rule), strings.Fields(after)...)
			var out bytes.Buffer
			a := App{In: strings.NewReader(""), Out: &out, Err: &out, Env: os.LookupEnv}
			a.Main(args)
			if got := strings.TrimRight(out.String(), "\n"); got != strings.TrimRight(want, "\n") {
				t.Errorf("%s\nshows:\n%s\nand not:\n%s", line, got, want)
			}
			ran++
		}
	}
	if ran < 3 {
		t.Errorf("only %d commands were found", ran)
	}
}
