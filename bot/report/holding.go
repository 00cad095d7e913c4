package report

import (
	"context"
	"slices"

	"github.com/staffroom-bot/staffroom/bot"
)

// Holdings gives what a member has reported.
func (s *Service) Holdings(ctx context.Context, m bot.Member) ([]bot.Holding, error) {
	var all []bot.Holding
	for _, id := range m.IDs() {
		cases, err := s.of(ctx, m.Community, string(id))
		if err != nil {
			return nil, err
		}
		for _, cs := range cases {
			for _, said := range cs.Said {
				if said.By == id {
					all = append(all, bot.Holding{Part: "report.part", At: said.At, Text: said.Why})
				}
			}
		}
	}
	return all, nil
}

// of gives the cases in which somebody stands, also those from before a link.
func (s *Service) of(ctx context.Context, c bot.CommunityID, who string) (all []Case, err error) {
	origins, err := s.people.Origins(ctx, c)
	if err != nil {
		return nil, err
	}
	for _, in := range append([]bot.CommunityID{c}, origins...) {
		cases, err := s.store.Of(ctx, in, who)
		if err != nil {
			return nil, err
		}
		all = append(all, cases...)
	}
	return all, nil
}

// Forget takes out of all reports who reported, and in which words, and who was told
// of them. That something was reported stays with the organizers, and so does what
// others have reported of the member.
func (s *Service) Forget(ctx context.Context, p bot.Parting) error {
	for _, id := range p.Member.IDs() {
		err := s.forget(ctx, p.Member.Community, string(id), func(cs *Case) {
			for i, said := range cs.Said {
				if said.By == id {
					cs.Said[i] = Said{At: said.At}
				}
			}
		})
		if err != nil {
			return err
		}
	}
	for _, a := range p.Accounts {
		err := s.forget(ctx, p.Member.Community, a.String(), func(cs *Case) {
			cs.Told = slices.DeleteFunc(cs.Told, func(t Told) bool { return t.Post.Direct != nil && *t.Post.Direct == a })
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// forget takes somebody out of the cases in which they stand.
func (s *Service) forget(ctx context.Context, c bot.CommunityID, who string, out func(*Case)) error {
	cases, err := s.of(ctx, c, who)
	if err != nil {
		return err
	}
	gone := map[bot.CommunityID]bool{c: true}
	for i := range cases {
		gone[cases[i].Community] = true
		if err := s.amend(ctx, &cases[i], out); err != nil {
			return err
		}
	}
	for in := range gone {
		if err := s.store.Forget(ctx, in, who); err != nil {
			return err
		}
	}
	return nil
}

// amend changes a case, again if others were quicker.
func (s *Service) amend(ctx context.Context, cs *Case, change func(*Case)) error {
	const tries = 4
	var last error
	for range tries {
		change(cs)
		if last = s.store.Amend(ctx, cs); bot.CodeOf(last) != bot.Conflict {
			return last
		}
		fresh, err := s.store.Case(ctx, cs.Community, cs.ID)
		if err != nil {
			return err
		}
		*cs = fresh
	}
	return last
}
