package config

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
)

// Connection decodes the block of a connection by its connector's schema. The
// JSON object holds the secrets and is for the connector alone. Where the
// diagnostics have errors it lacks what is wrong, and is for looking further; it
// is nil where nothing can be looked at.
func (c *Config) Connection(name string, published *connectorv1.Schema) (json.RawMessage, *Diagnostics) {
	diags := &Diagnostics{}
	d, b, s := c.connection(name, published, diags)
	if b == nil {
		return nil, diags
	}
	object := d.body(b, s).object()
	delete(object, "connector")
	encoded, err := json.Marshal(object)
	if err != nil {
		d.onBlock(b, Diagnostic{Summary: "Value not understood", Range: b.DefRange(), Detail: "The block cannot be handed to its connector."})
		return nil, diags
	}
	return encoded, diags
}

// connection returns what it takes to decode a connection; the block is nil
// where it cannot be.
func (c *Config) connection(name string, from *connectorv1.Schema, diags *Diagnostics) (decoder, *hclsyntax.Block, schema) {
	b := c.block(name)
	if b == nil {
		diags.add(Diagnostic{Severity: Error, Summary: "Unknown connection", Detail: fmt.Sprintf("There is no connection %q in this configuration.", name)})
		return decoder{}, nil, schema{}
	}
	d := decoder{source: c.source, eval: c.eval, diags: diags, label: title(b), discreet: true}
	s, err := published(from, 0)
	if err != nil {
		d.onBlock(b, Diagnostic{Summary: "Connector publishes a wrong schema", Range: b.DefRange(),
			Detail: fmt.Sprintf("The block cannot be checked, because the schema of its connector is wrong: %s. Tell the connector's author, or take another version.", err)})
		return d, nil, s
	}
	if _, ok := s.attribute("connector"); !ok { // the gateway's own, checked by Load
		s.attributes = append([]attribute{{name: "connector", kind: text}}, s.attributes...)
	}
	return d, b, s
}

func (c *Config) block(connection string) *hclsyntax.Block {
	i := slices.IndexFunc(c.Connections, func(x Connection) bool { return x.Name == connection })
	if i < 0 {
		return nil
	}
	return c.Connections[i].block
}

// evaluateAll evaluates every expression, whatever it means, to report those
// that have no value.
func (d decoder) evaluateAll(body *hclsyntax.Body) {
	for name, attr := range body.Attributes {
		if name != "connector" {
			d.evaluate(attr, true)
		}
	}
	for _, b := range body.Blocks {
		d.evaluateAll(b.Body)
	}
}
