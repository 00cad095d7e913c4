package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/adapters/discord/discordloop"
	"github.com/staffroom-bot/staffroom/adapters/slack/slackloop"
	"github.com/staffroom-bot/staffroom/bot/redis/redistest"
	"github.com/staffroom-bot/staffroom/cmd/staffroom/internal/config"
)

func needServer(t *testing.T) {
	t.Helper()
	redistest.Server(t)
}

// withRedis is a configuration in which all else is right.
func withRedis(t *testing.T, redis string) string {
	t.Helper()
	p := newPlatforms(t, slackloop.Options{}, discordloop.Options{})
	_, rest, _ := strings.Cut(p.settings(t), "http:")
	return "redis:\n" + redis + "http:" + rest
}

func TestCheckOfSharedRedis(t *testing.T) {
	server := redistest.NewDurable(t)
	settings := withRedis(t, "  url: "+server.URL()+"\n")
	c := check(t, settings)
	c.wrong("", "", "")
	c.right("redis", "a shared one answers (data=external), version ")
	c.right("redis", "it keeps what it is told")
	c.right("clock", "agrees with Redis, lincoln, main")

	server.Kill()
	check(t, settings).wrong("redis", "redis is not available", pageOfData)
}

func TestCheckOfUnreachableRedis(t *testing.T) {
	check(t, withRedis(t, "  url: redis://user:hunter2@"+unusedAddress(t)+"/1\n"), "hunter2").
		wrong("redis", "connection refused", pageOfData)
	check(t, withRedis(t, "  url: redis://user:hunter2/3@localhost\n"), "hunter2").
		wrong("redis", "%2F", pageOfData)
}

func TestCheckComparesClockWithRedis(t *testing.T) {
	server := redistest.NewDurable(t)
	file := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(file, []byte("redis:\n  url: "+server.URL()+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, _, err := config.Load(file, func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	for off, want := range map[time.Duration]string{
		2 * time.Minute:  "this machine's clock is 2m0s ahead of that of Redis",
		-2 * time.Minute: "this machine's clock is 2m0s behind that of Redis",
		0:                "agrees with Redis",
	} {
		i := newInspection()
		i.now = func() time.Time { return time.Now().Add(off) }
		i.data(t.Context(), cfg.Redis)
		found := i.clocks.findings()
		if len(found) != 1 || found[0].What != want || found[0].OK != (off == 0) {
			t.Errorf("off by %s: %+v", off, found)
		}
	}
}

func TestJudgeRedis(t *testing.T) {
	const well = "# Server\r\nredis_version:7.0.15\r\n# Memory\r\nmaxmemory:100\r\nmaxmemory_policy:noeviction\r\naof_enabled:1\r\naof_last_write_status:ok\r\nrole:master\r\n"
	for name, tt := range map[string]struct {
		old, new, sync string
		says           string // of what is wrong
	}{
		"well":                {},
		"always":              {sync: "always"},
		"every second":        {sync: "everysec"},
		"newer":               {old: "7.0.15", new: "10.0.0"},
		"nothing is full":     {old: "maxmemory:100\r\nmaxmemory_policy:noeviction", new: "maxmemory:0\r\nmaxmemory_policy:allkeys-lru"},
		"old":                 {old: "7.0.15", new: "6.2.14", says: "6.2.14, which is too old"},
		"no version":          {old: "redis_version", new: "other", says: "too old"},
		"a copy":              {old: "master", new: "slave", says: "a copy of another"},
		"in memory only":      {old: "aof_enabled:1", new: "aof_enabled:0", says: "is lost when it stops"},
		"the disk is full":    {old: "status:ok", new: "status:err", says: "could not write"},
		"when the system may": {sync: "no", says: "leaves it to the system"},
		"throws away":         {old: "noeviction", new: "volatile-ttl", says: "throws away data when its memory is full (volatile-ttl)"},
	} {
		var said []string
		for _, f := range judgeRedis(readInfo(strings.Replace(well, tt.old, tt.new, 1)), tt.sync) {
			if !f.OK {
				said = append(said, f.What)
			}
		}
		if got := strings.Join(said, "\n"); !strings.Contains(got, tt.says) || (tt.says == "") != (got == "") || len(said) > 1 {
			t.Errorf("%s: %q", name, said)
		}
	}
}

func TestCheckOfPrivateRedis(t *testing.T) {
	needServer(t)
	folder := t.TempDir()
	c := check(t, withRedis(t, "  data_dir: "+folder+"\n"))
	c.wrong("", "", "")
	c.right("redis", "a private one will be used (data=child), version ")
	c.right("redis.data_dir", folder+" can be written")
	c = check(t, withRedis(t, "  data_dir: "+folder+"/new/newer\n"))
	c.wrong("", "", "")
	c.right("redis.data_dir", folder+"/new/newer will be made")
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("the check has left %v, %v", left, err)
	}

	file := filepath.Join(folder, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	check(t, withRedis(t, "  data_dir: "+file+"\n")).wrong("redis.data_dir", "nothing can be written", pageOfData)
	check(t, withRedis(t, "  data_dir: "+file+"/in\n")).wrong("redis.data_dir", "nothing can be written", pageOfData)
}

func TestCheckOfServerProgram(t *testing.T) {
	for name, tt := range map[string]struct {
		program    string
		what, mend string
	}{
		"none":        {"", "there is no redis-server on this machine", pageOfStart},
		"too old":     {"echo Redis server v=6.2.14 sha=00000000:0 malloc=jemalloc-5.2.1 bits=64", "version 6.2.14, which is too old", pageOfData},
		"another":     {"echo something else", "does not tell its version", pageOfStart},
		"does not go": {"exit 3", "cannot be run", pageOfStart},
		"Valkey":      {"echo Valkey server v=8.0.1 sha=00000000:0", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			t.Setenv("PATH", folder)
			if tt.program != "" {
				if err := os.WriteFile(filepath.Join(folder, "redis-server"), []byte("#!/bin/sh\n"+tt.program+"\n"), 0o700); err != nil {
					t.Fatal(err)
				}
			}
			about := "redis"
			if tt.what == "" {
				about = ""
			}
			check(t, withRedis(t, "  data_dir: "+t.TempDir()+"\n")).wrong(about, tt.what, tt.mend)
		})
	}
}
