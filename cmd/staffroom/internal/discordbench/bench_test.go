//go:build unix

package discordbench

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/adapters/discord"
	"github.com/staffroom-bot/staffroom/adapters/discord/discordloop"
	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/locale"
	"github.com/staffroom-bot/staffroom/bot/middleware"
	"github.com/staffroom-bot/staffroom/bot/redis/engine"
	"github.com/staffroom-bot/staffroom/cmd/staffroom/internal/hookbench"
)

func signing() ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte("k"), ed25519.SeedSize))
}
func verifying() ed25519.PublicKey {
	return signing().Public().(ed25519.PublicKey)
}

func comparison() hookbench.Comparison {
	key := signing()
	return hookbench.Comparison{
		Path: "/discord/bench",
		Handler: func(ctx context.Context, role hookbench.Role, e *engine.Engine) (http.Handler, error) {
			if role == hookbench.Floor {
				return discordloop.Floor(verifying(), func(ctx context.Context, id string) (string, error) { return hookbench.Act(ctx, e, "i"+id) }), nil
			}
			return staffroom(ctx, e)
		},
		Request: func(n int64) (http.Header, []byte) {
			body, timestamp := command(n), strconv.FormatInt(time.Now().Unix(), 10)
			return http.Header{
				"Content-Type":          {"application/json"},
				"User-Agent":            {"Discord-Interactions/1.0 (+https://discord.com)"},
				"X-Signature-Timestamp": {timestamp},
				"X-Signature-Ed25519":   {hex.EncodeToString(ed25519.Sign(key, append([]byte(timestamp), body...)))},
			}, body
		},
	}
}

func TestMain(m *testing.M) { comparison().Main(m) }

type unmeasured struct{}

func (unmeasured) Observe(string, bot.Code, time.Duration) {}

// staffroom is the adapter with a router behind it, and an API that knows its
// commands.
func staffroom(ctx context.Context, e *engine.Engine) (http.Handler, error) {
	words, err := locale.New()
	if err != nil {
		return nil, err
	}
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.URL.Path == "/api/v10/applications/@me" {
			_, _ = io.WriteString(w, `{"id":"2000"}`)
			return
		}
		_, _ = io.WriteString(w, `[]`)
	}))
	context.AfterFunc(ctx, api.Close)
	quiet := slog.New(slog.DiscardHandler)
	router := bot.NewRouter(middleware.Log(quiet, time.Now), middleware.Measure(unmeasured{}, time.Now), middleware.Recover())
	router.Command(bot.Command{Name: "partner", Summary: "discord.done", Subcommands: []bot.Subcommand{{
		Name: "met", Summary: "discord.done", Private: true,
		Options: []bot.Option{{Name: "who", Kind: bot.OptionPerson, Summary: "discord.done"}, {Name: "note", Summary: "discord.done"}},
		Handle: func(ctx context.Context, req *bot.Request) (bot.Reply, error) {
			text, err := hookbench.Act(ctx, e, string(req.Input))
			return bot.Say(bot.Plain(text)), err
		},
	}}})
	a, err := discord.New(discord.Options{
		Name: "bench", Token: "bench", APIURL: api.URL, PublicKey: hex.EncodeToString(verifying()), NoContent: true,
		Seal: bot.NewSeal([]byte("a key of the benchmark")), Words: words, Logger: quiet,
	})
	if err != nil {
		return nil, err
	}
	go func() { _ = a.Run(ctx, router) }()
	_, hook := a.Webhook()
	return hook, nil
}

// people is how many take turns: what one person asks for is served one by one.
const people = 100

// command is a command as Discord sends it.
func command(n int64) []byte {
	const person = `"avatar":null,"avatar_decoration_data":null,"clan":null,"collectibles":null,"discriminator":"0","display_name_styles":null,` +
		`"primary_guild":null,"public_flags":0`
	const member = `"avatar":null,"banner":null,"communication_disabled_until":null,"flags":0,"joined_at":"2024-01-01T00:00:00.000000+00:00",` +
		`"nick":null,"pending":false,"permissions":"2248473465835073","premium_since":null,"roles":["1100000000000000006"]`
	return fmt.Appendf(nil, `{"app_permissions":"2248473465835073","application_id":"1100000000000000001","attachment_size_limit":10485760,`+
		`"authorizing_integration_owners":{"0":"1100000000000000002"},`+
		`"channel":{"flags":0,"guild_id":"1100000000000000002","id":"1100000000000000003","last_message_id":"1100000000000000009",`+
		`"name":"edchat","nsfw":false,"parent_id":"1100000000000000008","permissions":"2248473465835073","position":1,"rate_limit_per_user":0,"topic":null,"type":0},`+
		`"channel_id":"1100000000000000003","context":0,"data":{"id":"1100000000000000007","name":"partner","options":[{"name":"met","options":[`+
		`{"name":"who","type":6,"value":"1100000000000000005"},{"name":"note","type":3,"value":"We looked at each other's lessons"}],"type":1}],`+
		`"resolved":{"members":{"1100000000000000005":{%[2]s}},"users":{"1100000000000000005":{%[1]s,"global_name":"Joe","id":"1100000000000000005","username":"joe"}}},"type":1},`+
		`"entitlement_sku_ids":[],"entitlements":[],"guild":{"features":[],"id":"1100000000000000002","locale":"en-US"},"guild_id":"1100000000000000002",`+
		`"guild_locale":"en-US","id":"%[3]d","locale":"en-US","member":{%[2]s,"deaf":false,"mute":false,"unusual_dm_activity_until":null,`+
		`"user":{%[1]s,"global_name":"Ana","id":"%[4]d","username":"ana"}},"token":"aW50ZXJhY3Rpb246MTEwMDAw","type":2,"version":1}`,
		person, member, 1480000000000000000+n, 1200000000000000000+n%people)
}

func BenchmarkSignedInteraction(b *testing.B) { comparison().Run(b) }

func TestBothAnswerTheSame(t *testing.T) {
	comparison().Alike(t, func(n int64) string { return fmt.Sprintf("i%d", 1480000000000000000+n) })
}
