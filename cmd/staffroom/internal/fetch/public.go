package fetch

import (
	"net/netip"
	"slices"
)

// inside lists what is not on the public web: the networks that IANA sets aside
// for other purposes, and those that carry an IPv4 address inside an IPv6 one,
// through which a gateway may lead back inside.
// https://www.iana.org/assignments/iana-ipv4-special-registry
// https://www.iana.org/assignments/iana-ipv6-special-registry
var inside = prefixes(
	"0.0.0.0/8",       // this network
	"10.0.0.0/8",      // private
	"100.64.0.0/10",   // shared by a provider's customers
	"127.0.0.0/8",     // loopback
	"169.254.0.0/16",  // link-local, where clouds keep their secrets
	"172.16.0.0/12",   // private
	"192.0.0.0/24",    // protocols
	"192.0.2.0/24",    // documentation
	"192.88.99.0/24",  // 6to4 relays
	"192.168.0.0/16",  // private
	"198.18.0.0/15",   // benchmarks
	"198.51.100.0/24", // documentation
	"203.0.113.0/24",  // documentation
	"224.0.0.0/4",     // multicast
	"240.0.0.0/4",     // reserved, broadcast

	"::/96",          // unspecified, loopback, IPv4-compatible
	"64:ff9b::/96",   // NAT64
	"64:ff9b:1::/48", // NAT64, local
	"100::/64",       // discarded
	"2001::/23",      // protocols, Teredo among them
	"2001:db8::/32",  // documentation
	"2002::/16",      // 6to4
	"3fff::/20",      // documentation
	"5f00::/16",      // segment routing
	"fc00::/7",       // private
	"fe80::/10",      // link-local
	"fec0::/10",      // once site-local
	"ff00::/8",       // multicast
)

func prefixes(list ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(list))
	for i, s := range list {
		out[i] = netip.MustParsePrefix(s)
	}
	return out
}

// isPublic reports whether an address is on the public web, in whatever form it
// is written.
func isPublic(to netip.AddrPort) bool {
	a := to.Addr().Unmap().WithZone("")
	return a.IsValid() && !slices.ContainsFunc(inside, func(p netip.Prefix) bool { return p.Contains(a) })
}
