package discussion

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// Goals keep what people mean to do.
type Goals interface {
	// Aim takes in what somebody will try after a discussion, and answers them: it is
	// theirs alone. source is the discussion's ID, name what people call it.
	Aim(ctx context.Context, req *bot.Request, source, name, text string) (bot.Reply, error)
	// Aimed gives what somebody has said there that they will try, "" for nothing.
	Aimed(ctx context.Context, m bot.Member, source string) (string, error)
}

// AskAims lets the end of a discussion ask for one thing to try, which goals keep.
func (s *Service) AskAims(goals Goals) { s.goals = goals }

const (
	aimPath   = "/chat/aim/"
	aimField  = "aim"
	longestIn = 500 // characters: one thing, not a plan
)

// aimControls are those under the closing prompt.
func (s *Service) aimControls(d *Discussion) []bot.Control {
	return []bot.Control{
		{Label: s.label(d.Language, "chat.button.aim"), Path: aimPath + d.ID, Style: bot.Primary},
		{Label: s.label(d.Language, "chat.button.aim.not"), Path: "/chat/aim-not/" + d.ID},
	}
}

// askAim opens the form for the one thing, with what was said before.
func (s *Service) askAim(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	d, err := s.named(ctx, req, anyone)
	if err != nil {
		return bot.Reply{}, err
	}
	before, err := s.goals.Aimed(ctx, req.Member, d.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	lang := req.Member.Language
	return bot.Ask(bot.Form{
		Title: s.label(lang, "chat.aim.form"), Path: "/chat/aimed/" + d.ID, Submit: s.label(lang, "chat.aim.form.submit"),
		Fields: []bot.Field{{
			Name: aimField, Label: s.label(lang, "chat.aim.form.label"), Hint: s.label(lang, "chat.aim.form.hint"), Value: before,
			Long: true, Max: longestIn,
		}},
	}), nil
}

// aim takes the form.
func (s *Service) aim(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	d, err := s.named(ctx, req, anyone)
	if err != nil {
		return bot.Reply{}, err
	}
	fault := func(key bot.Key) (bot.Reply, error) {
		return bot.Reply{FieldErrors: map[string]bot.Text{aimField: s.words.Text(req.Member.Language, key, bot.Num("most", longestIn))}}, nil
	}
	text := strings.TrimSpace(req.Value(aimField))
	switch {
	case text == "":
		return fault("chat.aim.empty")
	case len([]rune(text)) > longestIn:
		return fault("chat.aim.long")
	}
	return s.goals.Aim(ctx, req, d.ID, d.heading(), text)
}

func (s *Service) notToday(_ context.Context, req *bot.Request) (bot.Reply, error) {
	return bot.Say(s.words.Text(req.Member.Language, "chat.aim.not")), nil
}

// Share is a commitment as its author shares it: what they will try, and what came
// of it.
type Share struct {
	Goal    string // names it among those of all chats
	Author  bot.MemberID
	Name    string      // the author's
	Near    bot.SpaceID // where the author is
	Text    string      // as typed
	Outcome string      // as typed; empty: nothing is said of it
	Post    bool        // in the channel too
	Input   bot.InputID
}

// Whereabouts gives what people call a discussion, and where it was. It is not_found
// where the chat is gone, or was never here.
func (s *Service) Whereabouts(ctx context.Context, c bot.CommunityID, chat string) (name string, ch bot.Channel, err error) {
	d, err := s.store.Get(ctx, c, chat)
	return d.heading(), d.Channel, err
}

// Share shows a commitment in the archive of its chat, and in the channel if its
// author wants that, in the place of what was shared of it before.
func (s *Service) Share(ctx context.Context, c bot.CommunityID, chat string, sh Share) error {
	d, err := s.store.Get(ctx, c, chat)
	if err != nil {
		return err
	}
	now, err := s.store.Now(ctx)
	if err != nil {
		return err
	}
	before, err := s.commitment(ctx, &d, sh.Goal)
	fresh := bot.CodeOf(err) == bot.NotFound
	if err != nil && !fresh {
		return err
	}
	e := Entry{
		ID: commitmentID(&d, sh.Goal), Place: d.near(sh.Near), Author: sh.Author, Kind: Commitment, Asked: d.Asked, At: now,
		Text: sh.Text, Outcome: sh.Outcome, Posted: sh.Post || before.Posted,
	}
	if !fresh {
		e.Place, e.At = before.Place, before.At
	}
	var effects outbox.Effects
	if e.Posted {
		effects.Posts = []outbox.Item{s.commitmentPost(&d, &e, sh.Name, before.Posted)}
	}
	if !fresh {
		return s.replace(ctx, &d, e, effects)
	}
	effects.Input = sh.Input + "/commitment"
	err = s.store.Add(ctx, Filing{Discussion: &d, Entry: e}, effects)
	switch {
	case err == nil:
		s.rooms.added(&d, e)
	case errors.Is(err, outbox.ErrRepeated):
		err = nil
	}
	return err
}

// Unshare takes a commitment out of the archive of its chat. What was posted says so.
func (s *Service) Unshare(ctx context.Context, c bot.CommunityID, chat, goal string) error {
	d, err := s.store.Get(ctx, c, chat)
	if err == nil {
		var e Entry
		if e, err = s.commitment(ctx, &d, goal); err == nil {
			return s.replace(ctx, &d, e.emptied(), s.takenBack(&d, &e))
		}
	}
	if bot.CodeOf(err) == bot.NotFound {
		return nil
	}
	return err
}

// emptied is what is left of an entry: its place.
func (e Entry) emptied() Entry {
	return Entry{
		ID: e.ID, Place: e.Place, Kind: e.Kind, Questions: e.Questions, ReplyTo: e.ReplyTo, Asked: e.Asked, At: e.At, Revision: e.Revision,
		Posted: e.Posted, Deleted: true,
	}
}

// takenBack lets a post of ours say that what it showed was taken back.
func (s *Service) takenBack(d *Discussion, e *Entry) outbox.Effects {
	if !e.Posted || e.Deleted {
		return outbox.Effects{}
	}
	return outbox.Effects{Posts: []outbox.Item{d.shows(e, s.words.Text(d.Language, "chat.taken_back"), true)}}
}

func (s *Service) replace(ctx context.Context, d *Discussion, e Entry, effects outbox.Effects) error {
	err := s.store.Replace(ctx, d, effects, e)
	if err == nil {
		s.rooms.added(d, e)
	}
	return err
}

func (s *Service) commitment(ctx context.Context, d *Discussion, goal string) (Entry, error) {
	return s.store.Entry(ctx, d, commitmentID(d, goal))
}

// commitmentID names the commitment to a goal, which says nothing of whose it is.
func commitmentID(d *Discussion, goal string) string {
	sum := sha256.Sum256([]byte(goal))
	return Record(d.ID) + "/t/" + strings.ToLower(base32.StdEncoding.EncodeToString(sum[:10]))
}

// commitmentPost shows a commitment in the channel.
func (s *Service) commitmentPost(d *Discussion, e *Entry, name string, known bool) outbox.Item {
	return d.shows(e, s.commitmentText(d, e, name), known)
}

func (s *Service) commitmentText(d *Discussion, e *Entry, name string) bot.Text {
	text := s.words.Text(d.Language, "chat.commitment", bot.Str("name", name), bot.Str("text", e.Text))
	if e.Outcome == "" {
		return text
	}
	return bot.Join("\n", text, s.words.Text(d.Language, "chat.commitment.outcome", bot.Str("text", e.Outcome)))
}

// shows is the post that shows an entry which did not come as a message.
func (d *Discussion) shows(e *Entry, text bot.Text, known bool) outbox.Item {
	item := d.post("", e.Place, bot.Message{Text: text})
	item.Post.Key, item.Update = bot.DeliveryKey(e.ID), known
	item.Class, item.NotAfter = outbox.Bulk, time.Time{}
	return item
}

// near is the place of the discussion in a space, or else the first.
func (d *Discussion) near(space bot.SpaceID) int {
	return max(slices.IndexFunc(d.Places(), func(p Place) bool { return p.Channel.Space == space }), 0)
}
