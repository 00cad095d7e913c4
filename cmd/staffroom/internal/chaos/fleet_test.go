//go:build unix

package chaos

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/adapters/discord/discordloop"
	"github.com/staffroom-bot/staffroom/adapters/slack/slackloop"
	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/bot/redis"
	"github.com/staffroom-bot/staffroom/bot/redis/engine"
	"github.com/staffroom-bot/staffroom/bot/redis/redistest"
	"github.com/staffroom-bot/staffroom/cmd/staffroom/internal/house"
	"github.com/staffroom-bot/staffroom/cmd/staffroom/internal/worker"
)

func TestSchedule(t *testing.T) {
	t.Parallel()
	begin(t)
	f := newFleet(t)
	f.run()
	f.check()
}

const (
	// beat is the time between two kills.
	beat = 1300 * time.Millisecond
	// For so many kills of workers one of Redis, and at least leastOutages.
	killsToOutage = 20
	leastOutages  = 2
	// Of many outages one is long enough that occurrences are missed: longer
	// than a series' grace.
	longOutage = 75 * time.Second
	manyKills  = 100
	// fleetLease is what a killed worker's jobs take to come back.
	fleetLease = 1500 * time.Millisecond
)

// fleet is a crew and its platforms, and what is wanted of them.
type fleet struct {
	*crew
	slack   *slackloop.Server
	discord *discordloop.Server
	skies   []*weather
	engine  *engine.Engine
	look    *house.House // for the harness's own look into the store

	places []place
	series []*recurring
	posts  []numbered
	until  time.Time // when the series end
}

func newFleet(t *testing.T) *fleet {
	f := &fleet{
		crew: &crew{
			T: t, random: chance(fleetKills), redis: redistest.NewDurable(t),
			at: points("send", "advance", "due_pick", "due_settle", "due_hint", "claim", "settle", "lane", "budget"),
		},
		slack: slackloop.Start(slackloop.Options{}),
	}
	t.Cleanup(f.slack.Close)
	var err error
	if f.discord, err = discordloop.Start(discordloop.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.discord.Close)
	slackSky, slackURL := newWeather(t, "Slack", f.slack.APIURL(), slackWeather, storms{8 * time.Second, 1500 * time.Millisecond, slackRefusal})
	discordSky, discordURL := newWeather(t, "Discord", f.discord.URL(), discordWeather, storms{7 * time.Second, time.Second, discordRefusal})
	f.skies = []*weather{slackSky, discordSky}
	f.orders = orders{RedisURL: f.redis.URL(), Lease: fleetLease, Slack: slackURL + "/api/", Discord: discordURL, Token: f.discord.Token()}

	ctx := background(t)
	if f.engine, err = engine.Open(ctx, engine.Options{URL: f.redis.URL()}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.engine.Close(context.Background()) })
	if f.look, err = build(ctx, f.engine, &clock{}, fleetLease, quiet(), noAdapters); err != nil {
		t.Fatal(err)
	}
	f.open(ctx)
	f.until = time.Now().Add(time.Duration(*kills) * beat).UTC()
	if f.many() {
		f.until = f.until.Add(longOutage)
	}
	f.series = plant(ctx, t, f.look, f.places, f.until)
	return f
}

func (f *fleet) many() bool { return *kills >= manyKills }

// open opens the channels, and the communities that they belong to.
func (f *fleet) open(ctx context.Context) {
	add := func(space bot.SpaceID, id string) {
		home, err := f.look.Directory.Community(ctx, space)
		if err != nil {
			f.Fatal(err)
		}
		f.places = append(f.places, place{len(f.places), bot.Channel{Space: space, ID: id}, home.ID})
	}
	for range slackChannels {
		id := "C" + string(rune('A'+len(f.places)))
		f.slack.AddChannel(slackloop.Channel{ID: id})
		add(bot.SpaceID{Connection: slackConnection, ID: slackloop.Team}, id)
	}
	for range guilds {
		guild := f.discord.AddGuild("Chaos")
		for range guildChannels {
			add(bot.SpaceID{Connection: discordConnection, ID: guild}, f.discord.AddChannel(guild))
		}
	}
}

// run kills workers and Redis until all that was to be killed has been, and lets
// the last workers finish.
func (f *fleet) run() {
	f.assemble()
	quit := make(chan struct{})
	var posting sync.WaitGroup
	posting.Go(func() { f.post(quit) })

	outages := max(leastOutages, *kills/killsToOutage)
	next := time.Now()
	for n := range *kills {
		next = next.Add(beat)
		<-time.After(time.Until(next))
		f.strike()
		if (n+1)*outages / *kills > n*outages / *kills {
			lasting := time.Duration(f.random.Int64N(int64(time.Second)))
			if f.many() && len(f.outages) == outages/2 {
				lasting = longOutage
				next = next.Add(longOutage)
			}
			f.darken(lasting)
		}
	}
	close(quit)
	posting.Wait()
	f.finish()
	f.dismiss(func(w *worker.Worker) {
		if err := w.Stop(); err != nil {
			f.Errorf("a worker that was told to stop: %v", err)
		}
	})
}

// post queues numbered posts, some of a lane at once, until the store says that
// it has them.
func (f *fleet) post(quit <-chan struct{}) {
	random := chance(fleetPosts)
	classes := []outbox.Class{outbox.Live, outbox.Relay, outbox.Bulk}
	last := map[string]int{}
	tick := time.NewTicker(postsEvery)
	defer tick.Stop()
	for {
		select {
		case <-quit:
			return
		case <-tick.C:
		}
		p := numbered{where: f.places[random.IntN(len(f.places))], class: classes[random.IntN(len(classes))]}
		var e outbox.Effects
		for range 1 + random.IntN(mostPosts) {
			last[p.source()]++
			p.number = last[p.source()]
			e.Posts = append(e.Posts, p.item())
			f.posts = append(f.posts, p)
		}
		e.Input = bot.InputID(p.key())
		for f.Context().Err() == nil {
			err := f.look.Store.Apply(f.Context(), string(p.where.community), e)
			if err == nil || errors.Is(err, outbox.ErrRepeated) {
				break
			}
			<-time.After(50 * time.Millisecond)
		}
	}
}

// patience is how long the last workers may take for what is left.
const patience = time.Minute

// finish waits until every series has ended and nothing is queued.
func (f *fleet) finish() {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	deadline := time.Now().Add(max(0, time.Until(f.until)) + patience)
	for time.Now().Before(deadline) {
		<-tick.C
		if time.Now().After(f.until) && f.idle() {
			return
		}
	}
	f.Errorf("the workers did not finish within %s", patience)
}

func (f *fleet) idle() bool {
	ctx := f.Context()
	store := redis.Schedules{Store: f.look.Store}
	for _, c := range f.communities() {
		queued, err := f.engine.Client().ZCard(ctx, "sr:{c:"+string(c)+"}:queue").Result()
		if err != nil || queued > 0 {
			return false
		}
		series, err := store.List(ctx, c, 0, len(f.series))
		if err != nil {
			return false
		}
		for _, r := range series {
			for _, course := range r.Courses {
				if !course.Next.IsZero() {
					return false
				}
			}
		}
	}
	return true
}

func (f *fleet) communities() []bot.CommunityID {
	var all []bot.CommunityID
	for _, p := range f.places {
		if !slices.Contains(all, p.community) {
			all = append(all, p.community)
		}
	}
	return all
}
