package redisserver

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"strings"
)

// Ask sends one command without arguments that need quoting over a connection of its own and returns the first line of
// the answer, type sign included: "+PONG", "-LOADING …". It stands beside the client library because a server that
// starts or ends is asked before there is anything worth a pool, its retries and its log lines.
func Ask(ctx context.Context, network, address, command string) (string, error) {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, network, address)
	if err != nil {
		return "", err
	}
	defer func() { _ = conn.Close() }() // nothing is left to be written
	cut := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer cut()
	if _, err := fmt.Fprintf(conn, "%s\r\n", command); err != nil {
		return "", err
	}
	line, err := bufio.NewReader(conn).ReadString('\n')
	return strings.TrimRight(line, "\r\n"), err
}
