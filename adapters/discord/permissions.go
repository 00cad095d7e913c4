package discord

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// Permission is something that the bot must be allowed in a server.
type Permission struct {
	Name   string // as Discord's English client calls it
	Bit    uint64
	Reason string // one line, for whoever must approve it
}

// Permissions lists all that the bot asks for, and why.
// https://discord.com/developers/docs/topics/permissions#permissions-bitwise-permission-flags
func Permissions() []Permission {
	return []Permission{
		{"View Channels", 1 << 10, "to be in the channel at all"},
		{"Send Messages", 1 << 11, "questions and answers to you"},
		{"Create Public Threads", 1 << 35, "a thread for each question, where you want that"},
		{"Create Private Threads", 1 << 36, "a place of their own for partners who are introduced to each other"},
		{"Send Messages in Threads", 1 << 38, "the same in threads"},
		{"Embed Links", 1 << 14, "long texts, and a question's picture"},
		{"Attach Files", 1 << 15, "archives, and the figures of check-ins as a picture"},
		{"Read Message History", 1 << 16, "to hear what was said while it was away, and to answer a message as a reply to it"},
		{"Create Events", 1 << 44, "chats in the server's list of events"},
	}
}

// Permissions of people who run a server.
const (
	administrator = 1 << 3
	manageGuild   = 1 << 5
)

// Invitation is the address at which somebody who manages a server adds the bot
// of an application to it, with the permissions it needs and no others.
func Invitation(application string) string {
	var all uint64
	for _, p := range Permissions() {
		all |= p.Bit
	}
	return discordHost + "/oauth2/authorize?client_id=" + url.QueryEscape(application) +
		"&scope=bot+applications.commands&permissions=" + strconv.FormatUint(all, 10)
}

// serverInfo is a server that the bot is in.
type serverInfo struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Permissions string `json:"permissions"` // of the bot; channels may take some away
}

// lacks names the permissions that the bot does not have in the server.
func (s *serverInfo) lacks() string {
	has, err := strconv.ParseUint(s.Permissions, 10, 64)
	if err != nil || has&administrator != 0 {
		return ""
	}
	var names []string
	for _, p := range Permissions() {
		if has&p.Bit == 0 {
			names = append(names, p.Name)
		}
	}
	return strings.Join(names, ", ")
}

// servers lists the servers that the bot is in.
func (r *rest) servers(ctx context.Context) ([]serverInfo, error) {
	// https://discord.com/developers/docs/resources/user#get-current-user-guilds
	const most = 200
	var all []serverInfo
	query := url.Values{"limit": {strconv.Itoa(most)}}
	for {
		var page []serverInfo
		if err := r.do(ctx, call{method: http.MethodGet, path: "/users/@me/guilds?" + query.Encode(), into: &page}); err != nil {
			return nil, err
		}
		all = append(all, page...)
		if len(page) < most {
			return all, nil
		}
		query.Set("after", page[len(page)-1].ID)
	}
}

// warnOfLacks tells the log which permissions the bot does not have. Some
// servers may have taken them away on purpose, so all else goes on.
func (r *receiver) warnOfLacks(ctx context.Context) {
	servers, err := r.rest.servers(ctx)
	if err != nil {
		r.log.Warn("permissions cannot be looked up", "err", err)
	}
	for _, s := range servers {
		if lacks := s.lacks(); lacks != "" {
			r.log.Warn("the bot lacks permissions in a server; see docs/discord.md, step 4", "guild", s.ID, "missing", lacks)
		}
	}
}
