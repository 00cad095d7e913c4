package match

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"
)

var document = flag.String("match.tables", "", "write the tables into this document")

// TestTables measures what the document tells, and puts each table into it, between two remarks with its name.
func TestTables(t *testing.T) {
	if *document == "" {
		t.Skip("takes minutes: make bench-match")
	}
	for _, table := range []struct {
		name  string
		write func() string
	}{{"growth", growthTable}, {"repeats", repeatsTable}, {"thirds", thirdsTable}, {"wishes", wishesTable}} {
		t.Run(table.name, func(t *testing.T) {
			text, err := os.ReadFile(*document)
			if err != nil {
				t.Fatal(err)
			}
			begin, end := "<!-- "+table.name+" -->\n", "<!-- end of "+table.name+" -->"
			head, rest, found := strings.Cut(string(text), begin)
			_, tail, ends := strings.Cut(rest, end)
			if !found || !ends {
				t.Fatal("the document has no place for it")
			}
			body := table.write()
			t.Log("\n" + body)
			if err := os.WriteFile(*document, []byte(head+begin+body+end+tail), 0o644); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// A ledger is a table in Markdown.
type ledger struct{ strings.Builder }

func (l *ledger) row(cells ...string) {
	l.WriteString("| " + strings.Join(cells, " | ") + " |\n")
}

func (l *ledger) head(cells ...string) {
	l.row(cells...)
	l.WriteString("|" + strings.Repeat("---|", len(cells)) + "\n")
}

// repeatsTable counts the pairs who meet again over a season, by several ways.
func repeatsTable() string {
	ways := []struct {
		name string
		new  func() way
	}{
		{"shuffle", func() way { return shuffled }},
		{"greedy", func() way { return greedy }},
		{"exact per round", func() way { return perRound }},
		{"Staffroom, no backbone", func() way { return engine(false) }},
		{"**Staffroom**", func() way { return engine(true) }},
	}
	l := &ledger{}
	cells := []string{"People, rounds", "", "Seeds"}
	for _, w := range ways {
		cells = append(cells, w.name)
	}
	l.head(cells...)
	for _, size := range []struct{ people, rounds, seeds int }{{20, 19, 50}, {50, 49, 20}, {250, 52, 3}} {
		for _, kind := range []struct {
			name   string
			season season
		}{{"all there", season{}}, {"10 % absent", season{absence: .1}}, {"30 % absent", season{absence: .3}}, {"10 % turnover", season{turnover: .1}}} {
			cells := []string{fmt.Sprintf("%d, %d", size.people, size.rounds), kind.name, fmt.Sprintf("1–%d", size.seeds)}
			for _, w := range ways {
				sum := 0
				for seed := range size.seeds {
					s := kind.season
					s.people, s.rounds, s.seed = size.people, size.rounds, uint64(seed+1)
					_, again := s.play(w.new())
					sum += again
				}
				cells = append(cells, fmt.Sprintf("%.1f", float64(sum)/float64(size.seeds)))
			}
			l.row(cells...)
		}
	}
	return l.String()
}

// wishesTable compares the points reached with the best, or with a bound where the best cannot be had.
func wishesTable() string {
	l := &ledger{}
	l.head("People", "Seed", "Compared with", "alike", "different", "mentor")
	for _, n := range []int{20, 60, 100, 300, 500, 600, 1000, 3000, 10_000, 100_000} {
		cells := []string{count(n), "1", "the best pairs"}
		if n > 1000 {
			cells[2] = "a bound"
		}
		for _, style := range []string{"alike", "different", "mentor"} {
			r := busyTown(n, styles()[style], min(3, 30_000/n), 1)
			got := Pair(r).Figures.Wishes
			best := 0.0
			if n > 1000 {
				best = wishesAtMost(r)
			} else {
				best = bestWishes(r)
			}
			cells = append(cells, fmt.Sprintf("%.1f %%", 100*got/best))
		}
		l.row(cells...)
	}
	return l.String()
}

// growthTable measures time and memory.
func growthTable() string {
	l := &ledger{}
	l.head("People", "Seed", "Time", "Memory", "per person", "Exact per round", "Ratio", "Alone", "Short of hours", "Repeats")
	for _, n := range []int{50, 200, 500, 501, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000} {
		r := busyTown(n, Alike(), 1, 1)
		var out Outcome
		took := median(func() { out = Pair(r) })
		exact, ratio := "—", "—"
		if n <= 1000 {
			o := occasion{season: season{seed: 1}, number: r.Number, history: r.History}
			for id := range r.People {
				o.present = append(o.present, id)
			}
			slices.Sort(o.present)
			slow := median(func() { perRound(o) })
			exact, ratio = duration(slow), fmt.Sprintf("%.2f", took.Seconds()/slow.Seconds())
		}
		bytes := peak(func() { Pair(r) })
		l.row(count(n), "1", duration(took), fmt.Sprintf("%.1f MB", float64(bytes)/1e6), fmt.Sprintf("%d B", bytes/uint64(n)), exact, ratio,
			fmt.Sprint(len(out.Alone)), fmt.Sprint(out.Figures.Short), fmt.Sprint(out.Figures.Repeats))
	}
	return l.String()
}

// thirdsTable counts in how many trios people were.
func thirdsTable() string {
	l := &ledger{}
	l.head("People, rounds", "Fair would be", "Fewest", "Most")
	for _, s := range []season{{people: 5, rounds: 20}, {people: 9, rounds: 12}, {people: 21, rounds: 20}, {people: 51, rounds: 17}, {people: 51, rounds: 34}, {people: 251, rounds: 52}} {
		s.seed = 1
		history, _ := s.play(engine(true))
		least, most := s.rounds, 0
		for i := range s.people {
			n := history.Trios(name(i))
			least, most = min(least, n), max(most, n)
		}
		l.row(fmt.Sprintf("%d, %d", s.people, s.rounds), fmt.Sprintf("%.1f", float64(3*s.rounds)/float64(s.people)), fmt.Sprint(least), fmt.Sprint(most))
	}
	return l.String()
}

func median(f func()) time.Duration {
	var times []time.Duration
	for range 5 {
		begin := time.Now()
		f()
		times = append(times, time.Since(begin))
	}
	slices.Sort(times)
	return times[2]
}

// peak is by how many bytes the heap grows while f runs, looked at every millisecond, if the garbage is collected soon.
func peak(f func()) uint64 {
	defer debug.SetGCPercent(debug.SetGCPercent(5))
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	before, most := m.HeapAlloc, m.HeapAlloc
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	for tick := time.NewTicker(time.Millisecond); ; {
		runtime.ReadMemStats(&m)
		most = max(most, m.HeapAlloc)
		select {
		case <-done:
			tick.Stop()
			return most - before
		case <-tick.C:
		}
	}
}

func duration(d time.Duration) string {
	switch {
	case d < 10*time.Millisecond:
		return fmt.Sprintf("%.1f ms", 1000*d.Seconds())
	case d < time.Second:
		return fmt.Sprintf("%.0f ms", 1000*d.Seconds())
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}

// count is a number with a comma after the thousands.
func count(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%d,%03d", n/1000, n%1000)
}
