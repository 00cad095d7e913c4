package bot

import "strings"

// EscapeMarkdown takes the meaning for Markdown from what somebody typed, where it
// stands on a line behind something of ours: a mark of a list or a quotation.
// https://spec.commonmark.org/0.31.2/#backslash-escapes
func EscapeMarkdown(s string) string {
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune("\\`*_[]#|<>~", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
