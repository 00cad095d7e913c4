package library

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/library/link"
)

// The links of a chat's answers are gathered when a host looks at them. Nothing of it is
// kept: what is deleted, or kept out of the archive, is not among them any more.

// The paths of what is gathered.
const (
	gatherPath = "/library/links/"
	tickPath   = "/library/tick/"
	tickedPath = "/library/ticked/"
)

func (s *Service) registerGathering(r *bot.Router) {
	for path, handle := range map[string]bot.Handler{
		gatherPath + "{chat}": s.gather,
		tickPath + "{chat}":   s.askTicks,
		tickedPath + "{chat}": s.ticked,
	} {
		r.Handle(bot.Route{Path: path, Access: bot.HostsOnly, Private: true, Handle: handle})
	}
}

// Gathering is the control that shows a host the links in the answers of a chat.
func (s *Service) Gathering(req *bot.Request, chat string) bot.Control {
	return s.control(req, "library.button.links", gatherPath+chat)
}

// posted is that somebody gave a link in an answer.
type posted struct {
	by       bot.MemberID // empty: they are not named
	question int
}

// gathered is a link in the answers of a chat.
type gathered struct {
	link  link.Link
	posts []posted // the first of each person, in the order they came
	known string   // the ID of the resource that it is in the library, "" if it is not there
}

// gathering is what is in the answers of a chat.
type gathering struct {
	chat, name string
	links      []gathered // in the order they came, each thing once
	barred     []string   // the IDs of those that are left out
	now        Reading
}

// gatherFrom looks through the answers of a chat. Links to sites that are blocked, and
// what organizers have hidden, are left out.
func (s *Service) gatherFrom(ctx context.Context, req *bot.Request) (g gathering, err error) {
	c := req.Member.Community
	g.chat = req.Params.Get("chat")
	if g.name, err = s.chats.Called(ctx, c, g.chat); err != nil {
		return g, err
	}
	if g.name == "" {
		return g, bot.Fail(bot.NotFound, s.say(req, "library.links.gone"))
	}
	answers, err := s.chats.Answers(ctx, c, g.chat)
	if err != nil {
		return g, err
	}
	g.links = linksIn(answers)
	ids := make([]string, len(g.links))
	for i := range g.links {
		ids[i] = IDOf(g.links[i].link.Key)
	}
	if g.now, err = s.store.Read(ctx, c, req.Member.ID, ids...); err != nil {
		return g, err
	}
	g.links = slices.DeleteFunc(g.links, func(l gathered) bool {
		id := IDOf(l.link.Key)
		r, there := g.now.Found[id]
		out := g.now.Rules.blocks(l.link) || there && r.Hidden != (Hidden{})
		if out {
			g.barred = append(g.barred, id)
		}
		return out
	})
	for i := range g.links {
		if r, there := g.now.Found[IDOf(g.links[i].link.Key)]; there {
			g.links[i].known = r.ID
		}
	}
	return g, nil
}

// linksIn are the links in answers, each with those who gave it.
func linksIn(answers []Answer) (all []gathered) {
	at := map[string]int{} // by Key
	for _, a := range answers {
		for _, l := range link.Find(a.Text) {
			i, known := at[l.Key]
			if !known {
				i, at[l.Key] = len(all), len(all)
				all = append(all, gathered{link: l})
			}
			if !slices.ContainsFunc(all[i].posts, func(p posted) bool { return p.by == a.Author }) {
				all[i].posts = append(all[i].posts, posted{a.Author, a.Question})
			}
		}
	}
	return all
}

// mostGathered is how many of the links in the library, and of the others, are listed.
const mostGathered = 15

// gather lists the links of a chat's answers: first those that are not in the library.
func (s *Service) gather(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	g, err := s.gatherFrom(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	if len(g.links) == 0 {
		return bot.Say(s.say(req, "library.links.none", bot.Str("chat", g.name))), nil
	}
	names, err := s.names(ctx, req, g.people())
	if err != nil {
		return bot.Reply{}, err
	}
	fresh, known := g.parted()
	lines := []bot.Text{s.say(req, "library.links", bot.Str("chat", g.name), bot.Count("count", len(g.links)))}
	lines = append(lines, s.gatheredLines(req, fresh, names)...)
	if len(known) > 0 {
		lines = append(append(lines, s.say(req, "library.links.known", bot.Count("count", len(known)))), s.gatheredLines(req, known, names)...)
	}
	switch {
	case len(fresh) == 0:
		return bot.Say(bot.Join("\n", lines...)), nil
	case !g.now.Rules.mayAdd(req.Member):
		return bot.Say(bot.Join("\n", append(lines, s.say(req, "library.links.refused"))...)), nil
	default:
		return bot.Say(bot.Join("\n", lines...), s.control(req, "library.button.tick", tickPath+g.chat)), nil
	}
}

// parted are the links that are not in the library, and those that are.
func (g *gathering) parted() (fresh, known []gathered) {
	for _, l := range g.links {
		if l.known == "" {
			fresh = append(fresh, l)
		} else {
			known = append(known, l)
		}
	}
	return fresh, known
}

// people are those who gave the links.
func (g *gathering) people() (all []bot.MemberID) {
	for _, l := range g.links {
		for _, p := range l.posts {
			if p.by != "" && !slices.Contains(all, p.by) {
				all = append(all, p.by)
			}
		}
	}
	return all
}

func (s *Service) gatheredLines(req *bot.Request, all []gathered, names map[bot.MemberID]string) (lines []bot.Text) {
	for _, l := range all[:min(len(all), mostGathered)] {
		shown := bot.Text{{Kind: bot.SpanLink, Text: bot.Shorten(link.Shown(l.link.Key), mostShown), URL: l.link.Address}}
		lines = append(lines, s.say(req, "library.links.line", bot.Rich("link", shown), bot.Rich("from", s.givenBy(req, &l, names))))
	}
	if more := len(all) - len(lines); more > 0 {
		lines = append(lines, s.say(req, "library.links.more", bot.Count("count", more)))
	}
	return lines
}

// givenBy says in which question a link came up first, and who gave it.
func (s *Service) givenBy(req *bot.Request, l *gathered, names map[bot.MemberID]string) bot.Text {
	first := l.posts[0]
	if name := names[first.by]; name != "" {
		return s.say(req, "library.links.from.named", bot.Num("n", first.question), bot.Str("name", name))
	}
	return s.say(req, "library.links.from", bot.Num("n", first.question))
}

const ticksField = "links"

// askTicks opens the form in which a host ticks what is to be saved. Nothing is ticked.
func (s *Service) askTicks(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	g, err := s.gatherFrom(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	if err := s.allowed(req, &g.now.Rules); err != nil {
		return bot.Reply{}, err
	}
	fresh, _ := g.parted()
	if len(fresh) == 0 {
		return bot.Say(s.say(req, "library.links.none", bot.Str("chat", g.name))), nil
	}
	names, err := s.names(ctx, req, g.people())
	if err != nil {
		return bot.Reply{}, err
	}
	form := bot.Form{Title: s.label(req, "library.form.ticks"), Path: tickedPath + g.chat, Submit: s.label(req, "library.form.submit")}
	for i, some := range slices.Collect(slices.Chunk(fresh, bot.MaxTicks)) {
		if i == bot.MaxFields {
			break // they come when these are saved
		}
		label := s.label(req, "library.form.ticks.label")
		if i > 0 {
			label = s.label(req, "library.form.ticks.label.more", bot.Num("n", i+1))
		}
		boxes := bot.Field{Name: ticksField + strconv.Itoa(i), Label: label, Many: true, Optional: true}
		for _, l := range some {
			boxes.Choices = append(boxes.Choices, bot.Choice{Value: IDOf(l.link.Key), Label: s.boxLabel(req, &l, names)})
		}
		form.Fields = append(form.Fields, boxes)
	}
	return bot.Ask(form), nil
}

// boxLabel is what stands at the box of a link: as much of the address as there is room.
func (s *Service) boxLabel(req *bot.Request, l *gathered, names map[bot.MemberID]string) string {
	name := bot.Shorten(names[l.posts[0].by], mostChoice/4)
	args := func(address string) []bot.Arg {
		return []bot.Arg{bot.Num("n", l.posts[0].question), bot.Str("name", name), bot.Str("link", address)}
	}
	key := bot.Key("library.links.box.named")
	if name == "" {
		key = "library.links.box"
	}
	room := mostChoice - len([]rune(s.label(req, key, args("")...)))
	return s.label(req, key, args(bot.Shorten(link.Shown(l.link.Key), room))...)
}

// ticked saves what was ticked, as far as it still stands in the answers: in the names of
// those who gave it.
func (s *Service) ticked(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	g, err := s.gatherFrom(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	if err := s.allowed(req, &g.now.Rules); err != nil {
		return bot.Reply{}, err
	}
	var ticked []string
	for i := range bot.MaxFields {
		ticked = append(ticked, req.Ticked(ticksField+strconv.Itoa(i))...)
	}
	var rs []*Resource
	gone := slices.DeleteFunc(slices.Clone(ticked), func(id string) bool { return slices.Contains(g.barred, id) })
	for _, l := range g.links {
		id := IDOf(l.link.Key)
		if !slices.Contains(ticked, id) {
			continue
		}
		gone = slices.DeleteFunc(gone, func(other string) bool { return other == id })
		one, err := s.takeOne(ctx, req, req.Input+bot.InputID("/"+id), l.link, g.now, func(r *Resource, now time.Time) { r.credited(&l, &g, req.Member.ID, now) })
		if err != nil {
			return bot.Reply{}, err
		}
		rs = append(rs, &one.r)
	}
	var lost bot.Text
	if len(gone) > 0 {
		lost = s.say(req, "library.links.deleted", bot.Count("count", len(gone)))
	}
	switch {
	case len(rs) == 0 && len(gone) > 0:
		return bot.Say(lost), nil
	case len(rs) == 0:
		return bot.Say(s.say(req, "library.links.unticked")), nil
	}
	lines := append([]bot.Text{s.say(req, "library.links.saved", bot.Count("count", len(rs)))}, append(s.lines(req, rs), lost)...)
	return bot.Say(bot.Join("\n", lines...), s.pickOne(req, rs)...), nil
}

// credited takes in that people gave the link in a chat, and that somebody has chosen it.
// Whoever stands in the resource already stays as they are.
func (r *Resource) credited(l *gathered, g *gathering, by bot.MemberID, now time.Time) {
	for _, p := range l.posts {
		who := bot.Member{ID: p.by}
		if p.by == "" || r.credit(who) >= 0 {
			continue
		}
		r.add(who, given{from: Origin{Chat: g.chat, Name: g.name, Question: p.question}}, now)
		if i := r.credit(who); i >= 0 {
			r.Credits[i].Last.By = by
		}
	}
}
