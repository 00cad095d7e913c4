package schedule

import (
	"context"
	"encoding/json"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// lookedBack is how many entries are looked at for posts that did not arrive.
const lookedBack = 100

// follow plans to find out, within a day or so, whether what an occurrence posts
// has arrived: until then that is known to the outbox alone, which forgets it in
// time. Planned again the same day it is the same job.
func (s *Series) follow(e *outbox.Effects, now time.Time) error {
	if len(e.Posts) == 0 {
		return nil
	}
	payload, err := json.Marshal(stepPayload{Series: s.ID, Ends: true})
	due := now.Truncate(24 * time.Hour).Add(24*time.Hour + jitter(s.Community))
	e.Jobs = append(e.Jobs, scheduler.Job{Group: string(s.Community), ID: s.endsJob(), Kind: JobKind, Due: due, Payload: payload})
	return err
}

func (s *Series) endsJob() string { return s.record() + "/ends" }

// followUp writes into the log what became of the posts.
func (s *Service) followUp(ctx context.Context, c bot.CommunityID, id string) error {
	r, _, err := s.store.Load(ctx, c, id)
	if bot.CodeOf(err) == bot.NotFound {
		return nil // removed meanwhile
	}
	if err != nil {
		return err
	}
	before, err := s.store.Log(ctx, c, id, 0, lookedBack)
	if err != nil {
		return err
	}
	after, err := s.delivered(ctx, c, before)
	if err != nil {
		return err
	}
	revised := map[int]Entry{}
	for i := range after {
		if after[i].Outcome != before[i].Outcome {
			revised[i] = after[i]
		}
	}
	if len(revised) == 0 {
		return nil
	}
	return s.store.Revise(ctx, &r, revised)
}

// delivered is the entries with what is known of their posts by now.
func (s *Service) delivered(ctx context.Context, c bot.CommunityID, entries []Entry) ([]Entry, error) {
	var keys []bot.DeliveryKey
	for _, e := range entries {
		if e.Outcome == Done {
			keys = append(keys, e.Posts...)
		}
	}
	if len(keys) == 0 {
		return entries, nil
	}
	fates, err := s.store.Undelivered(ctx, c, keys)
	if err != nil {
		return nil, err
	}
	out := make([]Entry, len(entries))
	for i, e := range entries {
		out[i] = e.with(fates)
	}
	return out, nil
}

// with is how an occurrence ended once it is known that some of its posts did
// not arrive.
func (e Entry) with(fates map[bot.DeliveryKey]outbox.Outcome) Entry {
	if e.Outcome != Done {
		return e
	}
	for _, key := range e.Posts {
		switch fates[key] {
		case outbox.Uncertain:
			e.Outcome, e.Reason = Uncertain, Unknown
		case outbox.Failed:
			e.Outcome, e.Reason = Skipped, Refused
		case outbox.Expired:
			e.Outcome, e.Reason = Skipped, Late
		}
	}
	return e
}
