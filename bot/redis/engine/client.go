package engine

import (
	"context"
	"errors"
	"net"
	"strings"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

type dialer func(ctx context.Context, network, address string) (net.Conn, error)

// dialAttempts is how often a connection is tried, 100 ms apart: long enough for the private server to start again.
const dialAttempts = 4

// defaults hold for what an address does not say itself, under go-redis's names.
var defaults = map[string]string{
	"dial_timeout":       "2s",
	"read_timeout":       "3s",
	"write_timeout":      "3s",
	"pool_timeout":       "3s",
	"pool_size":          "32", // connections per server; made when needed
	"conn_max_idle_time": "5m",
	"max_retries":        "-1", // see "Failures" in the package documentation
	"pipeline_pool_size": "-1", // pipelines share the pool: one of their own costs 256 KiB a connection
}

// connect makes a client without connecting yet. Its errors quote nothing.
func (a address) connect() (redis.UniversalClient, error) {
	query := a.url.Query()
	for name, value := range defaults {
		if !query.Has(name) {
			query.Set(name, value)
		}
	}
	a.url.RawQuery = query.Encode()
	// Maintenance notifications and the library's name are only of use to Redis's own cloud, and cost each new
	// connection two round trips.
	quiet := &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	switch a.mode {
	case cluster:
		o, err := redis.ParseClusterURL(a.url.String())
		if err != nil {
			return nil, errOptions
		}
		o.ContextTimeoutEnabled, o.DialerRetries = true, dialAttempts
		o.DisableIdentity, o.MaintNotificationsConfig = true, quiet
		return redis.NewClusterClient(o), nil
	case sentinel:
		o, err := redis.ParseFailoverURL(a.url.String())
		if err != nil {
			return nil, errOptions
		}
		o.ContextTimeoutEnabled, o.DialerRetries = true, dialAttempts
		o.DisableIdentity = true // this client has no maintenance notifications
		return redis.NewFailoverClient(o), nil
	default:
		o, err := redis.ParseURL(a.url.String())
		if err != nil {
			return nil, errOptions
		}
		o.ContextTimeoutEnabled, o.DialerRetries = true, dialAttempts
		o.DisableIdentity, o.MaintNotificationsConfig = true, quiet
		o.Dialer = a.dial
		return redis.NewClient(o), nil
	}
}

// errOptions stands for go-redis's own errors, which quote.
var errOptions = errors.New("an option after ? is unknown or its value cannot be read")

// scrub returns err's text without the secrets. A server that does not know a command may quote its arguments.
func (a address) scrub(err error) string {
	text := err.Error()
	for _, secret := range a.secrets {
		if secret != "" {
			text = strings.ReplaceAll(text, secret, "***")
		}
	}
	return text
}
