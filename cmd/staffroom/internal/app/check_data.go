package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/staffroom-bot/staffroom/bot/redis/engine"
	"github.com/staffroom-bot/staffroom/cmd/staffroom/internal/config"
)

// oldestRedis is the first major version with all that the scripts use.
const oldestRedis = 7

// data says which Redis will be used, and whether it keeps what it is told. It
// starts none and writes no key.
func (i *inspection) data(ctx context.Context, c config.Redis) []finding {
	if c.URL.Reveal() != "" {
		return i.sharedRedis(ctx, c.URL.Reveal())
	}
	server, err := engine.FindServer()
	if err != nil {
		return []finding{bad("redis", "there is no redis-server on this machine and no redis.url, so nothing would be kept",
			"Install Redis, or give its address, see "+pageOfStart)}
	}
	return []finding{privateRedis(ctx, server), dataFolder(c.DataDir)}
}

var versionOfServer = regexp.MustCompile(`\bv=(\S+)`)

// privateRedis looks at the program that will be run.
func privateRedis(ctx context.Context, server string) finding {
	const about = "redis"
	out, err := exec.CommandContext(ctx, server, "--version").Output()
	found := versionOfServer.FindSubmatch(out)
	switch {
	case err != nil:
		return bad(about, fmt.Sprintf("%s cannot be run: %v", server, err), "Install it again, see "+pageOfStart)
	case found == nil:
		return bad(about, server+" does not tell its version", "Install it again, see "+pageOfStart)
	case tooOld(string(found[1])):
		return bad(about, fmt.Sprintf("%s has the version %s, which is too old", server, found[1]), needNewer())
	}
	return good(about, fmt.Sprintf("a private one will be used (data=%s), version %s", engine.Child, found[1]))
}

func tooOld(version string) bool {
	major, _, _ := strings.Cut(version, ".")
	n, err := strconv.Atoi(major)
	return err != nil || n < oldestRedis
}

func needNewer() string {
	return fmt.Sprintf("Install Redis %d or newer, see %s", oldestRedis, pageOfData)
}

// dataFolder says whether the private Redis can keep its files.
func dataFolder(folder string) finding {
	const about = "redis.data_dir"
	path, err := filepath.Abs(folder)
	if err != nil {
		return bad(about, err.Error(), "See "+pageOfData)
	}
	// What is missing is made at the start, in the nearest folder that is there.
	within := path
	for {
		_, err := os.Stat(within)
		if !errors.Is(err, fs.ErrNotExist) || within == filepath.Dir(within) {
			break
		}
		within = filepath.Dir(within)
	}
	trial, err := os.CreateTemp(within, ".staffroom-check-*")
	if err != nil {
		return bad(about, fmt.Sprintf("nothing can be written in %s: %v", within, reason(err)),
			"Make a folder that belongs to the account under which Staffroom runs, or choose another, see "+pageOfData)
	}
	if err := errors.Join(trial.Close(), os.Remove(trial.Name())); err != nil {
		return bad(about, err.Error(), "See "+pageOfData)
	}
	if within != path {
		return good(about, path+" will be made")
	}
	return good(about, path+" can be written")
}

// reason leaves the path out of an error.
func reason(err error) error {
	var e *fs.PathError
	if errors.As(err, &e) {
		return e.Err
	}
	return err
}

// sharedRedis asks a Redis that somebody runs. Of a Cluster one server answers
// for all.
func (i *inspection) sharedRedis(ctx context.Context, url string) []finding {
	const about = "redis"
	e, err := engine.Open(ctx, engine.Options{URL: url})
	if err != nil { // which has no secret in it
		return []finding{bad(about, err.Error(), "Does it run, and is redis.url right? See "+pageOfData)}
	}
	defer func() { _ = closeEngine(e) }()
	raw, err := e.Client().Info(ctx).Result()
	if err != nil {
		return []finding{bad(about, fmt.Sprintf("it does not tell how it is set up: %v", err), "Its user needs +info, see "+pageOfData)}
	}
	asked := i.now()
	if theirs, err := e.Client().Time(ctx).Result(); err == nil {
		i.clocks.note("Redis", asked, i.now(), theirs, theirs)
	}
	// A user without administration may not ask this, and need not.
	settings, _ := e.Client().ConfigGet(ctx, "appendfsync").Result()
	return judgeRedis(readInfo(raw), settings["appendfsync"])
}

// readInfo reads what INFO answers.
func readInfo(raw string) map[string]string {
	info := map[string]string{}
	for line := range strings.Lines(raw) {
		if key, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok {
			info[key] = value
		}
	}
	return info
}

// judgeRedis says what is right and wrong with a shared Redis. appendfsync is
// empty where it may not be asked.
func judgeRedis(info map[string]string, appendfsync string) []finding {
	const about = "redis"
	var findings []finding
	version := info["redis_version"]
	if tooOld(version) {
		findings = append(findings, bad(about, fmt.Sprintf("it has the version %s, which is too old", version), needNewer()))
	} else {
		findings = append(findings, good(about, fmt.Sprintf("a shared one answers (data=%s), version %s", engine.External, version)))
	}
	if info["role"] == "slave" {
		findings = append(findings, bad(about, "it is a copy of another, and nothing can be written there", "Give the address of the one that is copied, see "+pageOfData))
	}
	switch {
	case info["aof_enabled"] != "1":
		findings = append(findings, bad(about, "it does not write down at once what it is told: what is new is lost when it stops",
			"Set appendonly yes, see "+pageOfData))
	case info["aof_last_write_status"] == "err":
		findings = append(findings, bad(about, "it could not write to its disk the last time", "Is the disk full? See "+pageOfData))
	case appendfsync == "no":
		findings = append(findings, bad(about, "it leaves it to the system when to write to the disk", "Set appendfsync always, or everysec, see "+pageOfData))
	case appendfsync == "everysec":
		findings = append(findings, good(about, "it writes to the disk every second: a power failure may cost the last one"))
	default:
		findings = append(findings, good(about, "it keeps what it is told"))
	}
	if policy := info["maxmemory_policy"]; info["maxmemory"] != "0" && policy != "noeviction" && policy != "" {
		findings = append(findings, bad(about, "it throws away data when its memory is full ("+policy+")", "Set maxmemory-policy noeviction, see "+pageOfData))
	}
	return findings
}
