package config

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"

	"github.com/deskgate/deskgate/gateway/internal/problem"
)

// Locate returns the place of an attribute of a connection, given by its path
// such as defaults.ticket.queue, or of the innermost block around it that is
// there. The range is empty for a connection that does not exist.
func (c *Config) Locate(connection, attributePath string) hcl.Range {
	b := c.block(connection)
	if b == nil {
		return hcl.Range{}
	}
	in, attr, element := find(b, attributePath)
	switch {
	case element != nil:
		return element.Range()
	case attr != nil:
		return attr.Expr.Range()
	}
	return in.DefRange()
}

// find follows a path into a block: into blocks, to an attribute, and into the
// map that it may hold.
func find(b *hclsyntax.Block, path string) (in *hclsyntax.Block, attr *hclsyntax.Attribute, element hclsyntax.Expression) {
	for steps := split(path); len(steps) > 0; steps = steps[1:] {
		if attr = b.Body.Attributes[steps[0]]; attr != nil {
			return b, attr, child(attr.Expr, steps[1:])
		}
		i := slices.IndexFunc(b.Body.Blocks, func(inner *hclsyntax.Block) bool { return inner.Type == steps[0] })
		if i < 0 {
			break
		}
		b = b.Body.Blocks[i]
	}
	return b, nil, nil
}

// child finds an item of a literal map, or an element of a literal list.
func child(expr hclsyntax.Expression, steps []string) hclsyntax.Expression {
	if len(steps) == 0 {
		return nil
	}
	switch e := expr.(type) {
	case *hclsyntax.ObjectConsExpr:
		for _, item := range e.Items {
			if key, found := item.KeyExpr.Value(nil); !found.HasErrors() && key.Type() == cty.String && !key.IsNull() && key.AsString() == strings.Join(steps, ".") {
				return item.ValueExpr
			}
		}
	case *hclsyntax.TupleConsExpr:
		for i, element := range e.Exprs {
			if strconv.Itoa(i) == steps[0] {
				return element
			}
		}
	}
	return nil
}

var pathStep = regexp.MustCompile(`\["([^"]*)"\]|[^.\[\]]+`)

// split cuts a path such as defaults.ticket.queue, status_categories["On hold"]
// or boards[2] into its steps.
func split(path string) []string {
	var steps []string
	for _, m := range pathStep.FindAllStringSubmatch(path, -1) {
		if strings.HasPrefix(m[0], `["`) {
			steps = append(steps, m[1])
		} else {
			steps = append(steps, m[0])
		}
	}
	return steps
}

// Violations places what a connector found wrong with a connection's
// configuration, in the connector's words. What it says of an attribute that
// [Config.Connection] has refused is left out: the connector did not get it.
func (c *Config) Violations(connection string, from *connectorv1.Schema, violations []problem.Violation) *Diagnostics {
	diags, refused := &Diagnostics{}, &Diagnostics{}
	d, b, s := c.connection(connection, from, diags)
	if b == nil {
		return diags
	}
	again := d
	again.diags = refused
	again.body(b, s)
	for _, violation := range violations {
		steps := split(violation.Field)
		_, attr, _ := find(b, violation.Field)
		if s.demands(b, steps) || attr != nil && refused.errorWithin(attr.SrcRange) {
			continue
		}
		x := Diagnostic{Summary: "Refused by the connector", Range: c.Locate(connection, violation.Field),
			Detail: sentence(violation), Allowed: violation.Allowed, DidYouMean: violation.DidYouMean}
		if attr != nil {
			d.onAttribute(attr, s.hides(steps), x)
		} else {
			d.onBlock(b, x)
		}
	}
	return diags
}

func sentence(v problem.Violation) string {
	said := strings.TrimRight(v.Message, ". ") + "."
	if v.Field == "" {
		return said
	}
	return v.Field + ": " + said
}

// demands says whether what a path leads to is required and not in the block, so
// that its absence has been reported.
func (s schema) demands(b *hclsyntax.Block, steps []string) bool {
	if len(steps) == 0 {
		return false
	}
	if a, ok := s.attribute(steps[0]); ok {
		return a.required && b.Body.Attributes[a.name] == nil
	}
	inner, ok := s.block(steps[0])
	if !ok {
		return false
	}
	i := slices.IndexFunc(b.Body.Blocks, func(x *hclsyntax.Block) bool { return x.Type == inner.name })
	if i < 0 {
		return inner.required
	}
	return inner.schema.demands(b.Body.Blocks[i], steps[1:])
}

// hides says whether the attribute at a path is a secret, or not known.
func (s schema) hides(steps []string) bool {
	for i, step := range steps {
		if a, ok := s.attribute(step); ok {
			return a.secret
		}
		inner, ok := s.block(step)
		if !ok || i == len(steps)-1 {
			return true
		}
		s = inner.schema
	}
	return true
}
