package app

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/cmd/staffroom/internal/config"
)

type checkCommand struct {
	Config string `help:"Configuration file." type:"path" placeholder:"FILE"`
	JSON   bool   `name:"json" help:"Print JSON, for programs."`
}

// Run looks at everything that running needs and says how it stands. It fails if
// something must be mended.
func (c *checkCommand) Run(ctx context.Context, a *App) error {
	i := newInspection()
	defer i.end()
	findings := i.inspect(ctx, c.Config, a.Env)
	wrong := 0
	for _, f := range findings {
		if !f.OK {
			wrong++
		}
	}
	var err error
	if c.JSON {
		err = a.printJSON(struct {
			OK       bool      `json:"ok"`
			Findings []finding `json:"findings"`
		}{wrong == 0, findings})
	} else {
		err = printFindings(a.Out, findings)
	}
	switch {
	case err != nil:
		return err
	case wrong == 1:
		return fmt.Errorf("1 of %d things must be mended", len(findings))
	case wrong > 1:
		return fmt.Errorf("%d of %d things must be mended", wrong, len(findings))
	}
	return nil
}

// finding is one thing that was looked at, and how it stands.
type finding struct {
	About string `json:"about"` // a setting, a connection's name, or "clock"
	OK    bool   `json:"ok"`
	What  string `json:"what"`           // in plain words, without any secret
	Mend  string `json:"mend,omitempty"` // if not OK: what to do, with the page that leads through it
}

func good(about, what string) finding      { return finding{About: about, OK: true, What: what} }
func bad(about, what, mend string) finding { return finding{About: about, What: what, Mend: mend} }

// printFindings writes one line for each.
func printFindings(w io.Writer, findings []finding) error {
	var out strings.Builder
	for _, f := range findings {
		verdict, line := "OK   ", f.About+": "+f.What
		if !f.OK {
			verdict, line = "MEND ", line+" -> "+f.Mend
		}
		// What a platform or a server calls itself may have several lines.
		out.WriteString(verdict + " " + strings.Join(strings.Fields(line), " ") + "\n")
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// Where the documentation says what to do.
const (
	pageOfConfig  = "config.example.yaml"
	pageOfCheck   = "docs/operating.md#look-before-you-start"
	pageOfData    = "docs/operating.md#where-the-data-is"
	pageOfSlack   = "docs/slack.md#over-http-without-socket-mode"
	pageOfDiscord = "docs/discord.md#interactions-over-http"
	pageOfStart   = "README.md#use-it-for-real"
)

// inspection looks at what running needs.
type inspection struct {
	transport http.RoundTripper // of every call to a platform and to the public address
	end       func()            // lets go of its connections
	within    time.Duration     // for each part of the inspection
	now       func() time.Time
	clocks    clocks
}

func newInspection() *inspection {
	t := http.DefaultTransport.(*http.Transport).Clone()
	return &inspection{transport: t, end: t.CloseIdleConnections, within: 10 * time.Second, now: time.Now}
}

// inspect looks at everything at once and gives the findings in a fixed order.
func (i *inspection) inspect(ctx context.Context, path string, env func(string) (string, bool)) []finding {
	cfg, warnings, err := config.Load(path, env)
	findings := configured(path, cfg, warnings, err)
	if err != nil {
		return findings
	}
	parts := []func(context.Context) []finding{
		func(ctx context.Context) []finding { return i.data(ctx, cfg.Redis) },
		func(ctx context.Context) []finding { return i.operatorsPage(ctx, cfg.HTTP.Listen) },
		func(ctx context.Context) []finding { return i.publicAddress(ctx, cfg) },
	}
	for _, c := range connectionChecks(cfg, i) {
		parts = append(parts, c.inspect)
	}
	found := make([][]finding, len(parts))
	var all sync.WaitGroup
	for n, look := range parts {
		all.Go(func() {
			ctx, cancel := context.WithTimeout(ctx, i.within)
			defer cancel()
			found[n] = look(ctx)
		})
	}
	all.Wait()
	for _, f := range found {
		findings = append(findings, f...)
	}
	return append(findings, i.clocks.findings()...)
}

// configured says how the configuration at a path stands.
func configured(path string, cfg config.Config, warnings []config.Warning, err error) []finding {
	const about = "configuration"
	var findings []finding
	if err != nil {
		for problem := range strings.Lines(err.Error()) {
			findings = append(findings, bad(about, strings.TrimSpace(problem), "Every setting is explained in "+pageOfConfig))
		}
	}
	for _, w := range warnings {
		findings = append(findings, bad(about, string(w), "See "+pageOfConfig))
	}
	switch {
	case err != nil:
	case noConfiguration(path) != "":
		findings = append(findings, bad(about, noConfiguration(path), makeConfiguration+"; see "+pageOfStart))
	case len(cfg.Discord)+len(cfg.Slack) == 0:
		findings = append(findings, bad(about, "no connection: there is nothing under discord: and slack:, so nobody can talk to the bot",
			"Connect a platform, see "+pageOfStart))
	case len(findings) == 0:
		findings = append(findings, good(about, fmt.Sprintf("can be read, connections: %d", len(cfg.Discord)+len(cfg.Slack))))
	}
	return findings
}

// ofConnection says what an adapter found out about its connection.
func ofConnection(name string, all []bot.Finding) []finding {
	findings := make([]finding, len(all))
	for n, f := range all {
		findings[n] = finding{About: name, OK: f.OK, What: f.What, Mend: f.Mend}
	}
	return findings
}
