package redis

import (
	"context"
	"strings"

	"github.com/redis/go-redis/v9"

	"github.com/staffroom-bot/staffroom/bot"
)

// A record moves to another community in three steps, each one script: it is taken
// out of its hashes and lists, with its jobs, and kept in onTheWay; it is written
// where it goes, with its jobs; and what is left of it is cleared away. Whoever goes
// on after a death finds it in one of these states, and each step can be made twice.

// onTheWay keeps records that are taken out: the hash that they were in, a slash and
// their ID → JSON.
const onTheWay = "moving"

// onTheWayFrom gives the records that were taken out of one hash, by their ID.
func (s *Store) onTheWayFrom(ctx context.Context, c bot.CommunityID, records string) (map[string]string, error) {
	found := map[string]string{}
	err := s.scan(ctx, key(c, onTheWay), func(field, body string) {
		if id, ok := strings.CutPrefix(field, records+"/"); ok {
			found[id] = body
		}
	})
	return found, err
}

// argsAtOnce is how many arguments a command in a script gets at most: Lua takes
// some thousands.
const argsAtOnce = 1000

// inParts is one write for so many arguments as a command takes at once. Each of
// them belongs to the count-1 after it.
func inParts(op, name string, args []string, count int) []write {
	most := argsAtOnce / count * count
	var writes []write
	for len(args) > 0 {
		n := min(len(args), most)
		writes = append(writes, write{op, name, args[:n]})
		args = args[n:]
	}
	return writes
}

// flat is a hash as the arguments of HSET.
func flat(h map[string]string) []string {
	out := make([]string, 0, 2*len(h))
	for field, value := range h {
		out = append(out, field, value)
	}
	return out
}

// copiedHash and copiedList are the writes that copy a key, asked for in a pipeline.
func copiedHash(ctx context.Context, pipe redis.Pipeliner, c bot.CommunityID, name string) func() []write {
	found := pipe.HGetAll(ctx, key(c, name))
	return func() []write { return inParts("HSET", name, flat(found.Val()), 2) }
}

func copiedList(ctx context.Context, pipe redis.Pipeliner, c bot.CommunityID, name string) func() []write {
	found := pipe.LRange(ctx, key(c, name), 0, -1)
	return func() []write {
		return append([]write{{"DEL", name, []string{}}}, inParts("RPUSH", name, found.Val(), 1)...)
	}
}

// clear removes what is left of a record that has arrived elsewhere.
func (s *Store) clear(ctx context.Context, c bot.CommunityID, records, id string, keys ...string) error {
	writes := []write{{"HDEL", onTheWay, []string{records + "/" + id}}}
	for _, name := range keys {
		writes = append(writes, write{"DEL", name, []string{}})
	}
	_, err := s.advance(ctx, change{community: c, writes: writes})
	return err
}
