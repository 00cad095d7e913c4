// Package redisserver runs a redis-server process for this one.
//
// The process gets a process group of its own, so that Ctrl-C in a terminal reaches it only through us, and an
// environment without our secrets. On Linux the kernel kills it when this process ends, however that happens; elsewhere
// it stays behind after a kill -9 and whoever starts it must be ready to find it (see package engine).
package redisserver
