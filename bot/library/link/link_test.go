package link

import (
	"bufio"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/staffroom-bot/staffroom/bot"
)

func TestPairs(t *testing.T) {
	f, err := os.Open("testdata/pairs.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	pairs := 0
	for lines := bufio.NewScanner(f); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if len(fields) == 0 || fields[0] == "#" {
			continue
		}
		pairs++
		a, b := parse(t, fields[1]), parse(t, fields[2])
		if same := fields[0] == "="; same != (a.Key == b.Key) {
			t.Errorf("%s\n %s\n %s", lines.Text(), a.Key, b.Key)
		}
		for _, l := range []Link{a, b} {
			stable(t, l)
		}
	}
	if pairs < 150 {
		t.Errorf("only %d pairs", pairs)
	}
}

func parse(t *testing.T, typed string) Link {
	t.Helper()
	l, err := Parse(typed)
	if err != nil {
		t.Fatalf("%s: %v", typed, err)
	}
	return l
}

// stable checks that what Parse gives stays what it is when it is parsed again.
func stable(t rapid.TB, l Link) {
	if again, err := Parse(l.Address); err != nil || again != l {
		t.Errorf("the address of %+v gives %+v, %v", l, again, err)
	}
	if again, err := Parse("https://" + l.Key); err != nil || again.Key != l.Key {
		t.Errorf("the key of %+v gives %+v, %v", l, again, err)
	}
}

func TestStable(t *testing.T) {
	hosts := []string{"example.org", "www.m.example.org", "youtu.be", "www.youtube.com", "docs.google.com", "drive.google.com",
		"en.m.wikipedia.org", "www.google.com", "urldefense.com", "doi.org", "www.amazon.com", "twitter.com", "redd.it", "arxiv.org", "l.facebook.com", "href.li", "out.reddit.com"}
	pieces := []string{"/", "/.", "/..", "//", "?", "&", "=", "#", "#!", "#/", "%", "%2F", "%2f", "%25", "%41", "%zz", "%ff", "%3a", "é", "😀", "~", "+", ";", ",", ":", "@", "'", "(", "*",
		"wiki", "watch", "v=", "id=", "url=", "q=", "u=", "utm_source=x", "dQw4w9WgXcQ", "d", "e", "document", "file", "open", "status", "123456", "10.1000", "https://", "http://example.org/", "v3", "__", "__;", "amp/s/", "title=", "w/index.php", "dp/1234567890", ":~:text=a", "pdf/1706.03762.pdf", "comments", "_", " "}
	rapid.Check(t, func(t *rapid.T) {
		typed := "https://" + rapid.SampledFrom(hosts).Draw(t, "host")
		typed += strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 12).Draw(t, "pieces"), "")
		if l, err := Parse(typed); err == nil {
			stable(t, l)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"", "example.org", "https://example.org/%", "http://[::1]/", "https://a.b/?#", "https://urldefense.com/v3/__http:/a.b__;"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		if l, err := Parse(typed); err == nil {
			stable(t, l)
		}
	})
}

func TestNoLinks(t *testing.T) {
	for _, typed := range []string{
		"", "fractions", "fractions for grade 4", "ana@example.org", "mailto:ana@example.org", "javascript:alert(1)", "data:text/html,x",
		"ftp://example.org/x", "https://", "https:///x", "https://localhost/x", "https://127.0.0.1/", "http://[::1]/", "http://2130706433/",
		"http://0x7f.1/", "http://10.0.0.1.", "https://exa mple.org/", "https://example.org/\x00", "https://example.org/a\nb", "https://example..org/",
		"https://example.org/\xff", "https://" + strings.Repeat("a", MaxLength) + ".org", "file:///etc/passwd", "unit 4: fractions",
		"http://printer.local/", "wiki.internal", "https://router.lan/x", "https://abc.onion", "https://site.test", "x.home.arpa", "https://school.intranet/",
		"https://example.org:99999/", "https://example.org:0/", "example.org:65536",
	} {
		if l, err := Parse(typed); bot.CodeOf(err) != bot.Invalid {
			t.Errorf("%.60q: %+v, %v", typed, l, err)
		}
	}
}

func TestAddress(t *testing.T) {
	for typed, want := range map[string]string{
		"example.org/unit":                           "https://example.org/unit",
		"example.org:8080/unit":                      "https://example.org:8080/unit",
		"https://ana:secret@example.org/unit":        "https://example.org/unit",
		"http://www.example.org/Unit/?b=1&a=2#part2": "http://www.example.org/Unit/?b=1&a=2#part2",
		"https://example.org/?utm_source=x&b=1&a=%2": "https://example.org/?b=1&a=%252",
		"https://youtu.be/dQw4w9WgXcQ?t=42":          "https://youtu.be/dQw4w9WgXcQ?t=42",
		"https://example.org/u#:~:text=a,-b":         "https://example.org/u",
		"https://example.org/a,b;c":                  "https://example.org/a,b;c",
	} {
		if l := parse(t, typed); l.Address != want {
			t.Errorf("%s gives %s, not %s", typed, l.Address, want)
		}
	}
}

func TestFind(t *testing.T) {
	text := "A4: I use https://phet.colorado.edu/sims (and http://www.phet.colorado.edu/sims/!), see [this](https://youtu.be/dQw4w9WgXcQ). " +
		"Mail ana@example.org or example.org, never ftp://example.org/x or https://localhost/x"
	var got []string
	for _, l := range Find(text) {
		got = append(got, l.Key)
	}
	if want := []string{"phet.colorado.edu/sims", "youtube.com/watch?v=dQw4w9WgXcQ"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	var many strings.Builder
	for i := range 3 * mostFound {
		many.WriteString(" https://example.org/" + strings.Repeat("x", i+1))
	}
	if n := len(Find(many.String())); n != mostFound {
		t.Errorf("%d links of many", n)
	}
}

func TestShortAndHost(t *testing.T) {
	for typed, short := range map[string]bool{"https://bit.ly/3abc": true, "https://www.bit.ly/3abc": true, "https://forms.gle/abc": true, "https://youtu.be/dQw4w9WgXcQ": false, "https://example.org/bit.ly": false} {
		if parse(t, typed).Short() != short {
			t.Errorf("%s: short is %v", typed, !short)
		}
	}
	if h := parse(t, "https://WWW.Example.org:8443/x").Host(); h != "example.org" {
		t.Errorf("host %q", h)
	}
}
