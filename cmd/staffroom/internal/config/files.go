package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"strings"
)

const (
	maxFile   = 1 << 20  // bytes of the configuration file
	maxSecret = 64 << 10 // bytes of a secret's file
)

// secret reads a setting from the file, from the file that KEY_file names, or from the environment, which wins.
func (l *loader) secret(s *section, set setting) value {
	env := set.env
	set.env = ""
	inline := s.text(set)
	named := s.text(setting{key: set.key + "_file", want: "the path of a file"})
	if inline.text != "" && named.text != "" {
		l.report(named.at, "%s and %s are both given; remove one", inline.at.setting, named.at.setting)
	}
	if l.exposed && isSecret(inline.text) {
		l.exposed = false // once for the file is enough
		l.warn(inline.at, "%s is a secret, but every user of this machine can read the file; run: chmod 600 %s", inline.at.setting, l.file)
	}
	if text, ok := l.lookup(env); ok {
		return value{text: text, at: place{source: environment, setting: env}}
	}
	if named.text == "" {
		return inline
	}
	named.text = l.secretFile(named)
	return named
}

// isSecret tells whether a secret's text must be kept from other users: every token, but an address only if there is a
// password in it.
func isSecret(text string) bool {
	return text != "" && (!strings.Contains(text, "://") || strings.Contains(text, "@"))
}

// secretFile reads the file that a setting names.
func (l *loader) secretFile(v value) string {
	name := v.text
	if !strings.ContainsAny(name, `/\`) {
		name = shown(name) // it may be the token itself, in the wrong place
	}
	data, exposed, err := readFile(v.text, maxSecret)
	if err != nil {
		l.report(v.at, "%s: %s %v", v.at.setting, name, err)
		return ""
	}
	text := strings.TrimSpace(string(data))
	if text == "" {
		l.report(v.at, "%s: %s is empty", v.at.setting, name)
	}
	if exposed {
		l.warn(v.at, "%s: every user of this machine can read %s; run: chmod 600 %s", v.at.setting, name, name)
	}
	return text
}

// lookup returns a variable's text without the spaces around it; ok is false if there is none.
func (l *loader) lookup(name string) (text string, ok bool) {
	if name == "" {
		return "", false
	}
	text, _ = l.env(name)
	text = strings.TrimSpace(text)
	return text, text != ""
}

// root reads the configuration file.
func (l *loader) root() *section {
	data, exposed, err := readFile(l.file, maxFile)
	if err != nil {
		switch missing := errors.Is(err, fs.ErrNotExist); {
		case missing && !l.optional:
			l.report(place{source: l.file}, "there is no such file; copy config.example.yaml to it, or name another file with --config")
		case !missing:
			l.report(place{source: l.file}, "%v", err)
		}
		return l.parse(nil)
	}
	l.exposed = exposed
	return l.parse(bytes.TrimPrefix(data, []byte("\ufeff"))) // Notepad's byte order mark
}

// readFile reads a regular file of at most limit bytes and reports whether every user of the machine can read it.
// Other files are refused because reading them might never end.
func readFile(path string, limit int64) (data []byte, exposed bool, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, false, cannotRead(err)
	}
	if !info.Mode().IsRegular() {
		return nil, false, errors.New("is not a file")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, false, cannotRead(err)
	}
	defer func() { _ = f.Close() }() // opened for reading: closing cannot lose anything
	data, err = io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, false, cannotRead(err)
	}
	if int64(len(data)) > limit {
		return nil, false, fmt.Errorf("has more than %d kB", limit>>10)
	}
	// Windows has no such bits; Go reports the same ones for every file there.
	exposed = runtime.GOOS != "windows" && info.Mode().Perm()&0o004 != 0
	return data, exposed, nil
}

// cannotRead leaves out what the caller's message says already: the path.
func cannotRead(err error) error {
	if pathErr := (*fs.PathError)(nil); errors.As(err, &pathErr) {
		err = pathErr.Err
	}
	return fmt.Errorf("cannot be read: %w", err)
}
