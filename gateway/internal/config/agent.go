package config

import (
	"fmt"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/deskgate/deskgate/gateway/internal/config/token"
)

// agentSchema hides both forms of the token: who mistakes one for the other
// writes a token where its hash belongs.
var agentSchema = schema{attributes: []attribute{
	{name: "groups", kind: stringList, required: true},
	{name: "token", kind: text, secret: true, check: func(value any) error {
		s, _ := value.(string)
		_, _, err := token.Sum(s)
		return err
	}},
	{name: "token_sha256", kind: text, secret: true, plain: true, check: func(value any) error {
		s, _ := value.(string)
		_, _, err := token.ParseHash(s)
		return err
	}},
}}

// says tells whether the block has an attribute, null counting as none. One whose
// expression fails is there, and was reported.
func (d decoder) says(b *hclsyntax.Block, name string) bool {
	attr, ok := b.Body.Attributes[name]
	if !ok {
		return false
	}
	value, failed := attr.Expr.Value(d.eval)
	return failed.HasErrors() || !value.IsNull()
}

// agent keeps the hash of the token and drops the token.
func (r *reader) agent(d decoder, b *hclsyntax.Block) {
	v := d.body(b, agentSchema)
	a := Agent{Name: b.Labels[0], Range: b.DefRange()}
	a.Groups, _ = v.given["groups"].([]string)
	r.references(d, v.attrs["groups"], "group", a.Groups, nil)

	if d.says(b, "token") == d.says(b, "token_sha256") {
		d.onBlock(b, Diagnostic{Summary: "One token expected", Range: b.DefRange(),
			Detail: fmt.Sprintf("%s has either token = env(\"NAME\") or token_sha256 = \"<id>:<hash>\"; `deskgate agent token %s` prints one.", title(b), a.Name)})
		return
	}
	var err error
	attr := v.attrs["token"]
	if s, ok := v.given["token"].(string); ok {
		a.TokenID, a.TokenSHA256, err = token.Sum(s)
	} else if s, ok := v.given["token_sha256"].(string); ok {
		attr = v.attrs["token_sha256"]
		a.TokenID, a.TokenSHA256, err = token.ParseHash(s)
	}
	if err != nil || a.TokenID == "" { // reported with the attribute
		return
	}
	if other := r.tokens[a.TokenID]; other != nil {
		at := other.DefRange()
		d.onAttribute(attr, true, Diagnostic{Summary: "Token used twice",
			Detail: fmt.Sprintf("The token has the same id as that of %s at %s:%d:%d; every agent has a token of its own.", title(other), at.Filename, at.Start.Line, at.Start.Column)})
		return
	}
	r.tokens[a.TokenID] = b
	r.config.Agents = append(r.config.Agents, a)
}
