package library

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/library/index"
)

// How many resources are listed, and how many titles are proposed.
const (
	mostListed   = 5
	mostProposed = 10
)

func (s *Service) findCommand() bot.Subcommand {
	return bot.Subcommand{
		Name: "find", Summary: "library.command.find", Example: "library.example.find",
		Options: []bot.Option{
			{Name: wordsField, Summary: "library.option.words", Complete: s.completeWords},
			{Name: tagField, Summary: "library.option.tag", Complete: s.completeTag},
			{Name: gradeField, Summary: "library.option.grade"},
			{Name: subjectField, Summary: "library.option.subject"},
			{Name: personField, Kind: bot.OptionPerson, Summary: "library.option.person"},
			{Name: sinceField, Summary: "library.option.since"},
		},
		Access: bot.MembersOnly, Private: true, Mode: bot.Deferred, Handle: s.find,
	}
}

// completeWords proposes titles for what is typed.
func (s *Service) completeWords(ctx context.Context, req *bot.Request) ([]bot.Choice, error) {
	typed := strings.TrimSpace(req.Value(wordsField))
	if typed == "" {
		return nil, nil
	}
	var choices []bot.Choice
	err := s.shelves.look(ctx, req.Member.Community, func(sh *shelf) error {
		hits, err := sh.index.Find(ctx, index.Query{Words: typed, Limit: mostProposed})
		for _, id := range hits.IDs {
			title := bot.Shorten(sh.resources[id].Called(), mostShown)
			choices = append(choices, bot.Choice{Label: title, Value: title})
		}
		return err
	})
	return choices, err
}

// completeTag proposes tags for what is typed; the most used for nothing.
func (s *Service) completeTag(ctx context.Context, req *bot.Request) (choices []bot.Choice, err error) {
	err = s.shelves.look(ctx, req.Member.Community, func(sh *shelf) error {
		for _, t := range sh.tags.begun(req.Value(tagField), mostProposed) {
			choices = append(choices, bot.Choice{Label: "#" + t, Value: t})
		}
		return nil
	})
	return choices, err
}

// hits are the resources found: copies, the best first.
type hits struct {
	all   []*Resource
	exact int // how many of them have all words; the others have most
}

// seek looks for resources. What has the address that is looked for is the one.
func (s *Service) seek(ctx context.Context, c bot.CommunityID, q *Search) (h hits, err error) {
	if l, ok := q.address(); ok {
		got, err := s.store.Read(ctx, c, "", IDOf(l.Key))
		if r, there := got.Found[IDOf(l.Key)]; err != nil || there && r.Hidden == (Hidden{}) {
			return hits{all: []*Resource{&r}, exact: 1}, err
		}
	}
	err = s.shelves.look(ctx, c, func(sh *shelf) error {
		found, err := sh.index.Find(ctx, q.query(index.MostHits))
		h.exact = found.Exact
		for _, id := range found.IDs {
			r := *sh.resources[id]
			h.all = append(h.all, &r)
		}
		return err
	})
	return h, err
}

// find takes the command.
func (s *Service) find(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	q, err := s.searchOf(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	return s.findReply(ctx, req, &q, 0)
}

// more shows what comes after in a search.
func (s *Service) more(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	q, err := s.searched(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	skip, err := strconv.Atoi(req.Params.Get("skip"))
	if err != nil {
		skip = 0
	}
	reply, err := s.findReply(ctx, req, &q, max(skip, 0))
	return replacing(req, reply), err
}

// wider looks for more.
func (s *Service) wider(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	q, err := s.searched(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	w, _ := q.wider()
	reply, err := s.findReply(ctx, req, &w, 0)
	return replacing(req, reply), err
}

// searched is the search that a path is about.
func (s *Service) searched(ctx context.Context, req *bot.Request) (Search, error) {
	q, err := s.store.Search(ctx, req.Member.Community, req.Member.ID, req.Params.Get("mark"))
	if bot.CodeOf(err) == bot.NotFound {
		err = bot.Fail(bot.NotFound, s.say(req, "library.find.over", bot.Str("command", req.Typed("/library find"))))
	}
	return q, err
}

// findReply shows what is found, from one of them on: one as a card, several as a
// list, or what can be done if there are none.
func (s *Service) findReply(ctx context.Context, req *bot.Request, q *Search, skip int) (bot.Reply, error) {
	h, err := s.seek(ctx, req.Member.Community, q)
	if err != nil {
		return bot.Reply{}, err
	}
	if len(h.all) == 1 && h.exact == 1 {
		return s.shown(ctx, req, h.all[0].ID)
	}
	wants := s.wants(req.Member.Language, q)
	lines, shown := s.foundLines(req, h, skip)
	controls := s.pickOne(req, shown)
	mark := q.mark()
	needed := false // what was looked for, later
	add := func(key bot.Key, path string) { controls, needed = append(controls, s.control(req, key, path)), true }
	if next := skip + len(shown); next < len(h.all) {
		add("library.button.more", morePath+mark+"/"+strconv.Itoa(next))
	}
	switch {
	case h.exact > 0:
	case wants == "":
		lines = slices.Insert(lines, 0, s.say(req, "library.find.none", bot.Str("command", req.Typed("/library save"))))
	default:
		said, ask, err := s.emptySaid(ctx, req, wants)
		if err != nil {
			return bot.Reply{}, err
		}
		lines = slices.Insert(lines, 0, s.say(req, said, bot.Str("wants", wants)))
		if ask != "" {
			add(ask, askPath+mark)
		}
		if _, ok := q.wider(); ok {
			add("library.button.wider", widerPath+mark)
		}
	}
	if needed {
		if err := s.store.KeepSearch(ctx, req.Member.Community, req.Member.ID, mark, *q); err != nil {
			return bot.Reply{}, err
		}
	}
	return bot.Say(bot.Join("\n", lines...), controls...), nil
}

// emptySaid is what to say where nothing is found, and what the control says that asks the
// group; "" where the reader has asked already.
func (s *Service) emptySaid(ctx context.Context, req *bot.Request, wants string) (said, ask bot.Key, err error) {
	_, w, err := s.wishFor(ctx, req.Member.Community, wished(wants))
	if err != nil {
		return "", "", err
	}
	now, err := s.store.Now(ctx)
	switch {
	case !w.open(now):
		return "library.find.empty", "library.button.ask", err
	case w.askedBy(req.Member):
		return "library.find.empty.yours", "", err
	default:
		return "library.find.empty.wanted", "library.button.ask.too", err
	}
}

// foundLines lists what is found, from one of them on: first what has all words, then
// what has most.
func (s *Service) foundLines(req *bot.Request, h hits, skip int) (lines []bot.Text, shown []*Resource) {
	skip = min(skip, len(h.all))
	shown = h.all[skip:min(skip+mostListed, len(h.all))]
	exact := max(min(h.exact-skip, len(shown)), 0)
	if exact > 0 {
		lines = append(lines, s.say(req, "library.find.found", bot.Count("count", h.exact)))
		lines = append(lines, s.lines(req, shown[:exact])...)
	}
	if exact < len(shown) {
		lines = append(append(lines, s.say(req, "library.find.near")), s.lines(req, shown[exact:])...)
	}
	return lines, shown
}
