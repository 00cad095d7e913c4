//go:build unix

package hour

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot/discussion"
)

// utterance is something that somebody said, and what it is.
type utterance struct {
	id        string
	by        string // the author's ID
	author    string // the author's name
	at        time.Time
	kind      discussion.Kind
	questions []int      // that it answers
	to        *utterance // what it replies to
	labelled  bool
	gone      bool
}

// about is the questions that it belongs to, as the archive tells them. Of what was
// taken back before the bot came to hear of it nobody knows them.
func (u *utterance) about(as []int) []int {
	if u.to == nil {
		return u.questions
	}
	if u.to.gone && len(as) == 0 {
		return as
	}
	return u.to.about(as)
}

// person is somebody who takes part, in one place.
type person struct {
	*testing.T
	*rand.Rand
	there    *place
	id, name string
	mine     []*utterance // with labels
	words    int
}

// gather brings the people into the places, and lets them take part. wait waits
// until they have said all that they wanted to say.
func gather(t *testing.T, places []*place, most int) (wait func()) {
	var talking sync.WaitGroup
	for n := range most {
		p := &person{T: t, Rand: chance(peopleStream + uint64(n)), there: places[n%len(places)]}
		p.id, p.name = called(n)
		p.there.enroll(p.id, p.name)
		talking.Go(p.takePart)
	}
	return talking.Wait
}

// called is the ID and the name of the person with a number.
func called(n int) (id, name string) { return fmt.Sprintf("%d", 7000+n), fmt.Sprintf("Person %d", n) }

// until waits for something that is to stand. It is false if that does not come
// before the end of the hour, or of the test.
func (p *person) until(there <-chan struct{}) bool {
	select {
	case <-there:
	case <-p.there.closed:
	case <-p.Context().Done():
	}
	select {
	case <-there:
		return true
	default:
		return false
	}
}

// think takes up to a time.
func (p *person) think(most time.Duration) {
	<-time.After(time.Duration(p.Int64N(int64(most))))
}

func (p *person) takePart() {
	if !p.until(p.there.opened) {
		return
	}
	if p.think(introductions); p.IntN(3) == 0 {
		p.say(&utterance{kind: discussion.Remark}, "Hello from my kitchen")
	}
	for n := 1; n <= questions; n++ {
		if !p.until(p.there.asked[n-1]) {
			return
		}
		p.think(gap * 3 / 2)
		p.take(n)
	}
	if !p.until(p.there.closed) {
		return
	}
	if p.think(gap); p.IntN(4) == 0 {
		p.answer(1 + p.IntN(questions))
	}
}

// Shares of what people do about a question, in percent. The rest answer it with a
// label in the channel, some of them an earlier one.
const (
	threadShare = 15 // answer in its thread, without a label
	replyShare  = 12 // reply to somebody else
	editShare   = 8  // answer, and change something that they said
	removeShare = 5  // answer, and take back something that they said
	remarkShare = 4
)

// take does something about a question.
func (p *person) take(n int) {
	roll := p.IntN(100)
	among := func(share int) bool {
		roll -= share
		return roll < 0
	}
	switch {
	case among(threadShare):
		p.answerBelow(n)
	case among(replyShare):
		p.replyToSomebody(n)
	case among(editShare):
		p.answer(n)
		p.edit(n)
	case among(removeShare):
		p.answer(n)
		p.takeBack()
	case among(remarkShare):
		p.say(&utterance{kind: discussion.Remark}, "Thanks to all of you")
	case among(5):
		p.answer(1 + p.IntN(n))
	default:
		p.answer(n)
	}
}

// text makes words unlike all others.
func (p *person) text(words string) string {
	p.words++
	return fmt.Sprintf("%s (%s, %d)", words, p.id, p.words)
}

func (p *person) say(u *utterance, words string) {
	p.utter(u, words, func(text string) string { return p.there.say(p.id, text) })
}

func (p *person) utter(u *utterance, words string, say func(text string) string) {
	u.by, u.author = p.id, p.name
	text := p.text(words)
	p.there.note(u, func() string { return say(text) })
}

func (p *person) answer(n int) {
	u := &utterance{kind: discussion.Answer, questions: []int{n}, labelled: true}
	p.say(u, fmt.Sprintf("A%d I begin with a picture", n))
	p.mine = append(p.mine, u)
}

func (p *person) answerBelow(n int) {
	question := p.there.question(n)
	if !p.there.hasThread(question) { // it is still to come
		p.answer(n)
		return
	}
	p.utter(&utterance{kind: discussion.Answer, questions: []int{n}}, "We begin with a picture of the thing itself",
		func(text string) string { return p.there.inThread(p.id, question, text) })
}

// replyToSomebody replies to one of the latest answers, if somebody else gave one
// long enough ago to have been read.
func (p *person) replyToSomebody(n int) {
	to := p.there.recent(p.name)
	if len(to) == 0 {
		p.answer(n)
		return
	}
	other := to[p.IntN(len(to))]
	p.utter(&utterance{kind: discussion.Reply, to: other}, "My class would love that",
		func(text string) string { return p.there.reply(p.id, other.id, text) })
}

// recent are answers with a label, by others, to reply to.
func (p *place) recent(by string) []*utterance {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []*utterance
	for _, u := range slices.Backward(p.said) {
		if u.labelled && !u.gone && u.author != by && time.Since(u.at) > 300*time.Millisecond {
			if all = append(all, u); len(all) == 8 {
				break
			}
		}
	}
	return all
}

// edit changes the words of something said before, and maybe what it answers.
func (p *person) edit(asked int) {
	p.think(gap / 4)
	u := p.mine[p.IntN(len(p.mine))]
	to := u.questions[0]
	if p.IntN(2) == 0 {
		to = 1 + p.IntN(asked)
	}
	text := p.text(fmt.Sprintf("A%d I begin with a song", to))
	p.change(func() error {
		if u.gone {
			return nil
		}
		u.questions = []int{to}
		return p.there.edit(u.id, text)
	})
}

func (p *person) takeBack() {
	p.think(gap / 4)
	u := p.mine[p.IntN(len(p.mine))]
	p.change(func() error {
		if u.gone {
			return nil
		}
		u.gone = true
		return p.there.remove(u.id)
	})
}

func (p *person) change(change func() error) {
	if _, err := p.there.change(change); err != nil {
		p.Errorf("%s: %v", p.name, err)
	}
}
