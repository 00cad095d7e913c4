package redis

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/community"
	"github.com/staffroom-bot/staffroom/bot/discussion"
)

// salem is a third place.
func salem() bot.SpaceID { return bot.SpaceID{Connection: "discord-salem", ID: "3"} }

const ofSalem = bot.CommunityID("01salem")

// at gives the community that a settled space is in.
func (t *town) at(space bot.SpaceID) bot.CommunityID {
	t.Helper()
	w, err := t.people().Whereabouts(t.Context(), space)
	t.ok(err)
	if w.Moves != community.Settled {
		t.Errorf("%s is on its way: %+v", space, w)
	}
	return w.Community
}

// previewOf has somebody of a place enter a code of another's, and gives the button
// that confirms.
func (t *town) previewOf(space bot.SpaceID, user string, from bot.SpaceID, host string) string {
	t.Helper()
	code := codePattern.FindStringSubmatch(t.asks(from, host, "/organize/link/code").Text.String())
	if code == nil {
		t.Fatal("no code")
	}
	preview := t.asks(space, user, "/organize/link/entered", "code", code[1])
	t.want(preview, "link.preview")
	return preview.Controls[0].Path
}

// wantTold checks that what is sent from a community says so.
func (t *town) wantTold(c bot.CommunityID, words string) {
	t.Helper()
	for _, body := range t.client.HVals(t.Context(), key(c, "posts")).Val() {
		if strings.Contains(body, words) {
			return
		}
	}
	t.Errorf("nobody of %s is told %s", c, words)
}

// linksOf is a router of what organizers do with links, kept in another store.
func (t *town) linksOf(store community.MoveStore) *bot.Router {
	directory := community.NewDirectory(t.people(), community.Defaults{Language: "en", Zone: "UTC"}, t.clock.Now)
	r := bot.NewRouter(func(next bot.Handler) bot.Handler {
		return func(ctx context.Context, req *bot.Request) (bot.Reply, error) {
			var err error
			if req.Member, err = directory.Member(ctx, req.Account, req.Name); err != nil {
				return bot.Reply{}, err
			}
			return next(ctx, req)
		}
	})
	community.NewLinks(directory, store, t.store, catalogue{}).Register(r)
	return r
}

// hurried lets something happen after all has been looked at and before a place is
// announced to be leaving.
type hurried struct {
	Communities
	before func()
}

func (h hurried) Announce(ctx context.Context, space bot.SpaceID, from, to bot.CommunityID) (community.Whereabouts, error) {
	h.before()
	return h.Communities.Announce(ctx, space, from, to)
}

// Two organizers confirm at the same moment, each the other's code: their places must
// not pass each other and end up in each other's communities.
func TestTwoWhoLinkAtOnceDoNotPassEachOther(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		town := newTown(b)
		lincolns, madisons := town.previewOf(lincoln, "ana", madison, "mia"), town.previewOf(madison, "mia", lincoln, "ana")
		usual := town.router
		town.router = town.linksOf(hurried{b.people(), func() {
			town.router = usual
			town.asks(madison, "mia", madisons)
		}})
		town.asks(lincoln, "ana", lincolns)
		b.ok(town.work(10 * time.Minute))
		if l, m := town.at(lincoln), town.at(madison); l != m {
			t.Errorf("lincoln is in %s and madison in %s", l, m)
		}
		town.wantTold(ofLincoln, "link.overtaken")
		town.wantTold(ofLincoln, "link.done")
	})
}

// A place to which another is on its way, and which is itself about to go, is not
// joined: nobody would be there.
func TestAPlaceThatIsAboutToGoIsNotJoined(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		town := newTown(b)
		b.place(salem(), ofSalem)
		town.seed(salem(), ofSalem, "sue")
		town.asks(lincoln, "ana", town.previewOf(lincoln, "ana", madison, "mia"))
		b.ok(town.work(time.Minute))
		town.asks(madison, "mia", town.previewOf(madison, "mia", salem(), "sue"))
		b.ok(town.work(10 * time.Minute))
		if l, m, s := town.at(lincoln), town.at(madison), town.at(salem()); l != ofLincoln || m != ofSalem || s != ofSalem {
			t.Errorf("lincoln is in %s, madison in %s and salem in %s", l, m, s)
		}
		town.wantTold(ofLincoln, "link.overtaken")
	})
}

// A place that was joined meanwhile does not go off with what is the other's.
func TestAPlaceThatWasJoinedStaysWhereItIs(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		town := newTown(b)
		b.place(salem(), ofSalem)
		town.seed(salem(), ofSalem, "sue")
		lincolns, madisons := town.previewOf(lincoln, "ana", madison, "mia"), town.previewOf(madison, "mia", salem(), "sue")
		usual := town.router
		town.asks(lincoln, "ana", lincolns)
		town.router = town.linksOf(hurried{b.people(), func() {
			town.router = usual
			b.ok(town.work(5 * time.Minute))
		}})
		town.asks(madison, "mia", madisons)
		b.ok(town.work(10 * time.Minute))
		if l, m, s := town.at(lincoln), town.at(madison), town.at(salem()); l != ofMadison || m != ofMadison || s != ofSalem {
			t.Errorf("lincoln is in %s, madison in %s and salem in %s", l, m, s)
		}
		town.wantTold(ofMadison, "link.overtaken")
	})
}

// A place does not part either while a chat runs, nor with one tap.
func TestNothingIsUndoneWhileAChatRuns(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		town := newTown(b)
		town.link()
		undo, part := "/organize/link/undo/"+lincoln.Token(), "/organize/link/parted/"+lincoln.Token()
		d := chat("running", discussion.Asking)
		d.Community, d.Channel.Space, d.Base, d.Script.Length = ofMadison, madison, b.clock.Now(), time.Hour
		b.save(&d)
		town.want(town.asks(madison, "mia", undo), "link.busy.until until=")
		town.want(town.asks(lincoln, "ana", part), "link.busy.until until=")
		b.ok(town.work(5 * time.Minute))
		town.wantIn(ofMadison)
		d.State = discussion.Archived
		b.save(&d)
		town.want(town.asks(madison, "mia", undo), "link.soon")
		b.ok(town.work(5 * time.Minute))
		town.wantIn(ofLincoln)
	})
}
