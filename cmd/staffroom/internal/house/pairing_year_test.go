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
	again                          int // introductions to somebody known
	messages, introductions        int
	withdrawn                      int
	// In how many introductions somebody read of their partners on the first working day on
	// which they could, on the next, and later, since they had been written to: at the
	// beginning of rounds, and when it was somebody else.
	told, toldElse [3]int
}

// enoughPeople is among how many somebody new is always free.
const enoughPeople = 100

// A year of partners in two linked places, whose people come, go, pause, say nothing, travel
// and are away, with holidays and changes of clocks on both halves of the earth: see
// docs/partners.md. Everybody who wants one has an offer in each round; who loses a partner
// has another within a day, as long as somebody is there; nobody meets anybody twice, unless
// so few take part that nobody new may be free for who lost a partner; and all that is written keeps quiet hours and the budget, and comes once.
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
	if l.again > 2*l.repeats {
		t.Errorf("%d introductions to somebody known, for %d pairs that had to meet again", l.again, l.repeats)
	}
	t.Logf("%d people, %d weeks, %d rounds, in %s", len(y.people), *pairingWeeks, l.rounds, time.Since(begun).Round(100*time.Millisecond))
	t.Logf("at the beginning of rounds: %d places wanted, %d offered, nobody for %d; pairs repeated: %d", l.wanted, l.offered, l.alone, l.repeats)
	t.Logf("left over later or come late: %d, offered somebody within a day: %d, later: %d, still nobody at the end of the round: %d", l.reoffers, l.within, l.late, l.nobody)
	t.Logf("answers: %d, could not make it: %d, wanted somebody else: %d, joined: %d", l.said, l.cants, l.swaps, l.joins)
	t.Logf("direct messages: %d, with %d introductions", l.messages, l.introductions)
	t.Logf("of people whose clock and calendar are known, at the beginning of rounds: on the first working day %d, since they had been written to on the next %d, later %d", l.told[0], l.told[1], l.told[2])
	t.Logf("to somebody else: on the first working day %d, on the next %d, later %d; taken back before it was read: %d", l.toldElse[0], l.toldElse[1], l.toldElse[2], l.withdrawn)
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
		if day < 6 {
			y.look(noon)
		}
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
