package checkin

import (
	"slices"
	"strconv"
	"strings"
)

// summary is what an occurrence brought.
type summary struct {
	people  int
	answers []Answer
	figures []figure // one a question
}

// figure is what the answers to a question come to.
type figure struct {
	counts []int // of a scale, of yes and no, or of each choice
	n      int   // who answered it
	sum    int   // of a scale
}

// mean is the average of a scale, with one decimal: 38 is 3.8.
func (f figure) mean() int {
	if f.n == 0 {
		return 0
	}
	return (20*f.sum + f.n) / (2 * f.n)
}

// tenths writes 38 as "3.8".
func tenths(n int) string { return strconv.Itoa(n/10) + "." + strconv.Itoa(n%10) }

// enough leaves out of anonymous answers those to questions that fewer than fewest
// have answered: who took part is no matter, since each question is shown by itself.
func enough(d *Definition, answers []Answer) []Answer {
	if d.Sharing != Anonymous {
		return answers
	}
	out := make([]Answer, len(answers))
	for i, a := range answers {
		out[i] = a
		out[i].Values = slices.Clone(a.Values)
	}
	for q := range d.Questions {
		var given []*string
		for i := range out {
			if q < len(out[i].Values) && out[i].Values[q] != "" {
				given = append(given, &out[i].Values[q])
			}
		}
		if len(given) >= fewest {
			continue
		}
		for _, value := range given {
			*value = ""
		}
	}
	return out
}

func tally(d *Definition, answers []Answer) summary {
	answers = enough(d, answers)
	sum := summary{people: len(answers), answers: answers, figures: make([]figure, len(d.Questions))}
	for i := range d.Questions {
		q, f := &d.Questions[i], &sum.figures[i]
		f.counts = make([]int, len(q.values()))
		for _, a := range answers {
			if i >= len(a.Values) || a.Values[i] == "" {
				continue
			}
			f.n++
			if at := slices.Index(q.values(), a.Values[i]); at >= 0 {
				f.counts[at]++
			}
			if q.Kind == Scale {
				n, _ := strconv.Atoi(a.Values[i])
				f.sum += n
			}
		}
	}
	return sum
}

// values are the answers as they are kept that a question takes, nil where it
// takes any text.
func (q *Question) values() []string {
	switch q.Kind {
	case Scale:
		var out []string
		for n := leastScale; n <= mostScale; n++ {
			out = append(out, strconv.Itoa(n))
		}
		return out
	case YesNo:
		return []string{yes, no}
	case Choice:
		return q.Choices
	default:
		return nil
	}
}

// The answers to a question of yes or no as they are kept.
const (
	yes = "yes"
	no  = "no"
)

// problem is why something is no answer to a question.
type problem string

const (
	notOnScale  problem = "scale"
	notYesNo    problem = "yes_no"
	notAChoice  problem = "choice"
	tooLong     problem = "long"
	noneAnswers problem = "empty"
)

// read takes what somebody typed as an answer; "" is none. yesWords and noWords
// are the words for yes and no in their language.
func (q *Question) read(typed, yesWord, noWord string) (string, problem) {
	typed = strings.TrimSpace(typed)
	if !strings.ContainsFunc(typed, shows) {
		return "", ""
	}
	switch q.Kind {
	case Scale:
		n, err := strconv.Atoi(typed)
		if err != nil || n < leastScale || n > mostScale {
			return "", notOnScale
		}
		return strconv.Itoa(n), ""
	case YesNo:
		for value, word := range map[string]string{yes: yesWord, no: noWord} {
			if strings.EqualFold(typed, value) || strings.EqualFold(typed, word) {
				return value, ""
			}
		}
		return "", notYesNo
	case Choice:
		for _, c := range q.Choices {
			if strings.EqualFold(typed, c) {
				return c, ""
			}
		}
		return "", notAChoice
	default:
		if len([]rune(typed)) > mostAnswer {
			return "", tooLong
		}
		return typed, ""
	}
}
