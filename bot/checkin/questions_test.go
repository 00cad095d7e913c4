package checkin

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/locale"
	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

func TestQuestionsAreReadFromLines(t *testing.T) {
	got, err := parseQuestions("How was it? (1-5)\n\n  Rose:   what went well?\nWill it do? (yes/no)\n¿Vale? (sí / no)\nMeta (meta)\nCinco (Objetivo)\nWhich? (left / right)\nWhat (really)?\nThe year (2026/27) so far")
	if err != nil {
		t.Fatal(err)
	}
	want := []Question{
		{Kind: Scale, Text: "How was it?"}, {Kind: Text, Text: "Rose: what went well?"}, {Kind: YesNo, Text: "Will it do?"},
		{Kind: YesNo, Text: "¿Vale?"}, {Kind: GoalOf, Text: "Meta"}, {Kind: GoalOf, Text: "Cinco"}, {Kind: Choice, Text: "Which?", Choices: []string{"left", "right"}},
		{Kind: Text, Text: "What (really)?"}, {Kind: Text, Text: "The year (2026/27) so far"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
}

func TestQuestionsThatCannotBeAsked(t *testing.T) {
	for text, want := range map[string]questionsProblem{
		" \n ":                              noQuestions,
		strings.Repeat("One?\n", 11):        manyQuestions,
		strings.Repeat("x", mostQuestion+1): longQuestion,
		"Which? (1/2/3/4/5/6/7/8/9)":        manyChoices,
		"How? (1-11)":                       otherScale,
		"How? (0 – 10)":                     otherScale,
		"¿Qué tal? (1 a 7)":                 otherScale,
		"Which? (rojo)":                     fewChoices,
		"Which? (rojo / )":                  fewChoices,
		"Which? (rojo / verde / Rojo)":      fewChoices,
		"(goal)":                            noWords,
		" (1-5)":                            noWords,
		"Which? (a/" + strings.Repeat("b", mostName+1) + ")": manyChoices,
	} {
		_, err := parseQuestions(text)
		var wrong *questionsError
		if !errors.As(err, &wrong) || wrong.Problem != want {
			t.Errorf("%.40q: %v, want %s", text, err, want)
		}
	}
	d := Definition{Sharing: Anonymous, Questions: []Question{{Kind: GoalOf, Text: "x"}}}
	if d.check() == nil {
		t.Error("a goal is asked for without names")
	}
	d = Definition{Sharing: Anonymous, Questions: make([]Question, bot.MaxFields+1)}
	for i := range d.Questions {
		d.Questions[i] = Question{Kind: Text, Text: "x"}
	}
	var wrong *questionsError
	if !errors.As(d.check(), &wrong) || wrong.Problem != anonymousMany {
		t.Error("what cannot be changed is asked in two steps")
	}
	d.Questions = d.Questions[:bot.MaxFields]
	if err := d.check(); err != nil {
		t.Error(err)
	}
}

// What is wrong is said of the line in which it is, as it is counted where it was
// typed.
func TestTheLineThatIsWrong(t *testing.T) {
	for text, want := range map[string]questionsError{
		"One?\n\n  Two?   (really) \nThree? (1-10)":    {fewChoices, 3, "Two? (really)"},
		"One?\n" + strings.Repeat("x", mostQuestion+1): {longQuestion, 2, strings.Repeat("x", mostQuestion+1)},
		"One?\n(goal)":               {noWords, 2, "(goal)"},
		" \n ":                       {noQuestions, 0, ""},
		strings.Repeat("One?\n", 11): {manyQuestions, 0, ""},
	} {
		_, err := parseQuestions(text)
		var wrong *questionsError
		if !errors.As(err, &wrong) || *wrong != want {
			t.Errorf("%.40q: %+v, want %+v", text, wrong, want)
		}
	}
}

func TestAnswersAreRead(t *testing.T) {
	choice := &Question{Kind: Choice, Choices: []string{"Left", "Right"}}
	for _, c := range []struct {
		q           *Question
		typed, want string
		wrong       problem
	}{
		{&Question{Kind: Scale}, " 5 ", "5", ""},
		{&Question{Kind: Scale}, "0", "", notOnScale},
		{&Question{Kind: Scale}, "6", "", notOnScale},
		{&Question{Kind: Scale}, "11", "", notOnScale},
		{&Question{Kind: Scale}, "3.5", "", notOnScale},
		{&Question{Kind: Scale}, "", "", ""},
		{&Question{Kind: YesNo}, "SÍ", "yes", ""},
		{&Question{Kind: YesNo}, "no", "no", ""},
		{&Question{Kind: YesNo}, "perhaps", "", notYesNo},
		{choice, "left", "Left", ""},
		{choice, "up", "", notAChoice},
		{&Question{Kind: Text}, " a\nb ", "a\nb", ""},
		{&Question{Kind: Text}, "\u200b", "", ""},
		{&Question{Kind: GoalOf}, " \u2060\ufeff\u3164\ufe0f\n", "", ""},
		{&Question{Kind: Scale}, "\u200b", "", ""},
		{&Question{Kind: Text}, "👍🏽", "👍🏽", ""},
		{&Question{Kind: Text}, "❤️", "❤️", ""},
		{&Question{Kind: Text}, strings.Repeat("é", mostAnswer), strings.Repeat("é", mostAnswer), ""},
		{&Question{Kind: GoalOf}, strings.Repeat("x", 20<<10), "", tooLong},
	} {
		if got, wrong := c.q.read(c.typed, "sí", "no"); got != c.want || wrong != c.wrong {
			t.Errorf("%s, %.20q: got %.20q, %q", c.q.Kind, c.typed, got, wrong)
		}
	}
}

func TestFigures(t *testing.T) {
	d := &Definition{Questions: []Question{{Kind: Scale}, {Kind: YesNo}, {Kind: Choice, Choices: []string{"a", "b"}}, {Kind: Text}}}
	sum := tally(d, []Answer{
		{Values: []string{"5", "yes", "a", "x"}}, {Values: []string{"4", "no", "a", ""}}, {Values: []string{"2", "", "b", "y"}}, {Values: []string{""}},
	})
	want := []figure{
		{counts: []int{0, 1, 0, 1, 1}, n: 3, sum: 11}, {counts: []int{1, 1}, n: 2}, {counts: []int{2, 1}, n: 3}, {counts: []int{}, n: 2},
	}
	if sum.people != 4 || !reflect.DeepEqual(sum.figures, want) {
		t.Errorf("got %d, %+v", sum.people, sum.figures)
	}
	if got := tenths(sum.figures[0].mean()); got != "3.7" {
		t.Errorf("the mean is %s", got)
	}
	if got := tenths((figure{}).mean()); got != "0.0" {
		t.Errorf("the mean of nothing is %s", got)
	}
}

// Every set can be used as it is, in every language.
func TestSetsAreComplete(t *testing.T) {
	words, err := locale.New()
	if err != nil {
		t.Fatal(err)
	}
	s := &Service{words: words}
	for _, lang := range []string{"en", "es"} {
		for _, of := range sets {
			t.Run(fmt.Sprintf("%s %s", of.id, lang), func(t *testing.T) {
				d := Definition{Sharing: of.sharing, Days: of.days}
				var err error
				if d.Questions, err = parseQuestions(s.setWords(lang, of, "questions")); err != nil {
					t.Fatal(err)
				}
				if err := d.check(); err != nil {
					t.Error(err)
				}
				if name := s.setWords(lang, of, "name"); len([]rune(name)) > 40 || name == "" {
					t.Errorf("its name is %q", name)
				}
				if of.dated {
					return
				}
				if _, err := rule.Parse(s.setWords(lang, of, "when")); err != nil {
					t.Error(err)
				}
			})
		}
	}
}
