package discord

import (
	"testing"

	"github.com/staffroom-bot/staffroom/adapters/adaptertest/spec"
)

// TestSpecificationIsStrict makes sure that the checks of the other tests see
// what they should.
func TestSpecificationIsStrict(t *testing.T) {
	if !spec.Known() {
		t.Skip("STAFFROOM_SHARED is not set: Discord's specification is not at hand")
	}
	check := spec.Discord(t)
	for _, c := range []struct {
		name, method, path, body string
		ok                       bool
	}{
		{"message", "POST", "/channels/1/messages", `{"content":"x","nonce":"a","enforce_nonce":true}`, true},
		{"unknown field", "POST", "/channels/1/messages", `{"content":"x","Channel":"1"}`, false},
		{"unknown field within", "POST", "/channels/1/messages", `{"embeds":[{"image":{"url":"https://a.b","alt":"x"}}]}`, false},
		{"wrong type", "POST", "/channels/1/messages", `{"content":1}`, false},
		{"form", "POST", "/interactions/1/t/callback", `{"type":9,"data":{"custom_id":"a","title":"b","components":[
			{"type":18,"label":"c","component":{"type":4,"custom_id":"d","style":1}}]}}`, true},
		{"form with a button's field", "POST", "/interactions/1/t/callback", `{"type":9,"data":{"custom_id":"a","title":"b","components":[
			{"type":18,"label":"c","component":{"type":4,"custom_id":"d","style":1,"options":[]}}]}}`, false},
		{"no such path", "POST", "/channels/1/letters", `{}`, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := check(c.method, c.path, []byte(c.body)); (err == nil) != c.ok {
				t.Errorf("= %v, want ok %t", err, c.ok)
			}
		})
	}
}
