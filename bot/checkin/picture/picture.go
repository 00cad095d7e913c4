// Package picture draws figures as a small picture: how often each answer was
// given, and how something has gone. It is dark on a white ground of its own, so
// that it reads alike in light and dark windows, and every figure stands in it as
// a number too.
//
// The same panels give the same bytes.
package picture

import (
	"errors"

	"github.com/go-analyze/charts"
)

// The size of a picture in pixels: one panel fills it, several stand two abreast
// and make it higher.
const (
	Width  = 480
	height = 200
	column = Width / 2
)

// Most is how many panels a picture has at most.
const Most = 4

// Kind is how the marks of a panel are drawn.
type Kind int

// The kinds. Bars begin at nothing; a line runs between Least and Most.
const (
	Bars Kind = iota
	Line
)

// Panel is one figure.
type Panel struct {
	Title   string // as much of it as two lines hold
	Instead string // the title where the font cannot write it; plain Latin
	Note    string // a line below the title
	Kind    Kind
	Marks   []Mark  // from left to right, at least one
	Least   float64 // of a line: what stands at the foot
	Most    float64 // of a line: what stands at the head
}

// Mark is a bar, or a point of a line.
type Mark struct {
	Label string // below it
	Shown string // its value in words, above it
	Value float64
}

// Draw gives the panels, at least one and at most Most, as a PNG.
func Draw(panels []Panel) ([]byte, error) {
	if len(panels) == 0 || len(panels) > Most {
		return nil, errors.New("picture: from one panel to four")
	}
	wide, rows := Width, (len(panels)+1)/2
	if len(panels) > 1 {
		wide = column
	}
	all := charts.NewPainter(charts.PainterOptions{OutputFormat: charts.ChartOutputPNG, Width: Width, Height: rows * height})
	all.FilledRect(0, 0, Width, rows*height, ground, ground, 0)
	for i, panel := range panels {
		if len(panel.Marks) == 0 {
			return nil, errors.New("picture: a panel without marks")
		}
		left, top := i%2*column, i/2*height
		p := pen{all.Child(charts.PainterBoxOption(charts.NewBox(left, top, left+wide, top+height)))}
		p.panel(&panel)
	}
	drawn, err := all.Bytes()
	if err != nil {
		return nil, err
	}
	return shrunk(drawn)
}
