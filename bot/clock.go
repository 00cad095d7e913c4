package bot

import (
	"strconv"
	"strings"
	"time"
)

// Clock shows the instant of a time span in words, in the span's language. zone
// is the reader's IANA zone, and then the zone is not named. Where it is empty or
// unknown the span's own zone serves, or UTC, with its abbreviation: "Thu 9:00 pm
// CST". An adapter uses it where its platform cannot show a time itself.
func (s Span) Clock(zone string) string {
	if s.At == nil {
		return ""
	}
	words := dateWordsOf(s.Language)
	if loc, ok := location(zone); ok {
		return words.format(s.At.In(loc), s.Style)
	}
	loc, _ := location(s.Zone)
	at := s.At.In(loc)
	return words.format(at, s.Style) + " " + at.Format("MST")
}

// Day is a date in words of a language, with its year: "Thu 3 Dec 2026", "jue 3
// de diciembre de 2026". A date is no instant: it is the same for every reader.
func Day(language string, date time.Time) string {
	words := dateWordsOf(language)
	return words.weekdays[date.Weekday()] + " " + words.date(date.Day(), date.Month()) + words.ofYear + strconv.Itoa(date.Year())
}

// ShortDay is a date in few letters, without its year: "3 Dec", "3 dic".
func ShortDay(language string, date time.Time) string {
	return strconv.Itoa(date.Day()) + " " + dateWordsOf(language).month(date.Month())
}

// location is the zone of that name, or UTC and false.
func location(zone string) (*time.Location, bool) {
	if zone == "" {
		return time.UTC, false
	}
	loc, err := time.LoadLocation(zone)
	if err != nil {
		return time.UTC, false
	}
	return loc, true
}

// dateWords is how a language writes dates and times. They are no messages of
// the catalogue, as the names in package time are none.
type dateWords struct {
	weekdays [7]string // from Sunday on
	date     func(day int, month time.Month) string
	month    func(time.Month) string // in three letters
	ofYear   string                  // between a date and its year
	clock    string                  // a layout of package time
}

func dateWordsOf(language string) dateWords {
	primary, _, _ := strings.Cut(language, "-")
	switch strings.ToLower(primary) {
	case "es":
		return dateWords{
			weekdays: [7]string{"dom", "lun", "mar", "mié", "jue", "vie", "sáb"},
			date:     func(day int, month time.Month) string { return strconv.Itoa(day) + " de " + spanishMonth(month) },
			month:    func(month time.Month) string { return spanishMonth(month)[:3] },
			ofYear:   " de ",
			clock:    "15:04",
		}
	default:
		return dateWords{
			weekdays: [7]string{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"},
			date:     func(day int, month time.Month) string { return strconv.Itoa(day) + " " + month.String()[:3] },
			month:    func(month time.Month) string { return month.String()[:3] },
			ofYear:   " ",
			clock:    "3:04 pm",
		}
	}
}

func spanishMonth(m time.Month) string {
	return [...]string{
		"enero", "febrero", "marzo", "abril", "mayo", "junio",
		"julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
	}[m-1]
}

func (w dateWords) format(at time.Time, style TimeStyle) string {
	clock := at.Format(w.clock)
	weekday := w.weekdays[at.Weekday()]
	switch style {
	case ClockTime:
		return clock
	case DateTime:
		return weekday + " " + w.date(at.Day(), at.Month()) + ", " + clock
	default:
		return weekday + " " + clock
	}
}
