package discussion

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// chatRow is one message of a recorded chat.
type chatRow struct {
	second                   int
	author, id, thread, text string
}

// goldRow is what a person says the message is.
type goldRow struct {
	kind     string // answer, reply, other, notice
	question int    // 0: none
}

// sharedFile finds a file of the folder that projects share.
func sharedFile(t *testing.T, name string) string {
	t.Helper()
	dir := os.Getenv("STAFFROOM_SHARED")
	if dir == "" {
		t.Skip("STAFFROOM_SHARED is not set: no recorded chats to replay")
	}
	return filepath.Join(dir, "data", name)
}

func readCSV(t *testing.T, name string) [][]string {
	t.Helper()
	data, err := os.ReadFile(sharedFile(t, name))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

func readChat(t *testing.T, name string) (Script, []chatRow, map[string]goldRow) {
	t.Helper()
	data, err := os.ReadFile(sharedFile(t, name+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	script, err := ParseScript(data)
	if err != nil {
		t.Fatal(err)
	}
	var rows []chatRow
	for _, r := range readCSV(t, name+".csv") {
		second, err := strconv.Atoi(r[0])
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, chatRow{second: second, author: r[1], id: r[2], thread: r[3], text: r[4]})
	}
	gold := map[string]goldRow{}
	for _, r := range readCSV(t, name+".gold.csv") {
		q, _ := strconv.Atoi(r[2])
		gold[r[0]] = goldRow{kind: r[1], question: q}
	}
	return script, rows, gold
}

// replay files the messages one by one, each knowing only those before it.
func replay(script Script, rows []chatRow) map[string]Verdict {
	type filedRow struct {
		author  string
		verdict Verdict
	}
	filed := map[string]filedRow{}
	last := map[string]chatRow{}
	verdicts := map[string]Verdict{}
	for _, r := range rows {
		c := Context{Questions: len(script.Questions), Host: slices.Contains(script.Hosts, r.author)}
		for _, q := range script.Questions {
			if q.At <= time.Duration(r.second)*time.Second {
				c.Asked++
			}
		}
		if number, ok := strings.CutPrefix(r.thread, "q"); ok {
			n, _ := strconv.Atoi(number)
			c.Parent = &Parent{Question: n}
		} else if r.thread != "" {
			p := filed[r.thread]
			c.Parent = &Parent{Kind: p.verdict.Kind, Questions: p.verdict.Questions, SameAuthor: p.author == r.author}
		}
		if l, ok := last[r.author]; ok {
			v := verdicts[l.id]
			c.Last = &Last{Kind: v.Kind, Questions: v.Questions, Ago: time.Duration(r.second-l.second) * time.Second}
		}
		v := Recognise(r.text, c)
		filed[r.id] = filedRow{author: r.author, verdict: v}
		last[r.author], verdicts[r.id] = r, v
	}
	return verdicts
}

// score counts (message, question) pairs.
type score struct{ right, wrong, missed int }

func (s score) precision() float64 { return float64(s.right) / float64(max(1, s.right+s.wrong)) }
func (s score) recall() float64    { return float64(s.right) / float64(max(1, s.right+s.missed)) }

func (s score) String() string {
	return fmt.Sprintf("precision %.3f, recall %.3f (right %d, wrong %d, missed %d)", s.precision(), s.recall(), s.right, s.wrong, s.missed)
}

// looksLabelled finds anything like a label, far more loosely than findLabels, so
// that the measure does not depend on what it measures.
var looksLabelled = regexp.MustCompile(`(?i)(^|[^\pL\pN])([aqrps] ?#?\d{1,2}|f[qa]\b|final [qa]\b|a!|\d[aq]\b|#\d)`)

func measure(rows []chatRow, gold map[string]goldRow, verdicts map[string]Verdict, in func(chatRow, Verdict) bool) (s score, misfiled []string) {
	for _, r := range rows {
		v, g := verdicts[r.id], gold[r.id]
		if !in(r, v) {
			continue
		}
		found := false
		if v.Kind == Answer {
			for _, q := range v.Questions {
				if g.kind == "answer" && g.question == q {
					found = true
					s.right++
				} else {
					s.wrong++
					misfiled = append(misfiled, fmt.Sprintf("%s:%s %d filed as answer %d (%s)", r.id, g.kind, g.question, q, v.Reason))
				}
			}
		}
		if g.kind == "answer" && !found {
			s.missed++
			misfiled = append(misfiled, fmt.Sprintf("%s:answer %d filed as %s %v (%s)", r.id, g.question, v.Kind, v.Questions, v.Reason))
		}
	}
	return s, misfiled
}

// TestRecordedChats replays real chats and measures against what a person says
// each message is.
func TestRecordedChats(t *testing.T) {
	for _, name := range []string{"ngsschat-2021-03-18", "ngsschat-2021-05-20"} {
		t.Run(name, func(t *testing.T) {
			script, rows, gold := readChat(t, name)
			verdicts := replay(script, rows)

			marked, _ := measure(rows, gold, verdicts, func(r chatRow, _ Verdict) bool {
				return r.thread != "" || looksLabelled.MatchString(r.text)
			})
			all, misfiled := measure(rows, gold, verdicts, func(chatRow, Verdict) bool { return true })
			replies, repliesRight := 0, 0
			for _, r := range rows {
				if g := gold[r.id]; g.kind == "reply" && r.thread != "" {
					replies++
					v := verdicts[r.id]
					if v.Kind == Reply && (g.question == 0 && len(v.Questions) == 0 || slices.Contains(v.Questions, g.question)) {
						repliesRight++
					} else {
						misfiled = append(misfiled, fmt.Sprintf("%s:reply %d filed as %s %v (%s)", r.id, g.question, v.Kind, v.Questions, v.Reason))
					}
				}
			}
			t.Logf("%d messages", len(rows))
			t.Logf("labelled, threaded or replying: %v", marked)
			t.Logf("all answers: %v", all)
			t.Logf("replies, with their question: %d of %d", repliesRight, replies)
			for _, m := range misfiled {
				t.Log("misfiled ", m)
			}
			if marked.precision() < 0.97 || marked.recall() < 0.97 {
				t.Errorf("labelled, threaded or replying: %v; want at least 0.97 each", marked)
			}
			if all.precision() < 0.95 || all.recall() < 0.93 {
				t.Errorf("all answers: %v; want at least 0.95 and 0.93", all)
			}
		})
	}
}
