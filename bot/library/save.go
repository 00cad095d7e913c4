package library

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/library/link"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

func (s *Service) saveCommand() bot.Subcommand {
	return bot.Subcommand{
		Name: "save", Summary: "library.command.save", Example: "library.example.save",
		Options: []bot.Option{
			{Name: linkField, Summary: "library.option.link"},
			{Name: noteField, Summary: "library.option.note"},
			{Name: tagsField, Summary: "library.option.tags"},
			{Name: gradeField, Summary: "library.option.grade"},
			{Name: subjectField, Summary: "library.option.subject"},
		},
		Access: bot.MembersOnly, Private: true, Handle: s.save,
	}
}

// save takes the command. Without a link it opens the form.
func (s *Service) save(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	typed, note, tags := typedWords(req.Value(linkField))
	given := map[string]string{
		noteField: strings.TrimSpace(note + " " + req.Value(noteField)), tagsField: strings.TrimSpace(tags + " " + req.Value(tagsField)),
		gradeField: req.Value(gradeField), subjectField: req.Value(subjectField), linkField: typed,
	}
	if typed == "" {
		return s.ifAllowed(ctx, req, func() bot.Reply { return s.askSave(req, given, Origin{}) })
	}
	links, wrong := linksOf(typed)
	for i := range wrong {
		if wrong[i].key == "library.fault.link" && !strings.Contains(typed, "://") { // it is no link that somebody typed wrong
			wrong[i].key, wrong[i].args = "library.fault.first", []bot.Arg{bot.Str("command", req.Typed("/library save"))}
		}
	}
	if len(wrong) > 0 {
		return bot.Reply{}, s.refused(req, wrong)
	}
	g, wrong := read(func(field string) string { return given[field] })
	if len(wrong) > 0 {
		return s.ifAllowed(ctx, req, func() bot.Reply { return s.askAgain(req, given, wrong) })
	}
	all, now, wrong, err := s.take(ctx, req, links, g)
	if err == nil && len(wrong) > 0 {
		err = bot.Fail(bot.Forbidden, s.faultText(req, wrong))
	}
	if err != nil {
		return bot.Reply{}, err
	}
	return s.saved(ctx, req, all, now, g)
}

// saveMessage opens the form with the links of a message.
func (s *Service) saveMessage(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	if req.Subject == nil {
		return s.ifAllowed(ctx, req, func() bot.Reply { return s.askSave(req, nil, Origin{}) })
	}
	found := link.Find(req.Subject.Text)
	if len(found) == 0 {
		return bot.Say(s.say(req, "library.save.none", bot.Str("command", req.Typed("/library save")))), nil
	}
	from, err := s.chats.Origin(ctx, req.Member.Community, *req.Subject)
	if err != nil {
		return bot.Reply{}, err
	}
	var lines []string
	for _, l := range found[:min(len(found), mostLinks)] {
		lines = append(lines, l.Address)
	}
	return s.ifAllowed(ctx, req, func() bot.Reply {
		return s.askSave(req, map[string]string{linkField: strings.Join(lines, "\n")}, from)
	})
}

// ifAllowed opens a form for who may add: nobody else writes what is not taken.
func (s *Service) ifAllowed(ctx context.Context, req *bot.Request, ask func() bot.Reply) (bot.Reply, error) {
	got, err := s.store.Read(ctx, req.Member.Community, req.Member.ID)
	if err == nil {
		err = s.allowed(req, &got.Rules)
	}
	if err != nil {
		return bot.Reply{}, err
	}
	return ask(), nil
}

// nowhere stands in the path of a form for no chat.
const nowhere = "-"

// mostLinkText is how long the links in the form may be, in characters.
const mostLinkText = 4000

func (s *Service) askSave(req *bot.Request, given map[string]string, from Origin) bot.Reply {
	path := savedPath + nowhere + "/0"
	if from != (Origin{}) {
		path = savedPath + from.Chat + "/" + strconv.Itoa(from.Question)
	}
	return bot.Ask(bot.Form{
		Title: s.label(req, "library.form.save"), Path: path, Submit: s.label(req, "library.form.submit"),
		Fields: append([]bot.Field{s.linkField(req, given[linkField])}, s.aboutFields(req, given)...),
	})
}

// askAgain opens the form with what somebody has typed after the command, of which
// something is wrong: the labels say what.
func (s *Service) askAgain(req *bot.Request, given map[string]string, wrong []fault) bot.Reply {
	reply := s.askSave(req, given, Origin{})
	for i := range reply.Form.Fields {
		f := &reply.Form.Fields[i]
		if typed := given[f.Name]; utf8.RuneCountInString(typed) > f.Max { // it is for them to say what goes
			f.Max = mostTyped
			f.Value = bot.Shorten(typed, mostTyped)
		}
		if at := slices.IndexFunc(wrong, func(w fault) bool { return w.field == f.Name }); at >= 0 {
			f.Label = s.label(req, "library.form"+bot.Key(strings.TrimPrefix(string(wrong[at].key), "library")), wrong[at].args...)
		}
	}
	return reply
}

// mostTyped is how much of what somebody typed after the command stands in the form, in
// characters.
// https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element
const mostTyped = 3000

func (s *Service) linkField(req *bot.Request, value string) bot.Field {
	return bot.Field{Name: linkField, Label: s.label(req, "library.form.link"), Hint: s.label(req, "library.form.link.hint"), Value: value, Long: true, Max: mostLinkText}
}

// aboutFields are the fields of what somebody says of a resource.
func (s *Service) aboutFields(req *bot.Request, given map[string]string) []bot.Field {
	field := func(name string, most int) bot.Field {
		return bot.Field{
			Name: name, Label: s.label(req, bot.Key("library.form."+name)), Hint: s.label(req, bot.Key("library.form."+name+".hint")),
			Value: bot.Shorten(given[name], most), Optional: true, Max: most,
		}
	}
	note := field(noteField, MostNote)
	note.Long = true
	return []bot.Field{note, field(tagsField, mostTagText), field(gradeField, mostGradeText), field(subjectField, MostTag)}
}

// How long tags and grades may be as they are typed, in characters.
const (
	mostTagText   = 300
	mostGradeText = 100
)

// saveForm takes the form.
func (s *Service) saveForm(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	links, wrong := linksOf(req.Value(linkField))
	g, more := read(req.Value)
	if wrong = append(wrong, more...); len(wrong) > 0 {
		return s.faults(req, wrong), nil
	}
	if chat := req.Params.Get("chat"); chat != nowhere {
		name, err := s.chats.Called(ctx, req.Member.Community, chat)
		if err != nil {
			return bot.Reply{}, err
		}
		if question, err := strconv.Atoi(req.Params.Get("question")); err == nil && name != "" {
			g.from = Origin{Chat: chat, Name: name, Question: question}
		}
	}
	all, now, wrong, err := s.take(ctx, req, links, g)
	if err != nil || len(wrong) > 0 {
		return s.faults(req, wrong), err
	}
	return s.saved(ctx, req, all, now, g)
}

// saving is what came of saving one link.
type saving struct {
	r     Resource
	first bot.MemberID // who had saved it before; empty: nobody
	mine  bool         // the asker had
	tags  []string     // that were not there
}

// saved shows what came of saving links.
func (s *Service) saved(ctx context.Context, req *bot.Request, all []saving, now time.Time, g given) (bot.Reply, error) {
	if len(all) > 1 {
		var rs []*Resource
		for i := range all {
			rs = append(rs, &all[i].r)
		}
		return bot.Say(bot.Join("\n", append([]bot.Text{s.say(req, "library.saved.several", bot.Count("count", len(rs)))}, s.lines(req, rs)...)...), s.pickOne(req, rs)...), nil
	}
	one := &all[0]
	names, err := s.names(ctx, req, one.r.People())
	if err != nil {
		return bot.Reply{}, err
	}
	return s.card(req, cardOf{r: &one.r, now: now, news: s.savedNews(req, one, names, g)}, names), nil
}

// savedNews says what saving did.
func (s *Service) savedNews(req *bot.Request, one *saving, names map[bot.MemberID]string, g given) bot.Text {
	switch name := names[one.first]; {
	case one.mine && g.note != "":
		return s.say(req, "library.saved.changed")
	case one.mine && len(one.tags) > 0:
		return s.say(req, "library.saved.again.tags", bot.Count("count", len(one.tags)), bot.Str("tags", "#"+strings.Join(one.tags, " #")))
	case one.mine:
		return s.say(req, "library.saved.again")
	case name != "" && g.note != "":
		return s.say(req, "library.saved.before.note", bot.Str("name", name))
	case name != "":
		return s.say(req, "library.saved.before", bot.Str("name", name))
	default:
		return s.say(req, "library.saved")
	}
}

// take keeps links, with what is said of them, if the rules allow it: with one call to
// read, and one to write for each. Where something is wrong with one of them, nothing is
// kept.
func (s *Service) take(ctx context.Context, req *bot.Request, links []link.Link, g given) (all []saving, now time.Time, wrong []fault, err error) {
	ids := make([]string, len(links))
	for i, l := range links {
		ids[i] = IDOf(l.Key)
	}
	got, err := s.store.Read(ctx, req.Member.Community, req.Member.ID, ids...)
	if err == nil {
		err = s.allowed(req, &got.Rules)
	}
	if err != nil {
		return nil, got.Now, nil, err
	}
	if wrong = barred(req, &got, links); len(wrong) > 0 {
		return nil, got.Now, wrong, nil
	}
	all = make([]saving, len(links))
	add := func(r *Resource, now time.Time) { r.add(req.Member, g, now) }
	for i, l := range links {
		input := req.Input + bot.InputID("/"+strconv.Itoa(i))
		if all[i], err = s.takeOne(ctx, req, input, l, got, add); err != nil {
			return nil, got.Now, nil, err
		}
	}
	return all, got.Now, nil, nil
}

// allowed says why somebody may not save.
func (s *Service) allowed(req *bot.Request, rules *Rules) error {
	if rules.mayAdd(req.Member) {
		return nil
	}
	return bot.Fail(bot.Forbidden, s.say(req, bot.Key("library.adds.refused."+string(rules.adders()))))
}

// barred says what keeps links from being saved: the sites from which nothing is taken, or
// which of them organizers have hidden, since saving that would show it.
func barred(req *bot.Request, got *Reading, links []link.Link) []fault {
	var sites, hidden []string
	for _, l := range links {
		if host := l.Host(); got.Rules.blocks(l) && !slices.Contains(sites, host) {
			sites = append(sites, host)
		}
		if r, known := got.Found[IDOf(l.Key)]; known && !r.seenBy(req.Member) {
			hidden = append(hidden, bot.Shorten(link.Shown(l.Key), mostShown))
		}
	}
	switch {
	case len(sites) > 0:
		return []fault{{linkField, "library.blocked", []bot.Arg{bot.Str("site", strings.Join(sites, ", "))}}}
	case len(hidden) > 0 && len(links) > 1:
		return []fault{{linkField, "library.save.hidden.some", []bot.Arg{bot.Str("links", strings.Join(hidden, ", "))}}}
	case len(hidden) > 0:
		return []fault{{linkField, "library.save.hidden", nil}}
	default:
		return nil
	}
}

// takeOne keeps a link, and what add says of it.
func (s *Service) takeOne(ctx context.Context, req *bot.Request, input bot.InputID, l link.Link, got Reading, add func(*Resource, time.Time)) (saving, error) {
	c, id := req.Member.Community, IDOf(l.Key)
	for range mostTries {
		r, known := got.Found[id]
		if known && !r.seenBy(req.Member) { // since a moment ago
			return saving{}, bot.Fail(bot.Forbidden, s.say(req, "library.save.hidden"))
		}
		if !known {
			r = Resource{ID: id, Community: c, Key: l.Key, Address: l.Address, Space: req.Account.Space, Created: got.Now}
		}
		one := saving{mine: r.credit(req.Member) >= 0}
		if len(r.Credits) > 0 {
			one.first = r.Credits[0].Member
		}
		before := r.Tags
		add(&r, got.Now)
		for _, t := range r.Tags {
			if !slices.Contains(before, t) {
				one.tags = append(one.tags, t)
			}
		}
		err := s.store.Advance(ctx, &r, outbox.Effects{Input: input, Jobs: pageJobs(&r, got.Now)})
		if bot.CodeOf(err) != bot.Conflict && !errors.Is(err, outbox.ErrRepeated) {
			one.r = r
			return one, err
		}
		repeated := err != nil && bot.CodeOf(err) != bot.Conflict
		if got, err = s.store.Read(ctx, c, req.Member.ID, id); err != nil {
			return one, err
		}
		if fresh, there := got.Found[id]; repeated && there {
			return saving{r: fresh, mine: true}, nil
		} else if repeated {
			return one, s.gone(req) // it has been undone since
		}
	}
	return saving{}, &bot.Error{Code: bot.Conflict, Err: errTooMany}
}
