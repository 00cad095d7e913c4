//go:build linux

// Package footprint measures how much memory the program holds: built as it is
// released, in a process of its own, with its private Redis, and connected to
// Discord and Slack on the loopback interface. It is all tests; the figures are in
// docs/operating.md.
//
//	go test ./cmd/staffroom/internal/footprint -v -args -footprint.after=1m
package footprint

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/adapters/discord/discordloop"
	"github.com/staffroom-bot/staffroom/adapters/slack/slackloop"
	"github.com/staffroom-bot/staffroom/bot/redis/redistest"
)

var after = flag.Duration("footprint.after", 5*time.Second, "how long the program runs, with nothing more to do, before it is looked at")

const megabyte = 1 << 20

func TestFootprint(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds the program")
	}
	redistest.Server(t)
	binary := build(t)
	for _, c := range []struct {
		name    string
		servers int // of Discord, each with 500 members
		most    int // bytes
	}{
		{"idle", 1, 50 * megabyte},
		{"with 1,000 servers", 1000, 150 * megabyte},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := start(t, binary)
			p.join(c.servers)
			select {
			case <-time.After(*after):
			case err := <-p.ended:
				t.Fatalf("the program ended by itself: %v", err)
			}
			held, peak := p.memory("VmRSS"), p.memory("VmHWM")
			t.Logf("%.1f MB held after %s, %.1f MB at most", mega(held), *after, mega(peak))
			if held > c.most {
				t.Errorf("that is more than %.0f MB", mega(c.most))
			}
		})
	}
}

func mega(bytes int) float64 { return float64(bytes) / megabyte }

// build builds the program. The race detector of the test does not count.
func build(t *testing.T) string {
	binary := filepath.Join(t.TempDir(), "staffroom")
	if out, err := exec.Command("go", "build", "-o", binary, "github.com/staffroom-bot/staffroom/cmd/staffroom").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return binary
}

// program is the program, connected to both platforms.
type program struct {
	*testing.T
	discord *discordloop.Server
	cmd     *exec.Cmd
	ended   chan error
}

const settings = `
http:
  listen: ""
redis:
  data_dir: data
discord:
- name: discord
  token: %s
  api_url: %s
slack:
- name: slack
  bot_token: %s
  app_token: %s
  api_url: %s
`

func start(t *testing.T, binary string) *program {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	loop, err := discordloop.Start(discordloop.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(loop.Close)
	workspace := slackloop.Start(slackloop.Options{})
	t.Cleanup(workspace.Close)
	home := t.TempDir()
	config := fmt.Sprintf(settings, loop.Token(), loop.URL(), slackloop.BotToken, slackloop.AppToken, workspace.APIURL())
	if err := os.WriteFile(filepath.Join(home, "config.yaml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	p := &program{T: t, discord: loop, cmd: exec.Command(binary, "run", "--config", "config.yaml"), ended: make(chan error, 1)}
	var log bytes.Buffer
	p.cmd.Dir, p.cmd.Stderr = home, &log
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	gone := make(chan struct{})
	go func() {
		p.ended <- p.cmd.Wait()
		close(gone)
	}()
	t.Cleanup(func() {
		_ = p.cmd.Process.Signal(syscall.SIGTERM)
		<-gone
		if t.Failed() {
			t.Logf("the program says:\n%s", log.String())
		}
	})
	if err := loop.Wait(ctx, loop.Connected); err != nil {
		t.Fatal("no connection to Discord: ", err)
	}
	if err := workspace.AwaitConnection(ctx, 1); err != nil {
		t.Fatal("no connection to Slack: ", err)
	}
	return p
}

// join lets the bot be in so many servers.
func (p *program) join(servers int) {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for n := range servers {
		p.discord.Dispatch("GUILD_CREATE", guild(n))
		for p.discord.Backlog() > 0 {
			<-tick.C
		}
	}
}

// memory is a figure of /proc/PID/status, in bytes.
// https://www.kernel.org/doc/html/latest/filesystems/proc.html
func (p *program) memory(name string) int {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		p.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, name+":"); ok {
			kB, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(rest), " kB"))
			if err != nil {
				p.Fatal(err)
			}
			return kB << 10
		}
	}
	p.Fatalf("no %s in the status of the process", name)
	return 0
}

// guild is what Discord says of a server with 500 members, 50 channels and 20
// roles.
func guild(n int) json.RawMessage {
	serial := 1_000_000_000_000_000_000 + n*1000
	id := func() string {
		serial++
		return strconv.Itoa(serial)
	}
	several := func(count int, one func(i int) map[string]any) []map[string]any {
		all := make([]map[string]any, count)
		for i := range all {
			all[i] = one(i)
		}
		return all
	}
	said, err := json.Marshal(map[string]any{
		"id": id(), "name": fmt.Sprintf("Server %d", n), "member_count": 500, "threads": []any{}, "presences": []any{},
		"channels": several(50, func(i int) map[string]any {
			return map[string]any{"id": id(), "type": 0, "name": fmt.Sprintf("channel-%d", i), "position": i, "topic": nil, "permission_overwrites": []any{}}
		}),
		"roles": several(20, func(i int) map[string]any {
			return map[string]any{"id": id(), "name": fmt.Sprintf("role %d", i), "position": i, "permissions": "2248473465835073"}
		}),
		"members": several(500, func(i int) map[string]any {
			user := map[string]any{"id": id(), "username": fmt.Sprintf("member%d", i), "global_name": fmt.Sprintf("Member %d", i), "avatar": nil}
			return map[string]any{"user": user, "nick": nil, "roles": []any{}, "joined_at": "2024-01-01T00:00:00+00:00"}
		}),
	})
	if err != nil {
		panic(err) // it is all maps and strings
	}
	return said
}
