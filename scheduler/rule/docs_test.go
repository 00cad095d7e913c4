package rule

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestDocumentedPhrases reads the table of docs/schedule.md: both phrases of a
// row mean the same.
func TestDocumentedPhrases(t *testing.T) {
	page, err := os.ReadFile("../../docs/schedule.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := regexp.MustCompile("(?m)^\\| `([^`]+)` \\| `([^`]+)` \\|$").FindAllStringSubmatch(string(page), -1)
	if len(rows) < 15 {
		t.Fatalf("only %d rows were found", len(rows))
	}
	for _, row := range rows {
		english, err := Parse(row[1])
		if err != nil {
			t.Errorf("%q: %v", row[1], err)
		}
		spanish, err := Parse(row[2])
		if err != nil {
			t.Errorf("%q: %v", row[2], err)
		}
		if english != spanish {
			t.Errorf("%q is %q, %q is %q", row[1], english, row[2], spanish)
		}
	}
}

// TestDocumentedSpans reads the ways to say when one is away in docs/schedule.md.
func TestDocumentedSpans(t *testing.T) {
	page, err := os.ReadFile("../../docs/schedule.md")
	if err != nil {
		t.Fatal(err)
	}
	_, block, _ := strings.Cut(string(page), "```spans\n")
	block, _, found := strings.Cut(block, "\n```")
	if !found {
		t.Fatal("there are none")
	}
	for line := range strings.Lines(block) {
		for ago := range Date(300) { // whichever day it is said on; a year with its date is too far before
			if _, err := ParseSpan(strings.TrimSpace(line), tuesday-ago); err != nil {
				t.Errorf("%q on %s: %v", strings.TrimSpace(line), tuesday-ago, err)
				break
			}
		}
	}
}
