package discordloop

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"net/http"

	"github.com/bwmarrin/discordgo"
)

// Floor is the least that takes a signed interaction and answers it with what act
// makes of its ID, for its sender alone: what a bot's own way is compared with.
func Floor(key ed25519.PublicKey, act func(ctx context.Context, id string) (string, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if !discordgo.VerifyInteraction(req, key) {
			http.Error(w, "not signed", http.StatusUnauthorized)
			return
		}
		var i struct {
			ID string `json:"id"`
		}
		if err := json.NewDecoder(req.Body).Decode(&i); err != nil {
			http.Error(w, "no JSON", http.StatusBadRequest)
			return
		}
		text, err := act(req.Context(), i.ID)
		if err != nil {
			http.Error(w, "no store", http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{"type": giveMessage, "data": map[string]any{"content": text, "flags": flagEphemeral}})
	})
}
