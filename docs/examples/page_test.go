// Package examples checks that docs/extending.md shows the examples, and quotes
// the rest of the code, as they are.
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

var update = flag.Bool("update", false, "put the examples into the page as they are")

const page = "../extending.md"

// block is a fenced block of the page. It shows the file that the paragraph
// before it links to last.
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

func readPage(t *testing.T) (text string, blocks []block) {
	t.Helper()
	data, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	text = string(data)
	for _, m := range fenced.FindAllStringSubmatchIndex(text, -1) {
		b := block{language: text[m[2]:m[3]], content: text[m[4]:m[5]], start: m[4], end: m[5]}
		before := strings.TrimRight(text[:m[0]], "\n")
		paragraph := before[strings.LastIndex(before, "\n\n")+1:]
		if links := link.FindAllStringSubmatch(paragraph, -1); links != nil {
			b.file = links[len(links)-1][1]
		}
		blocks = append(blocks, b)
	}
	return text, blocks
}

// TestListings compares the page's listings of the examples with their files.
func TestListings(t *testing.T) {
	text, blocks := readPage(t)
	var shown []string
	for _, b := range slices.Backward(blocks) {
		if !strings.HasPrefix(b.file, "examples/") {
			continue
		}
		shown = append(shown, b.file)
		content, err := os.ReadFile(filepath.Join("..", b.file))
		if err != nil {
			t.Error(err)
			continue
		}
		if *update {
			text = text[:b.start] + string(content) + text[b.end:]
		} else if diff := cmp.Diff(string(content), b.content); diff != "" {
			t.Errorf("%s differs; -update puts the file into the page (-file +page):\n%s", b.file, diff)
		}
	}
	if *update {
		if err := os.WriteFile(page, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(shown)
	if diff := cmp.Diff(exampleFiles(t), shown); diff != "" {
		t.Errorf("the page does not show each file of the examples once (-files +page):\n%s", diff)
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

// TestChanges checks that the page's changes of other files fit these: a block in
// diff begins the lines that are there with a space or a minus. It fits too when
// the change has been made.
func TestChanges(t *testing.T) {
	_, blocks := readPage(t)
	for _, b := range blocks {
		if b.language != "diff" {
			continue
		}
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

// TestReferences checks that the files the page links to, and the tests it names,
// are there.
func TestReferences(t *testing.T) {
	text, _ := readPage(t)
	for _, l := range link.FindAllStringSubmatch(text, -1) {
		if _, err := os.Stat(filepath.Join("..", l[1])); err != nil {
			t.Error(err)
		}
	}
	tests := testNames(t, "../..")
	for _, name := range regexp.MustCompile("`(Test[A-Z]\\w+)`").FindAllStringSubmatch(text, -1) {
		if !tests[name[1]] {
			t.Errorf("there is no %s", name[1])
		}
	}
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
