package community

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// Self is a member who became another one, when somebody linked their accounts. It
// stays for what it wrote.
type Self struct {
	ID       bot.MemberID  `json:"-"`
	Into     bot.MemberID  `json:"into"`
	Accounts []bot.Account `json:"accounts"` // those that led to it
	Role     bot.Role      `json:"role"`     // what the other one had before
	Former   string        `json:"former"`   // Member.Former of the other one before
	At       time.Time     `json:"at"`
}

// SelfStore keeps who was who. Its errors are those of Store.
type SelfStore interface {
	// Merge lets the accounts of a self lead to the member that it goes into, who is
	// stored as r says, and brings about jobs. If another version is stored, that is
	// a conflict.
	Merge(ctx context.Context, r Record, s Self, jobs ...scheduler.Job) error
	// Selves gives those that went into a member, and can be parted again.
	Selves(ctx context.Context, c bot.CommunityID, into bot.MemberID) ([]Self, error)
	// Divide undoes Merge. parted is who the accounts of the self lead to from then on.
	Divide(ctx context.Context, r Record, s Self, parted bot.Member, jobs ...scheduler.Job) error
}

const accountsPath = "/my/accounts"

// Accounts lets people link their own accounts, so that they are one member
// wherever they write.
type Accounts struct {
	directory *Directory
	store     SelfStore
	words     Words
	moves     MoveStore
	codes     codes
	followers []Follower
}

// NewAccounts returns the links between accounts of the directory's members. What the
// followers keep follows them.
func NewAccounts(d *Directory, store SelfStore, moves MoveStore, words Words, followers ...Follower) *Accounts {
	return &Accounts{directory: d, store: store, words: words, moves: moves, codes: codes{moves}, followers: followers}
}

// Register adds the routes of controls and forms.
func (s *Accounts) Register(r *bot.Router) {
	for path, handle := range map[string]bot.Handler{
		accountsPath:                     s.open,
		accountsPath + "/code":           s.give,
		accountsPath + "/enter":          s.ask,
		accountsPath + "/entered":        s.entered,
		accountsPath + "/confirm/{hash}": s.confirm,
		accountsPath + "/undo/{self}":    s.undo,
	} {
		r.Handle(bot.Route{Path: path, Access: bot.MembersOnly, Private: true, Handle: handle})
	}
}

func (s *Accounts) say(req *bot.Request, key bot.Key, args ...bot.Arg) bot.Text {
	return s.words.Text(req.Member.Language, key, args...)
}

func (s *Accounts) control(req *bot.Request, key bot.Key, path string) bot.Control {
	return bot.Control{Label: s.say(req, key).String(), Path: path}
}

func (s *Accounts) open(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return s.show(ctx, req, nil)
}

// show says how many accounts there are, and what can be done.
func (s *Accounts) show(ctx context.Context, req *bot.Request, news bot.Text) (bot.Reply, error) {
	m := req.Member
	all, err := s.directory.store.Accounts(ctx, m.Community, m.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	selves, err := s.store.Selves(ctx, m.Community, m.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	now, err := s.moves.Now(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	var controls []bot.Control
	for _, self := range selves {
		if self.undoable(now) {
			controls = append(controls, s.control(req, "accounts.button.undo", accountsPath+"/undo/"+string(self.ID)))
			break // the latest first: one after the other
		}
	}
	controls = append(controls, s.control(req, "link.button.code", accountsPath+"/code"), s.control(req, "link.button.enter", accountsPath+"/enter"))
	return replacing(req, bot.Say(bot.Join("\n", news,
		s.say(req, "accounts.head"), s.say(req, "accounts.count", bot.Count("n", max(len(all), 1)))), controls...)), nil
}

func (s *Self) undoable(now time.Time) bool { return now.Sub(s.At) < undoable }

// give makes a code, to be entered from the other account.
func (s *Accounts) give(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	code, err := s.codes.make(ctx, Offer{Kind: accountsCode, Community: req.Member.Community, Account: req.Account})
	if err != nil {
		return bot.Reply{}, err
	}
	return bot.Say(s.say(req, "accounts.code", bot.Str("code", code), bot.Str("command", req.Typed("/my settings")))), nil
}

func (s *Accounts) ask(_ context.Context, req *bot.Request) (bot.Reply, error) {
	label := func(key bot.Key) string { return s.say(req, key).String() }
	return bot.Ask(bot.Form{
		Title: label("accounts.form"), Path: accountsPath + "/entered", Submit: label("link.form.submit"),
		Fields: []bot.Field{{Name: codeField, Label: label("accounts.form.code"), Max: longestCode}},
	}), nil
}

// entered takes the form, and says what will happen.
func (s *Accounts) entered(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	fault := func(key bot.Key) (bot.Reply, error) {
		return bot.Reply{FieldErrors: map[string]bot.Text{codeField: s.say(req, key)}}, nil
	}
	// Whoever guesses is stopped; nobody else is.
	offer, hash, err := s.codes.read(ctx, req.Member.Community, shortHash(req.Account.String()), accountsCode, req.Value(codeField))
	switch bot.CodeOf(err) {
	case "":
	case bot.RateLimited:
		return fault("link.code.too_many")
	case bot.NotFound:
		return fault("link.code.wrong")
	default:
		return bot.Reply{}, err
	}
	main, key, err := s.main(ctx, req, offer)
	if err != nil {
		return bot.Reply{}, err
	}
	if key != "" {
		return fault(key)
	}
	yes := s.control(req, "accounts.button.confirm", accountsPath+"/confirm/"+hash)
	yes.Style = bot.Primary
	return bot.Say(s.say(req, "accounts.preview", bot.Str("name", main.Name)), yes, s.control(req, "link.button.cancel", accountsPath)), nil
}

// main is the member whose code it is, or why they cannot be linked.
func (s *Accounts) main(ctx context.Context, req *bot.Request, o Offer) (bot.Member, bot.Key, error) {
	m, err := s.directory.Member(ctx, o.Account, "")
	switch {
	case err != nil:
		return m, "", err
	case m.Community != req.Member.Community:
		return m, "accounts.elsewhere", nil
	case m.ID == req.Member.ID:
		return m, "accounts.same", nil
	default:
		return m, "", nil
	}
}

// confirm uses the code.
func (s *Accounts) confirm(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	offer, err := s.moves.TakeCode(ctx, req.Params.Get("hash"))
	if bot.CodeOf(err) == bot.NotFound {
		return s.show(ctx, req, s.say(req, "link.code.wrong"))
	}
	if err != nil {
		return bot.Reply{}, err
	}
	main, key, err := s.main(ctx, req, offer)
	if err != nil {
		return bot.Reply{}, err
	}
	if key != "" {
		return s.show(ctx, req, s.say(req, key))
	}
	if err := s.merge(ctx, req, offer.Account); err != nil {
		return bot.Reply{}, err
	}
	if req.Member, err = s.directory.Member(ctx, req.Account, ""); err != nil {
		return bot.Reply{}, err
	}
	return s.show(ctx, req, s.say(req, "accounts.done", bot.Str("name", main.Name)))
}

// merge lets the asker's accounts lead to the member of another.
func (s *Accounts) merge(ctx context.Context, req *bot.Request, other bot.Account) error {
	c := req.Member.Community
	now, err := s.moves.Now(ctx)
	if err != nil {
		return err
	}
	for range mostTries {
		mine, err := s.directory.load(ctx, c, req.Account, "")
		if err != nil {
			return err
		}
		main, err := s.directory.load(ctx, c, other, "")
		if err != nil || main.ID == mine.ID {
			return err // they are one already
		}
		accounts, err := s.directory.store.Accounts(ctx, c, mine.ID)
		if err != nil {
			return err
		}
		self := Self{ID: mine.ID, Into: main.ID, Accounts: accounts, Role: main.Role, Former: main.Former, At: now}
		main.Former = strings.Join(strings.Fields(main.Former+" "+string(mine.ID)+" "+mine.Former), " ")
		main.Role = together(main.Role, mine.Role)
		main.Relay, main.RelayAsked = main.Relay.And(mine.Relay), main.RelayAsked || mine.RelayAsked
		main.Public = main.Public.And(mine.Public) // nothing is shown that one of them did not agree to
		follows, err := followJob(c, &self, now)
		if err != nil {
			return err
		}
		err = s.store.Merge(ctx, main, self, follows)
		s.forget(accounts, other)
		if bot.CodeOf(err) != bot.Conflict {
			return err
		}
	}
	return &bot.Error{Code: bot.Conflict, Err: errTooMany}
}

// together is the role of who had one of these under each account.
func together(one, other bot.Role) bot.Role {
	if one.Includes(other) {
		return one
	}
	return other
}

// apart gives the roles of two who were one for a while: those that they had before.
// If organizers have decided otherwise meanwhile, that counts: for the one who stays,
// and for the other, who was dismissed with them.
func apart(before, others, now bot.Role) (stays, parts bot.Role) {
	switch {
	case now == together(before, others):
		return before, others
	case now.Includes(others):
		return now, others
	default:
		return now, now
	}
}

// forget lets accounts be looked at anew.
func (s *Accounts) forget(accounts []bot.Account, other bot.Account) {
	for _, a := range append(slices.Clone(accounts), other) {
		s.directory.members.drop(a)
	}
}

// here is a self with those of its accounts whose place is still in the community.
func (s *Accounts) here(ctx context.Context, c bot.CommunityID, self Self) (Self, error) {
	places, err := s.directory.Places(ctx, c)
	self.Accounts = slices.DeleteFunc(slices.Clone(self.Accounts), func(a bot.Account) bool {
		return !slices.ContainsFunc(places, func(p Place) bool { return p.Space == a.Space })
	})
	return self, err
}

// undo parts accounts that were linked a short while ago.
func (s *Accounts) undo(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	c := req.Member.Community
	now, err := s.moves.Now(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	for range mostTries {
		main, err := s.directory.load(ctx, c, req.Account, "")
		if err != nil {
			return bot.Reply{}, err
		}
		selves, err := s.store.Selves(ctx, c, main.ID)
		if err != nil {
			return bot.Reply{}, err
		}
		i := slices.IndexFunc(selves, func(self Self) bool { return string(self.ID) == req.Params.Get("self") })
		if i != 0 || !selves[0].undoable(now) { // only the latest
			return s.show(ctx, req, s.say(req, "accounts.undo.late"))
		}
		self, err := s.here(ctx, c, selves[i])
		if err != nil {
			return bot.Reply{}, err
		}
		parted, err := s.directory.store.Members(ctx, c, []bot.MemberID{self.ID})
		if err != nil {
			return bot.Reply{}, err
		}
		if len(parted) == 0 { // forgotten meanwhile
			return s.show(ctx, req, s.say(req, "accounts.undo.late"))
		}
		main.Former = self.Former
		main.Role, parted[0].Role = apart(self.Role, parted[0].Role, main.Role)
		follows, err := followJob(c, &self, now)
		if err != nil {
			return bot.Reply{}, err
		}
		err = s.store.Divide(ctx, main, self, parted[0], follows)
		s.forget(self.Accounts, req.Account)
		if bot.CodeOf(err) == bot.Conflict {
			continue
		}
		if err != nil {
			return bot.Reply{}, err
		}
		if req.Member, err = s.directory.Member(ctx, req.Account, ""); err != nil {
			return bot.Reply{}, err
		}
		return s.show(ctx, req, s.say(req, "accounts.undone"))
	}
	return bot.Reply{}, &bot.Error{Code: bot.Conflict, Err: errTooMany}
}
