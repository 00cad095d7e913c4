package discussion

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

const (
	// relayAtOnce is how many entries are looked at together, for one place.
	relayAtOnce = 100
	// relayText is how much one post carries, in characters: with names and labels less
	// than every platform takes.
	relayText = 1400
	// relayLeast is what a post with several has at least of each.
	relayLeast = 150
	// relayNear is among how many of a place's latest posts one is looked for that
	// shows something its author said later.
	relayNear = 20
)

// carrier carries what was said once. It holds what it has read meanwhile.
//
// A place has one new post of each other place on its way at a time. What is said
// while that waits, for its turn in the channel or because the platform refuses it,
// comes together in the next, so that it is never later than the channel allows. What
// a person says comes in the order in which they said it: if an earlier message of
// theirs is heard after a later one has been posted, it goes into that post, before
// the later one.
type carrier struct {
	*Service
	discussion *Discussion
	now        time.Time
	on         []bool
	entries    map[string]Entry
	voices     map[bot.MemberID]Voice
	done       Relayed
	posts      map[postName]*RelayedPost
	dirty      []postName // of posts that are new or may say something else
	again      map[string]bool
	effects    outbox.Effects
}

type postName struct{ place, number int }

// carry reports whether there is more to do.
func (c *carrier) carry(ctx context.Context) (more bool, err error) {
	d := c.discussion
	if c.on, err = c.relaying(ctx, d); err != nil {
		return false, err
	}
	if c.done, err = c.relays.store.Relayed(ctx, d); err != nil {
		return false, err
	}
	for len(c.done.Heard) < len(d.Places()) {
		c.done.Heard, c.done.Posts = append(c.done.Heard, 0), append(c.done.Posts, 0)
	}
	before := slices.Clone(c.done.Heard)
	unheard, waiting, err := c.relays.store.Unheard(ctx, d, c.done, relayAtOnce)
	if err != nil {
		return false, err
	}
	if !slices.ContainsFunc(unheard, func(ids []string) bool { return len(ids) > 0 }) {
		return false, nil
	}
	c.entries, c.voices, c.posts = map[string]Entry{}, map[bot.MemberID]Voice{}, map[postName]*RelayedPost{}
	c.again = map[string]bool{}
	if err := c.read(ctx, slices.Concat(unheard...)); err != nil {
		return false, err
	}
	for place, ids := range unheard {
		if err := c.place(ctx, place, ids, waiting[place]); err != nil {
			return false, err
		}
		more = more || c.done.Heard[place]-before[place] < len(ids) || len(ids) == relayAtOnce
	}
	changed, err := c.show(ctx)
	if err != nil {
		return false, err
	}
	if len(changed) == 0 && slices.Equal(before, c.done.Heard) {
		return more, nil
	}
	c.done.Moved = c.now
	return more, c.relays.store.Relay(ctx, d, c.done, changed, slices.Sorted(maps.Keys(c.again)), c.effects)
}

// read reads entries that are not known yet, what they reply to, and who said that.
func (c *carrier) read(ctx context.Context, ids []string) error {
	for range 2 {
		slices.Sort(ids)
		ids = slices.DeleteFunc(slices.Compact(ids), func(id string) bool { _, known := c.entries[id]; return known || id == "" })
		if len(ids) == 0 {
			break
		}
		found, err := c.relays.store.Some(ctx, c.discussion, ids)
		if err != nil {
			return err
		}
		ids = nil
		for id, e := range found {
			c.entries[id] = e
			ids = append(ids, e.ReplyTo)
		}
	}
	var unknown []bot.MemberID
	for _, e := range c.entries {
		if _, known := c.voices[e.Author]; !known && e.Author != "" {
			unknown = append(unknown, e.Author)
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	slices.Sort(unknown)
	found, err := c.relays.voices.Voices(ctx, c.discussion.Community, slices.Compact(unknown))
	for id, v := range found {
		c.voices[id] = v
	}
	return err
}

// may reports whether an entry may be shown in another place.
func (c *carrier) may(e *Entry) bool {
	v := c.voices[e.Author]
	return len(c.about(e)) > 0 && !e.Deleted && !e.Withheld && v.Agreed && v.Name != "" && !e.At.Before(v.Since)
}

// about is which questions something that was said is about, as the archive tells it: a
// reply goes with what it replies to.
func (c *carrier) about(e *Entry) []int {
	switch parent, known := c.entries[e.ReplyTo]; {
	case e.Kind != Answer && e.Kind != Reply:
		return nil
	case e.Kind == Reply && known && len(parent.Questions) > 0:
		return parent.Questions
	default:
		return e.Questions
	}
}

// early reports whether an entry replies to something that may still be heard, since
// the platform tells things in any order: only then is it known what it is about.
func (c *carrier) early(e *Entry) bool {
	_, known := c.entries[e.ReplyTo]
	return e.Kind == Reply && e.ReplyTo != "" && !known && len(e.Questions) == 0 && !e.Deleted && c.now.Sub(e.At) < orphaned
}

// orphaned is how long what a reply replies to is waited for.
const orphaned = 20 * time.Second

// place looks at what is new for a place: what is shown there already is shown anew, and
// what is not goes into a new post, if none waits.
func (c *carrier) place(ctx context.Context, place int, ids []string, waiting bool) error {
	if len(ids) == 0 {
		return nil
	}
	shown, err := c.relays.store.RelayedIn(ctx, c.discussion, place, ids)
	if err != nil {
		return err
	}
	var near []RelayedPost
	newest := map[int]*RelayedPost{} // by the place that it is from
	length, open := map[int]int{}, true
	for i, id := range ids {
		e, known := c.entries[id]
		fresh := known && shown[i] == 0 && e.Place != place && c.on[place] && c.on[e.Place] && c.may(&e)
		fresh = fresh && !slices.ContainsFunc(c.dirty, func(n postName) bool {
			return n.place == place && slices.Contains(c.posts[n].Entries, id) // said, and changed since
		})
		if known && c.early(&e) {
			c.again[id] = true
		}
		switch {
		case shown[i] > 0:
			if err := c.open(ctx, place, shown[i]); err != nil {
				return err
			}
		case fresh:
			if near == nil {
				if near, err = c.near(ctx, place); err != nil {
					return err
				}
			}
			if later := c.later(near, &e); later > 0 {
				if err := c.open(ctx, place, later); err != nil {
					return err
				}
				p := c.posts[postName{place, later}]
				p.Entries = append(p.Entries, id)
				break
			}
			n := min(utf8.RuneCountInString(e.Text), relayText)
			if waiting || newest[e.Place] != nil && length[e.Place]+n > relayText {
				open = false // it waits for the next post; what comes after it is looked at again then
				break
			}
			if !open {
				break
			}
			length[e.Place] += n
			if newest[e.Place] == nil {
				c.done.Posts[place]++
				newest[e.Place] = &RelayedPost{Place: place, Number: c.done.Posts[place]}
				name := postName{place, c.done.Posts[place]}
				c.posts[name], c.dirty = newest[e.Place], append(c.dirty, name)
			}
			newest[e.Place].Entries = append(newest[e.Place].Entries, id)
		}
		if open {
			c.done.Heard[place]++
		}
	}
	return nil
}

// open makes a post that stands, or waits, one that may say something else.
func (c *carrier) open(ctx context.Context, place, number int) error {
	name := postName{place, number}
	if slices.Contains(c.dirty, name) {
		return nil
	}
	found, err := c.relays.store.RelayedPosts(ctx, c.discussion, place, []int{number})
	if err != nil || len(found) == 0 || found[0].Gone {
		return err
	}
	c.posts[name], c.dirty = &found[0], append(c.dirty, name)
	return c.read(ctx, slices.Clone(found[0].Entries))
}

// near gives the latest posts of a place, the oldest first, and reads what they show.
func (c *carrier) near(ctx context.Context, place int) ([]RelayedPost, error) {
	var numbers []int
	for n := max(1, c.done.Posts[place]-relayNear+1); n <= c.done.Posts[place]; n++ {
		numbers = append(numbers, n)
	}
	near, err := c.relays.store.RelayedPosts(ctx, c.discussion, place, numbers)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, p := range near {
		ids = append(ids, p.Entries...)
	}
	near = slices.DeleteFunc(near, func(p RelayedPost) bool { return p.Gone })
	return append([]RelayedPost{}, near...), c.read(ctx, ids)
}

// later is the first post that shows something which the author of e said later, 0 if
// none does.
func (c *carrier) later(posts []RelayedPost, e *Entry) int {
	for _, p := range posts {
		if slices.ContainsFunc(p.Entries, func(id string) bool {
			o := c.entries[id]
			return o.Place == e.Place && o.Author == e.Author && o.At.After(e.At)
		}) {
			return p.Number
		}
	}
	return 0
}

// show says what the posts show, and gives those that are new or show something else.
func (c *carrier) show(ctx context.Context) ([]RelayedPost, error) {
	var changed []RelayedPost
	for _, name := range c.dirty {
		p := c.posts[name]
		slices.SortStableFunc(p.Entries, func(a, b string) int { return c.entries[a].At.Compare(c.entries[b].At) })
		text := c.text(p)
		fresh, before := p.Print == "", p.Print
		if p.Print = printOf(text.String()); p.Print == before {
			continue
		}
		item := c.discussion.post("r"+strconv.Itoa(p.Number), p.Place, bot.Message{Text: text})
		// After an outage it is late, and still what people said.
		item.Class, item.Record, item.NotAfter, item.Update = outbox.Relay, RelayRecord(c.discussion.ID, p.Place), time.Time{}, !fresh
		switch {
		case fresh:
		case text.Empty():
			p.Gone = true // if they are let in again, a new post shows them
			item.Post.Message.Text = c.words.Text(c.discussion.Language, "chat.taken_back")
			item.Early = outbox.Withdrawn
		default:
			item.Early = outbox.Rewritten
		}
		c.effects.Posts = append(c.effects.Posts, item)
		changed = append(changed, *p)
	}
	return changed, ctx.Err()
}

// RelayKey is the delivery key of a post in a place that carries what was said
// elsewhere.
func RelayKey(id string, place, number int) bot.DeliveryKey {
	return postKey(id, "r"+strconv.Itoa(number), place)
}

// RelayNumber is the number of such a post, 0 for another.
func RelayNumber(key bot.DeliveryKey) int {
	name := string(key[strings.LastIndex(string(key), "/")+1:])
	number, _, _ := strings.Cut(name, "@")
	n, err := strconv.Atoi(strings.TrimPrefix(number, "r"))
	if err != nil || number[0] != 'r' {
		return 0
	}
	return n
}

// RelayRecord names the messages of ours in a place of a discussion that carry what
// was said elsewhere, for outbox.Item.Record.
func RelayRecord(id string, place int) string { return "relay/" + id + inPlace(place) }
