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

// threads gives what opens the thread that a post wants. opens is false if it wants
// none, or where none has to be opened; and no thread opens in a thread, nor in
// direct messages.
func threads(m bot.Messenger, p bot.Post) (by bot.ThreadOpener, opens bool) {
	by, opens = m.(bot.ThreadOpener)
	return by, opens && p.Thread != "" && p.Channel.Thread == "" && p.Direct == nil
}

// standing ends an item whose message stands: as sent, with the thread that it
// wants open. Where the thread has to wait, the item is left in doubt: the next
// attempt finds the message, or posts it again under its key where the platform
// recognises that, and opens the thread. So it is when the program died in between.
// A thread that cannot be had is no failure of the post.
func (s *Sender) standing(ctx context.Context, m bot.Messenger, a Attempt, ref bot.MessageRef) (Ending, pause) {
	sent := Ending{Outcome: Sent, Ref: ref}
	opener, opens := threads(m, a.Post)
	if !opens {
		return sent, pause{}
	}
	err := opener.OpenThread(ctx, ref, a.Post.Thread)
	if err == nil {
		return sent, pause{}
	}
	last := a.Since.Add(threadPatience)
	if !a.NotAfter.IsZero() && a.NotAfter.Before(last) {
		last = a.NotAfter // by then the post would be taken for late, and not be looked for
	}
	_, again := judge(a, err, true, true)
	if wait := again.delay; wait == 0 || a.Now.Add(wait).After(last) {
		s.log.Warn("a post stands without its thread", "key", a.Post.Key, "cause", err)
		return sent, pause{}
	}
	return Ending{}, again
}
