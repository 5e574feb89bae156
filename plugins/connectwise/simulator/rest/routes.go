package rest

import (
	"slices"
	"strconv"
	"strings"
)

// Effect is whether an operation changes the world, for which it is locked.
type Effect bool

// The effects of an operation.
const (
	Reads  Effect = false
	Writes Effect = true
)

// On adds an operation to a path; {id} and {text} stand for parameters.
type On func(method, path string, effect Effect, h Handler)

// Area is a part of the API: its collections, and what is not of their form.
type Area struct {
	Resources []*Resource
	Mount     func(On)
}

// Routes are all paths of the API by their number of segments.
type Routes struct {
	endpoints map[int][]*endpoint
	resources []*Resource
}

// operation is what one method of a path does.
type operation struct {
	handle Handler
	writes Effect
}

type endpoint struct {
	segments []string // lower case
	methods  map[string]operation
}

// NewRoutes puts the areas together.
func NewRoutes(areas ...Area) *Routes {
	r := &Routes{endpoints: map[int][]*endpoint{}}
	for _, a := range areas {
		r.resources = append(r.resources, a.Resources...)
		for _, res := range a.Resources {
			res.mount(r.on)
		}
		if a.Mount != nil {
			a.Mount(r.on)
		}
	}
	for _, list := range r.endpoints {
		// A literal wins over a parameter in its place.
		slices.SortStableFunc(list, func(a, b *endpoint) int { return parameters(a) - parameters(b) })
	}
	return r
}

func (r *Routes) on(method, path string, effect Effect, h Handler) {
	segments := strings.Split(strings.ToLower(strings.Trim(path, "/")), "/")
	list := r.endpoints[len(segments)]
	i := slices.IndexFunc(list, func(e *endpoint) bool { return slices.Equal(e.segments, segments) })
	if i < 0 {
		list = append(list, &endpoint{segments: segments, methods: map[string]operation{}})
		i = len(list) - 1
	}
	list[i].methods[method] = operation{h, effect}
	r.endpoints[len(segments)] = list
}

func parameters(e *endpoint) int {
	n := 0
	for _, s := range e.segments {
		if s[0] == '{' {
			n++
		}
	}
	return n
}

// find returns the operation of a path; letters' case does not matter
// (connectwise.md §1). It takes the parameters out of the path.
func (c *Call) find(path string) (operation, *Error) {
	segments := strings.Split(strings.Trim(path, "/"), "/")
	known := false
	for _, e := range c.Tenant.routes.endpoints[len(segments)] {
		if !c.match(e, segments) {
			continue
		}
		known = true
		if op, ok := e.methods[c.Request.Method]; ok {
			return op, nil
		}
	}
	if known {
		return operation{}, methodNotAllowed(c.Request.Method)
	}
	return operation{}, UnknownPath()
}

func (c *Call) match(e *endpoint, segments []string) bool {
	c.IDs, c.Text = nil, ""
	for i, want := range e.segments {
		switch got := segments[i]; want {
		case "{id}":
			id, err := strconv.ParseInt(got, 10, 32)
			if err != nil || id < 0 {
				return false
			}
			c.IDs = append(c.IDs, id)
		case "{text}":
			c.Text = got
		default:
			if !strings.EqualFold(got, want) {
				return false
			}
		}
	}
	return true
}

// List names all operations, such as "GET /service/tickets/{id}".
func (r *Routes) List() []string {
	var out []string
	for _, list := range r.endpoints {
		for _, e := range list {
			for method := range e.methods {
				out = append(out, method+" /"+strings.Join(e.segments, "/"))
			}
		}
	}
	slices.Sort(out)
	return out
}
