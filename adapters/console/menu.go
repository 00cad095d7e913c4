package console

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/staffroom-bot/staffroom/bot"
)

// Pick picks from a menu of the message with this ID, or of the newest that the
// person sees if id is empty: the menu with this label, or if that is empty the
// first that has it. What is picked is a choice by its label, or the beginning of
// it; a person, or a channel, by name.
func (s Speaker) Pick(ctx context.Context, menu, what, id string) error {
	a := s.console
	return s.do(ctx, func(p Person, _ string) error {
		a.mu.Lock()
		q, err := a.picked(p, menu, what, id)
		a.mu.Unlock()
		if err != nil {
			return err
		}
		return a.ask(ctx, p, q)
	})
}

// picked finds the newest menu from which this can be picked. a.mu is held.
func (a *Adapter) picked(p Person, menu, what, id string) (question, error) {
	for _, msg := range slices.Backward(a.memory.messages) {
		if msg.Body == nil || id != "" && msg.ID != id || !msg.visibleTo(userOf(p.Name)) {
			continue
		}
		for _, c := range msg.Body.Controls {
			if c.Pick == "" || menu != "" && !strings.EqualFold(c.Label, menu) {
				continue
			}
			ref := a.memory.ref(msg)
			q := question{path: c.Path, channel: msg.Channel, from: &ref}
			if a.pickInto(&q, c, what) {
				return q, nil
			}
		}
	}
	return question{}, mistakef("%s sees no menu with %q to pick", p.Name, what)
}

// pickInto makes the question one that picks this from the menu. a.mu is held.
func (a *Adapter) pickInto(q *question, menu bot.Control, what string) bool {
	switch menu.Pick {
	case bot.PickPerson:
		p, ok := a.memory.people[userOf(strings.TrimPrefix(what, "@"))]
		if !ok {
			return false
		}
		q.values = map[string]string{bot.Picked: "@" + p.Name}
		q.accounts = map[string]bot.Account{bot.Picked: a.memory.account(p.Name)}
	case bot.PickChannel:
		name, marked := strings.CutPrefix(what, "#")
		if !marked || !isWord(name) {
			return false
		}
		q.values = map[string]string{bot.Picked: what}
		q.channels = map[string]bot.Channel{bot.Picked: a.memory.channel(name)}
	default:
		value, ok := choiceOf(menu.Choices, what)
		if !ok {
			return false
		}
		q.values = map[string]string{bot.Picked: value}
	}
	return true
}

// choiceOf is the value of the choice with this label, or of the first whose label
// begins like this.
func choiceOf(choices []bot.Choice, label string) (string, bool) {
	begins := func(c bot.Choice) bool {
		return len(label) > 0 && len(c.Label) >= len(label) && strings.EqualFold(c.Label[:len(label)], label)
	}
	for _, is := range []func(bot.Choice) bool{func(c bot.Choice) bool { return strings.EqualFold(c.Label, label) }, begins} {
		if i := slices.IndexFunc(choices, is); i >= 0 {
			return choices[i].Value, true
		}
	}
	return "", false
}

// Act chooses the entry with this label from the menu of a message: every message
// that a person sees has one.
func (s Speaker) Act(ctx context.Context, label, id string) error {
	a := s.console
	return s.do(ctx, func(p Person, _ string) error {
		a.mu.Lock()
		q, err := a.acted(p, label, id)
		a.mu.Unlock()
		if err != nil {
			return err
		}
		return a.ask(ctx, p, q)
	})
}

// acted finds what is to be done with a message. a.mu is held.
func (a *Adapter) acted(p Person, label, id string) (question, error) {
	msg, err := a.sees(p, id)
	if err != nil {
		return question{}, err
	}
	labels := map[string]string{} // path → label
	for _, action := range a.inbox.Actions() {
		labels[action.Path] = string(action.Label)
		if a.options.Words != nil {
			labels[action.Path] = a.options.Words.Text(cmp.Or(p.Language, a.options.Language), action.Label).String()
		}
		if strings.EqualFold(labels[action.Path], label) {
			return question{path: action.Path, channel: msg.Channel, subject: a.subject(msg)}, nil
		}
	}
	return question{}, mistakef("the menu of a message has: %s", strings.Join(slices.Sorted(maps.Values(labels)), ", "))
}

// subject is the message that an action is chosen for. What the bot says has no
// author. a.mu is held.
func (a *Adapter) subject(msg *message) *bot.Subject {
	s := &bot.Subject{Message: a.memory.ref(msg), Text: msg.Text, Posted: msg.At}
	switch {
	case msg.Author != "":
		s.Author, s.Name = a.memory.account(msg.Author), a.memory.name(msg.Author)
	case msg.Body != nil:
		s.Name, s.Text = botName, msg.Body.Text.String()
	}
	return s
}
