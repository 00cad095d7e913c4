package discord

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// The types of this file decode what the gateway sends. discordgo's own stop at
// the first field that they do not expect, half filled; these take what they
// need and leave the rest.

type userInfo struct {
	ID         string `json:"id"`
	Username   string `json:"username"`
	GlobalName string `json:"global_name"`
	Bot        bool   `json:"bot"`
}

type memberInfo struct {
	User        *userInfo `json:"user"`
	Nick        string    `json:"nick"`
	Permissions string    `json:"permissions"` // a number; in interactions only
}

// displayName is what others see.
func displayName(u *userInfo, m *memberInfo) string {
	switch {
	case m != nil && m.Nick != "":
		return m.Nick
	case u.GlobalName != "":
		return u.GlobalName
	}
	return u.Username
}

type messageInfo struct {
	ID        string      `json:"id"`
	ChannelID string      `json:"channel_id"`
	GuildID   string      `json:"guild_id"`
	Author    *userInfo   `json:"author"`
	Member    *memberInfo `json:"member"`
	Content   *string     `json:"content"` // absent in some updates
	Edited    string      `json:"edited_timestamp"`
	Mentions  []struct {
		userInfo
		Member *memberInfo `json:"member"`
	} `json:"mentions"`
	WebhookID string `json:"webhook_id"`
	Type      int    `json:"type"`
	Flags     int    `json:"flags"`
	Reference *struct {
		Type      int    `json:"type"`
		MessageID string `json:"message_id"`
	} `json:"message_reference"`
}

type deletionInfo struct {
	ID        string   `json:"id"`
	IDs       []string `json:"ids"` // in bulk
	ChannelID string   `json:"channel_id"`
	GuildID   string   `json:"guild_id"`
}

// Types of messages that people write, and of references that are replies.
// https://discord.com/developers/docs/resources/message#message-object-message-types
const (
	typeDefault = 0
	typeReply   = 19

	referenceReply = 0
)

// byPerson reports whether a person wrote the message, in words of their own.
func (m *messageInfo) byPerson() bool {
	return m.ID != "" && m.Author != nil && m.Author.ID != "" && !m.Author.Bot && m.WebhookID == "" &&
		(m.Type == typeDefault || m.Type == typeReply)
}

// replyTo is the message that this one replies to, or else the first of its
// thread.
func (m *messageInfo) replyTo(in bot.Channel) string {
	if m.Reference != nil && m.Reference.Type == referenceReply && m.Reference.MessageID != "" {
		return m.Reference.MessageID
	}
	return in.Thread
}

// edited is when the text was last changed. Discord also sends updates that
// change no text, for example when it adds a preview: those have no such time,
// or that of the last change before.
func (m *messageInfo) edited() (time.Time, bool) {
	t, err := time.Parse(time.RFC3339Nano, m.Edited)
	return t, err == nil
}

// deleted is the revision of a deletion, later than any edit: the largest
// whole number that a float64 holds exactly, since revisions pass through Lua.
const deleted = 1<<53 - 1

// epoch is when Discord's IDs begin: 2015, in milliseconds.
const epoch = 1420070400000

// snowflakeTime is when Discord made an ID; zero for what is none.
// https://discord.com/developers/docs/reference#snowflakes
func snowflakeTime(id string) time.Time {
	n, err := strconv.ParseUint(id, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(int64(n>>22) + epoch).UTC()
}

// snowflakeBefore is an ID that comes before those of time t and later.
func snowflakeBefore(t time.Time) string {
	ms := t.UnixMilli() - epoch
	if ms <= 0 {
		return "0"
	}
	return strconv.FormatInt(ms<<22-1, 10)
}

var (
	userMention = regexp.MustCompile(`<@!?([0-9]{1,20})>`)
	customEmoji = regexp.MustCompile(`<a?(:[0-9A-Za-z_]+:)[0-9]{15,20}>`)
)

// readable is text of the message as its author saw it: people as @name, the
// server's own emoji by name.
func (m *messageInfo) readable(text string) string {
	if !strings.Contains(text, "<") {
		return text
	}
	text = userMention.ReplaceAllStringFunc(text, func(mention string) string {
		id := userMention.FindStringSubmatch(mention)[1]
		for i := range m.Mentions {
			if u := &m.Mentions[i]; u.ID == id {
				return "@" + displayName(&u.userInfo, u.Member)
			}
		}
		return mention
	})
	return customEmoji.ReplaceAllString(text, "$1")
}

// commandLine is what was said to the bot itself: everything in direct messages;
// elsewhere what follows a mention of the bot at the beginning.
func (m *messageInfo) commandLine(botID string) (string, bool) {
	if m.Content == nil {
		return "", false
	}
	text, mentioned := m.afterMention(botID)
	return m.readable(strings.TrimSpace(text)), mentioned || m.GuildID == ""
}

// afterMention is the text without a mention of the bot at its beginning, and
// whether there is one.
func (m *messageInfo) afterMention(botID string) (text string, mentioned bool) {
	text = strings.TrimSpace(*m.Content)
	for _, mention := range []string{"<@" + botID + ">", "<@!" + botID + ">"} {
		if rest, ok := strings.CutPrefix(text, mention); ok && botID != "" {
			return rest, true
		}
	}
	return text, false
}
