package checkin

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

const resultsPath = "/checkin/result/"

// Register declares the command /checkin, and the controls and forms of the
// feature.
func (s *Service) Register(r *bot.Router) {
	name := bot.Option{Name: "name", Summary: "checkin.option.name", Complete: s.completeName}
	r.Command(bot.Command{Name: "checkin", Summary: "checkin.command", Subcommands: []bot.Subcommand{
		{Name: "answer", Summary: "checkin.command.answer", Example: "/checkin answer", Options: []bot.Option{name}, Access: bot.MembersOnly, Private: true, Handle: s.answer},
		{Name: "skip", Summary: "checkin.command.skip", Example: "/checkin skip", Options: []bot.Option{name}, Access: bot.MembersOnly, Private: true, Handle: s.skip},
		{Name: "results", Summary: "checkin.command.results", Example: "/checkin results name:Friday", Options: []bot.Option{name}, Access: bot.MembersOnly, Private: true, Handle: s.results},
	}})
	for path, handle := range map[string]bot.Handler{
		writePath + "{occurrence}":                  s.write,
		passPath + "{occurrence}":                   s.pass,
		"/checkin/save/{occurrence}/{from}":         s.save,
		"/checkin/next/{occurrence}/{from}":         s.next,
		"/checkin/early/{checkin}":                  s.early,
		directPath + "pick/{occurrence}":            s.directly(s.pick),
		directPath + "skip/{occurrence}/{question}": s.directly(s.skipOne),
		directPath + "done/{occurrence}":            s.directly(s.done),
		directPath + "drop/{occurrence}":            s.directly(s.drop),
		joinPath + "{checkin}":                      s.join,
		lessPath + "{checkin}":                      s.less,
		"/checkin/leave/{checkin}":                  s.leave,
		resultsPath + "{checkin}":                   s.results,
		goalPath + "tried/{goal}":                   s.askTried,
		goalPath + "happened/{goal}":                s.tried,
		goalPath + "later/{goal}":                   s.askLater,
		goalPath + "again/{goal}":                   s.later,
		goalPath + "drop/{goal}":                    s.dropGoal,
		goalPath + "list":                           s.listGoals,
		goalPath + "share/{goal}":                   s.askShare,
		goalPath + "shared/{goal}/{reach}":          s.share,
		goalPath + "unshare/{goal}":                 s.unshare,
	} {
		r.Handle(bot.Route{Path: path, Access: bot.MembersOnly, Private: true, Handle: handle})
	}
	for path, handle := range map[string]bot.Handler{
		setPath + "{set}":             s.askNew,
		createPath:                    s.create,
		showPath + "{checkin}":        s.show,
		askPath + "{checkin}/{way}":   s.way,
		invitePath + "{checkin}":      s.invite,
		filePath + "{checkin}":        s.handOut,
		askFilePath:                   s.askFile,
		takeInPath:                    s.takeIn,
		editPath + "{checkin}/{from}": s.askEdit,
		changePath + "{checkin}":      s.change,
		changedPath + "{checkin}":     s.changed,
		roomPath + "{checkin}":        s.room,
	} {
		r.Handle(bot.Route{Path: path, Access: bot.OrganizersOnly, Private: true, Handle: handle})
	}
	for path, handle := range map[string]bot.Handler{ // they ask the platform
		whoPath + "{checkin}":         s.askWho,
		amongPath + "{checkin}/{who}": s.choose,
	} {
		r.Handle(bot.Route{Path: path, Access: bot.OrganizersOnly, Private: true, Mode: bot.Deferred, Handle: handle})
	}
	r.Talk(s.talk)
	r.Handle(bot.Route{Path: exportPath + "{checkin}", Access: bot.OrganizersOnly, Private: true, Mode: bot.Deferred, Handle: s.export})
}

// Subcommands are the feature's share of /my, whose parts come from several
// features.
func (s *Service) Subcommands() []bot.Subcommand {
	return []bot.Subcommand{
		{Name: "goals", Summary: "checkin.goals.command", Example: "/my goals", Access: bot.MembersOnly, Private: true, Handle: s.listGoals},
		{Name: "journal", Summary: "checkin.journal.command", Example: "/my journal", Access: bot.MembersOnly, Private: true, Mode: bot.Deferred, Handle: s.journal},
	}
}

// listed is how many check-ins a reply has buttons for.
const listed = 8

// earliest is how long before its time a check-in may be answered.
const earliest = 3 * 24 * time.Hour

// standing is a check-in with how it stands with a member.
type standing struct {
	CheckIn
	Standing
	joined bool
}

// mine gives the check-ins of the community that a member has to do with: they
// take part, or it is asked in a channel. A name chooses among them.
func (s *Service) mine(ctx context.Context, req *bot.Request) ([]standing, error) {
	all, err := s.chosen(ctx, req)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	joined, err := s.store.Joined(ctx, req.Member.Community, req.Member.ID)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(all))
	for i, ci := range all {
		ids[i] = ci.ID
	}
	found, err := s.store.Standings(ctx, req.Member.Community, ids...)
	if err != nil {
		return nil, err
	}
	out := make([]standing, len(all))
	for i, ci := range all {
		out[i] = standing{CheckIn: ci, Standing: found[i], joined: slices.Contains(joined, ci.ID)}
	}
	return out, nil
}

// chosen gives the check-ins that a request means: all, or those with a part of
// their names as typed.
func (s *Service) chosen(ctx context.Context, req *bot.Request) ([]CheckIn, error) {
	all, err := s.schedule.List(ctx, req.Member.Community)
	if err != nil {
		return nil, err
	}
	typed := strings.TrimSpace(req.Value("name"))
	if typed == "" {
		return all, nil
	}
	found := slices.DeleteFunc(all, func(c CheckIn) bool { return !c.matches(typed) })
	if len(found) == 0 {
		return nil, bot.Fail(bot.NotFound, s.say(req, "checkin.unknown", bot.Str("name", bot.Shorten(typed, mostName)), bot.Str("command", req.Typed("/checkin answer"))))
	}
	return found, nil
}

// matches takes a check-in's number (12 or #12), or a part of its name.
func (c *CheckIn) matches(typed string) bool {
	if n, err := strconv.Atoi(strings.TrimPrefix(typed, "#")); err == nil {
		return n == c.Number
	}
	return strings.Contains(strings.ToLower(c.Name), strings.ToLower(typed))
}

// completeName proposes names that contain what is typed.
func (s *Service) completeName(ctx context.Context, req *bot.Request) ([]bot.Choice, error) {
	all, err := s.schedule.List(ctx, req.Member.Community)
	if err != nil {
		return nil, err
	}
	var choices []bot.Choice
	for _, c := range all {
		if typed := req.Value("name"); len(choices) < bot.MaxChoices && (typed == "" || c.matches(typed)) {
			choices = append(choices, bot.Choice{Label: c.Name, Value: "#" + strconv.Itoa(c.Number)})
		}
	}
	return choices, nil
}

// open is an occurrence that somebody can answer.
type open struct {
	checkIn    *CheckIn
	occurrence string
	turn       Turn
}

// opens are the occurrences that a member can answer, those that they have not
// answered first.
func (s *Service) opens(ctx context.Context, req *bot.Request, mine []standing) ([]open, error) {
	now, err := s.store.Now(ctx)
	if err != nil {
		return nil, err
	}
	var out []open
	for i := range mine {
		st := &mine[i]
		if !st.joined && !st.InChannel {
			continue
		}
		for _, o := range st.Open {
			if !o.Final.After(now) {
				continue
			}
			turns, err := s.store.Turns(ctx, req.Member.Community, o.ID, req.Member.ID)
			if err != nil {
				return nil, err
			}
			out = append(out, open{&st.CheckIn, o.ID, turns[req.Member.ID]})
		}
	}
	slices.SortStableFunc(out, func(a, b open) int { return a.rank() - b.rank() })
	return out, nil
}

func (o *open) rank() int {
	switch o.turn.State {
	case IsAnswered:
		return 2
	case IsSkipped:
		return 1
	default:
		return 0
	}
}

// answer opens the form of what is open, or says what there is to answer.
func (s *Service) answer(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	mine, err := s.mine(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	opens, err := s.opens(ctx, req, mine)
	if err != nil {
		return bot.Reply{}, err
	}
	waiting := slices.IndexFunc(opens, func(o open) bool { return o.rank() > 0 })
	if waiting < 0 {
		waiting = len(opens)
	}
	if waiting == 1 || len(opens) == 1 {
		sheet, err := s.store.Sheet(ctx, req.Member.Community, opens[0].occurrence, req.Member.ID)
		if err != nil {
			return bot.Reply{}, err
		}
		if sheet.Sharing == Anonymous && sheet.Turn.State == IsAnswered {
			return bot.Say(s.say(req, "checkin.answered.sealed")), nil
		}
		return s.form(ctx, req, &sheet, 0)
	}
	return s.answerList(req, mine, opens), nil
}

// answerList shows what can be answered now, early, or joined.
func (s *Service) answerList(req *bot.Request, mine []standing, opens []open) bot.Reply {
	lang := req.Member.Language
	var lines []bot.Text
	var controls []bot.Control
	add := func(key bot.Key, ci *CheckIn, path string) {
		if len(controls) < listed {
			controls = append(controls, bot.Control{Label: s.label(lang, key, bot.Str("name", bot.Shorten(ci.Name, 40))), Path: path})
		}
	}
	for _, o := range opens {
		add("checkin.button.answer.named", o.checkIn, writePath+o.occurrence)
	}
	if len(opens) > 0 {
		lines = append(lines, s.say(req, "checkin.list.open"))
	} else {
		lines = append(lines, s.say(req, "checkin.list.none"))
	}
	for i := range mine {
		ci := &mine[i].CheckIn
		switch {
		case ci.InChannel || ci.Paused:
		case mine[i].joined:
			lines = append(lines, s.say(req, "checkin.list.joined", bot.Str("name", ci.Name), bot.Str("rule", ci.Rule.Text(lang))))
			if len(opens) == 0 {
				add("checkin.button.early", ci, "/checkin/early/"+ci.ID)
			}
		default:
			lines = append(lines, s.say(req, "checkin.list.other", bot.Str("name", ci.Name), bot.Str("rule", ci.Rule.Text(lang))))
			add("checkin.button.join.named", ci, joinPath+ci.ID)
		}
	}
	return bot.Say(bot.Join("\n", lines...), controls...)
}

// skip skips what is open.
func (s *Service) skip(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	mine, err := s.mine(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	opens, err := s.opens(ctx, req, mine)
	if err != nil {
		return bot.Reply{}, err
	}
	opens = slices.DeleteFunc(opens, func(o open) bool { return o.rank() > 0 })
	switch len(opens) {
	case 0:
		return bot.Say(s.say(req, "checkin.skip.none")), nil
	case 1:
		return s.passOne(ctx, req, opens[0].occurrence)
	}
	var controls []bot.Control
	for _, o := range opens[:min(len(opens), listed)] {
		controls = append(controls, bot.Control{Label: bot.Shorten(o.checkIn.Name, 40), Path: passPath + o.occurrence})
	}
	return bot.Say(s.say(req, "checkin.skip.which"), controls...), nil
}
