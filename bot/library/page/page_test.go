package page

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

const at = "https://www.example.org/lessons/strips"

func TestRead(t *testing.T) {
	for _, c := range []struct {
		name, body string
		want       Page
	}{
		{"nothing", "", Page{}},
		{"a title", "<title> Fraction\n\tStrips </title>", Page{Title: "Fraction Strips"}},
		{"no title", "<h1>Fraction <em>Strips</em></h1>", Page{Title: "Fraction Strips"}},
		{"a picture's title is not the page's", "<html><head></head><body><svg><title>Logo</title></svg><h1>Strips</h1>", Page{Title: "Strips"}},
		{
			"Open Graph", `<html lang="es-mx"><head><title>Site | x</title><meta property="og:title" content="Tiras de fracciones"><meta property='og:description' content='Para "cuarto"'>
			<meta property="og:site_name" content="Recursos"><meta property="og:image" content="/p.png"><meta property="og:url" content="https://example.org/strips"></head>`,
			Page{Title: "Tiras de fracciones", Description: `Para "cuarto"`, Site: "Recursos", Picture: "https://www.example.org/p.png", Language: "es-MX", Canonical: "https://example.org/strips"},
		},
		{
			"schema.org", `<script type="application/ld+json">{"@context":"https://schema.org","@graph":[{"@type":"WebSite","name":"Not this"},
			{"@type":["LearningResource","CreativeWork"],"name":"Strips","author":[{"@type":"Person","name":"Ana"}],"inLanguage":"en","license":"https://creativecommons.org/licenses/by/4.0/"}]}</script>`,
			Page{Title: "Strips", Author: "Ana", Language: "en", Licence: "CC BY 4.0"},
		},
		{"broken JSON-LD", `<script type="application/ld+json">{"@type":</script><title>Strips</title>`, Page{Title: "Strips"}},
		{"JSON-LD of other kinds", `<script type="application/ld+json">[{"@type":"Article","headline":"Strips","author":7,"license":null}]</script>`, Page{Title: "Strips"}},
		{"Dublin Core", `<meta name="DC.title" content="Strips"><meta name="DC.creator" content="Ana"><meta name="DCTERMS.license" content="CC BY-SA 3.0">`, Page{Title: "Strips", Author: "Ana", Licence: "CC BY-SA 3.0"}},
		{"a link to the licence", `<title>x</title><footer><a href="http://creativecommons.org/licenses/by-nc-nd/3.0/us/">CC</a>`, Page{Title: "x", Licence: "CC BY-NC-ND 3.0"}},
		{"the marked licence before others", `<a href="https://creativecommons.org/licenses/by/2.0/">a picture</a><a rel="license" href="https://creativecommons.org/publicdomain/zero/1.0/">this</a>`, Page{Licence: "CC0"}},
		{"the same in JSON", `<link rel="alternate" type="application/json+oembed" href="/oembed?url=x">`, Page{OEmbed: "https://www.example.org/oembed?url=x"}},
		{"an empty mark is none", `<meta property="og:title" content=" "><title>Strips</title>`, Page{Title: "Strips"}},
		{"markup in a title is text", `<title>&lt;b&gt;@everyone&lt;/b&gt; [x](y)</title>`, Page{Title: "<b>@everyone</b> [x](y)"}},
		{"what cannot be seen", "<title>Frac\u202etion\u200b \x00Strips\u0007</title>", Page{Title: "Fraction Strips"}},
		{"addresses that are none", `<meta property="og:image" content="javascript:alert(1)"><link rel="canonical" href="ftp://example.org/"><link type="application/json+oembed" href="data:x">`, Page{}},
		{"passwords in addresses", `<meta property="og:image" content="https://a:b@example.org/x.png">`, Page{}},
		{"no language", `<html lang="english please"><title>x</title>`, Page{Title: "x"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, Read([]byte(c.body), "text/html; charset=utf-8", at)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestCharsets(t *testing.T) {
	for contentType, body := range map[string]string{
		"text/html; charset=iso-8859-1": "<title>Lecci\xf3n</title>",
		"text/html":                     "<meta charset=windows-1252><title>Lecci\xf3n</title>",
		"text/html; charset=UTF-8":      "<title>Lección</title>",
		"text/html; charset=utf-16le":   "<\x00t\x00i\x00t\x00l\x00e\x00>\x00L\x00e\x00c\x00c\x00i\x00\xf3\x00n\x00<\x00/\x00t\x00i\x00t\x00l\x00e\x00>\x00",
		"nonsense":                      "<title>Lección</title>",
	} {
		if got := Read([]byte(body), contentType, at).Title; got != "Lección" {
			t.Errorf("%s: %q", contentType, got)
		}
	}
}

func TestLengths(t *testing.T) {
	p := Read([]byte("<title>"+strings.Repeat("é", 5000)+`</title><meta name="description" content="`+strings.Repeat("x ", 9000)+`"><meta property="og:image" content="https://example.org/`+strings.Repeat("x", 3000)+`">`), "text/html", at)
	if n := utf8.RuneCountInString(p.Title); n != mostTitle {
		t.Errorf("a title of %d characters", n)
	}
	if n := utf8.RuneCountInString(p.Description); n > mostDescription || n < mostDescription-1 {
		t.Errorf("a description of %d characters", n)
	}
	if p.Picture != "" {
		t.Error("a long address")
	}
}

func TestLicence(t *testing.T) {
	for said, want := range map[string]string{
		"https://creativecommons.org/licenses/by-nc-sa/4.0/":    "CC BY-NC-SA 4.0",
		"http://creativecommons.org/licenses/by/3.0/us/deed.es": "CC BY 3.0",
		"https://creativecommons.org/licenses/by-sa":            "CC BY-SA",
		"https://creativecommons.org/publicdomain/zero/1.0/":    "CC0",
		"https://creativecommons.org/publicdomain/mark/1.0/":    "Public domain",
		"CC BY-NC":                      "CC BY-NC",
		"CC-BY-SA-4.0":                  "CC BY-SA 4.0",
		"Licensed cc by nc nd 4.0, Ana": "CC BY-NC-ND 4.0",
		"CC0":                           "CC0",
		"Public Domain":                 "Public domain",
		"Creative Commons Attribution-NonCommercial-ShareAlike 4.0 International Licence": "CC BY-NC-SA 4.0",
		"Creative Commons Attribution":                       "CC BY",
		"https://creativecommons.org/licenses/nc/1.0/":       "",
		"https://creativecommons.org/licenses/by-nd-sa/1.0/": "",
		"Copyright 2024 Ana":                                 "",
		"all rights reserved":                                "",
		"CCBY":                                               "",
		"":                                                   "",
	} {
		if got := Licence(said); got != want {
			t.Errorf("%q is %q, not %q", said, got, want)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{"", "<title>x", `<script type="application/ld+json">[[]]</script>`, "<meta name=og:title content=\xff>", "<svg><title></svg>"} {
		f.Add([]byte(s), "text/html")
	}
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		p := Read(body, contentType, at)
		for _, s := range []string{p.Title, p.Description, p.Site, p.Author} {
			if !utf8.ValidString(s) || strings.ContainsAny(s, "\n\r\x00") || utf8.RuneCountInString(s) > mostDescription {
				t.Errorf("%q", s)
			}
		}
		for _, s := range []string{p.Picture, p.Canonical, p.OEmbed} {
			if s != "" && !strings.HasPrefix(s, "http") {
				t.Errorf("%q", s)
			}
		}
	})
}
