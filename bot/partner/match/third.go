package match

// Third finds the best pair for somebody who is left over while others have been paired already: they make it a circle
// of three. The objectives are those of Pair, so nothing is gained by what the others lose in an earlier one. Everybody
// named is in r.People; what the history knows of this round's pairs does not count against them. The pair is its place
// in pairs; ok is false if there is none that may take them in.
//
// It is for who comes when a round is under way, and for a single person at a time: Pair sees everybody at once.
func Third(r Round, who string, pairs [][2]string) (pair int, group Group, ok bool) {
	p := newPool(r)
	at := make(map[string]int, len(p.ids))
	for i, id := range p.ids {
		at[id] = i
	}
	i, here := at[who]
	var least cost
	var circle []int
	for k, ids := range pairs {
		a, hereA := at[ids[0]]
		b, hereB := at[ids[1]]
		if !here || !hereA || !hereB || a == b || a == i || b == i {
			continue
		}
		c, may := p.trio(i, a, b)
		if !may {
			continue
		}
		// That the two are together is so anyway.
		c = c.sub(p.bond(a, b))
		if circle == nil || c.less(least) {
			pair, least, circle = k, c, []int{i, a, b}
		}
	}
	if circle == nil {
		return 0, Group{}, false
	}
	return pair, p.explain(circle, r), true
}
