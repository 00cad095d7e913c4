package match

import (
	"math/rand/v2"
	"slices"

	"github.com/gnutterts/chesspairing/algorithm/blossom"
)

// An occasion is one round of a season, as a way to find groups sees it.
type occasion struct {
	season          season
	number          int
	present, absent []string
	history         *History
}

// A way finds groups for an occasion. It may remember something from one to the next.
type way func(occasion) [][]string

// engine is this package; without a backbone, if it is not to plan.
func engine(plans bool) way {
	var backbone Backbone
	return func(o occasion) [][]string {
		r := Round{Number: o.number, People: map[string]Person{}, Absent: o.absent, History: o.history, Backbone: backbone, Seed: o.season.seed}
		if plans {
			r.Season = o.season.rounds
		}
		for _, id := range o.present {
			r.People[id] = Person{}
		}
		out := Pair(r)
		backbone = out.Backbone
		return groupsOf(out)
	}
}

// shuffled pairs by chance.
func shuffled(o occasion) [][]string {
	who := mixed(o)
	var groups [][]string
	for ; len(who) > 3; who = who[2:] {
		groups = append(groups, who[:2:2])
	}
	return append(groups, who)
}

// greedy gives everybody in turn the first whom they have not met, or else the one whom they met longest ago.
func greedy(o occasion) [][]string {
	waiting := mixed(o)
	var groups [][]string
	for len(waiting) > 1 {
		who := waiting[0]
		waiting = waiting[1:]
		best, oldest := 0, o.number
		for k, other := range waiting {
			round, met := o.history.Last(who, other)
			if !met {
				round = -1
			}
			if round < oldest {
				best, oldest = k, round
			}
		}
		groups = append(groups, []string{who, waiting[best]})
		waiting = slices.Delete(waiting, best, best+1)
	}
	return withThird(groups, waiting, o.history)
}

// perRound finds the fewest repeats of each round exactly, those of longest ago first, and thinks of no other round.
func perRound(o occasion) [][]string {
	who := mixed(o)
	rng := rand.New(rand.NewPCG(o.season.seed, uint64(o.number)))
	var edges []blossom.BlossomEdge
	for a := range who {
		for b := range a {
			weight := int64(1) << 40
			if round, met := o.history.Last(who[a], who[b]); met {
				weight = int64(o.number-round) << 8
			}
			edges = append(edges, blossom.BlossomEdge{I: a, J: b, Weight: weight + rng.Int64N(200)})
		}
	}
	var groups [][]string
	var left []string
	for a, b := range blossom.MaxWeightMatching(edges, true) {
		switch {
		case b < 0:
			left = append(left, who[a])
		case a < b:
			groups = append(groups, []string{who[a], who[b]})
		}
	}
	return withThird(groups, left, o.history)
}

func mixed(o occasion) []string {
	who := slices.Clone(o.present)
	rng := rand.New(rand.NewPCG(o.season.seed, uint64(o.number)))
	rng.Shuffle(len(who), func(i, j int) { who[i], who[j] = who[j], who[i] })
	return who
}

// withThird lets who is left over join the pair of which they have met fewest.
func withThird(groups [][]string, left []string, history *History) [][]string {
	if len(left) == 0 || len(groups) == 0 {
		return groups
	}
	best, fewest := 0, 3
	for g, pair := range groups {
		known := 0
		for _, id := range pair {
			if _, met := history.Last(left[0], id); met {
				known++
			}
		}
		if known < fewest {
			best, fewest = g, known
		}
	}
	groups[best] = append(groups[best], left[0])
	return groups
}
