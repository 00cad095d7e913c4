package outbox

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// Unasked marks a direct message that the person has not asked for, such as a
// nudge. It waits until 7:00 to 20:00 on a working day of its reader, who gets one
// such message a day and three a week from all features together. What has waited
// comes as one message; what has expired meanwhile does not come. Nothing comes while
// they are away.
type Unasked struct {
	Zone     string `json:"zone"`           // IANA zone of the reader, if they have set none by then
	Language string `json:"language"`       // of the reader
	Less     string `json:"less,omitempty"` // path of the control by which they get less of it; empty: their settings
}

// lessPath is where people choose what they get, if a feature has no such place.
const lessPath = "/my/settings"

// Held is what is held for one person.
type Held struct {
	Now     time.Time   // the store's
	Written []time.Time // when they were last written to unasked
	Zone    string      // IANA zone that they have set; empty: none
	Away    bot.Away    // when they are away
	Waiting []Waiting   // the oldest first
}

// Waiting is an item that is held.
type Waiting struct {
	Item
	Place string // what the store calls its place
}

// Outgoing says what becomes of what is held.
type Outgoing struct {
	Expired []Waiting
	Sent    []Waiting   // goes out with Post
	Post    *Item       // has the delivery key of the first of Sent; nil: nothing goes out
	Before  []time.Time // when they were written to, as Held said
	Written []time.Time // the same, Post included
}

// HeldStore keeps what is held. Its errors have the codes conflict and
// unavailable.
type HeldStore interface {
	// Held gives up to limit of what a lane holds.
	Held(ctx context.Context, group, lane string, limit int) (Held, error)
	// LetOut takes items out of the lane and queues the post, all or nothing. It
	// is a conflict if not all of them are there any more, or if the person was written
	// to since Held.
	LetOut(ctx context.Context, group, lane string, o Outgoing) error
}

// Courtesy lets out what is held when it suits the reader.
type Courtesy struct {
	store HeldStore
	words bot.Words
}

// NewCourtesy returns it. Register it with the scheduler's Runner:
//
//	runner.Handle(outbox.UnaskedJobKind, courtesy.Release)
func NewCourtesy(store HeldStore, words bot.Words) *Courtesy {
	return &Courtesy{store: store, words: words}
}

// heldAtOnce is how many items are looked at, of which a message takes as many as
// fit.
const heldAtOnce = 30

// Release is the scheduler.Handler of UnaskedJobKind: it lets out what is held for
// one person, or waits for the time to do so.
func (c *Courtesy) Release(ctx context.Context, j scheduler.Job) error {
	var lane string
	if err := json.Unmarshal(j.Payload, &lane); err != nil {
		return scheduler.Poisoned(err)
	}
	h, err := c.store.Held(ctx, j.Group, lane, heldAtOnce)
	if err != nil || len(h.Waiting) == 0 {
		return storeFailed(err)
	}
	out, next := c.plan(h)
	if len(out.Expired)+len(out.Sent) > 0 {
		err := c.store.LetOut(ctx, j.Group, lane, out)
		if bot.CodeOf(err) == bot.Conflict {
			return scheduler.After(0, err)
		}
		if err != nil {
			return storeFailed(err)
		}
	}
	if len(out.Expired)+len(out.Sent) == len(h.Waiting) && len(h.Waiting) < heldAtOnce {
		return nil
	}
	return scheduler.After(next.Sub(h.Now), nil)
}

// plan says what goes out now, and when to look again.
func (c *Courtesy) plan(h Held) (out Outgoing, next time.Time) {
	var waiting []Waiting
	for _, w := range h.Waiting {
		if !w.NotAfter.IsZero() && h.Now.After(w.NotAfter) {
			out.Expired = append(out.Expired, w)
		} else {
			waiting = append(waiting, w)
		}
	}
	out.Before, out.Written = h.Written, h.Written
	if len(waiting) == 0 {
		return out, h.Now
	}
	// Where they have set no zone they are where the newest message says.
	loc, err := time.LoadLocation(cmp.Or(h.Zone, waiting[len(waiting)-1].Unasked.Zone))
	if err != nil {
		loc = time.UTC
	}
	if next = nextWriting(h.Now, loc, h.Written, h.Away); next.After(h.Now) {
		return out, soonest(next, h, loc)
	}
	post, n := c.merge(waiting)
	out.Sent, out.Post = waiting[:n], &post
	out.Written = append([]time.Time{h.Now}, h.Written...)
	out.Written = out.Written[:min(len(out.Written), perWeek)]
	h.Written = out.Written
	return out, soonest(nextWriting(h.Now, loc, h.Written, h.Away), h, loc)
}

// soonest is when to look again at what has to wait: who is away may be back earlier
// than they thought, so they are looked at on the first morning when they could be
// written to if they were.
func soonest(next time.Time, h Held, loc *time.Location) time.Time {
	local := h.Now.In(loc)
	tomorrow := time.Date(local.Year(), local.Month(), local.Day()+1, 0, 0, 0, 0, loc)
	if again := nextWriting(h.Now, loc, h.Written, bot.Away{}); again.After(h.Now) {
		return earlier(next, again)
	}
	return earlier(next, nextWriting(tomorrow, loc, h.Written, bot.Away{}))
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// merge makes one post of as many items as fit.
func (c *Courtesy) merge(waiting []Waiting) (Item, int) {
	messages := make([]bot.Message, len(waiting))
	for i, w := range waiting {
		messages[i] = w.Post.Message
	}
	message, n := bundle(messages, 1)
	post := waiting[0].Item
	if n > 1 {
		post.Record, post.NotAfter = "", time.Time{}
	}
	post.Unasked, post.Post.Message = nil, message
	less := c.words.Text(waiting[n-1].Unasked.Language, "outbox.less").String()
	for _, path := range lessPaths(waiting[:n]) {
		post.Post.Message.Controls = append(post.Post.Message.Controls, bot.Control{Label: less, Path: path})
	}
	return post, n
}

// lessPaths are the places where one gets less of these, each once; where there
// are many, the settings.
func lessPaths(waiting []Waiting) []string {
	const most = 3
	var paths []string
	for _, w := range waiting {
		path := w.Unasked.Less
		if path == "" {
			path = lessPath
		}
		if !slices.Contains(paths, path) {
			paths = append(paths, path)
		}
	}
	if len(paths) > most {
		return []string{lessPath}
	}
	return paths
}
