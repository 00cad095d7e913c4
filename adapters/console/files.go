package console

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/staffroom-bot/staffroom/bot"
)

// saved is the message of the bot as it is kept: what a file says is not, but
// where it has been written; nor is what a picture shows.
func (a *Adapter) saved(m bot.Message) (*bot.Message, error) {
	if m.Image != nil {
		m.Image = &bot.Image{URL: m.Image.URL, Alt: m.Image.Alt}
	}
	if len(m.Files) == 0 {
		return &m, nil
	}
	files := make([]bot.File, len(m.Files))
	for i, f := range m.Files {
		name, err := a.write(f)
		if err != nil {
			return nil, err
		}
		files[i] = bot.File{Name: name}
	}
	m.Files = files
	return &m, nil
}

// write writes a file into the folder for files, under its own name, and gives
// the path to show. Without such a folder it is the name.
func (a *Adapter) write(f bot.File) (string, error) {
	if a.options.Files == "" {
		return f.Name, nil
	}
	// Base takes any way out of the folder away; a hidden file would be missed.
	name := strings.TrimLeft(filepath.Base(filepath.ToSlash(f.Name)), ".")
	if name == "" || name == "/" {
		name = "file"
	}
	if err := os.MkdirAll(a.options.Files, 0o755); err != nil {
		return "", fmt.Errorf("console: %w", err)
	}
	path := filepath.Join(a.options.Files, name)
	if err := os.WriteFile(path, f.Data, 0o644); err != nil {
		return "", fmt.Errorf("console: %w", err)
	}
	return path, nil
}
