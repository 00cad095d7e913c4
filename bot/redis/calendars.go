package redis

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/redis/go-redis/v9"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/bot/schedule"
)

const (
	calendarRecords  = "calendars"
	calendarVersions = "calendars:v"
)

// Calendar implements schedule.Store.
func (s Schedules) Calendar(ctx context.Context, c bot.CommunityID, id string) (schedule.Calendar, error) {
	found, err := s.calendars(ctx, c, id)
	if err != nil {
		return schedule.Calendar{}, err
	}
	if len(found) == 0 {
		return schedule.Calendar{}, &bot.Error{Code: bot.NotFound}
	}
	return found[0], nil
}

// calendars gives those with these IDs, without those that do not exist.
func (s Schedules) calendars(ctx context.Context, c bot.CommunityID, ids ...string) (schedule.Calendars, error) {
	pipe := s.client.TxPipeline()
	found := readCalendars(ctx, pipe, c, ids...)
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, failed(err)
	}
	return found()
}

// readCalendars asks for calendars in a pipeline. What it gives decodes the
// answer.
func readCalendars(ctx context.Context, pipe redis.Pipeliner, c bot.CommunityID, ids ...string) func() (schedule.Calendars, error) {
	bodies := pipe.HMGet(ctx, key(c, calendarRecords), ids...)
	versions := pipe.HMGet(ctx, key(c, calendarVersions), ids...)
	return func() (schedule.Calendars, error) {
		if err := errors.Join(bodies.Err(), versions.Err()); err != nil {
			return nil, failed(err)
		}
		var out schedule.Calendars
		for i, id := range ids {
			body, kept := bodies.Val()[i].(string)
			if !kept {
				if id == schedule.Everybody {
					out = append(out, schedule.Calendar{Community: c, ID: id})
				}
				continue
			}
			version, _ := versions.Val()[i].(string)
			cal, err := decodeCalendar(c, id, body, version)
			if err != nil {
				return nil, err
			}
			out = append(out, cal)
		}
		return out, nil
	}
}

func decodeCalendar(c bot.CommunityID, id, body, version string) (schedule.Calendar, error) {
	cal := schedule.Calendar{Community: c, ID: id}
	if err := json.Unmarshal([]byte(body), &cal); err != nil {
		return cal, fmt.Errorf("calendar: %w", err)
	}
	var err error
	cal.Version, err = strconv.ParseInt(version, 10, 64)
	return cal, err
}

// Calendars implements schedule.Store.
func (s Schedules) Calendars(ctx context.Context, c bot.CommunityID) (schedule.Calendars, error) {
	pipe := s.client.TxPipeline()
	bodies := pipe.HGetAll(ctx, key(c, calendarRecords))
	versions := pipe.HGetAll(ctx, key(c, calendarVersions))
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, failed(err)
	}
	everybody := schedule.Calendar{Community: c, ID: schedule.Everybody}
	var named schedule.Calendars
	for _, id := range slices.Sorted(maps.Keys(bodies.Val())) {
		cal, err := decodeCalendar(c, id, bodies.Val()[id], versions.Val()[id])
		switch {
		case err != nil:
			return nil, err
		case id == schedule.Everybody:
			everybody = cal
		default:
			named = append(named, cal)
		}
	}
	slices.SortStableFunc(named, func(a, b schedule.Calendar) int { return cmp.Compare(a.Name, b.Name) })
	return append(schedule.Calendars{everybody}, named...), nil
}

// KeepCalendar implements schedule.Store.
func (s Schedules) KeepCalendar(ctx context.Context, cal *schedule.Calendar, e outbox.Effects) error {
	c := calendarChange(cal, e)
	c.unless = []string{leftByAll}
	version, err := s.advance(ctx, c)
	if err == nil {
		cal.Version = version
	}
	return err
}

// RemoveCalendar implements schedule.Store, as Remove does it.
func (s Schedules) RemoveCalendar(ctx context.Context, cal *schedule.Calendar, e outbox.Effects) error {
	_, err := s.advance(ctx, calendarChange(cal, e,
		write{"HDEL", calendarRecords, []string{cal.ID}},
		write{"HDEL", calendarVersions, []string{cal.ID}},
	))
	return err
}

func calendarChange(cal *schedule.Calendar, e outbox.Effects, writes ...write) change {
	return change{
		community: cal.Community, records: calendarRecords, id: cal.ID, from: cal.Version, body: cal, writes: writes, Effects: e,
	}
}
