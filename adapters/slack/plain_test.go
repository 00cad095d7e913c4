package slack

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func nameOf(user string) string {
	if user == "U1" {
		return "Ana"
	}
	return user
}

func TestTyped(t *testing.T) {
	for text, want := range map[string]string{
		"":                                       "",
		"a &lt; b &amp;&amp; c &gt; d":           "a < b && c > d",
		"&amp;lt; stays":                         "&lt; stays",
		"<@U1> and <@U2> and <@U3|joe>":          "@Ana and @U2 and @joe",
		"<#C1|general> <#C2>":                    "#general #C2",
		"<!here> <!channel|channel> <!everyone>": "@here channel @everyone",
		"<!subteam^S1|@staff> <!subteam^S1>":     "@staff @subteam",
		"<!date^1^{date}|May 12>":                "May 12",
		"<https://example.org/?a=b&amp;c=d>":     "https://example.org/?a=b&c=d",
		"<http://example.org|example.org>":       "http://example.org",
		"<https://example.org/|this page>":       "this page (https://example.org/)",
		"<mailto:ana@example.org|ana@example.org> <mailto:a@b.org>": "ana@example.org a@b.org",
		"<tel:555|555>":           "555",
		"a < b":                   "a < b",
		"< and <@U1>":             "< and @Ana",
		"<>":                      "<>",
		"<unknown>":               "<unknown>",
		"<@U1":                    "<@U1",
		"*A1* _so_ `far`\n&gt; x": "*A1* _so_ `far`\n> x",
	} {
		if got := typed(text, nameOf, nil); got != want {
			t.Errorf("typed(%q) = %q, want %q", text, got, want)
		}
	}
}

func FuzzTyped(f *testing.F) {
	for _, seed := range []string{"<@U1> &lt;", "<https://example.org|x>", "<!date^1|x>", "<<@U1|>", "&amp;amp;", "<|>", "<:>"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := typed(text, nameOf, nil)
		if len(got) > 4*len(text)+16 {
			t.Errorf("%d bytes became %d", len(text), len(got))
		}
		if utf8.ValidString(text) && !utf8.ValidString(got) {
			t.Error("valid text became invalid")
		}
		// What Slack escaped comes back as it was typed.
		if back := typed(escape(text), nameOf, nil); back != text {
			t.Errorf("typed %q, read %q", text, back)
		}
	})
}

func FuzzText(f *testing.F) {
	for _, seed := range []string{"e\u0301", "👩‍🏫", "🇪🇸🇲🇽", "\u202ex", "a\r\nb", "\xff", strings.Repeat("word ", 2_000)} {
		f.Add(seed, 10)
	}
	f.Fuzz(func(t *testing.T, text string, room int) {
		room = 1 + max(0, room)%4_000
		clean := harmless(text)
		if !utf8.ValidString(clean) || harmless(clean) != clean {
			t.Errorf("harmless(%q) = %q is not harmless", text, clean)
		}
		if got := shorten(clean, room); length(got) > room {
			t.Errorf("shorten(%q, %d) has %d characters", clean, room, length(got))
		}
		for rest := clean; rest != ""; {
			head, after, _ := cut(rest, room+1)
			if length(head) > room+1 {
				t.Fatalf("a piece of %q has %d characters", clean, length(head))
			}
			if len(after) >= len(rest) {
				t.Fatalf("cutting %q at %d makes no progress", rest, room)
			}
			if !strings.HasPrefix(rest, head) || !strings.HasSuffix(rest, after) || len(rest)-len(head)-len(after) > 1 {
				t.Fatalf("cutting %q loses something", rest)
			}
			rest = after
		}
	})
}

func TestCut(t *testing.T) {
	for _, tt := range []struct {
		text       string
		room       int
		head, rest string
		midWord    bool
	}{
		{"all of it", 20, "all of it", "", false},
		{"one two three", 9, "one two ", "three", false},
		{"one\ntwo three", 9, "one\ntwo ", "three", false},
		{"first line\nsecond", 12, "first line", "second", false},
		{"first line\nsecond", 10, "first line", "second", false},
		{"abcdefghij", 4, "abcd", "efghij", true},
		{"xe\u0301\u0301", 2, "x", "e\u0301\u0301", true},
		{"x👩‍🏫", 4, "x", "👩‍🏫", true},
		{"🇪🇸🇲🇽", 4, "🇪🇸", "🇲🇽", true},
		{"👍🏽", 2, "👍", "🏽", true}, // does not fit even alone
	} {
		head, rest, midWord := cut(tt.text, tt.room)
		if head != tt.head || rest != tt.rest || midWord != tt.midWord {
			t.Errorf("cut(%q, %d) = %q, %q, %t; want %q, %q, %t", tt.text, tt.room, head, rest, midWord, tt.head, tt.rest, tt.midWord)
		}
	}
}

func TestOneLine(t *testing.T) {
	for text, want := range map[string]string{
		"Short":                                "Short",
		"  two\n lines\u202e ":                 "two lines",
		"The questions of this evening's chat": "The questions of this…",
		strings.Repeat("x", 30):                strings.Repeat("x", 23) + ellipsis,
	} {
		if got := oneLine(text, maxViewTitle); got != want {
			t.Errorf("oneLine(%q) = %q, want %q", text, got, want)
		}
	}
}
