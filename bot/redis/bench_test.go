package redis

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/discussion"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/bot/redis/redistest"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// everybody is the members of one community, each of whom is who their account
// says.
type everybody struct{}

func (everybody) Home(context.Context, bot.SpaceID) (discussion.Home, error) {
	return discussion.Home{Community: home, Language: "en", Zone: "UTC"}, nil
}

func (everybody) Author(_ context.Context, a bot.Account, name string) (bot.Member, error) {
	return bot.Member{ID: bot.MemberID(a.User), Community: home, Name: name}, nil
}

func (everybody) Members(_ context.Context, c bot.CommunityID, who map[bot.MemberID]bot.Account) (map[bot.MemberID]bot.Member, error) {
	members := map[bot.MemberID]bot.Member{}
	for id := range who {
		members[id] = bot.Member{ID: id, Community: c, Language: "en", Zone: "UTC"}
	}
	return members, nil
}

func (everybody) Organizers(context.Context, bot.CommunityID) ([]bot.Account, error) { return nil, nil }

func (everybody) Names(_ context.Context, _ bot.CommunityID, ids []bot.MemberID) (map[bot.MemberID]string, error) {
	names := map[bot.MemberID]string{}
	for _, id := range ids {
		names[id] = string(id)
	}
	return names, nil
}

// said is what people say in the benchmark's chat.
var said = [...]string{
	"A1 I start with a picture of something the class knows, and let them say what is missing from it.",
	"Good morning from room 12, the coffee is still too hot",
	"A1: modelling is arguing with a drawing; the drawing never wins #chat",
	"That happened to my seventh graders too, and nobody could say why",
}

// BenchmarkFile has 16 members say something at once, on a real Redis: each
// message is judged and filed. In turns with it the same client writes as many
// strings of the same size with plain SET.
func BenchmarkFile(b *testing.B) {
	const members = 16
	ctx, client := b.Context(), redistest.Real(b)
	store, err := Open(ctx, client, nil)
	if err != nil {
		b.Fatal(err)
	}
	chats := Discussions{store}
	d := chat("d1", discussion.Asking)
	d.Asked, d.AskedAt, d.Opened = 1, []time.Time{noon}, noon
	if err := chats.Advance(ctx, &d, outbox.Effects{}); err != nil {
		b.Fatal(err)
	}
	service := discussion.New(chats, everybody{}, nil, bottest.Words{}, scheduler.NewManualClock(noon))
	var messages atomic.Int64
	file := func(member string) error {
		n := messages.Add(1)
		return service.Hear(ctx, &bot.Event{
			Kind: bot.MessagePosted, Account: bot.Account{Space: scichat.Space, User: member}, Name: member,
			Message: bot.MessageRef{Channel: scichat, ID: "1000000000" + strconv.FormatInt(n, 10)},
			Text:    said[n%int64(len(said))], At: noon.Add(time.Duration(n)), Revision: 1,
		})
	}
	if err := file("01warm"); err != nil {
		b.Fatal(err)
	}
	body, err := client.HGet(ctx, key(home, "entries:d1"), "10000000001").Result()
	if err != nil {
		b.Fatal(err)
	}
	set := func(member string) error {
		return client.Set(ctx, key(home, "plain:"+member), body, 0).Err()
	}

	const turn = 4000
	var filing, setting time.Duration
	b.ReportAllocs()
	b.ResetTimer()
	for left := b.N; left > 0; left -= turn {
		n := min(left, turn)
		filing += spread(b, members, n, file)
		b.StopTimer()
		setting += spread(b, members, n, set)
		b.StartTimer()
	}
	b.StopTimer()
	if filed := client.LLen(ctx, key(home, "order:d1")).Val(); filed != int64(b.N)+1 {
		b.Errorf("%d messages are filed, want %d", filed, b.N+1)
	}
	b.ReportMetric(float64(b.N)/filing.Seconds(), "file/s")
	b.ReportMetric(float64(b.N)/setting.Seconds(), "set/s")
	b.ReportMetric(100*setting.Seconds()/filing.Seconds(), "%ofSET")
}

// spread does something n times, by several members at once, and gives how long
// that took.
func spread(b *testing.B, members, n int, do func(member string) error) time.Duration {
	b.Helper()
	var everyone sync.WaitGroup
	begin := time.Now()
	for m := range members {
		everyone.Go(func() {
			name := fmt.Sprintf("01member%d", m)
			for range (n + m) / members {
				if err := do(name); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	everyone.Wait()
	return time.Since(begin)
}
