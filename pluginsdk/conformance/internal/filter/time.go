package filter

import (
	"time"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/field"
)

// The times between which all records are.
var (
	never = time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC)
	ever  = time.Date(1970, 1, 2, 0, 0, 0, 0, time.UTC)
)

// grain is what every PSA tells apart.
const grain = time.Second

// since filters by a stamp that has come at the value or later, before by one that
// has come before it.
func since(name, path string) Filter {
	return timed(name, path, never, stamp, func(at, limit time.Time) bool { return !at.Before(limit) })
}

func before(name, path string) Filter {
	return timed(name, path, ever, stamp, func(at, limit time.Time) bool { return at.Before(limit) })
}

// from, until and past filter by a time that somebody planned or wrote down: at
// the value or later, before it, and after it.
func from(name, path string) Filter {
	return timed(name, path, never, given, func(at, limit time.Time) bool { return !at.Before(limit) })
}

func until(name, path string) Filter {
	return timed(name, path, ever, given, func(at, limit time.Time) bool { return at.Before(limit) })
}

func past(name, path string) Filter {
	return timed(name, path, never, given, func(at, limit time.Time) bool { return at.After(limit) })
}

// What a time is: a stamp that a PSA cuts to its grain, so that it stands for the
// time until the next; or one that somebody gave, which means itself.
const (
	stamp = true
	given = false
)

func timed(name, path string, none time.Time, cut bool, fits func(at, limit time.Time) bool) Filter {
	one := func(form string, limit time.Time) Case {
		c := Case{Filter: name, Form: form, About: path, values: []value{moment(limit)}, judge: func(row protoreflect.Message) Verdict {
			at, ok := field.Time(row, path)
			switch {
			case !ok, cut && !at.Equal(limit) && at.Sub(limit).Abs() < grain:
				return Either
			case fits(at, limit):
				return Keeps
			}
			return Drops
		}}
		if none.Equal(never) {
			c.begin = limit
		} else {
			c.end = limit
		}
		return c
	}
	return Filter{
		Name: name,
		of: func(row protoreflect.Message) []Case {
			at, ok := field.Time(row, path)
			if !ok {
				return nil
			}
			return []Case{
				one("its time", at), one("just before it", at.Add(-grain)), one("just after it", at.Add(grain)), one("a fraction after it", at.Add(time.Millisecond)),
			}
		},
		nothing: func([]protoreflect.Message) []Case { return []Case{one("", none)} },
	}
}

func moment(at time.Time) value {
	return value{protoreflect.ValueOfMessage(timestamppb.New(at).ProtoReflect()), at.UTC().Format(time.RFC3339Nano)}
}
