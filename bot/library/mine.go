package library

import (
	"context"
	"slices"

	"github.com/staffroom-bot/staffroom/bot"
)

// mostMine is how many of each kind are listed of one's own.
const mostMine = 10

// mine shows a member what they have for themselves, and what they have saved or
// tried, the latest first.
func (s *Service) mine(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	kept, err := s.keptBy(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	own, count, err := s.own(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	feed, err := s.feedControl(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	if len(kept)+len(own) == 0 {
		return bot.Say(s.say(req, "library.mine.empty", bot.Str("find", req.Typed("/library find")), bot.Str("save", req.Typed("/library save"))), feed...), nil
	}
	var lines []bot.Text
	if len(kept) > 0 {
		lines = append(append(lines, s.say(req, "library.mine.kept")), s.lines(req, kept)...)
	}
	if len(own) > 0 {
		lines = append(append(lines, s.say(req, "library.mine.own", bot.Count("count", count))), s.lines(req, own)...)
	}
	lines = append(lines, s.say(req, "library.mine.private"))
	own = slices.DeleteFunc(own, func(r *Resource) bool {
		return slices.ContainsFunc(kept, func(k *Resource) bool { return k.ID == r.ID })
	})
	controls := append(s.pickOne(req, append(kept, own...)), s.control(req, "export.button.own", ownListPath))
	return bot.Say(bot.Join("\n", lines...), append(controls, feed...)...), nil
}

// keptBy are the resources that the asker has for themselves.
func (s *Service) keptBy(ctx context.Context, req *bot.Request) ([]*Resource, error) {
	var ids []string
	for _, m := range req.Member.IDs() {
		some, err := s.store.Kept(ctx, req.Member.Community, m, mostMine)
		if err != nil {
			return nil, err
		}
		for _, id := range some {
			if !slices.Contains(ids, id) && len(ids) < mostMine {
				ids = append(ids, id)
			}
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	got, err := s.store.Read(ctx, req.Member.Community, req.Member.ID, ids...)
	if err != nil {
		return nil, err
	}
	var out []*Resource
	for _, id := range ids {
		if r, ok := got.Found[id]; ok && r.seenBy(req.Member) {
			out = append(out, &r)
		}
	}
	return out, nil
}

// own are the resources that the asker has saved or tried, and how many there are in
// all.
func (s *Service) own(ctx context.Context, req *bot.Request) (own []*Resource, count int, err error) {
	err = s.shelves.look(ctx, req.Member.Community, func(sh *shelf) error {
		own = sh.newest(mostMine, func(r *Resource) bool {
			is := r.credit(req.Member) >= 0 || r.triedBy(req.Member)
			if is {
				count++
			}
			return is
		})
		return nil
	})
	return own, count, err
}
