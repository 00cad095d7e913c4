package engine_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/staffroom-bot/staffroom/bot/redis/engine"
	"github.com/staffroom-bot/staffroom/bot/redis/internal/redisserver"
	"github.com/staffroom-bot/staffroom/bot/redis/redistest"
)

func openURL(ctx context.Context, t *testing.T, url string) (redis.UniversalClient, error) {
	t.Helper()
	e, err := engine.Open(ctx, engine.Options{URL: url})
	if err != nil {
		return nil, err
	}
	t.Cleanup(func() {
		if err := e.Close(context.Background()); err != nil {
			t.Error("Close:", err)
		}
	})
	if e.Kind() != engine.External || !e.Durable() {
		t.Errorf("the engine is %s, durable %v; want the durable external one", e.Kind(), e.Durable())
	}
	return e.Client(), nil
}

func TestUnreachableRedisIsReportedWithoutThePassword(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	free := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = openURL(t.Context(), t, "redis://user:hunter2@"+free)
	if !errors.Is(err, engine.ErrUnavailable) || !strings.Contains(err.Error(), free) || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("Open: %v; want ErrUnavailable that names %s only", err, free)
	}
}

func TestSilentRedisEndsWithTheContext(t *testing.T) {
	url := fakeRedis(t, func(string) string { return "" })
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := openURL(ctx, t, url); !errors.Is(err, engine.ErrUnavailable) {
		t.Errorf("Open: %v; want ErrUnavailable", err)
	}
}

func TestServerThatQuotesThePasswordIsNotQuoted(t *testing.T) {
	url := fakeRedis(t, func(command string) string {
		return "-ERR unknown command, with args beginning with: " + command + "\r\n"
	})
	_, err := openURL(t.Context(), t, strings.Replace(url, "redis://", "redis://user:hunter%2F2@", 1))
	if !errors.Is(err, engine.ErrUnavailable) || !strings.Contains(err.Error(), "unknown command") {
		t.Fatalf("Open: %v; want ErrUnavailable with the server's words", err)
	}
	if strings.Contains(err.Error(), "hunter") {
		t.Errorf("the error has the password in it: %v", err)
	}
}

func TestClusterBehindOneAddressIsRecognised(t *testing.T) {
	node := redistest.Cluster(t).(*redis.ClusterClient).Options().Addrs[0]
	_, err := openURL(t.Context(), t, "redis://"+node)
	if !errors.Is(err, engine.ErrInvalid) || !strings.Contains(err.Error(), "redis+cluster://") {
		t.Errorf("Open: %v; want ErrInvalid that says how to write it", err)
	}
	client, err := openURL(t.Context(), t, "redis+cluster://"+node)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 10 { // in several slots
		if err := client.Set(t.Context(), fmt.Sprint(i), i, 0).Err(); err != nil {
			t.Error(err)
		}
	}
}

func TestSentinelFindsTheMaster(t *testing.T) {
	server, dir := redistest.Server(t), t.TempDir()
	run := func(args ...string) string {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		_, port, _ := net.SplitHostPort(listener.Addr().String())
		if err := listener.Close(); err != nil {
			t.Fatal(err)
		}
		process, err := redisserver.Start(redisserver.Config{Path: server, Args: append(args, "--bind", "127.0.0.1", "--port", port, "--dir", dir)})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := process.Kill(); err != nil {
				t.Error(err)
			}
		})
		if err := process.WaitReady(t.Context(), "tcp", net.JoinHostPort("127.0.0.1", port)); err != nil {
			t.Fatal(err)
		}
		return port
	}
	// The password is asked for only after WaitReady has had its answer.
	master := run("--save", "")
	if answer, err := redisserver.Ask(t.Context(), "tcp", "127.0.0.1:"+master, "CONFIG SET requirepass hunter2"); answer != "+OK" {
		t.Fatal(answer, err)
	}
	config := filepath.Join(dir, "sentinel.conf")
	text := "sentinel monitor main 127.0.0.1 " + master + " 1\nsentinel auth-pass main hunter2\n"
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	port := run(config, "--sentinel")
	client, err := openURL(t.Context(), t, "redis+sentinel://:hunter2@127.0.0.1:"+port+"/main?db=2")
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Set(t.Context(), "key", "value", 0).Err(); err != nil {
		t.Fatal(err)
	}
	direct, err := openURL(t.Context(), t, "redis://:hunter2@127.0.0.1:"+master+"/2")
	if err != nil {
		t.Fatal(err)
	}
	if got := direct.Get(t.Context(), "key").Val(); got != "value" {
		t.Errorf("the master has %q", got)
	}
}

func TestWithoutRedisServerTheInProcessEngineServes(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	e, err := engine.Open(t.Context(), engine.Options{DataDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	if e.Kind() != engine.InProcess {
		t.Errorf("the engine is %s", e.Kind())
	}
	if err := e.Close(t.Context()); err != nil {
		t.Error(err)
	}
	missing := filepath.Join(t.TempDir(), "redis-server")
	if _, err := engine.Open(t.Context(), engine.Options{DataDir: t.TempDir(), Server: missing}); !errors.Is(err, engine.ErrInvalid) {
		t.Errorf("a program that was named and is not there: %v; want ErrInvalid", err)
	}
}

// fakeRedis listens, reads commands and gives the same answer to each, and returns its URL.
func fakeRedis(t *testing.T, answer func(command string) string) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = conn.Close() }()
				for reader := bufio.NewReader(conn); ; {
					command, err := readCommand(reader)
					if err != nil {
						return
					}
					if _, err := io.WriteString(conn, answer(command)); err != nil {
						return
					}
				}
			}()
		}
	}()
	return "redis://" + listener.Addr().String()
}

// readCommand reads an array of strings and joins it with spaces.
func readCommand(reader *bufio.Reader) (string, error) {
	var words []string
	header, err := reader.ReadString('\n')
	if err != nil {
		return "", err
	}
	count, err := strconv.Atoi(strings.Trim(header, "*\r\n"))
	for range count {
		for range 2 { // its length, then itself
			if header, err = reader.ReadString('\n'); err != nil {
				return "", err
			}
		}
		words = append(words, strings.TrimSpace(header))
	}
	return strings.Join(words, " "), err
}
