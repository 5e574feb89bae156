package rest

import (
	"net/http"
	"strings"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// Resource is a collection of the API: a list, its count and its records by
// id, as every collection of the vendor has them.
type Resource struct {
	// Path of the list; {id} stands for a record's id. The record's own path
	// is the list's with an id after it, unless OnePath gives another.
	Path    string
	OnePath string
	Table   string
	// Type is the type answered when it is not the table's own: the "info"
	// variants show less of a record.
	Type string
	// Label names a record in "... 5 not found".
	Label string
	// Right is the module function that is asked for; none when empty.
	Right string
	// Parent is the table of the record in whose path the list stands, and
	// ParentLabel its name. ParentKeep says which of them are; all when nil.
	Parent, ParentLabel string
	ParentKeep          func(*store.Record) bool
	// ParentOwned is whether a grant of "My" asks whose the parent is, as
	// with what hangs on a ticket.
	ParentOwned bool
	// Keep says which of the table's records are in the list; all when nil.
	Keep func(*store.Record) bool
	// Mine tells whether a record is the caller's own, which is what a grant
	// of "My" reaches; the common test when nil.
	Mine func(*Call, *store.Record) bool
	// Search is whether the list can be asked by POST .../search.
	Search bool
	// NoCount and NoOne are whether the list has no count and its records no
	// path of their own.
	NoCount, NoOne bool
	// Rules govern its writes; nil when it is read-only.
	Rules *Rules
}

// Info is the "info" variant of a collection: it shows less of a record and
// asks for another right, so that callers without access to the setup tables
// have it too (connectwise.md §2).
func (res *Resource) Info(typ, right string) *Resource {
	info := *res
	info.Path, info.OnePath = res.Path+"/info", res.Path+"/{id}/info"
	info.Type, info.Right, info.Rules, info.Search = typ, right, nil, false
	return &info
}

// At is the same collection under another path, read-only.
func (res *Resource) At(path string) *Resource {
	out := *res
	out.Path, out.OnePath, out.Rules = path, "", nil
	return &out
}

func (res *Resource) typeName(w *store.World) string {
	if res.Type != "" {
		return res.Type
	}
	return w.Table(res.Table).Type.Name
}

// depth is how many ids the list's path has; the last is the parent's.
func (res *Resource) depth() int { return strings.Count(res.Path, "{id}") }

// parentID is the id of the record in whose path the list stands.
func (res *Resource) parentID(c *Call) int64 { return c.IDs[res.depth()-1] }

func (res *Resource) mount(on On) {
	one := res.OnePath
	if one == "" {
		one = res.Path + "/{id}"
	}
	on(http.MethodGet, res.Path, Reads, res.list)
	if !res.NoCount {
		on(http.MethodGet, res.Path+"/count", Reads, res.count)
	}
	if !res.NoOne {
		on(http.MethodGet, one, Reads, res.get)
	}
	if res.Search {
		on(http.MethodPost, res.Path+"/search", Reads, res.searchList)
	}
	if res.Rules == nil {
		return
	}
	if !res.Rules.NoCreate {
		on(http.MethodPost, res.Path, Writes, res.Create)
	}
	if !res.Rules.NoUpdate {
		on(http.MethodPut, one, Writes, res.Replace)
		on(http.MethodPatch, one, Writes, res.Patch)
	}
	if !res.Rules.KeepForever {
		on(http.MethodDelete, one, Writes, res.delete)
	}
}
