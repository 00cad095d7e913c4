package page

import (
	"encoding/json"
	"strings"

	"github.com/PuerkitoBio/goquery"
)

// work is a creative work as schema.org describes it.
type work struct {
	Type        words  `json:"@type"`
	Name        string `json:"name"`
	Headline    string `json:"headline"`
	Description string `json:"description"`
	Author      words  `json:"author"`
	Language    words  `json:"inLanguage"`
	Licence     words  `json:"license"`
	Graph       []work `json:"@graph"`
}

// words are a text, a thing that has a name, or several of them.
type words []string

// name is the first of them.
func (w words) name() string {
	if len(w) == 0 {
		return ""
	}
	return w[0]
}

// UnmarshalJSON takes whatever there is, and leaves out what is none of them. It does
// not go into lists of lists: whoever nests thousands of them means no good.
func (w *words) UnmarshalJSON(data []byte) error {
	var several []json.RawMessage
	if json.Unmarshal(data, &several) != nil {
		several = []json.RawMessage{data}
	}
	for _, one := range several {
		if said := word(one); said != "" {
			*w = append(*w, said)
		}
	}
	return nil
}

// word is a text, or what a thing is called.
func word(data []byte) string {
	var text string
	if json.Unmarshal(data, &text) == nil {
		return text
	}
	var thing struct {
		Name string `json:"name"`
		ID   string `json:"@id"`
		URL  string `json:"url"`
	}
	if json.Unmarshal(data, &thing) != nil {
		return ""
	}
	return first(thing.Name, thing.URL, thing.ID)
}

// notWorks are things that a page describes besides what it is about.
var notWorks = map[string]bool{
	"Organization": true, "WebSite": true, "BreadcrumbList": true, "Person": true, "ImageObject": true, "SearchAction": true, "SiteNavigationElement": true,
}

// described is the first work that a page describes in JSON-LD.
// https://www.w3.org/TR/json-ld11/#embedding-json-ld-in-html-documents
func described(doc *goquery.Document) (found work) {
	doc.Find(`script[type="application/ld+json" i]`).EachWithBreak(func(_ int, s *goquery.Selection) bool {
		text := []byte(s.Text())
		var one work
		var several []work
		if json.Unmarshal(text, &one) == nil {
			several = append([]work{one}, one.Graph...)
		} else if json.Unmarshal(text, &several) != nil {
			return true
		}
		for _, w := range several {
			if len(w.Type) > 0 && !notWorks[w.Type[0]] && strings.TrimSpace(w.Name+w.Headline+w.Description) != "" {
				found = w
				return false
			}
		}
		return true
	})
	return found
}
