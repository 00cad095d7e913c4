package discussion

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/staffroom-bot/staffroom/bot"
)

// fixMenus offers every question that was asked, in as many menus as that takes.
func (s *Service) fixMenus(d *Discussion, e *Entry, lang string) []bot.Control {
	var choices []bot.Choice
	if e.Fixed {
		choices = append(choices, bot.Choice{Label: s.label(lang, "chat.fix.first"), Value: asFirst})
	}
	choices = append(choices, bot.Choice{Label: s.label(lang, "chat.fix.as_remark"), Value: asRemark})
	for i, q := range d.Script.Questions[:d.Asked] {
		choices = append(choices, bot.Choice{
			Label: s.label(lang, "chat.fix.as_answer", bot.Num("n", i+1), bot.Str("text", short(q.Text))), Value: strconv.Itoa(i + 1),
		})
	}
	var menus []bot.Control
	for some := range slices.Chunk(choices, bot.MaxChoices) {
		menus = append(menus, bot.Control{
			Label: s.label(lang, "chat.fix.menu"), Pick: bot.PickChoice, Choices: some,
			Path: "/chat/file/" + d.ID + "/" + entryName(d, e.ID) + "/" + strconv.Itoa(len(menus)),
		})
	}
	return menus
}

// fixMine offers what a member has said, the latest first, to be refiled.
func (s *Service) fixMine(d *Discussion, own []Entry, lang string) []bot.Control {
	if !d.Running() || len(own) == 0 {
		return nil
	}
	var choices []bot.Choice
	for _, e := range slices.Backward(own) {
		if e.Kind == Commitment {
			continue
		}
		text := bot.Str("text", short(excerpt(e.Text)))
		label := s.label(lang, "chat.fix.own.other", text)
		if e.Kind == Answer {
			label = s.label(lang, "chat.mine.answer", bot.Str("n", numbers(e.Questions)), text)
		}
		if choices = append(choices, bot.Choice{Label: label, Value: entryName(d, e.ID)}); len(choices) == bot.MaxChoices {
			break
		}
	}
	if len(choices) == 0 {
		return nil
	}
	return []bot.Control{{Label: s.label(lang, "chat.fix.own"), Path: "/chat/fix/" + d.ID, Pick: bot.PickChoice, Choices: choices}}
}

// entryName is an entry's ID as it stands in a path and in a menu, which have
// little room.
func entryName(d *Discussion, id string) string {
	if given, ok := strings.CutPrefix(id, formEntry(d.ID)); ok {
		return "!" + url.PathEscape(given)
	}
	return url.PathEscape(id) // which makes %21 of a "!"
}

// entryNamed is the ID of an entryName; of nothing that is one it is "".
func entryNamed(d *Discussion, name string) string {
	given, byForm := strings.CutPrefix(name, "!")
	id, err := url.PathUnescape(given)
	switch {
	case err != nil:
		return ""
	case byForm:
		return formEntry(d.ID) + id
	default:
		return id
	}
}
