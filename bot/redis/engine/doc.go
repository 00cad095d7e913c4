// Package engine opens the Redis in which Staffroom keeps its state and hands back a client for it.
//
// There are three engines:
//
//   - [External]: a Redis, Redis Cluster or Sentinel group that somebody runs; chosen by [Options.URL]. The only one
//     that several machines can share.
//   - [Child]: a redis-server process of our own on a Unix socket in a private folder, without any TCP port. Its files
//     are in [Options.DataDir]; each write is on disk (appendfsync always) before it is acknowledged. Chosen when URL is
//     empty and redis-server is found. For Linux, macOS and the BSDs.
//   - [InProcess]: a stand-in inside this process (miniredis) which keeps nothing. Chosen when nothing else is there,
//     and by [Options.InProcess].
//
// # Addresses
//
// [Options.URL] is one of
//
//	redis://user:password@host:6379/0               one server; rediss:// encrypts
//	unix:///run/redis/redis.sock?db=0               one server on this machine
//	redis://user:password@host1:6379,host2:6379     a Cluster: several addresses
//	redis+cluster://user:password@host:6379         a Cluster of which one address is known
//	redis+sentinel://user:password@host1:26379,host2:26379/mymaster?db=0
//	                                                the master of that name, asked of Sentinels
//
// rediss+cluster:// and rediss+sentinel:// encrypt. Without a scheme redis:// is meant, and several whole URLs separated
// by commas are taken as one with several addresses, if they agree in all but the address. The user and password of a
// Sentinel URL are those of the Redis servers; the Sentinels' own stand in sentinel_username and sentinel_password.
// Behind "?" stands whatever go-redis understands there, such as dial_timeout=2s, pool_size=50 or skip_verify=true
// (https://pkg.go.dev/github.com/redis/go-redis/v9#ParseURL). In a user name, password or option the characters
// / ? # @ and % are written as %2F %3F %23 %40 and %25. No error of this package quotes any of it but host and port.
//
// # Failures
//
// The client never repeats a command that may have been carried out: whoever sent it knows whether that would do harm.
// Only connecting is tried again. (go-redis makes one exception that cannot be turned off: a Cluster client repeats a
// command whose connection broke. So scripts must bear being run twice, as those behind an expected version do.) An
// unreachable Redis is an error within seconds, and a context's deadline ends any call.
//
// # The private server
//
// The lock on the file "lock" in the data folder is held by us and by the child (which inherits the open file), so the
// folder is free only when both have ended. The lock on the file "owner" is ours alone: it tells a second Staffroom,
// which is refused at once with [ErrInUse], from a child that outlives a killed parent, which is waited for. On Linux
// the kernel kills that child with its parent. Elsewhere the next start asks it to shut down, over its socket, whose
// folder the owner file names; until then it goes on using memory, but nothing is lost. The data folder must be on a
// local disk: locks on network file systems do not pass from parent to child.
//
// A child that dies is started again, at the same address, after a pause that grows from 20 ms to 5 s. Meanwhile calls
// fail or wait for the connection.
package engine
