//go:build unix && !aix && !solaris

package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/staffroom-bot/staffroom/bot/redis/internal/redisserver"
	"github.com/staffroom-bot/staffroom/bot/redis/internal/wait"
)

const (
	// leftoverWait is how long the child of a killed parent is waited for.
	leftoverWait  = 10 * time.Second
	leftoverPause = 10 * time.Millisecond
)

// folder is a data folder that belongs to us.
type folder struct {
	name string   // as it was configured: what messages say
	path string   // absolute
	own  *os.File // locked by us alone; its content is an owner
	both *os.File // locked by us and by the child, which inherits it
}

// owner is written into the owner file for whoever comes next.
type owner struct {
	Process int    `json:"process"`
	Sockets string `json:"sockets"` // the socket folder
}

// takeFolder makes the folder ours. What an earlier owner left, a child or a socket folder, is gone when it returns.
func takeFolder(ctx context.Context, name string, log *slog.Logger) (_ *folder, err error) {
	if name == "" {
		return nil, fmt.Errorf("%w: data_dir is empty", ErrInvalid)
	}
	f := &folder{name: name}
	defer func() {
		if err != nil {
			f.release()
		}
	}()
	if err := f.prepare(log); err != nil {
		return nil, fmt.Errorf("%w: data_dir %s: %w", ErrInvalid, name, err)
	}
	before := f.owner()
	switch free, err := tryLock(f.own); {
	case err != nil:
		return nil, fmt.Errorf("%w: data_dir %s cannot be locked (it must be on a local disk): %w", ErrInvalid, name, err)
	case !free:
		return nil, fmt.Errorf("%w: another Staffroom%s already uses %s; stop it or choose another data_dir", ErrInUse, before.number(), name)
	}
	if err := f.awaitLeftover(ctx, before, log); err != nil {
		return nil, err
	}
	removeSockets(before.Sockets)
	return f, nil
}

// prepare makes the folder if need be, closes it to others and opens the lock files.
func (f *folder) prepare(log *slog.Logger) (err error) {
	if f.path, err = filepath.Abs(f.name); err != nil {
		return err
	}
	if err = os.MkdirAll(f.path, 0o700); err != nil {
		return err
	}
	info, err := os.Stat(f.path)
	if err != nil {
		return err
	}
	if info.Mode().Perm()&0o077 != 0 {
		if err := os.Chmod(f.path, 0o700); err != nil { // a mounted volume may belong to another account
			log.Warn("other accounts may be able to read the data folder", "data_dir", f.name, "error", err)
		}
	}
	if f.own, err = os.OpenFile(filepath.Join(f.path, "owner"), os.O_RDWR|os.O_CREATE, 0o600); err != nil {
		return err
	}
	f.both, err = os.OpenFile(filepath.Join(f.path, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	return err
}

// awaitLeftover takes the lock that a child shares. We are the only parent, so whoever holds it is the child of one that
// was killed: it is asked to end, which Linux has done already.
func (f *folder) awaitLeftover(ctx context.Context, before owner, log *slog.Logger) error {
	free, err := tryLock(f.both)
	if free || err != nil {
		return err
	}
	log.Info("the redis-server of an earlier Staffroom is still ending", "data_dir", f.name, "process", before.Process)
	ctx, cancel := context.WithTimeout(ctx, leftoverWait)
	defer cancel()
	if before.Sockets != "" {
		// It answers by closing the connection, or not at all: only the lock tells.
		_, _ = redisserver.Ask(ctx, "unix", socketIn(before.Sockets), "SHUTDOWN NOSAVE")
	}
	err = wait.Until(ctx, leftoverPause, func() (bool, error) { return tryLock(f.both) })
	if err != nil {
		return fmt.Errorf("%w: the redis-server of an earlier Staffroom%s still uses %s; end it or choose another data_dir (%w)",
			ErrInUse, before.number(), f.name, err)
	}
	return nil
}

// number is the owner's process for a message, if it is known.
func (o owner) number() string {
	if o.Process == 0 {
		return ""
	}
	return fmt.Sprintf(" (process %d)", o.Process)
}

// owner reads who has the folder, or had it last. It may be caught between two owners: then nobody is known.
func (f *folder) owner() owner {
	var o owner
	if text, err := os.ReadFile(f.own.Name()); err != nil || json.Unmarshal(text, &o) != nil {
		return owner{}
	}
	return o
}

// sign writes who has the folder.
func (f *folder) sign(o owner) error {
	text, err := json.Marshal(o)
	if err != nil {
		return err
	}
	if err := f.own.Truncate(0); err != nil {
		return err
	}
	_, err = f.own.WriteAt(append(text, '\n'), 0)
	return err
}

// release gives the folder up: to be called when the child has ended. The files stay: removing a lock file would let two
// processes lock two files of the same name.
func (f *folder) release() {
	for _, file := range []*os.File{f.both, f.own} {
		if file != nil {
			_ = file.Close() // nothing is written that could be lost
		}
	}
}

// tryLock locks the file if nobody has. The lock belongs to the open file, and so also to a child that inherits it.
func tryLock(file *os.File) (bool, error) {
	for {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		switch {
		case err == nil:
			return true, nil
		case errors.Is(err, syscall.EWOULDBLOCK):
			return false, nil
		case !errors.Is(err, syscall.EINTR):
			return false, err
		}
	}
}
