package schedule

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/locale"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

func labels(r bot.Reply) []string {
	var out []string
	for _, c := range r.Message.Controls {
		out = append(out, c.Label)
	}
	return out
}

func TestEverythingIsForOrganizersAndPrivate(t *testing.T) {
	c := newCounter(t, "2026-03-02 08:00")
	for _, path := range []string{
		listPath, holidaysPath, "/organize/schedule-from/8", "/organize/post", "/organize/post-add", seriesPath + "x",
		seriesPath + "preview/x", seriesPath + "pause/x", seriesPath + "resume/x", seriesPath + "move/x", seriesPath + "moved/x",
		seriesPath + "run/x", seriesPath + "run-now/x/1", seriesPath + "remove/x", seriesPath + "remove-now/x", seriesPath + "log/x/0",
		"/organize/holidays-add", "/organize/holidays-added", "/organize/holidays-remove", "/organize/holidays-removed",
		"/organize/holidays-address", "/organize/holidays-addressed",
		"/organize/calendar/x", "/organize/calendar-add/x", "/organize/calendar-added/x", "/organize/calendar-remove/x",
		"/organize/calendar-removed/x", "/organize/calendar-address/x", "/organize/calendar-addressed/x",
		"/organize/calendar-new", "/organize/calendar-forget/x", "/organize/calendar-forget-now/x",
		seriesPath + "calendars/x", seriesPath + "use/x/y", seriesPath + "unuse/x/y",
	} {
		route, ok := c.router.Route(path)
		if !ok || route.Access != bot.OrganizersOnly || !route.Private || route.Mode != bot.Quick {
			t.Errorf("%s: %+v", path, route)
		}
	}
}

func TestAPostIsAddedByAForm(t *testing.T) {
	c := newCounter(t, "2026-03-02 08:00")
	c.wantSaid(c.ask(listPath), "schedule.list.empty")
	form := c.ask("/organize/post").Form
	if form == nil || len(form.Fields) != bot.MaxFields || !strings.Contains(form.Fields[2].Hint, newYork) {
		t.Fatalf("the form is %+v", form)
	}
	long := strings.Repeat("x", mostText+1)
	for _, tt := range []struct {
		values []string
		faults map[string]string
	}{
		{nil, map[string]string{"title": "needed most=80", "text": "needed most=1500", "when": "schedule.when."}},
		{[]string{"title", "  ", "text", "\n", "when", "daily at 9"}, map[string]string{"title": "needed", "text": "needed"}},
		{[]string{"title", long, "text", long, "when", "daily at 9"}, map[string]string{"title": "needed", "text": "needed"}},
		{[]string{"when", "every fribay at 15"}, map[string]string{"title": "", "text": "", "when": "typed=every fribay at 15"}},
		{[]string{"when", "on 2026-03-01 at 9:00"}, map[string]string{"title": "", "text": "", "when": "schedule.when.never now=Mon 2 Mar"}},
		{[]string{"when", "*/5 * * * *"}, map[string]string{"title": "", "text": "", "when": "schedule.when.often minutes=15"}},
		{[]string{"when", "61 * * * *"}, map[string]string{"title": "", "text": "", "when": "schedule.when.cron_field"}},
		{[]string{"when", "@reboot"}, map[string]string{"title": "", "text": "", "when": "schedule.when."}},
		{[]string{"when", strings.Repeat("every day ", 100)}, map[string]string{"title": "", "text": "", "when": "schedule.when.too_long"}},
		{[]string{"when", "daily at 9", "until", "in June"}, map[string]string{"title": "", "text": "", "until": "schedule.until.problem"}},
		{[]string{"when", "daily at 9", "until", "2026-03-01"}, map[string]string{"title": "", "text": "", "until": "schedule.until.past"}},
		{[]string{"when", "every friday at 9", "until", "2026-03-02"}, map[string]string{"title": "", "text": "", "when": "schedule.when.never"}},
		{[]string{"when", "daily at 9", "late", "8d"}, map[string]string{"title": "", "text": "", "late": "schedule.late.problem"}},
		{[]string{"when", "daily at 9", "late", "0s"}, map[string]string{"title": "", "text": "", "late": "schedule.late.problem"}},
		{[]string{"when", "daily at 9", "late", "-2h"}, map[string]string{"title": "", "text": "", "late": "schedule.late.problem"}},
		{[]string{"when", "daily at 9", "late", "99999999999999999999d"}, map[string]string{"title": "", "text": "", "late": "schedule.late.problem"}},
	} {
		reply := c.ask(form.Path, tt.values...)
		for field, want := range tt.faults {
			if got := reply.FieldErrors[field].String(); got == "" || !strings.Contains(got, want) {
				t.Errorf("%.60q: %s: %.200q, want %q", tt.values, field, got, want)
			}
		}
		if len(reply.FieldErrors) != len(tt.faults) {
			t.Errorf("%.60q: %d faults: %v", tt.values, len(reply.FieldErrors), reply.FieldErrors)
		}
	}
	if len(c.memory.series) > 0 {
		t.Fatal("something was added")
	}

	const text = "*What* went <b>better</b> than expected?\n@everyone https://example.org"
	added := c.ask(form.Path, "title", " Friday \n question ", "text", text, "when", "every friday at 15:00 except holidays", "until", "2026-03-20", "late", "30m")
	c.wantSaid(added, "schedule.post.saved", "title=Friday question", "next when=Fri 6 Mar, 3:00 pm",
		"rule=every friday at 15:00 except holidays zone=America/New_York", "until day=Fri 20 Mar 2026", "grace late=30m", text)
	c.workUntil("2026-04-01 08:00")
	if len(c.memory.posts) != 3 {
		t.Fatalf("%d posts", len(c.memory.posts))
	}
	p := c.memory.posts[0]
	if p.Post.Channel != bottest.Channel("lobby") || len(p.Post.Message.Text) != 1 || p.Post.Message.Text[0] != (bot.Span{Text: text}) {
		t.Errorf("posted is %+v", p.Post)
	}
	if p.Class != outbox.Bulk || !p.NotAfter.Equal(local(t, newYork, "2026-03-06 15:30")) {
		t.Errorf("it is %s and worthless after %s", p.Class, p.NotAfter)
	}
	again := c.request(form.Path, "title", "x", "text", "x", "when", "daily at 9")
	for range 2 {
		req := *again
		reply, err := c.router.Ask(t.Context(), &req)
		c.ok(err)
		c.wantSaid(reply, "title=x")
	}
	if len(c.memory.series) != 2 {
		t.Errorf("%d series", len(c.memory.series))
	}
}

func TestAPostThatComesLateIsWorthAQuarterOfAnHour(t *testing.T) {
	c := newCounter(t, "2026-03-02 08:00")
	c.ask("/organize/post-add", "title", "x", "text", "x", "when", "daily at 9")
	c.sleep("2026-03-02 10:55")
	c.work()
	if at := c.memory.posts[0].NotAfter; !at.Equal(local(t, newYork, "2026-03-02 11:10")) {
		t.Errorf("it is worthless after %s", at)
	}
}

func TestTheListHasPages(t *testing.T) {
	c := newCounter(t, "2026-03-02 08:00")
	for n := range 2*listed + 1 {
		c.add("daily at 15:00", func(r *Series) { r.Title = fmt.Sprintf("Series %c", 'A'+n) })
	}
	var seen []string
	path := listPath
	for path != "" {
		reply := c.ask(path)
		path = ""
		for _, control := range reply.Message.Controls {
			if strings.HasPrefix(control.Label, "Series") {
				seen = append(seen, control.Label)
			}
			if control.Label == "en schedule.button.more" {
				path = control.Path
			}
		}
	}
	if len(seen) != 2*listed+1 || !slices.IsSorted(seen) {
		t.Errorf("seen were %q", seen)
	}
	c.wantSaid(c.ask("/organize/schedule-from/nonsense"), "Series A")
}

func TestASeriesIsFoundByItsName(t *testing.T) {
	c := newCounter(t, "2026-03-02 08:00")
	c.add("daily at 15:00", func(r *Series) { r.Title = "Friday question" })
	c.add("daily at 16:00", func(r *Series) { r.Title = "Digest" })
	for typed, want := range map[string]string{"friday": "Friday question", " #2": "Digest", "1": "Friday question", "DIGEST": "Digest"} {
		c.wantSaid(c.ask(listPath, "name", typed), "title="+want, "schedule.show.rule")
	}
	_, err := c.router.Ask(t.Context(), c.request(listPath, "name", "nothing like it"))
	if bot.CodeOf(err) != bot.NotFound {
		t.Errorf("got %v", err)
	}
	choices, err := c.router.Complete(t.Context(), c.request(listPath, "name", "fri"), "name")
	if err != nil || !slices.Equal(choices, []bot.Choice{{Label: "Friday question", Value: "#1"}}) {
		t.Errorf("proposed are %v, %v", choices, err)
	}
}

func TestThePreviewNamesWhatIsSkipped(t *testing.T) {
	c := newCounter(t, "2026-03-02 08:00")
	c.holidays("2026-03-06 Fair", "2026-03-13")
	r := c.add("every friday at 15:00 except holidays")
	reply := c.ask(seriesPath + "preview/" + r.ID)
	c.wantSaid(reply, "preview.skipped when=Fri 6 Mar, 3:00 pm EST holiday=Fair", "preview.skipped when=Fri 13 Mar, 3:00 pm EDT holiday=en schedule.holiday")
	if got := strings.Count(reply.Message.Text.String(), "schedule.preview.line"); got != previewed {
		t.Errorf("%d occurrences", got)
	}
	moved := c.add("every friday at 15:00 or the next working day if it is a holiday")
	c.wantSaid(c.ask(seriesPath+"preview/"+moved.ID), "preview.moved when=Fri 6 Mar, 3:00 pm EST holiday=Fair instead=Mon 9 Mar, 3:00 pm EDT",
		"preview.instead when=Mon 9 Mar, 3:00 pm EDT holiday=Fair")
	gap := c.add("every sunday at 2:30")
	c.wantSaid(c.ask(seriesPath+"preview/"+gap.ID), "preview.gap when=Sun 8 Mar, 3:00 am EDT")
	last := c.add("daily at 15:00", func(r *Series) { r.Until = local(t, newYork, "2026-03-04 00:00") })
	if got := strings.Count(c.ask(seriesPath+"preview/"+last.ID).Message.Text.String(), "schedule.preview.line"); got != 2 {
		t.Errorf("%d occurrences until its last day", got)
	}
	c.ask(seriesPath + "pause/" + r.ID)
	c.wantSaid(c.ask(seriesPath+"preview/"+r.ID), "schedule.preview.paused")
	c.holidays("2026-01-01..2026-12-31 All year")
	off := c.ask(seriesPath + "preview/" + r.ID).Message.Text.String()
	if n := strings.Count(off, "\n"); n > 2*previewed {
		t.Errorf("%d lines", n)
	}
	c.workUntil("2026-03-05 08:00")
	c.wantSaid(c.ask(seriesPath+"preview/"+last.ID), "schedule.preview.none")
}

func TestTheLogTellsWhatBecameOfThePosts(t *testing.T) {
	c := newCounter(t, "2026-03-02 08:00")
	c.occur = func(o Occurrence) (outbox.Effects, error) {
		if o.Extra {
			return outbox.Effects{}, nil
		}
		return outbox.Effects{Posts: []outbox.Item{{Post: bot.Post{Key: bot.DeliveryKey(o.At.Weekday().String())}}}}, nil
	}
	r := c.add("weekdays at 15:00")
	c.wantSaid(c.ask(seriesPath+"log/"+r.ID+"/0"), "schedule.log.empty")
	c.memory.fates = map[bot.DeliveryKey]outbox.Outcome{"Tuesday": outbox.Uncertain, "Wednesday": outbox.Failed, "Thursday": outbox.Expired}
	c.workUntil("2026-03-06 16:00")
	c.ask(c.ask(seriesPath + "run/" + r.ID).Message.Controls[0].Path)
	reply := c.ask(seriesPath + "log/" + r.ID + "/0")
	c.wantSaid(reply,
		"when=Mon 2 Mar, 3:00 pm EST ended=en schedule.ended.done", "when=Tue 3 Mar, 3:00 pm EST ended=en schedule.ended.unknown",
		"when=Wed 4 Mar, 3:00 pm EST ended=en schedule.ended.refused", "when=Thu 5 Mar, 3:00 pm EST ended=en schedule.ended.late",
		"when=Fri 6 Mar, 4:00 pm EST ended=en schedule.ended.extra")
	lines := strings.Split(reply.Message.Text.String(), "\n")
	if len(lines) != 7 || !strings.Contains(lines[1], "extra") || !strings.Contains(lines[6], "Mon 2 Mar") {
		t.Errorf("the newest is not first:\n%s", strings.Join(lines, "\n"))
	}
	c.wantSaid(c.ask(seriesPath+r.ID), "schedule.show.last entry=en schedule.log.entry when=Fri 6 Mar, 4:00 pm")

	c.workUntil("2026-03-31 16:00")
	page := c.ask(seriesPath + "log/" + r.ID + "/0")
	if !slices.Contains(labels(page), "en schedule.button.earlier") || strings.Count(page.Message.Text.String(), "\n") != logged {
		t.Errorf("the first page has %q", labels(page))
	}
	last := c.ask(page.Message.Controls[0].Path)
	last = c.ask(last.Message.Controls[0].Path)
	if slices.Contains(labels(last), "en schedule.button.earlier") {
		t.Errorf("the last page has %q", labels(last))
	}
}

func TestALogOfMembersZonesNamesThem(t *testing.T) {
	c := newCounter(t, "2026-03-02 08:00")
	req := c.request(listPath)
	entry := c.entry(req, Entry{At: local(t, newYork, "2026-03-02 15:00"), Zone: "Asia/Tokyo", Outcome: Done})
	if got := entry.String(); !strings.Contains(got, "ended=Asia/Tokyo · ") {
		t.Errorf("got %q", got)
	}
}

func TestLate(t *testing.T) {
	c := newCounter(t, "2026-03-02 08:00")
	for _, typed := range []string{"1m", "30m", "90m", "2h", "36h", "1d", "7d"} {
		d, fault := c.readLate(c.request(listPath, "late", typed))
		if !fault.Empty() {
			t.Errorf("%s is refused", typed)
			continue
		}
		again, fault := c.readLate(c.request(listPath, "late", formatLate(d)))
		if !fault.Empty() || again != d {
			t.Errorf("%s is shown as %s, which is %s", typed, formatLate(d), again)
		}
	}
}

// Keys that are put together from parts cannot be checked by reading the source.
func TestEveryReasonHasWords(t *testing.T) {
	words, err := locale.New()
	if err != nil {
		t.Fatal(err)
	}
	words.OnMissing(func(_ string, key bot.Key) { t.Errorf("there is no message %s", key) })
	for _, r := range []Reason{Holiday, Paused, Away, Late, Replaced, Moved, Nothing, Failed, Refused, Unknown} {
		words.Text("en", bot.Key("schedule.ended."+string(r)))
	}
	for _, tr := range []Trouble{NoAddress, NotThere, Closed, Unsuitable, NoCalendar, Unreachable} {
		words.Text("en", bot.Key("holidays.trouble."+string(tr)))
	}
	for _, p := range []rule.Problem{
		rule.NotUnderstood, rule.NoDay, rule.NoTime, rule.NoSuchTime, rule.NoSuchDate, rule.Ambiguous, rule.TooLong,
		rule.CronField, rule.CronFields, rule.CronDescriptor, rule.ZoneInCron,
	} {
		words.Text("en", bot.Key("schedule.when."+string(p)))
	}
	for _, p := range []rule.Problem{
		rule.NoDay, rule.NoSuchDate, rule.Ambiguous, rule.TooLong, rule.EndsBeforeBegin, rule.TooManyDays,
	} {
		words.Text("en", bot.Key("holidays.problem."+string(p)))
	}
}

// What the documentation shows can be written as it stands there.
func TestTheDocumentedExamples(t *testing.T) {
	doc, err := os.ReadFile("../../docs/organizing.md")
	if err != nil {
		t.Fatal(err)
	}
	block := func(name string) []string {
		_, after, found := strings.Cut(string(doc), "```"+name+"\n")
		if !found {
			t.Fatalf("there are no %s", name)
		}
		inside, _, _ := strings.Cut(after, "\n```")
		return strings.Split(inside, "\n")
	}
	c := newCounter(t, "2026-03-02 08:00")
	for _, phrase := range append(block("phrases"), "0 15 * * 5") {
		if faults := c.ask("/organize/post-add", "title", "x", "text", "x", "when", phrase).FieldErrors; len(faults) > 0 {
			t.Errorf("%q: %v", phrase, faults)
		}
	}
	days := block("holidays")
	c.wantSaid(c.ask("/organize/holidays-added", "days", strings.Join(days, "\n")), fmt.Sprintf("holidays.added n=%d", len(days)-1)) // one is there in two languages
}
