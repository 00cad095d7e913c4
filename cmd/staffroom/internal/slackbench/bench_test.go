//go:build unix

package slackbench

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/adapters/slack"
	"github.com/staffroom-bot/staffroom/adapters/slack/slackloop"
	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/middleware"
	"github.com/staffroom-bot/staffroom/bot/redis/engine"
	"github.com/staffroom-bot/staffroom/cmd/staffroom/internal/hookbench"
)

func comparison() hookbench.Comparison {
	return hookbench.Comparison{
		Path: "/slack/bench",
		Handler: func(ctx context.Context, role hookbench.Role, e *engine.Engine) (http.Handler, error) {
			if role == hookbench.Floor {
				return slackloop.Floor(func(ctx context.Context, input string) (string, error) { return hookbench.Act(ctx, e, input) }), nil
			}
			return staffroom(ctx, e), nil
		},
		Request: func(n int64) (http.Header, []byte) {
			body := []byte(command(n))
			header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "User-Agent": {"Slackbot 1.0"}}
			slackloop.Sign(header, body, time.Now())
			return header, body
		},
	}
}

func TestMain(m *testing.M) { comparison().Main(m) }

func BenchmarkSignedCommand(b *testing.B) { comparison().Run(b) }

func TestBothAnswerTheSame(t *testing.T) {
	comparison().Alike(t, func(n int64) string { return fmt.Sprintf("1234567890.123.%d", n) })
}

type unmeasured struct{}

func (unmeasured) Observe(string, bot.Code, time.Duration) {}

// staffroom is the adapter with a router behind it, and the Web API that it asks
// who somebody is.
func staffroom(ctx context.Context, e *engine.Engine) http.Handler {
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-OAuth-Scopes", "commands")
		_, _ = io.WriteString(w, `{"ok":true,"user_id":"UBOT","bot_id":"BBOT","user":{"name":"ana","profile":{"display_name":"Ana"}}}`)
	}))
	quiet := slog.New(slog.DiscardHandler)
	router := bot.NewRouter(middleware.Log(quiet, time.Now), middleware.Measure(unmeasured{}, time.Now), middleware.Recover())
	router.Command(bot.Command{Name: "staffroom", Subcommands: []bot.Subcommand{{Name: "home", Private: true, Handle: done(e)}}})
	router.Command(bot.Command{Name: "partner", Subcommands: []bot.Subcommand{{
		Name: "met", Private: true, Options: []bot.Option{{Name: "who", Kind: bot.OptionPerson}, {Name: "note"}}, Handle: done(e),
	}}})
	a := slack.New(slack.Options{
		Name: "bench", BotToken: slackloop.BotToken, SigningSecret: slackloop.Secret, APIURL: api.URL,
		Seal: bot.NewSeal([]byte("a key of the benchmark")), Logger: quiet,
	})
	go func() { _ = a.Run(ctx, router) }()
	_, hook := a.Webhook()
	return hook
}

func done(e *engine.Engine) bot.Handler {
	return func(ctx context.Context, req *bot.Request) (bot.Reply, error) {
		text, err := hookbench.Act(ctx, e, string(req.Input))
		return bot.Say(bot.Plain(text)), err
	}
}

// command is the body of a command as Slack sends it.
func command(n int64) string {
	return url.Values{
		"token": {"gIkuvaNzQIHg97ATvDxqgjtO"}, "team_id": {slackloop.Team}, "team_domain": {"loop"},
		"channel_id": {"CLOBBY"}, "channel_name": {"lobby"}, "user_id": {"UANA"}, "user_name": {"ana"},
		"command": {"/staffroom"}, "text": {"partner met note:we looked at each other's lessons"}, "api_app_id": {"ALOOP"},
		"is_enterprise_install": {"false"}, "response_url": {"https://hooks.slack.example/commands/T/1/x"},
		"trigger_id": {"1234567890.123." + strconv.FormatInt(n, 10)},
	}.Encode()
}
