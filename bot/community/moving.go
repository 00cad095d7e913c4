package community

import (
	"cmp"
	"context"
	"encoding/json"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// MoveJobKind is the kind of the jobs that move places from one community to
// another. Register Links.Move for it.
const MoveJobKind = "move"

// announced is how long a place is leaving before anything is moved: until no
// replica remembers where it belonged, and what was begun before has ended
// (handlers take 10 s at most).
const announced = communityLifetime + 15*time.Second

// undoable is how long a link can be undone with one tap.
const undoable = 24 * time.Hour

type movePayload struct {
	Space bot.SpaceID   `json:"space"`
	Joins bool          `json:"joins"`
	Told  []bot.Account `json:"told"` // who asked for it, and hears how it ended
	// Others hear that it was done, and that it was By, a name.
	Others []reader `json:"others,omitempty"`
	By     string   `json:"by,omitempty"`
}

// start announces that a place moves, and plans it. If the process dies between
// the two, asking again goes on.
func (l *Links) start(ctx context.Context, t bot.Transfer, p movePayload) error {
	w, err := l.store.Announce(ctx, t.Space, t.From, t.To)
	if bot.CodeOf(err) == bot.Conflict {
		now, again := l.store.Whereabouts(ctx, t.Space)
		if again != nil || now.Moves == Settled || now.Community != t.From || now.To != t.To {
			return err
		}
		w, err = now, nil
	}
	if err != nil {
		return err
	}
	l.directory.communities.drop(t.Space)
	p.Space, p.Joins = t.Space, t.Joins
	payload, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return l.posts.Apply(ctx, string(t.From), outbox.Effects{Jobs: []scheduler.Job{{
		Group: string(t.From), ID: MoveJobKind + "/" + t.Space.Token(), Kind: MoveJobKind, Due: w.Since.Add(announced), Payload: payload,
	}}})
}

// Move is the scheduler.Handler of MoveJobKind. It can be interrupted anywhere, and
// goes on when it is called again.
func (l *Links) Move(ctx context.Context, j scheduler.Job) error {
	var p movePayload
	if err := json.Unmarshal(j.Payload, &p); err != nil {
		return scheduler.Poisoned(err)
	}
	err := l.move(ctx, p)
	switch bot.CodeOf(err) {
	case bot.Unavailable, bot.Conflict, bot.RateLimited: // a place is never left half way
		return scheduler.After(5*time.Second, err)
	default:
		return err
	}
}

func (l *Links) move(ctx context.Context, p movePayload) error {
	w, err := l.store.Whereabouts(ctx, p.Space)
	if err != nil || w.Moves == Settled {
		return err
	}
	places, err := l.directory.store.Places(ctx, w.Community)
	if err != nil {
		return err
	}
	place := placeOf(places, p.Space)
	t := bot.Transfer{Space: p.Space, Name: place.Called(), From: w.Community, To: w.To, Joins: p.Joins}
	if w.Moves == Leaving {
		now, err := l.store.Now(ctx)
		if err != nil {
			return err
		}
		if early := w.Since.Add(announced).Sub(now); early > 0 {
			return scheduler.After(early, nil)
		}
		if _, busy, err := l.busy(ctx, t, now); err != nil || busy {
			if err != nil {
				return err
			}
			return l.stay(ctx, p, w, "link.put_off")
		}
		if p.Joins {
			if late, err := l.overtaken(ctx, w, places); err != nil || late {
				if err != nil {
					return err
				}
				return l.stay(ctx, p, w, "link.overtaken")
			}
		}
		if w, err = l.store.Part(ctx, p.Space, w); err != nil {
			return err
		}
	}
	return l.transfer(ctx, p, w, t, place)
}

// overtaken reports whether another link has come in between since this one was
// agreed on: who joins takes along all of a community, so must still be alone in it,
// and somebody must be there to be joined who is not about to go.
func (l *Links) overtaken(ctx context.Context, w Whereabouts, places []Place) (bool, error) {
	if len(places) > 1 {
		return true, nil
	}
	there, err := l.directory.store.Places(ctx, w.To)
	if err != nil {
		return false, err
	}
	for _, p := range there {
		at, err := l.store.Whereabouts(ctx, p.Space)
		if err != nil {
			return false, err
		}
		if at == (Whereabouts{Community: w.To}) {
			return false, nil
		}
	}
	return true, nil
}

// stay calls the move off, and says why.
func (l *Links) stay(ctx context.Context, p movePayload, w Whereabouts, why bot.Key) error {
	if err := l.notify(ctx, p, w, w.Community, why); err != nil {
		return err
	}
	err := l.store.Stay(ctx, p.Space, w)
	l.directory.communities.drop(p.Space)
	return err
}

// transfer moves everything, and lets the place be settled there.
func (l *Links) transfer(ctx context.Context, p movePayload, w Whereabouts, t bot.Transfer, place Place) error {
	// Again, since the process may have died between the move and its marks.
	w, err := l.store.Part(ctx, p.Space, w)
	if err != nil {
		return err
	}
	for _, k := range l.keepers {
		if err := k.Move(ctx, t); err != nil {
			return err
		}
	}
	if err := l.settle(ctx, p, w, place); err != nil {
		return err
	}
	key := bot.Key("link.done")
	if !p.Joins {
		key = "link.parted"
	}
	if err := l.notify(ctx, p, w, w.To, key, bot.Str("place", t.Name)); err != nil {
		return err
	}
	if err := l.notifyOthers(ctx, p, w, t); err != nil {
		return err
	}
	if err := l.store.Arrive(ctx, p.Space, w); err != nil {
		return err
	}
	l.directory.moved(p.Space, w)
	return nil
}

// settle makes the place one of the community that it has come to. Where it was
// another time, that has kept it already.
func (l *Links) settle(ctx context.Context, p movePayload, w Whereabouts, place Place) error {
	there, err := l.directory.store.Places(ctx, w.To)
	if err != nil {
		return err
	}
	for _, known := range there {
		if known.Space == p.Space {
			return l.store.TakeIn(ctx, w, known) // all that is left is to leave
		}
	}
	from, err := l.store.About(ctx, w.Community)
	if err != nil {
		return err
	}
	to, err := l.store.About(ctx, w.To)
	if err != nil {
		return err
	}
	// What counted for the place counts there, whatever that community has.
	place.Before, place.Own, place.Linked = nil, "", time.Time{}
	place.Set.Language = unless(to.Language, place.Set.Language, from.Language)
	place.Set.Zone = unless(to.Zone, place.Set.Zone, from.Zone)
	if p.Joins {
		place.Own, place.Linked = w.Community, w.Since
	}
	return l.store.TakeIn(ctx, w, place)
}

// unless is what is chosen, or else what counts by itself, as a choice: nothing
// where that is what counts anyway.
func unless(anyway, chosen, byItself string) string {
	if chosen == "" {
		chosen = byItself
	}
	if chosen == anyway {
		return ""
	}
	return chosen
}

// moved forgets what was known of a space and its communities.
func (d *Directory) moved(space bot.SpaceID, w Whereabouts) {
	d.communities.drop(space)
	d.places.drop(w.Community)
	d.places.drop(w.To)
}

// notify tells those who asked for it how it ended, once, each in their language.
func (l *Links) notify(ctx context.Context, p movePayload, w Whereabouts, c bot.CommunityID, key bot.Key, args ...bot.Arg) error {
	var e outbox.Effects
	for _, a := range p.Told {
		language, err := l.language(ctx, w, a)
		if err != nil {
			return err
		}
		e.Posts = append(e.Posts, l.news(p, w, reader{bot.Post{Direct: &a}, language}, key, args...))
	}
	return l.posts.Apply(ctx, string(c), e)
}

// notifyOthers tells the organizers of the other places, and of this one, who has
// parted them.
func (l *Links) notifyOthers(ctx context.Context, p movePayload, w Whereabouts, t bot.Transfer) error {
	var e outbox.Effects
	for _, r := range p.Others {
		e.Posts = append(e.Posts, l.news(p, w, r, "link.parted.by", bot.Str("name", p.By), bot.Str("place", t.Name)))
	}
	return l.posts.Apply(ctx, string(w.To), e)
}

// news is a post that says how it ended.
func (l *Links) news(p movePayload, w Whereabouts, r reader, key bot.Key, args ...bot.Arg) outbox.Item {
	post := r.Post
	post.Key = bot.DeliveryKey("link/" + p.Space.Token() + "/" + w.Since.UTC().Format("20060102150405.000") + "/" + shortHash(r.name()))
	post.Message = bot.Message{
		Text:     l.words.Text(r.Language, key, args...),
		Controls: []bot.Control{{Label: l.words.Text(r.Language, "link.button.show").String(), Path: linkPath}},
	}
	return outbox.Item{Class: outbox.Bulk, Post: post}
}

// language is what somebody reads whose place is on one of the two sides. Neither
// can be asked for while it moves.
func (l *Links) language(ctx context.Context, w Whereabouts, a bot.Account) (string, error) {
	if known, ok := l.directory.members.recall(a); ok && known.Language != "" {
		return known.Language, nil
	}
	for _, c := range []bot.CommunityID{w.To, w.Community} {
		places, err := l.directory.store.Places(ctx, c)
		if err != nil {
			return "", err
		}
		for _, p := range places {
			if p.Space == a.Space {
				about, err := l.store.About(ctx, c)
				return cmp.Or(p.Set.Language, about.Language), err
			}
		}
	}
	return "", nil
}

// busy reports whether something is going on, and until when.
func (l *Links) busy(ctx context.Context, t bot.Transfer, now time.Time) (until time.Time, busy bool, err error) {
	for _, k := range l.keepers {
		end, b, err := k.Busy(ctx, t, now)
		if err != nil {
			return until, false, err
		}
		if b && (!busy || end.After(until)) {
			until, busy = end, true
		}
	}
	return until, busy, nil
}
