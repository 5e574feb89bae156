package config

import (
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/deskgate/deskgate/gateway/internal/suggest"
)

// decoder decodes bodies by their schemas. hcldec and gohcl would do the same
// in fewer lines, but their diagnostics quote what stands where a name is
// expected, which can be a secret without its quotes, and do not tell which
// attribute they are about, without which a line cannot be hidden.
type decoder struct {
	source *source
	eval   *hcl.EvalContext
	diags  *Diagnostics
	// label names the block around, as `connection "acme"`.
	label string
	// discreet keeps what HCL says of an expression to itself: the schema is not
	// known, or was not when the same was looked at first.
	discreet bool
}

// values are what a body says, by the attribute's name.
type values struct {
	// given are the values, defaults included.
	given map[string]any
	// attrs are the attributes that stand in the body and are sound.
	attrs  map[string]*hclsyntax.Attribute
	blocks map[string]values
}

// object is the values as JSON has them.
func (v values) object() map[string]any {
	object := maps.Clone(v.given)
	for name, inner := range v.blocks {
		object[name] = inner.object()
	}
	return object
}

// body decodes a block's body and reports everything that is wrong in it. What
// is wrong is missing from the values.
func (d decoder) body(header *hclsyntax.Block, s schema) values {
	v := values{given: map[string]any{}, attrs: map[string]*hclsyntax.Attribute{}, blocks: map[string]values{}}
	for _, attr := range header.Body.Attributes {
		if _, known := s.attribute(attr.Name); !known {
			d.unknownAttribute(attr, header, s)
		}
	}
	for _, a := range s.attributes {
		if a.fallback != nil {
			v.given[a.name] = a.fallback
		}
		attr, present := header.Body.Attributes[a.name]
		if !present {
			if a.required {
				d.missing(header, "attribute", a.name, a.name+" = "+example(a))
			}
			continue
		}
		if value, ok := d.attribute(attr, a); ok {
			v.given[a.name], v.attrs[a.name] = value, attr
		}
	}
	d.inner(header, s, v)
	return v
}

// inner decodes the blocks in a block.
func (d decoder) inner(header *hclsyntax.Block, s schema, v values) {
	first := map[string]*hclsyntax.Block{}
	for _, b := range header.Body.Blocks {
		known, ok := s.block(b.Type)
		switch {
		case !ok:
			d.unknownBlock(b, header, s)
		case len(b.Labels) > 0:
			d.onBlock(b, Diagnostic{Summary: "Label not expected", Range: b.LabelRanges[0],
				Detail: fmt.Sprintf("A block %s has no label: write %s { ... }.", b.Type, b.Type)})
		case first[b.Type] != nil:
			d.duplicate(b, first[b.Type])
		default:
			first[b.Type] = b
			v.blocks[b.Type] = d.body(b, known.schema)
		}
	}
	for _, b := range s.blocks {
		if first[b.name] != nil {
			continue
		}
		if b.required {
			d.missing(header, "block", b.name, b.name+" { ... }")
		} else if defaults, ok := b.schema.defaults(); ok {
			v.given[b.name] = defaults
		}
	}
}

// attribute returns the value of an attribute, false if it has none or a wrong
// one.
func (d decoder) attribute(attr *hclsyntax.Attribute, a attribute) (any, bool) {
	raw, ok := d.evaluate(attr, a.secret)
	if !ok {
		return nil, false
	}
	plain, marks := raw.UnmarkDeep()
	if plain.IsNull() { // null is how HCL says: as if it did not stand here
		if a.required {
			d.onAttribute(attr, a.secret, Diagnostic{Summary: "Value missing", Detail: a.name + " is required and cannot be null."})
		}
		return a.fallback, !a.required && a.fallback != nil
	}
	wrong := func(summary, detail string, allowed []string, meant string) (any, bool) {
		d.onAttribute(attr, a.secret, Diagnostic{Summary: summary, Detail: detail, Allowed: allowed, DidYouMean: meant})
		return nil, false
	}
	value, err := goValue(a.kind, plain)
	if err != nil {
		return wrong("Wrong type", fmt.Sprintf("%s must be %s.", a.name, words[a.kind]), nil, "")
	}
	if a.required && value == "" {
		return wrong("Value missing", fmt.Sprintf("%s is required and cannot be empty.", a.name), nil, "")
	}
	quotable := !a.secret && len(marks) == 0
	if word, bad := disallowed(value, a.allowed); bad {
		given, meant := "This value", ""
		if quotable {
			given, meant = fmt.Sprintf("%q", word), suggest.Nearest(word, a.allowed)
		}
		return wrong("Value not allowed", fmt.Sprintf("%s is no value of %s.", given, a.name), a.allowed, meant)
	}
	if err := a.verify(value); err != nil {
		hide := a.secret || errors.Is(err, errCredentials)
		detail := fmt.Sprintf("%s %s.", a.name, err)
		if s, ok := value.(string); ok && quotable && !hide {
			detail = fmt.Sprintf("%s is %.100q: it %s.", a.name, s, err)
		}
		d.onAttribute(attr, hide, Diagnostic{Summary: "Invalid value", Detail: detail})
		return nil, false
	}
	if a.secret && !a.plain && len(marks) == 0 && value != "" {
		d.onAttribute(attr, true, Diagnostic{Severity: Warning, Summary: "Secret in the file", Range: attr.NameRange,
			Detail: fmt.Sprintf("%s stands in the file for whoever can read it. Refer to it: env(\"NAME\") or file(\"path\").", a.name)})
	}
	return value, true
}

func (a attribute) verify(value any) error {
	if err := checkKind(a.kind, value); err != nil {
		return err
	}
	if a.check == nil {
		return nil
	}
	return a.check(value)
}

// evaluate returns the value of an expression. What HCL says of one that fails
// is shown only where no secret can be meant: it quotes what it does not know.
func (d decoder) evaluate(attr *hclsyntax.Attribute, hide bool) (cty.Value, bool) {
	if rng, loops := loop(attr.Expr); loops {
		d.onAttribute(attr, hide, Diagnostic{Summary: "Expression not supported", Range: rng,
			Detail: "Loops have no place in a configuration: write the values out."})
		return cty.NilVal, false
	}
	value, found := attr.Expr.Value(d.eval)
	if !found.HasErrors() {
		return value, true
	}
	for _, f := range found {
		rng := attr.Expr.Range()
		if f.Subject != nil {
			rng = *f.Subject
		}
		if extra, ok := hcl.DiagnosticExtra[hclsyntax.FunctionCallDiagExtra](f); ok {
			if failed, ok := errors.AsType[*callError](extra.FunctionCallError()); ok {
				d.onAttribute(attr, hide, Diagnostic{Summary: failed.summary, Detail: failed.detail, Range: rng})
				continue
			}
		}
		said := ""
		if !hide && !d.discreet {
			said = strings.TrimSpace(f.Detail) + " "
		}
		d.onAttribute(attr, hide, Diagnostic{Summary: "Value not understood", Range: rng,
			Detail: said + `A text stands in quotes; what the file must not hold comes from env("NAME") or file("path").`})
	}
	return cty.NilVal, false
}

// loop finds what makes the cost of an expression unbounded.
func loop(expr hclsyntax.Expression) (at hcl.Range, found bool) {
	_ = hclsyntax.VisitAll(expr, func(n hclsyntax.Node) hcl.Diagnostics {
		switch n.(type) {
		case *hclsyntax.ForExpr, *hclsyntax.SplatExpr:
			at, found = n.Range(), true
		}
		return nil
	})
	return at, found
}
