//go:build !unix || aix || solaris

package engine

import (
	"context"
	"errors"
)

// childSupported: the private server needs Unix sockets and locks that a child process inherits.
const childSupported = false

func openChild(context.Context, Options, string) (*Engine, error) {
	return nil, errors.ErrUnsupported // findServer has refused it already
}
