package checkin

import (
	"context"
	"slices"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// TalkStore keeps what people write in direct messages until it is an answer. Its
// errors are those of Store.
type TalkStore interface {
	// Talk gives how far somebody is, and what is open of the check-ins in which they
	// take part. in is what they do now. It is one call.
	Talk(ctx context.Context, c bot.CommunityID, m bot.MemberID, in bot.InputID) (Talk, error)
	// KeepTalk stores t, whose Version must be the stored one, with the partial answer of one
	// occurrence ("": of none; without one, that is removed), until t.Open is over.
	// It is a conflict as well if they have answered that occurrence, or skipped it.
	KeepTalk(ctx context.Context, c bot.CommunityID, m bot.MemberID, in bot.InputID, t *Talk, occurrence string) error
}

// Talk is how far somebody is who answers in direct messages.
type Talk struct {
	Version  int64              `json:"-"`
	Now      time.Time          `json:"-"`
	Open     []OpenNow          `json:"-"` // what closes first stands first
	Heard    bool               `json:"-"` // what they do now has had its effect before
	Partials map[string]Partial `json:"-"` // by occurrence; it may be over
	Aside    map[string]Partial `json:"-"` // what they had begun of what they skipped then

	About string   `json:"about,omitempty"` // the occurrence whose questions they are answering
	Known []string `json:"known,omitempty"` // what they had been asked when they began to
	// Said is what they wrote before they chose what it answers.
	Said string `json:"said,omitempty"`
}

// OpenNow is an occurrence of which answers are taken.
type OpenNow struct {
	ID     string
	Closes time.Time // when the last window ends
	Final  time.Time // from then on nothing is taken any more
}

// Partial is an answer of which something is missing.
type Partial struct {
	Values []string  `json:"values"` // one a question
	Next   int       `json:"next"`   // the question that comes next; past the last: they are asked whether to send it
	Until  time.Time `json:"until"`  // the end of their window
}

// open gives an occurrence if answers to it are taken.
func (t *Talk) open(id string) (OpenNow, bool) {
	i := slices.IndexFunc(t.Open, func(o OpenNow) bool { return o.ID == id })
	if i < 0 {
		return OpenNow{}, false
	}
	return t.Open[i], true
}

// partial gives what somebody has begun to answer, while their window lasts.
func (t *Talk) partial(id string) (Partial, bool) {
	d, begun := t.Partials[id]
	_, open := t.open(id)
	return d, begun && open && d.Until.After(t.Now)
}

// put puts a partial answer in the place of what was there.
func (t *Talk) put(id string, d Partial) {
	if t.Partials == nil {
		t.Partials = map[string]Partial{}
	}
	t.Partials[id] = d
}
