package discord

import "testing"

func checkRequest(*testing.T) func(method, path string, body []byte) error { return nil }
