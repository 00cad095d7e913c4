package library

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/library/index"
)

var noon = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

// memory is a Store of resources alone. Its log can be cut.
type memory struct {
	Store
	mu    sync.Mutex
	all   map[bot.CommunityID]map[string]Resource
	log   []string // of IDs
	cut   bool
	calls int
}

func (m *memory) put(c bot.CommunityID, r Resource) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.all[c] == nil {
		m.all[c] = map[string]Resource{}
	}
	r.ID, r.Community, r.Version = IDOf(r.Key), c, m.all[c][IDOf(r.Key)].Version+1
	m.all[c][r.ID] = r
	m.log = append(m.log, r.ID)
}

func (m *memory) remove(c bot.CommunityID, key string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.all[c], IDOf(key))
	m.log = append(m.log, IDOf(key))
}

func (m *memory) Mark(context.Context, bot.CommunityID) (Mark, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.calls++
	return Mark{Count: int64(len(m.log))}, nil
}

func (m *memory) Page(_ context.Context, c bot.CommunityID, after string, limit int) (page []Resource, _ error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.calls++
	var ids []string
	for id := range m.all[c] {
		if id > after {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	for _, id := range ids[:min(len(ids), limit)] {
		page = append(page, m.all[c][id])
	}
	return page, nil
}

func (m *memory) News(_ context.Context, c bot.CommunityID, since Mark) (n News, all bool, _ error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.calls++
	n.Mark = Mark{Count: int64(len(m.log))}
	if m.cut {
		m.cut = false
		return n, true, nil
	}
	for _, id := range m.log[since.Count:] {
		if r, ok := m.all[c][id]; ok {
			n.Changed = append(n.Changed, r)
		} else {
			n.Gone = append(n.Gone, id)
		}
	}
	return n, false, nil
}

// shelvesIn are shelves that are closed at the end of the test.
func shelvesIn(t *testing.T, store Store, most int) *shelves {
	t.Helper()
	s := newShelves(store, most)
	t.Cleanup(s.close)
	return s
}

// found are the titles that words find.
func found(t *testing.T, s *shelves, c bot.CommunityID, words string) (titles []string) {
	t.Helper()
	err := s.look(t.Context(), c, func(sh *shelf) error {
		hits, err := sh.index.Find(t.Context(), index.Query{Words: words, Limit: 10})
		for _, id := range hits.IDs {
			titles = append(titles, sh.resources[id].Called())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(titles)
	return titles
}

func TestShelfIsCurrent(t *testing.T) {
	m := &memory{all: map[bot.CommunityID]map[string]Resource{}}
	s := shelvesIn(t, m, 100)
	want := func(what string, titles ...string) {
		t.Helper()
		m.calls = 0
		if got := found(t, s, "home", "rivers"); !slices.Equal(got, titles) {
			t.Errorf("%s: %q, want %q", what, got, titles)
		}
	}
	want("nothing")
	m.put("home", Resource{Key: "a", Title: "Rivers", Created: noon})
	m.put("home", Resource{Key: "b", Title: "More rivers", Created: noon})
	m.put("far", Resource{Key: "c", Title: "Rivers elsewhere", Created: noon})
	want("saved", "More rivers", "Rivers")
	if m.calls != 1 {
		t.Errorf("%d calls to look", m.calls)
	}
	m.put("home", Resource{Key: "a", Title: "Lakes", Created: noon})
	want("changed", "More rivers")
	m.put("home", Resource{Key: "a", Title: "Rivers", Created: noon, Hidden: Hidden{By: "ana", At: noon}})
	want("hidden", "More rivers")
	m.put("home", Resource{Key: "a", Title: "Rivers", Created: noon})
	want("shown again", "More rivers", "Rivers")
	m.remove("home", "b")
	want("removed", "Rivers")
	m.cut = true
	m.put("home", Resource{Key: "d", Title: "New rivers", Created: noon})
	want("read anew", "New rivers", "Rivers")
}

func TestShelvesMakeRoom(t *testing.T) {
	m := &memory{all: map[bot.CommunityID]map[string]Resource{}}
	s := shelvesIn(t, m, 5)
	for _, c := range []bot.CommunityID{"one", "two", "three"} {
		for i := range 2 {
			m.put(c, Resource{Key: fmt.Sprint(c, i), Title: "Rivers", Created: noon})
		}
	}
	for _, c := range []bot.CommunityID{"one", "two", "one", "three"} {
		if got := found(t, s, c, "rivers"); len(got) != 2 {
			t.Errorf("%s: %q", c, got)
		}
	}
	if len(s.all) != 2 || s.all["two"] != nil {
		t.Errorf("it is not the least recently used that has gone: %v", s.recent)
	}
	if got := found(t, s, "two", "rivers"); len(got) != 2 {
		t.Errorf("what was cleared away finds %q", got)
	}
}

func TestShelvesOfManyAtOnce(t *testing.T) {
	m := &memory{all: map[bot.CommunityID]map[string]Resource{}}
	s := shelvesIn(t, m, 3)
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			c := bot.CommunityID(fmt.Sprint("c", i%3))
			for n := range 10 {
				m.put(c, Resource{Key: fmt.Sprint(i, n), Title: "Rivers", Created: noon})
				if got := found(t, s, c, "rivers"); len(got) == 0 {
					t.Error("nothing is found")
				}
			}
		})
	}
	all.Wait()
}

func TestWorth(t *testing.T) {
	tries := func(again ...Again) *Resource {
		r := &Resource{}
		for i, a := range again {
			r.Tries = append(r.Tries, Try{Member: bot.MemberID(fmt.Sprint(i)), Again: a})
		}
		return r
	}
	less := func(what string, a, b *Resource) {
		t.Helper()
		if a.Worth() >= b.Worth() || a.Worth() < 0 || b.Worth() > 1 {
			t.Errorf("%s: %.3f, %.3f", what, a.Worth(), b.Worth())
		}
	}
	ten := slices.Repeat([]Again{AsItIs}, 10)
	less("one enthusiast and ten", tries(AsItIs), tries(ten...))
	less("nobody and one enthusiast", tries(), tries(AsItIs))
	less("one who would not and nobody", tries(NotAgain), tries())
	less("with changes and as it is", tries(WithChanges), tries(AsItIs))
	less("half would not", tries(AsItIs, NotAgain), tries(AsItIs))
	thanks := &Resource{Thanks: []bot.MemberID{"x"}}
	less("thanks count", tries(), thanks)
	both := tries(NotAgain)
	both.Thanks = []bot.MemberID{"0"}
	if both.Worth() != tries(NotAgain).Worth() {
		t.Error("somebody has two words")
	}
}

// One that is cleared away while somebody is about to look stays so: it would never be
// cleared away again.
func TestAShelfThatIsClearedAway(t *testing.T) {
	m := &memory{all: map[bot.CommunityID]map[string]Resource{}}
	m.put("home", Resource{Key: "a", Title: "Rivers", Created: noon})
	s := shelvesIn(t, m, 100)
	sh := s.of("home")
	s.close()
	if err := sh.refresh(t.Context(), m, "home"); err != nil || sh.index != nil {
		t.Errorf("it is built: %v", err)
	}
	if got := found(t, s, "home", "rivers"); len(got) != 1 {
		t.Errorf("another one in its place finds %q", got)
	}
}
