package query

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

const (
	// DefaultPageSize is the vendor's (connectwise.md §4).
	DefaultPageSize = 25
	// MaxPageSize is the vendor's; what is above is cut in silence.
	MaxPageSize = 1000
)

// Page is a part of a list.
type Page struct {
	// Number is 1-based; forward-only paging has none.
	Number, Size int
	// ForwardOnly continues after the id AfterID instead of by number.
	ForwardOnly bool
	AfterID     int64
}

// Cut returns the page's records of a list, and the Link header with those of
// its first, prev, next and last that apply. The URL is the request's own.
func (p Page) Cut(records []*store.Record, self *url.URL) ([]*store.Record, string) {
	if p.ForwardOnly {
		return p.cutForward(records, self)
	}
	last := max(1, (len(records)+p.Size-1)/p.Size)
	from := min((p.Number-1)*p.Size, len(records))
	to := min(from+p.Size, len(records))
	var links []string
	if p.Number < last {
		links = append(links, link(self, "page", int64(p.Number+1), "next"), link(self, "page", int64(last), "last"))
	}
	if p.Number > 1 {
		links = append(links, link(self, "page", 1, "first"), link(self, "page", int64(min(p.Number-1, last)), "prev"))
	}
	return records[from:to], strings.Join(links, ", ")
}

// cutForward pages by id. The last page has no next link: the sources do not
// settle whether it has (connectwise.md §18), clients stop on either.
func (p Page) cutForward(records []*store.Record, self *url.URL) ([]*store.Record, string) {
	from := 0
	for from < len(records) && records[from].ID <= p.AfterID {
		from++
	}
	to := min(from+p.Size, len(records))
	if to < len(records) {
		return records[from:to], link(self, "pageId", records[to-1].ID, "next")
	}
	return records[from:to], ""
}

func link(self *url.URL, parameter string, value int64, rel string) string {
	target := *self
	q := target.Query()
	q.Set(parameter, strconv.FormatInt(value, 10))
	target.RawQuery = q.Encode()
	return "<" + target.String() + `>; rel="` + rel + `"`
}
