//go:build unix

package hookbench

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot/redis/engine"
	"github.com/staffroom-bot/staffroom/bot/redis/redistest"
)

const (
	clients  = 16    // at once
	requests = 8_000 // in one turn of one server
	turns    = 5

	leastRate = 0.60 // of the floor's
	mostCPU   = 2.0  // times the floor's

	// What tells a copy of the binary to be a server, and where its Redis is.
	roleVariable  = "STAFFROOM_HOOKBENCH_ROLE"
	redisVariable = "STAFFROOM_HOOKBENCH_REDIS"

	usagePath = "/usage"
)

// Role is which of the two servers a process is.
type Role string

// The roles.
const (
	Floor     Role = "floor"
	Staffroom Role = "staffroom"
)

// Comparison is what is compared.
type Comparison struct {
	Path string // where requests go
	// Handler answers them. It may use the engine's Redis, and what it starts ends
	// with ctx.
	Handler func(ctx context.Context, role Role, e *engine.Engine) (http.Handler, error)
	// Request makes the n-th one: its signed header and its body. What is answered,
	// with 200, must have Answer in it.
	Request func(n int64) (http.Header, []byte)
}

// Main is a TestMain: the process of a server, if it is one; otherwise it runs the
// tests.
func (c Comparison) Main(m *testing.M) {
	role := Role(os.Getenv(roleVariable))
	if role == "" {
		redistest.Main(m)
		return
	}
	if err := c.serve(role); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// serve answers until its input ends. It says first at which address.
func (c Comparison) serve(role Role) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	e, err := engine.Open(ctx, engine.Options{URL: os.Getenv(redisVariable)})
	if err != nil {
		return err
	}
	defer func() { _ = e.Close(ctx) }()
	hook, err := c.Handler(ctx, role, e)
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle(c.Path, hook)
	mux.HandleFunc(usagePath, func(w http.ResponseWriter, _ *http.Request) {
		var used syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		_, _ = fmt.Fprint(w, used.Utime.Nano()+used.Stime.Nano())
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(listener.Addr())
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }()
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

// Subject is a running server.
type Subject struct {
	Comparison
	address string
	serial  atomic.Int64
}

// Start runs a server until the test ends, on the Redis at this address. It
// returns when the server answers rightly.
func (c Comparison) Start(tb testing.TB, role Role, redis string) *Subject {
	tb.Helper()
	child := exec.Command(os.Args[0]) //nolint:gosec // this very binary
	child.Env = append(os.Environ(), roleVariable+"="+string(role), redisVariable+"="+redis)
	child.Stderr = os.Stderr
	in, err := child.StdinPipe()
	if err != nil {
		tb.Fatal(err)
	}
	out, err := child.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := child.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		_ = in.Close()
		if err := child.Wait(); err != nil {
			tb.Error(err)
		}
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		tb.Fatal(err)
	}
	s := &Subject{Comparison: c, address: strings.TrimSpace(line)}
	for deadline := time.Now().Add(10 * time.Second); ; {
		err := s.first()
		if err == nil {
			return s
		}
		if time.Now().After(deadline) {
			tb.Fatal(err)
		}
	}
}

// Asked is how many requests have been made.
func (s *Subject) Asked() int64 { return s.serial.Load() }

// first makes one request, over a connection of its own.
func (s *Subject) first() error {
	conn, err := net.Dial("tcp", s.address)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	return s.ask(conn, bufio.NewReader(conn))
}

func (s *Subject) ask(conn net.Conn, r *bufio.Reader) error {
	header, sent := s.Request(s.serial.Add(1))
	request := &http.Request{
		Method: http.MethodPost, URL: &url.URL{Scheme: "http", Host: "bot.example.org", Path: s.Path}, Header: header,
		Body: io.NopCloser(strings.NewReader(string(sent))), ContentLength: int64(len(sent)),
	}
	if err := request.Write(conn); err != nil {
		return err
	}
	response, err := http.ReadResponse(r, nil)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err == nil && (response.StatusCode != http.StatusOK || !bytes.Contains(body, []byte(Answer))) {
		err = fmt.Errorf("answered with %d %q", response.StatusCode, body)
	}
	return err
}

// cpu is the time that the server has computed so far.
func (s *Subject) cpu(tb testing.TB) time.Duration {
	tb.Helper()
	response, err := http.Get("http://" + s.address + usagePath)
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		tb.Fatal(err)
	}
	used, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil {
		tb.Fatal(err)
	}
	return time.Duration(used)
}

// turn puts the server under load and gives its requests in a second, and its
// CPU time for one.
func (s *Subject) turn(tb testing.TB) (rate float64, each time.Duration) {
	tb.Helper()
	before, began := s.cpu(tb), time.Now()
	var left atomic.Int64
	left.Store(requests)
	var all sync.WaitGroup
	for range clients {
		all.Go(func() {
			conn, err := net.Dial("tcp", s.address)
			if err != nil {
				tb.Error(err)
				return
			}
			defer func() { _ = conn.Close() }()
			for r := bufio.NewReader(conn); left.Add(-1) >= 0; {
				if err := s.ask(conn, r); err != nil {
					tb.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	took := time.Since(began)
	return requests / took.Seconds(), (s.cpu(tb) - before) / requests
}

// Run takes turns between the floor and ours. It fails below 60 % of the floor's
// rate, or above twice its CPU time a request.
func (c Comparison) Run(b *testing.B) {
	redis, _ := Prepared(b)
	bare, ours := c.Start(b, Floor, redis), c.Start(b, Staffroom, redis)
	bare.turn(b) // to warm up
	ours.turn(b)
	var rates, costs, bareRates, ourRates, bareCosts, ourCosts []float64
	b.ResetTimer()
	for b.Loop() {
		for range turns {
			bareRate, bareCost := bare.turn(b)
			ourRate, ourCost := ours.turn(b)
			rates, costs = append(rates, ourRate/bareRate), append(costs, float64(ourCost)/float64(bareCost))
			bareRates, ourRates = append(bareRates, bareRate), append(ourRates, ourRate)
			bareCosts, ourCosts = append(bareCosts, float64(bareCost)/1e3), append(ourCosts, float64(ourCost)/1e3)
		}
	}
	b.ReportMetric(0, "ns/op") // says nothing here
	b.ReportMetric(median(bareRates), "floor-req/s")
	b.ReportMetric(median(ourRates), "staffroom-req/s")
	b.ReportMetric(median(rates), "rate-ratio")
	b.ReportMetric(median(bareCosts), "floor-cpu-µs/req")
	b.ReportMetric(median(ourCosts), "staffroom-cpu-µs/req")
	b.ReportMetric(median(costs), "cpu-ratio")
	if median(rates) < leastRate {
		b.Errorf("the rate is %.2f of the floor's, want at least %.2f", median(rates), leastRate)
	}
	if median(costs) > mostCPU {
		b.Errorf("the CPU time is %.2f times the floor's, want at most %.2f", median(costs), mostCPU)
	}
}

// What a command reads, and what it writes.
const (
	memberKey = "bench:member"
	lastKey   = "bench:last"
)

// Act is what a command does, of either server: it reads once and writes once. It
// gives the answer, which is Answer.
func Act(ctx context.Context, e *engine.Engine, input string) (string, error) {
	name, err := e.Client().Get(ctx, memberKey).Result()
	if err != nil {
		return "", err
	}
	if err := e.Client().Set(ctx, lastKey, input, 0).Err(); err != nil {
		return "", err
	}
	return "Done, " + name + ".", nil
}

// Answer is what Act answers.
const Answer = "Done, Ana."

// Prepared is a Redis that knows the member, and its address.
func Prepared(tb testing.TB) (address string, e *engine.Engine) {
	tb.Helper()
	address = redistest.URL(tb)
	e, err := engine.Open(tb.Context(), engine.Options{URL: address})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = e.Close(context.Background()) })
	if err := e.Client().Set(tb.Context(), memberKey, "Ana", 0).Err(); err != nil {
		tb.Fatal(err)
	}
	return address, e
}

// Alike keeps the comparison fair: of both servers the same request has the same
// answer and leaves the same behind, which is what input says of the n-th.
func (c Comparison) Alike(t *testing.T, input func(n int64) string) {
	address, e := Prepared(t)
	for _, role := range []Role{Floor, Staffroom} {
		s := c.Start(t, role, address) // which asks, and compares the answer
		if got, want := e.Client().Get(t.Context(), lastKey).Val(), input(s.Asked()); got != want {
			t.Errorf("%s left %q, want %q", role, got, want)
		}
	}
}

func median(all []float64) float64 {
	sorted := slices.Sorted(slices.Values(all))
	return sorted[len(sorted)/2]
}
