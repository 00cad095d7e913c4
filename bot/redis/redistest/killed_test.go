package redistest_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/staffroom-bot/staffroom/bot/redis/internal/redisserver"
	"github.com/staffroom-bot/staffroom/bot/redis/internal/wait"
	"github.com/staffroom-bot/staffroom/bot/redis/redistest"
)

// hang, when it is set, makes TestKilledTestBinaryLeavesNoServer start everything, say where it is, and wait to be killed.
const hang = "STAFFROOM_TEST_HANG"

func TestKilledTestBinaryLeavesNoServer(t *testing.T) {
	if os.Getenv(hang) != "" {
		fmt.Println("unix", redistest.Real(t).(*redis.Client).Options().Addr)
		for _, node := range redistest.Cluster(t).(*redis.ClusterClient).Options().Addrs {
			fmt.Println("tcp", node)
		}
		fmt.Println("all")
		<-t.Context().Done() // never
	}
	if runtime.GOOS != "linux" {
		t.Skip("only Linux ends a process with its parent")
	}
	redistest.Server(t)
	binary := exec.Command(os.Args[0], "-test.run=^TestKilledTestBinaryLeavesNoServer$")
	binary.Env = append(os.Environ(), hang+"=1", "TMPDIR="+t.TempDir())
	out, err := binary.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := binary.Start(); err != nil {
		t.Fatal(err)
	}
	var servers [][2]string
	for lines := bufio.NewScanner(out); lines.Scan() && lines.Text() != "all"; {
		network, address, _ := strings.Cut(lines.Text(), " ")
		servers = append(servers, [2]string{network, address})
	}
	if err := binary.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = binary.Wait() // killed
	if len(servers) != 4 {
		t.Fatalf("it started %v; want one server and three nodes", servers)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for _, server := range servers {
		err := wait.Until(ctx, 5*time.Millisecond, func() (bool, error) {
			_, err := redisserver.Ask(ctx, server[0], server[1], "PING")
			return err != nil, nil
		})
		if err != nil {
			t.Errorf("%s still answers: %v", server[1], err)
		}
	}
}
