package checkin

import (
	"cmp"
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

// Goal is what somebody means to do. It is theirs alone, unless they share it.
type Goal struct {
	ID      string       `json:"-"`
	Member  bot.MemberID `json:"-"`
	Version int64        `json:"-"`
	Account bot.Account  `json:"account"` // where they are asked
	Text    string       `json:"text"`    // as typed
	// From is what people call where it comes from. Source names that for Shares; empty:
	// it comes from a check-in.
	From   string    `json:"from,omitempty"`
	Source string    `json:"source,omitempty"`
	Made   time.Time `json:"made"`
	Due    time.Time `json:"due,omitzero"` // when they are asked about it next; zero: no more
	// Silent is how often they were asked and did not answer; after mostSilent
	// they are not asked any more.
	Silent   int       `json:"silent,omitempty"`
	State    GoalState `json:"state"`
	Happened string    `json:"happened,omitempty"` // what came of it, as typed
	Ended    time.Time `json:"ended,omitzero"`
	Reach    Reach     `json:"reach,omitempty"` // who can read it
	Told     time.Time `json:"told,omitzero"`   // when that was said last
	// Shown is how Shares know it, if not by its Member and ID: it was shared when
	// somebody had it whose accounts lead to Member by now.
	Shown string `json:"shown,omitempty"`
}

// GoalState is how a goal stands.
type GoalState string

// The states.
const (
	GoalOpen    GoalState = "open"
	GoalTried   GoalState = "tried"
	GoalDropped GoalState = "dropped"
)

const (
	goalDays   = 7 // school days until somebody is asked
	goalHour   = 15
	mostSilent = 2
	mostGoals  = 10 // that a list shows
	// goalWorth is how long it is worth telling that somebody wanted to be asked.
	goalWorth = 3 * 24 * time.Hour
)

// goalPayload is the payload of GoalJobKind.
type goalPayload struct {
	Member bot.MemberID `json:"member"`
	Goal   string       `json:"goal"`
}

func goalJob(c bot.CommunityID, g *Goal) (scheduler.Job, error) {
	body, err := json.Marshal(goalPayload{g.Member, g.ID})
	return scheduler.Job{Group: string(c), ID: goalJobID(g), Kind: GoalJobKind, Due: g.Due, Payload: body}, err
}

func goalJobID(g *Goal) string { return "goal/" + string(g.Member) + "/" + g.ID }

// afterSchoolDays is so many school days later, in the afternoon: days off do not
// count, nor do days on which somebody is away.
func afterSchoolDays(from time.Time, days int, in rule.Place, stretch Stretch) time.Time {
	zone := cmp.Or(in.Zone, time.UTC)
	day := workingDay(rule.DateOf(from.In(zone)), days)
	at, _ := rule.Instant(day.Midnight().Add(goalHour*time.Hour), zone)
	return stretch(from, at, in)
}

// goalsOf are the goals that come of an answer, and those of which it says nothing.
func (s *Service) goalsOf(
	ctx context.Context, req *bot.Request, occurrence string, asked *Asked, values []string, now time.Time,
) (goals []Goal, jobs []scheduler.Job, gone []string, err error) {
	for i, q := range asked.Questions {
		if q.Kind != GoalOf {
			continue
		}
		id := occurrence + "-" + strconv.Itoa(i+1)
		if values[i] == "" {
			gone = append(gone, id)
			continue
		}
		g := Goal{
			ID: id, Member: req.Member.ID, Account: req.Account, Text: values[i], From: asked.Name,
			Made: now, State: GoalOpen,
		}
		in, err := s.schedule.Place(ctx, req.Member, nil)
		if err != nil {
			return nil, nil, nil, err
		}
		g.Due = afterSchoolDays(now, goalDays, in, s.stretch)
		job, err := goalJob(req.Member.Community, &g)
		if err != nil {
			return nil, nil, nil, err
		}
		goals, jobs = append(goals, g), append(jobs, job)
	}
	return goals, jobs, gone, nil
}

// AskGoal is the scheduler.Handler of GoalJobKind: it asks somebody what became of
// their goal.
func (s *Service) AskGoal(ctx context.Context, j scheduler.Job) error {
	var p goalPayload
	if err := json.Unmarshal(j.Payload, &p); err != nil {
		return scheduler.Poisoned(err)
	}
	if err := s.askGoal(ctx, bot.CommunityID(j.Group), p, j.Started); err != nil {
		return waiting(err)
	}
	return nil
}

func (s *Service) askGoal(ctx context.Context, c bot.CommunityID, p goalPayload, now time.Time) error {
	g, err := s.goal(ctx, c, p.Member, p.Goal)
	if bot.CodeOf(err) == bot.NotFound {
		return nil
	}
	if err != nil || g.State != GoalOpen || g.Due.IsZero() || g.Due.After(now) {
		return err
	}
	members, err := s.people.Members(ctx, c, map[bot.MemberID]bot.Account{g.Member: g.Account})
	m, ok := members[g.Member]
	if err != nil || !ok {
		return err
	}
	in, err := s.schedule.Place(ctx, m, nil)
	if err != nil {
		return err
	}
	e := outbox.Effects{}
	if off(in, now) { // they went away meanwhile, or it is a holiday
		g.Due = afterSchoolDays(now, 1, in, s.stretch)
	} else {
		g.Silent++
		e.Posts = []outbox.Item{s.goalPrompt(m, &g, now)}
		g.Due = time.Time{}
		if g.Silent < mostSilent {
			g.Due = afterSchoolDays(now, goalDays, in, s.stretch)
		}
	}
	if !g.Due.IsZero() {
		job, err := goalJob(c, &g)
		if err != nil {
			return err
		}
		e.Jobs = append(e.Jobs, job)
	}
	return s.store.KeepGoal(ctx, c, &g, e)
}

// off reports whether somebody has the day off.
func off(in rule.Place, at time.Time) bool {
	day := rule.DateOf(at.In(cmp.Or(in.Zone, time.UTC)))
	for _, c := range []rule.Calendar{in.Calendar, in.Away} {
		if c == nil {
			continue
		}
		if _, yes := c.Holiday(day); yes {
			return true
		}
	}
	return false
}

func (s *Service) goalPrompt(m bot.Member, g *Goal, now time.Time) outbox.Item {
	to := g.Account
	return outbox.Item{
		Class: outbox.Bulk, NotAfter: now.Add(goalWorth),
		Unasked: &outbox.Unasked{Zone: m.Zone, Language: m.Language, Less: goalPath + "drop/" + g.ID},
		Post: bot.Post{
			Key: bot.DeliveryKey("goal/" + string(m.ID) + "/" + g.ID + "/" + strconv.FormatInt(g.Made.Unix(), 36) + "/" + strconv.FormatInt(g.Version, 36)), Direct: &to,
			Message: bot.Message{
				Text: s.words.Text(m.Language, "checkin.goal.ask", bot.Str("goal", bot.Shorten(oneLine(g.Text), 300))), Controls: s.goalControls(m.Language, g),
			},
		},
	}
}

func (s *Service) goalControls(lang string, g *Goal) []bot.Control {
	return []bot.Control{
		{Label: s.label(lang, "checkin.goal.button.tried"), Path: goalPath + "tried/" + g.ID, Style: bot.Primary},
		{Label: s.label(lang, "checkin.goal.button.later"), Path: goalPath + "later/" + g.ID},
		{Label: s.label(lang, "checkin.goal.button.drop"), Path: goalPath + "drop/" + g.ID},
	}
}

// goal finds a member's goal, or not_found.
func (s *Service) goal(ctx context.Context, c bot.CommunityID, m bot.MemberID, id string) (Goal, error) {
	all, err := s.store.Goals(ctx, c, m)
	for _, g := range all {
		if g.ID == id {
			return g, err
		}
	}
	if err == nil {
		err = &bot.Error{Code: bot.NotFound}
	}
	return Goal{}, err
}

// openGoal is what somebody means to do just now, as they last said elsewhere.
func (s *Service) openGoal(ctx context.Context, m bot.Member, but string) (string, error) {
	all, err := s.store.Goals(ctx, m.Community, m.ID)
	var latest Goal
	for _, g := range all {
		if g.State == GoalOpen && g.Made.After(latest.Made) && !strings.HasPrefix(g.ID, but+"-") {
			latest = g
		}
	}
	return latest.Text, err
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
