package console

import "github.com/staffroom-bot/staffroom/adapters/adaptertest"

var _ adaptertest.Talker = (*world)(nil)

func (w *world) SayDirectly(who, text string) string {
	ids := make(chan string, 1)
	alone := func(o SayOptions) {
		w.do(func() error {
			id, err := w.console.As(who).Alone().Say(w.t.Context(), text, o)
			ids <- id
			return err
		})
	}
	alone(SayOptions{})
	id := <-ids
	w.said = func() {
		alone(SayOptions{ID: id})
		<-ids
	}
	return id
}
