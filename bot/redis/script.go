package redis

import (
	"context"
	"embed"

	"github.com/redis/go-redis/v9"
)

//go:embed scripts/*.lua
var scriptFiles embed.FS

// script is one file of scripts/, with lib.lua before it.
type script struct {
	name, source string
	*redis.Script
}

func load(name string) script {
	lib, err := scriptFiles.ReadFile("scripts/lib.lua")
	if err != nil {
		panic(err)
	}
	body, err := scriptFiles.ReadFile("scripts/" + name + ".lua")
	if err != nil {
		panic(err)
	}
	source := string(lib) + "\n" + string(body)
	return script{name, source, redis.NewScript(source)}
}

var (
	advanceScript    = load("advance")
	duePickScript    = load("due_pick")
	dueSettleScript  = load("due_settle")
	dueHintScript    = load("due_hint")
	claimScript      = load("claim")
	settleScript     = load("settle")
	laneScript       = load("lane")
	memberScript     = load("member")
	memberSaveScript = load("member_save")
	fileScript       = load("file")
	budgetScript     = load("budget")
	heldScript       = load("held")
	letOutScript     = load("let_out")
	eraseScript      = load("erase")
	swapScript       = load("swap")
	triesScript      = load("tries")
	rewordScript     = load("reword")

	checkInPageScript   = load("checkin_page")
	checkInZonesScript  = load("checkin_zones")
	checkInTakeScript   = load("checkin_take")
	checkInEnrolScript  = load("checkin_enrol")
	checkInTalkScript   = load("checkin_talk")
	libraryNewsScript   = load("library_news")
	libraryPutScript    = load("library_put")
	libraryReadScript   = load("library_read")
	libraryTurnScript   = load("library_turn")
	libraryFollowScript = load("library_follow")
)

// scripts are all of them.
func scripts() []script {
	return []script{
		advanceScript, duePickScript, dueSettleScript, dueHintScript, claimScript,
		settleScript, laneScript, memberScript, memberSaveScript, fileScript, budgetScript,
		heldScript, letOutScript, eraseScript, swapScript, triesScript, rewordScript,
		checkInPageScript, checkInZonesScript, checkInTakeScript, checkInEnrolScript, checkInTalkScript,
		libraryNewsScript, libraryPutScript, libraryReadScript, libraryTurnScript, libraryFollowScript,
	}
}

// loadScripts hands the scripts to the server in one round trip, so that none has
// to be sent a second time when it is first used. Running one that is not there,
// after a failure or on a node of a Cluster, sends it then.
func (s *Store) loadScripts(ctx context.Context) {
	if _, many := s.client.(*redis.ClusterClient); many {
		return
	}
	pipe := s.client.Pipeline()
	for _, sc := range scripts() {
		pipe.ScriptLoad(ctx, sc.source)
	}
	_, _ = pipe.Exec(ctx)
}

// call is one run of a script, which answers with a list of strings.
type call struct {
	keys []string
	args []any
}

type answer struct {
	out []string
	err error
}

// each runs a script several times in one round trip. What becomes of one run is
// no matter of the others.
func (s *Store) each(ctx context.Context, sc script, calls []call) []answer {
	answers := make([]answer, len(calls))
	if len(calls) == 1 {
		answers[0].out, answers[0].err = s.strings(ctx, sc, calls[0].keys, calls[0].args...)
		return answers
	}
	pipe := s.client.Pipeline()
	cmds := make([]*redis.Cmd, len(calls))
	for i, c := range calls {
		cmds[i] = sc.EvalSha(ctx, pipe, c.keys, c.args...)
	}
	_, _ = pipe.Exec(ctx) // each command has its own error
	for i, cmd := range cmds {
		out, err := cmd.StringSlice()
		answers[i] = answer{out, failed(err)}
		if redis.HasErrorPrefix(err, "NOSCRIPT") {
			answers[i].out, answers[i].err = s.strings(ctx, sc, calls[i].keys, calls[i].args...)
		}
	}
	return answers
}

// strings runs a script whose result is a list of strings.
func (s *Store) strings(ctx context.Context, sc script, keys []string, args ...any) ([]string, error) {
	out, err := sc.Run(ctx, s.client, keys, args...).StringSlice()
	if err != nil {
		return nil, failed(err)
	}
	return out, nil
}
