package redis

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
)

// telephone is a bundler whose calls take until they are let go.
type telephone struct {
	*bundler[string, int, int]
	calls []*phoned
}

type phoned struct {
	questions []int
	end       chan error
}

func newTelephone() *telephone {
	p := &telephone{}
	p.bundler = newBundler(func(ctx context.Context, _ string, questions []int) ([]int, error) {
		call := &phoned{questions, make(chan error)}
		p.calls = append(p.calls, call)
		select {
		case err := <-call.end:
			return questions, err
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	})
	return p
}

// asks asks something, and tells of the answer.
func (p *telephone) asks(ctx context.Context, question int) <-chan error {
	done := make(chan error, 1)
	go func() {
		answer, err := p.ask(ctx, "", question)
		if err == nil && answer != question {
			err = errors.New("the answer is another's")
		}
		done <- err
	}()
	synctest.Wait()
	return done
}

func (p *telephone) ends(t *testing.T, call int, with error) {
	t.Helper()
	if call >= len(p.calls) {
		t.Errorf("call %d was not made", call)
		return
	}
	p.calls[call].end <- with
	synctest.Wait()
}

func (p *telephone) wants(t *testing.T, questions ...[]int) {
	t.Helper()
	if !slices.EqualFunc(p.calls, questions, func(c *phoned, want []int) bool { return slices.Equal(c.questions, want) }) {
		for _, c := range p.calls {
			t.Logf("asked %v", c.questions)
		}
		t.Errorf("the calls should ask %v", questions)
	}
}

// What is asked while two calls are under way goes in the next, whichever of the two
// ends first: that of the one who was there first asks for them too.
func TestQuestionsGoTogether(t *testing.T) {
	for first := range 2 {
		synctest.Test(t, func(t *testing.T) {
			p := newTelephone()
			var all []<-chan error
			for q := range 4 {
				all = append(all, p.asks(t.Context(), q))
			}
			p.wants(t, []int{0}, []int{1})
			p.ends(t, first, nil)
			p.wants(t, []int{0}, []int{1}, []int{2, 3})
			p.ends(t, 1-first, nil)
			p.ends(t, 2, nil)
			for q, done := range all {
				select {
				case err := <-done:
					if err != nil {
						t.Errorf("question %d: %v", q, err)
					}
				default:
					t.Errorf("question %d has no answer", q)
				}
			}
			if len(p.bundles) > 0 {
				t.Errorf("%d names are still at work", len(p.bundles))
			}
		})
	}
}

// An error, and the end of one asker, are nobody else's.
func TestEachQuestionHasItsOwnEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, broken := newTelephone(), errors.New("broken")
		ctx, cancel := context.WithCancel(t.Context())
		alone, second := p.asks(ctx, 0), p.asks(ctx, 1)
		third, fourth := p.asks(ctx, 2), p.asks(t.Context(), 3)
		cancel()
		synctest.Wait()
		for _, done := range []<-chan error{alone, second, third} {
			if err := <-done; !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
		}
		p.wants(t, []int{0}, []int{1}, []int{2, 3})
		p.ends(t, 1, broken)
		p.ends(t, 2, nil)
		if err := <-fourth; err != nil {
			t.Errorf("got %v", err)
		}
		alone = p.asks(t.Context(), 4)
		p.ends(t, 3, broken)
		if err := <-alone; !errors.Is(err, broken) || len(p.bundles) > 0 {
			t.Errorf("got %v, and %d are at work", err, len(p.bundles))
		}
	})
}
