package outbox_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
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

// ward keeps what was not delivered.
type ward struct {
	clock      *scheduler.ManualClock
	reports    outbox.Reports
	unreported []outbox.Undelivered
	settled    []string
	all        map[string]outbox.Undelivered
	effects    []outbox.Effects
	missed     map[bot.Account][]outbox.Undelivered
	asked      int // for what somebody has missed
	conflicts  int
	err        error
}

func (w *ward) Now(context.Context) (time.Time, error) { return w.clock.Now(), w.err }

func (w *ward) Unreported(_ context.Context, _ string, limit int) (outbox.Reports, []outbox.Undelivered, error) {
	return w.reports, w.unreported[:min(len(w.unreported), limit)], w.err
}

func (w *ward) Reported(_ context.Context, _ string, r outbox.Reports, known []outbox.Undelivered, e outbox.Effects) error {
	if w.conflicts > 0 {
		w.conflicts--
		return &bot.Error{Code: bot.Conflict}
	}
	w.reports = r
	w.unreported = slices.DeleteFunc(slices.Clone(w.unreported), func(u outbox.Undelivered) bool {
		return slices.ContainsFunc(known, func(k outbox.Undelivered) bool { return k.ID == u.ID })
	})
	w.effects = append(w.effects, e)
	return nil
}

func (w *ward) FindUndelivered(_ context.Context, _ bot.CommunityID, id string) (outbox.Undelivered, error) {
	u, ok := w.all[id]
	if !ok || slices.Contains(w.settled, id) {
		return u, &bot.Error{Code: bot.NotFound}
	}
	return u, w.err
}

func (w *ward) Settle(_ context.Context, _ bot.CommunityID, u outbox.Undelivered, e outbox.Effects) error {
	w.settled = append(w.settled, u.ID)
	w.effects = append(w.effects, e)
	return w.err
}

func (w *ward) Unreached(_ context.Context, _ bot.CommunityID, a bot.Account) ([]outbox.Undelivered, error) {
	w.asked++
	return w.missed[a], w.err
}

func (w *ward) Reached(_ context.Context, _ bot.CommunityID, a bot.Account, _ []outbox.Undelivered) error {
	if w.err == nil {
		delete(w.missed, a)
	}
	return w.err
}

// organizers are maria and zoe, who reads Spanish.
type organizers []string

func (o organizers) Organizers(context.Context, bot.CommunityID) ([]bot.Account, error) {
	var all []bot.Account
	for _, name := range o {
		all = append(all, bottest.Account(name))
	}
	return all, nil
}

func (o organizers) OrganizersRoom(context.Context, bot.CommunityID, bot.SpaceID) (bot.Channel, string, bool, error) {
	return bot.Channel{}, "", false, nil
}

func (o organizers) Member(_ context.Context, a bot.Account, _ string) (bot.Member, error) {
	language := "en"
	if a.User == "zoe" {
		language = "es"
	}
	return bot.Member{Community: "g", Name: a.User, Language: language}, nil
}

func newWard() *ward {
	return &ward{
		clock: scheduler.NewManualClock(noon), missed: map[bot.Account][]outbox.Undelivered{}, all: map[string]outbox.Undelivered{},
	}
}

// lose adds posts to a channel that were not delivered.
func (w *ward) lose(channel string, outcome outbox.Outcome, reason bot.Reason, ids ...string) {
	for _, id := range ids {
		i := post(bot.DeliveryKey("key-" + id))
		i.Post.Channel = bottest.Channel(channel)
		i.Post.Message.Text = bot.Plain("words of " + id)
		u := outbox.Undelivered{ID: id, Item: i, Outcome: outcome, Reason: reason}
		w.unreported = append(w.unreported, u)
		w.all[id] = u
	}
}

// report runs the job once and gives how it was settled, and the message that
// went out.
func (w *ward) report(t *testing.T, people organizers, log *slog.Logger) (settled string, to string, m bot.Message) {
	t.Helper()
	before := len(w.effects)
	s := &schedule{clock: w.clock, job: &scheduler.Job{Group: "g", ID: outbox.ReportJobID, Kind: outbox.ReportJobKind}}
	runner := scheduler.NewRunner(s, scheduler.Options{})
	runner.Handle(outbox.ReportJobKind, outbox.NewReporter(w, people, bottest.Words{}, log).Report)
	if err := runner.RunDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, e := range w.effects[before:] {
		for _, i := range e.Posts {
			if i.Post.Direct == nil || i.Unasked != nil {
				t.Errorf("the report is %+v", i)
				continue
			}
			return s.settled, i.Post.Direct.User, i.Post.Message
		}
	}
	return s.settled, "", m
}

var quiet = slog.New(slog.DiscardHandler)

func TestAnOrganizerIsToldWhatFailed(t *testing.T) {
	w := newWard()
	w.lose("lobby", outbox.Failed, bot.Gone, "1", "2", "3")
	w.lose("hall", outbox.Failed, bot.NotAllowed, "4")
	w.lose("hall", outbox.Failed, bot.BadPost, "5")
	w.lose("hall", outbox.Failed, bot.Disconnected, "6")
	w.lose("hall", outbox.Failed, bot.Unexplained, "7")
	w.lose("hall", outbox.Failed, bot.NotAllowed, "8")
	w.lose("hall", outbox.Failed, bot.NotAllowed, "9")
	w.lose("hall", outbox.Failed, bot.BadPost, "10")
	for i := len(w.unreported) - 3; i < len(w.unreported); i++ {
		item := &w.unreported[i].Item
		item.Calendar = &outbox.CalendarEntry{Gathering: bot.Gathering{Title: "title of " + string(item.Post.Key)}}
	}
	settled, to, m := w.report(t, organizers{"zoe", "maria"}, quiet)
	wantSettledAs(t, settled, "complete")
	want := strings.Join([]string{
		"en outbox.report.gone n=3 place=en outbox.place text=words of 1",
		"en outbox.report.not_allowed n=1 place=en outbox.place text=words of 4",
		"en outbox.report.bad_post n=1 place=en outbox.place text=words of 5",
		"en outbox.report.disconnected n=1 place=en outbox.place text=words of 6",
		"en outbox.report.unexplained n=1 place=en outbox.place text=words of 7",
		"en outbox.report.calendar.not_allowed n=2 place=en outbox.place text=title of key-8",
		"en outbox.report.calendar n=1 place=en outbox.place text=title of key-10",
	}, "\n")
	if to != "maria" || m.Text.String() != want || len(m.Controls) > 0 {
		t.Errorf("%s was told %q, with %v", to, m.Text, m.Controls)
	}
	place := slices.IndexFunc(m.Text, func(s bot.Span) bool { return s.Kind == bot.SpanChannel })
	if place < 0 || *m.Text[place].Channel != bottest.Channel("lobby") {
		t.Errorf("the place is not named: %+v", m.Text)
	}
}

func TestFailuresOfAChannelAreReportedOnceADay(t *testing.T) {
	w := newWard()
	told := func(at time.Duration) bool {
		w.clock.Set(noon.Add(at))
		settled, to, _ := w.report(t, organizers{"maria"}, quiet)
		wantSettledAs(t, settled, "complete")
		if len(w.unreported) > 0 {
			t.Errorf("at %s %d are still unreported", at, len(w.unreported))
		}
		return to != ""
	}
	w.lose("lobby", outbox.Failed, bot.Gone, "1")
	if !told(0) {
		t.Error("nobody was told")
	}
	w.lose("lobby", outbox.Failed, bot.Gone, "2")
	if told(23 * time.Hour) {
		t.Error("told twice in a day")
	}
	w.lose("lobby", outbox.Failed, bot.NotAllowed, "3")
	w.lose("lobby", outbox.Failed, bot.Gone, "4")
	if !told(23*time.Hour + time.Minute) {
		t.Error("another reason was not told")
	}
	w.lose("lobby", outbox.Failed, bot.Gone, "5")
	if !told(24 * time.Hour) {
		t.Error("the next day nobody was told")
	}
	if len(w.reports.At) != 2 {
		t.Errorf("remembered is %v", w.reports.At)
	}
}

func TestWhatIsUncertainIsOffered(t *testing.T) {
	w := newWard()
	w.lose("lobby", outbox.Uncertain, "", "1")
	_, _, m := w.report(t, organizers{"zoe"}, quiet)
	if got, want := m.Text.String(), "es outbox.report.uncertain place=es outbox.place text=words of 1"; got != want {
		t.Errorf("told %q, want %q", got, want)
	}
	if got, want := buttons(m.Controls), "[es outbox.again /organize/undelivered/again/1] [es outbox.leave /organize/undelivered/leave/1]"; got != want {
		t.Errorf("controls %s, want %s", got, want)
	}

	for n := range 12 {
		w.lose("lobby", outbox.Uncertain, "", fmt.Sprint("n", n))
	}
	settled, _, m := w.report(t, organizers{"maria"}, quiet)
	wantSettledAs(t, settled, "after 1m0s")
	if len(m.Controls) != 20 || m.Controls[18].Label != "en outbox.report.number number=10 en outbox.again" || len(w.unreported) != 2 {
		t.Errorf("%d controls, %q, %d left", len(m.Controls), m.Controls[18].Label, len(w.unreported))
	}
	if !strings.Contains(m.Text.String(), "number=10 en outbox.report.uncertain place=en outbox.place text=words of n9") {
		t.Errorf("told %q", m.Text)
	}
	settled, _, m = w.report(t, organizers{"maria"}, quiet)
	wantSettledAs(t, settled, "complete")
	if len(m.Controls) != 4 {
		t.Errorf("then %d controls", len(m.Controls))
	}
}

func TestWhoIsTold(t *testing.T) {
	maria, zoe := bottest.Account("maria"), bottest.Account("zoe")
	missed := []outbox.Undelivered{{ID: "x"}}
	cases := map[string]struct {
		people organizers
		closed []bot.Account
		want   string
	}{
		"always the same":             {organizers{"zoe", "maria"}, nil, "maria"},
		"one who takes messages":      {organizers{"zoe", "maria"}, []bot.Account{maria}, "zoe"},
		"nobody takes messages":       {organizers{"zoe", "maria"}, []bot.Account{maria, zoe}, "maria"},
		"there is nobody":             {nil, nil, ""},
		"somebody who came too late ": {organizers{"zoe"}, nil, "zoe"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWard()
			var log bytes.Buffer
			w.lose("lobby", outbox.Failed, bot.Gone, "1")
			for _, a := range c.closed {
				w.missed[a] = missed
			}
			settled, to, _ := w.report(t, c.people, slog.New(slog.NewTextHandler(&log, nil)))
			wantSettledAs(t, settled, "complete")
			if to != c.want {
				t.Errorf("%s was told, want %s", to, c.want)
			}
			if (c.want == "") != strings.Contains(log.String(), "no organizer") || (c.want == "") != (len(w.unreported) == 1) {
				t.Errorf("%d are unreported, logged %s", len(w.unreported), log.String())
			}
			if strings.Contains(log.String(), "words of") {
				t.Error("the log has a post's words")
			}
		})
	}
}

func TestAReportThatCannotBeMade(t *testing.T) {
	w := newWard()
	w.lose("lobby", outbox.Failed, bot.Gone, "1")
	w.conflicts = 1
	settled, _, _ := w.report(t, organizers{"maria"}, quiet)
	wantSettledAs(t, settled, "after 0s")
	w.err = &bot.Error{Code: bot.Unavailable}
	settled, _, _ = w.report(t, organizers{"maria"}, quiet)
	wantSettledAs(t, settled, "after 1s")
	w.err = nil
	settled, to, _ := w.report(t, organizers{"maria"}, quiet)
	wantSettledAs(t, settled, "complete")
	if to != "maria" {
		t.Error("nobody was told")
	}
	settled, to, _ = w.report(t, organizers{"maria"}, quiet)
	wantSettledAs(t, settled, "complete")
	if to != "" {
		t.Error("there was nothing to tell")
	}
}

// press asks for a control's path as an organizer does.
func (w *ward) press(t *testing.T, path string) (string, error) {
	t.Helper()
	router := bot.NewRouter(func(next bot.Handler) bot.Handler {
		return func(ctx context.Context, req *bot.Request) (bot.Reply, error) {
			req.Member = bot.Member{Community: "g", Language: "en"}
			return next(ctx, req)
		}
	})
	outbox.NewReporter(w, organizers{}, bottest.Words{}, quiet).Register(router)
	route, ok := router.Route(path)
	if !ok || route.Access != bot.OrganizersOnly || !route.Private {
		t.Fatalf("%s: %+v", path, route)
	}
	reply, err := router.Ask(t.Context(), bottest.Request("maria", path))
	if err != nil {
		return "", err
	}
	return reply.Message.Text.String(), nil
}

func TestPostAgain(t *testing.T) {
	w := newWard()
	w.lose("lobby", outbox.Uncertain, "", "1", "2")
	u := w.all["1"]
	u.Item.NotAfter, u.Item.Record = noon.Add(-time.Hour), "chat/1"
	w.all["1"] = u
	if got, err := w.press(t, "/organize/undelivered/again/1"); got != "en outbox.again.done" || err != nil {
		t.Errorf("answered %q, %v", got, err)
	}
	again := w.effects[0].Posts[0]
	if again.Post.Key != "key-1+" || again.Repeats != "key-1" || !again.NotAfter.IsZero() || again.Record != "chat/1" ||
		again.Post.Message.Text.String() != "words of 1" {
		t.Errorf("posted is %+v", again)
	}
	if got, err := w.press(t, "/organize/undelivered/again/1"); got != "en outbox.settled" || err != nil {
		t.Errorf("the second time: %q, %v", got, err)
	}
	// That one is uncertain too.
	w.all["3"] = outbox.Undelivered{ID: "3", Item: again, Outcome: outbox.Uncertain}
	if _, err := w.press(t, "/organize/undelivered/again/3"); err != nil {
		t.Error(err)
	}
	if last := w.effects[len(w.effects)-1].Posts[0]; last.Post.Key != "key-1++" || last.Repeats != "key-1" {
		t.Errorf("posted is %+v", last)
	}
	if got, err := w.press(t, "/organize/undelivered/leave/2"); got != "en outbox.leave.done" || err != nil {
		t.Errorf("leaving it: %q, %v", got, err)
	}
	if last := w.effects[len(w.effects)-1]; len(last.Posts) > 0 {
		t.Errorf("left, and posted %+v", last)
	}
	w.lose("lobby", outbox.Failed, bot.Gone, "4")
	if got, _ := w.press(t, "/organize/undelivered/again/4"); got != "en outbox.settled" {
		t.Errorf("what has failed: %q", got)
	}
	w.err = errors.New("down")
	if _, err := w.press(t, "/organize/undelivered/again/4"); err == nil {
		t.Error("no error")
	}
}

// roomy are organizers who have a channel of their own.
type roomy struct{ organizers }

func (roomy) OrganizersRoom(_ context.Context, _ bot.CommunityID, wanted bot.SpaceID) (bot.Channel, string, bool, error) {
	return bot.Channel{Space: wanted, ID: "staff"}, "es", true, nil
}

func TestOrganizersAreToldInTheirChannel(t *testing.T) {
	for _, c := range []struct {
		name, lost string
		room       bool
	}{
		{"of what did not arrive elsewhere", "scichat", true},
		{"but not of what did not arrive there", "staff", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWard()
			w.lose(c.lost, outbox.Failed, bot.NotAllowed, "a")
			r := outbox.NewReporter(w, roomy{organizers{"maria"}}, bottest.Words{}, slog.New(slog.DiscardHandler))
			if err := r.Report(t.Context(), scheduler.Job{Group: "g"}); err != nil {
				t.Fatal(err)
			}
			post := w.effects[0].Posts[0].Post
			switch {
			case c.room && (post.Direct != nil || post.Channel != bottest.Channel("staff") || !strings.HasPrefix(post.Message.Text.String(), "es ")):
				t.Errorf("told is %+v", post)
			case !c.room && (post.Direct == nil || *post.Direct != bottest.Account("maria")):
				t.Errorf("told is %+v", post)
			}
		})
	}
}
