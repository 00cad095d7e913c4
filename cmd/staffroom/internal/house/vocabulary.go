package house

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/redis/engine"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// Vocabulary is what members can ask for, as it is described to a platform
// before anything runs.
type Vocabulary struct {
	Commands []bot.Command
	Actions  []bot.Action
	Words    bot.Words
}

// DescribeCommands gives the vocabulary of every house of this version. It
// builds one on an engine that keeps nothing, without any platform, and never
// runs it: so the list is the one that a running house has.
func DescribeCommands(ctx context.Context) (_ Vocabulary, err error) {
	e, err := engine.Open(ctx, engine.Options{InProcess: true})
	if err != nil {
		return Vocabulary{}, err
	}
	defer func() { err = errors.Join(err, e.Close(context.WithoutCancel(ctx))) }()
	h, err := Build(ctx, Options{
		Engine: e, Clock: scheduler.NewManualClock(time.Time{}), Language: "en", Zone: "UTC", Log: slog.New(slog.DiscardHandler),
		Adapters: func(Tools) ([]bot.Adapter, error) { return nil, nil },
	})
	if err != nil {
		return Vocabulary{}, err
	}
	return Vocabulary{Commands: h.Router.Commands(), Actions: h.Router.Actions(), Words: h.Words}, nil
}
