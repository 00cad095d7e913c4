package redis

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/community"
	"github.com/staffroom-bot/staffroom/bot/discussion"
	"github.com/staffroom-bot/staffroom/bot/library"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/bot/redis/redistest"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// life does everything there is to do in a community, and leaves something of
// each kind behind.
func (b *bench) life() {
	b.Helper()
	ctx := b.Context()
	_, err := b.store.Secret(ctx)
	b.ok(err)

	people := Communities{b.store}
	_, err = people.Community(ctx, scichat.Space, community.Community{ID: home, Language: "en", Zone: "UTC"})
	b.ok(err)
	for range 2 {
		_, err = people.Member(ctx, home, bot.Account{Space: scichat.Space, User: "U1"}, bot.Member{ID: "01ana", Name: "Ana"})
		b.ok(err)
	}
	b.ok(people.SaveMember(ctx, community.Record{Member: bot.Member{ID: "01ana", Community: home, Name: "Ana Maria"}}))
	_, err = people.Members(ctx, home, []bot.MemberID{"01ana"})
	b.ok(err)
	b.ok(people.NoteOrganizer(ctx, home, bot.Account{Space: scichat.Space, User: "U1"}, true))

	d := b.running("d1")
	_, err = b.chats().NextNumber(ctx, home)
	b.ok(err)
	edited := entry("m1", "A1 changed")
	edited.Revision = 2
	b.file(d, entry("m1", "A1"), discussion.FiledNew)
	b.file(d, edited, discussion.FiledChanged)
	b.file(d, entry("m1", "A1"), discussion.FiledOlder)
	b.ok(b.chats().Add(ctx, discussion.Filing{Discussion: d, Entry: entry("form", "A1")}, outbox.Effects{Input: "in"}))
	old := *d
	b.save(d)
	b.file(&old, entry("m2", "A1"), discussion.FiledStale)
	if err := b.chats().Advance(ctx, &old, outbox.Effects{}); bot.CodeOf(err) != bot.Conflict {
		b.Error(err)
	}
	if err := b.chats().Advance(ctx, d, outbox.Effects{Input: "in"}); err == nil {
		b.Error("repeated")
	}
	ended := chat("d2", discussion.Archived)
	b.save(&ended)
	for _, read := range []func() error{
		func() error { _, err := b.chats().List(ctx, home, 0, 10); return err },
		func() error { _, err := b.chats().Get(ctx, home, "d1"); return err },
		func() error { _, err := b.chats().Live(ctx, home, scichat, nil); return err },
	} {
		b.ok(read())
	}

	b.ok(b.chats().Attend(ctx, &ended, discussion.Attendance{Member: "01ana", Account: bot.Account{Space: scichat.Space, User: "U1"}}, true))
	b.seriesLife()
	b.placesLife()
	b.checkInsLife()
	b.checkInTalkLife()
	b.marksLife()
	b.relaysLife()
	b.reportsLife()
	b.linksLife()
	b.libraryLife()
	b.ok(Library{b.store}.KeepTold(ctx, home, scichat.Space, library.Told{Until: noon}))
	b.ok(Library{b.store}.Tell(ctx, home, "01ana", false))
	b.partnersLife()

	b.schedule(map[string]time.Duration{"a": 0, "b": 0, "c": 0, "d": 0, "e": 0, "f": time.Hour, "g": time.Hour})
	jobs := b.claim(5)
	_, err = b.store.Extend(ctx, jobs[0], lease)
	b.ok(err)
	b.schedule(map[string]time.Duration{jobs[0].ID: time.Minute, jobs[1].ID: time.Minute})
	b.ok(b.store.Complete(ctx, jobs[1]))
	b.ok(b.store.Complete(ctx, jobs[2]))
	b.ok(b.store.Retry(ctx, jobs[3], 0, true))
	b.ok(b.store.SetAside(ctx, jobs[4], "because"))
	b.effects(home, outbox.Effects{Cancel: []string{"f"}})
	b.claim(1)
	b.ok(b.client.Del(ctx, dueKeyOf(string(home))).Err())
	b.sweep()

	items := []outbox.Item{post("1"), post("2"), post("3"), post("4"), post("5")}
	items[0].Record = discussion.Record("d1")
	b.queue(items...)
	b.after(31 * 24 * time.Hour)
	a := b.end(b.begin("1"), sentAs("1"), "2")
	a = b.end(a, outbox.Ending{Outcome: outbox.Failed}, "3")
	lost := b.end(a, sentAs("3"), "4")
	b.begin("4")
	b.pause(lost, true)
	b.end(lost, sentAs("4"), "")
	b.after(62 * 24 * time.Hour)
	b.pause(b.end(b.begin("5"), sentAs("5"), ""), true)
	b.postLife()
	b.queue(post("6"))
	b.begin("6")
}

// row is a line of the table of keys in doc.go.
type row struct {
	name    string
	pattern *regexp.Regexp
	kind    string
}

func documentedKeys(t *testing.T) []row {
	t.Helper()
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	var rows []row
	for line := range strings.Lines(string(doc)) {
		fields := strings.Fields(strings.TrimPrefix(line, "//\t"))
		if !strings.HasPrefix(line, "//\tsr:") {
			continue
		}
		pattern := regexp.QuoteMeta(fields[0])
		pattern = strings.ReplaceAll(pattern, `\{c\}`, `\{c:[0-9a-z]+\}`)
		pattern = strings.ReplaceAll(pattern, `\{b\}`, `\{b:[^}]*\}`)
		pattern = strings.ReplaceAll(pattern, `\{h\}`, `\{h:[^}]*\}`)
		pattern = regexp.MustCompile(`<[a-z]+>`).ReplaceAllString(pattern, `.+`)
		rows = append(rows, row{fields[0], regexp.MustCompile("^" + pattern + "$"), fields[1]})
	}
	return rows
}

func TestEveryKeyIsDocumentedAndEveryDocumentedKeyIsThere(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		b.life()
		rows, seen := documentedKeys(t), map[string]bool{}
		for _, name := range b.keys() {
			var matching []string
			for _, r := range rows {
				if !r.pattern.MatchString(name) {
					continue
				}
				matching = append(matching, r.name)
				seen[r.name] = true
				if kind := b.client.Type(b.Context(), name).Val(); kind != r.kind {
					t.Errorf("%s is a %s, documented is a %s", name, kind, r.kind)
				}
			}
			if len(matching) != 1 {
				t.Errorf("%s stands in doc.go as %q", name, matching)
			}
		}
		for _, r := range rows {
			if !seen[r.name] {
				t.Errorf("%s is documented, but there is none", r.name)
			}
		}
	})
}

// The in-process engine lets a script touch any key, and a Cluster any key of
// the same slot. So a server is asked what its scripts did.
func TestScriptsTouchOnlyTheKeysTheyAreGiven(t *testing.T) {
	client := redistest.Real(t).(*redis.Client)
	b := newBench(t, client, scheduler.NewManualClock(noon))
	seen := monitor(t, client.Options(), b.life)

	ran := map[string]bool{}
	var script string
	var given []string
	for _, line := range seen {
		switch command := strings.ToLower(line.args[0]); {
		case strings.HasPrefix(command, "eval"):
			keys, err := strconv.Atoi(line.args[2])
			if err != nil {
				t.Fatal(err)
			}
			given = line.args[3 : 3+keys]
			if command == "evalsha" {
				script = scriptName(redis.NewCmd(t.Context(), "evalsha", line.args[1]))
				ran[script] = true
			}
		case line.inScript && command != "time" && !slices.Contains(given, line.args[1]):
			t.Errorf("%s: %s touches %q; it was given %q", script, command, line.args[1], given)
		}
	}
	for _, s := range scripts() {
		if !ran[s.name] {
			t.Errorf("the script %s was not seen", s.name)
		}
	}
}

// monitored is a command that a server carried out.
type monitored struct {
	inScript bool
	args     []string
}

// monitor gives all that the server carries out in one database while do runs.
func monitor(t *testing.T, o *redis.Options, do func()) []monitored {
	t.Helper()
	conn, err := net.Dial(o.Network, o.Addr)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_, _ = fmt.Fprint(conn, "MONITOR\r\n")
	lines := bufio.NewScanner(conn)
	lines.Buffer(nil, 1<<20)
	if !lines.Scan() || lines.Text() != "+OK" {
		t.Fatalf("MONITOR: %q, %v", lines.Text(), lines.Err())
	}
	do()
	const last = "that was all"
	client := redis.NewClient(&redis.Options{Network: o.Network, Addr: o.Addr})
	defer func() { _ = client.Close() }()
	if err := client.Echo(t.Context(), last).Err(); err != nil {
		t.Fatal(err)
	}
	var out []monitored
	word := regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)
	for lines.Scan() && !strings.Contains(lines.Text(), last) {
		// +1700000000.123456 [5 lua] "HGET" "key" "field"
		_, rest, _ := strings.Cut(lines.Text(), " [")
		source, _, _ := strings.Cut(rest, "] ")
		database, from, _ := strings.Cut(source, " ")
		if database != strconv.Itoa(o.DB) {
			continue
		}
		m := monitored{inScript: from == "lua"}
		for _, quotedWord := range word.FindAllString(rest, -1) {
			arg, err := strconv.Unquote(quotedWord)
			if err != nil {
				t.Fatal(err)
			}
			m.args = append(m.args, arg)
		}
		out = append(out, m)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}
