package redis

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/community"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

var _ community.Posts = (*Store)(nil)

// Fate implements community.Posts.
func (s *Store) Fate(ctx context.Context, c bot.CommunityID, k bot.DeliveryKey) (outbox.Outcome, bot.Reason, error) {
	pipe := s.client.TxPipeline()
	sent := pipe.HExists(ctx, key(c, "sent"), string(k))
	lost := pipe.HGet(ctx, key(c, "undelivered"), string(k))
	if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) {
		return "", "", failed(err)
	}
	if sent.Val() {
		return outbox.Sent, "", nil
	}
	if lost.Err() != nil {
		return "", "", nil
	}
	var kept storedUndelivered
	if err := json.Unmarshal([]byte(lost.Val()), &kept); err != nil {
		return "", "", fmt.Errorf("undelivered post: %w", err)
	}
	return kept.Outcome, kept.Reason, nil
}
