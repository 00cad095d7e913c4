package redis

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/library"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
)

var _ library.TransferStore = Library{}

// PutIn implements library.TransferStore.
func (s Library) PutIn(ctx context.Context, r *library.Resource) error {
	now, err := s.Now(ctx)
	if err != nil {
		return err
	}
	// Nobody may have saved anything there before.
	return s.put(ctx, r, outbox.Effects{Jobs: []scheduler.Job{library.LinksJob(r.Community, now)}})
}

// TakeOut implements library.TransferStore.
func (s Library) TakeOut(ctx context.Context, r *library.Resource) error {
	return s.remove(ctx, r, outbox.Effects{})
}

// PutWish implements library.TransferStore.
func (s Library) PutWish(ctx context.Context, w *library.Wish, e outbox.Effects) error {
	return s.putWish(ctx, w, e)
}

// TakeWish implements library.TransferStore.
func (s Library) TakeWish(ctx context.Context, w *library.Wish, e outbox.Effects) error {
	return s.removeWish(ctx, w, e)
}

// PutRules implements library.TransferStore.
func (s Library) PutRules(ctx context.Context, r *library.Rules) error {
	return s.keepRules(ctx, r, outbox.Effects{})
}

// MoveAlong implements library.TransferStore. The members are there already, and so
// are the resources.
func (s Library) MoveAlong(ctx context.Context, t bot.Transfer) error {
	keepers, err := s.client.ZRange(ctx, key(t.From, libraryKeepers), 0, -1).Result()
	if err != nil {
		return failed(err)
	}
	for _, m := range keepers {
		if err := s.moveKept(ctx, t, bot.MemberID(m)); err != nil {
			return err
		}
	}
	if err := s.moveTold(ctx, t); err != nil {
		return err
	}
	if err := s.moveMoved(ctx, t); err != nil || !t.Joins {
		return err
	}
	return failed(s.client.Del(ctx, key(t.From, libraryLog)).Err()) // nobody is left who would be told
}

// moveKept moves what one member has, as far as it has moved: first it is there, then
// no longer here.
func (s Library) moveKept(ctx context.Context, t bot.Transfer, m bot.MemberID) error {
	kept, err := s.client.ZRangeWithScores(ctx, key(t.From, keptBy(m)), 0, -1).Result()
	if err != nil {
		return failed(err)
	}
	goes, err := s.client.HExists(ctx, key(t.To, "members"), string(m)).Result()
	if err != nil {
		return failed(err)
	}
	ids := make([]string, len(kept))
	for i, k := range kept {
		ids[i], _ = k.Member.(string)
	}
	gone, err := s.gone(ctx, t, ids)
	if err != nil {
		return err
	}
	var arrives, leaves []string
	for i, id := range ids {
		if gone[id] {
			arrives, leaves = append(arrives, strconv.FormatFloat(kept[i].Score, 'f', 0, 64), id), append(leaves, id)
		}
	}
	if goes && len(leaves) > 0 {
		writes := append(inParts("ZADD", keptBy(m), arrives, 2), write{"ZADD", libraryKeepers, []string{"0", string(m)}})
		if _, err := s.advance(ctx, change{community: t.To, writes: writes}); err != nil {
			return err
		}
	}
	writes := inParts("ZREM", keptBy(m), leaves, 1)
	if len(leaves) == len(ids) {
		writes = append(writes, write{"ZREM", libraryKeepers, []string{string(m)}})
	}
	if len(writes) == 0 {
		return nil
	}
	_, err = s.advance(ctx, change{community: t.From, writes: writes})
	return err
}

// gone says which of these resources have moved. Where all of a community goes along,
// so does what is nowhere any more.
func (s Library) gone(ctx context.Context, t bot.Transfer, ids []string) (map[string]bool, error) {
	out := map[string]bool{}
	for some := range slices.Chunk(ids, argsAtOnce) {
		here, err := s.client.HMGet(ctx, key(t.From, resources+":v"), some...).Result()
		if err != nil {
			return nil, failed(err)
		}
		there, err := s.client.HMGet(ctx, key(t.To, resources+":v"), some...).Result()
		if err != nil {
			return nil, failed(err)
		}
		for i, id := range some {
			out[id] = here[i] == nil && (t.Joins || there[i] != nil)
		}
	}
	return out, nil
}

// moveMoved lets what stands for a resource stand for it where it has gone.
func (s Library) moveMoved(ctx context.Context, t bot.Transfer) error {
	moved, err := s.client.HGetAll(ctx, key(t.From, libraryMoved)).Result()
	if err != nil || len(moved) == 0 {
		return failed(err)
	}
	last := func(id string) string {
		for range len(moved) { // one may stand for one that stands for another
			id = cmp.Or(moved[id], id)
		}
		return id
	}
	var ends []string
	for id := range moved {
		ends = append(ends, last(id))
	}
	gone, err := s.gone(ctx, t, ends)
	if err != nil {
		return err
	}
	var arrives, leaves []string
	for id, by := range moved {
		if gone[last(id)] {
			arrives, leaves = append(arrives, id, by), append(leaves, id)
		}
	}
	if len(leaves) == 0 {
		return nil
	}
	if _, err := s.advance(ctx, change{community: t.To, writes: inParts("HSET", libraryMoved, arrives, 2)}); err != nil {
		return err
	}
	_, err = s.advance(ctx, change{community: t.From, writes: inParts("HDEL", libraryMoved, leaves, 1)})
	return err
}
