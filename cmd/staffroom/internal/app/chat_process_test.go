//go:build unix

package app

import (
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/community"
	"github.com/staffroom-bot/staffroom/bot/discussion"
	"github.com/staffroom-bot/staffroom/bot/redis"
)

func TestImportAChat(t *testing.T) {
	o := newOperated(t)
	start := time.Now().UTC().Add(48 * time.Hour).Format("2006-01-02T15:04")
	script := "title: Models\nstart: " + start + "\npace: hand\nquestions: [One?, Two?]\n"
	if out, err := o.runs(script, "chat", "import", "-"); err == nil || !strings.Contains(out, "no channel for chats is chosen") {
		t.Errorf("%v %s", err, out)
	}
	space := bot.SpaceID{Connection: "slack-town", ID: "T1"}
	communities := redis.Communities{Store: o.store}
	places, err := communities.Places(t.Context(), operatedTown)
	if err != nil || len(places) != 1 {
		t.Fatalf("%v %v", places, err)
	}
	p := community.Place{Space: space, Version: places[0].Version, Set: places[0].Set}
	p.Set.Chats = bot.Channel{Space: space, ID: "C1"}
	if err := communities.SavePlace(t.Context(), operatedTown, &p); err != nil {
		t.Fatal(err)
	}
	o.must(script, "nothing was set up", "chat", "import", "-", "--dry-run")
	for _, wrong := range []struct{ script, words string }{
		{"title: Models\nstart: tomorrow\nquestions: [One?]\n", "line 2, start: expected a local time"},
		{"question,at\nOne?,7m\nTwo?,never\n", "line 3, questions[1].at: expected a length of time"},
		{strings.Replace(script, start, "2020-01-01T10:00", 1), "has passed"},
	} {
		if out, err := o.runs(wrong.script, "chat", "import", "-", "--title", "T"); err == nil || !strings.Contains(out, wrong.words) {
			t.Errorf("%v %s", err, out)
		}
	}
	chats := redis.Discussions{Store: o.store}
	if all, err := chats.List(t.Context(), operatedTown, 0, 5); err != nil || len(all) > 0 {
		t.Fatalf("there is %v, %v", all, err)
	}
	o.must(script, "#1 \"Models\", 2 questions, pace hand", "chat", "import", "-")
	o.must("question;at\nOne?;7m\n", "#2 \"From a table\"", "chat", "import", "-", "--title", "From a table", "--start", start)
	all, err := chats.List(t.Context(), operatedTown, 0, 5)
	if err != nil || len(all) != 2 || all[0].State != discussion.Scheduled || all[0].Channel != p.Set.Chats || len(all[0].Notices) == 0 {
		t.Errorf("there is %+v, %v", all, err)
	}
}
