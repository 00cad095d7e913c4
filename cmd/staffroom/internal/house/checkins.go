package house

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/checkin"
	"github.com/staffroom-bot/staffroom/bot/community"
	"github.com/staffroom-bot/staffroom/bot/discussion"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/bot/redis"
	"github.com/staffroom-bot/staffroom/bot/schedule"
	"github.com/staffroom-bot/staffroom/scheduler"
	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

// checkIns makes the check-ins, and lets the schedule know of them.
func checkIns(
	store *redis.Store, directory *community.Directory, recurring *schedule.Service, chats *discussion.Service, crowds checkin.Crowds, words bot.Words, secret []byte,
) (*checkin.Service, error) {
	s, err := checkin.New(checkin.Options{
		Store: redis.CheckIns{Store: store}, Schedule: timetable{recurring, redis.Schedules{Store: store}},
		People: participants{directory, redis.Communities{Store: store}}, Shares: shares{chats}, Crowds: crowds, Words: words, Stretch: schedule.Stretch, Secret: secret,
	})
	if err != nil {
		return nil, err
	}
	recurring.Kind(schedule.Kind{
		Name: checkin.SeriesKind,
		Occur: func(ctx context.Context, o schedule.Occurrence) (outbox.Effects, error) {
			d := checkin.Due{Community: o.Series.Community, CheckIn: o.Series.ID, At: o.At, Now: o.Now}
			if o.Extra {
				d.Extra = o.Key[strings.LastIndexByte(o.Key, '/')+1:]
			}
			return s.Occur(ctx, d)
		},
		Zones: func(ctx context.Context, r schedule.Series) ([]string, error) {
			ci, err := checkInOf(&r)
			if err != nil {
				return nil, err
			}
			return s.Zones(ctx, ci)
		},
		Leaving: func(ctx context.Context, r schedule.Series, reader bot.Member) (bot.Message, error) {
			ci, err := checkInOf(&r)
			if err != nil {
				return bot.Message{}, err
			}
			return s.Leaving(ctx, ci, reader)
		},
	})
	return s, nil
}

// timetable is the schedule as check-ins see it.
type timetable struct {
	*schedule.Service
	store redis.Schedules
}

func checkInOf(r *schedule.Series) (checkin.CheckIn, error) {
	ci := checkin.CheckIn{
		ID: r.ID, Community: r.Community, Number: r.Number, Name: r.Title, Rule: r.Rule, Zone: r.Zone, Calendars: r.Calendars,
		Paused: r.Paused, Created: r.Created, By: r.By, Space: r.Space,
	}
	return ci, json.Unmarshal(r.Payload, &ci.Definition)
}

// Add implements checkin.Schedule.
func (t timetable) Add(ctx context.Context, ci *checkin.CheckIn, in bot.InputID) error {
	payload, err := json.Marshal(ci.Definition)
	if err != nil {
		return err
	}
	r := schedule.Series{
		Community: ci.Community, Kind: checkin.SeriesKind, Title: ci.Name, Space: ci.Space, Rule: ci.Rule, Zone: ci.Zone,
		Grace: checkin.Grace, By: ci.By, Payload: payload,
	}
	if err := t.Service.Add(ctx, &r, in); err != nil {
		return err
	}
	*ci, err = checkInOf(&r)
	return err
}

// Define implements checkin.Schedule.
func (t timetable) Define(ctx context.Context, ci *checkin.CheckIn, e outbox.Effects) error {
	payload, err := json.Marshal(ci.Definition)
	if err != nil {
		return err
	}
	const tries = 4
	for range tries {
		r, _, loadErr := t.store.Load(ctx, ci.Community, ci.ID)
		if loadErr != nil {
			return loadErr
		}
		now, nowErr := t.store.Now(ctx)
		if nowErr != nil {
			return nowErr
		}
		r.Title, r.Payload = ci.Name, payload
		with := outbox.Effects{Input: e.Input, Jobs: append(slices.Clone(e.Jobs), t.Relay(ci.Community, now))}
		if err = t.store.Advance(ctx, &r, nil, with); bot.CodeOf(err) != bot.Conflict {
			return err
		}
	}
	return err
}

// Get implements checkin.Schedule.
func (t timetable) Get(ctx context.Context, c bot.CommunityID, id string) (checkin.CheckIn, error) {
	r, _, err := t.store.Load(ctx, c, id)
	if err == nil && r.Kind != checkin.SeriesKind {
		err = &bot.Error{Code: bot.NotFound, Err: errors.New("this is no check-in")}
	}
	if err != nil {
		return checkin.CheckIn{}, err
	}
	return checkInOf(&r)
}

// mostSeries is how many series of a community are looked at: far more than have
// been seen.
const mostSeries = 200

// List implements checkin.Schedule.
func (t timetable) List(ctx context.Context, c bot.CommunityID) ([]checkin.CheckIn, error) {
	all, err := t.store.List(ctx, c, 0, mostSeries)
	if err != nil {
		return nil, err
	}
	var out []checkin.CheckIn
	for i := range all {
		if all[i].Kind != checkin.SeriesKind {
			continue
		}
		ci, err := checkInOf(&all[i])
		if err != nil {
			return nil, err
		}
		out = append(out, ci)
	}
	return out, nil
}

// Place implements checkin.Schedule.
func (t timetable) Place(ctx context.Context, m bot.Member, calendars []string) (rule.Place, error) {
	return t.Service.Place(ctx, m, calendars...)
}

// Relay implements checkin.Schedule: the job that follows a change of a calendar
// looks at the zones of every series.
func (t timetable) Relay(c bot.CommunityID, now time.Time) scheduler.Job {
	return scheduler.Job{Group: string(c), ID: schedule.CalendarJobKind + "/relay", Kind: schedule.CalendarJobKind, Due: now}
}

// participants is the directory as check-ins see it.
type participants struct {
	*community.Directory
	store redis.Communities
}

// Home implements checkin.People.
func (p participants) Home(ctx context.Context, space bot.SpaceID) (checkin.Home, error) {
	c, err := p.Community(ctx, space)
	return checkin.Home{Community: c.ID, Language: c.Language, Zone: c.Zone}, err
}

// Members implements checkin.People, in one call of the store, and one for each
// space that is not remembered.
func (p participants) Members(ctx context.Context, c bot.CommunityID, who map[bot.MemberID]bot.Account) (map[bot.MemberID]bot.Member, error) {
	ids := make([]bot.MemberID, 0, len(who))
	for id, a := range who {
		if a.User != "" {
			ids = append(ids, id)
		}
	}
	found, err := p.store.Members(ctx, c, ids)
	if err != nil {
		return nil, err
	}
	out := make(map[bot.MemberID]bot.Member, len(found))
	for _, m := range found {
		home, err := p.Community(ctx, who[m.ID].Space)
		if err != nil {
			return nil, err
		}
		if m.Language == "" {
			m.Language = home.Language
		}
		if m.Zone == "" {
			m.Zone = home.Zone
		}
		out[m.ID] = m
	}
	return out, nil
}

// Enter implements checkin.People.
func (p participants) Enter(ctx context.Context, c bot.CommunityID, accounts []bot.Account) (map[bot.Account]bot.MemberID, error) {
	found := make(map[bot.Account]bot.MemberID, len(accounts))
	for _, a := range accounts {
		m, err := p.Member(ctx, a, "")
		if err != nil {
			return nil, err
		}
		if m.Community == c {
			found[a] = m.ID
		}
	}
	return found, nil
}
