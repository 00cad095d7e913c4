// Package ping answers when somebody wants to know whether the bot is there. It
// is the smallest feature: one command with one option, one button, no state.
package ping

import (
	"context"
	"strconv"

	"github.com/staffroom-bot/staffroom/bot"
)

// mostTimes is the highest number of pings that somebody may begin with.
const mostTimes = 100

// Ping is the command /ping.
type Ping struct{ words bot.Words }

// New returns the command, which speaks in these words.
func New(words bot.Words) *Ping { return &Ping{words: words} }

// Register declares the command and the route of its button.
func (p *Ping) Register(r *bot.Router) {
	r.Command(bot.Command{Name: "ping", Summary: "ping.command", Subcommands: []bot.Subcommand{
		{
			Name: "now", Summary: "ping.command.now", Example: "ping.example.now",
			Options: []bot.Option{{Name: "times", Summary: "ping.option.times"}},
			Private: true, Handle: p.now,
		},
	}})
	r.Handle(bot.Route{Path: "/ping/again/{count}", Private: true, Handle: p.again})
}

// now serves the command. Its option arrives as it was typed.
func (p *Ping) now(_ context.Context, req *bot.Request) (bot.Reply, error) {
	times := 1
	if typed := req.Value("times"); typed != "" {
		var err error
		if times, err = strconv.Atoi(typed); err != nil || times < 1 || times > mostTimes {
			text := p.words.Text(req.Member.Language, "ping.wrong.times", bot.Num("most", mostTimes))
			return bot.Reply{}, bot.Fail(bot.Invalid, text)
		}
	}
	return p.pong(req, times), nil
}

// again serves the button. How often it was pressed travels in its path.
func (p *Ping) again(_ context.Context, req *bot.Request) (bot.Reply, error) {
	count, err := strconv.Atoi(req.Params.Get("count"))
	if err != nil {
		return bot.Reply{}, &bot.Error{Code: bot.NotFound, Err: err}
	}
	reply := p.pong(req, count+1)
	reply.Replace = true
	return reply, nil
}

// pong speaks to the reader: by their name, in their language.
func (p *Ping) pong(req *bot.Request, count int) bot.Reply {
	language := req.Member.Language
	return bot.Say(
		p.words.Text(language, "ping.pong", bot.Str("name", req.Member.Name), bot.Num("count", count)),
		bot.Control{
			Label: p.words.Text(language, "ping.button.again").String(),
			Path:  "/ping/again/" + strconv.Itoa(count),
		})
}
