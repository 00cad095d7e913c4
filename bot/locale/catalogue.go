package locale

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"

	"github.com/staffroom-bot/staffroom/bot"
)

//go:embed en es
var files embed.FS

// nameKey is the message in which a language says its own name.
const nameKey bot.Key = "core.language"

// Catalogue is the messages in all languages. It implements bot.Words and may be
// used by several goroutines.
type Catalogue struct {
	tongues []*tongue // English first
	matcher language.Matcher
	missing func(language string, key bot.Key)

	mu    sync.RWMutex
	known map[string]*tongue // by the language that was asked for
}

// mostKnown is how many ways to ask for a language are remembered: platforms
// have some dozens, and people can make up as many as they like.
const mostKnown = 256

// New reads the catalogue that is built into the program.
func New() (*Catalogue, error) { return read(files) }

func read(fsys fs.FS) (*Catalogue, error) {
	folders, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, err
	}
	tags := []language.Tag{language.English}
	for _, f := range folders {
		tag, err := language.Parse(f.Name())
		if err != nil {
			return nil, fmt.Errorf("folder %s is no language: %w", f.Name(), err)
		}
		if tag != language.English {
			tags = append(tags, tag)
		}
	}
	c := &Catalogue{matcher: language.NewMatcher(tags), known: map[string]*tongue{}}
	for _, tag := range tags {
		messages, err := readFolder(fsys, tag)
		if err != nil {
			return nil, err
		}
		t, err := newTongue(tag, messages)
		if err != nil {
			return nil, err
		}
		if len(c.tongues) > 0 {
			t.borrow(c.tongues[0])
		}
		c.tongues = append(c.tongues, t)
	}
	return c, nil
}

// readFolder reads the messages of one language. A key that stands twice is an
// error: which of the two would be read is not to be seen.
func readFolder(fsys fs.FS, tag language.Tag) ([]*i18n.Message, error) {
	names, err := fs.Glob(fsys, path.Join(tag.String(), "*.json"))
	if err != nil {
		return nil, err
	}
	var all []*i18n.Message
	seen := map[string]string{}
	for _, name := range names {
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, err
		}
		messages, err := i18n.ParseMessageBytes(data, json.Unmarshal)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		for _, m := range messages {
			if other, twice := seen[m.ID]; twice {
				return nil, fmt.Errorf("%s: %q is in %s too", name, m.ID, other)
			}
			seen[m.ID] = name
		}
		all = append(all, messages...)
	}
	slices.SortFunc(all, func(a, b *i18n.Message) int { return strings.Compare(a.ID, b.ID) })
	return all, nil
}

// OnMissing calls f whenever a key is asked for that no language has. It is set
// before the catalogue is used.
func (c *Catalogue) OnMissing(f func(language string, key bot.Key)) { c.missing = f }

// Text gives the message in the language that comes nearest to the one asked
// for. A key that does not exist is shown in brackets: a mistake is seen, and
// nothing else fails.
func (c *Catalogue) Text(language string, key bot.Key, args ...bot.Arg) bot.Text {
	t := c.tongue(language)
	template, ok := t.template(key, args)
	if !ok {
		if c.missing != nil {
			c.missing(t.name, key)
		}
		return bot.Plain("[" + string(key) + "]")
	}
	text := template.Fill(args...)
	for i := range text {
		if text[i].Kind == bot.SpanTime && text[i].Language == "" {
			text[i].Language = t.name
		}
	}
	return text
}

// Languages lists the languages to choose from: the label is the language's name
// in itself, the value its tag.
func (c *Catalogue) Languages() []bot.Choice {
	choices := make([]bot.Choice, 0, len(c.tongues))
	for _, t := range c.tongues {
		choices = append(choices, bot.Choice{Label: c.Text(t.name, nameKey).String(), Value: t.name})
	}
	return choices
}

// tongue finds the language nearest to the one asked for; English if none is
// near. What was found is remembered, since matching takes microseconds.
func (c *Catalogue) tongue(asked string) *tongue {
	c.mu.RLock()
	t, ok := c.known[asked]
	c.mu.RUnlock()
	if ok {
		return t
	}
	t = c.tongues[0]
	if tags, _, err := language.ParseAcceptLanguage(asked); err == nil && len(tags) > 0 {
		_, i, _ := c.matcher.Match(tags...)
		t = c.tongues[i]
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.known) < mostKnown {
		c.known[asked] = t
	}
	return t
}
