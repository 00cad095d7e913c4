package rule

import (
	"os"
	"regexp"
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
