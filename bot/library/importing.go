package library

import (
	"cmp"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/library/exchange"
	"github.com/staffroom-bot/staffroom/bot/library/link"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// Importing says what a list is taken into, and how.
type Importing struct {
	Community bot.CommunityID
	Space     bot.SpaceID // of what is new: it goes along with that place
	Language  string      // IETF tag: of the names of what stands in About
	Format    exchange.Format
	Private   bool   // what is marked private is taken too
	Dry       bool   // nothing is changed
	Batch     string // what is new is marked with it, so that it can be undone; empty: it is not
}

// The limits of importing.
const (
	MostImported   = 20_000 // entries of one list
	importedAtOnce = 100    // are read with one call of the store, and written with one
	mostReasons    = 5_000  // of what is told of single lines
)

// When the links of what was imported are looked at first: one a minute, so that
// nobody's site is asked for hundreds of pages at a time.
const (
	importedFirst = 10 * time.Minute
	importedEvery = time.Minute
)

// Imported is what came of importing.
type Imported struct {
	Added  int // resources that are new
	Joined int // entries that brought something to what was there
	Same   int // entries that brought nothing to what was there
	Twice  int // entries with the link of an earlier one of the list
	// Of single lines: those of Joined and Twice, what was refused, and what was cut.
	Lines   []ImportedLine
	Refused int
	Prose   int       // lines of a text that have no link
	Unkept  []Counted // columns that have no place, with how often
	InNotes []Counted // columns that stand in what is said of the resource
	More    bool      // the list was longer than MostImported
}

// ImportedLine is something to tell of a line of a list.
type ImportedLine struct {
	Line, Last int
	What       ImportedWhat
	With       int    // of LineTwice: the line of the first
	Text       string // what it is about: a title, or what was refused; data
}

// ImportedWhat is what there is to tell.
type ImportedWhat string

// What there is to tell of a line, besides the exchange.Faults.
const (
	LineTwice   ImportedWhat = "twice"
	LineJoined  ImportedWhat = "joined"
	LineCut     ImportedWhat = "cut"     // not all of it had room
	LineNotLink ImportedWhat = "link"    // its link does not lead to a public page
	LineBlocked ImportedWhat = "blocked" // its site is blocked
	LinePrivate ImportedWhat = "private" // it is marked private
	LineHidden  ImportedWhat = "hidden"  // it is hidden where it was exported
	LineBusy    ImportedWhat = "busy"    // others changed the same all the time
)

// Counted is a name and how often it came.
type Counted struct {
	Name  string
	Count int
}

func count(all []Counted, name string) []Counted {
	if i := slices.IndexFunc(all, func(c Counted) bool { return c.Name == name }); i >= 0 {
		all[i].Count++
		return all
	}
	if len(all) == mostCounted {
		return all
	}
	return append(all, Counted{name, 1})
}

// mostCounted is how many names of columns are told.
const mostCounted = 50

// tell tells of a line. Of very many the last are only counted.
func (im *Imported) tell(l ImportedLine) {
	if l.Last < l.Line {
		l.Last = l.Line
	}
	if len(im.Lines) < mostReasons {
		im.Lines = append(im.Lines, l)
	}
}

func (im *Imported) refuse(l ImportedLine) {
	im.Refused++
	im.tell(l)
}

// Import takes a list into a library. What is on it belongs to nobody: no name stands
// on it until somebody saves it too. Each batch is stored whole or not at all, and an
// entry that is there already changes nothing, so an import that broke off is run again.
// On an error it gives what came of it so far.
func (s *Service) Import(ctx context.Context, o Importing, list io.Reader) (Imported, error) {
	t := &taking{Service: s, Importing: o, lines: map[string]int{}}
	var batch []entry
	read := 0
	for it, err := range exchange.Read(list, o.Format) {
		refusal := (*exchange.Refusal)(nil)
		if errors.As(err, &refusal) && refusal.Fault == exchange.Prose {
			t.got.Prose++
			continue
		}
		if refusal != nil && refusal.Fault == exchange.Empty { // nothing that could have been taken
			t.got.tell(ImportedLine{What: ImportedWhat(refusal.Fault)})
			continue
		}
		if read++; read > MostImported {
			t.got.More = true
			break
		}
		if refusal != nil {
			t.got.refuse(ImportedLine{Line: refusal.Line, Last: refusal.Last, What: ImportedWhat(refusal.Fault), Text: refusal.Text})
			continue
		}
		if err != nil {
			return t.got, err
		}
		l, err := link.Parse(it.Link)
		switch {
		case err != nil:
			t.got.refuse(ImportedLine{Line: it.Line, What: LineNotLink, Text: bot.Shorten(it.Link, mostShown)})
		case it.Hidden:
			t.got.refuse(ImportedLine{Line: it.Line, What: LineHidden, Text: titleOf(&it)})
		case it.Private && !o.Private:
			t.got.refuse(ImportedLine{Line: it.Line, What: LinePrivate, Text: titleOf(&it)})
		default:
			batch = append(batch, entry{it, l})
		}
		if len(batch) == importedAtOnce {
			if err := t.take(ctx, batch); err != nil {
				return t.got, err
			}
			batch = batch[:0]
		}
	}
	err := t.take(ctx, batch)
	slices.SortStableFunc(t.got.Lines, func(a, b ImportedLine) int { return a.Line - b.Line })
	return t.got, err
}

// titleOf is what an item is called in a report.
func titleOf(it *exchange.Item) string { return bot.Shorten(cmp.Or(it.Title, it.Link), mostShown) }

// entry is an item with its link.
type entry struct {
	exchange.Item
	link link.Link
}

// taking is an import that is going on.
type taking struct {
	*Service
	Importing
	got   Imported
	lines map[string]int // the first line of a resource in the list
}

// take takes a batch in. What others change meanwhile is taken again.
func (t *taking) take(ctx context.Context, batch []entry) error {
	for range mostTries {
		if len(batch) == 0 {
			return nil
		}
		again, err := t.try(ctx, batch)
		if err != nil {
			return err
		}
		batch = again
	}
	for i := range batch {
		t.got.refuse(ImportedLine{Line: batch[i].Line, What: LineBusy, Text: bot.Shorten(batch[i].Title, mostShown)})
	}
	return nil
}

// taken is what came of one entry.
type taken struct {
	entry
	r     *Resource
	fresh bool
	a     acceptance
}

// try takes a batch in with two calls of the store, and gives the entries of what
// others have changed meanwhile.
func (t *taking) try(ctx context.Context, batch []entry) (again []entry, err error) {
	ids := make([]string, len(batch))
	for i := range batch {
		ids[i] = IDOf(batch[i].link.Key)
	}
	got, err := t.store.Read(ctx, t.Community, "", ids...)
	if err != nil {
		return nil, err
	}
	known := map[string]*Resource{}
	var all []taken
	var change []*Resource
	fresh := 0
	for i, e := range batch {
		if got.Rules.blocks(e.link) {
			t.got.refuse(ImportedLine{Line: e.Line, What: LineBlocked, Text: e.link.Host()})
			continue
		}
		one := taken{entry: e}
		one.r, one.fresh = t.resource(&e, ids[i], &got, known)
		if one.fresh {
			one.r.Health.Next = got.Now.Add(importedFirst + time.Duration(t.got.Added+fresh)*importedEvery)
			fresh++
		}
		one.a = one.r.accept(&e.Item, t.over)
		if (one.fresh || one.a.changed) && !slices.Contains(change, one.r) {
			change = append(change, one.r)
		}
		all = append(all, one)
	}
	for _, r := range change {
		if r.Import.ID == t.Batch && t.Batch != "" {
			r.Import.Made = r.said()
		}
	}
	var late []string
	if len(change) > 0 && !t.Dry {
		var jobs []scheduler.Job
		if fresh > 0 {
			jobs = append(jobs, LinksJob(t.Community, got.Now))
		}
		if late, err = t.store.AdvanceAll(ctx, change, jobs...); err != nil {
			return nil, err
		}
	}
	for i := range all {
		if slices.Contains(late, all[i].r.ID) {
			again = append(again, all[i].entry)
		} else {
			t.note(&all[i])
		}
	}
	return again, nil
}

// resource is the one of an entry: of the batch, of the library, or a new one.
func (t *taking) resource(e *entry, id string, got *Reading, known map[string]*Resource) (r *Resource, fresh bool) {
	if found, ok := got.Found[id]; ok {
		id = found.ID // what it has become
		r = &found
		if r.Import.ID == t.Batch && !r.asImported(t.Batch) { // others have touched it since its first entry
			r.Import = Batch{}
		}
	}
	if earlier := known[id]; earlier != nil {
		return earlier, false
	}
	if fresh = r == nil; fresh {
		r = &Resource{ID: id, Community: t.Community, Key: e.link.Key, Address: e.link.Address, Space: t.Space, Created: got.Now}
		if t.Batch != "" {
			r.Import = Batch{ID: t.Batch, At: got.Now}
		}
	}
	known[id] = r
	return r, fresh
}

// over is what a field is called in About.
func (t *taking) over(field string) string {
	return t.words.Text(t.Language, bot.Key("import.field."+field)).String()
}

// note notes what came of an entry.
func (t *taking) note(one *taken) {
	title := bot.Shorten(one.r.Called(), mostShown)
	first, twice := t.lines[one.r.ID]
	if !twice {
		t.lines[one.r.ID] = one.Line
	}
	switch {
	case twice:
		t.got.Twice++
		t.got.tell(ImportedLine{Line: one.Line, What: LineTwice, With: first, Text: title})
	case one.fresh:
		t.got.Added++
	case one.a.changed:
		t.got.Joined++
		t.got.tell(ImportedLine{Line: one.Line, What: LineJoined, Text: title})
	default:
		t.got.Same++
	}
	if len(one.a.cut) > 0 || one.Cut {
		t.got.tell(ImportedLine{Line: one.Line, What: LineCut, Text: title})
	}
	t.columns(one)
}

// columns counts what became of the columns that have no place.
func (t *taking) columns(one *taken) {
	for _, o := range one.Others {
		name := bot.Shorten(o.Name, MostTag)
		if unkept[strings.ToLower(name)] {
			t.got.Unkept = count(t.got.Unkept, name)
		} else {
			t.got.InNotes = count(t.got.InNotes, name)
		}
	}
}
