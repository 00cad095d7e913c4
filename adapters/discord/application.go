package discord

import (
	"context"
	"net/http"
)

// applicationInfo is the application that the bot belongs to.
type applicationInfo struct {
	ID          string `json:"id"`
	Flags       uint64 `json:"flags"`
	VerifyKey   string `json:"verify_key"`
	EndpointURL string `json:"interactions_endpoint_url"`
}

// Flags that say that the bot may list members and read messages: after a review,
// or while few people are in its servers.
// https://discord.com/developers/docs/resources/application#application-object-application-flags
const (
	flagMembers               = 1 << 14
	flagMembersLimited        = 1 << 15
	flagMessageContent        = 1 << 18
	flagMessageContentLimited = 1 << 19
)

func (r *rest) application(ctx context.Context) (applicationInfo, error) {
	var app applicationInfo
	err := r.do(ctx, call{method: http.MethodGet, path: "/applications/@me", into: &app})
	return app, err
}

// selfID is the bot's own ID, or "" while it is not known.
func (a *Adapter) selfID() string {
	if id := a.self.Load(); id != nil {
		return *id
	}
	return ""
}

// whoami is the bot's own ID.
func (a *Adapter) whoami(ctx context.Context) (string, error) {
	if id := a.selfID(); id != "" {
		return id, nil
	}
	var me userInfo
	if err := a.rest.do(ctx, call{method: http.MethodGet, path: "/users/@me", into: &me}); err != nil {
		return "", err
	}
	a.self.Store(&me.ID)
	return me.ID, nil
}
