package library

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// web is the web of a test: what is at its addresses, and which were asked for.
type web struct {
	at    map[string]Visit
	asked []string
	busy  bool
	then  func() // called at each visit
}

func (w *web) Visit(_ context.Context, address string, known Validators) (Visit, error) {
	w.asked = append(w.asked, address)
	if w.then != nil {
		w.then()
	}
	if w.busy {
		return Visit{}, &bot.Error{Code: bot.RateLimited, After: 7 * time.Second}
	}
	v, there := w.at[address]
	if !there {
		v.Outcome = Missing
	}
	if v.Address == "" {
		v.Address = address
	}
	if known.ETag != "" && known == v.Validators {
		return Visit{Outcome: Unchanged, Address: v.Address, Moved: v.Moved, Validators: known}, nil
	}
	return v, nil
}

// html is a page in HTML.
func html(body string) Visit {
	return Visit{Outcome: Found, Type: "text/html; charset=utf-8", Body: []byte(body)}
}

// at is the same at another address.
func (v Visit) at(address string, moved bool) Visit {
	v.Address, v.Moved = address, moved
	return v
}

// drawer is a LinkStore.
type drawer struct {
	all      map[string]Resource
	moved    map[string]string
	nothing  map[string]string
	rules    Rules
	jobs     []scheduler.Job
	conflict int    // so many changes are conflicts
	dies     string // what is not done any more: "advance", "replace"
}

var errDead = errors.New("the process has died")

func (d *drawer) Read(_ context.Context, _ bot.CommunityID, _ bot.MemberID, ids ...string) (Reading, error) {
	got := Reading{Rules: d.rules, Found: map[string]Resource{}}
	for _, id := range ids {
		real := id
		for d.moved[real] != "" {
			real = d.moved[real]
		}
		if r, ok := d.all[real]; ok {
			got.Found[id] = r
		}
	}
	return got, nil
}

func (d *drawer) Advance(_ context.Context, r *Resource, e outbox.Effects) error {
	if d.dies == "advance" {
		return errDead
	}
	if d.conflict > 0 {
		d.conflict--
		other := d.all[r.ID]
		other.Version++
		other.Tags = append(slices.Clone(other.Tags), "meanwhile")
		d.all[r.ID] = other
	}
	if d.all[r.ID].Version != r.Version {
		return &bot.Error{Code: bot.Conflict}
	}
	r.Version++
	d.all[r.ID] = *r
	d.jobs = append(d.jobs, e.Jobs...)
	return nil
}

func (d *drawer) Replace(_ context.Context, r *Resource, by string) error {
	if d.dies == "replace" {
		return errDead
	}
	if d.all[r.ID].Version != r.Version {
		return &bot.Error{Code: bot.Conflict}
	}
	delete(d.all, r.ID)
	d.moved[r.ID] = by
	return nil
}

func (d *drawer) Due(_ context.Context, _ bot.CommunityID, now time.Time, limit int) (due []Resource, next time.Time, _ error) {
	all := slices.SortedFunc(maps.Values(d.all), func(a, b Resource) int {
		if c := a.Health.Next.Compare(b.Health.Next); c != 0 {
			return c
		}
		return strings.Compare(a.Key, b.Key)
	})
	for _, r := range all {
		if r.Health.Next.After(now) || len(due) == limit {
			return due, r.Health.Next, nil
		}
		due = append(due, r)
	}
	return due, next, nil
}

func (d *drawer) ClaimNothing(_ context.Context, host string) (bool, string, error) {
	known, claimed := d.nothing[host]
	if !claimed {
		d.nothing[host] = ""
	}
	return !claimed, known, nil
}

func (d *drawer) KeepNothing(_ context.Context, host, known string) error {
	d.nothing[host] = known
	return nil
}

// care is a caretaker with its drawer and web.
func care(address ...string) (*Caretaker, *drawer, *web) {
	d := &drawer{all: map[string]Resource{}, moved: map[string]string{}, nothing: map[string]string{}}
	for _, a := range address {
		d.put(a)
	}
	w := &web{at: map[string]Visit{}}
	return NewCaretaker(d, w), d, w
}

func (d *drawer) put(address string) *Resource {
	key := strings.TrimPrefix(address, "https://")
	r := Resource{ID: IDOf(key), Community: "home", Version: 1, Key: key, Address: address, Created: noon, Credits: []Credit{{Member: "ana", At: noon, Note: "good"}}}
	d.all[r.ID] = r
	return &r
}

// of is what has become of an address.
func (d *drawer) of(key string) Resource {
	reading, _ := d.Read(context.Background(), "home", "", IDOf(key))
	return reading.Found[IDOf(key)]
}
