package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/deskgate/deskgate/gateway/internal/suggest"
)

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
		x.DidYouMean = suggest.Nearest(attr.Name, s.names())
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
		x.DidYouMean = suggest.Nearest(b.Type, s.blockNames())
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
