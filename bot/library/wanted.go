package library

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
)

func (s *Service) wantedCommand() bot.Subcommand {
	return bot.Subcommand{
		Name: "wanted", Summary: "library.command.wanted", Example: "/library wanted Decimals for grade 4",
		Options: []bot.Option{{Name: textField, Summary: "library.option.text"}},
		Access:  bot.MembersOnly, Private: true, Mode: bot.Deferred, Handle: s.wanted,
	}
}

// wanted takes the command: what is looked for is looked up first, and asked if it is
// not there. Without words it lists what is wanted.
func (s *Service) wanted(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	text := wished(req.Value(textField))
	if text == "" {
		return s.listWishes(ctx, req)
	}
	q := Search{Words: text}
	h, err := s.seek(ctx, req.Member.Community, &q)
	if err != nil {
		return bot.Reply{}, err
	}
	if len(h.all) == 0 {
		return s.ask(ctx, req, text)
	}
	lines, shown := s.foundLines(req, h, 0)
	lines = append(lines, s.say(req, "library.wanted.perhaps"))
	if err := s.store.KeepSearch(ctx, req.Member.Community, req.Member.ID, q.mark(), q); err != nil {
		return bot.Reply{}, err
	}
	return bot.Say(bot.Join("\n", lines...), append(s.pickOne(req, shown), s.control(req, "library.button.ask", askPath+q.mark()))...), nil
}

// askGroup asks for what somebody has looked for in vain.
func (s *Service) askGroup(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	q, err := s.searched(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	reply, err := s.ask(ctx, req, wished(s.wants(req.Member.Language, &q)))
	return replacing(req, reply), err
}

// ask keeps what somebody is looking for. Where others look for the same, they are one
// more.
func (s *Service) ask(ctx context.Context, req *bot.Request, text string) (bot.Reply, error) {
	m := req.Member
	asked := func(w *Wish, key bot.Key) bot.Reply {
		return bot.Say(bot.Join("\n", s.say(req, key, bot.Str("text", w.Text)), s.say(req, "library.wanted.rules", bot.Str("command", req.Typed("/library wanted")))),
			s.control(req, "library.button.unask", unaskPath+w.ID))
	}
	for range mostTries {
		all, err := s.store.Wishes(ctx, m.Community)
		if err != nil {
			return bot.Reply{}, err
		}
		now, err := s.store.Now(ctx)
		if err != nil {
			return bot.Reply{}, err
		}
		w := Wish{ID: wishID(text), Community: m.Community}
		if i := slices.IndexFunc(all, func(known Wish) bool { return known.ID == w.ID }); i >= 0 {
			w = all[i]
		}
		if w.open(now) && w.askedBy(m) {
			return asked(&w, "library.wanted.already"), nil
		}
		if openOnes(all, now) >= MostWishes {
			return bot.Reply{}, bot.Fail(bot.Conflict, s.say(req, "library.wanted.many", bot.Num("most", MostWishes)))
		}
		if !w.open(now) {
			w.Text, w.Made, w.Until, w.Answer, w.Askers = text, now, now.Add(WishFor), "", nil
		}
		w.join([]Asker{{Member: m.ID, Account: req.Account, Language: m.Language, Zone: m.Zone}})
		job, err := w.ending()
		if err != nil {
			return bot.Reply{}, err
		}
		err = s.store.AdvanceWish(ctx, &w, outbox.Effects{Input: req.Input, Jobs: []scheduler.Job{job}})
		if bot.CodeOf(err) == bot.Conflict {
			continue
		}
		if err != nil && !errors.Is(err, outbox.ErrRepeated) {
			return bot.Reply{}, err
		}
		return asked(&w, "library.wanted.asked"), nil
	}
	return bot.Reply{}, &bot.Error{Code: bot.Conflict, Err: errTooMany}
}

func openOnes(all []Wish, now time.Time) (n int) {
	for i := range all {
		if all[i].open(now) {
			n++
		}
	}
	return n
}

// listWishes lists what is wanted, the latest first.
func (s *Service) listWishes(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return s.wishesReply(ctx, req, nil)
}

func (s *Service) wishesReply(ctx context.Context, req *bot.Request, news bot.Text) (bot.Reply, error) {
	all, err := s.store.Wishes(ctx, req.Member.Community)
	if err != nil {
		return bot.Reply{}, err
	}
	now, err := s.store.Now(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	all = slices.DeleteFunc(all, func(w Wish) bool { return !w.open(now) })
	slices.Reverse(all)
	if len(all) == 0 {
		return replacing(req, bot.Say(bot.Join("\n", news, s.say(req, "library.wanted.empty", bot.Str("command", req.Typed("/library wanted")))))), nil
	}
	lines := []bot.Text{news, s.say(req, "library.wanted.list")}
	var any, own []bot.Choice
	for i := range all[:min(len(all), bot.MaxChoices)] {
		w := &all[i]
		choice := bot.Choice{Label: bot.Shorten(w.Text, mostChoice), Value: w.ID}
		lines, any = append(lines, s.wishLine(req, w)), append(any, choice)
		if w.askedBy(req.Member) || req.Member.Role.Includes(bot.RoleOrganizer) {
			own = append(own, choice)
		}
	}
	controls := []bot.Control{{Label: s.label(req, "library.button.answer"), Path: answerPath, Pick: bot.PickChoice, Choices: any}}
	if len(own) > 0 {
		controls = append(controls, bot.Control{Label: s.label(req, "library.button.unask"), Path: unaskPath + picked, Pick: bot.PickChoice, Choices: own})
	}
	return replacing(req, bot.Say(bot.Join("\n", lines...), controls...)), nil
}

// wishLine is what is wanted, on one line.
func (s *Service) wishLine(req *bot.Request, w *Wish) bot.Text {
	if n := len(w.Askers); n > 1 {
		return s.say(req, "library.wanted.line.several", bot.Str("text", w.Text), bot.Count("count", n))
	}
	return s.say(req, "library.wanted.line", bot.Str("text", w.Text))
}

// picked stands in a path for what is picked from the menu.
const picked = "picked"

// wishIn is the wish that a path or a menu is about.
func (s *Service) wishIn(ctx context.Context, req *bot.Request, id string) (Wish, error) {
	w, err := s.store.Wish(ctx, req.Member.Community, id)
	if bot.CodeOf(err) == bot.NotFound {
		err = s.wishGone(req)
	}
	return w, err
}

func (s *Service) wishGone(req *bot.Request) error {
	return bot.Fail(bot.NotFound, s.say(req, "library.wanted.gone", bot.Str("command", req.Typed("/library wanted"))))
}

// unask takes back what somebody has asked for; an organizer takes it back for all.
func (s *Service) unask(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	id := req.Params.Get("wish")
	if id == picked {
		id = req.Value(bot.Picked)
	}
	for range mostTries {
		w, err := s.wishIn(ctx, req, id)
		if err != nil {
			return bot.Reply{}, err
		}
		if !w.drop(req.Member) {
			if !req.Member.Role.Includes(bot.RoleOrganizer) {
				return bot.Reply{}, s.wishGone(req)
			}
			w.Askers = nil
		}
		if err = s.keepOrEnd(ctx, &w, outbox.Effects{Input: req.Input}); bot.CodeOf(err) == bot.Conflict {
			continue
		}
		if err != nil && !errors.Is(err, outbox.ErrRepeated) {
			return bot.Reply{}, err
		}
		return s.wishesReply(ctx, req, s.say(req, "library.wanted.taken_back", bot.Str("text", w.Text)))
	}
	return bot.Reply{}, &bot.Error{Code: bot.Conflict, Err: errTooMany}
}

// keepOrEnd stores a wish, or ends it if nobody is looking for it any more.
func (s *Service) keepOrEnd(ctx context.Context, w *Wish, e outbox.Effects) error {
	if len(w.Askers) > 0 {
		return s.store.AdvanceWish(ctx, w, e)
	}
	e.Cancel = append(e.Cancel, w.jobID())
	return s.store.RemoveWish(ctx, w, e)
}

// askAnswer opens the form for something that somebody is looking for.
func (s *Service) askAnswer(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	w, err := s.wishIn(ctx, req, req.Value(bot.Picked))
	if err != nil {
		return bot.Reply{}, err
	}
	return s.ifAllowed(ctx, req, func() bot.Reply {
		return bot.Ask(bot.Form{
			Title: s.label(req, "library.form.answer"), Path: answeredPath + w.ID, Submit: s.label(req, "library.form.submit"),
			Fields: append([]bot.Field{s.linkField(req, "")}, s.aboutFields(req, nil)...),
		})
	})
}

// answered takes the form: the link is saved, and those who looked for it are told when
// that cannot be undone any more.
func (s *Service) answered(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	w, err := s.wishIn(ctx, req, req.Params.Get("wish"))
	if err != nil {
		return bot.Reply{}, err
	}
	links, wrong := linksOf(req.Value(linkField))
	g, more := read(req.Value)
	if wrong = append(wrong, more...); len(wrong) > 0 {
		return s.faults(req, wrong), nil
	}
	g.wish = w.ID
	all, now, err := s.take(ctx, req, links, g)
	if err != nil {
		return bot.Reply{}, err
	}
	r := &all[0].r
	for range mostTries {
		w.Answer = r.ID
		var tell scheduler.Job
		if tell, err = w.telling(now); err != nil {
			return bot.Reply{}, err
		}
		if err = s.store.AdvanceWish(ctx, &w, outbox.Effects{Input: req.Input, Jobs: []scheduler.Job{tell}}); bot.CodeOf(err) != bot.Conflict {
			break
		}
		if w, err = s.wishIn(ctx, req, w.ID); err != nil {
			return bot.Reply{}, err
		}
	}
	if err != nil && !errors.Is(err, outbox.ErrRepeated) {
		return bot.Reply{}, err
	}
	return s.cardReply(ctx, req, cardOf{r: r, now: now, news: s.say(req, "library.wanted.thanks", bot.Str("text", w.Text))})
}

// reopen opens the wishes again that a member has answered with what they now undo, so
// that nobody is told of it. Doing it twice changes nothing.
func (s *Service) reopen(ctx context.Context, r *Resource, m bot.Member, now time.Time) error {
	for i := range r.Credits {
		c := &r.Credits[i]
		if c.Last.Wish == "" || !c.undoable(m, now) {
			continue
		}
		for range mostTries {
			w, err := s.store.Wish(ctx, r.Community, c.Last.Wish)
			if bot.CodeOf(err) == bot.NotFound {
				break
			}
			if err == nil && w.Answer == r.ID {
				w.Answer = ""
				err = s.store.AdvanceWish(ctx, &w, outbox.Effects{})
			}
			if bot.CodeOf(err) == bot.Conflict {
				continue
			}
			if err != nil {
				return err
			}
			break
		}
	}
	return nil
}

// toldFor is how long a direct message that tells of an answer may wait for its time.
const toldFor = 30 * 24 * time.Hour

// tellAskers are the direct messages that tell of an answer: not to who saved it. They
// may wait for days, so they do not say who that is, nor in which words: the card does,
// as long as that is so.
func (s *Service) tellAskers(w *Wish, r *Resource, version int64, now time.Time) []outbox.Item {
	var posts []outbox.Item
	for _, a := range w.Askers {
		if r.credit(bot.Member{ID: a.Member}) >= 0 {
			continue
		}
		say := func(key bot.Key, args ...bot.Arg) bot.Text { return s.words.Text(a.Language, key, args...) }
		told := say("library.wanted.told", bot.Str("text", w.Text), bot.Rich("title", linked(r)))
		posts = append(posts, outbox.Item{
			Class: outbox.Bulk, NotAfter: now.Add(toldFor), Unasked: &outbox.Unasked{Zone: a.Zone, Language: a.Language},
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

// wantAgain opens a wish again whose answer was none.
func (s *Service) wantAgain(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	for range mostTries {
		w, err := s.wishIn(ctx, req, req.Params.Get("wish"))
		if err != nil {
			return bot.Reply{}, err
		}
		if !w.askedBy(req.Member) {
			return bot.Reply{}, s.wishGone(req)
		}
		reply := bot.Say(s.say(req, "library.wanted.again", bot.Str("text", w.Text)))
		if w.Answer == "" {
			return reply, nil
		}
		w.Answer = ""
		if err = s.store.AdvanceWish(ctx, &w, outbox.Effects{Input: req.Input}); bot.CodeOf(err) == bot.Conflict {
			continue
		}
		if err != nil && !errors.Is(err, outbox.ErrRepeated) {
			return bot.Reply{}, err
		}
		return reply, nil
	}
	return bot.Reply{}, &bot.Error{Code: bot.Conflict, Err: errTooMany}
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
		return scheduler.After(5*time.Second, err)
	default:
		return err
	}
}

// tell queues the direct messages that tell of an answer. They have keys of their own, so
// that doing it twice tells nobody twice.
func (s *Service) tell(ctx context.Context, w *Wish, p wishPayload) error {
	if w.Answer != p.Answer {
		return nil
	}
	got, err := s.store.Read(ctx, w.Community, "", p.Answer)
	if err != nil {
		return err
	}
	r, ok := got.Found[p.Answer]
	if !ok || r.Hidden != (Hidden{}) {
		return nil
	}
	return s.store.AdvanceWish(ctx, w, outbox.Effects{Posts: s.tellAskers(w, &r, p.Version, got.Now)})
}
