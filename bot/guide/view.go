package guide

import (
	"strings"

	"github.com/staffroom-bot/staffroom/bot"
)

// view is the commands as one member may use them and types them.
type view struct {
	words    bot.Words
	req      *bot.Request
	commands []bot.Command
	withheld []bot.Command // what others may use
}

// view leaves out what the member may not use. Commands of which nothing is left
// are left out whole.
func (g *Guide) view(req *bot.Request) view {
	v := view{words: g.words, req: req}
	for _, c := range g.commands.Commands() {
		var allowed, withheld []bot.Subcommand
		for _, s := range c.Subcommands {
			if s.Access.Allows(req.Member.Role) {
				allowed = append(allowed, s)
			} else {
				withheld = append(withheld, s)
			}
		}
		v.commands = appendWith(v.commands, c, allowed)
		v.withheld = appendWith(v.withheld, c, withheld)
	}
	return v
}

// appendWith appends the command with these of its subcommands, if any.
func appendWith(commands []bot.Command, c bot.Command, subcommands []bot.Subcommand) []bot.Command {
	if len(subcommands) == 0 {
		return commands
	}
	c.Subcommands = subcommands
	return append(commands, c)
}

func (v view) say(key bot.Key, args ...bot.Arg) bot.Text {
	return v.words.Text(v.req.Member.Language, key, args...)
}

func (v view) label(key bot.Key) string { return v.say(key).String() }

// command finds "chat" or "/chat", whatever its case.
func (v view) command(word string) (bot.Command, bool) {
	word = strings.TrimPrefix(word, "/")
	for _, c := range v.commands {
		if strings.EqualFold(c.Name, word) {
			return c, true
		}
	}
	return bot.Command{}, false
}

// at finds the subcommand that a path serves.
func (v view) at(path string) (bot.Subcommand, bool) {
	for _, c := range v.commands {
		for _, s := range c.Subcommands {
			if path == pathOf(c, s) {
				return s, true
			}
		}
	}
	return bot.Subcommand{}, false
}

func pathOf(c bot.Command, s bot.Subcommand) string { return "/" + c.Name + "/" + s.Name }

// typed is what a member types to reach a path, as code.
func (v view) typed(path string) bot.Text {
	command := "/" + strings.ReplaceAll(strings.TrimPrefix(path, "/"), "/", " ")
	return bot.Text{{Kind: bot.SpanCode, Text: v.req.Typed(command)}}
}

// button is a control for a path if the member may use it and it needs nothing
// to be typed.
func (v view) button(label, path string) (bot.Control, bool) {
	s, ok := v.at(path)
	if !ok {
		return bot.Control{}, false
	}
	for _, o := range s.Options {
		if o.Required {
			return bot.Control{}, false
		}
	}
	return bot.Control{Label: label, Path: path}, true
}
