package bottest

import "github.com/staffroom-bot/staffroom/bot"

// Words is a catalogue that has every message: the language, the key and the
// arguments, as in "es chat.question number=2". A test that uses it does not
// change when the words do.
type Words struct{}

// Text gives the language, the key and the arguments.
func (Words) Text(language string, key bot.Key, args ...bot.Arg) bot.Text {
	if language == "" {
		language = "?"
	}
	out := bot.Plain(language + " " + string(key))
	for _, a := range args {
		out = append(out, bot.Span{Text: " " + a.Name + "="})
		out = append(out, a.Value...)
	}
	return out
}
