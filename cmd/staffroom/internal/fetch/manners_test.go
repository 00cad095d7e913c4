package fetch

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot/library"
)

// What a site wants is asked once a day, and where it does not say it is left alone
// for now.
func TestManners(t *testing.T) {
	for name, c := range map[string]struct {
		robots http.HandlerFunc
		want   library.Outcome
		asked  int // in two visits
	}{
		"none":                  {code(404), library.Found, 1},
		"for some":              {code(401), library.Found, 1},
		"down":                  {code(500), library.Silent, 1},
		"too many":              {code(429), library.Silent, 1},
		"closed":                {say("User-agent: staffroom\nDisallow: /"), library.Barred, 1},
		"open":                  {say("User-agent: staffroom\nAllow: /\n\nUser-agent: *\nDisallow: /"), library.Found, 1},
		"elsewhere":             {to("/elsewhere"), library.Barred, 1},
		"it leads in circles":   {to("/robots.txt"), library.Found, 6},
		"it is a page":          {html("<title>Not found</title>"), library.Found, 1},
		"it breaks off":         {broken, library.Silent, 1},
		"it goes on for ever":   {endless, library.Found, 1},
		"it is open to the end": {say("User-agent: *\nDisallow:"), library.Found, 1},
	} {
		t.Run(name, func(t *testing.T) {
			z := newZoo(t, nil)
			asked := 0
			z.answer("/robots.txt", func(w http.ResponseWriter, r *http.Request) { asked++; c.robots(w, r) })
			z.answer("/elsewhere", say("User-agent: *\nDisallow: /page"))
			z.answer("/page", html("<title>Strips</title>"))
			v, _ := z.visitor()
			now := time.Now()
			v.now = func() time.Time { return now }
			for range 2 {
				got, err := v.Visit(t.Context(), z.url+"/page", library.Validators{})
				if err != nil || got.Outcome != c.want {
					t.Errorf("%q, %v", got.Outcome, err)
				}
			}
			if asked != c.asked {
				t.Errorf("asked %d times", asked)
			}
			now = now.Add(mannersLast + time.Second)
			if _, err := v.Visit(t.Context(), z.url+"/page", library.Validators{}); err != nil || asked != 2*c.asked {
				t.Errorf("a day later: asked %d times, %v", asked, err)
			}
		})
	}
}

// What is remembered of sites is bounded.
func TestMannersAreForgotten(t *testing.T) {
	m := newManners()
	for i := range mostSites + 10 {
		m.keep(fmt.Sprint(i), wish{})
	}
	if len(m.sites) != mostSites || len(m.order) != mostSites {
		t.Errorf("%d sites, %d in order", len(m.sites), len(m.order))
	}
}
