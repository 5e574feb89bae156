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

// ticketOf reads a ticket of the fixtures, in the words of the REST API; nil where
// the attribute is not given.
func ticketOf(attribute string, x hcl.Expression, scope *hcl.EvalContext) (*psav1.Ticket, error) {
	text, err := jsonOf(attribute, x, scope)
	if text == nil || err != nil {
		return nil, err
	}
	ticket := &psav1.Ticket{}
	if err := protojson.Unmarshal(text, ticket); err != nil {
		return nil, fmt.Errorf("%s: %s is no ticket: %w", x.Range(), attribute, err)
	}
	return ticket, nil
}

// jsonOf is an attribute's value as JSON; nil where it is not given.
func jsonOf(attribute string, x hcl.Expression, scope *hcl.EvalContext) ([]byte, error) {
	value, diags := x.Value(scope)
	if diags.HasErrors() {
		return nil, problems(diags)
	}
	if value.IsNull() {
		return nil, nil
	}
	text, err := ctyjson.Marshal(value, value.Type())
	if err != nil {
		return nil, fmt.Errorf("%s: %s: %w", x.Range(), attribute, err)
	}
	return text, nil
}

// valuesOf reads the values of the fixtures, each as JSON.
func valuesOf(x hcl.Expression, scope *hcl.EvalContext) (map[string][]byte, error) {
	text, err := jsonOf("values", x, scope)
	if text == nil || err != nil {
		return nil, err
	}
	raw := map[string]json.RawMessage{}
	if err := json.Unmarshal(text, &raw); err != nil {
		return nil, fmt.Errorf("%s: values: %w", x.Range(), err)
	}
	values := map[string][]byte{}
	for name, value := range raw {
		values[name] = value
	}
	return values, nil
}
