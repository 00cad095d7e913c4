package slack

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/staffroom-bot/staffroom/adapters/adaptertest/spec"
	"github.com/staffroom-bot/staffroom/adapters/slack/slackloop"
	"github.com/staffroom-bot/staffroom/bot"
)

// everybody lists a crowd to its end, and counts the pages.
func everybody(t *testing.T, a *Adapter, of bot.Crowd) (users []string, pages int) {
	t.Helper()
	for page := ""; ; {
		people, next, err := a.Members(t.Context(), of, page)
		if err != nil {
			t.Fatal(err)
		}
		pages++
		for _, p := range people {
			if p.Space != of.Channel.Space {
				t.Errorf("%v is from elsewhere", p)
			}
			users = append(users, p.User)
		}
		if next == "" {
			return users, pages
		}
		page = next
	}
}

func TestMembersOfAChannel(t *testing.T) {
	w := newWorkspace(t)
	for i := range membersPage {
		w.AddPerson(slackloop.Person{ID: fmt.Sprintf("UMORE%02d", i), Name: "more"})
	}
	w.AddPerson(slackloop.Person{ID: "UGONE", Name: "gone", Gone: true})
	w.AddPerson(slackloop.Person{ID: "UOTHERBOT", Name: "other", Bot: true})
	w.Leave("UMORE07", channel)
	a := w.adapter()
	got, pages := everybody(t, a, bot.Crowd{Channel: inChannel()})
	if len(got) != membersPage+1 || pages != 2 {
		t.Errorf("%d people in %d pages: %v", len(got), pages, got)
	}
	for _, not := range []string{"UGONE", "UOTHERBOT", "UMORE07", slackloop.BotUser} {
		if slices.Contains(got, not) {
			t.Errorf("%s is listed", not)
		}
	}
	before := len(w.Calls("users.info"))
	everybody(t, a, bot.Crowd{Channel: inChannel()})
	if n := len(w.Calls("users.info")) - before; n > 0 {
		t.Errorf("%d people were asked for again", n)
	}
}

func TestMembersOfAUserGroup(t *testing.T) {
	w := newWorkspace(t)
	w.AddUserGroup("S1", "Grade 7", ana, "UUNKNOWN")
	a := w.adapter()
	roles, err := a.Roles(t.Context(), inChannel().Space)
	if err != nil || len(roles) != 1 || roles[0] != (bot.Choice{Label: "Grade 7", Value: "S1"}) {
		t.Errorf("the roles are %v, %v", roles, err)
	}
	if got, _ := everybody(t, a, bot.Crowd{Channel: inChannel(), Role: "S1"}); !slices.Equal(got, []string{ana}) {
		t.Errorf("in the group are %v", got)
	}
}

func TestMembersThatCannotBeListed(t *testing.T) {
	channelOf := bot.Crowd{Channel: inChannel()}
	for name, tt := range map[string]struct {
		of     bot.Crowd
		page   string
		scopes string
		method string
		fault  slackloop.Fault
		want   bot.Code
		cannot bool
	}{
		"no scope for channels":   {of: channelOf, scopes: "chat:write", cannot: true},
		"no scope for groups":     {of: bot.Crowd{Channel: inChannel(), Role: "S1"}, scopes: "chat:write", cannot: true},
		"a channel that is gone":  {of: bot.Crowd{Channel: bot.Channel{Space: inChannel().Space, ID: "CGONE"}}, want: bot.Permanent},
		"a group that is gone":    {of: bot.Crowd{Channel: inChannel(), Role: "S9"}, want: bot.Permanent},
		"a page of long ago":      {of: channelOf, page: "x", want: bot.Invalid},
		"too many questions":      {of: channelOf, method: "users.info", fault: slackloop.Fault{RetryAfter: 30}, want: bot.RateLimited},
		"too many lists":          {of: channelOf, method: "conversations.members", fault: slackloop.Fault{RetryAfter: 30}, want: bot.RateLimited},
		"Slack is down":           {of: channelOf, method: "conversations.members", fault: slackloop.Fault{Status: 503}, want: bot.Unavailable},
		"Slack cannot list today": {of: channelOf, method: "conversations.members", fault: slackloop.Fault{Error: "fetch_members_failed"}, want: bot.Unavailable},
	} {
		t.Run(name, func(t *testing.T) {
			var scopes []string
			if tt.scopes != "" {
				scopes = strings.Fields(tt.scopes)
			}
			w := newWorkspaceWith(t, slackloop.Options{Check: spec.Slack(t), Scopes: scopes})
			if tt.method != "" {
				w.Fail(tt.method, tt.fault, 1)
			}
			_, _, err := w.adapter().Members(t.Context(), tt.of, tt.page)
			if errors.Is(err, bot.ErrCannotList) != tt.cannot || !tt.cannot && bot.CodeOf(err) != tt.want {
				t.Errorf("the error is %v", err)
			}
		})
	}
	w := newWorkspaceWith(t, slackloop.Options{Scopes: []string{"chat:write"}})
	if roles, err := w.adapter().Roles(t.Context(), inChannel().Space); err != nil || roles != nil {
		t.Errorf("the roles are %v, %v", roles, err)
	}
}
