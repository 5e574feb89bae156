package bundle

import (
	"strings"
	"sync"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/rest"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/schema"
)

// paths gives the list of each type of record by the type's name in lower
// case. The vendor's examples ("ticket", "Company", "purchaseorderlineitem")
// name resources by the types of its documents; that all are named so is
// inferred. Of several lists of a type it is the one with the shortest path.
var paths = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	for path, methods := range schema.Endpoints() {
		typ, isList := strings.CutPrefix(methods["get"].Answer, "[]")
		if !isList {
			continue
		}
		name := strings.ToLower(typ[strings.LastIndexByte(typ, '.')+1:])
		if old := out[name]; old == "" || len(path) < len(old) || len(path) == len(old) && path < old {
			out[name] = path
		}
	}
	return out
})

// path is the list that a request is for. The words of the refusals are
// inferred.
func (r request) path() (string, *rest.Error) {
	path, ok := paths()[strings.ToLower(r.typ)]
	if !ok {
		return "", rest.BadParameter("resourceType", r.typ)
	}
	segments := strings.Split(path, "/")
	// The parent stands last, the grandparent before it.
	for _, member := range []string{"parentId", "grandParentId"} {
		for i := len(segments) - 1; i >= 0; i-- {
			if !strings.HasPrefix(segments[i], "{") {
				continue
			}
			id, given := r.number(member)
			if !given {
				return "", rest.InvalidObject("bundleRequest", rest.RequiredField(member))
			}
			segments[i] = id
			break
		}
	}
	return strings.Join(segments, "/"), nil
}
