package discussion

import (
	"errors"
	"strings"
	"testing"

	"github.com/staffroom-bot/staffroom/bot/bottest"
)

func TestImportScript(t *testing.T) {
	given := ScriptDraft{Title: "Given", Start: "2026-12-03T19:00", Zone: "America/Chicago", Hosts: []string{"Maria"}}
	for name, c := range map[string]struct {
		file  string
		given ScriptDraft
		want  string // title, zone, hosts and the questions with their times; or the problems
	}{
		"a table":             {"question,at,note\nOne?,7m,brief\n\"Two, or more?\",15m,\n", given, "Given America/Chicago [Maria] One?@7m0s(brief) Two, or more?@15m0s()"},
		"with semicolons":     {"pregunta;hora\nUna, dos?;7m\n", given, "Given America/Chicago [Maria] Una, dos?@7m0s()"},
		"from a spreadsheet":  {"\ufeffQuestion\tNote\r\nOne?\tx\r\n", given, "Given America/Chicago [Maria] One?@7m0s(x)"},
		"columns in any turn": {"at,question\n7m,One?\n,Two?\n", given, "Given America/Chicago [Maria] One?@7m0s() Two?@15m0s()"},
		"the file's own zone": {"title: File\nzone: UTC\nhosts: [Sam]\nstart: 2026-01-01T10:00\nquestions: [One?]\n", ScriptDraft{Zone: "America/Chicago", Hosts: []string{"Maria"}}, "File UTC [Sam] One?@7m0s()"},
		"each line":           {"question,at\nOne?,soon\nTwo?,15m\n,16m\n", given, "line 2, questions[0].at: expected a length of time such as 8m or 1h5m, got 'soon'\nline 4, questions[2].text: expected a question of up to 1500 characters"},
		"too many columns":    {"question,at\nOne, two?,7m\n", given, "line 2, questions: expected 2 columns, got 3: a text with \",\" in it stands in quotes"},
		"a stray quote":       {"question\nOne?\nTwo \"and\" three?\n", given, "line 3, questions: expected quotes around a text with quotes in it, and two for each of those"},
		"nothing in it":       {"question\n", given, "line 1, questions: expected 1 to 50 questions, got 0"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := ImportScript([]byte(c.file), c.given)
			got := s.Title + " " + s.Zone + " [" + strings.Join(s.Hosts, " ") + "]"
			for _, q := range s.Questions {
				got += " " + q.Text + "@" + q.At.String() + "(" + q.Note + ")"
			}
			if err != nil {
				got = err.Error()
			}
			if got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// Whatever is wrong, there are words of the catalogue for it, and they quote nothing.
func TestProblemsInTheCataloguesWords(t *testing.T) {
	_, err := ImportScript([]byte("titel: Secret\nstart: Secret\nzone: Secret\npace: Secret\nquestions:\n  - text: ''\n    image: Secret\n    at: Secret\n    why: Secret\n"), ScriptDraft{})
	var wrong *ScriptError
	if !errors.As(err, &wrong) {
		t.Fatal(err)
	}
	var got []string
	for _, p := range wrong.Problems {
		text := p.Words(bottest.Words{}, "en").String()
		if strings.Contains(text, "Secret") {
			t.Errorf("%q quotes what was typed", text)
		}
		_, problem, _ := strings.Cut(text, "problem=en ")
		key, _, _ := strings.Cut(problem, " ")
		got = append(got, key)
	}
	want := "script.unknown script.title script.start script.zone script.pace script.question script.image script.at script.unknown"
	if strings.Join(got, " ") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, " "), want)
	}
}
