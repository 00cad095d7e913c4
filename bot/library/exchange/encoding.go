package exchange

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// mostHead is how much of the begin of a list is looked at, in bytes.
const mostHead = 4096

// decoded is what a reader gives, in UTF-8: by its byte order mark, by what a page of
// bookmarks says of itself, or by what it looks like. What is no UTF-8 is taken for
// Windows-1252, which is what spreadsheets write that write no UTF-8, and a superset of
// Latin-1. That is decided for each character: a list may have come from several places.
func decoded(r io.Reader, f Format) (*bufio.Reader, error) {
	in := bufio.NewReaderSize(r, mostHead)
	head, err := in.Peek(mostHead)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return bufio.NewReaderSize(transform.NewReader(in, encodingOf(head, f).NewDecoder()), mostHead), nil
}

func encodingOf(head []byte, f Format) encoding.Encoding {
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xfe")), zeros(head, 1):
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case bytes.HasPrefix(head, []byte("\xfe\xff")), zeros(head, 0):
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	case f == Bookmarks && !bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		if found, name, said := charset.DetermineEncoding(head[:min(len(head), 1024)], ""); said && name != "utf-8" {
			return found
		}
	}
	return lenient{}
}

// zeros reports whether every other byte is mostly zero, as in UTF-16 of what is mostly
// ASCII.
func zeros(head []byte, from int) bool {
	n, all := 0, 0
	for i := from; i < len(head); i += 2 {
		all++
		if head[i] == 0 {
			n++
		}
	}
	return all > 4 && n*10 > all*6
}

// lenient is UTF-8, with or without a byte order mark, in which what is none is
// Windows-1252.
type lenient struct{ encoding.Encoding }

func (lenient) NewDecoder() *encoding.Decoder {
	return &encoding.Decoder{Transformer: &lenientDecoder{}}
}

type lenientDecoder struct{ begun bool }

func (d *lenientDecoder) Reset() { d.begun = false }

func (d *lenientDecoder) Transform(dst, src []byte, atEOF bool) (nDst, nSrc int, err error) {
	for nSrc < len(src) {
		r, n := utf8.DecodeRune(src[nSrc:])
		if r == utf8.RuneError && n == 1 {
			if !atEOF && !utf8.FullRune(src[nSrc:]) {
				return nDst, nSrc, transform.ErrShortSrc
			}
			r = charmap.Windows1252.DecodeByte(src[nSrc])
		}
		if nDst+utf8.RuneLen(r) > len(dst) {
			return nDst, nSrc, transform.ErrShortDst
		}
		if d.begun || r != '\ufeff' {
			nDst += utf8.EncodeRune(dst[nDst:], r)
		}
		d.begun = true
		nSrc += n
	}
	return nDst, nSrc, nil
}
