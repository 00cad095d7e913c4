package app

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// meter counts requests and posts for Prometheus.
type meter struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
	posts    *prometheus.HistogramVec
}

func newMeter() *meter {
	m := &meter{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: "staffroom",
			Name:      "request_seconds",
			Help:      "How long what members asked for took, by route and outcome.",
			Buckets:   []float64{.001, .005, .02, .1, .5, 2, 10},
		}, []string{"route", "code"}),
		posts: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: "staffroom",
			Name:      "post_wait_seconds",
			Help:      "How long posts waited in the outbox, by class and by how they ended.",
			Buckets:   []float64{.05, .25, 1, 5, 30, 300, 3600},
		}, []string{"class", "outcome"}),
	}
	m.registry.MustRegister(m.requests, m.posts,
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Observe implements middleware.Meter.
func (m *meter) Observe(route string, code bot.Code, d time.Duration) {
	label := string(code)
	if label == "" {
		label = "ok"
	}
	m.requests.WithLabelValues(route, label).Observe(d.Seconds())
}

// Post implements outbox.Meter.
func (m *meter) Post(class outbox.Class, outcome outbox.Outcome, waited time.Duration) {
	m.posts.WithLabelValues(string(class), string(outcome)).Observe(waited.Seconds())
}

// operatorPages serves /healthz (the process runs), /readyz (it can work) and
// /metrics.
func (m *meter) operatorPages(ready func(context.Context) error) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("ok\n"))
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), time.Second)
		defer cancel()
		if err := ready(ctx); err != nil {
			// What exactly is wrong stands in the log, not on a page.
			http.Error(w, "not ready: the data store does not answer", http.StatusServiceUnavailable)
			return
		}
		_, _ = w.Write([]byte("ready\n"))
	})
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}))
	return mux
}

// serve answers on address until ctx ends. An empty address serves nothing.
func serve(ctx context.Context, address string, pages http.Handler, log *slog.Logger) (wait func(), err error) {
	if address == "" {
		return func() {}, nil
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	server := &http.Server{Handler: pages, ReadHeaderTimeout: 5 * time.Second}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			log.Error("the page for health and metrics has stopped", "error", err)
		}
	}()
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	log.Info("health and metrics", "address", listener.Addr().String())
	return func() {
		stop()
		_ = server.Close()
		<-done
	}, nil
}
