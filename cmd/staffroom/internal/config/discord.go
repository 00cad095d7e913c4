package config

import (
	"encoding/hex"
	"strconv"

	"github.com/goccy/go-yaml/ast"
)

// Discord is one bot on Discord.
type Discord struct {
	// Name is the connection's name, unique over all platforms.
	Name string
	// Token is the bot's token, without the word "Bot".
	Token Secret
	// PublicKey is the application's, 64 hexadecimal digits, with which Discord signs what it sends. Empty: Discord sends
	// nothing to an address of ours, and everything comes over the connection that Staffroom opens.
	PublicKey string
	// NoContent is set by message_content: false. The bot then does not read what people write in channels, which it must
	// be allowed to otherwise.
	NoContent bool
	// ListMembers is set by list_members: true. Check-ins can then be for everybody in a channel, or who has a role; the
	// bot must be allowed to list the members of its servers.
	ListMembers bool
	// APIURL replaces Discord's own address, for a proxy or a test server. Empty: Discord's.
	APIURL string
}

func (l *loader) discord(s *section, taken map[string]place) Discord {
	name := l.name(s, "discord-main", taken)
	return Discord{
		Name:        name,
		Token:       l.token(s, name, "token", ""),
		PublicKey:   l.publicKey(s, name),
		NoContent:   !l.flag(s, setting{key: "message_content", env: variable(s, name, "message_content"), fallback: "true"}),
		ListMembers: l.flag(s, setting{key: "list_members", env: variable(s, name, "list_members"), fallback: "false"}),
		APIURL:      l.apiURL(s),
	}
}

func (l *loader) publicKey(s *section, connection string) string {
	const want = "the 64 digits and letters of the application's public key, in quotes"
	v := s.text(setting{key: "public_key", env: variable(s, connection, "public_key"), want: want})
	if key, err := hex.DecodeString(v.text); err != nil || v.text != "" && len(key) != 32 {
		l.expects(v, want)
		return ""
	}
	return v.text
}

// flag reads a setting that is true or false.
func (l *loader) flag(s *section, set setting) bool {
	set.want = "true or false"
	v := value{text: set.fallback, at: s.place(set.key, s.at.line)}
	if e, ok := s.entry(set.key); ok {
		v.at.line = e.line
		yes, isBool := e.node.(*ast.BoolNode)
		if !isBool {
			l.report(v.at, "%s expects %s, found %s", v.at.setting, set.want, kind(e.node))
		} else {
			v.text = strconv.FormatBool(yes.Value)
		}
	}
	if text, ok := l.lookup(set.env); ok {
		v = value{text: text, at: place{source: environment, setting: set.env}}
	}
	if v.text != "true" && v.text != "false" {
		l.expects(v, set.want)
	}
	return v.text == "true"
}
