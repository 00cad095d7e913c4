package house

import (
	"cmp"
	"context"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/community"
	"github.com/staffroom-bot/staffroom/bot/discussion"
	"github.com/staffroom-bot/staffroom/bot/library"
	"github.com/staffroom-bot/staffroom/bot/redis"
	"github.com/staffroom-bot/staffroom/bot/schedule"
)

// shelves makes the library, and lets the schedule know of its digests.
func shelves(
	store *redis.Store, directory *community.Directory, recurring *schedule.Service, chats *discussion.Service, reports library.Reports, words bot.Words, feeds library.FeedOptions,
) *library.Service {
	s := library.New(library.Options{
		Store: redis.Library{Store: store}, People: savers{directory, redis.Communities{Store: store}}, Chats: sources{chats, redis.Discussions{Store: store}}, Reports: reports,
		Digests: digests{recurring, redis.Schedules{Store: store}}, Words: words, Feeds: feeds,
	})
	recurring.Kind(digestKind(s))
	return s
}

// savers is the directory as the library sees it.
type savers struct {
	*community.Directory
	store redis.Communities
}

// Known implements library.People.
func (s savers) Known(ctx context.Context, c bot.CommunityID, a bot.Account) (bot.MemberID, error) {
	return s.store.Known(ctx, c, a)
}

// Home implements library.People.
func (s savers) Home(ctx context.Context, space bot.SpaceID) (library.Home, error) {
	c, err := s.Community(ctx, space)
	return library.Home{Language: c.Language, Zone: c.Zone}, err
}

// sources are the chats as the library sees them.
type sources struct {
	*discussion.Service
	store redis.Discussions
}

// Origin implements library.Chats.
func (s sources) Origin(ctx context.Context, c bot.CommunityID, m bot.Subject) (library.Origin, error) {
	d, e, err := s.Said(ctx, c, m.Message, m.Posted)
	if bot.CodeOf(err) == bot.NotFound {
		return library.Origin{}, nil
	}
	if err != nil {
		return library.Origin{}, err
	}
	o := library.Origin{Chat: d.ID, Name: nameOf(&d)}
	if len(e.Questions) > 0 {
		o.Question = e.Questions[0]
	}
	return o, nil
}

// Called implements library.Chats.
func (s sources) Called(ctx context.Context, c bot.CommunityID, chat string) (string, error) {
	d, err := s.store.Get(ctx, c, chat)
	if bot.CodeOf(err) == bot.NotFound {
		return "", nil
	}
	return nameOf(&d), err
}

// Answers implements library.Chats.
func (s sources) Answers(ctx context.Context, c bot.CommunityID, chat string) ([]library.Answer, error) {
	entries, err := s.Service.Answers(ctx, c, chat)
	if bot.CodeOf(err) == bot.NotFound {
		return nil, nil
	}
	answers := make([]library.Answer, len(entries))
	for i, e := range entries {
		answers[i] = library.Answer{Author: e.Author, Question: e.Questions[0], Text: e.Text}
	}
	return answers, err
}

// nameOf is what people call a chat in few words.
func nameOf(d *discussion.Discussion) string { return cmp.Or(d.Script.Tag, d.Script.Title) }
