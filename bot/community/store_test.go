package community

import (
	"context"
	"sync"

	"github.com/staffroom-bot/staffroom/bot"
)

// memoryStore is a Store in memory that counts its calls and can be told to fail
// or to wait.
type memoryStore struct {
	mu          sync.Mutex
	communities map[bot.SpaceID]Community
	members     map[bot.MemberID]bot.Member
	accounts    map[bot.Account]bot.MemberID
	organizers  map[bot.Account]bool
	calls       map[string]int
	err         error
	wait        chan struct{} // if set, Member waits until it is closed or its ctx ends
	entered     chan struct{} // if set, Member tells when it is called
}

func newMemoryStore() *memoryStore {
	return &memoryStore{
		communities: map[bot.SpaceID]Community{},
		members:     map[bot.MemberID]bot.Member{},
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
	return s.communities[space], nil
}

func (s *memoryStore) Member(ctx context.Context, c bot.CommunityID, a bot.Account, fresh bot.Member) (bot.Member, error) {
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
			return bot.Member{}, ctx.Err()
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return bot.Member{}, s.err
	}
	id, ok := s.accounts[a]
	if !ok {
		id = fresh.ID
		fresh.Number = len(s.members) + 1
		s.accounts[a], s.members[id] = id, fresh
	}
	m := s.members[id]
	m.Community = c
	return m, nil
}

func (s *memoryStore) SaveMember(_ context.Context, m bot.Member) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls["SaveMember"]++
	if s.err != nil {
		return s.err
	}
	s.members[m.ID] = m
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
