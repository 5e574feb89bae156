package simulator

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// resource is a collection of the API: a list, its count and its records by
// id, as every collection of the vendor has them.
type resource struct {
	// path of the list; {id} stands for a record's id. The record's own path
	// is the list's with an id after it, unless one is given.
	path    string
	onePath string
	table   string
	// typ is the type answered when it is not the table's own: the "info"
	// variants show less of a record.
	typ string
	// label names a record in "... 5 not found".
	label string
	// right is the module function that is asked for; none when empty.
	right string
	// parent is the table of the record in whose path the list stands, and
	// parentLabel its name.
	parent, parentLabel string
	// keep says which of the table's records are in the list; all when nil.
	keep func(*store.Record) bool
	// search is whether the list can be asked by POST .../search.
	search bool
	// rules govern its writes; nil when it is read-only.
	rules *rules
}

func (res *resource) typeName(w *store.World) string {
	if res.typ != "" {
		return res.typ
	}
	return w.Table(res.table).Type.Name
}

// operation is what one method of a path does.
type operation struct {
	handle handler
	writes bool
}

type endpoint struct {
	segments []string // lower case; {id} and {text} stand for parameters
	methods  map[string]operation
}

// endpoints are all paths by their number of segments.
var endpoints = sync.OnceValue(func() map[int][]*endpoint {
	all := map[int][]*endpoint{}
	on := func(method, path string, writes bool, h handler) {
		segments := strings.Split(strings.ToLower(strings.Trim(path, "/")), "/")
		list := all[len(segments)]
		i := slices.IndexFunc(list, func(e *endpoint) bool { return slices.Equal(e.segments, segments) })
		if i < 0 {
			list = append(list, &endpoint{segments: segments, methods: map[string]operation{}})
			i = len(list) - 1
		}
		list[i].methods[method] = operation{h, writes}
		all[len(segments)] = list
	}
	for _, res := range resources {
		res.mount(on)
	}
	mountSpecial(on)
	for _, list := range all {
		// A literal wins over a parameter in its place.
		slices.SortStableFunc(list, func(a, b *endpoint) int { return parameters(a) - parameters(b) })
	}
	return all
})

func parameters(e *endpoint) int {
	n := 0
	for _, s := range e.segments {
		if s[0] == '{' {
			n++
		}
	}
	return n
}

func (res *resource) mount(on func(method, path string, writes bool, h handler)) {
	one := res.onePath
	if one == "" {
		one = res.path + "/{id}"
	}
	on(http.MethodGet, res.path, false, res.list)
	on(http.MethodGet, res.path+"/count", false, res.count)
	on(http.MethodGet, one, false, res.get)
	if res.search {
		on(http.MethodPost, res.path+"/search", false, res.searchList)
	}
	if res.rules == nil {
		return
	}
	on(http.MethodPost, res.path, true, res.create)
	on(http.MethodPut, one, true, res.replace)
	on(http.MethodPatch, one, true, res.patch)
	if !res.rules.keepForever {
		on(http.MethodDelete, one, true, res.delete)
	}
}

// find returns the operation of a path; letters' case does not matter
// (connectwise.md §1). It takes the parameters out of the path.
func (c *call) find(path string) (operation, *apiError) {
	segments := strings.Split(strings.Trim(path, "/"), "/")
	for _, e := range endpoints()[len(segments)] {
		if !c.match(e, segments) {
			continue
		}
		op, ok := e.methods[c.r.Method]
		if !ok {
			return op, methodNotAllowed(c.r.Method)
		}
		return op, nil
	}
	return operation{}, unknownPath()
}

func (c *call) match(e *endpoint, segments []string) bool {
	c.ids, c.text = nil, ""
	for i, want := range e.segments {
		switch got := segments[i]; want {
		case "{id}":
			id, err := strconv.ParseInt(got, 10, 32)
			if err != nil || id < 0 {
				return false
			}
			c.ids = append(c.ids, id)
		case "{text}":
			c.text = got
		default:
			if !strings.EqualFold(got, want) {
				return false
			}
		}
	}
	return true
}
