// Package timezone finds the IANA zone behind the names that ConnectWise gives to
// time zones.
package timezone

import (
	"regexp"
	"strings"
	"time"
	_ "time/tzdata" // machines without a zone database know the zones too
)

// offset is what names such as "GMT-5/Eastern Time: US & Canada" and
// "(UTC+01:00) Amsterdam, Berlin" begin with. It is not believed: it leaves out
// daylight saving, and some are older than the law of their place.
var offset = regexp.MustCompile(`^\(?(?:gmt|utc)\s*(?:[+-]\s*\d{1,2}(?::\d{2})?)?\)?\s*[/)-]?\s*`)

// Of returns the zone of a name: an IANA name, a name of Windows, or a label that
// lists places, of which the first known one counts. A tenant may call its zones
// what it likes, so that a name can be unknown.
func Of(name string) (*time.Location, bool) {
	name = strings.TrimSpace(name)
	if strings.Contains(name, "/") {
		if zone, err := time.LoadLocation(name); err == nil {
			return zone, true
		}
	}
	key := strings.ToLower(name)
	if iana, ok := windows[key]; ok {
		return load(iana)
	}
	label := strings.TrimSpace(offset.ReplaceAllString(key, ""))
	if label == "" && key != "" {
		// Nothing but the offset: only none at all is a zone without a place.
		return load(universal[strings.ReplaceAll(key, " ", "")])
	}
	for _, place := range strings.FieldsFunc(label, func(r rune) bool { return strings.ContainsRune(",:;()", r) }) {
		if iana, ok := places[strings.TrimSpace(place)]; ok {
			return load(iana)
		}
	}
	return nil, false
}

// universal are the names of the zone without an offset.
var universal = map[string]string{"utc": "Etc/UTC", "gmt": "Etc/UTC", "(utc)": "Etc/UTC", "(gmt)": "Etc/UTC"}

func load(iana string) (*time.Location, bool) {
	if iana == "" {
		return nil, false
	}
	zone, err := time.LoadLocation(iana)
	return zone, err == nil
}
