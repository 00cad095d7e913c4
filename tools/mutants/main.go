package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// atOnce is how many mutants run at the same time: some tests have clocks that go by themselves.
const atOnce = 2

func main() {
	root := flag.String("root", "..", "folder of the program")
	table := flag.String("table", "mutants/table", "folder of the mutants")
	only := flag.String("only", "", "only those with this word in their name or their file")
	slow := flag.Bool("slow", false, "also those that take minutes")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := proveAll(ctx, os.Stdout, *root, *table, *only, *slow); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// proveAll runs the mutants that are meant and tells of each. An error says that not all were killed.
func proveAll(ctx context.Context, out io.Writer, root, table, only string, slow bool) error {
	root, err := filepath.Abs(root)
	if err != nil {
		return err
	}
	all, err := readTable(table)
	if err != nil {
		return err
	}
	var chosen []mutant
	var rotten []error
	for _, m := range all {
		if m.matches(only) && (slow || !m.slow) {
			chosen = append(chosen, m)
			rotten = append(rotten, m.check(root))
		}
	}
	if err := errors.Join(rotten...); err != nil {
		return err
	}
	if len(chosen) == 0 {
		return fmt.Errorf("of %d mutants none is meant by %q", len(all), only)
	}
	begin := time.Now()
	wrong := unsound(ctx, root, chosen)
	_, _ = fmt.Fprintf(out, "%d mutants; their tests have run with nothing broken (%s)\n", len(chosen), since(begin))
	return tell(out, chosen, prove(ctx, out, root, chosen, wrong), begin)
}

// result is what became of one mutant.
type result struct {
	verdict verdict
	why     string
}

// prove runs the mutants whose test is not wrong, and prints a line for each as it ends.
func prove(ctx context.Context, out io.Writer, root string, mutants []mutant, wrong []string) []result {
	results := make([]result, len(mutants))
	slots := make(chan struct{}, atOnce)
	var running sync.WaitGroup
	var printing sync.Mutex
	for i, m := range mutants {
		slots <- struct{}{}
		running.Go(func() {
			defer func() { <-slots }()
			begin := time.Now()
			v, why := broken, wrong[i]
			if why == "" {
				v, why = m.run(ctx, root)
			}
			results[i] = result{v, why}
			printing.Lock()
			defer printing.Unlock()
			_, _ = fmt.Fprintf(out, "%-8s  %s: %s (%s, %s)\n", v, m.from, m.name, m.test, since(begin))
		})
	}
	running.Wait()
	return results
}

// tell sums up.
func tell(out io.Writer, mutants []mutant, results []result, begin time.Time) error {
	counts := map[verdict]int{}
	var bad []string
	for i, r := range results {
		counts[r.verdict]++
		if r.verdict != killed {
			bad = append(bad, fmt.Sprintf("%s  %s: %s\n%s", r.verdict, mutants[i].from, mutants[i].name, r.why))
		}
	}
	_, _ = fmt.Fprintf(out, "%d killed, %d survived, %d broken (%s)\n", counts[killed], counts[survived], counts[broken], since(begin))
	if len(bad) > 0 {
		return errors.New("\n" + strings.Join(bad, "\n\n"))
	}
	return nil
}

func since(t time.Time) time.Duration { return time.Since(t).Round(100 * time.Millisecond) }
