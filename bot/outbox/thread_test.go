package outbox_test

import (
	"context"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// threaded is a platform on which threads must be opened. It fails as often as
// there are failures.
type threaded struct {
	*bottest.Adapter
	failures []error
	tries    int
	titles   map[bot.MessageRef]string
}

func (p *threaded) OpenThread(_ context.Context, ref bot.MessageRef, title string) error {
	p.tries++
	if len(p.failures) > 0 {
		err := p.failures[0]
		p.failures = p.failures[1:]
		return err
	}
	p.titles[ref] = title
	return nil
}

func newThreaded(d *desk, failures ...error) *threaded {
	p := &threaded{Adapter: d.platform, failures: failures, titles: map[bot.MessageRef]string{}}
	d.over(p)
	return p
}

func titled(key bot.DeliveryKey) outbox.Item {
	item := post(key)
	item.Post.Thread = "Q2 · What surprised you?"
	return item
}

// wantThread: the message stands once, with its thread.
func (p *threaded) wantThread(d *desk, key bot.DeliveryKey) {
	d.t.Helper()
	d.wantStanding(key)
	d.wantOutcome(key, outbox.Sent)
	if got := p.titles[p.Ledger()[0].Ref]; got != "Q2 · What surprised you?" {
		d.t.Errorf("its thread is %q", got)
	}
}

func TestAPostsThreadIsOpened(t *testing.T) {
	d := newDesk(t)
	p := newThreaded(d)
	d.lanes.queue(titled("a"))
	d.wantSettled(d.drain(lane), "complete")
	p.wantThread(d, "a")
}

// Whoever sent the message died before its thread was open.
func TestAThreadIsOpenedUnderAMessageThatIsFound(t *testing.T) {
	d := inDoubt(t, titled("a"), true)
	p := newThreaded(d)
	d.wantSettled(d.drain(lane), "complete")
	if len(p.titles) != 1 {
		t.Errorf("threads %v", p.titles)
	}
}

// There the platform cannot look a message up, and recognises it when it is posted
// again.
func TestAThreadIsOpenedUnderAMessageThatIsRecognised(t *testing.T) {
	d := inDoubt(t, titled("a"), true)
	d.platform.Blind()
	p := &threaded{Adapter: d.platform, titles: map[bot.MessageRef]string{}}
	d.over(recognising{p})
	d.wantSettled(d.drain(lane), "complete")
	d.wantStanding("a", "next")
	d.wantOutcome("a", outbox.Sent)
	if len(p.titles) != 1 {
		t.Errorf("threads %v", p.titles)
	}
}

// recognising is a platform that answers a key sent again with the message that
// there is.
type recognising struct{ *threaded }

func (recognising) DedupeWindow() time.Duration { return 2 * time.Minute }

func (p recognising) Send(ctx context.Context, post bot.Post) (bot.MessageRef, error) {
	for _, e := range p.Ledger() {
		if e.Key == post.Key {
			return e.Ref, nil
		}
	}
	return p.threaded.Send(ctx, post)
}

func TestAThreadThatHasToWaitIsOpenedLater(t *testing.T) {
	for name, failure := range map[string]error{
		"refused for now": &bot.Error{Code: bot.RateLimited, After: 250 * time.Millisecond},
		"not reached":     &bot.Error{Code: bot.Unavailable},
		"not answered":    &bot.Error{Code: bot.UnknownOutcome},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			p := newThreaded(d, failure)
			d.lanes.queue(titled("a"))
			d.wantSettled(d.drain(lane), "after 250ms")
			d.wantSettled(d.drain(lane), "complete")
			p.wantThread(d, "a")
		})
	}
}

// A question without a thread is still a question.
func TestAPostStandsWithoutAThreadThatCannotBeHad(t *testing.T) {
	for name, failure := range map[string]error{
		"not allowed":         &bot.Error{Code: bot.Permanent, Reason: bot.NotAllowed},
		"not for a long time": &bot.Error{Code: bot.RateLimited, After: 10 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			p := newThreaded(d, failure)
			d.lanes.queue(titled("a"))
			d.wantSettled(d.drain(lane), "complete")
			d.wantStanding("a")
			d.wantOutcome("a", outbox.Sent)
			if p.tries != 1 || len(p.titles) > 0 {
				t.Errorf("%d tries, threads %v", p.tries, p.titles)
			}
		})
	}
}

// Who waited until the post is late would not know any more whether it stands.
func TestAThreadIsGivenUpBeforeItsPostIsLate(t *testing.T) {
	d := newDesk(t)
	p := newThreaded(d, &bot.Error{Code: bot.RateLimited, After: 10 * time.Second})
	d.platform.Blind()
	item := titled("a")
	item.NotAfter = noon.Add(5 * time.Second)
	d.lanes.queue(item)
	d.wantSettled(d.drain(lane), "complete")
	d.wantStanding("a")
	d.wantOutcome("a", outbox.Sent)
	if len(p.titles) > 0 {
		t.Errorf("threads %v", p.titles)
	}
}

// While the platform refuses threads, nobody else is to run into the same.
func TestARefusedThreadIsToldToAll(t *testing.T) {
	budgeted(t, func(d *desk, b *budget) {
		p := &threaded{Adapter: d.platform, titles: map[bot.MessageRef]string{}}
		p.failures = []error{&bot.Error{Code: bot.RateLimited, After: 7 * time.Second, Overall: true}}
		d.over(pacedThreads{p})
		d.lanes.queue(titled("a"))
		d.wantSettled(d.drain(lane), "after 7s")
		if want := (hold{"lobby", 7 * time.Second, true}); len(b.held) != 1 || b.held[0] != want {
			d.t.Errorf("held: %v, want %v", b.held, want)
		}
	})
}

// A thread is one more call on the connection, where one is opened at all.
func TestAThreadCountsForTheConnection(t *testing.T) {
	inThread, direct, change := titled("a"), titled("a"), titled("a")
	inThread.Post.Channel.Thread = "1"
	ana := bottest.Account("ana")
	direct.Post.Direct = &ana
	change.Update = true
	for name, c := range map[string]struct {
		item outbox.Item
		want bool
	}{
		"a thread":           {titled("a"), true},
		"none is wanted":     {post("a"), false},
		"in a thread":        {inThread, false},
		"in direct messages": {direct, false},
		"a change of a post": {change, false},
	} {
		t.Run(name, func(t *testing.T) {
			budgeted(t, func(d *desk, b *budget) {
				d.over(pacedThreads{&threaded{Adapter: d.platform, titles: map[bot.MessageRef]string{}}})
				d.lanes.queue(c.item)
				d.drain(c.item.Lane())
				if len(b.asked) != 1 || b.asked[0].Thread != c.want {
					t.Errorf("it asked %+v, want a thread: %t", b.asked, c.want)
				}
			})
		})
	}
}

// pacedThreads is a platform with a pace on which threads must be opened.
type pacedThreads struct{ *threaded }

func (pacedThreads) Pace() bot.Pace { return paced{}.Pace() }

func TestNoThreadOpensInAThread(t *testing.T) {
	d := newDesk(t)
	p := newThreaded(d)
	item := titled("a")
	item.Post.Channel.Thread = "1"
	d.lanes.queue(item)
	d.wantSettled(d.drain(item.Lane()), "complete")
	if p.tries > 0 {
		t.Error("one was tried for")
	}
}
