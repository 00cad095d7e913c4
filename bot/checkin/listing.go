package checkin

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// ListJobKind is the kind of the jobs that list who is in the crowd of a check-in:
// Service.List is its handler.
const ListJobKind = "checkin-list"

const (
	// listAhead is how long before a check-in comes its people are listed.
	listAhead = 2 * time.Hour
	// listPause is between two pages: what is asked of the platform for one of them
	// is half of what some allow in a minute.
	listPause = 30 * time.Second
	// listLook is how long it takes at most until it is seen that a check-in was moved.
	listLook = 24 * time.Hour
	// listAgain is how long a list waits for a platform that cannot be reached.
	listAgain = time.Minute
)

// listPayload says how far a list is.
type listPayload struct {
	CheckIn string    `json:"checkin"`
	AtOnce  bool      `json:"at_once,omitempty"` // do not wait until it is about to come
	Run     time.Time `json:"run,omitzero"`      // when the list under way began; zero: none is
	Page    string    `json:"page,omitempty"`    // which page comes next
	For     time.Time `json:"for,omitzero"`      // the time for which the people are listed already
}

func listJob(ci *CheckIn, p listPayload, due time.Time) (scheduler.Job, error) {
	p.CheckIn = ci.ID
	body, err := json.Marshal(p)
	return scheduler.Job{Group: string(ci.Community), ID: record(ci.ID) + "/list", Kind: ListJobKind, Due: due, Payload: body}, err
}

// List is the scheduler.Handler of ListJobKind: before a check-in comes it takes in
// who is in its crowd, a page at a time, and lets those go who are there no longer.
// While people cannot be listed, the last list counts.
func (s *Service) List(ctx context.Context, j scheduler.Job) error {
	var p listPayload
	if err := json.Unmarshal(j.Payload, &p); err != nil {
		return scheduler.Poisoned(err)
	}
	c := bot.CommunityID(j.Group)
	ci, err := s.schedule.Get(ctx, c, p.CheckIn)
	switch {
	case bot.CodeOf(err) == bot.NotFound:
		return nil
	case err != nil:
		return waiting(err)
	case !ci.lists(): // those who were taken in are let go
		return waitingFor(s.store.Prune(ctx, c, ci.ID, j.Started, outbox.Effects{}))
	}
	if err := s.list(ctx, &ci, p, j.Started); err != nil {
		return waiting(err)
	}
	return nil
}

func waitingFor(err error) error {
	if err == nil {
		return nil
	}
	return waiting(err)
}

// list does the next part of a list, and plans what comes after it.
func (s *Service) list(ctx context.Context, ci *CheckIn, p listPayload, now time.Time) error {
	comes, ok, err := s.firstComes(ctx, ci, now)
	if err != nil {
		return err
	}
	if p.Run.IsZero() {
		begins := now.Add(listLook)
		if ok && !comes.Equal(p.For) && comes.Add(-listAhead).Before(begins) {
			begins = comes.Add(-listAhead)
		}
		if begins.After(now) && !p.AtOnce || ci.Paused {
			return s.planList(ctx, ci, listPayload{For: p.For}, now, begins)
		}
		p = listPayload{Run: now}
	}
	people, next, err := s.crowds.Members(ctx, ci.crowd(), p.Page)
	if err != nil {
		return s.listFailed(ctx, ci, p, comes, now, err)
	}
	found, err := s.people.Enter(ctx, ci.Community, people)
	if err != nil {
		return err
	}
	joins := make([]Participant, 0, len(found))
	for _, a := range people {
		if id, ok := found[a]; ok {
			joins = append(joins, Participant{Member: id, Account: a, Since: now})
		}
	}
	if next != "" {
		job, err := listJob(ci, listPayload{Run: p.Run, Page: next}, now.Add(listPause))
		if err != nil {
			return err
		}
		return s.store.Enrol(ctx, ci.Community, ci.ID, p.Run, joins, outbox.Effects{Jobs: []scheduler.Job{job}})
	}
	if err := s.store.Enrol(ctx, ci.Community, ci.ID, p.Run, joins, outbox.Effects{}); err != nil {
		return err
	}
	job, err := listedFor(ci, p, comes, now)
	if err != nil {
		return err
	}
	e := outbox.Effects{Jobs: []scheduler.Job{job}}
	if ci.Local {
		e.Jobs = append(e.Jobs, s.schedule.Relay(ci.Community, now)) // somebody's zone may be new
	}
	return s.store.Prune(ctx, ci.Community, ci.ID, p.Run, e)
}

// listedFor is the job that comes after a list: where it began shortly before the
// check-in comes, nobody is listed for that time again.
func listedFor(ci *CheckIn, p listPayload, comes, now time.Time) (scheduler.Job, error) {
	due := now.Add(listLook)
	if begins := comes.Add(-listAhead); p.Run.Before(begins) {
		if begins.Before(due) {
			due = begins
		}
		comes = time.Time{}
	}
	return listJob(ci, listPayload{For: comes}, due)
}

// planList lets the list be looked at again.
func (s *Service) planList(ctx context.Context, ci *CheckIn, p listPayload, now, due time.Time) error {
	if !due.After(now) {
		due = now.Add(listLook)
	}
	job, err := listJob(ci, p, due)
	if err != nil {
		return err
	}
	return s.store.Apply(ctx, string(ci.Community), outbox.Effects{Jobs: []scheduler.Job{job}})
}

// firstComes is when a check-in comes next where it comes first. ok is false if it
// does not.
func (s *Service) firstComes(ctx context.Context, ci *CheckIn, now time.Time) (first time.Time, ok bool, err error) {
	zones, err := s.Zones(ctx, *ci)
	if err != nil {
		return first, false, err
	}
	for _, zone := range zones {
		in, err := s.schedule.Place(ctx, bot.Member{Community: ci.Community, Zone: zone}, ci.Calendars)
		if err != nil {
			return first, false, err
		}
		if o, comes := ci.Rule.Next(now, in); comes && (!ok || o.At.Before(first)) {
			first, ok = o.At, true
		}
	}
	return first, ok, nil
}

// listFailed waits for what may be over soon, begins anew where the platform has
// forgotten a page, and else tells whoever wanted it, and lets the last list count.
func (s *Service) listFailed(ctx context.Context, ci *CheckIn, p listPayload, comes, now time.Time, cause error) error {
	var e *bot.Error
	again := listAgain
	switch {
	case !errors.As(cause, &e):
	case e.Code == bot.Invalid && p.Page != "":
		return s.planList(ctx, ci, listPayload{AtOnce: true}, now, now.Add(listPause))
	case e.Code == bot.RateLimited:
		again = max(e.After, time.Second)
	}
	why := troubleOf(cause)
	if why == unreachable {
		return scheduler.After(again, cause)
	}
	job, err := listedFor(ci, p, comes, now)
	if err != nil {
		return err
	}
	post, err := s.listTrouble(ctx, ci, why)
	if err != nil {
		return err
	}
	return s.store.Apply(ctx, string(ci.Community), outbox.Effects{Jobs: []scheduler.Job{job}, Posts: []outbox.Item{post}})
}

// listTrouble tells whoever chose the people of a check-in that they cannot be
// listed: the same trouble once, as long as the post is remembered.
func (s *Service) listTrouble(ctx context.Context, ci *CheckIn, why trouble) (outbox.Item, error) {
	by := ci.Audience.By
	home, err := s.people.Home(ctx, by.Space)
	return outbox.Item{Class: outbox.Bulk, Post: bot.Post{
		Key: bot.DeliveryKey(record(ci.ID) + "/list/" + string(why)), Direct: &by,
		Message: bot.Message{
			Text: bot.Join("\n", s.words.Text(home.Language, "checkin.list.trouble", bot.Str("name", ci.Name)),
				s.words.Text(home.Language, bot.Key("checkin.who."+string(why)))),
			Controls: []bot.Control{{Label: s.label(home.Language, "checkin.button.show"), Path: showPath + ci.ID}},
		},
	}}, err
}
