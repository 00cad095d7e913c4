package redis

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/community"
)

const (
	placeRecords  = "places"
	placeVersions = "places:v"
)

// leftSpaces names the spaces that were in a community and are in another now.
// leftByAll stands among them if there is none any more.
const (
	leftSpaces = "left"
	leftByAll  = "*"
)

var errLeft = errors.New("the space is in another community now")

func spaceKey(space bot.SpaceID) string { return "sr:space:" + space.String() }

// What a space points to is its community and, on its way to another, how far it
// is, since when, and to which: "01abc", "01abc leaving 1700000000000 01xyz".
func readPointer(stored string) community.Whereabouts {
	words := strings.Fields(stored)
	switch len(words) {
	case 0:
		return community.Whereabouts{}
	case 4:
		return community.Whereabouts{
			Community: bot.CommunityID(words[0]), Moves: community.Moves(words[1]),
			Since: fromMillis(words[2]), To: bot.CommunityID(words[3]),
		}
	default:
		return community.Whereabouts{Community: bot.CommunityID(words[0])}
	}
}

func pointerText(w community.Whereabouts) string {
	if w.Moves == community.Settled {
		return string(w.Community)
	}
	return strings.Join([]string{string(w.Community), string(w.Moves), millis(w.Since), string(w.To)}, " ")
}

// Places implements community.Store.
func (s Communities) Places(ctx context.Context, c bot.CommunityID) ([]community.Place, error) {
	pipe := s.client.TxPipeline()
	bodies := pipe.HGetAll(ctx, key(c, placeRecords))
	versions := pipe.HGetAll(ctx, key(c, placeVersions))
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, failed(err)
	}
	var all []community.Place
	for _, space := range slices.Sorted(maps.Keys(bodies.Val())) {
		p, err := decodePlace(bodies.Val()[space], versions.Val()[space])
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}

func decodePlace(body, version string) (community.Place, error) {
	p := community.Place{}
	if err := json.Unmarshal([]byte(body), &p); err != nil {
		return p, fmt.Errorf("place: %w", err)
	}
	p.Version, _ = strconv.ParseInt(version, 10, 64) // one that was never changed has none
	return p, nil
}

// SavePlace implements community.Store.
func (s Communities) SavePlace(ctx context.Context, c bot.CommunityID, p *community.Place) error {
	version, err := s.advance(ctx, change{
		community: c, records: placeRecords, id: p.Space.String(), from: p.Version, body: p, unless: []string{p.Space.String()},
	})
	if err == nil {
		p.Version = version
	}
	return err
}

// Staff implements community.Store.
func (s Communities) Staff(ctx context.Context, c bot.CommunityID) ([]bot.Member, error) {
	ordinary := fmt.Sprintf("%q:%q", "role", bot.RoleMember)
	return s.membersWho(ctx, c, func(body string) bool { return !strings.Contains(body, ordinary) },
		func(m bot.Member) bool { return m.Role != bot.RoleMember })
}

// Called implements community.Store.
func (s Communities) Called(ctx context.Context, c bot.CommunityID, name string) ([]bot.Member, error) {
	return s.membersWho(ctx, c, func(string) bool { return true },
		func(m bot.Member) bool { return strings.EqualFold(m.Name, name) })
}

// membersWho looks at all members, by what is stored and then by what that means.
// Who is only a former self of another is none.
func (s Communities) membersWho(ctx context.Context, c bot.CommunityID, maybe func(string) bool, wanted func(bot.Member) bool) ([]bot.Member, error) {
	var ids []bot.MemberID
	err := s.scan(ctx, key(c, "members"), func(id, body string) {
		if maybe(body) {
			ids = append(ids, bot.MemberID(id))
		}
	})
	if err != nil {
		return nil, err
	}
	slices.Sort(ids)
	all, err := s.Members(ctx, c, slices.Compact(ids))
	if err != nil {
		return nil, err
	}
	former, err := s.client.HKeys(ctx, key(c, formerSelves)).Result()
	return slices.DeleteFunc(all, func(m bot.Member) bool {
		return !wanted(m) || slices.Contains(former, string(m.ID))
	}), failed(err)
}

// formerSelves names the members whose accounts lead to another by now.
const formerSelves = "former"

// Accounts implements community.Store.
func (s Communities) Accounts(ctx context.Context, c bot.CommunityID, id bot.MemberID) ([]bot.Account, error) {
	var all []bot.Account
	err := s.scan(ctx, key(c, "accounts"), func(account, member string) {
		if a, ok := parseAccount(account); ok && member == string(id) {
			all = append(all, a)
		}
	})
	slices.SortFunc(all, func(a, b bot.Account) int { return strings.Compare(a.String(), b.String()) })
	return slices.Compact(all), err
}

// parseAccount reads what bot.Account.String gives.
func parseAccount(name string) (a bot.Account, ok bool) {
	parts := strings.Split(name, "/")
	if len(parts) != 3 {
		return a, false
	}
	for i, to := range []*string{&a.Space.Connection, &a.Space.ID, &a.User} {
		part, err := url.PathUnescape(parts[i])
		if err != nil {
			return a, false
		}
		*to = part
	}
	return a, true
}

// scanned is how many fields of a hash are asked for at once, about.
const scanned = 1000

// scan calls f for each field of a hash, for some perhaps twice.
func (s *Store) scan(ctx context.Context, hash string, f func(field, value string)) error {
	var cursor uint64
	for {
		found, next, err := s.client.HScan(ctx, hash, cursor, "", scanned).Result()
		if err != nil && !errors.Is(err, redis.Nil) {
			return failed(err)
		}
		for i := 0; i+1 < len(found); i += 2 {
			f(found[i], found[i+1])
		}
		if cursor = next; cursor == 0 {
			return nil
		}
	}
}
