package main

import "testing"

// The table must not rot: what a mutant changes, and the test that it names, are still there.
func TestTheTableSuitsTheCode(t *testing.T) {
	mutants, err := readTable("table")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range mutants {
		if err := m.check("../.."); err != nil {
			t.Errorf("%s: %v", m.from, err)
		}
	}
}
