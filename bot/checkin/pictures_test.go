package checkin

import (
	"bytes"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot/checkin/picture"
	"github.com/staffroom-bot/staffroom/bot/locale"
)

// illustrator draws; scales is a check-in of so many questions from 1 to 5.
func illustrator(t *testing.T) *Service {
	t.Helper()
	words, err := locale.New()
	if err != nil {
		t.Fatal(err)
	}
	return &Service{words: words}
}

func scales(n int) Asked {
	a := Asked{Definition: Definition{Sharing: Shared}, At: time.Date(2026, 3, 6, 20, 0, 0, 0, time.UTC)}
	for i := range n {
		a.Questions = append(a.Questions, Question{Kind: Scale, Text: "Pregunta " + strings.Repeat("?", i+1)})
	}
	return a
}

// answered is what so many people come to who all answer every question alike.
func answered(a *Asked, people int, value string) summary {
	var answers []Answer
	for range people {
		var values []string
		for range a.Questions {
			values = append(values, value)
		}
		answers = append(answers, Answer{Values: values})
	}
	return tally(&a.Definition, answers)
}

func TestAPictureFromFivePeopleOn(t *testing.T) {
	s, a := illustrator(t), scales(1)
	for people, want := range map[int]bool{0: false, 4: false, 5: true} {
		sum := answered(&a, people, "3")
		if got := s.summaryPicture("en", &a, &sum); (got != nil) != want {
			t.Errorf("of %d people there is %+v", people, got)
		}
	}
	sum := answered(&a, 5, "")
	if got := s.summaryPicture("en", &a, &sum); got != nil {
		t.Errorf("of no answers there is %+v", got)
	}
	words := Asked{Definition: Definition{Questions: []Question{{Kind: Text, Text: "Rose"}, {Kind: YesNo, Text: "Well?"}}}}
	sum = answered(&words, 5, "yes")
	if got := s.summaryPicture("en", &words, &sum); got != nil {
		t.Errorf("of words there is %+v", got)
	}
}

func TestWhatAPictureSays(t *testing.T) {
	s, a := illustrator(t), scales(6)
	sum := answered(&a, 6, "2")
	got := s.summaryPicture("es", &a, &sum)
	want := "Pregunta ? (1 a 5) 1: 0, 2: 6, 3: 0, 4: 0, 5: 0; media 2,0; 6 respuestas."
	if !strings.HasPrefix(got.Alt, want+" ") {
		t.Errorf("it says %q, want %q first", got.Alt, want)
	}
	if n := strings.Count(got.Alt, "media"); n != picture.Most {
		t.Errorf("it says %d figures and draws %d", n, picture.Most)
	}
}

// A course leaves out what was of fewer than five, is sealed, or was another question.
func TestTheCourseOfAScale(t *testing.T) {
	s := illustrator(t)
	var past []result
	for i, c := range []struct {
		people int
		sealed bool
		text   string
	}{{5, false, ""}, {4, false, ""}, {5, true, ""}, {5, false, "Another"}, {9, false, ""}} {
		a := scales(1)
		a.At = a.At.AddDate(0, 0, -7*i)
		if c.text != "" {
			a.Questions[0].Text = c.text
		}
		past = append(past, result{Asked: a, summary: answered(&a, c.people, strconv.Itoa(1+i%5)), sealed: c.sealed})
	}
	points := course(past, 0)
	if len(points) != 2 || points[0].mean != 50 || points[1].mean != 10 || !points[0].day.Before(points[1].day) {
		t.Fatalf("the course is %v", points)
	}
	both := s.resultsPicture("en", past)
	past[0].sealed = true
	if course(past, 0) != nil {
		t.Error("one time is a course")
	}
	past[0].sealed, past[1].people = false, 5
	more := s.resultsPicture("en", past)
	if !strings.Contains(both.Alt, "(1 to 5) so far, the means: 6 Feb: 5.0 · 6 Mar: 1.0.") || bytes.Equal(both.PNG, more.PNG) {
		t.Errorf("they say %q and %q", both.Alt, more.Alt)
	}
	past[0].sealed = true
	if got := s.resultsPicture("en", past[:1]); got != nil {
		t.Errorf("what is sealed is shown: %q", got.Alt)
	}
}

// Whoever cannot see the picture hears every figure that is drawn in it, and of which
// answer or day it is.
func TestWhatIsDrawnIsSaid(t *testing.T) {
	s := illustrator(t)
	var past []result
	for week := range 3 {
		a := scales(2)
		a.At = a.At.AddDate(0, 0, -7*week)
		past = append(past, result{Asked: a, summary: answered(&a, 5+week, strconv.Itoa(2+week))})
	}
	for _, lang := range []string{"en", "es"} {
		d := s.resultsDrawing(lang, past)
		kinds := map[picture.Kind]int{}
		for i, p := range d.panels {
			kinds[p.Kind]++
			figures := []string{p.Title, "1", "5"} // the ends of the scale
			for _, m := range p.Marks {
				figures = append(figures, m.Label+": "+m.Shown)
			}
			if p.Kind == picture.Bars {
				figures = append(figures, strings.Split(p.Note, " ")[0]) // the mean
			}
			for _, want := range figures {
				if !strings.Contains(d.alts[i], want) {
					t.Errorf("%q does not say %q", d.alts[i], want)
				}
			}
		}
		if kinds[picture.Bars] != 2 || kinds[picture.Line] != 2 {
			t.Errorf("it draws %v", kinds)
		}
	}
}

// Platforms cut what a picture says beyond 1,024 characters.
func TestWhatAPictureSaysIsNotCut(t *testing.T) {
	s := illustrator(t)
	for _, sealed := range []bool{false, true} { // then there are courses alone
		var past []result
		for week := range trendOf + 1 {
			a := scales(4)
			for i := range a.Questions {
				a.Questions[i].Text = strings.Repeat("W", mostQuestion)
			}
			a.At = a.At.AddDate(0, 0, -7*week)
			past = append(past, result{Asked: a, summary: answered(&a, 5000, "4"), sealed: sealed && week == 0})
		}
		for _, lang := range []string{"en", "es"} {
			got := s.resultsPicture(lang, past).Alt
			if n := len([]rune(got)); n > 1024 || strings.Count(got, "W…") != picture.Most {
				t.Errorf("it says %d characters: %s", n, got)
			}
		}
	}
}
