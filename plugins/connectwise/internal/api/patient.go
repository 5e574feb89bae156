package api

import (
	"context"
	"strings"

	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// smallestPage is where a page that times out is not halved any more.
const smallestPage = 25

// FirstRows reads the first n rows of a query, by List or Search, and reports
// whether more follow. A page too wide for the server's patience is asked for in
// smaller parts (connectwise.md §15).
func FirstRows[T any](ctx context.Context, c *Client, read func(context.Context, *Client, string, Query) ([]T, error), path string, q Query, n int) (rows []T, more bool, err error) {
	for {
		q.PageSize = n + 1
		rows, err := read(ctx, c, path, q)
		switch {
		case err == nil:
			return rows[:min(len(rows), n)], len(rows) > n, nil
		case n > smallestPage && timedOut(err):
			n /= 2
		default:
			return nil, false, err
		}
	}
}

func timedOut(err error) bool {
	e := fault.From(err)
	return e.Code == fault.CodeVendorError && e.Vendor != nil && strings.Contains(strings.ToLower(e.Vendor.Message), "timeout")
}
