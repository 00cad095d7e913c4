package discussion

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

const wholeScript = `# Thursday's chat
title: "Using models: a start"
tag: "#SciChat"
hosts: [Maria, "@joe"]
start: 2026-03-05 20:00
zone: America/New_York
introductions: 7m
length: 1h
welcome: |
  Welcome. Say hello and where you teach.

  Just reading is fine.
questions:
  - What is a model?
  - text: Where do you use one?
    at: 20m
    image: https://example.org/models.png
    note: Ask about labs if it is quiet
  - text: >
      What did
      your students say?
  - text: What will you try?
pace: clock
close: 'Thanks. It''s been a good hour.'
`

func TestParseScriptWhole(t *testing.T) {
	got, err := ParseScript([]byte(wholeScript))
	if err != nil {
		t.Fatal(err)
	}
	want := Script{
		Title: "Using models: a start", Tag: "#SciChat", Hosts: []string{"Maria", "joe"},
		Start: time.Date(2026, 3, 6, 1, 0, 0, 0, time.UTC), Zone: "America/New_York",
		Introductions: 7 * time.Minute, Length: time.Hour,
		Welcome: "Welcome. Say hello and where you teach.\n\nJust reading is fine.",
		Close:   "Thanks. It's been a good hour.",
		Questions: []Question{
			{Text: "What is a model?", At: 7 * time.Minute},
			{Text: "Where do you use one?", At: 20 * time.Minute, Image: "https://example.org/models.png", Note: "Ask about labs if it is quiet"},
			{Text: "What did your students say?", At: 31*time.Minute + 40*time.Second},
			{Text: "What will you try?", At: 43*time.Minute + 20*time.Second},
		},
		Pace: PaceClock,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	checkRoundTrip(t, got)
}

func checkRoundTrip(t *testing.T, s Script) {
	t.Helper()
	data, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var again Script
	if err := json.Unmarshal(data, &again); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(s, again) {
		t.Errorf("JSON does not give the script back: %s", cmp.Diff(s, again))
	}
}

// Every way of writing the file that a host may try, with CRLF, a BOM and
// whatever YAML would take for a number.
func TestParseScriptForms(t *testing.T) {
	const rest = "start: 2026-03-05T20:00\nzone: UTC\nquestions: [Why?]\n"
	for _, tc := range []struct {
		name, yaml string
		check      func(Script) bool
	}{
		{"plain", "title: A\n" + rest, func(s Script) bool { return s.Title == "A" && s.Pace == PaceClock && s.Hosts == nil }},
		{"a number as title", "title: 1984\n" + rest, func(s Script) bool { return s.Title == "1984" }},
		{"a truth as title", "title: true\n" + rest, func(s Script) bool { return s.Title == "true" }},
		{"threads", "title: A\nthreads: true\n" + rest, func(s Script) bool { return s.Threads }},
		{"no threads", "title: A\nthreads: false\n" + rest, func(s Script) bool { return !s.Threads }},
		{"one host", "title: A\nhosts: Maria\n" + rest, func(s Script) bool { return reflect.DeepEqual(s.Hosts, []string{"Maria"}) }},
		{"tag without its mark", "title: A\ntag: SciChat\n" + rest, func(s Script) bool { return s.Tag == "#SciChat" }},
		{"empty fields", "title: A\ntag:\nwelcome: ''\nlength: ~\n" + rest, func(s Script) bool { return s.Tag == "" && s.Welcome == "" && s.Length == 20*time.Minute }},
		{"windows", "\ufefftitle: A\r\n" + strings.ReplaceAll(rest, "\n", "\r\n"), func(s Script) bool { return s.Title == "A" }},
		{"json", `{"title": "A", "start": "2026-03-05T20:00", "zone": "UTC", "questions": [{"text": "Why?", "at": "0s"}]}`, func(s Script) bool { return s.Questions[0].At == 0 }},
		{"no introductions", "title: A\nintroductions: 0\n" + rest, func(s Script) bool {
			return s.Introductions == 0 && s.Questions[0].At == 0 && s.Length == 13*time.Minute
		}},
		{"a comment after a field", "title: A # for Thursday\n" + rest, func(s Script) bool { return s.Title == "A" }},
		{"a document mark", "---\ntitle: A\n" + rest, func(s Script) bool { return s.Title == "A" }},
		{"seconds", "title: A\nstart: 2026-03-05T20:00:30\nzone: UTC\nquestions: [Why?]\n", func(s Script) bool { return s.Start.Second() == 30 }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s, err := ParseScript([]byte(tc.yaml))
			if err != nil {
				t.Fatal(err)
			}
			if !tc.check(s) {
				t.Errorf("got %+v", s)
			}
		})
	}
}

func TestParseScriptErrors(t *testing.T) {
	const head = "title: A\nstart: 2026-03-05T20:00\nzone: UTC\n" // three lines
	const good = head + "questions: [Why?]\n"
	long := strings.Repeat("é", maxText+1)
	for _, tc := range []struct{ name, yaml, want string }{
		{"nothing", "", "line 1: expected a script, got an empty file"},
		{"comments only", "# a\n", "line 1: expected a script, got an empty file"},
		{"a list", "- a\n", "line 1: expected fields such as title: Using models, got a list"},
		{"two documents", good + "---\ntitle: B\n", "line 6: expected one script, got a second one after ---"},
		{"unknown field", good + "quesions: [a]\n", "line 5, quesions: expected one of close, hosts, introductions, length, pace, per_day, questions, start, tag, threads, title, welcome, zone"},
		{"unknown field of a question", head + "questions:\n  - text: Why?\n    when: 8m\n", "line 6, questions[0].when: expected one of at, image, note, text"},
		{"field twice", good + "title: B\n", "line 5, title: expected once, got it again"},
		{"no text", head + "questions:\n  - at: 8m\n  - Why?\n", "line 5, questions[0].text: expected a question of up to 1500 characters"},
		{"empty question", head + "questions:\n  - Why?\n  -\n", "line 6, questions[1].text: expected a question of up to 1500 characters"},
		{"questions as text", head + "questions: Why?\n", "line 4, questions: expected a list, each question after a dash, got 'Why?'"},
		{"question as list", head + "questions:\n  - [a]\n", "line 5, questions[0]: expected text, got a list"},
		{"title as list", "title: [a]\n" + "start: 2026-03-05T20:00\nzone: UTC\nquestions: [a]\n", "line 1, title: expected text, got a list"},
		{"reference", "title: &t A\nstart: 2026-03-05T20:00\nzone: UTC\nquestions: [*t]\n", "line 1, title: expected text, got a YAML reference (& or *)\n" +
			"line 4, questions[0]: expected text, got a YAML reference (& or *)"},
		{"merge", good + "<<: {title: B}\n", "line 5, <<: expected one of close, hosts, introductions, length, pace, per_day, questions, start, tag, threads, title, welcome, zone"},
		{"colon in a text", "title: Models: a start\n" + "start: 2026-03-05T20:00\n", "line 1: expected quotes around a text that contains a colon and a space"},
		{"a tab", head + "questions:\n\t- Why?\n", "line 5: expected spaces in front of a field, got a tab"},
		{"an @", head + "hosts: @maria\n", "line 4: expected quotes around a text that begins with @ or `"},
		{"an open quote", head + "questions: [\"Why?]\n", "line 4: expected a closing quote for the text that begins here"},
		{"a tag that YAML drops", good + "tag: #SciChat\n", `line 5, tag: expected quotes around a text with # in it, such as "#SciChat"; without them the rest is a comment`},
		{"a question that YAML cuts", head + "questions:\n  - What is #SciChat for?\n", `line 5, questions[0]: expected quotes around a text with # in it, such as "#SciChat"; without them the rest is a comment`},
		{"length of time", head + "questions:\n  - Why?\n  - text: How?\n    at: soon\n", "line 7, questions[1].at: expected a length of time such as 8m or 1h5m, got 'soon'"},
		{"no unit", good + "length: 60\n", "line 5, length: expected a length of time such as 8m or 1h5m, got '60'"},
		{"part of a second", good + "length: 90.5s\n", "line 5, length: expected whole seconds between 0 and 24h, got '90.5s'"},
		{"negative", good + "introductions: -5m\n", "line 5, introductions: expected whole seconds between 0 and 24h, got '-5m'"},
		{"too long", good + "length: 25h\n", "line 5, length: expected whole seconds between 0 and 24h, got '25h'"},
		{"too short", good + "length: 59s\nintroductions: 0\n", "line 5, length: expected between 1m and 24h, got 59s"},
		{"long introductions", good + "introductions: 1h\nlength: 1h\n", "line 4, questions[0].at: expected less than the length (1h), got 1h\nline 5, introductions: expected less than the length (1h), got 1h"},
		{"order", head + "questions:\n  - {text: a, at: 9m}\n  - {text: b, at: 9m}\n", "line 6, questions[1].at: expected 9m1s or later, after the question before it, got 9m"},
		{"no room", head + "questions:\n  - {text: a, at: 9m}\n  - b\n  - c\n  - {text: d, at: 9m2s}\n", "line 8, questions[3].at: expected 9m3s or later, after the question before it, got 9m2s"},
		{"no room at the end", head + "length: 10m\nquestions:\n  - {text: a, at: 9m59s}\n  - b\n", "line 4, length: expected room for the questions after questions[0], got 10m"},
		{"beyond the length", head + "length: 30m\nquestions:\n  - a\n  - {text: b, at: 30m}\n", "line 7, questions[1].at: expected less than the length (30m), got 30m"},
		{"before the introductions end", head + "introductions: 7m\nquestions:\n  - {text: a, at: 5m}\n", "line 6, questions[0].at: expected 7m or later, when the introductions end, got 5m"},
		{"default length too long", head + "questions:\n  - a\n  - {text: b, at: 23h50m}\n", "line 1, length: expected between 1m and 24h, and the questions need 24h3m"},
		{"start", "title: A\nstart: next Tuesday\nzone: UTC\nquestions: [a]\n", "line 2, start: expected a local time such as 2021-03-18T21:07, got 'next Tuesday'"},
		{"start with an offset", "title: A\nstart: 2026-03-05T20:00:00-05:00\nzone: UTC\nquestions: [a]\n", "line 2, start: expected a local time such as 2021-03-18T21:07 (the zone has a field of its own), got '2026-03-05T20:00:00-05:00'"},
		{"impossible date", "title: A\nstart: 2026-02-30T20:00\nzone: UTC\nquestions: [a]\n", "line 2, start: expected a local time such as 2021-03-18T21:07, got '2026-02-30T20:00'"},
		{"year", "title: A\nstart: 0026-02-03T20:00\nzone: UTC\nquestions: [a]\n", "line 2, start: expected whole seconds and a year between 2000 and 2200, got '0026-02-03T20:00'"},
		{"zone", "title: A\nstart: 2026-03-05T20:00\nzone: Lincoln\nquestions: [a]\n", "line 3, zone: expected an IANA zone such as America/New_York, got 'Lincoln'"},
		{"the machine's zone", "title: A\nstart: 2026-03-05T20:00\nzone: Local\nquestions: [a]\n", "line 3, zone: expected an IANA zone such as America/New_York, got 'Local'"},
		{"no zone", "title: A\nstart: 2026-03-05T20:00\nquestions: [a]\n", "line 1, zone: expected an IANA zone such as America/New_York"},
		{"threads", good + "threads: often\n", "line 5, threads: expected true or false, got 'often'"},
		{"pace", good + "pace: fast\n", "line 5, pace: expected clock, hand or slow, got 'fast'"},
		{"per day", good + "per_day: 2\n", "line 5, per_day: expected only where the pace is slow, got '2'"},
		{"too many a day", good + "pace: slow\nper_day: 5\n", "line 6, per_day: expected 1 to 4 questions a day, got '5'"},
		{"slow with a length", good + "pace: slow\nlength: 60m\n", "line 6, length: expected only where the pace is not slow, got '60m'"},
		{"image", head + "questions:\n  - text: a\n    image: http://example.org/a.png\n", "line 6, questions[0].image: expected an https address of up to 2000 characters, got 'http://example.org/a.png'"},
		{"image with a password", head + "questions:\n  - text: a\n    image: https://u:p@example.org/a.png\n", "line 6, questions[0].image: expected an https address of up to 2000 characters, got 'https://u:p@example.org/a.png'"},
		{"long title", "title: " + strings.Repeat("x", 151) + "\nstart: 2026-03-05T20:00\nzone: UTC\nquestions: [a]\n", "line 1, title: expected at most 150 characters, got 151"},
		{"two-line title", "title: \"a\\nb\"\nstart: 2026-03-05T20:00\nzone: UTC\nquestions: [a]\n", "line 1, title: expected one line, got 'a b'"},
		{"long question", head + "questions:\n  - a\n  - " + long + "\n", "line 6, questions[1].text: expected at most 1500 characters, got 1501"},
		{"control characters", head + "questions:\n  - \"a\\x1b[2J\"\n", "line 5, questions[0].text: expected text without control characters, got 'a [2J'"},
		{"tag", good + "tag: \"#Sci Chat\"\n", `line 5, tag: expected one word of up to 50 letters, digits, - or _, such as "#SciChat", got '#Sci Chat'`},
		{"empty host", good + "hosts: [Maria, '']\n", "line 5, hosts[1]: expected a name of up to 80 characters"},
		{"many hosts", good + "hosts: [" + strings.Repeat("a,", 21) + "]\n", "line 5, hosts: expected at most 20 names, got 21"},
		{"many questions", head + "questions: [" + strings.Repeat("a,", 51) + "]\n", "line 4, questions: expected 1 to 50 questions, got 51"},
		{"not UTF-8", "title: A\nstart: \xff\n", "line 2: expected text in UTF-8"},
		{"large", strings.Repeat("#", maxScriptBytes+1), "expected a file of at most 256 kB, got 257 kB"},
		{"many lines", "title: |\n  a" + strings.Repeat("\n", 5001), "expected at most 5000 lines and tabs, got 5002"},
		{"deep", strings.Repeat("[", maxScriptBytes), "expected a script, got a far longer list of fields"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s, err := ParseScript([]byte(tc.yaml))
			var e *ScriptError
			if !errors.As(err, &e) {
				t.Fatalf("got %v, %+v; want a ScriptError", err, s)
			}
			if err.Error() != tc.want {
				t.Errorf("got\n%s\nwant\n%s", err, tc.want)
			}
		})
	}
}

// Everything wrong is said at once, in the order of the file.
func TestParseScriptAllProblems(t *testing.T) {
	_, err := ParseScript([]byte(`titel: A
start: tomorrow
zone: Mars/Base
length: long
questions:
  - text: a
    at: soon
  - image: ftp://example.org
pace: fast
`))
	const want = `line 1, titel: expected one of close, hosts, introductions, length, pace, per_day, questions, start, tag, threads, title, welcome, zone
line 1, title: expected a title of up to 150 characters
line 2, start: expected a local time such as 2021-03-18T21:07, got 'tomorrow'
line 3, zone: expected an IANA zone such as America/New_York, got 'Mars/Base'
line 4, length: expected a length of time such as 8m or 1h5m, got 'long'
line 7, questions[0].at: expected a length of time such as 8m or 1h5m, got 'soon'
line 8, questions[1].image: expected an https address of up to 2000 characters, got 'ftp://example.org'
line 8, questions[1].text: expected a question of up to 1500 characters
line 9, pace: expected clock, hand or slow, got 'fast'`
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
	var many strings.Builder
	for i := range 30 {
		fmt.Fprintf(&many, "x%d: 1\n", i)
	}
	_, err = ParseScript([]byte(many.String()))
	if lines := strings.Split(err.Error(), "\n"); len(lines) != shownProblems+1 || lines[shownProblems] != "and 14 more" {
		t.Errorf("got\n%v\nwant %d problems and how many more there are", err, shownProblems)
	}
}

func TestSpacing(t *testing.T) {
	m := time.Minute
	for _, tc := range []struct {
		name          string
		intro, length string
		at            []string
		want          []time.Duration
		wantIntro     time.Duration
		wantLength    time.Duration
	}{
		{"the default hour", "", "", []string{"", "", "", "", "", ""}, []time.Duration{7 * m, 15 * m, 23 * m, 31 * m, 39 * m, 47 * m}, 7 * m, 60 * m},
		{"an hour said to be one", "", "60m", []string{"", "", "", "", "", ""}, []time.Duration{7 * m, 15 * m, 23 * m, 31 * m, 39 * m, 47 * m}, 7 * m, 60 * m},
		{"one question", "", "", []string{""}, []time.Duration{7 * m}, 7 * m, 20 * m},
		{"no introductions", "0", "", []string{"", ""}, []time.Duration{0, 8 * m}, 0, 21 * m},
		{"first fixed", "", "", []string{"0s", ""}, []time.Duration{0, 8 * m}, 0, 21 * m},
		{"first later than the introductions", "5m", "", []string{"10m", ""}, []time.Duration{10 * m, 18 * m}, 5 * m, 31 * m},
		{"between neighbours", "", "60m", []string{"", "", "", "37m", "47m"}, []time.Duration{7 * m, 17 * m, 27 * m, 37 * m, 47 * m}, 7 * m, 60 * m},
		{"an hour of three", "", "60m", []string{"", "20m", "", ""}, []time.Duration{7 * m, 20 * m, 31*m + 40*time.Second, 43*m + 20*time.Second}, 7 * m, 60 * m},
		{"whole seconds", "0", "60m", []string{"", "", "", "10s"}, []time.Duration{0, 3 * time.Second, 6 * time.Second, 10 * time.Second}, 0, 60 * m},
		{"short chats close shortly", "0", "12m", []string{"", ""}, []time.Duration{0, 4*m + 30*time.Second}, 0, 12 * m},
		{"fixed near the end", "0", "60m", []string{"", "56m", ""}, []time.Duration{0, 56 * m, 57*m + 30*time.Second}, 0, 60 * m},
		{"hardly any room", "0", "60m", []string{"", "59m56s", "", "", ""}, []time.Duration{0, 60*m - 4*time.Second, 60*m - 3*time.Second, 60*m - 2*time.Second, 60*m - time.Second}, 0, 60 * m},
		{"length after the last fixed", "0", "", []string{"", "40m", ""}, []time.Duration{0, 40 * m, 48 * m}, 0, 61 * m},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := ScriptDraft{Title: "A", Start: "2026-03-05 20:00", Zone: "UTC", Introductions: tc.intro, Length: tc.length}
			for _, at := range tc.at {
				d.Questions = append(d.Questions, QuestionDraft{Text: "Why?", At: at})
			}
			s, err := d.Script()
			if err != nil {
				t.Fatal(err)
			}
			var got []time.Duration
			for _, q := range s.Questions {
				got = append(got, q.At)
			}
			if !reflect.DeepEqual(got, tc.want) || s.Introductions != tc.wantIntro || s.Length != tc.wantLength {
				t.Errorf("got %v, introductions %v, length %v; want %v, %v, %v", got, s.Introductions, s.Length, tc.want, tc.wantIntro, tc.wantLength)
			}
		})
	}
}

// A draft that comes from a form has no lines.
func TestDraftError(t *testing.T) {
	_, err := ScriptDraft{Title: "A", Start: "soon", Zone: "UTC", Questions: []QuestionDraft{{Text: "a"}}}.Script()
	const want = "start: expected a local time such as 2021-03-18T21:07, got 'soon'"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestStartInGap(t *testing.T) {
	d := ScriptDraft{Title: "A", Start: "2026-03-08 02:30", Zone: "America/New_York", Questions: []QuestionDraft{{Text: "a"}}}
	s, err := d.Script()
	if err != nil {
		t.Fatal(err)
	}
	if want := time.Date(2026, 3, 8, 7, 0, 0, 0, time.UTC); !s.Start.Equal(want) || !s.StartMoved {
		t.Errorf("got %v, moved %v; want %v, true", s.Start, s.StartMoved, want)
	}
}

func TestQuestionsFromText(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		want       []string
	}{
		{"nothing", " \n\t\n", nil},
		{"plain lines", "Why models?\nWhich ones?\n", []string{"Why models?", "Which ones?"}},
		{"plain, blank lines between", "Why models?\r\n\r\nWhich ones?", []string{"Why models?", "Which ones?"}},
		{"plain, wrapped", "Why do we use\nmodels at all?\nWhich ones?", []string{"Why do we use models at all?", "Which ones?"}},
		{"plain, indented", "Why models?\n  Think of labs.\nWhich ones?", []string{"Why models? Think of labs.", "Which ones?"}},
		{"Q without a mark", "Q1 Why models?\nQ2 Which ones?", []string{"Why models?", "Which ones?"}},
		{"Q with marks", "Q1. Why?\nQ2: Which?\nQ3) When?\nQ4 - Who?\nq5 where?", []string{"Why?", "Which?", "When?", "Who?", "where?"}},
		{"bold", "**Q1:** Why?\n*Q2.* Which?", []string{"Why?", "Which?"}},
		{"Spanish", "P1. ¿Por qué?\nP2: ¿Cuáles?\nPregunta 3: ¿Cuándo?", []string{"¿Por qué?", "¿Cuáles?", "¿Cuándo?"}},
		{"words", "Question 1: Why?\nQuestion 2: Which?", []string{"Why?", "Which?"}},
		{"numbers", "1) Why?\n2. Which?\n3: When?", []string{"Why?", "Which?", "When?"}},
		{"joined", "Q1 Why\nmodels?\n\nThink of labs.\nQ2 Which ones?", []string{"Why models? Think of labs.", "Which ones?"}},
		{"a list inside", "Q1 Which do you use?\n1) drawings\n2) graphs\nQ2 Why?", []string{"Which do you use? 1) drawings 2) graphs", "Why?"}},
		{"announced", "Our questions:\nQ1 Why?\nQ2 Which?", []string{"Why?", "Which?"}},
		{"forgot the first label", "Why models?\nQ2 Which?", []string{"Why models?", "Which?"}},
		{"points at another", "Q1 Why?\nLook back at Q1 now: what changed?", []string{"Why? Look back at Q1 now: what changed?"}},
		{"a number that is text", "3 things you tried?\n2 you dropped?", []string{"3 things you tried?", "2 you dropped?"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var got []string
			for _, q := range QuestionsFromText(tc.text) {
				got = append(got, q.Text)
			}
			if !reflect.DeepEqual(got, tc.want) {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func FuzzParseScript(f *testing.F) {
	f.Add([]byte(wholeScript))
	f.Add([]byte("title: A\nstart: 2026-03-08T02:30\nzone: America/New_York\nintroductions: 0\nlength: 1m\nquestions: [a, b, {text: c, at: 30s}]\n"))
	f.Add([]byte("title: &a x\nquestions: *a\n<<: {b: c}\n? d\n: !!str e\n"))
	f.Add([]byte("{\"title\": \"\\ud83d\\ude00\", questions: [[], {}, ~, 1.5, |\n a\n]}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := ParseScript(data)
		if err != nil {
			var e *ScriptError
			if !errors.As(err, &e) || len(e.Problems) == 0 || e.Error() == "" {
				t.Fatalf("got %v; want a ScriptError with problems", err)
			}
			for _, p := range e.Problems {
				if p.Expected == "" || p.Line < 0 || strings.ContainsRune(p.String(), '\n') {
					t.Fatalf("got problem %#v", p)
				}
			}
			return
		}
		checkScript(t, s)
		checkRoundTrip(t, s)
	})
}

// checkScript fails unless s is what a Script promises.
func checkScript(t *testing.T, s Script) {
	t.Helper()
	texts := []string{s.Title, s.Welcome, s.Close, s.Tag}
	ok := s.Title != "" && utf8.RuneCountInString(s.Title) <= maxTitle && s.Pace == PaceClock && s.Zone != "" &&
		s.Start.Year() >= 1999 && s.Introductions >= 0 && s.Introductions < s.Length && s.Length >= minLength && s.Length <= maxLength &&
		len(s.Questions) > 0 && len(s.Questions) <= maxQuestions && len(s.Hosts) <= maxHosts
	at := s.Introductions - time.Second
	for _, q := range s.Questions {
		ok = ok && q.At > at && q.At < s.Length && q.At%time.Second == 0 && q.Text != ""
		at = q.At
		texts = append(texts, q.Text, q.Note, q.Image)
	}
	for _, text := range append(texts, s.Hosts...) {
		ok = ok && utf8.ValidString(text) && utf8.RuneCountInString(text) <= maxImageURL && !strings.ContainsFunc(text, isControl)
	}
	if !ok {
		t.Fatalf("not a valid script: %+v", s)
	}
}
