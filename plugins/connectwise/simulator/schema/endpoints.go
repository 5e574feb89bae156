package schema

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"
)

//go:embed vendor/endpoints.json
var endpointsJSON []byte

// Operation is what one method of a path takes and answers.
type Operation struct {
	// List is whether it takes the eight query parameters of a list.
	List bool `json:"list"`
	// Query are the query parameters beside those.
	Query []string `json:"query"`
	// Body and Answer name types; "[]" before a name stands for an array.
	Body   string `json:"body"`
	Answer string `json:"answer"`
	Status int    `json:"status"`
}

// Endpoints are the vendor's operations by path, as its documents write it
// ("/service/tickets/{id}"), and method in lower case.
var Endpoints = sync.OnceValue(func() map[string]map[string]Operation {
	all := map[string]map[string]Operation{}
	if err := json.Unmarshal(endpointsJSON, &all); err != nil {
		panic(fmt.Sprintf("schema: the embedded endpoints: %v", err))
	}
	return all
})

// listParameters are those that every list takes; "fields" goes with every
// request that answers a record (connectwise.md §5).
var listParameters = []string{"conditions", "childConditions", "customFieldConditions", "orderBy", "fields", "page", "pageSize", "pageId"}

// template is a path as the documents write it, in its segments.
type template struct {
	path     string
	segments []string
}

// templates are the paths by their number of segments.
var templates = sync.OnceValue(func() map[int][]template {
	all := map[int][]template{}
	for _, path := range slices.Sorted(maps.Keys(Endpoints())) {
		segments := strings.Split(strings.Trim(path, "/"), "/")
		all[len(segments)] = append(all[len(segments)], template{path, segments})
	}
	return all
})

// Find returns the operation of a path, with values in place of its
// parameters, and the path as the documents write it. A path that is written
// out wins over one with a parameter in its place.
func Find(method, path string) (Operation, string, bool) {
	segments := strings.Split(strings.Trim(path, "/"), "/")
	best, fewest := "", len(segments)+1
	for _, t := range templates()[len(segments)] {
		n, ok := t.fits(segments)
		if !ok || n >= fewest {
			continue
		}
		if _, has := Endpoints()[t.path][strings.ToLower(method)]; has {
			best, fewest = t.path, n
		}
	}
	return Endpoints()[best][strings.ToLower(method)], best, best != ""
}

// fits counts the parameters that stand for a path's segments; false when the
// path is another one.
func (t template) fits(segments []string) (int, bool) {
	n := 0
	for i, want := range t.segments {
		switch {
		case strings.HasPrefix(want, "{"):
			n++
		case !strings.EqualFold(want, segments[i]):
			return 0, false
		}
	}
	return n, true
}

// Has tells whether the documents have a type of the name.
func Has(name string) bool {
	_, ok := types()[name]
	return ok
}

// Unknown lists the query parameters that the operation does not have. The
// server ignores such, so that a caller who misspells one gets more than he
// asked for.
func (op Operation) Unknown(query url.Values) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(query)) {
		switch {
		case name == "fields", op.List && slices.Contains(listParameters, name), slices.Contains(op.Query, name):
		case op.Body == "FilterValues" && (name == "page" || name == "pageSize"): // a search is paged by its query
		default:
			out = append(out, name)
		}
	}
	return out
}
