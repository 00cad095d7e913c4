package discussion

import (
	"sync"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// ledger is what recognition knows of one running discussion: its record and,
// of each message, all but the text. It is rebuilt from the store after a
// restart, and brought up to date when filing finds that it is stale or when a
// message replies to one that it does not know.
type ledger struct {
	mu         sync.Mutex
	running    string // Live.Running
	discussion Discussion
	known      map[string]entryFacts
	last       map[bot.MemberID]string    // each author's latest message
	ours       map[string]bot.DeliveryKey // our own posts
	count      int                        // so many entries at the beginning of the store's order are known
}

// entryFacts is what matters of an entry for the messages after it.
type entryFacts struct {
	author    bot.MemberID
	kind      Kind
	questions []int
	replyTo   string
	asked     int
	at        time.Time
	before    string // the author's message before this one
}

// rooms holds what runs in each channel, as far as this process has seen.
type rooms struct {
	mu        sync.Mutex
	byChannel map[string]room
}

// room is what runs in one channel, the discussion opened last first.
type room []*ledger

func newRooms() *rooms { return &rooms{byChannel: map[string]room{}} }

func (rs *rooms) get(channel string) room {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	return rs.byChannel[channel]
}

// update takes in what the store has of a channel after the entries that were
// known, and returns its room. What other processes have filed stands between
// what this one has, so only what was read counts as known from the beginning on.
func (rs *rooms) update(channel string, found []Live, known map[string]int) room {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if len(found) == 0 {
		delete(rs.byChannel, channel)
		return nil
	}
	before := rs.byChannel[channel]
	now := make(room, len(found))
	for i, live := range found {
		if now[i] = before.ledger(live.Discussion.ID); now[i] == nil {
			now[i] = &ledger{
				known: map[string]entryFacts{}, last: map[bot.MemberID]string{}, ours: map[string]bot.DeliveryKey{},
			}
		}
		now[i].update(live, known[live.Discussion.ID])
	}
	rs.byChannel[channel] = now
	return now
}

// moved takes in a step that this process has made itself. One that changes what
// runs in the channel lets the next message look again.
func (rs *rooms) moved(d *Discussion) {
	channel := d.Channel.Root().String()
	rs.mu.Lock()
	defer rs.mu.Unlock()
	l := rs.byChannel[channel].ledger(d.ID)
	if l == nil || !d.Running() {
		delete(rs.byChannel, channel)
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.discussion.Version < d.Version {
		l.discussion = *d
	}
}

// added takes in an entry that did not come as a message.
func (rs *rooms) added(d *Discussion, e Entry) {
	if l := rs.get(d.Channel.Root().String()).ledger(d.ID); l != nil {
		l.take(e)
	}
}

// ledger is that of a discussion, nil if it does not run here.
func (r room) ledger(id string) *ledger {
	for _, l := range r {
		if l.id() == id {
			return l
		}
	}
	return nil
}

// of is the ledger that an event belongs to: that of the message which is changed
// or replied to, or else that of the discussion opened last. sure is false if the
// event is about a message that none of them knows.
func (r room) of(ev *bot.Event) (l *ledger, sure bool) {
	about := ev.ReplyTo
	if ev.Kind != bot.MessagePosted {
		about = ev.Message.ID
	}
	if about == "" {
		return r[0], true
	}
	for _, l := range r {
		if l.knows(about) {
			return l, true
		}
	}
	return r[0], false
}

// sizes is how many entries of each discussion are known, for Store.Live.
func (r room) sizes() map[string]int {
	known := make(map[string]int, len(r))
	for _, l := range r {
		l.mu.Lock()
		known[l.discussion.ID] = l.count
		l.mu.Unlock()
	}
	return known
}

func (l *ledger) update(live Live, from int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.running, l.discussion = live.Running, live.Discussion
	for message, key := range live.Sent {
		l.ours[message] = key
	}
	for _, e := range live.Entries {
		l.add(e)
	}
	l.count = max(l.count, from+len(live.Entries))
}

func (l *ledger) id() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.discussion.ID
}

// take notes an entry that was filed just now.
func (l *ledger) take(e Entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.add(e)
}

// knows reports whether a message is one of the discussion's, or of our posts.
func (l *ledger) knows(id string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, ok := l.ours[id]; ok {
		return true
	}
	_, ok := l.known[id]
	return ok
}

// add notes an entry, or its change. l.mu is held.
func (l *ledger) add(e Entry) {
	facts := entryFacts{
		author: e.Author, kind: e.Kind, questions: e.Questions,
		replyTo: e.ReplyTo, asked: e.Asked, at: e.At, before: l.last[e.Author],
	}
	if earlier, ok := l.known[e.ID]; ok {
		facts.before = earlier.before
	} else {
		l.last[e.Author] = e.ID
	}
	l.known[e.ID] = facts
}

// entryID is the entry that a message shows: its own, or the one that a form gave
// and a post of ours shows. l.mu is held.
func (l *ledger) entryID(message string) string {
	if key, ok := l.ours[message]; ok {
		if _, given := l.known[string(key)]; given {
			return string(key)
		}
	}
	return message
}

// parent is what is known of the message that a message of author replies to.
// l.mu is held.
func (l *ledger) parent(id string, author bot.MemberID) *Parent {
	if id == "" {
		return nil
	}
	if facts, ok := l.known[id]; ok {
		return &Parent{Kind: facts.kind, Questions: facts.questions, SameAuthor: facts.author == author}
	}
	return &Parent{Question: questionOf(l.ours[id])}
}

// lastOf is the author's message before the one with this ID, which may be new.
// l.mu is held.
func (l *ledger) lastOf(author bot.MemberID, id string, at time.Time) *Last {
	before := l.last[author]
	if facts, ok := l.known[id]; ok {
		before = facts.before
	}
	facts, ok := l.known[before]
	if !ok {
		return nil
	}
	return &Last{Kind: facts.kind, Questions: facts.questions, Ago: at.Sub(facts.at)}
}
