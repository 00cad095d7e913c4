package discussion_test

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/discussion"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/bot/redis"
	"github.com/staffroom-bot/staffroom/bot/redis/redistest"
	"github.com/staffroom-bot/staffroom/scheduler"
)

const school = bot.CommunityID("01home")

var eight = time.Date(2026, 3, 8, 20, 0, 0, 0, time.UTC)

// platform is a platform in memory with a calendar.
type platform struct {
	*bottest.Adapter
	mu       sync.Mutex
	calendar map[bot.DeliveryKey]bot.Gathering
	changes  int
	refusal  error // what the calendar answers
}

func (p *platform) Publish(_ context.Context, key bot.DeliveryKey, g bot.Gathering) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.changes++
	if p.refusal == nil {
		p.calendar[key] = g
	}
	return p.refusal
}

func (p *platform) Withdraw(_ context.Context, _ bot.SpaceID, key bot.DeliveryKey) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.changes++
	if p.refusal == nil {
		delete(p.calendar, key)
	}
	return p.refusal
}

// gatherings are what the calendar shows: title, channel, start and end.
func (p *platform) gatherings() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []string
	for _, g := range p.calendar {
		all = append(all, g.Title+" in "+g.Channel.ID+" "+g.Start.Format("15:04")+"-"+g.End.Format("15:04"))
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

// listed is a community that has chosen its chat channels.
type listed []discussion.Place

func (l listed) ChatChannels(context.Context, bot.CommunityID) ([]discussion.Place, error) {
	return l, nil
}

// hall is a community that is in the spaces north and south, of two platforms.
type hall struct {
	*testing.T
	clock     *scheduler.ManualClock
	store     redis.Discussions
	service   *discussion.Service
	router    *bot.Router
	runner    *scheduler.Runner
	platforms map[string]*platform
	chosen    listed
	inputs    int
}

// opened is a store by a clock.
type opened func(*testing.T, scheduler.Clock) (*redis.Store, error)

// eachHall runs a test on every engine.
func eachHall(t *testing.T, test func(*hall)) {
	t.Helper()
	for name, open := range map[string]opened{
		"inprocess": func(t *testing.T, c scheduler.Clock) (*redis.Store, error) {
			return redis.Open(t.Context(), redistest.InProcess(t), c)
		},
		"real": func(t *testing.T, c scheduler.Clock) (*redis.Store, error) {
			return redis.Open(t.Context(), redistest.Real(t), c)
		},
		"cluster": func(t *testing.T, c scheduler.Clock) (*redis.Store, error) {
			return redis.Open(t.Context(), redistest.Cluster(t), c)
		},
	} {
		t.Run(name, func(t *testing.T) { test(newHall(t, open)) })
	}
}

func newHall(t *testing.T, open opened) *hall {
	t.Helper()
	h := &hall{T: t, clock: scheduler.NewManualClock(eight.Add(-time.Hour)), platforms: map[string]*platform{}}
	store, err := open(t, h.clock)
	if err != nil {
		t.Fatal(err)
	}
	h.store = redis.Discussions{Store: store}
	var adapters []bot.Adapter
	for _, name := range []string{"north", "south"} {
		p := &platform{Adapter: bottest.NewAdapter(name, h.clock.Now), calendar: map[bot.DeliveryKey]bot.Gathering{}}
		h.platforms[name] = p
		adapters = append(adapters, p)
		h.chosen = append(h.chosen, discussion.Place{Channel: in(name, "chat"), Name: "the " + name})
	}
	h.service = h.process()
	h.routed()
	h.runner = scheduler.NewRunner(store, scheduler.Options{})
	h.runner.Handle(discussion.JobKind, func(ctx context.Context, j scheduler.Job) error { return h.service.Step(ctx, j) })
	h.runner.Handle(discussion.SummaryJobKind, h.service.Summarise)
	h.runner.Handle(outbox.UnaskedJobKind, outbox.NewCourtesy(store, bottest.Words{}).Release)
	h.runner.Handle(outbox.JobKind, outbox.NewSender(store, bot.NewSwitchboard(adapters...), outbox.Options{Budget: store}).Drain)
	h.runner.Handle(outbox.ReportJobKind, func(context.Context, scheduler.Job) error { return nil })
	return h
}

// routed lets requests reach the service.
func (h *hall) routed() {
	h.router = bot.NewRouter(func(next bot.Handler) bot.Handler {
		return func(ctx context.Context, req *bot.Request) (bot.Reply, error) {
			req.Member = bot.Member{ID: bot.MemberID(req.Account.User), Community: school, Name: req.Name, Language: "en", Zone: "UTC"}
			return next(ctx, req)
		}
	})
	h.service.Register(h.router)
}

// process is the service as one more process has it.
func (h *hall) process() *discussion.Service {
	return discussion.New(h.store, crowd{}, h.chosen, bottest.Words{}, h.clock)
}

// in is a channel of a space. All spaces belong to one community.
func in(connection, channel string) bot.Channel {
	return bot.Channel{Space: bot.SpaceID{Connection: connection, ID: string(school)}, ID: channel}
}

// script has two questions, at 5 and 10 minutes, and ends after half an hour.
func script() discussion.Script {
	return discussion.Script{
		Title: "Models", Zone: "UTC", Start: eight, Length: 30 * time.Minute,
		Questions: []discussion.Question{{Text: "One?", At: 5 * time.Minute}, {Text: "Two?", At: 10 * time.Minute}},
	}
}

// scheduled is a discussion that runs in both spaces.
func (h *hall) scheduled(change func(*discussion.Discussion)) *discussion.Discussion {
	h.Helper()
	d := &discussion.Discussion{
		Community: school, Script: script(), Channel: in("north", "chat"), ChannelName: "the north",
		Alongside: []discussion.Place{{Channel: in("south", "chat"), Name: "the south"}}, Language: "en", Base: eight,
	}
	if change != nil {
		change(d)
	}
	h.ok(h.service.Schedule(h.Context(), d, ""))
	return d
}

func (h *hall) ok(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

// until moves the clock to so long after eight, and lets happen what is due.
func (h *hall) until(d time.Duration) {
	h.Helper()
	h.ok(h.clock.RunUntil(h.Context(), h.runner, eight.Add(d)))
}

// now lets happen what is due now.
func (h *hall) now() {
	h.Helper()
	h.ok(h.runner.RunDue(h.Context()))
}

// said is a message of a person on one of the platforms.
func (h *hall) said(ch bot.Channel, user, id, replyTo, text string) *bot.Event {
	return &bot.Event{
		Kind: bot.MessagePosted, Account: bot.Account{Space: ch.Space, User: user}, Name: user,
		Message: bot.MessageRef{Channel: ch, ID: id}, ReplyTo: replyTo, Text: text, At: h.clock.Now(), Revision: 1,
	}
}

func (h *hall) say(ch bot.Channel, user, id, replyTo, text string) {
	h.Helper()
	h.ok(h.service.Hear(h.Context(), h.said(ch, user, id, replyTo, text)))
}

// ask asks for a path in a channel. values are names and values in turn.
func (h *hall) ask(ch bot.Channel, user, path string, values ...string) bot.Reply {
	h.Helper()
	h.inputs++
	return h.askAs(bot.InputID(strconv.Itoa(h.inputs)), ch, user, path, values...)
}

func (h *hall) askAs(input bot.InputID, ch bot.Channel, user, path string, values ...string) bot.Reply {
	h.Helper()
	req := &bot.Request{Path: path, Input: input, Account: bot.Account{Space: ch.Space, User: user}, Name: user, Channel: ch, Values: map[string]string{}}
	for i := 0; i+1 < len(values); i += 2 {
		req.Values[values[i]] = values[i+1]
	}
	reply, err := h.router.Ask(h.Context(), req)
	h.ok(err)
	return reply
}

// standing are the delivery keys, without the chat's, of what stands in a channel since
// a chat has begun.
func (h *hall) standing(ch bot.Channel) string {
	return strings.Join(slices.DeleteFunc(strings.Fields(h.everything(ch)), func(key string) bool { return strings.HasPrefix(key, "announce") }), " ")
}

// everything is standing with what was said before a chat.
func (h *hall) everything(ch bot.Channel) string {
	var keys []string
	for _, e := range h.platforms[ch.Space.Connection].Standing(ch) {
		keys = append(keys, strings.SplitN(string(e.Key), "/", 3)[2])
	}
	return strings.Join(keys, " ")
}

// posted is the message that a post has become in a channel.
func (h *hall) posted(ch bot.Channel, key string) string {
	h.Helper()
	for _, e := range h.platforms[ch.Space.Connection].Standing(ch) {
		if strings.HasSuffix(string(e.Key), "/"+key) {
			return e.Ref.ID
		}
	}
	h.Fatalf("%s does not stand in %s", key, ch)
	return ""
}

func (h *hall) get(id string) discussion.Discussion {
	h.Helper()
	d, err := h.store.Get(h.Context(), school, id)
	h.ok(err)
	return d
}

func (h *hall) want(what, got, want string) {
	h.Helper()
	if got != want {
		h.Errorf("%s:\n\t%s\nwant\n\t%s", what, got, want)
	}
}

// filed says of each entry what it is: ID, place, kind and questions.
func (h *hall) filed(id string) string {
	h.Helper()
	entries, err := h.store.Entries(h.Context(), school, id)
	h.ok(err)
	var all []string
	for _, e := range entries {
		questions, err := json.Marshal(e.Questions)
		h.ok(err)
		all = append(all, strings.Join([]string{e.ID, strconv.Itoa(e.Place), string(e.Kind), string(questions), e.ReplyTo}, " "))
	}
	return strings.Join(all, "\n\t")
}

// controls are the labels of a reply's controls and their paths.
func controls(r bot.Reply) map[string]string {
	all := map[string]string{}
	if r.Message != nil {
		for _, c := range r.Message.Controls {
			all[strings.TrimPrefix(c.Label, "en host.button.")] = c.Path
		}
	}
	return all
}

func labels(r bot.Reply) string {
	return strings.Join(slices.Sorted(maps.Keys(controls(r))), ", ")
}
