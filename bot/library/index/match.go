package index

import (
	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/search/query"
)

// matcher matches resources by their words; nil matches all.
type matcher = query.Query

// How much it counts where and how a word is found.
const (
	asTyped         = 3.0 // in the title
	inTitle         = 2.0 // another form of it
	beginning       = 0.5 // a word of the title that begins so
	begun           = 1.5 // the same, if the word itself is nowhere
	elsewhere       = 0.7 // in what is not the title
	onSite          = 2.0 // the site itself
	inHost          = 0.7 // a word in the site's host
	nearly          = 1.0 // a word of the title that differs by a slip
	nearlyElsewhere = 0.3
)

// match is where one word may be.
func (w *word) match() query.Query {
	if w.host != "" {
		return bleve.NewDisjunctionQuery(term(hostField, w.host, onSite), term(titleField, w.host, inTitle))
	}
	ways := []query.Query{term(titleField, w.plain, asTyped), term(hostField, w.plain, inHost)}
	for _, s := range w.stems {
		ways = append(ways, term(stemField, s, inTitle), term(textField, s, elsewhere))
	}
	boost := beginning
	if w.slip {
		boost = begun
	}
	for _, longer := range w.longer {
		ways = append(ways, term(titleField, longer, boost))
	}
	if w.slip {
		for n := range slips(w.plain) { // what differs by less counts more
			ways = append(ways, w.nearly(titleField, n+1, nearly), w.nearly(textField, n+1, nearlyElsewhere))
		}
	}
	return bleve.NewDisjunctionQuery(ways...)
}

// nearly matches words that differ by so many slips at most.
func (w *word) nearly(field string, letters int, boost float64) query.Query {
	f := bleve.NewFuzzyQuery(w.plain)
	f.SetField(field)
	f.SetFuzziness(letters)
	f.SetBoost(boost)
	return f
}

func term(field, text string, boost float64) query.Query {
	q := bleve.NewTermQuery(text)
	q.SetField(field)
	q.SetBoost(boost)
	return q
}

// all matches what has every word. Those that say little need not be there.
func all(wanted []word) matcher {
	must, should := parts(wanted)
	if len(must) == 0 {
		must, should = should, nil
	}
	if len(must) == 0 {
		return nil
	}
	b := query.NewBooleanQuery(must, should, nil)
	return b
}

// most matches what has half of the words or more, and every host.
func most(wanted []word) matcher {
	must, should := parts(wanted)
	if len(must) == 0 {
		must = should
	}
	half := (len(must) + 1) / 2
	var hosts []query.Query
	for i := range wanted {
		if wanted[i].host != "" { // they stand first
			hosts = append(hosts, must[i])
		}
	}
	others := bleve.NewDisjunctionQuery(must[len(hosts):]...)
	others.SetMin(float64(max(0, half-len(hosts))))
	switch {
	case len(hosts) == 0:
		return others
	case half <= len(hosts):
		return query.NewBooleanQuery(hosts, must[len(hosts):], nil)
	default:
		return bleve.NewConjunctionQuery(append(hosts, others)...)
	}
}

func parts(wanted []word) (must, should []query.Query) {
	for i := range wanted {
		if w := &wanted[i]; w.common {
			should = append(should, w.match())
		} else {
			must = append(must, w.match())
		}
	}
	return must, should
}

// filtered is what matches and has all else that is asked for.
func (w *words) filtered(match matcher, q Query) query.Query {
	var labels []string
	for _, t := range q.Tags {
		labels = append(labels, w.label("tag", t))
	}
	if q.Subject != "" {
		labels = append(labels, w.label("subject", q.Subject))
	}
	if q.Person != "" {
		labels = append(labels, "person "+q.Person)
	}
	if match == nil {
		match = bleve.NewMatchAllQuery()
	}
	var anyGrade []query.Query
	for _, g := range q.Grades {
		anyGrade = append(anyGrade, term(tagField, w.label("grade", g), 0))
	}
	if len(labels)+len(anyGrade) == 0 {
		return match
	}
	parts := []query.Query{match}
	for _, l := range labels {
		parts = append(parts, term(tagField, l, 0))
	}
	if len(anyGrade) > 0 {
		parts = append(parts, bleve.NewDisjunctionQuery(anyGrade...))
	}
	return bleve.NewConjunctionQuery(parts...)
}
