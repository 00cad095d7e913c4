package library

import (
	"hash/fnv"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

const day = 24 * time.Hour

// A link that is well is looked at again after 14 to 28 days, so in three weeks
// commonly. So is one that is dead: it may come back.
const (
	soonest = 14 * day
	latest  = 28 * day
)

// rechecks are the waits after each look that did not find the page. When there is
// none left the link is dead: after six looks over nine days at least. So many, because
// there are sites that say by chance that they do not have what they have.
var rechecks = []time.Duration{day, 2 * day, 4 * day, day, day}

// lostFor is how long a site whose home page is not there either is waited for: it is
// more likely that it is being moved than that all of it is gone.
const lostFor = 30 * day

// retries are the waits after each look that told nothing. The first ones are for a
// page that was never read.
var retries = []time.Duration{10 * time.Minute, time.Hour, 6 * time.Hour, day, 2 * day, 4 * day, 8 * day, 16 * day}

// hurried is how many of the retries are for pages that were never read.
const hurried = 3

// worksFor is how long a link is left alone when somebody has said that it works for
// them.
const worksFor = 30 * day

// works takes in that a member says that the link works for them.
func (r *Resource) works(m bot.MemberID, now time.Time) {
	r.well(now)
	h := &r.Health
	h.Works, h.WorksAt, h.Next = m, now, now.Add(worksFor)
}

// well takes in that the page was found.
func (r *Resource) well(now time.Time) {
	h := &r.Health
	h.State, h.Failed, h.Since, h.Silent, h.Archived = Well, 0, time.Time{}, 0, ""
	r.lookAgain(now, soonest, latest)
}

// missing takes in that the page was not found. lost says that of its site nothing was.
func (r *Resource) missing(now time.Time, lost bool) {
	h := &r.Health
	h.Silent = 0
	if !h.WorksAt.IsZero() && now.Before(h.WorksAt.Add(worksFor)) {
		r.lookAgain(now, day, 2*day)
		return
	}
	if h.State == Dead {
		r.lookAgain(now, soonest, latest)
		return
	}
	if h.Failed == 0 {
		h.Since = now
	}
	if lost && now.Before(h.Since.Add(lostFor)) {
		r.lookAgain(now, 2*day, 3*day)
		return
	}
	h.Failed++
	if h.Failed > len(rechecks) {
		h.State = Dead
		r.lookAgain(now, soonest, latest)
		return
	}
	wait := rechecks[h.Failed-1]
	r.lookAgain(now, wait, wait+wait/4)
}

// silent takes in that the site did not answer, which says nothing of the page.
func (r *Resource) silent(now time.Time) {
	h := &r.Health
	first := hurried
	if r.Page.Read.IsZero() {
		first = 0
	}
	wait := retries[min(first+h.Silent, len(retries)-1)]
	h.Silent++
	r.lookAgain(now, wait, wait+wait/4)
}

// unseen takes in that the page is not shown to us, which says nothing of it either.
func (r *Resource) unseen(now time.Time) {
	r.Health.Silent = 0
	r.lookAgain(now, soonest, latest)
}

// lookAgain plans the next look between two times from now. Which time it is depends
// on the link and on now, so that what was saved together is not looked at together.
func (r *Resource) lookAgain(now time.Time, from, to time.Duration) {
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(now.UTC().String() + r.Key))
	part := float64(sum.Sum32()) / (1 << 32)
	r.Health.Checked, r.Health.Next = now, now.Add(from+time.Duration(part*float64(to-from)))
}
