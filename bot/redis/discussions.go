package redis

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/discussion"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

const (
	chatRecords  = "chats"
	chatVersions = "chats:v"
	chatStarts   = "chats:start"
	liveChannels = "live"
)

// chatRecord names a discussion in outbox.Item.Record.
func chatRecord(id string) string { return discussion.Record(id) }

// Discussions implements discussion.Store on a Store.
type Discussions struct{ *Store }

// NextNumber implements discussion.Store.
func (s Discussions) NextNumber(ctx context.Context, c bot.CommunityID) (int, error) {
	n, err := s.client.HIncrBy(ctx, key(c, "numbers"), "chats", 1).Result()
	return int(n), failed(err)
}

// Advance implements discussion.Store.
func (s Discussions) Advance(ctx context.Context, d *discussion.Discussion, e outbox.Effects) error {
	starts := d.Base
	if starts.IsZero() {
		starts = d.Script.Start
	}
	ch := d.Channel.Root().String()
	writes := []write{{"ZADD", chatStarts, []string{millis(starts), d.ID}}}
	switch {
	case d.State == discussion.Open:
		writes = append(writes, write{enter, liveChannels, []string{ch, d.ID}})
	case d.Running():
		writes = append(writes, write{stay, liveChannels, []string{ch, d.ID}})
	default:
		writes = append(writes, write{leave, liveChannels, []string{ch, d.ID}})
	}
	version, err := s.advance(ctx, change{
		community: d.Community, records: chatRecords, id: d.ID, from: d.Version, body: d, writes: writes, Effects: e,
	})
	if err == nil {
		d.Version = version
	}
	return err
}

// Get implements discussion.Store.
func (s Discussions) Get(ctx context.Context, c bot.CommunityID, id string) (discussion.Discussion, error) {
	found, err := s.load(ctx, c, []string{id})
	if err != nil {
		return discussion.Discussion{}, err
	}
	if len(found) == 0 {
		return discussion.Discussion{}, &bot.Error{Code: bot.NotFound}
	}
	return found[0], nil
}

// load gets discussions and their versions in one transaction; those that do
// not exist are left out.
func (s Discussions) load(ctx context.Context, c bot.CommunityID, ids []string) ([]discussion.Discussion, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	pipe := s.client.TxPipeline()
	bodies := pipe.HMGet(ctx, key(c, chatRecords), ids...)
	versions := pipe.HMGet(ctx, key(c, chatVersions), ids...)
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, failed(err)
	}
	var out []discussion.Discussion
	for i, body := range bodies.Val() {
		text, ok := body.(string)
		if !ok {
			continue
		}
		version, _ := versions.Val()[i].(string)
		d, err := decodeDiscussion(c, text, version)
		if err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, nil
}

func decodeDiscussion(c bot.CommunityID, body, version string) (discussion.Discussion, error) {
	d := discussion.Discussion{Community: c}
	if err := json.Unmarshal([]byte(body), &d); err != nil {
		return d, fmt.Errorf("discussion: %w", err)
	}
	v, err := strconv.ParseInt(version, 10, 64)
	d.Version = v
	return d, err
}

// List implements discussion.Store.
func (s Discussions) List(ctx context.Context, c bot.CommunityID, skip, limit int) ([]discussion.Discussion, error) {
	if limit <= 0 {
		return nil, nil
	}
	ids, err := s.client.ZRevRange(ctx, key(c, chatStarts), int64(skip), int64(skip+limit-1)).Result()
	if err != nil {
		return nil, failed(err)
	}
	return s.load(ctx, c, ids)
}

// Live implements discussion.Store: one round trip where nothing runs, three for
// each discussion that does.
func (s Discussions) Live(ctx context.Context, c bot.CommunityID, ch bot.Channel, known map[string]int) ([]discussion.Live, error) {
	running, err := s.client.HGet(ctx, key(c, liveChannels), ch.Root().String()).Result()
	if errors.Is(err, redis.Nil) {
		return nil, nil
	}
	if err != nil {
		return nil, failed(err)
	}
	var all []discussion.Live
	for _, id := range strings.Fields(running) {
		l, err := s.live(ctx, c, id, known[id])
		if err != nil {
			return nil, err
		}
		l.Running = running
		all = append(all, l)
	}
	return all, nil
}

func (s Discussions) live(ctx context.Context, c bot.CommunityID, id string, known int) (discussion.Live, error) {
	pipe := s.client.TxPipeline()
	order := pipe.LRange(ctx, key(c, "order:"+id), int64(known), -1)
	sent := pipe.HGetAll(ctx, key(c, "refs:"+chatRecord(id)))
	body := pipe.HGet(ctx, key(c, chatRecords), id)
	version := pipe.HGet(ctx, key(c, chatVersions), id)
	if _, err := pipe.Exec(ctx); err != nil {
		return discussion.Live{}, failed(err)
	}
	l := discussion.Live{Sent: map[string]bot.DeliveryKey{}}
	var err error
	if l.Discussion, err = decodeDiscussion(c, body.Val(), version.Val()); err != nil {
		return l, err
	}
	for message, deliveryKey := range sent.Val() {
		l.Sent[message] = bot.DeliveryKey(deliveryKey)
	}
	l.Entries, err = s.entries(ctx, c, id, order.Val())
	return l, err
}

// entriesAtOnce bounds what one command reads.
const entriesAtOnce = 1000

func (s Discussions) entries(ctx context.Context, c bot.CommunityID, id string, messages []string) ([]discussion.Entry, error) {
	out := make([]discussion.Entry, 0, len(messages))
	for len(messages) > 0 {
		n := min(len(messages), entriesAtOnce)
		bodies, err := s.client.HMGet(ctx, key(c, "entries:"+id), messages[:n]...).Result()
		if err != nil {
			return nil, failed(err)
		}
		for _, body := range bodies {
			text, ok := body.(string)
			if !ok {
				continue
			}
			e, err := decodeEntry(text)
			if err != nil {
				return nil, err
			}
			out = append(out, e)
		}
		messages = messages[n:]
	}
	return out, nil
}

// An entry is stored as its revision, a blank and its JSON.
func encodeEntry(e discussion.Entry) (string, error) {
	body, err := json.Marshal(e)
	return revision(e) + " " + string(body), err
}

// revision is the entry's, which the script compares as a string of digits.
func revision(e discussion.Entry) string { return strconv.FormatInt(max(e.Revision, 0), 10) }

func decodeEntry(s string) (discussion.Entry, error) {
	number, body, _ := strings.Cut(s, " ")
	var e discussion.Entry
	if err := json.Unmarshal([]byte(body), &e); err != nil {
		return e, fmt.Errorf("entry: %w", err)
	}
	var err error
	e.Revision, err = strconv.ParseInt(number, 10, 64)
	return e, err
}

// File implements discussion.Store.
func (s Discussions) File(ctx context.Context, f discussion.Filing) (discussion.Filed, error) {
	c, d := f.Discussion.Community, f.Discussion
	body, err := encodeEntry(f.Entry)
	if err != nil {
		return "", err
	}
	filed, err := s.filer.file(ctx, bundleName{
		keys:    [4]string{key(c, liveChannels), key(c, chatVersions), key(c, "entries:"+d.ID), key(c, "order:"+d.ID)},
		channel: d.Channel.Root().String(), running: f.Running, chat: d.ID, version: d.Version,
	}, f.Entry.ID, body, revision(f.Entry))
	return filed, failed(err)
}

// Add implements discussion.Store.
func (s Discussions) Add(ctx context.Context, f discussion.Filing, e outbox.Effects) error {
	body, err := encodeEntry(f.Entry)
	if err != nil {
		return err
	}
	id := f.Discussion.ID
	_, err = s.advance(ctx, change{
		community: f.Discussion.Community,
		writes: []write{
			{"HSET", "entries:" + id, []string{f.Entry.ID, body}},
			{"RPUSH", "order:" + id, []string{f.Entry.ID}},
		},
		Effects: e,
	})
	return err
}

// Entries implements discussion.Store.
func (s Discussions) Entries(ctx context.Context, c bot.CommunityID, id string) ([]discussion.Entry, error) {
	messages, err := s.client.LRange(ctx, key(c, "order:"+id), 0, -1).Result()
	if err != nil {
		return nil, failed(err)
	}
	return s.entries(ctx, c, id, messages)
}

var _ discussion.Store = Discussions{}
var _ outbox.Store = (*Store)(nil)
