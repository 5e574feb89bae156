package api

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	json2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	json1 "github.com/go-json-experiment/json/v1" // as vendorhttp decodes

	"github.com/deskgate/deskgate/pluginsdk/vendorhttp"
)

// The sizes of pages: the vendor's cap, and what is asked of wide lists, which
// time out beyond (connectwise.md §4, §15).
const (
	maxPage  = 1000
	WidePage = 250
)

// maxURL is how long the conditions and the fields in a URL may be together; the
// vendor advises 2,000 characters for the whole (connectwise.md §4).
const maxURL = 1800

// Query is what a list is asked for. The conditions are joined by AND.
type Query struct {
	Conditions      Expr
	ChildConditions Expr
	CustomFields    Expr // of caption and value
	OrderBy         string
	Fields          []string
	PageSize        int

	forwardOnly bool
	pageID      int
}

func (q Query) values() url.Values {
	v := url.Values{}
	set := func(name, value string) {
		if value != "" {
			v.Set(name, value)
		}
	}
	set("conditions", string(q.Conditions))
	set("childConditions", string(q.ChildConditions))
	set("customFieldConditions", string(q.CustomFields))
	set("orderBy", q.OrderBy)
	set("fields", strings.Join(q.Fields, ","))
	if q.PageSize > 0 {
		v.Set("pageSize", strconv.Itoa(q.PageSize))
	}
	if q.forwardOnly && q.pageID > 0 {
		v.Set("pageId", strconv.Itoa(q.pageID))
	}
	return v
}

func (q Query) header() http.Header {
	if !q.forwardOnly {
		return nil
	}
	return http.Header{"Pagination-Type": {"forward-only"}}
}

// Row is a record with the bytes that it came as.
type Row[T any] struct {
	Record T
	Raw    json.RawMessage
}

// UnmarshalJSON decodes the record and keeps a copy of the bytes. The record is
// new: the vendor leaves out what is null, so that an older value would survive.
func (r *Row[T]) UnmarshalJSON(b []byte) error {
	var record T
	r.Raw, r.Record = append([]byte(nil), b...), record
	return json1.Unmarshal(b, &r.Record)
}

// List reads one page of a list.
func List[T any](ctx context.Context, c *Client, path string, q Query) ([]T, error) {
	var rows []T
	err := c.Get(ctx, path, q, &rows)
	return rows, err
}

// Search reads one page of a list that can also be asked by POST, where the
// conditions are too long for a URL (connectwise.md §4).
func Search[T any](ctx context.Context, c *Client, path string, q Query) ([]T, error) {
	if len(q.Conditions)+len(q.ChildConditions)+len(q.CustomFields)+len(strings.Join(q.Fields, ",")) <= maxURL {
		return List[T](ctx, c, path, q)
	}
	body := map[string]string{"conditions": string(q.Conditions)}
	if q.ChildConditions != "" {
		body["childconditions"] = string(q.ChildConditions) // the lower case is the vendor's
	}
	if q.CustomFields != "" {
		body["customfieldconditions"] = string(q.CustomFields)
	}
	if q.OrderBy != "" {
		body["orderBy"] = q.OrderBy
	}
	rest := Query{Fields: q.Fields, PageSize: q.PageSize}
	var rows []T
	_, err := c.Do(ctx, vendorhttp.Request{
		Method: http.MethodPost,
		Path:   path + "/search",
		Query:  rest.values(),
		JSON:   body,
		Safe:   true,
		Into:   &rows,
	})
	return rows, err
}

// SearchRows is Search for rows. Their bytes are kept only if raw says so: that costs
// more than half of the decoding once more.
func SearchRows[T any](ctx context.Context, c *Client, path string, q Query, raw bool) ([]*Row[T], error) {
	var rows []*Row[T]
	var err error
	if raw {
		rows, err = Search[*Row[T]](ctx, c, path, q)
	} else {
		var bare []*bareRow[T]
		bare, err = Search[*bareRow[T]](ctx, c, path, q)
		for _, row := range bare {
			rows = append(rows, (*Row[T])(row))
		}
	}
	return slices.DeleteFunc(rows, func(row *Row[T]) bool { return row == nil }), err
}

// bareRow is a row that does not keep its bytes.
type bareRow[T any] Row[T]

// UnmarshalJSONFrom decodes the record alone.
func (r *bareRow[T]) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	return json2.UnmarshalDecode(d, &r.Record)
}

// identified is any record that a list can be walked by.
type identified interface{ RecordID() int }

// All reads a whole list, in order of id. It walks forward only, so that rows
// that change meanwhile are neither lost nor doubled (connectwise.md §4).
func All[T identified](ctx context.Context, c *Client, path string, q Query) ([]T, error) {
	q.OrderBy, q.PageSize, q.forwardOnly = "", maxPage, true
	all := []T{}
	for {
		var rows []T
		resp, err := c.Do(ctx, vendorhttp.Request{Path: path, Query: q.values(), Header: q.header(), Into: &rows})
		if err != nil {
			return nil, err
		}
		last := q.pageID
		for _, row := range rows {
			if row.RecordID() > last {
				last = row.RecordID()
			}
		}
		all = append(all, rows...)
		// Which of the two ends a list differs between servers; rows that do not
		// move on would go round for ever.
		if len(rows) == 0 || last == q.pageID || !hasNext(resp.Header) {
			return all, nil
		}
		q.pageID = last
	}
}

// Pages reads a whole list by page numbers, in the server's order. It is for
// lists whose rows have no ids in one sequence, and which do not grow long.
func Pages[T any](ctx context.Context, c *Client, path string, q Query) ([]T, error) {
	q.PageSize = maxPage
	all := []T{}
	for page := 1; ; page++ {
		var rows []T
		values := q.values()
		values.Set("page", strconv.Itoa(page))
		resp, err := c.Do(ctx, vendorhttp.Request{Path: path, Query: values, Into: &rows})
		if err != nil {
			return nil, err
		}
		all = append(all, rows...)
		if len(rows) == 0 || !hasNext(resp.Header) {
			return all, nil
		}
	}
}
