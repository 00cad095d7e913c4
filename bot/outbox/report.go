package outbox

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// People knows whom to tell.
type People interface {
	// Organizers gives the accounts of those who organize a community.
	Organizers(ctx context.Context, c bot.CommunityID) ([]bot.Account, error)
	// OrganizersRoom gives the channel where they are among themselves, with its
	// language: that of the wanted space if one is chosen there, or else another.
	OrganizersRoom(ctx context.Context, c bot.CommunityID, wanted bot.SpaceID) (ch bot.Channel, language string, ok bool, err error)
	// Member gives the member with an account. name may be empty.
	Member(ctx context.Context, a bot.Account, name string) (bot.Member, error)
}

// Reporter tells the organizers what did not arrive in channels, in the channel
// where they are among themselves, or where there is none one of them by direct
// message: what has failed once a day for each place and reason, and every post
// of which nobody can tell, with controls to post it again or to leave it. It is
// no message that waits for the morning: something is wrong, or a chat is on.
//
// What went to a person by direct message is theirs: no organizer is told, they
// themselves are (see Notices).
type Reporter struct {
	store  UndeliveredStore
	people People
	words  bot.Words
	log    *slog.Logger
}

// NewReporter returns a reporter. Register its routes, and it with the scheduler's
// Runner:
//
//	runner.Handle(outbox.ReportJobKind, reporter.Report)
func NewReporter(store UndeliveredStore, people People, words bot.Words, log *slog.Logger) *Reporter {
	return &Reporter{store: store, people: people, words: words, log: log}
}

const (
	againPath = "/organize/undelivered/again"
	leavePath = "/organize/undelivered/leave"
)

// Register adds the routes of the controls.
func (r *Reporter) Register(router *bot.Router) {
	router.Handle(bot.Route{Path: againPath + "/{id}", Access: bot.OrganizersOnly, Private: true, Handle: r.again})
	router.Handle(bot.Route{Path: leavePath + "/{id}", Access: bot.OrganizersOnly, Private: true, Handle: r.leave})
}

const (
	lookedAt   = 100            // at once
	offered    = 10             // posts with controls in a message: twenty buttons
	reportOnce = 24 * time.Hour // for each place and reason
	moreReport = time.Minute    // until what was too much is reported
	quoted     = 80             // characters of a post
)

// Report is the scheduler.Handler of ReportJobKind.
func (r *Reporter) Report(ctx context.Context, j scheduler.Job) error {
	reports, lost, err := r.store.Unreported(ctx, j.Group, lookedAt)
	if err != nil || len(lost) == 0 {
		return storeFailed(err)
	}
	c := bot.CommunityID(j.Group)
	to, language, ok, err := r.reader(ctx, c, lost)
	if err != nil {
		return storeFailed(err)
	}
	if !ok {
		r.log.Error("posts were not delivered, and there is no organizer to tell", "community", c, "posts", len(lost))
		return nil // they are told with what comes next
	}
	now, err := r.store.Now(ctx)
	if err != nil {
		return storeFailed(err)
	}
	known, message := r.compose(language, now, &reports, lost)
	e := Effects{}
	if !message.Text.Empty() {
		to.Key, to.Message = bot.DeliveryKey("report/"+known[0].ID+"/"+bot.NewID(now)), message
		e.Posts = []Item{{Class: Bulk, Post: to}}
	}
	err = r.store.Reported(ctx, j.Group, reports, known, e)
	if bot.CodeOf(err) == bot.Conflict {
		return scheduler.After(0, err)
	}
	if err == nil && (len(known) < len(lost) || len(lost) == lookedAt) {
		return scheduler.After(moreReport, nil)
	}
	return storeFailed(err)
}

// reader says where to tell it, as a post without words, and in which language. A
// channel to which something was not delivered is no place to tell of it.
func (r *Reporter) reader(ctx context.Context, c bot.CommunityID, lost []Undelivered) (to bot.Post, language string, ok bool, err error) {
	ch, language, ok, err := r.people.OrganizersRoom(ctx, c, lost[0].Item.Post.Channel.Space)
	if err != nil {
		return to, "", false, err
	}
	if ok && !slices.ContainsFunc(lost, func(u Undelivered) bool { return u.Item.Post.Channel.Root() == ch }) {
		return bot.Post{Channel: ch}, language, true, nil
	}
	organizer, ok, err := r.organizer(ctx, c)
	if err != nil || !ok {
		return to, "", false, err
	}
	m, err := r.people.Member(ctx, organizer, "")
	return bot.Post{Direct: &organizer}, m.Language, true, err
}

// organizer chooses whom to tell: the first who can be reached, always by the
// same order.
func (r *Reporter) organizer(ctx context.Context, c bot.CommunityID) (bot.Account, bool, error) {
	all, err := r.people.Organizers(ctx, c)
	if err != nil || len(all) == 0 {
		return bot.Account{}, false, err
	}
	all = slices.SortedFunc(slices.Values(all), func(a, b bot.Account) int { return strings.Compare(a.String(), b.String()) })
	for _, a := range all {
		missed, err := r.store.Unreached(ctx, c, a)
		if err != nil || len(missed) == 0 {
			return a, true, err
		}
	}
	return all[0], true, nil // who will read it when they next ask for something
}

// failure is what posts have in common that are reported together.
type failure struct {
	place    bot.Channel
	reason   bot.Reason
	calendar bool // it was to stand in the calendar
}

func (f failure) String() string {
	s := f.place.String() + " " + string(f.reason)
	if f.calendar {
		s += " calendar"
	}
	return s
}

// compose makes the message, notes in reports what it says, and gives what is
// known then.
func (r *Reporter) compose(language string, now time.Time, reports *Reports, lost []Undelivered) (known []Undelivered, m bot.Message) {
	at := maps.Clone(reports.At)
	if at == nil {
		at = map[string]time.Time{}
	}
	maps.DeleteFunc(at, func(_ string, t time.Time) bool { return now.Sub(t) >= reportOnce })
	reports.At = at

	failed, order := map[failure][]Undelivered{}, []failure{}
	var unsure []Undelivered
	for _, u := range lost {
		if u.Outcome == Uncertain {
			if len(unsure) < offered {
				unsure = append(unsure, u)
			}
			continue
		}
		f := failure{u.Item.Post.Channel, u.Reason, u.Item.Calendar != nil}
		if failed[f] == nil {
			order = append(order, f)
		}
		failed[f] = append(failed[f], u)
	}
	var lines []bot.Text
	for _, f := range order {
		posts := failed[f]
		known = append(known, posts...)
		if _, told := at[f.String()]; told {
			continue
		}
		at[f.String()] = now
		lines = append(lines, r.words.Text(language, f.key(),
			bot.Count("n", len(posts)), r.place(language, f.place), bot.Str("text", beginning(posts[0]))))
	}
	for i, u := range unsure {
		line := r.words.Text(language, "outbox.report.uncertain", r.place(language, u.Item.Post.Channel), bot.Str("text", beginning(u)))
		number := ""
		if len(unsure) > 1 {
			number = r.words.Text(language, "outbox.report.number", bot.Num("number", i+1)).String() + " "
			line = bot.Join("", bot.Text{{Kind: bot.SpanBold, Text: number}}, line)
		}
		lines = append(lines, line)
		m.Controls = append(m.Controls,
			bot.Control{Label: number + r.words.Text(language, "outbox.again").String(), Path: againPath + "/" + u.ID},
			bot.Control{Label: number + r.words.Text(language, "outbox.leave").String(), Path: leavePath + "/" + u.ID})
	}
	m.Text = bot.Join("\n", lines...)
	return append(known, unsure...), m
}

// key is the message that tells of it.
func (f failure) key() bot.Key {
	if f.calendar && f.reason == bot.NotAllowed {
		return "outbox.report.calendar.not_allowed"
	}
	if f.calendar {
		return "outbox.report.calendar"
	}
	switch f.reason {
	case bot.Gone:
		return "outbox.report.gone"
	case bot.NotAllowed:
		return "outbox.report.not_allowed"
	case bot.Disconnected:
		return "outbox.report.disconnected"
	case bot.Unexplained:
		return "outbox.report.unexplained"
	default:
		return "outbox.report.bad_post"
	}
}

func (r *Reporter) place(language string, ch bot.Channel) bot.Arg {
	return bot.Place("place", ch, r.words.Text(language, "outbox.place").String())
}

// beginning quotes a post, or what was to stand in a calendar.
func beginning(u Undelivered) string {
	if u.Item.Calendar != nil {
		return bot.Shorten(u.Item.Calendar.Gathering.Title, quoted)
	}
	return bot.Shorten(strings.Join(strings.Fields(u.Item.Post.Message.Text.String()), " "), quoted)
}

// again posts once more what may not have arrived. Pressed twice, the post is the
// same.
func (r *Reporter) again(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return r.settle(ctx, req, "outbox.again.done", func(u Undelivered) []Item {
		i := u.Item
		if i.Repeats == "" {
			i.Repeats = i.Post.Key
		}
		i.Post.Key += "+"
		i.NotAfter = time.Time{} // somebody wants it now
		return []Item{i}
	})
}

func (r *Reporter) leave(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return r.settle(ctx, req, "outbox.leave.done", func(Undelivered) []Item { return nil })
}

func (r *Reporter) settle(ctx context.Context, req *bot.Request, done bot.Key, posts func(Undelivered) []Item) (bot.Reply, error) {
	say := func(key bot.Key) bot.Reply { return bot.Say(r.words.Text(req.Member.Language, key)) }
	u, err := r.store.FindUndelivered(ctx, req.Member.Community, req.Params.Get("id"))
	if bot.CodeOf(err) == bot.NotFound {
		return say("outbox.settled"), nil
	}
	if err != nil {
		return bot.Reply{}, err
	}
	if u.Outcome != Uncertain {
		return say("outbox.settled"), nil
	}
	if err := r.store.Settle(ctx, req.Member.Community, u, Effects{Posts: posts(u)}); err != nil {
		return bot.Reply{}, err
	}
	return say(done), nil
}
