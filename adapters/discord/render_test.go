package discord

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"pgregory.net/rapid"

	"github.com/staffroom-bot/staffroom/adapters/adaptertest"
	"github.com/staffroom-bot/staffroom/adapters/discord/discordloop"
	"github.com/staffroom-bot/staffroom/bot"
)

func renderer() *Adapter {
	return &Adapter{name: "discord-test", seal: bot.NewSeal([]byte("key"))}
}

// rendered is the text as one message's content.
func rendered(t bot.Text) string {
	pieces, _ := renderer().pieces(t)
	parts, _ := write(pieces, maxContent)
	return strings.Join(parts, "\n")
}

func TestRender(t *testing.T) {
	at := time.Date(2026, 3, 8, 20, 0, 0, 0, time.UTC)
	ana := &bot.Account{Space: bot.SpaceID{Connection: "discord-test", ID: "1"}, User: "42"}
	elsewhere := &bot.Account{Space: bot.SpaceID{Connection: "slack-lincoln", ID: "T1"}, User: "U42"}
	for _, c := range []struct {
		name string
		text bot.Text
		want string
	}{
		{"nothing", nil, ""},
		{"plain", bot.Plain("Just reading is fine."), "Just reading is fine."},
		{"looks", bot.Text{{Kind: "b", Text: "Q2."}, {Text: " What is "}, {Kind: "i", Text: "modeling"}, {Text: "? "}, {Kind: "c", Text: "A2"}},
			"**Q2.** What is *modeling*? `A2`"},
		{"space at the edge of a look", bot.Text{{Kind: "b", Text: " bold "}, {Text: "next"}}, " **bold** next"},
		{"looks that touch", bot.Text{{Kind: "b", Text: "a"}, {Kind: "i", Text: "b"}, {Kind: "c", Text: "c"}}, "**a**\u200b*b*\u200b`c`"},
		{"same look twice", bot.Text{{Kind: "b", Text: "a"}, {Kind: "b", Text: "b"}}, "**ab**"},
		{"markup in data", bot.Plain("**a** _b_ ~~c~~ ||d|| `e`"), `\*\*a\*\* \_b\_ \~\~c\~\~ \|\|d\|\| ` + "\\`e\\`"},
		{"line starts", bot.Plain("# a\n> b\n- c\n1. d\n-# e\na # b > c - d 1. e"), "\\# a\n\\> b\n\\- c\n1\\. d\n\\-# e\na # b > c - d 1. e"},
		{"line start after a look", bot.Text{{Kind: "b", Text: "a"}, {Text: "\n# b"}}, "**a**\n\\# b"},
		{"mentions in data", bot.Plain("@everyone @here <@1> <@&1> <#1> </a b:1> <t:0:F> <:x:1> <id:home>"),
			"@\u200beveryone @\u200bhere \\<\u200b@1> \\<\u200b@&1> \\<\u200b#1> \\<\u200b/a b:1> \\<\u200bt\\:0:F> \\<\u200b\\:x:1> \\<\u200bid:home>"},
		{"a mention in two spans", bot.Text{{Text: "@"}, {Text: "everyone"}}, "@\u200beveryone"},
		{"an address in two spans", bot.Text{{Text: "https"}, {Text: "://example.org"}}, `https\://example.org`},
		{"invitation", bot.Plain("Discord.gg/abc discordapp.com/invite/x"), `Discord\.gg/abc discordapp\.com/invite/x`},
		{"emoji by name", bot.Plain(":smile: at 20:00"), `\:smile: at 20:00`},
		{"a link in data", bot.Plain("[a](https://b.c)"), `\[a\](https\://b.c)`},
		{"code with backticks", bot.Text{{Kind: "c", Text: "a`b"}}, "``a\u200b`\u200bb``"},
		{"link", bot.Text{{Kind: "a", Text: "a [b]", URL: "https://example.org/x?y=(z)"}}, `[a \[b\]](<https://example.org/x?y=%28z%29>)`},
		{"link without label", bot.Text{{Kind: "a", URL: "https://example.org/x"}}, `[example.org](<https://example.org/x>)`},
		{"a link that is none", bot.Text{{Kind: "a", Text: "click", URL: "javascript:alert(1)"}}, "click"},
		{"mention", bot.Text{{Kind: "m", Text: "Ana", Account: ana}}, "<@42>"},
		{"mention of somebody elsewhere", bot.Text{{Kind: "m", Text: "Ana", Account: elsewhere}}, "@Ana"},
		{"mention of a crowd", bot.Text{{Kind: "m", Text: "everyone"}}, "@\u200beveryone"},
		{"channel", bot.Text{{Kind: "h", Text: "a channel", Channel: &bot.Channel{Space: ana.Space, ID: "7"}}}, "<#7>"},
		{"thread", bot.Text{{Kind: "h", Text: "a channel", Channel: &bot.Channel{Space: ana.Space, ID: "7", Thread: "8"}}}, "<#8>"},
		{"channel of another platform", bot.Text{{Kind: "h", Text: "a channel", Channel: &bot.Channel{Space: elsewhere.Space, ID: "7"}}}, "a channel"},
		{"channel that cannot be", bot.Text{{Kind: "h", Text: "a channel", Channel: &bot.Channel{Space: ana.Space, ID: "7> @everyone"}}}, "a channel"},
		{"time", bot.Text{{Kind: "t", At: &at}, {Text: ", "}, {Kind: "t", At: &at, Style: bot.ClockTime}}, "<t:1773000000:F>, <t:1773000000:t>"},
		{"turned text", bot.Plain("abc\u202egnp.exe \u2066x\u2069"), "abcgnp.exe x"},
		{"control characters", bot.Plain("a\x1b[2Jb\r\nc\rd\x00\xff"), "a\\[2Jb\nc d\ufffd"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := rendered(c.text); got != c.want {
				t.Errorf("= %q\nwant %q", got, c.want)
			}
		})
	}
}

// visible is what a reader can make out, spaces aside.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
}

func asWritten(t bot.Text) string {
	var b strings.Builder
	for _, s := range t {
		b.WriteString(visible(s.Text))
	}
	return b.String()
}

func nobody(string) string { return "somebody" }

// harmless says what a text does that it must not do, or "".
func harmless(t bot.Text, looks ...string) string {
	content := rendered(t)
	got := discordloop.Read(content, nobody)
	extra := slices.DeleteFunc(slices.Clone(got.Looks), func(l string) bool { return slices.Contains(looks, l) })
	switch {
	case visible(got.Text) != asWritten(t):
		return "it reads " + got.Text
	case len(got.Mentions) > 0 || got.Crowd || strings.Contains(content, "@everyone") || strings.Contains(content, "<@"):
		return "it mentions somebody"
	case len(got.Links) > 0:
		return "it links to " + got.Links[0]
	case len(extra) > 0:
		return "it looks " + extra[0]
	}
	return ""
}

func TestDataIsHarmless(t *testing.T) {
	for _, h := range adaptertest.Hostile() {
		for name, text := range map[string]bot.Text{
			"alone":       bot.Plain(h),
			"after words": {{Text: "Ana wrote: "}, {Text: h}},
			"on a line":   {{Kind: "b", Text: "Ana:"}, {Text: "\n" + h + "\nthat was it"}},
			"in looks":    {{Kind: "b", Text: h}, {Kind: "i", Text: h}, {Kind: "c", Text: h}, {Text: h}},
		} {
			if what := harmless(text, "bold", "italic", "code"); what != "" {
				t.Errorf("%s, %q: %s\nas %q", name, h, what, rendered(text))
			}
		}
	}
}

// pieceOf draws data that is rich in what has a meaning to Discord.
func pieceOf() *rapid.Generator[string] {
	marks := rapid.SampledFrom(append(adaptertest.Hostile(),
		"*", "**", "_", "__", "`", "``", "```", "~~", "||", "\\", "#", "# ", "-", "- ", "> ", ">>> ", "\n", " ", "1.", "@", "everyone", "here",
		"<", ">", "<@", "://", "https", ":", "[", "](", ")", "discord", ".gg/x", "a", "é", "漢", "\u05d0"))
	return rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(marks, 1, 6).Draw(t, "marks"), "")
	})
}

func textOf(kinds ...bot.SpanKind) *rapid.Generator[[]bot.Span] {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) bot.Span {
		return bot.Span{Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), Text: pieceOf().Draw(t, "text")}
	}), 0, 5)
}

func TestAnyDataIsHarmless(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := bot.Text(textOf("", "b", "i", "c").Draw(t, "text"))
		if length(rendered(text)) > maxContent {
			t.Skip("another test is about long text")
		}
		if what := harmless(text, "bold", "italic", "code"); what != "" {
			t.Errorf("%s\nas %q", what, rendered(text))
		}
	})
}

// TestSplit: parts keep their limits, together hold everything, and no markup
// spans two of them.
func TestSplit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := bot.Text(textOf("", "b", "i", "c").Draw(t, "text"))
		limit := rapid.IntRange(20, 60).Draw(t, "limit")
		limits := make([]int, 400)
		for i := range limits {
			limits[i] = limit
		}
		pieces, _ := renderer().pieces(text)
		parts, whole := write(pieces, limits...)
		if !whole {
			t.Fatal("it does not fit into 400 parts")
		}
		var reads strings.Builder
		for _, p := range parts {
			if n := length(p); n > limit {
				t.Errorf("a part has %d characters of %d: %q", n, limit, p)
			}
			r := discordloop.Read(p, nobody)
			if len(r.Mentions) > 0 || r.Crowd || len(r.Links) > 0 {
				t.Errorf("a part does something: %q", p)
			}
			reads.WriteString(r.Text)
		}
		if got, want := visible(reads.String()), asWritten(text); got != want {
			t.Errorf("reads %q\nwant  %q\nparts %q", got, want, parts)
		}
	})
}

func FuzzRender(f *testing.F) {
	for _, h := range adaptertest.Hostile() {
		f.Add(h, h)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		if len(a)+len(b) > 500 {
			return
		}
		text := bot.Text{{Text: a}, {Kind: "b", Text: b}, {Text: b}, {Kind: "c", Text: a}, {Kind: "i", Text: b}}
		if what := harmless(text, "bold", "italic", "code"); what != "" {
			t.Errorf("%s\nas %q", what, rendered(text))
		}
	})
}

func TestLongText(t *testing.T) {
	a := renderer()
	words := strings.Repeat("and goes on ", 8500)
	for _, c := range []struct {
		name         string
		n            int // bytes of words
		content      bool
		embeds, file int
	}{
		{"short", 100, true, 0, 0},
		{"a whole message", maxContent, true, 0, 0},
		{"more", maxContent + 20, false, 1, 0},
		{"much more", 5900, false, 2, 0},
		{"100 kB", len(words), false, 2, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := words[:c.n]
			b, err := a.message(bot.Message{Text: bot.Plain(text)}, bot.SpaceID{})
			if err != nil {
				t.Fatal(err)
			}
			if (b.Content != "") != c.content || len(b.Embeds) != c.embeds || len(b.files) != c.file {
				t.Fatalf("content %t, %d embeds, %d files", b.Content != "", len(b.Embeds), len(b.files))
			}
			shown, total := b.Content, 0
			for _, e := range b.Embeds {
				shown += " " + e.Description
				total += length(e.Description)
			}
			if total > maxEmbedText {
				t.Errorf("the embeds have %d characters", total)
			}
			if c.file == 0 && visible(shown) != visible(text) {
				t.Error("not everything is shown")
			}
			if c.file == 1 && (string(b.files[0].Data) != text || !strings.HasSuffix(shown, "…")) {
				t.Error("a shortened text has no whole one with it")
			}
		})
	}
}

func TestCut(t *testing.T) {
	for _, c := range []struct {
		in    string
		limit int
		want  string
	}{{"abc", 3, "abc"}, {"abcd", 3, "ab…"}, {"a b cd", 4, "a b…"}, {"ab cd", 4, "ab…"}, {"😀😀", 3, "😀…"}, {"", 3, ""}} {
		if got := cut(c.in, c.limit); got != c.want || length(got) > c.limit {
			t.Errorf("cut(%q, %d) = %q, want %q", c.in, c.limit, got, c.want)
		}
	}
}
