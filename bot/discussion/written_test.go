package discussion_test

import (
	"strings"
	"testing"

	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/discussion"
)

// written is an archive in a format, with the words' keys for words.
func written(t testing.TB, a discussion.Archive, f discussion.Format) string {
	t.Helper()
	var b strings.Builder
	if err := a.Write(&b, f, bottest.Words{}, "en"); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
