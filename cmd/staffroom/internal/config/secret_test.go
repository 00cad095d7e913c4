package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

func TestSecretIsNeverPrinted(t *testing.T) {
	const text = "s3cr3t"
	secret := newSecret(text)
	type holder struct {
		Public Secret
		hidden Secret
	}
	h := holder{Public: secret, hidden: secret}

	var out []string
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%10s", "%-10v", "%T %[1]v"} {
		out = append(out, fmt.Sprintf(format, secret), fmt.Sprintf(format, &secret), fmt.Sprintf(format, h), fmt.Sprintf(format, []Secret{secret}))
	}
	out = append(out, secret.String(), fmt.Sprint(secret), fmt.Errorf("no: %w", errors.New(fmt.Sprint(h))).Error())
	for _, marshal := range []func(any) ([]byte, error){json.Marshal, yaml.Marshal} {
		data, err := marshal(h)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(data), "[secret]") {
			t.Errorf("got %s, want [secret] in it", data)
		}
		out = append(out, string(data))
	}
	var logged bytes.Buffer
	for _, handler := range []slog.Handler{slog.NewTextHandler(&logged, nil), slog.NewJSONHandler(&logged, nil)} {
		slog.New(handler).Info("connecting", "token", secret, "all", h, "pointer", &secret)
	}
	out = append(out, logged.String())

	for _, got := range out {
		if strings.Contains(got, text) || strings.Contains(got, fmt.Sprintf("%x", text)) {
			t.Errorf("the secret is shown: %s", got)
		}
	}
	if got := fmt.Sprintf("%v", secret); got != "[secret]" {
		t.Errorf("got %q, want [secret]", got)
	}
}

func TestSecretReveal(t *testing.T) {
	if got := newSecret("s3cr3t").Reveal(); got != "s3cr3t" {
		t.Errorf("got %q", got)
	}
	if got := newSecret(""); got != (Secret{}) || got.Reveal() != "" {
		t.Errorf("got %q for the empty secret", got.Reveal())
	}
}
