package discussion

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// ImportScript reads a script from a file, YAML as ParseScript takes it or CSV, and
// fills it up with what is given beside it: a title, start, length and welcome that are
// given win over those of the file, a zone and hosts are for a file without any. Any error
// is a *ScriptError that lists every problem, with its line.
//
// CSV has a line for each question, and a first line that names the columns: question
// (or text, or pregunta), and at, image and note (or hora, imagen and nota) if there are
// such. They are parted by commas, semicolons or tabs.
func ImportScript(data []byte, given ScriptDraft) (Script, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	data = bytes.ReplaceAll(data, []byte("\r"), []byte("\n"))
	r := scriptReader{lines: map[string]int{}}
	var draft ScriptDraft
	if comma, ok := tableComma(data); ok {
		draft.Questions = r.table(data, comma)
	} else {
		root, comments, problem := parseYAML(data)
		if problem != nil {
			return Script{}, &ScriptError{Problems: []Problem{*problem}}
		}
		r.hashtags = comments
		draft = r.script(root)
	}
	draft.fill(given)
	s, err := draft.Script()
	if e := (*ScriptError)(nil); errors.As(err, &e) {
		r.add(e.Problems)
	}
	if len(r.problems) > 0 {
		slices.SortStableFunc(r.problems, func(a, b Problem) int { return cmp.Compare(a.Line, b.Line) })
		return Script{}, &ScriptError{Problems: r.problems}
	}
	return s, nil
}

// fill puts in what is given beside a file.
func (d *ScriptDraft) fill(given ScriptDraft) {
	for _, f := range []struct{ to, from *string }{
		{&d.Title, &given.Title}, {&d.Start, &given.Start}, {&d.Length, &given.Length}, {&d.Welcome, &given.Welcome},
	} {
		if strings.TrimSpace(*f.from) != "" {
			*f.to = *f.from
		}
	}
	if strings.TrimSpace(d.Zone) == "" {
		d.Zone = given.Zone
	}
	if len(d.Hosts) == 0 {
		d.Hosts = given.Hosts
	}
}

// tableColumns are the names that the columns of a table of questions can have.
var tableColumns = map[string]string{
	"question": "text", "text": "text", "pregunta": "text", "texto": "text",
	"at": "at", "hora": "at", "minuto": "at", "image": "image", "imagen": "image", "note": "note", "nota": "note",
}

// tableComma tells whether data is a table of questions, and what parts its columns: its
// first line names columns, of which one is the question.
func tableComma(data []byte) (comma rune, ok bool) {
	head, _, _ := bytes.Cut(bytes.TrimLeft(data, "\n"), []byte("\n"))
	for _, comma := range []rune{',', ';', '\t'} {
		names := strings.Split(string(head), string(comma))
		known := 0
		for _, n := range names {
			if tableColumns[columnName(n)] != "" {
				known++
			}
		}
		if known == len(names) && slices.ContainsFunc(names, func(n string) bool { return tableColumns[columnName(n)] == "text" }) {
			return comma, true
		}
	}
	return 0, false
}

func columnName(s string) string { return strings.ToLower(strings.Trim(strings.TrimSpace(s), `"`)) }

// isFile tells whether what a host has pasted is a file rather than a list of questions.
func isFile(pasted string) bool {
	if _, ok := tableComma([]byte(pasted)); ok {
		return true
	}
	for l := range strings.Lines(pasted) {
		if strings.HasPrefix(l, "questions:") {
			return true
		}
	}
	return false
}

// table reads a table of questions.
func (r *scriptReader) table(data []byte, comma rune) []QuestionDraft {
	fault := func(line int, format string, args ...any) {
		r.problems = append(r.problems, Problem{Line: line, Field: "questions", Expected: fmt.Sprintf(format, args...)})
	}
	if len(data) > maxScriptBytes {
		fault(0, "expected a file of at most %d kB, got %d kB", maxScriptBytes>>10, (len(data)+1023)>>10)
		return nil
	}
	in := csv.NewReader(bytes.NewReader(data))
	in.Comma, in.FieldsPerRecord, in.TrimLeadingSpace = comma, -1, true
	var head []string
	var drafts []QuestionDraft
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			return drafts
		}
		if err != nil {
			line := 0
			if e := (*csv.ParseError)(nil); errors.As(err, &e) {
				line = e.Line
			}
			fault(line, "expected quotes around a text with quotes in it, and two for each of those")
			return drafts // what comes after it may be anything
		}
		line, _ := in.FieldPos(0)
		switch {
		case head == nil:
			head = row
		case len(row) > len(head):
			fault(line, "expected %d columns, got %d: a text with %q in it stands in quotes", len(head), len(row), string(comma))
		case strings.TrimSpace(strings.Join(row, "")) == "":
		default:
			drafts = append(drafts, r.tableRow(head, row, len(drafts), line))
		}
		if len(drafts) > maxQuestions {
			return drafts // Script says that it is too many
		}
	}
}

func (r *scriptReader) tableRow(head, row []string, i, line int) QuestionDraft {
	var q QuestionDraft
	field := fmt.Sprintf("questions[%d]", i)
	r.lines[field] = line
	to := map[string]*string{"text": &q.Text, "at": &q.At, "image": &q.Image, "note": &q.Note}
	for column, value := range row {
		name := tableColumns[columnName(head[column])]
		*to[name] = value
		r.lines[field+"."+name] = line
	}
	return q
}
