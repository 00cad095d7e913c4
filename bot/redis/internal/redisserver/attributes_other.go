//go:build !unix

package redisserver

import "syscall"

func attributes() *syscall.SysProcAttr { return nil }
