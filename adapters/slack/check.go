package slack

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"github.com/staffroom-bot/staffroom/bot"
)

// Check tries what a connection needs, without connecting: the bot's token and
// its permissions, and the app's token or the signing secret. It changes nothing
// in the workspace. Options need no Seal and no Logger.
func Check(ctx context.Context, o Options) []bot.Finding {
	o.Logger = slog.New(slog.DiscardHandler)
	a := New(o)
	findings := a.checkBotToken(ctx)
	switch {
	case o.AppToken != "":
		findings = append(findings, a.checkAppToken(ctx))
	case o.SigningSecret != "":
		path, _ := a.Webhook()
		findings = append(findings, bot.Finding{OK: true,
			What: "signing_secret: given; whether it is right shows with Slack's first request to " + path})
	default:
		findings = append(findings, bot.Finding{
			What: "neither an app_token nor a signing_secret: nothing comes in",
			Mend: "make an app token as in " + pageOfAppToken,
		})
	}
	return findings
}

func (a *Adapter) checkBotToken(ctx context.Context) []bot.Finding {
	var who identity
	named, err := a.api.scopes(ctx, "auth.test", a.api.token, &who)
	if err != nil {
		return []bot.Finding{refused("bot_token", err)}
	}
	findings := []bot.Finding{{OK: true, What: fmt.Sprintf("bot_token: works, in the workspace %q", who.Team)}}
	lacking := missing(named)
	if len(named) == 0 {
		return append(findings, bot.Finding{OK: true, What: "scopes: not told by this host"})
	}
	if len(lacking) == 0 {
		findings = append(findings, bot.Finding{OK: true, What: fmt.Sprintf("scopes: all %d that are needed are there", len(scopes()))})
	}
	for _, s := range lacking {
		findings = append(findings, bot.Finding{
			What: fmt.Sprintf("scope %s: missing; without it %s", s.Name, s.Without),
			Mend: "add it under OAuth & Permissions, then Reinstall to Workspace; see " + pageOfScopes,
		})
	}
	for _, s := range optionalScopes() {
		if !slices.Contains(named, s.Name) {
			findings = append(findings, bot.Finding{OK: true, What: fmt.Sprintf("scope %s: not given, which is fine; without it %s", s.Name, s.Without)})
		}
	}
	return findings
}

// checkAppToken asks for an address to connect to, which Slack gives out only for
// a good token, and does not connect.
func (a *Adapter) checkAppToken(ctx context.Context) bot.Finding {
	var got struct {
		URL string `json:"url"`
	}
	if _, err := a.api.scopes(ctx, "apps.connections.open", a.appToken, &got); err != nil {
		return refused("app_token", err)
	}
	if !strings.HasPrefix(got.URL, "ws") {
		return bot.Finding{What: "app_token: Slack gives no address to connect to", Mend: "switch Socket Mode on; see " + pageOfSocketMode}
	}
	return bot.Finding{OK: true, What: "app_token: works, with Socket Mode"}
}

func refused(token string, err error) bot.Finding {
	code := errorCode(err)
	if advice := adviceFor(token, code); advice != "" {
		return bot.Finding{What: fmt.Sprintf("%s: Slack refuses it (%s)", token, code), Mend: advice}
	}
	if code != "" && token == "app_token" {
		return bot.Finding{What: fmt.Sprintf("app_token: no connection is given out (%s)", code),
			Mend: "is Socket Mode switched on? See " + pageOfSocketMode}
	}
	if code != "" {
		return bot.Finding{What: fmt.Sprintf("%s: could not be tried: Slack answers %s", token, code), Mend: "try again in a minute; see " + pageOfTrouble}
	}
	return bot.Finding{What: fmt.Sprintf("%s: could not be tried: %v", token, err), Mend: "can this machine reach https://slack.com? See " + pageOfTrouble}
}
