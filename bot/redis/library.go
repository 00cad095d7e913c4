package redis

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"github.com/redis/go-redis/v9"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/library"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// Library implements library.Store on a Store.
type Library struct{ *Store }

var _ library.Store = Library{}

const (
	resources     = "library"
	resourceOrder = "library:order"
	libraryLog    = "library:log"
	libraryRules  = "libraryrules" // one record, "all"
	libraryCount  = "library"      // in numbers: how many changes there were
	logLength     = "2000"         // changes that the log goes back, about
)

// Read implements library.Store.
func (s Library) Read(ctx context.Context, c bot.CommunityID, m bot.MemberID, ids ...string) (library.Reading, error) {
	keys := []string{key(c, resources), key(c, resources+":v"), key(c, libraryRules), key(c, libraryRules+":v"), key(c, keptBy(m)), key(c, libraryMoved)}
	args := []any{s.now()}
	for _, id := range ids {
		args = append(args, id)
	}
	out, err := s.strings(ctx, libraryReadScript, keys, args...)
	if err != nil {
		return library.Reading{}, err
	}
	got := library.Reading{Now: fromMillis(out[0]), Found: map[string]library.Resource{}, Kept: map[string]bool{}}
	got.Rules.Community = c
	if out[1] != "" {
		if err := json.Unmarshal([]byte(out[1]), &got.Rules); err != nil {
			return got, fmt.Errorf("library: %w", err)
		}
		if got.Rules.Version, err = strconv.ParseInt(out[2], 10, 64); err != nil {
			return got, err
		}
	}
	for i, of := range slices.Collect(slices.Chunk(out[3:], 4)) {
		got.Kept[ids[i]] = of[3] != ""
		if of[2] == "" {
			continue
		}
		r, err := resource(c, of[0], of[1], of[2])
		if err != nil {
			return got, err
		}
		got.Found[ids[i]] = r
	}
	return got, nil
}

func resource(c bot.CommunityID, id, body, version string) (library.Resource, error) {
	r := library.Resource{ID: id, Community: c}
	if err := json.Unmarshal([]byte(body), &r); err != nil {
		return r, fmt.Errorf("resource %s: %w", id, err)
	}
	v, err := strconv.ParseInt(version, 10, 64)
	r.Version = v
	return r, err
}

// Advance implements library.Store.
func (s Library) Advance(ctx context.Context, r *library.Resource, e outbox.Effects) error {
	return s.put(ctx, r, e, r.Space.String())
}

// put stores a resource unless a space has left the community.
func (s Library) put(ctx context.Context, r *library.Resource, e outbox.Effects, unless ...string) error {
	writes := append([]write{{"ZADD", resourceOrder, []string{"0", r.ID}}}, lookedAt(r)...)
	for _, m := range r.People() {
		writes = append(writes, write{"SADD", libraryOf(m), []string{r.ID}})
	}
	version, err := s.advance(ctx, change{
		community: r.Community, records: resources, id: r.ID, from: r.Version, body: r, writes: append(writes, logged(r.ID)...), unless: unless, Effects: e,
	})
	if err == nil {
		r.Version = version
	}
	return err
}

// logged are the writes by which a change is told to those who have read before.
func logged(id string) []write {
	return []write{
		{"XADD", libraryLog, []string{"MAXLEN", "~", logLength, "*", "id", id}},
		{"HINCRBY", "numbers", []string{libraryCount, "1"}},
	}
}

// Remove implements library.Store.
func (s Library) Remove(ctx context.Context, r *library.Resource, e outbox.Effects) error {
	return s.remove(ctx, r, e, r.Space.String())
}

func (s Library) remove(ctx context.Context, r *library.Resource, e outbox.Effects, unless ...string) error {
	_, err := s.advance(ctx, change{
		community: r.Community, records: resources, id: r.ID, from: r.Version, body: r, writes: removal(r), unless: unless, Effects: e,
	})
	return err
}

// removal are the writes by which a resource is forgotten.
func removal(r *library.Resource) []write {
	writes := []write{{"ZREM", resourceOrder, []string{r.ID}}, {"HDEL", resources, []string{r.ID}}, {"HDEL", resources + ":v", []string{r.ID}}, {"ZREM", libraryDue, []string{r.ID}}}
	for _, m := range r.People() {
		writes = append(writes, write{"SREM", libraryOf(m), []string{r.ID}})
	}
	return append(writes, logged(r.ID)...)
}

// Page implements library.Store.
func (s Library) Page(ctx context.Context, c bot.CommunityID, after string, limit int) ([]library.Resource, error) {
	from := "-"
	if after != "" {
		from = "(" + after
	}
	ids, err := s.client.ZRangeByLex(ctx, key(c, resourceOrder), &redis.ZRangeBy{Min: from, Max: "+", Count: int64(limit)}).Result()
	if err != nil || len(ids) == 0 {
		return nil, failed(err)
	}
	pipe := s.client.TxPipeline()
	bodies, versions := pipe.HMGet(ctx, key(c, resources), ids...), pipe.HMGet(ctx, key(c, resources+":v"), ids...)
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, failed(err)
	}
	out := make([]library.Resource, 0, len(ids))
	for i, id := range ids {
		body, there := bodies.Val()[i].(string)
		version, _ := versions.Val()[i].(string)
		if !there {
			continue // removed since
		}
		r, err := resource(c, id, body, version)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// Mark implements library.Store.
func (s Library) Mark(ctx context.Context, c bot.CommunityID) (library.Mark, error) {
	n, _, err := s.News(ctx, c, library.Mark{Entry: "+"})
	return n.Mark, err
}

// News implements library.Store.
func (s Library) News(ctx context.Context, c bot.CommunityID, since library.Mark) (n library.News, all bool, err error) {
	out, err := s.strings(ctx, libraryNewsScript, []string{key(c, libraryLog), key(c, "numbers"), key(c, resources), key(c, resources+":v")}, since.Entry)
	if err != nil {
		return n, false, err
	}
	n.Mark.Entry = out[0]
	if n.Mark.Count, err = strconv.ParseInt(out[1], 10, 64); err != nil {
		return n, false, err
	}
	told, err := strconv.ParseInt(out[2], 10, 64)
	if err != nil || since.Count+told != n.Mark.Count {
		return n, true, err
	}
	for of := range slices.Chunk(out[3:], 3) {
		if of[2] == "" {
			n.Gone = append(n.Gone, of[0])
			continue
		}
		r, err := resource(c, of[0], of[1], of[2])
		if err != nil {
			return n, false, err
		}
		n.Changed = append(n.Changed, r)
	}
	return n, false, nil
}
