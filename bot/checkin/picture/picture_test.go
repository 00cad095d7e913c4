package picture

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"strings"
	"sync"
	"testing"

	"github.com/go-analyze/charts"
)

func bars(title string, counts ...float64) Panel {
	p := Panel{Title: title, Instead: "Question 1", Note: "3.4 of 5"}
	for i, n := range counts {
		p.Marks = append(p.Marks, Mark{Label: fmt.Sprint(i + 1), Shown: fmt.Sprint(n), Value: n})
	}
	return p
}

func line(title string, means ...float64) Panel {
	p := Panel{Title: title, Instead: "Question 1", Note: "So far", Kind: Line, Least: 1, Most: 5}
	for i, m := range means {
		p.Marks = append(p.Marks, Mark{Label: fmt.Sprint(i+1, " Feb"), Shown: fmt.Sprint(m), Value: m})
	}
	return p
}

func drawn(t testing.TB, panels ...Panel) []byte {
	t.Helper()
	out, err := Draw(panels)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func decode(t *testing.T, data []byte) *image.Paletted {
	t.Helper()
	out, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	paletted, ok := out.(*image.Paletted)
	if !ok {
		t.Fatalf("it is a %T", out)
	}
	return paletted
}

// pixels counts those of a colour within a rectangle.
func pixels(p *image.Paletted, within image.Rectangle, wanted charts.Color) int {
	n := 0
	for y := within.Min.Y; y < within.Max.Y; y++ {
		for x := within.Min.X; x < within.Max.X; x++ {
			if p.At(x, y) == color.Color(rgba(wanted)) {
				n++
			}
		}
	}
	return n
}

func TestSizes(t *testing.T) {
	b, l := bars("How was your week?", 0, 1, 4, 5, 2), line("How was your week?", 3.1, 4.2, 1, 5, 3.4, 3.4)
	for _, c := range []struct {
		panels []Panel
		high   int
	}{
		{[]Panel{b}, 200}, {[]Panel{l}, 200}, {[]Panel{b, l}, 200}, {[]Panel{b, l, b}, 400}, {[]Panel{b, l, b, l}, 400},
	} {
		data := drawn(t, c.panels...)
		p := decode(t, data)
		if size := p.Bounds().Size(); size != (image.Point{X: 480, Y: c.high}) {
			t.Errorf("%d panels are %v", len(c.panels), size)
		}
		if len(data) > 10_000 {
			t.Errorf("%d panels are %d bytes", len(c.panels), len(data))
		}
		if c := p.At(0, 0); c != color.Color(rgba(ground)) {
			t.Errorf("the ground is %v", c)
		}
	}
}

func TestSameFiguresAreTheSameBytes(t *testing.T) {
	panels := []Panel{bars("How was your week?", 0, 1, 4, 5, 2), line("How was your week?", 3.1, 4.2)}
	first := drawn(t, panels...)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if again, err := Draw(panels); err != nil || !bytes.Equal(again, first) {
				t.Errorf("again it is another picture: %v", err)
			}
		})
	}
	all.Wait()
	if bytes.Equal(first, drawn(t, bars("How was your week?", 1, 1, 4, 5, 2), panels[1])) {
		t.Error("other figures are the same picture")
	}
}

// A bar is as high as its value among the others.
func TestBars(t *testing.T) {
	p := decode(t, drawn(t, bars("x", 0, 1, 2, 4)))
	step := (Width - 2*margin) / 4
	whole := 0
	for i, want := range []float64{4, 2, 1, 0} { // the highest first
		at := 3 - i
		n := pixels(p, image.Rect(margin+step*at, 0, margin+step*(at+1), footAt), strong)
		if i == 0 {
			whole = n
		}
		if got := 4 * float64(n) / float64(whole); math.Abs(got-want) > 0.1 {
			t.Errorf("bar %d is %.2f high, want %.0f", at, got, want)
		}
	}
	if n := pixels(decode(t, drawn(t, bars("x", 0, 0, 0))), image.Rect(0, 0, Width, height), strong); n != 0 {
		t.Errorf("nothing at all has bars of %d pixels", n)
	}
}

// A point stands between the least and the most.
func TestLine(t *testing.T) {
	p := decode(t, drawn(t, line("x", 1, 3, 5)))
	step := (Width - 2*margin) / 3
	var highs []int
	for i := range 3 {
		x := margin + step*i + step/2
		for y := range footAt {
			if pixels(p, image.Rect(x, y, x+1, y+1), strong) == 1 {
				highs = append(highs, y)
				break
			}
		}
	}
	if len(highs) != 3 || highs[0] <= highs[1] || highs[1] <= highs[2] {
		t.Fatalf("points at %v", highs)
	}
	if up, down := highs[1]-highs[2], highs[0]-highs[1]; up-down > 2 || down-up > 2 {
		t.Errorf("3 is not half way between 1 and 5: %v", highs)
	}
}

// https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
func TestContrast(t *testing.T) {
	light := func(c charts.Color) float64 {
		part := func(v uint8) float64 {
			s := float64(v) / 255
			if s <= 0.04045 {
				return s / 12.92
			}
			return math.Pow((s+0.055)/1.055, 2.4)
		}
		return 0.2126*part(c.R) + 0.7152*part(c.G) + 0.0722*part(c.B)
	}
	for name, c := range map[string]charts.Color{"ink": ink, "faint": faint, "strong": strong} {
		if got := (light(ground) + 0.05) / (light(c) + 0.05); got < 4.5 {
			t.Errorf("%s has a contrast of %.1f", name, got)
		}
	}
}

// What the font has no letters for is left to the text beside the picture.
func TestTitlesThatCannotBeWritten(t *testing.T) {
	instead := drawn(t, bars("Question 1", 1, 2))
	for _, title := range []string{"كيف كان أسبوعك؟", "今週はどうでしたか", "שלום", "Как дела?", "हफ़्ता", "Week 🎉", "a\u202eb", "e\u0301", "\x00", "", " \n"} {
		if !bytes.Equal(drawn(t, bars(title, 1, 2)), instead) {
			t.Errorf("%q is written", title)
		}
	}
	for _, title := range []string{"¿Cómo fue la semana?", "Ποιος;", "Größe – 50 %"} {
		if bytes.Equal(drawn(t, bars(title, 1, 2)), instead) {
			t.Errorf("%q is not written", title)
		}
	}
}

func TestLongTitlesKeepToTheirPanel(t *testing.T) {
	for _, title := range []string{
		strings.Repeat("How much of what you planned did you get to? ", 5), strings.Repeat("W", 200), "Short",
	} {
		p := decode(t, drawn(t, bars(title, 1, 2, 3), bars(title, 3, 2, 1)))
		if n := pixels(p, image.Rect(column-margin+2, 0, column+margin-2, height), ground); n != (2*margin-4)*height {
			t.Errorf("%.20q is written beyond its panel", title)
		}
	}
}

func TestWhatCannotBeDrawn(t *testing.T) {
	b := bars("x", 1)
	for name, panels := range map[string][]Panel{"nothing": nil, "too much": {b, b, b, b, b}, "no marks": {b, {Title: "x"}}} {
		if _, err := Draw(panels); err == nil {
			t.Errorf("%s is drawn", name)
		}
	}
}

func BenchmarkDraw(b *testing.B) {
	one, two := bars("How was your week?", 0, 1, 4, 5, 2), line("How was your week?", 3.1, 4.2, 1, 5, 3.4, 3.4)
	for name, panels := range map[string][]Panel{"one": {one}, "two": {one, two}, "four": {one, two, one, two}} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				drawn(b, panels...)
			}
		})
	}
}
