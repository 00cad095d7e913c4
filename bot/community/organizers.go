package community

import (
	"context"
	"sync"

	"github.com/staffroom-bot/staffroom/bot"
)

// Acts notes that somebody acts as an organizer, as m says, or does so no
// longer: that is how organizers can be reached when something needs one, also
// those whom only the platform names. It calls the store when that is news to
// this process, so hardly ever. What cannot be stored now is noted when they act
// again.
func (d *Directory) Acts(ctx context.Context, a bot.Account, m bot.Member) {
	organizes := m.Role.Includes(bot.RoleOrganizer)
	if d.organizers.has(m.Community, a) == organizes {
		return
	}
	if err := d.store.NoteOrganizer(ctx, m.Community, a, organizes); err == nil {
		d.organizers.set(m.Community, a, organizes)
	}
}

// Organizers gives the accounts of those who act as organizers, in no particular
// order. Somebody who was never seen to act as one is not among them.
func (d *Directory) Organizers(ctx context.Context, c bot.CommunityID) ([]bot.Account, error) {
	accounts, err := d.store.Organizers(ctx, c)
	if err != nil {
		return nil, err
	}
	d.organizers.replace(c, accounts)
	return accounts, nil
}

// registry is what this process knows of who organizes: what it has stored or
// seen in the store.
type registry struct {
	mu    sync.Mutex
	known map[bot.CommunityID]map[bot.Account]bool
}

func newRegistry() *registry {
	return &registry{known: map[bot.CommunityID]map[bot.Account]bool{}}
}

func (r *registry) has(c bot.CommunityID, a bot.Account) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.known[c][a]
}

func (r *registry) set(c bot.CommunityID, a bot.Account, organizes bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case !organizes:
		delete(r.known[c], a)
	case r.known[c] == nil:
		r.known[c] = map[bot.Account]bool{a: true}
	default:
		r.known[c][a] = true
	}
}

func (r *registry) replace(c bot.CommunityID, accounts []bot.Account) {
	all := make(map[bot.Account]bool, len(accounts))
	for _, a := range accounts {
		all[a] = true
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.known[c] = all
}
