package partner

import (
	"context"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/bot/partner/match"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// Begin is the scheduler.Handler of RoundJobKind: it ends the last round and decides the
// next one.
func (s *Service) Begin(ctx context.Context, j scheduler.Job) error {
	return s.onProgram(ctx, j, s.begin)
}

func (s *Service) begin(ctx context.Context, p *Program, due programPayload, now time.Time) error {
	st, err := s.store.Standing(ctx, p.Community, p.ID)
	if err != nil || st.Occurrence == due.Occurrence {
		return err
	}
	if err := s.close(ctx, p, &st, now); err != nil {
		return err
	}
	return s.decide(ctx, p, &st, due.Occurrence, now)
}

// decide gives everybody who is there a partner: the named point of that name.
func (s *Service) decide(ctx context.Context, p *Program, st *Standing, occurrence string, now time.Time) error {
	round := st.Round + 1
	who, err := s.gather(ctx, p, st, round, now)
	if err != nil {
		return err
	}
	asked, err := who.asked(0)
	if err != nil {
		return err
	}
	in, err := s.at(ctx, p)
	if err != nil {
		return err
	}
	asked.Season, asked.Backbone = p.season(now, in), st.Plan
	for _, m := range who.absent {
		asked.Absent = append(asked.Absent, who.id(m))
	}
	out := match.Pair(asked)

	st.Round, st.Occurrence, st.Began, st.Open = round, occurrence, now, true
	st.Groups, st.Waves, st.Plan = 0, 0, out.Backbone
	st.Figures = Figures{Nobody: len(out.Alone), Away: len(who.absent)}
	d, e, err := s.made(who, st, &out, 0)
	if err != nil {
		return err
	}
	d.Free = map[bot.MemberID]time.Time{}
	for _, id := range out.Alone {
		m := who.member(id)
		d.Free[m] = now
		e.Posts = append(e.Posts, s.nobodyYet(who, m))
	}
	job, err := callJob(p, now)
	if err != nil {
		return err
	}
	e.Jobs = append(e.Jobs, job)
	return s.store.Advance(ctx, st, d, e)
}

// made is what a decision of the engine brings about: the groups with their jobs, and
// what the history keeps of them.
func (s *Service) made(who *pool, st *Standing, out *match.Outcome, wave int) (Decision, outbox.Effects, error) {
	d := Decision{Numbers: who.fresh, Waves: map[string]string{}}
	var e outbox.Effects
	var notes []noted
	for i := range out.Groups {
		st.Groups++
		g := who.group(&out.Groups[i], wave, st.Groups)
		job, err := groupJob(&g)
		if err != nil {
			return d, e, err
		}
		d.Groups, e.Jobs, notes = append(d.Groups, g), append(e.Jobs, job), append(notes, who.noted(&g))
		st.Figures.Offered += len(g.Seats)
	}
	if len(notes) > 0 {
		d.Waves[waveKey(st.Round, wave)] = encodeWave(notes)
	}
	st.Figures.Groups += len(out.Groups)
	st.Figures.Trios += out.Figures.Trios
	st.Figures.Repeats += out.Figures.Repeats
	st.Figures.Short += out.Figures.Short
	return d, e, nil
}

// nobodyWorth is how long it is worth telling that there is nobody yet.
const nobodyWorth = 3 * 24 * time.Hour

// nobodyYet tells somebody that there is nobody for them just now, whatever the reason: the
// same words for all, and once a round.
func (s *Service) nobodyYet(who *pool, m bot.MemberID) outbox.Item {
	lang := who.members[m].Language
	post := s.toOne(who, m, waveKey(who.round, 0)+"/nobody", s.words.Text(lang, "partner.nobody"),
		bot.Control{Label: s.label(lang, "partner.button.sit_out"), Path: sitOutAt(who.program, who.round), Of: who.program.Name})
	post.NotAfter = who.now.Add(nobodyWorth)
	return post
}

// toOne is a direct message about the program that comes when it suits its reader. what
// names it among all of the program to them.
func (s *Service) toOne(who *pool, m bot.MemberID, what string, text bot.Text, controls ...bot.Control) outbox.Item {
	to, reader := who.people[m].Account, who.members[m]
	return outbox.Item{
		Class: outbox.Bulk, NotAfter: who.now.Add(worth),
		Unasked: &outbox.Unasked{Zone: reader.Zone, Language: reader.Language, Less: lessPath + who.program.ID},
		Post: bot.Post{
			Key: bot.DeliveryKey(record(who.program.ID) + "/" + what + "/" + string(m)), Direct: &to, Message: bot.Message{Text: text, Controls: controls},
		},
	}
}
