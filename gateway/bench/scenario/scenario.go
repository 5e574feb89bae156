// Package scenario reads what is benched from a connector's bench.hcl: the calls of
// the gateway, and what an app would send the PSA itself for the same. So the bench
// knows no vendor.
package scenario

import (
	"fmt"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/gohcl"
	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/gocty"
)

// The scenarios that every file has, in the order of the report.
const (
	Ticket = "ticket" // one ticket, whole
	Row    = "row"    // one ticket as a list row
	Page   = "page"   // a page of 50
	Update = "update" // a title is changed
	Names  = "names"  // a page of 100 of all kinds, whose names are all there
)

// Order is the order of the report.
var Order = []string{Ticket, Row, Page, Update, Names}

// Variants is how many different calls there are of each scenario.
const Variants = 1024

// Request is one HTTP request.
type Request struct {
	Method string `cty:"method"` // GET where none is said
	Path   string `cty:"path"`   // with its query
	Body   string `cty:"body"`   // JSON, or empty
}

// Call is what is sent for one call: steps one after the other, each of requests
// side by side.
type Call [][]Request

// Requests is how many requests the call is.
func (c Call) Requests() int {
	n := 0
	for _, step := range c {
		n += len(step)
	}
	return n
}

// Scenario is one thing that is done through the gateway, and directly. No two of
// its calls are the same.
type Scenario struct {
	Name            string
	Gateway, Direct []Call
}

// File is a connector's bench.hcl.
type File struct{ content content }

type content struct {
	Connector  string         `hcl:"connector"`
	Connection hcl.Expression `hcl:"connection"`
	Tickets    string         `hcl:"tickets"`
	Header     hcl.Expression `hcl:"header"`
	Locals     hcl.Expression `hcl:"locals,optional"`
	Scenarios  []block        `hcl:"scenario,block"`
}

type block struct {
	Name    string         `hcl:"name,label"`
	Gateway hcl.Expression `hcl:"gateway"`
	Direct  hcl.Expression `hcl:"direct"`
}

// Load reads a file. Its expressions are evaluated later.
func Load(path string) (*File, error) {
	parsed, diags := hclparse.NewParser().ParseHCLFile(path)
	if diags.HasErrors() {
		return nil, diags
	}
	f := &File{}
	if diags := gohcl.DecodeBody(parsed.Body, &hcl.EvalContext{}, &f.content); diags.HasErrors() {
		return nil, diags
	}
	have := map[string]bool{}
	for _, s := range f.content.Scenarios {
		have[s.Name] = true
	}
	for _, name := range Order {
		if !have[name] {
			return nil, fmt.Errorf("%s has no scenario %q: a bench has %v", path, name, Order)
		}
	}
	return f, nil
}

// Connector is the connector's name.
func (f *File) Connector() string { return f.content.Connector }

// Tickets is the filter of the gateway's that finds the tickets to work on.
func (f *File) Tickets() string { return f.content.Tickets }

// Connection is the connection's block for the simulator at this address.
func (f *File) Connection(simulator string) (map[string]string, error) {
	return texts(f.content.Connection, scope(map[string]cty.Value{"simulator": cty.StringVal(simulator)}))
}

// Header is what goes with every direct call.
func (f *File) Header() (map[string]string, error) {
	return texts(f.content.Header, scope(nil))
}

func texts(e hcl.Expression, in *hcl.EvalContext) (map[string]string, error) {
	value, diags := e.Value(in)
	if diags.HasErrors() {
		return nil, diags
	}
	value, err := convert.Convert(value, cty.Map(cty.String))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", e.Range(), err)
	}
	var out map[string]string
	return out, gocty.FromCtyValue(value, &out)
}

// longAgo is before every ticket: pages that begin there hold the same rows.
var longAgo = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// Prepare makes the calls on these tickets.
func (f *File) Prepare(tickets []string) ([]Scenario, error) {
	locals := cty.EmptyObjectVal
	if f.content.Locals != nil {
		value, diags := f.content.Locals.Value(scope(nil))
		if diags.HasErrors() {
			return nil, diags
		}
		if !value.IsNull() {
			locals = value
		}
	}
	var all []Scenario
	for _, name := range Order {
		for _, b := range f.content.Scenarios {
			if b.Name != name {
				continue
			}
			s, err := b.prepare(locals, tickets)
			if err != nil {
				return nil, err
			}
			all = append(all, s)
		}
	}
	return all, nil
}

func (b block) prepare(locals cty.Value, tickets []string) (Scenario, error) {
	s := Scenario{Name: b.Name}
	for n := range Variants {
		in := scope(map[string]cty.Value{
			"local": locals, "n": cty.NumberIntVal(int64(n)),
			"ticket": cty.StringVal(tickets[n%len(tickets)]),
			"since":  cty.StringVal(longAgo.Add(time.Duration(n) * time.Second).Format(time.RFC3339)),
		})
		var one Request
		var steps [][]Request
		if err := decode(b.Gateway, in, request, &one); err != nil {
			return s, err
		}
		if err := decode(b.Direct, in, cty.List(cty.List(request)), &steps); err != nil {
			return s, err
		}
		s.Gateway, s.Direct = append(s.Gateway, Call{{one}}), append(s.Direct, steps)
	}
	return s, nil
}

var request = cty.ObjectWithOptionalAttrs(map[string]cty.Type{
	"method": cty.String, "path": cty.String, "body": cty.String,
}, []string{"method", "body"})

// decode evaluates an expression to a type made of requests.
func decode(e hcl.Expression, in *hcl.EvalContext, want cty.Type, into any) error {
	value, diags := e.Value(in)
	if diags.HasErrors() {
		return diags
	}
	value, err := convert.Convert(value, want)
	if err == nil {
		value, err = cty.Transform(value, func(_ cty.Path, v cty.Value) (cty.Value, error) {
			if v.IsNull() && v.Type() == cty.String {
				return cty.StringVal(""), nil
			}
			return v, nil
		})
	}
	if err == nil {
		err = gocty.FromCtyValue(value, into)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", e.Range(), err)
	}
	return nil
}
