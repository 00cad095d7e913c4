package config

import (
	"fmt"
	"io"
	"log/slog"
)

// redacted stands for a secret wherever a value is printed.
const redacted = "[secret]"

// Secret is a text that no log line, error or dump shows: however it is formatted, "[secret]" comes out. The zero value
// is the empty secret.
//
// The text sits behind a pointer because fmt cannot call methods on unexported fields: printing a struct that holds a
// plain string type would show it, while a pointer shows as an address.
type Secret struct{ text *string }

func newSecret(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return Secret{text: &text}
}

// Reveal returns the text, for the one call that needs it.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// String returns "[secret]".
func (Secret) String() string { return redacted }

// Format writes "[secret]" for every verb and flag.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// MarshalText returns "[secret]"; the JSON and YAML encoders use it.
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// LogValue returns "[secret]".
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }
