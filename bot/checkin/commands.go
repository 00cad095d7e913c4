package checkin

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// The paths of results: of a check-in, and of one time that it came.
const (
	resultsPath = "/checkin/result/"
	timePath    = "/checkin/time/"
)

// Register declares the command /checkin, and the controls and forms of the
// feature.
func (s *Service) Register(r *bot.Router) {
	name := bot.Option{Name: "name", Summary: "checkin.option.name", Complete: s.completeName}
	r.Command(bot.Command{Name: "checkin", Summary: "checkin.command", Subcommands: []bot.Subcommand{
		{Name: "answer", Summary: "checkin.command.answer", Options: []bot.Option{name}, Access: bot.MembersOnly, Private: true, Handle: s.answer},
		{Name: "skip", Summary: "checkin.command.skip", Options: []bot.Option{name}, Access: bot.MembersOnly, Private: true, Handle: s.skip},
		{Name: "results", Summary: "checkin.command.results", Example: "checkin.example.results", Options: []bot.Option{name}, Access: bot.MembersOnly, Private: true, Handle: s.results},
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
		leavePath + "{checkin}":                     s.leave,
		resultsPath + "{checkin}":                   s.results,
		timePath + "{checkin}/{occurrence}":         s.results,
		goalPath + "tried/{goal}":                   s.askTried,
		goalPath + "happened/{goal}":                s.tried,
		goalPath + "later/{goal}":                   s.askLater,
		goalPath + "again/{goal}":                   s.later,
		goalPath + "drop/{goal}":                    s.dropGoal,
		goalPath + "undo/{goal}":                    s.undoGoal,
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
		{Name: "goals", Summary: "checkin.goals.command", Access: bot.MembersOnly, Private: true, Handle: s.listGoals},
		{Name: "journal", Summary: "checkin.journal.command", Access: bot.MembersOnly, Private: true, Mode: bot.Deferred, Handle: s.journal},
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
