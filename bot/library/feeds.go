package library

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/library/feed"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// FeedOptions are what the feeds of libraries need.
type FeedOptions struct {
	// At is where Service.Feeds is reached from the internet: "https://bot.example.org".
	// Empty: it is not, and there are no feeds.
	At     string
	Secret []byte // 32 bytes of chance that stay the same: addresses are made with it
	Clock  scheduler.Clock
}

// FeedRules are what organizers have decided for the feed of a library.
type FeedRules struct {
	On       bool      `json:"on,omitempty"`
	Number   int       `json:"number,omitempty"`   // of its address: no two addresses ever have the same
	Begun    time.Time `json:"begun,omitzero"`     // when there first was one
	Since    time.Time `json:"since,omitzero"`     // when it got its address
	Language string    `json:"language,omitempty"` // IETF tag
	Members  bool      `json:"members,omitempty"`  // whoever is a member may see the address
}

// renew gives the feed another address, and turns it on.
func (f *FeedRules) renew(now time.Time) {
	f.On, f.Number, f.Since = true, f.Number+1, now
	if f.Begun.IsZero() {
		f.Begun = now
	}
}

// feedPaths are the names of the two forms, at the end of an address.
const (
	feedPaths = "/library/" // then community, number, mark and form
	atomForm  = "atom.xml"
	rssForm   = "rss.xml"
)

// address is where one form of a community's feed is.
func (f *feeds) address(c bot.CommunityID, number int, form string) string {
	return strings.Join([]string{f.at + strings.TrimSuffix(feedPaths, "/"), string(c), strconv.Itoa(number), f.keys.Mark(string(c), number), form}, "/")
}

func (s *Service) registerFeed(r *bot.Router) {
	for path, handle := range map[string]bot.Handler{
		feedsPath:                s.showFeed,
		feedsPath + "/on":        s.beginFeed,
		feedsPath + "/renew":     s.renewFeed,
		feedsPath + "/ask":       s.askRenewFeed,
		feedsPath + "/off":       s.endFeed,
		feedsPath + "/for/{who}": s.setFeedReaders,
	} {
		r.Handle(bot.Route{Path: path, Access: bot.OrganizersOnly, Private: true, Handle: handle})
	}
	r.Handle(bot.Route{Path: feedPath, Access: bot.MembersOnly, Private: true, Handle: s.tellFeed})
}

const feedsPath = organizePath + "/feed"

// showFeed shows organizers the feed, with its addresses.
func (s *Service) showFeed(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	got, err := s.store.Read(ctx, req.Member.Community, req.Member.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	return s.feedReply(req, &got.Rules, nil), nil
}

func (s *Service) feedReply(req *bot.Request, rules *Rules, news bot.Text) bot.Reply {
	back := s.control(req, "library.digest.button.library", organizePath+"/overview")
	f := rules.Feed
	switch {
	case s.feeds.at == "":
		return replacing(req, bot.Say(s.say(req, "library.feed.nowhere", bot.Str("setting", "public.listen, public.url")), back))
	case !f.On:
		return replacing(req, bot.Say(bot.Join("\n", news, s.say(req, "library.feed.off")), s.control(req, "library.feed.button.on", feedsPath+"/on"), back))
	}
	readers, other, key := "organizers", "members", bot.Key("library.feed.button.members")
	if f.Members {
		readers, other, key = "members", "organizers", "library.feed.button.organizers"
	}
	lines := append([]bot.Text{news, s.say(req, "library.feed.on")}, s.feedAddresses(req, f.Number)...)
	lines = append(lines, s.say(req, "library.feed.what"), s.say(req, bot.Key("library.feed.for."+readers), bot.Str("command", req.Typed("/library mine"))))
	return replacing(req, bot.Say(bot.Join("\n", lines...),
		s.control(req, key, feedsPath+"/for/"+other), s.control(req, "library.feed.button.renew", feedsPath+"/ask"),
		s.control(req, "library.feed.button.off", feedsPath+"/off"), back))
}

// feedAddresses are shown as they are: a link might be opened ahead by the platform.
func (s *Service) feedAddresses(req *bot.Request, number int) []bot.Text {
	out := make([]bot.Text, 0, 2)
	for _, form := range []string{atomForm, rssForm} {
		address := bot.Text{{Kind: bot.SpanCode, Text: s.feeds.address(req.Member.Community, number, form)}}
		out = append(out, s.say(req, "library.feed.address", bot.Str("form", map[string]string{atomForm: "Atom", rssForm: "RSS"}[form]), bot.Rich("address", address)))
	}
	return out
}

// beginFeed turns the feed on, in the language of the place, if it is not.
func (s *Service) beginFeed(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	home, err := s.people.Home(ctx, req.Account.Space)
	if err != nil {
		return bot.Reply{}, err
	}
	return s.feedRule(ctx, req, "library.feed.begun", func(f *FeedRules, now time.Time) {
		if !f.On {
			f.renew(now)
			f.Language = home.Language
		}
	})
}

// renewFeed gives the feed another address.
func (s *Service) renewFeed(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return s.feedRuleOn(ctx, req, "library.feed.renewed", (*FeedRules).renew)
}

// askRenewFeed asks once: whoever reads the feed must be given the new address.
func (s *Service) askRenewFeed(_ context.Context, req *bot.Request) (bot.Reply, error) {
	yes := s.control(req, "library.feed.button.renew.yes", feedsPath+"/renew")
	yes.Style = bot.Danger
	return replacing(req, bot.Say(s.say(req, "library.feed.renew.ask"), yes, s.control(req, "library.feed.button.leave", feedsPath))), nil
}

func (s *Service) endFeed(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return s.feedRule(ctx, req, "library.feed.ended", func(f *FeedRules, _ time.Time) { f.On, f.Members = false, false })
}

func (s *Service) setFeedReaders(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return s.feedRuleOn(ctx, req, "library.organize.saved", func(f *FeedRules, _ time.Time) { f.Members = req.Params.Get("who") == "members" })
}

// feedRule changes the rules of the feed and shows how they are now.
func (s *Service) feedRule(ctx context.Context, req *bot.Request, news bot.Key, change func(*FeedRules, time.Time)) (bot.Reply, error) {
	rules, err := s.changeRules(ctx, req, func(r *Rules, now time.Time) { change(&r.Feed, now) })
	if err != nil {
		return bot.Reply{}, err
	}
	return s.feedReply(req, &rules, s.say(req, news)), nil
}

// feedRuleOn does the same of a feed that is on. One that has been turned off since it was
// shown stays off.
func (s *Service) feedRuleOn(ctx context.Context, req *bot.Request, news bot.Key, change func(*FeedRules, time.Time)) (bot.Reply, error) {
	rules, err := s.changeRules(ctx, req, func(r *Rules, now time.Time) {
		if r.Feed.On {
			change(&r.Feed, now)
		}
	})
	if err != nil {
		return bot.Reply{}, err
	}
	if !rules.Feed.On {
		news = "library.feed.unchanged"
	}
	return s.feedReply(req, &rules, s.say(req, news)), nil
}

// tellFeed tells a member where the feed is, if organizers let members have it.
func (s *Service) tellFeed(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	got, err := s.store.Read(ctx, req.Member.Community, req.Member.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	if !s.feedFor(&got.Rules, req.Member) {
		return bot.Reply{}, bot.Fail(bot.Forbidden, s.say(req, "library.feed.not_for_you"))
	}
	lines := append([]bot.Text{s.say(req, "library.feed.yours")}, s.feedAddresses(req, got.Rules.Feed.Number)...)
	return bot.Say(bot.Join("\n", append(lines, s.say(req, "library.feed.what"))...)), nil
}

// feedControl leads a member to the feed, if organizers let members have it.
func (s *Service) feedControl(ctx context.Context, req *bot.Request) ([]bot.Control, error) {
	if s.feeds.at == "" {
		return nil, nil
	}
	got, err := s.store.Read(ctx, req.Member.Community, req.Member.ID)
	if err != nil || !s.feedFor(&got.Rules, req.Member) {
		return nil, err
	}
	return []bot.Control{s.control(req, "library.feed.button.show", feedPath)}, nil
}

// feedFor reports whether a member may see where the feed is.
func (s *Service) feedFor(rules *Rules, m bot.Member) bool {
	return s.feeds.at != "" && rules.Feed.On && (rules.Feed.Members || m.Role.Includes(bot.RoleOrganizer))
}

// Feeds serves the feeds of all libraries, below /library/.
func (s *Service) Feeds() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+feedPaths+"{community}/{number}/{mark}/{form}", s.serveFeed)
	return mux
}

// newFeeds knows no feed yet.
func newFeeds(o FeedOptions) *feeds {
	return &feeds{at: strings.TrimRight(o.At, "/"), keys: feed.NewKeys(o.Secret), clock: o.Clock, all: map[feedName]*served{}}
}
