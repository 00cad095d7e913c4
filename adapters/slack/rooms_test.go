package slack

import (
	"strings"
	"testing"

	"github.com/staffroom-bot/staffroom/adapters/slack/slackloop"
	"github.com/staffroom-bot/staffroom/bot"
)

// An app that was installed without the scope says so once, and refuses for good.
func TestWithoutTheScopeForRooms(t *testing.T) {
	t.Parallel()
	w := newWorkspaceWith(t, slackloop.Options{Scopes: strings.Fields("chat:write im:write")})
	a := w.adapter()
	r := bot.Room{Key: "k", People: []bot.Account{accountOf(ana), accountOf(joe)}}
	for range 3 {
		if _, err := a.OpenRoom(t.Context(), r); bot.CodeOf(err) != bot.Permanent {
			t.Errorf("OpenRoom: %v", err)
		}
	}
	if n := strings.Count(w.log.String(), "mpim:write"); n != 1 {
		t.Errorf("it is said %d times", n)
	}
}

// Of one person, or of more than Slack takes, there is no room, and Slack is not asked.
func TestARoomOfTooFewOrTooMany(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	many := []bot.Account{}
	for _, name := range strings.Fields("U1 U2 U3 U4 U5 U6 U7 U8 U9") {
		many = append(many, accountOf(name))
	}
	for _, people := range [][]bot.Account{{accountOf(ana)}, {accountOf(ana), accountOf(ana)}, many} {
		if _, err := w.adapter().OpenRoom(t.Context(), bot.Room{People: people}); bot.CodeOf(err) != bot.Permanent {
			t.Errorf("OpenRoom of %d: %v", len(people), err)
		}
	}
	if calls := w.Calls("conversations.open"); len(calls) > 0 {
		t.Errorf("Slack was asked %d times", len(calls))
	}
}
