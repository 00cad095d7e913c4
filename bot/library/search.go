package library

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/grade"
	"github.com/staffroom-bot/staffroom/bot/library/index"
	"github.com/staffroom-bot/staffroom/bot/library/link"
	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

// Search is what somebody looks for. The zero Search is everything.
type Search struct {
	Words   string       `json:"words,omitempty"`
	Tags    []string     `json:"tags,omitempty"`
	Grades  []string     `json:"grades,omitempty"` // any of them
	Subject string       `json:"subject,omitempty"`
	Person  bot.MemberID `json:"person,omitempty"` // who saved it
	Since   time.Time    `json:"since,omitzero"`
}

// MostWords is how long the words of a search may be, in characters.
const MostWords = 200

// mark names what somebody looks for, in a path.
func (q *Search) mark() string {
	body, _ := json.Marshal(q) // of strings and a time
	sum := sha256.Sum256(body)
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:10]))
}

// query is what the index is asked.
func (q *Search) query(limit int) index.Query {
	return index.Query{
		Words: q.Words, Tags: q.Tags, Grades: q.Grades, Subject: q.Subject, Person: string(q.Person), Since: q.Since, Limit: limit,
	}
}

// address is the link that somebody looks for, if their words are one. What else they say
// does not count then.
func (q *Search) address() (link.Link, bool) {
	if !strings.Contains(q.Words, ".") {
		return link.Link{}, false
	}
	l, err := link.Parse(q.Words)
	return l, err == nil
}

// wider is a search that finds more: by words alone, anywhere and of any time. ok is
// false if there is none.
func (q *Search) wider() (w Search, ok bool) {
	if len(q.Tags) == 0 && len(q.Grades) == 0 && q.Subject == "" && q.Person == "" && q.Since.IsZero() {
		return *q, false
	}
	w.Words = strings.TrimSpace(strings.Join(append([]string{q.Words, q.Subject}, q.Tags...), " "))
	return w, true
}

// searchOf reads what somebody looks for.
func (s *Service) searchOf(ctx context.Context, req *bot.Request) (Search, error) {
	q := Search{
		Words: bot.Shorten(strings.Join(strings.Fields(req.Value(wordsField)), " "), MostWords), Tags: tagsOf(req.Value(tagField)),
		Subject: strings.TrimSpace(req.Value(subjectField)),
	}
	var words []string
	for _, word := range strings.Fields(q.Words) {
		if tag, ok := strings.CutPrefix(word, "#"); ok && tag != "" { // typed among the words
			q.Tags = append(q.Tags, tag)
		} else {
			words = append(words, word)
		}
	}
	q.Words = strings.Join(words, " ")
	var wrong []fault
	var unknown string
	if q.Grades, unknown = grade.Parse(req.Value(gradeField)); unknown != "" {
		wrong = append(wrong, fault{gradeField, "library.fault.grade", []bot.Arg{bot.Str("typed", bot.Shorten(unknown, MostTag))}})
	}
	if typed := strings.TrimSpace(req.Value(sinceField)); typed != "" {
		since, said, err := s.sinceOf(ctx, req, typed)
		if err != nil {
			return q, err
		}
		if said != "" {
			wrong = append(wrong, fault{sinceField, said, []bot.Arg{bot.Str("typed", bot.Shorten(typed, MostTag))}})
		}
		q.Since = since
	}
	if len(wrong) > 0 {
		return q, s.refused(req, wrong)
	}
	var err error
	q.Person, err = s.personOf(ctx, req)
	return q, err
}

// sinceOf reads from when on, by the reader's clock, or says what is wrong with it.
func (s *Service) sinceOf(ctx context.Context, req *bot.Request, typed string) (since time.Time, wrong bot.Key, err error) {
	now, err := s.store.Now(ctx)
	if err != nil {
		return since, "", err
	}
	zone, err := time.LoadLocation(req.Member.Zone)
	if err != nil {
		zone = time.UTC
	}
	day, err := rule.ParseSince(typed, rule.DateOf(now.In(zone)), req.Member.Language)
	if fault := (*rule.Error)(nil); errors.As(err, &fault) {
		if fault.Problem == rule.EndsBeforeBegin {
			return since, "library.fault.since.later", nil
		}
		return since, "library.fault.since", nil
	}
	since, _ = rule.Instant(day.Midnight(), zone)
	return since, "", nil
}

// personOf is whose resources somebody looks for: a person the platform knows, or the
// name of one who has saved something.
func (s *Service) personOf(ctx context.Context, req *bot.Request) (bot.MemberID, error) {
	nobody := bot.Fail(bot.NotFound, s.say(req, "library.find.nobody", bot.Str("name", bot.Shorten(strings.TrimSpace(req.Value(personField)), MostTag))))
	if a, ok := req.Accounts[personField]; ok {
		id, err := s.people.Known(ctx, req.Member.Community, a)
		if err == nil && id == "" {
			err = nobody
		}
		return id, err
	}
	typed := strings.TrimPrefix(strings.TrimSpace(req.Value(personField)), "@")
	if typed == "" {
		return "", nil
	}
	if strings.EqualFold(typed, req.Member.Name) {
		return req.Member.ID, nil
	}
	savers := map[bot.MemberID]bool{}
	err := s.shelves.look(ctx, req.Member.Community, func(sh *shelf) error {
		for _, r := range sh.resources {
			for i := range r.Credits {
				savers[r.Credits[i].Member] = true
			}
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	ids := make([]bot.MemberID, 0, len(savers))
	for id := range savers {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	names, err := s.people.Names(ctx, req.Member.Community, ids)
	if err != nil {
		return "", err
	}
	for _, id := range ids {
		if strings.EqualFold(names[id], typed) {
			return id, nil
		}
	}
	return "", nobody
}

// wants says in a few words what somebody looks for, in a language.
func (s *Service) wants(language string, q *Search) string {
	var parts []string
	if q.Words != "" {
		parts = append(parts, q.Words)
	}
	if len(q.Grades) > 0 {
		parts = append(parts, s.words.Text(language, "library.card.grade", bot.Count("count", len(q.Grades)), bot.Str("grades", grade.Text(q.Grades))).String())
	}
	for _, t := range q.Tags {
		parts = append(parts, "#"+t)
	}
	if q.Subject != "" {
		parts = append(parts, q.Subject)
	}
	return strings.Join(parts, ", ")
}
