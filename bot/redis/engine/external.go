package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// answerWait is how long a Redis may take to answer for the first time.
const answerWait = 10 * time.Second

func openExternal(ctx context.Context, raw string) (*Engine, error) {
	where, err := parseAddress(raw)
	if err != nil {
		return nil, fmt.Errorf("%w: redis.url cannot be used: %w", ErrInvalid, err)
	}
	client, err := where.connect()
	if err != nil {
		return nil, fmt.Errorf("%w: redis.url cannot be used: %w", ErrInvalid, err)
	}
	ctx, cancel := context.WithTimeout(ctx, answerWait)
	defer cancel()
	if err := client.Ping(ctx).Err(); err != nil {
		err = fmt.Errorf("%w: Redis at %s: %s", ErrUnavailable, strings.Join(where.hosts, ", "), where.scrub(err))
		return nil, errors.Join(err, client.Close())
	}
	if where.mode == single && isClusterNode(ctx, client) {
		err := fmt.Errorf("%w: Redis at %s is part of a Cluster: begin redis.url with redis+cluster:// (or rediss+cluster://)", ErrInvalid, where.hosts[0])
		return nil, errors.Join(err, client.Close())
	}
	return &Engine{
		kind:   External,
		client: client,
		stop:   func(context.Context) error { return nil },
	}, nil
}

// isClusterNode asks what would otherwise show only at the first key that lives elsewhere. A server that may not be
// asked is taken at its word.
func isClusterNode(ctx context.Context, client redis.UniversalClient) bool {
	info, err := client.Info(ctx, "cluster").Result()
	return err == nil && strings.Contains(info, "cluster_enabled:1")
}
