package library

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/library/feed"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// The limits of what readers can make feeds do. What is written is kept until the
// library or its rules change, so that a request costs two calls of the store.
const (
	mostFed     = 50              // resources in a feed, the latest
	mostWritten = 64              // feeds whose text is kept
	feedAtOnce  = 30              // requests for a feed that may come together
	feedPace    = 2 * time.Second // then one in this time
	aboutInFeed = 500             // characters of what a page says of itself
)

// feeds is what a process knows of the feeds that it has served.
type feeds struct {
	at    string
	keys  *feed.Keys
	clock scheduler.Clock

	mu     sync.Mutex
	all    map[feedName]*served
	recent []feedName // the least recently used first
}

// feedName names an address: an old one of the same feed has another name.
type feedName struct {
	community bot.CommunityID
	number    int
}

// served is one feed. Whoever reads or writes its text holds mu.
type served struct {
	empty time.Time // when no request counts any more: see take

	mu    sync.Mutex
	mark  Mark  // what the text is of
	rules int64 // their version
	forms map[string]feedText
}

// feedText is one form of a feed.
type feedText struct {
	body []byte
	etag string
}

// take gives a feed, unless it was asked for too often: then wait says how long it
// takes until it is answered again.
func (f *feeds) take(name feedName) (one *served, wait time.Duration) {
	now := f.clock.Now()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.recent = append(slices.DeleteFunc(f.recent, func(n feedName) bool { return n == name }), name)
	if f.all[name] == nil {
		f.all[name] = &served{}
	}
	for len(f.recent) > mostWritten {
		delete(f.all, f.recent[0])
		f.recent = f.recent[1:]
	}
	one = f.all[name]
	if one.empty.Before(now) {
		one.empty = now
	}
	if over := one.empty.Sub(now) - (feedAtOnce-1)*feedPace; over > 0 {
		return nil, over
	}
	one.empty = one.empty.Add(feedPace)
	return one, 0
}

// serveFeed answers a reader. Who does not have an address that is, or was, one costs
// no look at the store.
func (s *Service) serveFeed(w http.ResponseWriter, r *http.Request) {
	form := r.PathValue("form")
	number, err := strconv.Atoi(r.PathValue("number"))
	name := feedName{bot.CommunityID(r.PathValue("community")), number}
	if s.feeds.at == "" || err != nil || form != atomForm && form != rssForm || !s.feeds.keys.Fits(r.PathValue("mark"), string(name.community), number) {
		http.NotFound(w, r)
		return
	}
	one, wait := s.feeds.take(name)
	if one == nil {
		refuse(w, http.StatusTooManyRequests, wait)
		return
	}
	text, changed, err := s.writtenFeed(r.Context(), one, name, form)
	switch {
	case bot.CodeOf(err) == bot.NotFound:
		http.Error(w, "this feed is no longer here", http.StatusGone)
		return
	case err != nil:
		refuse(w, http.StatusServiceUnavailable, storePause)
		return
	}
	h := w.Header()
	h.Set("Content-Type", map[string]string{atomForm: feed.AtomType, rssForm: feed.RSSType}[form]+"; charset=utf-8")
	h.Set("ETag", text.etag)
	h.Set("Cache-Control", "private, no-cache") // what is hidden is out at once
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Robots-Tag", "noindex")
	http.ServeContent(w, r, "", changed, bytes.NewReader(text.body))
}

func refuse(w http.ResponseWriter, status int, wait time.Duration) {
	w.Header().Set("Retry-After", strconv.Itoa(int((wait+time.Second-1)/time.Second)))
	http.Error(w, http.StatusText(status), status)
}

// writtenFeed is a form of a feed as the library is now, and when it changed last;
// the zero time if that is too short ago to tell changes apart. It is not_found if that
// is no address of the feed any more.
func (s *Service) writtenFeed(ctx context.Context, one *served, name feedName, form string) (text feedText, changed time.Time, err error) {
	got, err := s.store.Read(ctx, name.community, "")
	if err != nil {
		return text, changed, err
	}
	if f := got.Rules.Feed; !f.On || f.Number != name.number {
		return text, changed, &bot.Error{Code: bot.NotFound}
	}
	mark, err := s.store.Mark(ctx, name.community)
	if err != nil {
		return text, changed, err
	}
	one.mu.Lock()
	defer one.mu.Unlock()
	if one.forms == nil || one.mark != mark || one.rules != got.Rules.Version {
		forms, err := s.writeFeed(ctx, name, got.Rules.Feed)
		if err != nil {
			return text, changed, err
		}
		one.forms, one.mark, one.rules = forms, mark, got.Rules.Version
	}
	changed = mark.at()
	if changed.Before(got.Rules.Feed.Since) {
		changed = got.Rules.Feed.Since
	}
	if got.Now.Sub(changed) < tellApart {
		changed = time.Time{}
	}
	return one.forms[form], changed, nil
}

// tellApart is how old a change must be so that its time, in whole seconds, tells it
// from the next. https://www.rfc-editor.org/rfc/rfc9110#section-8.8.2.2
const tellApart = 2 * time.Second

// at is when the latest change was, the zero time before the first: an entry of the log
// begins with it, in milliseconds. https://redis.io/docs/latest/develop/data-types/streams/#entry-ids
func (m Mark) at() time.Time {
	ms, _, _ := strings.Cut(m.Entry, "-")
	at, err := strconv.ParseInt(ms, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(at)
}

// writeFeed writes both forms.
func (s *Service) writeFeed(ctx context.Context, name feedName, rules FeedRules) (map[string]feedText, error) {
	var rs []*Resource
	err := s.shelves.look(ctx, name.community, func(sh *shelf) error {
		rs = sh.newest(mostFed, func(r *Resource) bool { return r.Hidden == (Hidden{}) && r.Health.State != Dead })
		return nil
	})
	if err != nil {
		return nil, err
	}
	reader := &bot.Request{Member: bot.Member{Language: rules.Language}}
	f := feed.Feed{
		ID:    feed.Name(s.feeds.at, rules.Begun, "library/"+IDOf("feed "+string(name.community))),
		Title: s.label(reader, "library.feed.title"), About: s.label(reader, "library.feed.about"), Author: "Staffroom",
		Language: rules.Language, Home: s.feeds.at, Updated: rules.Since,
	}
	for _, r := range rs {
		f.Items = append(f.Items, s.fed(reader, r))
		if r.Created.After(f.Updated) {
			f.Updated = r.Created
		}
	}
	out := map[string]feedText{}
	for form, write := range map[string]func() ([]byte, error){atomForm: f.Atom, rssForm: f.RSS} {
		f.Self = s.feeds.address(name.community, name.number, form)
		body, err := write()
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(body)
		out[form] = feedText{body, `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`}
	}
	return out, nil
}

// fed is a resource as those see it who have the address of the feed, who may be
// anybody: what it is, and nothing that tells of people. Names, notes and what people
// tried are not in it.
func (s *Service) fed(reader *bot.Request, r *Resource) feed.Item {
	parts := []string{
		bot.Shorten(r.Page.Description, aboutInFeed),
		bot.Join(" · ", s.facts(reader, r)...).String(),
	}
	if len(r.Tags) > 0 {
		parts = append(parts, "#"+strings.Join(r.Tags, " #"))
	}
	return feed.Item{
		ID: feed.Name(s.feeds.at, r.Created, "library/"+r.ID), Title: bot.Shorten(r.Called(), MostTitle), Link: r.Address, Parts: parts, Saved: r.Created,
	}
}
