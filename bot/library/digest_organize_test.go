package library_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/library"
)

func (o *room) Digest(context.Context, bot.CommunityID, bot.SpaceID) (library.Digest, error) {
	if o.digest == nil {
		return library.Digest{}, &bot.Error{Code: bot.NotFound}
	}
	return *o.digest, nil
}

func (o *room) AddDigest(_ context.Context, d *library.Digest, _ bot.InputID) error {
	o.digest = d
	return nil
}

func (o *room) MoveDigest(_ context.Context, _ library.Digest, to bot.Channel, _ bot.InputID) error {
	o.digest.Channel = to
	return nil
}

func (o *room) DigestControls(context.Context, *bot.Request, library.Digest) ([]bot.Control, error) {
	return nil, nil
}

// What a digest would say now tells of what it leaves out because it has just been saved.
func TestPreviewOfWhatHasJustBeenSaved(t *testing.T) {
	o := newRoom(t)
	o.roles["olga"] = bot.RoleOrganizer
	o.must("olga", "/organize/library/digest/start/lounge", "when", "every friday at 15:00")
	save := func(names ...string) {
		for _, name := range names {
			o.must("ana", "/library/save", "link", "https://example.org/"+name)
		}
	}
	save("a", "b", "c")
	says(t, o.must("olga", "/organize/library/digest/preview"), "library.digest.preview.nothing", "library.digest.preview.young count=3")
	o.pass(time.Minute)
	save("d")
	says(t, o.must("olga", "/organize/library/digest/preview"), "library.digest.new", "example.org/c", "library.digest.preview.young count=1")
	o.pass(time.Minute)
	if text := o.must("olga", "/organize/library/digest/preview").Message.Text.String(); strings.Contains(text, "young") || !strings.Contains(text, "example.org/d") {
		t.Error(text)
	}
}
