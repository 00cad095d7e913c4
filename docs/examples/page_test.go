// Package examples checks that docs/extending.md and docs/platform.md show the
// examples, and quote the rest of the code, as they are.
package examples

import (
	"encoding/json"
	"flag"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "put the examples into the pages as they are")

// pages are in the folder above this one.
var pages = []string{"extending.md", "platform.md"}

// page is one of them.
type page struct {
	name, text string
	blocks     []block
}

// block is a fenced block of a page. It shows the file that the paragraph before
// it links to last.
type block struct {
	file       string // relative to the page; "" if there is no link
	language   string
	content    string
	start, end int // of the content in the page
}

var (
	fenced = regexp.MustCompile("(?ms)^```([a-z]+)\n(.*?)^```$")
	link   = regexp.MustCompile(`\]\(([^)#:\s]+)(?:#[^)\s]*)?\)`)
)

func readPages(t *testing.T) []page {
	t.Helper()
	var all []page
	for _, name := range pages {
		data, err := os.ReadFile(filepath.Join("..", name))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, page{name: name, text: string(data), blocks: blocksOf(string(data))})
	}
	return all
}

func blocksOf(text string) (blocks []block) {
	for _, m := range fenced.FindAllStringSubmatchIndex(text, -1) {
		b := block{language: text[m[2]:m[3]], content: text[m[4]:m[5]], start: m[4], end: m[5]}
		before := strings.TrimRight(text[:m[0]], "\n")
		paragraph := before[strings.LastIndex(before, "\n\n")+1:]
		if links := link.FindAllStringSubmatch(paragraph, -1); links != nil {
			b.file = links[len(links)-1][1]
		}
		blocks = append(blocks, b)
	}
	return blocks
}

func isExample(file string) bool {
	return strings.HasPrefix(file, "examples/") && filepath.Ext(file) != ""
}

// TestListings compares the pages' listings of the examples with their files. A
// file that is not shown is at least linked.
func TestListings(t *testing.T) {
	linked := map[string]bool{}
	for _, p := range readPages(t) {
		for _, l := range link.FindAllStringSubmatch(p.text, -1) {
			if isExample(l[1]) {
				linked[l[1]] = true
			}
		}
		text := p.text
		for _, b := range slices.Backward(p.blocks) {
			if !isExample(b.file) {
				continue
			}
			content, err := os.ReadFile(filepath.Join("..", b.file))
			if err != nil {
				t.Error(err)
				continue
			}
			if *update {
				text = text[:b.start] + string(content) + text[b.end:]
			} else if diff := cmp.Diff(string(content), b.content); diff != "" {
				t.Errorf("%s: %s differs; -update puts the file into the page (-file +page):\n%s", p.name, b.file, diff)
			}
		}
		if text != p.text {
			if err := os.WriteFile(filepath.Join("..", p.name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	if diff := cmp.Diff(exampleFiles(t), slices.Sorted(maps.Keys(linked))); diff != "" {
		t.Errorf("the pages do not show or link each file of the examples (-files +pages):\n%s", diff)
	}
}

// exampleFiles are the files in the folders beside this test.
func exampleFiles(t *testing.T) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && filepath.Dir(path) != "." {
			files = append(files, "examples/"+filepath.ToSlash(path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(files)
	return files
}

// TestChanges checks that the pages' changes of other files fit these: a block in
// diff begins the lines that are there with a space or a minus. It fits too when
// the change has been made.
func TestChanges(t *testing.T) {
	for _, p := range readPages(t) {
		for _, b := range p.blocks {
			if b.language == "diff" {
				b.fits(t)
			}
		}
	}
}

// fits checks that the file has the lines that the block begins with.
func (b block) fits(t *testing.T) {
	t.Helper()
	var before, after []string
	for line := range strings.Lines(b.content) {
		if line[0] != '+' {
			before = append(before, line[1:])
		}
		if line[0] != '-' {
			after = append(after, line[1:])
		}
	}
	data, err := os.ReadFile(filepath.Join("..", b.file))
	if err != nil {
		t.Error(err)
	} else if !inOrder(string(data), before) && !inOrder(string(data), after) {
		t.Errorf("%s has no such lines in this order any more:\n%s", b.file, strings.Join(before, ""))
	}
}

func inOrder(text string, lines []string) bool {
	for _, line := range lines {
		_, rest, found := strings.Cut(text, line)
		if !found {
			return false
		}
		text = rest
	}
	return true
}

// TestReferences checks that the files the pages link to, and the tests and the
// cases of the contract that they name, are there.
func TestReferences(t *testing.T) {
	tests := testNames(t, "../..")
	cases := contractCases(t)
	for _, p := range readPages(t) {
		for _, l := range link.FindAllStringSubmatch(p.text, -1) {
			if _, err := os.Stat(filepath.Join("..", l[1])); err != nil {
				t.Errorf("%s: %v", p.name, err)
			}
		}
		for _, name := range regexp.MustCompile("`(Test[A-Z]\\w+)`").FindAllStringSubmatch(p.text, -1) {
			if !tests[name[1]] {
				t.Errorf("%s: there is no %s", p.name, name[1])
			}
		}
		for _, row := range regexp.MustCompile(`(?m)^\|.*\|([^|]*)\|$`).FindAllStringSubmatch(p.text, -1) {
			for _, name := range regexp.MustCompile(`\*([^*]+)\*`).FindAllStringSubmatch(row[1], -1) {
				if !strings.Contains(cases, `{name: "`+name[1]) {
					t.Errorf("%s: the contract has no case %q", p.name, name[1])
				}
			}
		}
	}
}

// contractCases is the source in which the cases of the contract are listed.
func contractCases(t *testing.T) string {
	t.Helper()
	files, err := filepath.Glob("../../adapters/adaptertest/*.go")
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(source)
	}
	return all.String()
}

func testNames(t *testing.T, root string) map[string]bool {
	t.Helper()
	declared := regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	names := map[string]bool{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		for _, m := range declared.FindAllStringSubmatch(string(source), -1) {
			names[m[1]] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// TestWords does for the example's words what the tests of bot/locale do for
// those of the product.
func TestWords(t *testing.T) {
	source, err := os.ReadFile("ping/ping.go")
	if err != nil {
		t.Fatal(err)
	}
	asked := map[string]bool{}
	for _, m := range regexp.MustCompile(`"(ping(?:\.[a-z]+)+)"`).FindAllStringSubmatch(string(source), -1) {
		asked[m[1]] = true
	}
	want := slices.Sorted(maps.Keys(asked))
	for _, file := range []string{"ping/words/en.json", "ping/words/es.json"} {
		data, err := os.ReadFile(filepath.FromSlash(file))
		if err != nil {
			t.Fatal(err)
		}
		words := map[string]string{}
		if err := json.Unmarshal(data, &words); err != nil {
			t.Errorf("%s: %v", file, err)
		}
		if diff := cmp.Diff(want, slices.Sorted(maps.Keys(words))); diff != "" {
			t.Errorf("%s has other messages than are asked for (-asked +has):\n%s", file, diff)
		}
	}
}
