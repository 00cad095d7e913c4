package page

import (
	"net/url"
	"path"
	"regexp"
	"strings"
	"unicode"
)

// missing are the titles of pages that say that there is no such page, in languages
// of many schools. A part of a title between marks must be one of them from its
// begin to its end: a lesson may be about HTTP 404.
var missing = regexp.MustCompile(`^(?:` + strings.Join([]string{
	`(?:(?:http )?error )?4(?:04|10)(?: error)?`,
	`(?:(?:http )?(?:error )?4(?:04|10) )?(?:(?:that|the|this|your|requested) )?(?:page|file|resource|content|document|video|article|site) (?:you requested )?(?:was |is |could |can )?(?:not |n['’]t )(?:be )?(?:found|available|exist)`,
	`(?:(?:http )?(?:error )?4(?:04|10) )?(?:(?:the|this|that) )?(?:page|file|resource|content|document|video|article|site) (?:cannot be|can['’]?t be|couldn['’]t be|isn['’]t|wasn['’]t|doesn['’]t|does not|is no longer|no longer) (?:found|available|exists?)`,
	`(?:http )?(?:error )?404 (?:page |file )?(?:not found|missing)(?: error)?`,
	`page missing`, `no such page`, `410 gone`,
	`(?:(?:http )?error )?(?:404 )?(?:la )?p[áa]gina (?:que buscas )?(?:no (?:se ha |fue |ha sido )?(?:encontrad[ao]|encontró|existe|disponible)|no se encuentra|inexistente)`,
	`(?:404 )?no se (?:ha )?(?:encontr[óo]|encontrado) la p[áa]gina`, `(?:404 )?no encontrad[ao]`, `(?:404 )?contenido no (?:encontrado|disponible)`,
	`(?:erro )?(?:404 )?p[áa]gina n[ãa]o (?:foi )?encontrada`,
	`(?:erreur )?(?:404 )?(?:la )?page (?:(?:est )?introuvable|non trouv[ée]e|n['’]existe pas)`,
	`(?:fehler )?(?:404 )?(?:die )?seite (?:wurde )?nicht (?:gefunden|verf[üu]gbar|vorhanden)`,
	`(?:errore )?(?:404 )?(?:la )?pagina (?:non trovata|inesistente)`,
	`(?:fout )?(?:404 )?pagina (?:is )?niet (?:gevonden|beschikbaar)`,
	`(?:404 )?p[àa]gina no trobada`, `(?:404 )?sidan (?:kunde inte|kan inte|hittades inte|finns inte).*`,
	`(?:404 )?nie znaleziono strony`, `(?:404 )?страница не найдена`, `(?:404 )?الصفحة غير موجودة`, `(?:404 )?页面不存在`, `(?:404 )?找不到(?:页面|頁面|网页)`, `(?:404 )?ページが見つかりません`, `(?:404 )?페이지를 찾을 수 없습니다`,
}, "|") + `)$`)

// SaysMissing reports whether a page's title says that there is no such page, though
// its server may have said that all is well.
func SaysMissing(title string) bool {
	for part := range strings.FieldsFuncSeq(strings.ToLower(title), func(r rune) bool { return strings.ContainsRune("|–—·•»«:!.", r) }) {
		part = strings.Join(strings.FieldsFunc(strings.TrimSpace(part), func(r rune) bool {
			return unicode.IsSpace(r) || strings.ContainsRune(`,"“”()[]`, r)
		}), " ")
		for _, p := range append(strings.Split(part, " - "), strings.ReplaceAll(part, " - ", " ")) {
			if missing.MatchString(strings.Trim(p, " -")) {
				return true
			}
		}
	}
	return false
}

// NameOf is a title from an address alone, for what has none, such as a PDF: the
// name of the file. Without one it is "".
func NameOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	name := path.Base(u.Path)
	if name == "." || name == "/" {
		return ""
	}
	name = strings.TrimSuffix(name, path.Ext(name))
	return line(strings.NewReplacer("_", " ", "-", " ", "+", " ").Replace(strings.ToValidUTF8(name, "")), mostTitle)
}
