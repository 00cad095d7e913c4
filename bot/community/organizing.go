package community

import (
	"context"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// Posts is the outbox, as organizers use it.
type Posts interface {
	// Apply brings about effects.
	Apply(ctx context.Context, group string, e outbox.Effects) error
	// Fate says what became of a post; the outcome is empty while it is on its way.
	Fate(ctx context.Context, c bot.CommunityID, k bot.DeliveryKey) (outbox.Outcome, bot.Reason, error)
}

// Organizing is what organizers do with a community: they set it up, appoint
// people, and link places.
type Organizing struct {
	directory *Directory
	posts     Posts
	words     Words
	now       func() time.Time
	settings  *Settings // for reading languages and zones
}

// NewOrganizing returns what organizers can do with the directory's communities.
func NewOrganizing(d *Directory, posts Posts, words Words, now func() time.Time) *Organizing {
	return &Organizing{directory: d, posts: posts, words: words, now: now, settings: NewSettings(d, words, now)}
}

// Subcommands are the feature's share of /organize, whose parts come from several
// features.
func (o *Organizing) Subcommands() []bot.Subcommand {
	return []bot.Subcommand{o.setupSubcommand(), o.peopleSubcommand()}
}

// Register adds the routes of controls, menus and forms.
func (o *Organizing) Register(r *bot.Router) {
	for path, handle := range map[string]bot.Handler{
		setupPath + "/language":          o.askLanguage,
		setupPath + "/language-save":     o.saveLanguage,
		setupPath + "/choose/{room}":     o.askRoom,
		setupPath + "/chosen/{room}":     o.chooseRoom,
		setupPath + "/none/{room}":       o.noRoom,
		setupPath + "/relay/{on}":        o.switchRelay,
		setupPath + "/people":            o.setupPeople,
		setupPath + "/test":              o.testRooms,
		setupPath + "/arrived":           o.arrived,
		setupPath + "/skip/{step}":       o.skip,
		setupPath + "/undo/{version}":    o.undo,
		setupPath + "/home":              o.showSetup,
		peoplePath + "/pick/{role}":      o.pickPerson,
		peoplePath + "/make/{role}/{id}": o.appointMember,
		peoplePath + "/back/{role}/{id}": o.undoAppointment,
	} {
		r.Handle(bot.Route{Path: path, Access: bot.OrganizersOnly, Private: true, Handle: handle})
	}
}

func (o *Organizing) say(req *bot.Request, key bot.Key, args ...bot.Arg) bot.Text {
	return o.words.Text(req.Member.Language, key, args...)
}

// label is a message as plain words, for a button or a field.
func (o *Organizing) label(req *bot.Request, key bot.Key, args ...bot.Arg) string {
	return o.say(req, key, args...).String()
}

func (o *Organizing) control(req *bot.Request, key bot.Key, path string) bot.Control {
	return bot.Control{Label: o.label(req, key), Path: path}
}

// replacing lets a reply take the place of the message whose button was pressed.
func replacing(req *bot.Request, reply bot.Reply) bot.Reply {
	reply.Replace = req.Message != nil
	return reply
}
