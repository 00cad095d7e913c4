package library

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/library/index"
	"github.com/staffroom-bot/staffroom/bot/library/link"
)

// mostShelved is how many resources a process has in memory, of all communities
// together: at most 6 kB each. The libraries that nobody has used for longest make
// room for others.
const mostShelved = 100_000

// readAtOnce is how many resources are read together.
const readAtOnce = 500

// shelves are the libraries in the memory of a process.
type shelves struct {
	store Store
	most  int

	mu     sync.Mutex
	all    map[bot.CommunityID]*shelf
	recent []bot.CommunityID // the least recently used first
}

func newShelves(store Store, most int) *shelves {
	return &shelves{store: store, most: most, all: map[bot.CommunityID]*shelf{}}
}

// shelf is one community's library. Whoever looks into it holds use.
type shelf struct {
	use       sync.RWMutex
	index     *index.Index // nil: not built, or cleared away
	cleared   bool         // away, for good: another one takes its place
	resources map[string]*Resource
	tags      tags // of what is in sight
	mark      Mark
}

// look calls do with a community's library as it is now. What do gets must not be
// changed, nor kept.
func (s *shelves) look(ctx context.Context, c bot.CommunityID, do func(*shelf) error) error {
	sh := s.of(c)
	for {
		if err := sh.refresh(ctx, s.store, c); err != nil {
			return err
		}
		sh.use.RLock()
		if !sh.cleared {
			break
		}
		sh.use.RUnlock() // cleared away in between
		sh = s.of(c)
	}
	err := do(sh)
	n := len(sh.resources)
	sh.use.RUnlock()
	s.makeRoom(c, n)
	return err
}

// of gives a community's shelf, which is the latest one used from now on.
func (s *shelves) of(c bot.CommunityID) *shelf {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.recent = append(slices.DeleteFunc(s.recent, func(other bot.CommunityID) bool { return other == c }), c)
	if s.all[c] == nil {
		s.all[c] = &shelf{}
	}
	return s.all[c]
}

// makeRoom clears away shelves that have not been used for longest until all
// together are small enough, but never that of c, which has n resources.
func (s *shelves) makeRoom(c bot.CommunityID, n int) {
	var old []*shelf
	s.mu.Lock()
	total := n
	for _, other := range slices.Backward(s.recent) {
		if other == c {
			continue
		}
		sh := s.all[other]
		if total += sh.size(); total > s.most {
			old = append(old, sh)
			delete(s.all, other)
		}
	}
	s.recent = slices.DeleteFunc(s.recent, func(c bot.CommunityID) bool { return s.all[c] == nil })
	s.mu.Unlock()
	for _, sh := range old {
		sh.clear()
	}
}

// close clears all shelves away.
func (s *shelves) close() {
	s.mu.Lock()
	all := s.all
	s.all, s.recent = map[bot.CommunityID]*shelf{}, nil
	s.mu.Unlock()
	for _, sh := range all {
		sh.clear()
	}
}

// size is how many resources are there; 0 while it is being built.
func (sh *shelf) size() int {
	if !sh.use.TryRLock() {
		return 0
	}
	defer sh.use.RUnlock()
	return len(sh.resources)
}

func (sh *shelf) clear() {
	sh.use.Lock()
	defer sh.use.Unlock()
	if sh.index != nil {
		_ = sh.index.Close() // it is in memory: there is nothing that could be lost
	}
	sh.index, sh.resources, sh.tags, sh.cleared = nil, nil, nil, true
}

// refresh brings the shelf up to date, with one call of the store if it is built.
func (sh *shelf) refresh(ctx context.Context, store Store, c bot.CommunityID) error {
	sh.use.Lock()
	defer sh.use.Unlock()
	if sh.cleared {
		return nil
	}
	if sh.index != nil {
		n, all, err := store.News(ctx, c, sh.mark)
		if err != nil {
			return err
		}
		if !all {
			return sh.take(n)
		}
		_ = sh.index.Close()
		sh.index = nil
	}
	return sh.build(ctx, store, c)
}

// build reads everything. What changes meanwhile is in the news after.
func (sh *shelf) build(ctx context.Context, store Store, c bot.CommunityID) error {
	mark, err := store.Mark(ctx, c)
	if err != nil {
		return err
	}
	in, err := index.New()
	if err != nil {
		return err
	}
	built := &shelf{index: in, resources: map[string]*Resource{}, tags: tags{}, mark: mark}
	var changed []Resource
	for after := ""; ; {
		page, err := store.Page(ctx, c, after, readAtOnce)
		if err != nil {
			_ = in.Close()
			return err
		}
		changed = append(changed, page...)
		if len(page) < readAtOnce {
			break
		}
		after = page[len(page)-1].ID
	}
	if err := built.take(News{Mark: mark, Changed: changed}); err != nil {
		_ = in.Close()
		return err
	}
	sh.index, sh.resources, sh.tags, sh.mark = built.index, built.resources, built.tags, built.mark
	return nil
}

// take takes news in. A resource that is known in a later version stays.
func (sh *shelf) take(n News) error {
	var entries []index.Entry
	gone := n.Gone
	for i := range n.Changed {
		r := &n.Changed[i]
		if known := sh.resources[r.ID]; known != nil && known.Version > r.Version && known.Created.Equal(r.Created) {
			continue
		}
		sh.tags.drop(sh.resources[r.ID])
		sh.tags.put(r)
		sh.resources[r.ID] = r
		if r.Hidden != (Hidden{}) {
			gone = append(gone, r.ID)
			continue
		}
		entries = append(entries, entryOf(r))
	}
	for _, id := range n.Gone {
		sh.tags.drop(sh.resources[id])
		delete(sh.resources, id)
	}
	if len(gone) > 0 {
		if err := sh.index.Remove(gone...); err != nil {
			return err
		}
	}
	if len(entries) > 0 {
		if err := sh.index.Put(entries...); err != nil {
			return err
		}
	}
	sh.mark = n.Mark
	return nil
}

// newest gives copies of the resources that are wanted, the latest first, at most so
// many.
func (sh *shelf) newest(most int, wanted func(*Resource) bool) []*Resource {
	found := make([]*Resource, 0, most+1)
	for _, r := range sh.resources {
		if !wanted(r) {
			continue
		}
		at, _ := slices.BinarySearchFunc(found, r, func(a, b *Resource) int {
			return cmp.Or(b.Created.Compare(a.Created), strings.Compare(a.ID, b.ID))
		})
		if at < most {
			found = slices.Insert(found, at, r)
			found = found[:min(len(found), most)]
		}
	}
	return copies(found)
}

// entryOf is what a resource is found by.
func entryOf(r *Resource) index.Entry {
	e := index.Entry{
		ID: r.ID, Title: r.Called(), Subject: r.Subject, Tags: r.Tags, Grades: r.Grades,
		Saved: r.Created, Worth: r.Worth(), Number: int(r.Created.Unix()),
	}
	if host := (link.Link{Address: r.Address}).Host(); host != "" {
		e.Sites = append(e.Sites, host)
	}
	// What leads to the same by another host, such as a shortened video, has that too.
	if host, _, _ := strings.Cut(r.Key, "/"); !slices.Contains(e.Sites, host) {
		host, _, _ = strings.Cut(host, ":")
		e.Sites = append(e.Sites, host)
	}
	texts := []string{r.About, r.Page.Description, r.Page.Site, r.Page.Author, r.Licensed(), r.Page.Title}
	for _, c := range r.Credits {
		texts = append(texts, c.Note)
		e.People = append(e.People, string(c.Member))
	}
	for _, t := range r.Tries {
		texts = append(texts, t.Worked, t.Change)
	}
	e.Text = strings.Join(texts, "\n")
	return e
}

// Called is its title: as typed, or else as the page says, or else its address
// without what is before the host, as people read it.
func (r *Resource) Called() string {
	if title := cmp.Or(r.Title, r.Page.Title); title != "" {
		return title
	}
	return link.Shown(r.Key)
}

// Licensed is its licence, as typed or else as the page says.
func (r *Resource) Licensed() string { return cmp.Or(r.Licence, r.Page.Licence) }
