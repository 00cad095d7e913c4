package app

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
)

// imported is a message of a chat that is played: from a file of columns
// second, author, id, thread_of, text.
type imported struct {
	line     int
	at       time.Duration // from the start of the chat
	author   string
	id       string
	threadOf string // another message's id, or q3 for question 3
	text     string
}

var importedColumns = []string{"second", "author", "id", "thread_of", "text"}

// readImported reads such a file, with a header, in any order of columns, and
// gives the messages by time. Every mistake is reported with its line.
func readImported(r io.Reader) ([]imported, error) {
	reader := csv.NewReader(r)
	header, err := reader.Read()
	if errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("line 1: expected the columns %s, found nothing", strings.Join(importedColumns, ", "))
	}
	if err != nil {
		return nil, err
	}
	column := map[string]int{}
	for i, name := range header {
		column[strings.TrimSpace(strings.TrimPrefix(name, "\ufeff"))] = i
	}
	for _, name := range importedColumns {
		if _, ok := column[name]; !ok {
			return nil, fmt.Errorf("line 1: the column %q is missing; expected %s", name, strings.Join(importedColumns, ", "))
		}
	}
	var messages []imported
	var problems []error
	lineOf := map[string]int{}
	for {
		row, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		line, _ := reader.FieldPos(0)
		m, err := importedRow(row, column)
		if err == nil && lineOf[m.id] > 0 {
			err = fmt.Errorf("id: %q stands in line %d already", m.id, lineOf[m.id])
		}
		if err != nil {
			problems = append(problems, fmt.Errorf("line %d, %w", line, err))
			continue
		}
		m.line, lineOf[m.id] = line, line
		messages = append(messages, m)
	}
	slices.SortStableFunc(messages, func(a, b imported) int { return cmp.Compare(a.at, b.at) })
	return messages, errors.Join(problems...)
}

func importedRow(row []string, column map[string]int) (imported, error) {
	value := func(name string) string { return strings.TrimSpace(row[column[name]]) }
	seconds, err := strconv.ParseFloat(value("second"), 64)
	// A script takes a day at most; late answers come for some days after.
	if err != nil || !(seconds >= 0 && seconds <= 7*24*3600) {
		return imported{}, fmt.Errorf("second: expected seconds from the start of the chat, got %q", value("second"))
	}
	m := imported{
		at:     time.Duration(seconds * float64(time.Second)).Round(time.Millisecond),
		author: value("author"), id: value("id"), threadOf: value("thread_of"), text: row[column["text"]],
	}
	switch {
	case m.author == "":
		return m, errors.New("author: expected a name, found nothing")
	case m.id == "":
		return m, errors.New("id: expected the message's id, found nothing")
	}
	return m, nil
}

// threadQuestion is the number of the question that q3 means, 0 for a message.
func (m imported) threadQuestion() int {
	number, ok := strings.CutPrefix(strings.ToLower(m.threadOf), "q")
	if !ok {
		return 0
	}
	n, err := strconv.Atoi(number)
	if err != nil {
		return 0
	}
	return n
}
