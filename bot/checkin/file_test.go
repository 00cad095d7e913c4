package checkin

import (
	"errors"
	"reflect"
	"strings"
	"testing"
)

func TestAFileIsReadAsItWasWritten(t *testing.T) {
	c := checkIn(t, "every friday at 15:00 except holidays", 2)
	c.Name, c.Sharing, c.Local = "Friday: *two* minutes", Organizers, false
	c.Questions = []Question{
		{Kind: Text, Text: "Rose: what went well? # really"}, {Kind: Scale, Text: "How was it?"}, {Kind: YesNo, Text: "Again?"},
		{Kind: GoalOf, Text: "What will you try?"}, {Kind: Choice, Text: "Which?", Choices: []string{"left", "right"}},
	}
	body, err := c.yaml()
	if err != nil {
		t.Fatal(err)
	}
	f, err := parseFile(string(body))
	if err != nil {
		t.Fatalf("%v in\n%s", err, body)
	}
	questions, err := parseQuestions(strings.Join(f.Questions, "\n"))
	if err != nil || !reflect.DeepEqual(questions, c.Questions) {
		t.Errorf("the questions are %+v, %v", questions, err)
	}
	f.Questions = nil
	if want := (file{Name: c.Name, When: "every friday at 15:00 except holidays", Days: 2, Sharing: Organizers, Ask: wayTogether}); !reflect.DeepEqual(f, want) {
		t.Errorf("got %+v", f)
	}
}

func TestWhatIsNoFile(t *testing.T) {
	for _, text := range []string{
		"", "name: [", "nome: x", "name: x\ndays: many", "a: &a [x]\nname: *a", "- a", strings.Repeat("x", mostFile+1), "\x00", "%YAML 9\n---\n{",
	} {
		if f, err := parseFile(text); err == nil {
			t.Errorf("%.30q is read as %+v", text, f)
		}
	}
}

func TestAFileSaysWhereItCannotBeRead(t *testing.T) {
	for text, want := range map[string]int{
		"name: x\ndays: many": 2, "name: x\nwhen: daily at 9\nnome: y": 3, "name: x\n\tdays: 1": 2, "name: x\nwhen: &a x": 2, "": 0,
	} {
		var at *fileError
		if _, err := parseFile(text); !errors.As(err, &at) || at.Line != want {
			t.Errorf("%q: %v, want line %d", text, err, want)
		}
	}
}

func FuzzFile(f *testing.F) {
	f.Add("name: Friday\nquestions:\n  - How was it? (1-5)\nwhen: daily at 9\ndays: 1\nsharing: private\n")
	f.Add("a: &a [*a]")
	f.Fuzz(func(_ *testing.T, text string) {
		if c, err := parseFile(text); err == nil {
			_, _ = parseQuestions(strings.Join(c.Questions, "\n")) // it must not panic
		}
	})
}
