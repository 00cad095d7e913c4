package redis

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/checkin"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/bot/redis/redistest"
	"github.com/staffroom-bot/staffroom/bot/schedule"
	"github.com/staffroom-bot/staffroom/scheduler"
	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

// staff is a check-in, on Sunday at 13:00, an hour after noon, with people who take
// part.
type staff struct {
	*bench
	checkIn checkin.CheckIn
	members map[bot.MemberID]bot.Member
	asked   int // how often for the days off
}

func (b *bench) staff(people int, sharing checkin.Sharing) *staff {
	b.Helper()
	r, err := rule.Parse("every sunday at 13:00")
	b.ok(err)
	s := &staff{bench: b, members: map[bot.MemberID]bot.Member{}, checkIn: checkin.CheckIn{
		ID: friday, Community: home, Number: 1, Name: "Sunday", Rule: r, Zone: "UTC", Created: noon,
		Definition: checkin.Definition{Questions: []checkin.Question{{Kind: checkin.Text, Text: "How was it?"}}, Sharing: sharing, Channel: scichat, Language: "en", Local: true, Days: 1},
	}}
	for i := range people {
		m := bot.Member{ID: bot.MemberID(fmt.Sprintf("01m%05d", i)), Community: home, Language: "en", Zone: "UTC"}
		s.members[m.ID] = m
		b.ok(b.checkIns().Join(b.Context(), home, friday, checkin.Participant{Member: m.ID, Account: bottest.Account(string(m.ID)), Since: noon}, outbox.Effects{}))
	}
	return s
}

// service is the program's, in one of its lives.
func (s *staff) service() *checkin.Service {
	s.Helper()
	service, err := checkin.New(checkin.Options{
		Store: s.checkIns(), Schedule: s, People: s, Words: bottest.Words{}, Stretch: schedule.Stretch,
		Secret: make([]byte, 32),
	})
	s.ok(err)
	return service
}

func (s *staff) Add(context.Context, *checkin.CheckIn, bot.InputID) error       { return nil }
func (s *staff) Define(context.Context, *checkin.CheckIn, outbox.Effects) error { return nil }
func (s *staff) Enter(context.Context, bot.CommunityID, []bot.Account) (map[bot.Account]bot.MemberID, error) {
	return nil, nil
}
func (s *staff) Get(context.Context, bot.CommunityID, string) (checkin.CheckIn, error) {
	return s.checkIn, nil
}
func (s *staff) List(context.Context, bot.CommunityID) ([]checkin.CheckIn, error) {
	return []checkin.CheckIn{s.checkIn}, nil
}
func (s *staff) Places(ctx context.Context, _ bot.CommunityID, ids []string) (func(bot.Member) (rule.Place, error), error) {
	s.asked++
	return func(m bot.Member) (rule.Place, error) { return s.Place(ctx, m, ids) }, nil
}
func (s *staff) Place(_ context.Context, m bot.Member, _ []string) (rule.Place, error) {
	zone, err := time.LoadLocation(m.Zone)
	in := rule.Place{Zone: zone}
	if m.Away != (bot.Away{}) {
		first, _ := time.Parse(time.DateOnly, m.Away.From)
		last, _ := time.Parse(time.DateOnly, m.Away.Until)
		in.Away = rule.Span{First: rule.DateOf(first), Last: rule.DateOf(last)}
	}
	return in, err
}
func (s *staff) Relay(c bot.CommunityID, now time.Time) scheduler.Job { return job(c, "relay", now) }

func (s *staff) Home(context.Context, bot.SpaceID) (checkin.Home, error) {
	return checkin.Home{Community: home, Language: "en", Zone: "UTC"}, nil
}
func (s *staff) Members(_ context.Context, _ bot.CommunityID, who map[bot.MemberID]bot.Account) (map[bot.MemberID]bot.Member, error) {
	out := map[bot.MemberID]bot.Member{}
	for id := range who {
		out[id] = s.members[id]
	}
	return out, nil
}
func (s *staff) Names(context.Context, bot.CommunityID, []bot.MemberID) (map[bot.MemberID]string, error) {
	return nil, nil
}

// due is the job of a step at the manual clock's time.
func (s *staff) due() scheduler.Job {
	s.Helper()
	now := s.clock.Now()
	e, err := s.service().Occur(s.Context(), checkin.Due{Community: home, CheckIn: friday, At: now, Now: now})
	s.ok(err)
	j := e.Jobs[0]
	j.Started = now
	return j
}

// step makes a step. What is given back for later is no error.
func (s *staff) step(j scheduler.Job) error {
	err := s.service().Step(s.Context(), j)
	if err != nil && strings.HasPrefix(err.Error(), "again after") && !strings.Contains(err.Error(), "unavailable") {
		return nil
	}
	return err
}

// outcome is how often each state was come to in the latest occurrence, and how
// many messages it has queued.
func (s *staff) outcome() (states map[checkin.State]int, prompts int) {
	s.Helper()
	past, err := s.checkIns().Past(s.Context(), home, friday, s.clock.Now().Add(time.Hour), 1)
	s.ok(err)
	states = map[checkin.State]int{}
	if len(past) == 0 {
		return states, 0
	}
	turns, err := s.checkIns().Turns(s.Context(), home, past[0])
	s.ok(err)
	for _, t := range turns {
		states[t.State]++
	}
	keys, err := s.client.HKeys(s.Context(), key(home, "posts")).Result()
	s.ok(err)
	for _, k := range keys {
		if strings.HasPrefix(k, "checkin/"+past[0]+"/") {
			prompts++
		}
	}
	return states, prompts
}

// 5,000 people whose time comes in the same minute are asked in calls of at least
// 50 people each.
func TestManyAreAskedTogether(t *testing.T) {
	const people = 5000
	b := newBench(t, redistest.Real(t), scheduler.NewManualClock(noon))
	s := b.staff(people, checkin.Private)
	for id, m := range s.members { // two places of one time
		if id[len(id)-1]%2 == 0 {
			m.Zone = "Etc/UTC"
		}
		s.members[id] = m
	}
	b.after(time.Hour)
	j := s.due()
	b.calls.take()
	begun := time.Now()
	if err := s.step(j); err != nil {
		t.Fatal(err)
	}
	took := time.Since(begun)
	calls := b.calls.take()
	advances := 0
	for _, c := range calls {
		if c == "advance" {
			advances++
		}
	}
	t.Logf("%d people were asked in %s, with %d calls, of which %d stored what came of it", people, took.Round(time.Millisecond), len(calls), advances)
	if most := people / 50; advances > most {
		t.Errorf("%d calls stored it, at most %d may", advances, most)
	}
	if most := people / 10; len(calls) > most {
		t.Errorf("%d calls in all, at most %d may be", len(calls), most)
	}
	if states, prompts := s.outcome(); states[checkin.IsAsked] != people || prompts != people {
		t.Errorf("turns: %v, %d messages", states, prompts)
	}
	if s.asked != 1 {
		t.Errorf("the days off were asked for %d times, not once for all", s.asked)
	}
	if took > 5*time.Second {
		t.Errorf("it took %s", took)
	}
}

// Wherever the program dies while people are being asked, each is asked once: week
// after week it dies one command later.
func TestEachIsAskedOnceWhereverTheProcessDies(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		const people = 230 // three pages
		s := b.staff(people, checkin.Private)
		week := 0
		b.everyDeath(200, func(n int, late bool) (died bool) {
			b.after(time.Hour + time.Duration(week)*7*24*time.Hour)
			week++
			j := s.due()
			b.calls.DieAt(n, late)
			_ = s.step(j) // what is left of it is what counts
			died = b.calls.Revive()
			b.clock.Set(b.clock.Now().Add(time.Minute))
			b.store = b.open()
			j.Started = b.clock.Now()
			b.ok(s.step(j))
			states, prompts := s.outcome()
			if states[checkin.IsAsked] != people || len(states) != 1 || prompts != people {
				b.Errorf("turns %v, %d messages", states, prompts)
			}
			return died
		})
	})
}

// A look that is taken up again comes back to those at its beginning, whose time may
// have come meanwhile.
func TestALookThatWasInterruptedSeesEverybody(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		const people = 230
		s := b.staff(people, checkin.Private)
		for i := range 50 { // an hour later than the others, and on the first page
			id := bot.MemberID(fmt.Sprintf("01m%05d", i))
			m := s.members[id]
			m.Zone = "Etc/GMT+1"
			s.members[id] = m
		}
		b.after(time.Hour)
		for n := 1; ; n++ {
			b.calls.DieAt(n, true)
			_ = s.step(s.due()) // it dies
			b.calls.Revive()
			found, err := b.checkIns().Standings(b.Context(), home, friday)
			b.ok(err)
			if found[0].Look != nil {
				break
			}
			if n > 50 {
				b.Fatal("the look is never under way")
			}
		}
		b.after(2 * time.Hour)
		b.ok(s.step(s.due()))
		if states, prompts := s.outcome(); states[checkin.IsAsked] != people || prompts != people {
			b.Errorf("turns: %v, %d messages", states, prompts)
		}
		found, err := b.checkIns().Standings(b.Context(), home, friday)
		b.ok(err)
		if found[0].Look != nil {
			b.Error("the look has no end")
		}
	})
}
