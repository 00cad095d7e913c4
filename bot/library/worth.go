package library

import "github.com/staffroom-bot/staffroom/bot"

// What somebody's word is worth, from 0 to 1: who tried it knows more than who says
// thanks.
const (
	worthAgain   = 1.0
	worthChanges = 0.7
	worthThanks  = 0.8
	worthNot     = 0.0
)

// What is thought of a resource of which nobody has said anything, and how many
// people's word that weighs.
const (
	worthUnknown  = 0.4
	unknownWeighs = 3
)

// Worth is how useful people found it, from 0 to 1: the Bayesian mean of what each
// has said of it. One enthusiast does not take it above what ten found good, and
// one who did not like it does not sink it. A lower bound of a confidence interval
// would do the same, but puts what is new below everything else, and asks for
// answers of yes or no.
//
// https://en.wikipedia.org/wiki/Bayesian_average
func (r *Resource) Worth() float64 {
	sum, said := worthUnknown*unknownWeighs, float64(unknownWeighs)
	tried := map[bot.MemberID]bool{}
	for _, t := range r.Tries {
		tried[t.Member] = true
		said++
		switch t.Again {
		case AsItIs:
			sum += worthAgain
		case WithChanges:
			sum += worthChanges
		default:
			sum += worthNot
		}
	}
	for _, m := range r.Thanks {
		if !tried[m] { // everybody has one word
			said++
			sum += worthThanks
		}
	}
	return sum / said
}
