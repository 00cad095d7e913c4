package checkin

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/staffroom-bot/staffroom/bot"
)

// set is a check-in to start from. Its words are in the catalogue.
type set struct {
	id      string
	sharing Sharing
	days    int
	dated   bool // when it comes only the organizer knows
}

var sets = [...]set{
	{"goal", Private, 1, false},
	{"rose", Private, 1, false},
	{"newcomer", Organizers, 2, false},
	{"observation", Private, 3, false},
	{"coaching", Organizers, 2, false},
	{"term", Anonymous, 5, true},
}

// ownSet is a check-in that begins empty.
var ownSet = set{"own", Private, 1, false}

func setOf(id string) set {
	if i := slices.IndexFunc(sets[:], func(s set) bool { return s.id == id }); i >= 0 {
		return sets[i]
	}
	return ownSet
}

// words gives one of the texts of a set, "" of one that begins empty.
func (s *Service) setWords(lang string, of set, what string) string {
	if of == ownSet || of.dated && what == "when" {
		return ""
	}
	return s.label(lang, bot.Key("checkin.set."+of.id+"."+what))
}

// The ends of a line that say what a question takes, in every language that
// organizers write. A choice is its choices, with strokes between: (red / green).
var endings = map[string]QuestionKind{
	"1-5": Scale, "1–5": Scale,
	"yes/no": YesNo, "sí/no": YesNo, "si/no": YesNo,
	"goal": GoalOf, "meta": GoalOf, "objetivo": GoalOf,
}

// anotherScale is a scale that there is not, such as (1-10).
var anotherScale = regexp.MustCompile(`^[0-9]{1,3}(-|–|to|a)[0-9]{1,3}$`)

// parseQuestions reads questions, one a line, each with what it takes in brackets
// at its end: (1-5), (yes/no), (goal), (red / green); otherwise it takes text. An
// error is a *questionsError.
func parseQuestions(text string) ([]Question, error) {
	var out []Question
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.Join(strings.Fields(line), " ")
		if line == "" {
			continue
		}
		q, problem := parseQuestion(line)
		if problem == "" {
			problem = q.check()
		}
		if problem != "" {
			return nil, &questionsError{Problem: problem, Line: n, Text: line}
		}
		out = append(out, q)
	}
	return out, checkQuestions(out)
}

func parseQuestion(line string) (Question, questionsProblem) {
	body, inside, ok := bracketed(line)
	if !ok {
		return Question{Kind: Text, Text: line}, ""
	}
	ending := strings.ToLower(strings.ReplaceAll(inside, " ", ""))
	kind, known := endings[ending]
	choices := splitChoices(inside)
	switch {
	case body == "":
		return Question{}, noWords
	case known:
		return Question{Kind: kind, Text: body}, ""
	case anotherScale.MatchString(ending):
		return Question{}, otherScale
	case len(choices) < 2:
		return Question{}, fewChoices
	default:
		return Question{Kind: Choice, Text: body, Choices: choices}, ""
	}
}

func bracketed(line string) (body, inside string, ok bool) {
	at := strings.LastIndexByte(line, '(')
	if at < 0 || !strings.HasSuffix(line, ")") {
		return line, "", false
	}
	return strings.TrimSpace(line[:at]), line[at+1 : len(line)-1], true
}

// splitChoices gives the choices, none if one of them is there twice.
func splitChoices(inside string) []string {
	var out []string
	for part := range strings.SplitSeq(inside, "/") {
		part = strings.TrimSpace(part)
		if slices.ContainsFunc(out, func(c string) bool { return strings.EqualFold(c, part) }) {
			return nil
		}
		if part != "" {
			out = append(out, part)
		}
	}
	return out
}

// questionsProblem says why questions cannot be asked.
type questionsProblem string

// The problems.
const (
	noQuestions   questionsProblem = "none"
	manyQuestions questionsProblem = "many"
	longQuestion  questionsProblem = "long"
	manyChoices   questionsProblem = "choices"
	fewChoices    questionsProblem = "two"   // what stands in brackets is one choice, or the same twice
	otherScale    questionsProblem = "scale" // it is not from leastScale to mostScale
	noWords       questionsProblem = "words" // there is nothing but what it takes
	anonymousGoal questionsProblem = "goal"  // a goal is somebody's
	anonymousMany questionsProblem = "steps" // what was answered cannot be changed, so there is no second step
)

// questionsError is that questions cannot be asked.
type questionsError struct {
	Problem questionsProblem
	Line    int    // which one, from 1 on; 0: it is not of one alone
	Text    string // that line
}

// Error implements error.
func (e *questionsError) Error() string { return "the questions cannot be asked: " + string(e.Problem) }

func checkQuestions(all []Question) error {
	switch {
	case len(all) == 0:
		return &questionsError{Problem: noQuestions}
	case len(all) > mostQuestions:
		return &questionsError{Problem: manyQuestions}
	}
	for i := range all {
		if problem := all[i].check(); problem != "" {
			return &questionsError{Problem: problem}
		}
	}
	return nil
}

// check says why a question cannot be asked; "" if it can.
func (q *Question) check() questionsProblem {
	switch {
	case q.Text == "" || utf8.RuneCountInString(q.Text) > mostQuestion:
		return longQuestion
	case len(q.Choices) > mostChoices || slices.ContainsFunc(q.Choices, func(c string) bool { return utf8.RuneCountInString(c) > mostName }):
		return manyChoices
	default:
		return ""
	}
}

// check says why a definition cannot be kept, or nil.
func (d *Definition) check() error {
	if d.Sharing == Anonymous && slices.ContainsFunc(d.Questions, func(q Question) bool { return q.Kind == GoalOf }) {
		return &questionsError{Problem: anonymousGoal}
	}
	if d.Sharing == Anonymous && len(d.Questions) > bot.MaxFields {
		return &questionsError{Problem: anonymousMany}
	}
	return checkQuestions(d.Questions)
}
