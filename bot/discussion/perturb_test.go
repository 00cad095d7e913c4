package discussion

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// perturbed gives the chat with its rows changed one by one.
func (c chat) perturbed(change func(*chatRow)) chat {
	c.rows = slices.Clone(c.rows)
	for i := range c.rows {
		change(&c.rows[i])
	}
	return c
}

// bared takes the labels out of a text that say what it answers.
func bared(text string) string {
	for _, l := range slices.Backward(read(text).claims) {
		text = text[:l.start] + strings.TrimLeft(text[min(l.end, len(text)):], ":.;,)-–* ")
	}
	return text
}

// labelsDropped takes the labels off this share of the answers in the channel.
func labelsDropped(share float64) perturbation {
	return func(c chat, r *rand.Rand) (chat, func(chatRow) bool) {
		return c.dropped(func(chatRow) bool { return r.Float64() < share })
	}
}

// authorsUnlabelled takes the labels off all answers of this share of the people.
func authorsUnlabelled(share float64) perturbation {
	return func(c chat, r *rand.Rand) (chat, func(chatRow) bool) {
		who := map[string]bool{}
		for _, row := range c.rows {
			if _, known := who[row.author]; !known {
				who[row.author] = r.Float64() < share
			}
		}
		return c.dropped(func(row chatRow) bool { return who[row.author] })
	}
}

// dropped also tells the messages that are to be weighed then: those whose labels
// are gone, and all in the channel that are no answers.
func (c chat) dropped(drop func(chatRow) bool) (chat, func(chatRow) bool) {
	bare := map[string]bool{}
	changed := c.perturbed(func(row *chatRow) {
		if text := bared(row.text); text != row.text && row.thread == "" && c.gold[row.id].kind == "answer" && drop(*row) {
			row.text, bare[row.id] = text, true
		}
	})
	return changed, func(row chatRow) bool {
		return bare[row.id] || row.thread == "" && c.gold[row.id].kind != "answer"
	}
}

// authorsShuffled gives what people said to others of them; hosts stay.
func authorsShuffled(c chat, r *rand.Rand) (chat, func(chatRow) bool) {
	var people []string
	for _, row := range c.rows {
		if !slices.Contains(c.script.Hosts, row.author) {
			people = append(people, row.author)
		}
	}
	r.Shuffle(len(people), func(i, j int) { people[i], people[j] = people[j], people[i] })
	next := 0
	return c.perturbed(func(row *chatRow) {
		if !slices.Contains(c.script.Hosts, row.author) {
			row.author = people[next]
			next++
		}
	}), labelled
}

// timesJittered moves each message by up to half a minute.
func timesJittered(c chat, r *rand.Rand) (chat, func(chatRow) bool) {
	return c.perturbed(func(row *chatRow) { row.second = max(0, row.second+r.IntN(61)-30) }), everyRow
}

// threadsRemoved makes what was a reply a message in the channel.
func threadsRemoved(c chat, _ *rand.Rand) (chat, func(chatRow) bool) {
	return c.perturbed(func(row *chatRow) { row.thread = "" }), labelled
}

// numbersTurned counts the questions of labels such as A1 from the end. Only what
// is labelled so is measured.
func numbersTurned(c chat, _ *rand.Rand) (chat, func(chatRow) bool) {
	gold, turned := map[string]goldRow{}, map[string]bool{}
	last := len(c.script.Questions)
	changed := c.perturbed(func(row *chatRow) {
		g, text := c.gold[row.id], row.text
		claims := read(text).claims
		if g.kind != "answer" || len(claims) != 1 || len(g.questions) != 1 || row.thread != "" {
			return
		}
		l := claims[0]
		number := strconv.Itoa(l.number)
		if label := text[l.start:l.end]; l.slip || !strings.HasSuffix(label, number) || g.questions[0] != l.number {
			return
		}
		n := last + 1 - l.number
		row.text = text[:l.end-len(number)] + strconv.Itoa(n) + text[l.end:]
		gold[row.id], turned[row.id] = goldRow{kind: "answer", questions: []int{n}}, true
	})
	changed.gold = gold
	return changed, func(row chatRow) bool { return turned[row.id] }
}

// perturbation changes a chat and tells which messages are measured then.
type perturbation func(chat, *rand.Rand) (chat, func(chatRow) bool)

func everyRow(chatRow) bool { return true }

// labelled tells the messages with a label that counts.
func labelled(row chatRow) bool { return len(read(row.text).claims) > 0 }

// TestPerturbedChats changes chats at random, so that rules which only suit these
// very chats would show.
func TestPerturbedChats(t *testing.T) {
	for _, p := range []struct {
		name              string
		change            perturbation
		precision, recall float64
	}{
		{"authors shuffled, labelled", authorsShuffled, 0.99, 0.99},
		{"times moved by up to 30 s, all", timesJittered, 0.99, 0.96},
		{"no replies and threads, labelled", threadsRemoved, 0.98, 0.99},
		{"numbers turned round, labelled", numbersTurned, 1, 0.99},
		{"labels off 10% of the answers, unlabelled", labelsDropped(0.1), 0.7, 0.05},
		{"labels off 30% of the answers, unlabelled", labelsDropped(0.3), 0.7, 0.05},
		{"10% of people use no labels, unlabelled", authorsUnlabelled(0.1), 0.7, 0.1},
		{"30% of people use no labels, unlabelled", authorsUnlabelled(0.3), 0.7, 0.15},
		{"nobody uses labels, unlabelled", labelsDropped(1), 0.65, 0.4},
	} {
		t.Run(p.name, func(t *testing.T) {
			for _, of := range []struct {
				name  string
				chats func(*testing.T) []chat
			}{{"recorded", recordedChats}, {"made up", madeUpChats}} {
				t.Run(of.name, func(t *testing.T) {
					const times = 10
					var sum, all score
					for _, c := range of.chats(t) {
						for seed := range uint64(times) {
							changed, in := p.change(c, rand.New(rand.NewPCG(seed, 0)))
							filed := changed.replay()
							s, _ := changed.measure(filed, in)
							sum = sum.plus(s)
							s, _ = changed.measure(filed, everyRow)
							all = all.plus(s)
						}
					}
					t.Logf("%v; all answers: %v", sum, all)
					if sum.precision() < p.precision || sum.recall() < p.recall {
						t.Errorf("%v; want at least %.2f and %.2f", sum, p.precision, p.recall)
					}
				})
			}
		})
	}
}
