package redis

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/partner"
	"github.com/staffroom-bot/staffroom/bot/redis/redistest"
	"github.com/staffroom-bot/staffroom/scheduler"
	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

// soleProgram is the schedule and the directory as a single large program sees them.
type soleProgram struct {
	partner.Schedule
	partner.People
	program partner.Program
}

func (p soleProgram) Get(context.Context, bot.CommunityID, string) (partner.Program, error) {
	return p.program, nil
}

func (p soleProgram) Places(context.Context, bot.CommunityID, []string) (func(bot.Member) (rule.Place, error), error) {
	return func(bot.Member) (rule.Place, error) { return rule.Place{Zone: time.UTC}, nil }, nil
}

func (p soleProgram) Members(_ context.Context, c bot.CommunityID, who map[bot.MemberID]bot.Account) (map[bot.MemberID]bot.Member, error) {
	out := make(map[bot.MemberID]bot.Member, len(who))
	for m := range who {
		out[m] = bot.Member{ID: m, Community: c, Language: "en", Zone: "UTC"}
	}
	return out, nil
}

// multitude is a large program on a client, and what its rounds take of Redis.
type multitude struct {
	testing.TB
	client redis.UniversalClient
	calls  *calls
	store  Partners
	pairs  *partner.Service
	round  int
}

func newMultitude(tb testing.TB, client redis.UniversalClient, people int) *multitude {
	tb.Helper()
	c := &multitude{TB: tb, client: client, calls: newCalls()}
	s, err := Open(tb.Context(), client, scheduler.NewManualClock(noon))
	if err != nil {
		tb.Fatal(err)
	}
	c.store = Partners{s}
	r, err := rule.Parse("every 2 weeks on tuesday at 10am")
	if err != nil {
		tb.Fatal(err)
	}
	p := soleProgram{program: partner.Program{ID: mates, Community: home, Number: 1, Rule: r.Anchored(noon, time.UTC), Zone: "UTC", Definition: partner.Definition{Style: partner.Alike, Hours: 1}}}
	c.pairs = partner.New(partner.Options{Store: c.store, Schedule: p, People: p, Words: bottest.Words{}})
	subjects, slots := []string{"math", "science", "art", "history", "spanish"}, []partner.Slot{partner.AtLunch, partner.AfterSchool, partner.Evenings}
	who, profiles := []any{}, []any{}
	for i := range people {
		m := fmt.Sprintf("01m%06d", i)
		one, err := json.Marshal(partner.Participant{Account: bottest.Account(m), Since: noon})
		if err != nil {
			tb.Fatal(err)
		}
		profile, err := json.Marshal(partner.Profile{Teaches: []string{subjects[i%len(subjects)]}, Grades: []string{"7"}, Free: []partner.Slot{slots[i%len(slots)], partner.AfterSchool}})
		if err != nil {
			tb.Fatal(err)
		}
		who, profiles = append(who, m, one), append(profiles, m, profile)
	}
	ctx := tb.Context()
	for at := 0; at < len(who); at += 1000 {
		end := min(at+1000, len(who))
		if err := client.HSet(ctx, key(home, partnerWho(mates)), who[at:end]...).Err(); err != nil {
			tb.Fatal(err)
		}
		if err := client.HSet(ctx, key(home, partnerProfiles), profiles[at:end]...).Err(); err != nil {
			tb.Fatal(err)
		}
	}
	client.AddHook(c.calls)
	return c
}

// decide closes the last round and decides the next one, and gives how many commands that took.
func (c *multitude) decide() int {
	c.Helper()
	c.round++
	payload, err := json.Marshal(map[string]string{"program": mates, "occurrence": fmt.Sprint("o", c.round)})
	if err != nil {
		c.Fatal(err)
	}
	c.calls.take()
	err = c.pairs.Begin(c.Context(), scheduler.Job{Group: string(home), Kind: partner.RoundJobKind, Payload: payload, Started: noon.AddDate(0, 0, 14*c.round)})
	if err != nil {
		c.Fatal(err)
	}
	return len(c.calls.take())
}

// A round of many people takes a command for so many hundreds of them, and not one each.
func TestARoundOfManyTakesFewCommands(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes some seconds")
	}
	c := newMultitude(t, redistest.Real(t), 2000)
	first, second := c.decide(), c.decide()
	if most := 40; first > most || second > 2*most {
		t.Errorf("2,000 people took %d commands, and %d to close their round and decide the next", first, second)
	}
	st, err := c.store.Standing(t.Context(), home, mates)
	if err != nil {
		t.Fatal(err)
	}
	if st.Figures.Offered != 2000 || st.Figures.Repeats != 0 {
		t.Errorf("%+v", st.Figures)
	}
}

// BenchmarkRound closes a round and decides the next one: in how many commands to Redis, and
// how much memory for each person.
//
//	go test ./bot/redis -run xxx -bench BenchmarkRound -benchtime 3x
func BenchmarkRound(b *testing.B) {
	for _, n := range []int{1000, 10000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			c := newMultitude(b, redistest.Real(b), n)
			c.decide()
			commands := 0
			var before, after runtime.MemStats
			b.ResetTimer()
			runtime.ReadMemStats(&before)
			for range b.N {
				commands += c.decide()
			}
			runtime.ReadMemStats(&after)
			b.ReportMetric(float64(commands)/float64(b.N), "commands/round")
			b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/float64(b.N)/float64(n), "B/person")
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(n), "µs/person")
		})
	}
}
