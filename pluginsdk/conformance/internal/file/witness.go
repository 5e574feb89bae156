package file

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"
)

// Witness tells what the simulator holds of a resource.
type Witness struct {
	// Collection is the simulator's name of it, under .../state/.
	Collection string

	id, fields hcl.Expression
}

// Names are the neutral fields that the witness tells of, by path: `status.id`.
func (w *Witness) Names() ([]string, error) {
	pairs, diags := hcl.ExprMap(w.fields)
	if diags.HasErrors() {
		return nil, problems(diags)
	}
	var names []string
	for _, pair := range pairs {
		name, diags := pair.Key.Value(nil)
		if diags.HasErrors() {
			return nil, problems(diags)
		}
		names = append(names, name.AsString())
	}
	slices.Sort(names)
	return names, nil
}

// Holds are the neutral fields of a record as the simulator stores it, by path.
// What the simulator does not hold is missing.
func (w *Witness) Holds(record json.RawMessage) (map[string]string, error) {
	scope, err := scopeOf(record)
	if err != nil {
		return nil, err
	}
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
		if text, ok := textOf(pair.Value, scope); ok {
			holds[name.AsString()] = text
		}
	}
	return holds, nil
}

// IDOf tells the id that connectors give a record; nil where it is the record's own.
func (w *Witness) IDOf() func(json.RawMessage) (string, error) {
	if given, diags := w.id.Value(nil); !diags.HasErrors() && given.IsNull() {
		return nil
	}
	return func(record json.RawMessage) (string, error) {
		scope, err := scopeOf(record)
		if err != nil {
			return "", err
		}
		id, _ := textOf(w.id, scope) // a record that lacks it has no id here
		return id, nil
	}
}

// scopeOf is what the expressions of a witness see.
func scopeOf(record json.RawMessage) (*hcl.EvalContext, error) {
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
	return scope, nil
}

// textOf is an expression's value as a text; false where the record lacks what it
// is made of.
func textOf(x hcl.Expression, scope *hcl.EvalContext) (string, bool) {
	value, diags := x.Value(scope)
	if diags.HasErrors() || value.IsNull() {
		return "", false
	}
	if value.Type() == cty.String {
		return value.AsString(), true
	}
	text, err := ctyjson.Marshal(value, value.Type())
	return strings.Trim(string(text), `"`), err == nil
}
