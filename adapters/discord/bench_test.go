package discord

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/adapters/discord/discordloop"
	"github.com/staffroom-bot/staffroom/bot"
)

// feed is a bot that counts what it is told, and a loopback Discord that checks
// nothing and so costs little.
type feed struct {
	testing.TB
	loop *discordloop.Server
	told atomic.Int64
}

func newFeed(tb testing.TB) *feed {
	tb.Helper()
	loop, err := discordloop.Start(discordloop.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	f := &feed{TB: tb, loop: loop}
	adapter := newAdapter(tb, loop, wordless{}, silent())
	router := bot.NewRouter()
	router.Listen(func(context.Context, *bot.Event) error {
		f.told.Add(1)
		return nil
	})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- adapter.Run(ctx, router) }()
	tb.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			tb.Error(err)
		}
		loop.Close()
	})
	f.wait("the bot is connected", loop.Connected)
	return f
}

func (f *feed) wait(what string, right func() bool) {
	f.Helper()
	for deadline := time.Now().Add(time.Minute); !right(); {
		if time.Now().After(deadline) {
			f.Fatalf("waited in vain until %s", what)
		}
		runtime.Gosched()
	}
}

// burst sends n messages to as many channels as a busy evening has.
func (f *feed) burst(first, n int, guild string, channels []string) {
	for i := first; i < first+n; i++ {
		f.loop.Dispatch("MESSAGE_CREATE", map[string]any{
			"id": strconv.Itoa(1480000000000000000 + i), "channel_id": channels[i%len(channels)], "guild_id": guild, "type": 0,
			"author": map[string]any{"id": strconv.Itoa(1100000000000000000 + i%500), "username": "ana", "global_name": "Ana"},
			"member": map[string]any{"nick": nil, "roles": []any{}}, "timestamp": "2026-01-01T00:00:00.000000+00:00",
			"content":  "A" + strconv.Itoa(i%8+1) + " I start with a picture and let them tell me what they see in it",
			"mentions": []any{}, "embeds": []any{}, "attachments": []any{}, "components": []any{},
		})
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func (f *feed) place(channels int) (guild string, all []string) {
	guild = f.loop.AddGuild("Lincoln")
	for range channels {
		all = append(all, f.loop.AddChannel(guild))
	}
	return guild, all
}

// BenchmarkGateway feeds 5,000 messages a second, ten seconds for each round, and
// fails if the bot falls behind by more than half a second.
func BenchmarkGateway(b *testing.B) {
	const each, rounds = 500, 100 // every 100 ms
	f := newFeed(b)
	guild, channels := f.place(50)
	f.burst(0, 5*each, guild, channels)
	f.wait("it is warm", func() bool { return f.told.Load() == 5*each })
	sent, before := 5*each, heap()
	var deepest, unwritten int
	for b.Loop() {
		tick := time.NewTicker(100 * time.Millisecond)
		for range rounds {
			<-tick.C
			behind := sent - int(f.told.Load())
			deepest, unwritten = max(deepest, behind), max(unwritten, f.loop.Backlog())
			f.burst(sent, each, guild, channels)
			sent += each
		}
		tick.Stop()
	}
	f.wait("all is told", func() bool { return int(f.told.Load()) == sent })
	b.ReportMetric(float64(deepest), "most-behind")
	b.ReportMetric(float64(unwritten), "most-unread")
	b.ReportMetric(float64(int64(heap())-int64(before))/1e6, "MB-grown")
	if deepest > 5*each {
		b.Errorf("the bot fell behind by %d messages", deepest)
	}
}

// TestGatewayDoesNotGrow: what has been told leaves nothing behind.
func TestGatewayDoesNotGrow(t *testing.T) {
	const warm, more = 10_000, 30_000
	f := newFeed(t)
	guild, channels := f.place(50)
	f.burst(0, warm, guild, channels)
	f.wait("it is warm", func() bool { return f.told.Load() == warm })
	before := heap()
	f.burst(warm, more, guild, channels)
	f.wait("all is told", func() bool { return f.told.Load() == warm+more })
	if grown := int64(heap()) - int64(before); grown > more*100 { // a message has some 500 bytes
		t.Errorf("%d messages leave %d bytes behind", more, grown)
	}
}

// BenchmarkServers has the bot join 1,000 servers of 500 members, and fails if
// more than 150 MB are in use then.
func BenchmarkServers(b *testing.B) {
	const servers, most = 1000, 150e6
	f := newFeed(b)
	before := heap()
	joined := 0
	for b.Loop() {
		for range servers {
			joined++
			f.loop.Dispatch("GUILD_CREATE", json.RawMessage(server(joined)))
			f.wait("it is read", func() bool { return f.loop.Backlog() == 0 })
		}
	}
	f.burst(0, 1, "1", []string{"2"})
	f.wait("all is read", func() bool { return f.told.Load() == 1 })
	used := heap()
	b.ReportMetric(float64(len(server(1)))/1e3, "kB/server-sent")
	b.ReportMetric(float64(int64(used)-int64(before))/1e6, "MB-heap-grown")
	b.ReportMetric(float64(used)/1e6, "MB-heap")
	rss := resident()
	b.ReportMetric(rss/1e6, "MB-resident")
	if float64(used) > most || rss > most {
		b.Errorf("%.0f MB are in use, %.0f MB resident", float64(used)/1e6, rss/1e6)
	}
}

// server is what Discord says about a server with 500 members, 50 channels and
// 20 roles.
func server(n int) string {
	id := func(kind, i int) int { return 1_000_000_000_000_000_000 + kind*100_000_000 + n*1000 + i }
	var channels, roles, members []string
	for i := range 50 {
		channels = append(channels, fmt.Sprintf(`{"id":"%d","type":0,"name":"channel-%d","position":%d,"topic":null,"nsfw":false,"permission_overwrites":[],"parent_id":null,"rate_limit_per_user":0}`, id(1, i), i, i))
	}
	for i := range 20 {
		roles = append(roles, fmt.Sprintf(`{"id":"%d","name":"role %d","color":0,"hoist":false,"position":%d,"permissions":"2248473465835073","managed":false,"mentionable":false}`, id(2, i), i, i))
	}
	for i := range 500 {
		members = append(members, fmt.Sprintf(`{"user":{"id":"%d","username":"member%d","global_name":"Member %d","discriminator":"0","avatar":null,"bot":false},"nick":null,"roles":["%d"],"joined_at":"2024-01-01T00:00:00.000000+00:00","deaf":false,"mute":false,"flags":0}`, id(3, i), i, i, id(2, i%20)))
	}
	return fmt.Sprintf(`{"id":"%d","name":"Server %d","member_count":500,"channels":[%s],"roles":[%s],"members":[%s],"threads":[],"presences":[]}`,
		id(0, 0), n, strings.Join(channels, ","), strings.Join(roles, ","), strings.Join(members, ","))
}

// resident is how much memory the process holds, in bytes; 0 where that cannot
// be read.
func resident() float64 {
	raw, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(raw)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kB, _ := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 64)
			return kB * 1024
		}
	}
	return 0
}
