package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
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
			given, meant = fmt.Sprintf("%q", word), suggest(word, a.allowed)
		}
		return wrong("Value not allowed", fmt.Sprintf("%s is no value of %s.", given, a.name), a.allowed, meant)
	}
	if err := a.verify(value); err != nil {
		hide := a.secret || errors.Is(err, errCredentials)
		detail := fmt.Sprintf("%s %s.", a.name, err)
		if s, ok := value.(string); ok && quotable && !hide {
			detail = fmt.Sprintf("%s is %.100q and %s.", a.name, s, err)
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

func (d decoder) unknownAttribute(attr *hclsyntax.Attribute, header *hclsyntax.Block, s schema) {
	if slices.Contains(s.later, attr.Name) {
		d.later(attr.NameRange, attr.Name, d.source.quoteName(attr))
		return
	}
	x := Diagnostic{Summary: "Unknown attribute", Range: attr.NameRange,
		Detail: fmt.Sprintf("%q is no attribute of %s.", attr.Name, d.describe(header)), Allowed: slices.Sorted(slices.Values(s.names()))}
	if _, ok := s.block(attr.Name); ok {
		x.Detail = fmt.Sprintf("%s is a block: write %s { ... } without the equals sign.", attr.Name, attr.Name)
		x.Allowed = nil
	} else {
		x.DidYouMean = suggest(attr.Name, s.names())
	}
	d.onAttribute(attr, true, x)
}

func (d decoder) unknownBlock(b, header *hclsyntax.Block, s schema) {
	if slices.Contains(s.later, b.Type) {
		d.later(b.TypeRange, b.Type, d.source.quoteType(b))
		return
	}
	x := Diagnostic{Summary: "Unknown block", Range: b.TypeRange,
		Detail: fmt.Sprintf("%q is no block of %s.", b.Type, d.describe(header)), Allowed: slices.Sorted(slices.Values(s.blockNames()))}
	if a, ok := s.attribute(b.Type); ok {
		x.Detail = fmt.Sprintf("%s is an attribute: write %s = %s.", b.Type, b.Type, example(a))
		x.Allowed = nil
	} else {
		x.DidYouMean = suggest(b.Type, s.blockNames())
	}
	d.onBlock(b, x)
}

// later refuses what Deskgate is going to have, rather than ignore it.
func (d decoder) later(rng hcl.Range, name string, line snippet) {
	d.report(Diagnostic{Summary: "Not supported by this version", Range: rng, snippet: line,
		Detail: name + " is not supported by this version of Deskgate: leave it out."})
}

func (d decoder) missing(header *hclsyntax.Block, what, name, write string) {
	d.onBlock(header, Diagnostic{Summary: "Missing " + what, Range: header.DefRange(),
		Detail: fmt.Sprintf("%s is required in %s: write %s.", name, d.describe(header), write)})
}

// duplicate names both places.
func (d decoder) duplicate(b, first *hclsyntax.Block) {
	at := first.DefRange()
	d.onBlock(b, Diagnostic{Summary: "Duplicate block", Range: b.DefRange(),
		Detail: fmt.Sprintf("There is a block %s already, at %s:%d:%d.", title(b), at.Filename, at.Start.Line, at.Start.Column)})
}

// describe names a block for a sentence.
func (d decoder) describe(b *hclsyntax.Block) string {
	if name := title(b); name != d.label {
		return fmt.Sprintf("%s in %s", name, d.label)
	}
	return d.label
}

// title is a block's type and labels as they stand in the file.
func title(b *hclsyntax.Block) string {
	words := []string{b.Type}
	for _, label := range b.Labels {
		words = append(words, fmt.Sprintf("%.70q", label))
	}
	return strings.Join(words, " ")
}

// example is a value that would do.
func example(a attribute) string {
	switch {
	case a.secret:
		return `env("NAME")`
	case len(a.allowed) > 0 && a.kind == text:
		return fmt.Sprintf("%q", a.allowed[0])
	}
	return map[kind]string{
		text: `"..."`, boolean: "true", integer: "1", number: "1.5", duration: `"30s"`,
		address: `"https://..."`, stringList: `["..."]`, stringMap: `{ name = "..." }`,
	}[a.kind]
}

// onAttribute reports what is wrong with an attribute: at its value, unless the
// diagnostic has a place already.
func (d decoder) onAttribute(attr *hclsyntax.Attribute, hide bool, x Diagnostic) {
	if x.Range == (hcl.Range{}) {
		x.Range = attr.Expr.Range()
	}
	if hide {
		x.snippet = d.source.quoteName(attr)
	} else {
		x.snippet = d.source.quote(x.Range)
	}
	d.report(x)
}

func (d decoder) onBlock(b *hclsyntax.Block, x Diagnostic) {
	if title(b) == d.label {
		x.snippet = d.source.quoteHeader(b)
	} else { // what looks like a label may be a value whose equals sign is missing
		x.snippet = d.source.quoteType(b)
	}
	d.report(x)
}

func (d decoder) report(x Diagnostic) {
	if x.Severity == "" {
		x.Severity = Error
	}
	if x.Block == "" {
		x.Block = d.label
	}
	d.diags.add(x)
}
