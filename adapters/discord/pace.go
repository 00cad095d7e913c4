package discord

import (
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// Pace implements bot.Paced.
//
// Discord tells the limit of a channel only in its answers; it has long been five
// messages in five seconds. Of the 50 requests in a second that a bot has in all,
// posts and their threads take at most 45; answers to interactions are not counted.
// https://docs.discord.com/developers/topics/rate-limits
func (*Adapter) Pace() bot.Pace {
	return bot.Pace{
		Channel: bot.Rate{Most: 5, Per: 5 * time.Second},
		Overall: bot.Rate{Most: 45, Per: time.Second},
		Threads: true,
	}
}

var _ bot.Paced = (*Adapter)(nil)
