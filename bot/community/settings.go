package community

import (
	"context"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// Words is the catalogue, with the languages that it has.
type Words interface {
	bot.Words
	// Languages lists what to choose from: tags, labelled in their own language.
	Languages() []bot.Choice
}

// Settings lets members choose their language and time zone, and say when they
// are away.
type Settings struct {
	directory *Directory
	words     Words
	now       func() time.Time
	zones     *zones
}

// NewSettings returns the settings of the directory's members.
func NewSettings(d *Directory, words Words, now func() time.Time) *Settings {
	return &Settings{directory: d, words: words, now: now, zones: newZones()}
}

const savePath = "/my/settings/save"

// Subcommands are the feature's share of /my, whose parts come from several
// features.
func (s *Settings) Subcommands() []bot.Subcommand {
	return []bot.Subcommand{{
		Name:    "settings",
		Summary: "community.settings.summary",
		Access:  bot.MembersOnly,
		Private: true,
		Handle:  s.open,
	}, s.awaySubcommand()}
}

// Register adds the routes of controls and forms.
func (s *Settings) Register(r *bot.Router) {
	for path, handle := range map[string]bot.Handler{
		savePath:        s.save,
		awayAskPath:     s.askAway,
		awaySavePath:    s.saveAway,
		awayChangePath:  s.changeAway,
		awayChangedPath: s.saveAway,
		awayBackPath:    s.back,
	} {
		r.Handle(bot.Route{Path: path, Access: bot.MembersOnly, Private: true, Handle: handle})
	}
}

// The fields of the form.
const (
	languageField = "language"
	zoneField     = "zone"
)

// asCommunity is the choice of no language of one's own. Platforms take no empty
// value for a choice.
const asCommunity = "community"

// longestZone is ample for any name of a zone.
const longestZone = 60

// open shows what the member has chosen: what they have not chosen stays open,
// so that saving the form as it is changes nothing.
func (s *Settings) open(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	c, own, err := s.directory.find(ctx, req.Account, req.Name)
	if err != nil {
		return bot.Reply{}, err
	}
	label := func(key bot.Key, args ...bot.Arg) string {
		return s.words.Text(req.Member.Language, key, args...).String()
	}
	choices := []bot.Choice{{
		Label: label("community.settings.language_same", bot.Str("language", s.languageName(c.Language))),
		Value: asCommunity,
	}}
	chosen := own.Language
	if chosen == "" {
		chosen = asCommunity
	}
	return bot.Ask(bot.Form{
		Title:  label("community.settings.title"),
		Path:   savePath,
		Submit: label("community.settings.submit"),
		Fields: []bot.Field{{
			Name:    languageField,
			Label:   label("community.settings.language"),
			Value:   chosen,
			Choices: append(choices, s.words.Languages()...),
		}, {
			Name:     zoneField,
			Label:    label("community.settings.zone"),
			Hint:     label("community.settings.zone_hint", bot.Str("zone", c.Zone)),
			Value:    own.Zone,
			Optional: true,
			Max:      longestZone,
		}},
	}), nil
}

// save stores the choices and shows them at work: in the language, with the time
// as it is there now.
func (s *Settings) save(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	language, languageError := s.readLanguage(req)
	zone, zoneError := s.readZone(req)
	if languageError != nil || zoneError != nil {
		faults := map[string]bot.Text{}
		if languageError != nil {
			faults[languageField] = languageError
		}
		if zoneError != nil {
			faults[zoneField] = zoneError
		}
		return bot.Reply{FieldErrors: faults}, nil
	}
	m, err := s.directory.Appoint(ctx, req.Account, req.Name, func(m *bot.Member) {
		m.Language, m.Zone = language, zone
	})
	if err != nil {
		return bot.Reply{}, err
	}
	now := s.now()
	// In words, not as a time span: a platform would show that in the zone of
	// the reader's device, and the point is the zone that was chosen.
	there := bot.Span{Kind: bot.SpanTime, At: &now, Language: m.Language}.Clock(m.Zone)
	return bot.Say(s.words.Text(m.Language, "community.settings.saved",
		bot.Str("language", s.languageName(m.Language)), bot.Str("now", there), bot.Str("zone", m.Zone)),
		bot.Control{Label: s.words.Text(m.Language, "accounts.button.open").String(), Path: accountsPath}), nil
}

func (s *Settings) readLanguage(req *bot.Request) (tag string, fault bot.Text) {
	typed := strings.TrimSpace(req.Value(languageField))
	if typed == asCommunity || typed == "" {
		return "", nil
	}
	// Where choices are typed, a language's own name is as good as its tag.
	for _, l := range s.words.Languages() {
		if strings.EqualFold(typed, l.Value) || strings.EqualFold(typed, l.Label) {
			return l.Value, nil
		}
	}
	return "", s.words.Text(req.Member.Language, "community.settings.language_unknown")
}

func (s *Settings) readZone(req *bot.Request) (zone string, fault bot.Text) {
	typed := strings.TrimSpace(req.Value(zoneField))
	if typed == "" {
		return "", nil
	}
	zone, nearest := s.zones.find(typed)
	typed = bot.Shorten(typed, longestZone)
	switch {
	case zone != "":
		return zone, nil
	case len(nearest) == 0:
		return "", s.words.Text(req.Member.Language, "community.settings.zone_unknown", bot.Str("typed", typed))
	default:
		or := s.words.Text(req.Member.Language, "community.settings.zone_or").String()
		return "", s.words.Text(req.Member.Language, "community.settings.zone_nearest",
			bot.Str("typed", typed), bot.Str("nearest", strings.Join(nearest, or)))
	}
}

// languageName is a language's name in itself.
func (s *Settings) languageName(tag string) string {
	for _, l := range s.words.Languages() {
		if l.Value == tag {
			return l.Label
		}
	}
	return tag
}
