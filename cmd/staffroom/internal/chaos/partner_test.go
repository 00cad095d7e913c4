//go:build unix

package chaos

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/adapters/slack/slackloop"
	"github.com/staffroom-bot/staffroom/bot/partner"
	"github.com/staffroom-bot/staffroom/bot/redis"
	"github.com/staffroom-bot/staffroom/cmd/staffroom/internal/worker"
)

// introducing is how many people take part in the round: one pair is a circle of three.
const introducing = 15

// A round of partners whose workers are killed, at the named points of a round and between.
func TestPartners(t *testing.T) {
	t.Parallel()
	begin(t)
	m := newMorning(t, chance(partnerKills), points("send", "advance", "due_settle", "claim", "settle", "lane", "held", "let_out"))
	program := m.pair()
	m.assemble()
	<-time.After(time.Until(m.due.Add(-500 * time.Millisecond)))
	// Each of the workers dies when it has begun a round, decided it, or introduced some: the
	// script is the same, and who comes to it when is chance.
	m.armAll("after advance", 2)
	<-time.After(time.Until(m.due.Add(500 * time.Millisecond)))
	for n := range max(leastKills, *kills/killsShare) {
		if n == 2 {
			m.darken(500 * time.Millisecond)
		}
		m.strike()
	}
	m.poll("the introductions", func() bool { return m.unmet(program) == "" })
	m.dismiss(func(w *worker.Worker) { _ = w.Stop() }) // one that has only just begun dies of it
	if wrong := m.unmet(program); wrong != "" {
		m.Error(wrong)
	}
	m.wantNothingLeft(background(m.T), m.engine, m.home)
	m.Logf("%d workers killed, of which %d at a named step, besides up to %d as the round began; Redis killed %d times", m.outside+m.atPoint, m.atPoint, workers, len(m.outages))
}

// pair makes a program whose round begins at noon, in which everybody takes part.
func (m *morning) pair() (program string) {
	zone, err := time.LoadLocation(m.zone)
	if err != nil {
		m.Fatal(err)
	}
	day := strings.ToLower(m.due.In(zone).Weekday().String())
	made := m.ask(organizer, "/organize/partners/create", map[string]string{
		"name": "Chaos pairs", "when": "every " + day + " at 12:00", "style": string(partner.Surprise), "hours": "1", "who": "everybody",
	})
	for _, c := range made.Message.Controls {
		if found, ok := strings.CutPrefix(c.Path, "/organize/partners/edit/"); ok {
			program = found
		}
	}
	for n := range introducing {
		m.slack.AddPerson(slackloop.Person{ID: colleague(n), Name: colleague(n)})
		m.ask(colleague(n), "/partner/told/"+program, map[string]string{"teaches": "Science", "grades": "7"})
	}
	if !time.Now().Before(m.due) {
		m.Fatalf("it took longer than %s until all had joined", soon)
	}
	return program
}

// unmet is what is wrong with the round; "" if everybody has one group, and was told of it once.
func (m *morning) unmet(program string) string {
	groups, err := redis.Partners{Store: m.look.Store}.Groups(background(m.T), m.home, program, "", 100)
	if err != nil {
		return err.Error()
	}
	in := map[string]int{}
	for _, g := range groups {
		for _, seat := range g.Seats {
			in[seat.Account.User]++
		}
	}
	for n := range introducing {
		who := colleague(n)
		told := slices.DeleteFunc(m.slack.Screen(who), func(s slackloop.Shown) bool { return !strings.Contains(s.Text, ", meet ") })
		if in[who] != 1 || len(told) != 1 {
			return fmt.Sprintf("%s is in %d groups and was introduced %d times: %+v", who, in[who], len(told), told)
		}
	}
	return ""
}
