// Package wait asks a question again and again until the answer is yes.
package wait

import (
	"context"
	"time"
)

// Until calls ready at once and then after each pause of the given length until it says true or fails, or ctx ends.
// It returns ready's error, or the cause of ctx's end.
func Until(ctx context.Context, pause time.Duration, ready func() (bool, error)) error {
	ticker := time.NewTicker(pause)
	defer ticker.Stop()
	for {
		if done, err := ready(); done || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-ticker.C:
		}
	}
}
