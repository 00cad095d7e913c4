package redis

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/checkin"
)

// Of what somebody wrote in direct messages nothing is lost when two communities
// become one, also if they had begun something in both, and also if it is done again.
func TestWhatWasBegunGoesAlong(t *testing.T) {
	const old = bot.CommunityID("01old")
	fields := func(about checkin.Talk, parts map[string]string) map[string]string {
		body, err := json.Marshal(&about)
		if err != nil {
			t.Fatal(err)
		}
		all := map[string]string{"v": "7", "about": string(body)}
		maps.Copy(all, parts)
		return all
	}
	partial := func(value string) string {
		return `{"values":["` + value + `"],"next":1,"until":"2026-03-09T12:00:00Z"}`
	}
	here := fields(checkin.Talk{Known: []string{"o1"}, Said: "a line"}, map[string]string{
		"d/o1": partial("rose"), "aside/o2": partial("thorn"), "d/o3": partial("older"),
	})
	for name, c := range map[string]struct {
		there     map[string]string
		about     string
		said      string
		known     []string
		there3    string
		wantsTill time.Duration
	}{
		"nothing begun there": {nil, "", "a line", []string{"o1"}, "older", time.Hour},
		"in the middle of something": {
			fields(checkin.Talk{About: "o9", Known: []string{"o9"}}, map[string]string{"d/o9": partial("bud"), "d/o3": partial("newer")}),
			"o9", "a line", []string{"o9", "o1"}, "newer", 3 * time.Hour,
		},
		"with a line that waits there too": {
			fields(checkin.Talk{Known: []string{"o9"}, Said: "another"}, map[string]string{"aside/o9": partial("bud")}),
			"", "another\na line", []string{"o9", "o1"}, "older", 3 * time.Hour,
		},
	} {
		t.Run(name, func(t *testing.T) {
			eachAtNoon(t, func(b *bench) {
				ctx := b.Context()
				put := func(c bot.CommunityID, all map[string]string, ttl time.Duration) {
					if len(all) == 0 {
						return
					}
					name := key(c, checkInTalk("01ana"))
					b.ok(b.client.HSet(ctx, name, flat(all)).Err())
					b.ok(b.client.PExpire(ctx, name, ttl).Err())
				}
				put(home, c.there, 3*time.Hour)
				for range 2 {
					put(old, here, time.Hour)
					b.ok(b.client.HSet(ctx, key(home, "members"), "01ana", "{}").Err())
					b.ok(CheckInTransfers{b.store}.Move(ctx, bot.Transfer{From: old, To: home, Joins: true}))
				}
				found, err := b.client.HGetAll(ctx, key(home, checkInTalk("01ana"))).Result()
				b.ok(err)
				talk := checkin.Talk{Partials: map[string]checkin.Partial{}, Aside: map[string]checkin.Partial{}}
				b.ok(readTalk(&talk, found))
				if talk.About != c.about || talk.Said != c.said || !slices.Equal(talk.Known, c.known) {
					b.Errorf("they are at %+v", talk)
				}
				got := []string{}
				for _, d := range []checkin.Partial{talk.Partials["o1"], talk.Aside["o2"], talk.Partials["o3"]} {
					got = append(got, d.Values...)
				}
				if want := []string{"rose", "thorn", c.there3}; !slices.Equal(got, want) {
					b.Errorf("begun is %q, want %q", got, want)
				}
				if len(c.there) > 0 && talk.Partials["o9"].Values == nil && talk.Aside["o9"].Values == nil {
					b.Error("what was begun there is lost")
				}
				if ttl := b.client.PTTL(ctx, key(home, checkInTalk("01ana"))).Val(); ttl <= c.wantsTill-time.Minute || ttl > c.wantsTill {
					b.Errorf("it is kept for %s, want %s", ttl, c.wantsTill)
				}
				if n := b.client.Exists(ctx, key(old, checkInTalk("01ana"))).Val(); n != 0 {
					b.Error("it is there twice")
				}
			})
		})
	}
}
