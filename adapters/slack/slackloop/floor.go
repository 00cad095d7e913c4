package slackloop

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"

	"github.com/slack-go/slack"
)

// Floor answers a signed command with no more than it takes: the library's own
// verifier, and what act says of the command's trigger_id. Benchmarks compare
// with it.
func Floor(act func(ctx context.Context, input string) (string, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, err := io.ReadAll(req.Body)
		if err != nil {
			http.Error(w, "not readable", http.StatusBadRequest)
			return
		}
		verifier, err := slack.NewSecretsVerifier(req.Header, Secret)
		if err == nil {
			_, err = verifier.Write(body)
		}
		if err == nil {
			err = verifier.Ensure()
		}
		if err != nil {
			http.Error(w, "not signed", http.StatusUnauthorized)
			return
		}
		form, err := url.ParseQuery(string(body))
		if err != nil {
			http.Error(w, "no form", http.StatusBadRequest)
			return
		}
		text, err := act(req.Context(), form.Get("trigger_id"))
		if err != nil {
			http.Error(w, "no store", http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		_ = json.NewEncoder(w).Encode(map[string]string{"response_type": "ephemeral", "text": text})
	})
}
