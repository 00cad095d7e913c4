package discord

import (
	"strconv"
	"strings"

	"github.com/staffroom-bot/staffroom/bot"
)

// tokenKind says what a control or form is for.
type tokenKind byte

const (
	routeToken  tokenKind = '/' // asks for its path
	reopenToken tokenKind = '!' // opens the form of its path, as the asker left it
)

// token is the custom_id of a control or form: a sealed path.
//
// In direct messages Discord does not say which server something is about, and
// a person may be a member of several, so the server's number travels along
// where there is room for it: with paths of up to 72 bytes.
func (a *Adapter) token(kind tokenKind, space bot.SpaceID, path string) string {
	if kind == reopenToken {
		path = string(reopenToken) + path
	}
	if n, err := strconv.ParseUint(space.ID, 10, 64); err == nil {
		if t := a.seal.Token(strconv.FormatUint(n, 36) + path); len(t) <= maxCustomID {
			return t
		}
	}
	return a.seal.Token(path)
}

// openToken reads a token. guild is empty where it is not in it.
func (a *Adapter) openToken(token string) (kind tokenKind, guild, path string, ok bool) {
	sealed, ok := a.seal.Path(token)
	if !ok {
		return 0, "", "", false
	}
	start := strings.IndexAny(sealed, string([]byte{byte(routeToken), byte(reopenToken)}))
	if start < 0 {
		return 0, "", "", false
	}
	if start > 0 {
		n, err := strconv.ParseUint(sealed[:start], 36, 64)
		if err != nil {
			return 0, "", "", false
		}
		guild = strconv.FormatUint(n, 10)
	}
	kind, path = tokenKind(sealed[start]), sealed[start:]
	if kind == reopenToken {
		path = path[1:]
	}
	return kind, guild, path, true
}
