package discussion

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"

	"github.com/staffroom-bot/staffroom/bot"
)

// Format is a form in which an archive is kept; its value is the ending of a file.
type Format string

// The formats.
const (
	Page     Format = "html" // one page to read and to print
	Document Format = "md"   // Markdown (CommonMark)
	Table    Format = "csv"  // for a spreadsheet
	Data     Format = "json" // for programs: see Archive and docs/archive.md
)

// Formats are all formats, the one that most people want first.
func Formats() []Format { return []Format{Page, Document, Table, Data} }

// Write writes the archive, with words in a language. What members typed shows as
// they typed it in every format, and is never markup or a formula.
func (a Archive) Write(w io.Writer, f Format, words bot.Words, language string) error {
	switch f {
	case Page:
		return a.writePage(w, words, language)
	case Document:
		return a.writeMarkdown(w, words, language)
	case Table:
		return a.writeTable(w, words, language)
	default:
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(a)
	}
}

// mostBytes is how large the files of a reply may be together: Discord takes 10 MiB
// with all that is around them.
// https://discord.com/developers/docs/reference#uploading-files
const mostBytes = 8 << 20

// files are the archive in all formats, named name.ending; packed into one where they
// are too large for a message.
func (a Archive) files(name string, words bot.Words, language string) ([]bot.File, error) {
	var all []bot.File
	size := 0
	for _, f := range Formats() {
		var b bytes.Buffer
		if err := a.Write(&b, f, words, language); err != nil {
			return nil, err
		}
		size += b.Len()
		all = append(all, bot.File{Name: name + "." + string(f), Data: b.Bytes()})
	}
	if size <= mostBytes {
		return all, nil
	}
	packed, err := pack(all)
	return []bot.File{{Name: name + ".zip", Data: packed}}, err
}

// pack makes one file of several.
func pack(files []bot.File) ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range files {
		w, err := z.Create(f.Name)
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(f.Data); err != nil {
			return nil, err
		}
	}
	err := z.Close()
	return b.Bytes(), err
}
