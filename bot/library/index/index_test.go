package index

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	// bleve keeps workers that analyse texts for as long as the process lives.
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("github.com/blevesearch/bleve_index_api.AnalysisWorker"))
}

func day(d int) time.Time { return time.Date(2026, 3, d, 0, 0, 0, 0, time.UTC) }

// shelf is a small library.
func shelf() []Entry {
	return []Entry{
		{ID: "strips", Number: 1, Title: "Fraction Strips", Text: "Skip part two. didax.com CC BY", Subject: "Mathematics", Tags: []string{"fractions", "hands-on"}, Grades: []string{"4"}, People: []string{"ana"}, Saved: day(1)},
		{ID: "models", Number: 2, Title: "Using models in science", Text: "Modeling instruction", Subject: "Science", Tags: []string{"modeling"}, Grades: []string{"7", "8"}, People: []string{"ana", "joe"}, Saved: day(5)},
		{ID: "fracciones", Number: 3, Title: "Juegos con fracciones y lecciones", Text: "Para cuarto", Subject: "Matemáticas", Tags: []string{"fracciones"}, Grades: []string{"4"}, People: []string{"maria"}, Saved: day(9)},
		{ID: "decimals", Number: 4, Title: "Decimals and fractions game", Text: "Needs a printer", Subject: "Mathematics", Tags: []string{"fractions"}, Grades: []string{"5"}, People: []string{"joe"}, Saved: day(12), Worth: 1},
		{ID: "school", Number: 5, Title: "L'école de l'Écureuil: a teacher's guide", Text: "", Subject: "French", Saved: day(13)},
	}
}

func find(t *testing.T, x *Index, q Query) Hits {
	t.Helper()
	if q.Limit == 0 {
		q.Limit = 10
	}
	hits, err := x.Find(t.Context(), q)
	if err != nil {
		t.Fatalf("%+v: %v", q, err)
	}
	return hits
}

func TestFind(t *testing.T) {
	x := filled(t, shelf())
	for _, c := range []struct {
		name  string
		query Query
		want  string // in order
	}{
		{"a word", Query{Words: "strips"}, "strips"},
		{"another form of it", Query{Words: "model"}, "models"},
		{"English forms", Query{Words: "gaming"}, "decimals"},
		{"Spanish forms", Query{Words: "lección"}, "fracciones"},
		{"without accents", Query{Words: "FRACCION"}, "fracciones"},
		{"French accents", Query{Words: "ecureuil"}, "school"},
		{"possessives", Query{Words: "teacher"}, "school"},
		{"a beginning", Query{Words: "stri"}, "strips"},
		{"a slip", Query{Words: "strps"}, "strips"},
		{"two slips in a long word", Query{Words: "decmials"}, "decimals"},
		{"what is not the title", Query{Words: "printer"}, "decimals"},
		{"more words than one", Query{Words: "fraction game"}, "decimals strips"},
		{"common words may be missing", Query{Words: "the game of decimals"}, "decimals"},
		{"nothing of the kind", Query{Words: "photosynthesis"}, ""},
		{"a tag", Query{Tags: []string{"Fractions"}}, "decimals strips"},
		{"two tags", Query{Tags: []string{"fractions", "hands-on"}}, "strips"},
		{"half a tag is none", Query{Tags: []string{"hands"}}, ""},
		{"a grade", Query{Grades: []string{"4"}}, "fracciones strips"},
		{"any of some grades", Query{Words: "fractions", Grades: []string{"4", "5"}}, "decimals strips"},
		{"a grade and words", Query{Words: "fractions", Grades: []string{"4"}}, "strips"},
		{"a subject", Query{Subject: "matematicas"}, "fracciones"},
		{"a person", Query{Person: "joe"}, "decimals models"},
		{"since", Query{Words: "fractions", Since: day(2)}, "decimals"},
		{"everything, the most useful and the newest first", Query{}, "decimals school fracciones models strips"},
		{"only some", Query{Limit: 2}, "decimals school"},
		{"signs", Query{Words: `"+*?:\ -- (#!)`}, "decimals school fracciones models strips"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := find(t, x, c.query).IDs; strings.Join(got, " ") != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestExactComesFirst(t *testing.T) {
	x := filled(t, shelf())
	if hits := find(t, x, Query{Words: "fraction strips"}); hits.Exact != 1 || hits.IDs[0] != "strips" || len(hits.IDs) != 2 {
		t.Errorf("got %+v", hits)
	}
}

func TestWorth(t *testing.T) {
	entries := []Entry{{ID: "a", Title: "Water cycle", Number: 2}, {ID: "b", Title: "Water cycle", Number: 1}}
	x := filled(t, entries)
	if got := find(t, x, Query{Words: "water"}).IDs; !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("of two that are alike the newer is not first: %q", got)
	}
	entries[1].Worth = 0.2
	if err := x.Put(entries[1]); err != nil {
		t.Fatal(err)
	}
	if got := find(t, x, Query{Words: "water"}).IDs; !slices.Equal(got, []string{"b", "a"}) {
		t.Errorf("the more useful is not first: %q", got)
	}
	if x.Len() != 2 {
		t.Errorf("%d entries", x.Len())
	}
}

func TestPutAgainAndRemove(t *testing.T) {
	x := filled(t, shelf())
	if err := x.Put(Entry{ID: "strips", Title: "Pattern blocks"}); err != nil {
		t.Fatal(err)
	}
	if got := find(t, x, Query{Words: "strips"}).IDs; len(got) != 0 {
		t.Errorf("the old title finds %q", got)
	}
	if err := x.Remove("strips", "never"); err != nil {
		t.Fatal(err)
	}
	if got := find(t, x, Query{Words: "pattern"}).IDs; len(got) != 0 || x.Len() != 4 {
		t.Errorf("what was removed is found: %q, %d entries", got, x.Len())
	}
}

func TestLimits(t *testing.T) {
	x := filled(t, shelf())
	for _, limit := range []int{0, -1, MostHits + 1} {
		if _, err := x.Find(t.Context(), Query{Limit: limit}); err == nil {
			t.Errorf("a limit of %d is taken", limit)
		}
	}
	long := strings.Repeat("fraction ", 10_000) + strings.Repeat("x", 50_000)
	if got := find(t, x, Query{Words: long}).IDs; len(got) == 0 {
		t.Error("what is said in many words is not found")
	}
}

func TestManyAtOnce(t *testing.T) {
	x := filled(t, shelf())
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			for n := range 20 {
				if err := x.Put(Entry{ID: fmt.Sprint(i, n), Title: "Rivers " + fmt.Sprint(n)}); err != nil {
					t.Error(err)
				}
				if _, err := x.Find(t.Context(), Query{Words: "rivers", Limit: 5}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if got := find(t, x, Query{Words: "rivers", Limit: 100}).IDs; len(got) != 80 {
		t.Errorf("%d of 80 are found", len(got))
	}
}

func FuzzFind(f *testing.F) {
	x, err := New()
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = x.Close() })
	if err := x.Put(shelf()...); err != nil {
		f.Fatal(err)
	}
	for _, s := range []string{"", "fraction", "\xff", "a.b.c.", "el la los", strings.Repeat("a", 300), "\u202e\u0000"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, words, tag string) {
		if _, err := x.Find(t.Context(), Query{Words: words, Tags: []string{tag}, Grades: []string{tag}, Limit: 3}); err != nil {
			t.Errorf("%q %q: %v", words, tag, err)
		}
	})
}

func TestSame(t *testing.T) {
	x, err := New()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = x.Close() }()
	for pair, want := range map[[2]string]bool{
		{"cell", "Cells"}: true,
		{"fracciones para 4º", "fracción para 4º"}:     true,
		{"the water cycle", "water cycles"}:            true,
		{"Célula", "celulas"}:                          true,
		{"lápiz", "lápices"}:                           true,
		{"grade 4", "grade 5"}:                         false,
		{"plan", "plane"}:                              false,
		{"note taking", "not taking"}:                  false,
		{"of the", "for the"}:                          false,
		{"cell", "cell membranes"}:                     false,
		{"", "cell"}:                                   false,
		{"fractions as numbers", "numbers, fractions"}: true,
		{"grade 4 decimals", "decimal grade 4"}:        true,
		{"grade 4 grade", "grade 4 4"}:                 false,
	} {
		if got := x.Same(pair[0], pair[1]); got != want {
			t.Errorf("%q and %q: %v", pair[0], pair[1], got)
		}
	}
}

// What is on a site is found by its host, whatever its title is, and by no other host.
func TestFindSites(t *testing.T) {
	x := filled(t, []Entry{
		{ID: "phet", Number: 1, Title: "Balancing acts", Sites: []string{"phet.colorado.edu"}},
		{ID: "water", Number: 2, Title: "El ciclo del agua", Sites: []string{"es.wikipedia.org"}},
		{ID: "cycle", Number: 3, Title: "Water cycle", Sites: []string{"en.wikipedia.org"}},
		{ID: "a", Number: 4, Title: "a.example.org/1", Text: "b.example.org is like it", Sites: []string{"a.example.org"}},
		{ID: "j", Number: 5, Title: "j.example.org/1", Sites: []string{"j.example.org"}},
		{ID: "ours", Number: 6, Title: "Lesson plans", Sites: []string{"ours.github.io"}},
		{ID: "code", Number: 7, Title: "What Code.org has for grade 4", Sites: []string{"lessons.example.net"}},
		{ID: "standard", Number: 8, Title: "Fractions for K.CC", Sites: []string{"m.fun-with-fractions.co.uk"}},
		{ID: "video", Number: 9, Title: "Fractions on a line", Sites: []string{"youtu.be", "youtube.com"}},
	})
	for typed, want := range map[string]string{
		"phet":                            "phet",
		"colorado":                        "phet",
		"phet.colorado.edu":               "phet",
		"Colorado.edu":                    "phet",
		"https://phet.colorado.edu":       "phet",
		"https://phet.colorado.edu/":      "phet",
		"(phet.colorado.edu)":             "phet",
		"phat.colorado.edu":               "",
		"edu":                             "",
		"wikipedia.org":                   "cycle water",
		"wikipedia":                       "cycle water",
		"es.wikipedia.org":                "water",
		"www.wikipedia.org water":         "cycle water",
		"water wikipedia.org":             "cycle water",
		"https://es.wikipedia.org/agua":   "water",
		"fr.wikipedia.org":                "",
		"a.example.org":                   "a",
		"b.example.org":                   "",
		"x.example.org":                   "",
		"example.org":                     "j a",
		"github":                          "ours",
		"ours.github.io":                  "ours",
		"code.org":                        "code",
		"K.CC":                            "standard",
		"K.CD":                            "",
		"fun-with-fractions.co.uk":        "standard",
		"with fractions on a line":        "video standard",
		"youtu.be":                        "video",
		"youtube":                         "video",
		"https://phet.colorado.edu water": "phet",
	} {
		if got := find(t, x, Query{Words: typed}).IDs; strings.Join(got, " ") != want {
			t.Errorf("%q finds %q, want %q", typed, got, want)
		}
	}
}
