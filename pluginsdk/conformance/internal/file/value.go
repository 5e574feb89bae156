package file

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
	ctyjson "github.com/zclconf/go-cty/cty/json"
	"google.golang.org/protobuf/encoding/protojson"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// problems are diagnostics as one error, a line each, without the file's own
// text: it may hold a secret.
func problems(diags hcl.Diagnostics) error {
	var all []error
	for _, d := range diags {
		if d.Severity != hcl.DiagError {
			continue
		}
		place := ""
		if d.Subject != nil {
			place = d.Subject.String() + ": "
		}
		all = append(all, fmt.Errorf("%s%s: %s", place, d.Summary, d.Detail))
	}
	return errors.Join(all...)
}

// functions are what a file may call: env and file as in gateway.hcl, and what
// a witness needs to bring a PSA's values into neutral form.
func functions(dir string, variables map[string]string) *hcl.EvalContext {
	return &hcl.EvalContext{Functions: map[string]function.Function{
		"env": function.New(&function.Spec{
			Params:   []function.Parameter{{Name: "name", Type: cty.String}},
			VarParam: &function.Parameter{Name: "default", Type: cty.String},
			Type:     function.StaticReturnType(cty.String),
			Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
				if value, ok := variables[args[0].AsString()]; ok {
					return cty.StringVal(value), nil
				}
				if value, ok := os.LookupEnv(args[0].AsString()); ok {
					return cty.StringVal(value), nil
				}
				if len(args) > 1 {
					return args[1], nil
				}
				return cty.NilVal, fmt.Errorf("the environment variable %s is not set; set it, or give a default: env(%q, \"...\")", args[0].AsString(), args[0].AsString())
			},
		}),
		"file": function.New(&function.Spec{
			Params: []function.Parameter{{Name: "path", Type: cty.String}},
			Type:   function.StaticReturnType(cty.String),
			Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
				path := args[0].AsString()
				if !filepath.IsAbs(path) {
					path = filepath.Join(dir, path)
				}
				text, err := os.ReadFile(path)
				return cty.StringVal(strings.TrimRight(string(text), "\r\n")), err
			},
		}),
		"lookup": stdlib.LookupFunc, "coalesce": stdlib.CoalesceFunc, "lower": stdlib.LowerFunc, "upper": stdlib.UpperFunc,
		"replace": stdlib.ReplaceFunc, "round": roundFunc,
	}}
}

// roundFunc is the nearest whole number: hours as a PSA stores them are not
// whole seconds.
var roundFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "number", Type: cty.Number}},
	Type:   function.StaticReturnType(cty.Number),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		return stdlib.Floor(args[0].Add(cty.NumberFloatVal(0.5)))
	},
})

// newTicket reads the ticket of the fixtures, in the words of the REST API.
func newTicket(x hcl.Expression, scope *hcl.EvalContext) (*psav1.Ticket, error) {
	value, diags := x.Value(scope)
	if diags.HasErrors() {
		return nil, problems(diags)
	}
	if value.IsNull() {
		return nil, nil
	}
	text, err := ctyjson.Marshal(value, value.Type())
	if err != nil {
		return nil, fmt.Errorf("%s: new_ticket: %w", x.Range(), err)
	}
	ticket := &psav1.Ticket{}
	if err := protojson.Unmarshal(text, ticket); err != nil {
		return nil, fmt.Errorf("%s: new_ticket is no ticket: %w", x.Range(), err)
	}
	return ticket, nil
}

// Witness tells what the simulator holds of a resource.
type Witness struct {
	// Collection is the simulator's name of it, under .../state/.
	Collection string
	fields     hcl.Expression
}

// Holds are the neutral fields of a record as the simulator stores it, by path:
// `status.id`. What the simulator does not hold is missing.
func (w *Witness) Holds(record json.RawMessage) (map[string]string, error) {
	typ, err := ctyjson.ImpliedType(record)
	if err != nil {
		return nil, err
	}
	value, err := ctyjson.Unmarshal(record, typ)
	if err != nil {
		return nil, err
	}
	scope := functions("", nil).NewChild()
	scope.Variables = map[string]cty.Value{"record": value}
	pairs, diags := hcl.ExprMap(w.fields)
	if diags.HasErrors() {
		return nil, problems(diags)
	}
	holds := map[string]string{}
	for _, pair := range pairs {
		name, diags := pair.Key.Value(nil)
		if diags.HasErrors() {
			return nil, problems(diags)
		}
		field, diags := pair.Value.Value(scope)
		if diags.HasErrors() || field.IsNull() { // the record lacks it
			continue
		}
		text, err := ctyjson.Marshal(field, field.Type())
		if err != nil {
			return nil, err
		}
		holds[name.AsString()] = strings.Trim(string(text), `"`)
		if field.Type() == cty.String {
			holds[name.AsString()] = field.AsString()
		}
	}
	return holds, nil
}
