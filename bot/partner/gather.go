package partner

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/partner/match"
	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

// pool is those among whom is decided, and all that is to be known for it.
type pool struct {
	program *Program
	round   int
	now     time.Time
	roll    Roll
	people  map[bot.MemberID]*Participant
	members map[bot.MemberID]bot.Member
	places  map[bot.MemberID]rule.Place
	history History
	numbers map[bot.MemberID]int
	fresh   map[int]bot.MemberID // numbers that were given just now
	// Who can be introduced now, and who takes part and cannot, by their IDs.
	present, absent []bot.MemberID
}

// gather finds those who take part, or those of them who are named. st counts the
// numbers of those who are new.
func (s *Service) gather(ctx context.Context, p *Program, st *Standing, round int, now time.Time, of ...bot.MemberID) (*pool, error) {
	roll, err := s.store.Roll(ctx, p.Community, p.ID, of...)
	if err != nil {
		return nil, err
	}
	history, err := s.store.History(ctx, p.Community, p.ID)
	if err != nil {
		return nil, err
	}
	who := make(map[bot.MemberID]bot.Account, len(roll.People))
	for _, one := range roll.People {
		who[one.Member] = one.Account
	}
	members, err := s.people.Members(ctx, p.Community, who)
	if err != nil {
		return nil, err
	}
	out := &pool{
		program: p, round: round, now: now, roll: roll, members: members, history: history, numbers: history.numbering(),
		people: make(map[bot.MemberID]*Participant, len(roll.People)), places: make(map[bot.MemberID]rule.Place, len(members)),
		fresh: map[int]bot.MemberID{},
	}
	where, err := s.schedule.Places(ctx, p.Community, p.Calendars)
	if err != nil {
		return nil, err
	}
	for i := range roll.People {
		one := &roll.People[i]
		m, there := members[one.Member]
		if !there {
			continue
		}
		out.people[m.ID] = one
		if out.places[m.ID], err = where(m); err != nil {
			return nil, err
		}
		if out.numbers[m.ID] == 0 {
			st.Numbers++
			out.numbers[m.ID], out.fresh[st.Numbers], out.history.Numbers[st.Numbers] = st.Numbers, m.ID, m.ID
		}
		if one.Rest.in(round) && !away(out.places[m.ID], now) {
			out.present = append(out.present, m.ID)
		} else {
			out.absent = append(out.absent, m.ID)
		}
	}
	return out, nil
}

// away reports whether the one who lives somewhere is away.
func away(in rule.Place, now time.Time) bool {
	if in.Away == nil {
		return false
	}
	_, yes := in.Away.Holiday(in.Today(now))
	return yes
}

// id is a member's name for the engine.
func (p *pool) id(m bot.MemberID) string { return engineID(p.numbers[m]) }

// asked is what the engine is asked about those who are present. wave is which decision of
// the round it is: each has chance of its own.
func (p *pool) asked(wave int) (match.Round, error) {
	history, err := p.history.engine()
	r := match.Round{
		Number: p.round, People: make(map[string]match.Person, len(p.present)), Hours: match.Limits{Enough: p.program.Hours},
		Style: p.program.Style.wishes(), History: history, Seed: seed(p.program.Number, p.round, wave),
	}
	for _, m := range p.present {
		r.People[p.id(m)] = p.person(m)
	}
	for _, m := range slices.Sorted(maps.Keys(p.roll.Apart)) {
		if p.numbers[m] == 0 {
			continue
		}
		for _, other := range p.roll.Apart[m] {
			if p.numbers[other] != 0 {
				r.Apart = append(r.Apart, [2]string{p.id(m), p.id(other)})
			}
		}
	}
	return r, err
}

// seed follows from what is decided, so that a decision that is made again is the same.
func seed(program, round, wave int) uint64 {
	sum := sha256.Sum256([]byte(strconv.Itoa(program) + "/" + waveKey(round, wave)))
	return binary.BigEndian.Uint64(sum[:])
}

// profile is what somebody has told of themself.
func (p *pool) profile(m bot.MemberID) Profile { return p.roll.Profiles[m] }

// person is what the engine knows of somebody.
func (p *pool) person(m bot.MemberID) match.Person {
	told := p.roll.Profiles[m]
	return match.Person{Free: hoursOf(told.Free, p.places[m], p.now), Traits: told.traits()}
}

// traits are what somebody may have in common with others. What was typed counts as the
// same if it differs in case alone.
func (p *Profile) traits() []match.Trait {
	var out []match.Trait
	add := func(f match.Facet, values ...string) {
		for _, v := range values {
			if v != "" {
				out = append(out, match.Trait{Facet: f, Value: strings.ToLower(v)})
			}
		}
	}
	add(match.Subject, p.Teaches...)
	add(match.Grades, p.Grades...)
	add(match.Role, p.Role)
	add(match.Stage, p.Stage)
	add(match.School, p.School)
	add(match.Country, p.Country)
	add(match.Languages, p.Languages...)
	return out
}

// group is a new group of the round, of what the engine has found. n names it.
func (p *pool) group(found *match.Group, wave, n int) Group {
	g := Group{
		ID: groupID(p.program.ID, p.round, n), Community: p.program.Community, Round: p.round, Wave: wave, Stage: Made,
		Traits: found.Traits, Unlike: found.Unlike, Hours: found.Hours, Made: p.now, Next: p.now,
	}
	for _, id := range found.Members {
		g.Seats = append(g.Seats, p.seat(p.member(id)))
	}
	return g
}

func (p *pool) seat(m bot.MemberID) Seat {
	return Seat{Member: m, Account: p.people[m].Account, State: SeatOpen}
}

// member is who has an engine's name.
func (p *pool) member(id string) bot.MemberID {
	var n int
	_, _ = fmt.Sscan(id, &n) // engineID made it
	return p.history.Numbers[n]
}

// noted is a group as the history keeps it.
func (p *pool) noted(g *Group) noted {
	var out noted
	for _, s := range g.Seats {
		out.numbers = append(out.numbers, p.numbers[s.Member])
	}
	slices.Sort(out.numbers)
	return out
}
