package checkin

import (
	"cmp"
	"context"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

// batch is what a look has settled and not stored yet.
type batch struct {
	Settled
	posts []outbox.Item
}

func newBatch(now time.Time) *batch {
	return &batch{Settled: Settled{
		At: now, Walls: map[bot.MemberID]time.Time{}, Turns: map[string]map[bot.MemberID]Turn{}, Opened: map[string]Asked{},
	}}
}

func (b *batch) empty() bool { return len(b.Walls)+len(b.Turns)+len(b.Opened)+len(b.posts) == 0 }

func (b *batch) turn(occurrence string, m bot.MemberID, t Turn) {
	if b.Turns[occurrence] == nil {
		b.Turns[occurrence] = map[bot.MemberID]Turn{}
	}
	b.Turns[occurrence][m] = t
}

// look asks everybody whose time has come. at is when it had come somewhere. A look
// that was interrupted is taken up where it was; then everybody is looked at once
// more, since for those at the beginning the time may have come meanwhile.
func (s *Service) look(ctx context.Context, ci *CheckIn, st *Standing, at, now time.Time) error {
	if phrase := ci.Rule.String(); st.Rule != phrase {
		if st.Rule != "" { // it was moved: what the new rule would have brought before is nobody's matter
			st.Since = at.Add(-time.Second)
		}
		st.Rule = phrase
	}
	if ci.InChannel {
		return s.lookInChannel(ctx, ci, st, now)
	}
	for {
		resumed := st.Look != nil
		look := Look{Since: now}
		if resumed {
			look = *st.Look
		}
		stored := resumed
		more := true
		for where := s.places(ci); more; {
			b, last, err := s.lookAtPage(ctx, ci, st, where, look.After, now)
			if err != nil {
				return err
			}
			more, look.After = last != "", last
			if b.empty() {
				continue
			}
			st.Look = nil
			if more {
				st.Look = &look
			}
			stored = more
			if err := s.store.Advance(ctx, st, b.Settled, outbox.Effects{Posts: b.posts}); err != nil {
				return err
			}
		}
		if stored {
			st.Look = nil
			if err := s.store.Advance(ctx, st, Settled{At: now}, outbox.Effects{}); err != nil {
				return err
			}
		}
		if !resumed {
			return nil
		}
	}
}

// lookAtPage settles what is due for the participants after one of them. last is
// the last of them, "" if there are no more.
func (s *Service) lookAtPage(
	ctx context.Context, ci *CheckIn, st *Standing, where *places, after bot.MemberID, now time.Time,
) (b *batch, last bot.MemberID, err error) {
	b = newBatch(now)
	page, members, err := s.page(ctx, ci, after)
	if err != nil || len(page) == 0 {
		return b, "", err
	}
	var asks []asking
	whats := map[string]Asked{} // of each occurrence once
	for i := range page {
		m, ok := members[page[i].Member]
		if !ok {
			continue
		}
		in, err := where.of(ctx, m)
		if err != nil {
			return b, "", err
		}
		for _, e := range ci.ends(page[i].track(st), now, in, s.stretch) {
			b.Walls[m.ID] = e.wall
			if e.wall.After(st.Wall) {
				st.Wall = e.wall // if it comes to be asked in a channel, that goes on from here
			}
			id := occurrenceID(ci.ID, e.wall)
			if e.state == IsAsked {
				a := asking{occurrence: id, who: &page[i], member: m}
				var known bool
				if a.what, known = whats[id]; !known {
					if a.what, err = s.what(ctx, ci, st, id, e.at, e.wall); err != nil {
						return b, "", err
					}
					whats[id] = a.what
				}
				if a.closes = a.what.closes(now, in, s.stretch); a.closes.Sub(now) >= leastOpen {
					asks = append(asks, a)
					continue
				}
				e.state = IsLate // it was asked for a shorter time than it would be now
			}
			b.turn(id, m.ID, Turn{State: e.state})
		}
	}
	if err := s.ask(ctx, ci, st, b, asks, now); err != nil {
		return b, "", err
	}
	if len(page) == lookAtOnce {
		last = page[len(page)-1].Member
	}
	return b, last, nil
}

// asking is somebody who is to be asked.
type asking struct {
	occurrence string
	what       Asked
	who        *Participant
	member     bot.Member
	closes     time.Time
	now        time.Time
}

// ask asks people, but for those who have had their turn: they have answered
// early, say.
func (s *Service) ask(ctx context.Context, ci *CheckIn, st *Standing, b *batch, asks []asking, now time.Time) error {
	of := map[string][]bot.MemberID{}
	for _, a := range asks {
		of[a.occurrence] = append(of[a.occurrence], a.member.ID)
	}
	had := map[string]map[bot.MemberID]Turn{}
	for id, members := range of {
		var err error
		if st.open(id) == nil {
			continue // nobody can have had it
		}
		if had[id], err = s.store.Turns(ctx, ci.Community, id, members...); err != nil {
			return err
		}
	}
	for _, a := range asks {
		if _, yes := had[a.occurrence][a.member.ID]; yes {
			continue
		}
		if _, fresh := st.opened(a.occurrence, &a.what.Definition, now, a.closes); fresh {
			b.Opened[a.occurrence] = a.what
		}
		b.turn(a.occurrence, a.member.ID, Turn{State: IsAsked, Opened: now, Closes: a.closes})
		if a.who.Untold {
			b.Told = append(b.Told, a.member.ID)
		}
		a.now = now
		b.posts = append(b.posts, s.prompt(ci, &a))
	}
	return nil
}

// what is what an occurrence asks: one that is open stays as it was asked where it
// came first, whatever has become of the check-in.
func (s *Service) what(ctx context.Context, ci *CheckIn, st *Standing, id string, at, wall time.Time) (Asked, error) {
	if st.open(id) == nil {
		return s.firstAsked(ctx, ci, st, at, wall)
	}
	return s.askedAt(ctx, ci.Community, id)
}

// firstAsked is what an occurrence that is new asks. It tells if more people see the
// answers than did the time before.
func (s *Service) firstAsked(ctx context.Context, ci *CheckIn, st *Standing, at, wall time.Time) (Asked, error) {
	a := ci.copy(at, wall)
	if a.Before == "" && a.Left == (bot.Channel{}) {
		return a, nil
	}
	before := Definition{Sharing: cmp.Or(a.Before, a.Sharing), Channel: cmp.Or(a.Left, a.Channel)}
	var ids []string
	latest := time.Time{}
	for _, o := range st.Open {
		if o.First.After(latest) {
			ids, latest = []string{o.ID}, o.First
		}
	}
	if len(ids) == 0 {
		var err error
		if ids, err = s.store.Past(ctx, ci.Community, ci.ID, at, 1); err != nil {
			return a, err
		}
	}
	past, err := s.store.Asked(ctx, ci.Community, ids...)
	if err != nil {
		return a, err
	}
	for _, p := range past {
		before = p.Definition
	}
	moved := a.Sharing == Shared && before.Sharing == Shared && a.Channel != before.Channel
	a.Widened = moved || a.Sharing.wider(before.Sharing)
	return a, nil
}

// copy is what an occurrence keeps of the check-in. wall is when it is due by each
// person's own clock, if it comes so.
func (c *CheckIn) copy(at, wall time.Time) Asked {
	a := Asked{CheckIn: c.ID, Number: c.Number, Name: c.Name, At: at, Weekly: weekly(c.Rule, at), Definition: c.Definition}
	if c.Local && !c.InChannel {
		a.Wall = wall
	}
	a.Audience = Audience{} // whom to ask is no matter of what was asked
	return a
}

// weekly reports whether a rule brings something once a week, as seen from an instant.
// Days off are no matter.
func weekly(r rule.Rule, from time.Time) bool {
	const looked = 4
	var last time.Time
	n := 0
	for o := range r.After(from, rule.Place{Zone: time.UTC}) {
		if !last.IsZero() && o.Wall.Sub(last) != 7*24*time.Hour {
			return false
		}
		if n++; n == looked {
			return true
		}
		last = o.Wall
	}
	return false
}

// lookInChannel asks in the channel if the time has come.
func (s *Service) lookInChannel(ctx context.Context, ci *CheckIn, st *Standing, now time.Time) error {
	in, err := s.places(ci).of(ctx, bot.Member{Community: ci.Community})
	if err != nil {
		return err
	}
	p := Participant{Since: ci.Created, Wall: st.Wall}
	ends := ci.ends(p.track(st), now, in, s.stretch)
	if len(ends) == 0 {
		return nil
	}
	b := newBatch(now)
	for _, e := range ends {
		st.Wall = e.wall
		if e.state == IsAsked {
			if err := s.askInChannel(ctx, ci, st, b, occurrenceID(ci.ID, e.wall), e.at, now, in); err != nil {
				return err
			}
		}
	}
	return s.store.Advance(ctx, st, b.Settled, outbox.Effects{Posts: b.posts})
}

func (s *Service) askInChannel(ctx context.Context, ci *CheckIn, st *Standing, b *batch, id string, at, now time.Time, in rule.Place) error {
	a, err := s.firstAsked(ctx, ci, st, at, time.Time{})
	if err != nil {
		return err
	}
	o, fresh := st.opened(id, &ci.Definition, now, ci.closes(now, in, s.stretch))
	if fresh {
		b.Opened[id] = a
	}
	o.Posted = true // what is asked in the channel is where the summary stands
	b.posts = append(b.posts, s.channelPost(id, a, o.Closes, nil))
	return nil
}

// extra asks everybody out of turn, whatever they have had.
func (s *Service) extra(ctx context.Context, ci *CheckIn, st *Standing, p stepPayload, now time.Time) error {
	id := ci.ID + "-" + p.Extra
	once := *ci
	once.Rule = rule.Rule{} // what comes out of turn comes by no rule
	ci = &once
	where := s.places(ci)
	o := st.open(id)
	if o == nil {
		known, err := s.store.Asked(ctx, ci.Community, id)
		if _, over := known[id]; err != nil || over {
			return err
		}
	} else if o.Extra == nil {
		return nil // all are asked
	}
	if ci.InChannel {
		in, err := where.of(ctx, bot.Member{Community: ci.Community})
		if err != nil {
			return err
		}
		b := newBatch(now)
		if err := s.askInChannel(ctx, ci, st, b, id, p.At, now, in); err != nil {
			return err
		}
		return s.advanceExtra(ctx, ci, st, b, now)
	}
	after := bot.MemberID("")
	if o != nil {
		after = o.Extra.After
	}
	for more := true; more; {
		page, members, err := s.page(ctx, ci, after)
		if err != nil {
			return err
		}
		b := newBatch(now)
		var asks []asking
		for i := range page {
			m, ok := members[page[i].Member]
			if !ok {
				continue
			}
			in, err := where.of(ctx, m)
			if err != nil {
				return err
			}
			what, err := s.what(ctx, ci, st, id, p.At, time.Time{})
			if err != nil {
				return err
			}
			asks = append(asks, asking{occurrence: id, what: what, who: &page[i], member: m, closes: what.closes(now, in, s.stretch)})
		}
		if err := s.ask(ctx, ci, st, b, asks, now); err != nil {
			return err
		}
		if more = len(page) == lookAtOnce; more {
			after = page[len(page)-1].Member
		}
		if o = st.open(id); o == nil {
			continue // nobody yet
		}
		o.Extra = nil
		if more {
			o.Extra = &Look{Since: now, After: after}
		}
		if err := s.advanceExtra(ctx, ci, st, b, now); err != nil {
			return err
		}
	}
	return nil
}

// advanceExtra stores what was asked out of turn, and lets the check-in's own job
// look after its end.
func (s *Service) advanceExtra(ctx context.Context, ci *CheckIn, st *Standing, b *batch, now time.Time) error {
	job, err := stepJob(Due{Community: ci.Community, CheckIn: ci.ID, At: now, Now: now})
	if err != nil {
		return err
	}
	e := outbox.Effects{Posts: b.posts}
	e.Jobs = append(e.Jobs, job)
	return s.store.Advance(ctx, st, b.Settled, e)
}
