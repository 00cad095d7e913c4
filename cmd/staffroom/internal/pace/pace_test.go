// Package pace measures how near Staffroom comes to what a platform allows.
//
// Two whole houses share one Redis and one connection to a Slack workspace on the
// loopback interface, which takes one message a second in a channel and fifty a
// second in all, and answers what is above that with 429. Posts to many channels
// are queued at once. By the workspace's own records: none is lost or stands
// twice, each channel has them in order, hardly any call was refused, and all of
// it took little more than the least time that the limits allow.
//
//	go test ./cmd/staffroom/internal/pace -v -args -pace.posts=5000 -pace.channels=200
package pace

import (
	"context"
	"encoding/json"
	"flag"
	"log/slog"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/adapters/slack"
	"github.com/staffroom-bot/staffroom/adapters/slack/slackloop"
	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/bot/redis"
	"github.com/staffroom-bot/staffroom/bot/redis/engine"
	"github.com/staffroom-bot/staffroom/bot/redis/redistest"
	"github.com/staffroom-bot/staffroom/cmd/staffroom/internal/house"
)

var (
	posts    = flag.Int("pace.posts", 500, "how many posts to send")
	channels = flag.Int("pace.channels", 100, "to how many channels")
)

const (
	connection = "slack-pace"
	community  = "01pace"
	replicas   = 2
	full       = 5000 // posts
)

var limits = slackloop.Limits{Channel: 1, Overall: 50}

func TestPace(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes ten seconds")
	}
	w := newWorld(t, *posts, *channels)
	w.queue()
	begun := time.Now()
	calls := w.calls.Load()
	w.run(replicas, 2*w.least()+10*time.Second)
	took := w.last().Sub(begun)

	w.checkMessages()
	_, refused := w.server.Limited()
	least := w.least()
	t.Logf("%d posts to %d channels in %s; the limits allow %s at least (%+.1f %%); %d refused; %.1f calls of Redis for each post",
		w.posts, w.channels, took.Round(time.Millisecond), least.Round(time.Millisecond),
		100*(took.Seconds()/least.Seconds()-1), refused, float64(w.calls.Load()-calls)/float64(w.posts))
	most := least + least/20
	if w.posts < full {
		// In a short run the start weighs more, and so does whoever is refused
		// near its end.
		most += 2 * time.Second
	}
	if took > most {
		t.Error("that is more than 5 % above the least")
	}
	if refused*100 >= w.posts {
		t.Errorf("%d of %d calls were refused: that is more than 1 %%", refused, w.posts)
	}
}

// When the platform asks for a rest, every replica and every lane of the channel
// takes it, and no other channel does.
func TestARestIsTakenByAll(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes some seconds")
	}
	const rest = 3 * time.Second
	w := newWorld(t, 12, 2)
	w.server.Fail("chat.postMessage", slackloop.Fault{RetryAfter: int(rest / time.Second)}, 1)
	w.queue()
	w.run(replicas, time.Minute)
	w.checkMessages()
	calls := w.server.Calls("chat.postMessage")
	said := make([]struct{ Channel, Text string }, len(calls))
	times := map[string]int{}
	for i, call := range calls {
		if err := json.Unmarshal(call.Payload, &said[i]); err != nil {
			t.Fatal(err)
		}
		times[said[i].Text]++
	}
	refused := slices.IndexFunc(said, func(s struct{ Channel, Text string }) bool { return times[s.Text] > 1 })
	if refused < 0 {
		t.Fatal("nothing was refused")
	}
	others := 0
	for i, call := range calls {
		switch after := call.At.Sub(calls[refused].At); {
		case after >= rest:
		case said[i].Channel != said[refused].Channel:
			others++
		case i > refused:
			t.Errorf("%s was called again after %s", said[i].Channel, after)
		}
	}
	if others < 2 {
		t.Errorf("other channels got %d posts meanwhile", others)
	}
	// On a busy machine a call may reach the workspace closer to the one before it
	// than it was sent, and be refused.
	if more := len(calls) - w.posts; more > 3 {
		t.Errorf("%d of %d calls were refused", more, len(calls))
	}
}

// world is a workspace, a Redis and the posts to be sent.
type world struct {
	*testing.T
	posts, channels int

	server *slackloop.Server
	engine *engine.Engine
	calls  atomic.Int64
}

func newWorld(t *testing.T, posts, channels int) *world {
	e, err := engine.Open(t.Context(), engine.Options{URL: redistest.URL(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close(context.Background()) })
	w := &world{T: t, posts: posts, channels: channels, engine: e, server: slackloop.Start(slackloop.Options{Limits: limits})}
	t.Cleanup(w.server.Close)
	for n := range channels {
		w.server.AddChannel(slackloop.Channel{ID: w.place(n)})
	}
	redis.Watch(e.Client(), func(_ string, done bool) {
		if done {
			w.calls.Add(1)
		}
	})
	return w
}

func (w *world) place(n int) string { return "C" + strconv.Itoa(n%w.channels) }

// class gives each channel two lanes.
func (w *world) class(n int) outbox.Class {
	if n/w.channels%2 == 0 {
		return outbox.Live
	}
	return outbox.Bulk
}

// least is how long the posts take at the rate that the limits allow.
func (w *world) least() time.Duration {
	inOne := (w.posts + w.channels - 1) / w.channels
	return max(
		time.Duration(inOne-1)*time.Second/time.Duration(limits.Channel),
		time.Duration(w.posts-1)*time.Second/time.Duration(limits.Overall),
	)
}

// queue puts all posts into the outbox, in turns: every lane is as long.
func (w *world) queue() {
	store, err := redis.Open(w.Context(), w.engine.Client(), nil)
	if err != nil {
		w.Fatal(err)
	}
	const atOnce = 500
	for from := 0; from < w.posts; from += atOnce {
		var e outbox.Effects
		for n := from; n < min(from+atOnce, w.posts); n++ {
			e.Posts = append(e.Posts, outbox.Item{
				Class: w.class(n),
				Post: bot.Post{
					Key:     bot.DeliveryKey("post/" + strconv.Itoa(n)),
					Channel: bot.Channel{Space: bot.SpaceID{Connection: connection, ID: slackloop.Team}, ID: w.place(n)},
					Message: bot.Message{Text: bot.Plain(strconv.Itoa(n))},
				},
			})
		}
		if err := store.Apply(w.Context(), community, e); err != nil {
			w.Fatal(err)
		}
	}
}

// run lets houses work until everything is sent, or until it takes too long.
func (w *world) run(houses int, most time.Duration) {
	ctx, stop := context.WithTimeout(w.Context(), most)
	defer stop()
	var running sync.WaitGroup
	for range houses {
		h, err := house.Build(ctx, house.Options{
			Engine: w.engine, Clock: clock{}, Language: "en", Zone: "UTC", Log: slog.New(slog.DiscardHandler),
			Adapters: func(t house.Tools) ([]bot.Adapter, error) {
				return []bot.Adapter{paced{slack.New(slack.Options{
					Name: connection, BotToken: slackloop.BotToken, AppToken: slackloop.AppToken,
					APIURL: w.server.APIURL(), Seal: t.Seal, Logger: t.Log,
				})}}, nil
			},
		})
		if err != nil {
			w.Fatal(err)
		}
		running.Go(func() { h.Runner.Run(ctx) })
	}
	for ctx.Err() == nil {
		changed := w.server.Changed()
		if taken, _ := w.server.Limited(); taken >= w.posts {
			break
		}
		select {
		case <-changed:
		case <-ctx.Done():
		}
	}
	stop()
	running.Wait()
}

// last is when the last message was taken.
func (w *world) last() time.Time {
	calls := w.server.Calls("chat.postMessage")
	return calls[len(calls)-1].At
}

// checkMessages: each post stands once, and those of a lane in order.
func (w *world) checkMessages() {
	standing := map[int]bool{}
	for c := range w.channels {
		last := map[outbox.Class]int{}
		for _, m := range w.server.Posts(w.place(c)) {
			n, err := strconv.Atoi(m.Text)
			if err != nil || standing[n] || w.place(n) != w.place(c) {
				w.Fatalf("%s: %q stands there, or stands twice", w.place(c), m.Text)
			}
			if standing[n] = true; n < last[w.class(n)] {
				w.Errorf("%s: post %d stands after %d", w.place(c), n, last[w.class(n)])
			}
			last[w.class(n)] = n
		}
	}
	if len(standing) != w.posts {
		w.Errorf("%d posts stand, want %d", len(standing), w.posts)
	}
}

// paced is the adapter with the limits of the workspace in the test.
type paced struct{ *slack.Adapter }

func (paced) Pace() bot.Pace {
	return bot.Pace{
		Channel: bot.Rate{Most: limits.Channel, Per: time.Second},
		Overall: bot.Rate{Most: limits.Overall, Per: time.Second},
	}
}

// clock is the machine's.
type clock struct{}

func (clock) Now() time.Time { return time.Now() }
