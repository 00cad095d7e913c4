package community

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// office is what organizers do, with a store in memory and an outbox that says what
// it is told to.
type office struct {
	*testing.T
	*Directory
	store   *memoryStore
	router  *bot.Router
	applied []outbox.Effects
	fates   map[bot.DeliveryKey]fate
	clock   *scheduler.ManualClock
	manages bool
}

// fate is what became of a post.
type fate struct {
	outcome outbox.Outcome
	reason  bot.Reason
}

type fewWords struct{ bottest.Words }

func (fewWords) Languages() []bot.Choice {
	return []bot.Choice{{Label: "English", Value: "en"}, {Label: "español", Value: "es"}}
}

func (o *office) Apply(_ context.Context, _ string, e outbox.Effects) error {
	o.applied = append(o.applied, e)
	return nil
}

func (o *office) Fate(_ context.Context, _ bot.CommunityID, k bot.DeliveryKey) (outbox.Outcome, bot.Reason, error) {
	return o.fates[k].outcome, o.fates[k].reason, nil
}

func newOffice(t *testing.T) *office {
	t.Helper()
	d, store, clock := newTestDirectory()
	o := &office{T: t, Directory: d, store: store, clock: clock}
	organizing := NewOrganizing(d, o, fewWords{}, clock.Now)
	o.router = bot.NewRouter(func(next bot.Handler) bot.Handler {
		return func(ctx context.Context, req *bot.Request) (bot.Reply, error) {
			var err error
			if req.Member, err = d.Member(ctx, req.Account, req.Name); err != nil {
				return bot.Reply{}, err
			}
			req.Manages = o.manages
			return next(ctx, req)
		}
	})
	o.router.Command(bot.Command{Name: "organize", Subcommands: organizing.Subcommands()})
	organizing.Register(o.router)
	return o
}

// asks is what maria asks for, and what she reads.
func (o *office) asks(path string, change ...func(*bot.Request)) bot.Message {
	o.Helper()
	reply, err := o.tries(path, change...)
	if err != nil {
		o.Fatal(err)
	}
	return *reply.Message
}

func (o *office) tries(path string, change ...func(*bot.Request)) (bot.Reply, error) {
	req := bottest.Request("maria", path)
	for _, c := range change {
		c(req)
	}
	return o.router.Ask(o.Context(), req)
}

func picks(ch bot.Channel) func(*bot.Request) {
	return func(req *bot.Request) { req.Channels = map[string]bot.Channel{bot.Picked: ch} }
}

func (o *office) want(m bot.Message, parts ...string) {
	o.Helper()
	for _, part := range parts {
		if got := m.Text.String(); !strings.Contains(got, part) {
			o.Errorf("got %q, want %q", got, part)
		}
	}
}

func pathOf(m bot.Message, part string) string {
	i := slices.IndexFunc(m.Controls, func(c bot.Control) bool { return strings.Contains(c.Path, part) })
	if i < 0 {
		return ""
	}
	return m.Controls[i].Path
}

func (o *office) setting() Setting { return o.store.places[0].Set }

// Channels are picked from a menu, and each change can be taken back, also one that
// takes a channel away.
func TestChannelsArePickedAndTakenBack(t *testing.T) {
	o := newOffice(t)
	menu := o.asks(setupPath + "/choose/private")
	if menu.Controls[0].Pick != bot.PickChannel {
		t.Fatalf("offered is %+v", menu.Controls)
	}
	staff := bottest.Channel("staff")
	thread := staff
	thread.Thread = "17"
	o.asks(menu.Controls[0].Path, picks(thread))
	if o.setting().Private != staff || o.setting().Chats != (bot.Channel{}) {
		t.Errorf("set is %+v", o.setting())
	}
	ch, language, ok, err := o.OrganizersRoom(o.Context(), "c", bot.SpaceID{})
	if err != nil || !ok || ch != staff || language != "en" {
		t.Errorf("the room is %v, %s, %t, %v", ch, language, ok, err)
	}
	taken := o.asks(pathOf(o.asks(setupPath+"/choose/private"), "/none/"))
	if o.setting().Private != (bot.Channel{}) {
		t.Errorf("set is %+v", o.setting())
	}
	undo := pathOf(taken, "/undo/")
	o.asks(undo)
	if o.setting().Private != staff {
		t.Errorf("after taking back, set is %+v", o.setting())
	}
	o.want(o.asks(undo), "setup.undo.late")
	if o.setting().Private != staff {
		t.Errorf("taken back twice, set is %+v", o.setting())
	}
}

func TestEachStepCanBeLeftOut(t *testing.T) {
	o := newOffice(t)
	m := o.asks(setupPath)
	for _, step := range steps {
		o.want(m, "setup.next."+step)
		m = o.asks(pathOf(m, "/skip/"))
		if pathOf(m, "/undo/") == "" {
			t.Errorf("leaving %s out cannot be taken back", step)
		}
	}
	o.want(m, "setup.ready")
	if pathOf(m, "/skip/") != "" {
		t.Error("there is something left to leave out")
	}
}

func TestLanguageAndZoneOfAPlace(t *testing.T) {
	o := newOffice(t)
	form := func(values ...string) func(*bot.Request) {
		return func(req *bot.Request) {
			for i := 0; i+1 < len(values); i += 2 {
				req.Values[values[i]] = values[i+1]
			}
		}
	}
	reply, err := o.tries(setupPath+"/language-save", form("language", "latin", "zone", "Atlantis", "name", "x"))
	if err != nil || len(reply.FieldErrors) != 2 {
		t.Errorf("got %+v, %v", reply, err)
	}
	o.want(o.asks(setupPath+"/language-save", form("language", "es", "zone", "Madrid", "name", " Lincoln \n School ")),
		"setup.head place=Lincoln School", "language=español zone=Europe/Madrid")
	if s := o.setting(); s.Name != "Lincoln School" || s.Language != "es" || s.Zone != "Europe/Madrid" {
		t.Errorf("set is %+v", s)
	}
}

// Every channel that is chosen is tested, and what became of that is told, with what
// to mend: also to who looks later.
func TestATestPost(t *testing.T) {
	o := newOffice(t)
	o.want(o.asks(setupPath+"/test"), "setup.test.no_channel", "setup.line.test.none")
	chats, staff := bottest.Channel("chats"), bottest.Channel("staff")
	o.asks(setupPath+"/chosen/chats", picks(chats))
	o.asks(setupPath+"/chosen/private", picks(staff))
	sent := o.asks(setupPath + "/test")
	o.want(sent, "setup.line.test.waits")
	if n := strings.Count(sent.Text.String(), "setup.test.sent"); n != 2 {
		t.Errorf("said of %d channels", n)
	}
	posts := o.applied[0].Posts
	if len(posts) != 2 || posts[0].Post.Channel != chats || posts[1].Post.Channel != staff || posts[0].Post.Key == posts[1].Post.Key {
		t.Fatalf("posted is %+v", posts)
	}
	if got := posts[1].Post.Message.Text.String(); got != "en setup.test.post" {
		t.Errorf("posted is %q", got)
	}
	for _, c := range []struct {
		outcome outbox.Outcome
		reason  bot.Reason
		want    string
	}{
		{"", "", "setup.test.waits"},
		{outbox.Sent, "", "setup.test.arrived"},
		{outbox.Failed, bot.NotAllowed, "setup.test.not_allowed"},
		{outbox.Failed, bot.Gone, "setup.test.gone"},
		{outbox.Failed, bot.Disconnected, "setup.test.disconnected"},
		{outbox.Failed, bot.BadPost, "setup.test.failed"},
		{outbox.Uncertain, "", "setup.test.failed"},
		{outbox.Expired, "", "setup.test.failed"},
	} {
		o.fates = map[bot.DeliveryKey]fate{posts[0].Post.Key: {outbox.Sent, ""}, posts[1].Post.Key: {c.outcome, c.reason}}
		o.want(o.asks(pathOf(sent, "/arrived")), c.want)
		m := o.asks(setupPath)
		switch c.outcome {
		case "":
			o.want(m, "setup.line.test.waits")
		case outbox.Sent:
			o.want(m, "setup.line.test.done")
		default:
			o.want(m, "setup.line.test.failed", c.want)
			named := slices.DeleteFunc(slices.Clone(m.Text), func(s bot.Span) bool { return s.Channel == nil })
			if len(named) != 3 || *named[2].Channel != staff { // after the two that are chosen
				t.Errorf("named are %+v", named)
			}
		}
	}
	o.fates = nil
	o.clock.Set(o.clock.Now().Add(time.Hour)) // nobody knows any more
	o.want(o.asks(setupPath), "setup.line.test.old")
	o.asks(setupPath+"/chosen/private", picks(bottest.Channel("other")))
	o.want(o.asks(setupPath), "setup.line.test.none") // that one was not tested
}

// A test that failed is not done: it is what comes next, also when all else is.
func TestATestThatFailedComesNext(t *testing.T) {
	o := newOffice(t)
	o.asks(setupPath+"/chosen/chats", picks(bottest.Channel("chats")))
	for _, step := range []string{languageStep, privateStep, peopleStep} {
		o.asks(setupPath + "/skip/" + step)
	}
	o.want(o.asks(setupPath), "setup.next.test")
	if got := o.asks(setupPath + "/test").Text.String(); strings.Contains(got, "setup.ready") {
		t.Errorf("before anybody knows whether it arrived: %q", got)
	}
	key := o.applied[0].Posts[0].Post.Key
	o.fates = map[bot.DeliveryKey]fate{key: {outbox.Sent, ""}}
	o.want(o.asks(setupPath), "setup.ready")
	o.fates = map[bot.DeliveryKey]fate{key: {outbox.Failed, bot.NotAllowed}}
	m := o.asks(setupPath)
	o.want(m, "setup.next.test")
	if pathOf(m, "/skip/") != "" {
		t.Error("it can be left out, although it was not")
	}
}

// What people report about each other does not stand where everybody chats.
func TestReportsDoNotGoWhereEverybodyChats(t *testing.T) {
	o := newOffice(t)
	chats := bottest.Channel("chats")
	o.asks(setupPath+"/chosen/chats", picks(chats))
	for name, try := range map[string]func() (bot.Reply, error){
		"picked": func() (bot.Reply, error) { return o.tries(setupPath+"/chosen/private", picks(chats)) },
		"typed": func() (bot.Reply, error) {
			return o.tries(setupPath, func(req *bot.Request) { req.Channel, req.Values["private"] = chats, "here" })
		},
		"both at once": func() (bot.Reply, error) {
			return o.tries(setupPath, func(req *bot.Request) {
				req.Channel, req.Values["private"], req.Values["chats"] = bottest.Channel("lobby"), "here", "here"
			})
		},
	} {
		_, err := try()
		var e *bot.Error
		if !errors.As(err, &e) || e.Code != bot.Invalid || !strings.Contains(e.Message.String(), "setup.channel.shared") {
			t.Errorf("%s: %v", name, err)
		}
		if s := o.setting(); s.Private != (bot.Channel{}) || s.Chats != chats {
			t.Errorf("%s: set is %+v", name, s)
		}
	}
	staff := bottest.Channel("staff")
	o.asks(setupPath+"/chosen/private", picks(staff))
	if _, err := o.tries(setupPath+"/chosen/chats", picks(staff)); bot.CodeOf(err) != bot.Invalid || o.setting().Chats != chats {
		t.Errorf("chats go where reports stand: %v, %+v", err, o.setting())
	}
}

func TestAppointing(t *testing.T) {
	o := newOffice(t)
	joe := member(t, o.Directory, "joe", "Joe")
	pick := func(req *bot.Request) { req.Accounts = map[string]bot.Account{bot.Picked: bottest.Account("joe")} }
	m := o.asks(peoplePath+"/pick/host", pick)
	o.want(m, "people.done.host name=Joe", "people.hosts names=Joe")
	if got := member(t, o.Directory, "joe", "Joe").Role; got != bot.RoleHost {
		t.Errorf("joe is %s", got)
	}
	told := o.applied[0].Posts[0]
	if *told.Post.Direct != bottest.Account("joe") || told.Unasked == nil || !strings.Contains(told.Post.Message.Text.String(), "people.told.host name=maria") {
		t.Errorf("told is %+v", told)
	}
	o.want(o.asks(peoplePath+"/pick/host", pick), "people.already")
	if len(o.applied) != 1 {
		t.Errorf("told %d times", len(o.applied))
	}
	dismissed := o.asks(pathOf(m, "/make/member/"+string(joe.ID)))
	o.asks(pathOf(dismissed, "/back/host/"))
	if got := member(t, o.Directory, "joe", "Joe").Role; got != bot.RoleHost || len(o.applied) != 1 {
		t.Errorf("after taking it back, joe is %s, and was told %d times", got, len(o.applied))
	}
	o.asks(pathOf(m, "/make/member/"+string(joe.ID)))
	if got := member(t, o.Directory, "joe", "Joe").Role; got != bot.RoleMember || len(o.applied) != 1 {
		t.Errorf("joe is %s, and was told %d times", got, len(o.applied))
	}
	// A path gives no power that we do not know.
	o.asks(peoplePath + "/make/king/" + string(joe.ID))
	if got := member(t, o.Directory, "joe", "Joe").Role; got != bot.RoleMember {
		t.Errorf("joe is %s", got)
	}
}

// The only organizer cannot step back, unless the platform names them anyway.
func TestTheLastOrganizerStays(t *testing.T) {
	o := newOffice(t)
	appoint := func(user string, role bot.Role) error {
		m := member(t, o.Directory, user, user)
		_, err := o.tries(peoplePath + "/make/" + string(role) + "/" + string(m.ID))
		return err
	}
	if err := appoint("maria", bot.RoleOrganizer); err != nil {
		t.Fatal(err)
	}
	if err := appoint("maria", bot.RoleHost); bot.CodeOf(err) != bot.Forbidden {
		t.Errorf("the last one stepped back: %v", err)
	}
	o.manages = true
	if err := appoint("maria", bot.RoleMember); err != nil {
		t.Error("one whom the platform names:", err)
	}
	o.manages = false
	for _, user := range []string{"maria", "joe"} {
		if err := appoint(user, bot.RoleOrganizer); err != nil {
			t.Fatal(err)
		}
	}
	if err := appoint("maria", bot.RoleMember); err != nil {
		t.Error("one of two:", err)
	}
}

func TestPeopleByName(t *testing.T) {
	o := newOffice(t)
	member(t, o.Directory, "joe", "Joe")
	member(t, o.Directory, "ana", "Ana")
	member(t, o.Directory, "ana2", "ana")
	for _, c := range []struct {
		name, role string
		want       bot.Code
	}{
		{"@joe", "", ""},
		{"joe", "en people.role.organizer", ""},
		{"joe", "king", bot.Invalid},
		{"nobody", "", bot.NotFound},
		{"ana", "host", bot.Invalid},
	} {
		_, err := o.tries(peoplePath, func(req *bot.Request) { req.Values["person"], req.Values["role"] = c.name, c.role })
		if bot.CodeOf(err) != c.want {
			t.Errorf("%s as %q: %v", c.name, c.role, err)
		}
	}
	if got := member(t, o.Directory, "joe", "Joe").Role; got != bot.RoleOrganizer {
		t.Errorf("joe is %s", got)
	}
}
