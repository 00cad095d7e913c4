package community

import (
	"context"
	"slices"

	"github.com/staffroom-bot/staffroom/bot"
)

// Holder is a feature that keeps something about people.
type Holder interface {
	// Holdings gives all that is kept about a member, in the member's language.
	Holdings(ctx context.Context, m bot.Member) ([]bot.Holding, error)
	// Forget forgets it, but for what belongs to everybody and names nobody. It can be
	// interrupted anywhere, and called again.
	Forget(ctx context.Context, p bot.Parting) error
}

// PartingStore forgets people. Its errors have the code unavailable.
type PartingStore interface {
	// Erase forgets every post to a person, and what was sent to them.
	Erase(ctx context.Context, c bot.CommunityID, a bot.Account) error
	// Unname puts a word in the place of somebody's names in all that waits
	// to be told to others, or could not be told.
	Unname(ctx context.Context, p bot.Parting, names []string, somebody string) error
	// ForgetMember forgets a member, who they were before, and that accounts lead to them.
	ForgetMember(ctx context.Context, p bot.Parting) error
}

// Belongings gives people all that is kept about them, and forgets them.
type Belongings struct {
	directory *Directory
	selves    SelfStore
	store     PartingStore
	words     bot.Words
	holders   []Holder
}

// NewBelongings returns the belongings of the directory's members, which the
// holders keep. What they forget is forgotten in their order, and the member last.
func NewBelongings(d *Directory, selves SelfStore, store PartingStore, words bot.Words, holders ...Holder) *Belongings {
	return &Belongings{directory: d, selves: selves, store: store, words: words, holders: holders}
}

const forgetPath = "/my/forget-now/"

// The ways to leave what was said in chats.
const (
	removed = "remove"
	unnamed = "unname"
)

// Subcommands are the feature's share of /my.
func (s *Belongings) Subcommands() []bot.Subcommand {
	return []bot.Subcommand{
		{Name: "export", Summary: "belongings.command.export", Access: bot.MembersOnly, Private: true, Mode: bot.Deferred, Handle: s.export},
		{Name: "forget", Summary: "belongings.command.forget", Access: bot.MembersOnly, Private: true, Handle: s.ask},
	}
}

// Register adds the routes of controls.
func (s *Belongings) Register(r *bot.Router) {
	r.Handle(bot.Route{Path: forgetPath + "{words}", Access: bot.MembersOnly, Private: true, Mode: bot.Deferred, Handle: s.forget})
	r.Handle(bot.Route{Path: "/my/forget-not", Access: bot.MembersOnly, Private: true, Handle: s.keep})
}

func (s *Belongings) say(req *bot.Request, key bot.Key, args ...bot.Arg) bot.Text {
	return s.words.Text(req.Member.Language, key, args...)
}

// ask says what goes and what stays, once.
func (s *Belongings) ask(_ context.Context, req *bot.Request) (bot.Reply, error) {
	button := func(key bot.Key, path string) bot.Control {
		return bot.Control{Label: s.say(req, key).String(), Path: path}
	}
	return bot.Say(bot.Join("\n", s.say(req, "belongings.forget"), s.say(req, "belongings.forget.goes"), s.say(req, "belongings.forget.stays"),
		s.say(req, "belongings.forget.chats"), s.say(req, "belongings.forget.export", bot.Str("command", req.Typed("/my export")))),
		button("belongings.button.remove", forgetPath+removed),
		button("belongings.button.unname", forgetPath+unnamed),
		button("belongings.button.not", "/my/forget-not")), nil
}

func (s *Belongings) keep(_ context.Context, req *bot.Request) (bot.Reply, error) {
	return replacing(req, bot.Say(s.say(req, "belongings.kept"))), nil
}

// forget forgets the member: first what the features keep, then what waits for
// them, and last who they are, so that whoever was interrupted can ask again.
func (s *Belongings) forget(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	m := req.Member
	accounts, err := s.directory.store.Accounts(ctx, m.Community, m.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	p := bot.Parting{Member: m, Accounts: accounts, Unnamed: req.Params.Get("words") == unnamed}
	for _, h := range s.holders {
		if err := h.Forget(ctx, p); err != nil {
			return bot.Reply{}, err
		}
	}
	for _, a := range accounts {
		if err := s.store.Erase(ctx, m.Community, a); err != nil {
			return bot.Reply{}, err
		}
	}
	names, err := s.namesOf(ctx, m)
	if err != nil {
		return bot.Reply{}, err
	}
	if err := s.store.Unname(ctx, p, names, s.say(req, "belongings.somebody").String()); err != nil {
		return bot.Reply{}, err
	}
	if err := s.store.ForgetMember(ctx, p); err != nil {
		return bot.Reply{}, err
	}
	for _, a := range accounts {
		s.directory.members.drop(a)
	}
	return replacing(req, bot.Say(s.say(req, "belongings.forgotten"))), nil
}

// namesOf are what a member is called, and was under accounts that were linked.
func (s *Belongings) namesOf(ctx context.Context, m bot.Member) ([]string, error) {
	selves, err := s.directory.store.Members(ctx, m.Community, m.IDs())
	if err != nil {
		return nil, err
	}
	var names []string
	for _, self := range append(selves, m) {
		if self.Name != "" && !slices.Contains(names, self.Name) {
			names = append(names, self.Name)
		}
	}
	return names, nil
}
