package library_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/library"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/bot/redis"
	"github.com/staffroom-bot/staffroom/bot/redis/redistest"
	"github.com/staffroom-bot/staffroom/scheduler"
)

func TestMain(m *testing.M) { redistest.Main(m) }

const school = bot.CommunityID("01home")

// counted counts what is asked of a store, and lets something happen before a change.
type counted struct {
	redis.Library
	reads, writes, news atomic.Int32
	before              atomic.Pointer[func()]
	trouble             atomic.Pointer[error] // of reading
}

var noEffects outbox.Effects

func (c *counted) Read(ctx context.Context, in bot.CommunityID, m bot.MemberID, ids ...string) (library.Reading, error) {
	c.reads.Add(1)
	if trouble := c.trouble.Load(); trouble != nil {
		return library.Reading{}, *trouble
	}
	return c.Library.Read(ctx, in, m, ids...)
}

func (c *counted) News(ctx context.Context, in bot.CommunityID, since library.Mark) (library.News, bool, error) {
	c.news.Add(1)
	return c.Library.News(ctx, in, since)
}

func (c *counted) Advance(ctx context.Context, r *library.Resource, e outbox.Effects) error {
	c.writes.Add(1)
	if do := c.before.Swap(nil); do != nil {
		(*do)()
	}
	return c.Library.Advance(ctx, r, e)
}

// room is a community with a library.
type room struct {
	*testing.T
	clock  *scheduler.ManualClock
	store  *counted
	router *bot.Router
	runner *scheduler.Runner
	feeds  http.Handler
	roles  map[string]bot.Role
	inputs atomic.Int32

	answers []library.Answer // in the one chat
	digest  *library.Digest  // the place's, if it has one
}

func (o *room) Names(_ context.Context, _ bot.CommunityID, ids []bot.MemberID) (map[bot.MemberID]string, error) {
	names := map[bot.MemberID]string{}
	for _, id := range ids {
		names[id] = "Name of " + string(id)
	}
	return names, nil
}

// member is who an account belongs to.
func (o *room) member(a bot.Account) bot.Member {
	m := bot.Member{ID: bot.MemberID(a.User), Community: school, Name: "Name of " + a.User, Language: "en", Zone: "America/New_York", Role: bot.RoleMember}
	if role := o.roles[a.User]; role != "" {
		m.Role = role
	}
	return m
}

func (o *room) Known(_ context.Context, _ bot.CommunityID, a bot.Account) (bot.MemberID, error) {
	return bot.MemberID(a.User), nil
}

func (o *room) Home(context.Context, bot.SpaceID) (library.Home, error) {
	return library.Home{Language: "en", Zone: "America/New_York"}, nil
}

func (o *room) Origin(context.Context, bot.CommunityID, bot.Subject) (library.Origin, error) {
	return library.Origin{Chat: "c1", Name: "SciChat", Question: 4}, nil
}

func (o *room) Called(context.Context, bot.CommunityID, string) (string, error) {
	return "SciChat", nil
}

func (o *room) Answers(_ context.Context, _ bot.CommunityID, _ string) ([]library.Answer, error) {
	return o.answers, nil
}

func (o *room) About(_ context.Context, _ *bot.Request, _ bot.MemberID, text, path string) (bot.Reply, error) {
	return bot.Say(bot.Plain("reported: " + text + " " + path)), nil
}

func newRoom(t *testing.T, change ...func(*library.FeedOptions)) *room {
	t.Helper()
	o := &room{T: t, clock: scheduler.NewManualClock(time.Date(2026, 3, 10, 14, 0, 0, 0, time.UTC)), roles: map[string]bot.Role{}}
	store, err := redis.Open(t.Context(), redistest.InProcess(t), o.clock)
	if err != nil {
		t.Fatal(err)
	}
	o.store = &counted{Library: redis.Library{Store: store}}
	feeds := library.FeedOptions{At: "https://bot.example.org", Secret: []byte("a secret of thirty-two bytes ..."), Clock: o.clock}
	for _, c := range change {
		c(&feeds)
	}
	s := library.New(library.Options{Store: o.store, People: o, Chats: o, Reports: o, Digests: o, Words: bottest.Words{}, Feeds: feeds})
	o.feeds = s.Feeds()
	t.Cleanup(s.Close)
	o.router = bot.NewRouter(func(next bot.Handler) bot.Handler {
		return func(ctx context.Context, req *bot.Request) (bot.Reply, error) {
			req.Member = o.member(req.Account)
			if !req.Route.Access.Allows(req.Member.Role) {
				return bot.Reply{}, &bot.Error{Code: bot.Forbidden}
			}
			return next(ctx, req)
		}
	})
	s.RegisterMenu(o.router)
	s.Register(o.router)
	o.router.Command(bot.Command{Name: "organize", Subcommands: []bot.Subcommand{s.Organizing()}})
	o.runner = scheduler.NewRunner(store, scheduler.Options{})
	o.runner.Handle(library.WishJobKind, s.TendWish)
	return o
}

// ask is what somebody asks for, with an input of its own.
func (o *room) ask(user, path string, values ...string) (bot.Reply, error) {
	return o.send(user, fmt.Sprint("input ", o.inputs.Add(1)), path, values...)
}

func (o *room) send(user, input, path string, values ...string) (bot.Reply, error) {
	req := bottest.Request(user, path, values...)
	req.Input = bot.InputID(input)
	return o.router.Ask(o.Context(), req)
}

// must is ask, without errors.
func (o *room) must(user, path string, values ...string) bot.Reply {
	o.Helper()
	reply, err := o.ask(user, path, values...)
	if err != nil || len(reply.FieldErrors) > 0 {
		o.Fatalf("%s asks for %s: %v %v", user, path, err, reply.FieldErrors)
	}
	return reply
}

// control is the path of a control.
func control(t *testing.T, r bot.Reply, key string) string {
	t.Helper()
	for _, c := range r.Message.Controls {
		if c.Label == "en "+key {
			return c.Path
		}
	}
	t.Fatalf("there is no %s in %+v", key, r.Message)
	return ""
}

func says(t *testing.T, r bot.Reply, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if got := r.Message.Text.String(); !strings.Contains(got, part) {
			t.Errorf("it says %q, not %q", got, part)
		}
	}
}

// refusal is what somebody is told of an error.
func refusal(err error) string {
	var told *bot.Error
	if !errors.As(err, &told) {
		return ""
	}
	return told.Message.String()
}

func (o *room) resource(key string) (library.Resource, bool) {
	o.Helper()
	got, err := o.store.Library.Read(o.Context(), school, "", library.IDOf(key))
	if err != nil {
		o.Fatal(err)
	}
	r, ok := got.Found[library.IDOf(key)]
	return r, ok
}

// wish is the ID of what somebody asks for.
func (o *room) wish(user, text string) string {
	o.Helper()
	o.must(user, "/library/wanted", "text", text)
	wishes, err := o.store.Wishes(o.Context(), school)
	if err != nil || len(wishes) == 0 {
		o.Fatal(wishes, err)
	}
	return wishes[len(wishes)-1].ID
}

// pass lets time pass, with what is due.
func (o *room) pass(d time.Duration) {
	o.Helper()
	if err := o.clock.RunUntil(o.Context(), o.runner, o.clock.Now().Add(d)); err != nil {
		o.Fatal(err)
	}
}
