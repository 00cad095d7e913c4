package slack

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"
	"unicode"

	"pgregory.net/rapid"

	"github.com/staffroom-bot/staffroom/adapters/adaptertest"
	"github.com/staffroom-bot/staffroom/adapters/adaptertest/spec"
	"github.com/staffroom-bot/staffroom/bot"
)

// offline is an adapter that renders and calls nobody.
func offline() *Adapter {
	return New(Options{Name: "slack-loop", Seal: bot.NewSeal([]byte("key")), Logger: slog.New(slog.DiscardHandler)})
}

// rendered shape of a message, for comparison.
func asJSON(t *testing.T, v any) string {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(b.String())
}

func TestRender(t *testing.T) {
	at := time.Date(2026, 5, 12, 19, 0, 0, 0, time.UTC)
	here, elsewhere := accountOf(ana), bot.Account{Space: bot.SpaceID{Connection: "slack-loop", ID: "TOTHER"}, User: "UANA"}
	shown := func(style bot.TimeStyle, zone string) string {
		return bot.Span{Kind: bot.SpanTime, At: &at, Zone: zone, Style: style}.Clock("")
	}
	section := func(elements string) string {
		return `[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[` + elements + `]}]}]`
	}
	for name, tt := range map[string]struct {
		message      bot.Message
		text, blocks string
	}{
		"plain": {bot.Message{Text: bot.Plain("a < b & c")}, "a &lt; b &amp; c", section(`{"type":"text","text":"a < b & c"}`)},
		"looks": {
			bot.Message{Text: bot.Text{{Kind: bot.SpanBold, Text: "b"}, {Kind: bot.SpanItalic, Text: "i"}, {Kind: bot.SpanCode, Text: "c"}}},
			"bic",
			section(`{"type":"text","text":"b","style":{"bold":true}},{"type":"text","text":"i","style":{"italic":true}},{"type":"text","text":"c","style":{"code":true}}`),
		},
		"link": {
			bot.Message{Text: bot.Text{{Kind: bot.SpanLink, Text: "label", URL: "https://example.org/?a=b&c=d"}}},
			"label", section(`{"type":"link","url":"https://example.org/?a=b&c=d","text":"label"}`),
		},
		"link without a label": {
			bot.Message{Text: bot.Text{{Kind: bot.SpanLink, URL: "https://example.org/"}}},
			"https://example.org/", section(`{"type":"link","url":"https://example.org/","text":"https://example.org/"}`),
		},
		"link that runs something": {
			bot.Message{Text: bot.Text{{Kind: bot.SpanLink, Text: "label", URL: "javascript:alert(1)"}}},
			"label", section(`{"type":"text","text":"label"}`),
		},
		"mention":                {bot.Message{Text: bot.Text{{Kind: bot.SpanMention, Text: "Ana", Account: &here}}}, "@Ana", section(`{"type":"user","user_id":"UANA"}`)},
		"channel":                {bot.Message{Text: bot.Text{{Kind: bot.SpanChannel, Text: "a channel", Channel: &bot.Channel{Space: here.Space, ID: "C1"}}}}, "a channel", section(`{"type":"channel","channel_id":"C1"}`)},
		"channel from elsewhere": {bot.Message{Text: bot.Text{{Kind: bot.SpanChannel, Text: "a channel", Channel: &bot.Channel{Space: elsewhere.Space, ID: "C1"}}}}, "a channel", section(`{"type":"text","text":"a channel"}`)},
		"mention from elsewhere": {bot.Message{Text: bot.Text{{Kind: bot.SpanMention, Text: "Ana", Account: &elsewhere}}}, "@Ana", section(`{"type":"text","text":"@Ana"}`)},
		"time": {
			bot.Message{Text: bot.Text{{Kind: bot.SpanTime, At: &at, Zone: "Europe/Madrid"}}}, shown(bot.WeekdayTime, "Europe/Madrid"),
			section(`{"type":"date","timestamp":1778612400,"format":"{day_divider_pretty} {time}","fallback":"` + shown(bot.WeekdayTime, "Europe/Madrid") + `"}`),
		},
		"date": {
			bot.Message{Text: bot.Text{{Kind: bot.SpanTime, At: &at, Style: bot.DateTime}}}, shown(bot.DateTime, ""),
			section(`{"type":"date","timestamp":1778612400,"format":"{date_long_pretty} {time}","fallback":"` + shown(bot.DateTime, "") + `"}`),
		},
		"clock": {
			bot.Message{Text: bot.Text{{Kind: bot.SpanTime, At: &at, Style: bot.ClockTime}}}, shown(bot.ClockTime, ""),
			section(`{"type":"date","timestamp":1778612400,"format":"{time}","fallback":"` + shown(bot.ClockTime, "") + `"}`),
		},
		"controls alone": {
			bot.Message{Controls: []bot.Control{{Label: "Start", Path: "/host/start", Style: bot.Primary}, {Label: "End", Path: "/host/end", Style: bot.Danger}}},
			"Start, End",
			`[{"type":"actions","elements":[` +
				`{"type":"button","text":{"type":"plain_text","text":"Start","emoji":false},"action_id":"control-0","value":"/host/start~` + mark("/host/start") + `","style":"primary"},` +
				`{"type":"button","text":{"type":"plain_text","text":"End","emoji":false},"action_id":"control-1","value":"/host/end~` + mark("/host/end") + `","style":"danger"}]}]`,
		},
		"image": {
			bot.Message{Image: &bot.Image{URL: "https://example.org/a.png", Alt: "A cell"}}, "A cell",
			`[{"type":"image","image_url":"https://example.org/a.png","alt_text":"A cell"}]`,
		},
		"image by no address": {bot.Message{Text: bot.Plain("x"), Image: &bot.Image{URL: "a.png", Alt: "A cell"}}, "x", section(`{"type":"text","text":"x"}`)},
		"file alone":          {bot.Message{Files: []bot.File{{Name: "archive.md", Data: []byte("x")}}}, "archive.md", "null"},
		"empty spans":         {bot.Message{Text: bot.Text{{}, {Text: "x"}, {Kind: bot.SpanTime}, {Text: "\x00"}}}, "x", section(`{"type":"text","text":"x"}`)},
	} {
		t.Run(name, func(t *testing.T) {
			got := offline().render(space(), tt.message)
			if len(got) != 1 {
				t.Fatalf("%d messages", len(got))
			}
			if blocks := asJSON(t, got[0].blocks); got[0].text != tt.text || blocks != tt.blocks {
				t.Errorf("text %q, blocks\n%s\nwant %q,\n%s", got[0].text, blocks, tt.text, tt.blocks)
			}
		})
	}
}

func mark(path string) string {
	_, m, _ := strings.Cut(bot.NewSeal([]byte("key")).Token(path), "~")
	return m
}

// What a member typed stands in text elements only, which Slack does not parse,
// and in the text beside them without anything that Slack would.
func TestHostileText(t *testing.T) {
	check := spec.Slack(t)
	a := offline()
	for _, hostile := range append(adaptertest.Hostile(), strings.Repeat("<!channel> *x* ", 7_000), strings.Repeat("\u202e", 1_000), strings.Repeat("x", 100_000)) {
		for _, kind := range []bot.SpanKind{bot.SpanPlain, bot.SpanBold, bot.SpanCode} {
			message := bot.Message{
				Text:     bot.Text{{Text: "Ana: "}, {Kind: kind, Text: hostile}},
				Controls: []bot.Control{{Label: hostile, Path: "/x"}},
				Image:    &bot.Image{URL: "https://example.org/a.png", Alt: hostile},
			}
			if strings.Trim(hostile, "\u202e") == "" {
				message.Controls = nil // nothing is left of its label
			}
			for _, r := range a.render(space(), message) {
				if strings.ContainsAny(r.text, "<>") || strings.ContainsAny(r.text, "\u202e\u2066\x1b\x00") {
					t.Errorf("the text beside the blocks of %.40q is %.80q", hostile, r.text)
				}
				if strings.Contains(strings.NewReplacer("&amp;", "", "&lt;", "", "&gt;", "").Replace(r.text), "&") {
					t.Errorf("an ampersand of %.40q is not escaped: %.80q", hostile, r.text)
				}
				payload := asJSON(t, message1(r))
				if err := check("chat.postMessage", []byte(payload)); err != nil {
					t.Errorf("%.40q: %v", hostile, err)
				}
				onlyText(t, r)
			}
		}
	}
}

func message1(r rendered) message {
	return message{Channel: channel, Text: r.text, Blocks: r.blocks, Parse: parseNone}
}

// onlyText fails for any element that is more than text.
func onlyText(t *testing.T, r rendered) {
	t.Helper()
	var blocks []struct {
		Type     string
		Elements []struct {
			Type     string
			Elements []struct{ Type, Text string }
		}
	}
	if err := json.Unmarshal([]byte(asJSON(t, r.blocks)), &blocks); err != nil {
		t.Fatal(err)
	}
	for _, b := range blocks {
		for _, section := range b.Elements {
			for _, e := range section.Elements {
				if e.Type != "text" {
					t.Errorf("a member's text became a %s", e.Type)
				}
				if strings.ContainsFunc(e.Text, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' || r == '\u202e' }) {
					t.Errorf("control characters in %.40q", e.Text)
				}
			}
		}
	}
}

// However long a text is and whatever looks it has, nothing of it is lost, no
// block is too long, and no word is cut that fits into one.
func TestLongTextKeepsItsWords(t *testing.T) {
	check := spec.Slack(t)
	a := offline()
	rapid.Check(t, func(rt *rapid.T) {
		var text bot.Text
		for range rapid.IntRange(1, 12).Draw(rt, "spans") {
			word := rapid.SampledFrom([]string{"word", "naïve", "漢字漢字", "👩‍🏫", "e\u0301e\u0301", "https://example.org/a-long-address", "*x*", "\n"}).Draw(rt, "word")
			n := rapid.IntRange(1, 1_500).Draw(rt, "times")
			kind := rapid.SampledFrom([]bot.SpanKind{bot.SpanPlain, bot.SpanBold, bot.SpanCode}).Draw(rt, "kind")
			text = append(text, bot.Span{Kind: kind, Text: strings.Repeat(word+" ", n)})
		}
		var words []string
		for _, r := range a.render(space(), bot.Message{Text: text, Controls: []bot.Control{{Label: "Go", Path: "/go"}}}) {
			if err := check("chat.postMessage", []byte(asJSON(t, message1(r)))); err != nil {
				rt.Fatal(err)
			}
			words = append(words, strings.Fields(readText(t, r))...)
		}
		want := strings.Fields(text.String())
		if len(words) != len(want) {
			rt.Fatalf("%d words became %d", len(want), len(words))
		}
		for i := range want {
			if words[i] != want[i] {
				rt.Fatalf("word %d is %q, was %q", i, words[i], want[i])
			}
		}
	})
}

// readText joins the text of the blocks; a block ends a line.
func readText(t *testing.T, r rendered) string {
	t.Helper()
	var blocks []struct {
		Elements []struct {
			Elements []struct{ Text string }
		}
	}
	for _, b := range r.blocks {
		if b.BlockType() != "rich_text" {
			continue
		}
		var one struct {
			Elements []struct {
				Elements []struct{ Text string }
			}
		}
		if err := json.Unmarshal([]byte(asJSON(t, b)), &one); err != nil {
			t.Fatal(err)
		}
		blocks = append(blocks, one)
	}
	var text strings.Builder
	for _, b := range blocks {
		for _, section := range b.Elements {
			for _, e := range section.Elements {
				text.WriteString(e.Text)
			}
		}
		text.WriteByte('\n')
	}
	return text.String()
}

func TestManyControls(t *testing.T) {
	var controls []bot.Control
	for i := range 60 {
		controls = append(controls, bot.Control{Label: strings.Repeat("long ", 40), Path: fmt.Sprintf("/x/%d", i)})
	}
	got := offline().render(space(), bot.Message{Text: bot.Plain("x"), Controls: controls})
	if len(got) != 1 || len(got[0].blocks) != 4 {
		t.Fatalf("%d messages, %d blocks", len(got), len(got[0].blocks))
	}
	if err := spec.Slack(t)("chat.postMessage", []byte(asJSON(t, message1(got[0])))); err != nil {
		t.Error(err)
	}
	if ids := strings.Count(asJSON(t, got[0].blocks), `"action_id":"control-`); ids != 60 {
		t.Errorf("%d controls", ids)
	}
}

// The check itself must find something, or it proves nothing.
func TestCheckRefuses(t *testing.T) {
	check := spec.Slack(t)
	for name, tt := range map[string]struct{ method, payload string }{
		"long text":      {"chat.update", `{"text":"` + strings.Repeat("x", 40_001) + `"}`},
		"unknown field":  {"chat.update", `{"text":"x","colour":"red"}`},
		"long label":     {"chat.update", `{"text":"x","blocks":[{"type":"actions","elements":[{"type":"button","text":{"type":"plain_text","text":"` + strings.Repeat("x", 76) + `"}}]}]}`},
		"empty text":     {"chat.update", `{"text":"x","blocks":[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":""}]}]}]}`},
		"long title":     {"views.open", `{"view":{"type":"modal","title":{"type":"plain_text","text":"` + strings.Repeat("x", 25) + `"},"blocks":[]}}`},
		"too much text":  {"chat.update", `{"text":"x","blocks":[` + strings.TrimSuffix(strings.Repeat(`{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"`+strings.Repeat("x", 3_000)+`"}]}]},`, 4), ",") + `]}`},
		"no json at all": {"chat.update", `x`},
	} {
		if err := check(tt.method, []byte(tt.payload)); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	if !spec.Known() {
		t.Skip("STAFFROOM_SHARED is not set: payloads are not checked against the schemas of Slack")
	}
	for name, tt := range map[string]struct{ method, payload string }{
		"unknown block":         {"chat.update", `{"text":"x","blocks":[{"type":"hologram"}]}`},
		"field of a block":      {"chat.update", `{"text":"x","blocks":[{"type":"rich_text","elements":[],"colour":"red"}]}`},
		"field of a post":       {"chat.postMessage", `{"channel":"C","text":"x","colour":"red"}`},
		"view without a title":  {"views.open", `{"view":{"type":"modal","blocks":[]}}`},
		"field of an input":     {"views.open", `{"view":{"type":"modal","title":{"type":"plain_text","text":"x"},"blocks":[{"type":"input","label":{"type":"plain_text","text":"x"},"element":{"type":"plain_text_input","size":3}}]}}`},
		"metadata without type": {"chat.postMessage", `{"channel":"C","text":"x","metadata":{"kind":"x"}}`},
	} {
		if err := check(tt.method, []byte(tt.payload)); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}
