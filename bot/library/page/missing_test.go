package page

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestSaysMissing(t *testing.T) {
	for _, title := range []string{
		"404", "404 Not Found", "Error 404", "404 error", "HTTP 404 Not Found", "404 - File not found", "Page not found", "Page Not Found | Lincoln Elementary",
		"Lincoln Elementary - Page not found", "404: Page not found – Example", "Oops! Page not found.", "The page you requested was not found", "Page not found · GitHub",
		"This page isn’t available", "This page could not be found", "This content is not available", "Page does not exist | x", "410 Gone", "Page cannot be found",
		"Página no encontrada", "Página no encontrada - Recursos", "404 | Página no encontrada", "Error 404: página no encontrada", "La página no existe", "No se encontró la página", "No encontrado",
		"Página não encontrada", "Page introuvable", "Erreur 404 : page introuvable", "Seite nicht gefunden", "404 – Seite nicht gefunden", "Pagina non trovata", "Pagina niet gevonden",
		"Страница не найдена", "页面不存在", "ページが見つかりません",
	} {
		if !SaysMissing(title) {
			t.Errorf("%q is taken for a page", title)
		}
	}
	for _, title := range []string{
		"", "Fraction Strips", "HTTP 404 - Wikipedia, the free encyclopedia: status codes", "What to do about a 404 Not Found error", "How to fix Page Not Found errors on a school site",
		"Room 404", "404 ways to teach fractions", "Lost and not found", "The Page", "Unit 404: Rivers", "Gone with the Wind", "Gone | Novels", "The page was found", "Grade 4", "Not Found: a novel for grade 7",
		"Si no encontraste la página", "Lección 404", "Error analysis in fractions", "Page 404 of the reader", "Content", "Missing numbers",
	} {
		if SaysMissing(title) {
			t.Errorf("%q is taken for no page", title)
		}
	}
}

func TestNameOf(t *testing.T) {
	for address, want := range map[string]string{
		"https://example.org/files/Fraction_Strips-grade%204.pdf": "Fraction Strips grade 4",
		"https://example.org/":      "",
		"https://example.org":       "",
		"https://example.org/a/b/":  "b",
		"https://example.org/%FF":   "",
		"https://example.org/x.pdf": "x",
		"":                          "",
	} {
		if got := NameOf(address); got != want {
			t.Errorf("%s is called %q, not %q", address, got, want)
		}
	}
}

func TestReadOEmbed(t *testing.T) {
	got := ReadOEmbed([]byte(`{"version":"1.0","title":"Rivers\n<b>","author_name":"Ana","provider_name":7,"thumbnail_url":"/p.png","html":"<iframe>"}`), "https://video.example.org/oembed?x")
	if got != (Page{Title: "Rivers <b>", Author: "Ana", Picture: "https://video.example.org/p.png"}) {
		t.Errorf("%+v", got)
	}
	if p := (Page{Title: "Own", Language: "en"}).With(got); p.Title != "Own" || p.Author != "Ana" || p.Language != "en" {
		t.Errorf("%+v", p)
	}
	for _, body := range []string{"", "null", "[]", "<html>", `{"thumbnail_url":"javascript:1"}`} {
		if p := ReadOEmbed([]byte(body), at); p != (Page{}) {
			t.Errorf("%s: %+v", body, p)
		}
	}
}

func TestReadArchived(t *testing.T) {
	answer := func(url string, more string) string {
		return `{"url":"x","archived_snapshots":{"closest":{"url":"` + url + `",` + more + `}}}`
	}
	for body, want := range map[string]string{
		answer("http://web.archive.org/web/20240102030405/http://example.org/a", `"available":true,"status":"200"`): "https://web.archive.org/web/20240102030405/http://example.org/a",
		answer("http://web.archive.org/web/2024/http://example.org/a", `"available":false,"status":"200"`):          "",
		answer("http://web.archive.org/web/2024/http://example.org/a", `"available":true,"status":"404"`):           "",
		answer("https://evil.example/web/2024/x", `"available":true,"status":"200"`):                                "",
		answer("javascript:alert(1)", `"available":true,"status":"200"`):                                            "",
		`{"archived_snapshots":{}}`: "", "": "", "[]": "",
	} {
		if got := ReadArchived([]byte(body)); got != want {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
	}
	if got := ArchiveOf("https://example.org/a?b=c&d"); got != "https://archive.org/wayback/available?url=https%3A%2F%2Fexample.org%2Fa%3Fb%3Dc%26d" {
		t.Error(got)
	}
}

func FuzzReadSmall(f *testing.F) {
	for _, s := range []string{"", `{"title":"x","thumbnail_url":"//y"}`, `{"archived_snapshots":{"closest":{"url":"http://web.archive.org/","available":true,"status":"200"}}}`, "404 | x"} {
		f.Add([]byte(s), "https://example.org/a%2fb.pdf")
	}
	f.Fuzz(func(t *testing.T, body []byte, address string) {
		p := ReadOEmbed(body, address)
		for _, s := range []string{p.Title, p.Author, p.Site, NameOf(address)} {
			if !utf8.ValidString(s) || strings.ContainsAny(s, "\n\r\x00") || utf8.RuneCountInString(s) > mostTitle {
				t.Errorf("%q", s)
			}
		}
		if p.Picture != "" && !strings.HasPrefix(p.Picture, "http") {
			t.Errorf("%q", p.Picture)
		}
		if a := ReadArchived(body); a != "" && !strings.HasPrefix(a, "https://web.archive.org") {
			t.Errorf("%q", a)
		}
		SaysMissing(string(body))
	})
}
