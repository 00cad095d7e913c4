package redisserver

import "syscall"

// attributes gives the process its own group and has the kernel kill it when its parent ends. It is SIGKILL because the
// next start may be waiting already: with appendfsync always nothing that was acknowledged is lost by it.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
