// Package bundle serves many reads in one request (connectwise.md §4).
package bundle

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/body"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/rest"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/schema"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// Area is the bundles' part of the API. A bundle asks for no right of its own,
// each of its reads for those of its path.
func Area() rest.Area {
	return rest.Area{Mount: func(on rest.On) {
		on(http.MethodPost, "/system/bundles", rest.Reads, func(c *rest.Call) (rest.Answer, *rest.Error) {
			return serve(c, request.entities)
		})
		on(http.MethodPost, "/system/bundles/count", rest.Reads, func(c *rest.Call) (rest.Answer, *rest.Error) {
			return serve(c, request.count)
		})
	}}
}

const collection = "BundleRequestsCollection"

// result is what became of one request of the bundle.
type result struct {
	SequenceNumber int64           `json:"sequenceNumber"`
	ResourceType   string          `json:"resourceType,omitempty"`
	Entities       json.RawMessage `json:"entities,omitempty"`
	Count          *int            `json:"count,omitempty"`
	Version        string          `json:"version,omitempty"`
	Success        bool            `json:"success"`
	StatusCode     int             `json:"statusCode"`
	Error          json.RawMessage `json:"error,omitempty"`
}

// serve makes each read and answers them together. The documents say 200; that
// it is 207 as soon as one read fails is inferred from the bulk endpoints.
func serve(c *rest.Call, read func(request, *rest.Call, *result) *rest.Error) (rest.Answer, *rest.Error) {
	values, err := body.Decode(c.Body, schema.Lookup(collection))
	if err != nil {
		return rest.Answer{}, rest.BodyError(err)
	}
	list, given := values["requests"].([]any)
	if !given {
		return rest.Answer{}, rest.InvalidObject("bundleRequestsCollection", rest.RequiredField("requests"))
	}
	status, results := http.StatusOK, []result{}
	for _, e := range list {
		r := newRequest(e)
		out := result{SequenceNumber: r.sequence, ResourceType: r.typ, Version: r.version, Success: true, StatusCode: http.StatusOK}
		if refused := read(r, c, &out); refused != nil {
			out.Success, out.StatusCode, out.Error = false, refused.Status, refused.Text()
			status = http.StatusMultiStatus
		}
		results = append(results, out)
	}
	return rest.Answer{Status: status, Body: rest.Indented(struct {
		Results []result `json:"results"`
	}{results})}, nil
}

// request is one read of a bundle.
type request struct {
	sequence     int64
	typ, version string
	// of are the members of its apiRequest.
	of store.Object
}

func newRequest(e any) request {
	values, _ := e.(store.Object)
	r := request{}
	r.sequence, _ = values["sequenceNumber"].(int64)
	r.typ, _ = values["resourceType"].(string)
	r.version, _ = values["version"].(string)
	r.of, _ = values["apiRequest"].(store.Object)
	return r
}

// entities reads a list, or one record when the request has an id. What it
// counts is inferred: the records that it answers.
func (r request) entities(c *rest.Call, out *result) *rest.Error {
	path, err := r.path()
	if err != nil {
		return err
	}
	id, one := r.number("id")
	if one {
		path += "/" + id
	}
	a, err := c.Read(path, r.version, r.query())
	if err != nil {
		return err
	}
	if one {
		a.Body = bytes.Join([][]byte{[]byte("["), []byte("]")}, a.Body)
	}
	var records []json.RawMessage
	if err := json.Unmarshal(a.Body, &records); err != nil {
		panic("bundle: " + path + " answers no list: " + err.Error())
	}
	n := len(records)
	out.Entities, out.Count = a.Body, &n
	return nil
}

// count reads how many records fit.
func (r request) count(c *rest.Call, out *result) *rest.Error {
	path, err := r.path()
	if err != nil {
		return err
	}
	a, err := c.Read(path+"/count", r.version, r.query())
	if err != nil {
		return err
	}
	if err := json.Unmarshal(a.Body, out); err != nil {
		panic("bundle: " + path + "/count answers no count: " + err.Error())
	}
	return nil
}

// query are the parameters of the list.
func (r request) query() url.Values {
	q := url.Values{}
	set := func(from store.Object, names ...string) {
		for _, name := range names {
			switch v := from[name].(type) {
			case string:
				q.Set(name, v)
			case int64:
				q.Set(name, strconv.FormatInt(v, 10))
			}
		}
	}
	set(r.of, "fields")
	filters, _ := r.of["filters"].(store.Object)
	set(filters, "conditions", "orderBy", "childconditions", "customfieldconditions")
	page, _ := r.of["page"].(store.Object)
	set(page, "page", "pageSize", "pageId")
	return q
}

// number is an id of the request, as paths have it.
func (r request) number(member string) (string, bool) {
	id, ok := r.of[member].(int64)
	return strconv.FormatInt(id, 10), ok && id != 0
}
