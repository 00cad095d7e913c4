package exchange_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/staffroom-bot/staffroom/bot/library/exchange"
)

// fuzz reads anything, and wants of what was taken that it is as Item says, and that
// it is the same when it is written and read again.
func fuzz(f *testing.F, format exchange.Format, seeds ...string) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		items, _ := all(t, format, bytes.NewReader(in))
		for i := range items {
			it := &items[i]
			texts := append([]string{it.Link, it.Title, it.Subject, it.Licence}, slices.Concat(it.Tags, it.Grades, strings.Split(it.Note, "\n"))...)
			for _, s := range texts {
				if !utf8.ValidString(s) || s != strings.Join(strings.Fields(s), " ") || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }) {
					t.Fatalf("%q", s)
				}
			}
			if it.Link == "" || slices.Contains(it.Tags, "") || it.Note != "" && slices.Contains(strings.Split(it.Note, "\n"), "") {
				t.Fatalf("%+v", it)
			}
			it.Others, it.Private = nil, false
		}
		var b bytes.Buffer
		if err := exchange.Write(&b, exchange.JSON, nil, slices.Values(items)); err != nil {
			t.Fatal(err)
		}
		if again, refused := all(t, exchange.JSON, &b); len(again) != len(items) || len(items) > 0 && len(refused) > 0 {
			t.Fatalf("%d of %d, %v", len(again), len(items), refused)
		}
	})
}

func FuzzTable(f *testing.F) {
	fuzz(f, exchange.CSV, "url,title\nhttps://example.org,\"a \"\"b\"\"\n\"\n", "sep=;\nenlace;título\n", "a\tb\thttps://example.org\r\n", "\xff\xfeu\x00r\x00l\x00\n\x00")
}

func FuzzJSON(f *testing.F) {
	fuzz(f, exchange.JSON, `[{"url":"https://example.org","tags":["a",{"name":"b"}]}]`, `{"a":{"b":[{"href":"x","extended":"","tags":"a b"}]}}`)
}

func FuzzBookmarks(f *testing.F) {
	fuzz(f, exchange.Bookmarks, `<DL><DT><H3>a</H3><DL><DT><A HREF="https://example.org" TAGS="a,b" ADD_DATE="1">t</A><DD>n</DL></DL>`)
}

func FuzzMarkdown(f *testing.F) {
	fuzz(f, exchange.Markdown, "# a\n## b\n- [t](https://example.org) - n<br>m #a tag:\"b c\" grade:\"4\"\n  more\n", "a\n===\n1. <https://example.org> \\# `x`\n")
}
