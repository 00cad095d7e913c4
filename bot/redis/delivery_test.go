package redis

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// delivery is the whole outbox on a store, between a platform in memory and a
// router. Joe organizes.
type delivery struct {
	*bench
	platform *bottest.Adapter
	runner   *scheduler.Runner
	router   *bot.Router
}

func (b *bench) delivery() *delivery {
	d := &delivery{bench: b, platform: bottest.NewAdapter("test", b.clock.Now), runner: scheduler.NewRunner(b.store, scheduler.Options{})}
	log := slog.New(slog.DiscardHandler)
	reporter := outbox.NewReporter(b.store, joeOrganizes{}, bottest.Words{}, log)
	d.runner.Handle(outbox.JobKind, outbox.NewSender(b.store, bot.NewSwitchboard(d.platform), outbox.Options{Budget: b.store, Log: log}).Drain)
	d.runner.Handle(outbox.UnaskedJobKind, outbox.NewCourtesy(b.store, bottest.Words{}).Release)
	d.runner.Handle(outbox.ReportJobKind, reporter.Report)
	d.router = bot.NewRouter(func(next bot.Handler) bot.Handler {
		return func(ctx context.Context, req *bot.Request) (bot.Reply, error) {
			req.Member = bot.Member{Community: home, Language: "en"}
			return next(ctx, req)
		}
	}, outbox.Notices(b.store, bottest.Words{}, b.clock.Now))
	reporter.Register(d.router)
	d.router.Handle(bot.Route{Path: "/my/goals", Private: true, Handle: func(context.Context, *bot.Request) (bot.Reply, error) {
		return bot.Say(bot.Plain("No goals yet.")), nil
	}})
	return d
}

type joeOrganizes struct{}

func (joeOrganizes) OrganizersRoom(context.Context, bot.CommunityID, bot.SpaceID) (bot.Channel, string, bool, error) {
	return bot.Channel{}, "", false, nil
}

func (joeOrganizes) Organizers(context.Context, bot.CommunityID) ([]bot.Account, error) {
	return []bot.Account{joe}, nil
}

func (joeOrganizes) Member(context.Context, bot.Account, string) (bot.Member, error) {
	return bot.Member{Community: home, Language: "en"}, nil
}

// until lets time pass.
func (d *delivery) until(after time.Duration) {
	d.Helper()
	d.ok(d.clock.RunUntil(d.Context(), d.runner, noon.Add(after)))
}

// standing is what can be read in a channel or a person's direct messages.
func (d *delivery) standing(channel string) []string {
	var texts []string
	for _, e := range d.platform.Standing(bot.Channel{Space: scichat.Space, ID: channel}) {
		texts = append(texts, e.Message.Text.String())
	}
	return texts
}

func (d *delivery) ask(who bot.Account, path string) string {
	d.Helper()
	req := bottest.Request(who.User, path)
	req.Account = who
	reply, err := d.router.Ask(d.Context(), req)
	d.ok(err)
	return reply.Message.Text.String()
}

func TestWhatCannotBeDeliveredReachesAnOrganizer(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		d := b.delivery()
		gone := &bot.Error{Code: bot.Permanent, Reason: bot.Gone, Err: errors.New("channel_not_found")}
		for range 3 {
			d.platform.FailSend(false, gone)
		}
		b.queue(post("a"), post("b"), post("c"))
		d.until(9 * time.Second)
		if got := d.standing("dm-joe"); len(got) > 0 {
			t.Errorf("joe was told at once: %q", got)
		}
		d.until(11 * time.Second)
		if got := d.standing("dm-joe"); len(got) != 1 || !strings.Contains(got[0], "report.gone n=3") {
			t.Errorf("joe was told %q", got)
		}
		d.platform.FailSend(false, gone)
		b.queue(post("d"))
		d.until(time.Hour)
		if got := d.standing("dm-joe"); len(got) != 1 {
			t.Errorf("joe was told %q", got)
		}
	})
}

func TestAnUncertainPostIsPostedAgainOnDemand(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		d := b.delivery()
		d.platform.Blind()
		d.platform.FailSend(false, errors.New("EOF"))
		b.queue(post("a"))
		d.until(time.Minute)
		if got := d.standing("lobby"); len(got) > 0 {
			t.Fatalf("it was sent blindly: %q", got)
		}
		report := d.platform.Standing(bot.Channel{Space: scichat.Space, ID: "dm-joe"})
		if len(report) != 1 || len(report[0].Message.Controls) != 2 {
			t.Fatalf("joe was told %+v", report)
		}
		again := report[0].Message.Controls[0].Path
		for _, want := range []string{"again.done", "settled"} {
			if got := d.ask(joe, again); !strings.Contains(got, want) {
				t.Errorf("answered %q", got)
			}
		}
		d.until(2 * time.Minute)
		if got := d.standing("lobby"); !slices.Equal(got, []string{"hello"}) {
			t.Errorf("in the lobby stands %q", got)
		}
		b.queue(changeOf("a", "changed"))
		d.until(3 * time.Minute)
		if got := d.standing("lobby"); !slices.Equal(got, []string{"changed"}) {
			t.Errorf("then in the lobby stands %q", got)
		}
	})
}

func TestAClosedDoorIsNoted(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		d := b.delivery()
		d.platform.CloseDirect(ana)
		b.queue(direct(ana, "a"))
		d.until(time.Minute)
		if got := d.standing("dm-joe"); len(got) > 0 {
			t.Errorf("joe was told %q", got)
		}
		if got := d.ask(joe, "/my/goals"); got != "No goals yet." {
			t.Errorf("joe reads %q", got)
		}
		if got := d.ask(ana, "/my/goals"); got != "No goals yet.\n\nen outbox.notice\n\nhello" {
			t.Errorf("ana reads %q", got)
		}
		d.until(time.Hour)
		if got := d.ask(ana, "/my/goals"); got != "No goals yet." {
			t.Errorf("then ana reads %q", got)
		}
	})
}

// Noon is a Sunday, seven in the morning in Chicago.
func TestWhatNobodyAskedForComesOnMondayMorning(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		d := b.delivery()
		late := unasked("late")
		late.NotAfter = noon.Add(time.Hour)
		b.queue(unasked("a"), late)
		d.until(10 * time.Hour)
		b.queue(unasked("b"), direct(ana, "asked"))
		d.until(24*time.Hour - time.Second)
		if got := d.standing("dm-ana"); !slices.Equal(got, []string{"hello"}) {
			t.Errorf("on Sunday ana reads %q", got)
		}
		d.until(24*time.Hour + time.Second)
		if got := d.standing("dm-ana"); !slices.Equal(got, []string{"hello", "hello\n\nhello"}) {
			t.Errorf("on Monday ana reads %q", got)
		}
		b.queue(unasked("c"))
		d.until(48*time.Hour - time.Second)
		if got := d.standing("dm-ana"); len(got) != 2 {
			t.Errorf("later on Monday ana reads %q", got)
		}
		d.until(48*time.Hour + time.Second)
		if got := d.standing("dm-ana"); len(got) != 3 {
			t.Errorf("on Tuesday ana reads %q", got)
		}
	})
}

// pacedPlatform takes five messages a second.
type pacedPlatform struct{ *bottest.Adapter }

func (pacedPlatform) Pace() bot.Pace {
	return bot.Pace{Channel: bot.Rate{Most: 5, Per: time.Second}, Overall: bot.Rate{Most: 5, Per: time.Second}}
}

// A post that may be sent costs two calls: to ask whether it may, and to end it
// and begin the next.
func TestCallsOfAPost(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		d := b.delivery()
		d.runner.Handle(outbox.JobKind, outbox.NewSender(b.store, bot.NewSwitchboard(pacedPlatform{d.platform}), outbox.Options{Budget: b.store}).Drain)
		b.queue(post("loads the scripts"))
		d.until(time.Minute)
		b.queue(post("a"), post("b"), post("c"), post("d"))
		b.calls.take()
		d.until(2 * time.Minute)
		var posting []string
		for _, call := range b.calls.take() {
			if call == "lane" || call == "budget" {
				posting = append(posting, call)
			}
		}
		if want := []string{"lane", "budget", "lane", "budget", "lane", "budget", "lane", "budget", "lane"}; !slices.Equal(posting, want) {
			t.Errorf("it sent %q, want %q", posting, want)
		}
		if got := d.standing("lobby"); len(got) != 5 {
			t.Errorf("%d posts stand", len(got))
		}
	})
}
