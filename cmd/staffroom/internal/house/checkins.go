package house

import (
	"context"
	"encoding/json"
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
)

// checkIns makes the check-ins, and lets the schedule know of them.
func checkIns(
	store *redis.Store, directory *community.Directory, recurring *schedule.Service, chats *discussion.Service, crowds checkin.Crowds, words bot.Words, secret []byte,
) (*checkin.Service, error) {
	s, err := checkin.New(checkin.Options{
		Store: redis.CheckIns{Store: store}, Schedule: timetable{series{recurring, redis.Schedules{Store: store}, checkin.SeriesKind}},
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
		Moving: warned(s.Moving),
		Moved:  warned(s.Crowded),
		Noted: func(ctx context.Context, r schedule.Series, e schedule.Entry, reader bot.Member) (bot.Text, error) {
			ci, err := checkInOf(&r)
			if err != nil {
				return nil, err
			}
			return s.Noted(ctx, ci, e.At, e.Extra, reader)
		},
	})
	return s, nil
}

// warned is what a check-in warns an organizer of, asked for its series.
func warned(
	by func(context.Context, checkin.CheckIn, bot.Member) (bot.Text, error),
) func(context.Context, schedule.Series, bot.Member) (bot.Text, error) {
	return func(ctx context.Context, r schedule.Series, reader bot.Member) (bot.Text, error) {
		ci, err := checkInOf(&r)
		if err != nil {
			return nil, err
		}
		return by(ctx, ci, reader)
	}
}

// timetable is the schedule as check-ins see it.
type timetable struct{ series }

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
	now, err := t.store.Now(ctx)
	if err != nil {
		return err
	}
	e.Jobs = append(slices.Clone(e.Jobs), t.Relay(ci.Community, now))
	return t.redefine(ctx, ci.Community, ci.ID, ci.Name, payload, e)
}

// Get implements checkin.Schedule.
func (t timetable) Get(ctx context.Context, c bot.CommunityID, id string) (checkin.CheckIn, error) {
	r, err := t.one(ctx, c, id)
	if err != nil {
		return checkin.CheckIn{}, err
	}
	return checkInOf(&r)
}

// List implements checkin.Schedule.
func (t timetable) List(ctx context.Context, c bot.CommunityID) ([]checkin.CheckIn, error) {
	return listed(ctx, t.series, c, checkInOf)
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
