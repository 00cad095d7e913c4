package outbox

import (
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
// first only the text remains then, and as many controls as fit.
func bundle(messages []bot.Message, least int) (bot.Message, int) {
	var all bot.Message
	length := 0
	for n, m := range messages {
		length += utf8.RuneCountInString(m.Text.String())
		fits := length <= bundleText && len(all.Controls)+len(m.Controls) <= bundleControls
		if n > 0 && n >= least && (!fits || !wordsOnly(m) || !wordsOnly(all)) {
			return all, n
		}
		if n == 0 {
			all = m
			all.Controls = append([]bot.Control(nil), m.Controls...)
			continue
		}
		all.Text = bot.Join("\n\n", all.Text, m.Text)
		all.Controls = append(all.Controls, m.Controls[:min(len(m.Controls), max(bundleControls-len(all.Controls), 0))]...)
	}
	return all, len(messages)
}

func wordsOnly(m bot.Message) bool { return m.Image == nil && len(m.Files) == 0 }
