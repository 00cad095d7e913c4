package guide

import (
	"context"

	"github.com/staffroom-bot/staffroom/bot"
)

// mostItems is how much of the agenda the home shows: as much as fits a phone.
const mostItems = 3

// The paths that the home leads to, where there are such commands.
const (
	chatsPath    = "/chat/list"
	archivePath  = "/chat/archive"
	hostPath     = "/host/new"
	settingsPath = "/my/settings"
)

// home shows what is on and what one can do next.
func (g *Guide) home(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	items, err := g.agenda.Upcoming(ctx, req.Member, mostItems)
	if err != nil {
		return bot.Reply{}, err
	}
	v := g.view(req)
	name := bot.Str("name", req.Member.Name)
	text := v.say("guide.home.nothing", name)
	if len(items) > 0 {
		text = v.say("guide.home.on", name)
	}
	var controls []bot.Control
	for _, item := range items {
		text = bot.Join("\n", text, v.say("guide.home.item", bot.Rich("item", item.Text)))
		controls = append(controls, item.Controls...)
	}
	text = bot.Join("\n", text, v.next())
	return bot.Say(text, append(controls, v.ways()...)...), nil
}

// next says what the member can do, by what there is.
func (v view) next() bot.Text {
	var lines []bot.Text
	if _, ok := v.at(archivePath); ok {
		lines = append(lines, v.say("guide.home.read", bot.Rich("command", v.typed(archivePath))))
	}
	if _, ok := v.at(hostPath); ok {
		lines = append(lines, v.say("guide.home.host", bot.Rich("command", v.typed(hostPath))))
	}
	lines = append(lines, v.say("guide.home.help", bot.Rich("command", v.typed(bot.HelpPath))))
	return bot.Join("\n", lines...)
}

// ways are the buttons that lead on.
func (v view) ways() []bot.Control {
	var controls []bot.Control
	for _, way := range []struct {
		label bot.Key
		path  string
	}{
		{label: "guide.button.chats", path: chatsPath},
		{label: "guide.button.host", path: hostPath},
		{label: "guide.button.settings", path: settingsPath},
		{label: "guide.button.help", path: bot.HelpPath},
	} {
		if c, ok := v.button(v.label(way.label), way.path); ok {
			controls = append(controls, c)
		}
	}
	return controls
}
