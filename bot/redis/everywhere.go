package redis

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/redis/go-redis/v9"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/community"
)

// Everywhere gives the places of every community that has any. It goes through all
// keys: it is for whoever runs the program, not for members.
func (s Communities) Everywhere(ctx context.Context) (map[bot.CommunityID][]community.Place, error) {
	var ids []bot.CommunityID
	var adding sync.Mutex // the servers of a Cluster are asked at the same time
	scan := func(ctx context.Context, client *redis.Client) error {
		found := client.Scan(ctx, 0, key("*", "about"), 1000).Iterator()
		for found.Next(ctx) {
			id, _, _ := strings.Cut(strings.TrimPrefix(found.Val(), "sr:{c:"), "}")
			adding.Lock()
			ids = append(ids, bot.CommunityID(id))
			adding.Unlock()
		}
		return found.Err()
	}
	var err error
	switch client := s.client.(type) {
	case *redis.ClusterClient:
		err = client.ForEachMaster(ctx, scan)
	case *redis.Client:
		err = scan(ctx, client)
	}
	if err != nil {
		return nil, failed(err)
	}
	slices.Sort(ids)
	all := map[bot.CommunityID][]community.Place{}
	for _, id := range slices.Compact(ids) {
		places, err := s.Places(ctx, id)
		if err != nil {
			return nil, err
		}
		if len(places) > 0 {
			all[id] = places
		}
	}
	return all, nil
}
