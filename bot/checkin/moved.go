package checkin

import (
	"context"
	"encoding/json"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// MovedJobKind is the kind of the jobs that look anew at what a member takes part in,
// after their clock or the days on which they are away have changed:
// Service.LookAnew is its handler.
const MovedJobKind = "checkin-moved"

type movedPayload struct {
	Member bot.MemberID `json:"member"`
}

// Moved is the job for a member whose clock or days away have changed.
func (s *Service) Moved(m bot.Member, now time.Time) (scheduler.Job, error) {
	payload, err := json.Marshal(movedPayload{m.ID})
	return scheduler.Job{Group: string(m.Community), ID: MovedJobKind + "/" + string(m.ID), Kind: MovedJobKind, Due: now, Payload: payload}, err
}

// LookAnew is the scheduler.Handler of MovedJobKind. Check-ins that come at once for
// all are no matter of where somebody is, and being away is asked for when they come.
func (s *Service) LookAnew(ctx context.Context, j scheduler.Job) error {
	var p movedPayload
	if err := json.Unmarshal(j.Payload, &p); err != nil {
		return scheduler.Poisoned(err)
	}
	return waitingFor(s.lookAnew(ctx, bot.CommunityID(j.Group), p.Member, j.Started))
}

func (s *Service) lookAnew(ctx context.Context, c bot.CommunityID, m bot.MemberID, now time.Time) error {
	ids, err := s.store.Joined(ctx, c, m)
	if err != nil {
		return err
	}
	var e outbox.Effects
	for _, id := range ids {
		ci, err := s.schedule.Get(ctx, c, id)
		if bot.CodeOf(err) == bot.NotFound {
			continue
		}
		if err != nil {
			return err
		}
		if !ci.Local || ci.InChannel {
			continue
		}
		job, err := stepJob(Due{Community: c, CheckIn: id, At: now, Now: now})
		if err != nil {
			return err
		}
		e.Jobs = append(e.Jobs, job)
	}
	if len(e.Jobs) == 0 {
		return nil
	}
	e.Jobs = append(e.Jobs, s.schedule.Relay(c, now))
	return s.store.Apply(ctx, string(c), e)
}
