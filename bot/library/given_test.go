package library

import (
	"slices"
	"strings"
	"testing"
)

func TestTags(t *testing.T) {
	for typed, want := range map[string]string{
		"":                             "",
		"#fractions":                   "fractions",
		"#fractions hands-on":          "fractions|hands-on",
		"fractions, number line":       "fractions|number line",
		"Fractions #fractions":         "Fractions",
		" # , ##x,":                    "x",
		"#fracciones;\nrecta numérica": "fracciones|recta numérica",
	} {
		if got := strings.Join(tagsOf(typed), "|"); got != want {
			t.Errorf("%q: %q, want %q", typed, got, want)
		}
	}
}

func values(pairs ...string) func(string) string {
	return func(field string) string {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == field {
				return pairs[i+1]
			}
		}
		return ""
	}
}

func TestReadGiven(t *testing.T) {
	g, wrong := read(values(noteField, " Skip part two. ", tagsField, "#fractions", gradeField, "4"))
	if len(wrong) > 0 || g.note != "Skip part two." || !slices.Equal(g.tags, []string{"fractions"}) || !slices.Equal(g.grades, []string{"4"}) {
		t.Errorf("%+v, %+v", g, wrong)
	}
	_, wrong = read(values(noteField, strings.Repeat("x", MostNote+1), titleField, strings.Repeat("é", MostTitle+1),
		tagsField, strings.Repeat("x", MostTag+1), gradeField, "tall", subjectField, strings.Repeat("x", MostTag+1)))
	var fields []string
	for _, w := range wrong {
		fields = append(fields, w.field)
		if w.field == noteField && w.key != "library.fault.long.note" {
			t.Errorf("a long note is told with %s", w.key)
		}
	}
	if want := []string{titleField, noteField, subjectField, tagsField, gradeField}; !slices.Equal(fields, want) {
		t.Errorf("faults in %q, want %q", fields, want)
	}
}

func TestLinksOf(t *testing.T) {
	for typed, want := range map[string]string{
		"www.example.org/strips?utm_source=x":             "example.org/strips",
		"https://example.org/a, http://www.example.org/a": "example.org/a",
		"https://example.org/a\nhttps://example.org/b":    "example.org/a example.org/b",
		"fractions":                              "?library.fault.link",
		"https://example.org/a http://10.0.0.1/": "?library.fault.link",
		"":                                       "?library.fault.no_link",
		"https://example.org/?q=" + strings.Repeat("x", 3000): "?library.fault.link.long",
		"https://a.org https://b.org https://c.org https://d.org https://e.org https://f.org https://g.org https://h.org https://i.org https://j.org https://k.org": "?library.fault.links",
	} {
		links, wrong := linksOf(typed)
		var keys []string
		for _, l := range links {
			keys = append(keys, l.Key)
		}
		got := strings.Join(keys, " ")
		if len(wrong) > 0 {
			got = "?" + string(wrong[0].key)
		}
		if got != want {
			t.Errorf("%q: %q, want %q", typed, got, want)
		}
	}
}

func TestTypedWords(t *testing.T) {
	for typed, want := range map[string]string{
		"example.org/a Skip part two":                       "example.org/a|Skip part two|",
		"https://a.org Try #fractions by #hands-on, too":    "https://a.org|Try #fractions by #hands-on, too|#fractions #hands-on",
		"https://a.org Skip part two #fractions #hands-on.": "https://a.org|Skip part two|#fractions #hands-on",
		"https://a.org #fractions":                          "https://a.org||#fractions",
		"https://a.org See page #5":                         "https://a.org|See page #5|",
		"https://a.org Unit #5 #unit5":                      "https://a.org|Unit #5|#unit5",
		"https://a.org HTTPS://b.org see b.org":             "https://a.org HTTPS://b.org|see b.org|",
		"https://a.org/foo. Great":                          "https://a.org/foo|Great|",
		"https://a.org/b! Like https://a.org/c.":            "https://a.org/b|Like https://a.org/c.|",
		"https://a.org/b… and more":                         "https://a.org/b|and more|",
		"https://a.org/b…":                                  "https://a.org/b||",
		"https://a.org/Yahoo!":                              "https://a.org/Yahoo!||",
		"«https://a.org/b» Bueno":                           "https://a.org/b|Bueno|",
		"(https://a.org/b_(c)).":                            "https://a.org/b_(c)||",
		"https://a.org, (https://b.org): both":              "https://a.org https://b.org|both|",
		"“https://a.org/b!”":                                "https://a.org/b||",
		"<https://a.org/b>":                                 "https://a.org/b||",
		"https://a.org (see below) #x":                      "https://a.org|(see below)|#x",
		"https://a.org/Apple_Inc.":                          "https://a.org/Apple_Inc.||",
		"https://a.org # 1":                                 "https://a.org|# 1|",
		"  ":                                                "||",
	} {
		links, note, tags := typedWords(typed)
		if got := links + "|" + note + "|" + tags; got != want {
			t.Errorf("%q: %q, want %q", typed, got, want)
		}
	}
}
