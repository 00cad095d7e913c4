package discussion

import (
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// ledger is what recognition knows of one running discussion: its record and,
// of each message, all but the text. It is one for all places: the question that
// is out is the same everywhere. It is rebuilt from the store after a restart, and
// brought up to date when filing finds that it is stale or when a message replies
// to one that it does not know.
type ledger struct {
	mu         sync.Mutex
	discussion Discussion
	known      map[string]entryFacts
	last       map[bot.MemberID]string    // each author's latest message
	ours       map[string]bot.DeliveryKey // our own posts, by EntryID
	relayed    map[string][]relayedEntry  // by EntryID: posts of ours that show what was said elsewhere, as far as somebody replied to them
	asked      map[bot.MemberID]bool      // who was asked whether what they say may be shown elsewhere, as far as this process knows
	talked     time.Time                  // when the last was said that may be shown elsewhere, as far as this process knows
	heard      map[int]time.Time          // of each place the latest message that was filed
	room       custom                     // of all that is known
	wording    wording                    // of the questions, as they stand in discussion
	summary    time.Time                  // when the job is due, as far as is known, that brings the summary up to date
	count      int                        // so many entries at the beginning of the store's order are known
}

func newLedger() *ledger {
	return &ledger{
		known: map[string]entryFacts{}, last: map[bot.MemberID]string{},
		ours: map[string]bot.DeliveryKey{}, heard: map[int]time.Time{},
		relayed: map[string][]relayedEntry{}, asked: map[bot.MemberID]bool{},
	}
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
	fixed     bool   // a person has said what it is
	own       habit  // the author's, this message included
	room      custom // everybody's before it
}

func (l *ledger) update(live Live, from int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.discussion.Version <= live.Discussion.Version { // two may look at once
		l.turn(live.Discussion)
	}
	for place, sent := range live.Sent {
		for message, key := range sent {
			l.ours[EntryID(place, message)] = key
		}
	}
	for _, e := range live.Entries {
		l.add(e)
	}
	l.count = max(l.count, from+len(live.Entries))
}

// moved takes in a newer record.
func (l *ledger) moved(d *Discussion) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.discussion.Version < d.Version {
		l.turn(*d)
	}
}

// turn makes d the record. l.mu is held.
func (l *ledger) turn(d Discussion) {
	if !slices.Equal(l.discussion.Script.Questions, d.Script.Questions) {
		l.wording = newWording(d.Script.Questions)
	}
	l.discussion = d
}

func (l *ledger) id() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.discussion.ID
}

// summaryFrom notes when the summary is brought up to date, and reports whether that
// is news.
func (l *ledger) summaryFrom(due time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	news := !l.summary.Equal(due)
	l.summary = due
	return news
}

// take notes an entry that was filed just now.
func (l *ledger) take(e Entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.add(e)
}

// refiled notes how a person files an entry, or that it is filed as recognised
// again.
func (l *ledger) refiled(e Entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if facts, ok := l.known[e.ID]; ok {
		facts.kind, facts.questions, facts.fixed = e.Kind, e.Questions, e.Fixed
		facts.own.answers(e)
		l.known[e.ID] = facts
	}
}

// size is how many entries are known from the beginning on.
func (l *ledger) size() (id string, count int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.discussion.ID, l.count
}

// knows reports whether a message in a channel is one of the discussion's, or of
// our posts.
func (l *ledger) knows(ch bot.Channel, message string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	id := EntryID(l.discussion.place(ch), message)
	_, ours := l.ours[id]
	_, carries := l.relayed[id]
	_, known := l.known[id]
	return ours || carries || known
}

// add notes an entry, or its change. l.mu is held.
func (l *ledger) add(e Entry) {
	facts := entryFacts{
		author: e.Author, kind: e.Kind, questions: e.Questions,
		replyTo: e.ReplyTo, asked: e.Asked, at: e.At, before: l.last[e.Author], fixed: e.Fixed,
	}
	if earlier, ok := l.known[e.ID]; ok {
		facts.before, facts.own, facts.room = earlier.before, earlier.own, earlier.room
		if earlier.fixed && !e.Fixed { // recognition does not undo it
			facts.kind, facts.questions, facts.fixed = earlier.kind, earlier.questions, true
		}
	} else {
		facts.room, facts.own = l.room, l.known[facts.before].own
		l.last[e.Author] = e.ID
		l.habits(e, &facts.own)
	}
	l.known[e.ID] = facts
	if e.At.After(l.heard[e.Place]) && !strings.HasPrefix(e.ID, formEntry(l.discussion.ID)) {
		l.heard[e.Place] = e.At
	}
}

// habits notes how a new entry answers. l.mu is held.
func (l *ledger) habits(e Entry, own *habit) {
	own.said++
	own.answers(e)
	if e.Asked == 0 {
		return
	}
	host := slices.Contains(l.discussion.Hosts, e.Author)
	switch m := mannerOf(e); {
	case m == byLabel && host:
		own.labelled++
	case m == byLabel:
		own.labelled++
		l.room.labelled++
	case m == statement && !host:
		l.room.plain++
	}
}

// shown is the entry that a message shows to which somebody replies with a text: its
// own, or the one that a post of ours shows, because a form gave it or because it was
// said elsewhere; "" for no message. l.mu is held.
func (l *ledger) shown(place int, message, text string) string {
	if message == "" {
		return ""
	}
	id := EntryID(place, message)
	if elsewhere, ok := l.relayed[id]; ok {
		return meant(elsewhere, text)
	}
	if key, ok := l.ours[id]; ok {
		if _, given := l.known[string(key)]; given {
			return string(key)
		}
	}
	return id
}

// message is the message that a post of ours has become in a place, "" if that is
// not known.
func (l *ledger) message(place int, key bot.DeliveryKey) string {
	if l == nil {
		return ""
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for id, k := range l.ours {
		if k == key {
			return messageID(place, id)
		}
	}
	return ""
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

// unrecorded is the question whose post may stand in a place although it is not recorded
// there: its sender may have died in between, while people go on in its thread. Posts go
// out in order, so it is the first of which no post is known; 0 if there is none. l.mu is
// held.
func (l *ledger) unrecorded(place int) int {
	recorded := map[int]bool{}
	for _, key := range l.ours {
		if n := questionOf(key); key == postKey(l.discussion.ID, questionName(n), place) {
			recorded[n] = true
		}
	}
	for n := 1; n <= l.discussion.Asked; n++ {
		if !recorded[n] {
			return n
		}
	}
	return 0
}

// context is what is known for judging an entry, which may be new. l.mu is held.
func (l *ledger) context(e Entry, host bool) Context {
	c := Context{
		Questions: len(l.discussion.Script.Questions), Asked: e.Asked, Host: host,
		Parent: l.parent(e.ReplyTo, e.Author), Wording: l.wording, Room: l.room,
	}
	before := l.last[e.Author]
	if facts, ok := l.known[e.ID]; ok {
		before, c.Room = facts.before, facts.room
	}
	if facts, ok := l.known[before]; ok {
		c.Author = facts.own
		c.Last = &Last{Kind: facts.kind, Questions: facts.questions, Ago: e.At.Sub(facts.at)}
	}
	if n := e.Asked; n > 0 && n <= len(l.discussion.AskedAt) {
		c.Since = e.At.Sub(l.discussion.AskedAt[n-1])
	}
	return c
}
