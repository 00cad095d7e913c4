package report_test

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/bot/redis"
	"github.com/staffroom-bot/staffroom/bot/redis/redistest"
	"github.com/staffroom-bot/staffroom/bot/report"
	"github.com/staffroom-bot/staffroom/scheduler"
)

func TestMain(m *testing.M) { redistest.Main(m) }

const school = bot.CommunityID("01home")

// town is a community whose organizers are told of reports.
type town struct {
	*testing.T
	clock      *scheduler.ManualClock
	platform   *bottest.Adapter
	router     *bot.Router
	service    *report.Service
	runner     *scheduler.Runner
	organizers []string // accounts
	room       string   // their channel, "" for none
	also       map[string]string
	withheld   map[report.Kept]bool
	kept       map[string]report.Kept // message → what keeps it
	inputs     int
	home       bot.CommunityID   // where all are now
	origins    []bot.CommunityID // where its places were
	chats      bot.CommunityID   // where the chats are
}

// each runs a test on every engine.
func each(t *testing.T, test func(*town)) {
	t.Helper()
	for name, open := range map[string]func(*testing.T, scheduler.Clock) (*redis.Store, error){
		"inprocess": func(t *testing.T, c scheduler.Clock) (*redis.Store, error) {
			return redis.Open(t.Context(), redistest.InProcess(t), c)
		},
		"real": func(t *testing.T, c scheduler.Clock) (*redis.Store, error) {
			return redis.Open(t.Context(), redistest.Real(t), c)
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := &town{T: t, clock: scheduler.NewManualClock(time.Date(2026, 3, 10, 14, 0, 0, 0, time.UTC)), withheld: map[report.Kept]bool{}, home: school, chats: school}
			store, err := open(t, o.clock)
			o.ok(err)
			o.platform = bottest.NewAdapter(bottest.Connection, o.clock.Now)
			o.router = bot.NewRouter(func(next bot.Handler) bot.Handler {
				return func(ctx context.Context, req *bot.Request) (bot.Reply, error) {
					m, err := o.Member(ctx, req.Account, req.Name)
					req.Member = m
					if err != nil || !req.Route.Access.Allows(m.Role) {
						return bot.Reply{}, &bot.Error{Code: bot.Forbidden}
					}
					return next(ctx, req)
				}
			})
			s := report.New(report.Options{Store: redis.Reports{Store: store}, People: o, Archives: o, Words: bottest.Words{}})
			o.service = s
			s.Register(o.router)
			o.router.Command(bot.Command{Name: "staffroom", Subcommands: []bot.Subcommand{s.Subcommand()}})
			o.runner = scheduler.NewRunner(store, scheduler.Options{})
			o.runner.Handle(outbox.JobKind, outbox.NewSender(store, bot.NewSwitchboard(o.platform), outbox.Options{Budget: store}).Drain)
			test(o)
		})
	}
}

func (o *town) ok(err error) {
	o.Helper()
	if err != nil {
		o.Fatal(err)
	}
}

// Member is who an account belongs to: themselves, or whoever o.also says.
func (o *town) Member(_ context.Context, a bot.Account, _ string) (bot.Member, error) {
	m := bot.Member{ID: bot.MemberID(a.User), Community: o.home, Name: "Name of " + a.User, Language: "en", Role: bot.RoleMember}
	if main := o.also[a.User]; main != "" {
		m.ID, m.Name = bot.MemberID(main), "Name of "+main
	}
	if slices.Contains(o.organizers, a.User) {
		m.Role = bot.RoleOrganizer
	}
	return m, nil
}

func (o *town) Organizers(context.Context, bot.CommunityID) (all []bot.Account, _ error) {
	for _, user := range o.organizers {
		all = append(all, bottest.Account(user))
	}
	return all, nil
}

func (o *town) OrganizersRoom(context.Context, bot.CommunityID, bot.SpaceID) (bot.Channel, string, bool, error) {
	return bottest.Channel(o.room), "es", o.room != "", nil
}

func (o *town) Names(_ context.Context, _ bot.CommunityID, ids []bot.MemberID) (map[bot.MemberID]string, error) {
	names := map[bot.MemberID]string{}
	for _, id := range ids {
		names[id] = "Name of " + string(id)
	}
	return names, nil
}

func (o *town) Said(_ context.Context, _ bot.CommunityID, ref bot.MessageRef, _ time.Time) (report.Kept, bot.MemberID, bool, error) {
	k, ok := o.kept[ref.ID]
	return k, "joe", ok, nil
}

func (o *town) Withhold(_ context.Context, c bot.CommunityID, k report.Kept, out bool) error {
	if c == o.chats {
		o.withheld[k] = out
	}
	return nil
}

func (o *town) Origins(context.Context, bot.CommunityID) ([]bot.CommunityID, error) {
	return o.origins, nil
}

func (o *town) ask(user, path string, subject *bot.Subject, values ...string) (bot.Reply, error) {
	req := bottest.Request(user, path, values...)
	o.inputs++
	req.Input, req.Subject = bot.InputID(strconv.Itoa(o.inputs)), subject
	reply, err := o.router.Ask(o.Context(), req)
	o.ok(o.runner.RunDue(o.Context()))
	return reply, err
}

// message is one that somebody wrote in a channel.
func message(id, author, channel string) *bot.Subject {
	s := &bot.Subject{Message: bot.MessageRef{Channel: bottest.Channel(channel), ID: id}, Name: "shown " + author, Text: "said " + id}
	if author != "" {
		s.Author = bottest.Account(author)
	}
	return s
}

// report has a person report a message, or with nil something else, and gives what
// they read then.
func (o *town) report(user string, subject *bot.Subject, values ...string) string {
	o.Helper()
	path := "/staffroom/report"
	if subject != nil {
		path = "/report/message"
	}
	reply, err := o.ask(user, path, subject)
	o.ok(err)
	if reply.Form != nil {
		reply, err = o.ask(user, reply.Form.Path, nil, values...)
		o.ok(err)
	}
	if len(reply.FieldErrors) > 0 {
		return "errors: " + reply.FieldErrors["why"].String()
	}
	return reply.Message.Text.String()
}

// reads is what stands in front of a person, or in a channel.
func (o *town) reads(where string) (all []bottest.Entry) {
	return o.platform.Standing(bottest.Channel(where))
}

// wantTold wants so many reports in each of these places, and none elsewhere.
func (o *town) wantTold(want string) {
	o.Helper()
	counts := map[string]int{}
	for _, e := range o.platform.Ledger() {
		counts[e.Ref.Channel.ID]++
	}
	var got []string
	for _, where := range []string{"dm-ana", "dm-joe", "dm-olga", "dm-olga2", "dm-pat", "office", "lobby"} {
		if n := counts[where]; n > 0 {
			got = append(got, where+" "+strconv.Itoa(n))
		}
	}
	if text := strings.Join(got, ", "); text != want {
		o.Errorf("told: %s; want %s", text, want)
	}
}

func TestReportsReachTheOrganizersAndNeverTheirSubject(t *testing.T) {
	for name, c := range map[string]struct {
		organizers []string
		room       string
		subject    *bot.Subject
		told       string
		reply      string
	}{
		"the channel":                         {[]string{"olga", "pat"}, "office", message("1", "joe", "lobby"), "office 1", "en report.sent.channel"},
		"each organizer without one":          {[]string{"olga", "pat"}, "", message("1", "joe", "lobby"), "dm-olga 1, dm-pat 1", "en report.sent.people names=Name of olga, Name of pat"},
		"once for each person":                {[]string{"olga", "olga2", "pat"}, "", message("1", "joe", "lobby"), "dm-olga 1, dm-pat 1", "en report.sent.people"},
		"an organizer wrote it":               {[]string{"olga", "pat"}, "office", message("1", "pat", "lobby"), "dm-olga 1", "en report.sent.people names=Name of olga"},
		"an organizer by their other account": {[]string{"olga", "pat"}, "office", message("1", "olga2", "lobby"), "dm-pat 1", "en report.sent.people"},
		"it stands in the channel":            {[]string{"olga", "pat"}, "office", message("1", "joe", "office"), "dm-olga 1, dm-pat 1", "en report.sent.people"},
		"the only organizer wrote it":         {[]string{"olga"}, "office", message("1", "olga", "lobby"), "", "en report.nobody.else"},
		"there is none":                       {nil, "", message("1", "joe", "lobby"), "", "en report.nobody.else"},
		"there is none to tell of a bot":      {nil, "", message("1", "", "lobby"), "", "en report.nobody"},
		"no person wrote it":                  {[]string{"olga"}, "", message("1", "", "lobby"), "dm-olga 1", "en report.sent.people"},
		"something else":                      {[]string{"olga"}, "office", nil, "office 1", "en report.sent.channel"},
		"a chat knows who wrote it":           {[]string{"joe", "pat"}, "office", message("kept", "", "lobby"), "dm-pat 1", "en report.sent.people names=Name of pat"},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(o *town) {
				o.organizers, o.room, o.also = c.organizers, c.room, map[string]string{"olga2": "olga"}
				o.kept = map[string]report.Kept{"kept": {Chat: "d1", Entry: "e1"}}
				got := o.report("ana", c.subject, "why", "Because", "name", "no")
				if !strings.HasPrefix(got, c.reply) {
					t.Errorf("the reply is %q, want %q", got, c.reply)
				}
				o.wantTold(c.told)
				for _, e := range o.platform.Ledger() {
					if text := e.Message.Text.String(); strings.Contains(text, "ana") || !strings.Contains(text, "why=Because") {
						t.Errorf("told: %q", text)
					}
				}
			})
		})
	}
}

func TestTheNameOfWhoReportsIsSaidOnlyIfTheyWantIt(t *testing.T) {
	each(t, func(o *town) {
		o.organizers = []string{"olga"}
		o.report("ana", message("1", "joe", "lobby"), "name", "yes")
		o.report("max", message("1", "joe", "lobby"), "name", "nonsense")
		told := o.reads("dm-olga")
		if len(told) != 2 || !strings.Contains(told[0].Message.Text.String(), "report.told.by name=Name of ana") ||
			!strings.Contains(told[1].Message.Text.String(), "report.told.unnamed") || strings.Contains(told[1].Message.Text.String(), "max") {
			t.Errorf("told: %+v", told)
		}
		for _, e := range told { // what people typed is data
			for _, span := range e.Message.Text {
				if strings.Contains(span.Text, "said 1") && span.Kind != "" {
					t.Errorf("quoted as %q", span.Kind)
				}
			}
		}
	})
}

func TestARepeatedReportChangesNothing(t *testing.T) {
	each(t, func(o *town) {
		o.organizers = []string{"olga"}
		o.report("ana", message("1", "joe", "lobby"))
		for range 10 { // and does not count
			if got := o.report("ana", message("1", "joe", "lobby"), "why", "again"); got != "en report.already" {
				t.Errorf("the reply is %q", got)
			}
		}
		o.wantTold("dm-olga 1")
		o.report("ana", message("2", "joe", "lobby"))
		o.report("max", message("1", "joe", "lobby"))
		o.wantTold("dm-olga 3")
	})
}

func TestAFewReportsAnHour(t *testing.T) {
	each(t, func(o *town) {
		o.organizers = []string{"olga"}
		for n := range 7 {
			got := o.report("ana", message(strconv.Itoa(n), "joe", "lobby"))
			if many := got == "en report.many most=5"; many != (n >= 5) {
				t.Errorf("after %d: %q", n, got)
			}
		}
		o.wantTold("dm-olga 5")
		o.clock.Set(o.clock.Now().Add(time.Hour))
		o.report("ana", message("8", "joe", "lobby"))
		o.wantTold("dm-olga 6")
	})
}

// What one organizer settles is settled for all; the subject settles nothing.
func TestSettledForOneIsSettledForAll(t *testing.T) {
	each(t, func(o *town) {
		o.organizers = []string{"olga", "pat"}
		o.report("ana", message("1", "joe", "lobby"))
		paths := controls(o.reads("dm-olga")[0].Message)
		if _, err := o.ask("ana", paths["en report.button.seen"], nil); bot.CodeOf(err) != bot.Forbidden {
			t.Errorf("a member settles it: %v", err)
		}
		reply, err := o.ask("olga", paths["en report.button.nothing"], nil)
		o.ok(err)
		const settled = "en report.settled.nothing name=Name of olga"
		if got := reply.Message.Text.String(); got != settled {
			t.Errorf("the reply is %q", got)
		}
		reply, err = o.ask("pat", paths["en report.button.seen"], nil)
		o.ok(err)
		if got := reply.Message.Text.String(); got != settled {
			t.Errorf("the second decision is answered with %q", got)
		}
		for _, where := range []string{"dm-olga", "dm-pat"} {
			m := o.reads(where)[0].Message
			if !strings.Contains(m.Text.String(), settled) || len(m.Controls) != 0 {
				t.Errorf("%s reads %q with %v", where, m.Text.String(), m.Controls)
			}
		}
		o.report("max", message("1", "joe", "lobby")) // somebody else sees something in it
		if got := controls(o.reads("dm-pat")[1].Message); len(got) != 2 {
			t.Errorf("reported again it has %v", got)
		}
		o.organizers = append(o.organizers, "joe")
		if _, err := o.ask("joe", paths["en report.button.seen"], nil); bot.CodeOf(err) != bot.Forbidden {
			t.Errorf("its subject settles it: %v", err)
		}
		for _, path := range []string{strings.Replace(paths["en report.button.seen"], "/seen", "/shown", 1), "/report/settle/none/seen"} {
			if _, err := o.ask("pat", path, nil); bot.CodeOf(err) != bot.NotFound {
				t.Errorf("%s: %v", path, err)
			}
		}
	})
}

// A message that a chat keeps is left out until somebody decides, and that can be
// decided again.
func TestAKeptMessageIsWithheldUntilItIsSettled(t *testing.T) {
	each(t, func(o *town) {
		o.organizers = []string{"olga"}
		k := report.Kept{Chat: "d1", Entry: "e1"}
		o.kept = map[string]report.Kept{"1": k}
		o.report("ana", message("1", "joe", "lobby"))
		if !o.withheld[k] {
			t.Error("it is shown before anybody has decided")
		}
		for _, step := range []struct {
			press, left string
			withheld    bool
		}{
			{"en report.button.shown", "en report.button.out", false},
			{"en report.button.out", "en report.button.shown", true},
			{"en report.button.shown", "en report.button.out", false},
		} {
			_, err := o.ask("olga", controls(o.reads("dm-olga")[0].Message)[step.press], nil)
			o.ok(err)
			left := controls(o.reads("dm-olga")[0].Message)
			if o.withheld[k] != step.withheld || len(left) != 1 || left[step.left] == "" {
				t.Errorf("after %s: withheld %t, %v", step.press, o.withheld[k], left)
			}
		}
		o.report("max", message("1", "joe", "lobby")) // one who reports cannot overrule them
		if o.withheld[k] {
			t.Error("a second report hid what was decided to be shown")
		}
	})
}

// What was reported before the place was linked stays what it is: those who were
// told can settle it, it is one case with what is reported later, and goes when its
// reporter wants so.
func TestAReportFromBeforeALink(t *testing.T) {
	each(t, func(o *town) {
		o.organizers = []string{"olga", "pat"}
		k := report.Kept{Chat: "d1", Entry: "e1"}
		o.kept = map[string]report.Kept{"1": k}
		o.report("ana", message("1", "joe", "lobby"))
		o.report("ana", message("2", "joe", "lobby"), "why", "Rude")
		o.home, o.origins, o.chats = "02both", []bot.CommunityID{school}, "02both"
		told := o.reads("dm-olga")
		for _, press := range []string{"en report.button.shown", "en report.button.out"} {
			_, err := o.ask("olga", controls(told[0].Message)[press], nil)
			o.ok(err)
			if withheld := press == "en report.button.out"; o.withheld[k] != withheld {
				t.Errorf("after %s the chat, which went along, leaves it out: %t", press, o.withheld[k])
			}
		}
		_, err := o.ask("pat", controls(told[1].Message)["en report.button.seen"], nil)
		o.ok(err)
		for _, where := range []string{"dm-olga", "dm-pat"} {
			for i, settled := range []string{"report.settled.out name=Name of olga", "report.settled.seen name=Name of pat"} {
				if got := o.reads(where)[i].Message.Text.String(); !strings.Contains(got, settled) {
					t.Errorf("%s reads %q", where, got)
				}
			}
		}
		if got := o.report("ana", message("2", "joe", "lobby")); got != "en report.already" {
			t.Errorf("reported once more: %q", got)
		}
		o.report("max", message("2", "joe", "lobby"))
		if got := o.reads("dm-pat"); len(got) != 3 || !strings.Contains(got[2].Message.Text.String(), "report.told.again") {
			t.Errorf("pat reads %+v", got)
		}
		member, err := o.Member(t.Context(), bottest.Account("ana"), "")
		o.ok(err)
		holdings, err := o.service.Holdings(t.Context(), member)
		o.ok(err)
		if len(holdings) != 2 {
			t.Errorf("ana is shown %+v", holdings)
		}
		o.ok(o.service.Forget(t.Context(), bot.Parting{Member: member}))
		if holdings, err = o.service.Holdings(t.Context(), member); err != nil || len(holdings) != 0 {
			t.Errorf("kept after she has gone: %+v, %v", holdings, err)
		}
	})
}

func TestAReportOfSomethingElseNeedsWords(t *testing.T) {
	each(t, func(o *town) {
		o.organizers = []string{"olga"}
		if got := o.report("ana", nil, "why", "  "); got != "errors: en report.form.empty" {
			t.Errorf("empty: %q", got)
		}
		reply, err := o.ask("ana", "/staffroom/report", nil, "text", "all day")
		o.ok(err)
		if got := reply.Form.Fields[0]; got.Value != "all day" || got.Optional {
			t.Errorf("what was typed: %+v", got)
		}
		if _, err := o.ask("ana", "/report/send/none", nil, "why", "x"); bot.CodeOf(err) != bot.NotFound {
			t.Errorf("a form of long ago: %v", err)
		}
		o.wantTold("")
	})
}

// A thing has no words to begin with, and who decides can look at it.
func TestAReportOfAThing(t *testing.T) {
	each(t, func(o *town) {
		o.organizers = []string{"olga"}
		req := bottest.Request("ana", "/library/report/x")
		req.Member, _ = o.Member(o.Context(), req.Account, "")
		reply, err := o.service.About(o.Context(), req, "joe", "Dice · https://example.org/dice", "/library/card/x")
		o.ok(err)
		if why := reply.Form.Fields[0]; why.Value != "" || why.Optional || why.Label != "en report.form.thing" {
			t.Errorf("the form begins with %+v", why)
		}
		form := reply.Form.Path
		if reply, err = o.ask("ana", form, nil, "why", " "); err != nil || len(reply.FieldErrors) == 0 {
			t.Errorf("sent as it was: %+v, %v", reply, err)
		}
		_, err = o.ask("ana", form, nil, "why", "An advertisement")
		o.ok(err)
		told := o.reads("dm-olga")[0].Message
		if text := told.Text.String(); !strings.Contains(text, "report.told.thing thing=Dice · https://example.org/dice") || !strings.Contains(text, "why=An advertisement") {
			t.Errorf("told: %q", text)
		}
		if path := controls(told)["en report.button.look"]; path != "/library/card/x" {
			t.Errorf("to look at it: %q", path)
		}
	})
}

func controls(m bot.Message) map[string]string {
	all := map[string]string{}
	for _, c := range m.Controls {
		all[c.Label] = c.Path
	}
	return all
}
