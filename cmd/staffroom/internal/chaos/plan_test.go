//go:build unix

package chaos

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/bot/redis"
	"github.com/staffroom-bot/staffroom/bot/schedule"
	"github.com/staffroom-bot/staffroom/cmd/staffroom/internal/house"
	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

// How much there is. Each series occurs once a minute.
const (
	slackChannels = 20 // in one workspace
	guilds        = 4
	guildChannels = 5
	seriesInEach  = 10
	// Of so many series one is paused, and one heeds holidays while there is one.
	stillEvery = 25
	// One to three posts are queued besides, in any channel and class, so often.
	postsEvery = 600 * time.Millisecond
	mostPosts  = 3
)

// grace is the least there is, and what every second series has; longGrace, which
// the others have, is longer than any outage.
const (
	grace     = time.Minute
	longGrace = 3 * time.Minute
)

// place is a channel and its community.
type place struct {
	number    int
	channel   bot.Channel
	community bot.CommunityID
}

// recurring is a series of the plan.
type recurring struct {
	schedule.Series
	where  place
	words  string          // what members read
	second int             // of the minute, at which it is due
	still  schedule.Reason // why it never happens; "" if it does
}

// due are its occurrences, counted here from the second of the minute alone.
func (r *recurring) due() []time.Time {
	var all []time.Time
	at := r.Created.Truncate(time.Minute).Add(time.Duration(r.second) * time.Second)
	for ; at.Before(r.Until); at = at.Add(time.Minute) {
		if at.After(r.Created) {
			all = append(all, at)
		}
	}
	return all
}

// plant adds the series, which occur until a time.
func plant(ctx context.Context, t *testing.T, h *house.House, places []place, until time.Time) []*recurring {
	store := redis.Schedules{Store: h.Store}
	service := schedule.New(schedule.Options{Store: store, Words: h.Words, Log: quiet()})
	var all []*recurring
	free := map[bot.CommunityID]bool{}
	for _, p := range places {
		if !free[p.community] {
			free[p.community] = true
			giveHoliday(ctx, t, store, p.community)
		}
		for n := range seriesInEach {
			r := &recurring{where: p, words: fmt.Sprintf("series %d of channel %d", n, p.number), second: (7*p.number + 6*n) % 60}
			phrase := "* * * * *"
			switch len(all) % stillEvery {
			case 3:
				r.still, r.Paused = schedule.Paused, true
			case 4:
				r.still, phrase = schedule.Holiday, phrase+" except holidays"
			}
			r.Grace = grace
			if n%2 == 1 {
				r.Grace = longGrace
			}
			var err error
			if r.Rule, err = rule.Parse(phrase); err != nil {
				t.Fatal(err)
			}
			r.Community, r.Kind, r.Title, r.Until = p.community, "post", "chaos", until
			// Clocks so far ahead show a whole minute so long before UTC does.
			r.Zone = zoneOf((60 - r.second) % 60)
			if r.Payload, err = json.Marshal(map[string]any{"channel": p.channel, "text": r.words}); err != nil {
				t.Fatal(err)
			}
			if err := service.Add(ctx, &r.Series, bot.InputID(fmt.Sprintf("add/%d/%d", p.number, n))); err != nil {
				t.Fatal(err)
			}
			all = append(all, r)
		}
	}
	return all
}

func giveHoliday(ctx context.Context, t *testing.T, store redis.Schedules, c bot.CommunityID) {
	today := rule.DateOf(time.Now().UTC())
	cal := schedule.Calendar{
		Community: c, ID: schedule.Everybody, Days: schedule.Holidays{{First: today - 1, Last: today + 1, Name: "Chaos Day"}},
	}
	if err := store.KeepCalendar(ctx, &cal, outbox.Effects{}); err != nil {
		t.Fatal(err)
	}
}

// numbered is a post of a lane, which are numbered in the order that they are
// queued.
type numbered struct {
	where  place
	class  outbox.Class
	number int
}

func (n numbered) source() string { return fmt.Sprintf("%s %d", n.class, n.where.number) }
func (n numbered) text() string   { return n.source() + ": " + strconv.Itoa(n.number) }
func (n numbered) key() bot.DeliveryKey {
	return bot.DeliveryKey(fmt.Sprintf("chaos/%s/%d/%d", n.class, n.where.number, n.number))
}

// item is the post as the outbox takes it.
func (n numbered) item() outbox.Item {
	return outbox.Item{Class: n.class, Post: bot.Post{
		Key: n.key(), Channel: n.where.channel, Message: bot.Message{Text: bot.Plain(n.text())},
	}}
}
