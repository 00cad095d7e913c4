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
	discussion Discussion
	known      map[string]entryFacts
	last       map[bot.MemberID]string // each author's latest message
	ours       map[string]int          // our own posts: the question asked, 0 for others
	count      int                     // so many entries at the beginning of the store's order are known
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

// ledgers holds the running discussions of this process by channel.
type ledgers struct {
	mu        sync.Mutex
	byChannel map[string]*ledger
}

func newLedgers() *ledgers { return &ledgers{byChannel: map[string]*ledger{}} }

func (ls *ledgers) get(channel string) *ledger {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	return ls.byChannel[channel]
}

// update takes in what the store has after the first from entries, and returns
// the channel's ledger. What other processes have filed stands between what this
// one has, so only what was read counts as known from the beginning on.
func (ls *ledgers) update(channel string, l Live, from int) *ledger {
	ls.mu.Lock()
	known := ls.byChannel[channel]
	if known == nil || known.id() != l.Discussion.ID {
		known = &ledger{
			discussion: l.Discussion, known: map[string]entryFacts{},
			last: map[bot.MemberID]string{}, ours: map[string]int{},
		}
		ls.byChannel[channel] = known
	}
	ls.mu.Unlock()
	known.mu.Lock()
	defer known.mu.Unlock()
	known.discussion = l.Discussion
	for message, key := range l.Sent {
		known.ours[message] = questionOf(key)
	}
	for _, e := range l.Entries {
		known.add(e)
	}
	known.count = max(known.count, from+len(l.Entries))
	return known
}

// drop forgets a channel in which nothing runs any more.
func (ls *ledgers) drop(channel string) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	delete(ls.byChannel, channel)
}

// moved takes in a step that this process has made itself.
func (ls *ledgers) moved(d *Discussion) {
	channel := d.Channel.Root().String()
	l := ls.get(channel)
	switch {
	case l == nil:
	case !d.Running():
		ls.drop(channel)
	default:
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.discussion.ID == d.ID && l.discussion.Version < d.Version {
			l.discussion = *d
		}
	}
}

// add notes an entry, or its change.
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

// parent is what is known of the message that a message of author replies to.
func (l *ledger) parent(id string, author bot.MemberID) *Parent {
	if id == "" {
		return nil
	}
	if n, ok := l.ours[id]; ok {
		return &Parent{Question: n}
	}
	facts, ok := l.known[id]
	if !ok {
		return &Parent{}
	}
	return &Parent{Kind: facts.kind, Questions: facts.questions, SameAuthor: facts.author == author}
}

// knows reports whether a message is a known one.
func (l *ledger) knows(id string) bool {
	if _, ok := l.ours[id]; ok {
		return true
	}
	_, ok := l.known[id]
	return ok
}

// lastOf is the author's message before the one with this ID, which may be new.
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
