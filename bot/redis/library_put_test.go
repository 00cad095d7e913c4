package redis

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/community"
	"github.com/staffroom-bot/staffroom/bot/library"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// TestLibraryAdvanceAll: several are stored as if each were stored alone.
func TestLibraryAdvanceAll(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		s, ctx := Library{b.store}, b.Context()
		known, overtaken := shelved("example.org/known", "01ana"), shelved("example.org/overtaken")
		b.ok(s.Advance(ctx, known, outbox.Effects{}))
		b.ok(s.Advance(ctx, shelved("example.org/overtaken"), outbox.Effects{}))
		b.ok(b.client.HSet(ctx, key(home, libraryMoved), library.IDOf("example.org/fresh"), known.ID).Err())
		mark, err := s.Mark(ctx, home)
		b.ok(err)
		fresh, hidden, left := shelved("example.org/fresh"), shelved("example.org/hidden"), shelved("example.org/left")
		fresh.Health.Next, hidden.Health.Next = noon.Add(time.Hour), noon.Add(time.Hour)
		hidden.Hidden = library.Hidden{At: noon}
		left.Space = bot.SpaceID{Connection: "far", ID: "gone"}
		b.ok(b.client.HSet(ctx, key(home, leftSpaces), left.Space.String(), "01far").Err())
		known.Title = "Changed"

		conflicts, err := s.AdvanceAll(ctx, []*library.Resource{known, overtaken, fresh, hidden, left}, library.LinksJob(home, noon))
		b.ok(err)
		if !slices.Equal(conflicts, []string{overtaken.ID, left.ID}) || known.Version != 2 || fresh.Version != 1 || overtaken.Version != 0 {
			b.Errorf("in conflict: %v; versions %d, %d, %d", conflicts, known.Version, fresh.Version, overtaken.Version)
		}
		read, err := s.Read(ctx, home, "", known.ID, fresh.ID, hidden.ID, left.ID)
		b.ok(err)
		if len(read.Found) != 3 || read.Found[known.ID].Title != "Changed" || read.Found[fresh.ID].Key != "example.org/fresh" || !read.Found[fresh.ID].Health.Next.Equal(fresh.Health.Next) {
			b.Errorf("%+v", read.Found)
		}
		news, all, err := s.News(ctx, home, mark)
		b.ok(err)
		if all || len(news.Changed) != 3 {
			b.Errorf("news: %v, %d", all, len(news.Changed))
		}
		due, _, err := s.Due(ctx, home, noon.Add(time.Hour), 10)
		b.ok(err)
		if len(due) != 1 || due[0].ID != fresh.ID {
			b.Errorf("due: %+v", due)
		}
		page, err := s.Page(ctx, home, "", 10)
		b.ok(err)
		if len(page) != 4 {
			b.Errorf("%d in all", len(page))
		}
		job, err := b.client.ZScore(ctx, key(home, "due"), library.LinksJobKind).Result()
		b.ok(err)
		if job != float64(noon.Add(time.Minute).UnixMilli()) {
			b.Errorf("links are looked at at %v", job)
		}
		if conflicts, err = s.AdvanceAll(ctx, nil); err != nil || conflicts != nil {
			b.Errorf("nothing: %v, %v", conflicts, err)
		}
	})
}

// TestEverywhere: every community with its places is found, whether or not anything is
// planned in it.
func TestEverywhere(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		s, ctx := Communities{b.store}, b.Context()
		for i := range 3 {
			space := bot.SpaceID{Connection: "console", ID: fmt.Sprint("town ", i)}
			_, err := s.Community(ctx, space, community.Community{ID: bot.CommunityID(fmt.Sprint("01town", i))})
			b.ok(err)
		}
		all, err := s.Everywhere(ctx)
		b.ok(err)
		if len(all) != 3 || len(all["01town1"]) != 1 || all["01town1"][0].Space.ID != "town 1" {
			b.Errorf("%+v", all)
		}
	})
}
