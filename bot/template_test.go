package bot_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/staffroom-bot/staffroom/bot"
)

// looks writes a text with its looks: <b>…</b> and so on.
func looks(t bot.Text) string {
	var b strings.Builder
	for _, s := range t {
		if s.Kind == bot.SpanPlain {
			b.WriteString(s.Text)
			continue
		}
		b.WriteString("<" + string(s.Kind) + ">" + s.Text + "</" + string(s.Kind) + ">")
	}
	return b.String()
}

func TestTemplate(t *testing.T) {
	name := bot.Str("name", "Ana")
	tests := []struct {
		name, template string
		args           []bot.Arg
		want           string
	}{
		{"plain", "Late is fine.", nil, "Late is fine."},
		{"empty", "", nil, ""},
		{"bold", "**Q2.** Why?", nil, "<b>Q2.</b> Why?"},
		{"italic", "what it _means_ to us", nil, "what it <i>means</i> to us"},
		{"code", "type `A1` first", nil, "type <c>A1</c> first"},
		{"an argument", "Hello {name}.", []bot.Arg{name}, "Hello Ana."},
		{"an argument in bold", "**{name}** and {name}", []bot.Arg{name}, "<b>Ana</b> and Ana"},
		{"several parts in bold", "**Hello {name}, hello.**", []bot.Arg{name}, "<b>Hello </b><b>Ana</b><b>, hello.</b>"},
		{"an argument without a value", "Hello {name}.", nil, "Hello {name}."},
		{"braces without a name", "{} {A} {a b} {", nil, "{} {A} {a b} {"},
		{"a number", "Q{n}", []bot.Arg{bot.Num("n", 7)}, "Q7"},
		{"a count", "{n} people", []bot.Arg{bot.Count("n", 24)}, "24 people"},
		{"a text", "{x}!", []bot.Arg{bot.Rich("x", bot.Text{{Kind: bot.SpanLink, Text: "here"}})}, "<a>here</a>!"},
		{"a text in bold keeps its looks", "**{x}**", []bot.Arg{bot.Rich("x", bot.Text{{Text: "see "}, {Kind: bot.SpanLink, Text: "here"}})}, "<b>see </b><a>here</a>"},
		{"an underscore in a word", "snake_case and a_b_c", nil, "snake_case and a_b_c"},
		{"a star alone", "2 * 3 * 4", nil, "2 * 3 * 4"},
		{"bold that is not closed", "**Q2. Why?", nil, "**Q2. Why?"},
		{"italic that is not closed", "an _odd end", nil, "an _odd end"},
		{"italic that is closed within a word only", "an _odd snake_case", nil, "an _odd snake_case"},
		{"code that is not closed", "a ` tick", nil, "a ` tick"},
		{"bold whose end is escaped", `**a \** b`, nil, "**a ** b"},
		{"code whose end is escaped", "a `b \\` c", nil, "a `b ` c"},
		{"italic whose end is in a name", "an _odd {first_name}", []bot.Arg{bot.Str("first_name", "Ana")}, "an _odd Ana"},
		{"escapes", `\**no\** \_no\_ \{name\} \\`, []bot.Arg{name}, `**no** _no_ {name} \`},
		{"an escape at the end", `end\`, nil, `end\`},
		{"looks do not nest", "**bold _and_ `more`**", nil, "<b>bold _and_ `more`</b>"},
		{"nothing in bold", "a****b", nil, "ab"},
		{"letters beyond ASCII", "¿Qué significa _hacer_ **más**?", nil, "¿Qué significa <i>hacer</i> <b>más</b>?"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := looks(bot.ParseTemplate(tt.template).Fill(tt.args...)); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestTemplateNames(t *testing.T) {
	got := bot.ParseTemplate("**{b}** {a} {b} \\{c} {not a name}").Names()
	if want := []string{"b", "a"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestDataStaysData gives templates what could be markup, a mention or a link,
// on one platform or another.
func TestDataStaysData(t *testing.T) {
	hostile := []string{
		"**bold**", "_italic_", "`code`", "{name}", "@everyone", "<!channel>", "<@U1>", "<https://evil.example|bank>",
		"[bank](https://evil.example)", "\u202eevil\u202c", `\`, "**", "a\nb", "\x00", "\xff",
	}
	template := bot.ParseTemplate("{data} **{data}** `{data}` _{data}_")
	for _, data := range hostile {
		text := template.Fill(bot.Str("data", data))
		want := bot.Text{
			{Text: data}, {Text: " "},
			{Kind: bot.SpanBold, Text: data}, {Text: " "},
			{Kind: bot.SpanCode, Text: data}, {Text: " "},
			{Kind: bot.SpanItalic, Text: data},
		}
		if !slices.Equal(text, want) {
			t.Errorf("%q: got %+v", data, text)
		}
	}
}

// FuzzTemplate: no template and no data break anything, what is typed never
// changes how a message looks, and no text of a template is lost.
func FuzzTemplate(f *testing.F) {
	for _, s := range []string{
		"**Q{n}.** {text}", "_a_ `b` **c** {d}", `\**`, "a_b", "{", "}{", "**{x}_", "`{x}", "_{a_b}_", "\xff{x}", "****", "{x}{x}",
	} {
		f.Add(s, "**data** {x}")
	}
	f.Fuzz(func(t *testing.T, source, data string) {
		template := bot.ParseTemplate(source)
		fill := func(value string) bot.Text {
			var args []bot.Arg
			for _, name := range template.Names() {
				args = append(args, bot.Arg{Name: name, Value: bot.Text{{Text: value}}})
			}
			return template.Fill(args...)
		}
		typed, plain := fill(data), fill("x")
		if len(typed) != len(plain) {
			t.Fatalf("%d spans with %q, %d with x", len(typed), data, len(plain))
		}
		shown := 0
		for i := range typed {
			if typed[i].Kind != plain[i].Kind || typed[i].URL != "" || typed[i].Account != nil {
				t.Errorf("span %d looks different: %+v, %+v", i, typed[i], plain[i])
			}
			if typed[i].Kind == bot.SpanLink || typed[i].Kind == bot.SpanMention || typed[i].Kind == bot.SpanTime {
				t.Errorf("a template made %+v", typed[i])
			}
			if typed[i] != plain[i] && typed[i].Text != data {
				t.Errorf("data became %q", typed[i].Text)
			}
			shown += len(plain[i].Text)
		}
		if utf8.ValidString(source) && !strings.ContainsAny(source, "*_`\\{}") && shown != len(source) {
			t.Errorf("%d bytes of %q are shown", shown, source)
		}
		// Parsed once or twice, it is the same.
		if again := bot.ParseTemplate(source).Fill(); !slices.Equal(again, template.Fill()) {
			t.Errorf("got %v, then %v", template.Fill(), again)
		}
	})
}
