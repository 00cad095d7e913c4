package partner

import (
	"context"
	"slices"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

// How many school days after an introduction something comes. Whoever is away lets the
// others wait, and all of it comes before the next round or not at all.
const (
	nudgeDays  = 2 // the nudge: once
	askDays    = 4 // the question whether they met
	silentDays = 5 // whoever has given no sign by then counts as silent
	againDays  = 5 // from a question to the next, if somebody asked for more time
)

// course tells when something comes in a group.
type course struct {
	places []rule.Place // where its people are
	// last is a school day before the next round begins; zero: none is planned.
	last time.Time
	next time.Time // when it begins; zero likewise
}

func (s *Service) course(ctx context.Context, p *Program, who *pool, g *Group) (course, error) {
	var c course
	in, err := s.at(ctx, p)
	if err != nil {
		return c, err
	}
	for _, seat := range g.here() {
		if place, known := who.places[seat.Member]; known {
			c.places = append(c.places, place)
		}
	}
	if next, comes := coming(p, who.now, in); comes {
		c.next, c.last = next, schoolDaysFrom(in, next, -1)
	}
	return c, nil
}

// schoolDaysFrom is the same time of day so many school days later, or earlier if n is
// negative.
func schoolDaysFrom(in rule.Place, at time.Time, n int) time.Time {
	day := in.Today(at)
	return in.Clock(in.SchoolDays(day, n), at.Sub(in.Clock(day, 0)))
}

// after is when so many school days have gone by for everybody.
func (c *course) after(from time.Time, n int) time.Time {
	out := from
	for _, in := range c.places {
		if at := schoolDaysFrom(in, from, n); at.After(out) {
			out = at
		}
	}
	return out
}

// inTime is an instant if it lies before the next round, or the zero time.
func (c *course) inTime(at time.Time) time.Time {
	if !c.last.IsZero() && at.After(c.last) {
		return time.Time{}
	}
	return at
}

// ask is when a group is asked whether they met: at the latest before the next round.
func (c *course) ask(g *Group) time.Time {
	at := c.after(g.Introduced, askDays)
	if c.last.IsZero() {
		return at
	}
	return earlier(at, c.last)
}

// first is what comes first after an introduction: the nudge, or the question if that
// comes before it, or nothing (the zero time) if the round is nearly over.
func (c *course) first(g *Group) time.Time {
	at, ask := c.after(g.Introduced, nudgeDays), c.ask(g)
	switch {
	case !ask.After(g.Introduced):
		return time.Time{}
	case !c.after(at, 1).Before(ask): // two messages on two days are one too many
		return ask
	}
	return at
}

// silent reports since when a person counts as silent who gives no sign.
func (c *course) silent(g *Group, seat *Seat) time.Time {
	told := g.Introduced
	if seat.Came.After(told) {
		told = seat.Came
	}
	if sign := g.sign(seat); sign.After(told) {
		told = sign
	}
	return c.after(told, silentDays)
}

// followUp does what is due in a group that knows of itself: the nudge, the question, or a
// look at who waits for whom.
func (s *Service) followUp(ctx context.Context, p *Program, g *Group, now time.Time) error {
	if g.met() || len(g.here()) < 2 || len(g.open()) == 0 {
		g.Next = time.Time{} // there is nothing to ask any more
		return s.keepGroup(ctx, g, Parted{}, outbox.Effects{})
	}
	who, err := s.gather(ctx, p, &Standing{}, g.Round, now, membersOf(g)...)
	if err != nil {
		return err
	}
	c, err := s.course(ctx, p, who, g)
	if err != nil {
		return err
	}
	switch {
	case g.Stage == Asked:
		return s.look(ctx, who, &c, g)
	case g.Stage == Introduced && now.Before(c.ask(g)):
		return s.nudge(ctx, who, &c, g)
	default:
		return s.ask(ctx, who, &c, g)
	}
}

// nudge reminds those who have not said how it went: the named point of that name. It is
// worth nothing any more once the time that it names has gone by, or the question comes.
func (s *Service) nudge(ctx context.Context, who *pool, c *course, g *Group) error {
	g.Stage, g.Next = Nudged, c.ask(g)
	free, until := who.free(g, 1), g.Next
	if g.agreed(who.now) {
		free = nil // they have a time
	}
	if len(free) > 0 {
		until = earlier(until, free[0])
	}
	posts, err := s.tell(ctx, who, c, g, g.open(), noticeNudge, func(lang string, seat *Seat, args []bot.Arg) (bot.Text, []bot.Control) {
		text := s.words.Text(lang, s.by(g, "nudge"), args...)
		if len(free) > 0 {
			text = bot.Join(" ", text, s.words.Text(lang, "partner.nudge.suits", bot.Rich("time", s.timeShown(lang, free[0], who.members[seat.Member].Zone))))
		}
		var controls []bot.Control
		if len(free) > 0 {
			controls = append(controls, bot.Control{Label: s.label(lang, "partner.button.suggest"), Path: timePath + g.ID + "/" + stamp(free[0])})
		}
		return text, append(controls, s.metButton(lang, g), s.cantButton(lang, g))
	})
	if err != nil {
		return err
	}
	for i := range posts {
		posts[i].NotAfter = earlier(posts[i].NotAfter, until)
	}
	return s.keepGroup(ctx, g, Parted{}, outbox.Effects{Posts: posts})
}

// tell makes direct messages to some people of a group, which are worth nothing any more
// when the next round begins. what names them among all of the group.
func (s *Service) tell(ctx context.Context, who *pool, c *course, g *Group, seats []*Seat, what string,
	of func(lang string, seat *Seat, args []bot.Arg) (bot.Text, []bot.Control),
) ([]outbox.Item, error) {
	names, err := s.names(ctx, g)
	if err != nil {
		return nil, err
	}
	var posts []outbox.Item
	for _, seat := range seats {
		if who.people[seat.Member] == nil {
			continue // they take part no longer, which their group hears in a moment
		}
		lang := who.members[seat.Member].Language
		text, controls := of(lang, seat, s.namesOf(lang, names, seat.Member, g))
		post := s.unasked(who, g, seat, what, text, controls...)
		if !c.next.IsZero() {
			post.NotAfter = earlier(post.NotAfter, c.next)
		}
		posts = append(posts, post)
	}
	return posts, nil
}

// open are those of a group who have not said how it went.
func (g *Group) open() []*Seat {
	return slices.DeleteFunc(g.here(), func(seat *Seat) bool { return seat.State != SeatOpen })
}

func (s *Service) metButton(lang string, g *Group) bot.Control {
	return bot.Control{Label: s.label(lang, "partner.button.met"), Path: metPath + g.ID, Style: bot.Primary}
}

func (s *Service) cantButton(lang string, g *Group) bot.Control {
	return bot.Control{Label: s.label(lang, "partner.button.cant"), Path: cantPath + g.ID}
}
