package library

import (
	"context"
	"encoding/json"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

// DigestKind is the kind of series that digests are. Service.Digested serves it.
const DigestKind = "library-digest"

// DigestGrace is how late, after an outage, a digest still comes.
const DigestGrace = 24 * time.Hour

// digestWorth is how long a digest is worth sending when the platform takes nothing.
const digestWorth = 3 * 24 * time.Hour

// Digest is what a place hears of its library, again and again by a rule.
type Digest struct {
	ID        string // of the series
	Community bot.CommunityID
	Space     bot.SpaceID // the place that has it: there is one in each
	Title     string
	Rule      rule.Rule
	Zone      string // IANA zone that the rule's times are in
	By        bot.MemberID
	Paused    bool
	Next      time.Time // zero: never
	DigestState
}

// DigestState is what its series keeps of a digest. It names no member.
type DigestState struct {
	Channel bot.Channel `json:"channel"`
	Told    Told        `json:"told"`
}

// Digests is what a library needs of what happens by rule.
type Digests interface {
	// Digest gives that of a place, or not_found.
	Digest(ctx context.Context, c bot.CommunityID, space bot.SpaceID) (Digest, error)
	// AddDigest takes a new one in. Repeated, it is outbox.ErrRepeated.
	AddDigest(ctx context.Context, d *Digest, in bot.InputID) error
	// MoveDigest lets d come in another channel. What it has told stays as it is kept.
	MoveDigest(ctx context.Context, d Digest, to bot.Channel, in bot.InputID) error
	// DigestControls are what an organizer does with d: pause, move, remove.
	DigestControls(ctx context.Context, req *bot.Request, d Digest) ([]bot.Control, error)
}

// ToldJobKind is the kind of the jobs that keep what a digest has told for its place, so
// that one that is set up later does not tell it again. Register Service.KeepTold for it.
const ToldJobKind = "library-told"

// toldPayload is what the digests of a place have told.
type toldPayload struct {
	Space bot.SpaceID `json:"space"`
	Told  Told        `json:"told"`
}

// job is the one that keeps it.
func (p toldPayload) job(c bot.CommunityID, now time.Time) (scheduler.Job, error) {
	body, err := json.Marshal(p)
	return scheduler.Job{Group: string(c), ID: ToldJobKind + "/" + IDOf(p.Space.String()), Kind: ToldJobKind, Due: now, Payload: body}, err
}

// KeepTold is the scheduler.Handler of ToldJobKind.
func (s *Service) KeepTold(ctx context.Context, j scheduler.Job) error {
	var p toldPayload
	if err := json.Unmarshal(j.Payload, &p); err != nil {
		return scheduler.Poisoned(err)
	}
	err := s.store.KeepTold(ctx, bot.CommunityID(j.Group), p.Space, p.Told)
	if bot.CodeOf(err) == bot.Unavailable {
		return scheduler.After(soon, err)
	}
	return err
}

// Digested says what happens when a digest is due: its post, named by key, and what
// has been told then. said is false where there is nothing to say that is worth a post;
// nothing is told then, and what is new waits for the next time.
func (s *Service) Digested(ctx context.Context, d Digest, key string, now time.Time) (e outbox.Effects, told Told, said bool, err error) {
	one, err := s.edition(ctx, &d, now)
	if err != nil || !one.worthPosting() {
		return e, d.Told, false, err
	}
	home, err := s.people.Home(ctx, d.Channel.Space)
	if err != nil {
		return e, d.Told, false, err
	}
	reader := &bot.Request{Member: bot.Member{Language: home.Language}}
	e.Posts = []outbox.Item{{
		Class: outbox.Bulk, NotAfter: now.Add(digestWorth),
		Post: bot.Post{Key: bot.DeliveryKey(key), Channel: d.Channel, Message: *s.digest(reader, &one).Message},
	}}
	job, err := toldPayload{d.Space, one.told}.job(d.Community, now)
	e.Jobs = append(e.Jobs, job)
	return e, one.told, true, err
}

// edition is what a digest would say now.
func (s *Service) edition(ctx context.Context, d *Digest, now time.Time) (one edition, err error) {
	wishes, err := s.store.Wishes(ctx, d.Community)
	if err != nil {
		return one, err
	}
	err = s.shelves.look(ctx, d.Community, func(sh *shelf) error {
		one = d.Told.edition(sh.resources, wishes, now)
		return nil
	})
	return one, err
}

// digest is an edition in the language of the reader. What people have written of a
// resource, and their names, are left to its card: a post stays when they are
// forgotten.
func (s *Service) digest(reader *bot.Request, one *edition) bot.Reply {
	lines := []bot.Text{s.say(reader, "library.digest")}
	part := func(head bot.Key, some []bot.Text) {
		if len(some) > 0 {
			lines = append(append(lines, s.say(reader, head)), some...)
		}
	}
	fresh := s.digestLines(reader, one.fresh)
	if one.more > 0 {
		fresh = append(fresh, s.say(reader, "library.digest.more", bot.Count("count", one.more)))
	}
	part("library.digest.new", fresh)
	part("library.digest.useful", s.digestLines(reader, one.useful))
	part("library.digest.wanted", s.wishLines(reader, one.wanted))
	part("library.digest.dead", s.deadLines(reader, one.dead))
	controls := s.pickOne(reader, append(append(one.fresh[:len(one.fresh):len(one.fresh)], one.useful...), one.dead...))
	var wanted []bot.Choice
	for _, w := range one.wanted {
		wanted = append(wanted, bot.Choice{Label: bot.Shorten(w.Text, mostChoice), Value: w.ID})
	}
	if len(wanted) > 0 {
		controls = append(controls, bot.Control{Label: s.label(reader, "library.button.answer"), Path: answerPath, Pick: bot.PickChoice, Choices: wanted})
	}
	controls = append(controls, s.menuOf(reader, "library.digest.button.replace", replacePath, one.dead)...)
	return bot.Say(bot.Join("\n", lines...), controls...)
}

// mostAddress is how long an address may be in a digest, in bytes: what has a longer one
// is opened from its card, so that a post stays short.
const mostAddress = 300

func (s *Service) digestLines(reader *bot.Request, rs []*Resource) []bot.Text {
	out := make([]bot.Text, len(rs))
	for i, r := range rs {
		title := linked(r)
		if len(r.Address) > mostAddress {
			title = bot.Plain(title.String())
		}
		facts := append([]bot.Text{title}, s.facts(reader, r)...)
		out[i] = bot.Join("", bot.Plain("• "), bot.Join(" · ", append(facts, s.opinions(reader, r))...))
	}
	return out
}

func (s *Service) wishLines(reader *bot.Request, wishes []Wish) []bot.Text {
	out := make([]bot.Text, len(wishes))
	for i := range wishes {
		out[i] = s.wishLine(reader, &wishes[i])
	}
	return out
}

// deadLines offer a copy where there is one, and else ask for something in its place.
func (s *Service) deadLines(reader *bot.Request, rs []*Resource) []bot.Text {
	out := make([]bot.Text, len(rs))
	for i, r := range rs {
		title := bot.Str("title", bot.Shorten(r.Called(), mostShown))
		if a := r.Health.Archived; a == "" || len(a) > bot.MaxURL {
			out[i] = s.say(reader, "library.digest.dead.gone", title)
			continue
		}
		copied := bot.Text{{Kind: bot.SpanLink, Text: s.label(reader, "library.button.archived"), URL: r.Health.Archived}}
		out[i] = s.say(reader, "library.digest.dead.archived", title, bot.Rich("copy", copied))
	}
	return out
}
