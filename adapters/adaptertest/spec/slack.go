package spec

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"unicode/utf16"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// payloads checks everything that is sent against what Slack publishes.
type payloads struct {
	post, view, block *jsonschema.Schema // nil without the shared folder
}

// loadSchemas reads the schemas once for all tests.
var loadSchemas = sync.OnceValues(func() (payloads, error) {
	if !Known() {
		return payloads{}, nil
	}
	compile := func(name string) (*jsonschema.Schema, error) {
		return jsonschema.NewCompiler().Compile(filepath.Join(shared(), "specs", "slack-"+name+".schema.json"))
	}
	var p payloads
	for name, target := range map[string]**jsonschema.Schema{"ChatPostMessage": &p.post, "View": &p.view, "KnownBlock": &p.block} {
		schema, err := compile(name)
		if err != nil {
			return payloads{}, err
		}
		*target = schema
	}
	return p, nil
})

// Slack is a Check for a slackloop.Server: it looks at the payload of a method, and
// says what Slack would not take of it. Without the schemas it knows the fields of
// the methods and the lengths of texts.
func Slack(tb testing.TB) func(method string, payload []byte) error {
	tb.Helper()
	p, err := loadSchemas()
	if err != nil {
		tb.Fatalf("the schemas of Slack cannot be read: %v", err)
	}
	return p.check
}

// knownFields lists what methods take for which there is no schema.
// https://docs.slack.dev/reference/methods
var knownFields = map[string][]string{
	"chat.update":                  {"channel", "ts", "text", "blocks", "parse", "metadata", "link_names", "attachments", "file_ids", "reply_broadcast"},
	"chat.postEphemeral":           {"channel", "user", "text", "blocks", "thread_ts", "parse", "link_names", "attachments"},
	"chat.delete":                  {"channel", "ts"},
	"response_url":                 {"response_type", "replace_original", "delete_original", "thread_ts", "text", "blocks"},
	"views.open":                   {"trigger_id", "view"},
	"views.publish":                {"user_id", "view", "hash"},
	"conversations.open":           {"users", "channel", "return_im", "prevent_creation"},
	"conversations.history":        {"channel", "cursor", "include_all_metadata", "inclusive", "latest", "limit", "oldest"},
	"conversations.replies":        {"channel", "ts", "cursor", "include_all_metadata", "inclusive", "latest", "limit", "oldest"},
	"conversations.members":        {"channel", "cursor", "limit"},
	"usergroups.list":              {"include_count", "include_disabled", "include_users", "team_id"},
	"usergroups.users.list":        {"usergroup", "include_disabled", "team_id"},
	"users.info":                   {"user", "include_locale"},
	"auth.test":                    {},
	"apps.connections.open":        {},
	"files.getUploadURLExternal":   {"filename", "length", "alt_txt", "snippet_type"},
	"files.delete":                 {"file"},
	"files.completeUploadExternal": {"files", "channel_id", "thread_ts", "initial_comment"},
	"ack":                          {"response_action", "errors", "view", "response_type", "text", "blocks"},
}

// SlackMethods are the methods for which there is no schema, and whose fields are
// known here instead.
func SlackMethods() []string { return slices.Sorted(maps.Keys(knownFields)) }

func (p payloads) check(method string, payload []byte) error {
	if len(payload) == 0 {
		return nil
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(payload, &fields); err != nil {
		return err
	}
	if method == "chat.postMessage" {
		if err := validate(p.post, payload); err != nil {
			return err
		}
	} else if known, ok := knownFields[method]; ok {
		for name := range fields {
			if !slices.Contains(known, name) {
				return fmt.Errorf("field %q is not known", name)
			}
		}
	}
	var text string
	if raw, ok := fields["text"]; ok {
		if err := json.Unmarshal(raw, &text); err != nil {
			return err
		}
	}
	if n := characters(text); n > 40_000 {
		return fmt.Errorf("text has %d characters", n)
	}
	if raw, ok := fields["view"]; ok {
		if err := validate(p.view, raw); err != nil {
			return err
		}
		if err := p.checkView(raw); err != nil {
			return err
		}
	}
	if raw, ok := fields["blocks"]; ok {
		return p.checkBlocks(raw, 50)
	}
	return nil
}

func validate(schema *jsonschema.Schema, payload []byte) error {
	if schema == nil {
		return nil
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(payload))
	if err != nil {
		return err
	}
	return schema.Validate(value)
}

func characters(s string) int { return len(utf16.Encode([]rune(s))) }

// checkBlocks keeps the lengths that the schemas do not know.
func (p payloads) checkBlocks(raw json.RawMessage, most int) error {
	var blocks []json.RawMessage
	if err := json.Unmarshal(raw, &blocks); err != nil {
		return err
	}
	if len(blocks) > most {
		return fmt.Errorf("%d blocks", len(blocks))
	}
	total := 0
	for _, b := range blocks {
		if err := validate(p.block, b); err != nil {
			return err
		}
		var value any
		if err := json.Unmarshal(b, &value); err != nil {
			return err
		}
		n, err := checkLengths(value)
		if err != nil {
			return err
		}
		total += n
	}
	if total > 11_000 {
		return fmt.Errorf("%d characters of text in blocks", total)
	}
	return nil
}

// lengths are the limits of strings, by the type of what holds them and the field.
var lengths = map[string]int{
	"text.text": 3_000, "link.text": 3_000, "link.url": 3_000, "date.fallback": 3_000,
	"button.value": 2_000, "button.action_id": 255,
	"static_select.action_id": 255, "users_select.action_id": 255, "conversations_select.action_id": 255, "image.image_url": 3_000, "image.alt_text": 2_000,
	"plain_text.text": 2_000, "input.block_id": 255, "plain_text_input.action_id": 255, "plain_text_input.initial_value": 3_000,
}

// checkLengths walks through a block and gives how much text it shows.
func checkLengths(value any) (total int, err error) {
	switch v := value.(type) {
	case []any:
		for _, item := range v {
			n, err := checkLengths(item)
			if err != nil {
				return 0, err
			}
			total += n
		}
	case map[string]any:
		kind, _ := v["type"].(string)
		for name, field := range v {
			if s, ok := field.(string); ok {
				n := characters(s)
				if limit, known := lengths[kind+"."+name]; known && n > limit {
					return 0, fmt.Errorf("%s.%s has %d characters", kind, name, n)
				}
				if name == "text" {
					if n == 0 {
						return 0, fmt.Errorf("a %s without text", kind)
					}
					total += n
				}
				continue
			}
			n, err := checkLengths(field)
			if err != nil {
				return 0, err
			}
			total += n
		}
		switch {
		case kind == "button" && characters(labelOf(v["text"])) > 75:
			return 0, fmt.Errorf("a button's label is too long")
		case kind == "header" && characters(labelOf(v["text"])) > 150:
			return 0, fmt.Errorf("a header is too long")
		case characters(labelOf(v["placeholder"])) > 150:
			return 0, fmt.Errorf("a placeholder is too long")
		case kind == "static_select" && len(v["options"].([]any)) > 100:
			return 0, fmt.Errorf("too many options in a menu")
		case kind == "" && v["value"] != nil && (characters(labelOf(v["text"])) > 75 || characters(v["value"].(string)) > 150):
			return 0, fmt.Errorf("an option is too long")
		case kind == "actions" && len(v["elements"].([]any)) > 25:
			return 0, fmt.Errorf("too many buttons in a block")
		}
	}
	return total, nil
}

func labelOf(v any) string {
	object, _ := v.(map[string]any)
	text, _ := object["text"].(string)
	return text
}

func (p payloads) checkView(raw json.RawMessage) error {
	var view struct {
		Type                 string
		Title, Submit, Close struct{ Text string }
		PrivateMetadata      string `json:"private_metadata"`
		CallbackID           string `json:"callback_id"`
		Blocks               []struct {
			Type    string
			BlockID string `json:"block_id"`
			Label   struct{ Text string }
			Element struct {
				Type         string
				Placeholder  struct{ Text string }
				InitialValue string `json:"initial_value"`
				MaxLength    int    `json:"max_length"`
				Options      []struct {
					Text  struct{ Text string }
					Value string
				}
			}
		}
	}
	if err := json.Unmarshal(raw, &view); err != nil {
		return err
	}
	if n := characters(view.Title.Text); view.Type != "home" && (n < 1 || n > 24) {
		return fmt.Errorf("the title has %d characters", n)
	}
	if characters(view.Submit.Text) > 24 || characters(view.Close.Text) > 24 || len(view.PrivateMetadata) > 3_000 ||
		len(view.CallbackID) > 255 || len(view.Blocks) > 100 {
		return fmt.Errorf("a part of the view is too long")
	}
	for _, b := range view.Blocks {
		e := b.Element
		if characters(b.Label.Text) > 2_000 || len(b.BlockID) > 255 || characters(e.Placeholder.Text) > 150 ||
			e.MaxLength > 3_000 || len(e.Options) > 100 || e.MaxLength > 0 && characters(e.InitialValue) > e.MaxLength {
			return fmt.Errorf("a part of input %q is too long", b.BlockID)
		}
		for _, o := range e.Options {
			if characters(o.Text.Text) > 75 || characters(o.Value) > 150 {
				return fmt.Errorf("an option of input %q is too long", b.BlockID)
			}
		}
	}
	if view.Type != "home" {
		return nil
	}
	var home struct{ Blocks []json.RawMessage }
	if err := json.Unmarshal(raw, &home); err != nil {
		return err
	}
	for _, b := range home.Blocks {
		data, err := json.Marshal([]json.RawMessage{b})
		if err != nil {
			return err
		}
		if err := p.checkBlocks(data, 1); err != nil {
			return err
		}
	}
	return nil
}
