package discussion

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// QuestionsFromText reads the questions a host pasted into a form, one or more
// lines each: "Q1 …", "Q1. …", "P1: …", "Question 1: …", "1) …", or plain lines.
//
// If any line is labelled, each labelled line begins a question and the others
// continue the one before; letters win over bare numbers, so that a question may
// hold a numbered list. Otherwise each line is a question, but for those that are
// indented, or that begin in lower case after a line without a final mark. A
// first line that only announces the list ("Our questions:") is left out.
func QuestionsFromText(s string) []QuestionDraft {
	// Longer than all questions may be is too long, whatever it says.
	if most := maxQuestions * maxText * utf8.UTFMax; len(s) > most {
		s = s[:most]
	}
	var lines []pastedLine
	style := plainLine
	for l := range strings.Lines(strings.ReplaceAll(s, "\r", "\n")) {
		if strings.TrimSpace(l) == "" {
			continue
		}
		p := readPasted(l)
		lines = append(lines, p)
		style = max(style, p.style)
	}
	if len(lines) > 1 && lines[0].style < max(style, numberedLine) && strings.HasSuffix(lines[0].all, ":") {
		lines = lines[1:]
	}

	var questions [][]string // each in pieces
	for i, l := range lines {
		text := l.all
		if l.style == style {
			text = l.text
		}
		starts := i == 0 || l.style == style && style != plainLine ||
			style == plainLine && !l.continues(lines[i-1])
		if starts {
			questions = append(questions, nil)
		}
		questions[len(questions)-1] = append(questions[len(questions)-1], text)
	}
	drafts := make([]QuestionDraft, len(questions))
	for i, pieces := range questions {
		drafts[i].Text = strings.Join(pieces, " ")
	}
	return drafts
}

type lineStyle int

const (
	plainLine    lineStyle = iota
	numberedLine           // 1) …
	letteredLine           // Q1 …
)

// pastedLine is one line of a pasted list: as it is, and without its label.
type pastedLine struct {
	style    lineStyle
	all      string
	text     string
	indented bool
}

func readPasted(l string) pastedLine {
	p := pastedLine{all: strings.TrimSpace(l), indented: l[0] == ' ' || l[0] == '\t'}
	p.text = p.all
	if ls := findLabels(p.all); len(ls) > 0 && ls[0].place == placeLead && ls[0].form == formQuestion {
		p.style, p.text = letteredLine, afterLabel(p.all[ls[0].end:])
		return p
	}
	digits := 0
	for digits < len(p.all) && p.all[digits] >= '0' && p.all[digits] <= '9' {
		digits++
	}
	if rest := p.all[digits:]; digits > 0 && digits <= 2 && len(rest) > 1 && strings.ContainsRune(".):", rune(rest[0])) && (rest[1] == ' ' || rest[1] == '\t') {
		p.style, p.text = numberedLine, afterLabel(rest)
	}
	return p
}

// afterLabel drops the marks that part a label from its text.
func afterLabel(s string) string { return strings.TrimLeft(s, ".:;)]-–—*_=> \t\u00a0") }

// continues tells whether a line without a label goes on with the one before.
func (p pastedLine) continues(prev pastedLine) bool {
	if p.indented && !prev.indented {
		return true
	}
	first, _ := utf8.DecodeRuneInString(p.all)
	last, _ := utf8.DecodeLastRuneInString(prev.all)
	return unicode.IsLower(first) && !strings.ContainsRune(".?!…:", last)
}
