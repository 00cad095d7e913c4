package guide

import (
	"context"
	"slices"
	"strings"
	"unicode"

	"github.com/staffroom-bot/staffroom/bot"
)

// mostGuesses is how many commands "did you mean" offers.
const mostGuesses = 3

// longestQuote is how much is quoted of what was not understood, in characters.
const longestQuote = 60

// help lists the commands, or explains one. What no platform could make a
// command of comes here too, as the value "unknown" (see bot.HelpPath).
func (g *Guide) help(_ context.Context, req *bot.Request) (bot.Reply, error) {
	v := g.view(req)
	if unknown := strings.TrimSpace(req.Value("unknown")); unknown != "" {
		switch {
		case v.isWord("guide.word.help", unknown):
			return bot.Say(v.all()), nil
		case v.isWord("guide.word.thanks", unknown):
			return bot.Say(v.say("guide.thanks", bot.Rich("home", v.typed(bot.HomePath)), bot.Rich("help", v.typed(bot.HelpPath)))), nil
		}
		return v.answerUnknown(unknown), nil
	}
	topic := strings.TrimSpace(req.Value("topic"))
	if topic == "" {
		return bot.Say(v.all()), nil
	}
	if text, ok := v.explain(topic); ok {
		return bot.Say(text), nil
	}
	return v.answerUnknown(topic), nil
}

// isWord reports whether what was typed is one of the words of a message, which stand
// between strokes; signs around it do not matter.
func (v view) isWord(words bot.Key, typed string) bool {
	typed = strings.TrimFunc(typed, func(r rune) bool { return !unicode.IsLetter(r) })
	for word := range strings.SplitSeq(v.label(words), "|") {
		if strings.EqualFold(typed, word) {
			return true
		}
	}
	return false
}

// completeTopic proposes the commands that begin with what is typed.
func (g *Guide) completeTopic(_ context.Context, req *bot.Request) ([]bot.Choice, error) {
	begins := strings.ToLower(strings.TrimPrefix(strings.TrimSpace(req.Value("topic")), "/"))
	var choices []bot.Choice
	for _, c := range g.view(req).commands {
		if strings.HasPrefix(c.Name, begins) {
			choices = append(choices, bot.Choice{Label: "/" + c.Name, Value: c.Name})
		}
	}
	return choices, nil
}

// all is one line for each command.
func (v view) all() bot.Text {
	lines := []bot.Text{v.say("guide.help.all", bot.Rich("example",
		bot.Text{{Kind: bot.SpanCode, Text: v.req.Typed("/staffroom help chat")}}))}
	for _, c := range v.commands {
		words := make([]string, 0, len(c.Subcommands))
		for _, s := range c.Subcommands {
			words = append(words, s.Name)
		}
		lines = append(lines, v.say("guide.help.command",
			bot.Str("command", v.req.Typed("/"+c.Name)),
			bot.Str("words", strings.Join(words, ", ")),
			bot.Rich("summary", v.say(c.Summary))))
	}
	return bot.Join("\n", lines...)
}

// explain shows the command, or the one subcommand, that the topic names; also
// with the root or words after it: "/staffroom chat list please".
func (v view) explain(topic string) (bot.Text, bool) {
	words := strings.Fields(topic)
	c, ok := v.command(words[0])
	if ok && len(words) > 1 {
		if inner, found := v.command(words[1]); found && c.Name == "staffroom" {
			c, words = inner, words[1:]
		}
	}
	if !ok {
		return nil, false
	}
	if len(words) == 1 {
		return v.one(c), true
	}
	for _, s := range c.Subcommands {
		if strings.EqualFold(s.Name, words[1]) {
			return v.subcommand(c, s), true
		}
	}
	return nil, false
}

// one is a command with all its subcommands.
func (v view) one(c bot.Command) bot.Text {
	lines := []bot.Text{v.say("guide.help.one",
		bot.Str("command", v.req.Typed("/"+c.Name)), bot.Rich("summary", v.say(c.Summary)))}
	for _, s := range c.Subcommands {
		lines = append(lines, v.subcommand(c, s))
	}
	return bot.Join("\n", lines...)
}

func (v view) subcommand(c bot.Command, s bot.Subcommand) bot.Text {
	lines := []bot.Text{v.say("guide.help.subcommand",
		bot.Str("command", v.req.Typed("/"+c.Name+" "+s.Name)), bot.Rich("summary", v.say(s.Summary)))}
	for _, o := range s.Options {
		name, summary := bot.Str("name", o.Name), bot.Rich("summary", v.say(o.Summary))
		if o.Required {
			lines = append(lines, v.say("guide.help.option_needed", name, summary))
		} else {
			lines = append(lines, v.say("guide.help.option", name, summary))
		}
	}
	if s.Example != "" {
		lines = append(lines, v.say("guide.help.example", bot.Str("example", v.req.Typed(v.label(s.Example)))))
	}
	return bot.Join("\n", lines...)
}

// answerUnknown says what may have been meant, with a button for each guess, and
// shows what the words did reach: a command's help, or all commands.
func (v view) answerUnknown(typed string) bot.Reply {
	if text, ok := v.explain(typed); ok {
		return bot.Say(text)
	}
	if text, ok := v.refusal(typed); ok {
		return bot.Say(bot.Join("\n", text, v.all()))
	}
	quote := bot.Str("typed", bot.Shorten(typed, longestQuote))
	first := strings.Fields(typed)[0]
	help := v.all()
	if text, ok := v.explain(first); ok && !strings.EqualFold(strings.TrimPrefix(first, "/"), "staffroom") {
		help = text
	}
	paths := v.guesses(typed)
	if len(paths) == 0 {
		return bot.Say(bot.Join("\n", v.say("guide.help.unknown", quote), help))
	}
	var commands []bot.Text
	var controls []bot.Control
	for _, path := range paths {
		shown := v.typed(path)
		commands = append(commands, shown)
		if c, ok := v.button(shown.String(), path); ok {
			controls = append(controls, c)
		}
	}
	last := len(commands) - 1
	guesses := bot.Join(v.label("guide.help.or"), bot.Join(", ", commands[:last]...), commands[last])
	return bot.Say(bot.Join("\n", v.say("guide.help.nearest", quote, bot.Rich("commands", guesses)), help), controls...)
}

// refusal says who may use the command that is typed, if this member may not.
func (v view) refusal(typed string) (bot.Text, bool) {
	withheld := view{words: v.words, req: v.req, commands: v.withheld}
	words := strings.Fields(typed)
	if len(words) > 1 && strings.EqualFold(strings.TrimPrefix(words[0], "/"), "staffroom") {
		words = words[1:]
	}
	c, ok := withheld.command(words[0])
	if !ok {
		return nil, false
	}
	// Where some of the command is theirs, only the rest of it is refused.
	_, partly := v.command(c.Name)
	access, refused := c.Subcommands[0].Access, !partly
	for _, s := range c.Subcommands {
		if len(words) > 1 && strings.EqualFold(s.Name, words[1]) {
			access, refused = s.Access, true
		}
	}
	if access == bot.HostsOnly {
		return v.say("core.access.host"), refused
	}
	return v.say("core.access.organizer"), refused
}

// guesses are the paths of the commands that come nearest to what was typed: by
// its first two words ("chta list"), else by its first ("lst", "chta"). Of a
// command that was right there is no guess: its help shows all there is.
func (v view) guesses(typed string) []string {
	typed = bot.Shorten(typed, longestQuote)
	words := strings.Fields(strings.ReplaceAll(typed, "/", " "))
	if len(words) > 1 && strings.EqualFold(words[0], "staffroom") {
		words = words[1:]
	}
	if len(words) == 0 {
		return nil
	}
	byName := map[string][]string{}
	var both, single []string
	for _, c := range v.commands {
		single = append(single, c.Name)
		for _, s := range c.Subcommands {
			path := pathOf(c, s)
			both = append(both, c.Name+" "+s.Name)
			single = append(single, s.Name)
			byName[c.Name+" "+s.Name] = []string{path}
			byName[s.Name] = append(byName[s.Name], path)
			byName[c.Name] = append(byName[c.Name], path)
		}
	}
	var names []string
	if len(words) > 1 {
		names = bot.Nearest(words[0]+" "+words[1], both, mostGuesses)
	}
	if _, right := v.command(words[0]); len(names) == 0 && !right {
		names = bot.Nearest(words[0], single, mostGuesses)
	}
	var paths []string
	for _, name := range names {
		for _, path := range byName[name] {
			if len(paths) < mostGuesses && !slices.Contains(paths, path) {
				paths = append(paths, path)
			}
		}
	}
	return paths
}
