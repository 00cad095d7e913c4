package house

import (
	"context"
	"strings"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/community"
	"github.com/staffroom-bot/staffroom/bot/schedule"
	"github.com/staffroom-bot/staffroom/cmd/staffroom/internal/fetch"
)

// organized is the directory as the schedule sees it.
type organized struct{ *community.Directory }

// Home implements schedule.People.
func (o organized) Home(ctx context.Context, space bot.SpaceID) (schedule.Home, error) {
	c, err := o.Community(ctx, space)
	return schedule.Home{Community: c.ID, Zone: c.Zone}, err
}

// web is the web as the schedule sees it.
type web struct{ *fetch.Client }

// Fetch implements schedule.Fetcher.
func (w web) Fetch(ctx context.Context, address string, known schedule.Known) (schedule.File, error) {
	f, err := w.Get(ctx, address, fetch.Validators(known))
	return schedule.File{Body: f.Body, Known: schedule.Known(f.Validators), Unchanged: f.Unchanged}, err
}

// agent is what the program calls itself to servers.
func agent(version string) string {
	version, _, _ = strings.Cut(version, ",") // "development, 0123456789ab"
	return "Staffroom/" + version + " (+https://github.com/staffroom-bot/staffroom)"
}
