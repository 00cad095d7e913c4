package redis

import (
	"context"
	"slices"

	"github.com/redis/go-redis/v9"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/discussion"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// chatWho is where it is kept who has said something in a discussion, so that
// nobody has to be looked for in all that was said.
func chatWho(id string) string { return "chatwho:" + id }

// Replace implements discussion.Store.
func (s Discussions) Replace(ctx context.Context, d *discussion.Discussion, effects outbox.Effects, entries ...discussion.Entry) error {
	var fields []string
	who := []write{}
	for _, e := range entries {
		body, err := encodeEntry(e)
		if err != nil {
			return err
		}
		fields = append(fields, e.ID, body)
		if e.Author != "" {
			who = append(who, write{"HSET", chatWho(d.ID), []string{string(e.Author), "1"}})
		}
	}
	writes := append(inParts("HSET", "entries:"+d.ID, fields, 2), who...)
	ids := make([]string, len(entries))
	for i, e := range entries {
		ids[i] = e.ID
	}
	effects, err := lookAgainAt(d, &writes, effects, ids...)
	if err != nil {
		return err
	}
	_, err = s.advance(ctx, change{
		community: d.Community, unless: []string{leftByAll, d.Channel.Space.String()}, Effects: effects, writes: writes,
	})
	return err
}

// With implements discussion.Store: one round trip and one more for each hundred
// discussions.
func (s Discussions) With(ctx context.Context, c bot.CommunityID, ids []bot.MemberID) ([]discussion.Discussion, error) {
	all, err := s.IDs(ctx, c)
	if err != nil {
		return nil, err
	}
	var out []discussion.Discussion
	for some := range slices.Chunk(all, 100) {
		pipe := s.client.Pipeline()
		spoke, come := make([]*redis.SliceCmd, len(some)), make([]*redis.SliceCmd, len(some))
		for i, id := range some {
			spoke[i] = pipe.HMGet(ctx, key(c, chatWho(id)), texts(ids)...)
			come[i] = pipe.HMGet(ctx, key(c, chatComing(id)), texts(ids)...)
		}
		if _, err := pipe.Exec(ctx); err != nil {
			return nil, failed(err)
		}
		found, err := s.load(ctx, c, some)
		if err != nil {
			return nil, err
		}
		for _, d := range found {
			i := slices.Index(some, d.ID)
			said := append(spoke[i].Val(), come[i].Val()...)
			theirs := slices.ContainsFunc(said, func(v any) bool { return v != nil })
			if theirs || slices.ContainsFunc(d.Hosts, func(h bot.MemberID) bool { return slices.Contains(ids, h) }) {
				out = append(out, d)
			}
		}
	}
	return out, nil
}

// Unknow implements discussion.Store.
func (s Discussions) Unknow(ctx context.Context, d *discussion.Discussion, ids []bot.MemberID) error {
	pipe := s.client.Pipeline()
	pipe.HDel(ctx, key(d.Community, chatWho(d.ID)), texts(ids)...)
	pipe.HDel(ctx, key(d.Community, chatComing(d.ID)), texts(ids)...)
	_, err := pipe.Exec(ctx)
	return failed(err)
}
