package discussion_test

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/staffroom-bot/staffroom/bot/discussion"
	"github.com/staffroom-bot/staffroom/bot/locale"
)

// browser gives Chromium and axe-core, whose file STAFFROOM_AXE names. A machine
// without them skips the test, unless STAFFROOM_REQUIRE has "chromium" in it.
func browser(t *testing.T) (chromium, axe string) {
	t.Helper()
	missing := t.Skip
	if slices.Contains(strings.Split(os.Getenv("STAFFROOM_REQUIRE"), ","), "chromium") {
		missing = t.Fatal
	}
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		missing("there is no chromium: ", err)
	}
	if axe = os.Getenv("STAFFROOM_AXE"); axe == "" {
		missing("STAFFROOM_AXE does not name the file axe.min.js of axe-core; make axe runs this test with it")
	}
	return chromium, axe
}

// finding is a rule of axe-core that a page breaks, or may break.
type finding struct {
	ID    string `json:"id"`
	Help  string `json:"help"`
	Nodes []struct {
		HTML    string `json:"html"`
		Summary string `json:"failureSummary"`
	} `json:"nodes"`
}

// audit is what axe-core says of a page.
type audit struct {
	Passes     int       `json:"passes"`
	Violations []finding `json:"violations"`
	Incomplete []finding `json:"incomplete"`
}

// policy is the page's own, under which nothing could look at it from within.
var policy = regexp.MustCompile(`<meta http-equiv="Content-Security-Policy"[^>]*>`)

// look gives what axe-core says, by all its rules, of a copy of the page.
func look(t *testing.T, chromium, axe, source string) audit {
	t.Helper()
	dir := t.TempDir()
	script, err := os.ReadFile(axe)
	if err != nil {
		t.Fatal(err)
	}
	if !policy.MatchString(source) {
		t.Error("the page has no policy")
	}
	source = policy.ReplaceAllString(source, "")
	source = strings.Replace(source, "</body>", `<script src="axe.js"></script><script>
axe.run({iframes: false}).then(r => JSON.stringify({passes: r.passes.length, violations: r.violations, incomplete: r.incomplete}), e => "failed: " + e)
  .then(said => { document.documentElement.setAttribute("data-axe", said) })
</script></body>`, 1)
	for name, data := range map[string][]byte{"axe.js": script, "page.html": []byte(source)} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
		"--user-data-dir="+filepath.Join(dir, "profile"), "--virtual-time-budget=60000", "--dump-dom", "file://"+filepath.Join(dir, "page.html"))
	cmd.WaitDelay = time.Second
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("chromium: %v", err)
	}
	doc, err := html.Parse(strings.NewReader(string(out)))
	if err != nil {
		t.Fatal(err)
	}
	for n := range doc.Descendants() {
		for _, a := range n.Attr {
			if a.Key == "data-axe" {
				var found audit
				if err := json.Unmarshal([]byte(a.Val), &found); err != nil {
					t.Fatalf("axe-core said %.200q: %v", a.Val, err)
				}
				return found
			}
		}
	}
	t.Fatalf("axe-core said nothing: %.300s", out)
	return audit{}
}

// axe-core finds nothing on the page, whatever stands on it.
func TestAxeFindsNothingOnThePage(t *testing.T) {
	chromium, axe := browser(t)
	words, err := locale.New()
	if err != nil {
		t.Fatal(err)
	}
	full := harmless()
	full.Messages = append(full.Messages, discussion.ArchivedMessage{ID: "4", Author: "", Kind: discussion.Answer, Questions: []int{1, 2}, At: full.Start, Text: "Two lines\nof an answer\n\nwith a gap"})
	full.Questions = append(full.Questions, discussion.ArchivedQuestion{Number: 2, Text: "And now?", AskedAt: full.Start})
	public := full
	public.Audience, public.Places = discussion.ForPublic, nil
	for _, page := range []struct {
		name, language string
		archive        discussion.Archive
	}{
		{"full", "en", full},
		{"público", "es", public},
		{"nothing was said", "en", discussion.Archive{Title: "Models", Zone: "UTC", Start: full.Start}},
		{"hostile", "es", everywhere(strings.Join(hostile, " "))},
		{"many replies", "en", large(120)},
	} {
		t.Run(page.name, func(t *testing.T) {
			t.Parallel()
			var b strings.Builder
			if err := page.archive.Write(&b, discussion.Page, words, page.language); err != nil {
				t.Fatal(err)
			}
			found := look(t, chromium, axe, b.String())
			if found.Passes < 10 {
				t.Errorf("only %d rules were looked at", found.Passes)
			}
			for _, f := range append(found.Violations, found.Incomplete...) {
				for _, n := range f.Nodes {
					t.Errorf("%s (%s): %.300s\n%s", f.ID, f.Help, n.HTML, n.Summary)
				}
			}
		})
	}
}

// The check can fail: axe-core finds what is wrong.
func TestAxeFindsWhatIsWrong(t *testing.T) {
	chromium, axe := browser(t)
	source := strings.Replace(written(t, harmless(), discussion.Page), `<html lang="en">`, "<html>", 1)
	source = strings.Replace(source, "color:#4a4a4a", "color:#bbb", 1)
	var ids []string
	for _, f := range look(t, chromium, axe, source).Violations {
		ids = append(ids, f.ID)
	}
	if !slices.Contains(ids, "html-has-lang") || !slices.Contains(ids, "color-contrast") {
		t.Errorf("it finds %q", ids)
	}
}
