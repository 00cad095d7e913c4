package spec

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
)

// specification is Discord's own description of its HTTP API. It is read once
// for all tests, which takes seconds.
type specification struct {
	mu      sync.Mutex
	check   validator.Validator
	paths   map[string]any
	schemas map[string]any
}

var theSpecification = sync.OnceValues(func() (*specification, error) {
	if !Known() {
		return nil, nil
	}
	raw, err := os.ReadFile(filepath.Join(shared(), "specs", "discord-openapi.json"))
	if err != nil {
		return nil, err
	}
	var all map[string]any
	if err := json.Unmarshal(raw, &all); err != nil {
		return nil, err
	}
	paths, _ := all["paths"].(map[string]any)
	components, _ := all["components"].(map[string]any)
	schemas, _ := components["schemas"].(map[string]any)
	onlyRequests(paths)
	if raw, err = json.Marshal(all); err != nil {
		return nil, err
	}
	document, err := libopenapi.NewDocument(raw)
	if err != nil {
		return nil, err
	}
	check, errs := validator.NewValidator(document)
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return &specification{check: check, paths: paths, schemas: schemas}, nil
})

// onlyRequests leaves out what Discord answers, which nobody asks about here and
// which would take most of the time to prepare.
func onlyRequests(paths map[string]any) {
	for _, item := range paths {
		methods, _ := item.(map[string]any)
		for _, operation := range methods {
			if o, ok := operation.(map[string]any); ok && o["responses"] != nil {
				o["responses"] = map[string]any{"default": map[string]any{"description": "any"}}
			}
		}
	}
}

// Discord is a Check for a discordloop.Server: it looks at a request and says what
// Discord would not take of it. It is nil without the specification.
func Discord(tb testing.TB) func(method, path string, body []byte) error {
	tb.Helper()
	spec, err := theSpecification()
	if err != nil {
		tb.Fatalf("the specification of Discord cannot be read: %v", err)
	}
	if spec == nil {
		return nil
	}
	return spec.request
}

// request says what is wrong with a request, by the specification and beyond:
// the validator lets fields pass that the specification does not know.
func (s *specification) request(method, path string, body []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	req, err := http.NewRequest(method, "https://discord.com/api/v10"+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bot x") // which the loopback Discord checks itself
	if len(body) > 0 {
		req.Header.Set("Content-Type", "application/json")
	}
	if ok, errs := s.check.ValidateHttpRequest(req); !ok {
		var out []error
		for _, e := range errs {
			out = append(out, e)
			for _, se := range e.SchemaValidationErrors {
				out = append(out, fmt.Errorf("%s: %s", se.FieldPath, se.Reason))
			}
		}
		return errors.Join(out...)
	}
	if len(body) == 0 {
		return nil
	}
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		return err
	}
	schema, err := s.bodySchema(method, path)
	if err != nil {
		return err
	}
	return s.known(value, s.flatten(schema), "body")
}

// bodySchema finds the schema of a request's JSON.
func (s *specification) bodySchema(method, path string) (any, error) {
	for pattern, item := range s.paths {
		if !matches(pattern, path) {
			continue
		}
		operation, ok := item.(map[string]any)[strings.ToLower(method)].(map[string]any)
		if !ok {
			continue
		}
		body, _ := operation["requestBody"].(map[string]any)
		content, _ := body["content"].(map[string]any)
		media, _ := content["application/json"].(map[string]any)
		return media["schema"], nil
	}
	return nil, fmt.Errorf("the specification has no %s %s", method, path)
}

func matches(pattern, path string) bool {
	want, got := strings.Split(pattern, "/"), strings.Split(path, "/")
	return len(want) == len(got) && slices.EqualFunc(want, got, func(w, g string) bool {
		return w == g || strings.HasPrefix(w, "{") && !strings.HasPrefix(g, "@")
	})
}

// flatten gives the alternatives that a schema stands for.
func (s *specification) flatten(schema any) []map[string]any {
	m, ok := schema.(map[string]any)
	if !ok {
		return nil
	}
	if ref, ok := m["$ref"].(string); ok {
		return s.flatten(s.schemas[strings.TrimPrefix(ref, "#/components/schemas/")])
	}
	out := []map[string]any{m}
	for _, kind := range []string{"oneOf", "anyOf", "allOf"} {
		list, _ := m[kind].([]any)
		for _, sub := range list {
			out = append(out, s.flatten(sub)...)
		}
	}
	return out
}

// known reports a field of value that none of the schemas has.
func (s *specification) known(value any, schemas []map[string]any, at string) error {
	switch v := value.(type) {
	case []any:
		var items []map[string]any
		for _, sc := range schemas {
			items = append(items, s.flatten(sc["items"])...)
		}
		for i, e := range v {
			if err := s.known(e, items, fmt.Sprintf("%s[%d]", at, i)); err != nil {
				return err
			}
		}
	case map[string]any:
		schemas = slices.DeleteFunc(slices.Clone(schemas), func(sc map[string]any) bool { return !s.fits(v, sc) })
		for _, name := range slices.Sorted(maps.Keys(v)) {
			var of []map[string]any
			for _, sc := range schemas {
				properties, _ := sc["properties"].(map[string]any)
				of = append(of, s.flatten(properties[name])...)
				of = append(of, s.flatten(sc["additionalProperties"])...)
			}
			if len(of) == 0 {
				return fmt.Errorf("%s has the unknown field %q", at, name)
			}
			if err := s.known(v[name], of, at+"."+name); err != nil {
				return err
			}
		}
	}
	return nil
}

// fits reports whether an object may be one of a schema by its "type".
func (s *specification) fits(v, schema map[string]any) bool {
	properties, _ := schema["properties"].(map[string]any)
	kind, _ := properties["type"].(map[string]any)
	enum, ok := kind["enum"].([]any)
	return !ok || slices.Contains(enum, v["type"])
}
