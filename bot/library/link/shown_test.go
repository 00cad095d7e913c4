package link

import "testing"

func TestShown(t *testing.T) {
	for typed, want := range map[string]string{
		"https://es.wikipedia.org/wiki/Fracción_(matemática)": "es.wikipedia.org/wiki/Fracción_%28matemática%29",
		"https://münchen.example.de/straße?q=ü":               "münchen.example.de/straße?q=ü",
		"https://example.org/%E5%88%86%E6%95%B0":              "example.org/分数",
		"https://аррӏе.com/x":                                 "xn--80ak6aa92e.com/x", // all of it Cyrillic
		"https://gооgle.com/x":                                "xn--ggle-55da.com/x",
		"https://example.org/a%2Fb%20c":                       "example.org/a%2Fb%20c",
		"https://example.org/%D7%90%D7%91":                    "example.org/%D7%90%D7%91", // written from right to left
		"https://example.org/%E2%80%AEfdp":                    "example.org/%E2%80%AEfdp", // turns the order round
		"https://example.org/%E2%88%95login":                  "example.org/%E2%88%95login",
		"https://example.org/%FF%C3%A9":                       "example.org/%FFé",
		"https://example.org/100%25":                          "example.org/100%25",
	} {
		if got := Shown(parse(t, typed).Key); got != want {
			t.Errorf("%s is shown as %s, want %s", typed, got, want)
		}
	}
}
