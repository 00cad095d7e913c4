//go:build unix

package chaos

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// seen is a message as it stands on a platform.
type seen struct {
	mark string // what came with it: see markOf
	text string
	at   time.Time
}

// markOf is how a platform knows a post with a delivery key: Slack keeps the key
// with the message, Discord a nonce made from it.
func markOf(p place, key bot.DeliveryKey) string {
	if p.channel.Space.Connection == slackConnection {
		return string(key)
	}
	sum := sha256.Sum256([]byte(key))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:]))[:25]
}

// ledger is everything that stands in a channel, in order.
func (f *fleet) ledger(p place) []seen {
	var all []seen
	if p.channel.Space.Connection == slackConnection {
		for _, m := range f.slack.Posts(p.channel.ID) {
			var meta struct {
				Payload struct {
					Key string `json:"key"`
				} `json:"event_payload"`
			}
			_ = json.Unmarshal(m.Metadata, &meta)
			all = append(all, seen{meta.Payload.Key, m.Text, m.At()})
		}
		return all
	}
	for _, m := range f.discord.Channel(p.channel.ID) {
		all = append(all, seen{m.Nonce, m.Content, m.At()})
	}
	return all
}
