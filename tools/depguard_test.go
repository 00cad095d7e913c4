// Package tools holds what checks the code of Staffroom and is no part of it. It is a module of its own, so that the
// tools' many dependencies stay out of the main one.
//
// The test proves the dependency rule: that the linter's configuration lets each layer use what it may and no more.
package tools

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/OpenPeeDeeP/depguard/v2"
	"go.yaml.in/yaml/v3"
	"golang.org/x/tools/go/analysis"
)

const (
	module = "github.com/staffroom-bot/staffroom/"
	config = "../.golangci.yml"

	bleve     = "github.com/blevesearch/bleve/v2"
	charts    = "github.com/go-analyze/charts"
	chess     = "github.com/gnutterts/chesspairing"
	cron      = "github.com/robfig/cron/v3"
	discordgo = "github.com/bwmarrin/discordgo"
	flock     = "github.com/gofrs/flock"
	goYAML    = "github.com/goccy/go-yaml"
	feeds     = "github.com/gorilla/feeds"
	goquery   = "github.com/PuerkitoBio/goquery"
	golangICS = "github.com/arran4/golang-ical"
	i18n      = "github.com/nicksnyder/go-i18n/v2/i18n"
	miniredis = "github.com/alicebob/miniredis/v2"
	rapid     = "pgregory.net/rapid"
	redis     = "github.com/redis/go-redis/v9"
	slack     = "github.com/slack-go/slack"
	websocket = "github.com/gorilla/websocket"
)

// layers says what the files of each folder may import, and some of what they may not. "std" is the standard library;
// a path without a dot is one of this module.
var layers = []struct {
	file    string
	allowed []string
	denied  []string
}{
	{
		"scheduler/x.go",
		[]string{"std", cron},
		[]string{"bot", "bot/bottest", "bot/redis", "adapters/console", "cmd/staffroom", redis, goYAML, golangICS, rapid},
	},
	{
		"scheduler/rule/x.go",
		[]string{"std", cron},
		[]string{"scheduler", "scheduler/ical", "bot", "cmd/staffroom", redis, golangICS, rapid},
	},
	{
		"scheduler/ical/x.go",
		[]string{"std", golangICS, "scheduler/rule"},
		[]string{"scheduler", "bot", "cmd/staffroom", redis, cron, rapid},
	},
	{
		"scheduler/x_test.go",
		[]string{"std", cron, "scheduler", rapid},
		[]string{"bot", "bot/bottest", "bot/redis", "adapters/console", redis},
	},
	{
		"bot/x.go",
		[]string{"std"},
		[]string{"scheduler", "bot/locale", "bot/outbox", "bot/redis", "adapters/console", cron, redis, goYAML, i18n, discordgo, slack, rapid},
	},
	{
		"bot/middleware/x.go",
		[]string{"std", "bot"},
		[]string{"scheduler", "bot/locale", "bot/community", "bot/redis", "adapters/console", redis, discordgo},
	},
	{
		"bot/locale/x.go",
		[]string{"std", "bot", i18n, "golang.org/x/text/language"},
		[]string{"scheduler", "bot/outbox", "bot/community", "bot/redis", redis},
	},
	{
		"bot/outbox/x.go",
		[]string{"std", "bot", "scheduler"},
		[]string{"bot/locale", "bot/discussion", "bot/redis", "adapters/console", redis, cron},
	},
	{
		"bot/community/x.go",
		[]string{"std", "bot", "bot/locale", "bot/outbox", "scheduler", "scheduler/rule"},
		[]string{"scheduler/ical", "bot/discussion", "bot/partner", "bot/redis", "bot/bottest", "adapters/console", redis, goYAML, discordgo},
	},
	{
		"bot/discussion/x.go",
		[]string{"std", "bot", "bot/locale", "bot/outbox", "scheduler", "scheduler/rule", goYAML, goYAML + "/ast"},
		[]string{"scheduler/ical", "bot/community", "bot/library", "bot/redis", "bot/bottest", "adapters/slack", redis, i18n, slack},
	},
	{
		"bot/discussion/x_test.go",
		[]string{"std", "bot", "bot/bottest", "bot/redis/redistest", rapid},
		[]string{"bot/community", "adapters/console", redis, miniredis, discordgo},
	},
	{
		"bot/checkin/x.go",
		[]string{"std", "bot", "bot/checkin/picture", "bot/locale", "bot/outbox", "scheduler", "scheduler/rule", goYAML},
		[]string{"scheduler/ical", "bot/community", "bot/discussion", "bot/schedule", "bot/redis", "bot/bottest", "adapters/slack", redis, slack, charts},
	},
	{
		"bot/checkin/picture/x.go",
		[]string{"std", charts},
		[]string{"scheduler", "bot", "bot/checkin", "bot/locale", "bot/redis", "adapters/slack", redis, goYAML, slack, charts + "/chartdraw"},
	},
	{
		"bot/checkin/x_test.go",
		[]string{"std", "bot", "bot/bottest", "bot/locale", "scheduler/rule", rapid},
		[]string{"bot/community", "bot/discussion", "bot/schedule", "adapters/console", "cmd/staffroom"},
	},
	{
		"bot/library/x.go",
		[]string{"std", "bot", "bot/library/feed", "bot/library/index", "bot/grade", "bot/library/link", "bot/library/page", "bot/locale", "bot/outbox", "scheduler", "scheduler/rule"},
		[]string{"scheduler/ical", "bot/community", "bot/discussion", "bot/report", "bot/redis", "bot/bottest", "adapters/slack", redis, bleve, feeds, goquery, slack},
	},
	{
		"bot/library/feed/x.go",
		[]string{"std", feeds},
		[]string{"scheduler", "bot", "bot/library", "bot/redis", redis, bleve, goquery},
	},
	{
		"bot/library/index/x.go",
		[]string{"std", bleve, "github.com/blevesearch/bleve_index_api", "bot/library/link", "golang.org/x/net/publicsuffix"},
		[]string{"scheduler", "bot", "bot/library", "bot/redis", redis, goquery},
	},
	{
		"bot/library/link/x.go",
		[]string{"std", "bot", "golang.org/x/net/idna", "mvdan.cc/xurls/v2"},
		[]string{"scheduler", "bot/library", "bot/redis", redis, bleve, goquery},
	},
	{
		"bot/library/page/x.go",
		[]string{"std", goquery, "golang.org/x/net/html", "golang.org/x/net/html/charset", "golang.org/x/text/language"},
		[]string{"scheduler", "bot", "bot/library", "bot/redis", redis, bleve},
	},
	{
		"bot/library/x_test.go",
		[]string{"std", "bot", "bot/bottest", "bot/redis", "bot/redis/redistest", "scheduler", rapid},
		[]string{"bot/community", "bot/discussion", "bot/report", "adapters/console", "cmd/staffroom"},
	},
	{
		"bot/partner/match/x.go",
		[]string{"std", chess + "/algorithm/blossom"},
		[]string{"scheduler", "bot", "bot/partner", "bot/locale", "bot/redis", chess, chess + "/pairing", redis, rapid},
	},
	{
		"bot/partner/x.go",
		[]string{"std", "bot", "bot/grade", "bot/locale", "bot/outbox", "bot/partner/match", "scheduler", "scheduler/ical", "scheduler/rule"},
		[]string{"bot/checkin", "bot/community", "bot/redis", "bot/schedule", "bot/bottest", chess + "/algorithm/blossom", redis, golangICS},
	},
	{
		"bot/report/x.go",
		[]string{"std", "bot", "bot/outbox"},
		[]string{"bot/checkin", "bot/community", "bot/discussion", "bot/schedule", "bot/redis", "bot/bottest", "adapters/slack", redis, slack},
	},
	{
		"bot/schedule/x.go",
		[]string{"std", "bot", "bot/locale", "bot/outbox", "scheduler", "scheduler/ical", "scheduler/rule"},
		[]string{"bot/community", "bot/discussion", "bot/redis", "bot/bottest", "adapters/console", redis, cron, golangICS, goYAML},
	},
	{
		"bot/schedule/x_test.go",
		[]string{"std", "bot", "bot/bottest", "bot/locale", "scheduler/rule", rapid},
		[]string{"bot/community", "bot/discussion", "adapters/console", redis, golangICS},
	},
	{
		"bot/notyetthere/x.go",
		[]string{"std", "bot"},
		[]string{"bot/community", "bot/discussion", "bot/redis", "scheduler", redis, goYAML},
	},
	{
		"bot/redis/x.go",
		[]string{"std", "bot", "bot/community", "bot/discussion", "bot/outbox", "scheduler", redis},
		[]string{miniredis, flock, "bot/bottest", "adapters/console", "cmd/staffroom", goYAML, discordgo},
	},
	{
		"bot/redis/engine/x.go",
		[]string{"std", "bot", "scheduler", redis, miniredis, flock},
		[]string{"bot/bottest", "adapters/console", goYAML, slack, rapid},
	},
	{
		"bot/redis/redistest/x.go",
		[]string{"std", "bot/bottest", "bot/redis/engine", redis, miniredis, rapid},
		[]string{"adapters/console", discordgo, flock},
	},
	{
		"bot/bottest/x.go",
		[]string{"std", "bot", "scheduler", "bot/locale", rapid},
		[]string{"bot/community", "bot/redis", "adapters/console", redis},
	},
	{
		"adapters/discord/x.go",
		[]string{"std", "bot", discordgo, websocket},
		[]string{"bot/locale", "bot/community", "bot/discussion", "bot/redis", "scheduler", "adapters/slack", "adapters/adaptertest", "bot/bottest", slack, redis},
	},
	{
		"adapters/discord/x_test.go",
		[]string{"std", "bot", "adapters/adaptertest", "bot/bottest", rapid, websocket},
		[]string{"bot/discussion", "bot/redis", "adapters/slack", "adapters/console", slack, redis},
	},
	{
		"adapters/slack/x.go",
		[]string{"std", "bot", slack, slack + "/socketmode", websocket},
		[]string{"bot/discussion", "scheduler", "adapters/console", discordgo, redis},
	},
	{
		"adapters/console/x.go",
		[]string{"std", "bot"},
		[]string{"bot/discussion", "adapters/discord", "scheduler", discordgo, slack, websocket, redis},
	},
	{
		"adapters/adaptertest/x.go",
		[]string{"std", "bot", "bot/bottest", rapid},
		[]string{"bot/discussion", "bot/redis", "adapters/console", discordgo, redis},
	},
	{
		"adapters/notyetthere/x.go",
		[]string{"std", "bot"},
		[]string{"scheduler", "adapters/console", "bot/discussion", discordgo, redis},
	},
	{
		"cmd/staffroom/x.go",
		[]string{"std", "bot", "bot/community", "bot/discussion", "bot/redis", "scheduler", "scheduler/rule", "scheduler/ical", "adapters/console", "adapters/discord", "adapters/slack", goYAML},
		[]string{golangICS, redis, miniredis, discordgo, slack, "bot/bottest", "adapters/adaptertest"},
	},
	{
		"docs/examples/toy/x.go",
		[]string{"std", "bot", "bot/locale"},
		[]string{redis, discordgo, slack, "adapters/console", "adapters/adaptertest"},
	},
}

// TestLayers asks depguard itself, with the rules of the configuration, about single files. There need be no such file.
func TestLayers(t *testing.T) {
	// Some parent folders are named like ours: rules must not depend on where the repository lies.
	for _, base := range []string{"/src", "/bot/redis", "/adapters/cmd/scheduler"} {
		guard := analyzer(t, base)
		for _, layer := range layers {
			for _, path := range layer.allowed {
				for _, message := range check(t, guard, base+"/"+layer.file, path) {
					t.Errorf("%s/%s may import %s, but: %s", base, layer.file, path, message)
				}
			}
			for _, path := range layer.denied {
				if check(t, guard, base+"/"+layer.file, path) == nil {
					t.Errorf("%s/%s may not import %s, but nothing was said", base, layer.file, path)
				}
			}
		}
	}
}

// TestLinter lets the linter as it is run for every change find one forbidden import in a small module.
func TestLinter(t *testing.T) {
	dir := t.TempDir()
	rules, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		".golangci.yml":          string(rules),
		"go.mod":                 "module " + strings.TrimSuffix(module, "/") + "\n\ngo 1.26\n",
		"bot/bot.go":             "// Package bot is the core.\npackage bot\n",
		"scheduler/scheduler.go": "// Package scheduler is forbidden to know the core.\npackage scheduler\n\nimport _ \"" + module + "bot\"\n",
		"scheduler/clock.go":     "package scheduler\n\nimport \"time\"\n\nvar _ = time.Now\n",
		"cmd/x/main.go":          "// Command x wires.\npackage main\n\nimport (\n\t\"time\"\n\n\t_ \"" + module + "bot\"\n)\n\nfunc main() { _ = time.Now() }\n",
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	linter, err := exec.Command("go", "tool", "-n", "golangci-lint").Output()
	if err != nil {
		t.Fatal(err)
	}
	run := exec.Command(strings.TrimSpace(string(linter)), "run", "--enable-only=depguard,forbidigo", "--output.text.path=stdout", "--output.text.colors=false", "--output.text.print-issued-lines=false", "./...")
	run.Dir = dir
	run.Env = append(os.Environ(), "GOLANGCI_LINT_CACHE="+t.TempDir())
	out, err := run.Output()
	if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) || exit.ExitCode() != 1 {
		t.Fatalf("the linter ended with %v, want exit status 1:\n%s", err, out)
	}
	for _, want := range []string{
		"scheduler/scheduler.go:4:8: import '" + module + "bot' is not allowed from list 'scheduler' (depguard)",
		"scheduler/clock.go:5:9: use of `time.Now` forbidden because \"the clock is injected\" (forbidigo)",
	} {
		if !strings.Contains(string(out), want) {
			t.Errorf("the linter did not say:\n%s\nbut:\n%s", want, out)
		}
	}
	if strings.Contains(string(out), "cmd/") {
		t.Errorf("the linter complained about cmd:\n%s", out)
	}
}

// analyzer is depguard with the configuration's rules, for a repository in the folder base.
func analyzer(t *testing.T, base string) *analysis.Analyzer {
	t.Helper()
	var file struct {
		Linters struct {
			Settings struct {
				Depguard struct {
					Rules map[string]struct {
						ListMode string   `yaml:"list-mode"`
						Files    []string `yaml:"files"`
						Allow    []string `yaml:"allow"`
						Deny     []struct{ Pkg, Desc string }
					}
				}
			}
		}
	}
	data, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	settings := depguard.LinterSettings{}
	for name, rule := range file.Linters.Settings.Depguard.Rules {
		list := &depguard.List{ListMode: rule.ListMode, Allow: rule.Allow, Deny: map[string]string{}}
		for _, glob := range rule.Files {
			list.Files = append(list.Files, strings.ReplaceAll(glob, "${base-path}", base))
		}
		for _, deny := range rule.Deny {
			list.Deny[deny.Pkg] = deny.Desc
		}
		settings[name] = list
	}
	if len(settings) == 0 {
		t.Fatal("the configuration has no rules for depguard")
	}
	guard, err := depguard.NewAnalyzer(&settings)
	if err != nil {
		t.Fatal(err)
	}
	return guard
}

// check returns what depguard says of a file with one import.
func check(t *testing.T, guard *analysis.Analyzer, file, path string) []string {
	t.Helper()
	switch {
	case path == "std":
		path = "log/slog"
	case !strings.Contains(path, "."):
		path = module + path
	}
	fset := token.NewFileSet()
	parsed, err := parser.ParseFile(fset, file, "package x\n\nimport _ \""+path+"\"\n", parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	var messages []string
	_, err = guard.Run(&analysis.Pass{
		Analyzer: guard,
		Fset:     fset,
		Files:    []*ast.File{parsed},
		Report:   func(d analysis.Diagnostic) { messages = append(messages, d.Message) },
	})
	if err != nil {
		t.Fatal(err)
	}
	return messages
}
