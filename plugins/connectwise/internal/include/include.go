// Package include keeps which parts an answer carries on request.
package include

import (
	"slices"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// The parts that the records of each kind have on request.
var (
	OfTickets = []psav1.Include_V{
		psav1.Include_DESCRIPTION, psav1.Include_CUSTOM_FIELDS, psav1.Include_CONFIGURATIONS,
		psav1.Include_CO_OWNERS, psav1.Include_WATCHERS, psav1.Include_SLA, psav1.Include_VENDOR,
	}
	OfPeople         = []psav1.Include_V{psav1.Include_CUSTOM_FIELDS, psav1.Include_VENDOR}
	OfConfigurations = OfPeople
	OfTime           = OfPeople
)

// Set is what an answer carries.
type Set map[psav1.Include_V]bool

// Of is what a caller asks for.
func Of(asked []psav1.Include_V) Set {
	in := Set{}
	for _, v := range asked {
		in[v] = true
	}
	return in
}

// Whole is every part but the vendor's own record, and what is asked for
// besides: what a Get carries.
func Whole(asked []psav1.Include_V) Set {
	in := Of(asked)
	for _, v := range OfTickets {
		if v != psav1.Include_VENDOR {
			in[v] = true
		}
	}
	return in
}

// Record is what the record of a ticket holds by itself: what the answer of a
// write carries without another request.
func Record() Set {
	return Of([]psav1.Include_V{psav1.Include_CUSTOM_FIELDS, psav1.Include_CO_OWNERS, psav1.Include_WATCHERS, psav1.Include_SLA})
}

// Has reports whether the answer carries a part.
func (in Set) Has(v psav1.Include_V) bool { return in[v] }

// Omitted returns those of the parts that the answer does not carry.
func (in Set) Omitted(parts []psav1.Include_V) []psav1.Include_V {
	return slices.DeleteFunc(slices.Clone(parts), func(v psav1.Include_V) bool { return in[v] })
}
