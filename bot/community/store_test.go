package community

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// memoryStore is a Store in memory that counts its calls and can be told to fail
// or to wait.
type memoryStore struct {
	mu          sync.Mutex
	communities map[bot.SpaceID]Community
	members     map[bot.MemberID]bot.Member
	versions    map[bot.MemberID]int64
	quicker     func() // called once before the next save: another replica changes something
	accounts    map[bot.Account]bot.MemberID
	organizers  map[bot.Account]bool
	places      []Place
	calls       map[string]int
	err         error
	wait        chan struct{} // if set, Member waits until it is closed or its ctx ends
	entered     chan struct{} // if set, Member tells when it is called
}

func newMemoryStore() *memoryStore {
	return &memoryStore{
		communities: map[bot.SpaceID]Community{},
		members:     map[bot.MemberID]bot.Member{},
		versions:    map[bot.MemberID]int64{},
		accounts:    map[bot.Account]bot.MemberID{},
		organizers:  map[bot.Account]bool{},
		calls:       map[string]int{},
	}
}

func (s *memoryStore) count(method string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[method]
}

func (s *memoryStore) Community(_ context.Context, space bot.SpaceID, fresh Community) (Community, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls["Community"]++
	if s.err != nil {
		return Community{}, s.err
	}
	if _, ok := s.communities[space]; !ok {
		s.communities[space] = fresh
	}
	c := s.communities[space]
	set := placeOf(s.places, space).Set
	c.Language, c.Zone = cmp.Or(set.Language, c.Language), cmp.Or(set.Zone, c.Zone)
	return c, nil
}

func (s *memoryStore) Member(ctx context.Context, c bot.CommunityID, a bot.Account, fresh bot.Member) (Record, error) {
	s.mu.Lock()
	wait, entered := s.wait, s.entered
	s.calls["Member"]++
	s.mu.Unlock()
	if entered != nil {
		entered <- struct{}{}
	}
	if wait != nil {
		select {
		case <-wait:
		case <-ctx.Done():
			return Record{}, ctx.Err()
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return Record{}, s.err
	}
	id, ok := s.accounts[a]
	if !ok {
		id = fresh.ID
		fresh.Number = len(s.members) + 1
		s.accounts[a], s.members[id] = id, fresh
	}
	m := s.members[id]
	m.Community = c
	return Record{Member: m, Version: s.versions[id]}, nil
}

func (s *memoryStore) SaveMember(_ context.Context, r Record, _ ...scheduler.Job) error {
	if quicker := s.quicker; quicker != nil {
		s.quicker = nil
		quicker()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls["SaveMember"]++
	if s.err != nil {
		return s.err
	}
	if s.versions[r.ID] != r.Version {
		return &bot.Error{Code: bot.Conflict}
	}
	s.members[r.ID] = r.Member
	s.versions[r.ID]++
	return nil
}

func (s *memoryStore) Members(_ context.Context, _ bot.CommunityID, ids []bot.MemberID) ([]bot.Member, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls["Members"]++
	if s.err != nil {
		return nil, s.err
	}
	var found []bot.Member
	for _, id := range ids {
		if m, ok := s.members[id]; ok {
			found = append(found, m)
		}
	}
	return found, nil
}

func (s *memoryStore) NoteOrganizer(_ context.Context, _ bot.CommunityID, a bot.Account, organizes bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls["NoteOrganizer"]++
	if s.err != nil {
		return s.err
	}
	s.organizers[a] = organizes
	return nil
}

func (s *memoryStore) Organizers(context.Context, bot.CommunityID) ([]bot.Account, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls["Organizers"]++
	if s.err != nil {
		return nil, s.err
	}
	var accounts []bot.Account
	for a, organizes := range s.organizers {
		if organizes {
			accounts = append(accounts, a)
		}
	}
	return accounts, nil
}

func (s *memoryStore) Places(context.Context, bot.CommunityID) ([]Place, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls["Places"]++
	return slices.Clone(s.places), s.err
}

func (s *memoryStore) SavePlace(_ context.Context, _ bot.CommunityID, p *Place) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return s.err
	}
	i := slices.IndexFunc(s.places, func(known Place) bool { return known.Space == p.Space })
	switch {
	case i < 0 && p.Version == 0:
		p.Version = 1
		s.places = append(s.places, *p)
	case i >= 0 && s.places[i].Version == p.Version:
		p.Version++
		s.places[i] = *p
	default:
		return &bot.Error{Code: bot.Conflict}
	}
	return nil
}

func (s *memoryStore) Staff(context.Context, bot.CommunityID) ([]bot.Member, error) {
	return s.who(func(m bot.Member) bool { return m.Role != bot.RoleMember })
}

func (s *memoryStore) Called(_ context.Context, _ bot.CommunityID, name string) ([]bot.Member, error) {
	return s.who(func(m bot.Member) bool { return strings.EqualFold(m.Name, name) })
}

func (s *memoryStore) who(wanted func(bot.Member) bool) ([]bot.Member, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []bot.Member
	for _, id := range slices.Sorted(maps.Keys(s.members)) {
		if wanted(s.members[id]) {
			all = append(all, s.members[id])
		}
	}
	return all, s.err
}

func (s *memoryStore) Accounts(_ context.Context, _ bot.CommunityID, id bot.MemberID) ([]bot.Account, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []bot.Account
	for a, m := range s.accounts {
		if m == id {
			all = append(all, a)
		}
	}
	return all, s.err
}
