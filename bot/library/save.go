package library

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/library/link"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

func (s *Service) saveCommand() bot.Subcommand {
	return bot.Subcommand{
		Name: "save", Summary: "library.command.save", Example: "/library save https://example.org/strips Skip part two #fractions grade:4",
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
	g, more := read(func(field string) string { return given[field] })
	for i := range wrong {
		if wrong[i].key == "library.fault.link" && !strings.Contains(typed, "://") { // it is no link that somebody typed wrong
			wrong[i].key, wrong[i].args = "library.fault.first", []bot.Arg{bot.Str("command", req.Typed("/library save"))}
		}
	}
	if wrong = append(wrong, more...); len(wrong) > 0 {
		return bot.Reply{}, s.refused(req, wrong)
	}
	return s.saved(ctx, req, links, g)
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
		err = s.allowed(req, &got.Rules, nil)
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
	return s.saved(ctx, req, links, g)
}

// saving is what came of saving one link.
type saving struct {
	r     Resource
	first bot.MemberID // who had saved it before; empty: nobody
	mine  bool         // the asker had
	tags  []string     // that were not there
}

// saved keeps links and shows what came of it.
func (s *Service) saved(ctx context.Context, req *bot.Request, links []link.Link, g given) (bot.Reply, error) {
	all, now, err := s.take(ctx, req, links, g)
	if err != nil {
		return bot.Reply{}, err
	}
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
// read, and one to write for each.
func (s *Service) take(ctx context.Context, req *bot.Request, links []link.Link, g given) ([]saving, time.Time, error) {
	ids := make([]string, len(links))
	for i, l := range links {
		ids[i] = IDOf(l.Key)
	}
	got, err := s.store.Read(ctx, req.Member.Community, req.Member.ID, ids...)
	if err == nil {
		err = s.allowed(req, &got.Rules, links)
	}
	for _, id := range ids {
		if r, known := got.Found[id]; err == nil && known {
			err = s.open(req, &r)
		}
	}
	if err != nil {
		return nil, got.Now, err
	}
	all := make([]saving, len(links))
	add := func(r *Resource, now time.Time) { r.add(req.Member, g, now) }
	for i, l := range links {
		input := req.Input + bot.InputID("/"+strconv.Itoa(i))
		if all[i], err = s.takeOne(ctx, req, input, l, got, add); err != nil {
			return nil, got.Now, err
		}
	}
	return all, got.Now, nil
}

// allowed says why somebody may not save, or not these.
func (s *Service) allowed(req *bot.Request, rules *Rules, links []link.Link) error {
	if !rules.mayAdd(req.Member) {
		return bot.Fail(bot.Forbidden, s.say(req, bot.Key("library.adds.refused."+string(rules.adders()))))
	}
	var sites []string
	for _, l := range links {
		if host := l.Host(); rules.blocks(l) && !slices.Contains(sites, host) {
			sites = append(sites, host)
		}
	}
	if len(sites) > 0 {
		return bot.Fail(bot.Forbidden, s.say(req, "library.blocked", bot.Str("site", strings.Join(sites, ", "))))
	}
	return nil
}

// open says why somebody may not save what is there already: organizers have hidden it,
// and saving it would show it.
func (s *Service) open(req *bot.Request, r *Resource) error {
	if r.seenBy(req.Member) {
		return nil
	}
	return bot.Fail(bot.Forbidden, s.say(req, "library.save.hidden"))
}

// takeOne keeps a link, and what add says of it.
func (s *Service) takeOne(ctx context.Context, req *bot.Request, input bot.InputID, l link.Link, got Reading, add func(*Resource, time.Time)) (saving, error) {
	c, id := req.Member.Community, IDOf(l.Key)
	for range mostTries {
		r, known := got.Found[id]
		if known {
			if err := s.open(req, &r); err != nil {
				return saving{}, err
			}
		} else {
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
