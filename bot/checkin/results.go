package checkin

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

const exportPath = "/checkin/export/"

// trendOf is how many earlier occurrences a trend shows.
const trendOf = 5

// results shows what the latest occurrence brought to those who may see it.
func (s *Service) results(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	ci, err := s.meant(ctx, req)
	if err != nil || ci == nil {
		return bot.Say(s.say(req, "checkin.results.none")), err
	}
	past, err := s.past(ctx, ci)
	if err != nil {
		return bot.Reply{}, err
	}
	if len(past) == 0 {
		return bot.Say(s.say(req, "checkin.results.yet", bot.Str("name", ci.Name))), nil
	}
	if !seen(past[0].Sharing, req.Member.Role) {
		return bot.Say(bot.Join("\n", s.say(req, "checkin.results.private", bot.Str("name", ci.Name)), s.sharing(req.Member.Language, &past[0].Definition))), nil
	}
	// It may have been shared with fewer people before: that was promised.
	past = slices.DeleteFunc(past, func(r result) bool { return !seen(r.Sharing, req.Member.Role) })
	return s.resultsReply(ctx, req, ci, past)
}

// seen reports whether somebody with a role may see what is shared so.
func seen(sharing Sharing, role bot.Role) bool {
	switch sharing {
	case Shared, Anonymous:
		return true
	case Organizers:
		return role.Includes(bot.RoleOrganizer)
	default:
		return false
	}
}

// meant is the check-in that is asked for: by the path, by its name, or the one
// that comes first of those whose results this person may see. Nil if there is none.
func (s *Service) meant(ctx context.Context, req *bot.Request) (*CheckIn, error) {
	if req.Params.Get("checkin") != "" {
		ci, err := s.find(ctx, req)
		return &ci, err
	}
	all, err := s.chosen(ctx, req)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	for i := range all {
		if seen(all[i].Sharing, req.Member.Role) {
			return &all[i], nil
		}
	}
	return &all[0], nil
}

// result is an occurrence with what it brought.
type result struct {
	id string
	Asked
	summary
	sealed bool // it is anonymous and not over
}

// past gives the latest occurrences of a check-in with what they brought.
func (s *Service) past(ctx context.Context, ci *CheckIn) ([]result, error) {
	now, err := s.store.Now(ctx)
	if err != nil {
		return nil, err
	}
	ids, err := s.store.Past(ctx, ci.Community, ci.ID, now.Add(time.Minute), 4*trendOf)
	if err != nil {
		return nil, err
	}
	asked, err := s.store.Asked(ctx, ci.Community, ids...)
	if err != nil {
		return nil, err
	}
	found, err := s.store.Standings(ctx, ci.Community, ci.ID)
	if err != nil {
		return nil, err
	}
	var out []result
	for _, id := range ids {
		a, ok := asked[id]
		if !ok {
			continue // nobody was asked
		}
		r := result{id: id, Asked: a, sealed: a.Sharing == Anonymous && found[0].open(id) != nil}
		answers, err := s.store.Answers(ctx, ci.Community, id)
		if err != nil {
			return nil, err
		}
		r.summary = tally(&a.Definition, answers)
		if a.Sharing == Anonymous {
			turns, err := s.store.Turns(ctx, ci.Community, id)
			if err != nil {
				return nil, err
			}
			r.people = answeredIn(turns)
		} else if err := s.named(ctx, ci.Community, &r.summary); err != nil {
			return nil, err
		}
		if out = append(out, r); len(out) > trendOf {
			break
		}
	}
	return out, nil
}

func answeredIn(turns map[bot.MemberID]Turn) int {
	n := 0
	for _, t := range turns {
		if t.State == IsAnswered {
			n++
		}
	}
	return n
}

func (s *Service) resultsReply(_ context.Context, req *bot.Request, ci *CheckIn, past []result) (bot.Reply, error) {
	lang := req.Member.Language
	latest := &past[0]
	lines := []bot.Text{s.say(req, "checkin.summary", bot.Str("name", latest.Name), bot.At("when", latest.At, req.Member.Zone, bot.DateTime))}
	if latest.sealed {
		lines = append(lines, s.say(req, "checkin.results.sealed", bot.Num("fewest", fewest)))
	} else {
		lines = append(lines, s.summaryText(lang, &latest.Asked, &latest.summary))
	}
	for i := range latest.Questions {
		lines = append(lines, s.trend(lang, past, i))
	}
	var controls []bot.Control
	if req.Member.Role.Includes(bot.RoleOrganizer) {
		controls = append(controls, bot.Control{Label: s.label(lang, "checkin.button.export"), Path: exportPath + ci.ID})
	}
	reply := bot.Say(bot.Join("\n", lines...), controls...)
	reply.Message.Image = s.resultsPicture(lang, past)
	return reply, nil
}

// trend tells how a scale has gone; nil if that cannot be told.
func (s *Service) trend(lang string, past []result, question int) bot.Text {
	points := course(past, question)
	if points == nil {
		return nil
	}
	told := make([]string, len(points))
	for i, p := range points {
		told[i] = bot.Day(lang, p.day) + ": " + decimal(lang, p.mean)
	}
	return s.words.Text(lang, "checkin.results.trend", bot.Str("question", past[0].Questions[question].Text), bot.Str("points", strings.Join(told, " · ")))
}

// exported is an answer to a question as organizers get it.
type exported struct {
	CheckIn  string `json:"check_in"`
	Asked    string `json:"asked"` // a date
	Name     string `json:"name,omitempty"`
	Question string `json:"question"`
	Answer   string `json:"answer"`
}

// export gives organizers what they may see, as CSV and JSON. What is private, of
// fewer than fewest people, or not over and anonymous is not in it.
func (s *Service) export(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	ci, err := s.find(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	past, err := s.past(ctx, &ci)
	if err != nil {
		return bot.Reply{}, err
	}
	var rows []exported
	for i := range past {
		if r := &past[i]; !r.sealed && r.people >= fewest && seen(r.Sharing, bot.RoleOrganizer) {
			rows = append(rows, r.rows()...)
		}
	}
	if len(rows) == 0 {
		return bot.Say(s.say(req, "checkin.export.none", bot.Num("fewest", fewest))), nil
	}
	structured, err := json.MarshalIndent(rows, "", "  ")
	if err != nil {
		return bot.Reply{}, err
	}
	reply := bot.Say(s.say(req, "checkin.export", bot.Count("answers", len(rows))))
	name := "check-in-" + strconv.Itoa(ci.Number)
	reply.Message.Files = []bot.File{{Name: name + ".csv", Data: table(rows)}, {Name: name + ".json", Data: append(structured, '\n')}}
	return reply, nil
}

// rows are the answers question by question: by the names of their authors, or,
// where nobody knows them, in the order of the alphabet.
func (r *result) rows() []exported {
	var out []exported
	for i, q := range r.Questions {
		for _, a := range r.written(i) {
			out = append(out, exported{CheckIn: r.Name, Asked: r.At.Format(time.DateOnly), Name: a.Name, Question: q.Text, Answer: a.Values[i]})
		}
	}
	return out
}

func table(rows []exported) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	_ = w.Write([]string{"check_in", "asked", "name", "question", "answer"}) // into memory
	for _, r := range rows {
		_ = w.Write([]string{harmless(r.CheckIn), r.Asked, harmless(r.Name), harmless(r.Question), harmless(r.Answer)})
	}
	w.Flush()
	return b.Bytes()
}

// harmless keeps a spreadsheet from taking what somebody typed for a formula:
// https://owasp.org/www-community/attacks/CSV_Injection
func harmless(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}
