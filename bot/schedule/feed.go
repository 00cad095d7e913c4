package schedule

import (
	"context"
	"encoding/json"
	"hash/fnv"
	"maps"
	"strconv"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
	"github.com/staffroom-bot/staffroom/scheduler/ical"
	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

// Fetcher gets files from the public web.
type Fetcher interface {
	// Fetch gets the file at an address, unless it is still as known. Errors do
	// not contain the address. Their codes: invalid (no address on the public web),
	// not_found, forbidden (the server wants to know who asks), permanent (the file
	// is too long, or the server wants something else), unavailable.
	Fetch(ctx context.Context, address string, known Known) (File, error)
}

// Known is what a server told of a file when it was fetched before.
type Known struct{ ETag, Modified string }

// File is what was fetched.
type File struct {
	Body []byte
	Known
	Unchanged bool // the file is as known; Body is empty
}

// Trouble says why a calendar on the web cannot be read.
type Trouble string

// The troubles.
const (
	NoAddress   Trouble = "address"     // it is not on the public web
	NotThere    Trouble = "not_there"   // there is nothing at the address
	Closed      Trouble = "closed"      // it asks for a password
	Unsuitable  Trouble = "unsuitable"  // the file is too long, or the server wants something else
	NoCalendar  Trouble = "no_calendar" // the file is no calendar
	Unreachable Trouble = "unreachable" // the server does not answer, or is in trouble itself
)

func troubleOf(err error) Trouble {
	switch bot.CodeOf(err) {
	case bot.Invalid:
		return NoAddress
	case bot.NotFound:
		return NotThere
	case bot.Forbidden:
		return Closed
	case bot.Permanent:
		return Unsuitable
	default:
		return Unreachable
	}
}

// How often a calendar is read: once a day, at a time that differs from one
// community to the next. After a failure sooner, and then less and less often.
const (
	readEvery  = 22 * time.Hour
	readWithin = 4 * time.Hour // after that
	readAgain  = time.Hour     // doubled with each failure, up to readEvery
	// copyLifetime is how long a copy serves of a file that does not change: it
	// holds what is to come, as seen when it was made.
	copyLifetime = 30 * 24 * time.Hour
)

// tellAfter is how many failures in a row are worth a message. Of an address
// that never worked organizers hear at once: one of them has just given it.
const tellAfter = 5

// CalendarJobKind is the kind of the jobs that read calendars on the web and
// bring the series in line with the calendar. Register Service.Refresh for it.
const CalendarJobKind = "calendar"

type calendarPayload struct {
	Calendar string `json:"calendar"`
}

// job is the job that reads the calendar at a time.
func (c *Calendar) job(due time.Time) (scheduler.Job, error) {
	payload, err := json.Marshal(calendarPayload{c.ID})
	return scheduler.Job{Group: string(c.Community), ID: c.jobID(), Kind: CalendarJobKind, Due: due, Payload: payload}, err
}

func (c *Calendar) jobID() string {
	if c.ID == Everybody {
		return CalendarJobKind
	}
	return CalendarJobKind + "/" + c.ID
}

// Refresh is the scheduler.Handler of CalendarJobKind. It may run at any time
// and any number of times.
func (s *Service) Refresh(ctx context.Context, j scheduler.Job) error {
	c := bot.CommunityID(j.Group)
	p := calendarPayload{Calendar: Everybody}
	if len(j.Payload) > 0 {
		if err := json.Unmarshal(j.Payload, &p); err != nil {
			return scheduler.Poisoned(err)
		}
	}
	err := s.refreshFeed(ctx, c, p.Calendar, j.Started)
	if err == nil {
		err = s.relay(ctx, c, j.Started)
	}
	switch bot.CodeOf(err) {
	case bot.Conflict:
		return scheduler.After(0, err)
	case bot.Unavailable:
		return scheduler.After(storePause, err)
	default:
		return err
	}
}

// refreshFeed reads the calendar on the web if it is due, and plans to read it
// again.
func (s *Service) refreshFeed(ctx context.Context, c bot.CommunityID, id string, now time.Time) error {
	cal, err := s.store.Calendar(ctx, c, id)
	if bot.CodeOf(err) == bot.NotFound {
		return nil // removed meanwhile
	}
	if err != nil || cal.Feed == nil {
		return err
	}
	var e outbox.Effects
	if !cal.Feed.Due.After(now) {
		s.read(ctx, cal.Feed, c, now)
		if cal.Feed.worthTelling() {
			cal.Feed.Told = true
			if e.Posts, err = s.tellOrganizers(ctx, &cal); err != nil {
				return err
			}
		}
	}
	again, err := cal.job(cal.Feed.Due)
	if err != nil {
		return err
	}
	e.Jobs = []scheduler.Job{again}
	return s.store.KeepCalendar(ctx, &cal, e)
}

// read reads the calendar. If that fails, the last good copy stays.
func (s *Service) read(ctx context.Context, f *Feed, c bot.CommunityID, now time.Time) {
	known := Known{f.ETag, f.Modified}
	if now.Sub(f.Got) > copyLifetime {
		known = Known{}
	}
	file, err := s.fetcher.Fetch(ctx, f.Address, known)
	trouble := Trouble("")
	switch {
	case err != nil:
		trouble = troubleOf(err)
	case !file.Unchanged:
		if err = f.take(file, now); err != nil {
			trouble = NoCalendar
		}
	}
	if trouble != "" {
		s.log.WarnContext(ctx, "a calendar cannot be read", "group", string(c), "trouble", string(trouble), "failures", f.Failures+1, "error", err)
		f.Trouble, f.Failures = trouble, f.Failures+1
		f.Due = now.Add(min(readAgain<<min(f.Failures-1, 8), readEvery))
		return
	}
	f.Trouble, f.Failures, f.Told, f.Read = "", 0, false, now
	f.Due = now.Add(readEvery + jitter(c))
}

// take makes a copy of the days in a file: of the last month and the two years
// to come.
func (f *Feed) take(file File, now time.Time) error {
	loc, err := time.LoadLocation(f.Zone)
	if err != nil {
		return err
	}
	local := now.In(loc)
	read, err := ical.Parse(file.Body, ical.Options{
		Zone: loc, From: rule.DateOf(local.AddDate(0, -1, 0)), Until: rule.DateOf(local.AddDate(2, 0, 0)),
	})
	if err != nil {
		return err
	}
	days := Holidays(read.Holidays)
	for i := range days {
		days[i].Name = bot.Shorten(strings.Join(strings.Fields(days[i].Name), " "), mostTitle)
	}
	days = days.sorted()
	f.Days, f.LeftOut, f.Got = days[:min(len(days), mostFeedDays)], read.LeftOut, now
	f.ETag, f.Modified = file.ETag, file.Modified
	return nil
}

// worthTelling reports whether organizers should hear of the trouble now.
func (f *Feed) worthTelling() bool {
	return !f.Told && f.Trouble != "" && (f.Read.IsZero() || f.Failures >= tellAfter)
}

// jitter spreads communities over readWithin, each always at the same place.
func jitter(c bot.CommunityID) time.Duration {
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(c))
	return time.Duration(sum.Sum32()%uint32(readWithin/time.Second)) * time.Second
}

// relay brings the series of a community in line with the calendars: an
// occurrence that a holiday has moved, or does so no longer, is looked for anew.
func (s *Service) relay(ctx context.Context, c bot.CommunityID, now time.Time) error {
	cals, err := s.store.Calendars(ctx, c)
	if err != nil {
		return err
	}
	const page = 50
	for skip := 0; ; skip += page {
		list, err := s.store.List(ctx, c, skip, page)
		if err != nil || len(list) == 0 {
			return err
		}
		for i := range list {
			if err := s.relayOne(ctx, &list[i], cals, now); err != nil {
				return err
			}
		}
	}
}

func (s *Service) relayOne(ctx context.Context, r *Series, cals Calendars, now time.Time) error {
	before := r.Courses
	if err := s.lay(ctx, r, cals, now); err != nil {
		return err
	}
	if maps.EqualFunc(before, r.Courses, func(a, b Course) bool { return a.Settled.Equal(b.Settled) && a.Next.Equal(b.Next) }) {
		return nil
	}
	var e outbox.Effects
	if err := r.plan(&e); err != nil {
		return err
	}
	return s.store.Advance(ctx, r, nil, e)
}

// tellOrganizers tells those who organize that the calendar cannot be read: in the
// channel where they are among themselves, or where there is none each in their
// language. Who has just given the address waits for it; the others hear of it
// when it suits them.
func (s *Service) tellOrganizers(ctx context.Context, cal *Calendar) ([]outbox.Item, error) {
	ch, language, ok, err := s.people.OrganizersRoom(ctx, cal.Community, cal.Feed.By.Space)
	if err != nil {
		return nil, err
	}
	if ok {
		return []outbox.Item{s.troubleItem(cal, bot.Member{Language: language}, bot.Post{Channel: ch}, ch.String())}, nil
	}
	accounts, err := s.people.Organizers(ctx, cal.Community)
	if err != nil {
		return nil, err
	}
	items := make([]outbox.Item, 0, len(accounts))
	for _, a := range accounts {
		m, err := s.people.Member(ctx, a, "")
		if err != nil {
			return nil, err
		}
		item := s.troubleItem(cal, m, bot.Post{Direct: &a}, a.String())
		if !cal.Feed.Read.IsZero() || a != cal.Feed.By {
			item.Unasked = &outbox.Unasked{Zone: m.Zone, Language: m.Language}
		}
		items = append(items, item)
	}
	return items, nil
}

// troubleItem tells a reader of the trouble. to says where, and name is that in
// words.
func (s *Service) troubleItem(cal *Calendar, reader bot.Member, to bot.Post, name string) outbox.Item {
	to.Key = bot.DeliveryKey(cal.jobID() + "/" + string(cal.Community) + "/" + strconv.FormatInt(cal.Version, 36) + "/" + name)
	to.Message = bot.Message{
		Text:     s.feedTrouble(cal.Feed, reader),
		Controls: []bot.Control{{Label: s.label(reader.Language, "holidays.button.show"), Path: cal.path()}},
	}
	return outbox.Item{Class: outbox.Bulk, Post: to}
}
