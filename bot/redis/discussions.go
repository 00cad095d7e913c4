package redis

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
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

// Discussions implements discussion.Store on a Store.
type Discussions struct{ *Store }

// NextNumber implements discussion.Store.
func (s Discussions) NextNumber(ctx context.Context, c bot.CommunityID) (int, error) {
	n, err := s.client.HIncrBy(ctx, key(c, "numbers"), "chats", 1).Result()
	return int(n), failed(err)
}

// Advance implements discussion.Store.
func (s Discussions) Advance(ctx context.Context, d *discussion.Discussion, e outbox.Effects) error {
	version, err := s.advance(ctx, change{
		community: d.Community, records: chatRecords, id: d.ID, from: d.Version, body: d, writes: s.indexed(d), Effects: e,
		unless: []string{leftByAll, d.Channel.Space.String()},
	})
	if err == nil {
		d.Version = version
	}
	return err
}

// indexed is how the discussion is found by its start and its channels.
func (s Discussions) indexed(d *discussion.Discussion) []write {
	starts := d.Base
	if starts.IsZero() {
		starts = d.Script.Start
	}
	writes := []write{{"ZADD", chatStarts, []string{millis(starts), d.ID}}}
	op := leave
	switch {
	case d.State == discussion.Open:
		op = enter
	case d.Running():
		op = stay
	}
	for _, p := range d.Places() {
		writes = append(writes, write{op, liveChannels, []string{p.Channel.Root().String(), d.ID}})
	}
	return writes
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
// each discussion that does, and a fourth for one in several places.
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
	sent := pipe.HGetAll(ctx, refs(c, id, 0))
	marked := pipe.HGetAll(ctx, key(c, marks(id)))
	body := pipe.HGet(ctx, key(c, chatRecords), id)
	version := pipe.HGet(ctx, key(c, chatVersions), id)
	if _, err := pipe.Exec(ctx); err != nil {
		return discussion.Live{}, failed(err)
	}
	d, err := decodeDiscussion(c, body.Val(), version.Val())
	if err != nil {
		return discussion.Live{}, err
	}
	l := discussion.Live{Discussion: d, Sent: []map[string]bot.DeliveryKey{deliveryKeys(sent.Val())}}
	if len(d.Alongside) > 0 {
		elsewhere, err := s.sentAlongside(ctx, &d)
		if err != nil {
			return l, err
		}
		l.Sent = append(l.Sent, elsewhere...)
	}
	l.Entries, err = s.entries(ctx, c, id, order.Val(), marked.Val())
	return l, err
}

// refs is where our own posts of a place are kept, by message.
func refs(c bot.CommunityID, id string, place int) string {
	return key(c, "refs:"+discussion.RecordIn(id, place))
}

// sentAlongside gives our own posts in all places but the first.
func (s Discussions) sentAlongside(ctx context.Context, d *discussion.Discussion) ([]map[string]bot.DeliveryKey, error) {
	pipe := s.client.Pipeline()
	found := make([]*redis.MapStringStringCmd, len(d.Alongside))
	for i := range found {
		found[i] = pipe.HGetAll(ctx, refs(d.Community, d.ID, i+1))
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, failed(err)
	}
	all := make([]map[string]bot.DeliveryKey, len(found))
	for i, f := range found {
		all[i] = deliveryKeys(f.Val())
	}
	return all, nil
}

func deliveryKeys(found map[string]string) map[string]bot.DeliveryKey {
	all := make(map[string]bot.DeliveryKey, len(found))
	for message, deliveryKey := range found {
		all[message] = bot.DeliveryKey(deliveryKey)
	}
	return all
}

// LiveChannels implements discussion.Store.
func (s Discussions) LiveChannels(ctx context.Context, c bot.CommunityID, space bot.SpaceID) ([]bot.Channel, error) {
	names, err := s.client.HKeys(ctx, key(c, liveChannels)).Result()
	if err != nil {
		return nil, failed(err)
	}
	slices.Sort(names)
	var channels []bot.Channel
	for _, name := range names {
		rest, in := strings.CutPrefix(name, space.String()+"/")
		if id, err := url.PathUnescape(rest); in && err == nil {
			channels = append(channels, bot.Channel{Space: space, ID: id})
		}
	}
	return channels, nil
}

// entriesAtOnce bounds what one command reads.
const entriesAtOnce = 1000

// entries gives entries as they are marked.
func (s Discussions) entries(ctx context.Context, c bot.CommunityID, id string, messages []string, marked map[string]string) ([]discussion.Entry, error) {
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
			if err == nil {
				err = mark(&e, marked)
			}
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
	carried := ""
	if f.Carried {
		carried = "1"
	}
	filed, err := s.filer.ask(ctx, bundleName{
		keys:    [6]string{key(c, liveChannels), key(c, chatVersions), key(c, "entries:"+d.ID), key(c, "order:"+d.ID), key(c, chatWho(d.ID)), key(c, relayLog(d.ID))},
		channel: d.Places()[f.Entry.Place].Channel.Root().String(), running: f.Running, chat: d.ID, version: d.Version,
	}, filing{f.Entry.ID, body, revision(f.Entry), string(f.Entry.Author), carried})
	return filed, failed(err)
}

// Add implements discussion.Store.
func (s Discussions) Add(ctx context.Context, f discussion.Filing, e outbox.Effects) error {
	body, err := encodeEntry(f.Entry)
	if err != nil {
		return err
	}
	id := f.Discussion.ID
	writes := []write{
		{"HSET", "entries:" + id, []string{f.Entry.ID, body}},
		{"RPUSH", "order:" + id, []string{f.Entry.ID}},
		{"HSET", chatWho(id), []string{string(f.Entry.Author), "1"}},
	}
	if f.Carried {
		if e, err = lookAgainAt(f.Discussion, &writes, e, f.Entry.ID); err != nil {
			return err
		}
	}
	_, err = s.advance(ctx, change{
		community: f.Discussion.Community, writes: writes,
		unless:  []string{leftByAll, f.Discussion.Channel.Space.String()},
		Effects: e,
	})
	return err
}

// Entries implements discussion.Store.
func (s Discussions) Entries(ctx context.Context, c bot.CommunityID, id string) ([]discussion.Entry, error) {
	pipe := s.client.TxPipeline()
	messages := pipe.LRange(ctx, key(c, "order:"+id), 0, -1)
	marked := pipe.HGetAll(ctx, key(c, marks(id)))
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, failed(err)
	}
	return s.entries(ctx, c, id, messages.Val(), marked.Val())
}

var _ discussion.Store = Discussions{}
var _ outbox.Store = (*Store)(nil)
