// Package house puts Staffroom together: the store, the router with its
// features, the scheduler, the outbox and the adapters. It decides nothing that
// a member sees; it only connects.
package house

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/checkin"
	"github.com/staffroom-bot/staffroom/bot/community"
	"github.com/staffroom-bot/staffroom/bot/discussion"
	"github.com/staffroom-bot/staffroom/bot/guide"
	"github.com/staffroom-bot/staffroom/bot/library"
	"github.com/staffroom-bot/staffroom/bot/locale"
	"github.com/staffroom-bot/staffroom/bot/middleware"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/bot/redis"
	"github.com/staffroom-bot/staffroom/bot/redis/engine"
	"github.com/staffroom-bot/staffroom/bot/report"
	"github.com/staffroom-bot/staffroom/bot/schedule"
	"github.com/staffroom-bot/staffroom/cmd/staffroom/internal/fetch"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// Options are what a house is built of.
type Options struct {
	Engine   *engine.Engine                     // where the state is
	Clock    scheduler.Clock                    // what people are shown, and what counts if Manual
	Manual   bool                               // the clock counts instead of the store's
	Language string                             // of a new community
	Zone     string                             // IANA zone of a new community
	Version  string                             // of the program, for /staffroom about
	Log      *slog.Logger                       // never gets what members typed
	Meter    middleware.Meter                   // of requests; nil: they are not measured
	Posts    outbox.Meter                       // of posts; nil: they are not measured
	Runner   scheduler.Options                  // its Logger is set to Log
	Pages    library.Pages                      // the web as the library sees it; nil: the web itself, or nothing if Manual
	FeedsAt  string                             // where Library.Feeds is reached from the internet; "": nowhere
	Words    *locale.Catalogue                  // what people are told; nil: it is read for this house
	Adapters func(Tools) ([]bot.Adapter, error) // makes the platforms
}

// Tools are what adapters need of the house.
type Tools struct {
	Seal      *bot.Seal
	Words     *locale.Catalogue
	Directory *community.Directory
	Log       *slog.Logger
}

// House is Staffroom, put together.
type House struct {
	Router    *bot.Router
	Runner    *scheduler.Runner
	Store     *redis.Store
	Words     *locale.Catalogue
	Directory *community.Directory
	Chats     *discussion.Service
	Library   *library.Service

	adapters []bot.Adapter
	manual   bool
	log      *slog.Logger
}

// Build connects the parts. Nothing runs yet.
func Build(ctx context.Context, o Options) (*House, error) {
	var storeClock scheduler.Clock
	if o.Manual {
		storeClock = o.Clock
	}
	store, err := redis.Open(ctx, o.Engine.Client(), storeClock)
	if err != nil {
		return nil, err
	}
	secret, err := store.Secret(ctx)
	if err != nil {
		return nil, err
	}
	words := o.Words
	if words == nil {
		if words, err = locale.New(); err != nil {
			return nil, err
		}
	}
	words.OnMissing(func(language string, key bot.Key) {
		o.Log.Error("a message is missing from the catalogue", "language", language, "key", key)
	})
	now := o.Clock.Now
	directory := community.NewDirectory(redis.Communities{Store: store}, community.Defaults{Language: o.Language, Zone: o.Zone}, now)
	h := &House{Store: store, Words: words, Directory: directory, manual: o.Manual, log: o.Log}
	h.Chats = discussion.New(redis.Discussions{Store: store}, people{participants{directory, redis.Communities{Store: store}}}, rooms{directory}, words, o.Clock)

	h.Router = bot.NewRouter(
		middleware.Explain(words, o.Log),
		middleware.Log(o.Log, now),
		middleware.Measure(o.Meter, now),
		middleware.Recover(),
		middleware.Authorize(directory, words),
		outbox.Notices(store, words, now),
	)
	h.adapters, err = o.Adapters(Tools{Seal: bot.NewSeal(secret), Words: words, Directory: directory, Log: o.Log})
	if err != nil {
		return nil, err
	}
	switchboard := bot.NewSwitchboard(h.adapters...)
	reports := report.New(report.Options{Store: redis.Reports{Store: store}, People: directory, Archives: archives{h.Chats}, Words: words})
	welcome := guide.New(h.Router, words, h.Chats, o.Version).Command()
	welcome.Subcommands = append(welcome.Subcommands, reports.Subcommand())
	h.Router.Command(welcome)
	settings := community.NewSettings(directory, words, now)
	reporter := outbox.NewReporter(store, directory, words, o.Log)
	reporter.Register(h.Router)
	recurring := schedule.New(schedule.Options{
		Store: redis.Schedules{Store: store}, People: organized{directory}, Words: words, Fetcher: web{fetch.New(agent(o.Version))}, Log: o.Log,
	})
	asking, err := checkIns(store, directory, recurring, h.Chats, switchboard, words, secret)
	if err != nil {
		return nil, err
	}
	directory.WhenMoved(asking.Moved)
	h.Chats.AskAims(asking)
	h.Library = shelves(store, directory, recurring, h.Chats, reports, words, library.FeedOptions{At: o.FeedsAt, Secret: secret, Clock: o.Clock})
	h.Chats.OfferLinks(h.Library)
	h.Library.RegisterMenu(h.Router) // before the others' entries
	h.Chats.Register(h.Router)
	h.Library.Register(h.Router)
	asking.Register(h.Router)
	pairs := pairing(store, directory, recurring, words)
	directory.WhenMoved(pairs.Moved)
	pairs.Register(h.Router)
	reports.Register(h.Router)
	kept := redis.Communities{Store: store}
	belongings := community.NewBelongings(directory, kept, kept, words, asking, h.Chats, reports, recurring, h.Library, pairs)
	privacy := community.NewPrivacy(belongings, kept, h.Chats, words, now)
	h.Chats.AskConsent(privacy)
	h.Router.Command(bot.Command{
		Name: "my", Summary: "my.command", Subcommands: slices.Concat(settings.Subcommands(), asking.Subcommands(), []bot.Subcommand{privacy.Subcommand()}, belongings.Subcommands()),
	})
	privacy.Register(h.Router)
	relaying := community.NewRelaying(privacy, h.Chats)
	relaying.Register(h.Router)
	h.Chats.CarryOver(redis.Discussions{Store: store}, voices{relaying, switchboard})
	settings.Register(h.Router)
	belongings.Register(h.Router)
	accounts := community.NewAccounts(directory, kept, kept, words, redis.CheckIns{Store: store}, redis.Library{Store: store}, redis.Partners{Store: store})
	accounts.Register(h.Router)
	organizing := community.NewOrganizing(directory, store, words, now)
	links := community.NewLinks(directory, kept, store, words,
		redis.Members{Store: store},
		redis.CheckInTransfers{Store: store},
		redis.PartnerTransfers{Store: store},
		schedule.NewTransfers(recurring, redis.Schedules{Store: store}),
		discussion.NewTransfers(redis.Discussions{Store: store}),
		library.NewTransfers(redis.Library{Store: store}),
	)
	h.Router.Command(bot.Command{
		Name: "organize", Summary: "organize.command", Subcommands: slices.Concat(organizing.Subcommands(), []bot.Subcommand{links.Subcommand(), pairs.Organizing(), asking.Organizing(), h.Library.Organizing()}, recurring.Subcommands()),
	})
	organizing.Register(h.Router)
	links.Register(h.Router)
	recurring.Register(h.Router)

	o.Runner.Logger = o.Log
	h.Runner = scheduler.NewRunner(store, o.Runner)
	h.Runner.Handle(discussion.JobKind, h.Chats.Step)
	h.Runner.Handle(discussion.RelayJobKind, h.Chats.Relay)
	h.Runner.Handle(discussion.SummaryJobKind, h.Chats.Summarise)
	partnerJobs(h.Runner, pairs)
	h.Runner.Handle(checkin.JobKind, asking.Step)
	h.Runner.Handle(checkin.SummaryJobKind, asking.Summarise)
	h.Runner.Handle(checkin.GoalJobKind, asking.AskGoal)
	h.Runner.Handle(checkin.ListJobKind, asking.List)
	h.Runner.Handle(checkin.MovedJobKind, asking.LookAnew)
	h.Runner.Handle(library.WishJobKind, h.Library.TendWish)
	h.Runner.Handle(library.ToldJobKind, h.Library.KeepTold)
	h.lookAfterLinks(o)
	h.Runner.Handle(schedule.JobKind, recurring.Step)
	h.Runner.Handle(schedule.CalendarJobKind, recurring.Refresh)
	sender := outbox.NewSender(store, switchboard, outbox.Options{Budget: store, Meter: o.Posts, Log: o.Log})
	h.Runner.Handle(community.MoveJobKind, links.Move)
	h.Runner.Handle(community.FollowJobKind, accounts.Follow)
	h.Runner.Handle(outbox.JobKind, sender.Drain)
	h.Runner.Handle(outbox.UnaskedJobKind, outbox.NewCourtesy(store, words).Release)
	h.Runner.Handle(outbox.ReportJobKind, reporter.Report)
	return h, nil
}

// handlersEnd is how long handlers may go on after intake has stopped.
const handlersEnd = 5 * time.Second

// Run runs every adapter and the scheduler until ctx ends or an adapter gives
// up; the error says what to mend. With a manual clock the scheduler is left to
// whoever moves the clock. It stops in this order: intake, handlers,
// the jobs (which gives their leases back), sends in flight.
func (h *House) Run(ctx context.Context) error {
	intake, stopIntake := context.WithCancel(ctx)
	defer stopIntake()
	failures := make(chan error, len(h.adapters))
	var receiving sync.WaitGroup
	for _, a := range h.adapters {
		receiving.Go(func() {
			if err := a.Run(intake, h.Router); err != nil {
				failures <- fmt.Errorf("connection %s: %w", a.Name(), cause(err))
				stopIntake()
			}
		})
	}
	jobs, stopJobs := context.WithCancel(context.WithoutCancel(ctx))
	defer stopJobs()
	var working sync.WaitGroup
	if !h.manual {
		working.Go(func() { h.Runner.Run(jobs) })
	}

	<-intake.Done()
	if !waitFor(&receiving, handlersEnd) {
		h.log.Warn("handlers were still running when intake had stopped")
	}
	stopJobs()
	working.Wait()
	h.Library.Close()
	return drain(failures)
}

// cause is what to mend, without what the error means to the program.
func cause(err error) error {
	if e, ok := errors.AsType[*bot.Error](err); ok && e.Err != nil {
		return e.Err
	}
	return err
}

// drain joins the errors that are there.
func drain(failures <-chan error) (joined error) {
	for {
		select {
		case err := <-failures:
			joined = errors.Join(joined, err)
		default:
			return joined
		}
	}
}

func waitFor(wg *sync.WaitGroup, most time.Duration) bool {
	done := make(chan struct{})
	go func() {
		wg.Wait()
		close(done)
	}()
	t := time.NewTimer(most)
	defer t.Stop()
	select {
	case <-done:
		return true
	case <-t.C:
		return false
	}
}

// rooms are the channels for chats as a discussion sees them.
type rooms struct{ *community.Directory }

// ChatChannels implements discussion.Places.
func (r rooms) ChatChannels(ctx context.Context, c bot.CommunityID) ([]discussion.Place, error) {
	chosen, err := r.ChatRooms(ctx, c)
	places := make([]discussion.Place, len(chosen))
	for i, p := range chosen {
		places[i] = discussion.Place{Channel: p.Set.Chats, Name: p.Called()}
	}
	return places, err
}

// people is the directory as a discussion sees it.
type people struct{ participants }

// Home implements discussion.Members.
func (p people) Home(ctx context.Context, space bot.SpaceID) (discussion.Home, error) {
	c, err := p.Community(ctx, space)
	return discussion.Home{Community: c.ID, Language: c.Language, Zone: c.Zone}, err
}
