package community

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// Trial is a test of a place's channels: a post in each. The zero Trial is none.
type Trial struct {
	ID string    `json:"id"`
	At time.Time `json:"at"` // by the clock of the program
}

// trialWorth is how long a test post is worth sending.
const trialWorth = 15 * time.Minute

// testRooms posts something in the channels that are chosen.
func (o *Organizing) testRooms(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	home, p, err := o.directory.place(ctx, req.Account.Space)
	if err != nil {
		return bot.Reply{}, err
	}
	trial := Trial{ID: shortHash(string(req.Input)), At: o.now().UTC().Truncate(time.Second)}
	e := outbox.Effects{Input: req.Input}
	var news []bot.Text
	for _, room := range rooms {
		ch := *p.Set.room(room)
		if ch == (bot.Channel{}) {
			continue
		}
		e.Posts = append(e.Posts, outbox.Item{
			Class: outbox.Bulk, NotAfter: trial.At.Add(trialWorth),
			Post: bot.Post{
				Key: trial.key(room), Channel: ch,
				Message: bot.Message{Text: o.words.Text(home.Language, "setup.test.post")},
			},
		})
		news = append(news, o.say(req, "setup.test.sent", o.roomArg(req, ch)))
	}
	if len(e.Posts) == 0 {
		return o.setupReply(ctx, req, &p, o.say(req, "setup.test.no_channel"))
	}
	if err := o.posts.Apply(ctx, string(home.ID), e); err != nil && !isRepeated(err) {
		return bot.Reply{}, err
	}
	tested := p.Set
	if p, err = o.directory.changePlace(ctx, req.Account.Space, func(p *Place) error {
		if p.Set.Chats == tested.Chats && p.Set.Private == tested.Private {
			p.Set.Test = trial
			p.Set.pass(testStep)
		}
		return nil
	}); err != nil {
		return bot.Reply{}, err
	}
	return o.setupReply(ctx, req, &p, bot.Join("\n", news...))
}

// shortHash is 80 bits of [a-z2-7] that stand for s.
func shortHash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:10]))
}

func (t Trial) key(room string) bot.DeliveryKey {
	return bot.DeliveryKey("setup/test/" + t.ID + "/" + room)
}

// trialState is how a test stands.
type trialState string

const (
	trialNone   trialState = "none"
	trialWaits  trialState = "waits"
	trialDone   trialState = "done"
	trialFailed trialState = "failed"
	trialOld    trialState = "old" // so long ago that nobody knows
)

// result is what became of a test.
type result struct {
	state trialState
	at    time.Time
	rooms []roomResult // those where something went wrong
}

type roomResult struct {
	room    bot.Channel
	outcome outbox.Outcome
	reason  bot.Reason
}

// trial finds out what became of the test of the channels.
func (o *Organizing) trial(ctx context.Context, c bot.CommunityID, s *Setting) (result, error) {
	r := result{state: trialNone, at: s.Test.At}
	if s.Test == (Trial{}) {
		return r, nil
	}
	r.state = trialDone
	for _, room := range rooms {
		ch := *s.room(room)
		if ch == (bot.Channel{}) {
			continue
		}
		outcome, reason, err := o.posts.Fate(ctx, c, s.Test.key(room))
		if err != nil {
			return r, err
		}
		switch {
		case outcome == outbox.Sent:
		case outcome != "":
			r.rooms = append(r.rooms, roomResult{ch, outcome, reason})
		case r.state == trialDone && o.now().Sub(r.at) > trialWorth:
			r.state = trialOld
		case r.state == trialDone:
			r.state = trialWaits
		}
	}
	if len(r.rooms) > 0 {
		r.state = trialFailed
	}
	return r, nil
}

// trialLines say how the test stands, and what to mend.
func (o *Organizing) trialLines(req *bot.Request, r result, zone string) []bot.Text {
	lines := []bot.Text{o.say(req, bot.Key("setup.line.test."+string(r.state)), bot.At("at", r.at, zone, bot.DateTime))}
	for _, room := range r.rooms {
		lines = append(lines, o.say(req, room.mend(), o.roomArg(req, room.room)))
	}
	return lines
}

// mend says what went wrong in a channel, and what to do.
func (r roomResult) mend() bot.Key {
	switch {
	case r.outcome == outbox.Failed && r.reason == bot.NotAllowed:
		return "setup.test.not_allowed"
	case r.outcome == outbox.Failed && r.reason == bot.Gone:
		return "setup.test.gone"
	case r.outcome == outbox.Failed && r.reason == bot.Disconnected:
		return "setup.test.disconnected"
	default:
		return "setup.test.failed"
	}
}

// arrived says what has become of the test posts by now.
func (o *Organizing) arrived(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	home, p, err := o.directory.place(ctx, req.Account.Space)
	if err != nil {
		return bot.Reply{}, err
	}
	r, err := o.trial(ctx, home.ID, &p.Set)
	if err != nil {
		return bot.Reply{}, err
	}
	var news bot.Text
	switch r.state {
	case trialWaits:
		news = o.say(req, "setup.test.waits")
	case trialDone:
		news = o.say(req, "setup.test.arrived")
	}
	return o.setupReply(ctx, req, &p, news)
}
