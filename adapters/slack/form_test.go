package slack

import (
	"fmt"
	"strings"
	"testing"

	"github.com/staffroom-bot/staffroom/bot"
)

func TestModal(t *testing.T) {
	a := offline()
	long := bot.Form{
		Title: "A title that is longer than Slack shows", Path: "/host/new/01h", Submit: "Send all of this to the host now",
		Fields: []bot.Field{
			{Name: "text", Label: strings.Repeat("label ", 500), Hint: strings.Repeat("hint ", 100), Value: strings.Repeat("value ", 1_000), Long: true},
			{Name: "short", Label: "Short", Value: "more than five", Max: 5, Optional: true},
			{Name: "choice", Label: "Choice", Value: "b", Choices: []bot.Choice{{Label: strings.Repeat("A ", 100), Value: "a"}, {Label: "B", Value: "b"}}},
		},
	}
	at := place{Channel: channel, Message: "1.000001", ResponseURL: "https://hooks.example.org/" + strings.Repeat("x", 4_000)}
	view, err := a.modal(long, at)
	if err != nil {
		t.Fatal(err)
	}
	payload := asJSON(t, struct {
		TriggerID string `json:"trigger_id"`
		View      any    `json:"view"`
	}{"1", view})
	if err := newCheck(t)("views.open", []byte(payload)); err != nil {
		t.Errorf("%v:\n%s", err, payload)
	}
	for _, want := range []string{
		`"text":"A title that is longer…"`, `"multiline":true`, `"max_length":5,`, `"initial_value":"more "`, `"initial_option":{"text":{"type":"plain_text","text":"B"`,
		`"optional":true`, `"block_id":"choice"`,
	} {
		if !strings.Contains(strings.ReplaceAll(payload, "max_length\":5}", "max_length\":5,}"), want) {
			t.Errorf("the view lacks %s:\n%s", want, payload)
		}
	}
	if strings.Contains(payload, "hooks.example.org") {
		t.Error("an address that is too long travels in the view")
	}
}

func TestFormsThatCannotBeShown(t *testing.T) {
	var many []bot.Choice
	for i := range 101 {
		many = append(many, bot.Choice{Label: "x", Value: fmt.Sprint(i)})
	}
	for name, fields := range map[string][]bot.Field{
		"a name twice":      {{Name: "a", Label: "A"}, {Name: "a", Label: "B"}},
		"no name":           {{Label: "A"}},
		"too many choices":  {{Name: "a", Label: "A", Choices: many}},
		"a long choice":     {{Name: "a", Label: "A", Choices: []bot.Choice{{Label: "x", Value: strings.Repeat("x", 151)}}}},
		"a choice of none":  {{Name: "a", Label: "A", Choices: []bot.Choice{{Label: "x"}}}},
		"a very long name":  {{Name: strings.Repeat("x", 256), Label: "A"}},
		"twice, among many": {{Name: "a", Label: "A"}, {Name: "b", Label: "B"}, {Name: "a", Label: "C"}},
	} {
		_, err := offline().modal(bot.Form{Title: "x", Path: "/x", Submit: "x", Fields: fields}, place{})
		if bot.CodeOf(err) != bot.Permanent {
			t.Errorf("%s: %v, want permanent", name, err)
		}
	}
}
