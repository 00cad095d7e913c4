//go:build unix && !aix && !solaris

package engine

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

const (
	// socketLimit is the longest path of a socket in bytes: 104 with the final zero on macOS and the BSDs
	// (https://man.freebsd.org/cgi/man.cgi?query=unix&sektion=4), 108 on Linux. Redis cuts a longer one silently.
	socketLimit  = 103
	socketPrefix = "staffroom-"
)

// chooseSockets names a new socket folder without making it: the name is noted first, so that a folder is never left
// whose name nobody knows.
func chooseSockets() (string, error) {
	parent, err := filepath.Abs(os.TempDir())
	if err != nil {
		return "", err
	}
	random := make([]byte, 6)
	_, _ = rand.Read(random) // never fails
	sockets := filepath.Join(parent, socketPrefix+hex.EncodeToString(random))
	if socket := socketIn(sockets); len(socket) > socketLimit {
		return "", fmt.Errorf("%w: the socket's path %s has %d bytes, which is more than the %d a system allows; set TMPDIR to a shorter folder",
			ErrInvalid, socket, len(socket), socketLimit)
	}
	return sockets, nil
}

func socketIn(sockets string) string { return filepath.Join(sockets, "redis.sock") }

// ensureSockets makes the folder, or makes sure that the one that is there is ours alone.
func ensureSockets(sockets string) error {
	err := os.Mkdir(sockets, 0o700)
	if !errors.Is(err, os.ErrExist) {
		return err
	}
	info, err := os.Lstat(sockets)
	if err != nil {
		return err
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok || !info.IsDir() || info.Mode().Perm() != 0o700 || int(stat.Uid) != os.Geteuid() {
		return fmt.Errorf("%s is not a private folder of this account", sockets)
	}
	return nil
}

// removeSockets removes a socket folder and nothing else.
func removeSockets(sockets string) {
	if !strings.HasPrefix(filepath.Base(sockets), socketPrefix) {
		return
	}
	_ = os.Remove(socketIn(sockets)) // redis-server has usually done so
	_ = os.Remove(sockets)
}
