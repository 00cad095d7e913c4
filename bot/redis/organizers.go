package redis

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"

	"github.com/staffroom-bot/staffroom/bot"
)

// NoteOrganizer implements community.Store.
func (s Communities) NoteOrganizer(ctx context.Context, c bot.CommunityID, a bot.Account, organizes bool) error {
	member, err := json.Marshal(a)
	if err != nil {
		return err
	}
	if organizes {
		return failed(s.client.SAdd(ctx, key(c, "organizers"), member).Err())
	}
	return failed(s.client.SRem(ctx, key(c, "organizers"), member).Err())
}

// Organizers implements community.Store.
func (s Communities) Organizers(ctx context.Context, c bot.CommunityID) ([]bot.Account, error) {
	members, err := s.client.SMembers(ctx, key(c, "organizers")).Result()
	if err != nil {
		return nil, failed(err)
	}
	if len(members) == 0 {
		to, err := s.client.HGet(ctx, key(c, leftSpaces), leftByAll).Result()
		if err == nil {
			return s.Organizers(ctx, bot.CommunityID(to)) // what is finished here is their matter
		}
		if !errors.Is(err, redis.Nil) {
			return nil, failed(err)
		}
	}
	accounts := make([]bot.Account, len(members))
	for i, member := range members {
		if err := json.Unmarshal([]byte(member), &accounts[i]); err != nil {
			return nil, fmt.Errorf("organizer: %w", err)
		}
	}
	return accounts, nil
}
