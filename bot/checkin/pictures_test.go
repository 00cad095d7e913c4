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
	if !strings.Contains(both.Alt, "so far: Fri 6 Feb 2026: 5.0 · Fri 6 Mar 2026: 1.0") || bytes.Equal(both.PNG, more.PNG) {
		t.Errorf("they say %q and %q", both.Alt, more.Alt)
	}
	past[0].sealed = true
	if got := s.resultsPicture("en", past[:1]); got != nil {
		t.Errorf("what is sealed is shown: %q", got.Alt)
	}
}
