package bot

import "context"

// Handler serves a request.
type Handler func(ctx context.Context, req *Request) (Reply, error)

// Listener hears of an event.
type Listener func(ctx context.Context, ev *Event) error

// Follower names the channels of a space of which no message may be missed.
type Follower func(ctx context.Context, space SpaceID) ([]Following, error)

// Talker is offered what somebody wrote to the bot alone, in Request.Said, before
// it is read as a command. It says whether it takes it: then the reply is its own,
// without a form, and so is the error. Most lines are not for it, so it finds that
// out with one call of a store at most. It knows the member, whoever that is.
type Talker func(ctx context.Context, req *Request) (reply Reply, taken bool, err error)

// Completer proposes values for an option; what is typed so far is in the
// request's Values.
type Completer func(ctx context.Context, req *Request) ([]Choice, error)

// Middleware wraps a handler.
type Middleware func(Handler) Handler

// Access says who may use a route. It is checked in one place, the authorizing
// middleware.
type Access string

// The kinds of access. Everyone includes people who are no members yet.
const (
	Everyone       Access = ""
	MembersOnly    Access = "member"
	HostsOnly      Access = "host"
	OrganizersOnly Access = "organizer"
)

// Allows reports whether a member with role r may use what has this access.
func (a Access) Allows(r Role) bool {
	switch a {
	case OrganizersOnly:
		return r.Includes(RoleOrganizer)
	case HostsOnly:
		return r.Includes(RoleHost)
	default:
		return true
	}
}

// Mode says how soon a route answers.
type Mode string

const (
	// Quick routes answer within 2 s and may open a form.
	Quick Mode = ""
	// Deferred routes may take up to 10 s and cannot open a form.
	Deferred Mode = "deferred"
)

// Route is one thing that can be asked for. Commands, controls and forms share
// one path space.
type Route struct {
	Path    string // "/host/next/{chat}": lower-case words, then at most three {names}
	Access  Access
	Private bool // the reply is seen by the asker alone
	Mode    Mode
	Handle  Handler
}

// Command is a word that members type, with its subcommands. It is declared
// once: a platform's commands, a text parser and the help all come from it.
type Command struct {
	Name        string // "chat"
	Summary     Key    // what it is for, in at most 100 characters
	Subcommands []Subcommand
}

// Subcommand is a command's second word. Its path is "/command/subcommand".
type Subcommand struct {
	Name    string // "archive"
	Summary Key
	Example Key // says how it is typed: "/chat archive name:Models"; "": the command alone is enough
	Options []Option
	Access  Access
	Private bool
	Mode    Mode
	Handle  Handler
}

// Action is something to do with any message, chosen from the message's own
// menu. Its path has no {names}; the message is the request's Subject. Where a
// platform has no such menu, the same must be possible in another way.
type Action struct {
	Path    string // "/library/keep"
	Label   Key    // at most 24 characters: https://docs.slack.dev/interactivity/implementing-shortcuts/
	Access  Access
	Private bool
	Mode    Mode
	Handle  Handler
}

// Option is a named value that a subcommand takes. Words typed without a name
// belong to the first option.
type Option struct {
	Name     string
	Kind     OptionKind
	Summary  Key
	Required bool
	Complete Completer // may be nil
}

// OptionKind says what an option's value means. Whatever it is, what was typed is
// in Request.Values.
type OptionKind string

// The kinds of options. OptionWords is the zero value.
const (
	OptionWords   OptionKind = ""
	OptionPerson  OptionKind = "person"  // in Request.Accounts too, if the platform knows whom it means
	OptionChannel OptionKind = "channel" // in Request.Channels too, if the platform knows which it is
)
