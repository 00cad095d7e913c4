//go:build unix

// Package chaos kills a running Staffroom again and again and checks, by the
// records of the platform alone, that nobody would have noticed.
//
// The platform is a Slack workspace on the loopback interface, in the process of
// the test. The worker is this test binary started anew (work): the program with
// its real adapter on its private Redis engine. People answer all the time. At
// the end, for every chat: each question stands in the channel once, every
// message that the worker acknowledged is in the archive once and under its
// question, and no post ended as uncertain.
//
//	go test ./cmd/staffroom/internal/chaos -v -args -chaos.kills=200 -chaos.seed=7
package chaos

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/adapters/slack/slackloop"
	"github.com/staffroom-bot/staffroom/bot/discussion"
)

var (
	kills = flag.Int("chaos.kills", 24, "kills at random moments, besides one at each named point")
	seed  = flag.Uint64("chaos.seed", 0, "seed of a run to repeat; 0: a new one")
)

func TestMain(m *testing.M) {
	if text, ok := os.LookupEnv(ordersVariable); ok {
		if err := work(text); err != nil {
			fmt.Fprintln(os.Stderr, "worker:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// places are the channels; a chat runs in each.
var places = []string{"C1", "C2", "C3"}

const questions = 40

func TestChaos(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes half a minute")
	}
	if _, err := exec.LookPath("redis-server"); err != nil {
		if strings.Contains(os.Getenv("STAFFROOM_REQUIRE"), "redis") {
			t.Fatal("redis-server is required and not installed")
		}
		t.Skip("needs redis-server, which is not installed")
	}
	if *seed == 0 {
		*seed = rand.Uint64()
	}
	t.Logf("seed %d: repeat with -args -chaos.kills=%d -chaos.seed=%d", *seed, *kills, *seed)
	h := newHarness(t, rand.New(rand.NewPCG(*seed, 1)))
	h.run()
	h.check()
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

func newHarness(t *testing.T, random *rand.Rand) *harness {
	server := slackloop.Start(slackloop.Options{RedeliverAfter: 300 * time.Millisecond})
	t.Cleanup(server.Close)
	for i := range 8 {
		server.AddPerson(slackloop.Person{ID: fmt.Sprintf("U%d", i), Name: fmt.Sprintf("person%d", i)})
	}
	h := &harness{T: t, random: random, server: server, points: map[string]bool{}}
	h.orders = orders{DataDir: t.TempDir(), APIURL: server.APIURL(), Channels: places}
	// The questions are spread over the time that the killing takes.
	gap := max(time.Second, (time.Duration(len(points())+*kills) * each / questions).Truncate(time.Second))
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
		h.orders.Scripts = append(h.orders.Scripts, script)
	}
	h.end, h.gap = start.Add(questions*gap), gap
	return h
}

// run kills workers, at each named point and at random moments, while people
// answer; then it lets a last one finish.
func (h *harness) run() {
	talking := h.talk()
	plan := points()
	for range *kills {
		plan = append(plan, "")
	}
	h.random.Shuffle(len(plan), func(i, j int) { plan[i], plan[j] = plan[j], plan[i] })
	for _, point := range plan {
		o := h.orders
		o.Point, o.Nth = point, 1+h.random.IntN(3)
		h.life(o)
	}
	for point := range h.points {
		if !h.points[point] {
			h.Errorf("no worker passed the point %q", point)
		}
	}
	last := h.start(h.orders)
	deadline := time.Now().Add(time.Until(h.end) + 30*time.Second)
	for !h.finished() && time.Now().Before(deadline) {
		<-h.server.Changed()
	}
	talking()
	h.await(deadline, func() bool { return h.unacknowledged() == 0 })
	_ = last.Process.Signal(syscall.SIGTERM)
	if err := last.Wait(); err != nil {
		h.Errorf("the last worker: %v", err)
	}
}

// life is one worker from its start to its death.
func (h *harness) life(o orders) {
	worker := h.start(o)
	died := make(chan struct{})
	go func() {
		_ = worker.Wait() // killed, which is no news
		close(died)
	}()
	var moment time.Duration
	if o.Point == "" {
		moment = time.Duration(50+h.random.IntN(1200)) * time.Millisecond
	} else {
		moment = 3*time.Second + 3*h.gap // for the point to be passed
	}
	select {
	case <-died:
		if o.Point != "" {
			h.points[o.Point] = true
		} else {
			h.Error("a worker died by itself")
		}
	case <-time.After(moment):
		if o.Point != "" && !h.points[o.Point] {
			h.points[o.Point] = false
		}
		_ = worker.Process.Kill()
		<-died
	}
}

func (h *harness) start(o orders) *exec.Cmd {
	worker := exec.Command(os.Args[0])
	worker.Env = append(os.Environ(), ordersVariable+"="+o.String())
	worker.Stderr = logWriter{h.T}
	if err := worker.Start(); err != nil {
		h.Fatal(err)
	}
	return worker
}

type logWriter struct{ t *testing.T }

func (w logWriter) Write(line []byte) (int, error) {
	w.t.Logf("worker: %s", strings.TrimSpace(string(line)))
	return len(line), nil
}

// talk lets people answer in every channel until the function that it returns
// is called.
func (h *harness) talk() (stop func()) {
	quit, done := make(chan struct{}), make(chan struct{})
	random := rand.New(rand.NewPCG(*seed, 2))
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
	for !done() {
		changed := h.server.Changed()
		select {
		case <-changed:
		case <-time.After(time.Until(deadline)):
			h.Errorf("gave up waiting: %d messages are not acknowledged", h.unacknowledged())
			return
		}
	}
}

// quiet is a log for the harness's own look into the store.
func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// background is for looking into the store after the workers.
func background(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}
