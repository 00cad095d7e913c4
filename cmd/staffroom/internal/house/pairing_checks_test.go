package house_test

import (
	"slices"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/partner"
	"github.com/staffroom-bot/staffroom/bot/redis"
)

// look compares what is kept with what was promised.
func (y *pairingYear) look(now time.Time) {
	y.Helper()
	ctx, store := y.Context(), redis.Partners{Store: y.Store}
	st, err := store.Standing(ctx, y.home, y.program)
	if err != nil {
		y.Fatal(err)
	}
	free, err := store.Free(ctx, y.home, y.program)
	if err != nil {
		y.Fatal(err)
	}
	roll, err := store.Roll(ctx, y.home, y.program)
	if err != nil {
		y.Fatal(err)
	}
	for _, one := range roll.People {
		y.ids[one.Member] = one.Account.User
	}
	all := map[string]partner.Group{}
	for after := ""; ; {
		page, err := store.Groups(ctx, y.home, y.program, after, 100)
		if err != nil {
			y.Fatal(err)
		}
		for _, g := range page {
			after, all[g.ID] = g.ID, g
		}
		if len(page) < 100 {
			break
		}
	}
	y.expect(all, now)
	begun := st.Open && st.Began.After(now.Add(-24*time.Hour))
	seats := map[string]int{}
	for _, g := range all {
		for i, seat := range g.Seats {
			name := seat.Account.User
			if seat.State != partner.SeatOut && seat.State != partner.SeatGone {
				seats[name]++
			}
			for _, other := range g.Seats[:i] {
				pair := [2]string{min(name, other.Account.User), max(name, other.Account.User)}
				if y.missed[g.ID+pair[0]+pair[1]] || !seat.Came.IsZero() && (other.State == partner.SeatOut || other.State == partner.SeatGone) && !y.seen(&g, pair) {
					y.missed[g.ID+pair[0]+pair[1]] = true // one came after the other had left
					continue
				}
				if round, together := y.met[pair]; !together {
					y.met[pair] = st.Round
				} else if round != st.Round && !y.seen(&g, pair) {
					y.log.repeats++
					if g.Wave == 0 && seat.Came.IsZero() || y.someoneNew(seat.Account.User, &g, all) || seat.Came.IsZero() && y.someoneNew(other.Account.User, &g, all) {
						y.Errorf("%v were together in rounds %d and %d, in %s of wave %d, made %s, of %d", pair, round, st.Round, g.ID, g.Wave, g.Made, len(g.Seats))
					}
				}
			}
		}
		if _, known := y.groups[g.ID]; !known && g.Wave > 0 {
			y.offered(&g)
		}
	}
	for name, n := range seats {
		if n > 1 {
			y.Errorf("%s is in %d groups", name, n)
		}
	}
	if begun && st.Round > y.log.rounds {
		y.began(&st, &roll, seats, free)
	}
	clear(y.freed)
	for m, since := range free {
		y.freed[y.ids[m]] = since
	}
	y.groups = all
}

// seen reports whether a pair was in a group when it was looked at before.
func (y *pairingYear) seen(g *partner.Group, pair [2]string) bool {
	n := 0
	for _, seat := range y.groups[g.ID].Seats {
		if seat.Account.User == pair[0] || seat.Account.User == pair[1] {
			n++
		}
	}
	return n == 2
}

// someoneNew reports whether somebody could have come to another pair than theirs, of people
// whom they had not met.
func (y *pairingYear) someoneNew(name string, theirs *partner.Group, all map[string]partner.Group) bool {
	for _, g := range all {
		open := len(g.Seats) == 2 && g.ID != theirs.ID && (g.Stage == partner.Introduced || g.Stage == partner.Nudged) && g.Introduced.Before(theirs.Made)
		for _, seat := range g.Seats {
			_, met := y.met[[2]string{min(name, seat.Account.User), max(name, seat.Account.User)}]
			open = open && !met && seat.State == partner.SeatOpen && (y.people[seat.Account.User].kind == steady || y.people[seat.Account.User].kind == mute)
		}
		if open {
			return true
		}
	}
	return false
}

// expect notes who is to be told of whom.
func (y *pairingYear) expect(all map[string]partner.Group, now time.Time) {
	for _, g := range all {
		for i, seat := range g.Seats {
			id := seat.Account.User + g.ID
			if seat.Told && y.intros[id] == nil && len(g.Seats) > 1 {
				at := g.Introduced
				if seat.Came.After(at) {
					at = seat.Came
				}
				y.intros[id] = &introduction{name: seat.Account.User, at: at, mate: mate(&g, i), late: g.Wave > 0 || !seat.Came.IsZero()}
			}
		}
		if g.Stage == partner.Over || slices.ContainsFunc(g.Seats, func(s partner.Seat) bool { return s.State == partner.SeatOut || s.State == partner.SeatGone }) {
			y.leave(&g, now)
		}
	}
	for id, g := range y.groups {
		if _, goesOn := all[id]; !goesOn {
			y.leave(&g, now)
		}
	}
}

// mate is somebody in a group of whom the one on a seat is told with their introduction: not
// who came after them.
func mate(g *partner.Group, seat int) string {
	found := ""
	for i, other := range g.Seats {
		if here := other.State != partner.SeatOut && other.State != partner.SeatGone; i != seat && other.Told && !other.Came.After(g.Seats[seat].Came) && (here || found == "") {
			found = other.Account.User
		}
	}
	return found
}

func (y *pairingYear) leave(g *partner.Group, now time.Time) {
	for _, seat := range g.Seats {
		if in := y.intros[seat.Account.User+g.ID]; in != nil && in.gone.IsZero() {
			in.gone = now
		}
	}
}

// checkIntroduced compares when somebody was told of their partners with when it suited them,
// as far as the budget and their working days go.
func (y *pairingYear) checkIntroduced(f *fellow, loc *time.Location, entries []bottest.Entry) {
	for _, in := range y.intros {
		if in.name != f.name || in.at.After(y.clock.Now().AddDate(0, 0, -10)) {
			continue
		}
		told := slices.IndexFunc(entries, func(e bottest.Entry) bool {
			text := e.Message.Text.String()
			return !e.At.Before(in.at) && (strings.Contains(text, "meet "+in.mate) || strings.Contains(text, "meet ") && strings.Contains(text, "and "+in.mate))
		})
		others := slices.Clone(entries)
		if told >= 0 {
			others = slices.Delete(others, told, told+1)
		}
		suits, days := y.suits(in.at, loc, others)
		switch {
		case told < 0 && !in.gone.IsZero() && in.gone.Add(-25*time.Hour).Before(suits):
			y.log.withdrawn++ // before it could be read
		case told < 0:
			y.Errorf("%s was never told of %s, of %s (it suited at %s, gone %s)", f.name, in.mate, in.at, suits, in.gone)
		case entries[told].At.After(suits.Add(time.Hour)):
			y.Errorf("%s was told of %s at %s: it suited at %s", f.name, in.mate, entries[told].At.In(loc), suits.In(loc))
		case in.late:
			y.log.toldElse[min(days, 2)]++
		default:
			y.log.told[min(days, 2)]++
		}
	}
}

// suits is the first time from an instant on at which somebody could be written to, and how
// many working days later that is since they had been written to.
func (y *pairingYear) suits(from time.Time, loc *time.Location, entries []bottest.Entry) (at time.Time, days int) {
	for at = from.In(loc); ; at = time.Date(at.Year(), at.Month(), at.Day()+1, 7, 0, 0, 0, loc) {
		if at.Hour() < 7 {
			at = time.Date(at.Year(), at.Month(), at.Day(), 7, 0, 0, 0, loc)
		}
		if at.Hour() >= 20 || at.Weekday() == time.Saturday || at.Weekday() == time.Sunday {
			continue
		}
		day, week := 0, 0
		for _, e := range entries {
			if !e.At.After(at) {
				switch ago := dayNumber(at) - dayNumber(e.At.In(loc)); {
				case ago == 0:
					day++
					week++
				case ago < 7:
					week++
				}
			}
		}
		if day == 0 && week < 3 {
			return at, days
		}
		days++
	}
}

// began looks at a round that has just begun: everybody who is there has a place, or it is
// kept that there was nobody for them.
func (y *pairingYear) began(st *partner.Standing, roll *partner.Roll, seats map[string]int, free map[bot.MemberID]time.Time) {
	y.log.rounds = st.Round
	y.log.nobody += len(y.freed)
	y.log.alone += st.Figures.Nobody
	away := 0
	for _, one := range roll.People {
		name := one.Account.User
		if one.Rest.Paused != partner.NotPaused || one.Rest.Round == st.Round {
			continue
		}
		_, waits := free[one.Member]
		y.log.wanted++
		switch {
		case seats[name] == 1:
			y.log.offered++
		case waits:
		case away < st.Figures.Away && y.people[name].kind == absent:
			away++
			y.log.wanted--
		default:
			y.Errorf("%s wants a partner in round %d, and has none for no reason", name, st.Round)
		}
	}
}

// offered notes a re-offer: who was left over has it within a day.
func (y *pairingYear) offered(g *partner.Group) {
	for _, seat := range g.Seats {
		since, was := y.freed[seat.Account.User]
		if !was { // they were free for less than a day
			since = g.Made.Add(-time.Hour)
		}
		y.log.reoffers++
		if g.Made.Sub(since) <= 24*time.Hour {
			y.log.within++
		} else {
			y.log.late++
		}
	}
}

// checkMessages looks at all that was written to people.
func (y *pairingYear) checkMessages() {
	keys := map[bot.DeliveryKey]bool{}
	for space, platform := range y.platforms {
		byPerson := map[string][]bottest.Entry{}
		for _, e := range platform.Ledger() {
			if keys[e.Key] {
				y.Errorf("%s came twice in %s", e.Key, space)
			}
			keys[e.Key] = true
			if name, direct := strings.CutPrefix(e.Ref.Channel.ID, "dm-"); direct && name != "maria" {
				byPerson[name] = append(byPerson[name], e)
				y.log.messages++
			}
		}
		for name, entries := range byPerson {
			y.checkPerson(y.people[name], entries)
		}
	}
}

// checkPerson looks at all that was written to somebody: each partner is introduced once, in
// no quiet hours, once a day and three times in seven days.
func (y *pairingYear) checkPerson(f *fellow, entries []bottest.Entry) {
	loc, err := time.LoadLocation(f.zone)
	if err != nil {
		y.Fatal(err)
	}
	mates := map[string]int{}
	for i, e := range entries {
		text := e.Message.Text.String()
		for _, line := range strings.Split(text, "\n") {
			if _, after, ok := strings.Cut(line, f.name+", meet "); ok {
				mate, _, _ := strings.Cut(after, ".")
				mates[mate]++
				y.log.introductions++
			}
		}
		if f.kind == traveler {
			continue // their clock was another one then
		}
		local := e.At.In(loc)
		if local.Hour() < 7 || local.Hour() >= 20 || local.Weekday() == time.Saturday || local.Weekday() == time.Sunday {
			y.Errorf("%s was written to on %s", f.name, local.Format("Mon 2 Jan 15:04"))
		}
		if i >= 1 && entries[i-1].At.In(loc).Format(time.DateOnly) == local.Format(time.DateOnly) {
			y.Errorf("%s was written to twice on %s", f.name, local.Format("Mon 2 Jan"))
		}
		if i >= 3 && dayNumber(local)-dayNumber(entries[i-3].At.In(loc)) < 7 {
			y.Errorf("%s was written to four times in seven days, on %s", f.name, local.Format("Mon 2 Jan"))
		}
	}
	if f.kind != traveler && f.kind != absent {
		y.checkIntroduced(f, loc, entries)
	}
	for mate, n := range mates {
		if y.log.again += n - 1; n > 1 && (y.log.repeats == 0 || *pairingPeople >= enoughPeople) {
			y.Errorf("%s was introduced to %s %d times", f.name, mate, n)
		}
	}
}

func dayNumber(local time.Time) int {
	return int(time.Date(local.Year(), local.Month(), local.Day(), 12, 0, 0, 0, time.UTC).Unix() / 86400)
}
