package library

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/grade"
)

// How much is shown of a resource, in characters.
const (
	mostQuote = 160
	mostAbout = 200
	mostShown = 100 // of a title
)

// cardOf is a resource as one member sees it.
type cardOf struct {
	r     *Resource
	kept  bool      // for themselves
	now   time.Time // the store's
	news  bot.Text  // what stands above
	rules *Rules    // of the community; nil: no picture is shown
}

// card shows a resource with all that the reader can do with it.
func (s *Service) card(req *bot.Request, of cardOf, names map[bot.MemberID]string) bot.Reply {
	r := of.r
	title := s.say(req, "library.card.title", bot.Str("title", bot.Shorten(r.Called(), MostTitle)))
	if !openable(r) {
		title = linked(r)
	}
	facts := append([]bot.Text{title}, s.facts(req, r)...)
	facts = append(facts, s.savedBy(req, r, names))
	lines := []bot.Text{of.news, bot.Join(" · ", facts...)}
	if about := strings.TrimSpace(r.Page.Description); about != "" {
		lines = append(lines, bot.Plain(bot.Shorten(strings.Join(strings.Fields(about), " "), mostAbout)))
	}
	if r.About != "" {
		lines = append(lines, bot.Plain(bot.Shorten(strings.ReplaceAll(r.About, "\n", " · "), mostAbout)))
	}
	if len(r.Tags) > 0 {
		lines = append(lines, bot.Plain("#"+strings.Join(r.Tags, " #")))
	}
	lines = append(lines, bot.Join(" ", s.opinions(req, r), s.quote(req, r, names)))
	if r.Health.State == Dead {
		lines = append(lines, s.say(req, "library.card.dead", bot.Num("count", r.Health.Failed)))
	}
	if r.Hidden != (Hidden{}) {
		lines = append(lines, s.say(req, "library.card.hidden"))
	}
	reply := bot.Say(bot.Join("\n", lines...), s.cardControls(req, of)...)
	reply.Message.Image = s.picture(req, of)
	return reply
}

// facts are what it is for and how it may be used.
func (s *Service) facts(req *bot.Request, r *Resource) []bot.Text {
	var facts []bot.Text
	if len(r.Grades) > 0 {
		facts = append(facts, s.say(req, "library.card.grade", bot.Count("count", len(r.Grades)), bot.Str("grades", grade.Text(r.Grades))))
	}
	return append(facts, bot.Plain(r.Subject), bot.Plain(r.Licensed()))
}

// savedBy says who saved it, and from where. Nobody is said of whom nobody knows.
func (s *Service) savedBy(req *bot.Request, r *Resource, names map[bot.MemberID]string) bot.Text {
	var text, from bot.Text
	others := 0
	for i := range r.Credits {
		c := &r.Credits[i]
		if from.Empty() {
			from = s.from(req, c.From)
		}
		switch name := names[c.Member]; {
		case name == "":
		case text.Empty():
			text = s.say(req, "library.card.by", bot.Str("name", name))
		default:
			others++
		}
	}
	if others > 0 {
		text = s.say(req, "library.card.others", bot.Rich("by", text), bot.Count("count", others))
	}
	return bot.Join(" ", text, from)
}

// from says where a link came up.
func (s *Service) from(req *bot.Request, o Origin) bot.Text {
	switch {
	case o == (Origin{}):
		return nil
	case o.Question == 0:
		return s.say(req, "library.card.from.chat", bot.Str("chat", o.Name))
	default:
		return s.say(req, "library.card.from", bot.Num("n", o.Question), bot.Str("chat", o.Name))
	}
}

// opinions says what people think of it.
func (s *Service) opinions(req *bot.Request, r *Resource) bot.Text {
	var tried, thanks bot.Text
	if n := len(r.Tries); n > 0 {
		tried = s.say(req, "library.card.tried", bot.Count("count", n))
	}
	if n := len(r.Thanks); n > 0 {
		thanks = s.say(req, "library.card.thanks", bot.Count("count", n))
	}
	return bot.Join(" ", tried, thanks)
}

// quote is what somebody said who tried it, or else who saved it: they are named where
// others have saved it too.
func (s *Service) quote(req *bot.Request, r *Resource, names map[bot.MemberID]string) bot.Text {
	said, grade, by := r.quoted()
	if said == "" {
		return nil
	}
	quote := bot.Str("quote", bot.Shorten(oneLine(said), mostQuote))
	switch name := names[by]; {
	case grade != "":
		return s.say(req, "library.card.quote.grade", quote, bot.Str("grade", grade))
	case name != "" && len(r.Credits) > 1:
		return s.say(req, "library.card.quote.name", quote, bot.Str("name", name))
	default:
		return s.say(req, "library.card.quote", quote)
	}
}

// quoted is the sentence that helps most to decide: what somebody would change who
// would use it again, the latest of them, or what worked for them; then the same of
// those who would not; then a note of those who saved it. Only of a note it tells by
// whom it is.
func (r *Resource) quoted() (said, grade string, by bot.MemberID) {
	for _, again := range []bool{true, false} {
		for _, t := range slices.Backward(r.Tries) {
			if (t.Again != NotAgain) != again {
				continue
			}
			if t.Change != "" {
				return t.Change, t.Grade, ""
			}
			if t.Worked != "" {
				return t.Worked, t.Grade, ""
			}
		}
	}
	for _, c := range r.Credits {
		if c.Note != "" {
			return c.Note, "", c.Member
		}
	}
	return "", "", ""
}

func (s *Service) cardControls(req *bot.Request, of cardOf) []bot.Control {
	r, m := of.r, req.Member
	saved := r.credit(m) >= 0
	var controls []bot.Control
	if openable(r) {
		controls = append(controls, bot.Control{Label: s.label(req, "library.button.open"), URL: r.Address})
	}
	if r.Health.State == Dead {
		if a := r.Health.Archived; a != "" && len(a) <= bot.MaxURL {
			controls = append(controls, bot.Control{Label: s.label(req, "library.button.archived"), URL: a})
		}
		controls = append(controls, s.control(req, "library.button.works", worksPath+r.ID))
	}
	if r.untold() {
		controls = append(controls, bot.Control{Label: s.label(req, "library.button.notes", bot.Num("n", r.notes())), Path: notesPath + r.ID + "/0"})
	}
	controls = append(controls, s.control(req, "library.button.try", tryPath+r.ID))
	if of.kept {
		controls = append(controls, s.control(req, "library.button.unkeep", keepPath+r.ID+"/no"))
	} else {
		controls = append(controls, s.control(req, "library.button.keep", keepPath+r.ID+"/yes"))
	}
	switch {
	case r.thankedBy(m):
		controls = append(controls, s.control(req, "library.button.unthank", unthankPath+r.ID))
	case !saved:
		controls = append(controls, s.control(req, "library.button.thank", thankPath+r.ID))
	}
	if r.triedBy(m) {
		controls = append(controls, s.control(req, "library.button.untry", untryPath+r.ID))
	}
	if r.changeable(m) {
		controls = append(controls, s.control(req, "library.button.change", changePath+r.ID))
	}
	if r.undoable(m, of.now) {
		controls = append(controls, s.control(req, "library.button.undo", undoPath+r.ID))
	}
	switch organizes := m.Role.Includes(bot.RoleOrganizer); {
	case organizes && r.Hidden == (Hidden{}):
		controls = append(controls, s.control(req, "library.button.hide", hidePath+r.ID+"/yes"))
	case organizes:
		controls = append(controls, s.control(req, "library.button.unhide", hidePath+r.ID+"/no"))
	case !saved:
		controls = append(controls, s.control(req, "library.button.report", reportPath+r.ID))
	}
	return controls
}

// showCard shows the resource of a path.
func (s *Service) showCard(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return s.shown(ctx, req, req.Params.Get("id"))
}

// showPicked shows the one that was picked from a menu.
func (s *Service) showPicked(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return s.shown(ctx, req, req.Value(bot.Picked))
}

func (s *Service) shown(ctx context.Context, req *bot.Request, id string) (bot.Reply, error) {
	r, got, err := s.meant(ctx, req, id)
	if err != nil {
		return bot.Reply{}, err
	}
	return s.cardReply(ctx, req, cardOf{r: &r, kept: got.Kept[id], now: got.Now, rules: &got.Rules})
}

// meant reads a resource that the reader may see.
func (s *Service) meant(ctx context.Context, req *bot.Request, id string) (Resource, Reading, error) {
	got, err := s.store.Read(ctx, req.Member.Community, req.Member.ID, id)
	if err != nil {
		return Resource{}, got, err
	}
	r, ok := got.Found[id]
	if !ok || !r.seenBy(req.Member) {
		return r, got, s.gone(req)
	}
	return r, got, nil
}

// cardReply is the card with the names of those who saved it.
func (s *Service) cardReply(ctx context.Context, req *bot.Request, of cardOf) (bot.Reply, error) {
	names, err := s.names(ctx, req, of.r.savers())
	return s.card(req, of, names), err
}

// savers are the members who saved it.
func (r *Resource) savers() []bot.MemberID {
	var ids []bot.MemberID
	for _, c := range r.Credits {
		ids = append(ids, c.Member)
	}
	return ids
}

// news is the card in the place of the one whose button was pressed. Who may not see it,
// or not any more, has the news alone.
func (s *Service) news(ctx context.Context, req *bot.Request, a altered, key bot.Key, args ...bot.Arg) (bot.Reply, error) {
	if !a.r.seenBy(req.Member) {
		return replacing(req, bot.Say(s.say(req, key, args...))), nil
	}
	reply, err := s.cardReply(ctx, req, cardOf{r: &a.r, kept: a.kept, now: a.now, news: s.say(req, key, args...), rules: &a.rules})
	return replacing(req, reply), err
}

// lines are resources, each on one line: what it is called leads to it.
func (s *Service) lines(req *bot.Request, rs []*Resource) []bot.Text {
	out := make([]bot.Text, len(rs))
	for i, r := range rs {
		facts := append([]bot.Text{linked(r)}, s.facts(req, r)...)
		if n := len(r.Tries); n > 0 {
			facts = append(facts, s.say(req, "library.line.tried", bot.Count("count", n)))
		}
		if r.Health.State == Dead {
			facts = append(facts, s.say(req, "library.line.dead"))
		}
		if r.Hidden != (Hidden{}) {
			facts = append(facts, s.say(req, "library.line.hidden"))
		}
		out[i] = bot.Join("", bot.Plain("• "), bot.Join(" · ", facts...))
	}
	return out
}

// openable reports whether a button can lead to it.
func openable(r *Resource) bool { return len(r.Address) <= bot.MaxURL }

// linked is what it is called, and leads to it.
func linked(r *Resource) bot.Text {
	return bot.Text{{Kind: bot.SpanLink, Text: bot.Shorten(r.Called(), mostShown), URL: r.Address}}
}

// pickOne is the menu that shows one of them.
func (s *Service) pickOne(req *bot.Request, rs []*Resource) []bot.Control {
	return s.menuOf(req, "library.button.show", pickedPath, rs)
}

// menuOf is a menu of resources, if there are any.
func (s *Service) menuOf(req *bot.Request, label bot.Key, path string, rs []*Resource) []bot.Control {
	var choices []bot.Choice
	for _, r := range rs[:min(len(rs), bot.MaxChoices)] {
		choices = append(choices, bot.Choice{Label: bot.Shorten(r.Called(), mostChoice), Value: r.ID})
	}
	if len(choices) == 0 {
		return nil
	}
	return []bot.Control{{Label: s.label(req, label), Path: path, Pick: bot.PickChoice, Choices: choices}}
}

// mostChoice is how much of a title a menu shows, in characters.
// https://docs.slack.dev/reference/block-kit/composition-objects/option-object
const mostChoice = 75
