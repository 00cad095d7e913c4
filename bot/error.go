package bot

import (
	"errors"
	"time"
)

// Code says what kind of failure an Error is, and so what can be done about it.
type Code string

// The codes.
const (
	Invalid        Code = "invalid"         // what was asked cannot be understood; say what to change
	NotFound       Code = "not_found"       // there is no such thing, or not for this person
	Forbidden      Code = "forbidden"       // this person may not
	Conflict       Code = "conflict"        // it changed meanwhile; look again
	Unavailable    Code = "unavailable"     // try again later
	RateLimited    Code = "rate_limited"    // try again after Error.After
	Permanent      Code = "permanent"       // trying again cannot help; see Error.Reason
	UnknownOutcome Code = "unknown_outcome" // it may or may not have happened
	Internal       Code = "internal"        // our fault: any error that is not an Error
)

// Reason says why a delivery fails for good.
type Reason string

// The reasons of Permanent.
const (
	Gone         Reason = "gone"         // the channel or message no longer exists
	NotAllowed   Reason = "not_allowed"  // the bot may not post there, or the person takes no direct messages
	BadPost      Reason = "bad_post"     // the platform refuses this content
	Disconnected Reason = "disconnected" // the connection's token is no longer good
	Unexplained  Reason = "unexplained"  // it failed again and again, and nobody knows why
)

// Error is a failure that has a meaning to whoever gets it.
type Error struct {
	Code    Code
	Message Text          // what to tell the member; may be empty
	After   time.Duration // RateLimited: how long to wait
	Overall bool          // RateLimited: everything on the connection has to wait, not this channel alone
	Reason  Reason        // Permanent: why
	Err     error         // the cause, for the log; never shown to a member
}

// Error gives the code and the cause. The member's Message stays out of it,
// since it may hold what a member typed.
func (e *Error) Error() string {
	s := string(e.Code)
	if e.Reason != "" {
		s += " (" + string(e.Reason) + ")"
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// CodeOf is the code of the first Error in err's chain, Internal for any other
// error, and empty for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return Internal
}

// Fail is an Error of the given code with words for the member.
func Fail(code Code, message Text) *Error { return &Error{Code: code, Message: message} }
