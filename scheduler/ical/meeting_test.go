package ical_test

import (
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/scheduler/ical"
)

func TestAMeetingIsAFile(t *testing.T) {
	zone := time.FixedZone("x", -5*3600)
	m := ical.Meeting{
		UID: "a@staffroom", Made: time.Date(2026, 9, 8, 10, 0, 0, 0, zone),
		Start: time.Date(2026, 9, 10, 15, 30, 0, 0, zone), End: time.Date(2026, 9, 10, 16, 0, 0, 0, zone),
		Title: "Ana; Joe, and\r\nATTENDEE:mailto:" + strings.Repeat("é", 80),
	}
	file := string(m.File())
	for _, want := range []string{
		"BEGIN:VCALENDAR\r\n", "VERSION:2.0\r\n", "METHOD:PUBLISH\r\n", "UID:a@staffroom\r\n", "DTSTAMP:20260908T150000Z\r\n",
		"DTSTART:20260910T203000Z\r\n", "DTEND:20260910T210000Z\r\n", `SUMMARY:Ana\; Joe\, and ATTENDEE:mailto:`, "END:VCALENDAR\r\n",
	} {
		if !strings.Contains(strings.ReplaceAll(file, "\r\n ", ""), want) {
			t.Errorf("no %q in\n%s", want, file)
		}
	}
	for line := range strings.SplitSeq(file, "\r\n") {
		if len(line) > 75 || strings.HasPrefix(line, "ATTENDEE") || strings.HasPrefix(line, "ORGANIZER") || strings.Contains(line, "\n") {
			t.Errorf("a line of %d bytes: %q", len(line), line)
		}
	}
	if again := string(m.File()); again != file {
		t.Error("made again it is another file")
	}
}
