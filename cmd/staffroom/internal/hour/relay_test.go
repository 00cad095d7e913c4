//go:build unix

package hour

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/community"
	"github.com/staffroom-bot/staffroom/bot/discussion"
)

// Everything goes wrong at once: each event of both workspaces comes three times and
// out of order, posts are refused in every place, and the worker is killed with its
// Redis.
func TestAnHourOfRelaying(t *testing.T) {
	begin(t)
	t.Parallel()
	w := newWorld(t)
	w.relays, w.people = true, *relayed
	w.join()
	w.relay()
	w.start()
	w.play(func(w *world) {
		calm := []func(){w.socket.Storm(*seed), w.web.Storm(*seed + 1)}
		random := chance(troubleStream)
		for n := 2; n <= questions; n += 2 {
			if n == 4 {
				w.powerFailure(n)
				continue
			}
			w.until(n, -gap/4)
			for _, p := range w.places {
				w.refusals[p.number][n-1] = 1 + random.IntN(2)
				p.refuse(w.refusals[p.number][n-1])
			}
		}
		w.until(questions, gap*3/2)
		for _, stop := range calm {
			stop()
		}
	})
}

// silentShare: one person in so many has not agreed that what they say travels.
const silentShare = 6

// agrees reports whether what the person with an ID says may travel.
func agrees(id string) bool {
	for n := 0; ; n++ {
		if own, _ := called(n); own == id {
			return n%silentShare != silentShare-1
		}
	}
}

// relay switches relaying on in all places, and lets most people agree.
func (w *world) relay() {
	all, err := w.kept().Places(w.Context(), w.home)
	w.must(err)
	for _, there := range w.places {
		i := slices.IndexFunc(all, func(p community.Place) bool { return p.Space == there.channel.Space })
		all[i].Set.Chats, all[i].Set.Name, all[i].Set.Relay = there.channel, there.name, true
		w.must(w.kept().SavePlace(w.Context(), w.home, &all[i]))
	}
	for n := range w.people {
		id, name := called(n)
		if !agrees(id) {
			continue // they are asked
		}
		account := bot.Account{Space: w.places[n%len(w.places)].channel.Space, User: id}
		_, err := w.look.Directory.Appoint(w.Context(), account, name, func(m *bot.Member) {
			m.Relay, m.RelayAsked = bot.Consent{At: time.Now().Add(-time.Minute).Unix()}, true
		})
		w.must(err)
	}
}

// mark ends what people say: see person.text.
var mark = regexp.MustCompile(`\(7\d+, \d+\)`)

// carries reports whether a post of the bot's shows what people said.
func (p post) carries() bool { return mark.MatchString(p.text) }

// judgeRelaying waits until what was said stands everywhere as it should, and says what
// does not.
func (w *world) judgeRelaying() {
	var faults []string
	begun := time.Now()
	w.poll(patience, func() bool {
		faults = w.relayFaults()
		return len(faults) == 0
	})
	for _, f := range faults {
		w.Error(f)
	}
	posts, said := 0, 0
	for _, p := range w.places {
		for _, post := range p.posts() {
			if n := len(mark.FindAllString(post.text, -1)); n > 0 {
				posts, said = posts+1, said+n
			}
		}
	}
	if said == 0 {
		w.Error("nothing was carried")
	}
	w.Logf("%d messages were carried in %d posts; %s after the last word all stood", said, posts, time.Since(begun).Round(time.Millisecond))
}

// relayFaults compares what the bot shows in each place with what people said in the
// others.
func (w *world) relayFaults() (faults []string) {
	fault := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	for _, there := range w.places {
		var shown strings.Builder
		for _, post := range there.posts() {
			if post.carries() {
				shown.WriteString(post.text + "\n")
			}
		}
		all := shown.String()
		found := len(mark.FindAllString(all, -1))
		for _, p := range w.places {
			if p == there {
				continue
			}
			last := map[string]int{} // of each author
			standing := p.standing()
			for _, u := range p.saidSoFar() {
				text, stands := standing[u.id]
				text = strings.TrimSpace(text)
				times := strings.Count(all, text)
				wanted, maybe := p.travels(u)
				switch {
				case !stands:
					continue
				case !wanted && !maybe && times > 0:
					fault("%s: %q of %s stands there and should not", there.name, text, p.name)
				case wanted && times != 1, times > 1:
					fault("%s: %q of %s stands there %d times", there.name, text, p.name, times)
				}
				found -= times
				if times == 0 {
					continue
				}
				at := strings.Index(all, text)
				if at < last[u.by] {
					fault("%s: %q stands before what %s said earlier", there.name, text, u.author)
				}
				last[u.by] = at
			}
		}
		if found != 0 {
			fault("%s: %d messages stand there that stand nowhere else", there.name, found)
		}
	}
	return faults
}

// travels reports whether something that was said is to stand in the other places. Of a
// reply to what was taken back nobody may know which question it is about.
func (p *place) travels(u *utterance) (wanted, maybe bool) {
	if u.gone || !agrees(u.by) {
		return false, false
	}
	switch u.kind {
	case discussion.Answer:
		return true, true
	case discussion.Reply:
		return !u.to.gone, true
	default:
		return false, false
	}
}

// saidSoFar is what was said in the place.
func (p *place) saidSoFar() []*utterance {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.said)
}
