package redis

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/community"
	"github.com/staffroom-bot/staffroom/bot/discussion"
	"github.com/staffroom-bot/staffroom/bot/library"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/bot/schedule"
	"github.com/staffroom-bot/staffroom/scheduler"
	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

const (
	ofLincoln = bot.CommunityID("01lincoln")
	ofMadison = bot.CommunityID("01madison")
)

// catalogue is bottest's, with a language.
type catalogue struct{ bottest.Words }

func (catalogue) Languages() []bot.Choice { return []bot.Choice{{Label: "English", Value: "en"}} }

// town is two places, each a community with something of every kind.
type town struct {
	*bench
	links  *community.Links
	router *bot.Router
	runner *scheduler.Runner
	start  time.Time
	inputs int
}

// townsfolk is the directory as the schedule sees it.
type townsfolk struct{ *community.Directory }

func (t townsfolk) Home(ctx context.Context, space bot.SpaceID) (schedule.Home, error) {
	c, err := t.Community(ctx, space)
	return schedule.Home{Community: c.ID, Zone: c.Zone}, err
}

// newTown seeds both places, lincoln with more.
func newTown(b *bench) *town {
	b.Helper()
	b.place(lincoln, ofLincoln)
	b.place(madison, ofMadison)
	t := &town{bench: b, start: b.clock.Now()}
	t.open()
	t.seed(lincoln, ofLincoln, "ana", "joe", "lee")
	t.seed(madison, ofMadison, "mia")
	return t
}

// open is a new process.
func (t *town) open() {
	t.store = t.bench.open()
	log := slog.New(slog.DiscardHandler)
	directory := community.NewDirectory(Communities{t.store}, community.Defaults{Language: "en", Zone: "UTC"}, t.clock.Now)
	service := schedule.New(schedule.Options{Store: Schedules{t.store}, People: townsfolk{directory}, Words: catalogue{}, Log: log})
	t.links = community.NewLinks(directory, Communities{t.store}, t.store, catalogue{},
		Members{t.store}, CheckInTransfers{t.store}, PartnerTransfers{t.store}, schedule.NewTransfers(service, Schedules{t.store}), discussion.NewTransfers(Discussions{t.store}),
		library.NewTransfers(Library{t.store}))
	t.router = bot.NewRouter(func(next bot.Handler) bot.Handler {
		return func(ctx context.Context, req *bot.Request) (bot.Reply, error) {
			var err error
			if req.Member, err = directory.Member(ctx, req.Account, req.Name); err != nil {
				return bot.Reply{}, err
			}
			return next(ctx, req)
		}
	})
	t.router.Command(bot.Command{Name: "organize", Subcommands: []bot.Subcommand{t.links.Subcommand()}})
	t.links.Register(t.router)
	t.runner = scheduler.NewRunner(t.store, scheduler.Options{Logger: log})
	t.runner.Handle(community.MoveJobKind, t.links.Move)
	t.runner.Handle(schedule.CalendarJobKind, service.Refresh)
	t.runner.Handle(library.LinksJobKind, func(context.Context, scheduler.Job) error { return nil })
}

// seed gives a place something of every kind.
func (t *town) seed(space bot.SpaceID, c bot.CommunityID, users ...string) {
	t.Helper()
	ctx := t.Context()
	name := string(c)
	for _, user := range users {
		m := bot.Member{ID: bot.MemberID(name + user), Community: c, Name: user, Role: bot.RoleMember}
		r, err := t.people().Member(ctx, c, bot.Account{Space: space, User: user}, m)
		t.ok(err)
		if user == users[0] {
			r.Role, r.Away = bot.RoleOrganizer, bot.Away{From: "2026-03-01", Until: "2026-03-02"}
			t.ok(t.people().SaveMember(ctx, r))
			t.ok(t.people().NoteOrganizer(ctx, c, bot.Account{Space: space, User: user}, true))
		}
	}
	// The first was somebody else too.
	other := bot.Account{Space: space, User: users[0] + "2"}
	_, err := t.people().Member(ctx, c, other, bot.Member{ID: bot.MemberID(name + "2"), Name: "2", Role: bot.RoleMember})
	t.ok(err)
	first, err := t.people().Member(ctx, c, bot.Account{Space: space, User: users[0]}, bot.Member{})
	t.ok(err)
	first.Former = name + "2"
	t.ok(t.people().Merge(ctx, first, community.Self{ID: bot.MemberID(name + "2"), Into: first.ID, Accounts: []bot.Account{other}, At: t.start}))
	place := community.Place{Space: space, Set: community.Setting{Name: "Place " + name, Chats: bot.Channel{Space: space, ID: "chats"}}}
	t.ok(t.people().SavePlace(ctx, c, &place))
	for i, state := range []discussion.State{discussion.Scheduled, discussion.Closing, discussion.Archived, discussion.Cancelled} {
		t.chat(space, c, fmt.Sprint(name, "chat", i), i+1, state)
	}
	used := schedule.Calendar{Community: c, ID: name + "cal", Name: "Cal " + name, Space: space, Days: holidays(t, "2026-04-03 Friday")}
	t.ok(t.schedules().KeepCalendar(ctx, &used, outbox.Effects{}))
	everybody := everybodysCalendar(c)
	everybody.Days = holidays(t, "2026-05-25 Memorial Day of "+name)
	everybody.Feed = &schedule.Feed{Address: "https://example.org/" + name, Zone: "UTC", Due: t.start.Add(24 * time.Hour)}
	t.ok(t.schedules().KeepCalendar(ctx, &everybody, outbox.Effects{Jobs: []scheduler.Job{
		{Group: string(c), ID: schedule.CalendarJobKind, Kind: schedule.CalendarJobKind, Due: everybody.Feed.Due, Payload: []byte(`{"calendar":"everybody"}`)},
	}}))
	r := daily(name+"series", 1)
	r.Community, r.Space, r.Paused, r.Calendars = c, space, false, []string{used.ID}
	r.Courses = map[string]schedule.Course{"America/New_York": {Settled: t.start, Next: t.start.Add(7 * time.Hour)}}
	_, err = t.schedules().NextNumber(ctx, c)
	t.ok(err)
	t.seedCheckIns(c, space, bot.MemberID(name+users[0]))
	t.seedLibrary(c, bot.Account{Space: space, User: users[0]}, bot.MemberID(name+users[0]))
	t.seedPartners(c, space, bot.MemberID(name+users[0]))
	t.ok(t.schedules().Advance(ctx, &r, []schedule.Entry{ended(1), ended(2), ended(3)}, outbox.Effects{Jobs: []scheduler.Job{
		{Group: string(c), ID: "series/" + r.ID, Kind: schedule.JobKind, Due: t.start.Add(7 * time.Hour), Payload: []byte(`{"series":"` + r.ID + `"}`)},
	}}))
}

func holidays(t *town, line string) schedule.Holidays {
	t.Helper()
	list, err := rule.ParseHolidays(line)
	t.ok(err)
	return list.All()
}

// chat seeds a discussion, with what was said in it.
func (t *town) chat(space bot.SpaceID, c bot.CommunityID, id string, number int, state discussion.State, alongside ...bot.SpaceID) {
	t.Helper()
	d := chat(id, state)
	d.Community, d.Number, d.Channel.Space = c, number, space
	d.Channel.ID = "C" + id
	for _, other := range alongside {
		d.Alongside = append(d.Alongside, discussion.Place{Channel: bot.Channel{Space: other, ID: "C" + id}})
	}
	d.Base = t.start.Add(-2 * time.Hour)
	var e outbox.Effects
	at := time.Time{}
	switch state {
	case discussion.Scheduled:
		d.Base = t.start.Add(5 * time.Hour)
		at = d.Base
	case discussion.Closing:
		d.Closed = t.start.Add(-time.Hour)
		at = d.Closed.Add(discussion.LateAnswers)
	}
	if !at.IsZero() {
		e.Jobs = []scheduler.Job{{Group: string(c), ID: discussion.Record(id), Kind: discussion.JobKind, Due: at, Payload: []byte(`{"chat":"` + id + `"}`)}}
	}
	_, err := t.chats().NextNumber(t.Context(), c)
	t.ok(err)
	t.ok(t.chats().Advance(t.Context(), &d, e))
	if state == discussion.Scheduled {
		t.ok(t.chats().Attend(t.Context(), &d, discussion.Attendance{Member: bot.MemberID(c) + "2", Account: bot.Account{Space: space, User: "U2"}}, true))
	}
	if state == discussion.Scheduled || state == discussion.Cancelled {
		return
	}
	for _, m := range []string{"m1", "m2", "m3"} {
		t.ok(t.chats().Add(t.Context(), discussion.Filing{Discussion: &d, Entry: entry(m, "A1 of "+id)}, outbox.Effects{}))
	}
	t.ok(t.client.HSet(t.Context(), key(c, marks(id)), withheldMark+"m2", "1").Err())
	for place := range d.Places() {
		t.ok(t.client.HSet(t.Context(), key(c, "refs:"+discussion.RecordIn(id, place)), "p1", "k1", "p2", "k2").Err())
	}
}

// asks is what somebody of a place asks for, and what they read.
func (t *town) asks(space bot.SpaceID, user, path string, values ...string) bot.Message {
	t.Helper()
	m, err := t.tries(space, user, path, values...)
	t.ok(err)
	return m
}

func (t *town) tries(space bot.SpaceID, user, path string, values ...string) (bot.Message, error) {
	req := bottest.Request(user, path, values...)
	req.Account.Space, req.Channel.Space = space, space
	t.inputs++
	req.Input = bot.InputID(fmt.Sprint(t.inputs))
	reply, err := t.router.Ask(t.Context(), req)
	if err != nil {
		return bot.Message{}, err
	}
	for field, fault := range reply.FieldErrors {
		return bot.Message{Text: bot.Plain(field + ": " + fault.String())}, nil
	}
	if reply.Message == nil {
		return bot.Message{}, fmt.Errorf("%s got no message", path)
	}
	return *reply.Message, nil
}

var codePattern = regexp.MustCompile(`code=([a-z2-7]{5}-[a-z2-7]{5})`)

// begin lets lincoln join madison, up to the confirmation.
func (t *town) begin() {
	t.Helper()
	code := codePattern.FindStringSubmatch(t.asks(madison, "mia", "/organize/link/code").Text.String())
	if code == nil {
		t.Fatal("no code")
	}
	preview := t.asks(lincoln, "ana", "/organize/link/entered", "code", strings.ToUpper(code[1]))
	if got := preview.Text.String(); !strings.Contains(got, "link.holds.members n=3") || !strings.Contains(got, "link.holds.chats n=4") || !strings.Contains(got, "link.holds.series n=3") || !strings.Contains(got, "partner.holds n=1") {
		t.Errorf("the preview is %s", got)
	}
	t.asks(lincoln, "ana", preview.Controls[0].Path)
}

// work lets time pass, and does what is due.
func (t *town) work(d time.Duration) error {
	return t.clock.RunUntil(t.Context(), t.runner, t.clock.Now().Add(d))
}

func (t *town) link() {
	t.Helper()
	t.begin()
	t.ok(t.work(5 * time.Minute))
	t.wantIn(ofMadison)
}

// part lets lincoln leave again.
func (t *town) part() {
	t.Helper()
	t.asks(madison, "mia", "/organize/link/parted/"+lincoln.Token())
	t.ok(t.work(5 * time.Minute))
	t.wantIn(ofLincoln)
}

func (t *town) wantIn(c bot.CommunityID) {
	t.Helper()
	w, err := t.people().Whereabouts(t.Context(), lincoln)
	t.ok(err)
	if w != (community.Whereabouts{Community: c}) {
		t.Fatalf("lincoln is at %+v, want %s", w, c)
	}
}

// contents gives what is in a community: key and field → value. What may differ is
// left out: versions, short numbers and counters, times of the outbox, claims.
func (t *town) contents(c bot.CommunityID) map[string]string {
	t.Helper()
	ctx, all := t.Context(), map[string]string{}
	for _, name := range t.keysOf(c) {
		k := key(c, name)
		switch {
		case strings.HasSuffix(name, ":v"), strings.HasPrefix(name, "in:"), name == "numbers", name == "membernumbers", name == "library:log", name == "series:number":
		case slices.Contains([]string{"posts", "queue", "codetries:places", "left", "places"}, name):
		default:
			switch kind := t.client.Type(ctx, k).Val(); kind {
			case "string":
				all[name] = t.client.Get(ctx, k).Val()
			case "hash":
				for f, v := range t.client.HGetAll(ctx, k).Val() {
					all[name+" "+f] = numberless.ReplaceAllString(v, "")
				}
			case "list":
				all[name] = strings.Join(t.client.LRange(ctx, k, 0, -1).Val(), "\n")
			case "set":
				members := t.client.SMembers(ctx, k).Val()
				slices.Sort(members)
				all[name] = strings.Join(members, "\n")
			case "zset":
				for _, z := range t.client.ZRangeWithScores(ctx, k, 0, -1).Val() {
					all[name+" "+fmt.Sprint(z.Member)] = fmt.Sprint(int64(z.Score))
				}
			default:
				t.Fatalf("%s is a %s", k, kind)
			}
		}
	}
	for name := range all { // the posts that tell of it are queued
		if strings.Contains(name, "outbox/") {
			delete(all, name)
		}
	}
	return all
}

var numberless = regexp.MustCompile(`"number":\d+,?`)

// wantSame compares what is in a community with what was.
func (t *town) wantSame(c bot.CommunityID, got, want map[string]string) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if g, ok := got[name]; !ok {
			t.Errorf("%s: %s is gone", c, name)
		} else if g != want[name] {
			t.Errorf("%s: %s is\n%s\nwas\n%s", c, name, g, want[name])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if _, ok := want[name]; !ok {
			t.Errorf("%s: %s is new: %s", c, name, got[name])
		}
	}
}
