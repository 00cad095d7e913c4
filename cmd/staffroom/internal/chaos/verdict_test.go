//go:build unix

package chaos

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/bot/redis"
	"github.com/staffroom-bot/staffroom/bot/schedule"
)

// expected is a post that must stand in its channel once.
type expected struct {
	text   string
	due    time.Time // not before
	source string    // what it keeps its order with
	rank   int       // in that
	found  int
}

// verdict gathers what there is to say of a run.
type verdict struct {
	*fleet
	expected    map[place]map[string]*expected // by mark
	occurrences int
	skipped     map[schedule.Reason]int
	uncertain   map[string]int // by connection
	once        int            // occurrences that stand once
	delays      []time.Duration
}

// check compares what the store says with what was to happen, and what the
// platforms show with both.
func (f *fleet) check() {
	v := &verdict{fleet: f, expected: map[place]map[string]*expected{}, skipped: map[schedule.Reason]int{}, uncertain: map[string]int{}}
	ctx := background(f.T)
	for _, p := range f.places {
		v.expected[p] = map[string]*expected{}
	}
	for _, c := range f.communities() {
		aside, err := f.engine.Client().HGetAll(ctx, "sr:{c:"+string(c)+"}:aside").Result()
		if err != nil {
			f.Fatal(err)
		}
		for job, report := range aside {
			f.Errorf("job %s was set aside: %s", job, report)
		}
	}
	for _, r := range f.series {
		v.series(ctx, r)
	}
	store := redis.Schedules{Store: f.look.Store}
	for _, n := range f.posts {
		fates, err := store.Undelivered(ctx, n.where.community, []bot.DeliveryKey{n.key()})
		if err != nil {
			f.Fatal(err)
		}
		for _, fate := range fates {
			f.Errorf("the post %q is %s", n.text(), fate)
		}
		v.expect(n.where, n.key(), expected{text: n.text(), source: n.source(), rank: n.number})
	}
	for _, p := range f.places {
		v.channel(p)
	}
	v.print()
}

func (v *verdict) expect(p place, key bot.DeliveryKey, e expected) {
	mark := markOf(p, key)
	if other, taken := v.expected[p][mark]; taken {
		v.Errorf("%q and %q share the key %s", e.text, other.text, key)
	}
	v.expected[p][mark] = &e
}

// series checks the log of a series: each occurrence has one end that holds, and
// there is nothing else.
func (v *verdict) series(ctx context.Context, r *recurring) {
	store := redis.Schedules{Store: v.look.Store}
	log, err := store.Log(ctx, r.Community, r.ID, 0, schedule.LogLength)
	if err != nil {
		v.Fatal(err)
	}
	ends := map[time.Time]schedule.Entry{}
	for _, entry := range log {
		if _, twice := ends[entry.At.UTC()]; twice {
			v.Errorf("%s: the occurrence at %s ended twice", r.words, entry.At)
		}
		ends[entry.At.UTC()] = entry
	}
	for rank, at := range r.due() {
		v.occurrences++
		entry, ok := ends[at.UTC()]
		delete(ends, at.UTC())
		if !ok {
			v.Errorf("%s: the occurrence at %s has no end", r.words, at)
			continue
		}
		fates, err := store.Undelivered(ctx, r.Community, entry.Posts)
		if err != nil {
			v.Fatal(err)
		}
		v.end(r, rank, entry, fates)
	}
	for at := range ends {
		v.Errorf("%s: something ended that was due at %s, when nothing was", r.words, at)
	}
}

// end checks one end, together with what the outbox says of its post.
func (v *verdict) end(r *recurring, rank int, e schedule.Entry, fates map[bot.DeliveryKey]outbox.Outcome) {
	if e.Outcome == schedule.Done && r.still == "" && len(e.Posts) == 1 {
		switch fate := fates[e.Posts[0]]; fate {
		case "":
			v.expect(r.where, e.Posts[0], expected{text: r.words, due: e.At, source: r.words, rank: rank})
		case outbox.Uncertain:
			v.uncertain[r.where.channel.Space.Connection]++
			v.Errorf("%s: the post due at %s is uncertain", r.words, e.At)
		default:
			v.Errorf("%s: the post due at %s is %s, which nothing explains", r.words, e.At, fate)
		}
		return
	}
	v.skipped[e.Reason]++
	if e.Outcome != schedule.Skipped || !v.holds(r, e) {
		v.Errorf("%s: the occurrence at %s ended %s (%s), which nothing explains", r.words, e.At, e.Outcome, e.Reason)
	}
}

// holds reports whether the reason for which an occurrence was skipped is true.
func (v *verdict) holds(r *recurring, e schedule.Entry) bool {
	if r.still != "" {
		return e.Reason == r.still
	}
	// It was due while Redis was away, or so shortly before that nobody had come to
	// it; and when somebody did, the next one was due too, or its time had passed.
	late := e.Ended.Sub(e.At)
	switch e.Reason {
	case schedule.Late:
		return late > r.Grace && v.dark(e.At, e.At.Add(5*time.Second))
	case schedule.Replaced:
		return late >= time.Minute && v.dark(e.At, e.At.Add(5*time.Second))
	default:
		return false
	}
}

// channel checks what stands in a channel.
func (v *verdict) channel(p place) {
	last := map[string]int{}
	for _, m := range v.ledger(p) {
		e, ok := v.expected[p][m.mark]
		if !ok {
			v.Errorf("channel %d: nobody was to say %q (%s)", p.number, m.text, m.mark)
			continue
		}
		if e.found++; e.found > 1 {
			continue // told below
		}
		if !strings.Contains(m.text, e.text) {
			v.Errorf("channel %d: it says %q, not %q", p.number, m.text, e.text)
		}
		if before, any := last[e.source]; any && e.rank <= before {
			v.Errorf("channel %d: of %s, %d comes after %d", p.number, e.source, e.rank, before)
		}
		last[e.source] = e.rank
		if e.due.IsZero() {
			continue
		}
		if m.at.Before(e.due) {
			v.Errorf("channel %d: %q is %s early", p.number, e.text, e.due.Sub(m.at))
		}
		if !v.lost(e.due, m.at) {
			v.delays = append(v.delays, m.at.Sub(e.due))
		}
	}
	for _, e := range v.expected[p] {
		switch {
		case e.found != 1:
			v.Errorf("channel %d: %q, number %d, stands %d times", p.number, e.text, e.rank, e.found)
		case !e.due.IsZero():
			v.once++
		}
	}
}

// lost reports whether the long outage lies between two times, or a part of it.
func (v *verdict) lost(due, at time.Time) bool {
	return slices.ContainsFunc(v.outages, func(o outage) bool {
		return o.to.Sub(o.from) >= longOutage && due.Before(o.to) && at.After(o.from)
	})
}

func (v *verdict) print() {
	var table strings.Builder
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	row := func(what string, value any) { _, _ = fmt.Fprintf(w, "%s\t%v\n", what, value) }
	row("occurrences", v.occurrences)
	row("  done and seen once", v.once)
	for _, reason := range slices.Sorted(maps.Keys(v.skipped)) {
		row("  skipped: "+string(reason), v.skipped[reason])
	}
	row("  uncertain on Slack", v.uncertain[slackConnection])
	row("  uncertain on Discord", v.uncertain[discordConnection])
	row("other posts, seen once and in order", len(v.posts))
	row("workers killed", v.outside+v.atPoint)
	row("  at a point of their work", v.atPoint)
	row("Redis killed", len(v.outages))
	row("starts of workers without Redis", v.unopened)
	for _, sky := range v.skies {
		n := sky.count()
		row(sky.platform+": calls", n.calls)
		row("  answered with 429", n.refused)
		row("  done, the answer lost", n.half)
		row("  lost", n.lost)
	}
	slices.Sort(v.delays)
	if n := len(v.delays); n > 0 {
		row("delay of an occurrence, median", v.delays[n/2].Round(time.Millisecond))
		row("  99 of 100 at most", v.delays[n*99/100].Round(time.Millisecond))
		row("  the longest", v.delays[n-1].Round(time.Millisecond))
	}
	_ = w.Flush()
	v.Logf("\n%s", table.String())
}
