package redis

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/redis/go-redis/v9"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/discussion"
)

// chatComing is where it is kept who will come to a discussion, and at which account
// they are reminded.
func chatComing(id string) string { return "coming:" + id }

// Attend implements discussion.Store.
func (s Discussions) Attend(ctx context.Context, d *discussion.Discussion, a discussion.Attendance, coming bool) error {
	w := write{"HDEL", chatComing(d.ID), []string{string(a.Member)}}
	if coming {
		body, err := json.Marshal(a.Account)
		if err != nil {
			return err
		}
		w = write{"HSET", chatComing(d.ID), []string{string(a.Member), string(body)}}
	}
	_, err := s.advance(ctx, change{
		community: d.Community, writes: []write{w}, unless: []string{leftByAll, d.Channel.Space.String()},
	})
	return err
}

// Attending implements discussion.Store.
func (s Discussions) Attending(ctx context.Context, d *discussion.Discussion) ([]discussion.Attendance, error) {
	found, err := s.client.HGetAll(ctx, key(d.Community, chatComing(d.ID))).Result()
	if err != nil {
		return nil, failed(err)
	}
	all := make([]discussion.Attendance, 0, len(found))
	for id, body := range found {
		a := discussion.Attendance{Member: bot.MemberID(id)}
		if err := json.Unmarshal([]byte(body), &a.Account); err != nil {
			return nil, fmt.Errorf("coming: %w", err)
		}
		all = append(all, a)
	}
	return all, nil
}

// knownIn is in how many discussions, the latest first, somebody is looked for.
const knownIn = 200

// Known implements discussion.Store: two round trips.
func (s Discussions) Known(ctx context.Context, d *discussion.Discussion, ids []bot.MemberID) (map[bot.MemberID]bool, error) {
	known := map[bot.MemberID]bool{}
	if len(ids) == 0 {
		return known, nil
	}
	chats, err := s.client.ZRevRange(ctx, key(d.Community, chatStarts), 0, knownIn-1).Result()
	if err != nil {
		return nil, failed(err)
	}
	chats = slices.DeleteFunc(chats, func(id string) bool { return id == d.ID })
	pipe := s.client.Pipeline()
	spoke := make([]*redis.SliceCmd, len(chats))
	for i, id := range chats {
		spoke[i] = pipe.HMGet(ctx, key(d.Community, chatWho(id)), texts(ids)...)
	}
	if len(chats) > 0 {
		if _, err := pipe.Exec(ctx); err != nil {
			return nil, failed(err)
		}
	}
	for _, cmd := range spoke {
		for i, v := range cmd.Val() {
			known[ids[i]] = known[ids[i]] || v != nil
		}
	}
	return known, nil
}
