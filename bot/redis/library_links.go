package redis

import (
	"context"
	"errors"
	"net/url"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/library"
)

var _ library.LinkStore = Library{}

const (
	libraryDue   = "library:due"   // when links are looked at next
	libraryMoved = "library:moved" // what stands for a resource that was merged
)

// lookedAt are the writes by which a resource that is stored is found when its link
// is to be looked at, and stands for itself.
func lookedAt(r *library.Resource) []write {
	due := write{"ZADD", libraryDue, []string{millis(r.Health.Next), r.ID}}
	if r.Health.Next.IsZero() || r.Hidden != (library.Hidden{}) {
		due = write{"ZREM", libraryDue, []string{r.ID}}
	}
	return []write{due, {"HDEL", libraryMoved, []string{r.ID}}}
}

// Due implements library.LinkStore.
func (s Library) Due(ctx context.Context, c bot.CommunityID, now time.Time, limit int) (due []library.Resource, next time.Time, err error) {
	first, err := s.client.ZRangeWithScores(ctx, key(c, libraryDue), 0, int64(limit)).Result()
	if err != nil {
		return nil, next, failed(err)
	}
	var ids []string
	for _, z := range first {
		at := time.UnixMilli(int64(z.Score))
		if at.After(now) || len(ids) == limit {
			next = at
			break
		}
		id, _ := z.Member.(string)
		ids = append(ids, id)
	}
	if len(ids) == 0 {
		return nil, next, nil
	}
	reading, err := s.Read(ctx, c, "", ids...)
	if err != nil {
		return nil, next, err
	}
	for _, id := range ids {
		if r, there := reading.Found[id]; there && r.ID == id {
			due = append(due, r)
		} else if err := s.client.ZRem(ctx, key(c, libraryDue), id).Err(); err != nil { // it must not be due for ever
			return nil, next, failed(err)
		}
	}
	return due, next, nil
}

// Replace implements library.LinkStore. Members who have the resource for themselves
// have the other one before this one goes.
func (s Library) Replace(ctx context.Context, r *library.Resource, by string) error {
	if err := s.replaceKept(ctx, r.Community, r.ID, by); err != nil {
		return err
	}
	writes := append(removal(r), write{"HSET", libraryMoved, []string{r.ID, by}})
	_, err := s.advance(ctx, change{
		community: r.Community, records: resources, id: r.ID, from: r.Version, body: r, writes: writes, unless: []string{r.Space.String()},
	})
	return err
}

func (s Library) replaceKept(ctx context.Context, c bot.CommunityID, id, by string) error {
	keepers, err := s.client.ZRange(ctx, key(c, libraryKeepers), 0, -1).Result()
	if err != nil || len(keepers) == 0 {
		return failed(err)
	}
	pipe := s.client.Pipeline()
	kept := make([]*redis.FloatCmd, len(keepers))
	for i, m := range keepers {
		kept[i] = pipe.ZScore(ctx, key(c, keptBy(bot.MemberID(m))), id)
	}
	if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) {
		return failed(err)
	}
	var writes []write
	for i, m := range keepers {
		if kept[i].Err() == nil {
			at := strconv.FormatFloat(kept[i].Val(), 'f', 0, 64)
			writes = append(writes, write{"ZADD", keptBy(bot.MemberID(m)), []string{at, by}}, write{"ZREM", keptBy(bot.MemberID(m)), []string{id}})
		}
	}
	if len(writes) == 0 {
		return nil
	}
	_, err = s.advance(ctx, change{community: c, writes: writes})
	return err
}

// hostKey is a key of a host on the web. All of them lie in a slot of their own.
func hostKey(host, what string) string { return "sr:{h:" + url.PathEscape(host) + "}:" + what }

// The lifetimes of what is known of hosts.
const (
	turnLasts    = 15 * time.Second // of one whose process has died
	hostRests    = 2 * time.Second  // after each turn
	nothingLasts = 24 * time.Hour
)

// BeginTurn lets one of all processes ask a host on the web at a time, with at least
// two seconds between any two. It gives the turn, or how long others have it.
func (s Library) BeginTurn(ctx context.Context, host string) (turn string, wait time.Duration, err error) {
	return s.turn(ctx, hostKey(host, "turn"), turnLasts)
}

func (s Library) turn(ctx context.Context, key string, lasts time.Duration) (turn string, wait time.Duration, err error) {
	out, err := s.strings(ctx, libraryTurnScript, []string{key}, s.now(), "begin", lasts.Milliseconds())
	if err != nil {
		return "", 0, err
	}
	if len(out) == 2 {
		return out[1], 0, nil
	}
	ms, err := strconv.Atoi(out[0])
	return "", time.Duration(ms) * time.Millisecond, err
}

// EndTurn ends a turn.
func (s Library) EndTurn(ctx context.Context, host, turn string) error {
	_, err := s.strings(ctx, libraryTurnScript, []string{hostKey(host, "turn")}, s.now(), turn, hostRests.Milliseconds())
	return err
}

// ClaimNothing implements library.LinkStore.
func (s Library) ClaimNothing(ctx context.Context, host string) (mine bool, known string, err error) {
	turn, _, err := s.turn(ctx, hostKey(host, "asked"), nothingLasts)
	if err != nil || turn != "" {
		return err == nil, "", err
	}
	known, err = s.client.Get(ctx, hostKey(host, "nothing")).Result()
	if errors.Is(err, redis.Nil) {
		return false, "", nil
	}
	return false, known, failed(err)
}

// KeepNothing implements library.LinkStore.
func (s Library) KeepNothing(ctx context.Context, host, known string) error {
	return failed(s.client.Set(ctx, hostKey(host, "nothing"), known, nothingLasts).Err())
}
