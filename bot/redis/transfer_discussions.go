package redis

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/discussion"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

var _ discussion.TransferStore = Discussions{}

// IDs implements discussion.TransferStore.
func (s Discussions) IDs(ctx context.Context, c bot.CommunityID) ([]string, error) {
	ids, err := s.client.HKeys(ctx, key(c, chatRecords)).Result()
	slices.Sort(ids)
	return ids, failed(err)
}

// OnTheWay implements discussion.TransferStore.
func (s Discussions) OnTheWay(ctx context.Context, c bot.CommunityID) ([]discussion.Discussion, error) {
	found, err := s.onTheWayFrom(ctx, c, chatRecords)
	if err != nil {
		return nil, err
	}
	var all []discussion.Discussion
	for _, body := range found {
		d, err := decodeDiscussion(c, body, "0")
		if err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	return all, nil
}

// TakeOut implements discussion.TransferStore.
func (s Discussions) TakeOut(ctx context.Context, d *discussion.Discussion, e outbox.Effects) error {
	body, err := json.Marshal(d)
	if err != nil {
		return err
	}
	writes := []write{
		{"HSET", onTheWay, []string{chatRecords + "/" + d.ID, string(body)}},
		{"HDEL", chatRecords, []string{d.ID}},
		{"HDEL", chatVersions, []string{d.ID}},
		{"ZREM", chatStarts, []string{d.ID}},
	}
	for _, p := range d.Places() {
		writes = append(writes, write{leave, liveChannels, []string{p.Channel.Root().String(), d.ID}})
	}
	_, err = s.advance(ctx, change{community: d.Community, records: chatRecords, id: d.ID, from: d.Version, body: d, writes: writes, Effects: e})
	return err
}

// PutIn implements discussion.TransferStore.
func (s Discussions) PutIn(ctx context.Context, from bot.CommunityID, d *discussion.Discussion, e outbox.Effects) error {
	pipe := s.client.TxPipeline()
	copies := []func() []write{
		copiedHash(ctx, pipe, from, "entries:"+d.ID), copiedList(ctx, pipe, from, "order:"+d.ID),
		copiedHash(ctx, pipe, from, marks(d.ID)), copiedHash(ctx, pipe, from, chatWho(d.ID)), copiedHash(ctx, pipe, from, chatComing(d.ID)),
	}
	for place := range d.Places() {
		copies = append(copies, copiedHash(ctx, pipe, from, "refs:"+discussion.RecordIn(d.ID, place)))
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return failed(err)
	}
	writes := s.indexed(d)
	for _, c := range copies {
		writes = append(writes, c()...)
	}
	_, err := s.advance(ctx, change{community: d.Community, records: chatRecords, id: d.ID, body: d, writes: writes, Effects: e})
	if bot.CodeOf(err) == bot.Conflict { // it is there
		return nil
	}
	return err
}

// Clear implements discussion.TransferStore.
func (s Discussions) Clear(ctx context.Context, c bot.CommunityID, d *discussion.Discussion) error {
	keys := []string{"entries:" + d.ID, "order:" + d.ID, marks(d.ID), chatWho(d.ID), chatComing(d.ID), relayLog(d.ID), relayed(d.ID), relaying(d.ID), relaying(d.ID) + ":v"}
	for place := range d.Places() {
		keys = append(keys, "refs:"+discussion.RecordIn(d.ID, place), "refs:"+discussion.RelayRecord(d.ID, place))
	}
	return s.clear(ctx, c, chatRecords, d.ID, keys...)
}
