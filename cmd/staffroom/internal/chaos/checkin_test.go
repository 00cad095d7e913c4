//go:build unix

package chaos

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/adapters/slack/slackloop"
	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/community"
	"github.com/staffroom-bot/staffroom/bot/redis"
	"github.com/staffroom-bot/staffroom/bot/redis/engine"
	"github.com/staffroom-bot/staffroom/bot/redis/redistest"
	"github.com/staffroom-bot/staffroom/cmd/staffroom/internal/house"
	"github.com/staffroom-bot/staffroom/cmd/staffroom/internal/worker"
)

func TestCheckIn(t *testing.T) {
	t.Parallel()
	begin(t)
	m := newMorning(t, chance(checkInKills), points("send", "advance", "due_settle", "claim", "settle", "lane", "held", "let_out", "checkin_take", "checkin_talk"))
	m.plan()
	m.run()
	m.check()
}

const (
	checkInChannel = "CSTAFF"
	checkInName    = "Chaos, two minutes"
	organizer      = "UMARIA"
	answering      = 24 // people
	// soon is when the check-in comes: when all have joined.
	soon = 4 * time.Second
	// leastKills of workers, or one for so many of the other tests.
	leastKills = 6
	killsShare = 4
	// fewPauses is how often Redis goes away: among the prompts, and among the answers.
	fewPauses = 2
)

// morning is a crew, a workspace, and what is due there at noon of its zone.
type morning struct {
	*crew
	slack  *slackloop.Server
	engine *engine.Engine
	look   *house.House // for the harness's own look into the store
	home   bot.CommunityID
	due    time.Time
	zone   string
}

func newMorning(t *testing.T, random *rand.Rand, at []string) *morning {
	m := &morning{
		crew:  &crew{T: t, random: random, redis: redistest.NewDurable(t), at: at},
		slack: slackloop.Start(slackloop.Options{RedeliverAfter: 300 * time.Millisecond}),
	}
	t.Cleanup(m.slack.Close)
	m.slack.AddChannel(slackloop.Channel{ID: checkInChannel})
	m.slack.AddPerson(slackloop.Person{ID: organizer, Name: "Maria", Admin: true})
	m.orders = orders{RedisURL: m.redis.URL(), Lease: fleetLease, Slack: m.slack.APIURL()}
	ctx := background(t)
	var err error
	if m.engine, err = engine.Open(ctx, engine.Options{URL: m.redis.URL()}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.engine.Close(context.Background()) })
	if m.look, err = build(ctx, m.engine, &clock{}, fleetLease, quiet(), noAdapters); err != nil {
		t.Fatal(err)
	}
	m.due = time.Now().Add(soon).Truncate(time.Second)
	fresh := community.Community{ID: bot.CommunityID(bot.NewID(time.Now())), Language: "en", Zone: noonAt(t, m.due)}
	home, err := redis.Communities{Store: m.look.Store}.Community(ctx, m.channel().Space, fresh)
	if err != nil {
		t.Fatal(err)
	}
	m.home, m.zone = home.ID, fresh.Zone
	return m
}

func (m *morning) channel() bot.Channel {
	return bot.Channel{Space: bot.SpaceID{Connection: slackConnection, ID: slackloop.Team}, ID: checkInChannel}
}

// plan makes the check-in, in which everybody takes part.
func (m *morning) plan() {
	made := m.ask(organizer, "/organize/checkins/create", map[string]string{
		"name": checkInName, "questions": "Rose?\nHow was it? (1-5)", "when": "every day at 12:00", "days": "1", "sharing": "channel",
	})
	var id string
	for _, c := range made.Message.Controls {
		if found, ok := strings.CutPrefix(c.Path, "/organize/checkins/invite/"); ok {
			id = found
		}
	}
	m.ask(organizer, "/organize/checkins/ask/"+id+"/together", nil)
	for n := range answering {
		m.slack.AddPerson(slackloop.Person{ID: colleague(n), Name: colleague(n)})
		m.ask(colleague(n), "/checkin/join/"+id, nil)
	}
	if !time.Now().Before(m.due) {
		m.Fatalf("it took longer than %s until all had joined", soon)
	}
}

func colleague(n int) string { return fmt.Sprintf("U%02d", n) }

func (m *morning) ask(who, path string, values map[string]string) bot.Reply {
	m.Helper()
	reply, err := m.look.Router.Ask(background(m.T), &bot.Request{
		Path: path, Account: bot.Account{Space: m.channel().Space, User: who}, Name: who, Channel: m.channel(), Manages: who == organizer,
		Input: bot.InputID(who + path), Values: values, Language: "en",
	})
	if err != nil || reply.Message == nil {
		m.Fatal(path, reply, err)
	}
	return reply
}

// run kills workers and Redis while people are asked and answer.
func (m *morning) run() {
	m.assemble()
	var people sync.WaitGroup
	for n := range answering {
		random := chance(checkInTalk + uint64(n))
		first := time.Duration(random.Int64N(int64(3 * time.Second)))
		people.Go(func() { m.takePart(n, first) })
	}
	<-time.After(time.Until(m.due.Add(-500 * time.Millisecond)))
	m.armAll("after send", 3) // of those who are asked, some by a worker that does not know that it has done so
	<-time.After(time.Until(m.due.Add(time.Second)))
	strikes := max(leastKills, *kills/killsShare)
	for n := range strikes {
		if n%(strikes/fewPauses) == 1 {
			m.darken(500 * time.Millisecond)
		}
		m.strike()
	}
	people.Wait()
	m.poll("the summary", func() bool { return m.unsaid() == "" })
	m.dismiss(func(w *worker.Worker) {
		if err := w.Stop(); err != nil {
			m.Errorf("a worker that was told to stop: %v", err)
		}
	})
	m.Logf("%d workers killed, of which %d at a named step, besides up to %d while they asked people; Redis killed %d times", m.outside+m.atPoint, m.atPoint, workers, len(m.outages))
}

// poll waits for something.
func (m *morning) poll(what string, there func() bool) {
	for deadline := time.Now().Add(patience); !there(); <-time.After(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			m.Errorf("waited in vain for %s", what)
			return
		}
	}
}

// insist does something until it has come true: what was done is lost with the
// worker that had it in hand, and people do it again.
func (m *morning) insist(what string, there func() bool, do func()) {
	const again = 2 * time.Second
	m.poll(what, func() bool {
		if there() {
			return true
		}
		do()
		for until := time.Now().Add(again); time.Now().Before(until) && !there(); {
			<-time.After(20 * time.Millisecond)
		}
		return there()
	})
}

// takePart: once asked, somebody answers with the form or in plain words, or skips
// it, until they are told that it has arrived.
func (m *morning) takePart(n int, think time.Duration) {
	who := colleague(n)
	m.poll("what asks "+who, func() bool { return len(m.prompts(who)) > 0 })
	<-time.After(think)
	answered := func() bool { return m.told(who, "Saved.") || m.told(who, "Changed.") }
	switch {
	case skips(n):
		m.insist("a word that "+who+" skips it", func() bool { return m.told(who, "is skipped this time") }, func() {
			m.press(who, "Skip this time")
		})
	case n%2 == 0:
		m.insist("a word that "+who+" has answered", answered, func() {
			if _, open := m.slack.OpenView(who); !open {
				m.press(who, "Write")
				for range 50 {
					if _, open = m.slack.OpenView(who); open {
						break
					}
					<-time.After(20 * time.Millisecond)
				}
			}
			_, _ = m.slack.Submit(who, map[string]string{"Rose?": rose(n), "How was it?": "4"}) // without a form: again
		})
	default:
		say := func(words string) func() {
			return func() { m.slack.Say(who, slackloop.DM(who), words, slackloop.SayOptions{}) }
		}
		m.insist("the second question for "+who, func() bool { return m.told(who, "2 of 2") }, say(rose(n)))
		m.insist("a word that "+who+" has answered", answered, say("4"))
	}
}

func skips(n int) bool { return n%6 == 5 }

func rose(n int) string { return "rose of " + colleague(n) }

// press presses a button on what asks somebody.
func (m *morning) press(who, label string) {
	for _, p := range m.prompts(who) {
		_, _ = m.slack.Press(who, p.Channel, p.TS, label)
	}
}

// prompts are the messages that ask somebody.
func (m *morning) prompts(who string) []slackloop.Shown {
	return slices.DeleteFunc(m.slack.Screen(who), func(s slackloop.Shown) bool {
		return !s.Direct || !strings.HasPrefix(s.Text, checkInName+" · open until")
	})
}

// told reports whether somebody can read words of the bot's.
func (m *morning) told(who, words string) bool {
	return slices.ContainsFunc(m.slack.Screen(who), func(s slackloop.Shown) bool { return strings.Contains(s.Text, words) })
}

// unsaid is what the summary does not say, or says and should not; "" if it is right.
func (m *morning) unsaid() string {
	posts := slices.DeleteFunc(m.slack.Screen(organizer), func(s slackloop.Shown) bool { return s.Direct || s.Ephemeral })
	if len(posts) != 1 {
		return fmt.Sprintf("there are %d posts in the channel: %+v", len(posts), posts)
	}
	text, took := posts[0].Text, 0
	for n := range answering {
		if want := !skips(n); want != (strings.Count(text, rose(n)) == 1) {
			return fmt.Sprintf("the rose of %s is there %d times", colleague(n), strings.Count(text, rose(n)))
		}
		if !skips(n) {
			took++
		}
	}
	if !strings.Contains(text, fmt.Sprintf("%d people took part", took)) || !strings.Contains(text, fmt.Sprintf("4: %d,", took)) {
		return "the numbers are wrong"
	}
	return ""
}

// check: each was asked once, each answer that was acknowledged is in the summary
// once, and nothing was given up.
func (m *morning) check() {
	for n := range answering {
		if got := len(m.prompts(colleague(n))); got != 1 {
			m.Errorf("%s was asked %d times", colleague(n), got)
		}
	}
	if wrong := m.unsaid(); wrong != "" {
		m.Errorf("of the summary: %s: %+v", wrong, m.slack.Screen(organizer))
	}
	m.wantNothingLeft(background(m.T), m.engine, m.home)
}
