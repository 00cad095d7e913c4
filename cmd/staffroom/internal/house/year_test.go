package house_test

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/checkin"
	"github.com/staffroom-bot/staffroom/bot/redis"
	"github.com/staffroom-bot/staffroom/bot/redis/redistest"
	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

func TestMain(m *testing.M) { redistest.Main(m) }

// The school year's people live in these zones, whose clocks change on different
// days or never.
var yearZones = []string{
	"America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Phoenix", "America/Halifax",
	"Europe/Madrid", "Europe/London", "Africa/Lagos", "Asia/Tokyo", "Pacific/Auckland", "Pacific/Honolulu",
}

// yearCheckIns are the check-ins of the year, each with its own rule.
var yearCheckIns = []struct {
	name, rule string
	days       int
	sharing    checkin.Sharing
}{
	{"Monday goal", "every monday at 8:00 except holidays", 1, checkin.Private},
	{"Friday rose", "every friday at 15:00 except holidays", 1, checkin.Private},
	{"New teachers", "every thursday at 15:00 except holidays", 2, checkin.Organizers},
	{"Coaching", "every 2 weeks on wednesday at 12:00 except holidays", 2, checkin.Organizers},
	{"Observation", "the last thursday of the month at 10:00 or the next working day", 3, checkin.Private},
	{"Pulse", "the first tuesday of the month at 9:00 except holidays", 5, checkin.Anonymous},
}

// yearWeeks is how long it lasts: until the middle of June.
const yearWeeks = 42

const yearHolidays = `2026-09-07 Labor Day
2026-11-26..2026-11-27 Thanksgiving
2026-12-21..2027-01-01 Winter break
2027-01-18 King
2027-03-29..2027-04-02 Spring break
2027-05-31 Memorial Day`

// colleague is somebody in the school year.
type colleague struct {
	name   string
	zone   string
	plain  bool                 // they neither travel nor go away nor leave
	joined map[string]time.Time // by check-in
	left   map[string]bool
}

var yearPeople = flag.Int("year.people", 60, "how many people begin the school year")

// A school year: people in 12 zones, six check-ins with rules of their own,
// holidays, changes of clocks; people join, leave, travel and go away. Each has come
// to one end of every occurrence, at the right local time or for a reason, and
// nobody is written to in quiet hours or more than the budget allows.
func TestSchoolYear(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes some twenty seconds")
	}
	begun := time.Now()
	s := newSchool(t, "2026-08-24 09:00", redistest.URL(t))
	y := &year{school: s, ids: map[string]string{}, people: map[string]*colleague{}, chance: rand.New(rand.NewPCG(4, 2))}
	wantSays(t, s.ask("maria", "/organize/holidays-added", "days", yearHolidays), "6 holidays added")
	for _, c := range yearCheckIns {
		y.ids[c.name] = s.add(c.name, "How was it?", c.rule, c.days, c.sharing)
	}
	for i := range *yearPeople {
		y.arrive(i)
	}
	for week := range yearWeeks {
		y.live(week)
		s.until(when(t, "America/New_York", "2026-08-30 09:00").AddDate(0, 0, 7*week).Format("2006-01-02 15:04"))
	}
	y.checkTurns()
	y.checkMessages()
	t.Logf("%s: %d turns of %d people, %v; %d direct messages", time.Since(begun).Round(100*time.Millisecond), y.turns, len(y.people), y.states, y.messages)
}

type year struct {
	*school
	ids      map[string]string // of the check-ins, by name
	people   map[string]*colleague
	chance   *rand.Rand
	turns    int
	states   map[checkin.State]int
	asked    map[string]map[string]int // how often by person and check-in
	messages int
}

// arrive lets one more person come, who takes part in about a quarter of the check-ins.
func (y *year) arrive(i int) {
	c := &colleague{
		name: fmt.Sprintf("u%03d", i), zone: yearZones[i%len(yearZones)], plain: i%5 != 0, joined: map[string]time.Time{}, left: map[string]bool{},
	}
	y.people[c.name] = c
	y.move(c, c.zone)
	for _, check := range yearCheckIns {
		if y.chance.IntN(4) == 0 {
			y.join(y.ids[check.name], c.name)
			c.joined[check.name] = y.clock.Now()
		}
	}
}

func (y *year) move(c *colleague, zone string) {
	c.zone = zone
	y.ask(c.name, "/my/settings/save", "language", "en", "zone", zone)
}

// live is what happens in a week besides: some travel, are away, leave, join, or
// answer.
func (y *year) live(week int) {
	for _, name := range slices.Sorted(maps.Keys(y.people)) {
		c := y.people[name]
		if c.plain {
			continue
		}
		switch y.chance.IntN(20) {
		case 0:
			y.move(c, yearZones[y.chance.IntN(len(yearZones))])
		case 1:
			y.ask(name, "/my/away", "until", "for 1 week")
		case 2:
			for check := range c.joined {
				y.ask(name, "/checkin/leave/"+y.ids[check])
				c.left[check] = true
			}
		case 3:
			if form := y.ask(name, "/checkin/answer").Form; form != nil {
				y.ask(name, form.Path, "q1", "fine")
			}
		}
	}
	if week%4 == 3 {
		y.arrive(len(y.people))
	}
}

// checkTurns compares how the year went with what the rules say.
func (y *year) checkTurns() {
	store := redis.CheckIns{Store: y.Store}
	ctx := y.Context()
	y.states, y.asked = map[checkin.State]int{}, map[string]map[string]int{}
	list, err := rule.ParseHolidays(yearHolidays)
	if err != nil {
		y.Fatal(err)
	}
	members := map[bot.MemberID]*colleague{}
	for name, c := range y.people {
		m, err := y.Directory.Member(ctx, bottest.Account(name), "")
		if err != nil {
			y.Fatal(err)
		}
		members[m.ID] = c
		y.asked[name] = map[string]int{}
	}
	maria, err := y.Directory.Member(ctx, bottest.Account("maria"), "")
	if err != nil {
		y.Fatal(err)
	}
	for _, check := range yearCheckIns {
		r, err := rule.Parse(check.rule)
		if err != nil {
			y.Fatal(err)
		}
		if strings.HasPrefix(check.rule, "every 2 weeks") {
			r = r.Anchored(when(y, "America/New_York", "2026-08-24 09:00"), when(y, "America/New_York", "2026-08-24 09:00").Location())
		}
		occurrences, err := store.Past(ctx, maria.Community, y.ids[check.name], y.clock.Now().Add(time.Hour), 500)
		if err != nil {
			y.Fatal(err)
		}
		had := map[string]map[time.Time]checkin.Turn{}
		for _, id := range occurrences {
			turns, err := store.Turns(ctx, maria.Community, id)
			if err != nil {
				y.Fatal(err)
			}
			wall := wallOf(id)
			for m, turn := range turns {
				c := members[m]
				y.turns++
				y.states[turn.State]++
				if had[c.name] == nil {
					had[c.name] = map[time.Time]checkin.Turn{}
				}
				had[c.name][wall] = turn
				if turn.State == checkin.IsAsked || !turn.Opened.IsZero() {
					y.asked[c.name][check.name]++
				}
			}
		}
		for name, c := range y.people {
			if since, joined := c.joined[check.name]; joined && !c.left[check.name] {
				y.checkPerson(check.name, r, list, c, since, had[name])
			}
		}
	}
}

// checkPerson compares the turns of somebody with the rule: each occurrence has
// one. To whom nothing happened it came by their own clock, at its time, or not for
// a holiday.
func (y *year) checkPerson(check string, r rule.Rule, holidays rule.Calendar, c *colleague, since time.Time, had map[time.Time]checkin.Turn) {
	loc, err := time.LoadLocation(c.zone)
	if err != nil {
		y.Fatal(err)
	}
	if !c.plain {
		since = since.AddDate(0, 0, 2) // they may have joined in another zone
	}
	want := 0
	end := y.clock.Now().AddDate(0, 0, -10) // what is later may not be settled yet
	for o := range r.After(since, rule.Place{Zone: loc, Calendar: holidays}) {
		if o.At.After(end) {
			break
		}
		want++
		turn, ok := had[o.Wall]
		switch {
		case !ok:
			y.Errorf("%s in %s has come to no end of %s on %s", c.name, c.zone, check, o.Wall)
		case !c.plain:
		case o.Skipped && turn.State != checkin.IsHoliday, !o.Skipped && turn.State != checkin.IsAsked && turn.State != checkin.IsUnsent:
			y.Errorf("%s: %s on %s is %s", c.name, check, o.Wall, turn.State)
		case !o.Skipped && !turn.Opened.Equal(o.At):
			y.Errorf("%s in %s was asked for %s at %s, not at %s", c.name, c.zone, check, turn.Opened.In(loc), o.At.In(loc))
		}
	}
	if want < 5 && y.clock.Now().Sub(since) > 200*24*time.Hour {
		y.Errorf("%s has only %d occurrences of %s", c.name, want, check)
	}
}

// wallOf is the wall-clock time that an occurrence's name tells.
func wallOf(id string) time.Time {
	_, minutes, _ := strings.Cut(id, "-")
	var n int64
	for _, digit := range minutes {
		n = 36*n + int64(strings.IndexRune("0123456789abcdefghijklmnopqrstuvwxyz", digit))
	}
	return time.Unix(60*n, 0).UTC()
}

// checkMessages looks at all that people were sent: in no quiet hours, within the
// budget, and each question at most as often as they had a turn.
func (y *year) checkMessages() {
	byPerson := map[string][]bottest.Entry{}
	for _, e := range y.platform.Ledger() {
		if name, direct := strings.CutPrefix(e.Ref.Channel.ID, "dm-"); direct && name != "maria" {
			byPerson[name] = append(byPerson[name], e)
			y.messages++
		}
	}
	for name, entries := range byPerson {
		c := y.people[name]
		loc, err := time.LoadLocation(c.zone)
		if err != nil {
			y.Fatal(err)
		}
		got := map[string]int{}
		for i, e := range entries {
			text := e.Message.Text.String()
			for _, check := range yearCheckIns {
				got[check.name] += strings.Count(text, check.name+" · open until")
			}
			if !c.plain {
				continue // their clock was another one then
			}
			local := e.At.In(loc)
			if local.Hour() < 7 || local.Hour() >= 20 || local.Weekday() == time.Saturday || local.Weekday() == time.Sunday {
				y.Errorf("%s was written to on %s", name, local.Format("Mon 2 Jan 15:04"))
			}
			if i >= 1 && entries[i-1].At.In(loc).Format(time.DateOnly) == local.Format(time.DateOnly) {
				y.Errorf("%s was written to twice on %s", name, local.Format("Mon 2 Jan"))
			}
			if i >= 3 && e.At.Sub(entries[i-3].At) < 6*24*time.Hour {
				y.Errorf("%s was written to four times in a week, on %s", name, local.Format("Mon 2 Jan"))
			}
		}
		for check, n := range got {
			if n > y.asked[name][check] {
				y.Errorf("%s got %s %d times, and was asked %d times", name, check, n, y.asked[name][check])
			}
		}
	}
}
