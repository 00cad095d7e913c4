package discord

import (
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/bwmarrin/discordgo"
)

const (
	// maxInteraction is how many bytes a request of Discord's may have. The largest
	// are those with a whole message in them.
	maxInteraction = 512 << 10
	// signatureValid is how old a signed request may be, and how wrong our clock.
	signatureValid = 5 * time.Minute
)

// publicKey reads the key of an application, with which Discord signs.
func publicKey(s string) (ed25519.PublicKey, error) {
	if s == "" {
		return nil, nil
	}
	key, err := hex.DecodeString(s)
	if err != nil || len(key) != ed25519.PublicKeySize {
		return nil, errors.New("discord: public_key expects the 64 characters of General Information, Public Key")
	}
	return key, nil
}

// Webhook implements bot.WebReceiver: with a public key, interactions may come
// as requests of Discord's.
// https://discord.com/developers/docs/interactions/overview#configuring-an-interactions-endpoint-url
func (a *Adapter) Webhook() (string, http.Handler) {
	if a.publicKey == nil {
		return "", nil
	}
	return "/discord/" + a.name, http.HandlerFunc(a.interactionPosted)
}

func (a *Adapter) interactionPosted(w http.ResponseWriter, req *http.Request) {
	if req.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	if req.ContentLength > maxInteraction {
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		return
	}
	req.Body = http.MaxBytesReader(w, req.Body, maxInteraction)
	if !discordgo.VerifyInteraction(req, a.publicKey) || !a.recent(req.Header.Get("X-Signature-Timestamp")) {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	r := a.running.Load()
	if r == nil {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	body, err := io.ReadAll(req.Body)
	i := interactionInfo{web: newWebAnswer()}
	if err != nil || json.Unmarshal(body, &i) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	if i.Type == interactionPing {
		const pong = 1
		writeAnswer(w, callback{Type: pong})
		return
	}
	if !r.interactionCreated(&i) {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	i.web.await(req.Context(), r.work, w)
}

// recent reports whether a signed time, in seconds, is that of now.
func (a *Adapter) recent(timestamp string) bool {
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil {
		return false
	}
	off := a.now().Sub(time.Unix(seconds, 0)).Abs()
	if off > signatureValid {
		a.log.Warn("a request of Discord's is too old: is this machine's clock right?", "off", off.Round(time.Second))
	}
	return off <= signatureValid
}

func writeAnswer(w http.ResponseWriter, answer callback) {
	body, err := json.Marshal(answer)
	if err != nil { // there is nothing in an answer that has no JSON
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(body) // whether Discord has it, the next call to its API tells
}

// webAnswer is where the first answer goes that a request of Discord's waits for.
// Files cannot be in it.
// https://github.com/discord/discord-api-docs/discussions/6204
type webAnswer struct {
	answers chan callback
	done    chan struct{} // closed when the request has its answer, or has gone

	mu    sync.Mutex
	taken bool // an answer was given, or nobody waits any more
}

func newWebAnswer() *webAnswer {
	return &webAnswer{answers: make(chan callback, 1), done: make(chan struct{})}
}

// take gives the first answer, and returns once it is written: what follows it
// must not reach Discord earlier. It reports false where no request waits.
func (a *webAnswer) take(answer callback) bool {
	if a == nil || !a.claim() {
		return false
	}
	a.answers <- answer
	<-a.done
	return true
}

// claim reports whether the caller is the first.
func (a *webAnswer) claim() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	first := !a.taken
	a.taken = true
	return first
}

// await writes the answer once there is one. It gives up when the request ends,
// or all work must.
func (a *webAnswer) await(request, work context.Context, w http.ResponseWriter) {
	defer close(a.done)
	select {
	case answer := <-a.answers:
		writeAnswer(w, answer)
		return
	case <-request.Done():
	case <-work.Done():
	}
	if a.claim() {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	writeAnswer(w, <-a.answers) // it came at the last moment
}

// standBy is all there is to do where everything comes as requests of Discord's.
func (r *receiver) standBy(ctx context.Context) error {
	for failures := 1; ; failures++ {
		app, err := r.rest.application(ctx)
		if err == nil {
			r.introduce(app.ID)
			<-ctx.Done()
			return nil
		}
		if ctx.Err() != nil {
			return nil
		}
		code := closeCode(err)
		if what, fatal := mend(code); fatal {
			return fmt.Errorf("%s (close code %d)", what, code)
		}
		wait := r.gateway.wait(failures)
		r.log.Warn("Discord cannot be reached", "err", err, "again_in", wait.Round(time.Millisecond))
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return nil
		}
	}
}
