package feed

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"strconv"
	"strings"
)

// Keys makes the marks in the addresses of feeds. A mark belongs to a feed's owner and
// a number: whoever counts the number up gives the feed a new address. Nothing has to
// be kept for it but the number, and a wrong address costs no look at a store.
type Keys struct{ key []byte }

// markBytes is the length of a mark: 160 bits.
const markBytes = 20

// NewKeys returns the keys that belong to a secret, which should have 32 bytes of
// chance.
func NewKeys(secret []byte) *Keys {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte("addresses of feeds"))
	return &Keys{mac.Sum(nil)}
}

// Mark is the mark of an owner's feed with a number: 32 characters of a to z and 2 to 7.
func (k *Keys) Mark(owner string, number int) string {
	mac := hmac.New(sha256.New, k.key)
	mac.Write([]byte(strconv.Itoa(number) + " " + owner))
	return strings.ToLower(base32.StdEncoding.EncodeToString(mac.Sum(nil)[:markBytes]))
}

// Fits reports whether a mark is that of an owner's feed with a number. It takes as long
// for every mark of that length.
func (k *Keys) Fits(mark, owner string, number int) bool {
	return hmac.Equal([]byte(mark), []byte(k.Mark(owner, number)))
}
