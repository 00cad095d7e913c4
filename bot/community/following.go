package community

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// Follower keeps records of members that follow when somebody links their accounts,
// where it is not enough to know who was who (bot.Member.Former). Each of its changes
// can be interrupted anywhere and made again.
type Follower interface {
	// Follow lets what belonged to a member belong to the one who they are by now.
	Follow(ctx context.Context, c bot.CommunityID, from, into bot.MemberID) error
	// GiveBack undoes Follow, up to SelfUndoable later.
	GiveBack(ctx context.Context, c bot.CommunityID, from, into bot.MemberID) error
}

// SelfUndoable is how long linked accounts can be parted again.
const SelfUndoable = undoable

// FollowJobKind is the kind of the jobs that let records follow members. Register
// Accounts.Follow for it.
const FollowJobKind = "self"

type followPayload struct {
	From bot.MemberID `json:"from"`
	Into bot.MemberID `json:"into"`
}

// followJob lets the records of a self be where its accounts lead.
func followJob(c bot.CommunityID, s *Self, now time.Time) (scheduler.Job, error) {
	payload, err := json.Marshal(followPayload{s.ID, s.Into})
	return scheduler.Job{Group: string(c), ID: FollowJobKind + "/" + string(s.ID), Kind: FollowJobKind, Due: now, Payload: payload}, err
}

// Follow is the scheduler.Handler of FollowJobKind: it lets records follow a member,
// or gives them back, as the accounts are linked now.
func (s *Accounts) Follow(ctx context.Context, j scheduler.Job) error {
	var p followPayload
	if err := json.Unmarshal(j.Payload, &p); err != nil {
		return scheduler.Poisoned(err)
	}
	err := s.follow(ctx, bot.CommunityID(j.Group), p)
	switch bot.CodeOf(err) {
	case bot.Unavailable, bot.Conflict, bot.RateLimited:
		return scheduler.After(5*time.Second, err)
	default:
		return err
	}
}

func (s *Accounts) follow(ctx context.Context, c bot.CommunityID, p followPayload) error {
	selves, err := s.store.Selves(ctx, c, p.Into)
	if err != nil {
		return err
	}
	linked := slices.ContainsFunc(selves, func(self Self) bool { return self.ID == p.From })
	for _, f := range s.followers {
		if linked {
			err = f.Follow(ctx, c, p.From, p.Into)
		} else {
			err = f.GiveBack(ctx, c, p.From, p.Into)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
