package house_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
)

// secret is a part of every message in these tests: it must be nowhere afterwards.
const secret = "quetzal"

// newPair is a town in which ana and mia, who are in different places, have just been
// introduced: it is Wednesday, 11:00.
func newPair(t *testing.T, users ...string) *town {
	t.Helper()
	o := newTown(t)
	o.joins()
	o.asks(lincoln, "ana", "/organize/partners/create", "name", "Partners", "when", "every wednesday at 10am", "style", "alike", "hours", "0", "who", "everybody")
	for _, u := range append([]string{"ana", "mia"}, users...) {
		o.takesPart(u)
	}
	o.until("2026-03-11 11:00")
	return o
}

// spaceOf is where somebody is: those whose names begin with an m are at Madison.
func spaceOf(user string) bot.SpaceID {
	if user[0] == 'm' {
		return madison
	}
	return lincoln
}

func (o *town) as(user, path string, values ...string) bot.Reply {
	o.Helper()
	return o.asks(spaceOf(user), user, path, values...)
}

func (o *town) takesPart(user string) {
	o.Helper()
	form := o.as(user, "/partner/join")
	o.as(user, form.Form.Path, "teaches", "Science", "grades", "7", "free", "after")
}

func (o *town) until(at string) {
	o.Helper()
	o.wait(when(o, "UTC", at).Sub(o.clock.Now()))
}

// told is what stands in front of somebody and contains words.
func (o *town) told(user, words string) []bottest.Entry {
	return slices.DeleteFunc(slices.Clone(o.reads(spaceOf(user), "dm-"+user)), func(e bottest.Entry) bool {
		return !strings.Contains(e.Message.Text.String(), words)
	})
}

// path is where the newest control with this label in front of somebody leads.
func (o *town) path(user, label string) string {
	o.Helper()
	all := o.reads(spaceOf(user), "dm-"+user)
	for i := len(all) - 1; i >= 0; i-- {
		for _, c := range all[i].Message.Controls {
			if c.Label == label {
				return c.Path
			}
		}
	}
	o.Fatalf("%s has no %q in front of them: %+v", user, label, all)
	return ""
}

func (o *town) presses(user, label string) bot.Reply {
	o.Helper()
	return o.as(user, o.path(user, label))
}

// agree lets messages be passed on between some people.
func (o *town) agree(users ...string) {
	o.Helper()
	for _, u := range users {
		o.as(u, o.control(o.presses(u, "Pass messages on"), "I agree"))
	}
	o.wait(time.Second)
}

// writes is what somebody writes to their partners.
func (o *town) writes(user, text string) bot.Reply {
	o.Helper()
	for _, c := range o.as(user, "/partner/current").Message.Controls {
		if strings.HasPrefix(c.Label, "Write to ") {
			return o.as(user, o.as(user, c.Path).Form.Path, "message", text)
		}
	}
	o.Fatalf("%s cannot write", user)
	return bot.Reply{}
}

// passes reports whether somebody may write to their partners.
func (o *town) passes(user string) bool {
	o.Helper()
	return slices.ContainsFunc(o.as(user, "/partner/current").Message.Controls, func(c bot.Control) bool { return strings.HasPrefix(c.Label, "Write to ") })
}

// kept are the keys in which the words of a message stand.
func (o *town) kept() (keys []string) {
	o.Helper()
	for key, body := range (&school{T: o.T, engine: o.engine}).dump() {
		if strings.Contains(body, secret) || strings.Contains(key, secret) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

func (o *town) nothingKept() {
	o.Helper()
	if keys := o.kept(); len(keys) > 0 {
		o.Errorf("words of a message are kept in %q", keys)
	}
}

func TestPartnersInTwoPlacesWriteToEachOther(t *testing.T) {
	o := newPair(t)
	if all := o.told("ana", "You are in different places. If both of you like"); len(all) != 1 {
		t.Fatalf("ana reads %+v", o.reads(lincoln, "dm-ana"))
	}
	o.want(o.presses("ana", "Pass messages on"), "mia sees your name, your place and what you write", "The people who run the servers could read it", "it ends with the round")
	if o.passes("ana") {
		t.Fatal("messages are passed on before anybody has agreed")
	}
	o.agree("ana")
	if o.passes("ana") {
		t.Fatal("messages are passed on before both have agreed")
	}
	o.until("2026-03-12 11:00") // one message a day that nobody asked for
	if all := o.told("mia", "ana would like me to pass messages on"); len(all) != 1 {
		t.Errorf("mia reads %+v", o.reads(madison, "dm-mia"))
	}
	o.agree("mia")
	if all := o.told("ana", "You and mia have both agreed"); len(all) != 1 || !strings.Contains(all[0].Message.Text.String(), "The round ends") {
		t.Errorf("ana reads %+v", o.reads(lincoln, "dm-ana"))
	}

	const hostile = "*" + secret + "* <!everyone> @everyone [x](https://x.example) {name}\nsecond line"
	form := o.presses("ana", "Write to mia")
	if f := form.Form.Fields; len(f) != 1 || f[0].Max != 1500 || !f[0].Long {
		t.Errorf("the form has %+v", f)
	}
	send := bottest.Request("ana", form.Form.Path, "message", hostile)
	send.Account.Space, send.Channel.Space, send.Input = lincoln, lincoln, "twice"
	for range 2 { // the platform delivers it again
		reply, err := o.Router.Ask(t.Context(), send)
		if err != nil {
			t.Fatal(err)
		}
		o.want(reply, "Your message is on its way to mia.")
	}
	if keys := o.kept(); len(keys) != 1 || !strings.HasSuffix(keys[0], ":posts") {
		t.Errorf("on its way it is in %q", keys)
	}
	o.wait(time.Second)
	o.nothingKept()
	got := o.told("mia", secret)
	if len(got) != 1 || got[0].Message.Text.String() != "ana (slack): "+hostile {
		t.Fatalf("mia reads %+v", got)
	}
	for _, span := range got[0].Message.Text {
		if strings.Contains(span.Text, secret) && span.Kind != bot.SpanPlain {
			t.Errorf("what was typed looks like %+v", span)
		}
	}
	o.as("mia", o.presses("mia", "Answer").Form.Path, "message", "with pleasure, "+secret)
	o.wait(time.Second)
	if got := o.told("ana", "mia (discord): with pleasure"); len(got) != 1 {
		t.Errorf("ana reads %+v", o.reads(lincoln, "dm-ana"))
	}
	o.nothingKept()
	if file := string(o.as("ana", "/my/export").Message.Files[0].Data); !strings.Contains(file, "Messages are passed on between you and your partners. 1 was yours.") {
		t.Errorf("the export says %s", file)
	}

	typed := o.as("ana", o.presses("ana", "Answer").Form.Path, "message", strings.Repeat("x", 1501))
	if len(typed.FieldErrors) != 1 {
		t.Errorf("too long a message: %+v", typed)
	}
	for range 18 {
		o.writes("ana", "more")
	}
	o.want(o.presses("ana", "Answer"), "That was 20 messages between you today")
	o.until("2026-03-13 11:00")
	o.want(o.writes("mia", "a new day"), "on its way to ana")

	o.want(o.presses("ana", "Stop passing on"), "not passed on between you any more")
	o.wait(time.Second)
	if got := o.told("mia", "Messages between you and ana are no longer passed on."); len(got) != 1 {
		t.Errorf("mia reads %+v", o.reads(madison, "dm-mia"))
	}
	o.want(o.presses("mia", "Answer"), "not passed on between you any more")
	if o.passes("ana") || o.passes("mia") {
		t.Error("it goes on")
	}
}

// Who agreed can take it back; and while one alone has agreed, nothing is passed on.
func TestAgreeingToARelayIsTakenBack(t *testing.T) {
	o := newPair(t)
	reply := o.as("ana", o.control(o.presses("ana", "Pass messages on"), "I agree"))
	o.want(reply, "I tell you when mia has agreed too")
	o.as("ana", o.control(reply, "Take it back"))
	o.until("2026-03-12 11:00")
	if got := o.told("mia", "would like me to pass messages on"); len(got) > 0 {
		t.Errorf("mia reads %+v", got)
	}
	o.agree("mia")
	if o.passes("ana") || o.passes("mia") {
		t.Error("it is on without ana")
	}
}

// Nothing can be agreed on while somebody is away, and nobody hears that they are.
func TestNobodyAgreesToARelayWhileSomebodyIsAway(t *testing.T) {
	o := newPair(t)
	o.as("mia", "/my/away", "until", "friday")
	o.want(o.presses("ana", "Pass messages on"), "Messages can't be passed on between you just now.")
}

// At night a message waits for the morning of its reader; who stops it takes it back.
func TestMessagesWaitForTheMorning(t *testing.T) {
	o := newPair(t)
	o.agree("ana", "mia")
	o.until("2026-03-11 21:00")
	o.writes("ana", secret+" one")
	o.wait(time.Hour)
	if got := o.told("mia", secret); len(got) > 0 {
		t.Fatalf("mia reads %+v at night", got)
	}
	if file := string(o.as("ana", "/my/export").Message.Files[0].Data); !strings.Contains(file, secret) {
		t.Error("the export has not what waits")
	}
	o.until("2026-03-12 07:00")
	o.wait(time.Second)
	if got := o.told("mia", secret); len(got) != 1 {
		t.Fatalf("mia reads %+v in the morning", got)
	}
	o.nothingKept()

	o.until("2026-03-12 21:00")
	o.writes("ana", secret+" two")
	o.presses("mia", "Stop passing on")
	o.nothingKept()
	o.until("2026-03-13 08:00")
	if got := o.told("mia", secret); len(got) != 1 {
		t.Errorf("mia reads %+v", got)
	}
	if got := o.told("ana", "no longer passed on"); len(got) != 1 {
		t.Errorf("ana reads %+v", o.reads(lincoln, "dm-ana"))
	}
}

// Of a message that cannot be delivered nothing is kept either, and its reader hears that
// there was one.
func TestOfALostMessageNothingIsKept(t *testing.T) {
	for name, fail := range map[string]error{
		"refused": &bot.Error{Code: bot.Permanent},
		"unclear": &bot.Error{Code: bot.UnknownOutcome},
	} {
		t.Run(name, func(t *testing.T) {
			o := newPair(t)
			o.agree("ana", "mia")
			o.platforms["discord"].Blind()
			o.platforms["discord"].Intercept(func(context.Context, bot.Post) error { return fail })
			o.writes("ana", secret)
			o.wait(25 * time.Hour)
			o.nothingKept()
			o.platforms["discord"].Intercept(nil)
			o.want(o.as("mia", "/partner/current"), "ana wrote to you, and it may not have reached you.")
			for _, e := range o.reads(lincoln, "dm-ana") {
				if strings.Contains(e.Message.Text.String(), secret) {
					t.Errorf("ana reads %+v", e)
				}
			}
		})
	}
}

// Whatever ends it ends it at once: what has not gone is withdrawn, and nobody can write.
func TestARelayEndsAtOnce(t *testing.T) {
	for name, end := range map[string]func(*town){
		"stop":      func(o *town) { o.as("mia", o.control(o.as("mia", "/partner/current"), "Stop passing on")) },
		"block":     func(o *town) { o.as("mia", o.control(o.as("mia", "/partner/block"), "Block ana")) },
		"leave":     func(o *town) { o.as("mia", "/partner/leave") },
		"cannot":    func(o *town) { o.as("ana", o.control(o.as("ana", "/partner/current"), "Can't this time")) },
		"else":      func(o *town) { o.as("ana", o.control(o.as("ana", "/partner/swap"), "Look for somebody else")) },
		"forget":    func(o *town) { o.as("mia", "/my/forget-now/remove") },
		"forgotten": func(o *town) { o.as("ana", "/my/forget-now/remove") },
		"away": func(o *town) {
			o.as("mia", "/my/away", "until", "friday")
			o.wait(time.Millisecond)
		},
		"parted": func(o *town) {
			o.as("ana", "/organize/link/parted/"+lincoln.Token())
			o.wait(5 * time.Minute)
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := newPair(t)
			o.agree("ana", "mia")
			down := true
			o.platforms["discord"].Intercept(func(context.Context, bot.Post) error {
				if down {
					return &bot.Error{Code: bot.Unavailable}
				}
				return nil
			})
			o.writes("ana", secret)
			o.wait(time.Second) // an attempt is made
			if keys := o.kept(); len(keys) != 1 {
				t.Fatalf("under way it is in %q", keys)
			}
			end(o)
			o.nothingKept()
			for _, user := range []string{"ana", "mia"} {
				if o.passes(user) {
					t.Errorf("%s can write", user)
				}
			}
			down = false
			o.wait(30 * time.Hour)
			if got := o.told("mia", secret); len(got) > 0 {
				t.Errorf("mia reads %+v", got)
			}
		})
	}
}

// It ends with the round, which is said a school day before; what was written in the last
// night still comes.
func TestARelayEndsWithTheRound(t *testing.T) {
	o := newPair(t)
	o.agree("ana", "mia")
	o.until("2026-03-17 11:00")
	for _, u := range []string{"ana", "mia"} {
		if got := o.told(u, "now is the time to tell each other how"); len(got) != 1 || len(got[0].Message.Controls) != 2 {
			t.Errorf("%s reads %+v", u, o.reads(spaceOf(u), "dm-"+u))
		}
	}
	answer := o.path("ana", "Write to mia")
	o.until("2026-03-18 11:00")
	o.want(o.as("ana", answer), "not passed on between you any more")
	for key, body := range (&school{T: o.T, engine: o.engine}).dump() {
		if strings.Contains(body, `"passed":`) {
			t.Errorf("%s: %s", key, body)
		}
	}
}

// All three have to agree; who stops it among three is not told.
func TestThreeInTwoPlacesWriteToEachOther(t *testing.T) {
	o := newPair(t, "max")
	o.agree("ana", "mia")
	if o.passes("ana") {
		t.Fatal("it is on without max")
	}
	o.agree("max")
	o.writes("ana", "hello both")
	o.wait(time.Second)
	for _, u := range []string{"mia", "max"} {
		if got := o.told(u, "ana (slack): hello both"); len(got) != 1 {
			t.Errorf("%s reads %+v", u, o.reads(madison, "dm-"+u))
		}
	}
	o.presses("max", "Stop passing on")
	o.wait(time.Second)
	for _, u := range []string{"ana", "mia"} {
		if got := o.told(u, "are no longer passed on."); len(got) != 1 {
			t.Errorf("%s reads %+v", u, o.reads(spaceOf(u), "dm-"+u))
		}
	}
	o.agree("ana", "mia", "max")
	o.presses("max", "Can't this time")
	o.until("2026-03-12 11:00")
	if got := o.told("ana", "max isn't available this time. The two of you go on. Messages are not passed on between you any more."); len(got) != 1 || o.passes("ana") {
		t.Errorf("ana reads %+v", o.reads(lincoln, "dm-ana"))
	}
}

// Whoever comes as a third has not agreed.
func TestARelayEndsWhenAThirdComes(t *testing.T) {
	o := newPair(t)
	o.agree("ana", "mia")
	o.takesPart("max")
	o.until("2026-03-12 11:00")
	if all := o.as("ana", "/partner/current").Message; !strings.Contains(all.Text.String(), "your partners are") || o.passes("ana") || o.passes("max") {
		t.Errorf("ana has %+v", all)
	}
	if got := o.told("max", "If all three of you like, I pass messages on"); len(got) != 1 {
		t.Errorf("max reads %+v", o.reads(madison, "dm-max"))
	}
}

// Partners in one place write to each other there.
func TestPartnersInOnePlaceNeedNoRelay(t *testing.T) {
	o := newTown(t)
	o.asks(madison, "mia", "/organize/partners/create", "name", "Partners", "when", "every wednesday at 10am", "style", "alike", "hours", "0", "who", "everybody")
	o.takesPart("mia")
	o.takesPart("max")
	o.until("2026-03-11 11:00")
	if text := o.as("mia", "/partner/current").Message; strings.Contains(text.Text.String(), "different places") || slices.ContainsFunc(text.Controls, func(c bot.Control) bool { return c.Label == "Pass messages on" }) {
		t.Errorf("%+v", text)
	}
}
