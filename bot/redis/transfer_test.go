package redis

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/bot/redis/redistest"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// leftOver is what may be left in a community whose only place has gone: itself,
// where to, what was used to go, what it has yet to send, and what was decided for it.
var leftOver = regexp.MustCompile(`^(about|left|numbers|in:.*|codetries:.*|posts|queue|jobs|due|libraryrules|libraryrules:v)$`)

// staying are the keys of the table in doc.go that are no records of a feature: a
// community itself, how it is left, its jobs, its outbox, and what was reported to
// those who organize it; and what was carried to other places of a chat, which ends with
// the move.
var staying = strings.Fields(`about left moving codetries:<who> numbers jobs due lease next tries aside in:<hash>
	posts queue sending changes lanes sent sentat sentto:<who> undelivered undeliveredat undeliveredid unreported unreached written reports reports:v
	report:<id>:case report:<id>:case:v reportdraft:<id> reporttries:<who> reportsof:<who>
	checkinrevision:<id> checkinfollowed:<who> partnerfollowed:<who> libraryrules libraryrules:v librarysearch:<who>
	relay:<chat>:way relay:<chat>:way:v relay:<chat>:log relay:<chat>:shown`)

// Whoever adds a key adds it to what the town is seeded with, or here.
func TestATownHasSomethingOfEveryKind(t *testing.T) {
	b := newBench(t, redistest.InProcess(t), scheduler.NewManualClock(noon))
	names := newTown(b).keys()
	for _, r := range documentedKeys(t) {
		name, of := strings.CutPrefix(r.name, "sr:{c}:")
		if of && !slices.Contains(staying, name) && !slices.ContainsFunc(names, r.pattern.MatchString) {
			t.Errorf("no place has %s: it may be left behind", name)
		}
	}
}

// What belongs to a place is in the other community, all of it, and no more in its
// own.
func TestALinkedPlaceTakesEverythingAlong(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		town := newTown(b)
		before, theirs := town.contents(ofLincoln), town.contents(ofMadison)
		town.link()
		for _, name := range town.keysOf(ofLincoln) {
			if !leftOver.MatchString(name) {
				t.Errorf("%s is left behind", name)
			}
		}
		for _, j := range b.client.HKeys(b.Context(), key(ofLincoln, "jobs")).Val() {
			if !strings.HasPrefix(j, outbox.JobKind+"/") {
				t.Errorf("the job %s is left behind", j)
			}
		}
		now := town.contents(ofMadison)
		for _, where := range []map[string]string{before, theirs} {
			for name, was := range where {
				switch {
				case name == "about", name == "organizers", strings.HasPrefix(name, "calendars everybody"), strings.HasPrefix(name, "series "),
					strings.HasPrefix(name, "jobs calendar"), strings.HasPrefix(name, "due calendar"):
				case now[name] == "":
					t.Errorf("%s did not arrive", name)
				case name == "libraryuntold": // a set of both
					if !strings.Contains(now[name], strings.TrimSpace(was)) {
						t.Errorf("of who is not told, %q did not arrive in %q", was, now[name])
					}
				case now[name] != was:
					t.Errorf("%s is now\n%s\nwas\n%s", name, now[name], was)
				}
			}
		}
		own := "of-" + lincoln.Token()
		if cal := now["calendars "+own]; !strings.Contains(cal, "Memorial Day of 01lincoln") || !strings.Contains(cal, `"name":"Place 01lincoln"`) {
			t.Errorf("the place's own calendar is %s", cal)
		}
		if s := now["series 01lincolnseries"]; !strings.Contains(s, `"calendars":["01lincolncal","`+own+`"]`) {
			t.Errorf("the series is %s", s)
		}
		if job := now["jobs calendar/"+own]; job == "" {
			t.Error("nobody reads the calendar on the web any more")
		}
		town.wantNumbers(ofMadison)
		m, err := b.people().Member(b.Context(), ofMadison, bot.Account{Space: lincoln, User: "ana"}, bot.Member{ID: "01other"})
		if err != nil || m.ID != "01lincolnana" || m.Role != bot.RoleOrganizer || m.Away.Until != "2026-03-02" {
			t.Errorf("ana is %+v, %v", m, err)
		}
	})
}

// wantNumbers looks whether short numbers are given once.
func (t *town) wantNumbers(c bot.CommunityID) {
	t.Helper()
	for _, name := range []string{"chats", "series"} {
		seen := map[int]string{}
		for id, body := range t.client.HGetAll(t.Context(), key(c, name)).Val() {
			var r struct {
				Number int `json:"number"`
			}
			t.ok(json.Unmarshal([]byte(body), &r))
			if other, twice := seen[r.Number]; twice {
				t.Errorf("%s and %s are both number %d", id, other, r.Number)
			}
			seen[r.Number] = id
		}
	}
	seen := map[string]bool{}
	for id, n := range t.client.HGetAll(t.Context(), key(c, "membernumbers")).Val() {
		if seen[n] {
			t.Errorf("%s has number %s, as another", id, n)
		}
		seen[n] = true
	}
}

// There and back leaves what was there, as often as one likes.
func TestThereAndBack(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		town := newTown(b)
		lincolns, madisons := town.contents(ofLincoln), town.contents(ofMadison)
		for range 2 {
			town.link()
			town.part()
			town.wantSame(ofLincoln, town.withoutJobs(ofLincoln), without(lincolns))
			town.wantSame(ofMadison, town.withoutJobs(ofMadison), without(madisons))
			for _, c := range []bot.CommunityID{ofLincoln, ofMadison} {
				if n := b.client.Exists(b.Context(), key(c, "moving")).Val(); n > 0 {
					t.Errorf("%s: something is on its way", c)
				}
			}
			town.wantJobs(ofLincoln)
			town.wantJobs(ofMadison)
		}
	})
}

// wantJobs looks whether a community has the jobs that belong to its records.
func (t *town) wantJobs(c bot.CommunityID) {
	t.Helper()
	someone := map[bot.CommunityID]string{ofLincoln: "ana", ofMadison: "mia"}[c]
	want := []string{
		"calendar", "chat/" + string(c) + "chat0", "chat/" + string(c) + "chat1",
		"checkin/" + string(c) + "friday", "checkin/" + string(c) + "friday/list", "goal/" + string(c) + someone + "/g", "library-wish/" + string(c) + "w", "series/" + string(c) + "friday", "series/" + string(c) + "pairs", "series/" + string(c) + "series",
	}
	got := slices.DeleteFunc(t.client.HKeys(t.Context(), key(c, "jobs")).Val(), func(id string) bool { return strings.HasPrefix(id, outbox.JobKind+"/") })
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("%s: the jobs are %q, want %q", c, got, want)
	}
}

// withoutJobs is contents without what calendars and courses make of the time that
// has passed.
func (t *town) withoutJobs(c bot.CommunityID) map[string]string { return without(t.contents(c)) }

func without(all map[string]string) map[string]string {
	out := maps.Clone(all)
	maps.DeleteFunc(out, func(name, _ string) bool {
		return strings.HasPrefix(name, "jobs ") || strings.HasPrefix(name, "due ")
	})
	return out
}

// Wherever the program dies while a place moves, there or back, the next life
// brings it to the same end.
func TestATransferGoesOnWhereverTheProcessDies(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		wanted := map[bool]map[bot.CommunityID]map[string]string{}
		for _, late := range []bool{false, true} {
			step := 97 // every command would take minutes
			if strings.HasSuffix(b.Name(), "/real") {
				step = 7
			}
			for n, died := 0, true; died; n += step {
				died = n == 0
				b.clock = scheduler.NewManualClock(noon)
				b.empty()
				town := newTown(b)
				for _, back := range []bool{false, true} {
					if back {
						town.asks(madison, "mia", "/organize/link/parted/"+lincoln.Token())
					} else {
						town.begin()
					}
					if n > 0 {
						b.calls.DieAt(n, late)
					}
					_ = town.work(5 * time.Minute)
					if b.calls.Revive() {
						died = true
					}
					town.open()
					b.ok(town.work(5 * time.Minute))
					c := ofMadison
					if back {
						c = ofLincoln
					}
					town.wantIn(c)
					got := map[bot.CommunityID]map[string]string{ofLincoln: town.withoutJobs(ofLincoln), ofMadison: town.withoutJobs(ofMadison)}
					if wanted[back] == nil {
						wanted[back] = got
					}
					for c := range got {
						town.wantSame(c, got[c], wanted[back][c])
						if back {
							town.wantJobs(c)
						}
					}
					town.wantNumbers(c)
				}
				if t.Failed() {
					t.Fatalf("it died at command %d, after it was carried out: %t", n, late)
				}
				if n > 500 {
					t.Fatal("the transfer has no end")
				}
			}
		}
	})
}
