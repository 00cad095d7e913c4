package exchange

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
)

// readJSON reads an array of objects and addresses, or an object of which some members
// are such arrays.
func readJSON(in io.Reader, take func(Item, error) bool) {
	l := &leash{in: in}
	d := json.NewDecoder(l)
	d.UseNumber()
	r := &objects{decoder: d, leash: l, take: take}
	err := r.value(0)
	switch {
	case errors.Is(err, errStopped), errors.Is(err, io.EOF) && r.decoder.InputOffset() == 0:
	case errors.Is(err, errLong):
		take(Item{}, &Refusal{Line: r.line(), Last: r.line(), Fault: TooLong})
	case l.err != nil && !errors.Is(l.err, io.EOF):
		take(Item{}, l.err)
	case err != nil:
		at := d.InputOffset()
		if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
			at = max(at, syntax.Offset)
		}
		line := l.at(at)
		take(Item{}, &Refusal{Line: line, Last: line, Fault: Broken})
	}
}

var (
	errStopped = errors.New("nobody takes more")
	errLong    = errors.New("an entry is too long")
)

// leash lets a decoder read no more than MostRecord beyond what it has decoded, and
// knows in which line that was.
type leash struct {
	in      io.Reader
	decoded int64 // bytes
	read    int64
	ends    []int64 // where lines end that were read and not decoded
	line    int     // lines that were decoded
	err     error   // of in
}

func (l *leash) Read(p []byte) (int, error) {
	most := l.decoded + MostRecord - l.read
	if most <= 0 {
		return 0, errLong
	}
	n, err := l.in.Read(p[:min(int64(len(p)), most)])
	for i, b := range p[:n] {
		if b == '\n' {
			l.ends = append(l.ends, l.read+int64(i))
		}
	}
	l.read, l.err = l.read+int64(n), err
	return n, err
}

// at is the line of a place that is decoded now, from 1.
func (l *leash) at(offset int64) int {
	l.decoded = offset
	n := 0
	for n < len(l.ends) && l.ends[n] < offset {
		n++
	}
	l.ends = slices.Delete(l.ends, 0, n)
	l.line += n
	return l.line + 1
}

type objects struct {
	decoder *json.Decoder
	leash   *leash
	take    func(Item, error) bool
}

func (o *objects) line() int { return o.leash.at(o.decoder.InputOffset()) }

// mostDeep is how deep in other things an array of objects may stand.
const mostDeep = 3

// value reads a value that may be, or have, an array of objects.
func (o *objects) value(depth int) error {
	t, err := o.decoder.Token()
	if err != nil {
		return err
	}
	switch t {
	case json.Delim('['):
		return o.array()
	case json.Delim('{'):
		for o.decoder.More() {
			if _, err := o.decoder.Token(); err != nil { // the name
				return err
			}
			if depth == mostDeep {
				var passed json.RawMessage
				if err := o.decoder.Decode(&passed); err != nil {
					return err
				}
			} else if err := o.value(depth + 1); err != nil {
				return err
			}
			o.line()
		}
		_, err = o.decoder.Token()
	}
	return err
}

func (o *objects) array() error {
	for o.decoder.More() {
		var raw json.RawMessage
		before := o.line()
		if err := o.decoder.Decode(&raw); err != nil {
			return err
		}
		line := max(before, o.line()-bytes.Count(raw, []byte("\n")))
		it := Item{Line: line}
		if err := it.element(raw); err != nil {
			return err
		}
		var refusal error
		if it.Link == "" {
			refusal = &Refusal{Line: line, Last: line, Fault: NoLink, Text: cut(string(raw[:min(len(raw), mostHead)]))}
		}
		if !o.take(it, refusal) {
			return errStopped
		}
	}
	_, err := o.decoder.Token()
	return err
}

// element takes in what stands in an array: an object, or an address alone.
func (it *Item) element(raw json.RawMessage) error {
	switch raw[0] {
	case '{':
		var of map[string]any
		d := json.NewDecoder(bytes.NewReader(raw))
		d.UseNumber()
		if err := d.Decode(&of); err != nil {
			return err
		}
		it.object(raw, of)
	case '"':
		var text string
		if err := json.Unmarshal(raw, &text); err != nil {
			return err
		}
		if isWeb(text) {
			it.Link = oneLine(text)
		}
	}
	return nil
}

// object takes in what an object says, in its order.
func (it *Item) object(raw json.RawMessage, of map[string]any) {
	_, pinboard := of["extended"]
	names := namesIn(raw)
	it.Cut = len(names) == mostSeveral
	for _, name := range names {
		value := of[name]
		// https://pinboard.in/api/#posts_get
		switch {
		case pinboard && name == "description":
			it.set("title", text(value))
		case pinboard && name == "tags":
			it.addTags(strings.Fields(text(value))...)
		default:
			it.member(name, value)
		}
	}
}

// namesIn are the names of an object's members, in their order.
func namesIn(raw json.RawMessage) (names []string) {
	d := json.NewDecoder(bytes.NewReader(raw))
	_, _ = d.Token() // it is an object
	for d.More() {
		t, err := d.Token()
		name, ok := t.(string)
		var passed json.RawMessage
		if err != nil || !ok || d.Decode(&passed) != nil {
			break
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
		if len(names) == mostSeveral {
			break
		}
	}
	return names
}

// member takes in what stands under a name. What is in an object is named by both.
func (it *Item) member(name string, value any) {
	switch v := value.(type) {
	case []any:
		var texts []string
		for _, one := range v {
			if t := text(one); t != "" {
				texts = append(texts, t)
			}
		}
		switch fieldOf(name) {
		case tagsField:
			for _, t := range texts {
				it.addTags(split(t, "")...)
			}
		case noteField:
			it.addNote(strings.Join(texts, "\n"))
		default:
			it.set(name, strings.Join(texts, ", "))
		}
	case map[string]any:
		inner := make([]string, 0, len(v))
		for n := range v {
			inner = append(inner, n)
		}
		slices.Sort(inner)
		for _, n := range inner[:min(len(inner), mostSeveral)] {
			if _, deeper := v[n].(map[string]any); !deeper {
				it.member(name+" "+n, v[n])
			}
		}
	default:
		it.set(name, text(v))
	}
}

// text is a value as a text. That of an object is what it is called.
func text(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case map[string]any:
		for _, n := range []string{"name", "title", "label", "tag"} { // of tags
			if t, ok := v[n].(string); ok {
				return t
			}
		}
		return ""
	case []any:
		return ""
	default:
		return fmt.Sprint(v)
	}
}

// writeJSON writes an array with an object on each line.
func writeJSON(w io.Writer, others []string, items iter.Seq[Item]) error {
	out := bufio.NewWriter(w)
	before := "[\n"
	for it := range items {
		_, _ = out.WriteString(before) // its errors stay until Flush
		before = ",\n"
		if err := writeObject(out, &it, others); err != nil {
			return err
		}
	}
	if before == "[\n" {
		_, _ = out.WriteString("[")
	}
	_, _ = out.WriteString("\n]\n")
	return out.Flush()
}

func writeObject(out *bufio.Writer, it *Item, others []string) error {
	values := it.values()
	sep := "{"
	put := func(name string, value any) error {
		n, _ := json.Marshal(name) // a string always can be
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		err := e.Encode(value)
		_, _ = out.WriteString(sep + string(n) + ":" + strings.TrimSuffix(b.String(), "\n"))
		sep = ","
		return err
	}
	for i, name := range ownNames {
		var value any = values[i]
		switch {
		case values[i] == "" && i > 0:
			continue
		case name == "tags":
			value = it.Tags
		case name == "grades":
			value = it.Grades
		}
		if err := put(name, value); err != nil {
			return err
		}
	}
	for _, name := range others {
		if value := it.otherwise(name); value != "" {
			if err := put(name, value); err != nil {
				return err
			}
		}
	}
	return out.WriteByte('}')
}
