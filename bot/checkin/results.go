package checkin

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/staffroom-bot/staffroom/bot"
)

const exportPath = "/checkin/export/"

// trendOf is how many earlier occurrences a trend shows.
const trendOf = 5

// earlier is how many other times are offered.
const earlier = 10

// results shows what an occurrence brought to those who may see it: the one that is
// named, or else the latest that has something to show.
func (s *Service) results(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	ci, err := s.asksFor(ctx, req)
	if err != nil || ci == nil {
		return bot.Say(s.say(req, "checkin.results.none")), err
	}
	past, err := s.past(ctx, ci, cmp.Or(req.Value(bot.Picked), req.Params.Get("occurrence")), req.Member.Role)
	if err != nil {
		return bot.Reply{}, err
	}
	if len(past) == 0 {
		return bot.Say(s.say(req, "checkin.results.yet", bot.Str("name", ci.Name))), nil
	}
	if latest := &past[0]; !seen(latest.Sharing, req.Member.Role) {
		said := s.say(req, "checkin.results.private")
		switch {
		case latest.Sharing == Private && ci.Sharing != Private:
			said = s.say(req, "checkin.results.private.before", bot.Str("name", ci.Name))
		case latest.Sharing != Private:
			said = bot.Join("\n", s.say(req, "checkin.results.not_all", bot.Str("name", ci.Name)), s.sharing(req.Member.Language, &latest.Definition))
		}
		untold, err := s.lastUntold(ctx, req, past)
		return bot.Say(bot.Join("\n", said, untold)), err
	}
	var untold bot.Text
	if !past[0].sealed && req.Member.Role.Includes(bot.RoleOrganizer) {
		if untold, err = s.untold(ctx, ci.Community, past[0].id, req.Member.Language); err != nil {
			return bot.Reply{}, err
		}
	}
	return s.resultsReply(req, ci, past, untold), nil
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

// asksFor is the check-in that is asked for: by the path, by its name, or, of those
// whose results this person may see, the one that they have had to do with last, or
// that was asked last. Nil if there is none.
func (s *Service) asksFor(ctx context.Context, req *bot.Request) (*CheckIn, error) {
	if req.Params.Get("checkin") != "" {
		ci, err := s.find(ctx, req)
		return &ci, err
	}
	all, err := s.chosen(ctx, req)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	now, err := s.store.Now(ctx)
	if err != nil {
		return nil, err
	}
	best, theirs, latest := &all[0], false, time.Time{}
	for i := range all {
		if !seen(all[i].Sharing, req.Member.Role) {
			continue
		}
		turn, at, err := s.lastTurn(ctx, &all[i], req.Member.ID, now)
		if err != nil {
			return nil, err
		}
		if !seen(best.Sharing, req.Member.Role) || turn && !theirs || turn == theirs && at.After(latest) {
			best, theirs, latest = &all[i], turn, at
		}
	}
	return best, nil
}

// lastTurn is when a check-in was asked last, and whether a member has a turn in it
// then.
func (s *Service) lastTurn(ctx context.Context, ci *CheckIn, m bot.MemberID, now time.Time) (theirs bool, at time.Time, err error) {
	ids, err := s.store.Past(ctx, ci.Community, ci.ID, now.Add(time.Minute), 1)
	if err != nil || len(ids) == 0 {
		return false, at, err
	}
	asked, err := s.store.Asked(ctx, ci.Community, ids[0])
	if err != nil {
		return false, at, err
	}
	turns, err := s.store.Turns(ctx, ci.Community, ids[0], m)
	return len(turns) > 0, asked[ids[0]].At, err
}

// result is an occurrence with what it brought.
type result struct {
	id string
	Asked
	summary
	open   bool
	sealed bool   // it is anonymous and not over
	zone   string // by whose clocks its day is told
}

// shows reports whether there is more to see than how many took part.
func (r *result) shows() bool { return !r.sealed && r.people >= fewest }

// richest is the latest of some results that has most to tell: what was answered, or
// else that somebody has.
func richest(all []result) int {
	if i := slices.IndexFunc(all, func(r result) bool { return r.shows() }); i >= 0 {
		return i
	}
	return max(0, slices.IndexFunc(all, func(r result) bool { return !r.sealed && r.people > 0 }))
}

// past gives the latest occurrences of a check-in with what they brought: first the
// one that is meant, or, if that is "" or none of them, the latest that has something
// to show; then all others, the latest first.
func (s *Service) past(ctx context.Context, ci *CheckIn, meant string, reader bot.Role) ([]result, error) {
	now, err := s.store.Now(ctx)
	if err != nil {
		return nil, err
	}
	ids, err := s.store.Past(ctx, ci.Community, ci.ID, now.Add(time.Minute), 2*earlier)
	if err != nil {
		return nil, err
	}
	if checkInOf(meant) == ci.ID && meant != "" && !slices.Contains(ids, meant) {
		ids = append(ids, meant)
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
		if !ok || len(out) > earlier && id != meant {
			continue // nobody was asked, or it was long ago
		}
		r := result{id: id, Asked: a, open: found[0].open(id) != nil, zone: ci.Zone}
		r.sealed = a.Sharing == Anonymous && r.open
		if err := s.brought(ctx, ci.Community, &r); err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	// It may have been shared with fewer people before: that was promised.
	theirs := slices.DeleteFunc(slices.Clone(out), func(r result) bool { return r.id != meant && !seen(r.Sharing, reader) })
	if len(theirs) > 0 {
		out = theirs
	}
	first := slices.IndexFunc(out, func(r result) bool { return r.id == meant })
	if first < 0 {
		first = richest(out)
	}
	if len(out) > 0 {
		out = slices.Concat(out[first:first+1], out[:first], out[first+1:])
	}
	return out, nil
}

// brought reads what an occurrence brought.
func (s *Service) brought(ctx context.Context, c bot.CommunityID, r *result) error {
	answers, err := s.store.Answers(ctx, c, r.id)
	if err != nil {
		return err
	}
	r.summary = tally(&r.Definition, answers)
	switch {
	case r.Sharing != Anonymous:
		return s.named(ctx, c, &r.summary)
	case r.People > 0:
		r.people = r.People
		return nil
	}
	turns, err := s.store.Turns(ctx, c, r.id)
	r.people = max(r.people, answeredIn(turns))
	return err
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

// resultsReply shows the first of the results. untold is what there is to say of those
// who got no message.
func (s *Service) resultsReply(req *bot.Request, ci *CheckIn, past []result, untold bot.Text) bot.Reply {
	lang := req.Member.Language
	for i := range past {
		past[i].zone = req.Member.Zone
	}
	shown := &past[0]
	lines := []bot.Text{s.say(req, "checkin.summary", bot.Str("name", shown.Name), s.when(lang, &shown.Asked, req.Member.Zone))}
	if shown.sealed {
		lines = append(lines, s.say(req, "checkin.results.sealed", bot.Num("fewest", fewest)))
	} else {
		lines = append(lines, s.summaryText(lang, &shown.Asked, &shown.summary))
	}
	lines = append(lines, untold)
	until := upTo(past)
	for i := range shown.Questions {
		lines = append(lines, s.trend(lang, until, i))
	}
	var controls []bot.Control
	if req.Member.Role.Includes(bot.RoleOrganizer) && len(handedOut(past)) > 0 {
		controls = append(controls, bot.Control{Label: s.label(lang, "checkin.button.export"), Path: exportPath + ci.ID})
	}
	if others := s.times(req, past[1:]); len(others) > 0 {
		controls = append(controls, bot.Control{Label: s.label(lang, "checkin.menu.times"), Path: resultsPath + ci.ID, Pick: bot.PickChoice, Choices: others})
	}
	reply := bot.Say(bot.Join("\n", lines...), controls...)
	reply.Message.Image = s.resultsPicture(lang, until)
	return reply
}

// upTo are the first of the results and those before it, as many as a trend shows.
func upTo(past []result) []result {
	until := []result{past[0]}
	for _, r := range past[1:] {
		if r.At.Before(past[0].At) && len(until) <= trendOf {
			until = append(until, r)
		}
	}
	return until
}

// times are other times that can be looked at.
func (s *Service) times(req *bot.Request, past []result) []bot.Choice {
	var out []bot.Choice
	for i := range past {
		if len(out) < earlier {
			out = append(out, bot.Choice{Label: bot.Day(req.Member.Language, past[i].day(past[i].zone)), Value: past[i].id})
		}
	}
	return out
}

// trend tells how a scale has gone; nil if that cannot be told.
func (s *Service) trend(lang string, past []result, question int) bot.Text {
	points := course(past, question)
	if points == nil {
		return nil
	}
	return s.words.Text(lang, "checkin.results.trend", bot.Str("question", past[0].Questions[question].Text), bot.Str("points", told(lang, points, bot.Day)))
}

// told are the points of a course in words.
func told(lang string, points []point, day func(string, time.Time) string) string {
	each := make([]string, len(points))
	for i, p := range points {
		each[i] = day(lang, p.day) + ": " + decimal(lang, p.mean)
	}
	return strings.Join(each, " · ")
}

// exported is an answer to a question as organizers get it.
type exported struct {
	CheckIn  string `json:"check_in"`
	Asked    string `json:"asked"` // a date, by the community's clock
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
	past, err := s.past(ctx, &ci, "", bot.RoleOrganizer)
	if err != nil {
		return bot.Reply{}, err
	}
	rows := handedOut(past)
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

// handedOut are the answers that organizers get, the latest occurrence first.
func handedOut(past []result) []exported {
	latest := slices.SortedStableFunc(slices.Values(past), func(a, b result) int { return b.At.Compare(a.At) })
	var rows []exported
	for i := range latest {
		if r := &latest[i]; !r.sealed && r.people >= fewest && seen(r.Sharing, bot.RoleOrganizer) {
			rows = append(rows, r.rows()...)
		}
	}
	return rows
}

// rows are the answers question by question: by the names of their authors, or,
// where nobody knows them, in the order of the alphabet.
func (r *result) rows() []exported {
	var out []exported
	for i, q := range r.Questions {
		for _, a := range r.written(i) {
			out = append(out, exported{CheckIn: r.Name, Asked: r.day(r.zone).Format(time.DateOnly), Name: a.Name, Question: q.Text, Answer: a.Values[i]})
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

// harmless keeps a spreadsheet from taking what somebody typed for a formula, also
// behind what shows nothing, and from reading it backwards:
// https://owasp.org/www-community/attacks/CSV_Injection
func harmless(cell string) string {
	cell = forwards(cell)
	seen := strings.TrimLeftFunc(cell, func(r rune) bool { return !shows(r) })
	if strings.ContainsAny(firstOf(seen), "=+-@＝＋－＠") || strings.ContainsAny(firstOf(cell), "\t\r\n") {
		return "'" + cell
	}
	return cell
}

func firstOf(s string) string {
	_, n := utf8.DecodeRuneInString(s)
	return s[:n]
}
