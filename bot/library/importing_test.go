package library_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/library"
	"github.com/staffroom-bot/staffroom/bot/library/exchange"
	"github.com/staffroom-bot/staffroom/bot/redis"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// batches counts what is stored together, and fails or lets something happen before.
type batches struct {
	*counted
	sizes  []int
	fails  int // from which batch on; 0: never
	before func()
}

var errGone = errors.New("the store is gone")

func (b *batches) AdvanceAll(ctx context.Context, rs []*library.Resource, jobs ...scheduler.Job) ([]string, error) {
	b.sizes = append(b.sizes, len(rs))
	if b.fails > 0 && len(b.sizes) >= b.fails {
		return nil, errGone
	}
	if b.before != nil {
		b.before()
	}
	return b.counted.AdvanceAll(ctx, rs, jobs...)
}

// importer is a service of its own on the room's store.
func (o *room) importer() (*library.Service, *batches) {
	b := &batches{counted: o.store}
	return library.New(library.Options{Store: b, People: o, Chats: o, Reports: o, Words: bottest.Words{}}), b
}

var here = library.Importing{Community: school, Space: bot.SpaceID{Connection: "console", ID: "town"}, Language: "en", Format: exchange.CSV}

func (o *room) imports(s *library.Service, in library.Importing, list string) library.Imported {
	o.Helper()
	got, err := s.Import(o.Context(), in, strings.NewReader(list))
	if err != nil {
		o.Fatal(err)
	}
	return got
}

// everything is what is stored, by ID, as it is stored.
func (o *room) everything() map[string]string {
	o.Helper()
	all := map[string]string{}
	for after := ""; ; {
		page, err := o.store.Page(o.Context(), school, after, 500)
		if err != nil {
			o.Fatal(err)
		}
		for _, r := range page {
			after = r.ID
			body, err := json.Marshal(r)
			if err != nil {
				o.Fatal(err)
			}
			all[r.ID] = fmt.Sprint(r.Version, " ", string(body))
		}
		if len(page) < 500 {
			return all
		}
	}
}

func TestImport(t *testing.T) {
	o := newRoom(t)
	o.roles["olga"] = bot.RoleOrganizer
	o.must("ana", "/library/save", "link", "https://example.org/strips?utm_source=x", "note", "Skip part two.", "tags", "#paper", "subject", "Mathematics")
	o.must("olga", "/library/save", "link", "https://example.org/hidden")
	o.must("olga", "/library/hide/"+library.IDOf("example.org/hidden")+"/yes")
	o.must("olga", "/organize/library/block", "sites", "spam.example")
	s, store := o.importer()
	const list = `url,title,notes,tags,subject,grade,licence,key,author,private
http://www.example.org/strips/,Fraction Strips,"Skip part two.
With scissors.",fractions,Maths,3-5,CC BY,k1,Ana,
https://example.org/new?utm_medium=mail,New one,,a;b,Science,tall,,k2,,
https://example.org/new#top,The new one,,b;c,Physics,4,,k3,,
https://example.org/hidden,Known,,,,,,,,
https://sub.spam.example/x,Spam,,,,,,,,
javascript:alert(1),Script,,,,,,,,
https://10.0.0.1/x,Router,,,,,,,,
https://example.org/secret,Mine,,,,,,,,1
https://example.org/own,,,,,,,,,x
,No link,,,,,,,,
`
	got := o.imports(s, here, list)
	want := library.Imported{
		Added: 1, Joined: 2, Twice: 1, Refused: 6,
		InNotes: []library.Counted{{"author", 1}}, Unkept: []library.Counted{{"key", 3}},
		Lines: []library.ImportedLine{
			{Line: 2, Last: 2, What: library.LineJoined, Text: "Fraction Strips"},
			{Line: 5, Last: 5, What: library.LineTwice, With: 4, Text: "New one"},
			{Line: 6, Last: 6, What: library.LineJoined, Text: "Known"},
			{Line: 7, Last: 7, What: library.LineBlocked, Text: "sub.spam.example"},
			{Line: 8, Last: 8, What: library.LineNotLink, Text: "javascript:alert(1)"},
			{Line: 9, Last: 9, What: library.LineNotLink, Text: "https://10.0.0.1/x"},
			{Line: 10, Last: 10, What: library.LinePrivate, Text: "Mine"},
			{Line: 11, Last: 11, What: library.LinePrivate, Text: "https://example.org/own"},
			{Line: 12, Last: 12, What: library.ImportedWhat(exchange.NoLink), Text: "No link"},
		},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	strips, _ := o.resource("example.org/strips")
	if strips.Title != "Fraction Strips" || strips.Subject != "Mathematics" || strips.Licence != "CC BY" || !slices.Equal(strips.Tags, []string{"paper", "fractions", "Maths"}) ||
		!slices.Equal(strips.Grades, []string{"3", "4", "5"}) || strips.About != "With scissors.\nauthor: Ana" || len(strips.Credits) != 1 || strips.Credits[0].Note != "Skip part two." {
		t.Errorf("%+v", strips)
	}
	fresh, _ := o.resource("example.org/new")
	if fresh.Title != "New one" || fresh.Address != "https://example.org/new" || !slices.Equal(fresh.Tags, []string{"a", "b", "c", "Physics"}) || !slices.Equal(fresh.Grades, []string{"4"}) ||
		fresh.About != "en import.field.grade: tall\nen import.field.title: The new one" || len(fresh.Credits) > 0 || fresh.Space != here.Space {
		t.Errorf("%+v", fresh)
	}
	if hidden, _ := o.resource("example.org/hidden"); hidden.Hidden == (library.Hidden{}) || hidden.Title != "Known" {
		t.Errorf("%+v", hidden)
	}
	if _, there := o.resource("example.org/secret"); there {
		t.Error("what is marked private was taken")
	}

	before, written := o.everything(), len(store.sizes)
	again := o.imports(s, here, list)
	if again.Same != 3 || again.Twice != 1 || again.Added+again.Joined > 0 || again.Refused != 6 {
		t.Errorf("again: %+v", again)
	}
	if d := cmp.Diff(before, o.everything()); d != "" || len(store.sizes) != written {
		t.Error("again changed", d)
	}

	in := here
	in.Private = true
	if got := o.imports(s, in, list); got.Added != 2 {
		t.Errorf("with what is private: %+v", got)
	}
	in.Dry = true
	before = o.everything()
	if got := o.imports(s, in, list+"https://example.org/dry,Dry\n"); got.Added != 1 || cmp.Diff(before, o.everything()) != "" {
		t.Errorf("a trial changed something: %+v", got)
	}
}

// TestImportedLinks: the pages of what is new are looked at one a minute, by one job.
func TestImportedLinks(t *testing.T) {
	o := newRoom(t)
	s, store := o.importer()
	var list strings.Builder
	list.WriteString("url\n")
	for i := range 250 {
		fmt.Fprintf(&list, "https://example.org/%d\n", i)
	}
	o.imports(s, here, list.String())
	if !slices.Equal(store.sizes, []int{100, 100, 50}) || o.store.reads.Load() != 3 {
		t.Errorf("stored in %v, read %d times", store.sizes, o.store.reads.Load())
	}
	var times []time.Time
	for i := range 250 {
		r, _ := o.resource(fmt.Sprintf("example.org/%d", i))
		times = append(times, r.Health.Next)
	}
	for i := range times[1:] {
		if wait := times[i+1].Sub(times[i]); wait != time.Minute {
			t.Fatalf("%d: %v after the one before", i, wait)
		}
	}
	due, _, err := redis.Library{Store: o.store.Store}.Due(t.Context(), school, o.clock.Now().Add(time.Hour), 1000)
	if err != nil || len(due) != 51 {
		t.Errorf("%d are due within the hour: %v", len(due), err)
	}
	ran := 0
	o.runner.Handle(library.LinksJobKind, func(context.Context, scheduler.Job) error { ran++; return nil })
	if err := o.clock.RunUntil(t.Context(), o.runner, o.clock.Now().Add(time.Hour)); err != nil || ran != 1 {
		t.Errorf("%d jobs look at links: %v", ran, err)
	}
}

// TestImportBrokenOff: what was begun is finished by doing it again.
func TestImportBrokenOff(t *testing.T) {
	list := "url,title,tags\n"
	for i := range 330 {
		list += fmt.Sprintf("https://example.org/%d,Title %d,t%d\n", i%300, i, i)
	}
	whole := newRoom(t)
	s, _ := whole.importer()
	whole.imports(s, here, list)

	broken := newRoom(t)
	s, store := broken.importer()
	store.fails = 3
	got, err := s.Import(t.Context(), here, strings.NewReader(list))
	if !errors.Is(err, errGone) || got.Added != 200 {
		t.Fatalf("%+v %v", got, err)
	}
	store.fails = 0
	got = broken.imports(s, here, list)
	if got.Added != 100 || got.Same != 200 || got.Twice != 30 {
		t.Errorf("the second time: %+v", got)
	}
	strip := func(all map[string]string) map[string]library.Resource {
		out := map[string]library.Resource{}
		for id, s := range all {
			_, body, _ := strings.Cut(s, " ")
			var r library.Resource
			if err := json.Unmarshal([]byte(body), &r); err != nil {
				t.Fatal(err)
			}
			r.Health.Next = time.Time{}
			out[id] = r
		}
		return out
	}
	if d := cmp.Diff(strip(whole.everything()), strip(broken.everything())); d != "" {
		t.Error(d)
	}
}

// TestImportOvertaken: what somebody saves meanwhile is not lost.
func TestImportOvertaken(t *testing.T) {
	o := newRoom(t)
	s, store := o.importer()
	store.before = func() {
		store.before = nil
		o.must("ana", "/library/save", "link", "https://example.org/1", "note", "Mine")
	}
	got := o.imports(s, here, "url,title\nhttps://example.org/0,Nought\nhttps://example.org/1,One\n")
	r, _ := o.resource("example.org/1")
	if got.Added != 1 || got.Joined != 1 || r.Title != "One" || len(r.Credits) != 1 || r.Credits[0].Note != "Mine" {
		t.Errorf("%+v %+v", got, r)
	}
	turns := 0
	store.before = func() {
		turns++
		o.must("ana", "/library/save", "link", "https://example.org/1", "note", fmt.Sprint("Mine ", turns))
	}
	got = o.imports(s, here, "url,tags\nhttps://example.org/1,x\n")
	if got.Refused != 1 || len(got.Lines) != 1 || got.Lines[0].What != library.LineBusy {
		t.Errorf("%+v", got)
	}
}

// TestImportNothingLost: what has no place stands in what is said of the resource, and
// what has no room there is told.
func TestImportNothingLost(t *testing.T) {
	o := newRoom(t)
	s, _ := o.importer()
	long := strings.Repeat("word ", 60)
	tags := ""
	for i := range 14 {
		tags += fmt.Sprintf("tag %d;", i)
	}
	list := "url,title,subject,tags,source\nhttps://example.org/a," + long + "," + strings.Repeat("s", 50) + "," + tags + ",Open Books\n"
	got := o.imports(s, here, list)
	r, _ := o.resource("example.org/a")
	for _, want := range []string{strings.TrimSpace(long), strings.Repeat("s", 50), "tag 12", "tag 13", "source: Open Books"} {
		if !strings.Contains(r.About, want) {
			t.Errorf("%q is lost: %q", want, r.About)
		}
	}
	if len(got.Lines) > 0 || len([]rune(r.Title)) > library.MostTitle || len(r.Tags) != library.MostTags {
		t.Errorf("%+v %+v", got, r)
	}
	list = "url,note\nhttps://example.org/b," + strings.Repeat("word ", 300) + "\n"
	got = o.imports(s, here, list)
	if r, _ = o.resource("example.org/b"); len(r.About) > library.MostNote+len("…") || len(got.Lines) != 1 || got.Lines[0].What != library.LineCut {
		t.Errorf("%d %+v", len(r.About), got)
	}
	if before, again := o.everything(), o.imports(s, here, list); again.Same != 1 || cmp.Diff(before, o.everything()) != "" {
		t.Errorf("%+v", again)
	}
}

// TestImportTextbooks takes 1,597 real textbooks in, and again.
func TestImportTextbooks(t *testing.T) {
	dir := os.Getenv("STAFFROOM_SHARED")
	if dir == "" {
		t.Skip("STAFFROOM_SHARED is not set: there are no textbooks to take in")
	}
	files, err := filepath.Glob(filepath.Join(dir, "data", "*.tsv"))
	if err != nil || len(files) != 3 {
		t.Fatal(files, err)
	}
	o := newRoom(t)
	s, store := o.importer()
	titles := map[string]bool{} // that must be found
	links := map[string]bool{}
	lines := 0
	round := func() (sum library.Imported) {
		for _, name := range files {
			list, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for it, err := range exchange.Read(bytes.NewReader(list), exchange.TSV) {
				if err != nil {
					t.Fatal(name, err)
				}
				titles[it.Title], links[it.Link] = true, true
				lines++
			}
			in := here
			in.Format = exchange.FormatOf(name, list)
			begin := time.Now()
			got, err := s.Import(t.Context(), in, bytes.NewReader(list))
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%s: %v, added %d, joined %d, same %d, twice %d, refused %d, columns kept in notes %v, left out %v",
				filepath.Base(name), time.Since(begin), got.Added, got.Joined, got.Same, got.Twice, got.Refused, got.InNotes, got.Unkept)
			for _, l := range got.Lines {
				if l.What == library.LineCut {
					t.Errorf("%+v", l)
				}
			}
			sum.Added, sum.Joined, sum.Same = sum.Added+got.Added, sum.Joined+got.Joined, sum.Same+got.Same
			sum.Twice, sum.Refused = sum.Twice+got.Twice, sum.Refused+got.Refused
		}
		return sum
	}
	first := round()
	calls := len(store.sizes)
	before := o.everything()
	t.Logf("%d lines, %d links as written, %d resources, %d calls to read, %d to write", lines, len(links), len(before), o.store.reads.Load(), calls)
	if lines != 1597 || first.Refused > 0 || first.Added != len(before) || first.Added+first.Joined+first.Same+first.Twice != lines {
		t.Errorf("%+v", first)
	}
	all := strings.ToLower(strings.Join(slices.Collect(maps.Values(before)), "\n"))
	for title := range titles {
		quoted, _ := json.Marshal(title)
		if !strings.Contains(all, strings.ToLower(strings.Trim(string(quoted), `"`))) {
			t.Errorf("%q is lost", title)
		}
	}
	second := round()
	if second.Added+second.Joined+second.Refused > 0 || len(store.sizes) != calls {
		t.Errorf("again: %+v", second)
	}
	if d := cmp.Diff(before, o.everything()); d != "" {
		t.Error("again changed", d)
	}
}

// What is marked private or hidden where it comes from is not shown to everybody here.
func TestImportOfWhatIsNotForAll(t *testing.T) {
	o := newRoom(t)
	s, _ := o.importer()
	in := here
	in.Format = exchange.JSON
	const list = `{"results":[
{"url":"https://example.org/a","shared":false},
{"url":"https://example.org/b","title":"B","hidden":"yes"},
{"url":"https://example.org/c","shared":true}]}`
	got := o.imports(s, in, list)
	want := []library.ImportedLine{
		{Line: 2, Last: 2, What: library.LinePrivate, Text: "https://example.org/a"}, {Line: 3, Last: 3, What: library.LineHidden, Text: "B"},
	}
	if d := cmp.Diff(want, got.Lines); d != "" || got.Refused != 2 || got.Added != 1 || len(o.everything()) != 1 {
		t.Errorf("it is %+v %s", got, d)
	}
	_, lines := s.ImportReport("en", in, got)
	if text := lines[1].String(); !strings.HasPrefix(text, "en import.line line=3 en import.why.hidden") {
		t.Errorf("it says %s", text)
	}
	in.Private = true
	if got = o.imports(s, in, list); got.Added != 1 || got.Refused != 1 || len(o.everything()) != 2 {
		t.Errorf("with what is private it is %+v", got)
	}
}

// Of a list without anything nothing was refused.
func TestImportOfNothing(t *testing.T) {
	o := newRoom(t)
	s, _ := o.importer()
	in := here
	in.Format = exchange.JSON
	for list, want := range map[string]string{
		"[]":              "|en import.why.empty with=0 text=",
		`["hello", null]`: "en import.refused count=2|en import.line line=1 en import.why.no_link with=0 text=\"hello\"|en import.line line=1 en import.why.no_link with=0 text=null",
	} {
		sums, lines := s.ImportReport("en", in, o.imports(s, in, list))
		if text := bot.Join("|", sums...).String() + "|" + bot.Join("|", lines...).String(); text != want {
			t.Errorf("it says %s", text)
		}
	}
}

// Lines of a text without a link are counted, and nothing more is said of them.
func TestImportOfAText(t *testing.T) {
	o := newRoom(t)
	s, _ := o.importer()
	in := here
	in.Format = exchange.Markdown
	got := o.imports(s, in, "What we liked\n\n- [B](https://example.org/b)\nhello\n")
	if got.Added != 1 || got.Prose != 2 || got.Refused != 0 || len(got.Lines) != 0 {
		t.Errorf("it is %+v", got)
	}
	sums, _ := s.ImportReport("en", in, got)
	if text := bot.Join("|", sums...).String(); text != "en import.added count=1|en import.prose count=2|en import.later" {
		t.Errorf("it says %s", text)
	}
}
