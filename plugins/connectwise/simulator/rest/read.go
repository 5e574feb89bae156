package rest

import (
	"bytes"
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/body"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/query"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/render"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/schema"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

func (res *Resource) list(c *Call) (Answer, *Error) {
	return res.answerList(c, c.parameters())
}

// searchList is the list with its conditions in the body (connectwise.md §4).
func (res *Resource) searchList(c *Call) (Answer, *Error) {
	in := store.Object{}
	if len(bytes.TrimSpace(c.Body)) > 0 {
		var err error
		if in, err = body.Decode(c.Body, schema.Lookup("FilterValues")); err != nil {
			return Answer{}, BodyError(err)
		}
	}
	text := func(member string) string {
		s, _ := in[member].(string)
		return s
	}
	return res.answerList(c, query.Parameters{
		Conditions:            text("conditions"),
		ChildConditions:       text("childconditions"),
		CustomFieldConditions: text("customfieldconditions"),
		OrderBy:               text("orderBy"),
	})
}

// parameters are the conditions and the order that the query asks for.
func (c *Call) parameters() query.Parameters {
	q := c.Request.URL.Query()
	return query.Parameters{
		Conditions:            parameter(q, "conditions"),
		ChildConditions:       parameter(q, "childConditions"),
		CustomFieldConditions: parameter(q, "customFieldConditions"),
		OrderBy:               parameter(q, "orderBy"),
	}
}

// parameter reads a query parameter regardless of the case of its name.
func parameter(q url.Values, name string) string {
	if v, ok := q[name]; ok {
		return v[0]
	}
	for key, v := range q {
		if strings.EqualFold(key, name) {
			return v[0]
		}
	}
	return ""
}

func (res *Resource) answerList(c *Call, p query.Parameters) (Answer, *Error) {
	records, err := res.Visible(c)
	if err != nil {
		return Answer{}, err
	}
	return c.list(schema.Lookup(res.typeName(c.World())), records, p)
}

// List filters, orders, pages and answers records of a type as the query
// asks.
func (c *Call) List(typ string, records []*store.Record) (Answer, *Error) {
	return c.list(schema.Lookup(typ), records, c.parameters())
}

func (c *Call) list(typ *schema.Type, records []*store.Record, p query.Parameters) (Answer, *Error) {
	page, refused := c.page()
	if refused != nil {
		return Answer{}, refused
	}
	if page.ForwardOnly && p.OrderBy != "" {
		return Answer{}, BadParameter("orderBy", p.OrderBy) // refused with forward-only paging
	}
	records, err := query.Filter(c.World(), typ, p, records)
	if err != nil {
		return Answer{}, badConditions(err)
	}
	records, err = query.Sort(c.World(), typ, p.OrderBy, records)
	if err != nil {
		return Answer{}, badConditions(err)
	}
	if page.ForwardOnly {
		slices.SortFunc(records, func(a, b *store.Record) int { return cmp.Compare(a.ID, b.ID) })
	}
	records, links := page.Cut(records, c.self())
	a := Answer{Status: http.StatusOK, Header: http.Header{}}
	if links != "" {
		a.Header.Set("Link", links)
	}
	sel := render.ParseFields(c.Query("fields"))
	a.Body = c.renderer().List(make([]byte, 0, 4096), typ, records, sel)
	return a, nil
}

// Visible lists the records of the collection that the caller may see.
func (res *Resource) Visible(c *Call) ([]*store.Record, *Error) {
	if err := c.Allow(res.Right, Inquire); err != nil {
		return nil, err
	}
	table := c.World().Table(res.Table)
	var records []*store.Record
	if res.Parent != "" {
		if _, err := res.parentRecord(c, Inquire); err != nil {
			return nil, err
		}
		records = table.Children(res.parentID(c))
	} else {
		records = table.All()
	}
	onlyMine := c.Grant(res.Right, Inquire) == grantMy && res.Parent == ""
	if res.Keep != nil || onlyMine {
		kept := records[:0]
		for _, r := range records {
			if (res.Keep == nil || res.Keep(r)) && (!onlyMine || res.mine(c, r)) {
				kept = append(kept, r)
			}
		}
		records = kept
	}
	return records, nil
}

func (res *Resource) count(c *Call) (Answer, *Error) {
	records, refused := res.Visible(c)
	if refused != nil {
		return Answer{}, refused
	}
	return c.count(res.typeName(c.World()), records)
}

// count answers how many of the records of a type fit the query's conditions.
func (c *Call) count(typ string, records []*store.Record) (Answer, *Error) {
	records, err := query.Filter(c.World(), schema.Lookup(typ), c.parameters(), records)
	if err != nil {
		return Answer{}, badConditions(err)
	}
	return Count(len(records))
}

// Count answers the number of records of a list.
func Count(n int) (Answer, *Error) {
	return OK(struct {
		Count int `json:"count"`
	}{n})
}

func (res *Resource) get(c *Call) (Answer, *Error) {
	r, err := res.One(c, Inquire)
	if err != nil {
		return Answer{}, err
	}
	return c.Record(http.StatusOK, res.typeName(c.World()), r)
}

// One finds the record of the path that the caller has the level on.
func (res *Resource) One(c *Call, l Level) (*store.Record, *Error) {
	if err := c.Allow(res.Right, l); err != nil {
		return nil, err
	}
	parent := int64(0)
	if res.Parent != "" {
		if _, err := res.parentRecord(c, l); err != nil {
			return nil, err
		}
		parent = res.parentID(c)
	}
	id := c.IDs[res.depth()]
	r, ok := c.World().Table(res.Table).Get(id)
	if !ok || res.Keep != nil && !res.Keep(r) || res.Parent != "" && r.Parent != parent {
		return nil, NotFound(res.Label, id)
	}
	if res.Parent == "" && !res.reaches(c, l, r) {
		return nil, Forbidden()
	}
	return r, nil
}

// parentRecord finds the record in whose path the list stands.
func (res *Resource) parentRecord(c *Call, l Level) (*store.Record, *Error) {
	id := res.parentID(c)
	r, ok := c.World().Table(res.Parent).Get(id)
	if !ok || res.ParentKeep != nil && !res.ParentKeep(r) {
		return nil, NotFound(res.ParentLabel, id)
	}
	if res.ParentOwned && !res.reaches(c, l, r) {
		return nil, Forbidden()
	}
	return r, nil
}

// reaches tells whether the caller's grant reaches a record.
func (res *Resource) reaches(c *Call, l Level, r *store.Record) bool {
	switch c.Grant(res.Right, l) {
	case grantAll:
		return true
	case grantMy:
		return res.mine(c, r)
	}
	return false
}

func (res *Resource) mine(c *Call, r *store.Record) bool {
	if res.Mine != nil {
		return res.Mine(c, r)
	}
	return c.mine(r)
}

// page reads the paging parameters of either kind (connectwise.md §4).
func (c *Call) page() (query.Page, *Error) {
	q := c.Request.URL.Query()
	p := query.Page{Number: 1, Size: query.DefaultPageSize}
	if text := parameter(q, "pageSize"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return p, BadParameter("pageSize", text)
		}
		p.Size = min(n, query.MaxPageSize)
	}
	if !c.NumberedPages && strings.EqualFold(c.Request.Header.Get("pagination-type"), "forward-only") {
		p.ForwardOnly = true
		if text := parameter(q, "pageId"); text != "" {
			n, err := strconv.ParseInt(text, 10, 32)
			if err != nil || n < 0 {
				return p, BadParameter("pageId", text)
			}
			p.AfterID = n
		}
		return p, nil
	}
	if text := parameter(q, "page"); text != "" {
		n, err := strconv.ParseInt(text, 10, 32)
		if err != nil || n < 1 {
			return p, BadParameter("page", text)
		}
		p.Number = int(n)
	}
	return p, nil
}

// Derived is a read-only collection whose records are made from others when
// it is asked for.
type Derived struct {
	// Path of the list, and the type of its records.
	Path, Type string
	// Label names a record in "... 5 not found".
	Label string
	// List makes the records that the caller may see.
	List func(*Call) ([]*store.Record, *Error)
	// NoOne and NoCount as of a Resource.
	NoOne, NoCount bool
}

// Mount adds the collection's list, count and records.
func (d Derived) Mount(on On) {
	on(http.MethodGet, d.Path, Reads, func(c *Call) (Answer, *Error) {
		records, err := d.List(c)
		if err != nil {
			return Answer{}, err
		}
		return c.List(d.Type, records)
	})
	if !d.NoCount {
		on(http.MethodGet, d.Path+"/count", Reads, func(c *Call) (Answer, *Error) {
			records, err := d.List(c)
			if err != nil {
				return Answer{}, err
			}
			return c.count(d.Type, records)
		})
	}
	if d.NoOne {
		return
	}
	on(http.MethodGet, d.Path+"/{id}", Reads, func(c *Call) (Answer, *Error) {
		records, err := d.List(c)
		if err != nil {
			return Answer{}, err
		}
		id := c.IDs[len(c.IDs)-1]
		i := slices.IndexFunc(records, func(r *store.Record) bool { return r.ID == id })
		if i < 0 {
			return Answer{}, NotFound(d.Label, id)
		}
		return c.Record(http.StatusOK, d.Type, records[i])
	})
}
