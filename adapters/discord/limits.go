package discord

import (
	"strings"
	"time"
	"unicode/utf16"
)

// Discord's limits. Lengths are in characters as length counts them.
const (
	// https://discord.com/developers/docs/resources/message#create-message-jsonform-params
	maxContent = 2000 // text of a message
	maxNonce   = 25
	maxFiles   = 10
	// https://discord.com/developers/docs/reference#uploading-files
	maxUpload = 10 << 20 // bytes of all files of a message
	// https://discord.com/developers/docs/resources/message#attachment-object
	maxAttachmentAlt = 1024
	// https://discord.com/developers/docs/resources/message#embed-object-embed-limits
	maxDescription = 4096 // text of an embed
	maxEmbedText   = 6000 // text of all embeds of a message
	// https://discord.com/developers/docs/resources/message#allowed-mentions-object
	maxPings = 100
	// The specification of the HTTP API gives these two for an embed's image.
	// https://github.com/discord/discord-api-spec
	maxImageURL = 2048
	maxAltText  = 4096

	// https://discord.com/developers/docs/components/reference#action-row
	maxRows    = 5
	maxButtons = 5 // in a row
	// https://discord.com/developers/docs/components/reference#button
	maxButtonLabel = 80
	maxButtonURL   = 512
	// https://discord.com/developers/docs/components/reference#anatomy-of-a-component-custom-id
	maxCustomID = 100

	// https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-response-object-modal
	maxModalTitle = 45
	// https://discord.com/developers/docs/components/reference#label
	maxFieldLabel = 45
	// https://discord.com/developers/docs/components/reference#text-input
	maxInput       = 4000
	maxPlaceholder = 100
	// https://discord.com/developers/docs/components/reference#string-select
	maxSelectOptions     = 25
	maxSelectText        = 100 // label or value of an option
	maxSelectPlaceholder = 150

	// https://discord.com/developers/docs/interactions/application-commands#application-command-object
	maxCommandDescription = 100
	// https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-option-choice-structure
	maxChoices    = 25
	maxChoiceText = 100 // name or value

	// https://discord.com/developers/docs/interactions/application-commands#registering-a-command
	maxMessageActions = 5 // entries in a message's menu
	// https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-naming
	maxActionName = 32

	// https://discord.com/developers/docs/resources/channel#start-thread-from-message
	maxThreadName = 100

	// The specification of the HTTP API gives these for an event of a server.
	// https://github.com/discord/discord-api-spec
	maxEventName        = 100
	maxEventDescription = 1000
	maxEventLocation    = 100

	// https://discord.com/developers/docs/interactions/receiving-and-responding#responding-to-an-interaction
	callbackWithin = 3 * time.Second

	// dedupeWindow is how long Discord surely recognises a nonce. It says only
	// "in the past few minutes".
	// https://discord.com/developers/docs/resources/message#create-message-jsonform-params
	dedupeWindow = 2 * time.Minute
)

// length counts the characters of s as UTF-16 does. Discord does not say how it
// counts; no other plausible count is larger.
func length(s string) int {
	n := 0
	for _, r := range s {
		n += max(utf16.RuneLen(r), 1)
	}
	return n
}

// cut shortens s to at most limit characters; the last is then an ellipsis.
func cut(s string, limit int) string {
	if length(s) <= limit {
		return s
	}
	n := 0
	for i, r := range s {
		n += max(utf16.RuneLen(r), 1)
		if n > limit-1 {
			return strings.TrimRight(s[:i], " \n") + "…"
		}
	}
	return s
}

// splitAt gives the longest beginning of s that has at most limit characters,
// at least one, and the rest.
func splitAt(s string, limit int) (string, string) {
	n := 0
	for i, r := range s {
		n += max(utf16.RuneLen(r), 1)
		if n > limit && i > 0 {
			return s[:i], s[i:]
		}
	}
	return s, ""
}
