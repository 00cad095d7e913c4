package discussion

import (
	"slices"
	"time"
)

// step is one move in a discussion's life. The table in doc.go has all of them.
type step struct {
	to     State
	ask    int // to Asking: the question's number
	at     time.Time
	notice Notice // what is told instead; the state stays as it is
	takes  bool   // the clock takes over first
}

// While a discussion waits for its host, this is when its hosts are told so, when
// the clock takes over from a silent one, and when one that is paused ends.
const (
	offeredAfter  = 12 * time.Minute
	takenAfter    = 20 * time.Minute
	longestPause  = 24 * time.Hour
	longestBySlow = 14 * 24 * time.Hour // longestPause of a slow one
)

// next is the step that comes by itself, and when. There is none for a
// discussion that waits for its host to start it, or is over.
func (d *Discussion) next() (step, bool) {
	switch {
	case d.State == Closing:
		return step{to: Archived, at: d.Closed.Add(LateAnswers)}, true
	case len(d.Notices) > 0 && (d.State == Scheduled || d.State == Cancelled):
		return step{to: d.State, notice: d.Notices[0], at: d.Notices[0].At}, true
	case !d.Paused.IsZero() && d.Script.Pace == PaceSlow:
		return step{to: Closing, at: d.Paused.Add(longestBySlow)}, true
	case !d.Paused.IsZero() && d.Offered:
		return step{to: Closing, at: d.Paused.Add(longestPause)}, true
	case d.waits() && !d.Offered:
		return step{to: d.State, notice: Notice{What: NoticeIdle}, at: d.Moved.Add(offeredAfter)}, true
	case d.waits():
		st, ok := d.following()
		st.at, st.takes = d.Moved.Add(takenAfter), true
		return st, ok
	default:
		return d.following()
	}
}

// waits reports whether nothing is asked until a host says so.
func (d *Discussion) waits() bool {
	return (d.State == Open || d.State == Asking) && (d.Script.Pace == PaceHand || !d.Paused.IsZero())
}

// following is the step by which the discussion itself goes on, and when its clock
// says so.
func (d *Discussion) following() (step, bool) {
	switch {
	case d.Over() || d.Base.IsZero():
		return step{}, false
	case d.State == Scheduled:
		return step{to: Open, at: d.Base}, true
	}
	if n := d.upcoming(); n > 0 {
		return step{to: Asking, ask: n, at: d.Base.Add(d.Script.Questions[n-1].At)}, true
	}
	return step{to: Closing, at: d.Base.Add(d.Script.Length)}, true
}

// upcoming is the number of the question that is asked next, 0 for none.
func (d *Discussion) upcoming() int {
	for n := d.Asked + 1; n <= len(d.Script.Questions); n++ {
		if !d.skipped(n) {
			return n
		}
	}
	return 0
}

func (d *Discussion) skipped(n int) bool { return slices.Contains(d.Skipped, n) }

// asked reports whether a question was asked.
func (d *Discussion) asked(n int) bool { return n >= 1 && n <= d.Asked && !d.skipped(n) }

// take makes a step: now is when it really happens.
func (d *Discussion) take(st step, now time.Time) {
	if st.notice.What != "" {
		d.tell(st.notice, now)
		return
	}
	if st.takes {
		d.Script.Pace = PaceClock
		d.Base = now.Add(-d.dueAt(st))
	}
	d.State, d.Edit = st.to, nil
	d.Moved, d.Offered = now, false
	switch st.to {
	case Open:
		d.Opened, d.Notices = now, nil
	case Asking:
		for len(d.AskedAt) < st.ask-1 { // skipped
			d.AskedAt = append(d.AskedAt, time.Time{})
		}
		d.Asked = st.ask
		d.AskedAt = append(d.AskedAt, now)
	case Closing:
		d.resume(now)
		d.Closed = now
		if end := d.Base.Add(d.Script.Length); now.After(end) {
			d.Base = d.Base.Add(now.Sub(end))
		}
	case Cancelled:
		d.Notices = []Notice{{What: NoticeOff, At: now}}
	}
}

// tell notes that a notice goes out.
func (d *Discussion) tell(n Notice, now time.Time) {
	switch n.What {
	case NoticeIdle:
		d.Offered = true
		return
	case NoticeAnnounce:
		d.Announced = now
	}
	d.Notices = d.Notices[1:]
}

// dueAt is when a step comes by the clock, counted from Base.
func (d *Discussion) dueAt(st step) time.Duration {
	if st.to == Asking {
		return d.Script.Questions[st.ask-1].At
	}
	return d.Script.Length
}

// startNow opens the doors at once: the script's times count from now.
func (d *Discussion) startNow(now time.Time) step {
	d.rebase(now)
	return step{to: Open, at: now}
}

// askNow asks the next question at once; those after it keep their distances, or
// in a slow discussion their days.
func (d *Discussion) askNow(now time.Time) (step, bool) {
	n := d.upcoming()
	if n == 0 {
		return step{}, false
	}
	d.resume(now)
	if d.Script.Pace != PaceSlow {
		d.Base = now.Add(-d.Script.Questions[n-1].At)
	}
	return step{to: Asking, ask: n, at: now}, true
}

// resume lets the clock go on where it was stopped. That of a slow discussion goes by
// whole days.
func (d *Discussion) resume(now time.Time) {
	if d.Paused.IsZero() {
		return
	}
	d.delay(now.Sub(d.Paused))
	d.Paused = time.Time{}
}

// delay moves everything that is yet to come.
func (d *Discussion) delay(by time.Duration) {
	if d.Script.Pace == PaceSlow {
		by = by.Truncate(24 * time.Hour)
	}
	d.Base = d.Base.Add(by)
}

// rebase makes the script's times count from another instant.
func (d *Discussion) rebase(to time.Time) {
	d.Base = to
	if d.Script.Pace == PaceSlow && !to.IsZero() {
		d.Script.byDays(to)
	}
}

// forgo leaves out what would be told too late: the step after it is due too.
func (d *Discussion) forgo(now time.Time) {
	for d.State == Scheduled && len(d.Notices) > 0 && d.Notices[0].ahead() {
		after := d.Base
		if len(d.Notices) > 1 {
			after = d.Notices[1].At
		}
		if after.After(now) {
			return
		}
		d.Notices = d.Notices[1:]
	}
}

// rescheduled plans anew what is told before the discussion, and lets those who come
// know of the other time.
func (d *Discussion) rescheduled(now time.Time) {
	d.rebase(d.Base)
	d.Notices = slices.DeleteFunc(slices.Clone(d.Notices), func(n Notice) bool { return n.What == NoticeMoved })
	d.prepare(now)
	if !d.Announced.IsZero() {
		d.Notices = slices.Insert(d.Notices, 0, Notice{What: NoticeMoved, At: now})
	}
}
