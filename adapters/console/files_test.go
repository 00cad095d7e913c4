package console

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/staffroom-bot/staffroom/bot"
)

func TestFilesAreWrittenIntoTheirFolderOnly(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "files")
	a, err := New(Options{Files: folder})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"archive.md": "archive.md", "../../etc/passwd": "passwd", "/abs/olute.txt": "olute.txt", "..": "file", ".hidden": "hidden",
	} {
		m, err := a.saved(bot.Message{Files: []bot.File{{Name: name, Data: []byte(name)}}})
		if err != nil {
			t.Fatal(err)
		}
		if got := m.Files[0]; got.Name != filepath.Join(folder, want) || got.Data != nil {
			t.Errorf("%q is kept as %q with %d bytes", name, got.Name, len(got.Data))
		}
		data, err := os.ReadFile(filepath.Join(folder, want))
		if err != nil || string(data) != name {
			t.Errorf("%q holds %q, %v", want, data, err)
		}
	}
	above, err := os.ReadDir(filepath.Dir(folder))
	if err != nil || len(above) != 1 {
		t.Errorf("something was written beside the folder: %v, %v", above, err)
	}
}

func TestFilesAreOnlyNamedWithoutAFolder(t *testing.T) {
	a, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	m, err := a.saved(bot.Message{Files: []bot.File{{Name: "archive.md", Data: []byte("x")}}})
	if err != nil || m.Files[0].Name != "archive.md" {
		t.Errorf("%v, %v", m, err)
	}
}

func TestAFolderThatCannotBeIsAnError(t *testing.T) {
	taken := filepath.Join(t.TempDir(), "taken")
	if err := os.WriteFile(taken, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	a, err := New(Options{Files: taken})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.saved(bot.Message{Files: []bot.File{{Name: "a"}}}); err == nil || !strings.HasPrefix(err.Error(), "console: ") {
		t.Errorf("got %v", err)
	}
}
