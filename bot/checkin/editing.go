package checkin

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

const (
	editPath    = "/organize/checkins/edit/"
	changePath  = "/organize/checkins/change/"
	changedPath = "/organize/checkins/changed/"
	roomPath    = "/organize/checkins/room/"
)

// RevisionFor is how long a change is kept that an organizer has not confirmed.
const RevisionFor = time.Hour

// Revision is what an organizer wants a check-in to be, before they confirm it.
type Revision struct {
	Base      string     `json:"base"` // mark of what it was when they began
	Name      string     `json:"name"`
	Questions []Question `json:"questions"`
	Sharing   Sharing    `json:"sharing"`
	Days      int        `json:"days"`

	// Channel is where it is to move; then nothing else changes. Language is that of
	// what is said there.
	Channel  bot.Channel `json:"channel,omitzero"`
	Language string      `json:"language,omitempty"`
}

// mark names a check-in as it is now: it differs once somebody has changed it.
func (c *CheckIn) mark() (string, error) {
	body, err := json.Marshal(Revision{Name: c.Name, Questions: c.Questions, Sharing: c.Sharing, Days: c.Days, Channel: c.Channel})
	sum := sha256.Sum256(body)
	return base32.StdEncoding.EncodeToString(sum[:10]), err
}

// with is the check-in as a revision has it.
func (d *Revision) with(c CheckIn) CheckIn {
	if d.Channel != (bot.Channel{}) {
		return d.moved(c)
	}
	if d.Sharing.wider(c.Sharing) && (c.Before == "" || c.Before.wider(c.Sharing)) {
		c.Before = c.Sharing
	}
	c.Name, c.Questions, c.Sharing, c.Days = d.Name, d.Questions, d.Sharing, d.Days
	return c
}

// moved is the check-in in another channel.
func (d *Revision) moved(c CheckIn) CheckIn {
	if c.Sharing == Shared && c.Left == (bot.Channel{}) {
		c.Left = c.Channel
	}
	if c.Audience.Kind == WithRole && c.Audience.By.Space != d.Channel.Space {
		c.Audience = Audience{} // the role is one of the other place
	}
	c.Channel, c.Language = d.Channel, d.Language
	return c
}

// askEdit opens the form for a change, with what stands, or with what was typed
// before and not confirmed.
func (s *Service) askEdit(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	ci, err := s.find(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	if req.Params.Get("from") == "draft" {
		d, err := s.store.Revision(ctx, ci.Community, ci.ID, req.Member.ID)
		if err != nil && bot.CodeOf(err) != bot.NotFound {
			return bot.Reply{}, err
		}
		if err == nil {
			ci = d.with(ci)
		}
	}
	lang := req.Member.Language
	return bot.Ask(bot.Form{
		Title: s.label(lang, "checkin.edit"), Path: changePath + ci.ID, Submit: s.label(lang, "checkin.form.next"),
		Fields: s.definitionFields(lang, ci.Name, ci.lines(), strconv.Itoa(ci.Days), ci.Sharing),
	}), nil
}

// lines are the questions as one types them.
func (d *Definition) lines() string {
	lines := make([]string, len(d.Questions))
	for i := range d.Questions {
		lines[i] = d.Questions[i].line()
	}
	return strings.Join(lines, "\n")
}

// change takes the form, and shows what would be different.
func (s *Service) change(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	ci, err := s.find(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	base, err := ci.mark()
	if err != nil {
		return bot.Reply{}, err
	}
	wanted := ci
	if faults := s.readDefinition(req, &wanted); len(faults) > 0 {
		return bot.Reply{FieldErrors: faults}, nil
	}
	d := Revision{Base: base, Name: wanted.Name, Questions: wanted.Questions, Sharing: wanted.Sharing, Days: wanted.Days}
	differs, err := wanted.mark()
	if err != nil {
		return bot.Reply{}, err
	}
	if differs == base {
		return s.showReply(req, &ci, s.say(req, "checkin.edit.same")), nil
	}
	if err := s.store.KeepRevision(ctx, ci.Community, ci.ID, req.Member.ID, d); err != nil {
		return bot.Reply{}, err
	}
	return s.preview(req, &ci, &d, nil), nil
}

// preview shows what a revision changes, and asks once.
func (s *Service) preview(req *bot.Request, ci *CheckIn, d *Revision, news bot.Text) bot.Reply {
	lang := req.Member.Language
	wanted := d.with(*ci)
	lines := []bot.Text{news, s.say(req, "checkin.edit.preview", bot.Str("name", ci.Name))}
	if wanted.Name != ci.Name {
		lines = append(lines, s.say(req, "checkin.edit.name", bot.Str("name", wanted.Name)))
	}
	if wanted.lines() != ci.lines() {
		lines = append(append(lines, s.say(req, "checkin.edit.questions")), s.questionLines(lang, &wanted.Definition)...)
	}
	if wanted.Days != ci.Days {
		lines = append(lines, s.openFor(req, &wanted))
	}
	if wanted.Sharing != ci.Sharing || wanted.Channel != ci.Channel {
		lines = append(lines, s.sharingShown(lang, &wanted.Definition), s.say(req, "checkin.edit.promise"))
	}
	lines = append(lines, s.say(req, "checkin.edit.open"))
	controls := []bot.Control{{Label: s.label(lang, "checkin.button.save"), Path: changedPath + ci.ID, Style: bot.Primary}}
	if d.Channel == (bot.Channel{}) {
		controls = append(controls, bot.Control{Label: s.label(lang, "checkin.button.edit.again"), Path: editPath + ci.ID + "/draft"})
	}
	controls = append(controls, bot.Control{Label: s.label(lang, "checkin.button.edit.not"), Path: showPath + ci.ID})
	return replacing(req, bot.Say(bot.Join("\n", lines...), controls...))
}

// changed makes the change. If somebody else was quicker, it shows anew what would
// be different.
func (s *Service) changed(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	ci, err := s.find(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	d, err := s.store.Revision(ctx, ci.Community, ci.ID, req.Member.ID)
	if bot.CodeOf(err) == bot.NotFound {
		return s.showReply(req, &ci, s.say(req, "checkin.edit.late")), nil
	}
	if err != nil {
		return bot.Reply{}, err
	}
	now, err := ci.mark()
	if err != nil {
		return bot.Reply{}, err
	}
	wanted := d.with(ci)
	done, err := wanted.mark()
	if err != nil {
		return bot.Reply{}, err
	}
	if now != d.Base && now != done {
		d.Base = now
		if err := s.store.KeepRevision(ctx, ci.Community, ci.ID, req.Member.ID, d); err != nil {
			return bot.Reply{}, err
		}
		return s.preview(req, &ci, &d, s.say(req, "checkin.edit.meanwhile")), nil
	}
	e := outbox.Effects{Input: req.Input}
	if wanted.Channel != ci.Channel {
		if e, err = s.listed(ctx, &wanted, e); err != nil {
			return bot.Reply{}, err
		}
	}
	if err := s.schedule.Define(ctx, &wanted, e); err != nil && !errors.Is(err, outbox.ErrRepeated) {
		return bot.Reply{}, err
	}
	return s.savedReply(ctx, req, &wanted, "checkin.way.saved")
}

// room lets a check-in belong to another channel, from the next time on. Where its
// answers are shared it asks before: others read them there.
func (s *Service) room(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	ci, err := s.find(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	ch, ok := req.Channels[bot.Picked]
	if !ok {
		return s.showReply(req, &ci, s.say(req, "checkin.room.unknown")), nil
	}
	home, err := s.people.Home(ctx, ch.Space)
	if err != nil {
		return bot.Reply{}, err
	}
	d := Revision{Channel: ch.Root(), Language: home.Language}
	if ci.Sharing == Shared {
		return s.askRoom(ctx, req, &ci, &d)
	}
	ci = d.moved(ci)
	e, err := s.listed(ctx, &ci, outbox.Effects{Input: req.Input})
	if err != nil {
		return bot.Reply{}, err
	}
	if err := s.schedule.Define(ctx, &ci, e); err != nil && !errors.Is(err, outbox.ErrRepeated) {
		return bot.Reply{}, err
	}
	return s.showReply(req, &ci, s.say(req, "checkin.way.saved")), nil
}

// askRoom shows what it means to move to another channel what is shared.
func (s *Service) askRoom(ctx context.Context, req *bot.Request, ci *CheckIn, d *Revision) (bot.Reply, error) {
	if d.Channel == ci.Channel {
		return s.showReply(req, ci, s.say(req, "checkin.edit.same")), nil
	}
	var err error
	if d.Base, err = ci.mark(); err != nil {
		return bot.Reply{}, err
	}
	if err := s.store.KeepRevision(ctx, ci.Community, ci.ID, req.Member.ID, *d); err != nil {
		return bot.Reply{}, err
	}
	return s.preview(req, ci, d, nil), nil
}
