package library

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
)

func (s *Service) wantedCommand() bot.Subcommand {
	return bot.Subcommand{
		Name: "wanted", Summary: "library.command.wanted", Example: "library.example.wanted",
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
	for range mostTries {
		all, w, err := s.wishFor(ctx, m.Community, text)
		if err != nil {
			return bot.Reply{}, err
		}
		now, err := s.store.Now(ctx)
		if err != nil {
			return bot.Reply{}, err
		}
		if w.open(now) && w.askedBy(m) {
			return s.asked(ctx, req, &w, "library.wanted.already")
		}
		open, own := openOnes(all, m, now)
		switch {
		case own >= MostWishesOf:
			return bot.Reply{}, bot.Fail(bot.Conflict, s.say(req, "library.wanted.many.yours",
				bot.Num("most", MostWishesOf), bot.Str("command", req.Typed("/library wanted"))))
		case open >= MostWishes && !w.open(now):
			return bot.Reply{}, bot.Fail(bot.Conflict, s.say(req, "library.wanted.many", bot.Num("most", MostWishes)))
		}
		if !w.open(now) {
			w.Text, w.Made, w.Until, w.Answer, w.Told, w.Askers = text, now, now.Add(WishFor), "", false, nil
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
		return s.asked(ctx, req, &w, "library.wanted.asked")
	}
	return bot.Reply{}, &bot.Error{Code: bot.Conflict, Err: errTooMany}
}

// asked says that something is wanted, and whether the asker is told of an answer.
func (s *Service) asked(ctx context.Context, req *bot.Request, w *Wish, key bot.Key) (bot.Reply, error) {
	tells, err := s.tells(ctx, req.Member)
	if err != nil {
		return bot.Reply{}, err
	}
	promise, controls := bot.Key("library.wanted.promise"), []bot.Control{s.control(req, "library.button.unask", unaskPath+w.ID)}
	if !tells {
		promise, controls = "library.wanted.untold", append(controls, s.control(req, "library.button.tell", tellPath+"yes"))
	}
	said := bot.Join(" ", s.say(req, key, bot.Str("text", w.Text)), s.say(req, promise))
	return bot.Say(bot.Join("\n", said, s.say(req, "library.wanted.rules", bot.Str("command", req.Typed("/library wanted")))), controls...), nil
}

// wishFor gives all wishes of a community, and among them the one for these words, or for
// other forms of them; a new one if there is none.
func (s *Service) wishFor(ctx context.Context, c bot.CommunityID, text string) (all []Wish, w Wish, err error) {
	w = Wish{ID: wishID(text), Community: c}
	if all, err = s.store.Wishes(ctx, c); err != nil || len(all) == 0 {
		return all, w, err
	}
	err = s.shelves.look(ctx, c, func(sh *shelf) error {
		same := func(known Wish) bool { return known.ID == w.ID || sh.index.Same(known.Text, text) }
		if i := slices.IndexFunc(all, same); i >= 0 {
			w = all[i]
		}
		return nil
	})
	return all, w, err
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
	if n := w.looking(); n > 1 {
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
	w, err := s.changeWish(ctx, req, id, func(w *Wish) error {
		if w.drop(req.Member) {
			return nil
		}
		if !req.Member.Role.Includes(bot.RoleOrganizer) {
			return s.wishGone(req)
		}
		w.Askers = nil
		return nil
	})
	if err != nil {
		return bot.Reply{}, err
	}
	return s.wishesReply(ctx, req, s.say(req, "library.wanted.taken_back", bot.Str("text", w.Text)))
}

// changeWish changes a wish on a fresh record, and ends it if nobody is looking for it any
// more.
func (s *Service) changeWish(ctx context.Context, req *bot.Request, id string, change func(*Wish) error) (Wish, error) {
	for range mostTries {
		w, err := s.wishIn(ctx, req, id)
		if err == nil {
			err = change(&w)
		}
		if err == nil {
			err = s.keepOrEnd(ctx, &w, outbox.Effects{Input: req.Input})
		}
		switch {
		case bot.CodeOf(err) == bot.Conflict:
			continue
		case errors.Is(err, outbox.ErrRepeated), errors.Is(err, errNothing):
			return w, nil
		default:
			return w, err
		}
	}
	return Wish{}, &bot.Error{Code: bot.Conflict, Err: errTooMany}
}

// keepOrEnd stores a wish, or ends it if nobody is looking for it any more.
func (s *Service) keepOrEnd(ctx context.Context, w *Wish, e outbox.Effects) error {
	if w.looking() > 0 {
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
	all, now, wrong, err := s.take(ctx, req, links, g)
	if err != nil || len(wrong) > 0 {
		return s.faults(req, wrong), err
	}
	r := &all[0].r
	for range mostTries {
		w.Answer, w.Told = r.ID, false
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
		if err := s.reopenWish(ctx, r.Community, c.Last.Wish, r.ID); err != nil {
			return err
		}
	}
	return nil
}

// reopenFor opens the wishes again whose answer is taken out of sight before anybody is
// told of it.
func (s *Service) reopenFor(ctx context.Context, c bot.CommunityID, answer string) error {
	all, err := s.store.Wishes(ctx, c)
	if err != nil {
		return err
	}
	for i := range all {
		if all[i].Answer != answer {
			continue
		}
		if err := s.reopenWish(ctx, c, all[i].ID, answer); err != nil {
			return err
		}
	}
	return nil
}

// reopenWish opens a wish again if that is its answer and nobody has been told of it.
func (s *Service) reopenWish(ctx context.Context, c bot.CommunityID, id, answer string) error {
	for range mostTries {
		w, err := s.store.Wish(ctx, c, id)
		if bot.CodeOf(err) == bot.NotFound {
			return nil
		}
		if err == nil && w.Answer == answer && !w.Told {
			w.Answer = ""
			err = s.store.AdvanceWish(ctx, &w, outbox.Effects{})
		}
		if bot.CodeOf(err) != bot.Conflict {
			return err
		}
	}
	return &bot.Error{Code: bot.Conflict, Err: errTooMany}
}
