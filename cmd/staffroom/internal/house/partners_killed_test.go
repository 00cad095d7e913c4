package house_test

import (
	"flag"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/locale"
	"github.com/staffroom-bot/staffroom/bot/partner"
	"github.com/staffroom-bot/staffroom/bot/redis"
	"github.com/staffroom-bot/staffroom/bot/redis/engine"
	"github.com/staffroom-bot/staffroom/bot/redis/redistest"
	"github.com/staffroom-bot/staffroom/cmd/staffroom/internal/house"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// scene is a part of a round that is lived once, and then again and again, with the program
// killed at each of its commands. It begins where the one before it ended.
type scene struct {
	name string
	// live is what happens, and is done anew by whoever comes after the one who was killed:
	// people press again, and platforms deliver again.
	live func(*school)
	end  string // by then whoever comes after has done all of it, by a local time of New York
}

// A round of six people, from its beginning on: one cannot make it, one comes later and takes
// their place, another comes to a pair, and one waits for somebody who gives no sign.
var roundScenes = []scene{
	{"due, close, decide, introduce", func(s *school) { s.goes("2026-10-06 10:30") }, "2026-10-06 13:00"},
	{"nudge", func(s *school) { s.goes("2026-10-08 10:30") }, "2026-10-08 13:00"},
	{"a time to meet", func(s *school) {
		at := strconv.FormatInt(when(s, "America/New_York", "2026-10-09 15:00").Unix()/60, 36)
		s.again("joe", "/partner/time/"+s.groupOf("joe")+"/"+at)
		s.again("lea", "/partner/suits/"+s.groupOf("joe")+"/"+at)
		s.goes("2026-10-08 13:30")
	}, "2026-10-08 14:00"},
	{"release, wave", func(s *school) {
		s.again("kim", "/partner/told/"+s.program, "teaches", "Science", "grades", "7", "free", "after")
		s.again("ana", "/partner/cant/"+s.groupOf("ana"))
		s.goes("2026-10-08 17:00")
	}, "2026-10-09 09:00"},
	{"third", func(s *school) {
		s.again("zoe", "/partner/told/"+s.program, "teaches", "Science", "grades", "7", "free", "after")
		s.goes("2026-10-09 17:00")
	}, "2026-10-10 09:00"},
	{"ask, look, release", func(s *school) {
		s.goes("2026-10-13 12:00")
		s.again("joe", "/partner/more-time/"+s.groupOf("joe"))
		s.goes("2026-10-14 12:00")
	}, "2026-10-16 13:00"},
}

var killedEvery = flag.Int("killed.every", 10, "at which of the commands of a round of partners the program is killed: each, or every so many")

// Wherever the program is killed in a round, whoever goes on when its lease has ended brings
// about what it would have: each has the same partner, was told so once, and the history is
// the same.
func TestARoundIsTheSameWhereverTheProgramIsKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes some ten seconds")
	}
	url := redistest.URL(t)
	s := newSchool(t, "2026-09-07 09:00", url)
	s.program = s.pairsEvery("every 2 weeks on tuesday at 10am", "ana", "joe", "sam", "lea", "max", "pam")
	s.until("2026-09-15 11:00")
	for _, u := range []string{"ana", "joe", "sam", "lea", "max"} {
		s.press(u, s.ask(u, "/partner/current"), "We met")
	}
	for _, u := range []string{"kim", "zoe"} { // they are known, and come later
		s.ask(u, "/my/settings/save", "language", "en", "zone", "America/New_York")
	}
	s.until("2026-10-06 09:59")
	at := s.clock.Now()
	k := &kills{T: t, engine: s.engine, words: s.Words, program: s.program}
	s.engine.Client().AddHook(&k.Mortal)
	for _, scene := range roundScenes {
		before := k.keep()
		want, end := k.play(scene, at, 0, false)
		after := k.keep()
		for i, late := range []bool{false, true} {
			n := 1 + i**killedEvery/2
			for ; ; n += *killedEvery {
				k.restore(before)
				got, _ := k.play(scene, at, n, late)
				if !k.died {
					break
				}
				if got != want {
					t.Fatalf("%s: killed at command %d (after it was carried out: %t) it ends with\n%s\nnot with\n%s", scene.name, n, late, got, want)
				}
			}
			t.Logf("%s: killed at each of some %d commands, after it was carried out: %t", scene.name, n-1, late)
		}
		k.restore(after)
		at = end
	}
}

// kills plays scenes, and kills.
type kills struct {
	*testing.T
	redistest.Mortal
	engine  *engine.Engine
	words   *locale.Catalogue
	program string // of partners
	died    bool
}

// play lives a scene, in which the program is killed at the nth command (0: never), and gives
// what has come of it.
func (k *kills) play(sc scene, at time.Time, n int, late bool) (outcome string, end time.Time) {
	k.Helper()
	s := &school{T: k.T, engine: k.engine, clock: scheduler.NewManualClock(at), program: k.program}
	s.platform = bottest.NewAdapter(bottest.Connection, s.clock.Now)
	s.platform.HaveRooms(true)
	k.open(s)
	if n > 0 {
		k.DieAt(n, late)
		s.mayFail = true
		sc.live(s)
		k.died = k.Revive()
		s.mayFail = false
		k.open(s)
	}
	sc.live(s)
	s.until(sc.end)
	return s.came(), s.clock.Now()
}

// open is a new process.
func (k *kills) open(s *school) {
	k.Helper()
	var err error
	s.House, err = house.Build(k.Context(), house.Options{
		Engine: k.engine, Clock: s.clock, Manual: true, Language: "en", Zone: "America/New_York", Version: "test", Words: k.words, Log: slog.New(slog.DiscardHandler),
		Adapters: func(house.Tools) ([]bot.Adapter, error) { return []bot.Adapter{s.platform}, nil },
	})
	if err != nil {
		k.Fatal(err)
	}
	s.Library.Close()
}

// goes lets time pass; a program that is killed meanwhile does nothing more.
func (s *school) goes(local string) {
	s.Helper()
	if err := s.clock.RunUntil(s.Context(), s.Runner, when(s, "America/New_York", local)); err != nil && !s.mayFail {
		s.Fatal(err)
	}
}

// again is ask of somebody who may get no answer, and does the same again then.
func (s *school) again(user, path string, values ...string) {
	s.Helper()
	req := bottest.Request(user, path, values...)
	req.Input = bot.InputID(user + path)
	if _, err := s.Router.Ask(s.Context(), req); err != nil && !s.mayFail {
		s.Fatal(user, path, err)
	}
}

func (s *school) partners() redis.Partners { return redis.Partners{Store: s.Store} }

// home is the community.
func (s *school) home() bot.CommunityID {
	s.Helper()
	c, err := s.Directory.Community(s.Context(), bottest.Space())
	if err != nil && !s.mayFail {
		s.Fatal(err)
	}
	return c.ID
}

// groupOf is the group in which somebody is, or was last.
func (s *school) groupOf(user string) string {
	var id string
	for _, g := range s.groups() {
		for _, seat := range g.Seats {
			if seat.Account.User == user {
				id = g.ID
			}
		}
	}
	return id
}

func (s *school) groups() []partner.Group {
	all, err := s.partners().Groups(s.Context(), s.home(), s.program, "", 100)
	if err != nil && !s.mayFail {
		s.Fatal(err)
	}
	return all
}

// came is what has come of a scene: who is with whom, what the history keeps, who is free,
// what stands on the platform, and what was set aside or could not be delivered. Times are
// left out: whoever goes on does so later.
func (s *school) came() string {
	s.Helper()
	var b strings.Builder
	c, ctx, store := s.home(), s.Context(), s.partners()
	st, err := store.Standing(ctx, c, s.program)
	if err != nil {
		s.Fatal(err)
	}
	fmt.Fprintln(&b, st.Round, st.Open, st.Groups, st.Waves, st.Numbers, st.Joining, st.Figures)
	together := map[string]int{}
	for _, g := range s.groups() {
		fmt.Fprint(&b, g.ID, " ", g.Stage, " ", g.Wave)
		for i, seat := range g.Seats {
			fmt.Fprint(&b, " ", seat.Account.User, " ", seat.State, " ", seat.Told, " ", seat.Quiet)
			for _, other := range g.Seats[:i] {
				pair := []string{seat.Account.User, other.Account.User}
				slices.Sort(pair)
				together[strings.Join(pair, " and ")]++
			}
		}
		fmt.Fprintln(&b)
	}
	for pair, n := range together {
		if n > 1 {
			s.Errorf("%s were brought together %d times in a round", pair, n)
		}
	}
	h, err := store.History(ctx, c, s.program)
	if err != nil {
		s.Fatal(err)
	}
	free, err := store.Free(ctx, c, s.program)
	if err != nil {
		s.Fatal(err)
	}
	past, err := store.PastRounds(ctx, c, s.program, 100)
	if err != nil {
		s.Fatal(err)
	}
	fmt.Fprintln(&b, h, len(free), len(past))
	for _, p := range past {
		fmt.Fprintln(&b, p.Round, p.Figures)
	}
	var told []string
	for _, e := range s.platform.Ledger() {
		told = append(told, e.Ref.Channel.ID+": "+e.Message.Text.String())
	}
	slices.Sort(told)
	for _, kind := range []string{"aside", "undelivered", "partnerin:" + s.program, "partnersilent:" + s.program, "partnerrest:" + s.program} {
		found, err := s.engine.Client().HGetAll(ctx, "sr:{c:"+string(c)+"}:"+kind).Result()
		if err != nil {
			s.Fatal(err)
		}
		told = append(told, fmt.Sprint(kind, found))
	}
	slices.Sort(told)
	fmt.Fprintln(&b, strings.Join(told, "\n"))
	return b.String()
}

// keep is all that Redis holds; restore lets it hold that again, and nothing else.
func (k *kills) keep() map[string]kept {
	k.Helper()
	ctx, client := k.Context(), k.engine.Client()
	names, err := client.Keys(ctx, "*").Result()
	if err != nil {
		k.Fatal(err)
	}
	out := map[string]kept{}
	for _, name := range names {
		ttl, err := client.PTTL(ctx, name).Result()
		if err != nil {
			k.Fatal(err)
		}
		out[name] = kept{client.Dump(ctx, name).Val(), max(ttl, 0)}
	}
	return out
}

type kept struct {
	value string
	ttl   time.Duration
}

func (k *kills) restore(all map[string]kept) {
	k.Helper()
	ctx := k.Context()
	pipe := k.engine.Client().TxPipeline()
	pipe.FlushDB(ctx)
	for name, one := range all {
		pipe.Restore(ctx, name, one.ttl, one.value)
	}
	if _, err := pipe.Exec(ctx); err != nil {
		k.Fatal(err)
	}
}
