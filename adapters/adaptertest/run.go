package adaptertest

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/staffroom-bot/staffroom/bot"
)

const (
	// patience is how long an effect may take to show. It is long for slow
	// machines; a passing test does not wait for it.
	patience = 10 * time.Second
	// stopWithin is how long an adapter may take to stop.
	stopWithin = 2 * time.Second
)

type testCase struct {
	name  string
	needs Capability // "" for what every platform can do
	run   func(*play)
}

// Run plays the contract's cases, several at once, each on a World of its own. A
// case about something that the World says it lacks is skipped. Nothing that the
// cases began may still run when all of them are over.
func Run(t *testing.T, newWorld func(*testing.T) World) {
	t.Helper()
	before := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, before) })
	for _, c := range slices.Concat(replyCases(), postCases(), eventCases(), hostileCases(), menuCases(), memberCases(), talkCases(), pictureCases(), roomCases()) {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			world := newWorld(t)
			if c.needs != "" && lacks(world, c.needs) {
				t.Skipf("this platform lacks %s", c.needs)
			}
			p := &play{T: t, world: world, probe: newProbe()}
			p.start()
			defer keepsSecrets(t, world)
			defer p.stop()
			defer p.probe.letGo()
			c.run(p)
		})
	}
}

// lacks reports whether a World says that it lacks something, or has no way to
// play it.
func lacks(world World, what Capability) bool {
	able := true
	switch what {
	case Menus:
		_, able = world.(Picker)
	case Actions:
		_, able = world.(Actor)
	case Home:
		_, able = world.(Homer)
	case Meanings:
		_, able = world.(Meaner)
	case Members:
		_, able = world.(Lister)
	case Rooms:
		_, able = world.(Roomer)
	case Talk:
		_, able = world.(Talker)
	}
	return !able || slices.Contains(world.Lacks(), what)
}

// keepsSecrets fails if a secret was logged.
func keepsSecrets(t *testing.T, world World) {
	t.Helper()
	c, ok := world.(Confidant)
	if !ok {
		return
	}
	for _, secret := range c.Secrets() {
		if strings.Contains(c.Log(), secret) {
			t.Errorf("a secret of %d characters is in the log", len(secret))
		}
	}
}

// play is one case under way.
type play struct {
	*testing.T
	world   World
	probe   *probe
	adapter bot.Adapter
	cancel  context.CancelFunc // nil while no adapter runs
	ended   chan error
}

// start connects an adapter and lets it run.
func (p *play) start() {
	p.Helper()
	adapter := p.world.Connect()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	p.adapter, p.cancel, p.ended = adapter, cancel, ended
	go func() { ended <- adapter.Run(ctx, p.probe.router) }()
}

// stop ends the running adapter and checks that it goes quietly.
func (p *play) stop() {
	p.Helper()
	if p.cancel == nil {
		return
	}
	p.cancel()
	p.cancel = nil
	select {
	case err := <-p.ended:
		if err != nil {
			p.Errorf("Run after its context ended = %v, want nil", err)
		}
	case <-time.After(stopWithin):
		p.Errorf("the adapter did not stop within %s", stopWithin)
	}
}

// eventually asks until the answer is right and gives that answer.
func eventually[T any](p *play, what string, get func() T, right func(T) bool) T {
	p.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	again := time.NewTicker(2 * time.Millisecond)
	defer again.Stop()
	for {
		got := get()
		if right(got) {
			return got
		}
		select {
		case <-again.C:
		case err := <-p.ended:
			p.cancel()
			p.cancel = nil
			p.Fatalf("waiting for %s: the adapter ended: %v", what, err)
		case <-deadline.C:
			p.Fatalf("no %s within %s; there is %+v", what, patience, got)
		}
	}
}

// sees waits until the person sees a message with exactly this text.
func (p *play) sees(who, text string) Seen {
	p.Helper()
	match := func(s Seen) bool { return s.Text == text }
	all := eventually(p, who+" sees "+text,
		func() []Seen { return p.world.Seen(who) },
		func(all []Seen) bool { return slices.ContainsFunc(all, match) })
	return all[slices.IndexFunc(all, match)]
}

// count is how many messages with exactly this text the person sees now.
func (p *play) count(who, text string) int {
	n := 0
	for _, s := range p.world.Seen(who) {
		if s.Text == text {
			n++
		}
	}
	return n
}

// events waits until n events about message id were told.
func (p *play) events(id string, n int) []bot.Event {
	p.Helper()
	return eventually(p, "event about message "+id,
		func() []bot.Event { return p.probe.told(id) },
		func(evs []bot.Event) bool { return len(evs) >= n })
}

// send posts and checks that there is a message then.
func (p *play) send(post bot.Post) bot.MessageRef {
	p.Helper()
	ref, err := p.adapter.Send(p.Context(), post)
	if err != nil {
		p.Fatalf("Send: %v", err)
	}
	if ref.ID == "" {
		p.Fatalf("Send gave no message ID: %+v", ref)
	}
	return ref
}

// settle waits until everything that was said in the channel before has been
// told: input of one channel comes in order.
func (p *play) settle() {
	p.Helper()
	p.events(p.world.Say(Joe, "done"), 1)
}
