package app

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/library"
	"github.com/staffroom-bot/staffroom/bot/library/exchange"
	"github.com/staffroom-bot/staffroom/bot/redis"
	"github.com/staffroom-bot/staffroom/cmd/staffroom/internal/house"
)

type libraryCommand struct {
	Import importCommand `cmd:"" help:"Take a list of links into the library of a community."`
	Export exportCommand `cmd:"" help:"Write the library of a community into a file, with names and with what is hidden."`
}

// storePlace says in which place something is done to what is stored.
type storePlace struct {
	Config string `help:"Configuration file." type:"path" placeholder:"FILE"`
	Place  string `help:"The place, as people call it, or its connection; needed if there are several." placeholder:"NAME"`
}

type importCommand struct {
	storePlace
	File        string `arg:"" help:"The list: CSV, TSV, JSON, bookmarks (HTML) or Markdown; - for the input."`
	Format      string `help:"Its form, if neither its name nor its begin tells: csv, tsv, json, html or md." enum:",csv,tsv,json,html,md" default:""`
	DryRun      bool   `help:"Only tell what would be done."`
	WithPrivate bool   `help:"Take what is marked private where it comes from, too."`
}

// Run takes the list in and tells what came of it.
func (c *importCommand) Run(ctx context.Context, a *App) error {
	in, done, err := a.open(c.File)
	if err != nil {
		return err
	}
	defer done()
	return c.with(ctx, a, func(at located, s *library.Service) error {
		list := bufio.NewReaderSize(in, 4096)
		begin, _ := list.Peek(4096) // what is wrong comes again when it is read
		o := library.Importing{
			Community: at.community, Space: at.space, Language: "en", Format: exchange.Format(c.Format), Private: c.WithPrivate, Dry: c.DryRun,
		}
		if o.Format == "" {
			o.Format = exchange.FormatOf(c.File, begin)
		}
		got, err := s.Import(ctx, o, list)
		sums, lines := s.ImportReport(o.Language, o, got)
		for _, l := range append(lines, sums...) {
			if _, err := fmt.Fprintln(a.Out, l.String()); err != nil {
				return err
			}
		}
		if err != nil {
			return fmt.Errorf("it broke off: %w. What is told above is kept; run it again for the rest", err)
		}
		return nil
	})
}

// open opens a file, or the input.
func (a *App) open(name string) (in io.Reader, done func(), err error) {
	if name == "-" {
		return a.In, func() {}, nil
	}
	f, err := os.Open(name)
	return f, func() { _ = f.Close() }, err
}

type exportCommand struct {
	storePlace
	File   string `arg:"" help:"The file to write; - for the output. One that is there is replaced."`
	Format string `help:"Its form, if its name does not tell: csv, tsv, json, html (bookmarks) or md." enum:",csv,tsv,json,html,md" default:""`
}

// Run writes the file. It is there whole, or not at all.
func (c *exportCommand) Run(ctx context.Context, a *App) error {
	f := exchange.Format(c.Format)
	if f == "" {
		if f = exchange.FormatOf(c.File, nil); f == exchange.Markdown && !strings.HasSuffix(strings.ToLower(c.File), "md") && !strings.HasSuffix(strings.ToLower(c.File), "markdown") {
			return errors.New("--format: its form is not clear from the file's name; give one of csv, tsv, json, html and md")
		}
	}
	return c.with(ctx, a, func(at located, s *library.Service) error {
		if c.File == "-" {
			_, err := s.Export(ctx, at.community, f, a.Out)
			return err
		}
		partial := c.File + ".part"
		file, err := os.OpenFile(partial, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
		if err != nil {
			return err
		}
		n, err := s.Export(ctx, at.community, f, file)
		if err = errors.Join(err, file.Close()); err == nil {
			err = os.Rename(partial, c.File)
		}
		if err != nil {
			return errors.Join(err, os.Remove(partial))
		}
		_, err = fmt.Fprintf(a.Out, "%d resources are in %s, with the names of those who saved them and with what is hidden: keep it to yourself\n", n, c.File)
		return err
	})
}

// located is the place that is meant.
type located struct {
	community bot.CommunityID
	space     bot.SpaceID
	name      string
}

// with opens the store and calls do with the library of the place.
func (p *storePlace) with(ctx context.Context, a *App, do func(located, *library.Service) error) error {
	return p.within(ctx, a, func(at located, h *house.House) error { return do(at, h.Library) })
}

// within opens the store and calls do with the place.
func (p *storePlace) within(ctx context.Context, a *App, do func(located, *house.House) error) (err error) {
	cfg, log, err := a.config(p.Config)
	if err != nil {
		return err
	}
	e, err := openEngine(ctx, cfg, log, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeEngine(e)) }()
	h, err := house.Build(ctx, house.Options{
		Engine: e, Clock: systemClock{}, Language: cfg.Language, Zone: cfg.Zone.String(), Version: version(), Log: log,
		Adapters: func(house.Tools) ([]bot.Adapter, error) { return nil, nil },
	})
	if err != nil {
		return err
	}
	defer h.Library.Close()
	at, err := p.find(ctx, redis.Communities{Store: h.Store})
	if err != nil {
		return err
	}
	return do(at, h)
}

// find finds the place.
func (p *storePlace) find(ctx context.Context, store redis.Communities) (located, error) {
	everywhere, err := store.Everywhere(ctx)
	if err != nil {
		return located{}, err
	}
	var all, meant []located
	var names []string
	for id, places := range everywhere {
		for i := range places {
			at := located{id, places[i].Space, places[i].Called()}
			all = append(all, at)
			names = append(names, fmt.Sprintf("%s (%s)", at.name, at.space.Connection))
			if strings.EqualFold(at.name, p.Place) || at.space.Connection == p.Place || at.space.ID == p.Place {
				meant = append(meant, at)
			}
		}
	}
	slices.Sort(names)
	known := strings.Join(names, ", ")
	switch {
	case len(all) == 0:
		return located{}, errors.New("no place is known yet: start Staffroom, and use one of its commands there first")
	case p.Place == "" && len(everywhere) == 1: // its places have one library
		slices.SortFunc(all, func(a, b located) int { return strings.Compare(a.space.String(), b.space.String()) })
		return all[0], nil
	case p.Place == "":
		return located{}, fmt.Errorf("--place: there are several; give one of %s", known)
	case len(meant) == 0:
		return located{}, fmt.Errorf("--place: there is no %q; there are %s", p.Place, known)
	case len(meant) > 1:
		return located{}, fmt.Errorf("--place: %q may be several; give the platform's own ID of the server or workspace", p.Place)
	}
	return meant[0], nil
}
