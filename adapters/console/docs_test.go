package console

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestDocumentedSession plays the session of docs/console.md.
func TestDocumentedSession(t *testing.T) {
	page, err := os.ReadFile("../../docs/console.md")
	if err != nil {
		t.Fatal(err)
	}
	block := func(language string) string {
		_, rest, found := strings.Cut(string(page), "```"+language+"\n")
		text, _, closed := strings.Cut(rest, "```\n")
		if !found || !closed {
			t.Fatalf("the page has no block of %s", language)
		}
		return text
	}
	var r *room
	r = newRoom(t, func(o *Options) {
		o.Wait = func(_ context.Context, d time.Duration) error {
			r.setClock(r.clock().Add(d))
			return nil
		}
	})
	r.lines(block("script"))
	if diff := cmp.Diff(block("output"), r.shown()); diff != "" {
		t.Errorf("shown differs from the page (-page +shown):\n%s", diff)
	}
}
