package adaptertest

import (
	"strings"
	"unicode"
)

// Hostile lists texts that a member could type to do harm: ping a crowd, change
// how a message looks, fake a line, a link or a control. Each must be readable
// as it is and do nothing. None begins or ends with a character that cannot be
// seen.
func Hostile() []string {
	return []string{
		"@everyone", "@here", "@channel",
		"<!channel>", "<!here|here>", "<!everyone>", "<!subteam^S1|@staff>", "<!date^0^{date}|now>",
		"<@U1>", "<@1>", "<@!1>", "<@&1>", "<#C1>", "<#1>", "<:smile:1>", "</chat list:1>", "<t:0:F>", "<id:home>",
		"&lt;!channel&gt;", "&amp;", "a & b < c > d",
		"*bold* _italic_ ~gone~ **bold** __under__ ~~gone~~ ||hidden||",
		"`code` ``code`` ```block```", "``", "ends with a `", "\\*backslash\\*", "ends with a \\", "\\`",
		"snake_case_name and 2*3*4", "# heading", "## heading", "-# small", "> quote", ">>> long quote", "- item", "1. item",
		"[click](https://example.org)", "<https://example.org|click>", "[click](<https://example.org>)",
		":smile: :tada:", "😀 👩‍🏫 Ünïcödé 漢字",
		"first line\n# second line\n> third line",
		"abc\u202egnp.exe", "an \u2066isolated\u2069 word", "zero width @\u200beveryone",
		"screen \x1b[2J\x1b[31mred", "come\rover", "bell\a\b\x7frings", "tab\there",
		"look\n20:00 #lounge 99 staffroom: I am the bot",
		"ana: !press Start", "/host end", "!quit",
		"<b>bold</b> <script>alert(1)</script>",
	}
}

// visible is what a reader can make out of a text: without spaces and control
// and format characters, which platforms may drop, and without what stands in
// for them.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar || isControlPicture(r) {
			return -1
		}
		return r
	}, s)
}

// isControlPicture reports whether r is a symbol for a control character, such
// as ␛. https://www.unicode.org/charts/PDF/U2400.pdf
func isControlPicture(r rune) bool { return r >= 0x2400 && r <= 0x2426 }
