// Package index finds the resources of a library by words: by parts and forms of
// words in English and Spanish, and in spite of slips of the keyboard.
//
// An Index is in memory, on bleve's scorch, and lives as long as the process: the
// resources are kept elsewhere, and Put again whenever they change. Its methods
// may be called at the same time.
//
// # What comes first
//
// Resources that have all words come before those that have most of them. Among
// either it is BM25 that counts: a rare word says more than a frequent one, and a
// word in a short title more than one in a long description. A word as it was
// typed counts more than another form of it, and that more than one that begins so.
// Only words that are nowhere in the library are taken for slips, of one letter,
// or two if the word is long. A host is found by its name, by that of a site above it
// ("wikipedia.org" has "es.wikipedia.org") and by the words in it; what was typed as a host
// finds nothing that is only like it. How useful people found a resource (Entry.Worth)
// moves it up by half at most.
//
// https://en.wikipedia.org/wiki/Okapi_BM25
package index

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"
	"github.com/blevesearch/bleve/v2/search"
)

// Entry is what is known of a resource, to find it by.
type Entry struct {
	ID      string
	Title   string
	Text    string   // whatever else may be looked for: notes, description
	Sites   []string // the hosts of its addresses, in small letters and ASCII
	Subject string
	Tags    []string // without "#"
	Grades  []string
	People  []string // IDs of those who saved it
	Saved   time.Time
	Worth   float64 // how useful people found it, from 0 to 1
	Number  int     // the newer of two that are alike comes first: higher
}

// Query is what is looked for. Everything in it must hold; what is empty does not
// count.
type Query struct {
	Words   string
	Subject string
	Tags    []string  // all of them
	Grades  []string  // any of them
	Person  string    // an ID
	Since   time.Time // saved then or later
	Limit   int       // how many are wanted, from 1 to MostHits
}

// MostHits is how many resources are found at most.
const MostHits = 100

// Hits are the resources found, the best first.
type Hits struct {
	IDs   []string
	Exact int // how many of them have all words; the others have most
}

// Index finds resources.
type Index struct {
	words    *words
	resource bleve.Index

	mu      sync.RWMutex
	entries map[string]kept
}

// kept is what is asked of an entry that has been found.
type kept struct {
	title  string
	saved  int64
	worth  float32
	number int32
}

// New returns an empty index.
func New() (*Index, error) {
	m, words, err := newMapping()
	if err != nil {
		return nil, err
	}
	in, err := bleve.NewUsing("", m, scorch.Name, scorch.Name, nil)
	if err != nil {
		return nil, err
	}
	return &Index{words: words, resource: in, entries: map[string]kept{}}, nil
}

// Close gives back what the index uses.
func (x *Index) Close() error { return x.resource.Close() }

// Len is how many resources can be found.
func (x *Index) Len() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return len(x.entries)
}

// putAtOnce is how many entries are put together.
const putAtOnce = 10_000

// Put adds entries, and takes the place of those with the same ID.
func (x *Index) Put(entries ...Entry) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	for some := range slices.Chunk(entries, putAtOnce) {
		batch := x.resource.NewBatch()
		for i := range some {
			e := &some[i]
			if err := batch.Index(e.ID, x.words.document(e)); err != nil {
				return err
			}
			x.entries[e.ID] = kept{title: e.Title, saved: e.Saved.UnixMilli(), worth: float32(e.Worth), number: int32(e.Number)}
		}
		if err := x.resource.Batch(batch); err != nil {
			return err
		}
	}
	return nil
}

// Remove takes entries out. Those that are not there are no error.
func (x *Index) Remove(ids ...string) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	batch := x.resource.NewBatch()
	for _, id := range ids {
		batch.Delete(id)
		delete(x.entries, id)
	}
	return x.resource.Batch(batch)
}

// Find looks for resources.
func (x *Index) Find(ctx context.Context, q Query) (Hits, error) {
	if q.Limit < 1 || q.Limit > MostHits {
		return Hits{}, errors.New("index: no such limit")
	}
	x.mu.RLock()
	defer x.mu.RUnlock()
	wanted, err := x.words.wanted(x.resource, q.Words)
	if err != nil {
		return Hits{}, err
	}
	found, err := x.search(ctx, all(wanted), q, nil)
	if err != nil {
		return Hits{}, err
	}
	hits := Hits{IDs: found, Exact: len(found)}
	if len(found) < q.Limit && len(wanted) > 1 {
		more, err := x.search(ctx, most(wanted), q, found)
		if err != nil {
			return Hits{}, err
		}
		hits.IDs = append(hits.IDs, more...)
	}
	return hits, nil
}

// considered is how many times as many resources are looked at as are wanted.
const considered = 4

// search gives what matches, the best first, without those known already, up to
// the limit with them.
func (x *Index) search(ctx context.Context, match matcher, q Query, known []string) ([]string, error) {
	size := considered*q.Limit + len(known)
	if !q.Since.IsZero() || match == nil {
		size = len(x.entries) // the best of them may be too old, or are the newest
	}
	req := bleve.NewSearchRequestOptions(x.words.filtered(match, q), max(size, 1), 0, false)
	res, err := x.resource.SearchInContext(ctx, req)
	if err != nil {
		return nil, err
	}
	found := slices.DeleteFunc(res.Hits, func(h *search.DocumentMatch) bool {
		return x.entries[h.ID].saved < q.Since.UnixMilli() && !q.Since.IsZero() || slices.Contains(known, h.ID)
	})
	rank := func(h *search.DocumentMatch) float64 {
		e := x.entries[h.ID]
		if match == nil {
			return float64(e.worth)
		}
		return h.Score * (1 + float64(e.worth)/2)
	}
	slices.SortFunc(found, func(a, b *search.DocumentMatch) int {
		return cmp.Or(cmp.Compare(rank(b), rank(a)), cmp.Compare(x.entries[b.ID].number, x.entries[a.ID].number), strings.Compare(a.ID, b.ID))
	})
	found = found[:min(len(found), q.Limit-len(known))]
	ids := make([]string, len(found))
	for i, h := range found {
		ids[i] = h.ID
	}
	return ids, nil
}
