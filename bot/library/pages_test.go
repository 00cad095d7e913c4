package library

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/library/page"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// reads does the job after saving.
func reads(t *testing.T, c *Caretaker, key string) error {
	t.Helper()
	j := pageJobs(&Resource{ID: IDOf(key), Community: "home"}, noon)[0]
	j.Started = noon
	return c.ReadPage(t.Context(), j)
}

const strips = "example.org/strips"

func TestReadPage(t *testing.T) {
	c, d, w := care("https://" + strips)
	w.at["https://"+strips] = html(`<html lang=en><title>Strips</title><a rel=license href="https://creativecommons.org/licenses/by/4.0/">
		<link type="application/json+oembed" href="/oembed"><meta name=description content="Paper">`)
	w.at["https://example.org/oembed"] = Visit{Outcome: Found, Type: "application/json", Body: []byte(`{"title":"Not this","author_name":"Ana","provider_name":"Example"}`)}
	if err := reads(t, c, strips); err != nil {
		t.Fatal(err)
	}
	r := d.of(strips)
	want := Page{Read: noon, Title: "Strips", Description: "Paper", Author: "Ana", Site: "Example", Language: "en", Licence: "CC BY 4.0"}
	if r.Page != want || r.Title != "" || r.Health.Next.Before(noon.Add(soonest)) || r.Health.Next.After(noon.Add(latest)) {
		t.Errorf("%+v", r)
	}
	if len(d.jobs) != 1 || d.jobs[0].Kind != LinksJobKind || d.jobs[0].Due.Sub(noon) > time.Minute {
		t.Errorf("jobs %+v", d.jobs)
	}
	// Whoever died after it was stored, or does the job twice, looks no more.
	if err := reads(t, c, strips); err != nil || len(w.asked) != 2 {
		t.Errorf("%v, asked %q", err, w.asked)
	}
	if err := reads(t, c, "example.org/none"); err != nil {
		t.Errorf("one that was removed: %v", err)
	}
}

// What people write meanwhile stays.
func TestReadPageKeepsWhatIsWrittenMeanwhile(t *testing.T) {
	c, d, w := care("https://" + strips)
	w.at["https://"+strips] = html("<title>Strips</title>")
	d.conflict = 3
	if err := reads(t, c, strips); err != nil {
		t.Fatal(err)
	}
	if r := d.of(strips); r.Page.Title != "Strips" || len(r.Tags) != 3 || len(w.asked) != 1 {
		t.Errorf("%+v, asked %q", r, w.asked)
	}
	d.put("https://example.org/other")
	w.at["https://example.org/other"] = html("<title>Other</title>")
	d.conflict = mostConflicts
	var after interface{ Unwrap() error }
	if err := reads(t, c, "example.org/other"); !errors.As(err, &after) || bot.CodeOf(err) != bot.Conflict {
		t.Errorf("always in conflict: %v", err)
	}
}

func TestWhatIsNoPageOfHTML(t *testing.T) {
	c, d, w := care("https://example.org/a/Unit_2-rivers.pdf")
	w.at["https://example.org/a/Unit_2-rivers.pdf"] = Visit{Outcome: Found, Type: "application/pdf"}
	if err := reads(t, c, "example.org/a/Unit_2-rivers.pdf"); err != nil {
		t.Fatal(err)
	}
	if r := d.of("example.org/a/Unit_2-rivers.pdf"); r.Page.Title != "Unit 2 rivers" {
		t.Errorf("%+v", r.Page)
	}
}

// A site that does not answer is asked again after growing waits, and then like
// others.
func TestRetries(t *testing.T) {
	c, d, w := care("https://" + strips)
	w.at["https://"+strips] = Visit{Outcome: Silent}
	if err := reads(t, c, strips); err != nil {
		t.Fatal(err)
	}
	var last time.Duration
	now := noon
	for i := range 12 {
		r := d.of(strips)
		wait := r.Health.Next.Sub(now)
		if least := retries[min(i, len(retries)-1)]; wait < least || wait > least+least/4 || r.Health.State != Well || r.Health.Failed > 0 {
			t.Fatalf("wait %d is %s after %s: %+v", i, wait, last, r.Health)
		}
		last, now = wait, r.Health.Next
		if err := c.CheckLinks(t.Context(), scheduler.Job{Group: "home", Started: now}); err == nil {
			t.Fatal("there is a link, and no more jobs")
		}
	}
	w.at["https://"+strips] = html("<title>Strips</title>")
	if err := c.CheckLinks(t.Context(), scheduler.Job{Group: "home", Started: d.of(strips).Health.Next}); err == nil || d.of(strips).Page.Title != "Strips" {
		t.Errorf("%v, %+v", err, d.of(strips))
	}
}

// A shortened link becomes what it leads to.
func TestShortenedLinks(t *testing.T) {
	c, d, w := care("https://bit.ly/x")
	w.at["https://bit.ly/x"] = html("<title>Strips</title>").at("https://www.example.org/strips?utm_source=x", false)
	if err := reads(t, c, "bit.ly/x"); err != nil {
		t.Fatal(err)
	}
	r := d.of("bit.ly/x")
	if r.Key != strips || r.ID != IDOf(strips) || r.Address != "https://www.example.org/strips" || r.Page.Title != "Strips" || r.Credits[0].Note != "good" || len(d.all) != 1 {
		t.Errorf("%+v of %d", r, len(d.all))
	}
}

// One that leads to what is there already joins it, whenever the process dies.
func TestMerging(t *testing.T) {
	for _, dies := range []string{"", "advance", "replace"} {
		c, d, w := care()
		there := d.put("https://" + strips)
		there.Title, there.Tags, there.Thanks = "Mine", []string{"fractions"}, []bot.MemberID{"joe"}
		there.Health.Checked = noon
		d.all[there.ID] = *there
		short := d.put("https://bit.ly/x")
		short.Tags = []string{"hands-on"}
		short.Credits = []Credit{{Member: "ana", At: noon, Note: "and cheap"}, {Member: "eva", At: noon, Note: "me too"}}
		short.Tries = []Try{{Member: "eva", Again: AsItIs}}
		short.Thanks = []bot.MemberID{"joe", "eva"}
		d.all[short.ID] = *short
		w.at["https://bit.ly/x"] = html("<title>Strips</title>").at("https://"+strips, false)
		d.dies = dies
		if err := reads(t, c, "bit.ly/x"); (err != nil) != (dies != "") {
			t.Fatal(err)
		}
		d.dies = ""
		if err := reads(t, c, "bit.ly/x"); err != nil {
			t.Fatal(err)
		}
		r := d.of("bit.ly/x")
		if len(d.all) != 1 || r.ID != there.ID || r.Title != "Mine" || !slices.Equal(r.Tags, []string{"fractions", "hands-on"}) || len(r.Tries) != 1 || len(r.Thanks) != 2 {
			t.Errorf("died at %q: %+v of %d", dies, r, len(d.all))
		}
		if len(r.Credits) != 2 || r.Credits[0].Note != "good\nand cheap" || r.Credits[1].Note != "me too" {
			t.Errorf("died at %q: credits %+v", dies, r.Credits)
		}
	}
}

// Who adds something to what is just being merged loses nothing.
func TestMergingWhatChanges(t *testing.T) {
	c, d, w := care("https://"+strips, "https://bit.ly/x")
	w.at["https://bit.ly/x"] = html("<title>Strips</title>").at("https://"+strips, false)
	w.then = func() {
		r := d.all[IDOf("bit.ly/x")]
		r.Version++
		r.Credits = append(slices.Clone(r.Credits), Credit{Member: "eva", At: noon})
		d.all[r.ID] = r
		w.then = nil
	}
	if err := reads(t, c, "bit.ly/x"); err != nil {
		t.Fatal(err)
	}
	if r := d.of("bit.ly/x"); len(r.Credits) != 2 || r.Key != strips {
		t.Errorf("%+v", r)
	}
}

// A shortener is no way around a blocked site.
func TestShortenedLinksToBlockedSites(t *testing.T) {
	c, d, w := care("https://bit.ly/x")
	d.rules.Blocked = []string{"example.org"}
	w.at["https://bit.ly/x"] = html("<title>Strips</title>").at("https://"+strips, false)
	if err := reads(t, c, "bit.ly/x"); err != nil {
		t.Fatal(err)
	}
	if r := d.of("bit.ly/x"); r.Hidden == (Hidden{}) || r.Key != "bit.ly/x" {
		t.Errorf("%+v", r)
	}
}

// The links that are due are looked at, a few at a time, each on another host.
func TestCheckLinks(t *testing.T) {
	c, d, w := care()
	if err := c.CheckLinks(t.Context(), scheduler.Job{Group: "home", Started: noon}); err != nil {
		t.Errorf("without links: %v", err)
	}
	for _, a := range []string{"https://a.example/1", "https://a.example/2", "https://b.example/1"} {
		r := d.put(a)
		r.Health.Next = noon
		d.all[r.ID] = *r
		w.at[a] = html("<title>x</title>")
	}
	check := func() error { return c.CheckLinks(t.Context(), scheduler.Job{Group: "home", Started: noon}) }
	if err := check(); err == nil || !slices.Equal(w.asked, []string{"https://a.example/1", "https://b.example/1"}) {
		t.Errorf("%v, asked %q", err, w.asked)
	}
	w.busy, w.asked = true, nil
	if err := check(); err == nil || len(w.asked) != 1 || d.of("a.example/2").Health.Failed > 0 {
		t.Errorf("a host that others ask: %v, asked %q", err, w.asked)
	}
	w.busy, w.asked = false, nil
	if err := check(); err == nil || len(w.asked) != 1 {
		t.Errorf("%v, asked %q", err, w.asked)
	}
	w.asked = nil
	if err := check(); err == nil || len(w.asked) > 0 {
		t.Errorf("nothing is due: %v, asked %q", err, w.asked)
	}
}

// What cannot be changed is not looked at all the time.
func TestCheckLinksThatCannotBeChanged(t *testing.T) {
	c, d, w := care("https://" + strips)
	d.conflict = mostConflicts
	err := c.CheckLinks(t.Context(), scheduler.Job{Group: "home", Started: noon})
	if err == nil || !strings.Contains(err.Error(), movePause.String()) || len(w.asked) != 1 {
		t.Errorf("%v, asked %q", err, w.asked)
	}
}

// Not all workers of a process look at pages.
func TestFewAreBusy(t *testing.T) {
	c, d, w := care("https://" + strips)
	for range mostBusy {
		c.busy <- struct{}{}
	}
	if err := reads(t, c, strips); err == nil || len(w.asked) > 0 {
		t.Errorf("%v, asked %q", err, w.asked)
	}
	<-c.busy
	if err := reads(t, c, strips); err != nil || d.of(strips).Health.Failed != 1 {
		t.Errorf("%v", err)
	}
}

func TestArchive(t *testing.T) {
	c, d, w := care("https://" + strips)
	w.at["https://example.org/"] = html("<title>Home</title>")
	w.at[page.ArchiveOf("https://"+strips)] = Visit{Outcome: Found, Type: "application/json", Body: []byte(
		`{"archived_snapshots":{"closest":{"available":true,"status":"200","url":"http://web.archive.org/web/2025/https://` + strips + `"}}}`)}
	if looks := untilDead(t, c, d); looks != 6 {
		t.Errorf("dead after %d looks", looks)
	}
	if r := d.of(strips); r.Health.Archived != "https://web.archive.org/web/2025/https://"+strips {
		t.Errorf("%+v", r.Health)
	}
	// It comes back.
	w.at["https://"+strips] = html("<title>Strips</title>")
	_ = c.CheckLinks(t.Context(), scheduler.Job{Group: "home", Started: d.of(strips).Health.Next})
	if h := d.of(strips).Health; h.State != Well || h.Failed != 0 || h.Archived != "" || !h.Since.IsZero() {
		t.Errorf("%+v", h)
	}
}

// untilDead looks until the link is dead, and says after how many looks, or 0.
func untilDead(t *testing.T, c *Caretaker, d *drawer) int {
	t.Helper()
	if err := reads(t, c, strips); err != nil {
		t.Fatal(err)
	}
	for looks := 1; looks < 40; looks++ {
		r := d.of(strips)
		if r.Health.State == Dead {
			return looks
		}
		_ = c.CheckLinks(t.Context(), scheduler.Job{Group: "home", Started: r.Health.Next})
	}
	return 0
}
