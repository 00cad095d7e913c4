package discussion

import (
	"sync"

	"github.com/staffroom-bot/staffroom/bot"
)

// rooms holds what runs in each channel, as far as this process has seen.
type rooms struct {
	mu        sync.Mutex
	byChannel map[string]*room
	ledgers   map[ledgerName]*ledger // of all that run in them
}

type ledgerName struct {
	community bot.CommunityID
	id        string
}

func nameOf(d *Discussion) ledgerName { return ledgerName{d.Community, d.ID} }

// room is what runs in one channel. It is replaced, never changed; nil is a room
// in which nothing runs.
type room struct {
	running string    // Live.Running
	ledgers []*ledger // of the discussion opened last first
}

func newRooms() *rooms {
	return &rooms{byChannel: map[string]*room{}, ledgers: map[ledgerName]*ledger{}}
}

func (rs *rooms) get(channel string) *room {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	return rs.byChannel[channel]
}

// update takes in what the store has of a channel after the entries that were
// known, and returns its room. What other processes have filed stands between
// what this one has, so only what was read counts as known from the beginning on.
func (rs *rooms) update(c bot.CommunityID, channel string, found []Live, known map[string]int) *room {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	before := rs.byChannel[channel]
	var now *room
	if len(found) > 0 {
		now = &room{running: found[0].Running}
		rs.byChannel[channel] = now
	} else {
		delete(rs.byChannel, channel)
	}
	for _, live := range found {
		name := nameOf(&live.Discussion)
		l := rs.ledgers[name]
		if l == nil {
			l = newLedger()
			rs.ledgers[name] = l
		}
		l.update(live, known[live.Discussion.ID])
		now.ledgers = append(now.ledgers, l)
	}
	if before != nil {
		for _, l := range before.ledgers {
			// What has ended here has ended everywhere.
			if id := l.id(); now.ledger(id) == nil {
				delete(rs.ledgers, ledgerName{c, id})
			}
		}
	}
	return now
}

// moved takes in a step that this process has made itself. One that changes what
// runs in the channels lets the next message look again.
func (rs *rooms) moved(d *Discussion) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	for _, p := range d.Places() {
		if channel := p.Channel.Root().String(); !d.Running() || rs.byChannel[channel].ledger(d.ID) == nil {
			delete(rs.byChannel, channel)
		}
	}
	switch l := rs.ledgers[nameOf(d)]; {
	case l == nil:
	case d.Running():
		l.moved(d)
	default:
		delete(rs.ledgers, nameOf(d))
	}
}

// added takes in an entry that did not come as a message.
func (rs *rooms) added(d *Discussion, e Entry) {
	rs.mu.Lock()
	l := rs.ledgers[nameOf(d)]
	rs.mu.Unlock()
	if l != nil {
		l.take(e)
	}
}

// refiled takes in how a person files an entry.
func (rs *rooms) refiled(d *Discussion, e Entry) {
	rs.mu.Lock()
	l := rs.ledgers[nameOf(d)]
	rs.mu.Unlock()
	if l != nil {
		l.refiled(e)
	}
}

// ledger is that of a discussion, nil if it does not run here.
func (r *room) ledger(id string) *ledger {
	if r == nil {
		return nil
	}
	for _, l := range r.ledgers {
		if l.id() == id {
			return l
		}
	}
	return nil
}

// of is the ledger that an event belongs to: that of the message which is changed
// or replied to, or else that of the discussion opened last. sure is false if the
// event is about a message that none of them knows.
func (r *room) of(ev *bot.Event) (l *ledger, sure bool) {
	about := repliedTo(ev)
	if ev.Kind != bot.MessagePosted {
		about = ev.Message.ID
	}
	if about == "" {
		return r.ledgers[0], true
	}
	for _, l := range r.ledgers {
		if l.knows(ev.Message.Channel, about) {
			return l, true
		}
	}
	return r.ledgers[0], false
}

// repliedTo is the message that an event's message replies to: in a thread at
// least the thread's first, which names the thread.
func repliedTo(ev *bot.Event) string {
	if ev.ReplyTo == "" && ev.Message.ID != ev.Message.Channel.Thread {
		return ev.Message.Channel.Thread
	}
	return ev.ReplyTo
}

// sizes is how many entries of each discussion are known, for Store.Live.
func (r *room) sizes() map[string]int {
	if r == nil {
		return nil
	}
	known := make(map[string]int, len(r.ledgers))
	for _, l := range r.ledgers {
		id, count := l.size()
		known[id] = count
	}
	return known
}
