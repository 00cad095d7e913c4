package discussion

import (
	"context"
	"slices"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// Follow is the bot.Follower: of the channels where discussions run, and of their
// questions' threads, no message may be missed. What stands there since the last
// one that was filed has to be heard.
func (s *Service) Follow(ctx context.Context, space bot.SpaceID) ([]bot.Following, error) {
	home, err := s.members.Home(ctx, space)
	if err != nil {
		return nil, err
	}
	channels, err := s.store.LiveChannels(ctx, home.Community, space)
	if err != nil {
		return nil, err
	}
	var all []bot.Following
	for _, ch := range channels {
		r, err := s.look(ctx, home.Community, ch)
		if err != nil {
			return nil, err
		}
		all = append(all, r.following(ch)...)
	}
	return all, nil
}

// overlap is how long before the last message that was filed another may not have
// been: a channel and its threads are heard side by side, and where the store does
// not answer, an adapter tries again for some seconds. What is heard twice counts
// once.
const overlap = 30 * time.Second

// following is what no message may be missed of in a channel. Whichever discussion
// a message was filed under, those well before it have been heard; if there is
// none, what was said since the doors opened counts.
func (r *room) following(ch bot.Channel) []bot.Following {
	if r == nil {
		return nil
	}
	all := []bot.Following{{Channel: ch}}
	var heard, opened time.Time
	for _, l := range r.ledgers {
		h, o, threads := l.follow(ch)
		if h.After(heard) {
			heard = h
		}
		if opened.IsZero() || o.Before(opened) {
			opened = o
		}
		for _, thread := range threads {
			in := ch
			in.Thread = thread
			all = append(all, bot.Following{Channel: in})
		}
	}
	since := heard.Add(-overlap)
	if since.Before(opened) {
		since = opened
	}
	for i := range all {
		all[i].Since = since
	}
	return all
}

// follow is when the last message was said in a channel that was filed, if one
// was, when the doors opened, and the threads of the questions.
func (l *ledger) follow(ch bot.Channel) (heard, opened time.Time, threads []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	d := &l.discussion
	place := d.place(ch)
	if d.Script.Threads {
		for id, key := range l.ours {
			if n := questionOf(key); n > 0 && key == postKey(d.ID, questionName(n), place) {
				threads = append(threads, messageID(place, id))
			}
		}
		slices.Sort(threads)
	}
	return l.heard[place], d.Opened, threads
}
