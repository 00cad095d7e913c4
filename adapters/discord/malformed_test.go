package discord

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestHalfAnEventEndsNothing: discordgo reads some events before anybody can look at
// them, in a goroutine of its own, where a null among their parts ends the process.
func TestHalfAnEventEndsNothing(t *testing.T) {
	t.Parallel()
	h := quickHouse(t, nil)
	long := `"name":"` + strings.Repeat("Lincoln ", 100) + `"`
	for _, e := range []struct{ kind, data string }{
		{"GUILD_CREATE", `null`},
		{"GUILD_CREATE", `{}`},
		{"GUILD_CREATE", `[]`},
		{"GUILD_CREATE", `{"id":5,"channels":"none"}`},
		{"GUILD_CREATE", `{"id":"1","channels":[null]}`},
		{"GUILD_CREATE", `{"id":"1","members":[null],` + long + `}`},
		{"GUILD_CREATE", `{"ID":"1","Voice_States":[null],` + long + `}`},
		{"GUILD_UPDATE", `null`},
		{"GUILD_UPDATE", `{"id":"1","channels":[{},null],` + long + `}`},
		{"READY", `{"guilds":[null]}`},
		{"READY", `{"guilds":[{"id":"1","channels":[null]}],` + long + `}`},
		{"VOICE_STATE_UPDATE", `{}`},
		{"VOICE_SERVER_UPDATE", `null`},
		{"MESSAGE_CREATE", `null`},
		{"MESSAGE_UPDATE", `{}`},
		{"MESSAGE_DELETE_BULK", `null`},
		{"INTERACTION_CREATE", `null`},
		{"INTERACTION_CREATE", `{"data":{}}`},
		{"CHANNEL_CREATE", `null`},
		{"THREAD_LIST_SYNC", `{"threads":[null]}`},
		{"GUILD_DELETE", `null`},
		{"PRESENCE_UPDATE", `null`},
		{"", `null`},
	} {
		h.loop.Dispatch(e.kind, json.RawMessage(e.data))
	}
	h.alive()
	if identified, resumed := h.loop.Sessions(); identified != 1 || resumed != 0 {
		t.Errorf("identified %d times and resumed %d times", identified, resumed)
	}
}
