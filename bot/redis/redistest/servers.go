package redistest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/staffroom-bot/staffroom/bot/redis/internal/redisserver"
	"github.com/staffroom-bot/staffroom/bot/redis/internal/wait"
)

const (
	startWait    = 20 * time.Second // a Cluster needs two and a half
	startTries   = 5                // another program may take a port that was free a moment ago
	clusterPause = 10 * time.Millisecond
	nodes        = 3
	slots        = 16384
	busOffset    = 10000 // from a node's port to that on which nodes talk (https://redis.io/docs/latest/operate/oss_and_stack/management/scaling/)
)

// group is one or more processes that serve one URL.
type group struct {
	url       string
	folder    string
	processes []*redisserver.Process
}

// launch starts one more process.
func (g *group) launch(server string, args ...string) (*redisserver.Process, error) {
	always := []string{"--save", "", "--appendonly", "no", "--loglevel", "warning"}
	process, err := redisserver.Start(redisserver.Config{Path: server, Args: append(always, args...)})
	if err == nil {
		g.processes = append(g.processes, process)
	}
	return process, err
}

// end kills the processes: there is nothing to be kept.
func (g *group) end() error {
	var failed []error
	for _, process := range g.processes {
		failed = append(failed, process.Kill())
	}
	return errors.Join(append(failed, os.RemoveAll(g.folder))...)
}

// shared is a group that is started for its first user and ended after its last.
type shared struct {
	start func(ctx context.Context, server string) (*group, error)

	mu      sync.Mutex
	users   int
	running *group
}

// keep counts as a user without starting anything.
func (s *shared) keep() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.users++
}

// use returns the group's URL and holds the group until the test ends.
func (s *shared) use(tb testing.TB, server string) string {
	tb.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running == nil {
		ctx, cancel := context.WithTimeout(context.Background(), startWait)
		defer cancel()
		started, err := s.start(ctx, server)
		if err != nil {
			tb.Fatal("starting redis-server:", err)
		}
		s.running = started
	}
	s.users++
	tb.Cleanup(func() {
		if err := s.release(); err != nil {
			tb.Error("ending redis-server:", err)
		}
	})
	return s.running.url
}

func (s *shared) release() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.users--
	if s.users > 0 || s.running == nil {
		return nil
	}
	ending := s.running
	s.running = nil
	return ending.end()
}

func startServer(ctx context.Context, server string) (*group, error) {
	folder, err := os.MkdirTemp("", "staffroom-test-")
	if err != nil {
		return nil, err
	}
	socket := filepath.Join(folder, "redis.sock")
	g := &group{url: "unix://" + socket, folder: folder}
	process, err := g.launch(server, "--port", "0", "--unixsocket", socket, "--dir", folder, "--databases", strconv.Itoa(databases))
	if err == nil {
		err = process.WaitReady(ctx, "unix", socket)
	}
	if err != nil {
		return nil, errors.Join(err, g.end())
	}
	return g, nil
}

// startCluster starts three masters that share the slots, without redis-cli.
func startCluster(ctx context.Context, server string) (*group, error) {
	var failed error
	for range startTries {
		g, err := tryCluster(ctx, server)
		if err == nil || ctx.Err() != nil {
			return g, err
		}
		failed = err
	}
	return nil, failed
}

func tryCluster(ctx context.Context, server string) (_ *group, err error) {
	folder, err := os.MkdirTemp("", "staffroom-test-")
	if err != nil {
		return nil, err
	}
	g := &group{folder: folder}
	defer func() {
		if err != nil {
			err = errors.Join(err, g.end())
		}
	}()
	ports, err := freePorts()
	if err != nil {
		return nil, err
	}
	for _, port := range ports {
		dir := filepath.Join(folder, strconv.Itoa(port))
		if err := os.Mkdir(dir, 0o700); err != nil {
			return nil, err
		}
		_, err := g.launch(server, "--bind", "127.0.0.1", "--port", strconv.Itoa(port), "--dir", dir,
			"--cluster-enabled", "yes", "--cluster-announce-ip", "127.0.0.1", "--cluster-node-timeout", "5000")
		if err != nil {
			return nil, err
		}
	}
	addresses := make([]string, nodes)
	for i, port := range ports {
		addresses[i] = net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
		if err := g.processes[i].WaitReady(ctx, "tcp", addresses[i]); err != nil {
			return nil, err
		}
	}
	g.url = "redis://" + strings.Join(addresses, ",")
	return g, join(ctx, addresses, ports)
}

// join makes one Cluster of the nodes and waits until each of them says so.
func join(ctx context.Context, addresses []string, ports []int) error {
	for i, address := range addresses {
		for _, command := range []string{
			fmt.Sprintf("CLUSTER SET-CONFIG-EPOCH %d", i+1),
			fmt.Sprintf("CLUSTER ADDSLOTSRANGE %d %d", i*slots/nodes, (i+1)*slots/nodes-1),
			fmt.Sprintf("CLUSTER MEET 127.0.0.1 %d", ports[0]),
		} {
			answer, err := redisserver.Ask(ctx, "tcp", address, command)
			if err == nil && answer != "+OK" {
				err = errors.New(answer)
			}
			if err != nil {
				return fmt.Errorf("%s: %w", command, err)
			}
		}
	}
	for _, address := range addresses {
		node := redis.NewClient(&redis.Options{Addr: address})
		err := wait.Until(ctx, clusterPause, func() (bool, error) {
			info, err := node.ClusterInfo(ctx).Result()
			whole := strings.Contains(info, "cluster_state:ok") && strings.Contains(info, fmt.Sprintf("cluster_known_nodes:%d", nodes))
			return whole, err
		})
		if err := errors.Join(err, node.Close()); err != nil {
			return fmt.Errorf("the Cluster does not come together: %w", err)
		}
	}
	return nil
}

// freePorts finds ports for the nodes such that the port of each one's bus is free too.
func freePorts() ([]int, error) {
	var held []net.Listener
	defer func() {
		for _, listener := range held {
			_ = listener.Close() // nobody has connected
		}
	}()
	var ports []int
	for len(ports) < nodes {
		if len(held) > 100 {
			return nil, errors.New("no free ports for a Cluster on 127.0.0.1")
		}
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		held = append(held, listener)
		port := listener.Addr().(*net.TCPAddr).Port
		bus, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port+busOffset)))
		if err != nil {
			continue
		}
		held = append(held, bus)
		ports = append(ports, port)
	}
	return ports, nil
}
