package library

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// The fields by which people say what they save and look for, in commands and forms.
const (
	linkField    = "link"
	titleField   = "title"
	noteField    = "note"
	tagsField    = "tags"
	gradeField   = "grade"
	subjectField = "subject"
	wordsField   = "words"
	tagField     = "tag"
	personField  = "person"
	sinceField   = "since"
	textField    = "text"
)

// People is what a library needs to know of people.
type People interface {
	// Names gives the names of members. Those who are gone are left out.
	Names(ctx context.Context, c bot.CommunityID, ids []bot.MemberID) (map[bot.MemberID]string, error)
	// Known gives the member with an account, "" if there is none.
	Known(ctx context.Context, c bot.CommunityID, a bot.Account) (bot.MemberID, error)
	// Home tells of the place that a space is.
	Home(ctx context.Context, space bot.SpaceID) (Home, error)
}

// Home is a place as the library sees it.
type Home struct {
	Language string // IETF tag of what is said in its channels
	Zone     string // IANA zone
}

// Chats is what a library needs to know of chats.
type Chats interface {
	// Origin says where in a chat a message stands; the zero Origin if no chat keeps it.
	Origin(ctx context.Context, c bot.CommunityID, s bot.Subject) (Origin, error)
	// Called is what a chat is called, "" if it is not there.
	Called(ctx context.Context, c bot.CommunityID, chat string) (string, error)
	// Answers gives the answers of a chat that stand, in the order they came; none if the
	// chat is not there.
	Answers(ctx context.Context, c bot.CommunityID, chat string) ([]Answer, error)
}

// Answer is an answer in a chat.
type Answer struct {
	Author   bot.MemberID // empty: somebody who is not named
	Question int          // from 1
	Text     string       // as typed
}

// Reports takes what people report to the organizers.
type Reports interface {
	// About opens the form for a report of something: text says what it is, and path is
	// that of the control that shows it to an organizer. Whoever it is of, if that is
	// known, does not read it.
	About(ctx context.Context, req *bot.Request, of bot.MemberID, text, path string) (bot.Reply, error)
}

// Options are what a Service is made of.
type Options struct {
	Store   Store
	People  People
	Chats   Chats
	Reports Reports
	Digests Digests
	Words   bot.Words
	Feeds   FeedOptions
}

// Service keeps libraries.
type Service struct {
	store   Store
	people  People
	chats   Chats
	reports Reports
	digests Digests
	words   bot.Words
	shelves *shelves
	feeds   *feeds
}

// New returns the service.
func New(o Options) *Service {
	return &Service{
		store: o.Store, people: o.People, chats: o.Chats, reports: o.Reports, digests: o.Digests, words: o.Words,
		shelves: newShelves(o.Store, mostShelved), feeds: newFeeds(o.Feeds),
	}
}

// Close gives back the memory of the libraries that were looked through. Whoever looks
// through one again has it built again.
func (s *Service) Close() { s.shelves.close() }

// The paths of controls and forms. What follows them stands beside their routes, in
// Register.
const (
	savedPath    = "/library/saved/"
	cardPath     = "/library/card/"
	notesPath    = "/library/notes/"
	pickedPath   = "/library/picked"
	changePath   = "/library/change/"
	changedPath  = "/library/changed/"
	undoPath     = "/library/undo/"
	tryPath      = "/library/try/"
	triedPath    = "/library/tried/"
	thankPath    = "/library/thank/"
	unthankPath  = "/library/unthank/"
	untryPath    = "/library/untry/"
	worksPath    = "/library/works/"
	keepPath     = "/library/keep/"
	hidePath     = "/library/hide/"
	reportPath   = "/library/report/"
	morePath     = "/library/more/"
	widerPath    = "/library/wider/"
	askPath      = "/library/ask/"
	unaskPath    = "/library/unask/"
	listPath     = "/library/wishes"
	answerPath   = "/library/answer"
	answeredPath = "/library/answered/"
	againPath    = "/library/again/"
	replacePath  = "/library/replace"
	replacedPath = "/library/replaced/"
	lessPath     = "/library/less"
	tellPath     = "/library/tell/"
	feedPath     = "/library/feed"
	organizePath = "/organize/library"
)

// RegisterMenu adds the entry of a message's menu. It is the first there if nothing else
// was registered before: saving is what people do most with what others wrote.
func (s *Service) RegisterMenu(r *bot.Router) {
	r.Action(bot.Action{Path: "/library/message", Label: "library.action", Access: bot.MembersOnly, Private: true, Handle: s.saveMessage})
}

// Register adds the command, and the routes of controls and forms.
func (s *Service) Register(r *bot.Router) {
	r.Command(bot.Command{Name: "library", Summary: "library.command", Subcommands: []bot.Subcommand{
		s.saveCommand(), s.findCommand(), s.wantedCommand(),
		{Name: "mine", Summary: "library.command.mine", Access: bot.MembersOnly, Private: true, Mode: bot.Deferred, Handle: s.mine},
	}})
	for path, handle := range map[string]bot.Handler{
		savedPath + "{chat}/{question}": s.saveForm,
		cardPath + "{id}":               s.showCard,
		notesPath + "{id}/{skip}":       s.showNotes,
		pickedPath:                      s.showPicked,
		changePath + "{id}":             s.askChange,
		changedPath + "{id}/{opened}":   s.changed,
		undoPath + "{id}":               s.undo,
		tryPath + "{id}":                s.askTry,
		triedPath + "{id}":              s.tried,
		thankPath + "{id}":              s.thank,
		unthankPath + "{id}":            s.unthank,
		untryPath + "{id}":              s.untry,
		worksPath + "{id}":              s.worksForMe,
		keepPath + "{id}/{keep}":        s.keep,
		reportPath + "{id}":             s.report,
		unaskPath + "{wish}":            s.unask,
		answerPath:                      s.askAnswer,
		answeredPath + "{wish}":         s.answered,
		againPath + "{wish}":            s.wantAgain,
		lessPath:                        s.less,
		tellPath + "{tell}":             s.tellMe,
	} {
		r.Handle(bot.Route{Path: path, Access: bot.MembersOnly, Private: true, Handle: handle})
	}
	for path, handle := range map[string]bot.Handler{ // they may have to build the shelf first
		morePath + "{mark}/{skip}": s.more,
		widerPath + "{mark}":       s.wider,
		askPath + "{mark}":         s.askGroup,
		listPath:                   s.listWishes,
	} {
		r.Handle(bot.Route{Path: path, Access: bot.MembersOnly, Private: true, Mode: bot.Deferred, Handle: handle})
	}
	s.registerGathering(r)
	s.registerOrganizing(r)
	s.registerExchange(r)
	s.registerDigest(r)
	s.registerFeed(r)
}

func (s *Service) say(req *bot.Request, key bot.Key, args ...bot.Arg) bot.Text {
	return s.words.Text(req.Member.Language, key, args...)
}

func (s *Service) label(req *bot.Request, key bot.Key, args ...bot.Arg) string {
	return s.say(req, key, args...).String()
}

func (s *Service) control(req *bot.Request, key bot.Key, path string) bot.Control {
	return bot.Control{Label: s.label(req, key), Path: path}
}

// replacing lets a reply take the place of the message whose control was used.
func replacing(req *bot.Request, reply bot.Reply) bot.Reply {
	reply.Replace = req.Message != nil
	return reply
}

// mostTries is how often a change is made anew since others were quicker.
const mostTries = 5

// altered is what came of a change of a resource.
type altered struct {
	r     Resource
	kept  bool // by the asker, for themselves
	rules Rules
	now   time.Time
}

// errNothing is what a change gives that changes nothing.
var errNothing = errors.New("nothing is to be changed")

// alter changes a resource on a fresh record: with one call
// to read and one to write, if nobody else is quicker. An organizer's change alone finds
// what is hidden. It may be called with an input that had its effect.
func (s *Service) alter(ctx context.Context, req *bot.Request, id string, change func(*Resource, Reading) error) (altered, error) {
	for range mostTries {
		got, err := s.store.Read(ctx, req.Member.Community, req.Member.ID, id)
		if err != nil {
			return altered{}, err
		}
		r, ok := got.Found[id]
		if !ok || !r.seenBy(req.Member) {
			return altered{}, s.gone(req)
		}
		err = change(&r, got)
		if err == nil {
			err = s.store.Advance(ctx, &r, outbox.Effects{Input: req.Input})
		}
		switch {
		case bot.CodeOf(err) == bot.Conflict:
			continue
		case errors.Is(err, outbox.ErrRepeated), errors.Is(err, errNothing):
			return altered{got.Found[id], got.Kept[id], got.Rules, got.Now}, nil
		default:
			return altered{r, got.Kept[id], got.Rules, got.Now}, err
		}
	}
	return altered{}, &bot.Error{Code: bot.Conflict, Err: errTooMany}
}

var errTooMany = errors.New("a resource was changed again and again by others")

// seenBy reports whether somebody sees a resource: what is hidden only organizers do,
// and those who saved it.
func (r *Resource) seenBy(m bot.Member) bool {
	return r.Hidden == (Hidden{}) || m.Role.Includes(bot.RoleOrganizer) || r.credit(m) >= 0
}

func (s *Service) gone(req *bot.Request) error {
	return bot.Fail(bot.NotFound, s.say(req, "library.gone", bot.Str("command", req.Typed("/library find"))))
}

// faults are what is wrong with the fields of a form.
func (s *Service) faults(req *bot.Request, wrong []fault) bot.Reply {
	out := map[string]bot.Text{}
	for _, f := range wrong {
		if _, told := out[f.field]; !told {
			out[f.field] = s.say(req, f.key, f.args...)
		}
	}
	return bot.Reply{FieldErrors: out}
}

// refused are the same of a command.
func (s *Service) refused(req *bot.Request, wrong []fault) error {
	return bot.Fail(bot.Invalid, s.faultText(req, wrong))
}

func (s *Service) faultText(req *bot.Request, wrong []fault) bot.Text {
	var lines []bot.Text
	for _, f := range wrong {
		lines = append(lines, s.say(req, f.key, f.args...))
	}
	return bot.Join("\n", lines...)
}

// names gives the names of members. Where it is the asker alone, nobody is asked.
func (s *Service) names(ctx context.Context, req *bot.Request, ids []bot.MemberID) (map[bot.MemberID]string, error) {
	names := map[bot.MemberID]string{}
	ids = slices.DeleteFunc(ids, func(id bot.MemberID) bool {
		if req.Member.Is(id) {
			names[id] = req.Member.Name
			return true
		}
		return false
	})
	if len(ids) == 0 {
		return names, nil
	}
	more, err := s.people.Names(ctx, req.Member.Community, ids)
	for id, name := range more {
		names[id] = name
	}
	return names, err
}
