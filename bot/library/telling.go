package library

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// soon is when something is tried again that the store could not do.
const soon = 5 * time.Second

// toldFor is how long a direct message that tells of an answer may wait for its time.
const toldFor = 30 * 24 * time.Hour

// tellAskers are the direct messages that tell of an answer: not to who saved it, nor to
// whom an earlier one was enough, nor to who does not want to be told. They
// may wait for days, so they do not say who that is, nor in which words: the card does,
// as long as that is so.
func (s *Service) tellAskers(w *Wish, r *Resource, untold []bot.MemberID, version int64, now time.Time) []outbox.Item {
	var posts []outbox.Item
	for _, a := range w.Askers {
		if a.Served || r.credit(bot.Member{ID: a.Member}) >= 0 || slices.Contains(untold, a.Member) {
			continue
		}
		say := func(key bot.Key, args ...bot.Arg) bot.Text { return s.words.Text(a.Language, key, args...) }
		told := say("library.wanted.told", bot.Str("text", w.Text), bot.Rich("title", linked(r)))
		posts = append(posts, outbox.Item{
			Class: outbox.Bulk, NotAfter: now.Add(toldFor), Unasked: &outbox.Unasked{Zone: a.Zone, Language: a.Language, Less: lessPath},
			Post: bot.Post{
				Key: bot.DeliveryKey("wish/" + w.ID + "/" + strconv.FormatInt(version, 10) + "/" + IDOf(a.Account.String())), Direct: &a.Account,
				Message: bot.Message{Text: told, Controls: []bot.Control{
					{Label: say("library.button.card").String(), Path: cardPath + r.ID},
					{Label: say("library.button.again").String(), Path: againPath + w.ID},
				}},
			},
		})
	}
	return posts
}

// wantAgain lets somebody go on looking whose answer was none. For the others it was one,
// unless they say the same.
func (s *Service) wantAgain(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	w, err := s.changeWish(ctx, req, req.Params.Get("wish"), func(w *Wish) error {
		switch {
		case !w.heldBy(req.Member):
			return s.wishGone(req)
		case !w.again(req.Member):
			return errNothing
		default:
			return nil
		}
	})
	if err != nil {
		return bot.Reply{}, err
	}
	return bot.Say(s.say(req, "library.wanted.again", bot.Str("text", w.Text))), nil
}

// TendWish is the scheduler.Handler of WishJobKind: it ends a wish whose time is over, or
// tells of its answer, if that is still one.
func (s *Service) TendWish(ctx context.Context, j scheduler.Job) error {
	var p wishPayload
	if err := json.Unmarshal(j.Payload, &p); err != nil {
		return scheduler.Poisoned(err)
	}
	w, err := s.store.Wish(ctx, bot.CommunityID(j.Group), p.Wish)
	if bot.CodeOf(err) == bot.NotFound {
		return nil
	}
	switch {
	case err != nil:
	case p.Answer == "":
		err = s.store.RemoveWish(ctx, &w, outbox.Effects{})
	default:
		err = s.tell(ctx, &w, p)
	}
	switch bot.CodeOf(err) {
	case bot.Conflict, bot.Unavailable:
		return scheduler.After(soon, err)
	default:
		return err
	}
}

// tell queues the direct messages that tell of an answer. They have keys of their own, so
// that doing it twice tells nobody twice. Where the answer is out of sight or gone, the
// wish is open again.
func (s *Service) tell(ctx context.Context, w *Wish, p wishPayload) error {
	if w.Answer != p.Answer || w.Told {
		return nil
	}
	got, err := s.store.Read(ctx, w.Community, "", p.Answer)
	if err != nil {
		return err
	}
	r, ok := got.Found[p.Answer]
	if !ok || r.Hidden != (Hidden{}) {
		w.Answer = ""
		return s.store.AdvanceWish(ctx, w, outbox.Effects{})
	}
	untold, err := s.store.Untold(ctx, w.Community)
	if err != nil {
		return err
	}
	w.Told = true
	return s.store.AdvanceWish(ctx, w, outbox.Effects{Posts: s.tellAskers(w, &r, untold, p.Version, got.Now)})
}

// tells reports whether a member is told of what they are looking for.
func (s *Service) tells(ctx context.Context, m bot.Member) (bool, error) {
	untold, err := s.store.Untold(ctx, m.Community)
	return !slices.ContainsFunc(untold, m.Is), err
}

// less says how to get less of these messages: none, or none for one of the things that
// somebody is looking for.
func (s *Service) less(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	tells, err := s.tells(ctx, req.Member)
	return s.tellReply(req, tells), err
}

// tellMe takes whether somebody wants to be told.
func (s *Service) tellMe(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	tell := req.Params.Get("tell") == "yes"
	for _, m := range req.Member.IDs() {
		if err := s.store.Tell(ctx, req.Member.Community, m, tell); err != nil {
			return bot.Reply{}, err
		}
	}
	return replacing(req, s.tellReply(req, tell)), nil
}

func (s *Service) tellReply(req *bot.Request, tells bool) bot.Reply {
	key, other := bot.Key("library.less.untold"), s.control(req, "library.button.tell", tellPath+"yes")
	if tells {
		key, other = "library.less.told", s.control(req, "library.button.untell", tellPath+"no")
	}
	return bot.Say(s.say(req, key), other, s.control(req, "library.button.wishes", listPath))
}
