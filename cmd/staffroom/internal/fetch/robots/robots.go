// Package robots reads robots.txt, in which sites say what programs may look at.
//
// It goes by RFC 9309: https://www.rfc-editor.org/rfc/rfc9309. What strangers write
// there costs little: reading and asking take time in proportion to its length.
package robots

import "strings"

// MostBytes is how much of a robots.txt counts: 500 kB, the least that the RFC lets
// a program read (section 2.5).
const MostBytes = 500 << 10

// Rules are what a site says to one program. The zero Rules allow everything.
type Rules struct{ rules []rule }

type rule struct {
	path  string // normal, with * and perhaps $ at the end
	allow bool
}

// Read gives the rules for the program that calls itself product, such as
// "Staffroom": those of the groups that name it, or else those for everybody. What
// cannot be read is left out, as is what follows after MostBytes.
func Read(body []byte, product string) Rules {
	text := string(body[:min(len(body), MostBytes)])
	var own, all Rules
	var current []*Rules // those that the lines count for
	named, ruled := false, false
	for line := range strings.FieldsFuncSeq(strings.TrimPrefix(text, "\ufeff"), func(r rune) bool { return r == '\n' || r == '\r' }) {
		line, _, _ = strings.Cut(line, "#")
		field, value, _ := strings.Cut(line, ":")
		value = strings.TrimSpace(value)
		switch strings.ToLower(strings.TrimSpace(field)) {
		case "user-agent":
			if ruled {
				current, ruled = nil, false
			}
			if value == "*" {
				current = append(current, &all)
			} else if strings.EqualFold(token(value), product) {
				current, named = append(current, &own), true
			}
		case "allow", "disallow":
			ruled = true
			for _, r := range current {
				r.add(value, strings.EqualFold(strings.TrimSpace(field), "allow"))
			}
		}
	}
	if named {
		return own
	}
	return all
}

func (r *Rules) add(path string, allow bool) {
	if path == "" {
		return // nothing is disallowed
	}
	r.rules = append(r.rules, rule{normal(path, "*$"), allow})
}

// token is the part of a name by which programs are told apart (section 2.2.1).
func token(name string) string {
	end := strings.IndexFunc(name, func(r rune) bool {
		return r != '-' && r != '_' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
	if end < 0 {
		return name
	}
	return name[:end]
}

// Allow reports whether an address may be looked at. path is its path and query,
// escaped. The longest rule that fits decides, and of two the one that allows.
func (r Rules) Allow(path string) bool {
	path = normal(path, "")
	if path == "/robots.txt" {
		return true
	}
	longest, allow := 0, true
	for _, rule := range r.rules {
		if n := len(rule.path); (n > longest || n == longest && rule.allow) && fits(rule.path, path) {
			longest, allow = n, rule.allow
		}
	}
	return allow
}

// Size is about how many bytes the rules take in memory.
func (r Rules) Size() int {
	size := 0
	for _, rule := range r.rules {
		size += len(rule.path) + 32
	}
	return size
}

// fits reports whether a path begins as a pattern says, in which * stands for
// anything and $ at the end for the path's end.
func fits(pattern, path string) bool {
	pattern, whole := strings.CutSuffix(pattern, "$")
	part, rest, more := strings.Cut(pattern, "*")
	if !strings.HasPrefix(path, part) {
		return false
	}
	path = path[len(part):]
	for more {
		part, rest, more = strings.Cut(rest, "*")
		if whole && !more {
			return strings.HasSuffix(path, part)
		}
		at := strings.Index(path, part)
		if at < 0 {
			return false
		}
		path = path[at+len(part):]
	}
	return !whole || path == ""
}

// normal is a path in which everything is escaped that can be, save what needs no
// escape (section 2.2.2) and the characters of special.
func normal(path, special string) string {
	const hex = "0123456789ABCDEF"
	var out strings.Builder
	out.Grow(len(path))
	for i := 0; i < len(path); i++ {
		b := path[i]
		if b == '%' && i+2 < len(path) && unhex(path[i+1]) >= 0 && unhex(path[i+2]) >= 0 {
			b = byte(unhex(path[i+1])<<4 | unhex(path[i+2]))
			i += 2
			if !unreserved(b) {
				out.Write([]byte{'%', hex[b>>4], hex[b&15]})
				continue
			}
		}
		switch {
		case b > ' ' && b < 0x7f && b != '*' && b != '$' && b != '%', strings.IndexByte(special, b) >= 0:
			out.WriteByte(b)
		default:
			out.Write([]byte{'%', hex[b>>4], hex[b&15]})
		}
	}
	return out.String()
}

func unreserved(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || strings.IndexByte("-._~", b) >= 0
}

func unhex(b byte) int { return strings.IndexByte("0123456789abcdef", b|0x20) }
