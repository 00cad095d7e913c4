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
	// The longest that anybody can write in earnest, in scripts of one to three bytes.
	for script, words := range map[string]string{
		"English": "the children asked more questions than before because nobody answered at once and that was new for us",
		"Russian": "дети стали чаще спрашивать друг друга и мы впервые услышали тех кто обычно молчит на уроке",
		"Chinese": "孩子们 今天 自己 提出 问题 我们 没有 马上 回答 课堂 安静 下来 每个人 都在 想 明天 再试 一次",
	} {
		full := Answer{}
		some := strings.Fields(words)
		for range mostQuestions {
			var text strings.Builder
			for text.Len() < 3*mostAnswer {
				text.WriteString(some[chance(len(some))] + " ")
			}
			full.Values = append(full.Values, string([]rune(text.String())[:mostAnswer]))
		}
		c, err := s.close("o", full)
		if err != nil {
			t.Fatal(err)
		}
		if len(c) != len(a) {
			t.Errorf("%s: a full answer has the length %d, an empty one %d", script, len(c), len(a))
		}
		if got, err := s.open("o", c); err != nil || !reflect.DeepEqual(got, full) {
			t.Errorf("%s: got %+v, %v", script, got, err)
		}
	}
	noise := Answer{Values: []string{randomText(t, 9000)}}
	if c, err := s.close("o", noise); err != nil || len(c) <= len(a) {
		t.Errorf("noise has the length %d, %v", len(c), err)
	} else if got, err := s.open("o", c); err != nil || !reflect.DeepEqual(got, noise) {
		t.Errorf("noise: %v", err)
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

func randomText(t *testing.T, n int) string {
	t.Helper()
	out := make([]rune, n)
	for i := range out {
		out[i] = rune(0x4e00 + chance(20000))
	}
	return string(out)
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
