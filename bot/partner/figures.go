package partner

import (
	"context"

	"github.com/staffroom-bot/staffroom/bot"
)

const (
	// figuresFrom is from how many people on more is told of a round than how many took
	// part: among fewer, one could tell who said what.
	figuresFrom = 5
	// roundsShown is how many rounds that are over organizers see.
	roundsShown = 4
)

// figures shows organizers what came of the rounds that are over.
func (s *Service) figures(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	p, err := s.find(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	past, err := s.store.PastRounds(ctx, p.Community, p.ID, roundsShown)
	if err != nil {
		return bot.Reply{}, err
	}
	history, err := s.store.History(ctx, p.Community, p.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	rounds, err := history.rounds()
	if err != nil {
		return bot.Reply{}, err
	}
	lines := []bot.Text{s.say(req, "partner.figures", bot.Str("name", p.Name))}
	if len(past) == 0 {
		lines = append(lines, s.say(req, "partner.figures.none"))
	}
	for i := range past {
		lines = append(lines, s.roundLine(req, &past[i], rounds[past[i].Round]))
	}
	coverage, err := s.coverageLine(ctx, req, &p, &history, rounds)
	if err != nil {
		return bot.Reply{}, err
	}
	lines = append(lines, coverage, s.say(req, "partner.figures.knows", bot.Num("least", figuresFrom)))
	return replacing(req, bot.Say(bot.Join("\n", lines...), s.button(req, "partner.button.figures.back", showPath+p.ID))), nil
}

// roundLine says what came of a round.
func (s *Service) roundLine(req *bot.Request, past *Past, came cameOf) bot.Text {
	when := bot.At("when", past.Began, req.Member.Zone, bot.DateTime)
	people := s.say(req, "partner.figures.round", when, bot.Count("n", came.people))
	if came.people < figuresFrom {
		return people
	}
	var away bot.Text
	if past.Away > 0 {
		away = s.say(req, "partner.figures.away", bot.Count("n", past.Away))
	}
	return bot.Join(" ", people,
		s.say(req, "partner.figures.met", bot.Count("n", came.met), bot.Num("percent", percent(came.met, came.people))),
		s.say(req, "partner.figures.nobody", bot.Count("n", past.Left)),
		away)
}

// coverageLine says how much of those who take part have met each other.
func (s *Service) coverageLine(ctx context.Context, req *bot.Request, p *Program, h *History, rounds map[int]cameOf) (bot.Text, error) {
	roll, err := s.store.Roll(ctx, p.Community, p.ID)
	if err != nil || len(roll.People) < figuresFrom {
		return nil, err
	}
	pairs, err := h.pairsMet(roll.People, rounds)
	if err != nil {
		return nil, err
	}
	n := len(roll.People)
	all := n * (n - 1) / 2
	return s.say(req, "partner.figures.coverage", bot.Count("n", pairs), bot.Num("all", all), bot.Num("percent", percent(pairs, all))), nil
}

// percent is a share, rounded to the nearest whole one.
func percent(part, whole int) int {
	if whole == 0 {
		return 0
	}
	return (200*part + whole) / (2 * whole)
}

// cameOf is what the history tells of a round: how many people had a partner, and how many
// of them met.
type cameOf struct{ people, met int }

// each gives all groups of the history with their rounds; numbers are those that stand for
// a person, if it is known whose they are.
func (h *History) each(of func(round int, g noted)) error {
	one := h.numbering()
	for key, text := range h.sorted() {
		round, err := roundOf(key)
		if err != nil {
			return errWave
		}
		groups, err := decodeWave(text)
		if err != nil {
			return err
		}
		for _, g := range groups {
			for i, n := range g.numbers {
				if m, known := h.Numbers[n]; known {
					g.numbers[i] = one[m]
				}
			}
			of(round, g)
		}
	}
	return nil
}

// rounds counts what came of each round.
func (h *History) rounds() (map[int]cameOf, error) {
	met := map[int]map[int]bool{} // by round and person
	err := h.each(func(round int, g noted) {
		if met[round] == nil {
			met[round] = map[int]bool{}
		}
		for _, n := range g.numbers {
			met[round][n] = met[round][n] || g.met
		}
	})
	out := make(map[int]cameOf, len(met))
	for round, people := range met {
		came := cameOf{people: len(people)}
		for _, yes := range people {
			if yes {
				came.met++
			}
		}
		out[round] = came
	}
	return out, err
}

// pairsMet counts the pairs of some people who have met. Rounds of which nothing is told do
// not count: what they add would tell it.
func (h *History) pairsMet(people []Participant, rounds map[int]cameOf) (int, error) {
	in := map[int]bool{}
	one := h.numbering()
	for i := range people {
		if n := one[people[i].Member]; n > 0 {
			in[n] = true
		}
	}
	pairs := map[[2]int]bool{}
	err := h.each(func(round int, g noted) {
		if !g.met || rounds[round].people < figuresFrom {
			return
		}
		for i, a := range g.numbers {
			for _, b := range g.numbers[:i] {
				if in[a] && in[b] && a != b {
					pairs[[2]int{min(a, b), max(a, b)}] = true
				}
			}
		}
	})
	return len(pairs), err
}
