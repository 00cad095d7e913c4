package slack

import (
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// Pace implements bot.Paced. A post in a thread counts for its channel. Slack
// says "several hundred messages per minute" of a workspace and grants bursts;
// this takes three hundred, well spread. Changes of messages are of tier 3: 50 in a minute.
// https://docs.slack.dev/reference/methods/chat.postMessage
// https://docs.slack.dev/apis/web-api/rate-limits
func (*Adapter) Pace() bot.Pace {
	return bot.Pace{
		Channel: bot.Rate{Most: 1, Per: time.Second},
		Overall: bot.Rate{Most: 10, Per: 2 * time.Second},
		Updates: bot.Rate{Most: 5, Per: 6 * time.Second},
	}
}

var _ bot.Paced = (*Adapter)(nil)
