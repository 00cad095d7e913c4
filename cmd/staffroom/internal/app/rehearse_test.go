package app

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot/discussion"
)

// sharedChats are the real chats, played with their people.
var sharedChats = []string{"ngsschat-2021-03-18", "ngsschat-2021-05-20"}

func sharedFile(t *testing.T, name string) string {
	t.Helper()
	folder := os.Getenv("STAFFROOM_SHARED")
	if folder == "" {
		t.Skip("STAFFROOM_SHARED is not set: the real chats are not here")
	}
	return filepath.Join(folder, "data", name)
}

// TestRehearsalOfRealChats plays each chat through the real router, store, jobs
// and outbox: every question at its second, every message in the archive once,
// in at most three calls of Redis each.
func TestRehearsalOfRealChats(t *testing.T) {
	for _, chat := range sharedChats {
		t.Run(chat, func(t *testing.T) {
			out := t.TempDir()
			c := rehearseCommand{Script: sharedFile(t, chat+".yaml"), Messages: sharedFile(t, chat+".csv"), Out: out, Language: "en"}
			var calls atomic.Int64
			c.watch = func(_ string, done bool) {
				if !done {
					calls.Add(1)
				}
			}
			if err := c.Run(t.Context(), &App{Out: io.Discard, Err: os.Stderr}); err != nil {
				t.Fatal(err)
			}
			archive := readArchive(t, out)
			script := readScript(t, c.Script)
			if len(archive.Questions) != len(script.Questions) {
				t.Fatalf("%d questions were asked, not %d", len(archive.Questions), len(script.Questions))
			}
			for i, q := range archive.Questions {
				if at := script.Questions[i].At; q.Second != int(at/time.Second) {
					t.Errorf("question %d was asked at second %d, not %s", q.Number, q.Second, at)
				}
			}
			rows := readRows(t, c.Messages)
			seen := map[string]int{}
			for _, m := range archive.Messages {
				seen[m.ID]++
			}
			for _, row := range rows {
				if seen[row["id"]] != 1 {
					t.Errorf("message %s is in the archive %d times", row["id"], seen[row["id"]])
				}
			}
			if len(archive.Messages) != len(rows) {
				t.Errorf("the archive has %d messages, the file %d", len(archive.Messages), len(rows))
			}
			perMessage := float64(calls.Load()) / float64(len(rows))
			t.Logf("%d messages, %.2f calls of Redis each", len(rows), perMessage)
			if perMessage > 3.5 {
				t.Errorf("%.2f calls of Redis a message", perMessage)
			}
		})
	}
}

// TestExplicitAnswersOfRealChats: of the labelled answers and the replies to
// questions at least 95 % are filed under their question, and of what is filed
// so at least 95 % belongs there.
func TestExplicitAnswersOfRealChats(t *testing.T) {
	for _, chat := range sharedChats {
		t.Run(chat, func(t *testing.T) {
			out := t.TempDir()
			c := rehearseCommand{Script: sharedFile(t, chat+".yaml"), Messages: sharedFile(t, chat+".csv"), Out: out, Language: "en"}
			if err := c.Run(t.Context(), &App{Out: io.Discard, Err: os.Stderr}); err != nil {
				t.Fatal(err)
			}
			want := map[string]bool{} // id and question
			for _, row := range readRows(t, sharedFile(t, chat+".gold.csv")) {
				if row["kind"] == "answer" {
					want[row["id"]+" "+row["q"]] = true
				}
			}
			threads := map[string]string{}
			for _, row := range readRows(t, c.Messages) {
				threads[row["id"]] = row["thread_of"]
			}
			var filed, right int
			got := map[string]bool{}
			for _, m := range readArchive(t, out).Messages {
				for _, q := range m.Questions {
					if m.Kind == discussion.Answer {
						got[m.ID+" "+strconv.Itoa(q)] = true
						filed++
						if want[m.ID+" "+strconv.Itoa(q)] {
							right++
						}
					}
				}
			}
			explicit, found := 0, 0
			for _, row := range readRows(t, c.Messages) {
				for n := range 60 {
					pair := row["id"] + " " + strconv.Itoa(n)
					if want[pair] && isExplicit(row["text"], threads[row["id"]], n) {
						explicit++
						if got[pair] {
							found++
						}
					}
				}
			}
			t.Logf("precision %d/%d, recall of the explicit ones %d/%d", right, filed, found, explicit)
			if float64(right) < 0.95*float64(filed) || float64(found) < 0.95*float64(explicit) {
				t.Error("less than 95 %")
			}
		})
	}
}

// isExplicit is a rough reading of its own: the text has A and the number (or Q
// and the number) as a word, or it stands in the question's thread.
func isExplicit(text, thread string, n int) bool {
	if thread == fmt.Sprintf("q%d", n) {
		return true
	}
	for _, word := range strings.Fields(strings.ToUpper(text)) {
		word = strings.TrimRight(word, ".:;,)-")
		if word == fmt.Sprintf("A%d", n) || word == fmt.Sprintf("Q%d", n) {
			return true
		}
	}
	return false
}

func readArchive(t *testing.T, folder string) discussion.Archive {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(folder, "archive.json"))
	if err != nil {
		t.Fatal(err)
	}
	var a discussion.Archive
	if err := json.Unmarshal(data, &a); err != nil {
		t.Fatal(err)
	}
	return a
}

func readScript(t *testing.T, path string) discussion.Script {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	script, err := discussion.ParseScript(data)
	if err != nil {
		t.Fatal(err)
	}
	return script
}

func readRows(t *testing.T, path string) []map[string]string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	all, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []map[string]string
	for _, fields := range all[1:] {
		row := map[string]string{}
		for i, name := range all[0] {
			row[name] = fields[i]
		}
		rows = append(rows, row)
	}
	return rows
}
