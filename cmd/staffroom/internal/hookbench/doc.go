// Package hookbench compares what a request costs that a platform sends to us
// with a floor that does only what cannot be left out. Both are servers in a
// process of their own: copies of the test binary, which take turns under the
// same load. So what the clients cost is in neither.
package hookbench
