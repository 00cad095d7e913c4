package schedule

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// counter is a desk that people come to with requests.
type counter struct {
	*desk
	router *bot.Router
	asked  int
}

func newCounter(t *testing.T, at string) *counter {
	t.Helper()
	c := &counter{desk: newDesk(t, at)}
	c.router = bot.NewRouter(func(next bot.Handler) bot.Handler {
		return func(ctx context.Context, req *bot.Request) (bot.Reply, error) {
			req.Member, _ = people{}.Member(ctx, req.Account, "")
			return next(ctx, req)
		}
	})
	c.router.Command(bot.Command{Name: "organize", Summary: "organize.command", Subcommands: c.Subcommands()})
	c.Register(c.router)
	return c
}

// request is ana's, from a message of the bot.
func (c *counter) request(path string, values ...string) *bot.Request {
	c.asked++
	req := bottest.Request("ana", path, values...)
	req.Input = bot.InputID(fmt.Sprint("input ", c.asked))
	req.Message = &bot.MessageRef{Channel: req.Channel, ID: "m1"}
	return req
}

func (c *counter) ask(path string, values ...string) bot.Reply {
	c.Helper()
	reply, err := c.router.Ask(c.Context(), c.request(path, values...))
	c.ok(err)
	return reply
}

// wantSaid says what must be in the reply.
func (c *counter) wantSaid(reply bot.Reply, parts ...string) {
	c.Helper()
	if reply.Message == nil {
		c.Fatalf("there is no message, but %+v", reply)
	}
	for _, part := range parts {
		if text := reply.Message.Text.String(); !strings.Contains(text, part) {
			c.Errorf("there is no %q in\n%s", part, text)
		}
	}
}

func TestAPauseSkipsWhatComes(t *testing.T) {
	c := newCounter(t, "2026-03-02 08:00")
	r := c.add("daily at 15:00 except holidays")
	c.holidays("2026-03-04 Fair")
	c.workUntil("2026-03-02 16:00")
	c.wantSaid(c.ask(seriesPath+"pause/"+r.ID), "schedule.paused", "schedule.state.paused")
	c.wantSaid(c.ask(seriesPath+"pause/"+r.ID), "schedule.already")
	c.workUntil("2026-03-06 16:00")
	c.wantSaid(c.ask(seriesPath+"resume/"+r.ID), "schedule.resumed")
	c.wantSaid(c.ask(seriesPath+"resume/"+r.ID), "schedule.already")
	c.workUntil("2026-03-07 16:00")
	c.wantLog(r, "Mon 2 15:00 done", "Tue 3 15:00 skipped paused", "Wed 4 15:00 skipped holiday Fair",
		"Thu 5 15:00 skipped paused", "Fri 6 15:00 skipped paused", "Sat 7 15:00 done")
}

// What is due when somebody presses a button has an end all the same.
func TestWhatIsDueWhileSomebodyDecides(t *testing.T) {
	cases := map[string]struct {
		do   func(c *counter, r Series)
		want []string
		next string
	}{
		"pause": {
			func(c *counter, r Series) { c.ask(seriesPath + "pause/" + r.ID) },
			[]string{"Mon 2 15:00 skipped paused"}, "2026-03-03 15:00",
		},
		"pause and resume": {
			func(c *counter, r Series) {
				c.ask(seriesPath + "pause/" + r.ID)
				c.ask(seriesPath + "resume/" + r.ID)
			},
			[]string{"Mon 2 15:00 skipped paused"}, "2026-03-03 15:00",
		},
		"move": {
			func(c *counter, r Series) { c.ask(seriesPath+"moved/"+r.ID, "when", "daily at 16:00") },
			[]string{"Mon 2 15:00 skipped moved"}, "2026-03-02 16:00",
		},
		"pause and move": {
			func(c *counter, r Series) {
				c.ask(seriesPath + "pause/" + r.ID)
				c.ask(seriesPath+"moved/"+r.ID, "when", "daily at 16:00")
			},
			[]string{"Mon 2 15:00 skipped paused"}, "2026-03-02 16:00",
		},
		"move to the same": {
			func(c *counter, r Series) {
				c.wantSaid(c.ask(seriesPath+"moved/"+r.ID, "when", "every day at 15:00"), "schedule.unchanged")
			},
			[]string{"Mon 2 15:00 done"}, "2026-03-03 15:00",
		},
		"look": {
			func(c *counter, r Series) { c.ask(seriesPath + r.ID) },
			[]string{"Mon 2 15:00 done"}, "2026-03-03 15:00",
		},
	}
	for name, tt := range cases {
		t.Run(name, func(t *testing.T) {
			c := newCounter(t, "2026-03-02 08:00")
			r := c.add("daily at 15:00")
			c.sleep("2026-03-02 15:05")
			tt.do(c, r)
			c.work()
			c.wantLog(r, tt.want...)
			c.wantNext(r.ID, tt.next)
		})
	}
}

func TestAMoveBeginsWithThePresent(t *testing.T) {
	c := newCounter(t, "2026-03-02 08:00")
	r := c.add("daily at 15:00")
	c.workUntil("2026-03-02 16:00")
	c.wantSaid(c.ask(seriesPath+"moved/"+r.ID, "when", "every 2 weeks on friday at 9:00", "until", "2026-04-03", "late", "1d"), "schedule.moved")
	c.workUntil("2026-05-01 08:00")
	c.wantLog(r, "Mon 2 15:00 done", "Fri 6 09:00 done", "Fri 20 09:00 done", "Fri 3 09:00 done")
	c.wantNext(r.ID, "")
	c.wantSaid(c.ask(seriesPath+r.ID), "schedule.state.over")
	if moved, _ := c.memory.get(r.ID); moved.Grace.Hours() != 24 {
		t.Errorf("its grace is %s", moved.Grace)
	}

	// The form shows what is, so that sending it as it is changes nothing.
	form := c.ask(seriesPath + "move/" + r.ID).Form
	if form == nil || form.Fields[1].Value != "2026-04-03" || form.Fields[2].Value != "1d" {
		t.Fatalf("the form is %+v", form)
	}
	again := c.ask(form.Path, "when", form.Fields[0].Value, "until", "", "late", form.Fields[2].Value)
	c.wantSaid(again, "schedule.moved")
	c.wantNext(r.ID, "2026-05-01 09:00") // the weeks count from where they did
	for _, m := range []string{"yesterday", "on 2026-03-01 at 9:00", "* * * * *"} {
		if reply := c.ask(form.Path, "when", m); reply.FieldErrors["when"].Empty() {
			t.Errorf("moved to %q", m)
		}
	}
}

func TestRunningNowIsOneMoreTime(t *testing.T) {
	c := newCounter(t, "2026-03-02 08:00")
	r := c.add("daily at 15:00")
	press := c.ask(seriesPath + "run/" + r.ID).Message.Controls[0].Path
	c.wantSaid(c.ask(press), "schedule.ran")
	c.wantSaid(c.ask(press), "schedule.already") // pressed twice
	c.wantNext(r.ID, "2026-03-02 15:00")
	c.workUntil("2026-03-02 16:00")
	c.ask(seriesPath + "pause/" + r.ID)
	c.wantSaid(c.ask(c.ask(seriesPath + "run/" + r.ID).Message.Controls[0].Path), "schedule.ran")
	c.wantLog(r, "Mon 2 08:00 done extra", "Mon 2 15:00 done", "Mon 2 16:00 done extra")
	keys := map[bot.DeliveryKey]bool{}
	for _, item := range c.memory.posts {
		keys[item.Post.Key] = true
	}
	if len(keys) != 3 {
		t.Errorf("posted %v", keys)
	}
}

// A request that is delivered twice has one effect; the answer is the same.
func TestARepeatedRequestHasOneEffect(t *testing.T) {
	c := newCounter(t, "2026-03-02 08:00")
	r := c.add("daily at 15:00")
	for _, path := range []string{
		seriesPath + "run-now/" + r.ID + "/1", seriesPath + "pause/" + r.ID, seriesPath + "resume/" + r.ID,
	} {
		req := c.request(path)
		for range 2 {
			again := *req
			if _, err := c.router.Ask(t.Context(), &again); err != nil {
				t.Errorf("%s: %v", path, err)
			}
		}
	}
	c.wantLog(r, "Mon 2 08:00 done extra")
	if after, _ := c.memory.get(r.ID); after.Version != 4 {
		t.Errorf("version %d", after.Version)
	}
}

func TestRemoving(t *testing.T) {
	c := newCounter(t, "2026-03-02 08:00")
	r := c.add("daily at 15:00")
	asked := c.ask(seriesPath + "remove/" + r.ID)
	c.wantSaid(asked, "schedule.remove.ask")
	// Somebody is quicker: it is removed all the same.
	c.memory.before = func() { c.ask(seriesPath + "pause/" + r.ID) }
	c.wantSaid(c.ask(asked.Message.Controls[0].Path), "schedule.removed")
	if len(c.memory.series) > 0 || len(c.memory.jobs) > 0 || len(c.memory.logs) > 0 {
		t.Errorf("left are %v, %v, %v", c.memory.series, c.memory.jobs, c.memory.logs)
	}
	for _, path := range []string{"", "preview/", "pause/", "resume/", "move/", "moved/", "run/", "remove/", "remove-now/"} {
		_, err := c.router.Ask(t.Context(), c.request(seriesPath+path+r.ID, "when", "daily at 9:00"))
		if bot.CodeOf(err) != bot.NotFound {
			t.Errorf("%s of what was removed: %v", path, err)
		}
	}
}

// Changes meet each other and the step that is due: one comes first, the other
// is made on top of it.
func TestChangesThatMeet(t *testing.T) {
	c := newCounter(t, "2026-03-02 08:00")
	r := c.add("daily at 15:00")
	c.sleep("2026-03-02 15:00")
	c.memory.before = c.work
	c.wantSaid(c.ask(seriesPath+"pause/"+r.ID), "schedule.paused")
	c.wantLog(r, "Mon 2 15:00 done")

	c.sleep("2026-03-03 15:00")
	c.memory.before = func() { c.ask(seriesPath+"moved/"+r.ID, "when", "daily at 15:30") }
	c.wantSaid(c.ask(seriesPath+"resume/"+r.ID), "schedule.resumed")
	c.wantLog(r, "Mon 2 15:00 done", "Tue 3 15:00 skipped paused")
	c.wantNext(r.ID, "2026-03-03 15:30")

	c.memory.before = func() { c.ask(seriesPath + "pause/" + r.ID) }
	c.wantSaid(c.ask(seriesPath+"pause/"+r.ID), "schedule.already")

	c.memory.before = func() { c.ask(seriesPath + "resume/" + r.ID) }
	press := c.ask(seriesPath + "run/" + r.ID).Message.Controls[0].Path
	c.wantSaid(c.ask(press), "schedule.already") // it is not what was seen any more
	c.wantLog(r, "Mon 2 15:00 done", "Tue 3 15:00 skipped paused")
}

// Somebody who is always quicker wins in the end; the loser is told.
func TestAChangeThatAlwaysLosesIsGivenUp(t *testing.T) {
	c := newCounter(t, "2026-03-02 08:00")
	r := c.add("daily at 15:00")
	var rival func()
	rival = func() {
		stored, err := c.memory.get(r.ID)
		c.ok(err)
		c.memory.before = nil
		c.ok(c.memory.Advance(t.Context(), &stored, nil, outbox.Effects{}))
		c.memory.before = rival
	}
	c.memory.before = rival
	_, err := c.router.Ask(t.Context(), c.request(seriesPath+"pause/"+r.ID))
	if bot.CodeOf(err) != bot.Conflict {
		t.Errorf("got %v", err)
	}
}
