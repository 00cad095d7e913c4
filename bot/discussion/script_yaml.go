package discussion

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// These bound what the YAML library works on: its time and memory grow with the
// square of the nesting, and of the line breaks and tabs in a text. A full script
// of 50 questions has about 1,000 tokens and fewer lines.
const (
	maxScriptTokens = 5000
	maxScriptLines  = 5000 // with tabs
)

// ParseScript reads a script from YAML: title, tag, hosts, start, zone,
// introductions, length, welcome, questions (each a text, or text, at, image and
// note), pace, per_day,
// threads and close. Title, start, zone and questions are required; what is
// left out of the rest is filled in as ScriptDraft.Script says. Any error is a
// *ScriptError that lists every problem.
func ParseScript(data []byte) (Script, error) { return ImportScript(data, ScriptDraft{}) }

// parseYAML gives the root of the one document in data, and the lines on which a
// # that starts a word began a comment.
func parseYAML(data []byte) (root ast.Node, hashtags map[int]bool, problem *Problem) {
	if len(data) > maxScriptBytes {
		return nil, nil, &Problem{Expected: fmt.Sprintf("expected a file of at most %d kB, got %d kB", maxScriptBytes>>10, (len(data)+1023)>>10)}
	}
	if n := bytes.Count(data, []byte("\n")) + bytes.Count(data, []byte("\t")); n > maxScriptLines {
		return nil, nil, &Problem{Expected: fmt.Sprintf("expected at most %d lines and tabs, got %d", maxScriptLines, n)}
	}
	if i := firstInvalid(data); i >= 0 {
		return nil, nil, &Problem{Line: 1 + bytes.Count(data[:i], []byte("\n")), Expected: "expected text in UTF-8"}
	}
	// The parser has known ways to panic on hostile input; a file is never worth
	// more than a refusal.
	defer func() {
		if recover() != nil {
			problem = &Problem{Expected: "expected YAML that can be read, such as title: Using models"}
		}
	}()
	tokens := lexer.Tokenize(string(data))
	if len(tokens) > maxScriptTokens {
		return nil, nil, &Problem{Expected: "expected a script, got a far longer list of fields"}
	}
	hashtags = map[int]bool{}
	for _, t := range tokens {
		if t.Type == token.CommentType && t.Value != "" && !strings.ContainsAny(t.Value[:1], " #\t!-=") {
			hashtags[t.Position.Line] = true
		}
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return nil, nil, syntaxProblem(err)
	}
	for _, doc := range file.Docs {
		switch {
		case doc.Body == nil:
		case root == nil:
			root = doc.Body
		default:
			return nil, nil, &Problem{Line: doc.Body.GetToken().Position.Line, Expected: "expected one script, got a second one after ---"}
		}
	}
	if root == nil {
		return nil, nil, &Problem{Line: 1, Expected: "expected a script, got an empty file"}
	}
	return root, hashtags, nil
}

func firstInvalid(data []byte) int {
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}

// syntaxProblem says in a host's words what the parser stumbled over.
func syntaxProblem(err error) *Problem {
	p := &Problem{Expected: "expected YAML such as title: Using models"}
	var e yaml.Error
	if !errors.As(err, &e) {
		return p
	}
	if t := e.GetToken(); t != nil && t.Position != nil {
		p.Line = t.Position.Line
	}
	switch m := e.GetMessage(); {
	case strings.Contains(m, "mapping value is not allowed"):
		p.Expected = "expected quotes around a text that contains a colon and a space"
	case strings.Contains(m, "reserved character"):
		p.Expected = "expected quotes around a text that begins with @ or `"
	case strings.Contains(m, "cannot start any token"):
		p.Expected = "expected spaces in front of a field, got a tab"
	case strings.Contains(m, "could not find end character"):
		p.Expected = "expected a closing quote for the text that begins here"
	default:
		p.Expected += " (" + m + ")"
	}
	return p
}

// scriptReader turns YAML into a ScriptDraft, noting where each field stands.
type scriptReader struct {
	lines    map[string]int // by field
	hashtags map[int]bool
	problems []Problem
}

// add takes the problems of the draft: it puts in the lines, and leaves out what
// only follows from a problem already found in the same field.
func (r *scriptReader) add(found []Problem) {
	known := map[string]bool{}
	for _, p := range r.problems {
		known[p.Field] = true
	}
	for _, p := range found {
		parent, _, nested := strings.Cut(p.Field, ".")
		list, _, _ := strings.Cut(p.Field, "[")
		if known[""] || known[p.Field] || known[list] || nested && known[parent] {
			continue
		}
		p.Line = cmp.Or(r.lines[p.Field], r.lines[parent], r.lines[list], 1)
		r.problems = append(r.problems, p)
	}
}

func (r *scriptReader) bad(n ast.Node, field, format string, args ...any) {
	r.problems = append(r.problems, Problem{
		Line: n.GetToken().Position.Line, Field: field, Expected: fmt.Sprintf(format, args...),
	})
}

func (r *scriptReader) script(root ast.Node) ScriptDraft {
	var d ScriptDraft
	texts := map[string]*string{
		"title": &d.Title, "tag": &d.Tag, "start": &d.Start, "zone": &d.Zone, "introductions": &d.Introductions,
		"length": &d.Length, "welcome": &d.Welcome, "pace": &d.Pace, "close": &d.Close, "per_day": &d.PerDay,
		"threads": &d.Threads,
	}
	r.fields(root, "", "close, hosts, introductions, length, pace, per_day, questions, start, tag, threads, title, welcome, zone", func(key, field string, value ast.Node) bool {
		switch text := texts[key]; {
		case text != nil:
			*text = r.text(field, value)
		case key == "hosts":
			d.Hosts = r.hosts(value)
		case key == "questions":
			d.Questions = r.questions(value)
		default:
			return false
		}
		return true
	})
	return d
}

func (r *scriptReader) hosts(n ast.Node) []string {
	r.lines["hosts"] = n.GetToken().Position.Line
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		if name := r.text("hosts", n); name != "" {
			return []string{name}
		}
		return nil
	}
	var names []string
	for i, v := range list.Values {
		names = append(names, r.text(fmt.Sprintf("hosts[%d]", i), v))
	}
	return names
}

func (r *scriptReader) questions(n ast.Node) []QuestionDraft {
	r.lines["questions"] = n.GetToken().Position.Line
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		if _, empty := n.(*ast.NullNode); !empty {
			r.bad(n, "questions", "expected a list, each question after a dash, got %s", describe(n))
		}
		return nil
	}
	var drafts []QuestionDraft
	for i, v := range list.Values {
		field := fmt.Sprintf("questions[%d]", i)
		r.lines[field] = v.GetToken().Position.Line
		drafts = append(drafts, r.question(field, v))
	}
	return drafts
}

func (r *scriptReader) question(field string, n ast.Node) QuestionDraft {
	var q QuestionDraft
	if _, ok := n.(ast.MapNode); !ok {
		q.Text = r.text(field, n)
		r.lines[field+".text"] = r.lines[field]
		return q
	}
	texts := map[string]*string{"text": &q.Text, "at": &q.At, "image": &q.Image, "note": &q.Note}
	r.fields(n, field+".", "at, image, note, text", func(key, field string, value ast.Node) bool {
		text := texts[key]
		if text == nil {
			return false
		}
		*text = r.text(field, value)
		return true
	})
	return q
}

// fields walks a mapping; set is given each key, its field name and its value,
// and tells whether it knows the key.
func (r *scriptReader) fields(n ast.Node, prefix, known string, set func(key, field string, value ast.Node) bool) {
	m, ok := n.(ast.MapNode)
	if !ok {
		r.bad(n, strings.TrimSuffix(prefix, "."), "expected fields such as title: Using models, got %s", describe(n))
		return
	}
	seen := map[string]bool{}
	for it := m.MapRange(); it.Next(); {
		key := it.Key().GetToken().Value
		field := prefix + key
		switch {
		case seen[key]:
			r.bad(it.Key(), field, "expected once, got it again")
		case set(key, field, it.Value()):
			seen[key] = true
		default:
			r.bad(it.Key(), prefix+strings.Trim(quoted(key), "'"), "expected one of %s", known)
		}
	}
}

// text reads a scalar as it is written, so a title may be 2021 or yes.
func (r *scriptReader) text(field string, n ast.Node) string {
	t := n.GetToken()
	r.lines[field] = t.Position.Line
	switch n := n.(type) {
	case *ast.StringNode:
		if t.Type == token.StringType {
			r.cutByHash(field, n)
		}
		return n.Value
	case *ast.LiteralNode:
		return n.Value.Value
	case *ast.NullNode:
		r.cutByHash(field, n)
		return ""
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return t.Value
	}
	r.bad(n, field, "expected text, got %s", describe(n))
	return ""
}

// cutByHash reports a text that YAML cut off: without quotes, a # after a space
// begins a comment, and hosts write #SciChat.
func (r *scriptReader) cutByHash(field string, n ast.Node) {
	if r.hashtags[n.GetToken().Position.Line] {
		r.bad(n, field, "expected quotes around a text with # in it, such as \"#SciChat\"; without them the rest is a comment")
	}
}

// describe names what stands where something else was expected.
func describe(n ast.Node) string {
	switch n.(type) {
	case *ast.SequenceNode:
		return "a list"
	case *ast.AnchorNode, *ast.AliasNode, *ast.MergeKeyNode:
		return "a YAML reference (& or *)"
	case *ast.TagNode:
		return "a YAML tag (!)"
	case ast.MapNode:
		return "fields"
	}
	return quoted(n.GetToken().Value)
}
