package engine

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
)

func TestParseAddress(t *testing.T) {
	for raw, want := range map[string]struct {
		mode  mode
		hosts []string
		url   string
	}{
		"redis://localhost":           {single, []string{"localhost:6379"}, "redis://localhost:6379"},
		"redis://:6380/2":             {single, []string{"localhost:6380"}, "redis://localhost:6380/2"},
		"example.org:6380":            {single, []string{"example.org:6380"}, "redis://example.org:6380"},
		" rediss://u:p@example.org ":  {single, []string{"example.org:6379"}, "rediss://u:p@example.org:6379"},
		"redis://[::1]":               {single, []string{"[::1]:6379"}, "redis://[::1]:6379"},
		"redis://u:a@b,c:d^@h:1/3":    {single, []string{"h:1"}, "redis://u:a%40b,c%3Ad%5E@h:1/3"},
		"redis://:%2f%3f@h?db=4":      {single, []string{"h:6379"}, "redis://:%2F%3F@h:6379?db=4"},
		"unix:///run/a b.sock?db=1":   {single, []string{"/run/a b.sock"}, "unix:///run/a%20b.sock?db=1"},
		"unix://u:p@/run/r.sock":      {single, []string{"/run/r.sock"}, "unix://u:p@/run/r.sock"},
		"a:1,b:2":                     {cluster, []string{"a:1", "b:2"}, "redis://a:1?addr=b%3A2"},
		"redis://u:p@a:1, b, [::1]:3": {cluster, []string{"a:1", "b:6379", "[::1]:3"}, "redis://u:p@a:1?addr=b%3A6379&addr=%5B%3A%3A1%5D%3A3"},
		"redis://u:p@a:1/?pool_size=9,redis://u:p@b:2/?pool_size=9": {
			cluster, []string{"a:1", "b:2"}, "redis://u:p@a:1?addr=b%3A2&pool_size=9",
		},
		"rediss+cluster://u:p@a:1?addr=b:2": {cluster, []string{"a:1"}, "rediss://u:p@a:1?addr=b%3A2"},
		"redis+sentinel://u:p@a,b:2/main?db=3&sentinel_username=s&sentinel_password=q": {
			sentinel, []string{"a:26379", "b:2"}, "redis://s:q@a:26379?addr=b%3A2&db=3&master_name=main&password=p&username=u",
		},
	} {
		got, err := parseAddress(raw)
		if err != nil {
			t.Errorf("%s: %v", raw, err)
			continue
		}
		if got.mode != want.mode || !slices.Equal(got.hosts, want.hosts) || got.url.String() != want.url {
			t.Errorf("%s = mode %d, %v, %s\nwant mode %d, %v, %s", raw, got.mode, got.hosts, got.url.String(), want.mode, want.hosts, want.url)
		}
		client, err := got.connect()
		if err != nil {
			t.Errorf("%s: connect: %v", raw, err)
			continue
		}
		if err := client.Close(); err != nil {
			t.Errorf("%s: close: %v", raw, err)
		}
	}
}

// The pieces hunter, hunter2 and 1234 stand for a password, whole or cut at a character that was not escaped.
func TestAddressErrorsExplainWithoutQuoting(t *testing.T) {
	for raw, want := range map[string]string{
		"":                                         "empty",
		"http://u:hunter2@h":                       "must begin with",
		"hunter2://h":                              "must begin with",
		"redis://u:hunter2/1234@h:6379":            "%2F",
		"redis://u:1234/5@h:6379":                  "%40",
		"redis://u:hunter2?x@h:6379":               "%3F",
		"redis://u:hunter2#x@h:6379":               "%23",
		"redis://u:hunter2#x":                      "%23",
		"redis://u:hunter2%zz@h:6379":              "hexadecimal",
		"redis://h:hunter2":                        "address 1",
		"redis://h:123456":                         "address 1",
		"redis://a,,b":                             "address 2",
		"redis://h,[hunter2]x":                     "address 2",
		"redis://h:1:2":                            "address 1",
		"redis://h/hunter2":                        "number",
		"redis://h?hunter2=1":                      "option",
		"redis://h?pool_size=hunter2":              "option",
		"redis://a,b/1":                            "database 0",
		"redis://u:hunter2@a,redis://u:other@b":    "agree",
		"redis://u:hunter2@a,rediss://u:hunter2@b": "agree",
		"redis+sentinel://u:hunter2@a":             "master",
		"redis+sentinel://a/m?hunter2=1":           "option",
		"redis+cluster://a?hunter2=1":              "option",
		"unix://hunter2":                           "socket",
		"unix://a:hunter2@h/run":                   "socket",
	} {
		_, err := openExternal(t.Context(), raw)
		if !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; want ErrInvalid with %q", raw, err, want)
			continue
		}
		for _, secret := range []string{"hunter", "1234"} {
			if strings.Contains(err.Error(), secret) {
				t.Errorf("%s: the error quotes it: %v", raw, err)
			}
		}
	}
}

func TestAnAddressOverridesDefaults(t *testing.T) {
	a, err := parseAddress("redis://h?pool_size=5&max_retries=2")
	if err != nil {
		t.Fatal(err)
	}
	client, err := a.connect()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Close() }() // it never connected
	o := client.(*redis.Client).Options()
	if o.PoolSize != 5 || o.MaxRetries != 2 {
		t.Errorf("pool size %d, retries %d; want 5 and 2", o.PoolSize, o.MaxRetries)
	}
	if !o.ContextTimeoutEnabled || o.DialTimeout.Seconds() != 2 || o.PipelinePoolSize != -1 {
		t.Errorf("the other defaults do not hold: %+v", o)
	}
}

func FuzzParseAddress(f *testing.F) {
	for _, seed := range []string{"redis://u:secret@h:1/2?db=3", "a,b:2", "redis+sentinel://a/m", "unix:///s", "redis://[::1],x://", "redis://a,redis://b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		a, err := parseAddress(raw)
		if err != nil {
			return
		}
		client, err := a.connect()
		if err != nil {
			return
		}
		if err := client.Close(); err != nil {
			t.Fatal(err)
		}
	})
}
