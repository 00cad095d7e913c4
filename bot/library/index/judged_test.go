package index

import (
	"bufio"
	"cmp"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/staffroom-bot/staffroom/bot/library/link"
)

// textbooks are the real resources that the judged queries are about, by their
// references. Those with the same address are one.
func textbooks(tb testing.TB) (entries []Entry, refs map[string]string) {
	tb.Helper()
	dir := os.Getenv("STAFFROOM_SHARED")
	if dir == "" {
		tb.Skip("STAFFROOM_SHARED is not set: there are no textbooks to look for")
	}
	refs = map[string]string{}
	known := map[string]bool{}
	for _, name := range []string{"bc_open_collection", "open_textbook_library", "openstax"} {
		f, err := os.Open(filepath.Join(dir, "data", name+".tsv"))
		if err != nil {
			tb.Fatal(err)
		}
		lines := bufio.NewScanner(f)
		for n := 1; lines.Scan(); n++ {
			col := strings.Split(lines.Text(), "\t")
			if n == 1 || len(col) < 6 {
				continue
			}
			ref := map[string]string{"bc_open_collection": "b", "open_textbook_library": "o", "openstax": "s"}[name] + strconv.Itoa(n)
			refs[ref] = col[5]
			if known[col[5]] {
				continue
			}
			known[col[5]] = true
			at, err := link.Parse(col[5])
			if err != nil {
				tb.Fatal(err)
			}
			entries = append(entries, Entry{ID: col[5], Sites: []string{at.Host()}, Title: col[2], Subject: col[3], Text: col[1] + "\n" + col[4], Number: len(entries)})
		}
		if err := cmp.Or(lines.Err(), f.Close()); err != nil {
			tb.Fatal(err)
		}
	}
	return entries, refs
}

func filled(tb testing.TB, entries []Entry) *Index {
	tb.Helper()
	x, err := New()
	if err == nil {
		tb.Cleanup(func() { _ = x.Close() })
		err = x.Put(entries...)
	}
	if err != nil {
		tb.Fatal(err)
	}
	return x
}

// judged reads what should be found for what.
func judged(tb testing.TB, refs map[string]string) (queries []string, gains map[string]map[string]float64) {
	tb.Helper()
	f, err := os.Open("testdata/judged.txt")
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	gains = map[string]map[string]float64{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		first, rest, _ := strings.Cut(lines.Text(), " ")
		switch first {
		case "?":
			queries = append(queries, rest)
			gains[rest] = map[string]float64{}
		case "1", "2":
			grade, q := float64(first[0]-'0'), queries[len(queries)-1]
			for _, ref := range strings.Fields(rest) {
				if refs[ref] == "" {
					tb.Fatalf("%s: no textbook %s", q, ref)
				}
				gains[q][refs[ref]] = max(gains[q][refs[ref]], math.Pow(2, grade)-1)
			}
		}
	}
	return queries, gains
}

// ndcg is the normalized discounted cumulative gain of the first ten.
// https://en.wikipedia.org/wiki/Discounted_cumulative_gain
func ndcg(found []string, gains map[string]float64) float64 {
	discounted := func(all []float64) (sum float64) {
		for i, g := range all[:min(len(all), 10)] {
			sum += g / math.Log2(float64(i)+2)
		}
		return sum
	}
	var got, ideal []float64
	for _, id := range found {
		got = append(got, gains[id])
	}
	for _, g := range gains {
		ideal = append(ideal, g)
	}
	slices.SortFunc(ideal, func(a, b float64) int { return cmp.Compare(b, a) })
	return discounted(got) / discounted(ideal)
}

func TestJudgedQueries(t *testing.T) {
	entries, refs := textbooks(t)
	x := filled(t, entries)
	queries, gains := judged(t, refs)
	if len(queries) < 60 {
		t.Fatalf("only %d queries are judged", len(queries))
	}
	sum := 0.0
	for _, q := range queries {
		hits, err := x.Find(t.Context(), Query{Words: q, Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		score := ndcg(hits.IDs, gains[q])
		sum += score
		if score < 0.9 {
			t.Logf("%.3f %q (%d exact)", score, q, hits.Exact)
			for _, id := range hits.IDs {
				t.Logf("      %.0f %s", gains[q][id], x.entries[id].title)
			}
		}
	}
	mean := sum / float64(len(queries))
	t.Logf("nDCG@10 of %d queries: %.3f", len(queries), mean)
	if mean < 0.9 {
		t.Errorf("nDCG@10 is %.3f", mean)
	}
}

// Words of titles that are in at most three titles find one of those among the
// first three.
func TestRareWords(t *testing.T) {
	entries, _ := textbooks(t)
	x := filled(t, entries)
	titles := map[string][]string{} // word → whose titles have it
	for i := range entries {
		for _, w := range x.words.plain.Analyze([]byte(entries[i].Title)) {
			if id := entries[i].ID; !slices.Contains(titles[string(w.Term)], id) {
				titles[string(w.Term)] = append(titles[string(w.Term)], id)
			}
		}
	}
	asked, found := 0, 0
	for w, ids := range titles {
		if len(ids) > 3 || utf8.RuneCountInString(w) < 2 {
			continue
		}
		hits, err := x.Find(t.Context(), Query{Words: w, Limit: 3})
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range ids {
			asked++
			if slices.Contains(hits.IDs, id) {
				found++
			} else {
				t.Logf("%q does not find %q", w, x.entries[id].title)
			}
		}
	}
	t.Logf("%d of %d found among the first three: %.1f %%", found, asked, 100*float64(found)/float64(asked))
	if float64(found) < 0.97*float64(asked) {
		t.Errorf("only %d of %d are found", found, asked)
	}
}
