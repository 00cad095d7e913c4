package console

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode"

	"github.com/staffroom-bot/staffroom/bot"
)

// Person is somebody at the console.
type Person struct {
	Name     string   `json:"name"`               // as shown; the same name in other letters is the same person
	Role     bot.Role `json:"role,omitempty"`     // an organizer's requests are marked as of somebody who manages the space
	Zone     string   `json:"zone,omitempty"`     // IANA; empty: the console's
	Language string   `json:"language,omitempty"` // IETF tag; empty: the community's
}

// botName is who speaks for the bot. Nobody else may be called so.
const botName = "staffroom"

// maxName is the longest name, in characters.
const maxName = 80

// userOf is the account of a name.
func userOf(name string) string { return strings.ToLower(name) }

// Join adds a person, or changes what is said of one who is there: empty fields
// leave it as it was. People may join before Run.
func (a *Adapter) Join(ctx context.Context, p Person) error {
	return a.inTurn(ctx, func() error { return a.join(ctx, p) })
}

func (a *Adapter) join(ctx context.Context, p Person) error {
	if err := p.check(); err != nil {
		return err
	}
	a.mu.Lock()
	before, known := a.memory.people[userOf(p.Name)]
	if known {
		p = before.with(p)
	}
	if p.Role == "" {
		p.Role = bot.RoleMember
	}
	a.mu.Unlock()
	if known && p == *before {
		return nil
	}
	// The caller's memory comes first: a person who is known here is known there.
	if a.options.Joined != nil {
		if err := a.options.Joined(ctx, p); err != nil {
			return errors.Join(mistakef("%s cannot join just now; try again", p.Name), err)
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.commit(record{Person: &p}); err != nil {
		return err
	}
	a.screen.joined(a.options.Now(), p, known)
	return nil
}

// known gives the person, who joins as a member if they are not here yet.
func (a *Adapter) known(ctx context.Context, name string) (Person, error) {
	a.mu.Lock()
	p, ok := a.memory.people[userOf(name)]
	a.mu.Unlock()
	if ok {
		return *p, nil
	}
	if err := a.join(ctx, Person{Name: name}); err != nil {
		return Person{}, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return *a.memory.people[userOf(name)], nil
}

// with is p with what the other says of them.
func (p Person) with(other Person) Person {
	if other.Role != "" {
		p.Role = other.Role
	}
	if other.Zone != "" {
		p.Zone = other.Zone
	}
	if other.Language != "" {
		p.Language = other.Language
	}
	return p
}

// check checks a person. A name is data: what can be typed at the beginning of a
// line is narrower (isNameRune).
func (p Person) check() error {
	letters := 0
	for _, r := range p.Name {
		if letters++; !unicode.IsPrint(r) {
			return mistakef("a name has no line breaks or control characters")
		}
	}
	switch {
	case letters == 0 || strings.TrimSpace(p.Name) != p.Name:
		return mistakef("a name is missing")
	case letters > maxName:
		return mistakef("a name has at most %d characters", maxName)
	case userOf(p.Name) == botName:
		return mistakef("%s is the bot itself; choose another name", botName)
	}
	switch p.Role {
	case "", bot.RoleMember, bot.RoleHost, bot.RoleOrganizer:
	default:
		return mistakef("role is %s, %s or %s", bot.RoleMember, bot.RoleHost, bot.RoleOrganizer)
	}
	if _, err := time.LoadLocation(p.Zone); err != nil || p.Zone == "Local" {
		return mistakef("zone is an IANA name such as America/Chicago")
	}
	for _, r := range p.Language {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' {
			return mistakef("language is a tag such as en or es")
		}
	}
	return nil
}

// isNameRune reports whether r may stand in a name. A space may stand in a name
// too, but not in one that begins a line.
func isNameRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || strings.ContainsRune("._-'", r)
}
