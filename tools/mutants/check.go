package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// check finds out whether the mutant still suits the code below root: whether there is what it changes and the test that
// must fail. It runs nothing.
func (m *mutant) check(root string) error {
	_, err := m.changed(root)
	return errors.Join(err, m.findTest(root))
}

// changed gives the changed content of each file.
func (m *mutant) changed(root string) (map[string]string, error) {
	contents := map[string]string{}
	for _, e := range m.edits {
		content, seen := contents[e.file]
		if !seen {
			read, err := os.ReadFile(filepath.Join(root, e.file))
			if err != nil {
				return nil, fmt.Errorf("%s: %w", m.name, err)
			}
			content = string(read)
		}
		if n := strings.Count(content, e.old); n != 1 {
			return nil, fmt.Errorf("%s: %q occurs %d times in %s, not once", m.name, e.old, n, e.file)
		}
		contents[e.file] = strings.Replace(content, e.old, e.new, 1)
	}
	return contents, nil
}

func (m *mutant) findTest(root string) error {
	files, err := filepath.Glob(filepath.Join(root, m.pkg, "*_test.go"))
	if err != nil {
		return err
	}
	declared := regexp.MustCompile(`(?m)^func ` + regexp.QuoteMeta(m.topTest()) + `\(`)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if declared.Match(text) {
			return nil
		}
	}
	return fmt.Errorf("%s: there is no %s in %s", m.name, m.topTest(), m.pkg)
}
