package discussion_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/discussion"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/bot/redis"
	"github.com/staffroom-bot/staffroom/bot/redis/redistest"
	"github.com/staffroom-bot/staffroom/scheduler"
)

func TestMain(m *testing.M) { redistest.Main(m) }

// crowd is the members of a community, each of whom is who their account says.
type crowd struct{}

func (crowd) Home(_ context.Context, space bot.SpaceID) (discussion.Home, error) {
	return discussion.Home{Community: bot.CommunityID(space.ID), Language: "en", Zone: "UTC"}, nil
}

func (crowd) Author(_ context.Context, a bot.Account, name string) (bot.Member, error) {
	m := bot.Member{ID: bot.MemberID(a.User), Community: bot.CommunityID(a.Space.ID), Name: name}
	if a.User == "sam" {
		m.Role = bot.RoleHost
	}
	return m, nil
}

func (crowd) Names(_ context.Context, _ bot.CommunityID, ids []bot.MemberID) (map[bot.MemberID]string, error) {
	names := make(map[bot.MemberID]string, len(ids))
	for _, id := range ids {
		names[id] = "Name of " + string(id)
	}
	return names, nil
}

func (crowd) Members(_ context.Context, c bot.CommunityID, who map[bot.MemberID]bot.Account) (map[bot.MemberID]bot.Member, error) {
	members := make(map[bot.MemberID]bot.Member, len(who))
	for id := range who {
		members[id] = bot.Member{ID: id, Community: c, Language: "en", Zone: "UTC"}
	}
	return members, nil
}

// Organizers implements discussion.Members: boss organizes, in the north.
func (crowd) Organizers(context.Context, bot.CommunityID) ([]bot.Account, error) {
	return []bot.Account{{Space: bot.SpaceID{Connection: "north", ID: string(school)}, User: "boss"}}, nil
}

// running gives a store in which a discussion runs whose two questions have been
// asked at start, and the number of calls that the store has made so far.
func running(t *testing.T, start time.Time) (redis.Discussions, *discussion.Discussion, *atomic.Int64) {
	t.Helper()
	client, calls := redistest.InProcess(t), &atomic.Int64{}
	redis.Watch(client, func(_ string, done bool) {
		if done {
			calls.Add(1)
		}
	})
	store, err := redis.Open(t.Context(), client, scheduler.NewManualClock(start))
	if err != nil {
		t.Fatal(err)
	}
	d := &discussion.Discussion{
		ID: "d1", Community: "01home", State: discussion.Asking, Base: start, Opened: start,
		Channel: bot.Channel{Space: bot.SpaceID{Connection: bottest.Connection, ID: "01home"}, ID: "scichat"},
		Asked:   2, AskedAt: []time.Time{start, start},
		Script: discussion.Script{Title: "Models", Zone: "UTC", Questions: []discussion.Question{{Text: "One?"}, {Text: "Two?"}}},
	}
	chats := redis.Discussions{Store: store}
	if err := chats.Advance(t.Context(), d, outbox.Effects{}); err != nil {
		t.Fatal(err)
	}
	return chats, d, calls
}

// posted is the event of a message in the discussion's channel.
func posted(d *discussion.Discussion, user, id, replyTo, text string, at time.Time) *bot.Event {
	return &bot.Event{
		Kind: bot.MessagePosted, Account: bot.Account{Space: d.Channel.Space, User: user}, Name: user,
		Message: bot.MessageRef{Channel: d.Channel, ID: id}, ReplyTo: replyTo, Text: text, At: at, Revision: 1,
	}
}
