package discussion

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// chat is a chat with what a person says each message is.
type chat struct {
	name   string
	script Script
	rows   []chatRow
	gold   map[string]goldRow
}

// chatRow is one message of a chat.
type chatRow struct {
	second           int
	author, id, text string
	thread           string // the message replied to, or q3 for a question; may be empty
}

// goldRow is what a person says the message is.
type goldRow struct {
	kind      string // answer, reply, other, notice
	questions []int
}

// madeUpChats are those of testdata/recognition.
func madeUpChats(t *testing.T) []chat {
	t.Helper()
	files, err := filepath.Glob("testdata/recognition/*.chat")
	if err != nil || len(files) == 0 {
		t.Fatal("no chats", err)
	}
	var chats []chat
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		c := chat{name: strings.TrimSuffix(filepath.Base(file), ".chat"), gold: map[string]goldRow{}}
		script, messages, _ := strings.Cut(string(data), "\n---\n")
		if c.script, err = ParseScript([]byte(script)); err != nil {
			t.Fatal(file, err)
		}
		for line := range strings.Lines(messages) {
			row, gold, err := readMadeUp(strings.TrimSuffix(line, "\n"))
			if err != nil {
				t.Fatal(file, err)
			}
			c.rows = append(c.rows, row)
			c.gold[row.id] = gold
		}
		chats = append(chats, c)
	}
	return chats
}

// readMadeUp reads a line as testdata/recognition/README.md describes it.
func readMadeUp(line string) (row chatRow, gold goldRow, err error) {
	const columns = 6
	f := strings.SplitN(line, "|", columns)
	if len(f) != columns {
		return row, gold, fmt.Errorf("not %d columns: %q", columns, line)
	}
	for i := range f {
		f[i] = strings.TrimSpace(f[i])
	}
	row = chatRow{author: f[1], id: f[2], thread: f[3], text: strings.ReplaceAll(f[5], `\n`, "\n")}
	if row.second, err = strconv.Atoi(f[0]); err != nil {
		return row, gold, err
	}
	for _, word := range strings.Fields(f[4]) {
		number, answers := strings.CutPrefix(word, "A")
		n, err := strconv.Atoi(number)
		switch {
		case err == nil:
			gold.questions = append(gold.questions, n)
			if answers {
				gold.kind = "answer"
			}
		case word == "reply" || word == "other":
			gold.kind = word
		default:
			return row, gold, fmt.Errorf("%q in %q", word, line)
		}
	}
	return row, gold, nil
}

// recordedChats are the real ones in the folder that projects share.
func recordedChats(t *testing.T) []chat {
	t.Helper()
	dir := os.Getenv("STAFFROOM_SHARED")
	if dir == "" {
		t.Skip("STAFFROOM_SHARED is not set: no recorded chats to replay")
	}
	files, err := filepath.Glob(filepath.Join(dir, "data", "*.gold.csv"))
	if err != nil || len(files) == 0 {
		t.Fatal("no chats", err)
	}
	var chats []chat
	for _, file := range files {
		stem := strings.TrimSuffix(file, ".gold.csv")
		c := chat{name: filepath.Base(stem), gold: map[string]goldRow{}}
		data, err := os.ReadFile(stem + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		if c.script, err = ParseScript(data); err != nil {
			t.Fatal(err)
		}
		for _, r := range readCSV(t, stem+".csv") {
			second, err := strconv.Atoi(r[0])
			if err != nil {
				t.Fatal(err)
			}
			c.rows = append(c.rows, chatRow{second: second, author: r[1], id: r[2], thread: r[3], text: r[4]})
		}
		for _, r := range readCSV(t, file) {
			g := c.gold[r[0]]
			g.kind = r[1]
			if n, err := strconv.Atoi(r[2]); err == nil {
				g.questions = append(g.questions, n)
			}
			c.gold[r[0]] = g
		}
		chats = append(chats, c)
	}
	return chats
}

func readCSV(t *testing.T, file string) [][]string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

// replay files the messages one by one, each knowing only those before it, by the
// same ledger as a chat that runs.
func (c chat) replay() map[string]Entry {
	_, filed, _ := c.play()
	return filed
}

// play also gives the ledger at the end, and what was heard.
func (c chat) play() (*ledger, map[string]Entry, []*bot.Event) {
	start := c.script.Start
	d := Discussion{
		ID: "d", Version: 1, Script: c.script, State: Open, Opened: start,
		Channel: bot.Channel{Space: bot.SpaceID{Connection: "test", ID: "s"}, ID: "c"},
	}
	for _, host := range c.script.Hosts {
		d.Hosts = append(d.Hosts, bot.MemberID(host))
	}
	l := newLedger()
	posts := map[string]bot.DeliveryKey{}
	for n := range c.script.Questions {
		posts["post-"+questionName(n+1)] = postKey(d.ID, questionName(n+1), 0)
	}
	l.update(Live{Discussion: d, Sent: []map[string]bot.DeliveryKey{posts}}, 0)

	filed := map[string]Entry{}
	var heard []*bot.Event
	for i, r := range c.rows {
		at := start.Add(time.Duration(r.second) * time.Second)
		for d.Asked < len(c.script.Questions) && !at.Before(start.Add(c.script.Questions[d.Asked].At)) {
			d.State = Asking
			d.AskedAt = append(slices.Clone(d.AskedAt), start.Add(c.script.Questions[d.Asked].At))
			d.Asked++
			d.Version++
			l.moved(&d)
		}
		ev := &bot.Event{
			Kind: bot.MessagePosted, Message: bot.MessageRef{Channel: d.Channel, ID: r.id}, ReplyTo: r.thread,
			Text: r.text, At: at, Posted: at, Revision: int64(i + 1),
		}
		if strings.HasPrefix(r.thread, "q") {
			ev.ReplyTo = "post-" + r.thread
		}
		f, wanted := l.filing(ev, d.ID, bot.Member{ID: bot.MemberID(r.author), Name: r.author})
		if wanted {
			l.take(f.Entry)
			filed[r.id] = f.Entry
			heard = append(heard, ev)
		}
	}
	return l, filed, heard
}

// author is the member who wrote a message.
func (c chat) author(id string) bot.Member {
	i := slices.IndexFunc(c.rows, func(r chatRow) bool { return r.id == id })
	return bot.Member{ID: bot.MemberID(c.rows[i].author), Name: c.rows[i].author}
}

// score counts (message, question) pairs.
type score struct{ right, wrong, missed int }

func (s score) precision() float64 { return float64(s.right) / float64(max(1, s.right+s.wrong)) }
func (s score) recall() float64    { return float64(s.right) / float64(max(1, s.right+s.missed)) }

func (s score) plus(o score) score {
	return score{s.right + o.right, s.wrong + o.wrong, s.missed + o.missed}
}

func (s score) String() string {
	return fmt.Sprintf("precision %.3f, recall %.3f (right %d, wrong %d, missed %d)", s.precision(), s.recall(), s.right, s.wrong, s.missed)
}

// looksLabelled finds anything like a label, far more loosely than findLabels, so
// that the measure does not depend on what it measures.
var looksLabelled = regexp.MustCompile(`(?i)(^|[^\pL\pN])([aqrps][ .]?#?\d{1,2}|f[qa]\b|[ru]l?[ft](ima)? r?\b|final [qa]\b|a[!@%]|\d[aq]\b|#\d)`)

// marked tells the messages that are labelled, threaded or replying.
func marked(r chatRow) bool { return r.thread != "" || looksLabelled.MatchString(r.text) }

// measure counts the pairs of the messages that are in, and tells those that are
// not as they should be.
func (c chat) measure(filed map[string]Entry, in func(chatRow) bool) (s score, misfiled []string) {
	for _, r := range c.rows {
		if !in(r) {
			continue
		}
		var got, want []int
		e, g := filed[r.id], c.gold[r.id]
		if e.Kind == Answer {
			got = e.Questions
		}
		if g.kind == "answer" {
			want = g.questions
		}
		right := 0
		for _, q := range got {
			if slices.Contains(want, q) {
				right++
			}
		}
		s = s.plus(score{right, len(got) - right, len(want) - right})
		if right < len(got) || right < len(want) {
			misfiled = append(misfiled, fmt.Sprintf("%s: %s %v filed as %s %v", r.id, g.kind, g.questions, e.Kind, e.Questions))
		}
	}
	return s, misfiled
}

// replies counts the replies by the platform's means that are filed with their question.
func (c chat) replies(filed map[string]Entry) (right, all int) {
	for _, r := range c.rows {
		if g := c.gold[r.id]; g.kind == "reply" && r.thread != "" {
			all++
			if e := filed[r.id]; e.Kind == Reply && (len(g.questions) == 0 || slices.Equal(e.Questions, g.questions)) {
				right++
			}
		}
	}
	return right, all
}

// check replays a chat and fails below the bar.
func (c chat) check(t *testing.T) {
	t.Helper()
	filed := c.replay()
	some, _ := c.measure(filed, marked)
	all, misfiled := c.measure(filed, everyRow)
	right, replies := c.replies(filed)
	t.Logf("%d messages", len(c.rows))
	t.Logf("labelled, threaded or replying: %v", some)
	t.Logf("all answers: %v", all)
	t.Logf("replies, with their question: %d of %d", right, replies)
	for _, m := range misfiled {
		t.Log("misfiled ", m)
	}
	if some != (score{}) && (some.precision() < 0.97 || some.recall() < 0.97) {
		t.Errorf("labelled, threaded or replying: %v; want at least 0.97 each", some)
	}
	if all.precision() < 0.95 || all.recall() < 0.93 {
		t.Errorf("all answers: %v; want at least 0.95 and 0.93", all)
	}
}

// TestRecordedChats replays real chats and measures against what a person says
// each message is.
func TestRecordedChats(t *testing.T) {
	for _, c := range recordedChats(t) {
		t.Run(c.name, c.check)
	}
}

// TestMadeUpChats does the same with chats made up for it.
func TestMadeUpChats(t *testing.T) {
	for _, c := range madeUpChats(t) {
		t.Run(c.name, c.check)
	}
}

// An edit that changes nothing is filed as the message was, whatever has been said
// since: it is judged by what was known then.
func TestAnEditIsJudgedByWhatWasKnownThen(t *testing.T) {
	for _, c := range madeUpChats(t) {
		l, filed, heard := c.play()
		l.room = custom{labelled: 1000} // from now on everybody uses labels
		for _, ev := range heard {
			edit := *ev
			edit.Kind, edit.Revision = bot.MessageEdited, ev.Revision+1000
			f, wanted := l.filing(&edit, "d", c.author(ev.Message.ID))
			if was := filed[ev.Message.ID]; !wanted || f.Entry.Kind != was.Kind || !slices.Equal(f.Entry.Questions, was.Questions) {
				t.Errorf("%s: %q was %s %v, is %s %v", c.name, ev.Text, was.Kind, was.Questions, f.Entry.Kind, f.Entry.Questions)
			}
			l.take(f.Entry)
		}
	}
}

// After a restart the ledger knows what it knew.
func TestALedgerIsRebuiltFromTheEntries(t *testing.T) {
	for _, c := range madeUpChats(t) {
		before, filed, heard := c.play()
		live := Live{Discussion: before.discussion}
		for _, ev := range heard {
			e := filed[ev.Message.ID]
			e.manner = unread
			live.Entries = append(live.Entries, e)
		}
		after := newLedger()
		after.update(live, 0)
		if !reflect.DeepEqual(after.known, before.known) || after.room != before.room {
			t.Errorf("%s: the ledger is another", c.name)
		}
	}
}
