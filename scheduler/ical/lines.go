package ical

import (
	"bytes"
	"slices"
	"strings"
)

// maxLine is the longest content line that is read, in bytes; no property that
// matters here comes near it.
const maxLine = 4 << 10

// distil keeps of a file what matters here: the events, each with the properties
// that are read. So the parser never sees what was made to choke it, and what is
// malformed elsewhere does no harm. ok is false if the file is no calendar or is
// cut short within an event. It stops after most events.
func distil(data []byte, most int) (events []string, ok bool) {
	var event strings.Builder
	var open []string // components that have begun
	calendar := false
	for line := range contentLines(data) {
		name, value, _ := strings.Cut(line, ":")
		name, _, _ = strings.Cut(name, ";")
		name = strings.ToUpper(strings.TrimSpace(name))
		inside := len(open) > 0 && open[len(open)-1] == "VEVENT"
		switch {
		case name == "BEGIN":
			component := strings.ToUpper(strings.TrimSpace(value))
			calendar = calendar || component == "VCALENDAR"
			open = append(open, component)
		case name == "END":
			if inside {
				events = append(events, event.String())
				event.Reset()
			}
			if len(open) > 0 {
				open = open[:len(open)-1]
			}
		case inside && wanted(name) && len(line) <= maxLine:
			event.WriteString(name + strings.TrimSpace(line)[len(name):] + "\r\n")
		}
		if len(events) > most {
			break
		}
	}
	return events, calendar && !slices.Contains(open, "VEVENT")
}

func wanted(property string) bool {
	switch property {
	case "UID", "SUMMARY", "STATUS", "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID":
		return true
	}
	return false
}

// contentLines gives the lines of a file with what was folded put together
// again.
func contentLines(data []byte) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		var line []byte
		for physical := range bytes.Lines(bytes.TrimPrefix(data, []byte("\ufeff"))) {
			physical = bytes.TrimRight(physical, "\r\n")
			if len(physical) > 0 && (physical[0] == ' ' || physical[0] == '\t') {
				line = append(line, physical[1:]...)
				continue
			}
			if len(line) > 0 && !yield(string(line)) {
				return
			}
			line = append(line[:0], physical...)
		}
		if len(line) > 0 {
			yield(string(line))
		}
	}
}
