package schedule

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// storePause is how long a step waits for what cannot be reached.
const storePause = 5 * time.Second

// mostFailures is how often Kind.Occur may fail for no known reason before the
// occurrence is given up.
const mostFailures = 4

// Step is the scheduler.Handler of JobKind: it brings the occurrences that are
// due to their end. The end, what happens and the next step are stored at once.
// Or it finds out whether what was posted has arrived.
func (s *Service) Step(ctx context.Context, j scheduler.Job) error {
	var p stepPayload
	if err := json.Unmarshal(j.Payload, &p); err != nil {
		return scheduler.Poisoned(err)
	}
	var err error
	if p.Ends {
		err = s.followUp(ctx, bot.CommunityID(j.Group), p.Series)
	} else {
		err = s.step(ctx, p.Series, j)
	}
	switch bot.CodeOf(err) {
	case bot.Conflict: // somebody was quicker; what comes next is in the record
		return scheduler.After(0, err)
	case bot.Unavailable, bot.RateLimited: // a series is never given up for it
		return scheduler.After(storePause, err)
	default:
		return err
	}
}

func (s *Service) step(ctx context.Context, id string, j scheduler.Job) error {
	r, cals, err := s.store.Load(ctx, bot.CommunityID(j.Group), id)
	if bot.CodeOf(err) == bot.NotFound {
		return nil // removed meanwhile
	}
	if err != nil {
		return err
	}
	now := j.Started
	zone, at, ok := r.soonest()
	switch {
	case !ok:
		return nil
	case at.After(now):
		return scheduler.After(at.Sub(now), nil)
	}
	in, err := cals.place(zone, r.Calendars)
	if err != nil {
		return err
	}
	p := r.planDue(zone, in, now, r.standstill())
	var h happening
	if p.happens {
		o := Occurrence{Series: r, Key: r.key(p.at, zone), At: p.at, Now: now, Zone: zone}
		var entry Entry
		if h, entry, err = s.occur(ctx, o, j.Attempts+1 < mostFailures); err != nil {
			if passes(err) {
				return err
			}
			return &fault{err}
		}
		p.entries = append(p.entries, entry)
		sortByTime(p.entries)
		r.keep(h)
		if err := r.follow(&h.Effects, now); err != nil {
			return err
		}
	}
	r.Courses[zone] = Course{Settled: p.settled}
	if err := s.lay(ctx, &r, cals, now); err != nil {
		return err
	}
	if err := r.plan(&h.Effects); err != nil {
		return err
	}
	return s.store.Advance(ctx, &r, p.entries, h.Effects)
}

// fault is an error of a kind. Its code means something to the kind, and nothing
// to what becomes of the job.
type fault struct{ cause error }

func (f *fault) Error() string { return "an occurrence: " + f.cause.Error() }

// standstill is why nothing happens in the series, or empty.
func (s *Series) standstill() Reason {
	if s.Paused {
		return Paused
	}
	return ""
}

// occur asks the kind what happens, and gives it with the entry for the log. An
// error means that the occurrence has no end yet: patient says whether one that
// explains nothing is such an error.
func (s *Service) occur(ctx context.Context, o Occurrence, patient bool) (happening, Entry, error) {
	entry := Entry{At: o.At, Zone: o.Series.elsewhere(o.Zone), Ended: o.Now, Extra: o.Extra}
	h, err := s.ask(ctx, o)
	entry.Outcome, entry.Reason, entry.Detail = ending(err)
	switch {
	case entry.Outcome == Done:
		for _, item := range h.Posts[:min(len(h.Posts), mostPosts)] {
			entry.Posts = append(entry.Posts, item.Post.Key)
		}
		return h, entry, nil
	case entry.Outcome != "":
		return happening{}, entry, nil
	case patient, passes(err):
		return happening{}, entry, err
	}
	s.log.ErrorContext(ctx, "an occurrence of a series was given up", "series", o.Series.ID, "kind", o.Series.Kind,
		"group", string(o.Series.Community), "error", err)
	entry.Outcome, entry.Reason = Skipped, Failed
	return happening{}, entry, nil
}

// mostPosts is how many posts of an occurrence its entry knows.
const mostPosts = 4

// ask asks the kind.
func (s *Service) ask(ctx context.Context, o Occurrence) (happening, error) {
	k, ok := s.kinds[o.Series.Kind]
	if !ok { // a newer version may know it
		return happening{}, &bot.Error{Code: bot.Unavailable, Err: fmt.Errorf("no kind %q", o.Series.Kind)}
	}
	return guarded(func() (happening, error) { return k.happen(ctx, o) })
}
