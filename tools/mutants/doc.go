// Command mutants proves that the tests can fail. It breaks one promise of the program at a time, runs the test that
// keeps this promise, and wants to see it fail.
//
//	make mutants                   all of them
//	make mutants ONLY=outbox       those with this word in their name or their file
//	make mutants SLOW=1            those that take minutes too
//
// The mutants are text files in the folder table, a paragraph each:
//
//	a job is claimed without a lease
//	file bot/redis/scripts/claim.lua
//	- redis.call('HSET', K.lease, id, ARGV[4])
//	+
//	test bot/redis TestAHeldJobComesBackWhenItsLeaseEnds
//
// The first line says in words what is broken. What stands after "- " is replaced by what stands after "+ "; it may be a
// part of a line, or several lines, and occurs exactly once in the file. There may be more such changes and more files.
// The test, or a part of one written as TestX/part, must fail. More lines are possible:
//
//	args -chaos.kills=20           for the test
//	timeout 3m                     for the test; a minute if nothing is said
//	hangs                          the test fails by running out of this time
//	crashes                        it fails by a panic that ends the program
//	slow                           left out unless asked for
//
// A line that begins with # is a remark. The tree is never touched: the go command is told to read the changed files in
// the place of the others (-overlay).
//
// A test that draws its cases by chance is given a seed in args, so that it draws the same every time, and
// -rapid.nofailfile, so that it leaves nothing behind.
//
// What does not compile, or ends without the test having failed, is no proof, but a mistake in the table. So is a test
// that fails or skips when nothing is broken; hence all of them run once before.
package main
