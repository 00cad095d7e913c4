package discord

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

const (
	// mostSought is in how many servers a person is looked for, one call each.
	mostSought = 10
	// soughtAgain is how long somebody who was not found is not looked for.
	soughtAgain = time.Minute
)

// home is the server that a person means in direct messages, where Discord
// names none: the one they were last seen in, or the bot's only one. It is "" if
// that is not known.
func (a *Adapter) home(user string) string {
	if guild, ok := a.seen.get(user); ok && !a.places.gone(guild) {
		return guild
	}
	if guild, only := a.places.onlyGuild(); only {
		return guild
	}
	return ""
}

// findHome is home, and asks Discord if need be: whoever is in just one of the bot's
// servers means that. It is "" if they are in several, or the bot is in too many to
// ask for all, and then only the person can tell.
func (a *Adapter) findHome(ctx context.Context, user string) string {
	if guild := a.home(user); guild != "" || !a.sought.claim(user) {
		return guild
	}
	ctx, cancel := context.WithTimeout(ctx, a.patience.seek)
	defer cancel()
	guilds, err := a.guilds(ctx)
	if err != nil || len(guilds) > mostSought {
		return ""
	}
	home := ""
	for _, guild := range guilds {
		// No intent is needed to ask for one member.
		// https://discord.com/developers/docs/resources/guild#get-guild-member
		err := a.reading(ctx, "/guilds/"+guild+"/members/"+user, nil)
		switch {
		case codeOf(err) == unknownMember:
		case err != nil || home != "":
			return ""
		default:
			home = guild
		}
	}
	if home != "" {
		a.seen.put(user, home)
	}
	return home
}

// guilds are the servers that the bot is in, or one more than it is sought in.
// Without a gateway only the HTTP API knows them.
// https://discord.com/developers/docs/resources/user#get-current-user-guilds
func (a *Adapter) guilds(ctx context.Context) ([]string, error) {
	if known := a.places.known(mostSought + 1); len(known) > 0 {
		return known, nil
	}
	var all []guildInfo
	err := a.rest.do(ctx, call{method: http.MethodGet, path: "/users/@me/guilds?limit=" + strconv.Itoa(mostSought+1), into: &all})
	ids := make([]string, len(all))
	for i, g := range all {
		ids[i] = g.ID
	}
	return ids, err
}

// commandInDirect serves a command of which Discord does not say in which server it
// is meant.
func (r *receiver) commandInDirect(i *interactionInfo) {
	r.lanes.aside(func() {
		guild := r.findHome(r.work, i.person().ID)
		if guild == "" {
			r.decline(i, r.request(i, ""), keyWhere)
			return
		}
		r.commandUsed(i, guild)
	})
}

// askWhere tells somebody who typed something in direct messages to say it where it
// is meant.
func (r *receiver) askWhere(req *bot.Request) {
	if _, err := r.post(r.work, req.Channel, r.note(req, keyWhere), "answer "+bot.DeliveryKey(req.Input)); err != nil {
		r.log.Warn("an answer could not be given", "input", req.Input, "err", err)
	}
}
