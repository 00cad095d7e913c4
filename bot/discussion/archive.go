package discussion

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// Archive is a discussion to keep. Its JSON is a published format: names stay,
// fields may be added.
type Archive struct {
	Title        string             `json:"title"`
	Tag          string             `json:"tag,omitempty"`
	Hosts        []string           `json:"hosts"`
	Start        time.Time          `json:"start"` // when the doors opened
	Zone         string             `json:"zone"`  // IANA
	Participants []string           `json:"participants"`
	Questions    []ArchivedQuestion `json:"questions"`
	Messages     []ArchivedMessage  `json:"messages"`
	Places       []string           `json:"places,omitempty"` // where it ran, if in more than one
	// Commitments are what people said they would try, of those who have shared it.
	Commitments []ArchivedCommitment `json:"commitments,omitempty"`

	left []ArchivedMessage // deleted or withheld: only their places: replies to them stay where they were
}

// ArchivedQuestion is a question that was asked.
type ArchivedQuestion struct {
	Number  int       `json:"number"`
	Text    string    `json:"text"`
	Image   string    `json:"image,omitempty"`
	AskedAt time.Time `json:"asked_at"`
	Second  int       `json:"second"` // of AskedAt, counted from Start
}

// ArchivedMessage is something that was said, and not taken back.
type ArchivedMessage struct {
	ID        string    `json:"id"`
	Author    string    `json:"author"` // name; empty: they do not want to be named any more
	Kind      Kind      `json:"kind"`
	Questions []int     `json:"questions"`          // what it answers, or what the message it replies to is about
	ReplyTo   string    `json:"reply_to,omitempty"` // another message's ID, or that of a question's post
	At        time.Time `json:"at"`
	Text      string    `json:"text"`
	Place     string    `json:"place,omitempty"` // one of Archive.Places

	withheld bool
}

// ArchivedCommitment is one thing to try, and what came of it.
type ArchivedCommitment struct {
	Author  string    `json:"author"` // name
	At      time.Time `json:"at"`
	Text    string    `json:"text"`
	Outcome string    `json:"outcome,omitempty"`
}

// Archive gathers a discussion that has been opened.
func (s *Service) Archive(ctx context.Context, c bot.CommunityID, id string) (Archive, error) {
	d, err := s.store.Get(ctx, c, id)
	if err != nil {
		return Archive{}, err
	}
	entries, err := s.store.Entries(ctx, c, id)
	if err != nil {
		return Archive{}, err
	}
	people := authors(entries)
	names, err := s.members.Names(ctx, c, people)
	if err != nil {
		return Archive{}, err
	}
	for _, id := range people {
		if names[id] == "" { // the platform has not told it yet
			names[id] = s.words.Text(d.Language, "chat.archive.somebody").String()
		}
	}
	return archive(&d, entries, names), nil
}

func authors(entries []Entry) []bot.MemberID {
	var ids []bot.MemberID
	seen := map[bot.MemberID]bool{}
	for _, e := range entries {
		if !e.Deleted && !e.Withheld && e.Author != "" && !seen[e.Author] {
			seen[e.Author] = true
			ids = append(ids, e.Author)
		}
	}
	return ids
}

func archive(d *Discussion, entries []Entry, names map[bot.MemberID]string) Archive {
	a := Archive{
		Title: d.Script.Title, Tag: d.Script.Tag, Hosts: append([]string{}, d.Script.Hosts...),
		Start: d.Opened, Zone: d.Script.Zone,
		Places:       d.placeNames(),
		Participants: []string{}, Questions: []ArchivedQuestion{}, Messages: []ArchivedMessage{},
	}
	for i, at := range d.AskedAt {
		q := d.Script.Questions[i]
		a.Questions = append(a.Questions, ArchivedQuestion{
			Number: i + 1, Text: q.Text, Image: q.Image, AskedAt: at, Second: int(at.Sub(d.Opened).Seconds()),
		})
	}
	for _, id := range authors(entries) {
		a.Participants = append(a.Participants, names[id])
	}
	slices.Sort(a.Participants)
	// What was delivered late stands where it was said: before what replies to it.
	entries = slices.SortedStableFunc(slices.Values(entries), func(a, b Entry) int { return a.At.Compare(b.At) })
	about := map[string][]int{} // what each message is about now, after all edits
	for _, e := range entries {
		if e.Kind == Commitment {
			if !e.Deleted && !e.Withheld {
				a.Commitments = append(a.Commitments, ArchivedCommitment{names[e.Author], e.At, e.Text, e.Outcome})
			}
			continue
		}
		if parent, ok := about[e.ReplyTo]; ok && e.Kind == Reply {
			e.Questions = parent
		}
		about[e.ID] = e.Questions
		if e.Deleted || e.Withheld {
			a.left = append(a.left, ArchivedMessage{
				ID: e.ID, Kind: e.Kind, Questions: e.Questions, ReplyTo: e.ReplyTo, At: e.At, withheld: e.Withheld && !e.Deleted,
			})
			continue
		}
		a.Messages = append(a.Messages, ArchivedMessage{
			ID: e.ID, Author: names[e.Author], Kind: e.Kind, Questions: append([]int{}, e.Questions...),
			ReplyTo: e.ReplyTo, At: e.At, Text: e.Text, Place: a.place(e),
		})
	}
	return a
}

// place is where an entry was said, if there is more than one place.
func (a *Archive) place(e Entry) string {
	if e.Place >= len(a.Places) {
		return ""
	}
	return a.Places[e.Place]
}

// JSON is the archive for programs, indented.
func (a Archive) JSON() ([]byte, error) {
	out, err := json.MarshalIndent(a, "", "  ")
	return append(out, '\n'), err
}
