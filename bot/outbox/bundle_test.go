package outbox

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/staffroom-bot/staffroom/bot"
)

// What several messages offer is there once, by the first one's label.
func TestABundleOffersEverythingOnce(t *testing.T) {
	asking := func(n int) bot.Message {
		of := strconv.Itoa(n)
		return bot.Message{Text: bot.Plain("Question " + of), Controls: []bot.Control{
			{Label: "Write " + of, Path: "/write/" + of}, {Label: "I'm away " + of, Path: "/away"}, {Label: "About " + of, URL: "https://example.org/about"},
		}}
	}
	all, n := bundle([]bot.Message{asking(1), asking(2), asking(3)}, 1)
	var labels []string
	for _, c := range all.Controls {
		labels = append(labels, c.Label)
	}
	if want := []string{"Write 1", "I'm away 1", "About 1", "Write 2", "Write 3"}; n != 3 || !slices.Equal(labels, want) {
		t.Errorf("%d messages offer %q, want %q", n, labels, want)
	}
}

// Where several are of the same label, each says what it is about.
func TestABundleSaysWhatItsControlsAreAbout(t *testing.T) {
	asking := func(name string) bot.Message {
		return bot.Message{Text: bot.Plain(name), Controls: []bot.Control{
			{Label: "Write", Path: "/write/" + name, Of: name}, {Label: "Skip", Path: "/skip/" + name}, {Label: "Only " + name, Path: "/only/" + name, Of: name},
		}}
	}
	for least, c := range map[int]struct {
		names []string
		want  []string
	}{
		1: {[]string{"Friday"}, []string{"Write", "Skip", "Only Friday"}},
		2: {[]string{"Friday", strings.Repeat("x", 60)}, []string{"Write: Friday", "Skip", "Only Friday", "Write: " + strings.Repeat("x", longestOf-1) + "…", "Skip", "Only " + strings.Repeat("x", 60)}},
	} {
		var messages []bot.Message
		for _, n := range c.names {
			messages = append(messages, asking(n))
		}
		all, _ := bundle(messages, least)
		var labels []string
		for _, control := range all.Controls {
			labels = append(labels, control.Label)
		}
		if !slices.Equal(labels, c.want) {
			t.Errorf("got %q, want %q", labels, c.want)
		}
	}
}
