package index

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// town is a library of made-up resources: words as frequent as in a language
// whose fifty most frequent are left out, titles of three to eight, notes of ten
// to thirty, on six thousand sites.
// https://en.wikipedia.org/wiki/Zipf%27s_law
func town(n int) ([]Entry, []string) {
	r := rand.New(rand.NewPCG(1, 2))
	vocabulary := make([]string, 20_000)
	syllables := []string{"ba", "ce", "di", "fo", "gu", "la", "me", "ni", "po", "ru", "sa", "te", "vi", "tion", "ment", "ing", "er", "al"}
	for i := range vocabulary {
		for range 2 + r.IntN(3) {
			vocabulary[i] += syllables[r.IntN(len(syllables))]
		}
	}
	zipf := rand.NewZipf(r, 1.1, 50, uint64(len(vocabulary)-1))
	some := func(least, most int) string {
		var out []string
		for range least + r.IntN(most-least) {
			out = append(out, vocabulary[zipf.Uint64()])
		}
		return strings.Join(out, " ")
	}
	entries := make([]Entry, n)
	for i := range entries {
		entries[i] = Entry{
			ID: fmt.Sprintf("01j%013d", i), Title: some(3, 8), Text: some(10, 30), Subject: vocabulary[i%20], Tags: []string{vocabulary[i%300]},
			Grades: []string{fmt.Sprint(i % 12)}, People: []string{fmt.Sprint("m", i%500)}, Number: i,
			Sites: []string{[]string{"www", "es", "lessons"}[i%3] + "." + vocabulary[i%2000] + ".org"},
		}
	}
	queries := make([]string, 1000)
	for i := range queries {
		queries[i] = some(1, 4)
		switch i % 5 {
		case 0: // a slip
			queries[i] = queries[i][:1] + "x" + queries[i][1:]
		case 1: // a beginning
			queries[i] = queries[i][:min(4, len(queries[i]))]
		}
	}
	return entries, queries
}

// BenchmarkFind tells how long it takes to find something, to build the index,
// and how much memory it takes.
func BenchmarkFind(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			entries, queries := town(n)
			before := heap()
			x, err := New()
			if err != nil {
				b.Fatal(err)
			}
			begun := time.Now()
			if err := x.Put(entries...); err != nil {
				b.Fatal(err)
			}
			built := time.Since(begun)
			var took []time.Duration
			for b.Loop() {
				from := time.Now()
				if _, err := x.Find(b.Context(), Query{Words: queries[len(took)%len(queries)], Limit: 10}); err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(from))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
			b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
			b.ReportMetric(float64(heap()-before)/float64(n), "B/entry")
			b.ReportMetric(built.Seconds(), "build-s")
			if err := x.Close(); err != nil {
				b.Fatal(err)
			}
			runtime.KeepAlive(entries)
		})
	}
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
