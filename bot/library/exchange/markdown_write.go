package exchange

import (
	"bufio"
	"io"
	"iter"
	"regexp"
	"strings"
	"time"
)

// writeMarkdown writes a list with a heading for each subject. An item without one
// that comes below a heading says so.
func writeMarkdown(w io.Writer, items iter.Seq[Item]) error {
	out := bufio.NewWriter(w)
	put := func(parts ...string) {
		for _, p := range parts {
			_, _ = out.WriteString(p) // its errors stay until Flush
		}
	}
	subject := ""
	for it := range items {
		if it.Subject != "" && it.Subject != subject {
			if subject != "" {
				put("\n")
			}
			subject = it.Subject
			put("## ", escaped(subject), "\n\n")
		}
		title := it.Title
		if title == "" {
			title = it.Link
		}
		put("- [", escaped(title), "](<", target.Replace(it.Link), ">)")
		if it.Note != "" {
			put(" - ", strings.ReplaceAll(escaped(it.Note), "\n", "<br>"))
		}
		for _, t := range it.Tags {
			if simple.MatchString(t) && strings.ContainsFunc(t, isLetter) {
				put(" #", t)
			} else {
				put(value("tag", t))
			}
		}
		if len(it.Grades) > 0 {
			put(value("grade", strings.Join(it.Grades, ", ")))
		}
		if it.Licence != "" {
			put(value("licence", it.Licence))
		}
		if !it.Added.IsZero() {
			put(value("added", it.Added.UTC().Format(time.RFC3339)))
		}
		if it.Subject != subject {
			put(value("subject", it.Subject))
		}
		if it.Hidden {
			put(value("hidden", "yes"))
		}
		put("\n")
	}
	return out.Flush()
}

// value is what stands under a name at the end of an entry.
func value(name, text string) string {
	return " " + name + `:"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}

var simple = regexp.MustCompile(`^[\pL\pN_-]+$`)

// target keeps an address within its brackets.
var target = strings.NewReplacer("<", "%3C", ">", "%3E", `\`, "%5C", "&", "&amp;")

// escaped lets a text mean itself in Markdown.
func escaped(text string) string {
	return special.ReplaceAllString(text, `\$0`)
}

var special = regexp.MustCompile("[\\\\`*_\\[\\]<>#&\"|!~]")
