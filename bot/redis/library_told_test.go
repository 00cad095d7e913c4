package redis

import (
	"slices"
	"testing"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/library"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// What the digests of a place have told goes along with it, and whoever is not told of
// answers is told nowhere.
func TestLibraryTold(t *testing.T) {
	const far = bot.CommunityID("01far")
	here, other := bot.SpaceID{Connection: "chat", ID: "here"}, bot.SpaceID{Connection: "chat", ID: "other"}
	for name, joins := range map[string]bool{"a place parts": false, "all join": true} {
		t.Run(name, func(t *testing.T) {
			eachAtNoon(t, func(b *bench) {
				s, ctx := Library{b.store}, b.Context()
				if told, err := s.Told(ctx, home, here); err != nil || !told.Until.IsZero() {
					b.Errorf("before: %+v, %v", told, err)
				}
				for _, space := range []bot.SpaceID{here, other} {
					b.ok(s.KeepTold(ctx, home, space, library.Told{Until: noon, Dead: map[string]library.Mention{"r": {At: noon}}}))
				}
				for _, m := range []bot.MemberID{"01ana", "01joe", "01kim"} {
					b.ok(s.Tell(ctx, home, m, false))
				}
				b.ok(s.Tell(ctx, home, "01kim", true))
				for _, c := range []bot.CommunityID{home, far} { // she has both
					b.ok(b.client.HSet(ctx, key(c, "members"), "01ana", "{}").Err())
				}
				for range 2 {
					b.ok(s.MoveAlong(ctx, bot.Transfer{From: home, To: far, Space: here, Joins: joins}))
				}
				for space, there := range map[bot.SpaceID]bool{here: true, other: joins} {
					in, out := home, far
					if there {
						in, out = far, home
					}
					if told, err := s.Told(ctx, in, space); err != nil || !told.Until.Equal(noon) || len(told.Dead) != 1 {
						b.Errorf("%s: %+v, %v", space, told, err)
					}
					if told, err := s.Told(ctx, out, space); err != nil || !told.Until.IsZero() {
						b.Errorf("%s is left behind: %+v, %v", space, told, err)
					}
				}
				stays := []bot.MemberID{"01ana", "01joe"}
				if joins {
					stays = []bot.MemberID{}
				}
				for c, want := range map[bot.CommunityID][]bot.MemberID{home: stays, far: {"01ana"}} {
					if got, err := s.Untold(ctx, c); err != nil || !slices.Equal(got, want) {
						b.Errorf("not told in %s: %q, want %q, %v", c, got, want, err)
					}
				}
				b.ok(s.Forget(ctx, far, "01ana"))
				if got, err := s.Untold(ctx, far); err != nil || len(got) != 0 {
					b.Errorf("after she is forgotten: %q, %v", got, err)
				}
			})
		})
	}
}

// Who is not told is not told under the member who they are by now either.
func TestLibraryUntoldFollows(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		s, ctx := Library{b.store}, b.Context()
		b.ok(s.Tell(ctx, home, "01old", false))
		b.ok(s.Follow(ctx, home, "01old", "01new"))
		b.ok(s.Follow(ctx, home, "01joe", "01kim"))
		if got, err := s.Untold(ctx, home); err != nil || !slices.Equal(got, []bot.MemberID{"01new", "01old"}) {
			b.Errorf("not told: %q, %v", got, err)
		}
	})
}

func TestLibraryKeepers(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		s, ctx := Library{b.store}, b.Context()
		if got, err := s.Keepers(ctx, home, "r"); err != nil || len(got) != 0 {
			b.Errorf("of nobody: %q, %v", got, err)
		}
		r := shelved("example.org/a", "01ana")
		b.ok(s.Advance(ctx, r, outbox.Effects{}))
		for _, m := range []bot.MemberID{"01ana", "01joe", "01kim"} {
			b.ok(s.Keep(ctx, home, m, r.ID, true))
		}
		b.ok(s.Keep(ctx, home, "01joe", r.ID, false))
		if got, err := s.Keepers(ctx, home, r.ID); err != nil || !slices.Equal(got, []bot.MemberID{"01ana", "01kim"}) {
			b.Errorf("it has %q, %v", got, err)
		}
	})
}
