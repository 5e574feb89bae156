package paging

import (
	"cmp"
	"context"
	"slices"
)

// Fetch reads at most n rows after a cursor. It may return fewer; more says
// whether rows may follow them.
type Fetch[T, C any] func(ctx context.Context, after C, n int) (rows []T, more bool, err error)

// Fill reads until a page of size rows is full or the list ends, keeping the
// rows that keep accepts. It returns the rows and, where rows may follow, the
// cursor after the last row looked at.
//
// A walk that drops many rows asks for more than the page needs, up to limit at
// once, so that a sparse filter does not cost a request per row.
func Fill[T, C any](ctx context.Context, after C, size, limit int, fetch Fetch[T, C], cursor func(T) C, keep func(T) bool) (rows []T, next C, more bool, err error) {
	next = after
	for n := min(size, limit); ; n = limit {
		batch, follow, err := fetch(ctx, next, n)
		if err != nil {
			return nil, next, false, err
		}
		for i, row := range batch {
			next = cursor(row)
			if keep == nil || keep(row) {
				rows = append(rows, row)
			}
			if len(rows) == size {
				return rows, next, follow || i < len(batch)-1, nil
			}
		}
		if !follow || len(batch) == 0 {
			return rows, next, false, nil
		}
	}
}

// Union merges lists that are each in ascending order of key into one without
// doubles, and keeps the first size rows. What it drops comes again with the
// page after, if each list was read from the same key on.
func Union[T any, K cmp.Ordered](key func(T) K, size int, lists ...[]T) []T {
	all := slices.Concat(lists...)
	slices.SortStableFunc(all, func(a, b T) int { return cmp.Compare(key(a), key(b)) })
	all = slices.CompactFunc(all, func(a, b T) bool { return key(a) == key(b) })
	return all[:min(len(all), size)]
}
