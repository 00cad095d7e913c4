//go:build unix

package hour

import (
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/adapters/slack/slackloop"
)

// workspace is a Slack workspace.
type workspace struct {
	*slackloop.Server
}

const slackChannel = "CCHAT"

func newWorkspace(t *testing.T) *workspace {
	w := &workspace{slackloop.Start(slackloop.Options{RedeliverAfter: 2 * time.Second})}
	t.Cleanup(w.Close)
	w.AddChannel(slackloop.Channel{ID: slackChannel, Name: "chat"})
	return w
}

func (w *workspace) enroll(id, name string) { w.AddPerson(slackloop.Person{ID: id, Name: name}) }

func (w *workspace) say(who, text string) string {
	return w.Say(who, slackChannel, text, slackloop.SayOptions{})
}

// hasThread: every message of Slack has one.
func (*workspace) hasThread(string) bool { return true }

func (w *workspace) inThread(who, question, text string) string { return w.reply(who, question, text) }

func (w *workspace) reply(who, to, text string) string {
	return w.Say(who, slackChannel, text, slackloop.SayOptions{Thread: to})
}

func (w *workspace) edit(id, text string) error { return w.Edit(slackChannel, id, text) }

func (w *workspace) remove(id string) error { return w.Delete(slackChannel, id) }

func (w *workspace) posts() []post {
	var all []post
	for _, m := range w.Posts(slackChannel) {
		all = append(all, post{m.TS, m.Text, m.At()})
	}
	return all
}

func (w *workspace) standing() map[string]string {
	all := map[string]string{}
	for _, m := range w.Messages(slackChannel) {
		if m.User != slackloop.BotUser && !m.Deleted {
			all[m.TS] = m.Text
		}
	}
	return all
}

func (w *workspace) owed() int {
	n := 0
	for _, d := range w.Deliveries() {
		if d.MessageTS != "" && !d.Acked {
			n++
		}
	}
	return n
}

func (w *workspace) refuse(times int) {
	w.Fail("chat.postMessage", slackloop.Fault{RetryAfter: int(retryAfter / time.Second)}, times)
}
