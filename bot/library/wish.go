package library

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// Wish is something that people are looking for and the library does not have. Its ID
// comes from its words, so that the same is asked once, whoever asks at the same time;
// other forms of the words are the same wish too: see Service.wishFor.
type Wish struct {
	ID        string          `json:"-"` // see wishID
	Community bot.CommunityID `json:"-"`
	Version   int64           `json:"-"`

	Text   string    `json:"text"` // as typed first
	Made   time.Time `json:"made"`
	Until  time.Time `json:"until"` // it ends then, answered or not
	Askers []Asker   `json:"askers"`
	// Answer is the resource that somebody had; empty: it is still wanted.
	Answer string `json:"answer,omitempty"`
	// Told is that those who are looking for it have been told of the answer.
	Told bool `json:"told,omitempty"`
}

// Asker is somebody who is looking for it, and how to tell them.
type Asker struct {
	Member   bot.MemberID `json:"member"`
	Account  bot.Account  `json:"account"`
	Language string       `json:"language,omitempty"` // IETF tag
	Zone     string       `json:"zone,omitempty"`     // IANA zone
	// Served is that an answer was enough for them: they are told of no other, and are
	// not looking for it, unless they say so.
	Served bool `json:"served,omitempty"`
}

// WishFor is how long something stays wanted.
const WishFor = 90 * 24 * time.Hour

// WishJobKind is the kind of the jobs that end wishes and tell of answers. Register
// Service.TendWish for it.
const WishJobKind = "library-wish"

// How much somebody can ask for, in characters, and how much a community, at a time.
const (
	MostWish   = 200
	MostWishes = 100
	// MostWishesOf is how many things one person can be looking for, so that nobody takes
	// the room of all.
	MostWishesOf = 10
)

// openOnes counts the wishes that are open, and those of them that a member looks for.
func openOnes(all []Wish, m bot.Member, now time.Time) (open, own int) {
	for i := range all {
		if !all[i].open(now) {
			continue
		}
		open++
		if all[i].askedBy(m) {
			own++
		}
	}
	return open, own
}

// wished is what somebody is looking for, as it is kept: on one line, not too long.
func wished(typed string) string {
	return bot.Shorten(strings.Join(strings.Fields(typed), " "), MostWish)
}

// wishID names the wish for these words, in small and capital letters alike.
func wishID(text string) string { return IDOf("wish " + strings.ToLower(wished(text))) }

// open reports whether it is still wanted.
func (w *Wish) open(now time.Time) bool { return w.Answer == "" && now.Before(w.Until) }

// asker is where a member is among the askers, or -1.
func (w *Wish) asker(m bot.Member) int {
	return slices.IndexFunc(w.Askers, func(a Asker) bool { return m.Is(a.Member) })
}

// heldBy reports whether a member has asked for it, whatever has become of it.
func (w *Wish) heldBy(m bot.Member) bool { return w.asker(m) >= 0 }

// askedBy reports whether a member is looking for it.
func (w *Wish) askedBy(m bot.Member) bool {
	i := w.asker(m)
	return i >= 0 && !w.Askers[i].Served
}

// looking is how many people are looking for it.
func (w *Wish) looking() (n int) {
	for _, a := range w.Askers {
		if !a.Served {
			n++
		}
	}
	return n
}

// again lets a member go on looking for it; where it was answered, the others do not. It
// reports whether that changes anything.
func (w *Wish) again(m bot.Member) bool {
	i := w.asker(m)
	if w.Answer == "" && !w.Askers[i].Served {
		return false
	}
	w.Askers = slices.Clone(w.Askers)
	if w.Answer != "" {
		w.Answer = ""
		for j := range w.Askers {
			w.Askers[j].Served = true
		}
	}
	w.Askers[i].Served = false
	return true
}

// drop takes a member out, and reports whether they were there.
func (w *Wish) drop(m bot.Member) bool {
	n := len(w.Askers)
	w.Askers = slices.DeleteFunc(slices.Clone(w.Askers), func(a Asker) bool { return m.Is(a.Member) })
	return len(w.Askers) < n
}

// join takes in those who are looking for the same.
func (w *Wish) join(others []Asker) {
	w.Askers = slices.Clone(w.Askers)
	for _, a := range others {
		i := w.asker(bot.Member{ID: a.Member})
		switch {
		case i < 0:
			w.Askers = append(w.Askers, a)
		case !a.Served:
			w.Askers[i] = a
		}
	}
}

func (w *Wish) jobID() string { return WishJobKind + "/" + w.ID }

// telling is the job that tells of its answer, once that cannot be undone any more.
func (w *Wish) telling(now time.Time) (scheduler.Job, error) {
	payload, err := json.Marshal(wishPayload{Wish: w.ID, Answer: w.Answer, Version: w.Version})
	return scheduler.Job{Group: string(w.Community), ID: w.jobID() + "/told", Kind: WishJobKind, Due: now.Add(UndoFor), Payload: payload}, err
}

// ending is the job that ends it.
func (w *Wish) ending() (scheduler.Job, error) {
	payload, err := json.Marshal(wishPayload{Wish: w.ID})
	return scheduler.Job{Group: string(w.Community), ID: w.jobID(), Kind: WishJobKind, Due: w.Until, Payload: payload}, err
}

type wishPayload struct {
	Wish string `json:"wish"`
	// Answer is the resource of which those who are looking for it are to be told, and
	// Version the wish's when it was answered; empty: the wish is to end.
	Answer  string `json:"answer,omitempty"`
	Version int64  `json:"version,omitempty"`
}
