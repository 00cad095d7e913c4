package redis

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/redis/go-redis/v9"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/library"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

const libraryWishes = "librarywishes"

// Wishes implements library.Store.
func (s Library) Wishes(ctx context.Context, c bot.CommunityID) ([]library.Wish, error) {
	pipe := s.client.TxPipeline()
	bodies, versions := pipe.HGetAll(ctx, key(c, libraryWishes)), pipe.HGetAll(ctx, key(c, libraryWishes+":v"))
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, failed(err)
	}
	all := make([]library.Wish, 0, len(bodies.Val()))
	for id, body := range bodies.Val() {
		w, err := wish(c, id, body, versions.Val()[id])
		if err != nil {
			return nil, err
		}
		all = append(all, w)
	}
	slices.SortFunc(all, func(a, b library.Wish) int { return cmp.Or(a.Made.Compare(b.Made), cmp.Compare(a.ID, b.ID)) })
	return all, nil
}

func wish(c bot.CommunityID, id, body, version string) (library.Wish, error) {
	w := library.Wish{ID: id, Community: c}
	if err := json.Unmarshal([]byte(body), &w); err != nil {
		return w, fmt.Errorf("wish %s: %w", id, err)
	}
	v, err := strconv.ParseInt(version, 10, 64)
	w.Version = v
	return w, err
}

// Wish implements library.Store.
func (s Library) Wish(ctx context.Context, c bot.CommunityID, id string) (library.Wish, error) {
	pipe := s.client.TxPipeline()
	body, version := pipe.HGet(ctx, key(c, libraryWishes), id), pipe.HGet(ctx, key(c, libraryWishes+":v"), id)
	if _, err := pipe.Exec(ctx); errors.Is(err, redis.Nil) {
		return library.Wish{}, &bot.Error{Code: bot.NotFound}
	} else if err != nil {
		return library.Wish{}, failed(err)
	}
	return wish(c, id, body.Val(), version.Val())
}

// AdvanceWish implements library.Store.
func (s Library) AdvanceWish(ctx context.Context, w *library.Wish, e outbox.Effects) error {
	return s.putWish(ctx, w, e, leftByAll)
}

func (s Library) putWish(ctx context.Context, w *library.Wish, e outbox.Effects, unless ...string) error {
	version, err := s.advance(ctx, change{
		community: w.Community, records: libraryWishes, id: w.ID, from: w.Version, body: w, unless: unless, Effects: e,
	})
	if err == nil {
		w.Version = version
	}
	return err
}

// RemoveWish implements library.Store.
func (s Library) RemoveWish(ctx context.Context, w *library.Wish, e outbox.Effects) error {
	return s.removeWish(ctx, w, e, leftByAll)
}

func (s Library) removeWish(ctx context.Context, w *library.Wish, e outbox.Effects, unless ...string) error {
	_, err := s.advance(ctx, change{
		community: w.Community, records: libraryWishes, id: w.ID, from: w.Version, body: w, unless: unless, Effects: e,
		writes: []write{{"HDEL", libraryWishes, []string{w.ID}}, {"HDEL", libraryWishes + ":v", []string{w.ID}}},
	})
	return err
}
