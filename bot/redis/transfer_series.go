package redis

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/bot/schedule"
)

var _ schedule.TransferStore = Schedules{}

// IDs implements schedule.TransferStore.
func (s Schedules) IDs(ctx context.Context, c bot.CommunityID) ([]string, error) {
	ids, err := s.client.HKeys(ctx, key(c, seriesRecords)).Result()
	slices.Sort(ids)
	return ids, failed(err)
}

// OnTheWay implements schedule.TransferStore.
func (s Schedules) OnTheWay(ctx context.Context, c bot.CommunityID) ([]schedule.Series, error) {
	found, err := s.onTheWayFrom(ctx, c, seriesRecords)
	if err != nil {
		return nil, err
	}
	var all []schedule.Series
	for _, body := range found {
		r, err := decodeSeries(c, body, "0")
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, nil
}

// TakeOut implements schedule.TransferStore.
func (s Schedules) TakeOut(ctx context.Context, r *schedule.Series, e outbox.Effects) error {
	body, err := json.Marshal(r)
	if err != nil {
		return err
	}
	_, err = s.advance(ctx, change{
		community: r.Community, records: seriesRecords, id: r.ID, from: r.Version, body: r,
		writes: []write{
			{"HSET", onTheWay, []string{seriesRecords + "/" + r.ID, string(body)}},
			{"HDEL", seriesRecords, []string{r.ID}},
			{"HDEL", seriesVersions, []string{r.ID}},
			{"ZREM", seriesNumbers, []string{r.ID}},
		},
		Effects: e,
	})
	return err
}

// PutIn implements schedule.TransferStore.
func (s Schedules) PutIn(ctx context.Context, from bot.CommunityID, r *schedule.Series, e outbox.Effects) error {
	pipe := s.client.TxPipeline()
	log := copiedList(ctx, pipe, from, seriesLog(r.ID))
	if _, err := pipe.Exec(ctx); err != nil {
		return failed(err)
	}
	writes := append([]write{{"ZADD", seriesNumbers, []string{strconv.Itoa(r.Number), r.ID}}}, log()...)
	_, err := s.advance(ctx, change{community: r.Community, records: seriesRecords, id: r.ID, body: r, writes: writes, Effects: e})
	if bot.CodeOf(err) == bot.Conflict { // it is there
		return nil
	}
	return err
}

// Clear implements schedule.TransferStore.
func (s Schedules) Clear(ctx context.Context, c bot.CommunityID, id string) error {
	return s.clear(ctx, c, seriesRecords, id, seriesLog(id))
}
