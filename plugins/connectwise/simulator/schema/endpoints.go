package schema

import (
	_ "embed"
	"encoding/json"
	"fmt"
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

// Find returns the operation of a path, with values in place of its
// parameters, and the path as the documents write it.
func Find(method, path string) (Operation, string, bool) {
	segments := strings.Split(strings.Trim(path, "/"), "/")
	best, fewest := "", len(segments)+1
	for candidate, methods := range Endpoints() {
		if _, ok := methods[strings.ToLower(method)]; !ok {
			continue
		}
		if n, ok := fits(candidate, segments); ok && n < fewest {
			best, fewest = candidate, n
		}
	}
	return Endpoints()[best][strings.ToLower(method)], best, best != ""
}

// fits counts the parameters that stand for a path's segments; false when the
// path is another one.
func fits(candidate string, segments []string) (int, bool) {
	want := strings.Split(strings.Trim(candidate, "/"), "/")
	if len(want) != len(segments) {
		return 0, false
	}
	n := 0
	for i, w := range want {
		switch {
		case strings.HasPrefix(w, "{"):
			n++
		case !strings.EqualFold(w, segments[i]):
			return 0, false
		}
	}
	return n, true
}

// CheckRequest says what of a request the vendor's documents do not know: its
// path, its method, its query parameters. The server ignores such parameters,
// so that a caller who misspells one gets more than he asked for.
func CheckRequest(method, path string, query url.Values) []string {
	op, found, ok := Find(method, path)
	if !ok {
		return []string{fmt.Sprintf("the vendor's documents have no %s %s", method, path)}
	}
	var out []string
	for name := range query {
		known := name == "fields" || op.List && slices.Contains(listParameters, name) || slices.Contains(op.Query, name) ||
			strings.HasSuffix(found, "/search") && (name == "page" || name == "pageSize")
		if !known {
			out = append(out, fmt.Sprintf("%s %s has no query parameter %q", method, found, name))
		}
	}
	slices.Sort(out)
	return out
}
