package picture

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"

	"github.com/go-analyze/charts"
)

// shades is how many steps lead from the ground to each colour: the edges of
// letters need no more.
const shades = 15

// palette holds the ground and the ways from it to the other colours.
func palette() color.Palette {
	out := color.Palette{rgba(ground)}
	for _, c := range []charts.Color{ink, faint, strong} {
		for i := 1; i <= shades; i++ {
			mix := func(from, to uint8) uint8 {
				return uint8((int(from)*(shades-i) + int(to)*i + shades/2) / shades)
			}
			out = append(out, color.RGBA{mix(ground.R, c.R), mix(ground.G, c.G), mix(ground.B, c.B), 0xff})
		}
	}
	return out
}

func rgba(c charts.Color) color.RGBA { return color.RGBA{c.R, c.G, c.B, c.A} }

// shrunk gives a PNG with only the colours of the palette, a third as large: a
// picture lies in the store until it is sent.
func shrunk(drawn []byte) ([]byte, error) {
	decoded, err := png.Decode(bytes.NewReader(drawn))
	if err != nil {
		return nil, err
	}
	full := image.NewRGBA(decoded.Bounds())
	draw.Draw(full, full.Rect, decoded, full.Rect.Min, draw.Src)
	colours := palette()
	small := image.NewPaletted(full.Rect, colours)
	nearest := map[[4]uint8]uint8{}
	last, index := [4]uint8{}, uint8(0) // most are like the one before
	for i := range small.Pix {
		if c := [4]uint8(full.Pix[4*i:]); c != last {
			known := false
			if index, known = nearest[c]; !known {
				index = uint8(colours.Index(color.RGBA{c[0], c[1], c[2], c[3]}))
				nearest[c] = index
			}
			last = c
		}
		small.Pix[i] = index
	}
	var out bytes.Buffer
	err = (&png.Encoder{CompressionLevel: png.DefaultCompression}).Encode(&out, small)
	return out.Bytes(), err
}
