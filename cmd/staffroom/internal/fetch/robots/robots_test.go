package robots

import (
	"strings"
	"testing"
	"time"
)

func TestAllow(t *testing.T) {
	for _, c := range []struct{ name, text, yes, no string }{
		{"nothing is said", "", "/ /a", ""},
		{"everything is closed", "User-agent: *\nDisallow: /", "/robots.txt", "/ /a"},
		{"nothing is closed", "User-agent: *\nDisallow:", "/ /a", ""},
		{"the longest decides", "User-agent: *\nDisallow: /a\nAllow: /a/b\nDisallow: /a/b/c", "/ /b /a/b /a/bx", "/a /ab /a/c /a/b/c"},
		{"of two the one that allows", "User-agent: *\nDisallow: /page\nAllow: /page", "/page", ""},
		{"our own group alone counts", "User-agent: staffroom\nDisallow: /a\n\nUser-agent: *\nDisallow: /", "/ /b", "/a"},
		{"with a version", "User-agent: StaffRoom/2.1\nDisallow: /a\nUser-agent: *\nDisallow: /b", "/b", "/a"},
		{"groups of ours are one", "User-agent: Staffroom\nDisallow: /a\nUser-agent: *\nDisallow: /b\n\nUser-agent: staffroom\nDisallow: /c", "/b", "/a /c"},
		{"an empty group of ours is one", "User-agent: *\nDisallow: /\nUser-agent: Staffroom", "/a", ""},
		{"several names for one group", "User-agent: other\nUser-agent: staffroom\nDisallow: /a", "/", "/a"},
		{"others' groups do not count", "User-agent: staffroombot\nDisallow: /\nUser-agent: staff\nDisallow: /", "/a", ""},
		{"rules before any group", "Disallow: /\nUser-agent: *\nAllow: /", "/", ""},
		{"other lines break no group", "User-agent: *\nSitemap: https://example.org/x\nCrawl-delay: soon\nnonsense\nDisallow: /a", "/b", "/a"},
		{"signs", "User-agent: *\nDisallow: /*.pdf$\nDisallow: /a*z\nDisallow: /end$", "/x.pdf.html /x.pdf?y /endx /a", "/x.pdf /d/x.pdf /aXz /abz/y /end"},
		{"a sign at the end", "User-agent: *\nDisallow: /a*", "/b", "/a /ab"},
		{"escapes", "User-agent: *\nDisallow: /%7Eana\nDisallow: /lecci\u00f3n\nDisallow: /a%2fb\nDisallow: /st%2Ar", "/a/b /st/r", "/~ana /%7eana /lecci%C3%B3n /lecci%c3%b3n /a%2Fb /st*r"},
		{"comments, case and ends of lines", "\ufeffUSER-AGENT : * # all\r\n  disALLOW: /a # x\rDisallow: /b", "/c", "/a /b"},
		{"parameters", "User-agent: *\nDisallow: /*?", "/a", "/a?b"},
	} {
		r := Read([]byte(c.text), "Staffroom")
		for _, path := range strings.Fields(c.yes) {
			if !r.Allow(path) {
				t.Errorf("%s: %s is closed", c.name, path)
			}
		}
		for _, path := range strings.Fields(c.no) {
			if r.Allow(path) {
				t.Errorf("%s: %s is open", c.name, path)
			}
		}
	}
}

// What comes after the first 500 kB does not count.
func TestLongOnesAreCut(t *testing.T) {
	r := Read([]byte("User-agent: *\nDisallow: /a\n"+strings.Repeat("#\n", MostBytes/2)+"Disallow: /b\n"), "Staffroom")
	if r.Allow("/a") || !r.Allow("/b") {
		t.Error("it was read to the end, or not at all")
	}
}

// With the worst that can be written in so many bytes an answer takes a part of a
// second (with an expression for each pattern: 14 s).
func TestHostileOnesCostLittle(t *testing.T) {
	for name, line := range map[string]string{
		"many signs": "Disallow: /*a*b*c$\n", "one line of signs": "", "short lines": "Disallow:/\n",
	} {
		text := "User-agent: *\n" + strings.Repeat(line, MostBytes/max(len(line), 1))
		if line == "" {
			text += "Disallow: /" + strings.Repeat("*a", MostBytes/2)
		}
		begun := time.Now()
		r := Read([]byte(text), "Staffroom")
		r.Allow("/" + strings.Repeat("ab", 1000))
		took := time.Since(begun)
		t.Logf("%s: %s, %d kB", name, took, r.Size()>>10)
		if took > 3*time.Second || r.Size() > 8<<20 {
			t.Errorf("%s: %s, %d bytes", name, took, r.Size())
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{"", "User-agent: *\nDisallow: /*a$", "user-agent:staffroom\rallow:%", "Disallow: *\nUser-agent: *\nAllow: $"} {
		f.Add([]byte(s), "/a/b?c=%C3")
	}
	f.Fuzz(func(t *testing.T, body []byte, path string) {
		r := Read(body, "Staffroom")
		r.Allow(path)
		if !r.Allow("/robots.txt") {
			t.Error("it may not even be read")
		}
		if n := normal(path, ""); normal(n, "") != n {
			t.Errorf("%q becomes %q, which becomes %q", path, n, normal(n, ""))
		}
	})
}
