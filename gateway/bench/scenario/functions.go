package scenario

import (
	"encoding/base64"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// scope is what an expression in bench.hcl can use.
func scope(variables map[string]cty.Value) *hcl.EvalContext {
	return &hcl.EvalContext{Variables: variables, Functions: map[string]function.Function{
		"base64encode": base64encode,
		"jsonencode":   stdlib.JSONEncodeFunc,
		"join":         stdlib.JoinFunc,
	}}
}

var base64encode = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "text", Type: cty.String}},
	Type:   function.StaticReturnType(cty.String),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		return cty.StringVal(base64.StdEncoding.EncodeToString([]byte(args[0].AsString()))), nil
	},
})
