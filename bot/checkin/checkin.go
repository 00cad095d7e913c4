package checkin

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

// CheckIn is questions that people are asked again and again.
type CheckIn struct {
	ID        string // its series'
	Community bot.CommunityID
	Number    int    // short, per community, for people
	Name      string // as typed
	Rule      rule.Rule
	Zone      string   // IANA zone of the rule's times, where they are not each person's own
	Calendars []string // whose holidays count besides everybody's
	Paused    bool
	Created   time.Time
	By        bot.MemberID
	Space     bot.SpaceID
	Definition
}

// Definition is what is asked, how, and who sees the answers.
type Definition struct {
	Questions []Question `json:"questions"`
	Sharing   Sharing    `json:"sharing"`
	// Before is the least that Sharing was before somebody changed it so that more people
	// see it; "" if nobody has.
	Before Sharing `json:"before,omitempty"`
	// Left is the channel in which it was shared before it first moved to another one;
	// the zero Channel if it has not.
	Left bot.Channel `json:"left,omitzero"`
	// Channel is where it belongs: people are invited there, and what is shared is
	// posted there. Language is that of what is said there.
	Channel  bot.Channel `json:"channel"`
	Language string      `json:"language"`
	// InChannel asks there, everybody at once. Otherwise those who take part are
	// asked by direct message: by their own clocks if Local, or else all at once.
	InChannel bool     `json:"in_channel,omitempty"`
	Local     bool     `json:"local,omitempty"`
	Audience  Audience `json:"audience,omitzero"`
	// Days is how many working days it stays open after the day on which it was
	// asked, until closingHour.
	Days int `json:"days"`
}

// daysOpen is Days, but 1 for what comes so late that it closes on the next working day.
func (c *CheckIn) daysOpen(stretch Stretch) int {
	zone, err := time.LoadLocation(c.Zone)
	if err != nil {
		zone = time.UTC
	}
	in := rule.Place{Zone: zone}
	for o := range c.Rule.After(c.Created, in) {
		if c.Days == 0 && rule.DateOf(c.closes(o.At, in, stretch).In(zone)) > rule.DateOf(o.At.In(zone)) {
			return 1
		}
		break
	}
	return c.Days
}

// Sharing says who sees the answers.
type Sharing string

// The kinds of sharing.
const (
	Private    Sharing = "private"    // the author alone
	Organizers Sharing = "organizers" // organizers, by name
	Shared     Sharing = "channel"    // everybody in the community, by name, in a post in the channel too
	Anonymous  Sharing = "anonymous"  // everybody, without names, at the end
)

var sharings = [...]Sharing{Private, Organizers, Shared, Anonymous}

// wider reports whether more people see an answer than with another sharing, or the
// same people see whose it is.
func (s Sharing) wider(than Sharing) bool {
	reach := map[Sharing]int{Private: 0, Organizers: 1, Anonymous: 2, Shared: 3}
	return reach[s] > reach[than]
}

// QuestionKind says what an answer can be.
type QuestionKind string

// The kinds of questions.
const (
	Text   QuestionKind = "text"
	Scale  QuestionKind = "scale" // from leastScale to mostScale
	YesNo  QuestionKind = "yes_no"
	Choice QuestionKind = "choice" // one of Question.Choices
	GoalOf QuestionKind = "goal"   // what somebody means to do: it becomes a Goal
)

// Question is one thing that is asked.
type Question struct {
	Kind    QuestionKind `json:"kind"`
	Text    string       `json:"text"` // as typed
	Choices []string     `json:"choices,omitempty"`
}

// How much a check-in can hold. An answer fits a field of every platform.
const (
	leastScale, mostScale = 1, 5
	mostQuestions         = 2 * bot.MaxFields // two forms
	mostQuestion          = 200               // characters
	mostChoices           = 8
	mostAnswer            = 1500 // characters
	mostName              = 80
	mostDays              = 20
	mostLines             = 2500 // characters of a form for all questions
)

// closingHour is the hour of the day, by local time, at which windows end.
const closingHour = 17

// leastOpen is the least time that there is to answer.
const leastOpen = time.Hour

// lateAnswers is how long after its end an answer is still taken, and marked.
const lateAnswers = 72 * time.Hour

// fewest is from how many people on answers are shown. Of fewer only their number
// is told, and people know that beforehand.
const fewest = 5

// closes is when what is asked at an instant closes for somebody: days off on
// the way are given back by stretch.
func (d *Definition) closes(opened time.Time, in rule.Place, stretch Stretch) time.Time {
	zone := cmp.Or(in.Zone, time.UTC)
	day := rule.DateOf(opened.In(zone))
	at := func() time.Time {
		t, _ := rule.Instant(day.Midnight().Add(closingHour*time.Hour), zone)
		return t
	}
	left := d.Days
	if left == 0 && at().Sub(opened) < leastOpen {
		left = 1
	}
	day = workingDay(day, left)
	return stretch(opened, at(), in)
}

// workingDay is so many days from Monday to Friday later.
func workingDay(day rule.Date, later int) rule.Date {
	for later > 0 {
		if day++; day.Weekday() != time.Saturday && day.Weekday() != time.Sunday {
			later--
		}
	}
	return day
}

// Stretch is when something closes if the days off since it was opened are given
// back: schedule.Stretch.
type Stretch func(open, closes time.Time, in rule.Place) time.Time

// occurrenceID names the occurrence at a wall-clock time, which is the same
// wherever it is lived.
func occurrenceID(checkIn string, wall time.Time) string {
	return checkIn + "-" + strconv.FormatInt(wall.Unix()/60, 36)
}

// checkInOf is the check-in that an occurrence belongs to.
func checkInOf(occurrence string) string {
	id, _, _ := strings.Cut(occurrence, "-")
	return id
}

// PromptKey is the delivery key of what asks somebody by direct message.
func PromptKey(occurrence string, m bot.MemberID) bot.DeliveryKey {
	return bot.DeliveryKey(record(occurrence) + "/" + string(m))
}

// Prompted gives back of what PromptKey is made; ok is false if key is another.
func Prompted(key bot.DeliveryKey) (occurrence string, m bot.MemberID, ok bool) {
	parts := strings.Split(string(key), "/")
	if len(parts) != 3 || parts[0] != "checkin" {
		return "", "", false
	}
	return parts[1], bot.MemberID(parts[2]), true
}

// record is the name of a check-in's jobs.
func record(id string) string { return "checkin/" + id }
