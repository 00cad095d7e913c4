package community

import (
	_ "embed"
	"slices"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

//go:embed zones.txt
var zonesFile string

// zones finds IANA time zones by what people call them.
type zones struct {
	byName map[string][]string // normalised name → zones
	names  []string            // all names, in the order of the file
}

func newZones() *zones {
	z := &zones{byName: map[string][]string{}}
	for line := range strings.Lines(zonesFile) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		zone, others, _ := strings.Cut(line, " ")
		z.add(zone, zone)
		z.add(zone[strings.LastIndexByte(zone, '/')+1:], zone)
		for name := range strings.SplitSeq(others, ";") {
			z.add(name, zone)
		}
	}
	return z
}

func (z *zones) add(name, zone string) {
	name = normalise(name)
	if name == "" || slices.Contains(z.byName[name], zone) {
		return
	}
	if len(z.byName[name]) == 0 {
		z.names = append(z.names, name)
	}
	z.byName[name] = append(z.byName[name], zone)
}

// find gives the zone that was meant, or, with zone "", up to three that may have
// been.
func (z *zones) find(typed string) (zone string, nearest []string) {
	name := normalise(typed)
	for _, ending := range []string{" standard time", " daylight time", " time"} {
		name = strings.TrimSuffix(name, ending)
	}
	switch found := z.byName[name]; {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return "", found
	}
	// A zone that is newer than our list, or an old name such as US/Eastern.
	if exact := strings.TrimSpace(typed); strings.Contains(exact, "/") {
		if loc, err := time.LoadLocation(exact); err == nil {
			return loc.String(), nil
		}
	}
	const most = 3
	for _, candidate := range bot.Nearest(name, z.names, 3*most) {
		for _, zone := range z.byName[candidate] {
			if len(nearest) < most && !slices.Contains(nearest, zone) {
				nearest = append(nearest, zone)
			}
		}
	}
	return "", nearest
}

// normalise makes "América/Ciudad_de_México" and "america ciudad de mexico" the
// same.
func normalise(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		switch r {
		case 'á', 'à', 'â', 'ã', 'ä', 'å':
			r = 'a'
		case 'é', 'è', 'ê', 'ë':
			r = 'e'
		case 'í', 'ì', 'î', 'ï':
			r = 'i'
		case 'ó', 'ò', 'ô', 'õ', 'ö':
			r = 'o'
		case 'ú', 'ù', 'û', 'ü':
			r = 'u'
		case 'ñ':
			r = 'n'
		case 'ç':
			r = 'c'
		case '.', '\'', '’':
			continue
		case '_', '/', '-', ',':
			r = ' '
		}
		b.WriteRune(r)
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
