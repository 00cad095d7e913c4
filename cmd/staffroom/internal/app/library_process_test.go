//go:build unix

package app

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/community"
	"github.com/staffroom-bot/staffroom/bot/library"
	"github.com/staffroom-bot/staffroom/bot/redis"
	"github.com/staffroom-bot/staffroom/bot/redis/engine"
	"github.com/staffroom-bot/staffroom/bot/redis/redistest"
)

// operated is a community in a Redis, and a folder with the configuration for it.
type operated struct {
	*testing.T
	home  string
	store *redis.Store
}

const operatedTown = bot.CommunityID("01town")

func newOperated(t *testing.T) *operated {
	t.Helper()
	url := redistest.URL(t)
	e, err := engine.Open(t.Context(), engine.Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = closeEngine(e) })
	o := &operated{T: t, home: newHome(t)}
	if o.store, err = redis.Open(t.Context(), e.Client(), nil); err != nil {
		t.Fatal(err)
	}
	o.place("slack-town", operatedTown)
	if err := os.WriteFile(filepath.Join(o.home, "config.yaml"), []byte("redis:\n  url: "+strconv.Quote(url)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return o
}

func (o *operated) place(connection string, id bot.CommunityID) {
	o.Helper()
	space := bot.SpaceID{Connection: connection, ID: "T1"}
	if _, err := (redis.Communities{Store: o.store}).Community(o.Context(), space, community.Community{ID: id, Language: "en", Zone: "UTC"}); err != nil {
		o.Fatal(err)
	}
}

func (o *operated) resources() []library.Resource {
	o.Helper()
	all, err := (redis.Library{Store: o.store}).Page(o.Context(), operatedTown, "", 5000)
	if err != nil {
		o.Fatal(err)
	}
	return all
}

// runs runs the program to its end, with an input, and gives what it said.
func (o *operated) runs(input string, args ...string) (string, error) {
	o.Helper()
	name := filepath.Join(o.TempDir(), "staffroom")
	self, err := os.Executable()
	if err != nil {
		o.Fatal(err)
	}
	if err := os.Symlink(self, name); err != nil {
		o.Fatal(err)
	}
	cmd := exec.CommandContext(o.Context(), name, args...)
	cmd.Dir, cmd.Stdin = o.home, strings.NewReader(input)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// must is runs, and wants these words.
func (o *operated) must(input, words string, args ...string) string {
	o.Helper()
	out, err := o.runs(input, args...)
	if err != nil || !strings.Contains(out, words) {
		o.Fatalf("%v: %v, not %q but:\n%s", args, err, words, out)
	}
	return out
}

func TestLibraryOnTheCommandLine(t *testing.T) {
	o := newOperated(t)
	list := "url,title,key,author\nhttps://example.org/a,A,1,Ana\nhttps://www.example.org/a/,A,2,\nnothing,B,3,\n"
	file := filepath.Join(o.home, "list.csv")
	if err := os.WriteFile(file, []byte(list), 0o600); err != nil {
		t.Fatal(err)
	}
	o.must("", "nothing has changed", "library", "import", "list.csv", "--dry-run")
	if len(o.resources()) > 0 {
		t.Error("a trial changed something")
	}
	out := o.must("", "1 new link.", "library", "import", "list.csv")
	for _, want := range []string{"Line 3: the same as line 2: A", "Line 4: not taken. This leads to no public page: nothing", "key (2)", "author (1)"} {
		if !strings.Contains(out, want) {
			t.Errorf("it does not say %q:\n%s", want, out)
		}
	}
	o.must("", "1 resources are in out.md", "library", "export", "out.md")
	if got, err := os.ReadFile(filepath.Join(o.home, "out.md")); err != nil || !strings.Contains(string(got), "- [A](<https://example.org/a>) - author: Ana added:\"") {
		t.Errorf("%s %v", got, err)
	}
	o.must("", "https://example.org/a", "library", "export", "-", "--format", "json")
	for _, wrong := range []struct{ words, args string }{
		{"its form is not clear", "export out"},
		{"no such file", "import none.csv"},
		{"there is no \"elsewhere\"", "import list.csv --place elsewhere"},
	} {
		if out, err := o.runs("", append([]string{"library"}, strings.Fields(wrong.args)...)...); err == nil || !strings.Contains(out, wrong.words) {
			t.Errorf("%s: %v %s", wrong.args, err, out)
		}
	}
	o.place("discord-city", "01city")
	if out, err := o.runs("", "library", "import", "list.csv"); err == nil || !strings.Contains(out, "there are several") {
		t.Errorf("%v %s", err, out)
	}
	o.must("", "1 was there", "library", "import", "list.csv", "--place", "slack-town")
}

// TestKilledImport: who is killed in the middle of an import runs it again.
func TestKilledImport(t *testing.T) {
	o := newOperated(t)
	lines := []string{"url,title"}
	for i := range 1000 {
		lines = append(lines, fmt.Sprintf("https://example.org/%d,Title %d", i, i))
	}
	list := strings.Join(lines, "\n") + "\n"
	p := startProcess(t, o.home, "library", "import", "-", "--format", "csv")
	if _, err := io.WriteString(p.in, strings.Join(lines[:700], "\n")+"\n"); err != nil {
		t.Fatal(err)
	}
	for len(o.resources()) < 300 && t.Context().Err() == nil { // each look asks the server
	}
	if err := p.cmd.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = p.cmd.Wait()
	some := len(o.resources())
	if some%100 != 0 || some == 1000 {
		t.Fatalf("%d are there after the kill", some)
	}
	out := o.must(list, fmt.Sprintf("%d new links", 1000-some), "library", "import", "-", "--format", "csv")
	if !strings.Contains(out, fmt.Sprintf("%d were there", some)) {
		t.Error(out)
	}
	all := o.resources()
	if len(all) != 1000 {
		t.Errorf("%d are there", len(all))
	}
	for _, r := range all {
		if r.Version != 1 || !strings.HasPrefix(r.Title, "Title ") {
			t.Fatalf("%+v", r)
		}
	}
}
