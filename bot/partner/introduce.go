package partner

import (
	"context"
	"encoding/json"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// StepGroup is the scheduler.Handler of GroupJobKind: it does what is due in a group.
func (s *Service) StepGroup(ctx context.Context, j scheduler.Job) error {
	var id string
	if err := json.Unmarshal(j.Payload, &id); err != nil {
		return scheduler.Poisoned(err)
	}
	c := bot.CommunityID(j.Group)
	g, err := s.store.Group(ctx, c, id)
	if bot.CodeOf(err) == bot.NotFound { // the round is over
		return nil
	}
	if err != nil {
		return outbox.Later(err)
	}
	p, err := s.schedule.Get(ctx, c, g.program())
	switch {
	case bot.CodeOf(err) == bot.NotFound, err == nil && g.Next.IsZero():
		return nil
	case err != nil:
		return outbox.Later(err)
	case g.Next.After(j.Started):
		return scheduler.After(g.Next.Sub(j.Started), nil)
	}
	return outbox.Later(s.step(ctx, &p, &g, j.Started))
}

// step does what comes next in a group.
func (s *Service) step(ctx context.Context, p *Program, g *Group, now time.Time) error {
	switch g.Stage {
	case Made:
		return s.introduce(ctx, p, g, now)
	case Introduced, Nudged, Asked:
		return s.followUp(ctx, p, g, now)
	default:
		g.Next = time.Time{}
		return s.keepGroup(ctx, g, Parted{}, outbox.Effects{})
	}
}

// keepGroup stores a group, with the job that looks at it again, or without.
func (s *Service) keepGroup(ctx context.Context, g *Group, p Parted, e outbox.Effects) error {
	e.Withdraw = append(e.Withdraw, g.taken...)
	if g.Next.IsZero() {
		e.Cancel = append(e.Cancel, groupJobID(g))
		return s.store.AdvanceGroup(ctx, g, p, e)
	}
	job, err := groupJob(g)
	if err != nil {
		return err
	}
	e.Jobs = append(e.Jobs, job)
	return s.store.AdvanceGroup(ctx, g, p, e)
}

// introduce tells a group of itself: the named point of that name. Whoever takes part no
// longer by now, rests, is away or may not meet the others is released first, and nobody
// hears of them.
func (s *Service) introduce(ctx context.Context, p *Program, g *Group, now time.Time) error {
	who, err := s.gather(ctx, p, &Standing{}, g.Round, now, membersOf(g)...)
	if err != nil {
		return err
	}
	parted := Parted{}
	for _, m := range who.cannot(g) {
		parted.add(g.release(m, SeatGone, now))
	}
	var e outbox.Effects
	if len(parted.Free) > 0 {
		job, err := againJob(p.Community, p.ID, now)
		if err != nil {
			return err
		}
		e.Jobs = append(e.Jobs, job)
	}
	if g.Stage == Over {
		return s.keepGroup(ctx, g, parted, e)
	}
	names, err := s.names(ctx, g)
	if err != nil {
		return err
	}
	told, at, err := s.introductions(ctx, who, g, names)
	if err != nil {
		return err
	}
	if at.After(now) && !at.After(g.Made.Add(roomPatience)) {
		g.Next = at // then all can read it together
		return s.keepGroup(ctx, g, parted, e)
	}
	g.Stage, g.Introduced = Introduced, now
	c, err := s.course(ctx, p, who, g)
	if err != nil {
		return err
	}
	g.Next = c.first(g)
	for _, seat := range g.here() {
		seat.Told = true
	}
	e.Posts, e.Written = append(e.Posts, told.Posts...), told.Written
	return s.keepGroup(ctx, g, parted, e)
}

// cannot are those of a group who cannot be introduced to the others any more. Of two who
// may not meet, it is both.
func (p *pool) cannot(g *Group) []bot.MemberID {
	present := map[bot.MemberID]bool{}
	for _, m := range p.present {
		present[m] = true
	}
	var out []bot.MemberID
	for _, seat := range g.here() {
		apart := false
		for _, other := range p.roll.Apart[seat.Member] {
			apart = apart || g.seat(other) != nil
		}
		if !present[seat.Member] || apart {
			out = append(out, seat.Member)
		}
	}
	return out
}

// names are those of the people in a group.
func (s *Service) names(ctx context.Context, g *Group) (map[bot.MemberID]string, error) {
	return s.people.Names(ctx, g.Community, membersOf(g))
}

// worth is how long an introduction is worth telling: a week of school.
const worth = 7 * 24 * time.Hour

// introductions introduce all of a group: in a room of theirs, or each of them when it
// suits them. at is when all of them could be told together.
func (s *Service) introductions(ctx context.Context, who *pool, g *Group, names map[bot.MemberID]string) (e outbox.Effects, at time.Time, err error) {
	goals, err := s.goalsOf(ctx, g)
	if err != nil {
		return e, at, err
	}
	here := g.here()
	var alone []outbox.Item
	for _, seat := range here {
		alone = append(alone, s.introduction(who, g, seat, names, goals))
	}
	return s.toRoom(ctx, who, g, names, here, noticeIntro, s.roomIntroduction(who, g, here[0], names, goals), alone)
}

// introduction tells one person of a group about the others.
func (s *Service) introduction(who *pool, g *Group, seat *Seat, names, goals map[bot.MemberID]string) outbox.Item {
	lang := who.members[seat.Member].Language
	return s.unasked(who, g, seat, noticeIntro, s.introText(lang, who, g, seat, names, goals), s.introControls(lang, who, g, seat.Member, names)...)
}

func (s *Service) introText(lang string, who *pool, g *Group, seat *Seat, names, goals map[bot.MemberID]string) bot.Text {
	return bot.Join(" ",
		s.words.Text(lang, s.by(g, "intro"), s.namesOf(lang, names, seat.Member, g)...),
		s.shares(lang, who.profile(seat.Member), g),
		s.suits(lang, who, g, seat.Member),
		s.relayOffer(lang, g),
		s.goalsShown(lang, g, names, goals),
		s.words.Text(lang, "partner.intro.begin", bot.Rich("question", s.words.Text(lang, opening(g)))))
}

// unasked is a direct message about a group that comes when it suits its reader. what
// names it among all of the group to them.
func (s *Service) unasked(who *pool, g *Group, seat *Seat, what string, text bot.Text, controls ...bot.Control) outbox.Item {
	to, m := seat.Account, who.members[seat.Member]
	return outbox.Item{
		Class: outbox.Bulk, NotAfter: who.now.Add(worth),
		Unasked: &outbox.Unasked{Zone: m.Zone, Language: m.Language, Less: lessPath + who.program.ID},
		Post:    bot.Post{Key: noticeKey(g, what, seat), Direct: &to, Message: bot.Message{Text: text, Controls: controls}},
	}
}

func (s *Service) introControls(lang string, who *pool, g *Group, m bot.MemberID, names map[bot.MemberID]string) []bot.Control {
	return append(append(s.timeControls(lang, who, g), s.relayControls(lang, g, m, names)...), s.cantButton(lang, g))
}

// comesToYou introduces somebody and a pair to each other: in a room of all three, if it
// suits them now.
func (s *Service) comesToYou(ctx context.Context, who *pool, g *Group, m bot.MemberID) (outbox.Effects, error) {
	names, err := s.names(ctx, g)
	if err != nil {
		return outbox.Effects{}, err
	}
	goals, err := s.goalsOf(ctx, g)
	if err != nil {
		return outbox.Effects{}, err
	}
	posts := []outbox.Item{s.introduction(who, g, g.seat(m), names, goals)}
	for _, seat := range g.others(m) {
		lang := who.members[seat.Member].Language
		text := bot.Join(" ", s.words.Text(lang, "partner.third", bot.Str("name", names[m])), s.shares(lang, who.profile(seat.Member), g), s.suits(lang, who, g, seat.Member), s.relayOffer(lang, g))
		posts = append(posts, s.unasked(who, g, seat, noticeThird+g.token(m), text, s.introControls(lang, who, g, seat.Member, names)...))
	}
	e, _, err := s.toRoom(ctx, who, g, names, g.here(), noticeThird+g.token(m), s.roomIntroduction(who, g, g.seat(m), names, goals), posts)
	return e, err
}
