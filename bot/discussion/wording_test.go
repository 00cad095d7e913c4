package discussion

import "testing"

func TestWording(t *testing.T) {
	w := newWording([]Question{
		{Text: "How do you grade a model?"},
		{Text: "Which models surprise a class?"},
		{Text: "What do models hide?"},
		{Text: "¿Cómo evalúas una sorpresa?"},
	})
	for _, tc := range []struct {
		text string
		want [5]uint8 // by question
	}{
		{"Graded, it is a surprise", [5]uint8{0, 1, 1, 0, 0}},
		{"They surprised me, and surprise me still", [5]uint8{0, 0, 1, 0, 0}},
		{"Models, models", [5]uint8{}}, // the topic of the chat
		{"I hide the grades from them", [5]uint8{0, 1, 0, 1, 0}},
		{"La sorpresa se evalúa sola", [5]uint8{0, 0, 0, 0, 2}},
		{"How do you do?", [5]uint8{}},
		{"A1 graded", [5]uint8{0, 1}},
		{"@grade #grade https://example.org/grade", [5]uint8{}},
	} {
		if got := read(tc.text).echoes(w); [5]uint8(got[:5]) != tc.want {
			t.Errorf("%q: got %v, want %v", tc.text, got[:5], tc.want)
		}
	}
	if got := read("Graded").echoes(nil); got[1] != 0 {
		t.Errorf("without questions: got %v", got)
	}
}
