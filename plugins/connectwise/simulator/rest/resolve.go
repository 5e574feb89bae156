package rest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/schema"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// resolve turns the references that the caller wrote, by id, identifier or
// name, into those of the store. What is on a board is looked for on the
// record's board, also what the record had before: a ticket that changes its
// board needs a status, type and team of the new one in the same request
// (connectwise.md §7).
func (w *Change) resolve(c *Call, typ *schema.Type) []Detail {
	var out []Detail
	members := slices.Clone(typ.Members)
	// What others are looked for in comes first.
	slices.SortStableFunc(members, func(a, b *schema.Member) int { return rank(a) - rank(b) })
	for _, m := range members {
		if m.Kind == schema.Array && m.Ref != "" {
			out = append(out, w.resolveElements(c, m)...)
		}
		if !m.IsReference() {
			continue
		}
		ref := store.References[m.Ref]
		switch v := w.New.Values[m.Name].(type) {
		case store.Object:
			id, problem := w.lookUp(c, m, v)
			if problem != nil {
				out = append(out, *problem)
				continue
			}
			if id == 0 {
				w.New.Values[m.Name] = nil
				continue
			}
			w.New.Values[m.Name] = store.Ref(id)
		case store.Ref:
			if target, ok := c.World().Follow(m.Ref, int64(v)); ref.Scoped && ok && target.Parent != w.board(c) {
				text, _ := store.RefValue(m.Ref, target, "name").(string)
				out = append(out, NotFoundDetail(missing(m.Ref, m.Name, text, w.board(c)), m.Name+"/name"))
			}
		}
	}
	return out
}

// dropEmpty makes null of references that name nothing: what is required is then
// missing, and the rest gets its default.
func (w *Change) dropEmpty(typ *schema.Type) {
	for _, m := range typ.Members {
		v, ok := w.New.Values[m.Name].(store.Object)
		if ok && m.IsReference() && v["id"] == nil && v["identifier"] == nil && v["name"] == nil {
			w.New.Values[m.Name] = nil
		}
	}
}

func rank(m *schema.Member) int {
	switch m.Name {
	case "board", "company", "phase":
		return 0
	}
	return 1
}

// board is the board that scoped names are looked for on.
func (w *Change) board(c *Call) int64 {
	if w.Res.Rules.Board != nil {
		return w.Res.Rules.Board(c, w)
	}
	return w.New.Ref("board")
}

// lookUp finds the record that a member's reference means.
func (w *Change) lookUp(c *Call, m *schema.Member, v store.Object) (int64, *Detail) {
	scope := w.board(c)
	if within := store.References[m.Ref].Within; within != "" {
		scope = w.New.Ref(within)
	}
	return c.Resolve(m.Ref, m.Name, v, scope)
}

// Resolve finds the record that a reference means: by id when it has one,
// else by identifier or name in the scope: the id of the board that names of
// statuses and so on are looked for on, or of the company of a site. 0 stands
// for an empty reference, which is null.
func (c *Call) Resolve(refType, member string, v store.Object, scope int64) (int64, *Detail) {
	ref, known := store.References[refType]
	for _, by := range []string{"id", "identifier", "name"} {
		want := v[by]
		if want == nil {
			continue
		}
		problem := NotFoundDetail(missing(refType, member, fmt.Sprint(want), scope), member+"/"+by)
		if !known {
			return 0, &problem
		}
		found, ok := c.World().Table(ref.Table).Find(func(r *store.Record) bool {
			if ref.Scoped && r.Parent != scope {
				return false
			}
			if by == "id" {
				return r.ID == want
			}
			if ref.Within != "" && scope != 0 && r.Parent != scope {
				return false
			}
			got, _ := store.RefValue(refType, r, by).(string)
			return strings.EqualFold(got, fmt.Sprint(want))
		})
		if !ok {
			return 0, &problem
		}
		return found.ID, nil
	}
	return 0, nil
}

// resolveElements resolves the references in an array's elements.
func (w *Change) resolveElements(c *Call, m *schema.Member) []Detail {
	list, _ := w.New.Values[m.Name].([]any)
	var out []Detail
	for i, e := range list {
		object, ok := e.(store.Object)
		if !ok {
			continue
		}
		if strings.HasSuffix(m.Ref, "Reference") {
			id, problem := w.lookUp(c, &schema.Member{Name: m.Name, Kind: schema.Object, Ref: m.Ref}, object)
			if problem != nil {
				out = append(out, *problem)
				continue
			}
			list[i] = store.Ref(id)
			continue
		}
		for _, inner := range m.Type().Members {
			v, ok := object[inner.Name].(store.Object)
			if !ok || !inner.IsReference() {
				continue
			}
			id, problem := w.lookUp(c, inner, v)
			if problem != nil {
				out = append(out, *problem)
				continue
			}
			object[inner.Name] = store.Ref(id)
		}
	}
	return out
}

// missing is the refusal of a reference to nothing.
func missing(refType, member, what string, scope int64) string {
	ref := store.References[refType]
	label := ref.Label
	if label == "" {
		label = member
	}
	text := label + " " + what + " not found"
	if ref.Scoped {
		text += fmt.Sprintf(" for Service Board %d", scope)
	}
	return text
}
