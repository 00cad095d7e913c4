//go:build unix

package chaos

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/adapters/slack/slackloop"
	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/discussion"
	"github.com/staffroom-bot/staffroom/bot/redis"
	"github.com/staffroom-bot/staffroom/bot/redis/engine"
	"github.com/staffroom-bot/staffroom/cmd/staffroom/internal/house"
)

// check compares what the platform saw with what it should have seen, and what
// it was told has arrived with what was kept.
func (h *harness) check() {
	for _, channel := range places {
		h.checkQuestions(channel)
	}
	ctx := background(h.T)
	e, err := engine.Open(ctx, engine.Options{DataDir: h.orders.DataDir})
	if err != nil {
		h.Fatal(err)
	}
	defer func() { _ = e.Close(ctx) }()
	store, err := build(ctx, e, &clock{}, chatLease, quiet(), noAdapters)
	if err != nil {
		h.Fatal(err)
	}
	home, err := store.Directory.Community(ctx, slackChannel(places[0]).Space)
	if err != nil {
		h.Fatal(err)
	}
	undelivered, err := e.Client().HGetAll(ctx, "sr:{c:"+string(home.ID)+"}:undelivered").Result()
	if err != nil {
		h.Fatal(err)
	}
	for key, report := range undelivered {
		h.Errorf("post %s was not delivered: %s", key, report)
	}
	aside, err := e.Client().HGetAll(ctx, "sr:{c:"+string(home.ID)+"}:aside").Result()
	if err != nil {
		h.Fatal(err)
	}
	for job, report := range aside {
		h.Errorf("job %s was set aside: %s", job, report)
	}
	for _, channel := range places {
		h.checkAnswers(ctx, store, home.ID, channel)
	}
}

var questionNumber = regexp.MustCompile(`Q(\d+)\.`)

// checkQuestions: every question once, and in order.
func (h *harness) checkQuestions(channel string) {
	next := 1
	for _, post := range h.server.Posts(channel) {
		found := questionNumber.FindStringSubmatch(post.Text)
		if found == nil {
			continue
		}
		if n, _ := strconv.Atoi(found[1]); n != next {
			h.Errorf("%s: question %d stands where %d is due", channel, n, next)
			return
		}
		next++
	}
	if next != questions+1 {
		h.Errorf("%s: %d questions were asked, not %d", channel, next-1, questions)
	}
}

// checkAnswers: every message that was acknowledged while the chat ran is in the
// archive once, as what it says and under its question; and nothing else is.
func (h *harness) checkAnswers(ctx context.Context, store *house.House, c bot.CommunityID, channel string) {
	archive := h.archive(ctx, store, c, channel)
	kept := map[string]discussion.ArchivedMessage{}
	for _, m := range archive.Messages {
		if _, twice := kept[m.ID]; twice {
			h.Errorf("%s: message %s is in the archive twice", channel, m.ID)
		}
		kept[m.ID] = m
	}
	acknowledged := map[string]bool{}
	for _, d := range h.server.Deliveries() {
		if d.MessageTS != "" && d.Acked {
			acknowledged[d.MessageTS] = true
		}
	}
	said := 0
	for _, m := range h.server.Messages(channel) {
		if m.User == slackloop.BotUser || !acknowledged[m.TS] {
			continue
		}
		entry, ok := kept[m.TS]
		delete(kept, m.TS)
		switch {
		case !ok && early(m.TS, archive.Start):
		case !ok:
			h.Errorf("%s: message %s was acknowledged and is not kept", channel, m.TS)
		case entry.Text != m.Text:
			h.Errorf("%s: message %s says %q, and %q is kept", channel, m.TS, m.Text, entry.Text)
		case len(entry.Questions) != 1 || !strings.HasPrefix(m.Text, fmt.Sprintf("A%d ", entry.Questions[0])):
			h.Errorf("%s: message %q is filed under %v", channel, m.Text, entry.Questions)
		default:
			said++
		}
	}
	for id := range kept {
		h.Errorf("%s: %s is in the archive, and nobody said it", channel, id)
	}
	h.Logf("%s: %d questions, %d answers kept", channel, len(archive.Questions), said)
}

func (h *harness) archive(ctx context.Context, store *house.House, c bot.CommunityID, channel string) discussion.Archive {
	chats, err := redis.Discussions{Store: store.Store}.List(ctx, c, 0, 100)
	if err != nil {
		h.Fatal(err)
	}
	if len(chats) != len(places) {
		h.Fatalf("there are %d chats, not %d", len(chats), len(places))
	}
	for _, d := range chats {
		if d.Channel == slackChannel(channel) {
			archive, err := store.Chats.Archive(ctx, c, d.ID)
			if err != nil {
				h.Fatal(err)
			}
			return archive
		}
	}
	h.Fatalf("%s: there is no chat", channel)
	return discussion.Archive{}
}

// early reports whether a message was said before the doors were open, give or
// take the time that opening took.
func early(ts string, opened time.Time) bool {
	seconds, err := strconv.ParseFloat(ts, 64)
	return err == nil && seconds < float64(opened.Add(time.Second).Unix())
}
