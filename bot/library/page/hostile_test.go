package page

import (
	"runtime"
	"strings"
	"testing"
	"time"
)

// A megabyte of the worst there is costs seconds at most, and no great multiple of
// its own memory. (A page of 17 kB with lists in lists once took 5 s, and one of a
// megabyte minutes.)
func TestHostilePagesCostLittle(t *testing.T) {
	const size = 1 << 20
	full := func(s string) string { return strings.Repeat(s, size/len(s)) }
	described := func(s string) string { return "<script type=application/ld+json>" + s + "</script>" }
	nested := strings.Repeat("[", 9000) + strings.Repeat("]", 9000)
	for name, body := range map[string]string{
		"links in links":          full("<a>"),
		"marks in marks":          full("<p><b><i>"),
		"sizes":                   full("<font size=1>"),
		"blocks in blocks":        full("<div>"),
		"tables in tables":        full("<table><a>"),
		"templates":               full("<template>"),
		"choices":                 full("<select><option>"),
		"pictures":                full("<svg><title>"),
		"marks for machines":      full("<meta name=x>"),
		"attributes":              "<meta " + full("a=b ") + ">",
		"escapes":                 "<title>" + full("&amp;"),
		"links to licences":       full("<a href=creativecommons.org/>"),
		"a long licence":          "<a rel=license href='" + full("creativecommons.org/licenses/by-") + "'>",
		"a long name":             "<meta name=copyright content='" + full("Creative Commons Attribution ") + "'>",
		"lists in lists":          described(`{"name":"x","author":` + nested + `}`),
		"many lists in lists":     strings.Repeat(described(`{"author":`+nested+`}`), 55),
		"works in works":          strings.Repeat(described(strings.Repeat(`{"@graph":[`, 4500)+strings.Repeat("]}", 4500)), 17),
		"nameless authors":        described(`{"author":[` + strings.Repeat(`{"name":""},`, 80_000) + `{}]}`),
		"many descriptions":       full(described(`[]`)),
		"descriptions that break": full(described(`{"author":`)),
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			begun := time.Now()
			Read([]byte(body), "text/html", at)
			took := time.Since(begun)
			runtime.ReadMemStats(&after)
			used := (after.TotalAlloc - before.TotalAlloc) >> 20
			t.Logf("%s, %d MB allocated", took.Round(time.Millisecond), used)
			if took > 20*time.Second || used > 400 {
				t.Error("that is too much")
			}
		})
	}
}
