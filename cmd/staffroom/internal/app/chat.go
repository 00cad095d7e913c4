package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/community"
	"github.com/staffroom-bot/staffroom/bot/discussion"
	"github.com/staffroom-bot/staffroom/cmd/staffroom/internal/house"
)

type chatCommand struct {
	Import chatImportCommand `cmd:"" help:"Set up a chat from a file: a script (YAML) or a table of questions (CSV)."`
}

type chatImportCommand struct {
	storePlace
	File   string `arg:"" help:"The script: YAML, or CSV with a line for each question; - for the input."`
	Title  string `help:"Its title, instead of the file's."`
	Start  string `help:"When it begins, instead of the file's: a local time such as 2026-12-03T19:00." placeholder:"TIME"`
	DryRun bool   `help:"Only tell what would be set up."`
}

// Run schedules the chat in the channel for chats of the place. Any host there can run
// it, and take it over.
func (c *chatImportCommand) Run(ctx context.Context, a *App) error {
	in, done, err := a.open(c.File)
	if err != nil {
		return err
	}
	defer done()
	data, err := io.ReadAll(io.LimitReader(in, 1<<20)) // a longer one is refused as it is
	if err != nil {
		return err
	}
	return c.within(ctx, a, func(at located, h *house.House) error {
		home, err := h.Directory.Community(ctx, at.space)
		if err != nil {
			return err
		}
		script, err := discussion.ImportScript(data, discussion.ScriptDraft{Title: c.Title, Start: c.Start, Zone: home.Zone})
		if err != nil {
			return fmt.Errorf("%s:\n%w", c.File, err)
		}
		now, err := h.Store.Now(ctx)
		if err != nil {
			return err
		}
		if script.Start.Before(now) {
			return fmt.Errorf("start: %s has passed", script.Start.Format(time.RFC3339))
		}
		room, err := chatRoom(ctx, h.Directory, home.ID, at)
		if err != nil {
			return err
		}
		d := discussion.Discussion{
			Community: home.ID, Script: script, Channel: room.Set.Chats, ChannelName: room.Called(), Language: home.Language, Base: script.Start,
		}
		if !c.DryRun {
			if err := h.Chats.Schedule(ctx, &d, ""); err != nil {
				return err
			}
		}
		_, err = fmt.Fprintln(a.Out, importedLine(&d, c.DryRun))
		return err
	})
}

// importedLine tells what was set up.
func importedLine(d *discussion.Discussion, dry bool) string {
	what := []string{
		strconv.Quote(d.Script.Title), fmt.Sprintf("%d questions", len(d.Script.Questions)), "pace " + string(d.Script.Pace),
		"begins " + d.Base.Format(time.RFC3339), "in " + d.ChannelName,
	}
	line := strings.Join(what, ", ")
	if dry {
		return line + ": nothing was set up (--dry-run)"
	}
	return fmt.Sprintf("#%d %s: a host finds it with /host panel", d.Number, line)
}

// chatRoom is the place with its channel for chats.
func chatRoom(ctx context.Context, directory *community.Directory, c bot.CommunityID, at located) (community.Place, error) {
	rooms, err := directory.ChatRooms(ctx, c)
	if err != nil {
		return community.Place{}, err
	}
	for _, r := range rooms {
		if r.Space == at.space {
			return r, nil
		}
	}
	return community.Place{}, errors.New("no channel for chats is chosen there: an organizer does it with /organize setup")
}
