package index

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis"
	"github.com/blevesearch/bleve/v2/analysis/analyzer/custom"
	"github.com/blevesearch/bleve/v2/analysis/char/asciifolding"
	"github.com/blevesearch/bleve/v2/analysis/char/regexp"
	"github.com/blevesearch/bleve/v2/analysis/lang/en"
	"github.com/blevesearch/bleve/v2/analysis/lang/es"
	"github.com/blevesearch/bleve/v2/analysis/token/lowercase"
	"github.com/blevesearch/bleve/v2/analysis/tokenizer/single"
	"github.com/blevesearch/bleve/v2/analysis/tokenizer/unicode"
	"github.com/blevesearch/bleve/v2/mapping"
	indexapi "github.com/blevesearch/bleve_index_api"
)

// The fields of the index.
const (
	titleField = "title" // its words as they are
	stemField  = "stem"  // its words without their endings
	textField  = "text"  // the words of everything else, without their endings
	hostField  = "host"  // the hosts of its addresses, what is above them, and their words
	tagField   = "tag"   // "#fractions", and whatever else must be the same: see label
)

// The analyzers: what makes words of a text.
const (
	plain       = "plain"
	english     = "english"
	spanish     = "spanish"
	englishText = "english text" // without words that say little
	spanishText = "spanish text"
	exactly     = "exactly"

	initials = "initials"
)

// words makes words of texts, for the index and for what is looked for.
type words struct {
	plain, english, spanish analysis.Analyzer
	common                  analysis.TokenMap // words that say little by themselves
}

// newMapping says how the index is made.
func newMapping() (*mapping.IndexMappingImpl, *words, error) {
	m := bleve.NewIndexMapping()
	m.ScoringModel = indexapi.BM25Scoring
	m.StoreDynamic, m.IndexDynamic, m.DocValuesDynamic = false, false, false
	// "U.S." is a word.
	err := m.AddCustomCharFilter(initials, map[string]any{"type": regexp.Name, "regexp": `\b([A-Za-z])\.([A-Za-z])\.`, "replace": "$1$2"})
	if err != nil {
		return nil, nil, err
	}
	for name, stem := range map[string][]string{
		plain: nil, english: {en.SnowballStemmerName}, spanish: {es.LightStemmerName},
		englishText: {en.StopName, es.StopName, en.SnowballStemmerName}, spanishText: {en.StopName, es.StopName, es.LightStemmerName},
	} {
		filters := append([]string{en.PossessiveName, lowercase.Name}, stem...)
		err := m.AddCustomAnalyzer(name, map[string]any{
			"type": custom.Name, "char_filters": []string{asciifolding.Name, initials}, "tokenizer": unicode.Name, "token_filters": filters,
		})
		if err != nil {
			return nil, nil, err
		}
	}
	if err := m.AddCustomAnalyzer(exactly, map[string]any{"type": custom.Name, "tokenizer": single.Name}); err != nil {
		return nil, nil, err
	}
	field := func(name, analyzer string) *mapping.FieldMapping {
		f := bleve.NewTextFieldMapping()
		f.Name, f.Analyzer = name, analyzer
		f.Store, f.IncludeTermVectors, f.IncludeInAll, f.DocValues = false, false, false, false
		return f
	}
	doc := bleve.NewDocumentStaticMapping()
	doc.AddFieldMappingsAt("Title", field(titleField, plain), field(stemField, english), field(stemField, spanish))
	doc.AddFieldMappingsAt("Text", field(textField, englishText), field(textField, spanishText))
	tags := field(tagField, exactly)
	tags.SkipFreqNorm = true
	doc.AddFieldMappingsAt("Tags", tags)
	hosts := field(hostField, exactly)
	hosts.SkipFreqNorm = true
	doc.AddFieldMappingsAt("Hosts", hosts)
	m.DefaultMapping = doc
	w := &words{plain: m.AnalyzerNamed(plain), english: m.AnalyzerNamed(english), spanish: m.AnalyzerNamed(spanish), common: analysis.NewTokenMap()}
	for _, list := range [][]byte{en.EnglishStopWords, es.SpanishStopWords} {
		if err := w.common.LoadBytes(list); err != nil {
			return nil, nil, err
		}
	}
	return m, w, nil
}

// document is an entry as the index takes it.
type document struct {
	Title, Text string
	Hosts, Tags []string
}

// document makes one of an entry. What must be the same is a label with the
// field's name.
func (w *words) document(e *Entry) document {
	d := document{Title: e.Title, Text: strings.Join(append([]string{e.Text, e.Subject}, e.Tags...), "\n"), Hosts: w.hostTerms(e.Sites)}
	for _, t := range e.Tags {
		d.Tags = append(d.Tags, w.label("tag", t))
	}
	for _, g := range e.Grades {
		d.Tags = append(d.Tags, w.label("grade", g))
	}
	for _, p := range e.People {
		d.Tags = append(d.Tags, "person "+p)
	}
	if e.Subject != "" {
		d.Tags = append(d.Tags, w.label("subject", e.Subject))
	}
	return d
}

// label is what must be the same, in small letters without accents.
func (w *words) label(kind, text string) string {
	out := kind
	for _, t := range w.plain.Analyze([]byte(text)) {
		out += " " + string(t.Term)
	}
	return out
}

// word is one that is looked for.
type word struct {
	plain  string
	stems  []string
	host   string // the word is one, and nothing else
	common bool
	longer []string // words of titles that begin so
	slip   bool     // it is nowhere in the library
}

// wanted are the words of what was typed.
func (w *words) wanted(in bleve.Index, typed string) ([]word, error) {
	var out []word
	var rest []string
	for _, part := range strings.Fields(typed) {
		host := hostIn(part)
		if host == "" {
			rest = append(rest, part)
			continue
		}
		if len(out) < mostWords {
			out = append(out, word{host: host})
		}
		rest = append(rest, pathIn(part))
	}
	for _, t := range w.plain.Analyze([]byte(strings.Join(rest, " "))) {
		if len(out) == mostWords {
			break
		}
		found := w.word(t.Term)
		known, err := found.known(in)
		if err == nil && !found.common {
			found.longer, err = longer(in, found.plain)
		}
		if err != nil {
			return nil, err
		}
		found.slip = !known && !found.common && slips(found.plain) > 0
		out = append(out, found)
	}
	return out, nil
}

// word is a word with its stems.
func (w *words) word(term []byte) word {
	found := word{plain: string(term), common: w.common[string(term)]}
	for _, a := range []analysis.Analyzer{w.english, w.spanish} {
		for _, s := range a.Analyze(term) {
			if len(found.stems) == 0 || found.stems[0] != string(s.Term) {
				found.stems = append(found.stems, string(s.Term))
			}
		}
	}
	return found
}

// said are the words of a text but for those that say little, or all if they all do.
func (w *words) said(text string) (all []word) {
	for _, t := range w.plain.Analyze([]byte(text)) {
		all = append(all, w.word(t.Term))
	}
	if some := slices.DeleteFunc(slices.Clone(all), func(one word) bool { return one.common }); len(some) > 0 {
		return some
	}
	return all
}

// Same reports whether two texts are the same words in any order, or differ in their
// endings: by the English stem, or as one and many do in Spanish, whose stems are too short
// to tell "plan" from "plane". Words that say little do not count.
func (x *Index) Same(a, b string) bool {
	some, others := x.words.said(a), x.words.said(b)
	if len(some) != len(others) {
		return false
	}
	for _, one := range some {
		at := slices.IndexFunc(others, func(other word) bool {
			return one.stems[0] == other.stems[0] || many(one.plain) == other.plain || many(other.plain) == one.plain
		})
		if at < 0 {
			return false
		}
		others = slices.Delete(others, at, at+1)
	}
	return true
}

// many is the plural of a Spanish word without its accents.
// https://www.rae.es/dpd/plural
func many(word string) string {
	if stem, ok := strings.CutSuffix(word, "z"); ok {
		return stem + "ces"
	}
	if strings.ContainsAny(word[len(word)-1:], "aeiou") {
		return word + "s"
	}
	return word + "es"
}

// mostWords is how many words are looked for. The rest does not count.
const mostWords = 12

// known reports whether the library has the word somewhere.
func (w *word) known(in bleve.Index) (bool, error) {
	for field, terms := range map[string][]string{titleField: {w.plain}, hostField: {w.plain}, stemField: w.stems, textField: w.stems} {
		for _, term := range terms {
			dict, err := in.FieldDictRange(field, []byte(term), []byte(term))
			if err != nil {
				return false, err
			}
			entry, err := dict.Next()
			_ = dict.Close()
			if err != nil || entry != nil {
				return err == nil, err
			}
		}
	}
	return false, nil
}

// How many words that begin so are looked at, and how many of them, the most
// frequent, are looked for.
const (
	mostLonger   = 500
	soughtLonger = 16
)

// longer are words of titles that begin with one that was typed.
func longer(in bleve.Index, typed string) ([]string, error) {
	if utf8.RuneCountInString(typed) < 2 {
		return nil, nil
	}
	dict, err := in.FieldDictPrefix(titleField, []byte(typed))
	if err != nil {
		return nil, err
	}
	defer func() { _ = dict.Close() }()
	var found []indexapi.DictEntry
	for range mostLonger {
		e, err := dict.Next()
		if err != nil {
			return nil, err
		}
		if e == nil {
			break
		}
		if e.Term != typed {
			found = append(found, *e)
		}
	}
	slices.SortStableFunc(found, func(a, b indexapi.DictEntry) int { return cmp.Compare(b.Count, a.Count) })
	var out []string
	for _, e := range found[:min(len(found), soughtLonger)] {
		out = append(out, e.Term)
	}
	return out, nil
}

// slips is how many letters of a word may be wrong: none where it has dots, as names of
// sites and of standards have.
func slips(word string) int {
	switch n := utf8.RuneCountInString(word); {
	case n < 4, strings.Contains(word, "."):
		return 0
	case n < 8:
		return 1
	default:
		return 2
	}
}
