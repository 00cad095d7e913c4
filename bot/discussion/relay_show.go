package discussion

import (
	"crypto/sha256"
	"encoding/base32"
	"slices"
	"strings"

	"github.com/staffroom-bot/staffroom/bot"
)

// printOf tells texts apart.
func printOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return base32.StdEncoding.EncodeToString(sum[:10])
}

// text is what a post says: nothing if what it showed is to be shown no more. What
// people said is in it as data.
func (c *carrier) text(p *RelayedPost) bot.Text {
	var shown []*Entry
	length := 0
	for _, id := range p.Entries {
		if e := c.entries[id]; c.may(&e) {
			shown = append(shown, &e)
			length += len([]rune(e.Text))
		}
	}
	if len(shown) == 0 {
		return nil
	}
	most := relayText
	if length > relayText {
		most = max(relayLeast, relayText/len(shown))
	}
	from := c.called(shown[0].Place)
	if len(shown) == 1 {
		e := shown[0]
		return c.line(e, p.Place, bot.Rich("who", c.say("chat.relay.who", bot.Str("name", c.voices[e.Author].Name), bot.Str("place", from))), most)
	}
	key := bot.Key("chat.relay.answers")
	for _, e := range shown {
		if e.Kind != Answer {
			key = "chat.relay.said"
		}
	}
	lines := []bot.Text{c.say(key, bot.Count("n", len(shown)), bot.Str("place", from))}
	for _, e := range shown {
		lines = append(lines, c.line(e, p.Place, bot.Str("who", c.voices[e.Author].Name), most))
	}
	return bot.Join("\n", lines...)
}

// line is who says what, to which question, and to whom where that is known in the
// place: to somebody there, or whose words travel too.
func (c *carrier) line(e *Entry, place int, who bot.Arg, most int) bot.Text {
	args := []bot.Arg{who, bot.Str("n", numbers(c.about(e))), bot.Str("text", bot.Shorten(inOneLine(e.Text), most))}
	if e.Kind == Answer {
		return c.say("chat.relay.answer", args...)
	}
	to, known := c.entries[e.ReplyTo]
	if name := c.voices[to.Author].Name; known && name != "" && !to.Deleted && !to.Withheld && (to.Place == place || c.may(&to)) {
		return c.say("chat.relay.reply.to", append(args, bot.Str("to", name))...)
	}
	return c.say("chat.relay.reply", args...)
}

// inOneLine is a text without its line breaks, so that nobody writes what looks like the
// line of somebody else.
func inOneLine(text string) string {
	lines := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("\n\r\v\f\u0085\u2028\u2029", r) })
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	return strings.Join(slices.DeleteFunc(lines, func(l string) bool { return l == "" }), " / ")
}

// called is what people in other places call a place: "Lincoln HS on Slack".
func (c *carrier) called(place int) string {
	name := c.discussion.placeNames()[place]
	platform := c.relays.voices.Platform(c.discussion.Places()[place].Channel.Space.Connection)
	if platform == "" {
		return name
	}
	return c.say("chat.relay.place", bot.Str("place", name), bot.Str("platform", platform)).String()
}

func (c *carrier) say(key bot.Key, args ...bot.Arg) bot.Text {
	return c.words.Text(c.discussion.Language, key, args...)
}
