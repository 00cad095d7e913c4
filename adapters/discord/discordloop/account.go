package discordloop

import (
	"crypto/ed25519"
	"encoding/hex"
	"net/http"
	"strconv"
)

// getApplication describes the bot's application.
func (s *Server) getApplication(*incoming) answer {
	const mayReadMessages = 1 << 19 // until the bot is in many servers
	app := map[string]any{
		"id": appID, "name": botName, "description": "", "flags": 0, "verify_key": s.publicKey(),
		"interactions_endpoint_url": nil,
		"bot":                       map[string]any{"id": botID, "username": botName, "bot": true},
	}
	if s.opts.DeniedIntents&intentMessageContent == 0 {
		app["flags"] = mayReadMessages
	}
	if s.endpoint != "" {
		app["interactions_endpoint_url"] = s.endpoint
	}
	return answer{http.StatusOK, app}
}

func (s *Server) getSelf(*incoming) answer {
	return answer{http.StatusOK, map[string]any{"id": botID, "username": botName, "bot": true}}
}

// allowedAll is every permission that there is.
const allowedAll = 1<<53 - 1

func (s *Server) getGuilds(in *incoming) answer {
	limit, err := strconv.Atoi(in.URL.Query().Get("limit"))
	if err != nil || limit < 1 || limit > 200 {
		limit = 200
	}
	out := []any{}
	for _, g := range s.guilds {
		if len(out) == limit || !laterID(g.id, in.URL.Query().Get("after")) {
			continue
		}
		bits, ok := s.mayIn[g.id]
		if !ok {
			bits = allowedAll
		}
		out = append(out, map[string]any{
			"id": g.id, "name": g.name, "icon": nil, "banner": nil, "owner": false,
			"permissions": strconv.FormatUint(bits, 10), "features": []any{},
		})
	}
	return answer{http.StatusOK, out}
}

// Allow sets the permissions that the bot has in a server; before that, it has
// all. It is only told, but for Create Private Threads, which is enforced.
func (s *Server) Allow(guildID string, bits uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mayIn[guildID] = bits
}

// PublicKey is the key of what the application's interactions are signed with.
func (s *Server) PublicKey() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.publicKey()
}

func (s *Server) publicKey() string {
	return hex.EncodeToString(s.signing.Public().(ed25519.PublicKey))
}
