package bottest

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// Adapter is a platform in memory. It keeps a ledger of what stands on it, can
// find messages by their key, and fails when it is told to.
type Adapter struct {
	name    string
	now     func() time.Time
	running chan struct{} // closed when inbox is set

	mu        sync.Mutex
	inbox     bot.Inbox
	ledger    []Entry
	outcomes  []outcome
	intercept func(context.Context, bot.Post) error
	blind     bool
	closed    map[bot.Account]bool
	rooms     bool
	opened    map[string]bot.Room // by the room's channel
}

// Entry is one message on the platform.
type Entry struct {
	Ref     bot.MessageRef
	Key     bot.DeliveryKey
	Message bot.Message // as it reads now
	At      time.Time   // when it was posted
	Updates int         // how often it was changed
	Deleted bool
}

// outcome is what a coming send ends with.
type outcome struct {
	arrives bool
	err     error
}

// NewAdapter returns a platform whose connection has the given name, on which
// nothing stands. now dates its messages.
func NewAdapter(name string, now func() time.Time) *Adapter {
	return &Adapter{
		name:    name,
		now:     now,
		running: make(chan struct{}),
		closed:  map[bot.Account]bool{},
		opened:  map[string]bot.Room{},
	}
}

// Name is the connection's name.
func (a *Adapter) Name() string { return a.name }

// Run keeps the inbox, for Inbox, until ctx ends. It may be called once.
func (a *Adapter) Run(ctx context.Context, in bot.Inbox) error {
	a.mu.Lock()
	a.inbox = in
	a.mu.Unlock()
	close(a.running)
	<-ctx.Done()
	return nil
}

// Inbox waits until Run was called and gives what it was called with.
func (a *Adapter) Inbox() bot.Inbox {
	<-a.running
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.inbox
}

// FailSend lets the next send that has no outcome yet end with err. If arrives
// is true the message stands on the platform all the same: its answer was lost.
func (a *Adapter) FailSend(arrives bool, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.outcomes = append(a.outcomes, outcome{arrives, err})
}

// Intercept calls f before each send from now on, without any lock held: it may
// look, wait, or refuse with an error.
func (a *Adapter) Intercept(f func(context.Context, bot.Post) error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.intercept = f
}

// Blind takes the platform's lookup by key away: Find answers ErrCannotFind.
func (a *Adapter) Blind() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.blind = true
}

// CloseDirect lets a person take no direct messages any more.
func (a *Adapter) CloseDirect(who bot.Account) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.closed[who] = true
}

// HaveRooms lets people have rooms of their own, or no longer.
func (a *Adapter) HaveRooms(on bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.rooms = on
}

// Rooms are those that were opened, by their channels' IDs.
func (a *Adapter) Rooms() map[string]bot.Room {
	a.mu.Lock()
	defer a.mu.Unlock()
	return maps.Clone(a.opened)
}

// OpenRoom gives the channel "room-" and the room's key, if people may have rooms.
func (a *Adapter) OpenRoom(_ context.Context, r bot.Room) (bot.Channel, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.rooms {
		return bot.Channel{}, &bot.Error{Code: bot.Permanent, Reason: bot.NotAllowed, Err: errors.New("there are no rooms")}
	}
	id := "room-" + string(r.Key)
	a.opened[id] = r
	return bot.Channel{Space: r.People[0].Space, ID: id}, nil
}

// Ledger is every message that was ever posted, in order.
func (a *Adapter) Ledger() []Entry {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.ledger)
}

// Standing is what can be read in a channel now, in order.
func (a *Adapter) Standing(ch bot.Channel) []Entry {
	return slices.DeleteFunc(a.Ledger(), func(e Entry) bool { return e.Deleted || e.Ref.Channel != ch })
}

// Send posts p, unless an outcome says otherwise. It does not recognise a key
// that is sent again: a message posted twice stands twice in the ledger.
func (a *Adapter) Send(ctx context.Context, p bot.Post) (bot.MessageRef, error) {
	a.mu.Lock()
	intercept := a.intercept
	a.mu.Unlock()
	if intercept != nil {
		if err := intercept(ctx, p); err != nil {
			return bot.MessageRef{}, err
		}
	}
	if p.Direct != nil {
		ch, err := a.Direct(ctx, *p.Direct)
		if err != nil {
			return bot.MessageRef{}, err
		}
		p.Channel = ch
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	end := outcome{arrives: true}
	if len(a.outcomes) > 0 {
		end, a.outcomes = a.outcomes[0], a.outcomes[1:]
	}
	if !end.arrives {
		return bot.MessageRef{}, end.err
	}
	ref := bot.MessageRef{Channel: p.Channel, ID: strconv.Itoa(len(a.ledger) + 1)}
	a.ledger = append(a.ledger, Entry{Ref: ref, Key: p.Key, Message: p.Message, At: a.now()})
	if end.err != nil {
		return bot.MessageRef{}, end.err
	}
	return ref, nil
}

// Update replaces what a message says.
func (a *Adapter) Update(_ context.Context, ref bot.MessageRef, m bot.Message) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	e, err := a.entry(ref)
	if err != nil {
		return err
	}
	e.Message = m
	e.Updates++
	return nil
}

// Delete removes a message.
func (a *Adapter) Delete(_ context.Context, ref bot.MessageRef) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if e, err := a.entry(ref); err == nil {
		e.Deleted = true
	}
	return nil
}

func (a *Adapter) entry(ref bot.MessageRef) (*Entry, error) {
	for i := range a.ledger {
		if a.ledger[i].Ref == ref && !a.ledger[i].Deleted {
			return &a.ledger[i], nil
		}
	}
	return nil, &bot.Error{Code: bot.NotFound, Err: errors.New("no such message")}
}

// Find looks a message up by its key.
func (a *Adapter) Find(_ context.Context, ch bot.Channel, key bot.DeliveryKey, since time.Time) (bot.MessageRef, bool, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.blind {
		return bot.MessageRef{}, false, bot.ErrCannotFind
	}
	for _, e := range a.ledger {
		if e.Ref.Channel == ch && e.Key == key && !e.Deleted && !e.At.Before(since) {
			return e.Ref, true, nil
		}
	}
	return bot.MessageRef{}, false, nil
}

// Direct gives the channel "dm-" and the person's name, unless they take no
// direct messages.
func (a *Adapter) Direct(_ context.Context, who bot.Account) (bot.Channel, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed[who] {
		return bot.Channel{}, &bot.Error{Code: bot.Permanent, Reason: bot.NotAllowed, Err: errors.New("takes no direct messages")}
	}
	return bot.Channel{Space: who.Space, ID: "dm-" + who.User}, nil
}
