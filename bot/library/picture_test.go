package library

import (
	"strings"
	"testing"
)

// A picture is shown where the platform can fetch it from the public web, and the
// organizers do not want to be without its site.
func TestWhichPicturesAreShown(t *testing.T) {
	rules := Rules{Blocked: []string{"spam.example"}}
	for address, shown := range map[string]bool{
		"https://example.org/strips.png":              true,
		"https://cdn.example.org/a/b.jpg?w=600&h=400": true,
		"":                                                        false,
		"http://example.org/strips.png":                           false,
		"//example.org/strips.png":                                false,
		"data:image/png;base64,AAAA":                              false,
		"https://127.0.0.1/a.png":                                 false,
		"https://[::1]/a.png":                                     false,
		"https://169.254.169.254/latest":                          false,
		"https://2130706433/a.png":                                false,
		"https://0x7f.1/a.png":                                    false,
		"https://localhost/a.png":                                 false,
		"https://printer.local/a.png":                             false,
		"https://wiki.intranet/a.png":                             false,
		"https://Router.LAN./a.png":                               false,
		"https://db.prod.internal/a.png":                          false,
		"https://example.org:8443/a.png":                          false,
		"https://me:secret@example.org/a.png":                     false,
		"https://spam.example/a.png":                              false,
		"https://cdn.spam.example/a.png":                          false,
		"https://www.google.com/url?q=https://spam.example/a.png": false,
		"https://example.org/" + strings.Repeat("a", mostPicture) + ".png": false,
		"https://example.org/a b.png":                                      false,
		"https://example.org/\u0000.png":                                   false,
	} {
		if got := rules.showable(address); got != shown {
			t.Errorf("%q is shown: %v", address, got)
		}
	}
}
