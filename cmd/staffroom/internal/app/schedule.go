package app

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/staffroom-bot/staffroom/scheduler/ical"
	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

type scheduleCommand struct {
	Preview previewCommand `cmd:"" help:"Show when a rule applies next, clock changes and holidays included."`
}

type previewCommand struct {
	Rule     string `arg:"" help:"The rule, such as \"every tuesday at 8pm\", \"cada martes a las 20:00\" or \"0 20 * * 2\"."`
	Zone     string `help:"IANA time zone whose clocks count, such as America/New_York." required:"" placeholder:"ZONE"`
	From     string `help:"Where to begin: a date, a local time such as 2026-03-08T19:55, or a time with its offset. Otherwise now." placeholder:"TIME"`
	Count    int    `help:"How many to show, up to 10000; what is skipped does not count." default:"10"`
	Holidays string `help:"Holidays: an iCalendar file, or lines such as \"2026-12-24..2027-01-06 Winter break\"." type:"existingfile" placeholder:"FILE"`
	JSON     bool   `help:"One JSON object a line."`
}

// maxSkipped is how much of what is skipped is shown at most: a rule may have
// nothing but holidays ahead.
const maxSkipped = 1000

// Run prints one occurrence a line.
func (c *previewCommand) Run(a *App) error {
	if c.Count < 1 || c.Count > 10_000 {
		return fmt.Errorf("--count: expected 1 to 10000, got %d", c.Count)
	}
	loc, err := time.LoadLocation(c.Zone)
	if err != nil || c.Zone == "" || c.Zone == "Local" {
		return fmt.Errorf("--zone: expected an IANA zone such as America/New_York, got %q", c.Zone)
	}
	from, err := c.from(loc)
	if err != nil {
		return err
	}
	r, err := rule.Parse(c.Rule)
	if err != nil {
		return ruleError(err)
	}
	in := rule.Place{Zone: loc}
	if c.Holidays != "" {
		if in.Calendar, err = c.holidays(a.Err, in, rule.DateOf(from.In(loc))); err != nil {
			return err
		}
		if r.OnHoliday == rule.Ignore {
			_, _ = fmt.Fprintln(a.Err, "the rule does not heed holidays: say \"except holidays\" or \"or the next working day\" in it")
		}
	}
	return c.print(a.Out, r.Anchored(from.Add(-1), loc), in, from)
}

// print prints what occurs at from and later.
func (c *previewCommand) print(w io.Writer, r rule.Rule, in rule.Place, from time.Time) error {
	table := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	shown, skipped := 0, 0
	before := from
	for o := range r.After(from.Add(-1), in) {
		if err := c.line(table, o, in.Zone, before); err != nil {
			return err
		}
		if before = o.At; o.Skipped {
			skipped++
		} else {
			shown++
		}
		if shown == c.Count || skipped == maxSkipped {
			break
		}
	}
	if shown < c.Count && !c.JSON {
		end := "nothing more within five years"
		if skipped == maxSkipped {
			end = "nothing but holidays: not looked further"
		}
		if _, err := fmt.Fprintln(table, end); err != nil {
			return err
		}
	}
	return table.Flush()
}

// line prints an occurrence; before is the one before it, or the begin.
func (c *previewCommand) line(w io.Writer, o rule.Occurrence, loc *time.Location, before time.Time) error {
	local := o.At.In(loc)
	_, offset := local.Zone()
	_, offsetBefore := before.In(loc).Zone()
	moved := time.Duration(offset-offsetBefore) * time.Second
	if c.JSON {
		return json.NewEncoder(w).Encode(previewLine{
			Local: local.Format(time.RFC3339), UTC: o.At.Format(time.RFC3339), Rule: wallText(o.Wall),
			Note: o.Note, ClocksMoved: movedText(moved),
			Skipped: o.Skipped, Holiday: o.Holiday, Instead: wallText(o.Instead), StandsFor: wallText(o.StandsFor),
		})
	}
	columns := []string{local.Format("Mon 2006-01-02 15:04 MST"), o.At.Format(time.RFC3339)}
	if notes := notes(o, moved); notes != "" {
		columns = append(columns, notes)
	}
	_, err := fmt.Fprintln(w, strings.Join(columns, "\t"))
	return err
}

// previewLine is an occurrence in JSON. Rule, Instead and StandsFor are
// wall-clock times.
type previewLine struct {
	Local       string    `json:"local"`
	UTC         string    `json:"utc"`
	Rule        string    `json:"rule"` // the time that the rule names
	Note        rule.Note `json:"note,omitempty"`
	ClocksMoved string    `json:"clocks_moved,omitempty"` // since the occurrence before
	Skipped     bool      `json:"skipped,omitempty"`
	Holiday     string    `json:"holiday,omitempty"`
	Instead     string    `json:"instead,omitempty"`
	StandsFor   string    `json:"stands_for,omitempty"`
}

func wallText(wall time.Time) string {
	if wall.IsZero() {
		return ""
	}
	return wall.Format("2006-01-02T15:04")
}

func movedText(d time.Duration) string {
	switch text := strings.TrimSuffix(strings.TrimSuffix(d.String(), "0s"), "0m"); {
	case d > 0:
		return "+" + text
	case d < 0:
		return text
	default:
		return ""
	}
}

// notes says in words what there is to say of an occurrence.
func notes(o rule.Occurrence, moved time.Duration) string {
	const day = "Mon 2006-01-02 15:04"
	var said []string
	name := o.Holiday
	if name == "" {
		name = "a holiday"
	}
	switch {
	case o.Skipped && !o.Instead.IsZero():
		said = append(said, fmt.Sprintf("skipped: %s, moved to %s", name, o.Instead.Format(day)))
	case o.Skipped:
		said = append(said, "skipped: "+name)
	case !o.StandsFor.IsZero():
		said = append(said, fmt.Sprintf("for %s: %s", o.StandsFor.Format(day), name))
	}
	switch {
	case o.Note == rule.AfterGap:
		said = append(said, fmt.Sprintf("clocks skip %s: right after", o.Wall.Format("15:04")))
	case o.Note == rule.FirstOfTwo:
		said = append(said, fmt.Sprintf("clocks show %s twice: the first time", o.Wall.Format("15:04")))
	case moved != 0:
		said = append(said, "clocks have moved by "+movedText(moved))
	}
	return strings.Join(said, "; ")
}

// from reads --from.
func (c *previewCommand) from(loc *time.Location) (time.Time, error) {
	if c.From == "" {
		return time.Now(), nil
	}
	if at, err := time.Parse(time.RFC3339, c.From); err == nil {
		return at, nil
	}
	text := strings.Replace(c.From, " ", "T", 1)
	for _, layout := range []string{"2006-01-02", "2006-01-02T15:04", "2006-01-02T15:04:05"} {
		if wall, err := time.Parse(layout, text); err == nil {
			at, _ := rule.Instant(wall, loc)
			return at, nil
		}
	}
	return time.Time{}, fmt.Errorf("--from: expected a date, or a time such as 2026-03-08T19:55 or 2026-03-09T00:55:00Z, got %q", c.From)
}

// holidays reads the file, whichever of the two it is.
func (c *previewCommand) holidays(w io.Writer, in rule.Place, from rule.Date) (rule.Calendar, error) {
	data, err := readUpTo(c.Holidays, ical.MaxBytes)
	if err != nil {
		return nil, err
	}
	if !strings.HasSuffix(strings.ToLower(c.Holidays), ".ics") && !bytes.HasPrefix(bytes.TrimSpace(data), []byte("BEGIN:VCALENDAR")) {
		list, err := rule.ParseHolidays(string(data))
		if err != nil {
			return nil, fmt.Errorf("%s:\n%w", c.Holidays, holidaysError(err))
		}
		return list, nil
	}
	calendar, err := ical.Parse(data, ical.Options{Zone: in.Zone, From: from - 2*366, Until: from + 7*366})
	switch {
	case errors.Is(err, ical.ErrNotCalendar):
		return nil, fmt.Errorf("%s: this is no iCalendar file", c.Holidays)
	case err != nil:
		return nil, fmt.Errorf("%s: the calendar is too large", c.Holidays)
	case calendar.LeftOut == 1:
		_, _ = fmt.Fprintf(w, "%s: 1 event was left out, or its repetition: it cannot be read\n", c.Holidays)
	case calendar.LeftOut > 1:
		_, _ = fmt.Fprintf(w, "%s: %d events were left out, or their repetition: they cannot be read\n", c.Holidays, calendar.LeftOut)
	}
	return rule.NewHolidayList(calendar.Holidays), nil
}

// readUpTo reads a file, and no more than a byte beyond most of it.
func readUpTo(path string, most int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return io.ReadAll(io.LimitReader(f, most+1))
}

// ruleError says what is wrong with a rule, and what to write instead.
func ruleError(err error) error {
	var e *rule.Error
	if !errors.As(err, &e) {
		return err
	}
	return fmt.Errorf("the rule: %s\nThe nearest that is understood: %s\nOthers:\n  %s",
		problemText(e.Problem, e), e.Nearest, strings.Join(e.Examples, "\n  "))
}

// holidaysError says what is wrong with each line.
func holidaysError(err error) error {
	var e *rule.HolidaysError
	if !errors.As(err, &e) {
		return err
	}
	var lines []string
	for _, p := range e.Problems {
		text := problemText(p.Problem, nil)
		if p.Problem == rule.NoDay {
			text = "no date that is understood"
		}
		lines = append(lines, fmt.Sprintf("line %d: %s", p.Line, text))
	}
	return fmt.Errorf("%s\nExpected lines such as: 2026-12-24..2027-01-06 Winter break", strings.Join(lines, "\n"))
}

func problemText(p rule.Problem, e *rule.Error) string {
	switch p {
	case rule.NoDay:
		return "it says no day"
	case rule.NoTime:
		return "it says no time of day"
	case rule.NoSuchTime:
		return "there is no such time of day"
	case rule.NoSuchDate:
		return "there is no such date"
	case rule.Ambiguous:
		return "it can be understood in two ways"
	case rule.TooLong:
		return "too long"
	case rule.CronField:
		field := [...]string{"minute", "hour", "day of the month", "month", "day of the week"}[e.Field-1]
		return fmt.Sprintf("the %s is not understood; it goes from %d to %d", field, e.First, e.Last)
	case rule.CronFields:
		return "a cron expression has five fields: minute, hour, day of the month, month, day of the week"
	case rule.CronDescriptor:
		return "expected @hourly, @daily, @weekly, @monthly or @yearly"
	case rule.ZoneInCron:
		return "the zone has a place of its own, --zone"
	case rule.EndsBeforeBegin:
		return "the last day is before the first"
	case rule.TooManyDays:
		return "more than a year"
	default:
		return "not understood"
	}
}
