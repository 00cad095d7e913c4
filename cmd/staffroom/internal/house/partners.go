package house

import (
	"context"
	"encoding/json"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/community"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/bot/partner"
	"github.com/staffroom-bot/staffroom/bot/redis"
	"github.com/staffroom-bot/staffroom/bot/schedule"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// pairing makes the partners, and lets the schedule know of them.
func pairing(store *redis.Store, directory *community.Directory, recurring *schedule.Service, words bot.Words) *partner.Service {
	s := partner.New(partner.Options{
		Store: redis.Partners{Store: store}, Schedule: programs{series{recurring, redis.Schedules{Store: store}, partner.SeriesKind}},
		People: colleagues{participants{directory, redis.Communities{Store: store}}}, Words: words,
		Courtesy: outbox.NewCourtesy(store, words), Goals: sharedGoals{redis.CheckIns{Store: store}},
	})
	recurring.Kind(schedule.Kind{
		Name: partner.SeriesKind,
		Occur: func(ctx context.Context, o schedule.Occurrence) (outbox.Effects, error) {
			return s.Occur(ctx, partner.Due{Community: o.Series.Community, Program: o.Series.ID, Occurrence: o.Key, Now: o.Now})
		},
	})
	return s
}

// partnerJobs lets the runner do what partners need.
func partnerJobs(r *scheduler.Runner, s *partner.Service) {
	r.Handle(partner.RoundJobKind, s.Begin)
	r.Handle(partner.AgainJobKind, s.Again)
	r.Handle(partner.GroupJobKind, s.StepGroup)
	r.Handle(partner.CallJobKind, s.Call)
	r.Handle(partner.RelayJobKind, s.PassOn)
	r.Handle(partner.MovedJobKind, s.LookAnew)
}

// programs is the schedule as partners see it.
type programs struct{ series }

func programOf(r *schedule.Series) (partner.Program, error) {
	p := partner.Program{
		ID: r.ID, Community: r.Community, Number: r.Number, Name: r.Title, Rule: r.Rule, Zone: r.Zone, Calendars: r.Calendars,
		Paused: r.Paused, By: r.By, Space: r.Space,
	}
	return p, json.Unmarshal(r.Payload, &p.Definition)
}

// Add implements partner.Schedule.
func (t programs) Add(ctx context.Context, p *partner.Program, in bot.InputID) error {
	payload, err := json.Marshal(p.Definition)
	if err != nil {
		return err
	}
	r := schedule.Series{
		Community: p.Community, Kind: partner.SeriesKind, Title: p.Name, Space: p.Space, Rule: p.Rule, Zone: p.Zone,
		Grace: partner.Grace, By: p.By, Payload: payload,
	}
	if err := t.Service.Add(ctx, &r, in); err != nil {
		return err
	}
	*p, err = programOf(&r)
	return err
}

// Define implements partner.Schedule.
func (t programs) Define(ctx context.Context, p *partner.Program, e outbox.Effects) error {
	payload, err := json.Marshal(p.Definition)
	if err != nil {
		return err
	}
	return t.redefine(ctx, p.Community, p.ID, p.Name, payload, e)
}

// Get implements partner.Schedule.
func (t programs) Get(ctx context.Context, c bot.CommunityID, id string) (partner.Program, error) {
	r, err := t.one(ctx, c, id)
	if err != nil {
		return partner.Program{}, err
	}
	return programOf(&r)
}

// List implements partner.Schedule.
func (t programs) List(ctx context.Context, c bot.CommunityID) ([]partner.Program, error) {
	return listed(ctx, t.series, c, programOf)
}

// colleagues is the directory as partners see it.
type colleagues struct{ participants }

// Home implements partner.People.
func (p colleagues) Home(ctx context.Context, space bot.SpaceID) (partner.Home, error) {
	c, err := p.Community(ctx, space)
	return partner.Home{Community: c.ID, Language: c.Language, Zone: c.Zone}, err
}

// PlaceNames implements partner.People.
func (p colleagues) PlaceNames(ctx context.Context, c bot.CommunityID) (map[bot.SpaceID]string, error) {
	all, err := p.Places(ctx, c)
	out := make(map[bot.SpaceID]string, len(all))
	for i := range all {
		out[all[i].Space] = all[i].Called()
	}
	return out, err
}

// Called implements partner.People.
func (p colleagues) Called(ctx context.Context, c bot.CommunityID, name string) ([]bot.Member, error) {
	return p.store.Called(ctx, c, name)
}
