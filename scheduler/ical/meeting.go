package ical

import (
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"
)

// Meeting is an event of a few people, for their own calendars.
type Meeting struct {
	UID        string // the same for the same meeting, in whichever file it comes
	Made       time.Time
	Start, End time.Time
	Title      string // one line
}

// File is the meeting as an iCalendar file (RFC 5545). It publishes the event and invites
// nobody: it has no organizer and no attendees, whose addresses would stand in it, and all
// times are UTC, so that no zone has to be described.
func (m Meeting) File() []byte {
	c := ics.NewCalendarFor("Staffroom")
	c.SetProductId("-//Staffroom//Staffroom//EN")
	c.SetMethod(ics.MethodPublish)
	e := c.AddEvent(m.UID)
	e.SetDtStampTime(m.Made)
	e.SetStartAt(m.Start)
	e.SetEndAt(m.End)
	e.SetSummary(strings.Join(strings.Fields(m.Title), " "))
	return []byte(c.Serialize(ics.WithNewLine("\r\n")))
}
