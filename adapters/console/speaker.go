package console

import (
	"context"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/staffroom-bot/staffroom/bot"
)

// Speaker does what a person does at the console. A person who has not joined
// joins as a member first.
//
// Its methods return when the bot has answered. What a person can mend is an
// error that says how; a handler's own failure is in the log, and its words for
// the member are on the screen.
type Speaker struct {
	console *Adapter
	who     string
	channel string
}

// As is the person of that name.
func (a *Adapter) As(who string) Speaker { return Speaker{console: a, who: who} }

// In is the same person in the named channel instead of where people are.
func (s Speaker) In(channel string) Speaker {
	s.channel = channel
	return s
}

// Alone is the same person in their direct messages with the bot.
func (s Speaker) Alone() Speaker { return s.In(directChannel(userOf(s.who))) }

// SayOptions are what a message may come with.
type SayOptions struct {
	ID      string // of an imported message; the next number if empty
	ReplyTo string // ID of the message that this one replies to
}

// Say says text and gives the message's ID. The same ID by the same person is
// the same message, delivered again.
func (s Speaker) Say(ctx context.Context, text string, o SayOptions) (string, error) {
	var id string
	err := s.do(ctx, func(p Person, channel string) error {
		var err error
		id, err = s.console.say(p, channel, text, o)
		if err != nil {
			return err
		}
		return s.console.deliver(ctx)
	})
	return id, err
}

// Edit changes what this person's message says.
func (s Speaker) Edit(ctx context.Context, id, text string) error {
	return s.change(ctx, id, func(msg *message) error {
		a := s.console
		at := a.options.Now()
		if err := a.commit(record{Edit: &edit{ID: msg.ID, Text: text, At: at}}); err != nil {
			return err
		}
		a.show(msg, at, "edited")
		return nil
	})
}

// Delete takes this person's message away.
func (s Speaker) Delete(ctx context.Context, id string) error {
	return s.change(ctx, id, s.console.delete)
}

func (s Speaker) change(ctx context.Context, id string, change func(*message) error) error {
	a := s.console
	return s.do(ctx, func(p Person, _ string) error {
		a.mu.Lock()
		msg, err := a.sees(p, id)
		switch {
		case err != nil:
		case msg.Author != userOf(p.Name):
			err = mistakef("message %s is by %s; people change only what they said themselves", id, a.speaker(msg))
		default:
			err = change(msg)
		}
		a.mu.Unlock()
		if err != nil {
			return err
		}
		return a.deliver(ctx)
	})
}

// React puts a sign such as an emoji on a message. The bot does not hear of it.
func (s Speaker) React(ctx context.Context, id, sign string) error {
	a := s.console
	return s.do(ctx, func(p Person, _ string) error {
		a.mu.Lock()
		defer a.mu.Unlock()
		msg, err := a.sees(p, id)
		if err != nil {
			return err
		}
		a.screen.did(a.options.Now(), msg, p.Name, "reacted "+sign)
		return nil
	})
}

// Command asks for a command, as typed: "/chat list".
func (s Speaker) Command(ctx context.Context, text string) error {
	return s.do(ctx, func(p Person, channel string) error {
		command := bot.ParseCommandLine(s.console.inbox.Commands(), text)
		return s.console.ask(ctx, p, question{path: command.Path, values: command.Values, channel: channel})
	})
}

// Press presses the control with this label on the message with this ID, or on
// the newest that the person sees if id is empty.
func (s Speaker) Press(ctx context.Context, label, id string) error {
	a := s.console
	return s.do(ctx, func(p Person, _ string) error {
		a.mu.Lock()
		q, err := a.pressed(p, label, id)
		a.mu.Unlock()
		if err != nil {
			return err
		}
		return a.ask(ctx, p, q)
	})
}

// Fill submits the form that the person has open, with values by the names or
// labels of its fields. A field that is not named keeps what stands in it.
func (s Speaker) Fill(ctx context.Context, values map[string]string) error {
	return s.fill(ctx, func(*form) (map[string]string, error) { return values, nil })
}

// fill submits the open form with the values that read gives for it.
func (s Speaker) fill(ctx context.Context, read func(*form) (map[string]string, error)) error {
	a := s.console
	return s.do(ctx, func(p Person, _ string) error {
		a.mu.Lock()
		q, err := a.submission(p, read)
		a.mu.Unlock()
		if err != nil {
			return err
		}
		return a.ask(ctx, p, q)
	})
}

// submission puts values into the form that the person has open. a.mu is held.
func (a *Adapter) submission(p Person, read func(*form) (map[string]string, error)) (question, error) {
	f, ok := a.forms[userOf(p.Name)]
	if !ok {
		return question{}, mistakef("%s has no form open; a button or a command opens one", p.Name)
	}
	values, err := read(f)
	if err == nil {
		err = f.put(values)
	}
	return question{path: f.form.Path, values: maps.Clone(f.values), channel: f.channel, from: f.from, form: f}, err
}

// do works off one input of this person, after those before.
func (s Speaker) do(ctx context.Context, work func(p Person, channel string) error) error {
	a := s.console
	return a.answered(ctx, func() error {
		if err := a.deliver(ctx); err != nil {
			return err
		}
		channel := s.channel
		if channel == "" {
			channel = a.here()
		}
		if !isWord(channel) && channel != directChannel(userOf(s.who)) && !inRoom(channel, userOf(s.who)) {
			return mistakef("a channel is one word, such as lounge")
		}
		p, err := a.known(ctx, s.who)
		if err != nil {
			return err
		}
		return work(p, channel)
	})
}

func (a *Adapter) say(p Person, channel, text string, o SayOptions) (string, error) {
	if strings.TrimSpace(text) == "" && o.ID == "" { // an imported message may be a picture alone
		return "", mistakef("nothing is said")
	}
	if len(o.ID) > 64 || strings.ContainsFunc(o.ID, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }) {
		return "", mistakef("a message's ID is one word of at most 64 characters")
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if before, ok := a.memory.byID[o.ID]; ok {
		if before.Author != userOf(p.Name) {
			return "", mistakef("message %s is there already, by %s", o.ID, a.speaker(before))
		}
		a.memory.again(before)
		return before.ID, nil
	}
	if o.ReplyTo != "" {
		to, err := a.sees(p, o.ReplyTo)
		if err != nil {
			return "", err
		}
		channel = to.Channel
	}
	msg, err := a.post(message{ID: o.ID, Channel: channel, Author: userOf(p.Name), ReplyTo: o.ReplyTo, Text: text})
	if err != nil {
		return "", err
	}
	return msg.ID, nil
}

// sees finds a message that the person sees. a.mu is held.
func (a *Adapter) sees(p Person, id string) (*message, error) {
	msg, ok := a.memory.byID[id]
	if !ok || !msg.visibleTo(userOf(p.Name)) {
		return nil, mistakef("%s sees no message %s", p.Name, id)
	}
	return msg, nil
}

// pressed finds the newest control with this label. a.mu is held.
func (a *Adapter) pressed(p Person, label, id string) (question, error) {
	for _, msg := range slices.Backward(a.memory.messages) {
		if msg.Body == nil || id != "" && msg.ID != id || !msg.visibleTo(userOf(p.Name)) {
			continue
		}
		for _, c := range msg.Body.Controls {
			if c.Pick == "" && c.URL == "" && strings.EqualFold(c.Label, label) {
				ref := a.memory.ref(msg)
				return question{path: c.Path, channel: msg.Channel, from: &ref}, nil
			}
		}
	}
	where := ""
	if id != "" {
		where = " on message " + id
	}
	return question{}, mistakef("%s sees no button [%s]%s", p.Name, label, where)
}
