package house_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/checkin"
	"github.com/staffroom-bot/staffroom/bot/redis/engine"
	"github.com/staffroom-bot/staffroom/cmd/staffroom/internal/house"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// school is a house with one platform, on which maria organizes.
type school struct {
	*testing.T
	*house.House
	engine   *engine.Engine
	clock    *scheduler.ManualClock
	platform *bottest.Adapter
	room     *room // the same platform, as it tells who is where
	logged   logged
	inputs   int
	program  string // of partners, in tests that ask for it
	mayFail  bool   // what people ask and jobs do, since the program is being killed
}

// logged is what the house wrote into its log.
type logged struct {
	mu sync.Mutex
	bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.Buffer.Write(p)
}

// newSchool has a clock that stands at a local time of New York. Without a URL it
// keeps everything in this process.
func newSchool(t *testing.T, start, url string) *school {
	t.Helper()
	s := &school{T: t, clock: scheduler.NewManualClock(when(t, "America/New_York", start))}
	s.platform = bottest.NewAdapter(bottest.Connection, s.clock.Now)
	s.room = &room{Adapter: s.platform}
	var err error
	s.engine, err = engine.Open(t.Context(), engine.Options{URL: url, InProcess: url == "", Start: s.clock.Now()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.engine.Close(context.Background()) })
	s.House, err = house.Build(t.Context(), house.Options{
		Engine: s.engine, Clock: s.clock, Manual: true, Language: "en", Zone: "America/New_York", Version: "test",
		Log:      slog.New(slog.NewTextHandler(&s.logged, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Adapters: func(house.Tools) ([]bot.Adapter, error) { return []bot.Adapter{s.room}, nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Library.Close)
	return s
}

func when(t testing.TB, zone, local string) time.Time {
	t.Helper()
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", local, loc)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// ask is what somebody asks for, and what they get.
func (s *school) ask(user, path string, values ...string) bot.Reply {
	s.Helper()
	req := bottest.Request(user, path, values...)
	s.inputs++
	req.Input, req.Manages = bot.InputID("in"+strconv.Itoa(s.inputs)), user == "maria"
	reply, err := s.Router.Ask(s.Context(), req)
	if err != nil {
		s.Fatal(user, path, err)
	}
	if len(reply.FieldErrors) > 0 {
		s.Fatal(user, path, reply.FieldErrors)
	}
	return reply
}

// until lets time pass until a local time of New York.
func (s *school) until(local string) {
	s.Helper()
	if err := s.clock.RunUntil(s.Context(), s.Runner, when(s, "America/New_York", local)); err != nil {
		s.Fatal(err)
	}
}

// add makes a check-in and gives its ID.
func (s *school) add(name, questions, rule string, days int, sharing checkin.Sharing) string {
	s.Helper()
	reply := s.ask("maria", "/organize/checkins/create", "name", name, "questions", questions, "when", rule, "days", strconv.Itoa(days), "sharing", string(sharing))
	for _, c := range reply.Message.Controls {
		if id, ok := strings.CutPrefix(c.Path, "/organize/checkins/invite/"); ok {
			return id
		}
	}
	s.Fatalf("there is no invitation: %+v", reply.Message)
	return ""
}

func (s *school) join(id string, users ...string) {
	s.Helper()
	for _, u := range users {
		s.ask(u, "/checkin/join/"+id)
	}
}

// direct is what stands in somebody's direct messages.
func (s *school) direct(user string) []bottest.Entry {
	return s.platform.Standing(bot.Channel{Space: bottest.Space(), ID: "dm-" + user})
}

// control is the path behind a label, the newest in somebody's direct messages.
func (s *school) control(user, label string) string {
	s.Helper()
	for _, e := range slices.Backward(s.direct(user)) {
		for _, c := range e.Message.Controls {
			if c.Label == label {
				return c.Path
			}
		}
	}
	s.Fatalf("%s has no %s", user, label)
	return ""
}

// write answers what somebody was asked last.
func (s *school) write(user string, answers ...string) bot.Reply {
	s.Helper()
	form := s.ask(user, s.control(user, "Write")).Form
	if form == nil {
		s.Fatalf("%s gets no form", user)
	}
	var values []string
	for i, a := range answers {
		values = append(values, "q"+strconv.Itoa(i+1), a)
	}
	return s.ask(user, form.Path, values...)
}

func wantSays(t *testing.T, r bot.Reply, part string) {
	t.Helper()
	if r.Message == nil || !strings.Contains(r.Message.Text.String(), part) {
		t.Errorf("got %+v, want %q", r.Message, part)
	}
}

// dump is all that is kept, key by key.
func (s *school) dump() map[string]string {
	s.Helper()
	ctx, client := s.Context(), s.engine.Client()
	names, err := client.Keys(ctx, "*").Result()
	if err != nil {
		s.Fatal(err)
	}
	out := map[string]string{}
	for _, name := range names {
		var v any
		switch kind := client.Type(ctx, name).Val(); kind {
		case "string":
			v = client.Get(ctx, name).Val()
		case "hash":
			v = client.HGetAll(ctx, name).Val()
		case "list":
			v = client.LRange(ctx, name, 0, -1).Val()
		case "set":
			members := client.SMembers(ctx, name).Val()
			slices.Sort(members)
			v = members
		case "zset":
			v = client.ZRangeWithScores(ctx, name, 0, -1).Val()
		case "stream":
			v = client.XRange(ctx, name, "-", "+").Val()
		default:
			s.Fatalf("%s is a %s", name, kind)
		}
		body, err := json.Marshal(v)
		if err != nil {
			s.Fatal(err)
		}
		out[name] = string(body)
	}
	return out
}

// Nothing that is kept, queued, posted or logged tells whose an anonymous answer
// is, before its end or after, and nothing of it can be read before.
func TestAnonymousStaysAnonymous(t *testing.T) {
	s := newSchool(t, "2026-03-05 14:00", "")
	id := s.add("Term", "How was it? (1-5)\nWhat should change?\nWhat should stay?", "every friday at 15:00", 1, checkin.Anonymous)
	users := []string{"ana", "eva", "joe", "luis", "pat", "sam", "sol", "tom"}
	s.join(id, users...)
	s.until("2026-03-06 16:00")
	unanswered := s.dump()
	secret := func(user, what string) string { return "zebra" + what + user }
	for i, u := range slices.Backward(users) {
		if u == "tom" {
			continue
		}
		wantSays(t, s.write(u, strconv.Itoa(1+i%5), secret(u, "change"), secret(u, "stay")), "Nobody sees whose it is")
		s.clock.Set(s.clock.Now().Add(7 * time.Minute))
	}
	wantSays(t, s.ask("ana", s.control("ana", "Write")), "You have answered")
	wantSays(t, s.ask("ana", "/checkin/save/"+strings.TrimPrefix(s.control("ana", "Write"), "/checkin/write/")+"/0", "q2", "another"), "You have answered")
	wantSays(t, s.ask("maria", "/checkin/results"), "It is still open")
	wantSays(t, s.ask("maria", "/checkin/export/"+id), "nothing to hand out")

	// One more answer changes that somebody has answered, and adds a sealed answer as
	// long as every other: nothing else.
	before := s.dump()
	s.write("tom", "5", secret("tom", "change"), "")
	after := s.dump()
	var changed []string
	for name := range after {
		if after[name] != before[name] && !strings.Contains(name, ":in:") {
			changed = append(changed, name[strings.LastIndex(name, "}:")+2:])
		}
	}
	slices.Sort(changed)
	if len(changed) != 2 || !strings.HasPrefix(changed[0], "checkinsealed:") || !strings.HasPrefix(changed[1], "checkinturns:") {
		t.Errorf("an answer has changed %q", changed)
	}
	for name, body := range after {
		if strings.Contains(body, "zebra") {
			t.Errorf("before the end an answer can be read in %s", name)
		}
		if strings.Contains(name, "checkinsealed:") {
			var sealed map[string]string
			if err := json.Unmarshal([]byte(body), &sealed); err != nil {
				t.Fatal(err)
			}
			if len(sealed) != len(users) {
				t.Errorf("%d are sealed", len(sealed))
			}
			lengths := map[int]bool{}
			for chance, one := range sealed {
				lengths[len(one)] = true
				if len(chance) != 26 {
					t.Errorf("a sealed answer is named %q", chance)
				}
			}
			if len(lengths) != 1 {
				t.Errorf("sealed answers have the lengths %v", lengths)
			}
		}
		if strings.Contains(name, "checkinturns:") && unanswered[name] != "" {
			for _, word := range []string{"answered 17", "answered 0"} { // the instants are those of being asked
				if n := strings.Count(body, word); n > 0 && n != len(users) {
					t.Errorf("%d of %d have %q", n, len(users), word)
				}
			}
		}
	}

	s.until("2026-03-10 18:00")
	wantSays(t, s.ask("joe", "/checkin/results"), "8 people took part")
	exported := s.ask("maria", "/checkin/export/"+id)
	if len(exported.Message.Files) != 2 {
		t.Fatalf("%+v", exported.Message)
	}
	numbers := map[string]string{} // of the members
	for name, body := range s.dump() {
		for _, u := range users {
			if !strings.Contains(body, secret(u, "change")) {
				continue
			}
			switch kind := name[strings.LastIndex(name, "}:")+2:]; {
			case strings.HasPrefix(kind, "checkinresults:"), kind == "sent", kind == "posts":
			default:
				t.Errorf("the answers are in %s", name)
			}
		}
		if strings.Contains(name, "checkinresults:") {
			if strings.Contains(body, `\"at\"`) || strings.Contains(body, "author") || strings.Contains(body, "late") {
				t.Errorf("the results tell of who and when: %s", body)
			}
			numbers[name] = body
		}
		if strings.Contains(name, "checkinsealed:") {
			t.Error("what was sealed is still there")
		}
	}
	if len(numbers) != 1 {
		t.Errorf("%d results", len(numbers))
	}
	if log := s.logged.String(); strings.Contains(log, "zebra") {
		t.Error("an answer is in the log")
	}
	for _, e := range s.platform.Ledger() {
		if strings.HasPrefix(e.Ref.Channel.ID, "dm-") && strings.Contains(e.Message.Text.String(), "zebra") {
			t.Errorf("an answer was sent to %s", e.Ref.Channel.ID)
		}
	}
	lobby := s.platform.Standing(bottest.Channel("lobby"))
	if len(lobby) != 1 || lobby[0].Updates != 0 {
		t.Fatalf("in the channel stand %+v", lobby)
	}
	// Where the answers are told, their order is that of the alphabet; each table has
	// one line for each answer to each question.
	text := lobby[0].Message.Text.String()
	var places []int
	for _, u := range users {
		places = append(places, strings.Index(text, secret(u, "change")))
	}
	if !slices.IsSorted(places) || places[0] < 0 {
		t.Errorf("the answers stand at %v in %q", places, text)
	}
}

// Of fewer than five anonymous answers nothing is kept.
func TestFewAnonymousAnswersAreForgotten(t *testing.T) {
	s := newSchool(t, "2026-03-05 14:00", "")
	id := s.add("Term", "What should change?", "every friday at 15:00", 1, checkin.Anonymous)
	s.join(id, "ana", "eva", "joe", "luis", "pat")
	s.until("2026-03-06 16:00")
	for _, u := range []string{"ana", "eva", "joe", "luis"} {
		s.write(u, "zebra of "+u)
	}
	s.until("2026-03-10 18:00")
	for name, body := range s.dump() {
		if strings.Contains(body, "zebra") || strings.Contains(name, "checkinresults:") {
			t.Errorf("an answer is in %s", name)
		}
	}
	lobby := s.platform.Standing(bottest.Channel("lobby"))
	if len(lobby) != 1 || !strings.Contains(lobby[0].Message.Text.String(), "Of fewer than 5 people nothing more is shown") {
		t.Errorf("in the channel stand %+v", lobby)
	}
}

// Who is away gets the days back; who says so after they were asked, too.
func TestAwayStretchesWhatIsOpen(t *testing.T) {
	s := newSchool(t, "2026-03-05 14:00", "")
	id := s.add("Friday", "What went well?", "every friday at 15:00", 1, checkin.Organizers)
	s.join(id, "ana", "joe")
	s.until("2026-03-06 16:00")
	s.ask("ana", "/my/away", "until", "2026-03-11") // Wednesday; it would close on Monday
	s.until("2026-03-12 09:00")
	wantSays(t, s.write("joe", "late"), "marked as late")
	wantSays(t, s.write("ana", "rested"), "You can change it until")
	s.until("2026-03-13 16:00")
	s.ask("joe", "/my/away", "until", "2026-04-10")
	s.until("2026-03-27 16:00") // two more came, of which joe was not asked
	if got := len(s.direct("joe")); got != 2 {
		t.Errorf("joe was asked %d times", got)
	}
	asked := strings.TrimPrefix(s.control("joe", "Write"), "/checkin/write/")
	if form := s.ask("joe", "/checkin/answer").Form; form == nil || !strings.Contains(form.Path, asked) {
		t.Errorf("joe gets %+v, want the one of which he was asked, %s", form, asked)
	}
}

// What cannot be delivered is said to the right person: a closed direct message to
// whom it was for, a channel that is gone to an organizer.
func TestWhatCannotBeDelivered(t *testing.T) {
	s := newSchool(t, "2026-03-05 14:00", "")
	id := s.add("Friday", "What went well?", "every friday at 15:00", 1, checkin.Shared)
	s.join(id, "ana", "joe")
	s.platform.CloseDirect(bottest.Account("ana"))
	s.platform.Intercept(func(_ context.Context, p bot.Post) error {
		if p.Channel.ID == "lobby" {
			return &bot.Error{Code: bot.Permanent, Reason: bot.Gone}
		}
		return nil
	})
	s.until("2026-03-06 16:00")
	if got := s.direct("ana"); len(got) != 0 {
		t.Errorf("ana got %+v", got)
	}
	first := s.ask("ana", "/checkin/answer")
	if first.Form == nil {
		t.Errorf("ana gets no form: %+v", first.Message)
	}
	wantSays(t, s.ask("ana", first.Form.Path, "q1", "a walk"), "direct message")
	s.write("joe", "a rose")
	s.until("2026-03-06 18:00")
	var organizer []string
	for _, e := range s.direct("maria") {
		organizer = append(organizer, e.Message.Text.String())
	}
	if len(organizer) != 1 {
		t.Errorf("maria is told %q", organizer)
	}
}

// A summary is changed at most every ten seconds, however many answer.
func TestASummaryIsChangedAtMostEveryTenSeconds(t *testing.T) {
	s := newSchool(t, "2026-03-05 14:00", "")
	id := s.add("Friday", "How was it? (1-5)", "every friday at 15:00", 1, checkin.Shared)
	var users []string
	for i := range 60 {
		users = append(users, fmt.Sprintf("u%02d", i))
	}
	s.join(id, users...)
	s.until("2026-03-06 15:00")
	for i, u := range users {
		s.write(u, strconv.Itoa(1+i%5))
		if err := s.clock.RunUntil(t.Context(), s.Runner, s.clock.Now().Add(time.Second)); err != nil {
			t.Fatal(err)
		}
	}
	s.until("2026-03-06 16:00")
	lobby := s.platform.Standing(bottest.Channel("lobby"))
	if len(lobby) != 1 || lobby[0].Updates > 6 || lobby[0].Updates < 4 {
		t.Fatalf("in the channel stand %+v", lobby)
	}
	if text := lobby[0].Message.Text.String(); !strings.Contains(text, "60 people took part") || !strings.Contains(text, "3.0 of 5 (1: 12, 2: 12, 3: 12, 4: 12, 5: 12)") {
		t.Errorf("it says %q", text)
	}
}
