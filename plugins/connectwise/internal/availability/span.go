package availability

import (
	"slices"
	"time"
)

// span is a time from its first instant to before its last.
type span struct{ from, to time.Time }

// labelled is a span that a person can tell what it is.
type labelled struct {
	span
	label  string
	ticket int // 0 where it is no work on one
}

// within is the part of a span that lies in another; false where there is none.
func (s span) within(in span) (span, bool) {
	if s.from.Before(in.from) {
		s.from = in.from
	}
	if s.to.After(in.to) {
		s.to = in.to
	}
	return s, s.from.Before(s.to)
}

func (s span) seconds() int64 { return int64(s.to.Sub(s.from) / time.Second) }

// union sorts spans and joins those that touch, so that no instant counts twice.
func union(spans []span) []span {
	sorted := slices.SortedFunc(slices.Values(spans), func(a, b span) int { return a.from.Compare(b.from) })
	var joined []span
	for _, s := range sorted {
		last := len(joined) - 1
		if last >= 0 && !s.from.After(joined[last].to) {
			if s.to.After(joined[last].to) {
				joined[last].to = s.to
			}
			continue
		}
		joined = append(joined, s)
	}
	return joined
}

// without is what is left of spans when others are taken out.
func without(spans, out []span) []span {
	rest := union(spans)
	for _, o := range union(out) {
		var next []span
		for _, s := range rest {
			if before, ok := s.within(span{s.from, o.from}); ok {
				next = append(next, before)
			}
			if after, ok := s.within(span{o.to, s.to}); ok {
				next = append(next, after)
			}
		}
		rest = next
	}
	return rest
}

// spansOf are the spans of labelled ones.
func spansOf(list []labelled) []span {
	spans := make([]span, len(list))
	for n, l := range list {
		spans[n] = l.span
	}
	return spans
}

func unlabelled(spans []span) []labelled {
	list := make([]labelled, len(spans))
	for n, s := range spans {
		list[n].span = s
	}
	return list
}
