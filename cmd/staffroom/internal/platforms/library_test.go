package platforms

import (
	"slices"
	"testing"
)

// The library on each platform: saving by command and by a message's menu, the card
// with all its buttons, lists, what is wanted, and what organizers decide.
func TestTheLibraryOnThePlatforms(t *testing.T) {
	for platform, open := range screens {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, open, setting{language: "en"})
			s.saves()
			s.tries()
			s.savesFromAMessage()
			s.wants()
			s.decides()
		})
	}
}

// saves: by the form of the command, and the card is changed.
func (s *stage) saves() {
	s.Helper()
	s.must(s.command(ana, "/library/save", nil))
	s.fills(ana, map[string]string{"Link": "https://strips.example/one", "Your note": "Skip *part* two <!everyone>", "Tags": "#fractions", "Grade": "4"})
	card := s.reads(ana, "Saved for everybody", "strips.example/one", "grade 4", "Skip *part* two")
	if !slices.Contains(card.links, "https://strips.example/one") || slices.Contains(card.buttons, "Open") {
		s.Errorf("the card is %+v", card)
	}
	s.uses(ana, card, "Change")
	s.fills(ana, map[string]string{"Title": "Fraction Strips"})
	s.reads(ana, "Changed.", "Fraction Strips")
}

// tries: a card is found, and each of its buttons pressed.
func (s *stage) tries() {
	s.Helper()
	s.must(s.command(maria, "/library/find", map[string]string{"words": "fractoin"}))
	s.uses(maria, s.reads(maria, "Fraction Strips", "saved by "+ana), "I tried it")
	s.fills(maria, map[string]string{"Would you use it again?": "changes", "With which grade?": "7", "What would you change?": "Less of it"})
	s.uses(maria, s.reads(maria, "1 colleague tried it", "Less of it"), "Thanks")
	s.uses(maria, s.reads(maria, "finds it useful"), "Save for me")
	s.uses(maria, s.reads(maria, "your own list now"), "Hide")
	s.uses(maria, s.reads(maria, "Hidden by an organizer"), "Show again")
	s.uses(maria, s.reads(maria, "Everybody sees it again"), "Not for me any more")
	s.reads(maria, "no longer in your own list")
}

// savesFromAMessage: all links of what somebody wrote, one of which is taken back.
func (s *stage) savesFromAMessage() {
	s.Helper()
	id := s.say(ana, "see https://strips.example/two and https://strips.example/three")
	s.must(s.act(maria, id, "/library/message", "Save to library"))
	s.fills(maria, map[string]string{"Your note": "Both with fractions"})
	list := s.reads(maria, "2 links are saved", "strips.example/two", "strips.example/three")
	s.must(s.pick(maria, list.id, "Show one", "strips.example/three"))
	s.uses(maria, s.reads(maria, "strips.example/three", "saved by "+maria), "Undo")
	s.reads(maria, "out of the library again")
	s.must(s.command(maria, "/library/find", map[string]string{"words": "fractions"}))
	s.reads(maria, "2 found", "Fraction Strips", "strips.example/two")
	s.must(s.command(maria, "/library/mine", nil))
	s.reads(maria, "Saved or tried by you (2)")
}

// wants: what nobody has found is asked for, and somebody has it.
func (s *stage) wants() {
	s.Helper()
	s.must(s.command(ana, "/library/find", map[string]string{"words": "photosynthesis"}))
	s.uses(ana, s.reads(ana, "Nothing on photosynthesis yet"), "Ask the group")
	s.reads(ana, "on the list of what is wanted")
	s.must(s.command(maria, "/library/wanted", nil))
	list := s.reads(maria, "Wanted:", "photosynthesis")
	s.must(s.pick(maria, list.id, "I have something", "photosynthesis"))
	s.fills(maria, map[string]string{"Link": "https://leaves.example/"})
	s.reads(maria, "Whoever was looking for")
}

// decides: an organizer blocks a site and says who may add.
func (s *stage) decides() {
	s.Helper()
	s.must(s.command(maria, "/organize/library", nil))
	s.uses(maria, s.reads(maria, "The library has 3 resources"), "Blocked sites")
	s.fills(maria, map[string]string{"Sites from which nothing is saved": "spam.example"})
	panel := s.reads(maria, "1 site is blocked")
	s.must(s.pick(maria, panel.id, "Who may add", "organizers"))
	s.reads(maria, "Who may add: organizers")
	s.must(s.command(ana, "/library/save", map[string]string{"link": "https://late.example/"}))
	s.reads(ana, "Here organizers add to the library")
}
