package schedule

import (
	"cmp"
	"encoding/json"
	"hash/fnv"
	"slices"
	"strconv"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

// Everybody is the ID of the calendar that counts for everything in a community.
const Everybody = "everybody"

// Calendar is holidays of a community: those that organizers gave, and those of a
// calendar on the web. The one for everybody is there from the start. Others have
// names, such as that of a school, and count besides for the series that use them.
type Calendar struct {
	Community bot.CommunityID `json:"-"`
	ID        string          `json:"-"`
	Version   int64           `json:"-"`
	Name      string          `json:"name,omitempty"` // as typed; none for everybody's
	Space     bot.SpaceID     `json:"space,omitzero"` // where it was made; none for everybody's
	Days      Holidays        `json:"days,omitempty"`
	Feed      *Feed           `json:"feed,omitempty"` // nil: none
}

// Feed is a calendar on the web, as it was last read.
type Feed struct {
	Address  string      `json:"address"` // may be a secret: whoever has it can read the calendar
	Zone     string      `json:"zone"`    // IANA zone whose days its times are
	By       bot.Account `json:"by"`      // who gave the address
	ETag     string      `json:"etag,omitempty"`
	Modified string      `json:"modified,omitempty"`
	Days     Holidays    `json:"days,omitempty"`     // the last good copy
	LeftOut  int         `json:"left_out,omitempty"` // events that could not be read
	Got      time.Time   `json:"got,omitzero"`       // when the copy was made
	Read     time.Time   `json:"read,omitzero"`      // when it was last found to be good; unset: never
	Due      time.Time   `json:"due"`                // when it is read next
	Failures int         `json:"failures,omitempty"` // in a row
	Trouble  Trouble     `json:"trouble,omitempty"`  // why it could not be read last
	Told     bool        `json:"told,omitempty"`     // organizers know of the trouble
}

// Holidays is a list of days off, sorted by their begin.
type Holidays []rule.Holiday

type storedHoliday struct {
	First string `json:"first"` // 2026-12-21
	Last  string `json:"last"`
	Name  string `json:"name,omitempty"`
}

// MarshalJSON implements json.Marshaler, with dates that people can read.
func (h Holidays) MarshalJSON() ([]byte, error) {
	stored := make([]storedHoliday, len(h))
	for i, day := range h {
		stored[i] = storedHoliday{day.First.String(), day.Last.String(), day.Name}
	}
	return json.Marshal(stored)
}

// UnmarshalJSON implements json.Unmarshaler.
func (h *Holidays) UnmarshalJSON(data []byte) error {
	var stored []storedHoliday
	if err := json.Unmarshal(data, &stored); err != nil {
		return err
	}
	*h = make(Holidays, len(stored))
	for i, s := range stored {
		first, err := date(s.First)
		if err != nil {
			return err
		}
		last, err := date(s.Last)
		if err != nil {
			return err
		}
		(*h)[i] = rule.Holiday{First: first, Last: last, Name: s.Name}
	}
	return nil
}

// sorted is the holidays by their begin, each once.
func (h Holidays) sorted() Holidays {
	out := slices.Clone(h)
	slices.SortFunc(out, func(a, b rule.Holiday) int {
		return cmp.Or(cmp.Compare(a.First, b.First), cmp.Compare(a.Last, b.Last), cmp.Compare(a.Name, b.Name))
	})
	return slices.Compact(out)
}

// from is those that are not over before a date.
func (h Holidays) from(d rule.Date) Holidays {
	var out Holidays
	for _, day := range h {
		if day.Last >= d {
			out = append(out, day)
		}
	}
	return out
}

// mark names one of the holidays in a form.
func mark(h rule.Holiday) string {
	sum := fnv.New64a()
	_, _ = sum.Write([]byte(h.Name))
	return h.First.String() + "/" + h.Last.String() + "/" + strconv.FormatUint(sum.Sum64(), 36)
}

// all is every holiday there is, whoever gave it.
func (c *Calendar) all() Holidays {
	all := slices.Clone(c.Days)
	if c.Feed != nil {
		all = append(all, c.Feed.Days...)
	}
	return all.sorted()
}
