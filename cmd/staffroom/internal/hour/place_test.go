//go:build unix

package hour

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// platform is a server or workspace with one channel, in which people write.
// Messages go by the IDs that the platform gives them.
type platform interface {
	enroll(id, name string)
	say(who, text string) string
	hasThread(question string) bool
	inThread(who, question, text string) string // in the thread of a question's post
	reply(who, to, text string) string
	edit(id, text string) error
	remove(id string) error
	// posts is what the bot has said in the channel and stands there, in order.
	posts() []post
	// standing is what people's messages say that stand in the channel and in its
	// threads, by ID.
	standing() map[string]string
	// owed is how much was handed to the bot and not acknowledged.
	owed() int
	// refuse lets the next posts be refused, each time for a rest of retryAfter.
	refuse(times int)
}

// retryAfter is the rest that a platform asks for.
const retryAfter = time.Second

// post is a message of the bot's.
type post struct {
	id, text string
	at       time.Time
}

var questionLabel = regexp.MustCompile(`Q(\d+)\.`)

// question is the number of the question that it asks, 0 for another post.
func (p post) question() int {
	found := questionLabel.FindStringSubmatch(p.text)
	if found == nil {
		return 0
	}
	n, _ := strconv.Atoi(found[1])
	return n
}

// place is one of the places, as the people in it see it.
type place struct {
	platform
	number  int
	name    string
	channel bot.Channel

	opened, closed chan struct{}            // closed when the first and the last words stand
	asked          [questions]chan struct{} // closed when the question stands

	mu     sync.Mutex
	stands [questions]string // the post of each question
	still  bool              // nobody changes what was said
	said   []*utterance
}

func newPlace(number int, name string, ch bot.Channel, p platform) *place {
	there := &place{platform: p, number: number, name: name, channel: ch, opened: make(chan struct{}), closed: make(chan struct{})}
	for n := range there.asked {
		there.asked[n] = make(chan struct{})
	}
	return there
}

// watch looks at what stands there, as people do, until quit.
func (p *place) watch(quit <-chan struct{}) {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		for i, found := range p.posts() {
			n := found.question()
			switch {
			case n > 0 && n <= questions:
				p.mu.Lock()
				p.stands[n-1] = found.id
				p.mu.Unlock()
				shut(p.asked[n-1])
			case strings.Contains(found.text, lastWords):
				shut(p.closed)
			case i == 0:
				shut(p.opened)
			}
		}
		select {
		case <-tick.C:
		case <-quit:
			return
		}
	}
}

func shut(c chan struct{}) {
	select {
	case <-c:
	default:
		close(c)
	}
}

// question is the post of a question that stands.
func (p *place) question(n int) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stands[n-1]
}

// hush lets nobody change what was said, until speak. Discord tells a bot that was
// away of no change and of no deletion; both are left out while it is.
func (p *place) hush() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.still = true
}

func (p *place) speak() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.still = false
}

// note remembers what somebody says, while it is being said.
func (p *place) note(u *utterance, say func() string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	u.id, u.at = say(), time.Now()
	p.said = append(p.said, u)
}

// change lets somebody change what was said, if that may be now.
func (p *place) change(change func() error) (bool, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.still {
		return false, nil
	}
	return true, change()
}
