package discussion

import (
	"context"
	"slices"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// ArchiveVersion is the version of an archive's JSON, whose shape docs/archive.md
// tells: names stay and mean what they meant, fields may be added. What breaks that
// has another number.
const ArchiveVersion = 1

// Audience is whom an archive is for.
type Audience string

// The audiences.
const (
	ForMembers Audience = "members" // all that stands
	ForPublic  Audience = "public"  // the words of those who have agreed to it, and nobody else's
)

// Archive is a discussion to keep.
type Archive struct {
	Version      int                `json:"version"` // ArchiveVersion
	Audience     Audience           `json:"audience"`
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
	// Links are the addresses on the web in what belongs to a question, each once, in
	// the order in which they were shared.
	Links []ArchivedLink `json:"links,omitempty"`

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
	// Highlighted: a host has picked it to remember.
	Highlighted bool `json:"highlighted,omitempty"`

	withheld bool
}

// ArchivedLink is an address that was shared.
type ArchivedLink struct {
	URL       string `json:"url"`
	Author    string `json:"author"` // name of who shared it first; may be empty
	Message   string `json:"message"`
	Questions []int  `json:"questions"` // that the message is about
}

// ArchivedCommitment is one thing to try, and what came of it.
type ArchivedCommitment struct {
	Author  string    `json:"author"` // name
	At      time.Time `json:"at"`
	Text    string    `json:"text"`
	Outcome string    `json:"outcome,omitempty"`
}

// Archive gathers a discussion that has been opened, for its members.
func (s *Service) Archive(ctx context.Context, c bot.CommunityID, id string) (Archive, error) {
	g, err := s.gather(ctx, c, id)
	if err != nil {
		return Archive{}, err
	}
	return archive(&g.discussion, g.entries, g.names, nil), nil
}

// gathered is all that an archive is made of.
type gathered struct {
	discussion Discussion
	entries    []Entry
	people     []bot.MemberID // whose words stand
	names      map[bot.MemberID]string
}

func (s *Service) gather(ctx context.Context, c bot.CommunityID, id string) (g gathered, err error) {
	if g.discussion, err = s.store.Get(ctx, c, id); err != nil {
		return g, err
	}
	if g.entries, err = s.store.Entries(ctx, c, id); err != nil {
		return g, err
	}
	g.people = authors(g.entries)
	if g.names, err = s.members.Names(ctx, c, g.people); err != nil {
		return g, err
	}
	for _, id := range g.people {
		if g.names[id] == "" { // the platform has not told it yet
			g.names[id] = s.words.Text(g.discussion.Language, "chat.archive.somebody").String()
		}
	}
	return g, nil
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

// archive is what stands of a discussion. keep says which entries it is to hold, nil:
// all.
func archive(d *Discussion, entries []Entry, names map[bot.MemberID]string, keep func(*Entry) bool) Archive {
	a := Archive{
		Version: ArchiveVersion, Audience: ForMembers,
		Title: d.Script.Title, Tag: d.Script.Tag, Hosts: append([]string{}, d.Script.Hosts...),
		Start: d.Opened, Zone: d.Script.Zone,
		Places:       d.placeNames(),
		Participants: []string{}, Questions: []ArchivedQuestion{}, Messages: []ArchivedMessage{},
	}
	for i, at := range d.AskedAt {
		if at.IsZero() { // skipped
			continue
		}
		q := d.Script.Questions[i]
		a.Questions = append(a.Questions, ArchivedQuestion{
			Number: i + 1, Text: q.Text, Image: q.Image, AskedAt: at, Second: int(at.Sub(d.Opened).Seconds()),
		})
	}
	// What was delivered late stands where it was said: before what replies to it.
	entries = slices.SortedStableFunc(slices.Values(entries), func(a, b Entry) int { return a.At.Compare(b.At) })
	about := map[string][]int{} // what each message is about now, after all edits
	var kept []Entry
	for _, e := range entries {
		if parent, ok := about[e.ReplyTo]; ok && e.Kind == Reply {
			e.Questions = parent
		}
		if e.Kind != Commitment {
			about[e.ID] = e.Questions
		}
		if keep != nil && !keep(&e) {
			continue
		}
		kept = append(kept, e)
		if e.Kind == Commitment {
			if !e.Deleted && !e.Withheld {
				a.Commitments = append(a.Commitments, ArchivedCommitment{names[e.Author], e.At, e.Text, e.Outcome})
			}
			continue
		}
		if e.Deleted || e.Withheld {
			a.left = append(a.left, ArchivedMessage{
				ID: e.ID, Kind: e.Kind, Questions: e.Questions, ReplyTo: e.ReplyTo, At: e.At, withheld: e.Withheld && !e.Deleted,
			})
			continue
		}
		a.Messages = append(a.Messages, ArchivedMessage{
			ID: e.ID, Author: names[e.Author], Kind: e.Kind, Questions: append([]int{}, e.Questions...),
			ReplyTo: e.ReplyTo, At: e.At, Text: e.Text, Place: a.place(e),
			Highlighted: e.remembered(),
		})
	}
	for _, id := range authors(kept) {
		a.Participants = append(a.Participants, names[id])
	}
	slices.Sort(a.Participants)
	a.Links = a.links()
	return a
}

// links gives what was linked to, each once.
func (a *Archive) links() []ArchivedLink {
	var all []ArchivedLink
	seen := map[string]bool{}
	for i := range a.Messages {
		m := &a.Messages[i]
		if len(m.Questions) == 0 {
			continue
		}
		for _, link := range linksIn(m.Text) {
			if !seen[link] {
				seen[link] = true
				all = append(all, ArchivedLink{URL: link, Author: m.Author, Message: m.ID, Questions: m.Questions})
			}
		}
	}
	return all
}

// place is where an entry was said, if there is more than one place.
func (a *Archive) place(e Entry) string {
	if e.Place >= len(a.Places) {
		return ""
	}
	return a.Places[e.Place]
}
