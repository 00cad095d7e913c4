package house_test

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/partner"
	"github.com/staffroom-bot/staffroom/bot/redis"
	"github.com/staffroom-bot/staffroom/bot/redis/engine"
	"github.com/staffroom-bot/staffroom/bot/redis/redistest"
	"github.com/staffroom-bot/staffroom/cmd/staffroom/internal/house"
	"github.com/staffroom-bot/staffroom/scheduler"
)

var (
	pairingPeople = flag.Int("pairing.people", 24, "how many people begin the year of partners")
	pairingWeeks  = flag.Int("pairing.weeks", 14, "how many weeks the year of partners has")
)

// pairingZones are where they live: on both halves of the earth, and where clocks stay.
var pairingZones = []string{
	"America/New_York", "America/Los_Angeles", "America/Phoenix", "America/Sao_Paulo", "America/Santiago",
	"Europe/Madrid", "Europe/London", "Africa/Lagos", "Asia/Kolkata", "Asia/Tokyo", "Australia/Sydney", "Pacific/Auckland",
}

// kind is how somebody is.
type kind int

const (
	steady   kind = iota // answers, though not always; sometimes cannot make it, or wants somebody else
	mute                 // gives no sign
	quitter              // leaves, and perhaps comes back
	pauser               // pauses for some weeks
	absent               // is away now and then
	traveler             // moves to another zone now and then
)

// fellow is somebody in the year of partners.
type fellow struct {
	name  string
	space bot.SpaceID
	zone  string
	kind  kind
	in    bool // they take part, as they said
	rests int  // weeks until they come back from a pause, or join again; 0: neither
}

// pairingYear is a house with two linked places and one program in both.
type pairingYear struct {
	*testing.T
	*house.House
	clock     *scheduler.ManualClock
	platforms map[bot.SpaceID]*bottest.Adapter
	home      bot.CommunityID
	program   string
	people    map[string]*fellow
	chance    *rand.Rand
	inputs    int

	met    map[[2]string]int        // the round in which two were together first
	intros map[string]*introduction // by name and group
	missed map[string]bool          // pairs of a group of whom one came after the other had left
	freed  map[string]time.Time     // since when somebody is left over, by name
	groups map[string]partner.Group // as they were last seen
	ids    map[bot.MemberID]string  // names
	log    pairingLog
}

// introduction is that somebody is to be told of their group.
type introduction struct {
	name string
	at   time.Time // when it was queued
	mate string    // one of the others
	late bool      // it is of somebody else than at the beginning of the round
	gone time.Time // when one of them was seen to be in it no longer; zero: never
}

// pairingLog is what is told of the year.
type pairingLog struct {
	rounds, wanted, offered, alone int
	reoffers, within, late, nobody int
	said, cants, swaps, joins      int
	repeats                        int
	messages, introductions        int
	sameDay, byBudget, withdrawn   int
	lateSameDay, lateByBudget      int // those of the same that are of somebody else
}

// A year of partners in two linked places, whose people come, go, pause, say nothing, travel
// and are away, with holidays and changes of clocks on both halves of the earth: see
// docs/partners.md. Everybody who wants one has an offer in each round; who loses a partner
// has another within a day, as long as somebody is there; nobody meets anybody twice; and
// all that is written keeps quiet hours and the budget, and comes once.
func TestPairingYear(t *testing.T) {
	begun := time.Now()
	y := newPairingYear(t)
	for i := range *pairingPeople {
		y.arrive(i)
	}
	for week := range *pairingWeeks {
		y.live(week)
	}
	y.checkMessages()
	l := &y.log
	t.Logf("%d people, %d weeks, %d rounds, in %s", len(y.people), *pairingWeeks, l.rounds, time.Since(begun).Round(100*time.Millisecond))
	t.Logf("at the beginning of rounds: %d places wanted, %d offered, nobody for %d; pairs repeated: %d", l.wanted, l.offered, l.alone, l.repeats)
	t.Logf("left over later or come late: %d, offered somebody within a day: %d, later: %d, still nobody at the end of the round: %d", l.reoffers, l.within, l.late, l.nobody)
	t.Logf("answers: %d, could not make it: %d, wanted somebody else: %d, joined: %d", l.said, l.cants, l.swaps, l.joins)
	t.Logf("direct messages: %d, with %d introductions", l.messages, l.introductions)
	t.Logf("of people whose clock and calendar are known, at the beginning of rounds: on the first working day %d, held by the budget %d", l.sameDay, l.byBudget)
	t.Logf("to somebody else: on the first working day %d, held by the budget %d; taken back before it was read: %d", l.lateSameDay, l.lateByBudget, l.withdrawn)
}

func newPairingYear(t *testing.T) *pairingYear {
	t.Helper()
	y := &pairingYear{
		T: t, clock: scheduler.NewManualClock(when(t, "America/New_York", "2026-08-24 09:00")), platforms: map[bot.SpaceID]*bottest.Adapter{},
		people: map[string]*fellow{}, chance: rand.New(rand.NewPCG(8, 5)), met: map[[2]string]int{}, intros: map[string]*introduction{}, missed: map[string]bool{}, freed: map[string]time.Time{},
		groups: map[string]partner.Group{}, ids: map[bot.MemberID]string{},
	}
	e, err := engine.Open(t.Context(), engine.Options{URL: redistest.URL(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close(context.Background()) })
	y.House, err = house.Build(t.Context(), house.Options{
		Engine: e, Clock: y.clock, Manual: true, Language: "en", Zone: "America/New_York", Version: "test", Log: slog.New(slog.DiscardHandler),
		Adapters: func(house.Tools) (all []bot.Adapter, err error) {
			for _, space := range []bot.SpaceID{lincoln, madison} {
				y.platforms[space] = bottest.NewAdapter(space.Connection, y.clock.Now)
				all = append(all, y.platforms[space])
			}
			return all, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(y.Library.Close)
	o := &town{T: t, House: y.House, clock: y.clock, platforms: map[string]*bottest.Adapter{}}
	for _, space := range []bot.SpaceID{lincoln, madison} {
		o.asks(space, "maria", "/organize/setup/language-save", "language", "en", "zone", "America/New_York", "name", space.Connection)
	}
	given := o.asks(madison, "maria", "/organize/link/code").Message.Text.String()
	o.asks(lincoln, "maria", o.control(o.asks(lincoln, "maria", "/organize/link", "code", codeIn.FindString(given)), "Link"))
	o.wait(10 * time.Minute)
	y.inputs = 1000
	y.ask(madison, "maria", "/organize/holidays-added", "days", yearHolidays)
	made := y.ask(madison, "maria", "/organize/partners/create", "name", "Partners", "when", "every 2 weeks on tuesday at 10:00 except holidays",
		"style", "different", "hours", "1", "who", "everybody")
	for _, c := range made.Message.Controls {
		if id, ok := strings.CutPrefix(c.Path, "/organize/partners/edit/"); ok {
			y.program = id
		}
	}
	c, err := y.Directory.Community(t.Context(), madison)
	if err != nil {
		t.Fatal(err)
	}
	y.home = c.ID
	return y
}

func (y *pairingYear) ask(space bot.SpaceID, user, path string, values ...string) bot.Reply {
	y.Helper()
	req := bottest.Request(user, path, values...)
	y.inputs++
	req.Account.Space, req.Channel.Space, req.Manages = space, space, user == "maria"
	req.Input = bot.InputID(fmt.Sprint("in", y.inputs))
	reply, err := y.Router.Ask(y.Context(), req)
	if err != nil {
		y.Fatal(user, path, err)
	}
	if len(reply.FieldErrors) > 0 {
		y.Fatal(user, path, reply.FieldErrors)
	}
	return reply
}

func (f *fellow) ask(y *pairingYear, path string, values ...string) bot.Reply {
	y.Helper()
	return y.ask(f.space, f.name, path, values...)
}

// arrive lets one more person come, and join.
func (y *pairingYear) arrive(i int) {
	f := &fellow{name: fmt.Sprintf("u%03d", i), space: []bot.SpaceID{lincoln, madison}[i%2], zone: pairingZones[i%len(pairingZones)]}
	switch i % 20 {
	case 1, 2, 3:
		f.kind = mute
	case 4, 5:
		f.kind = quitter
	case 6, 7:
		f.kind = pauser
	case 8, 9:
		f.kind = absent
	case 10:
		f.kind = traveler
	}
	y.people[f.name] = f
	f.ask(y, "/my/settings/save", "language", "en", "zone", f.zone)
	y.join(f)
}

func (y *pairingYear) join(f *fellow) {
	subjects, grades := []string{"Science", "Math", "Spanish", "History", "Art"}, []string{"K-2", "3-5", "7", "9-12"}
	f.ask(y, "/partner/told/"+y.program, "teaches", subjects[y.chance.IntN(len(subjects))], "grades", grades[y.chance.IntN(len(grades))])
	f.in = true
	y.log.joins++
}

// live is a week: at noon of each day, by the clock of New York, people do what they do.
func (y *pairingYear) live(week int) {
	begins := when(y, "America/New_York", "2026-08-24 12:00").AddDate(0, 0, 7*week)
	for day := range 7 {
		noon := begins.AddDate(0, 0, day)
		y.until(noon.Add(-25 * time.Minute)) // 11:35
		y.look(noon)
		y.until(noon)
		if day < 5 {
			y.act(day)
		}
		if day == 3 && week%3 == 1 {
			y.arrive(len(y.people)) // somebody comes in the middle of a round
		}
	}
}

func (y *pairingYear) until(at time.Time) {
	y.Helper()
	if err := y.clock.RunUntil(y.Context(), y.Runner, at); err != nil {
		y.Fatal(err)
	}
}

// act is what people do on a day.
func (y *pairingYear) act(day int) {
	in := map[string]string{} // groups, by name
	for _, g := range y.groups {
		for _, seat := range g.Seats {
			if seat.State != partner.SeatOut && seat.State != partner.SeatGone && g.Stage != partner.Over && g.Stage != partner.Made {
				in[seat.Account.User] = g.ID
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(y.people)) {
		f := y.people[name]
		if day == 0 && f.rests > 0 {
			if f.rests--; f.rests == 0 {
				y.comesBack(f)
			}
		}
		group := in[name]
		switch dice := y.chance.IntN(100); {
		case f.kind == mute && dice == 0:
			f.ask(y, "/partner/back/"+y.program) // Stay in
		case f.kind == mute:
		case f.kind == quitter && dice < 1 && f.in && f.rests == 0:
			f.ask(y, "/partner/quit/"+y.program)
			f.in, f.rests = false, 5+y.chance.IntN(10)
		case f.kind == pauser && dice < 2 && f.in && f.rests == 0:
			f.ask(y, "/partner/pause/"+y.program)
			f.in, f.rests = false, 2+y.chance.IntN(4)
		case f.kind == absent && dice < 2:
			f.ask(y, "/my/away", "until", "for 1 week")
		case f.kind == traveler && dice < 2:
			f.zone = pairingZones[y.chance.IntN(len(pairingZones))]
			f.ask(y, "/my/settings/save", "language", "en", "zone", f.zone)
		case group == "":
		case dice < 12:
			f.ask(y, "/partner/met/"+group)
			y.log.said++
		case dice < 15:
			f.ask(y, "/partner/more-time/"+group)
			y.log.said++
		case dice < 16:
			f.ask(y, "/partner/missed/"+group)
			y.log.said++
		case dice < 18:
			f.ask(y, "/partner/cant/"+group)
			y.log.cants++
		case dice < 19:
			f.ask(y, "/partner/other-now/"+group)
			y.log.swaps++
		}
	}
}

func (y *pairingYear) comesBack(f *fellow) {
	if f.kind == quitter {
		y.join(f)
		return
	}
	f.ask(y, "/partner/back/"+y.program)
	f.in = true
}

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
		suits, budget := y.suits(in.at, loc, others)
		switch {
		case told < 0 && !in.gone.IsZero() && in.gone.Add(-25*time.Hour).Before(suits):
			y.log.withdrawn++ // before it could be read
		case told < 0:
			y.Errorf("%s was never told of %s, of %s (it suited at %s, gone %s)", f.name, in.mate, in.at, suits, in.gone)
		case entries[told].At.After(suits.Add(time.Hour)):
			y.Errorf("%s was told of %s at %s: it suited at %s", f.name, in.mate, entries[told].At.In(loc), suits.In(loc))
		case budget && in.late:
			y.log.lateByBudget++
		case budget:
			y.log.byBudget++
		case in.late:
			y.log.lateSameDay++
		default:
			y.log.sameDay++
		}
	}
}

// suits is the first time from an instant on at which somebody could be written to, and
// whether it would have been an earlier day but for what they were written.
func (y *pairingYear) suits(from time.Time, loc *time.Location, entries []bottest.Entry) (at time.Time, budget bool) {
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
			return at, budget
		}
		budget = true
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
		if n > 1 {
			y.Errorf("%s was introduced to %s %d times", f.name, mate, n)
		}
	}
}

func dayNumber(local time.Time) int {
	return int(time.Date(local.Year(), local.Month(), local.Day(), 12, 0, 0, 0, time.UTC).Unix() / 86400)
}
