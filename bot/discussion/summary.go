package discussion

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// SummaryJobKind is the kind of the jobs that bring a summary up to date. Register
// Service.Summarise for it.
const SummaryJobKind = "chat-summary"

const summaryName = "summary"

// summaryEvery is how often a summary follows what is still said: often enough for
// whoever answers late to find themselves in it, seldom enough for a crowd that
// answers right after the end.
const summaryEvery = 5 * time.Minute

// summary counts what the hour brought, as it stands.
func (s *Service) summary(ctx context.Context, d *Discussion) (bot.Message, error) {
	entries, err := s.store.Entries(ctx, d.Community, d.ID)
	if err != nil {
		return bot.Message{}, err
	}
	t := count(entries)
	answers := bot.Count("answers", t.answers)
	lines := []bot.Text{s.words.Text(d.Language, "chat.summary.people", bot.Count("people", t.people))}
	if t.links > 0 {
		lines = append(lines, s.words.Text(d.Language, "chat.summary.answers.with", answers),
			s.words.Text(d.Language, "chat.summary.links", bot.Count("links", t.links)))
	} else {
		lines = append(lines, s.words.Text(d.Language, "chat.summary.answers", answers))
	}
	if t.highlights > 0 {
		lines = append(lines, s.picked(d, t.highlights))
	}
	if d.State != Archived {
		lines = append(lines, s.words.Text(d.Language, "chat.summary.late", bot.At("until", d.Closed.Add(LateAnswers), d.Script.Zone, bot.DateTime)))
	}
	return bot.Message{
		Text:     bot.Join(" ", lines...),
		Controls: []bot.Control{{Label: s.label(d.Language, "chat.button.read"), Path: "/chat/read/" + d.ID}},
	}, nil
}

// picked says how many answers the hosts have picked to remember.
func (s *Service) picked(d *Discussion, n int) bot.Text {
	key, host := bot.Key("chat.summary.picked"), bot.Str("host", d.hostName())
	switch len(d.Script.Hosts) {
	case 0:
		key = "chat.summary.picked.unhosted"
	case 1:
	default:
		key = "chat.summary.picked.hosts"
	}
	return s.words.Text(d.Language, key, host, bot.Count("picked", n))
}

// resummarised changes the summary in every place into what is so now.
func (s *Service) resummarised(ctx context.Context, d *Discussion) ([]outbox.Item, error) {
	m, err := s.summary(ctx, d)
	if err != nil {
		return nil, err
	}
	items := d.everywhere(summaryName, m)
	for i := range items {
		items[i].Update, items[i].Class, items[i].NotAfter = true, outbox.Bulk, time.Time{}
	}
	return items, nil
}

// summaryJob is the job that brings the summary up to date. All that is said in the
// same few minutes shares one.
func (d *Discussion) summaryJob(due time.Time) (scheduler.Job, error) {
	payload, err := json.Marshal(stepPayload{d.ID})
	return scheduler.Job{Group: string(d.Community), ID: Record(d.ID) + "/" + summaryName, Kind: SummaryJobKind, Due: due, Payload: payload}, err
}

// Summarise is the scheduler.Handler of SummaryJobKind.
func (s *Service) Summarise(ctx context.Context, j scheduler.Job) error {
	var p stepPayload
	if err := json.Unmarshal(j.Payload, &p); err != nil {
		return scheduler.Poisoned(err)
	}
	d, err := s.store.Get(ctx, bot.CommunityID(j.Group), p.Chat)
	if bot.CodeOf(err) == bot.NotFound {
		return nil // it has moved, or was deleted
	}
	if err != nil || d.Closed.IsZero() {
		return err
	}
	posts, err := s.resummarised(ctx, &d)
	if err != nil {
		return err
	}
	return s.store.Replace(ctx, &d, outbox.Effects{Posts: posts})
}

// changed lets the summary follow what people have made of an entry, soon.
func (s *Service) changed(ctx context.Context, d *Discussion) error {
	if d.Closed.IsZero() {
		return nil // it is written at the end
	}
	now, err := s.store.Now(ctx)
	if err != nil {
		return err
	}
	job, err := d.summaryJob(now)
	if err != nil {
		return err
	}
	return s.store.Replace(ctx, d, outbox.Effects{Jobs: []scheduler.Job{job}})
}

// late lets the summary follow what is said after the end: once for all that is
// said in the same few minutes. Should this process die in between, the summary
// follows with the next late answer, or at the last.
func (s *Service) late(ctx context.Context, d *Discussion, l *ledger) error {
	if d.State != Closing {
		return nil
	}
	now, err := s.store.Now(ctx)
	if err != nil {
		return err
	}
	due := now.Truncate(summaryEvery).Add(summaryEvery)
	if l != nil && !l.summaryFrom(due) {
		return nil
	}
	job, err := d.summaryJob(due)
	if err != nil {
		return err
	}
	return s.store.Replace(ctx, d, outbox.Effects{Jobs: []scheduler.Job{job}})
}

// tally is what a discussion brought, in numbers.
type tally struct {
	people, answers   int
	links, highlights int
	byQuestion        map[int]int // answers
}

func count(entries []Entry) tally {
	t := tally{byQuestion: map[int]int{}}
	people, links := map[bot.MemberID]bool{}, map[string]bool{}
	for i := range entries {
		e := &entries[i]
		if e.Deleted || e.Withheld {
			continue
		}
		if e.Author != "" { // they were forgotten
			people[e.Author] = true
		}
		if e.remembered() {
			t.highlights++
		}
		if len(e.Questions) > 0 {
			for _, link := range linksIn(e.Text) {
				links[link] = true
			}
		}
		if e.Kind != Answer {
			continue
		}
		t.answers++
		for _, q := range e.Questions {
			t.byQuestion[q]++
		}
	}
	t.people, t.links = len(people), len(links)
	return t
}

// linksIn gives the addresses on the web in a text, each once, without what people
// put right behind one.
func linksIn(text string) []string {
	if !strings.Contains(text, "://") { // most messages
		return nil
	}
	var links []string
	for _, p := range lex(text) {
		if p.kind != linkPiece {
			continue
		}
		link := strings.Trim(text[p.start:p.end], "<>")
		link, _, _ = strings.Cut(link, "|") // <address|its text>
		link = strings.TrimRight(link, ".,;:!?'\"*_…»”’")
		for strings.HasSuffix(link, ")") && strings.Count(link, ")") > strings.Count(link, "(") {
			link = strings.TrimRight(strings.TrimSuffix(link, ")"), ".,;:!?")
		}
		if (hasFoldPrefix(link, "https://") || hasFoldPrefix(link, "http://")) && !slices.Contains(links, link) {
			links = append(links, link)
		}
	}
	return links
}
