//go:build unix

package hour

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/adapters/slack/slackloop"
	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/discussion"
	"github.com/staffroom-bot/staffroom/bot/redis/engine"
	"github.com/staffroom-bot/staffroom/bot/redis/redistest"
	"github.com/staffroom-bot/staffroom/cmd/staffroom/internal/house"
	"github.com/staffroom-bot/staffroom/cmd/staffroom/internal/worker"
)

// The hour.
const (
	questions     = 8
	gap           = 2 * time.Second // between two questions
	introductions = 2 * time.Second
	length        = introductions + questions*gap
	lastWords     = "Answers stay open"
)

// world is three places, the worker that serves them, and the chat.
type world struct {
	*testing.T
	discord     *server
	socket, web *workspace
	places      []*place
	redis       *redistest.Durable
	orders      orders
	worker      *worker.Worker
	engine      *engine.Engine
	look        *house.House // for the test's own look into the store
	home        bot.CommunityID
	chat        discussion.Discussion

	relays   bool // what people say travels, of most of them
	people   int
	excused  []excuse
	refusals [][questions]int // of each place, before each question stood
}

func newWorld(t *testing.T) *world {
	w := &world{T: t, people: *people, discord: newServer(t), socket: newWorkspace(t), web: newWorkspace(t), redis: redistest.NewDurable(t)}
	slackSpace := func(connection string) bot.Channel {
		return bot.Channel{Space: bot.SpaceID{Connection: connection, ID: slackloop.Team}, ID: slackChannel}
	}
	w.places = []*place{
		newPlace(0, "Lincoln", bot.Channel{Space: bot.SpaceID{Connection: discordConnection, ID: w.discord.guild}, ID: w.discord.channel}, w.discord),
		newPlace(1, "Riverside", slackSpace(socketConnection), w.socket),
		newPlace(2, "Hilltop", slackSpace(webConnection), w.web),
	}
	w.refusals = make([][questions]int, len(w.places))
	w.orders = orders{
		Redis: w.redis.URL(), Discord: w.discord.URL(), Token: w.discord.Token(),
		Socket: w.socket.APIURL(), Web: w.web.APIURL(), Listen: freeAddress(t),
	}
	w.web.DeliverTo("http://" + w.orders.Listen + "/slack/" + webConnection)
	var err error
	if w.engine, err = engine.Open(t.Context(), engine.Options{URL: w.redis.URL()}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.engine.Close(context.Background()) })
	if w.look, err = build(t.Context(), w.engine, slog.New(slog.DiscardHandler), noAdapters); err != nil {
		t.Fatal(err)
	}
	first, err := w.look.Directory.Community(t.Context(), w.places[0].channel.Space)
	w.must(err)
	w.home = first.ID
	return w
}

// freeAddress is one that nobody listens at. The worker does, each time that it
// starts.
func freeAddress(t *testing.T) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().String()
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// start starts the worker, and waits until it is connected everywhere.
func (w *world) start() {
	sessions, _ := w.discord.Sessions()
	connections := w.socket.Connections()
	if w.worker == nil {
		w.Cleanup(func() { w.worker.Kill() })
	}
	var err error
	w.worker, err = worker.Start(w.T, w.orders.String())
	w.must(err)
	select {
	case <-w.worker.Ready:
	case <-w.worker.Died:
		w.Fatalf("the worker ended by itself: %v", w.worker.Err())
	}
	ctx, cancel := context.WithTimeout(w.Context(), 30*time.Second)
	defer cancel()
	w.must(w.socket.AwaitConnection(ctx, connections+1))
	w.must(w.discord.Wait(ctx, func() bool {
		now, _ := w.discord.Sessions()
		return now > sessions && w.discord.Connected()
	}))
}

// schedule takes in the chat, which begins at once.
func (w *world) schedule() {
	start := time.Now().Add(time.Second).UTC().Truncate(time.Millisecond)
	script := discussion.Script{
		Title: "A whole hour", Start: start, Zone: "UTC", Introductions: introductions, Length: length,
		Pace: discussion.PaceClock, Threads: true,
	}
	for n := range questions {
		script.Questions = append(script.Questions, discussion.Question{
			Text: fmt.Sprintf("How do you begin lesson %d?", n+1), At: introductions + time.Duration(n)*gap,
		})
	}
	w.chat = discussion.Discussion{
		Community: w.home, Script: script, Language: "en", Base: start,
		Channel: w.places[0].channel, ChannelName: w.places[0].name,
	}
	for _, p := range w.places[1:] {
		w.chat.Alongside = append(w.chat.Alongside, discussion.Place{Channel: p.channel, Name: p.name})
	}
	w.must(w.look.Chats.Schedule(w.Context(), &w.chat, "hour"))
}

// due is when a question is due.
func (w *world) due(n int) time.Time { return w.chat.Base.Add(w.chat.Script.Questions[n-1].At) }

// until waits for some time before or after a question is due.
func (w *world) until(n int, offset time.Duration) {
	select {
	case <-time.After(time.Until(w.due(n).Add(offset))):
	case <-w.Context().Done():
	}
}

// play lets the hour pass, with some trouble, and judges it.
func play(t *testing.T, trouble func(*world)) {
	w := newWorld(t)
	w.join()
	w.start()
	w.play(trouble)
}

func (w *world) play(trouble func(*world)) {
	w.schedule()

	quit := make(chan struct{})
	var watching sync.WaitGroup
	for _, p := range w.places {
		watching.Go(func() { p.watch(quit) })
	}
	wait := gather(w.T, w.places, w.people)
	w.Cleanup(func() {
		close(quit)
		watching.Wait()
	})
	trouble(w)
	w.await("the end", func() bool {
		for _, p := range w.places {
			select {
			case <-p.closed:
			default:
				return false
			}
		}
		return true
	})
	wait()
	w.settle()
	if w.relays {
		w.judgeRelaying()
	}
	if err := w.worker.Stop(); err != nil {
		w.Errorf("the worker ended with %v", err)
	}
	w.judge()
}

// settle waits until all that was said has been taken in, as far as that can be
// told.
func (w *world) settle() {
	w.poll(patience, func() bool {
		owed, standing := 0, 0
		for _, p := range w.places {
			owed += p.owed()
			standing += len(p.standing())
		}
		if owed > 0 {
			return false
		}
		a, err := w.look.Chats.Archive(w.Context(), w.chat.Community, w.chat.ID)
		return err == nil && len(a.Messages) >= standing
	})
}

// patience is ample for what should happen.
const patience = length + time.Minute

// await waits while the worker works.
func (w *world) await(what string, there func() bool) {
	w.Helper()
	done := w.poll(patience, func() bool { return w.worker.Dead() || there() })
	switch {
	case w.worker.Dead():
		w.Fatalf("the worker ended by itself: %v", w.worker.Err())
	case !done:
		w.Fatalf("waited in vain for %s: %s", what, w.standing())
	}
}

// poll reports whether something came true in time.
func (w *world) poll(most time.Duration, there func() bool) bool {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(most); !there(); <-tick.C {
		if time.Now().After(deadline) {
			return false
		}
	}
	return true
}

// standing says how many posts stand in each place.
func (w *world) standing() string {
	var all []string
	for _, p := range w.places {
		all = append(all, fmt.Sprintf("%s has %d posts", p.name, len(p.posts())))
	}
	return strings.Join(all, ", ")
}
