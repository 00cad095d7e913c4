package checkin

import (
	"bytes"
	"compress/flate"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"math/big"
	"slices"
	"sync"
)

// seal keeps anonymous answers from being read, and told apart by their length,
// while it is known who has answered last. It does not keep them from whoever has
// the program's secret as well.
type seal struct{ aead cipher.AEAD }

func newSeal(secret []byte) (*seal, error) {
	key := sha256.Sum256(append([]byte("anonymous answers\x00"), secret...))
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	return &seal{aead}, err
}

// sealedLength is how long a sealed answer is. Ten full answers in any language fit
// when they are compressed; only one of noise, which does not get shorter, is a
// multiple of it.
const sealedLength = 8 << 10

// header is how the answer stands in what is sealed, and how long it is there.
const (
	asItIs     = 0
	compressed = 1
	header     = 5 // bytes
)

// close seals an answer to an occurrence.
func (s *seal) close(occurrence string, a Answer) (string, error) {
	body, err := json.Marshal(a)
	if err != nil {
		return "", err
	}
	how := byte(asItIs)
	if header+len(body) > sealedLength {
		how = compressed
		if body, err = deflated(body); err != nil {
			return "", err
		}
	}
	padded := make([]byte, (header+len(body)+sealedLength-1)/sealedLength*sealedLength)
	padded[0] = how
	binary.BigEndian.PutUint32(padded[1:header], uint32(len(body))) //nolint:gosec // an answer has some kilobytes
	copy(padded[header:], body)
	nonce := make([]byte, s.aead.NonceSize())
	_, _ = rand.Read(nonce) // never fails since Go 1.24
	return base64.RawStdEncoding.EncodeToString(s.aead.Seal(nonce, nonce, padded, []byte(occurrence))), nil
}

func deflated(body []byte) ([]byte, error) {
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestCompression)
	if err != nil {
		return nil, err
	}
	_, err = w.Write(body)
	err = errors.Join(err, w.Close())
	return out.Bytes(), err
}

// open opens what close has sealed.
func (s *seal) open(occurrence, token string) (a Answer, err error) {
	sealed, err := base64.RawStdEncoding.DecodeString(token)
	if err != nil || len(sealed) < s.aead.NonceSize() {
		return a, errors.Join(errNotSealed, err)
	}
	n := s.aead.NonceSize()
	padded, err := s.aead.Open(nil, sealed[:n], sealed[n:], []byte(occurrence))
	if err != nil || len(padded) < header {
		return a, errors.Join(errNotSealed, err)
	}
	length := int(binary.BigEndian.Uint32(padded[1:header]))
	if length > len(padded)-header {
		return a, errNotSealed
	}
	body := padded[header : header+length]
	if padded[0] == compressed {
		if body, err = io.ReadAll(flate.NewReader(bytes.NewReader(body))); err != nil { // we made it: it is no bomb
			return a, errors.Join(errNotSealed, err)
		}
	}
	return a, json.Unmarshal(body, &a)
}

var errNotSealed = errors.New("this is no sealed answer of this occurrence")

// mixed gives answers as they are kept: without authors and times, and the answers
// to each question in an order of chance of their own, so that nobody is known by
// what they said to another.
func mixed(answers []Answer) []Answer {
	out := make([]Answer, len(answers))
	for i := range out {
		out[i].Values = slices.Clone(answers[i].Values)
	}
	if len(out) == 0 {
		return out
	}
	for q := range out[0].Values {
		for i := len(out) - 1; i > 0; i-- {
			j := chance(i + 1)
			out[i].Values[q], out[j].Values[q] = out[j].Values[q], out[i].Values[q]
		}
	}
	return out
}

// chance is a number below n that nobody can guess.
func chance(n int) int {
	i, _ := rand.Int(rand.Reader, big.NewInt(int64(n))) // never fails since Go 1.24
	return int(i.Int64())
}

// kept writes answers down, each behind a name of chance.
func kept(answers []Answer) ([]string, error) {
	out := make([]string, len(answers))
	for i, a := range answers {
		body, err := json.Marshal(a)
		if err != nil {
			return nil, err
		}
		out[i] = rand.Text() + " " + string(body)
	}
	return out, nil
}

// memory remembers what was asked at some occurrences.
type memory struct {
	mu    sync.Mutex
	asked map[string]Asked
}

// mostRemembered is how many occurrences are remembered: far more than are open
// at a time.
const mostRemembered = 500

func newMemory() *memory { return &memory{asked: map[string]Asked{}} }

func (m *memory) get(id string) (Asked, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	a, ok := m.asked[id]
	return a, ok
}

func (m *memory) put(id string, a Asked) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.asked) >= mostRemembered {
		clear(m.asked)
	}
	m.asked[id] = a
}
