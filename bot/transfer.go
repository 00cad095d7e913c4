package bot

import (
	"crypto/sha256"
	"encoding/base32"
	"strings"
)

// Transfer is that a space changes its community: what belongs to it goes along.
type Transfer struct {
	Space    SpaceID
	Name     string // what people call the space, as data
	From, To CommunityID
	// Joins says that it joins others in To, and all of From goes along. Otherwise
	// it leaves others behind in From, and nobody is in To.
	Joins bool
}

// Token names the space in 50 bits of [a-z2-7], for keys and the paths of controls.
func (s SpaceID) Token() string {
	sum := sha256.Sum256([]byte(s.String()))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:10])[:10])
}
