package partner

import (
	"context"
	"strconv"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

const (
	// callDays is how many school days before a round it is called.
	callDays = 2
	// callLook is how long it takes at most until it is seen that a round was moved.
	callLook = 24 * time.Hour
	// countFrom is from how many people on it is told how many take part: among fewer,
	// one could tell who it is that somebody was not introduced to.
	countFrom = 5
)

func callJob(p *Program, due time.Time) (scheduler.Job, error) {
	return programJob(p.Community, CallJobKind, p.ID, "call", programPayload{}, due)
}

// Call is the scheduler.Handler of CallJobKind: before a round it says in the program's
// channel that it comes.
func (s *Service) Call(ctx context.Context, j scheduler.Job) error {
	return s.onProgram(ctx, j, s.call)
}

func (s *Service) call(ctx context.Context, p *Program, _ programPayload, now time.Time) error {
	in, err := s.at(ctx, p)
	if err != nil {
		return err
	}
	var e outbox.Effects
	again := now.Add(callLook)
	if next, comes := coming(p, now, in); comes && !p.Paused {
		if begins := callAt(in, next); begins.After(now) {
			again = earlier(again, begins)
		} else if e.Posts, err = s.callPost(ctx, p, next); err != nil {
			return err
		}
	}
	job, err := callJob(p, again)
	if err != nil {
		return err
	}
	e.Jobs = []scheduler.Job{job}
	return s.store.Apply(ctx, string(p.Community), e)
}

// coming is when the next round begins.
func coming(p *Program, now time.Time, in rule.Place) (time.Time, bool) {
	for o := range p.Rule.After(now, in) {
		if !o.Skipped {
			return o.At, true
		}
		if o.At.Sub(now) > 366*24*time.Hour {
			break
		}
	}
	return time.Time{}, false
}

// callAt is when a round is called: at the same time of day.
func callAt(in rule.Place, round time.Time) time.Time {
	return schoolDaysFrom(in, round, -callDays)
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// callPost says that a round comes.
func (s *Service) callPost(ctx context.Context, p *Program, round time.Time) ([]outbox.Item, error) {
	n, err := s.store.Count(ctx, p.Community, p.ID)
	if err != nil {
		return nil, err
	}
	st, err := s.store.Standing(ctx, p.Community, p.ID)
	if err != nil {
		return nil, err
	}
	text := s.words.Text(p.Language, "partner.call", bot.Str("name", p.Name), bot.At("when", round, p.Zone, bot.DateTime))
	if n >= countFrom {
		text = bot.Join(" ", text, s.words.Text(p.Language, "partner.call.count", bot.Count("n", n)))
	}
	text = bot.Join(" ", text, s.words.Text(p.Language, "partner.call.join"))
	return []outbox.Item{{
		Class: outbox.Bulk, NotAfter: round,
		Post: bot.Post{
			Key: bot.DeliveryKey(record(p.ID) + "/call/" + strconv.FormatInt(round.Unix(), 36)), Channel: p.Channel,
			Message: bot.Message{Text: text, Controls: []bot.Control{
				{Label: s.label(p.Language, "partner.button.join"), Path: joinPath + p.ID, Style: bot.Primary},
				{Label: s.label(p.Language, "partner.button.sit_out"), Path: sitOutAt(p, st.Round+1)},
			}},
		},
	}}, nil
}

// sitOutAt is where somebody sits a round out.
func sitOutAt(p *Program, round int) string { return sitOutPath + p.ID + "/" + strconv.Itoa(round) }
