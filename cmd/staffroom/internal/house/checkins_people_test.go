package house_test

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/checkin"
)

// room is a platform that tells who is in a channel, two a page.
type room struct {
	*bottest.Adapter
	people []string
	host   string // has the role of hosts
	err    error
	pages  int // that were given
	// failAt is at which page err is answered, once; -1: always, at each.
	failAt int
}

func (r *room) Members(_ context.Context, of bot.Crowd, page string) (people []bot.Account, next string, err error) {
	from, _ := strconv.Atoi(page)
	if r.err != nil && (r.failAt < 0 || r.failAt == from) {
		err = r.err
		if r.failAt >= 0 {
			r.err = nil
		}
		return nil, "", err
	}
	r.pages++
	in := r.people
	if of.Role == "hosts" {
		in = []string{r.host}
	}
	for _, user := range in[min(from, len(in)):min(from+2, len(in))] {
		people = append(people, bottest.Account(user))
	}
	if from+2 < len(in) {
		next = strconv.Itoa(from + 2)
	}
	return people, next, nil
}

func (r *room) Roles(context.Context, bot.SpaceID) ([]bot.Choice, error) {
	if errors.Is(r.err, bot.ErrCannotList) {
		return nil, nil
	}
	return []bot.Choice{{Label: "Hosts", Value: "hosts"}}, nil
}

const (
	fridays = "every friday at 15:00"
	because = "You get this because"
)

// forAll makes a check-in on Fridays for everybody in the channel.
func (s *school) forAll(rule string) string {
	s.Helper()
	id := s.add("Friday, two minutes", "Rose?", rule, 1, checkin.Private)
	wantSays(s.T, s.ask("maria", "/organize/checkins/among/"+id+"/channel"), "I look now who that is")
	return id
}

// prompts is how many of somebody's direct messages ask.
func (s *school) prompts(user string) int {
	return len(slices.DeleteFunc(s.direct(user), func(e bottest.Entry) bool { return !strings.Contains(e.Message.Text.String(), "open until") }))
}

func (s *school) wantPrompts(n int, users ...string) {
	s.Helper()
	for _, user := range users {
		if got := s.prompts(user); got != n {
			s.Errorf("%s was asked %d times, want %d", user, got, n)
		}
	}
}

func TestEverybodyInTheChannelIsAsked(t *testing.T) {
	s := newSchool(t, "2026-11-02 09:00", "") // a Monday
	s.room.people = []string{"ana", "ben", "cam", "dee", "eva"}
	id := s.forAll(fridays)
	s.until("2026-11-06 15:01")
	s.wantPrompts(1, s.room.people...)
	for _, e := range s.direct("ana") {
		if text := e.Message.Text.String(); !strings.Contains(text, because) {
			t.Errorf("the first time ana reads %q", text)
		}
	}

	// ben leaves for good, cam says that she wants it, dee leaves the channel, fay comes.
	wantSays(t, s.ask("ben", s.control("ben", "No thanks")), "You no longer take part")
	s.join(id, "cam")
	s.room.people = []string{"ana", "ben", "eva", "fay"}
	s.until("2026-11-13 15:01")
	s.wantPrompts(2, "ana", "cam", "eva")
	s.wantPrompts(1, "ben", "dee", "fay")
	if last := s.direct("ana")[1].Message; strings.Contains(last.Text.String(), because) || slices.ContainsFunc(last.Controls, func(c bot.Control) bool { return c.Label == "No thanks" }) {
		t.Errorf("ana is told again: %v", last.Text)
	}
	if first := s.direct("fay")[0].Message.Text.String(); !strings.Contains(first, because) {
		t.Errorf("fay reads %q", first)
	}

	// dee comes back and need not be told again; who left may come back by herself.
	s.room.people = append(s.room.people, "dee")
	s.join(id, "ben")
	s.until("2026-11-20 15:01")
	s.wantPrompts(2, "ben", "dee", "fay")
	if back := s.direct("dee")[1].Message.Text.String(); strings.Contains(back, because) {
		t.Errorf("dee is told again: %q", back)
	}

	// From now on only those who joined.
	s.ask("maria", "/organize/checkins/among/"+id+"/joined")
	s.until("2026-11-27 15:01")
	s.wantPrompts(3, "ben")
	s.wantPrompts(4, "cam")
	s.wantPrompts(3, "ana", "eva")
}

func TestEverybodyWithARoleIsAsked(t *testing.T) {
	s := newSchool(t, "2026-11-02 09:00", "")
	s.room.people, s.room.host = []string{"ana", "ben"}, "ben"
	id := s.forAll(fridays)
	who := s.ask("maria", "/organize/checkins/who/"+id)
	if !slices.ContainsFunc(who.Message.Controls, func(c bot.Control) bool {
		return c.Pick == bot.PickChoice && slices.Equal(c.Choices, []bot.Choice{{Label: "Hosts", Value: "hosts"}})
	}) {
		t.Errorf("no menu of roles: %+v", who.Message.Controls)
	}
	wantSays(t, s.ask("maria", "/organize/checkins/among/"+id+"/role", bot.Picked, "nonsense"), "I can't find that role")
	wantSays(t, s.ask("maria", "/organize/checkins/among/"+id+"/role", bot.Picked, "hosts"), "with the role Hosts")
	s.until("2026-11-06 15:01")
	s.wantPrompts(0, "ana")
	s.wantPrompts(1, "ben")
	if text := s.direct("ben")[0].Message.Text.String(); !strings.Contains(text, "the role Hosts") {
		t.Errorf("ben reads %q", text)
	}
}

// While nobody can be listed, the last list counts, and who chose it hears of it
// once if that does not pass by itself.
func TestPeopleWhoCannotBeListed(t *testing.T) {
	s := newSchool(t, "2026-11-02 09:00", "")
	s.room.people = []string{"ana", "ben", "cam"}
	id := s.add("Friday, two minutes", "Rose?", fridays, 1, checkin.Private)
	s.room.err, s.room.failAt = bot.ErrCannotList, -1
	no := s.ask("maria", "/organize/checkins/among/"+id+"/channel")
	wantSays(t, no, "I am not allowed to see who is there")
	wantSays(t, no, "Those take part who join")
	if !slices.ContainsFunc(no.Message.Controls, func(c bot.Control) bool { return c.Label == "Invite people in its channel" }) {
		t.Error("no invitation is offered")
	}
	s.room.err = &bot.Error{Code: bot.Unavailable}
	wantSays(t, s.ask("maria", "/organize/checkins/among/"+id+"/channel"), "Please try again")

	// A limit in the middle of the list: it goes on where it was.
	s.room.err, s.room.failAt = &bot.Error{Code: bot.RateLimited, After: 10 * time.Second}, 2
	s.ask("maria", "/organize/checkins/among/"+id+"/channel")
	s.room.pages = 0
	s.until("2026-11-02 09:10")
	if s.room.pages != 2 || s.room.err != nil {
		t.Errorf("the list took %d pages", s.room.pages)
	}
	// An outage at the next list; then the channel is gone for good.
	s.room.people = append(s.room.people, "dee")
	s.room.err, s.room.failAt = &bot.Error{Code: bot.Unavailable}, -1
	s.until("2026-11-06 15:01")
	s.wantPrompts(1, "ana", "ben", "cam")
	s.wantPrompts(0, "dee")
	s.room.err = nil // an hour later all is well
	s.until("2026-11-13 15:01")
	s.wantPrompts(2, "ana", "ben", "cam")
	s.wantPrompts(1, "dee")
	s.room.err = &bot.Error{Code: bot.Permanent, Reason: bot.Gone}
	s.until("2026-11-27 15:01")
	s.wantPrompts(4, "ana", "ben", "cam")
	told := s.direct("maria")
	if len(told) != 1 || !strings.Contains(told[0].Message.Text.String(), "I can't find that channel") {
		t.Errorf("maria reads %+v", told)
	}
}

// The platform has forgotten the page: the list begins anew, and nobody is let go
// for it.
func TestAForgottenPageBeginsTheListAnew(t *testing.T) {
	s := newSchool(t, "2026-11-02 09:00", "")
	s.room.people = []string{"ana", "ben", "cam"}
	s.room.err, s.room.failAt = &bot.Error{Code: bot.Invalid}, 2
	s.forAll(fridays)
	s.until("2026-11-06 15:01")
	s.wantPrompts(1, s.room.people...)
}

// People are listed before the check-in comes, not for every message, and not
// while it is paused.
func TestPeopleAreListedOnceForEachTime(t *testing.T) {
	s := newSchool(t, "2026-11-02 09:00", "")
	s.room.people = []string{"ana"}
	id := s.forAll(fridays)
	s.until("2026-11-06 12:00")
	before := s.room.pages
	for range 3 {
		s.until("2026-11-06 14:59")
	}
	if n := s.room.pages - before; n != 1 {
		t.Errorf("%d pages were read in the two hours before", n)
	}
	s.until("2026-11-27 16:00")
	if n := s.room.pages - before; n != 4 {
		t.Errorf("%d pages for four times", n)
	}
	s.ask("maria", "/organize/series/pause/"+id)
	s.until("2026-12-18 16:00")
	if n := s.room.pages - before; n != 4 {
		t.Errorf("%d pages while it is paused", n-4)
	}
}
