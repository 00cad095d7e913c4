//go:build unix

package chaos

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/adapters/slack/slackloop"
	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/discussion"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/cmd/staffroom/internal/house"
	"github.com/staffroom-bot/staffroom/cmd/staffroom/internal/worker"
)

// places are the channels; a chat runs in each.
var places = []string{"C1", "C2", "C3"}

const questions = 40

func TestChat(t *testing.T) {
	t.Parallel()
	begin(t)
	h := newHarness(t)
	h.run()
	h.check()
}

// chat is a script and where it runs.
type chat struct {
	Channel string
	Script  discussion.Script
}

// takeIn takes each chat in once, however often the worker starts.
func takeIn(ctx context.Context, h *house.House, chats []chat) error {
	for _, c := range chats {
		ch := slackChannel(c.Channel)
		home, err := h.Directory.Community(ctx, ch.Space)
		if err != nil {
			return err
		}
		d := discussion.Discussion{
			Community: home.ID, Script: c.Script, Channel: ch, Language: home.Language, Base: c.Script.Start,
		}
		err = h.Chats.Schedule(ctx, &d, bot.InputID("chaos-"+c.Channel))
		if err != nil && !errors.Is(err, outbox.ErrRepeated) {
			return err
		}
	}
	return nil
}

func slackChannel(id string) bot.Channel {
	return bot.Channel{Space: bot.SpaceID{Connection: slackConnection, ID: slackloop.Team}, ID: id}
}

type harness struct {
	*testing.T
	random *rand.Rand
	server *slackloop.Server
	orders orders
	end    time.Time     // when the chats end
	gap    time.Duration // between two questions
	points map[string]bool
}

// each is about how long a kill takes: a start, and some time to work.
const each = 900 * time.Millisecond

func chatPoints() []string {
	return points("send", "advance", "due_pick", "due_settle", "due_hint", "claim", "settle", "lane", "member", "file")
}

// chatLease is short, so that what a killed worker held comes back soon.
const chatLease = 500 * time.Millisecond

func newHarness(t *testing.T) *harness {
	server := slackloop.Start(slackloop.Options{RedeliverAfter: 300 * time.Millisecond})
	t.Cleanup(server.Close)
	for i := range 8 {
		server.AddPerson(slackloop.Person{ID: fmt.Sprintf("U%d", i), Name: fmt.Sprintf("person%d", i)})
	}
	h := &harness{T: t, random: chance(chatKills), server: server, points: map[string]bool{}}
	h.orders = orders{DataDir: t.TempDir(), Lease: chatLease, Slack: server.APIURL()}
	// The questions are spread over the time that the killing takes.
	gap := max(time.Second, (time.Duration(len(chatPoints())+*kills) * each / questions).Truncate(time.Second))
	start := time.Now().Add(time.Second).UTC().Truncate(time.Second)
	for _, channel := range places {
		server.AddChannel(slackloop.Channel{ID: channel})
		script := discussion.Script{
			Title: "Chaos in " + channel, Start: start, Zone: "UTC", Length: questions * gap, Pace: discussion.PaceClock,
		}
		for n := range questions {
			script.Questions = append(script.Questions, discussion.Question{
				Text: fmt.Sprintf("question %d of %s", n+1, channel), At: time.Duration(n) * gap,
			})
		}
		h.orders.Chats = append(h.orders.Chats, chat{channel, script})
	}
	h.end, h.gap = start.Add(questions*gap), gap
	return h
}

// run kills workers, at each named point and at random moments, while people
// answer; then it lets a last one finish.
func (h *harness) run() {
	talking := h.talk()
	plan := chatPoints()
	for range *kills {
		plan = append(plan, "")
	}
	h.random.Shuffle(len(plan), func(i, j int) { plan[i], plan[j] = plan[j], plan[i] })
	for _, point := range plan {
		h.life(point)
	}
	for point := range h.points {
		if !h.points[point] {
			h.Errorf("no worker passed the point %q", point)
		}
	}
	last := h.start()
	deadline := time.Now().Add(time.Until(h.end) + 30*time.Second)
	for !h.finished() && time.Now().Before(deadline) {
		<-h.server.Changed()
	}
	talking()
	h.await(deadline, func() bool { return h.unacknowledged() == 0 })
	if err := last.Stop(); err != nil {
		h.Errorf("the last worker: %v", err)
	}
}

// life is one worker from its start to its death: at a point, or at a random
// moment.
func (h *harness) life(point string) {
	w := h.start()
	moment := time.Duration(50+h.random.IntN(1200)) * time.Millisecond
	if point != "" {
		arm(w, point, 1+h.random.IntN(3))
		moment = 3*time.Second + 3*h.gap // for the point to be passed
	}
	select {
	case <-w.Died:
		switch {
		case !w.Killed():
			h.Errorf("a worker ended by itself: %v", w.Err())
		case point != "":
			h.points[point] = true
		}
	case <-time.After(moment):
		if point != "" && !h.points[point] {
			h.points[point] = false
		}
		w.Kill()
	}
}

func (h *harness) start() *worker.Worker {
	w, err := worker.Start(h.T, h.orders.String())
	if err != nil {
		h.Fatal(err)
	}
	return w
}

// talk lets people answer in every channel until the function that it returns
// is called.
func (h *harness) talk() (stop func()) {
	quit, done := make(chan struct{}), make(chan struct{})
	random := chance(chatTalk)
	go func() {
		defer close(done)
		tick := time.NewTicker(40 * time.Millisecond)
		defer tick.Stop()
		for serial := 0; ; serial++ {
			select {
			case <-quit:
				return
			case <-tick.C:
			}
			channel := places[random.IntN(len(places))]
			who := fmt.Sprintf("U%d", random.IntN(8))
			h.server.Say(who, channel, fmt.Sprintf("A%d words %d", 1+random.IntN(max(1, h.asked(channel))), serial), slackloop.SayOptions{})
		}
	}()
	return func() {
		close(quit)
		<-done
	}
}

// asked is how many questions stand in a channel.
func (h *harness) asked(channel string) int {
	n := 0
	for _, post := range h.server.Posts(channel) {
		if questionNumber.MatchString(post.Text) {
			n++
		}
	}
	return n
}

// finished reports whether the end of every chat has been posted.
func (h *harness) finished() bool {
	for _, channel := range places {
		posts := h.server.Posts(channel)
		if len(posts) == 0 || !strings.Contains(posts[len(posts)-1].Text, "Answers stay open") {
			return false
		}
	}
	return true
}

func (h *harness) unacknowledged() int {
	n := 0
	for _, d := range h.server.Deliveries() {
		if d.MessageTS != "" && !d.Acked {
			n++
		}
	}
	return n
}

func (h *harness) await(deadline time.Time, done func() bool) {
	for {
		changed := h.server.Changed() // first: what happens while we look must wake us
		if done() {
			return
		}
		select {
		case <-changed:
		case <-time.After(time.Until(deadline)):
			h.Errorf("gave up waiting: %d messages are not acknowledged", h.unacknowledged())
			return
		}
	}
}
