package library

import (
	"cmp"
	"slices"
	"strings"
)

// tags are those of a library, by how they are written in lower case.
type tags map[string]tagged

// tagged is a tag with how many resources have it.
type tagged struct {
	written string // as somebody wrote it
	count   int
}

// put takes in the tags of a resource, if that is in sight.
func (t tags) put(r *Resource) { t.count(r, 1) }

// drop takes them away again. There may be no such resource.
func (t tags) drop(r *Resource) { t.count(r, -1) }

func (t tags) count(r *Resource, by int) {
	if r == nil || r.Hidden != (Hidden{}) {
		return
	}
	for _, written := range r.Tags {
		low := strings.ToLower(written)
		of := t[low]
		of.count += by
		if of.written == "" {
			of.written = written
		}
		if of.count <= 0 {
			delete(t, low)
		} else {
			t[low] = of
		}
	}
}

// begun are the tags that go on from what is typed, or have a word that does: the most
// used first, at most so many.
func (t tags) begun(typed string, most int) []string {
	typed = strings.ToLower(strings.TrimLeft(strings.TrimSpace(typed), "#"))
	var found []tagged
	for low, of := range t {
		if strings.HasPrefix(low, typed) || strings.Contains(low, " "+typed) {
			found = append(found, of)
		}
	}
	slices.SortFunc(found, func(a, b tagged) int {
		return cmp.Or(cmp.Compare(b.count, a.count), strings.Compare(strings.ToLower(a.written), strings.ToLower(b.written)))
	})
	written := make([]string, min(len(found), most))
	for i := range written {
		written[i] = found[i].written
	}
	return written
}
