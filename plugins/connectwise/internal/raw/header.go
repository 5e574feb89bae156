package raw

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"golang.org/x/net/http/httpguts"

	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// sentHeaders are those that a caller may set. The others log in, name somebody,
// or turn a request into another (a method override): those are not his.
var sentHeaders = []string{"Accept", "Accept-Language", "Pagination-Type"}

// toldHeaders are those of an answer that say something of it.
var toldHeaders = []string{
	"Api-Current-Version", "Content-Disposition", "Content-Type", "Last-Modified", "Link", "Location", "Retry-After",
}

// checkHeaders returns the headers of a call, or everything that is wrong with
// them.
func checkHeaders(asked map[string]string) (http.Header, error) {
	header := http.Header{}
	var wrong []fault.Violation
	refuse := func(name, message string, allowed ...string) {
		wrong = append(wrong, fault.Violation{Field: fmt.Sprintf("headers[%q]", name), Message: message, Allowed: allowed})
	}
	for _, name := range slices.Sorted(maps.Keys(asked)) {
		value := asked[name]
		canonical := http.CanonicalHeaderKey(name)
		switch {
		case !slices.Contains(sentHeaders, canonical):
			refuse(name, "raw calls do not set this header", sentHeaders...)
		case header[canonical] != nil:
			refuse(name, "the header is given twice")
		case !httpguts.ValidHeaderFieldValue(value) || strings.TrimSpace(value) == "":
			refuse(name, "the value is empty, or cannot stand in a header")
		default:
			header.Set(canonical, value)
		}
	}
	if len(wrong) > 0 {
		return nil, fault.Invalid(wrong...)
	}
	return header, nil
}

// told are the headers of an answer for the caller.
func told(h http.Header) map[string]string {
	out := map[string]string{}
	for _, name := range toldHeaders {
		if values := h.Values(name); len(values) > 0 {
			out[name] = strings.Join(values, ", ")
		}
	}
	return out
}
