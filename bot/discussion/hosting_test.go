package discussion_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/discussion"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// letters are the direct messages to somebody: their keys, without the chat's.
func (h *hall) letters(connection, user string) string {
	h.Helper()
	a := bot.Account{Space: in(connection, "").Space, User: user}
	var all []string
	ch, err := h.platforms[connection].Direct(h.Context(), a)
	h.ok(err)
	for _, e := range h.platforms[connection].Standing(ch) {
		name := strings.SplitN(string(e.Key), "/d/", 2)[1]
		name, _, _ = strings.Cut(name, "/")
		name, _, _ = strings.Cut(name, "-")
		all = append(all, name)
	}
	return strings.Join(all, " ")
}

// led is a discussion that maria made in the north for the time after eight.
func (h *hall) led(pace discussion.Pace) *discussion.Discussion {
	h.Helper()
	maria := bot.Account{Space: north.Space, User: "maria"}
	return h.scheduled(func(d *discussion.Discussion) {
		d.Script.Pace, d.Alongside = pace, nil
		d.Hosts, d.Contacts = []bot.MemberID{"maria"}, map[bot.MemberID]bot.Account{"maria": maria}
	})
}

func TestWhatComesBeforeAChat(t *testing.T) {
	eachHall(t, func(h *hall) {
		d := h.led(discussion.PaceClock)
		h.until(-56 * time.Minute)
		h.want("in the minutes in which its host can look at it there stands", h.everything(north), "")
		h.until(-50 * time.Minute)
		h.want("then", h.everything(north), "announce")
		for range 2 {
			h.ask(north, "ana", "/chat/coming/"+d.ID)
		}
		h.ask(north, "joe", "/chat/coming/"+d.ID)
		h.ask(north, "joe", "/chat/not-coming/"+d.ID)
		if text := h.ask(north, "priya", "/chat/view/"+d.ID).Message.Text.String(); !strings.Contains(text, "chat.show.coming people=1") || strings.Contains(text, "ana") || !strings.Contains(text, "text=Two?") {
			t.Errorf("others see %q", text)
		}
		h.until(-29 * time.Minute)
		h.want("the host is asked", h.letters("north", "maria"), "ready")
		h.until(-14 * time.Minute)
		h.want("who comes gets", h.letters("north", "ana"), "soon")
		h.want("who does not", h.letters("north", "joe"), "")
		h.want("an organizer, as no host is there and there is no other", h.letters("north", "boss"), "soon")
		h.until(20 * time.Minute)
		h.want("the chat goes on by itself", h.everything(north), "announce open q1 q2")
		h.want("the host has got", h.letters("north", "maria"), "ready")
		h.want("an organizer once", h.letters("north", "boss"), "soon")
	})
}

func TestASilentHostIsReplacedOnce(t *testing.T) {
	eachHall(t, func(h *hall) {
		d := h.led(discussion.PaceClock)
		sam := bot.Account{Space: north.Space, User: "sam"}
		h.coHost(d.ID, sam)
		h.until(-14 * time.Minute)
		h.want("the other host", h.letters("north", "sam"), "hosts ready soon")
		h.want("the organizer, not yet", h.letters("north", "boss"), "")
		h.until(-9 * time.Minute)
		h.want("the organizer then", h.letters("north", "boss"), "seek")
		h.ask(north, "sam", "/host/take/"+d.ID+"/maria")
		reply := h.ask(north, "boss", "/host/take/"+d.ID+"/maria")
		if text := reply.Message.Text.String(); !strings.Contains(text, "host.already") {
			t.Errorf("the second is told %q", text)
		}
		h.want("hosts", fmt.Sprint(h.get(d.ID).Hosts), "[sam maria]")
	})
}

func TestNobodyIsSoughtWhereAHostIsReady(t *testing.T) {
	eachHall(t, func(h *hall) {
		d := h.led(discussion.PaceClock)
		h.until(-29 * time.Minute)
		h.ask(north, "maria", "/host/ready/"+d.ID)
		h.until(0)
		h.want("organizers", h.letters("north", "boss"), "")
	})
}

// restart puts another process in the place of the one that was there.
func (h *hall) restart() {
	h.Helper()
	h.service = h.process()
	h.routed()
}

// coHost lets somebody host too who may host.
func (h *hall) coHost(id string, a bot.Account) {
	h.Helper()
	h.inputs++
	req := &bot.Request{
		Path: "/host/co-host/" + id, Input: bot.InputID(fmt.Sprint(h.inputs)), Account: bot.Account{Space: a.Space, User: "maria"}, Name: "maria",
		Channel: north, Accounts: map[string]bot.Account{bot.Picked: a},
	}
	_, err := h.router.Ask(h.Context(), req)
	h.ok(err)
}

func TestAChatByHandWaits(t *testing.T) {
	eachHall(t, func(h *hall) {
		d := h.led(discussion.PaceHand)
		h.until(11 * time.Minute)
		h.want("it waits", h.everything(north), "announce open")
		h.ask(north, "maria", "/host/next/"+d.ID+"/0")
		h.until(22 * time.Minute)
		h.want("the host is not told before", h.letters("north", "maria"), "ready")
		h.until(24 * time.Minute)
		h.want("then they are", h.letters("north", "maria"), "ready idle")
		h.want("and the organizer, as nobody hosts with them", h.letters("north", "boss"), "soon idle")
		h.until(30 * time.Minute)
		h.want("nothing comes yet", h.everything(north), "announce open q1")
		h.until(31*time.Minute + time.Second)
		h.want("the clock takes over", h.everything(north), "announce open q1 q2")
		if p := h.get(d.ID).Script.Pace; p != discussion.PaceClock {
			t.Errorf("its pace is %s", p)
		}
		h.until(52 * time.Minute)
		h.want("and ends it 20 minutes later", string(h.get(d.ID).State), "closing")
	})
}

func TestPressedByTwoAtOnce(t *testing.T) {
	eachHall(t, func(h *hall) {
		d := h.led(discussion.PaceHand)
		h.until(time.Minute)
		for _, who := range []string{"maria", "sam"} {
			h.ask(north, who, "/host/next/"+d.ID+"/0")
		}
		h.now()
		h.want("pressing Next", h.everything(north), "announce open q1")
		panel := h.ask(north, "maria", "/host/watch/"+d.ID)
		for _, who := range []string{"maria", "sam"} {
			h.ask(north, who, controls(panel)["skip"])
		}
		if got := h.get(d.ID).Skipped; fmt.Sprint(got) != "[2]" {
			t.Errorf("skipped are %v", got)
		}
	})
}

func TestACancelledChatTellsThoseWhoCome(t *testing.T) {
	eachHall(t, func(h *hall) {
		d := h.led(discussion.PaceClock)
		h.until(-50 * time.Minute)
		for n := range 250 { // more than one step writes to
			h.ok(h.store.Attend(t.Context(), d, discussion.Attendance{
				Member: bot.MemberID(fmt.Sprintf("m%03d", n)), Account: bot.Account{Space: north.Space, User: fmt.Sprintf("m%03d", n)},
			}, true))
		}
		h.ask(north, "maria", "/host/cancel-now/"+d.ID)
		h.until(time.Hour)
		for _, n := range []int{0, 199, 200, 249} {
			h.want(fmt.Sprint("person ", n), h.letters("north", fmt.Sprintf("m%03d", n)), "off")
		}
		h.want("in the channel stands", h.everything(north), "announce")
		if got := h.platforms["north"].Standing(north)[0].Message; !strings.Contains(got.Text.String(), "chat.announce.off") || len(got.Controls) > 0 {
			t.Errorf("the announcement says %q", got.Text)
		}
	})
}

func TestAnEditIsShownBeforeItIsMade(t *testing.T) {
	eachHall(t, func(h *hall) {
		d := h.led(discussion.PaceClock)
		h.until(-50 * time.Minute)
		h.ask(north, "ana", "/chat/coming/"+d.ID)
		form := h.ask(north, "maria", "/host/rewrite/"+d.ID).Form
		values := []string{}
		for _, f := range form.Fields {
			switch f.Name {
			case "questions":
				h.want("the form has", f.Value, "en host.form.questions.line n=1 text=One?\nen host.form.questions.line n=2 text=Two?")
				f.Value = "Q1 One?\nQ2 Two?\nQ3 Three?"
			case "start":
				f.Value = "2026-03-08 21:00"
			}
			values = append(values, f.Name, f.Value)
		}
		reply := h.ask(north, "maria", "/host/rewritten/"+d.ID, values...)
		text := reply.Message.Text.String()
		for _, want := range []string{"host.edit.start when=", "host.edit.question.new n=3 text=Three?", "host.edit.told"} {
			if !strings.Contains(text, want) {
				t.Errorf("the preview lacks %q: %q", want, text)
			}
		}
		if strings.Contains(text, "host.edit.title") || strings.Contains(text, "host.edit.question n=") {
			t.Errorf("the preview has what stays: %q", text)
		}
		if got := h.get(d.ID); len(got.Script.Questions) != 2 || !got.Base.Equal(eight) {
			t.Error("it is changed already")
		}
		for range 2 {
			h.ask(north, "maria", controls(reply)["save"])
		}
		h.now()
		h.want("who comes is told", h.letters("north", "ana"), "moved")
		h.until(time.Minute)
		h.want("at the old time", string(h.get(d.ID).State), "scheduled")
		h.until(time.Hour + time.Minute)
		h.want("at the new one", string(h.get(d.ID).State), "open")
		h.want("who comes was reminded", h.letters("north", "ana"), "moved soon")
	})
}

func TestASlowChatTakesDays(t *testing.T) {
	eachHall(t, func(h *hall) {
		d := h.led(discussion.PaceClock)
		h.ask(north, "maria", "/host/pace/"+d.ID, bot.Picked, "slow-1")
		h.until(time.Hour)
		h.want("on the first day", h.everything(north), "announce open q1")
		h.until(23 * time.Hour)
		h.say(north, "ana", "m1", "", "A1 late")
		h.until(24*time.Hour + time.Minute)
		h.want("on the second", h.everything(north), "announce open q1 q2")
		h.say(north, "joe", "m2", "", "A1 later still")
		h.until(49 * time.Hour)
		h.want("on the third", string(h.get(d.ID).State), "closing")
		h.say(north, "priya", "m3", "", "A2 after the end")
		if got := h.filed(d.ID); strings.Count(got, "answer") != 3 {
			t.Errorf("filed is\n%s", got)
		}
	})
}

// By a slow chat's own clocks its questions come at the same time of day, also when
// these change.
func TestASlowChatKeepsItsTimeOfDay(t *testing.T) {
	script, err := discussion.ParseScript([]byte("title: Slow\nstart: 2026-03-07T09:00\nzone: America/New_York\npace: slow\nper_day: 2\nquestions: [One?, Two?, Three?, Four?]\n"))
	if err != nil {
		t.Fatal(err)
	}
	loc, _ := time.LoadLocation("America/New_York")
	var got []string
	for _, q := range script.Questions {
		got = append(got, script.Start.Add(q.At).In(loc).Format("Mon 15:04"))
	}
	if want := "Sat 09:00, Sat 13:00, Sun 09:00, Sun 13:00"; strings.Join(got, ", ") != want {
		t.Errorf("asked at %s, want %s", strings.Join(got, ", "), want)
	}
}

// What was stored before there were paces and notices goes on as it was planned.
func TestAnOldRecordGoesOn(t *testing.T) {
	eachHall(t, func(h *hall) {
		d := h.led(discussion.PaceClock)
		old := h.get(d.ID)
		body, err := json.Marshal(old)
		h.ok(err)
		var fields map[string]any
		h.ok(json.Unmarshal(body, &fields))
		for _, name := range []string{"contacts", "notices", "announced", "moved"} {
			delete(fields, name)
		}
		body, err = json.Marshal(fields)
		h.ok(err)
		read := discussion.Discussion{Community: school, Version: old.Version}
		h.ok(json.Unmarshal(body, &read))
		if len(read.Notices) > 0 {
			t.Fatal("it is not old")
		}
		h.ok(h.store.Advance(t.Context(), &read, outbox.Effects{Jobs: []scheduler.Job{{
			Group: string(school), ID: discussion.Record(d.ID), Kind: discussion.JobKind, Due: eight, Payload: []byte(`{"chat":"` + d.ID + `"}`),
		}}}))
		h.until(12 * time.Minute)
		h.want("there stand", h.everything(north), "open q1 q2")
		h.ask(north, "maria", "/host/pause/"+d.ID+"/on")
		h.until(24 * time.Minute)
		h.want("its state", string(h.get(d.ID).State), "asking")
	})
}

func TestCouldUseAReply(t *testing.T) {
	eachHall(t, func(h *hall) {
		earlier := h.led(discussion.PaceClock)
		h.until(6 * time.Minute)
		for n := range 3 {
			h.say(north, fmt.Sprint("old", n), fmt.Sprint("e", n), "", "A1 I was here before")
		}
		h.ask(north, "maria", "/host/end-now/"+earlier.ID)
		h.now()
		d := h.led(discussion.PaceClock)
		h.ask(north, "maria", "/host/start/"+d.ID)
		h.until(13 * time.Minute)
		for n := range 3 {
			h.say(north, fmt.Sprint("old", n), fmt.Sprint("o", n), "", "A1 known")
		}
		for n := range 4 {
			h.say(north, fmt.Sprint("new", n), fmt.Sprint("n", n), "", "A1 fresh")
		}
		h.say(north, "silent", "s1", "", "hello")
		h.say(north, "old0", "r1", "n1", "Tell us more, how did you do that?")
		h.say(north, "maria", "h1", "", "A1 my own view")
		text := h.ask(north, "maria", "/host/watch/"+d.ID).Message.Text.String()
		var got []string
		for line := range strings.Lines(text) {
			if _, rest, ok := strings.Cut(line, "name=Name of "); ok {
				who, _, _ := strings.Cut(rest, " ")
				got = append(got, who)
			}
		}
		h.want("shown are", strings.Join(got, " "), "new0 new2 new3 old0 old1")
	})
}
