package checkin

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// summaryEvery is how long a summary is left as it is, whatever is answered.
const summaryEvery = 10 * time.Second

type summaryPayload struct {
	Occurrence string `json:"occurrence"`
	Anew       bool   `json:"anew,omitempty"` // also if it is over: somebody's answer is there no longer
}

// anew is the payload of a job that writes a summary anew although it may be over.
func anew(occurrence string) ([]byte, error) { return json.Marshal(summaryPayload{occurrence, true}) }

// summaryJob is the job that brings a summary up to date, nil if there is none to
// see before the end.
func summaryJob(c bot.CommunityID, occurrence string, sharing Sharing, now time.Time) (*scheduler.Job, error) {
	if sharing != Shared {
		return nil, nil
	}
	payload, err := json.Marshal(summaryPayload{Occurrence: occurrence})
	return &scheduler.Job{
		Group: string(c), ID: record(occurrence) + "/summary", Kind: SummaryJobKind, Due: now.Add(summaryEvery), Payload: payload,
	}, err
}

// Summarise is the scheduler.Handler of SummaryJobKind: it brings the summary of an
// occurrence up to date.
func (s *Service) Summarise(ctx context.Context, j scheduler.Job) error {
	var p summaryPayload
	if err := json.Unmarshal(j.Payload, &p); err != nil {
		return scheduler.Poisoned(err)
	}
	err := s.summarise(ctx, bot.CommunityID(j.Group), p)
	if bot.CodeOf(err) == bot.NotFound {
		return nil // nothing of it is kept any more
	}
	if err != nil {
		return waiting(err)
	}
	return nil
}

func (s *Service) summarise(ctx context.Context, c bot.CommunityID, p summaryPayload) error {
	id := p.Occurrence
	asked, err := s.askedAt(ctx, c, id)
	if err != nil {
		return err
	}
	answers, err := s.store.Answers(ctx, c, id)
	if err != nil {
		return err
	}
	found, err := s.store.Standings(ctx, c, asked.CheckIn)
	if err != nil {
		return err
	}
	st := &found[0]
	o := st.open(id)
	if o == nil && !p.Anew {
		return nil // it is over, and stands as it was
	}
	sum := tally(&asked.Definition, answers)
	if err := s.named(ctx, c, &sum); err != nil {
		return err
	}
	item := s.summaryPost(id, asked, &sum)
	if asked.InChannel {
		closes := s.ended(ctx, c, &asked)
		if o != nil {
			closes = o.Closes
		}
		item = s.channelPost(id, asked, closes, &sum)
	}
	if o == nil || o.Posted {
		item.Update = true
		return s.store.Apply(ctx, string(c), outbox.Effects{Posts: []outbox.Item{item}})
	}
	o.Posted = true
	return s.store.Advance(ctx, st, Settled{At: asked.At}, outbox.Effects{Posts: []outbox.Item{item}})
}

// ended is when an occurrence closed that is over, as far as that is known.
func (s *Service) ended(ctx context.Context, c bot.CommunityID, a *Asked) time.Time {
	ci, err := s.schedule.Get(ctx, c, a.CheckIn)
	if err != nil {
		return a.At
	}
	in, err := s.places(&ci).of(ctx, bot.Member{Community: c})
	if err != nil {
		return a.At
	}
	return a.closes(a.At, in, s.stretch)
}

// summaryPost is the one post of an occurrence in the channel of those who were
// asked by direct message.
func (s *Service) summaryPost(id string, a Asked, sum *summary) outbox.Item {
	return outbox.Item{
		Class: outbox.Bulk,
		Post: bot.Post{
			Key: summaryKey(id), Channel: a.Channel,
			Message: bot.Message{
				Text: bot.Join("\n", s.words.Text(a.Language, "checkin.summary", bot.Str("name", a.Name),
					s.when(a.Language, &a, "")), s.summaryText(a.Language, &a, sum)),
				Image:    s.summaryPicture(a.Language, &a, sum),
				Controls: s.resultsControl(a.Language, id, &a),
			},
		},
	}
}

// resultsControl leads to all answers to an occurrence where everybody may see them.
func (s *Service) resultsControl(lang, id string, a *Asked) []bot.Control {
	if a.Sharing != Shared && a.Sharing != Anonymous {
		return nil
	}
	return []bot.Control{{Label: s.label(lang, "checkin.button.results"), Path: timePath + a.CheckIn + "/" + id}}
}

// named puts the answers in the order of their authors' names, which says nothing
// of when they came, and gives the names.
func (s *Service) named(ctx context.Context, c bot.CommunityID, sum *summary) error {
	ids := make([]bot.MemberID, len(sum.answers))
	for i, a := range sum.answers {
		ids[i] = a.Author
	}
	names, err := s.people.Names(ctx, c, ids)
	if err != nil {
		return err
	}
	for i := range sum.answers {
		sum.answers[i].Name = names[sum.answers[i].Author]
	}
	slices.SortFunc(sum.answers, func(a, b Answer) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), cmp.Compare(a.Author, b.Author))
	})
	return nil
}

// Of what was written a summary has so many characters, and of each answer so
// many: everything is in the results.
const (
	summaryText  = 1200
	summaryQuote = 160
)

// summaryText tells what was answered: of fewer than fewest how many took part.
func (s *Service) summaryText(lang string, a *Asked, sum *summary) bot.Text {
	if sum.people == 0 {
		return s.words.Text(lang, "checkin.summary.none")
	}
	lines := []bot.Text{s.words.Text(lang, "checkin.summary.people", bot.Count("people", sum.people))}
	if sum.people < fewest {
		return bot.Join("\n", append(lines, s.words.Text(lang, "checkin.summary.few", bot.Num("fewest", fewest)))...)
	}
	left := summaryText
	for i := range a.Questions {
		if a.Sharing == Anonymous && sum.figures[i].n < fewest {
			lines = append(lines, s.words.Text(lang, "checkin.figure.few", bot.Str("question", a.Questions[i].Text), bot.Num("fewest", fewest)))
			continue
		}
		lines = append(lines, s.figureLine(lang, &a.Questions[i], sum.figures[i]))
		if a.Questions[i].values() != nil {
			continue
		}
		hidden := 0
		for _, answer := range sum.written(i) {
			quote := s.quote(lang, answer, bot.Shorten(oneLine(answer.Values[i]), summaryQuote))
			if left -= utf8.RuneCountInString(quote.String()); left < 0 {
				hidden++
				continue
			}
			lines = append(lines, quote)
		}
		if hidden > 0 {
			lines = append(lines, s.words.Text(lang, "checkin.summary.more", bot.Count("answers", hidden)))
		}
	}
	return bot.Join("\n", lines...)
}

// written are those who wrote something to a question, without a name in the order
// of the alphabet.
func (s *summary) written(question int) []Answer {
	var out []Answer
	for _, a := range s.answers {
		if question < len(a.Values) && a.Values[question] != "" {
			out = append(out, a)
		}
	}
	slices.SortStableFunc(out, func(a, b Answer) int {
		if a.Author != "" || b.Author != "" {
			return 0
		}
		return cmp.Compare(a.Values[question], b.Values[question])
	})
	return out
}

func (s *Service) quote(lang string, a Answer, text string) bot.Text {
	if a.Author == "" {
		return s.words.Text(lang, "checkin.summary.unnamed", bot.Str("text", text))
	}
	return s.words.Text(lang, "checkin.summary.answer", bot.Str("name", a.Name), bot.Str("text", text))
}

// figureLine is a question with its figures.
func (s *Service) figureLine(lang string, q *Question, f figure) bot.Text {
	text := bot.Str("question", q.Text)
	switch {
	case q.values() == nil || f.n == 0:
		return s.words.Text(lang, "checkin.figure.text", text, bot.Count("answers", f.n))
	case q.Kind == Scale:
		return s.words.Text(lang, "checkin.figure.scale", text, bot.Str("mean", decimal(lang, f.mean())), bot.Num("most", mostScale),
			bot.Str("counts", s.counts(lang, q, f)))
	default:
		return s.words.Text(lang, "checkin.figure.counts", text, bot.Str("counts", s.counts(lang, q, f)))
	}
}

// counts is how often each answer was given: "1: 0, 2: 3, 3: 5".
func (s *Service) counts(lang string, q *Question, f figure) string {
	parts := make([]string, len(f.counts))
	for i, value := range q.values() {
		parts[i] = s.shown(lang, q, value) + ": " + strconv.Itoa(f.counts[i])
	}
	return strings.Join(parts, ", ")
}

// shown is an answer as people read it.
func (s *Service) shown(lang string, q *Question, value string) string {
	if q.Kind == YesNo && (value == yes || value == no) {
		return s.label(lang, bot.Key("checkin.word."+value))
	}
	return value
}

// decimal writes 38 as 3.8, or 3,8 where that is the custom.
func decimal(lang string, n int) string {
	if strings.HasPrefix(lang, "es") {
		return strings.Replace(tenths(n), ".", ",", 1)
	}
	return tenths(n)
}
