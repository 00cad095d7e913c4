package outbox

import (
	"context"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// threadPatience is how long after the first attempt a post's thread is still
// tried for. It is within any platform's DedupeWindow, so that the attempts find
// the post that there is; and by then people have begun to answer in the channel.
const threadPatience = time.Minute

// standing ends an item whose message stands: as sent, with the thread that it
// wants open. Where the thread has to wait, the item is left in doubt: the next
// attempt finds the message and opens it. A thread that cannot be had is no
// failure of the post.
func (s *Sender) standing(ctx context.Context, m bot.Messenger, a Attempt, ref bot.MessageRef) (Ending, pause) {
	sent := Ending{Outcome: Sent, Ref: ref}
	opener, opens := m.(bot.ThreadOpener)
	if a.Post.Thread == "" || !opens || a.Post.Direct != nil || ref.Channel.Thread != "" {
		return sent, pause{} // no thread opens in a thread, nor in direct messages
	}
	err := opener.OpenThread(ctx, ref, a.Post.Thread)
	if err == nil {
		return sent, pause{}
	}
	_, again := judge(a, err, true, true)
	if wait := again.delay; wait == 0 || a.Now.Add(wait).Sub(a.Since) > threadPatience {
		s.log.Warn("a post stands without its thread", "key", a.Post.Key, "cause", err)
		return sent, pause{}
	}
	return Ending{}, again
}
