// Package etag makes the version of a record that If-Match compares, for PSAs
// that have none of their own.
package etag

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// Of returns the etag of a record: a strong hash, in quotes, over the vendor's
// own version marker (a time, a counter, or empty) and the fields that a list
// row carries. Name what a row does not carry in without, so that a row and a
// Get of the same state agree. The etag itself never counts, nor does the url,
// which says where the record is shown and moves with the PSA's releases.
func Of(marker string, record proto.Message, without ...protoreflect.Name) string {
	// The writing is stable within one build of a connector, and an etag lives no
	// longer than that: another build may map a record in another way.
	wire, err := proto.MarshalOptions{Deterministic: true}.Marshal(record)
	if err != nil {
		// A record that the connector itself built and that cannot be marshalled
		// cannot be answered either; its etag matches nothing.
		return ""
	}
	left := numbers(record, append([]protoreflect.Name{"etag", "url"}, without...))
	h := sha256.New()
	h.Write([]byte(marker))
	h.Write([]byte{0})
	for len(wire) > 0 {
		number, _, n := protowire.ConsumeField(wire)
		if n < 0 {
			return "" // not after Marshal
		}
		if !slices.Contains(left, number) {
			h.Write(wire[:n])
		}
		wire = wire[n:]
	}
	return `"` + hex.EncodeToString(h.Sum(nil)[:12]) + `"`
}

// numbers are those of the record's fields of these names.
func numbers(record proto.Message, names []protoreflect.Name) []protowire.Number {
	fields := record.ProtoReflect().Descriptor().Fields()
	all := make([]protowire.Number, 0, len(names))
	for _, name := range names {
		if fd := fields.ByName(name); fd != nil {
			all = append(all, fd.Number())
		}
	}
	return all
}

// Matches reports whether an If-Match names the etag that the record has: with
// or without quotes, one of several, or `*` for any. A weak one never matches.
func Matches(ifMatch, current string) bool {
	if strings.TrimSpace(ifMatch) == "*" {
		return true
	}
	for one := range strings.SplitSeq(ifMatch, ",") {
		if strings.Trim(strings.TrimSpace(one), `"`) == strings.Trim(current, `"`) && current != "" {
			return true
		}
	}
	return false
}
