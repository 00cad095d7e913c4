package exchange

import (
	"bytes"
	"io"
	"path"
	"regexp"
	"strings"
)

// FormatOf tells the form of a list from the name of its file, which may be empty, and
// from what it begins with.
func FormatOf(name string, begin []byte) Format {
	switch strings.ToLower(path.Ext(name)) {
	case ".csv":
		return CSV
	case ".tsv", ".tab":
		return TSV
	case ".json":
		return JSON
	case ".html", ".htm":
		return Bookmarks
	case ".md", ".markdown":
		return Markdown
	}
	head := begin[:min(len(begin), mostHead)]
	if in, err := decoded(bytes.NewReader(head), Markdown); err == nil {
		head, _ = io.ReadAll(in) // of what is in memory
	}
	text := strings.TrimSpace(string(head))
	switch {
	case strings.HasPrefix(text, "<") && !strings.HasPrefix(text, "<http"):
		return Bookmarks
	case jsonBegin.MatchString(text):
		return JSON
	}
	first, _, _ := strings.Cut(text, "\n")
	if comma, cells := separatorOf(first); len(cells) > 1 && headed(cells) {
		if comma == '\t' {
			return TSV
		}
		return CSV
	}
	return Markdown
}

// jsonBegin tells an array or object from a link in Markdown, whose title may stand in
// quotation marks.
var jsonBegin = regexp.MustCompile(`^(?:\[\s*(?:\{|\]|"[^"]*"\s*(?:,|\]\s*$))|\{\s*(?:"|\}))`)
