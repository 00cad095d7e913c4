//go:build unix

// Package outage measures how Staffroom lives through a time without Redis.
//
// A whole house serves a Slack workspace on the loopback interface, in which a
// chat is running. Its redis-server is killed and comes back later. Meanwhile
// members are told plainly, nothing is tried without end, and the program stays
// up. Afterwards every question stands once, in order, what people said in the
// meantime is in the archive once, and what was planned for the time has happened
// once.
//
//	go test ./cmd/staffroom/internal/outage -v -args -outage.lasts=60s
package outage

import (
	"context"
	"flag"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/adapters/slack"
	"github.com/staffroom-bot/staffroom/adapters/slack/slackloop"
	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/discussion"
	"github.com/staffroom-bot/staffroom/bot/redis"
	"github.com/staffroom-bot/staffroom/bot/redis/engine"
	"github.com/staffroom-bot/staffroom/bot/redis/redistest"
	"github.com/staffroom-bot/staffroom/bot/schedule"
	"github.com/staffroom-bot/staffroom/cmd/staffroom/internal/house"
)

var lasts = flag.Duration("outage.lasts", 6*time.Second, "how long Redis is away")

const (
	connection = "slack-outage"
	channel    = "CLIVE"
	questions  = 6
	ana        = "UANA"
	maria      = "UMARIA"
	notice     = "The library is open again."
)

// Of a house that has nothing to do but wait for Redis: less often than it would
// ask it in quiet times.
const mostCallsASecond = 10

func TestOutage(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes ten seconds")
	}
	w := newWorld(t)
	w.schedule()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- w.house.Run(ctx) }()
	if err := w.slack.AwaitConnection(ctx, 1); err != nil {
		t.Fatal(err)
	}
	w.await("the first question", func() bool { return len(w.asked()) >= 1 })
	w.slack.Say(ana, channel, "A1 before", slackloop.SayOptions{})
	w.await("the first answer", func() bool { return slices.Contains(w.answers(), "A1 before") })

	w.plan()

	w.redis.Kill()
	away, calls, processor := time.Now(), w.calls.Load(), used()
	w.slack.Say(ana, channel, "A1 meanwhile", slackloop.SayOptions{})
	w.slack.SlashCommand(ana, channel, "chat list")
	w.await("an explanation", func() bool { return w.told("I can't reach what I keep at the moment.") })
	// The program rests for the remainder: that is what is measured.
	select {
	case <-time.After(*lasts - time.Since(away)):
	case err := <-ended:
		t.Fatalf("the house ended: %v", err)
	}
	calls, processor = w.calls.Load()-calls, used()-processor
	t.Logf("in %s without Redis: %.1f calls of it a second, %.1f %% of a core, %d questions asked before",
		*lasts, float64(calls)/lasts.Seconds(), 100*processor.Seconds()/lasts.Seconds(), len(w.asked()))
	if float64(calls) > mostCallsASecond*lasts.Seconds() {
		t.Error("that is a busy loop")
	}

	w.redis.Start()
	w.back = time.Now()
	w.await("every question", func() bool { return len(w.asked()) >= questions })
	w.await("what was said meanwhile", func() bool { return slices.Contains(w.answers(), "A1 meanwhile") })
	w.slack.SlashCommand(ana, channel, "chat list")
	w.await("the list of chats", func() bool { return w.told("Out and back") })
	t.Logf("all was as it should be %s after Redis was back", time.Since(w.back).Round(time.Millisecond))
	w.await("what was planned", w.settled)
	stop()
	if err := <-ended; err != nil {
		t.Errorf("the house ended with %v", err)
	}
	if got, want := strings.Join(w.asked(), " "), "Q1 Q2 Q3 Q4 Q5 Q6"; got != want {
		t.Errorf("asked %s, want %s", got, want)
	}
	if got, want := w.answers(), []string{"A1 before", "A1 meanwhile"}; !slices.Equal(got, want) {
		t.Errorf("the archive has %q, want %q", got, want)
	}
}

// world is a workspace, a house and a Redis.
type world struct {
	*testing.T
	redis   *redistest.Durable
	slack   *slackloop.Server
	house   *house.House
	calls   atomic.Int64 // of Redis that were begun
	chat    discussion.Discussion
	planned time.Time // when the notice is due; unset: there is none
	back    time.Time // when Redis was
}

func newWorld(t *testing.T) *world {
	w := &world{T: t, redis: redistest.NewDurable(t)}
	w.slack = slackloop.Start(slackloop.Options{RedeliverAfter: time.Second})
	t.Cleanup(w.slack.Close)
	w.slack.AddChannel(slackloop.Channel{ID: channel})
	w.slack.AddPerson(slackloop.Person{ID: ana, Name: "Ana"})
	w.slack.AddPerson(slackloop.Person{ID: maria, Name: "Maria", Admin: true})
	e, err := engine.Open(t.Context(), engine.Options{URL: w.redis.URL()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close(context.Background()) })
	redis.Watch(e.Client(), func(_ string, done bool) {
		if !done {
			w.calls.Add(1)
		}
	})
	w.house, err = house.Build(t.Context(), house.Options{
		Engine: e, Clock: clock{}, Language: "en", Zone: "UTC", Log: slog.New(slog.DiscardHandler),
		Adapters: func(t house.Tools) ([]bot.Adapter, error) {
			return []bot.Adapter{slack.New(slack.Options{
				Name: connection, BotToken: slackloop.BotToken, AppToken: slackloop.AppToken,
				APIURL: w.slack.APIURL(), Seal: t.Seal, Logger: t.Log,
			})}, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// schedule takes in a chat of which most questions come due while Redis is away.
func (w *world) schedule() {
	space := bot.SpaceID{Connection: connection, ID: slackloop.Team}
	home, err := w.house.Directory.Community(w.Context(), space)
	if err != nil {
		w.Fatal(err)
	}
	start := time.Now()
	script := discussion.Script{Title: "Out and back", Start: start, Zone: "UTC", Length: 2 * *lasts}
	for n := range questions {
		script.Questions = append(script.Questions, discussion.Question{
			Text: "What now?", At: time.Second + time.Duration(n)**lasts/questions,
		})
	}
	w.chat = discussion.Discussion{
		Community: home.ID, Script: script, Language: home.Language, Base: start,
		Channel: bot.Channel{Space: space, ID: channel},
	}
	if err := w.house.Chats.Schedule(w.Context(), &w.chat, "outage"); err != nil {
		w.Fatal(err)
	}
}

// plan adds a post that comes once, at a full minute at which Redis is away, if
// there is one: organizers plan in minutes.
func (w *world) plan() {
	w.planned = time.Now().Truncate(time.Minute).Add(time.Minute)
	if time.Until(w.planned) < 5*time.Second {
		w.planned = w.planned.Add(time.Minute)
	}
	if time.Until(w.planned) > *lasts {
		w.planned = time.Time{}
		return
	}
	w.slack.SlashCommand(maria, channel, "organize schedule")
	w.await("the schedule", func() bool { return w.press("Add a post") })
	w.await("the form", func() bool {
		_, err := w.slack.Submit(maria, map[string]string{
			"Title": "Notice", "Text": notice, "When": w.planned.UTC().Format("on 2006-01-02 at 15:04"),
		})
		return err == nil
	})
	w.await("the series", func() bool { return len(w.series()) == 1 })
}

// press presses the newest button with this label that Maria sees.
func (w *world) press(label string) bool {
	for _, s := range slices.Backward(w.slack.Screen(maria)) {
		if slices.Contains(s.Buttons, label) {
			_, err := w.slack.Press(maria, s.Channel, s.TS, label)
			return err == nil
		}
	}
	return false
}

func (w *world) series() []schedule.Series {
	all, err := redis.Schedules{Store: w.house.Store}.List(w.Context(), w.chat.Community, 0, 10)
	if err != nil {
		return nil
	}
	return all
}

// settled reports whether what was planned has happened, once.
func (w *world) settled() bool {
	if w.planned.IsZero() {
		return true
	}
	all := w.series()
	if len(all) != 1 {
		return false
	}
	log, err := redis.Schedules{Store: w.house.Store}.Log(w.Context(), w.chat.Community, all[0].ID, 0, schedule.LogLength)
	posts := 0
	for _, m := range w.slack.Posts(channel) {
		if m.Text == notice {
			posts++
		}
	}
	if err != nil || len(log) == 0 || posts == 0 {
		return false
	}
	if e := log[0]; len(log) > 1 || posts > 1 || e.Outcome != schedule.Done || !e.At.Equal(w.planned) {
		w.Fatalf("%d posts, and in the log %+v", posts, log)
	}
	w.Logf("what was due %s before Redis was back came %s after that",
		w.back.Sub(w.planned).Round(time.Second), log[0].Ended.Sub(w.back).Round(time.Millisecond))
	return true
}

// patience is ample for anything to show after Redis is back.
const patience = time.Minute

// await looks again whenever something has happened in the workspace, and now
// and then besides.
func (w *world) await(what string, there func() bool) {
	w.Helper()
	most := time.After(patience)
	for !there() {
		select {
		case <-w.slack.Changed():
		case <-time.After(100 * time.Millisecond):
		case <-most:
			w.Fatalf("waited in vain for %s", what)
		}
	}
}

// asked are the questions that stand in the channel: "Q1", "Q2".
func (w *world) asked() []string {
	var all []string
	for _, m := range w.slack.Posts(channel) {
		if label, _, ok := strings.Cut(strings.TrimLeft(m.Text, "*"), "."); ok && strings.HasPrefix(label, "Q") {
			all = append(all, label)
		}
	}
	return all
}

// answers are those in the archive.
func (w *world) answers() []string {
	a, err := w.house.Chats.Archive(w.Context(), w.chat.Community, w.chat.ID)
	if err != nil {
		return nil // Redis may just be coming back
	}
	var all []string
	for _, m := range a.Messages {
		if m.Kind == discussion.Answer {
			all = append(all, m.Text)
		}
	}
	return all
}

// told reports whether Ana can read words of the bot's.
func (w *world) told(words string) bool {
	return slices.ContainsFunc(w.slack.Screen(ana), func(s slackloop.Shown) bool { return strings.Contains(s.Text, words) })
}

// clock is the machine's.
type clock struct{}

func (clock) Now() time.Time { return time.Now() }
