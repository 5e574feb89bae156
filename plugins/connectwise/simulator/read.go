package simulator

import (
	"bytes"
	"cmp"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/query"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/render"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/schema"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

func (res *resource) list(c *call) (answer, *apiError) {
	return res.answerList(c, parametersOf(c.r.URL.Query()))
}

// searchList is the list with its conditions in the body (connectwise.md §4).
func (res *resource) searchList(c *call) (answer, *apiError) {
	var in struct {
		Conditions            string `json:"conditions"`
		ChildConditions       string `json:"childconditions"`
		CustomFieldConditions string `json:"customfieldconditions"`
		OrderBy               string `json:"orderBy"`
	}
	if len(bytes.TrimSpace(c.body)) > 0 {
		if err := json.Unmarshal(c.body, &in); err != nil {
			return answer{}, malformedBody(err)
		}
	}
	return res.answerList(c, query.Parameters(in))
}

func parametersOf(q url.Values) query.Parameters {
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

func (res *resource) answerList(c *call, p query.Parameters) (answer, *apiError) {
	records, err := res.visible(c)
	if err != nil {
		return answer{}, err
	}
	return c.answerRecords(schema.Lookup(res.typeName(c.world())), records, p)
}

// answerRecords filters, orders, pages and answers records.
func (c *call) answerRecords(typ *schema.Type, records []*store.Record, p query.Parameters) (answer, *apiError) {
	page, refused := pageOf(c.r)
	if refused != nil {
		return answer{}, refused
	}
	if page.ForwardOnly && p.OrderBy != "" {
		return answer{}, badParameter("orderBy", p.OrderBy) // refused with forward-only paging
	}
	records, err := query.Filter(c.world(), typ, p, records)
	if err != nil {
		return answer{}, badConditions(err)
	}
	records, err = query.Sort(c.world(), typ, p.OrderBy, records)
	if err != nil {
		return answer{}, badConditions(err)
	}
	if page.ForwardOnly {
		slices.SortFunc(records, func(a, b *store.Record) int { return cmp.Compare(a.ID, b.ID) })
	}
	records, links := page.Cut(records, c.self())
	a := answer{status: http.StatusOK, header: http.Header{}}
	if links != "" {
		a.header.Set("Link", links)
	}
	sel := render.ParseFields(parameter(c.r.URL.Query(), "fields"))
	a.body = c.renderer().List(make([]byte, 0, 4096), typ, records, sel)
	return a, nil
}

// visible lists the records of the collection that the caller may see.
func (res *resource) visible(c *call) ([]*store.Record, *apiError) {
	if err := c.allow(res.right, inquire); err != nil {
		return nil, err
	}
	table := c.world().Table(res.table)
	var records []*store.Record
	if res.parent != "" {
		if _, err := res.parentRecord(c, inquire); err != nil {
			return nil, err
		}
		records = table.Children(c.id(0))
	} else {
		records = table.All()
	}
	onlyMine := c.grant(res.right, inquire) == grantMy && res.parent == ""
	if res.keep != nil || onlyMine {
		kept := records[:0]
		for _, r := range records {
			if (res.keep == nil || res.keep(r)) && (!onlyMine || c.mine(r)) {
				kept = append(kept, r)
			}
		}
		records = kept
	}
	return records, nil
}

func (res *resource) count(c *call) (answer, *apiError) {
	records, refused := res.visible(c)
	if refused != nil {
		return answer{}, refused
	}
	typ := schema.Lookup(res.typeName(c.world()))
	records, err := query.Filter(c.world(), typ, parametersOf(c.r.URL.Query()), records)
	if err != nil {
		return answer{}, badConditions(err)
	}
	body := "{\r\n  \"count\": " + strconv.Itoa(len(records)) + "\r\n}"
	return answer{status: http.StatusOK, body: []byte(body)}, nil
}

func (res *resource) get(c *call) (answer, *apiError) {
	r, err := res.one(c, inquire)
	if err != nil {
		return answer{}, err
	}
	return c.record(http.StatusOK, res.typeName(c.world()), r)
}

// one finds the record of the path that the caller has the level on.
func (res *resource) one(c *call, l level) (*store.Record, *apiError) {
	if err := c.allow(res.right, l); err != nil {
		return nil, err
	}
	if res.parent != "" {
		if _, err := res.parentRecord(c, l); err != nil {
			return nil, err
		}
	}
	id := c.ids[len(c.ids)-1]
	r, ok := c.world().Table(res.table).Get(id)
	if !ok || res.keep != nil && !res.keep(r) || res.parent != "" && r.Parent != c.id(0) {
		return nil, notFound(res.label, id)
	}
	if res.parent == "" {
		if err := c.allowRecord(res.right, l, r); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// parentRecord finds the record in whose path the list stands.
func (res *resource) parentRecord(c *call, l level) (*store.Record, *apiError) {
	r, ok := c.world().Table(res.parent).Get(c.id(0))
	if ok && res.parent == store.Tickets {
		ok = isProject(r) == strings.HasPrefix(res.path, "/project/")
	}
	if !ok {
		return nil, notFound(res.parentLabel, c.id(0))
	}
	if err := c.allowRecord(res.right, l, r); err != nil && res.parent == store.Tickets {
		return nil, err
	}
	return r, nil
}

// pageOf reads the paging parameters of either kind (connectwise.md §4).
func pageOf(r *http.Request) (query.Page, *apiError) {
	q := r.URL.Query()
	p := query.Page{Number: 1, Size: query.DefaultPageSize}
	if text := parameter(q, "pageSize"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return p, badParameter("pageSize", text)
		}
		p.Size = min(n, query.MaxPageSize)
	}
	if strings.EqualFold(r.Header.Get("pagination-type"), "forward-only") {
		p.ForwardOnly = true
		if text := parameter(q, "pageId"); text != "" {
			n, err := strconv.ParseInt(text, 10, 32)
			if err != nil || n < 0 {
				return p, badParameter("pageId", text)
			}
			p.AfterID = n
		}
		return p, nil
	}
	if text := parameter(q, "page"); text != "" {
		n, err := strconv.ParseInt(text, 10, 32)
		if err != nil || n < 1 {
			return p, badParameter("page", text)
		}
		p.Number = int(n)
	}
	return p, nil
}
