package bot

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

// Seal makes the tokens that platforms carry for controls and forms: the path,
// with a mark that only the holder of the key can make. So a button works after
// a restart and on every replica, costs no lookup, and cannot be made up.
// What a path names is still checked when it is asked for.
type Seal struct{ key []byte }

// sealBytes is the length of the mark: 72 bits, 12 characters. Guessing is one
// request each, so this is ample, and it leaves room for the path.
const sealBytes = 9

// NewSeal returns the seal of a key, which should have 32 bytes of chance.
func NewSeal(key []byte) *Seal { return &Seal{key: append([]byte(nil), key...)} }

// Token is the sealed form of a path, at most 93 bytes for a path of MaxPath.
func (s *Seal) Token(path string) string { return path + "~" + s.mark(path) }

// Path opens a token. It reports false if this seal did not make it.
func (s *Seal) Path(token string) (string, bool) {
	cut := strings.LastIndexByte(token, '~')
	if cut < 0 {
		return "", false
	}
	path := token[:cut]
	return path, hmac.Equal([]byte(token[cut+1:]), []byte(s.mark(path)))
}

func (s *Seal) mark(path string) string {
	mac := hmac.New(sha256.New, s.key)
	mac.Write([]byte(path))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:sealBytes])
}
