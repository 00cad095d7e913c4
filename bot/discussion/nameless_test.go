package discussion_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/discussion"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// nameless is a crowd of whom no platform has told a name, but Ana's.
type nameless struct{ crowd }

func (nameless) Names(_ context.Context, _ bot.CommunityID, ids []bot.MemberID) (map[bot.MemberID]string, error) {
	names := map[bot.MemberID]string{}
	for _, id := range ids {
		if names[id] = ""; id == "ana" {
			names[id] = "Ana"
		}
	}
	return names, nil
}

func TestSomebodyWhoseNameIsNotKnown(t *testing.T) {
	start := time.Date(2026, 3, 8, 20, 0, 0, 0, time.UTC)
	store, d, _ := running(t, start)
	service := discussion.New(store, nameless{}, nil, bottest.Words{}, scheduler.NewManualClock(start))
	for _, user := range []string{"ana", "U07"} {
		if err := service.Hear(t.Context(), posted(d, user, "1"+user, "", "A1 a picture", start)); err != nil {
			t.Fatal(err)
		}
	}
	archive, err := service.Archive(t.Context(), d.Community, d.ID)
	if err != nil {
		t.Fatal(err)
	}
	markdown := written(t, archive, discussion.Document)
	for _, line := range []string{"- **Ana** 20:00 — A1 a picture", "chat.archive.somebody** 20:00 — A1 a picture"} {
		if !strings.Contains(markdown, line) {
			t.Errorf("the archive does not say %q:\n%s", line, markdown)
		}
	}
}
