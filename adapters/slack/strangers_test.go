package slack

import (
	"context"
	"testing"

	"github.com/staffroom-bot/staffroom/adapters/slack/slackloop"
	"github.com/staffroom-bot/staffroom/bot"
)

// In a channel that two workspaces share, who administers the other one manages
// nothing here.
func TestWhoAdministersAnotherWorkspaceManagesNothing(t *testing.T) {
	w := newWorkspace(t)
	w.AddPerson(slackloop.Person{ID: "UFAR", Name: "Fay", Admin: true, Locale: "en-US", Team: "TFAR"})
	in := newInbox()
	asked := make(chan bot.Request, 1)
	in.Command(bot.Command{Name: "organize", Subcommands: []bot.Subcommand{{Name: "setup", Private: true, Handle: func(_ context.Context, req *bot.Request) (bot.Reply, error) {
		asked <- *req
		return bot.Say(bot.Plain("Set up")), nil
	}}}})
	w.run(w.adapter(), in)
	for who, manages := range map[string]bool{joe: true, "UFAR": false} {
		w.SlashCommand(who, channel, "organize setup")
		if req := <-asked; req.Manages != manages || req.Name == "" {
			t.Errorf("%s is %q and manages: %t, want %t", who, req.Name, req.Manages, manages)
		}
	}
}
