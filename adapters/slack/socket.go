package slack

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"

	"github.com/staffroom-bot/staffroom/bot"
)

const (
	// A lost connection is made again at once; the wait grows when the new one
	// does not last either.
	firstWait = time.Second
	longWait  = 30 * time.Second
	// stable is how long a connection must last to count as one that works.
	stable = 10 * time.Second
)

// errUnsteady says that connections are made but do not last.
var errUnsteady = errors.New("the connection ended as soon as it was made")

// keepConnected holds a Socket Mode connection until intake ends, and its
// acknowledgements until lasting ends. It returns nil then, and before that only
// when a token must be mended.
//
// The library makes lost connections again by itself, but waits up to five
// minutes after failures, not at all when connections are made and lost at once,
// and goes on for ever with a token that lacks a scope. In those cases its
// client is given up for a new one, or for good.
func (a *Adapter) keepConnected(intake, lasting context.Context, r *receiver) error {
	wait := firstWait
	for {
		began := time.Now()
		err := a.connect(intake, lasting, r)
		if intake.Err() != nil {
			return nil
		}
		if isUnusable(err) {
			return err
		}
		if time.Since(began) > longWait+stable {
			wait = firstWait
		}
		a.log.Warn("no connection to Slack; trying again", "wait", wait, "error", err)
		select {
		case <-time.After(wait):
		case <-intake.Done():
			return nil
		}
		wait = min(2*wait, longWait)
	}
}

// connect checks the bot's token and then receives over one client of the
// library, until that is given up.
func (a *Adapter) connect(intake, lasting context.Context, r *receiver) error {
	if err := a.introduce(intake); err != nil {
		return err
	}
	ctx, giveUp := context.WithCancel(lasting)
	defer giveUp()
	socket := socketmode.New(slack.New(a.api.token,
		slack.OptionAppLevelToken(a.appToken),
		slack.OptionAPIURL(a.api.base),
		slack.OptionHTTPClient(a.api.http)))
	ended := make(chan error, 1)
	go func() { ended <- socket.RunContext(ctx) }()
	watch := watcher{adapter: a}
	for {
		select {
		case ev := <-socket.Events:
			if err := watch.see(ev); err != nil {
				giveUp()
				a.log.Debug("a connection was given up", "error", drain(socket.Events, ended))
				return err
			}
			if env, ok := open(ev); ok && intake.Err() == nil {
				r.receive(lasting, delivery{kind: env.Type, payload: env.Payload, ack: func(response json.RawMessage) error {
					ctx, cancel := context.WithTimeout(ctx, ackWriteWithin)
					defer cancel()
					if response == nil {
						return socket.AckCtx(ctx, env.ID, nil)
					}
					return socket.AckCtx(ctx, env.ID, response)
				}})
			}
		case err := <-ended:
			if mend := unusable("app_token", err); mend != nil {
				return mend
			}
			return withoutURL(err)
		}
	}
}

// drain lets a client that was given up end, and gives the error that it ends with.
func drain(events <-chan socketmode.Event, ended <-chan error) error {
	for {
		select {
		case <-events:
		case err := <-ended:
			return withoutURL(err)
		}
	}
}

// watcher follows what the library says about its connection.
type watcher struct {
	adapter *Adapter
	since   time.Time // of the connection
}

// see gives an error if the client should be given up.
func (w *watcher) see(ev socketmode.Event) error {
	switch ev.Type {
	case socketmode.EventTypeConnecting:
		if !w.since.IsZero() && time.Since(w.since) < stable {
			return errUnsteady
		}
	case socketmode.EventTypeConnected:
		w.since = time.Now()
	case socketmode.EventTypeHello:
		w.adapter.log.Info("connected to Slack")
	case socketmode.EventTypeErrorWriteFailed:
		w.adapter.log.Warn("an acknowledgement could not be written; Slack will deliver again")
	case socketmode.EventTypeConnectionError:
		failure, ok := ev.Data.(*slack.ConnectionErrorEvent)
		if !ok {
			return nil
		}
		if errors.Is(failure.ErrorObj, context.Canceled) {
			return nil // it was we who ended it
		}
		if mend := unusable("app_token", failure.ErrorObj); mend != nil {
			return mend
		}
		var limited *slack.RateLimitedError
		if failure.Backoff > longWait && !errors.As(failure.ErrorObj, &limited) {
			return withoutURL(failure.ErrorObj)
		}
		if verdictOf(errorCode(failure.ErrorObj)).code == bot.Permanent && errorCode(failure.ErrorObj) != "" {
			// The library does not pass on why a connection was ended, such as that
			// Socket Mode was switched off.
			w.adapter.log.Error("Slack gives no connection out; is Socket Mode switched on?",
				"mend", pageOfSocketMode, "error", withoutURL(failure.ErrorObj))
			return nil
		}
		w.adapter.log.Warn("could not connect to Slack; trying again", "wait", failure.Backoff, "error", withoutURL(failure.ErrorObj))
	}
	return nil
}

// isUnusable reports whether err says that a token must be mended.
func isUnusable(err error) bool {
	var e *bot.Error
	return errors.As(err, &e) && e.Reason == bot.Disconnected
}

// envelope is what Socket Mode wraps a delivery in.
// https://docs.slack.dev/apis/events-api/using-socket-mode
type envelope struct {
	ID      string          `json:"envelope_id"`
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload"`
}

// open takes the envelope out of an event of the library. What the library
// cannot read (an unknown kind of envelope, an event with an unexpected field)
// it passes on raw, and Slack delivers it again until it is acknowledged.
func open(ev socketmode.Event) (envelope, bool) {
	var env envelope
	switch {
	case ev.Request != nil:
		env = envelope{ev.Request.EnvelopeID, ev.Request.Type, ev.Request.Payload}
	case ev.Type == socketmode.EventTypeErrorBadMessage:
		bad, ok := ev.Data.(*socketmode.ErrorBadMessage)
		if !ok || json.Unmarshal(bad.Message, &env) != nil {
			return envelope{}, false
		}
	}
	return env, env.ID != ""
}
