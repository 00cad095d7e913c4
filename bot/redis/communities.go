package redis

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/redis/go-redis/v9"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/community"
)

// Communities implements community.Store on a Store.
type Communities struct{ *Store }

var _ community.Store = Communities{}

// Community implements community.Store. The community is written before the
// space points to it, so a space never points to nothing; who loses a race
// leaves a community without a space, which nobody sees.
func (s Communities) Community(ctx context.Context, space bot.SpaceID, fresh community.Community) (community.Community, error) {
	spaceKey := "sr:space:" + space.String()
	id, err := s.client.Get(ctx, spaceKey).Result()
	if errors.Is(err, redis.Nil) {
		id, err = s.found(ctx, spaceKey, fresh)
	}
	if err != nil {
		return community.Community{}, failed(err)
	}
	body, err := s.client.Get(ctx, key(bot.CommunityID(id), "about")).Bytes()
	if err != nil {
		return community.Community{}, failed(err)
	}
	c := community.Community{ID: bot.CommunityID(id)}
	if err := json.Unmarshal(body, &c); err != nil {
		return c, fmt.Errorf("community %s: %w", id, err)
	}
	return c, nil
}

func (s Communities) found(ctx context.Context, spaceKey string, fresh community.Community) (string, error) {
	body, err := json.Marshal(fresh)
	if err != nil {
		return "", err
	}
	if err := s.client.Set(ctx, key(fresh.ID, "about"), body, 0).Err(); err != nil {
		return "", err
	}
	if err := s.client.SetNX(ctx, spaceKey, string(fresh.ID), 0).Err(); err != nil {
		return "", err
	}
	return s.client.Get(ctx, spaceKey).Result()
}

// Member implements community.Store.
func (s Communities) Member(ctx context.Context, c bot.CommunityID, a bot.Account, fresh bot.Member) (bot.Member, error) {
	body, err := json.Marshal(fresh)
	if err != nil {
		return bot.Member{}, err
	}
	keys := []string{key(c, "accounts"), key(c, "members"), key(c, "membernumbers"), key(c, "numbers")}
	out, err := s.strings(ctx, memberScript, keys, a.String(), string(fresh.ID), body)
	if err != nil {
		return bot.Member{}, err
	}
	return decodeMember(c, out[1], out[2])
}

func decodeMember(c bot.CommunityID, body, number string) (bot.Member, error) {
	m := bot.Member{}
	if err := json.Unmarshal([]byte(body), &m); err != nil {
		return m, fmt.Errorf("member: %w", err)
	}
	m.Community = c
	var err error
	m.Number, err = strconv.Atoi(number)
	return m, err
}

// SaveMember implements community.Store.
func (s Communities) SaveMember(ctx context.Context, m bot.Member) error {
	body, err := json.Marshal(m)
	if err != nil {
		return err
	}
	saved, err := memberSaveScript.Run(ctx, s.client, []string{key(m.Community, "members")}, string(m.ID), body).Int()
	if err == nil && saved == 0 {
		return &bot.Error{Code: bot.NotFound}
	}
	return failed(err)
}

// Members implements community.Store.
func (s Communities) Members(ctx context.Context, c bot.CommunityID, ids []bot.MemberID) ([]bot.Member, error) {
	var out []bot.Member
	for len(ids) > 0 {
		n := min(len(ids), entriesAtOnce)
		fields := make([]string, n)
		for i, id := range ids[:n] {
			fields[i] = string(id)
		}
		pipe := s.client.Pipeline()
		bodies := pipe.HMGet(ctx, key(c, "members"), fields...)
		numbers := pipe.HMGet(ctx, key(c, "membernumbers"), fields...)
		if _, err := pipe.Exec(ctx); err != nil {
			return nil, failed(err)
		}
		for i, body := range bodies.Val() {
			text, ok := body.(string)
			if !ok {
				continue
			}
			number, _ := numbers.Val()[i].(string)
			m, err := decodeMember(c, text, number)
			if err != nil {
				return nil, err
			}
			out = append(out, m)
		}
		ids = ids[n:]
	}
	return out, nil
}
