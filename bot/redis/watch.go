package redis

import (
	"context"
	"strings"

	"github.com/redis/go-redis/v9"
)

// Watch calls f before every call that the client sends and again when it is
// done, with the name of the script that it runs, once or several times in one
// pipeline, "" for anything else. It is for measuring and for the failure tests.
func Watch(client redis.UniversalClient, f func(script string, done bool)) {
	client.AddHook(watcher(f))
}

type watcher func(script string, done bool)

// DialHook implements redis.Hook.
func (watcher) DialHook(next redis.DialHook) redis.DialHook { return next }

// ProcessHook implements redis.Hook.
func (w watcher) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		name := scriptName(cmd)
		w(name, false)
		err := next(ctx, cmd)
		w(name, true)
		return err
	}
}

// ProcessPipelineHook implements redis.Hook.
func (w watcher) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		name := scriptName(cmds[0])
		w(name, false)
		err := next(ctx, cmds)
		w(name, true)
		return err
	}
}

// scriptName names the script that a command runs, "" if it runs none.
func scriptName(cmd redis.Cmder) string {
	args := cmd.Args()
	if len(args) < 2 {
		return ""
	}
	ran, _ := args[1].(string)
	switch strings.ToLower(cmd.Name()) {
	case "evalsha":
	case "eval": // the server did not have it yet
		ran = redis.NewScript(ran).Hash()
	default:
		return ""
	}
	for _, s := range scripts() {
		if ran == s.Hash() {
			return s.name
		}
	}
	return ""
}
