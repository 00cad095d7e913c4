package outbox

import (
	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// Later is what the handler of a feature's job answers after err: what may be over later
// is no failure of the job. After a conflict, somebody was quicker, and what comes next is
// in the record; after unavailable and rate_limited it waits a little. Any other error, and
// nil, stay as they are.
func Later(err error) error {
	switch bot.CodeOf(err) {
	case bot.Conflict:
		return scheduler.After(0, err)
	case bot.Unavailable, bot.RateLimited:
		return scheduler.After(storePause, err)
	default:
		return err
	}
}
