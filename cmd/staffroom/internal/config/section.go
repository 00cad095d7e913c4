package config

import (
	"errors"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// section is one mapping of the file. It is read setting by setting; what nobody asked for is unknown. A section that
// the file lacks reads as one without entries.
type section struct {
	loader  *loader
	at      place // of the section itself; setting is its path, "" for the whole file
	entries []entry
	asked   []string
}

// entry is one "key: value" of a section.
type entry struct {
	key  string
	line int
	node ast.Node
}

// value is the text of one setting.
type value struct {
	text string // without the spaces around it
	at   place  // where it was given, or would be
}

// setting describes a text that can be set.
type setting struct {
	key      string // in the file
	env      string // the variable that wins over the file; "" for none
	fallback string
	want     string // what is expected, in plain words
}

// text reads a setting whose value is a text.
func (s *section) text(set setting) value {
	v := value{text: set.fallback, at: s.place(set.key, s.at.line)}
	if e, ok := s.entry(set.key); ok {
		v.at.line = e.line
		switch node := e.node.(type) {
		case *ast.StringNode:
			v.text = strings.TrimSpace(node.Value)
		case *ast.LiteralNode:
			v.text = strings.TrimSpace(node.Value.Value)
		default:
			s.loader.report(v.at, "%s expects %s, found %s", v.at.setting, set.want, kind(node))
		}
	}
	if text, ok := s.loader.lookup(set.env); ok {
		return value{text: text, at: place{source: environment, setting: set.env}}
	}
	return v
}

// section reads a setting that holds settings of its own.
func (s *section) section(key string) *section {
	sub := &section{loader: s.loader, at: s.place(key, s.at.line)}
	if e, ok := s.entry(key); ok {
		sub.at.line = e.line
		if !sub.fill(e.node) {
			s.loader.report(sub.at, "%s expects settings below it, indented, found %s", sub.at.setting, kind(e.node))
		}
	}
	return sub
}

// list reads a setting that holds a list of sections. example is a first line of one.
func (s *section) list(key, example string) []*section {
	e, ok := s.entry(key)
	if !ok {
		return nil
	}
	array, ok := e.node.(*ast.SequenceNode)
	if !ok {
		s.loader.report(s.place(key, e.line), "%s expects a list whose entries begin with '- %s', found %s", key, example, kind(e.node))
		return nil
	}
	var items []*section
	for _, node := range array.Values {
		item := &section{loader: s.loader, at: s.place(key, line(node, e.line))}
		if !item.fill(node) {
			s.loader.report(item.at, "%s expects each entry to begin with '- %s', found %s", key, example, kind(node))
			continue
		}
		items = append(items, item)
	}
	return items
}

// finish reports the entries that no one asked for.
func (s *section) finish() {
	for _, e := range s.entries {
		if !slices.Contains(s.asked, e.key) {
			s.loader.report(s.place(e.key, e.line), "%s", unknown(e.key, s.asked))
		}
	}
}

// entry finds a key that has a value. One without a value ("discord:" above commented lines) counts as absent.
func (s *section) entry(key string) (entry, bool) {
	s.asked = append(s.asked, key)
	for _, e := range s.entries {
		if e.key == key && e.node.Type() != ast.NullType {
			return e, true
		}
	}
	return entry{}, false
}

// fill takes the entries of a mapping; it returns false if node is none. The second of two equal keys is reported.
func (s *section) fill(node ast.Node) bool {
	mapping, ok := node.(*ast.MappingNode)
	if !ok {
		return false
	}
	first := map[string]int{}
	for _, pair := range mapping.Values {
		e := entry{key: pair.Key.GetToken().Value, line: line(pair.Key, s.at.line), node: pair.Value}
		if at, twice := first[e.key]; twice {
			s.loader.report(s.place(e.key, e.line), "the setting %s is given twice, first in line %d", shown(e.key), at)
			continue
		}
		first[e.key] = e.line
		s.entries = append(s.entries, e)
	}
	return true
}

// place names a setting of this section.
func (s *section) place(key string, line int) place {
	at := place{source: s.loader.file, line: line, setting: key}
	if s.at.setting != "" {
		at.setting = s.at.setting + "." + key
	}
	return at
}

// parse turns the file's bytes into its root section.
func (l *loader) parse(data []byte) *section {
	root := &section{loader: l, at: place{source: l.file}}
	// Equal keys are allowed here because fill reports them better: all of them, and never with their values.
	file, err := parser.ParseBytes(data, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		at, text := root.at, "not readable as YAML"
		// The error's own text quotes the lines around, which may hold tokens; its message does not.
		if detail := yaml.Error(nil); errors.As(err, &detail) {
			text += ": " + plain(detail.GetMessage())
			if token := detail.GetToken(); token != nil && token.Position != nil {
				at.line = token.Position.Line
			}
		}
		l.report(at, "%s", text)
		return root
	}
	for i, doc := range file.Docs {
		if doc.Body == nil || doc.Body.Type() == ast.NullType || doc.Body.Type() == ast.CommentGroupType {
			continue
		}
		at := place{source: l.file, line: line(doc.Body, 1)}
		if i > 0 {
			l.report(at, "everything after a second '---' would be ignored; remove that line")
		} else if !root.fill(doc.Body) {
			l.report(at, "the file expects settings such as 'language: en', found %s", kind(doc.Body))
		}
	}
	return root
}

// plain puts the parser's word on the mistake that people make most in words of their own.
func plain(message string) string {
	if strings.Contains(message, "'\t'") {
		return "there is a tab; indent with spaces"
	}
	return message
}

// line returns the line that a node starts in, or the fallback if the parser has not kept it.
func line(node ast.Node, fallback int) int {
	if token := node.GetToken(); token != nil && token.Position != nil {
		return token.Position.Line
	}
	return fallback
}

// kind names what a node is, in the words of the messages.
func kind(node ast.Node) string {
	switch node.Type() {
	case ast.StringType, ast.LiteralType:
		return "a text"
	case ast.IntegerType, ast.FloatType, ast.InfinityType, ast.NanType:
		return "a number (in quotes it would be a text)"
	case ast.BoolType:
		return "true or false (in quotes it would be a text)"
	case ast.MappingType:
		return "settings below it"
	case ast.SequenceType:
		return "a list"
	case ast.NullType:
		return "nothing"
	default:
		return "a YAML anchor, alias or tag, which this file does not use"
	}
}
