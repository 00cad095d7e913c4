package checkin

import (
	"reflect"
	"strconv"
	"strings"
	"testing"
)

func TestSealedAnswersTellNothing(t *testing.T) {
	s, err := newSeal([]byte("secret"))
	if err != nil {
		t.Fatal(err)
	}
	short, long := Answer{Values: []string{"", "no"}}, Answer{Values: []string{strings.Repeat("long ", 300), "yes"}}
	a, err := s.close("o", short)
	if err != nil {
		t.Fatal(err)
	}
	b, err := s.close("o", long)
	if err != nil {
		t.Fatal(err)
	}
	again, err := s.close("o", short)
	if err != nil {
		t.Fatal(err)
	}
	if len(a) != len(b) || a == again || strings.Contains(b, "long") {
		t.Errorf("lengths %d and %d; the same twice: %t", len(a), len(b), a == again)
	}
	got, err := s.open("o", b)
	if err != nil || !reflect.DeepEqual(got, long) {
		t.Errorf("got %+v, %v", got, err)
	}
	other, err := newSeal([]byte("another"))
	if err != nil {
		t.Fatal(err)
	}
	for name, open := range map[string]func() (Answer, error){
		"another secret":     func() (Answer, error) { return other.open("o", a) },
		"another occurrence": func() (Answer, error) { return s.open("p", a) },
		"no base 64":         func() (Answer, error) { return s.open("o", "?") },
		"too short":          func() (Answer, error) { return s.open("o", "AAAA") },
	} {
		if _, err := open(); err == nil {
			t.Errorf("%s opens it", name)
		}
	}
}

// What is kept of anonymous answers is the same as what was answered, question by
// question, and nobody's answers stay together.
func TestMixedAnswersAreNobodys(t *testing.T) {
	const people = 200
	answers := make([]Answer, people)
	for i := range answers {
		answers[i] = Answer{Author: "ana", Name: "Ana", Late: true, Values: []string{strconv.Itoa(i), strconv.Itoa(i)}}
	}
	together, inOrder := 0, 0
	seen := [2]map[string]bool{{}, {}}
	for i, a := range mixed(answers) {
		if a.Author != "" || a.Name != "" || a.Late || !a.At.IsZero() {
			t.Fatalf("it tells %+v", a)
		}
		if a.Values[0] == a.Values[1] {
			together++
		}
		if a.Values[0] == strconv.Itoa(i) {
			inOrder++
		}
		seen[0][a.Values[0]], seen[1][a.Values[1]] = true, true
	}
	if len(seen[0]) != people || len(seen[1]) != people {
		t.Errorf("of %d answers %d and %d are left", people, len(seen[0]), len(seen[1]))
	}
	if together > people/10 || inOrder > people/10 {
		t.Errorf("%d stayed together, %d in their place", together, inOrder)
	}
	if answers[0].Values[0] != "0" {
		t.Error("it changed what it was given")
	}
	lines, err := kept(answers[:2])
	if err != nil {
		t.Fatal(err)
	}
	if lines[0][:26] == lines[1][:26] || strings.Contains(lines[0], "ana") {
		t.Errorf("kept as %q", lines)
	}
}
