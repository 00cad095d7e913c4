package picture

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"

	"github.com/go-analyze/charts"
)

// Each colour has a contrast of at least 4.5 to the ground.
// https://www.w3.org/TR/WCAG22/#contrast-minimum
var (
	ground = charts.Color{R: 0xff, G: 0xff, B: 0xff, A: 0xff}
	ink    = charts.Color{R: 0x1b, G: 0x1b, B: 0x1b, A: 0xff}
	faint  = charts.Color{R: 0x59, G: 0x59, B: 0x59, A: 0xff}
	strong = charts.Color{R: 0x1f, G: 0x5f, B: 0xa8, A: 0xff}
)

// The measures of a panel, in pixels.
const (
	margin   = 14
	titleAt  = 24 // the foot of the title's first line
	lineStep = 18 // from one line of writing to the next
	footAt   = height - 34
	labelAt  = height - 14
	above    = 6 // from a mark to what is written above it
	room     = 26
	widest   = 44 // of a bar
	dot      = 4
)

// The sizes of writing, in points.
const (
	titleSize = 12
	textSize  = 11
)

// font is the only one that is written with: it is in the program, and is read
// when it is first needed.
const font = charts.FontFamilyRoboto

// pen draws in one panel.
type pen struct{ *charts.Painter }

func style(size float64, colour charts.Color) charts.FontStyle {
	return charts.FontStyle{FontSize: size, FontColor: colour, Font: charts.GetFont(font)}
}

func (p pen) panel(panel *Panel) {
	title := panel.Title
	if !writable(title) {
		title = panel.Instead
	}
	at := titleAt
	for _, line := range p.lines(title, 2) {
		p.Text(line, margin, at, 0, style(titleSize, ink))
		at += lineStep
	}
	if panel.Note != "" {
		p.Text(panel.Note, margin, at, 0, style(textSize, faint))
		at += lineStep
	}
	p.LineStroke([]charts.Point{{X: margin, Y: footAt}, {X: p.Width() - margin, Y: footAt}}, faint, 1)
	if panel.Kind == Line {
		p.line(panel, at+room-lineStep)
		return
	}
	p.bars(panel, at+room-lineStep)
}

// bars draws how often something was, from the foot up to head.
func (p pen) bars(panel *Panel, head int) {
	most := slices.MaxFunc(panel.Marks, func(a, b Mark) int { return cmp.Compare(a.Value, b.Value) }).Value
	step := (p.Width() - 2*margin) / len(panel.Marks)
	wide := min(step*2/3, widest)
	for i, m := range panel.Marks {
		middle, top := margin+step*i+step/2, footAt
		if most > 0 {
			top -= int(math.Round(m.Value / most * float64(footAt-head)))
		}
		if top < footAt {
			p.FilledRect(middle-wide/2, top, middle+wide/2, footAt, strong, strong, 0)
		}
		p.shown(m.Shown, middle, top)
		p.label(m.Label, middle)
	}
}

// line draws how something has gone.
func (p pen) line(panel *Panel, head int) {
	step := (p.Width() - 2*margin) / len(panel.Marks)
	points := make([]charts.Point, len(panel.Marks))
	for i, m := range panel.Marks {
		share := (m.Value - panel.Least) / (panel.Most - panel.Least)
		points[i] = charts.Point{X: margin + step*i + step/2, Y: footAt - dot - int(math.Round(share*float64(footAt-dot-head)))}
	}
	p.LineStroke(points, strong, 2)
	free := 0 // from where on the next label has room
	for i, at := range points {
		p.Circle(dot, at.X, at.Y, strong, strong, 1)
		p.shown(panel.Marks[i].Shown, at.X, at.Y-dot)
		if half := p.wide(panel.Marks[i].Label) / 2; at.X-half >= free {
			p.label(panel.Marks[i].Label, at.X)
			free = at.X + half + above
		}
	}
}

// shown writes what a mark comes to above it, on ground of its own where lines
// cross.
func (p pen) shown(text string, middle, top int) {
	half := p.wide(text)/2 + 1
	p.FilledRect(middle-half, top-above-textSize, middle+half, top-above+1, ground, ground, 0)
	p.centred(text, middle, top-above, style(textSize, ink))
}

// label writes what a mark is below it.
func (p pen) label(text string, middle int) { p.centred(text, middle, labelAt, style(textSize, faint)) }

func (p pen) centred(text string, middle, foot int, s charts.FontStyle) {
	p.Text(text, middle-p.wide(text)/2, foot, 0, s)
}

func (p pen) wide(text string) int { return p.MeasureText(text, 0, style(textSize, ink)).Width() }

// lines breaks a title into at most so many lines, between words where there are
// any. What has no room is left out.
func (p pen) lines(title string, most int) []string {
	var out []string
	words := strings.Fields(title)
	for len(words) > 0 && len(out) < most {
		n := len(words)
		for n > 1 && !p.fits(strings.Join(words[:n], " ")) {
			n--
		}
		line := strings.Join(words[:n], " ")
		words = words[n:]
		if len(out) == most-1 && len(words) > 0 || !p.fits(line) {
			line = p.shortened(line)
		}
		out = append(out, line)
	}
	return out
}

func (p pen) fits(line string) bool {
	return p.MeasureText(line, 0, style(titleSize, ink)).Width() <= p.Width()-2*margin
}

func (p pen) shortened(line string) string {
	letters := []rune(line)
	for len(letters) > 0 && !p.fits(string(letters)+"…") {
		letters = letters[:len(letters)-1]
	}
	return strings.TrimSpace(string(letters)) + "…"
}

// writable reports whether the font can write a text: it has every letter, and
// none joins or turns another, which takes more than drawing one after the other.
func writable(text string) bool {
	f := charts.GetFont(font)
	for _, r := range text {
		if unicode.IsLetter(r) && !unicode.In(r, unicode.Latin, unicode.Greek) {
			return false
		}
		if unicode.In(r, unicode.M, unicode.C) || f.Index(r) == 0 {
			return false
		}
	}
	return strings.TrimSpace(text) != ""
}
