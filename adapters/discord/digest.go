package discord

import (
	"bytes"
	"encoding/json"
	"slices"
)

// discordgo takes events about servers, and about who speaks in them, apart before
// anybody can look at them, and does not look itself: where a part that it expects is
// missing or null, it ends the process.

// dangerous are in the names of those events.
var dangerous = [...][]byte{[]byte("READY"), []byte("GUILD_"), []byte("VOICE_")}

// guildParts is what discordgo looks into of a server.
type guildParts struct {
	ID          *json.RawMessage   `json:"id"`
	Channels    []*json.RawMessage `json:"channels"`
	Members     []*json.RawMessage `json:"members"`
	VoiceStates []*json.RawMessage `json:"voice_states"`
}

func (g *guildParts) whole() bool {
	return g != nil && !slices.Contains(g.Channels, nil) && !slices.Contains(g.Members, nil) && !slices.Contains(g.VoiceStates, nil)
}

// digestible reports whether discordgo survives an event.
func digestible(message json.RawMessage) bool {
	if !slices.ContainsFunc(dangerous[:], func(name []byte) bool { return bytes.Contains(message, name) }) {
		return true
	}
	var e struct {
		Type string          `json:"t"`
		Data json.RawMessage `json:"d"`
	}
	_ = json.Unmarshal(message, &e) // what is no event discordgo leaves alone
	switch e.Type {
	case "READY":
		var ready struct {
			Session string        `json:"session_id"`
			Guilds  []*guildParts `json:"guilds"`
		}
		_ = json.Unmarshal(e.Data, &ready) // a part of another type than expected is passed over, as by discordgo
		return ready.Session != "" && !slices.ContainsFunc(ready.Guilds, func(g *guildParts) bool { return !g.whole() })
	case "GUILD_CREATE", "GUILD_UPDATE":
		var g guildParts
		_ = json.Unmarshal(e.Data, &g)
		return g.ID != nil && g.whole()
	case "VOICE_STATE_UPDATE", "VOICE_SERVER_UPDATE":
		return false // of no use
	}
	return true
}
