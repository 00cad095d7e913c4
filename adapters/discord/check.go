package discord

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/staffroom-bot/staffroom/bot"
)

// Check looks at a connection without connecting: whether the token is good,
// whether the application lets the bot read messages and sends interactions to
// where Staffroom takes them, and what the bot lacks in its servers. Of the
// options it needs no Seal, Words and Logger.
func Check(ctx context.Context, o Options) []bot.Finding {
	if o.Transport == nil {
		o.Transport = http.DefaultTransport
	}
	key, err := publicKey(o.PublicKey)
	if err != nil {
		return []bot.Finding{bad("the public key cannot be read", "copy it again: General Information, Public Key; see docs/discord.md, Interactions over HTTP")}
	}
	client, err := client(o.APIURL, o.Transport)
	if err != nil {
		return []bot.Finding{bad(err.Error(), "correct api_url in the configuration, or remove it; see docs/discord.md, step 5")}
	}
	r := &rest{client: client, token: o.Token}
	app, err := r.application(ctx)
	if what, refused := mend(closeCode(err)); refused {
		return []bot.Finding{bad("Discord refuses the token", todo(what))}
	}
	if err != nil {
		return []bot.Finding{bad("Discord cannot be reached: "+err.Error(), "can this machine open https://discord.com? See docs/discord.md")}
	}
	findings := []bot.Finding{good("Discord knows the token")}
	findings = append(findings, app.reading(o.NoContent))
	findings = append(findings, app.listing(o.ListMembers)...)
	findings = append(findings, app.sending(key != nil, o))
	servers, err := r.servers(ctx)
	if err != nil {
		return append(findings, bad("the bot's servers cannot be looked up: "+err.Error(), "try again in a minute; see docs/discord.md"))
	}
	return append(findings, app.standing(servers)...)
}

func good(what string) bot.Finding      { return bot.Finding{OK: true, What: what} }
func bad(what, mend string) bot.Finding { return bot.Finding{What: what, Mend: mend} }

// reading says whether the bot may read messages.
func (a *applicationInfo) reading(noContent bool) bot.Finding {
	switch may := a.Flags&(flagMessageContent|flagMessageContentLimited) != 0; {
	case noContent:
		return good("messages are not read, as message_content: false says")
	case !may:
		what, _ := mend(closeRefusedIntents)
		return bad("the bot may not read messages", todo(what))
	}
	return good("the bot may read messages")
}

// todo leaves out of what mend says the part before the colon, which a finding
// says in its own words.
func todo(mend string) string {
	if _, rest, found := strings.Cut(mend, ": "); found {
		return rest
	}
	return mend
}

// listing says whether the bot may list members, if it is to.
func (a *applicationInfo) listing(wanted bool) []bot.Finding {
	switch may := a.Flags&(flagMembers|flagMembersLimited) != 0; {
	case !wanted:
		return nil
	case !may:
		return []bot.Finding{bad("the bot may not list members, as list_members: true says",
			"switch on the Server Members Intent (Bot, Privileged Gateway Intents), or remove list_members; see docs/discord.md, step 2")}
	}
	return []bot.Finding{good("the bot may list members")}
}

// sending says whether interactions arrive.
func (a *applicationInfo) sending(overHTTP bool, o Options) bot.Finding {
	const page = "see docs/discord.md, Interactions over HTTP"
	path := "/discord/" + o.Name
	switch {
	case overHTTP && !strings.EqualFold(a.VerifyKey, o.PublicKey):
		return bad("the public key is that of another application", "copy it again: General Information, Public Key; "+page)
	case overHTTP && a.EndpointURL == "":
		return bad("Discord does not know where to send interactions", "enter your address and "+path+" (General Information, Interactions Endpoint URL); "+page)
	case overHTTP && !strings.HasSuffix(a.EndpointURL, path):
		return bad("Discord sends interactions to "+a.EndpointURL, "the address must end in "+path+"; "+page)
	case overHTTP:
		return good("Discord sends interactions to " + a.EndpointURL)
	case a.EndpointURL != "":
		return bad("Discord sends interactions to "+a.EndpointURL+", where this Staffroom does not take them",
			"remove the address (General Information, Interactions Endpoint URL), or set public_key; "+page)
	}
	return good("commands and buttons come over the connection that Staffroom opens")
}

// standing says how the bot stands in its servers.
func (a *applicationInfo) standing(servers []serverInfo) []bot.Finding {
	if len(servers) == 0 {
		return []bot.Finding{bad("the bot is in no server", "open "+Invitation(a.ID)+" in a browser; see docs/discord.md, step 4")}
	}
	var findings []bot.Finding
	for _, s := range servers {
		if lacks := s.lacks(); lacks != "" {
			findings = append(findings, bad(
				fmt.Sprintf("in the server %q the bot lacks: %s", s.Name, lacks),
				"give its role these permissions (Server Settings, Roles), or open "+Invitation(a.ID)+" again; see docs/discord.md, step 4"))
		}
	}
	switch {
	case findings != nil:
	case len(servers) == 1:
		findings = append(findings, good(fmt.Sprintf("the bot has its permissions in the server %q", servers[0].Name)))
	default:
		findings = append(findings, good(fmt.Sprintf("the bot has its permissions in all %d servers", len(servers))))
	}
	return findings
}
