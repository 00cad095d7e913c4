package redis

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/checkin"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// Changing an answer keeps the goals whose words stay, with what became of them and
// the job that asks; a goal of which it says nothing is gone, unless it has an end.
func TestGoalsStayWithTheirWords(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		ctx, s := b.Context(), b.checkIns()
		b.asked("o1", checkin.Shared)
		answer := func(in bot.InputID, due time.Duration, texts ...string) {
			b.Helper()
			made := taking("o1", "01ana", in, "x")
			for i, text := range texts {
				g := checkin.Goal{ID: fmt.Sprintf("o1-%d", i+1), Member: "01ana", Text: text, State: checkin.GoalOpen, Due: noon.Add(due)}
				if text == "" {
					made.Gone = append(made.Gone, g.ID)
					continue
				}
				made.Goals = append(made.Goals, g)
				j := job(home, "goal/01ana/"+g.ID, g.Due)
				made.Jobs = append(made.Jobs, j)
			}
			_, err := s.Take(ctx, made)
			b.ok(err)
		}
		answer("1", 5*time.Hour, "Ask less", "Draw «first»", "Wait", "Tell")
		goals, err := s.Goals(ctx, home, "01ana")
		b.ok(err)
		for i := range goals {
			g := &goals[i]
			switch g.ID {
			case "o1-1":
				g.State, g.Happened = checkin.GoalTried, "They laughed"
			case "o1-2":
				g.Silent = 1
			default:
				continue
			}
			b.ok(s.KeepGoal(ctx, home, g, outbox.Effects{}))
		}
		answer("2", 9*time.Hour, "Ask less", "Draw «first»", "Wait longer", "")
		answer("3", 9*time.Hour, "", "Draw «first»", "Wait longer", "")
		answer("4", 9*time.Hour, "Ask more", "Draw «first»", "Wait longer", "")
		var got []string
		goals, err = s.Goals(ctx, home, "01ana")
		b.ok(err)
		for _, g := range goals {
			got = append(got, fmt.Sprint(g.ID, " ", g.Text, " ", g.State, " ", g.Happened, " ", g.Silent))
		}
		if want := []string{"o1-1 Ask more open  0", "o1-1-2 Ask less tried They laughed 0", "o1-2 Draw «first» open  1", "o1-3 Wait longer open  0"}; !slices.Equal(got, want) {
			b.Errorf("got %q, want %q", got, want)
		}
		b.wantDue("goal/01ana/o1-2", 5*time.Hour)
		b.wantDue("goal/01ana/o1-3", 9*time.Hour)
		if n := b.client.ZScore(ctx, key(home, "due"), "goal/01ana/o1-4"); n.Err() == nil {
			b.Error("it is asked about a goal that is gone")
		}
	})
}
