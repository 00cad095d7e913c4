package library

import (
	"context"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/grade"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// askChange opens the form in which those who saved a resource, and organizers, change it.
// A note is for those who saved it.
func (s *Service) askChange(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	id := req.Params.Get("id")
	got, err := s.store.Read(ctx, req.Member.Community, req.Member.ID, id)
	if err != nil {
		return bot.Reply{}, err
	}
	r, ok := got.Found[id]
	if !ok {
		return bot.Reply{}, s.gone(req)
	}
	if !r.changeable(req.Member) {
		return bot.Reply{}, s.notYours(req)
	}
	stands := r.stands()
	if i := r.credit(req.Member); i >= 0 {
		stands[noteField] = r.Credits[i].Note
	}
	fields := s.aboutFields(req, stands)
	if r.credit(req.Member) < 0 {
		fields = slices.DeleteFunc(fields, func(f bot.Field) bool { return f.Name == noteField })
	}
	title := bot.Field{
		Name: titleField, Label: s.label(req, "library.form.title"), Hint: s.label(req, "library.form.title.hint"),
		Value: stands[titleField], Optional: true, Max: MostTitle,
	}
	return bot.Ask(bot.Form{
		Title: s.label(req, "library.form.change"), Path: changedPath + r.ID + "/" + marked(r.shared()), Submit: s.label(req, "library.form.submit"),
		Fields: append([]bot.Field{title}, fields...),
	}), nil
}

// changeable reports whether a member may change it: they have saved it, or organize.
func (r *Resource) changeable(m bot.Member) bool {
	return r.credit(m) >= 0 || m.Role.Includes(bot.RoleOrganizer)
}

func (s *Service) notYours(req *bot.Request) error {
	return bot.Fail(bot.Forbidden, s.say(req, "library.not_yours"))
}

// changed takes the form.
func (s *Service) changed(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	g, wrong := read(req.Value)
	if len(wrong) > 0 {
		return s.faults(req, wrong), nil
	}
	var was []string
	a, err := s.alter(ctx, req, req.Params.Get("id"), func(r *Resource, _ Reading) error {
		if !r.changeable(req.Member) {
			return s.notYours(req)
		}
		was = r.change(req.Member, g, req.Params.Get("opened"))
		return nil
	})
	switch {
	case err != nil:
		return bot.Reply{}, s.notLost(req, err, g.title, g.note, strings.Join(g.tags, ", "))
	case len(was) > 0:
		return s.news(ctx, req, a, "library.changed.both", bot.Str("was", strings.Join(was, " · ")))
	default:
		return s.news(ctx, req, a, "library.changed")
	}
}

// undo takes away what a member added last.
func (s *Service) undo(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	id := req.Params.Get("id")
	for range mostTries {
		got, err := s.store.Read(ctx, req.Member.Community, req.Member.ID, id)
		if err != nil {
			return bot.Reply{}, err
		}
		r, ok := got.Found[id]
		if !ok { // it is undone
			return replacing(req, bot.Say(s.say(req, "library.undone.gone"))), nil
		}
		switch {
		case r.undoable(req.Member, got.Now):
		case r.overtaken(req.Member):
			return bot.Reply{}, bot.Fail(bot.Conflict, s.say(req, "library.undo.changed"))
		case !r.undone(req.Member):
			return bot.Reply{}, bot.Fail(bot.Conflict, s.say(req, "library.undo.late"))
		case r.seenBy(req.Member): // it is undone
			return s.news(ctx, req, altered{r, got.Kept[id], got.Rules, got.Now}, r.undoneBefore(req.Member))
		default:
			return bot.Reply{}, s.gone(req)
		}
		if err := s.reopen(ctx, &r, req.Member, got.Now); err != nil {
			return bot.Reply{}, err
		}
		gone := r.undo(req.Member, got.Now)
		if gone { // but for those who have it in their own list
			if gone, err = s.keptByNobody(ctx, &r, req.Member); err != nil {
				return bot.Reply{}, err
			}
		}
		e := outbox.Effects{Input: req.Input}
		if gone {
			err = s.store.Remove(ctx, &r, e)
		} else {
			err = s.store.Advance(ctx, &r, e)
		}
		switch {
		case bot.CodeOf(err) == bot.Conflict:
			continue
		case err != nil && !errors.Is(err, outbox.ErrRepeated):
			return bot.Reply{}, err
		case gone:
			return replacing(req, bot.Say(s.say(req, "library.undone.gone"))), nil
		default:
			return s.news(ctx, req, altered{r, got.Kept[id], got.Rules, got.Now}, undoneNews(&r, req.Member))
		}
	}
	return bot.Reply{}, &bot.Error{Code: bot.Conflict, Err: errTooMany}
}

// keptByNobody reports whether nobody else has a resource for themselves.
func (s *Service) keptByNobody(ctx context.Context, r *Resource, m bot.Member) (bool, error) {
	keepers, err := s.store.Keepers(ctx, r.Community, r.ID)
	return !slices.ContainsFunc(keepers, func(id bot.MemberID) bool { return !m.Is(id) }), err
}

// undoneNews says what undoing has left.
func undoneNews(r *Resource, m bot.Member) bot.Key {
	switch {
	case r.credit(m) >= 0:
		return "library.undone"
	case r.Hidden != (Hidden{}):
		return "library.undone.hidden"
	default:
		return "library.undone.out"
	}
}

// undoneBefore says the same to who presses it when nothing of theirs is left to be undone:
// with a second time, or on the card of what they added before that.
func (r *Resource) undoneBefore(m bot.Member) bot.Key {
	switch i := r.credit(m); {
	case i < 0:
		return undoneNews(r, m)
	case r.Credits[i].Note != "":
		return "library.undone.already.note"
	default:
		return "library.undone.already"
	}
}

// mostTold is how much somebody can say of how it went, in characters, twice.
const mostTold = 500

// The fields of the form that asks how it went.
const (
	againField  = "again"
	workedField = "worked"
	alterField  = "alter"
)

// askTry opens the form that asks how it went, with what was said before.
func (s *Service) askTry(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	r, _, err := s.meant(ctx, req, req.Params.Get("id"))
	if err != nil {
		return bot.Reply{}, err
	}
	var said Try // nothing is said for them
	for _, t := range r.Tries {
		if req.Member.Is(t.Member) {
			said = t
		}
	}
	field := func(name, value string, most int) bot.Field {
		return bot.Field{
			Name: name, Label: s.label(req, bot.Key("library.try."+name)), Hint: s.label(req, bot.Key("library.try."+name+".hint")),
			Value: value, Optional: true, Max: most, Long: most == mostTold,
		}
	}
	again := bot.Field{Name: againField, Label: s.label(req, "library.try.again"), Value: string(said.Again)}
	for _, a := range []Again{AsItIs, WithChanges, NotAgain} {
		again.Choices = append(again.Choices, bot.Choice{Label: s.label(req, bot.Key("library.try.again."+string(a))), Value: string(a)})
	}
	return bot.Ask(bot.Form{
		Title: s.label(req, "library.form.try"), Path: triedPath + r.ID, Submit: s.label(req, "library.form.submit"),
		Fields: []bot.Field{again, field(gradeField, said.Grade, mostGradeText), field(workedField, said.Worked, mostTold), field(alterField, said.Change, mostTold)},
	}), nil
}

// tried takes the form.
func (s *Service) tried(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	said := Try{Again: Again(req.Value(againField)), Worked: strings.TrimSpace(req.Value(workedField)), Change: strings.TrimSpace(req.Value(alterField))}
	var wrong []fault
	if said.Again != AsItIs && said.Again != WithChanges && said.Again != NotAgain {
		wrong = append(wrong, fault{againField, "library.fault.again", nil})
	}
	grades, unknown := grade.Parse(req.Value(gradeField))
	if unknown != "" {
		wrong = append(wrong, fault{gradeField, "library.fault.grade", []bot.Arg{bot.Str("typed", bot.Shorten(unknown, MostTag))}})
	}
	for field, text := range map[string]string{workedField: said.Worked, alterField: said.Change} {
		if n := utf8.RuneCountInString(text); n > mostTold {
			wrong = append(wrong, fault{field, bot.Key("library.fault.long." + field), []bot.Arg{bot.Num("most", mostTold), bot.Num("count", n)}})
		}
	}
	if len(wrong) > 0 {
		return s.faults(req, wrong), nil
	}
	said.Grade = grade.Text(grades)
	full := false
	a, err := s.alter(ctx, req, req.Params.Get("id"), func(r *Resource, got Reading) error {
		said.At = got.Now
		if full = r.try(req.Member, said); full {
			return errNothing
		}
		return nil
	})
	switch {
	case err != nil:
		return bot.Reply{}, s.notLost(req, err, said.Grade, said.Worked, said.Change)
	case full:
		return s.news(ctx, req, a, "library.tried.full")
	default:
		return s.news(ctx, req, a, "library.tried")
	}
}

// notLost gives back, with an error that what somebody has typed of is gone, what that was.
func (s *Service) notLost(req *bot.Request, err error, typed ...string) error {
	typed = slices.DeleteFunc(typed, func(t string) bool { return t == "" })
	known, ok := errors.AsType[*bot.Error](err)
	if !ok || known.Code != bot.NotFound || len(typed) == 0 {
		return err
	}
	told := *known
	told.Message = bot.Join("\n", known.Message, s.say(req, "core.error.typed", bot.Str("typed", strings.Join(typed, "\n"))))
	return &told
}

// worksForMe takes in that a link that was not found works for somebody.
func (s *Service) worksForMe(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	a, err := s.alter(ctx, req, req.Params.Get("id"), func(r *Resource, got Reading) error {
		if r.Health.State != Dead {
			return errNothing
		}
		r.works(req.Member.ID, got.Now)
		return nil
	})
	if err != nil {
		return bot.Reply{}, err
	}
	return s.news(ctx, req, a, "library.works")
}

// thank takes somebody's thanks. Nobody thanks themselves, nor twice.
func (s *Service) thank(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	a, err := s.alter(ctx, req, req.Params.Get("id"), func(r *Resource, _ Reading) error {
		if r.thankedBy(req.Member) || r.credit(req.Member) >= 0 || len(r.Thanks) >= MostThanks {
			return errNothing
		}
		r.Thanks = append(r.Thanks[:len(r.Thanks):len(r.Thanks)], req.Member.ID)
		return nil
	})
	if err != nil {
		return bot.Reply{}, err
	}
	return s.news(ctx, req, a, "library.thanked")
}

// unthank takes somebody's thanks back.
func (s *Service) unthank(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return s.takenBack(ctx, req, "library.unthanked", (*Resource).unthank)
}

// untry takes back how it went with somebody.
func (s *Service) untry(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return s.takenBack(ctx, req, "library.untried", (*Resource).untry)
}

func (s *Service) takenBack(ctx context.Context, req *bot.Request, news bot.Key, take func(*Resource, bot.Member) bool) (bot.Reply, error) {
	a, err := s.alter(ctx, req, req.Params.Get("id"), func(r *Resource, _ Reading) error {
		if !take(r, req.Member) {
			return errNothing
		}
		return nil
	})
	if err != nil {
		return bot.Reply{}, err
	}
	return s.news(ctx, req, a, news)
}

// keep lets somebody have a resource for themselves, or not any more.
func (s *Service) keep(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	id, keep := req.Params.Get("id"), req.Params.Get("keep") == "yes"
	got, err := s.store.Read(ctx, req.Member.Community, req.Member.ID, id)
	if err != nil {
		return bot.Reply{}, err
	}
	r, ok := got.Found[id]
	if keep && (!ok || !r.seenBy(req.Member)) {
		return bot.Reply{}, s.gone(req)
	}
	if ok {
		id = r.ID // what it has become
	}
	for i, m := range req.Member.IDs() { // under whichever they have kept it
		if keep && i > 0 {
			break
		}
		if err := s.store.Keep(ctx, req.Member.Community, m, id, keep); err != nil {
			return bot.Reply{}, err
		}
	}
	if !ok {
		return replacing(req, bot.Say(s.say(req, "library.unkept"))), nil
	}
	key := bot.Key("library.unkept")
	if keep {
		key = "library.kept"
	}
	return s.news(ctx, req, altered{r, keep, got.Rules, got.Now}, key)
}

// hide lets an organizer take a resource out of sight, or show it again.
func (s *Service) hide(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	a, err := s.hidden(ctx, req, req.Params.Get("id"), req.Params.Get("hide") == "yes")
	if err != nil {
		return bot.Reply{}, err
	}
	key := bot.Key("library.shown")
	if a.r.Hidden != (Hidden{}) {
		key = "library.hidden"
	}
	return s.news(ctx, req, a, key)
}

func (s *Service) hidden(ctx context.Context, req *bot.Request, id string, hide bool) (altered, error) {
	if hide {
		if err := s.reopenFor(ctx, req.Member.Community, id); err != nil {
			return altered{}, err
		}
	}
	return s.alter(ctx, req, id, func(r *Resource, got Reading) error {
		switch {
		case hide == (r.Hidden != (Hidden{})):
			return errNothing
		case hide:
			r.Hidden = Hidden{By: req.Member.ID, At: got.Now}
		default:
			r.Hidden = Hidden{}
		}
		return nil
	})
}

// report opens the form that tells the organizers of a resource.
func (s *Service) report(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	r, _, err := s.meant(ctx, req, req.Params.Get("id"))
	if err != nil {
		return bot.Reply{}, err
	}
	var of bot.MemberID
	if len(r.Credits) > 0 {
		of = r.Credits[0].Member
	}
	return s.reports.About(ctx, req, of, bot.Shorten(r.Called(), mostShown)+" · "+r.Address, cardPath+r.ID)
}
