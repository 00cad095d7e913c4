package discussion

import (
	"fmt"
	"strings"
	"time"
)

// Limits of a script. Text is counted in characters (code points).
const (
	maxScriptBytes = 256 << 10 // far above 50 long questions; bounds what an upload costs
	maxTitle       = 150       // fits a Slack header: https://docs.slack.dev/reference/block-kit/blocks/header-block
	maxText        = 1500      // leaves room for label and hint in a Discord message (2,000): https://docs.discord.com/developers/resources/message
	maxTag         = 50
	maxHosts       = 20
	maxHostName    = 80   // a Slack display name: https://docs.slack.dev/reference/methods/users.profile.set
	maxImageURL    = 2000 // Discord embeds take 2,048, Slack image blocks 3,000
	maxQuestions   = 50
	minLength      = time.Minute
	maxLength      = 24 * time.Hour
)

// The default clock: an hour of introductions, six questions and a closing.
const (
	defaultIntroductions = 7 * time.Minute
	defaultGap           = 8 * time.Minute
	defaultClosing       = 5 * time.Minute
)

// Pace says what moves a discussion from one question to the next.
type Pace string

// The paces. PaceClock is the one of a script that says nothing.
const (
	PaceClock Pace = "clock" // each question at its time
	PaceHand  Pace = "hand"  // each question when a host says so
	PaceSlow  Pace = "slow"  // one or more questions a day, over days
)

// maxPerDay is how many questions a slow discussion asks a day at most.
const maxPerDay = 4

// Script is what a host prepares: who, when, and what is asked. It comes from
// ParseScript or ScriptDraft.Script, both of which check it, and survives
// encoding/json unchanged.
type Script struct {
	Title string
	Tag   string // with its #, or empty
	Hosts []string

	// Start is the instant the doors open, in UTC; Zone is the IANA zone it was
	// written in. A local time that a spring change of clocks leaves out opens
	// the doors right after the gap, and StartMoved is then true; one that an
	// autumn change repeats means the first of the two.
	Start      time.Time
	Zone       string
	StartMoved bool

	// Introductions and Length are counted from Start, in whole seconds. The
	// doors close at Length.
	Introductions time.Duration
	Length        time.Duration

	Welcome   string // posted at Start; may be empty
	Close     string // posted at the end; may be empty
	Questions []Question
	Pace      Pace
	PerDay    int `json:",omitempty"` // of PaceSlow: so many questions a day

	Threads bool `json:",omitempty"` // a thread opens under each question, for its answers
}

// Question is one question of a script.
type Question struct {
	Text  string
	Image string // an https URL, or empty
	Note  string // for the host's eyes only

	// At is counted from the script's Start, in whole seconds, and later than
	// the previous question's.
	At time.Duration
}

// ScriptDraft is a script as a host typed it, in a file or in a form: nothing is
// checked yet, and an empty field is one that was left out.
type ScriptDraft struct {
	Title, Tag     string
	Hosts          []string
	Start, Zone    string // local time such as 2021-03-18T21:07, IANA zone
	Introductions  string // a length of time such as 8m or 1h5m
	Length         string
	Welcome, Close string
	Questions      []QuestionDraft
	Pace           string
	PerDay         string // a number; empty: 1 where the pace is slow
	Threads        string // true or false
}

// QuestionDraft is one question of a ScriptDraft.
type QuestionDraft struct {
	Text, Image, Note string
	At                string // counted from the start: 8m, 1h5m; empty: spaced evenly
}

// Problem is one thing to mend in a script.
type Problem struct {
	Line     int    // in the file, from 1; 0 if the script did not come from a file
	Field    string // such as questions[2].at; counted from 0; empty if it is no one field
	Expected string // what is expected there, and what was found
}

// String gives the problem as one line for the host.
func (p Problem) String() string {
	var where string
	switch {
	case p.Line > 0 && p.Field != "":
		where = fmt.Sprintf("line %d, %s: ", p.Line, p.Field)
	case p.Line > 0:
		where = fmt.Sprintf("line %d: ", p.Line)
	case p.Field != "":
		where = p.Field + ": "
	}
	return where + p.Expected
}

// ScriptError lists everything that is wrong with a script, in the order of the
// file. It quotes what the host wrote: show it to the host, keep it out of logs.
type ScriptError struct{ Problems []Problem }

// shownProblems is as many as a person mends in one go.
const shownProblems = 20

// Error gives one problem a line.
func (e *ScriptError) Error() string {
	var b strings.Builder
	for i, p := range e.Problems {
		if i == shownProblems {
			fmt.Fprintf(&b, "\nand %d more", len(e.Problems)-i)
			break
		}
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(p.String())
	}
	return b.String()
}

// quoted gives what the host wrote for an error: short, on one line, printable.
func quoted(s string) string {
	const most = 40
	var b strings.Builder
	n := 0
	for _, r := range s {
		if n++; n > most {
			b.WriteRune('…')
			break
		}
		if isControl(r) || r == '\n' || r == '\t' {
			r = ' '
		}
		b.WriteRune(r)
	}
	return "'" + b.String() + "'"
}

// shortDuration writes 1h5m where Duration.String writes 1h5m0s.
func shortDuration(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
