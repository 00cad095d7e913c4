package console

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

// journal is the file behind a memory: one record a line, in JSON, only ever
// appended to.
type journal struct {
	file *os.File
	size int64
}

// openJournal reads the file at path into m and opens it for appending. A new
// file begins with a record of run. A last line that was not written to its end
// is cut off: whoever wrote it never went on.
func openJournal(path string, m *memory, run string) (*journal, error) {
	whole, err := loadFile(path, m)
	if err != nil {
		return nil, fmt.Errorf("journal %s: %w", path, err)
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	j := &journal{file: file, size: whole}
	if m.platform == "" {
		r := record{Run: run}
		m.apply(r)
		if err := j.append(r); err != nil {
			return nil, errors.Join(err, file.Close())
		}
	}
	return j, nil
}

// loadFile applies the file at path, cuts off half a line at its end, and
// returns its length then. It cuts by path, since Windows lets nobody cut a file
// that is open for appending.
func loadFile(path string, m *memory) (int64, error) {
	file, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	whole, err := load(file, m)
	if err := errors.Join(err, file.Close()); err != nil {
		return 0, err
	}
	return whole, os.Truncate(path, whole)
}

// load applies every whole line and returns their length in bytes.
func load(r io.Reader, m *memory) (int64, error) {
	var whole int64
	lines := bufio.NewReader(r)
	for n := 1; ; n++ {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return whole, nil
		}
		if err != nil {
			return 0, err
		}
		var rec record
		decoder := json.NewDecoder(bytes.NewReader(line))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&rec); err != nil {
			return 0, fmt.Errorf("line %d is no record of this version; move the file away to begin anew", n)
		}
		m.apply(rec)
		whole += int64(len(line))
	}
}

// append writes a record in one write. One that fails leaves no half a line.
func (j *journal) append(r record) error {
	line, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	n, err := j.file.Write(append(line, '\n'))
	if err != nil {
		return fmt.Errorf("journal: %w", errors.Join(err, os.Truncate(j.file.Name(), j.size)))
	}
	j.size += int64(n)
	return nil
}

// Close ends the journal.
func (j *journal) Close() error { return j.file.Close() }
