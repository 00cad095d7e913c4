package guide

import (
	"context"

	"github.com/staffroom-bot/staffroom/bot"
)

// Agenda knows what is on.
type Agenda interface {
	// Upcoming gives what is on for a member, what runs now first and then by
	// time: up to limit things, each a line with the controls that belong to it.
	// Its errors have the code unavailable.
	Upcoming(ctx context.Context, m bot.Member, limit int) ([]bot.Message, error)
}

// Commands lists what members can type. bot.Router is one.
type Commands interface{ Commands() []bot.Command }

// Guide shows people round.
type Guide struct {
	commands Commands
	words    bot.Words
	agenda   Agenda
	version  string
}

// New returns the guide to the commands, which may be declared later. version is
// the program's.
func New(commands Commands, words bot.Words, agenda Agenda, version string) *Guide {
	return &Guide{commands: commands, words: words, agenda: agenda, version: version}
}

// Command is /staffroom.
func (g *Guide) Command() bot.Command {
	return bot.Command{
		Name:    "staffroom",
		Summary: "guide.summary",
		Subcommands: []bot.Subcommand{{
			Name:    "home",
			Summary: "guide.home.summary",
			Private: true,
			Handle:  g.home,
		}, {
			Name:    "help",
			Summary: "guide.help.summary",
			Example: "guide.example.help",
			Options: []bot.Option{{Name: "topic", Summary: "guide.help.topic", Complete: g.completeTopic}},
			Private: true,
			Handle:  g.help,
		}, {
			Name:    "about",
			Summary: "guide.about.summary",
			Private: true,
			Handle:  g.about,
		}},
	}
}

// about says what the bot is and what it keeps.
func (g *Guide) about(_ context.Context, req *bot.Request) (bot.Reply, error) {
	v := g.view(req)
	source := bot.Text{{Kind: bot.SpanLink, Text: sourceURL, URL: sourceURL}}
	return bot.Say(bot.Join("\n",
		v.say("guide.about.what", bot.Str("version", g.version)),
		v.say("guide.about.keeps"),
		v.say("guide.about.operator"),
		v.say("guide.about.source", bot.Rich("source", source)),
	)), nil
}

const sourceURL = "https://github.com/staffroom-bot/staffroom"
