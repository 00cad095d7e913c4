package redis

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/bot/report"
)

func (b *bench) reports() Reports { return Reports{b.store} }

func reported(id string) report.Case {
	return report.Case{
		ID: id, Community: home,
		Subject: report.Subject{Message: bot.MessageRef{Channel: scichat, ID: "m1"}, Author: "01joe", Name: "Joe", Text: "unkind", Kept: report.Kept{Chat: "d1", Entry: "m1"}},
		Said:    []report.Said{{By: "01ana", Why: "He means me.", At: noon}},
		Told:    []report.Told{{Post: bot.Post{Key: "k", Channel: scichat}, Language: "en"}},
	}
}

// reportsLife is what happens to reports: see life.
func (b *bench) reportsLife() {
	b.Helper()
	ctx, cs := b.Context(), reported("r1")
	b.ok(b.reports().Begin(ctx, home, "draft", cs.Subject))
	b.ok(b.reports().Save(ctx, &cs, outbox.Effects{}))
	_, err := b.reports().Count(ctx, home, "01ana")
	b.ok(err)
}

func TestACaseIsKeptAYearAfterTheLastReport(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		ctx, cs := b.Context(), reported("r1")
		b.ok(b.reports().Save(ctx, &cs, outbox.Effects{}))
		left := func() time.Duration {
			most := time.Duration(0)
			for _, name := range []string{reportCase("r1"), reportCase("r1") + ":v"} {
				d := b.client.PTTL(ctx, key(home, name)).Val()
				if d <= 0 {
					b.Errorf("%s is kept for ever", name)
				}
				most = max(most, d)
			}
			return most
		}
		if d := left(); d > report.KeptFor || d < report.KeptFor-time.Minute {
			b.Errorf("it is kept for %s", d)
		}
		for _, name := range []string{reportCase("r1"), reportCase("r1") + ":v"} {
			b.ok(b.client.PExpire(ctx, key(home, name), time.Hour).Err())
		}
		cs.Settled = report.Settled{As: report.Out, By: "Pat", At: noon}
		b.ok(b.reports().Save(ctx, &cs, outbox.Effects{}))
		if d := left(); d > time.Hour {
			b.Errorf("a decision keeps it for %s more", d)
		}
		got, err := b.reports().Case(ctx, home, "r1")
		b.ok(err)
		if diff := cmp.Diff(cs, got); diff != "" || got.Version != 2 {
			b.Errorf("version %d (-want +got):\n%s", got.Version, diff)
		}
		old := got
		old.Version = 1
		if err := b.reports().Save(ctx, &old, outbox.Effects{}); bot.CodeOf(err) != bot.Conflict {
			b.Errorf("an old version: %v", err)
		}
		if _, err := b.reports().Case(ctx, home, "r2"); bot.CodeOf(err) != bot.NotFound {
			b.Errorf("no case: %v", err)
		}
	})
}

// A case stays in the community that all places have left, and can be settled there;
// a new one is not begun there.
func TestACaseOfACommunityThatWasLeft(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		ctx, cs := b.Context(), reported("r1")
		b.ok(b.reports().Save(ctx, &cs, outbox.Effects{}))
		b.ok(b.client.HSet(ctx, key(home, leftSpaces), leftByAll, "01other").Err())
		cs.Settled = report.Settled{As: report.Out, By: "Pat", At: noon}
		b.ok(b.reports().Save(ctx, &cs, outbox.Effects{}))
		if got, err := b.reports().Case(ctx, home, "r1"); err != nil || got.Settled.As != report.Out {
			b.Errorf("it is %+v, %v", got, err)
		}
		late := reported("r2")
		if err := b.reports().Save(ctx, &late, outbox.Effects{}); bot.CodeOf(err) != bot.Conflict {
			b.Errorf("a new one: %v", err)
		}
	})
}

func TestAReportThatWasBegunIsKeptAnHour(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		ctx, sub := b.Context(), reported("r1").Subject
		b.ok(b.reports().Begin(ctx, home, "draft", sub))
		got, err := b.reports().Begun(ctx, home, "draft")
		b.ok(err)
		if diff := cmp.Diff(sub, got); diff != "" {
			b.Errorf("(-want +got):\n%s", diff)
		}
		if d := b.client.PTTL(ctx, key(home, reportDraft("draft"))).Val(); d <= 0 || d > report.DraftFor {
			b.Errorf("it is kept for %s", d)
		}
		if _, err := b.reports().Begun(ctx, home, "other"); bot.CodeOf(err) != bot.NotFound {
			b.Errorf("no draft: %v", err)
		}
	})
}

func TestReportsAreCountedByTheHour(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		count := func(who bot.MemberID, want int) {
			b.Helper()
			if n, err := b.reports().Count(b.Context(), home, who); err != nil || n != want {
				b.Errorf("%s has sent %d, %v; want %d", who, n, err, want)
			}
		}
		count("01ana", 1)
		count("01ana", 2)
		count("01joe", 1)
		b.after(time.Hour)
		count("01ana", 1)
	})
}
