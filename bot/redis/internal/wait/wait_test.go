package wait_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot/redis/internal/wait"
)

func TestUntil(t *testing.T) {
	failure, over := errors.New("failure"), errors.New("over")
	for name, test := range map[string]struct {
		answers []bool
		err     error // with the last answer
		end     bool  // ctx ends with the last answer
		want    error
	}{
		"at once":             {answers: []bool{true}},
		"later":               {answers: []bool{false, false, true}},
		"failure":             {answers: []bool{false, false}, err: failure, want: failure},
		"the context ends":    {answers: []bool{false, false}, end: true, want: over},
		"yes though it ended": {answers: []bool{false, true}, end: true},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			asked := 0
			err := wait.Until(ctx, time.Microsecond, func() (bool, error) {
				asked++
				if asked < len(test.answers) {
					return test.answers[asked-1], nil
				}
				if test.end {
					cancel(over)
				}
				return test.answers[len(test.answers)-1], test.err
			})
			if !errors.Is(err, test.want) {
				t.Errorf("Until = %v; want %v", err, test.want)
			}
			if asked != len(test.answers) && !test.end {
				t.Errorf("asked %d times; want %d", asked, len(test.answers))
			}
		})
	}
}
