package app

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/locale"
	"github.com/staffroom-bot/staffroom/cmd/staffroom/internal/config"
	"github.com/staffroom-bot/staffroom/cmd/staffroom/internal/house"
)

// operatorsPage says whether the page for health and metrics can be served.
func (i *inspection) operatorsPage(ctx context.Context, address string) []finding {
	const about = "http.listen"
	if address == "" {
		return nil
	}
	listener, err := listen(ctx, address)
	if err == nil {
		_ = listener.Close()
		return []finding{good(about, address+" is free")}
	}
	if answer, err := i.ask(ctx, http.MethodGet, "http://"+local(address)+"/healthz"); err == nil && answer.body == "ok\n" {
		return []finding{good(about, address+" is used by a Staffroom that runs")}
	}
	return []finding{bad(about, fmt.Sprintf("%s cannot be used: %v", address, cause(err)), "End what uses it, or choose another port, see "+pageOfConfig)}
}

// publicAddress says whether what platforms send arrives here. While no
// Staffroom runs it takes that place itself for a moment, and answers so that
// platforms send again.
func (i *inspection) publicAddress(ctx context.Context, cfg config.Config) []finding {
	paths, err := webhookPaths(cfg)
	if err != nil {
		return []finding{bad("configuration", err.Error(), "See "+pageOfConfig)}
	}
	if len(paths) == 0 {
		return nil
	}
	const about = "public.listen"
	page := pageOfSending(paths[0])
	address := cfg.Public.Listen
	if address == "" {
		return []finding{bad(about, "it is not set, so nothing that is sent to "+strings.Join(paths, ", ")+" arrives", "Set it, see "+page)}
	}
	var findings []finding
	mark := ""
	if listener, err := listen(ctx, address); err == nil {
		mark = rand.Text()
		defer standIn(listener, mark)()
		findings = append(findings, good(about, address+" is free"))
	} else if answer, askErr := i.ask(ctx, http.MethodPost, "http://"+local(address)+paths[0]); askErr == nil && answer.isStaffroom("") {
		findings = append(findings, good(about, address+" is used by a Staffroom that runs"))
	} else {
		return []finding{bad(about, fmt.Sprintf("%s cannot be used: %v", address, cause(err)), "End what uses it, or choose another port, see "+page)}
	}
	if cfg.Public.URL == "" {
		return append(findings, good("public.url", "it is not set, so whether platforms reach this machine was not tried"))
	}
	for _, path := range paths {
		findings = append(findings, i.reached(ctx, cfg.Public.URL+path, mark, pageOfSending(path)))
	}
	return findings
}

// pageOfSending is the page about what is sent to a path.
func pageOfSending(path string) string {
	if strings.HasPrefix(path, "/discord/") {
		return pageOfDiscord
	}
	return pageOfSlack
}

// webhookPaths lists where platforms send to, as the adapters know it.
func webhookPaths(cfg config.Config) ([]string, error) {
	words, err := locale.New()
	if err != nil {
		return nil, err
	}
	adapters, err := connections(cfg, house.Tools{Seal: bot.NewSeal(nil), Words: words, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, err
	}
	var paths []string
	for _, a := range adapters {
		if receiver, ok := a.(bot.WebReceiver); ok {
			if path, _ := receiver.Webhook(); path != "" {
				paths = append(paths, path)
			}
		}
	}
	return paths, nil
}

// reached says whether an address leads here.
func (i *inspection) reached(ctx context.Context, address, mark, page string) finding {
	const about = "public.url"
	answer, err := i.ask(ctx, http.MethodPost, address)
	var name *net.DNSError
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &name):
		return bad(about, address+": its name leads nowhere", "Does the name stand in the DNS, with this machine's address? See "+page)
	case errors.As(err, &authority), errors.As(err, &host), errors.As(err, &invalid):
		return bad(about, fmt.Sprintf("%s: its certificate is not accepted: %v", address, cause(err)), "Let the web server get one that browsers accept, see "+page)
	case err != nil:
		return bad(about, fmt.Sprintf("%s: cannot be reached from here: %v", address, cause(err)),
			"Does the web server run? Some networks do not let a machine call itself: then try it from another, see "+page)
	case !answer.isStaffroom(mark):
		return bad(about, fmt.Sprintf("%s: something else answers (%d)", address, answer.status), "Let the web server hand this path on to public.listen, see "+page)
	}
	return good(about, address+" leads here")
}

// markHeader carries the mark of an answer that the check itself gives.
const markHeader = "Staffroom-Check"

type webAnswer struct {
	status     int
	mark, body string
}

// isStaffroom tells an answer of ours: it has the mark, or, where Staffroom runs,
// it refuses what no platform has signed.
func (a webAnswer) isStaffroom(mark string) bool {
	if mark == "" {
		return a.status == http.StatusUnauthorized
	}
	return a.mark == mark
}

func (i *inspection) ask(ctx context.Context, method, address string) (webAnswer, error) {
	req, err := http.NewRequestWithContext(ctx, method, address, http.NoBody)
	if err != nil {
		return webAnswer{}, err
	}
	resp, err := i.transport.RoundTrip(req) // which follows no redirection, as platforms do not
	if err != nil {
		return webAnswer{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<10))
	return webAnswer{resp.StatusCode, resp.Header.Get(markHeader), string(body)}, err
}

// standIn answers on a listener until stop is called.
func standIn(listener net.Listener, mark string) (stop func()) {
	server := &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set(markHeader, mark)
			http.Error(w, "not running", http.StatusServiceUnavailable)
		}),
		ReadTimeout: publicReadWithin, MaxHeaderBytes: publicMaxHeader,
		ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug),
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(listener) // until Close
	}()
	return func() {
		_ = server.Close()
		<-done
	}
}

func listen(ctx context.Context, address string) (net.Listener, error) {
	return (&net.ListenConfig{}).Listen(ctx, "tcp", address)
}

// local is an address to listen at as one to call.
func local(address string) string {
	if host, port, err := net.SplitHostPort(address); err == nil && host == "" {
		return net.JoinHostPort("localhost", port)
	}
	return address
}

// cause leaves out of an error what is said before it: the address.
func cause(err error) error {
	var request *url.Error
	if errors.As(err, &request) {
		err = request.Err
	}
	var operation *net.OpError
	if errors.As(err, &operation) {
		err = operation.Err
	}
	return err
}
