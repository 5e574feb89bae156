package file

import (
	"encoding/json"
	"fmt"

	"github.com/hashicorp/hcl/v2/hcldec"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
)

// Config is a connection's configuration as the gateway would hand it over.
type Config struct {
	JSON []byte
	// Secrets are the values that nothing may show.
	Secrets []string
}

// Decode reads a connection's block by the schema that its connector publishes.
func (f *File) Decode(b Block, schema *connectorv1.Schema) (Config, error) {
	value, diags := hcldec.Decode(b.body, specOf(schema), f.scope)
	if diags.HasErrors() {
		return Config{}, problems(diags)
	}
	var c Config
	object, err := c.object(value, schema)
	if err != nil {
		return Config{}, fmt.Errorf("%s: the connection: %w", f.Path, err)
	}
	c.JSON, err = json.Marshal(object)
	return c, err
}

// object turns a decoded block into JSON: what is not given has its default.
func (c *Config) object(value cty.Value, schema *connectorv1.Schema) (map[string]any, error) {
	object := map[string]any{}
	for _, a := range schema.GetAttributes() {
		given := value.GetAttr(a.GetName())
		if given.IsNull() {
			if len(a.GetDefaultJson()) > 0 {
				object[a.GetName()] = json.RawMessage(a.GetDefaultJson())
			}
			continue
		}
		text, err := ctyjson.Marshal(given, given.Type())
		if err != nil {
			return nil, fmt.Errorf("%s: %w", a.GetName(), err)
		}
		object[a.GetName()] = json.RawMessage(text)
		if a.GetSecret() && given.Type() == cty.String {
			c.Secrets = append(c.Secrets, given.AsString())
		}
	}
	for _, b := range schema.GetBlocks() {
		inner := value.GetAttr(b.GetName())
		if inner.IsNull() {
			continue
		}
		nested, err := c.object(inner, b.GetSchema())
		if err != nil {
			return nil, fmt.Errorf("%s: %w", b.GetName(), err)
		}
		object[b.GetName()] = nested
	}
	return object, nil
}

func specOf(schema *connectorv1.Schema) hcldec.ObjectSpec {
	spec := hcldec.ObjectSpec{}
	for _, a := range schema.GetAttributes() {
		spec[a.GetName()] = &hcldec.AttrSpec{Name: a.GetName(), Type: typeOf(a.GetType()), Required: a.GetRequired()}
	}
	for _, b := range schema.GetBlocks() {
		spec[b.GetName()] = &hcldec.BlockSpec{TypeName: b.GetName(), Nested: specOf(b.GetSchema()), Required: b.GetRequired()}
	}
	return spec
}

func typeOf(t connectorv1.Attribute_Type_V) cty.Type {
	switch t {
	case connectorv1.Attribute_Type_BOOL:
		return cty.Bool
	case connectorv1.Attribute_Type_INTEGER, connectorv1.Attribute_Type_NUMBER:
		return cty.Number
	case connectorv1.Attribute_Type_STRING_LIST:
		return cty.List(cty.String)
	case connectorv1.Attribute_Type_STRING_MAP:
		return cty.Map(cty.String)
	}
	return cty.String // texts, durations and addresses
}
