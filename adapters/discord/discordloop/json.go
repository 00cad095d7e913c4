package discordloop

import (
	"slices"
	"strconv"
	"time"
)

// The functions of this file write what Discord sends. The callers hold mu.

func (s *Server) guildJSON(g *guild) map[string]any {
	channels, threads := []any{}, []any{}
	for _, c := range s.channels {
		switch {
		case c.guild != g.id:
		case c.kind == kindPrivate && c.archived:
		case c.kind == kindThread, c.kind == kindPrivate:
			threads = append(threads, s.channelJSON(c))
		default:
			channels = append(channels, s.channelJSON(c))
		}
	}
	return map[string]any{"id": g.id, "name": g.name, "channels": channels, "threads": threads, "members": []any{}}
}

func (s *Server) channelJSON(c *channel) map[string]any {
	j := map[string]any{"id": c.id, "type": c.kind}
	if c.name != "" {
		j["name"] = c.name
	}
	if c.guild != "" {
		j["guild_id"] = c.guild
		j["permission_overwrites"] = s.overwritesJSON(c)
	}
	if c.parent != "" {
		j["parent_id"] = c.parent
	}
	if c.owner != "" {
		j["owner_id"] = c.owner
		j["thread_metadata"] = map[string]any{
			"archived": c.archived, "locked": c.locked, "invitable": c.invitable, "auto_archive_duration": 10080,
			"archive_timestamp": time.Now().UTC().Format(time.RFC3339Nano),
		}
	}
	return j
}

func userJSON(p *Person) map[string]any {
	return map[string]any{
		"id": p.ID, "username": "user" + p.ID, "global_name": p.Name,
		"discriminator": "0", "avatar": nil,
	}
}

// flags says whether one person alone sees the message.
func (m *Message) flags() int {
	if m.OnlyFor != "" {
		return 64
	}
	return 0
}

func (s *Server) messageJSON(m *Message) map[string]any {
	c := s.channels[m.Channel]
	j := map[string]any{
		"id": m.ID, "channel_id": m.Channel, "type": 0,
		"content": s.shownToBot(m, c), "timestamp": m.at.Format(time.RFC3339Nano),
		"edited_timestamp": nil, "tts": false, "mention_everyone": false, "mentions": []any{},
		"embeds": []any{}, "attachments": []any{}, "components": []any{}, "pinned": false, "flags": m.flags(),
	}
	if !m.edited.IsZero() {
		j["edited_timestamp"] = m.edited.Format("2006-01-02T15:04:05.000000-07:00")
	}
	if m.Author == "" {
		j["author"] = map[string]any{"id": botID, "username": botName, "bot": true}
	} else {
		p := s.people[m.Author]
		j["author"] = userJSON(p)
		if c.guild != "" {
			j["member"] = map[string]any{"nick": nil, "roles": []any{}, "joined_at": "2024-01-01T00:00:00+00:00"}
		}
	}
	if m.WebhookID != "" {
		j["webhook_id"] = m.WebhookID
	}
	mentions := []any{}
	for _, id := range s.read(m.Content).Mentions {
		if p, ok := s.people[id]; ok {
			mentions = append(mentions, userJSON(p))
		}
	}
	j["mentions"] = mentions
	if c.guild != "" {
		j["guild_id"] = c.guild
	}
	if m.ReplyTo != "" {
		j["type"] = 19
		j["message_reference"] = map[string]any{"type": 0, "message_id": m.ReplyTo, "channel_id": m.Channel, "guild_id": c.guild}
	}
	return j
}

// shownToBot is the content as far as the bot's intents go.
// https://discord.com/developers/docs/events/gateway#message-content-intent
func (s *Server) shownToBot(m *Message, c *channel) string {
	mentioned := slices.Contains(s.read(m.Content).Mentions, botID)
	if s.gateway.intents&intentMessageContent == 0 && c.guild != "" && m.Author != "" && !mentioned {
		return ""
	}
	return m.Content
}

func (s *Server) interactionJSON(i *interaction, data map[string]any) map[string]any {
	p, c := s.people[i.user], s.channels[i.channel]
	j := map[string]any{
		"id": i.id, "application_id": appID, "type": i.kind, "token": i.token, "version": 1,
		"channel_id": c.id, "channel": s.channelJSON(c), "locale": p.Locale, "data": data,
		"entitlements": []any{}, "attachment_size_limit": 10 << 20,
	}
	if c.guild == "" {
		j["user"] = userJSON(p)
	} else {
		j["guild_id"], j["guild_locale"] = c.guild, "en-US"
		j["member"] = map[string]any{
			"user": userJSON(p), "nick": nil, "roles": []any{},
			"permissions": strconv.FormatUint(p.Permissions, 10),
		}
	}
	if i.message != nil {
		j["message"] = s.messageJSON(i.message)
	}
	return j
}
