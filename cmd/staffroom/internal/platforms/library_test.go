package platforms

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/library"
	"github.com/staffroom-bot/staffroom/bot/redis"
)

// web is the web of the stage: every page has a title and a picture, but for one, which
// is gone.
type web struct{}

func (web) Visit(_ context.Context, address string, _ library.Validators) (library.Visit, error) {
	if strings.Contains(address, "gone.example/page") {
		return library.Visit{Outcome: library.Missing, Address: address}, nil
	}
	return library.Visit{
		Outcome: library.Found, Address: address, Type: "text/html; charset=utf-8",
		Body: []byte(`<title>Strips of paper</title><meta property="og:image" content="https://pictures.example/strips.png">`),
	}, nil
}

// The library on each platform, in both languages: every command, button and form.
func TestTheLibraryOnThePlatforms(t *testing.T) {
	for platform, open := range screens {
		for language := range spoken {
			t.Run(platform+"/"+language, func(t *testing.T) {
				t.Parallel()
				s := newStage(t, open, setting{language: language, pages: web{}})
				s.saves()
				s.tries()
				s.gathers()
				s.savesFromAMessage()
				s.searches()
				s.wants()
				s.findsDead()
				s.decides()
			})
		}
	}
}

// fillsIn fills in a form by the keys of its labels.
func (s *stage) fillsIn(who string, values map[bot.Key]string) {
	s.Helper()
	by := map[string]string{}
	for label, value := range values {
		by[s.word(label)] = value
	}
	s.fills(who, by)
}

// does presses a button of this very message.
func (s *stage) does(who string, m shown, label bot.Key) {
	s.Helper()
	s.uses(who, m, s.word(label))
}

// picks picks from a menu of a message.
func (s *stage) picks(who string, m shown, menu bot.Key, choice string) {
	s.Helper()
	s.must(s.pick(who, m.id, s.word(menu), choice))
}

// finds looks for words.
func (s *stage) finds(who, words string) {
	s.Helper()
	s.must(s.command(who, "/library/find", map[string]string{"words": words}))
}

// saves: by the form of the command, in which something is wrong at first; the card is
// changed, and has the page's picture when that was read.
func (s *stage) saves() {
	s.Helper()
	s.must(s.command(ana, "/library/save", nil))
	s.fillsIn(ana, map[bot.Key]string{
		"library.form.link": "https://strips.example/one", "library.form.note": "Skip *part* two <!everyone>", "library.form.tags": "#fractions", "library.form.grade": "tall",
	})
	s.corrected(ana, s.word("library.form.grade"), s.word("library.fault.grade", bot.Str("typed", "tall")))
	s.fillsIn(ana, map[bot.Key]string{"library.form.grade": "4"})
	s.closes(ana)
	card := s.reads(ana, s.word("library.saved"), "strips.example/one", "Skip *part* two")
	if !slices.Contains(card.links, "https://strips.example/one") || len(card.images) > 0 {
		s.Errorf("the card is %+v", card)
	}
	s.does(ana, card, "library.button.change")
	s.fillsIn(ana, map[bot.Key]string{"library.form.title": "Fraction Strips"})
	s.reads(ana, s.word("library.changed"), "Fraction Strips")
	s.pass(time.Minute)
}

// tries: a card is found, and each of its buttons pressed.
func (s *stage) tries() {
	s.Helper()
	s.finds(maria, "fractoin")
	card := s.reads(maria, "Fraction Strips", s.word("library.card.by", bot.Str("name", ana)))
	if want := s.word("library.card.picture", bot.Str("title", "Fraction Strips")); !slices.Equal(card.images, []string{want}) {
		s.Errorf("the pictures are %q, want %q", card.images, want)
	}
	first := []string{s.word("library.button.try"), s.word("library.button.keep")}
	if at := slices.Index(card.buttons, first[0]); at < 0 || !slices.Equal(card.buttons[at:at+2], first) {
		s.Errorf("the buttons are %q", card.buttons)
	}
	s.does(maria, card, "library.button.try")
	s.fillsIn(maria, map[bot.Key]string{"library.try.again": "changes", "library.try.grade": "7", "library.try.alter": "Less of it"})
	s.does(maria, s.reads(maria, s.word("library.tried"), "Less of it"), "library.button.thank")
	s.does(maria, s.reads(maria, s.word("library.thanked")), "library.button.keep")
	s.does(maria, s.reads(maria, s.word("library.kept")), "library.button.hide")
	s.does(maria, s.reads(maria, s.word("library.hidden")), "library.button.unhide")
	s.does(maria, s.reads(maria, s.word("library.shown")), "library.button.unkeep")
	s.does(maria, s.reads(maria, s.word("library.unkept")), "library.button.unthank")
	s.does(maria, s.reads(maria, s.word("library.unthanked")), "library.button.untry")
	s.does(maria, s.reads(maria, s.word("library.untried")), "library.button.change")
	s.fillsIn(maria, map[bot.Key]string{"library.form.subject": "Mathematics"})
	s.reads(maria, s.word("library.changed"), "Mathematics")

	s.finds(ben, "strips")
	s.does(ben, s.reads(ben, "Fraction Strips"), "library.button.report")
	s.fillsIn(ben, map[bot.Key]string{"report.form.thing": "An advertisement"})
	s.reads(ben, s.before("report.sent.people", "names"))
	s.pass(time.Minute)
	s.does(maria, s.alone(maria, s.word("report.told.why", bot.Str("why", "An advertisement"))), "report.button.look")
	s.reads(maria, "Fraction Strips", "Mathematics")
}

// savesFromAMessage: all links of what somebody wrote, one of which is taken back.
func (s *stage) savesFromAMessage() {
	s.Helper()
	label := s.house.Words.Text("en", "library.action").String() // by which it is registered
	s.must(s.act(maria, s.say(ana, "nothing to see"), "/library/message", label))
	s.reads(maria, s.before("library.save.none", "command"))
	id := s.say(ana, "see https://strips.example/two and https://strips.example/three")
	s.must(s.act(maria, id, "/library/message", label))
	s.fillsIn(maria, map[bot.Key]string{"library.form.note": "Both with fractions"})
	list := s.reads(maria, s.word("library.saved.several", bot.Count("count", 2)), "strips.example/two", "strips.example/three")
	s.picks(maria, list, "library.button.show", "strips.example/three")
	s.does(maria, s.reads(maria, "strips.example/three", s.word("library.card.by", bot.Str("name", maria))), "library.button.undo")
	until(s.T, "the second thing undone", func() bool { return s.count(maria, s.word("library.undone.gone")) == 2 })
	s.must(s.command(maria, "/library/mine", nil))
	s.reads(maria, s.word("library.mine.own", bot.Count("count", 1)))
}

// searches: through more than one list, and wider.
func (s *stage) searches() {
	s.Helper()
	s.must(s.command(cam, "/library/save", map[string]string{
		"link": "https://more.example/1 https://more.example/2 https://more.example/3 https://more.example/4 https://more.example/5 https://more.example/6", "tags": "#origami",
	}))
	s.reads(cam, s.word("library.saved.several", bot.Count("count", 6)))
	s.must(s.command(dee, "/library/find", map[string]string{"tag": "origami"}))
	list := s.reads(dee, s.word("library.find.found", bot.Count("count", 6)))
	rest := ""
	for n := 1; n <= 6; n++ {
		if one := "more.example/" + strconv.Itoa(n); !strings.Contains(list.text, one) {
			rest = one
		}
	}
	s.does(dee, list, "library.button.more")
	s.picks(dee, s.reads(dee, rest), "library.button.show", rest)
	s.reads(dee, s.word("library.card.by", bot.Str("name", cam)))
	s.must(s.command(dee, "/library/find", map[string]string{"tag": "origami", "grade": "12"}))
	s.does(dee, s.reads(dee, s.before("library.find.empty", "wants")), "library.button.wider")
	if d, ok := s.screen.(discordScreen); ok { // nothing is proposed on the other one
		if got := d.proposed(s.T, dee, "/library/find", map[string]string{"tag": "ori"}, "tag"); !slices.Equal(got, []string{"#origami"}) {
			s.Errorf("the tags proposed are %q", got)
		}
		if got := d.proposed(s.T, dee, "/library/find", map[string]string{"words": "fracti"}, "words"); got[0] != "Fraction Strips" {
			s.Errorf("the titles proposed are %q", got)
		}
	}
}

// wants: what nobody has found is asked for, taken back, asked for again, and somebody
// has it, which is not what was meant.
func (s *stage) wants() {
	s.Helper()
	const first, wish = "chlorophyll", "photosynthesis"
	s.finds(ana, first)
	s.does(ana, s.reads(ana, first, s.before("library.find.empty", "wants")), "library.button.ask")
	s.does(ana, s.reads(ana, s.word("library.wanted.asked", bot.Str("text", first))), "library.button.unask")
	s.reads(ana, s.word("library.wanted.taken_back", bot.Str("text", first)))
	s.must(s.command(ana, "/library/wanted", map[string]string{"text": wish}))
	s.reads(ana, s.word("library.wanted.asked", bot.Str("text", wish)))
	s.must(s.command(eva, "/library/wanted", nil))
	s.picks(eva, s.reads(eva, s.word("library.wanted.list"), wish), "library.button.answer", wish)
	s.fillsIn(eva, map[bot.Key]string{"library.form.link": "https://leaves.example/"})
	s.reads(eva, s.word("library.wanted.thanks", bot.Str("text", wish)))
	s.pass(4 * 24 * time.Hour) // over a weekend into somebody's working hours
	told := s.alone(ana, s.word("library.wanted.told", bot.Str("text", wish), bot.Str("title", "Strips of paper")))
	s.does(ana, told, "library.button.card")
	s.reads(ana, s.word("library.card.by", bot.Str("name", eva)))
	s.does(ana, told, "outbox.less")
	s.does(ana, s.reads(ana, s.word("library.less.told")), "library.button.untell")
	s.does(ana, s.reads(ana, s.word("library.less.untold")), "library.button.tell")
	s.does(ana, told, "library.button.again")
	s.reads(ana, s.word("library.wanted.again", bot.Str("text", wish)))
	s.must(s.command(maria, "/library/wanted", nil))
	s.picks(maria, s.reads(maria, s.word("library.wanted.list"), wish), "library.button.unask", wish)
	s.reads(maria, s.word("library.wanted.taken_back", bot.Str("text", wish)))
}

// gathers: the links in the answers of a chat are offered to its host, and none is
// ticked.
func (s *stage) gathers() {
	s.Helper()
	s.must(s.command(maria, "/host/new", nil))
	s.fillsIn(maria, map[bot.Key]string{"host.form.title": "Models", "host.form.questions": "What is a model?", "host.form.length": "10m"})
	s.presses(maria, "host.button.start")
	s.reads(maria, s.word("chat.state.open"))
	s.pass(5 * time.Minute)
	s.say(ben, "A1 see https://models.example/clay and https://strips.example/one")
	s.say(cam, "A1 like https://www.models.example/clay/?utm_source=news and https://models.example/salt")
	until(s.T, "answers", func() bool { return s.answered() == 2 })
	s.pass(10 * time.Minute)
	s.must(s.command(maria, "/host/panel", nil))
	s.presses(maria, "library.button.links")
	list := s.reads(maria, s.word("library.links", bot.Str("chat", "Models"), bot.Count("count", 3)),
		s.word("library.links.from.named", bot.Num("n", 1), bot.Str("name", ben)), s.word("library.links.known", bot.Count("count", 1)))
	boxes := s.word("library.form.ticks.label", bot.Num("n", 1))
	s.does(maria, list, "library.button.tick")
	if f := s.opens(maria); f.values[boxes] != "" {
		s.Errorf("ticked are %q", f.values[boxes])
	}
	s.fills(maria, map[string]string{boxes: library.IDOf("models.example/clay")})
	list = s.reads(maria, s.word("library.links.saved", bot.Count("count", 1)), "models.example/clay")
	s.picks(maria, list, "library.button.show", "models.example/clay")
	s.does(maria, s.reads(maria, s.word("library.card.from", bot.Num("n", 1), bot.Str("chat", "Models"))), "library.button.undo")
	s.reads(maria, s.word("library.undone.gone"))
}

// answered is how many answers the latest chat has.
func (s *stage) answered() int {
	s.Helper()
	home, err := s.house.Directory.Community(s.Context(), s.channel().Space)
	s.must(err)
	chats, err := redis.Discussions{Store: s.house.Store}.List(s.Context(), home.ID, 0, 1)
	s.must(err)
	answers, err := s.house.Chats.Answers(s.Context(), home.ID, chats[0].ID)
	s.must(err)
	return len(answers)
}

// findsDead: a page is not found any more, over days, but works for somebody.
func (s *stage) findsDead() {
	s.Helper()
	s.must(s.command(fay, "/library/save", map[string]string{"link": "https://gone.example/page"}))
	s.reads(fay, s.word("library.saved"), "gone.example/page")
	s.pass(30 * 24 * time.Hour)
	s.finds(gus, "gone.example")
	s.does(gus, s.reads(gus, "gone.example/page"), "library.button.works")
	s.reads(gus, s.word("library.works"))
}

// decides: an organizer blocks a site, hides something, and says who may add.
func (s *stage) decides() {
	s.Helper()
	s.must(s.command(maria, "/organize/library", nil))
	panel := s.reads(maria, s.word("library.organize.blocked.none"))
	s.picks(maria, panel, "library.button.hide.one", "gone.example/page")
	panel = s.reads(maria, s.word("library.organize.hidden", bot.Str("title", "gone.example/page")))
	s.picks(maria, panel, "library.button.hidden", "gone.example/page")
	s.reads(maria, s.word("library.card.hidden"))
	s.does(maria, panel, "library.button.blocked")
	s.fillsIn(maria, map[bot.Key]string{"library.form.sites": "spam.example"})
	panel = s.reads(maria, s.word("library.organize.blocked", bot.Count("count", 1), bot.Str("sites", "spam.example")))
	s.picks(maria, panel, "library.button.adds", s.word("library.adds.organizer"))
	panel = s.reads(maria, s.word("library.organize.adds", bot.Rich("who", bot.Plain(s.word("library.adds.organizer")))))
	s.must(s.command(ana, "/library/save", map[string]string{"link": "https://late.example/"}))
	s.reads(ana, s.word("library.adds.refused.organizer"))
	s.does(maria, panel, "library.button.wishes")
	s.reads(maria, s.before("library.wanted.empty", "command"))
}
