package library

import (
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/scheduler"
)

// What is no death: it is not shown to us, the site does not answer, or says that all
// of it is gone, for a month.
func TestWhatIsNoDeath(t *testing.T) {
	for _, o := range []Outcome{Silent, Refused, Barred} {
		c, d, w := care("https://" + strips)
		w.at["https://"+strips] = Visit{Outcome: o}
		if n := untilDead(t, c, d); n != 0 {
			t.Errorf("%s: dead after %d looks", o, n)
		}
	}
	c, d, _ := care("https://" + strips)
	untilDead(t, c, d)
	h := d.of(strips).Health
	if h.State != Dead || h.Checked.Sub(h.Since) < lostFor {
		t.Errorf("a site that has lost everything: %+v", h)
	}
	c, d, w := care("https://" + strips)
	w.at["https://"+strips] = Visit{Outcome: NoSite}
	if n := untilDead(t, c, d); n != 6 {
		t.Errorf("no site of that name: after %d looks", n)
	}
}

// Dead is what is not found in six looks over nine days at least, and three weeks at
// most.
func TestDeathTakesDays(t *testing.T) {
	c, d, w := care("https://" + strips)
	w.at["https://example.org/"] = html("<title>Home</title>")
	if n := untilDead(t, c, d); n != 6 {
		t.Errorf("after %d looks", n)
	}
	h := d.of(strips).Health
	if took := h.Checked.Sub(h.Since); took < 9*day || took > 12*day {
		t.Errorf("it took %s", took)
	}
	// One look that finds it, and all begins anew.
	c, d, w = care("https://" + strips)
	w.at["https://example.org/"] = html("<title>Home</title>")
	_ = reads(t, c, strips)
	for range 3 {
		_ = c.CheckLinks(t.Context(), scheduler.Job{Group: "home", Started: d.of(strips).Health.Next})
	}
	if n := d.of(strips).Health.Failed; n != 4 {
		t.Fatalf("%d failures", n)
	}
	w.at["https://"+strips] = html("<title>Strips</title>")
	_ = c.CheckLinks(t.Context(), scheduler.Job{Group: "home", Started: d.of(strips).Health.Next})
	if h := d.of(strips).Health; h.Failed != 0 || !h.Since.IsZero() {
		t.Errorf("%+v", h)
	}
}

func TestItWorksForMe(t *testing.T) {
	c, d, w := care("https://" + strips)
	w.at["https://example.org/"] = html("<title>Home</title>")
	untilDead(t, c, d)
	r := d.of(strips)
	now := r.Health.Next
	r.works("joe", now)
	if h := r.Health; h.State != Well || h.Failed != 0 || h.Works != "joe" || !h.Next.Equal(now.Add(30*day)) {
		t.Errorf("%+v", h)
	}
	r.missing(now.Add(29*day), false)
	if r.Health.Failed != 0 {
		t.Errorf("it counts while it works for people: %+v", r.Health)
	}
	r.missing(now.Add(31*day), false)
	if r.Health.Failed != 1 {
		t.Errorf("%+v", r.Health)
	}
}

// Pages that say by other means than 404 that there are none.
func TestSoftMissing(t *testing.T) {
	const deep = "https://example.org/unit/strips"
	for name, c := range map[string]struct {
		later   Visit
		nothing Visit // at an address that nobody has made
		missing bool
		asked   int
	}{
		"the same":                       {html("<title>Strips</title>"), Visit{Outcome: Missing}, false, 1},
		"says so":                        {html("<title>Page not found | Example</title>"), Visit{Outcome: Missing}, true, 1},
		"says so in Spanish":             {html("<title>Página no encontrada</title>"), Visit{Outcome: Missing}, true, 1},
		"led home":                       {html("<title>Example</title>").at("https://example.org/", false), Visit{Outcome: Missing}, true, 1},
		"led home in a language":         {html("<title>Example</title>").at("https://example.org/es/", true), Visit{Outcome: Missing}, true, 1},
		"led home as always":             {html("<title>Strips</title>").at("https://example.org/", false), Visit{Outcome: Missing}, false, 1},
		"called otherwise":               {html("<title>Fraction strips</title>"), Visit{Outcome: Missing}, false, 2},
		"called as anything":             {html("<title>Example</title>"), html("<title>Example</title>"), true, 2},
		"called otherwise than anything": {html("<title>Fraction strips</title>"), html("<title>Example</title>"), false, 2},
		"an application without titles":  {html("<p>"), html("<p>"), false, 1},
		"an application with one title":  {html("<title>Strips</title>"), html("<title>Strips</title>"), false, 1},
	} {
		t.Run(name, func(t *testing.T) {
			care, d, w := care(deep)
			r := d.of("example.org/unit/strips")
			r.Page = Page{Read: noon, Title: "Strips"}
			r.Health.Checked, r.Health.Next = noon, noon
			d.all[r.ID] = r
			w.at[deep] = c.later
			w.at["https://example.org/unit/"+print("example.org"+noon.String())] = c.nothing
			_ = care.CheckLinks(t.Context(), scheduler.Job{Group: "home", Started: noon})
			after := d.of("example.org/unit/strips")
			if (after.Health.Failed == 1) != c.missing || len(w.asked) != c.asked {
				t.Errorf("%+v, asked %q", after.Health, w.asked)
			}
			if c.missing && after.Page.Title != "Strips" {
				t.Errorf("what it was is forgotten: %+v", after.Page)
			}
		})
	}
}

// A site is asked for what it does not have once.
func TestNothingIsAskedOnce(t *testing.T) {
	c, d, w := care()
	for _, a := range []string{"https://example.org/a", "https://example.org/b"} {
		r := d.put(a)
		r.Page, r.Health.Checked, r.Health.Next = Page{Read: noon, Title: "Strips"}, noon, noon
		d.all[r.ID] = *r
		w.at[a] = html("<title>Example</title>")
	}
	w.at["https://example.org/"+print("example.org"+noon.String())] = html("<title>Example</title>")
	for range 2 {
		_ = c.CheckLinks(t.Context(), scheduler.Job{Group: "home", Started: noon})
	}
	if len(w.asked) != 3 || d.of("example.org/a").Health.Failed != 1 || d.of("example.org/b").Health.Failed != 1 {
		t.Errorf("asked %q", w.asked)
	}
}

// A link that leads elsewhere for good in two looks is there.
func TestMoved(t *testing.T) {
	for name, c := range map[string]struct {
		first, second Visit
		want          string
	}{
		"for good":           {html("<title>Strips</title>").at("https://new.example/strips", true), html("<title>Strips</title>").at("https://new.example/strips", true), "new.example/strips"},
		"for now":            {html("<title>Strips</title>").at("https://new.example/strips", false), html("<title>Strips</title>").at("https://new.example/strips", false), strips},
		"once":               {html("<title>Strips</title>").at("https://new.example/strips", true), html("<title>Strips</title>"), strips},
		"elsewhere each day": {html("<title>Strips</title>").at("https://new.example/1", true), html("<title>Strips</title>").at("https://new.example/2", true), strips},
		"home":               {html("<title>Strips</title>").at("https://new.example/", true), html("<title>Strips</title>").at("https://new.example/", true), strips},
	} {
		t.Run(name, func(t *testing.T) {
			care, d, w := care("https://" + strips)
			w.at["https://"+strips] = c.first
			_ = reads(t, care, strips)
			if r := d.of(strips); r.Key != strips {
				t.Errorf("after one look it is %s", r.Key)
			}
			w.at["https://"+strips] = c.second
			_ = care.CheckLinks(t.Context(), scheduler.Job{Group: "home", Started: d.of(strips).Health.Next})
			if r := d.of(strips); r.Key != c.want || r.Address != "https://"+c.want || r.Credits[0].Note != "good" {
				t.Errorf("%+v", r)
			}
		})
	}
}

// A page that is as it was costs its server little.
func TestConditional(t *testing.T) {
	c, d, w := care("https://" + strips)
	v := html("<title>Strips</title>")
	v.Validators = Validators{ETag: `"1"`, Modified: "Tue"}
	w.at["https://"+strips] = v
	_ = reads(t, c, strips)
	before := d.of(strips)
	_ = c.CheckLinks(t.Context(), scheduler.Job{Group: "home", Started: before.Health.Next})
	after := d.of(strips)
	if before.Health.ETag != `"1"` || after.Page != before.Page || !after.Health.Checked.Equal(before.Health.Next) || after.Health.State != Well {
		t.Errorf("%+v", after)
	}
}

func TestLinksThatWereSavedTogetherAreLookedAtApart(t *testing.T) {
	days := map[time.Time]int{}
	for i := range 280 {
		r := &Resource{Key: print(string(rune(i)))}
		r.well(noon)
		if r.Health.Next.Before(noon.Add(soonest)) || r.Health.Next.After(noon.Add(latest)) {
			t.Fatal(r.Health.Next)
		}
		days[r.Health.Next.Truncate(day)]++
	}
	for at, n := range days {
		if n > 60 {
			t.Errorf("%d at %s", n, at)
		}
	}
	if len(days) < 14 {
		t.Errorf("on %d days", len(days))
	}
}
