package community

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

const peoplePath = "/organize/people"

const (
	personOption = "person"
	roleOption   = "role"
)

// listedPeople are so many as have a button each.
const listedPeople = 10

// longestName is how much of a person's name a button shows, in characters.
const longestName = 40

func (o *Organizing) peopleSubcommand() bot.Subcommand {
	return bot.Subcommand{
		Name: "people", Summary: "people.command", Example: "people.example",
		Options: []bot.Option{
			{Name: personOption, Kind: bot.OptionPerson, Summary: "people.option.person"},
			{Name: roleOption, Summary: "people.option.role", Complete: o.completeRole},
		},
		Access: bot.OrganizersOnly, Private: true, Handle: o.openPeople,
	}
}

var roles = [...]bot.Role{bot.RoleHost, bot.RoleOrganizer, bot.RoleMember}

func (o *Organizing) roleName(req *bot.Request, r bot.Role) string {
	return o.label(req, bot.Key("people.role."+string(r)))
}

func (o *Organizing) completeRole(_ context.Context, req *bot.Request) ([]bot.Choice, error) {
	choices := make([]bot.Choice, len(roles))
	for i, r := range roles {
		choices[i] = bot.Choice{Label: o.roleName(req, r), Value: string(r)}
	}
	return choices, nil
}

// readRole takes a role's name in the reader's language or our own for it.
// Nothing means a host.
func (o *Organizing) readRole(req *bot.Request) (bot.Role, bool) {
	typed := strings.TrimSpace(req.Value(roleOption))
	if typed == "" {
		return bot.RoleHost, true
	}
	for _, r := range roles {
		if strings.EqualFold(typed, string(r)) || strings.EqualFold(typed, o.roleName(req, r)) {
			return r, true
		}
	}
	return "", false
}

// openPeople lists who has a role, or gives somebody one.
func (o *Organizing) openPeople(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	typed := strings.TrimSpace(req.Value(personOption))
	a, known := req.Accounts[personOption]
	if typed == "" && !known {
		return o.peopleReply(ctx, req, nil)
	}
	role, ok := o.readRole(req)
	if !ok {
		return bot.Reply{}, bot.Fail(bot.Invalid, o.say(req, "people.role.unknown",
			bot.Str("typed", bot.Shorten(req.Value(roleOption), longestName))))
	}
	if !known {
		var err error
		if a, err = o.called(ctx, req, typed); err != nil {
			return bot.Reply{}, err
		}
	}
	return o.appoint(ctx, req, a, role, true)
}

// called is an account of the one member of that name.
func (o *Organizing) called(ctx context.Context, req *bot.Request, name string) (bot.Account, error) {
	c := req.Member.Community
	name = strings.TrimPrefix(name, "@")
	found, err := o.directory.store.Called(ctx, c, name)
	if err != nil {
		return bot.Account{}, err
	}
	quoted := bot.Str("name", bot.Shorten(name, longestName))
	switch len(found) {
	case 0:
		return bot.Account{}, bot.Fail(bot.NotFound, o.say(req, "people.unknown", quoted))
	case 1:
		return o.directory.anyAccount(ctx, c, found[0].ID)
	default:
		return bot.Account{}, bot.Fail(bot.Invalid, o.say(req, "people.several", quoted))
	}
}

// anyAccount is one of a member's accounts, or not_found.
func (d *Directory) anyAccount(ctx context.Context, c bot.CommunityID, id bot.MemberID) (bot.Account, error) {
	all, err := d.store.Accounts(ctx, c, id)
	if err == nil && len(all) == 0 {
		err = &bot.Error{Code: bot.NotFound}
	}
	if err != nil {
		return bot.Account{}, err
	}
	return all[0], nil
}

// pickPerson takes who was picked from the menu of a role.
func (o *Organizing) pickPerson(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	a, ok := req.Accounts[bot.Picked]
	if !ok {
		return bot.Reply{}, bot.Fail(bot.Invalid, o.say(req, "people.typed",
			bot.Str("command", req.Typed("/organize people person:Ana role:"+o.roleName(req, roleIn(req))))))
	}
	return o.appoint(ctx, req, a, roleIn(req), true)
}

// roleIn is the role that a path is about; only what we know gives power.
func roleIn(req *bot.Request) bot.Role {
	if role := bot.Role(req.Params.Get("role")); slices.Contains(roles[:], role) {
		return role
	}
	return bot.RoleMember
}

// appointMember gives somebody a role who was listed.
func (o *Organizing) appointMember(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return o.appointListed(ctx, req, true)
}

// undoAppointment gives somebody back the role that they had. Nobody is told: to
// them nothing has happened.
func (o *Organizing) undoAppointment(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return o.appointListed(ctx, req, false)
}

func (o *Organizing) appointListed(ctx context.Context, req *bot.Request, tell bool) (bot.Reply, error) {
	a, err := o.directory.anyAccount(ctx, req.Member.Community, bot.MemberID(req.Params.Get("id")))
	if err != nil {
		return bot.Reply{}, err
	}
	return o.appoint(ctx, req, a, roleIn(req), tell)
}

// appoint gives somebody a role, tells them if it is a higher one and they are to
// be told, and shows how things stand, with the way back.
func (o *Organizing) appoint(ctx context.Context, req *bot.Request, a bot.Account, role bot.Role, tell bool) (bot.Reply, error) {
	before, err := o.directory.Member(ctx, a, "")
	if err != nil {
		return bot.Reply{}, err
	}
	if last, err := o.isLast(ctx, req, before, role); err != nil || last {
		if err == nil {
			err = bot.Fail(bot.Forbidden, o.say(req, "people.last"))
		}
		return bot.Reply{}, err
	}
	was := before.Role
	after, err := o.directory.Appoint(ctx, a, "", func(m *bot.Member) { was, m.Role = m.Role, role })
	if err != nil {
		return bot.Reply{}, err
	}
	name := o.personArg(a, after.Name)
	if was == role {
		return o.peopleReply(ctx, req, o.say(req, "people.already", name, bot.Str("role", o.roleName(req, role))))
	}
	if tell && role.Includes(was) {
		if err := o.tell(ctx, req, a, after); err != nil {
			return bot.Reply{}, err
		}
	}
	return o.peopleReply(ctx, req, o.say(req, bot.Key("people.done."+string(role)), name),
		o.control(req, "setup.button.undo", peoplePath+"/back/"+string(was)+"/"+string(after.ID)))
}

// isLast reports whether somebody is about to dismiss themself although nobody
// else would be an organizer then. Whom the platform names stays one anyway.
func (o *Organizing) isLast(ctx context.Context, req *bot.Request, m bot.Member, role bot.Role) (bool, error) {
	if role == bot.RoleOrganizer || m.ID != req.Member.ID || req.Manages {
		return false, nil
	}
	all, err := o.organizers(ctx, m.Community)
	return !slices.ContainsFunc(all, func(other bot.Member) bool { return other.ID != m.ID }), err
}

// organizers are those who were appointed, and those who act as organizers since
// the platform names them.
func (o *Organizing) organizers(ctx context.Context, c bot.CommunityID) ([]bot.Member, error) {
	_, all, _, err := o.staff(ctx, c)
	return all, err
}

// staff are those who were appointed; and of all, also by the platform, those who
// organize, and the others who host.
func (o *Organizing) staff(ctx context.Context, c bot.CommunityID) (appointed, organizers, hosts []bot.Member, err error) {
	if appointed, err = o.directory.store.Staff(ctx, c); err != nil {
		return nil, nil, nil, err
	}
	organizers = slices.DeleteFunc(slices.Clone(appointed), func(m bot.Member) bool { return m.Role != bot.RoleOrganizer })
	acting, err := o.directory.Organizers(ctx, c)
	if err != nil {
		return nil, nil, nil, err
	}
	among := func(all []bot.Member, m bot.Member) bool {
		return slices.ContainsFunc(all, func(known bot.Member) bool { return known.ID == m.ID })
	}
	for _, a := range acting {
		m, err := o.directory.Member(ctx, a, "")
		if err != nil {
			return nil, nil, nil, err
		}
		if !among(organizers, m) {
			organizers = append(organizers, m)
		}
	}
	hosts = slices.DeleteFunc(slices.Clone(appointed), func(m bot.Member) bool { return among(organizers, m) })
	return appointed, organizers, hosts, nil
}

// tell tells somebody of their new role, privately.
func (o *Organizing) tell(ctx context.Context, req *bot.Request, a bot.Account, m bot.Member) error {
	return o.posts.Apply(ctx, string(m.Community), outbox.Effects{Posts: []outbox.Item{{
		Class:   outbox.Bulk,
		Unasked: &outbox.Unasked{Zone: m.Zone, Language: m.Language},
		Post: bot.Post{
			Key:    bot.DeliveryKey("appointed/" + string(m.ID) + "/" + string(m.Role) + "/" + string(req.Input)),
			Direct: &a,
			Message: bot.Message{Text: o.words.Text(m.Language, bot.Key("people.told."+string(m.Role)),
				bot.Str("name", bot.Shorten(req.Member.Name, longestName)))},
		},
	}}})
}

// personArg names somebody: one whose name is not known yet by a mention, which
// calls nobody in a reply that only its reader sees.
func (o *Organizing) personArg(a bot.Account, name string) bot.Arg {
	if name != "" {
		return bot.Str("name", name)
	}
	return bot.Rich("name", bot.Text{{Kind: bot.SpanMention, Account: &a, Text: a.User}})
}

// peopleReply lists who has a role. news stands above, with what takes it back.
func (o *Organizing) peopleReply(ctx context.Context, req *bot.Request, news bot.Text, more ...bot.Control) (bot.Reply, error) {
	c := req.Member.Community
	staff, organizers, hosts, err := o.staff(ctx, c)
	if err != nil {
		return bot.Reply{}, err
	}
	slices.SortStableFunc(staff, func(a, b bot.Member) int { return cmp.Compare(a.Name, b.Name) })
	controls := slices.Clone(more)
	for _, m := range staff[:min(len(staff), listedPeople)] {
		if m.Name != "" {
			controls = append(controls, bot.Control{
				Label: o.label(req, "people.button.dismiss", bot.Str("name", bot.Shorten(m.Name, longestName))),
				Path:  peoplePath + "/make/" + string(bot.RoleMember) + "/" + string(m.ID),
			})
		}
	}
	for _, role := range []bot.Role{bot.RoleHost, bot.RoleOrganizer} {
		controls = append(controls, bot.Control{
			Label: o.label(req, bot.Key("people.menu."+string(role))), Path: peoplePath + "/pick/" + string(role), Pick: bot.PickPerson,
		})
	}
	return replacing(req, bot.Say(bot.Join("\n", news,
		o.namesLine(req, "people.organizers", "people.organizers.none", organizers),
		o.namesLine(req, "people.hosts", "people.hosts.none", hosts), o.say(req, "people.platform")), controls...)), nil
}

// namesLine lists people, by their names.
func (o *Organizing) namesLine(req *bot.Request, key, none bot.Key, all []bot.Member) bot.Text {
	var names []string
	for _, m := range all {
		if m.Name != "" {
			names = append(names, bot.Shorten(m.Name, longestName))
		}
	}
	if len(names) == 0 {
		return o.say(req, none)
	}
	slices.Sort(names)
	return o.say(req, key, bot.Str("names", strings.Join(names, ", ")))
}

func isRepeated(err error) bool { return errors.Is(err, outbox.ErrRepeated) }
