//go:build unix && !aix && !solaris

package engine

// OpenWatched lets a test say when the child's socket is looked for.
var OpenWatched = openWatched
