package console

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

var (
	errGone     = &bot.Error{Code: bot.Permanent, Reason: bot.Gone, Err: errors.New("console: no such message of ours")}
	errNoPlace  = &bot.Error{Code: bot.Permanent, Reason: bot.Gone, Err: errors.New("console: no such channel")}
	errNoPerson = &bot.Error{Code: bot.NotFound, Err: errors.New("console: nobody of that name has joined")}
)

// Send posts p. The same key in the same channel gives the same message.
func (a *Adapter) Send(_ context.Context, p bot.Post) (bot.MessageRef, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	ch := p.Channel
	if p.Direct != nil {
		var err error
		if ch, err = a.direct(*p.Direct); err != nil {
			return bot.MessageRef{}, err
		}
	}
	if ch.Space != a.memory.space || ch.ID == "" {
		return bot.MessageRef{}, errNoPlace
	}
	if before, ok := a.memory.byKey[placedKey{ch.ID, p.Key}]; ok {
		return a.memory.ref(before), nil
	}
	body, err := a.saved(p.Message)
	if err != nil {
		return bot.MessageRef{}, unavailable(err)
	}
	msg, err := a.post(message{Channel: ch.ID, Thread: ch.Thread, ReplyTo: ch.Thread, Key: p.Key, Body: body})
	if err != nil {
		return bot.MessageRef{}, unavailable(err)
	}
	return a.memory.ref(msg), nil
}

// Update replaces what a message of the bot says.
func (a *Adapter) Update(_ context.Context, ref bot.MessageRef, m bot.Message) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	msg, ok := a.memory.of(ref)
	if !ok || msg.Author != "" || msg.Deleted {
		return errGone
	}
	return unavailable(a.update(msg, m))
}

// update replaces what a message of the bot says and shows it, unless it says
// that already. a.mu is held.
func (a *Adapter) update(msg *message, m bot.Message) error {
	body, err := a.saved(m)
	if err != nil {
		return err
	}
	if reflect.DeepEqual(msg.Body, body) {
		return nil
	}
	at := a.options.Now()
	if err := a.commit(record{Edit: &edit{ID: msg.ID, Body: body, At: at}}); err != nil {
		return err
	}
	a.show(msg, at, "edited")
	return nil
}

// Delete removes a message of the bot. One that is gone already is no error.
func (a *Adapter) Delete(_ context.Context, ref bot.MessageRef) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	msg, ok := a.memory.of(ref)
	switch {
	case !ok || msg.Author != "":
		return errGone
	case msg.Deleted:
		return nil
	}
	return unavailable(a.delete(msg))
}

// delete takes a message away and shows that. a.mu is held.
func (a *Adapter) delete(msg *message) error {
	at := a.options.Now()
	if err := a.commit(record{Edit: &edit{ID: msg.ID, At: at, Deleted: true}}); err != nil {
		return err
	}
	a.screen.did(at, msg, a.speaker(msg), "deleted this")
	return nil
}

// Find looks for the message with this key in ch. The console knows every
// message, so since is not needed.
func (a *Adapter) Find(_ context.Context, ch bot.Channel, key bot.DeliveryKey, _ time.Time) (bot.MessageRef, bool, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	msg, ok := a.memory.byKey[placedKey{ch.ID, key}]
	if !ok || msg.Deleted || ch.Space != a.memory.space {
		return bot.MessageRef{}, false, nil
	}
	return a.memory.ref(msg), true, nil
}

// Direct gives the channel of direct messages with a person. Nobody but those
// who joined has one: not_found.
func (a *Adapter) Direct(_ context.Context, who bot.Account) (bot.Channel, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.direct(who)
}

func (a *Adapter) direct(who bot.Account) (bot.Channel, error) {
	if _, ok := a.memory.people[who.User]; !ok || who.Space != a.memory.space {
		return bot.Channel{}, errNoPerson
	}
	return a.memory.channel(directChannel(who.User)), nil
}

// post says a new message and shows it. a.mu is held.
func (a *Adapter) post(msg message) (*message, error) {
	if msg.ID == "" {
		msg.ID = a.memory.nextID()
	}
	msg.At, msg.Revision = a.options.Now(), 1
	if err := a.commit(record{Message: &msg}); err != nil {
		return nil, err
	}
	kept := a.memory.byID[msg.ID]
	a.show(kept, msg.At, "")
	return kept, nil
}

// show shows a message as it stands, and what has just happened to it. a.mu is
// held.
func (a *Adapter) show(msg *message, at time.Time, happened string) {
	how := happened
	if msg.ReplyTo != "" {
		how += " (reply to " + safeLine(msg.ReplyTo) + ")"
	}
	if msg.Only != "" {
		how += " (only " + a.memory.name(msg.Only) + ")"
	}
	a.screen.said(at, msg, a.speaker(msg), strings.TrimSpace(how), a.readerZone(msg))
}

// speaker is the name of who said a message. a.mu is held.
func (a *Adapter) speaker(msg *message) string {
	if msg.Author == "" {
		return botName
	}
	return a.memory.name(msg.Author)
}

// readerZone is the zone of the one person who reads a message, or "" for one
// that many read. a.mu is held.
func (a *Adapter) readerZone(msg *message) string {
	reader := msg.Only
	if reader == "" && isDirect(msg.Channel) {
		reader = strings.TrimPrefix(msg.Channel, "@")
	}
	if p, ok := a.memory.people[reader]; ok {
		return p.Zone
	}
	return ""
}

// unavailable classifies a failure to keep something.
func unavailable(err error) error {
	if err == nil {
		return nil
	}
	return &bot.Error{Code: bot.Unavailable, Err: err}
}
