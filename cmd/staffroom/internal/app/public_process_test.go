//go:build unix

package app

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/adapters/slack/slackloop"
)

// TestRunOverHTTP: with a signing secret and no app token Slack sends to the public
// address, and the program answers there until it is stopped.
func TestRunOverHTTP(t *testing.T) {
	workspace := slackloop.Start(slackloop.Options{})
	defer workspace.Close()
	workspace.AddPerson(slackloop.Person{ID: "UANA", Name: "Ana"})
	workspace.AddChannel(slackloop.Channel{ID: "CLOBBY", Name: "lobby"})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	home := newHome(t)
	settings := fmt.Sprintf("http:\n  listen: \"\"\npublic:\n  listen: %q\nslack:\n- name: lincoln\n  bot_token: %s\n  signing_secret: %s\n  api_url: %s\n",
		address, slackloop.BotToken, slackloop.Secret, workspace.APIURL())
	if err := os.WriteFile(filepath.Join(home, "config.yaml"), []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	p := startProcess(t, home, "run", "--ephemeral")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	workspace.DeliverTo("http://" + address + "/slack/lincoln")
	shown := func() bool {
		home, ok := workspace.Home("UANA")
		return ok && strings.HasPrefix(home.Text, "Hello")
	}
	workspace.OpenHome("UANA")
	again := time.NewTicker(50 * time.Millisecond) // Slack delivers again until the program has started
	defer again.Stop()
	for !shown() {
		select {
		case <-again.C:
			workspace.RedeliverUnacked()
		case <-ctx.Done():
			t.Fatal("no home was shown")
		}
	}
	id := workspace.SlashCommand("UANA", "CLOBBY", "help")
	if _, err := workspace.AwaitAck(ctx, id); err != nil {
		t.Fatal(err)
	}
	if all := workspace.Screen("UANA"); len(all) != 1 || !all[0].Ephemeral {
		t.Errorf("Ana sees %+v, want the help for her alone", all)
	}
	if err := p.interrupt(); err != nil {
		t.Fatalf("%v\n%s", err, p.errors.String())
	}
	for _, secret := range []string{slackloop.BotToken, slackloop.Secret} {
		if strings.Contains(p.errors.String(), secret) {
			t.Error("a secret is in the log")
		}
	}
}
