package exchange_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/staffroom-bot/staffroom/bot/library/exchange"
)

// Of a text that has a list in it, each line without a link is told, but for headings.
func TestProse(t *testing.T) {
	items, got := all(t, exchange.Markdown, strings.NewReader("Some words\nand more\n\nMaths\n=====\n- [B](https://example.org/b)\nand a last one\n"))
	if d := cmp.Diff([]exchange.Refusal{{Line: 1, Last: 1, Fault: exchange.Prose}, {Line: 2, Last: 2, Fault: exchange.Prose}, {Line: 7, Last: 7, Fault: exchange.Prose}}, got); d != "" || len(items) != 1 || items[0].Subject != "Maths" {
		t.Error(items, d)
	}
	if _, got := all(t, exchange.Markdown, strings.NewReader("Some words\n")); got[len(got)-1].Fault != exchange.Empty {
		t.Errorf("of a text alone: %v", got)
	}
}
