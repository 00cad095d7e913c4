package redis

import (
	"context"
	"strings"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// sentTo is where it is kept what was sent in a person's lane. In other lanes
// nothing is written there.
func sentTo(lane string) string {
	_, account, _ := strings.Cut(lane, ":@")
	return "sentto:" + account
}

// unsend forgets what was sent to a person, and the jobs of their lanes.
func (s *Store) unsend(ctx context.Context, c bot.CommunityID, a bot.Account) error {
	var e outbox.Effects
	for _, lane := range outbox.DirectLanes(a) {
		e.Cancel = append(e.Cancel, outbox.JobID(lane))
	}
	name := sentTo(outbox.DirectLanes(a)[0])
	sent, err := s.client.ZRange(ctx, key(c, name), 0, -1).Result()
	if err != nil {
		return failed(err)
	}
	writes := append(inParts("HDEL", "sent", sent, 1), inParts("ZREM", "sentat", sent, 1)...)
	_, err = s.advance(ctx, change{community: c, Effects: e, writes: append(writes, write{"DEL", name, []string{}})})
	return err
}
