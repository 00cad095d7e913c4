package redis

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/redis/go-redis/v9"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/bot/schedule"
)

const (
	seriesRecords  = "series"
	seriesVersions = "series:v"
	seriesNumbers  = "series:number"
)

// Schedules implements schedule.Store on a Store.
type Schedules struct{ *Store }

var _ schedule.Store = Schedules{}

func seriesLog(id string) string { return "serieslog:" + id }

// NextNumber implements schedule.Store.
func (s Schedules) NextNumber(ctx context.Context, c bot.CommunityID) (int, error) {
	n, err := s.client.HIncrBy(ctx, key(c, "numbers"), "series", 1).Result()
	return int(n), failed(err)
}

// Advance implements schedule.Store.
func (s Schedules) Advance(ctx context.Context, r *schedule.Series, entries []schedule.Entry, e outbox.Effects) error {
	writes := []write{{"ZADD", seriesNumbers, []string{strconv.Itoa(r.Number), r.ID}}}
	if len(entries) > 0 {
		bodies := make([]string, len(entries))
		for i, entry := range entries {
			body, err := json.Marshal(entry)
			if err != nil {
				return err
			}
			bodies[i] = string(body)
		}
		writes = append(writes,
			write{"LPUSH", seriesLog(r.ID), bodies},
			write{"LTRIM", seriesLog(r.ID), []string{"0", strconv.Itoa(schedule.LogLength - 1)}})
	}
	version, err := s.advance(ctx, change{
		community: r.Community, records: seriesRecords, id: r.ID, from: r.Version, body: r, writes: writes, Effects: e,
		unless: []string{leftByAll, r.Space.String()},
	})
	if err == nil {
		r.Version = version
	}
	return err
}

// Revise implements schedule.Store. The log is as it was read, since it changes
// with the version only.
func (s Schedules) Revise(ctx context.Context, r *schedule.Series, entries map[int]schedule.Entry) error {
	var writes []write
	for i, entry := range entries {
		body, err := json.Marshal(entry)
		if err != nil {
			return err
		}
		writes = append(writes, write{"LSET", seriesLog(r.ID), []string{strconv.Itoa(i), string(body)}})
	}
	version, err := s.advance(ctx, change{
		community: r.Community, records: seriesRecords, id: r.ID, from: r.Version, body: r, writes: writes,
	})
	if err == nil {
		r.Version = version
	}
	return err
}

// Remove implements schedule.Store. Versions of a series that is gone begin
// anew, so whoever knew one of it gets a conflict, and then not_found.
func (s Schedules) Remove(ctx context.Context, r *schedule.Series, e outbox.Effects) error {
	_, err := s.advance(ctx, change{
		community: r.Community, records: seriesRecords, id: r.ID, from: r.Version, body: r,
		writes: []write{
			{"HDEL", seriesRecords, []string{r.ID}},
			{"HDEL", seriesVersions, []string{r.ID}},
			{"ZREM", seriesNumbers, []string{r.ID}},
			{"DEL", seriesLog(r.ID), []string{}},
		},
		Effects: e,
	})
	return err
}

// Load implements schedule.Store, in one round trip, or two where the series uses
// calendars with a name. A change of those that comes between the two is no harm:
// it lets every series be looked at again.
func (s Schedules) Load(ctx context.Context, c bot.CommunityID, id string) (schedule.Series, schedule.Calendars, error) {
	pipe := s.client.TxPipeline()
	body := pipe.HGet(ctx, key(c, seriesRecords), id)
	version := pipe.HGet(ctx, key(c, seriesVersions), id)
	everybody := readCalendars(ctx, pipe, c, schedule.Everybody)
	if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) {
		return schedule.Series{}, nil, failed(err)
	}
	if err := body.Err(); err != nil {
		return schedule.Series{}, nil, failed(err)
	}
	r, err := decodeSeries(c, body.Val(), version.Val())
	if err != nil {
		return r, nil, err
	}
	cals, err := everybody()
	if err != nil || len(r.Calendars) == 0 {
		return r, cals, err
	}
	more, err := s.calendars(ctx, c, r.Calendars...)
	return r, append(cals, more...), err
}

func decodeSeries(c bot.CommunityID, body, version string) (schedule.Series, error) {
	r := schedule.Series{Community: c}
	if err := json.Unmarshal([]byte(body), &r); err != nil {
		return r, fmt.Errorf("series: %w", err)
	}
	var err error
	r.Version, err = strconv.ParseInt(version, 10, 64)
	return r, err
}

// List implements schedule.Store.
func (s Schedules) List(ctx context.Context, c bot.CommunityID, skip, limit int) ([]schedule.Series, error) {
	if limit <= 0 {
		return nil, nil
	}
	ids, err := s.client.ZRange(ctx, key(c, seriesNumbers), int64(skip), int64(skip+limit-1)).Result()
	if err != nil || len(ids) == 0 {
		return nil, failed(err)
	}
	pipe := s.client.TxPipeline()
	bodies := pipe.HMGet(ctx, key(c, seriesRecords), ids...)
	versions := pipe.HMGet(ctx, key(c, seriesVersions), ids...)
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, failed(err)
	}
	var out []schedule.Series
	for i, body := range bodies.Val() {
		text, ok := body.(string)
		if !ok {
			continue // removed meanwhile
		}
		version, _ := versions.Val()[i].(string)
		r, err := decodeSeries(c, text, version)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// Log implements schedule.Store.
func (s Schedules) Log(ctx context.Context, c bot.CommunityID, id string, skip, limit int) ([]schedule.Entry, error) {
	if limit <= 0 {
		return nil, nil
	}
	bodies, err := s.client.LRange(ctx, key(c, seriesLog(id)), int64(skip), int64(skip+limit-1)).Result()
	if err != nil {
		return nil, failed(err)
	}
	out := make([]schedule.Entry, len(bodies))
	for i, body := range bodies {
		if err := json.Unmarshal([]byte(body), &out[i]); err != nil {
			return nil, fmt.Errorf("log of a series: %w", err)
		}
	}
	return out, nil
}

// Undelivered implements schedule.Store.
func (s Schedules) Undelivered(ctx context.Context, c bot.CommunityID, keys []bot.DeliveryKey) (map[bot.DeliveryKey]outbox.Outcome, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	fields := make([]string, len(keys))
	for i, k := range keys {
		fields[i] = string(k)
	}
	reports, err := s.client.HMGet(ctx, key(c, "undelivered"), fields...).Result()
	if err != nil {
		return nil, failed(err)
	}
	out := map[bot.DeliveryKey]outbox.Outcome{}
	for i, report := range reports {
		text, ok := report.(string)
		if !ok {
			continue
		}
		var r struct {
			Outcome outbox.Outcome `json:"outcome"`
		}
		if err := json.Unmarshal([]byte(text), &r); err != nil {
			return nil, fmt.Errorf("undelivered: %w", err)
		}
		out[keys[i]] = r.Outcome
	}
	return out, nil
}
