package outbox

import (
	"slices"
	"unicode/utf8"

	"github.com/staffroom-bot/staffroom/bot"
)

// What one message holds of several: less than every platform takes. Discord
// takes 2,000 characters and 25 buttons
// (https://discord.com/developers/docs/resources/message#create-message-jsonform-params,
// https://discord.com/developers/docs/components/reference#action-row).
const (
	bundleText     = 1800
	bundleControls = 20
)

// bundle makes one message of the first of several, and tells of how many: as
// many as fit, and at least so many whether they fit or not. Of those after the
// first only the text remains then, and as many controls as fit. What several offer,
// such as to be away, the message offers once: Discord takes no two controls that lead
// to the same. Controls of the same label say what they are about.
func bundle(messages []bot.Message, least int) (bot.Message, int) {
	var all bot.Message
	length := 0
	for n, m := range messages {
		length += utf8.RuneCountInString(m.Text.String())
		fits := length <= bundleText && len(all.Controls)+len(m.Controls) <= bundleControls
		if n > 0 && n >= least && (!fits || !wordsOnly(m) || !wordsOnly(all)) {
			distinguish(all.Controls)
			return all, n
		}
		if n == 0 {
			all = m
			all.Controls = append([]bot.Control(nil), m.Controls...)
			continue
		}
		all.Text = bot.Join("\n\n", all.Text, m.Text)
		for _, c := range m.Controls {
			if len(all.Controls) < bundleControls && !offers(all, c) {
				all.Controls = append(all.Controls, c)
			}
		}
	}
	distinguish(all.Controls)
	return all, len(messages)
}

// distinguish lets controls of the same label say what they are about.
func distinguish(controls []bot.Control) {
	times := map[string]int{}
	for _, c := range controls {
		times[c.Label]++
	}
	for i := range controls {
		if c := &controls[i]; times[c.Label] > 1 && c.Of != "" {
			c.Label += ": " + bot.Shorten(c.Of, longestOf)
		}
	}
}

// longestOf is how many characters of Control.Of stand in a label. Slack takes 75 in
// all: https://docs.slack.dev/reference/block-kit/block-elements/button-element
const longestOf = 40

// offers reports whether a message has a control that leads where another does.
func offers(m bot.Message, c bot.Control) bool {
	return slices.ContainsFunc(m.Controls, func(o bot.Control) bool { return o.Path == c.Path && o.URL == c.URL })
}

func wordsOnly(m bot.Message) bool { return m.Image == nil && len(m.Files) == 0 }
