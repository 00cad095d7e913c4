package bot

import (
	"context"
	"fmt"
	"time"
)

// Switchboard is the Messenger of all connections: it picks the adapter by the
// channel's space.
type Switchboard struct{ messengers map[string]Messenger }

// NewSwitchboard returns the switchboard of these adapters, whose names must
// differ.
func NewSwitchboard(adapters ...Adapter) *Switchboard {
	s := &Switchboard{messengers: make(map[string]Messenger, len(adapters))}
	for _, a := range adapters {
		s.messengers[a.Name()] = a
	}
	return s
}

// For gives the messenger of a connection. One that this process does not have
// is unavailable: another process may have it, or this one after a change of
// its configuration.
func (s *Switchboard) For(connection string) (Messenger, error) {
	m, ok := s.messengers[connection]
	if !ok {
		return nil, &Error{Code: Unavailable, Err: fmt.Errorf("no connection named %q", connection)}
	}
	return m, nil
}

// Send posts by the channel's connection, or the person's for a direct message.
func (s *Switchboard) Send(ctx context.Context, p Post) (MessageRef, error) {
	m, err := s.For(p.Connection())
	if err != nil {
		return MessageRef{}, err
	}
	return m.Send(ctx, p)
}

// Connection is the one that the post goes over: the channel's, or the person's
// for a direct message.
func (p Post) Connection() string {
	if p.Direct != nil {
		return p.Direct.Space.Connection
	}
	return p.Channel.Space.Connection
}

// Update replaces what a message says, by its connection.
func (s *Switchboard) Update(ctx context.Context, ref MessageRef, msg Message) error {
	m, err := s.For(ref.Channel.Space.Connection)
	if err != nil {
		return err
	}
	return m.Update(ctx, ref, msg)
}

// Delete removes a message, by its connection.
func (s *Switchboard) Delete(ctx context.Context, ref MessageRef) error {
	m, err := s.For(ref.Channel.Space.Connection)
	if err != nil {
		return err
	}
	return m.Delete(ctx, ref)
}

// Find looks a message up, by the channel's connection.
func (s *Switchboard) Find(ctx context.Context, ch Channel, key DeliveryKey, since time.Time) (MessageRef, bool, error) {
	m, err := s.For(ch.Space.Connection)
	if err != nil {
		return MessageRef{}, false, err
	}
	return m.Find(ctx, ch, key, since)
}

// Direct gives the channel of direct messages with a person, by their connection.
func (s *Switchboard) Direct(ctx context.Context, who Account) (Channel, error) {
	m, err := s.For(who.Space.Connection)
	if err != nil {
		return Channel{}, err
	}
	return m.Direct(ctx, who)
}

// Members gives a page of a crowd, by its channel's connection: see MemberLister.
func (s *Switchboard) Members(ctx context.Context, of Crowd, page string) (people []Account, next string, err error) {
	l, err := s.lister(of.Channel.Space)
	if err != nil {
		return nil, "", err
	}
	return l.Members(ctx, of, page)
}

// Roles lists roles of a space, by its connection: see MemberLister.
func (s *Switchboard) Roles(ctx context.Context, space SpaceID) ([]Choice, error) {
	l, err := s.lister(space)
	if err != nil {
		return nil, err
	}
	return l.Roles(ctx, space)
}

func (s *Switchboard) lister(space SpaceID) (MemberLister, error) {
	m, err := s.For(space.Connection)
	if err != nil {
		return nil, err
	}
	l, ok := m.(MemberLister)
	if !ok {
		return nil, ErrCannotList
	}
	return l, nil
}
