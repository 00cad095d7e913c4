package redis

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/redis/go-redis/v9"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/discussion"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
)

var _ discussion.RelayStore = Discussions{}

// relaying is where it is kept how far a discussion is carried.
func relaying(id string) string { return "relay:" + id + ":way" }

// relayLog lists what is to be looked at for the other places of a discussion: each
// place keeps how far it is in it.
func relayLog(id string) string { return "relay:" + id + ":log" }

// relayed is where it is kept which entries which posts show.
func relayed(id string) string { return "relay:" + id + ":shown" }

// Its fields: the post that shows an entry in a place, and a post of a place.
func relayedEntry(place int, entry string) string { return "e" + strconv.Itoa(place) + " " + entry }

func relayedPost(place, number int) string {
	return "p" + strconv.Itoa(place) + " " + strconv.Itoa(number)
}

// Relayed implements discussion.RelayStore: one round trip.
func (s Discussions) Relayed(ctx context.Context, d *discussion.Discussion) (discussion.Relayed, error) {
	pipe := s.client.TxPipeline()
	body := pipe.HGet(ctx, key(d.Community, relaying(d.ID)), d.ID)
	version := pipe.HGet(ctx, key(d.Community, relaying(d.ID)+":v"), d.ID)
	var r discussion.Relayed
	if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) {
		return r, failed(err)
	}
	if body.Val() == "" {
		return r, nil
	}
	if err := json.Unmarshal([]byte(body.Val()), &r); err != nil {
		return r, fmt.Errorf("relay: %w", err)
	}
	var err error
	r.Version, err = strconv.ParseInt(version.Val(), 10, 64)
	return r, err
}

// Unheard implements discussion.RelayStore: one round trip.
func (s Discussions) Unheard(ctx context.Context, d *discussion.Discussion, r discussion.Relayed, limit int) ([][]string, []bool, error) {
	c, pipe := d.Community, s.client.Pipeline()
	var tails []*redis.StringSliceCmd
	var queued []*redis.BoolCmd
	for place := range d.Places() {
		from := int64(r.Heard[place])
		tails = append(tails, pipe.LRange(ctx, key(c, relayLog(d.ID)), from, from+int64(limit)-1))
		queued = append(queued, pipe.HExists(ctx, key(c, "posts"), string(discussion.RelayKey(d.ID, place, r.Posts[place]))))
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, nil, failed(err)
	}
	ids, waiting := make([][]string, len(tails)), make([]bool, len(tails))
	for place := range tails {
		ids[place], waiting[place] = tails[place].Val(), queued[place].Val()
	}
	return ids, waiting, nil
}

// RelayedIn implements discussion.RelayStore.
func (s Discussions) RelayedIn(ctx context.Context, d *discussion.Discussion, place int, entries []string) ([]int, error) {
	fields := make([]string, len(entries))
	for i, id := range entries {
		fields[i] = relayedEntry(place, id)
	}
	found, err := s.fields(ctx, d, relayed(d.ID), fields)
	if err != nil {
		return nil, err
	}
	numbers := make([]int, len(entries))
	for i, number := range found {
		if number != "" {
			if numbers[i], err = strconv.Atoi(number); err != nil {
				return nil, err
			}
		}
	}
	return numbers, nil
}

// RelayedPosts implements discussion.RelayStore.
func (s Discussions) RelayedPosts(ctx context.Context, d *discussion.Discussion, place int, numbers []int) ([]discussion.RelayedPost, error) {
	fields := make([]string, len(numbers))
	for i, n := range numbers {
		fields[i] = relayedPost(place, n)
	}
	found, err := s.fields(ctx, d, relayed(d.ID), fields)
	if err != nil {
		return nil, err
	}
	var posts []discussion.RelayedPost
	for i, body := range found {
		if body == "" {
			continue
		}
		p := discussion.RelayedPost{Place: place, Number: numbers[i]}
		if err := json.Unmarshal([]byte(body), &p); err != nil {
			return nil, fmt.Errorf("relayed post: %w", err)
		}
		posts = append(posts, p)
	}
	return posts, nil
}

// fields gives fields of a hash, "" for those that are not there.
func (s Discussions) fields(ctx context.Context, d *discussion.Discussion, hash string, fields []string) ([]string, error) {
	if len(fields) == 0 {
		return nil, nil
	}
	found, err := s.client.HMGet(ctx, key(d.Community, hash), fields...).Result()
	if err != nil {
		return nil, failed(err)
	}
	out := make([]string, len(found))
	for i, v := range found {
		out[i], _ = v.(string)
	}
	return out, nil
}

// Some implements discussion.RelayStore: one round trip.
func (s Discussions) Some(ctx context.Context, d *discussion.Discussion, ids []string) (map[string]discussion.Entry, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var names []string
	for _, id := range ids {
		names = append(names, fixMark+id, withheldMark+id)
	}
	pipe := s.client.TxPipeline()
	bodies := pipe.HMGet(ctx, key(d.Community, "entries:"+d.ID), ids...)
	marked := pipe.HMGet(ctx, key(d.Community, marks(d.ID)), names...)
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, failed(err)
	}
	found := map[string]string{}
	for i, v := range marked.Val() {
		if text, ok := v.(string); ok {
			found[names[i]] = text
		}
	}
	out := map[string]discussion.Entry{}
	for i, body := range bodies.Val() {
		text, ok := body.(string)
		if !ok {
			continue
		}
		e, err := decodeEntry(text)
		if err == nil {
			err = mark(&e, found)
		}
		if err != nil {
			return nil, err
		}
		out[ids[i]] = e
	}
	return out, nil
}

// Relay implements discussion.RelayStore.
func (s Discussions) Relay(ctx context.Context, d *discussion.Discussion, r discussion.Relayed, posts []discussion.RelayedPost, again []string, e outbox.Effects) error {
	var set, del []string
	for _, p := range posts {
		body, err := json.Marshal(p)
		if err != nil {
			return err
		}
		set = append(set, relayedPost(p.Place, p.Number), string(body))
		for _, id := range p.Entries {
			if p.Gone {
				del = append(del, relayedEntry(p.Place, id))
			} else {
				set = append(set, relayedEntry(p.Place, id), strconv.Itoa(p.Number))
			}
		}
	}
	_, err := s.advance(ctx, change{
		community: d.Community, records: relaying(d.ID), id: d.ID, from: r.Version, body: r, Effects: e,
		writes: slices.Concat(inParts("HSET", relayed(d.ID), set, 2), inParts("HDEL", relayed(d.ID), del, 1), inParts("RPUSH", relayLog(d.ID), again, 1)),
		unless: []string{leftByAll, d.Channel.Space.String()},
	})
	return err
}

// ShownBy implements discussion.RelayStore: one round trip for a message that shows
// nothing, two for one that does.
func (s Discussions) ShownBy(ctx context.Context, d *discussion.Discussion, place int, message string) ([]string, error) {
	refs := key(d.Community, "refs:"+discussion.RelayRecord(d.ID, place))
	name, err := s.client.HGet(ctx, refs, message).Result()
	if errors.Is(err, redis.Nil) {
		return nil, nil
	}
	if err != nil {
		return nil, failed(err)
	}
	posts, err := s.RelayedPosts(ctx, d, place, []int{discussion.RelayNumber(bot.DeliveryKey(name))})
	if err != nil || len(posts) == 0 {
		return nil, err
	}
	return posts[0].Entries, nil
}

// LookAgain implements discussion.RelayStore.
func (s Discussions) LookAgain(ctx context.Context, d *discussion.Discussion, entries []string) error {
	var writes []write
	e, err := lookAgainAt(d, &writes, outbox.Effects{}, entries...)
	if err != nil || len(writes) == 0 {
		return err
	}
	_, err = s.advance(ctx, change{community: d.Community, writes: writes, Effects: e})
	return err
}

// lookAgainAt adds to a change of entries that they are looked at for other places too.
func lookAgainAt(d *discussion.Discussion, writes *[]write, e outbox.Effects, entries ...string) (outbox.Effects, error) {
	if !d.Relays() || len(entries) == 0 {
		return e, nil
	}
	*writes = append(*writes, inParts("RPUSH", relayLog(d.ID), entries, 1)...)
	job, err := d.RelayJob()
	e.Jobs = append(append([]scheduler.Job{}, e.Jobs...), job)
	return e, err
}
