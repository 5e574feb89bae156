package config

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
)

// kind is the type of an attribute. The gateway's own blocks are described in
// the terms of a connector's schema, so that one decoder checks them all.
type kind = connectorv1.Attribute_Type_V

const (
	text       = connectorv1.Attribute_Type_STRING
	boolean    = connectorv1.Attribute_Type_BOOL
	integer    = connectorv1.Attribute_Type_INTEGER
	number     = connectorv1.Attribute_Type_NUMBER
	duration   = connectorv1.Attribute_Type_DURATION
	address    = connectorv1.Attribute_Type_URL
	stringList = connectorv1.Attribute_Type_STRING_LIST
	stringMap  = connectorv1.Attribute_Type_STRING_MAP
)

// schema is what a block may hold.
type schema struct {
	attributes []attribute
	blocks     []block
	// later are names that a later version is going to know.
	later []string
}

type block struct {
	name     string
	required bool
	schema   schema
}

type attribute struct {
	name     string
	kind     kind
	required bool
	// secret: neither the value nor its line is ever shown.
	secret bool
	// plain: a secret that may stand in the file without a warning.
	plain    bool
	fallback any
	allowed  []string
	// check looks at a sound value more closely. It is free to quote the value:
	// what it says of a secret is not shown.
	check func(value any) error
}

func (s schema) names() []string {
	var names []string
	for _, a := range s.attributes {
		names = append(names, a.name)
	}
	return names
}

func (s schema) blockNames() []string {
	var names []string
	for _, b := range s.blocks {
		names = append(names, b.name)
	}
	return names
}

func (s schema) attribute(name string) (attribute, bool) {
	i := slices.IndexFunc(s.attributes, func(a attribute) bool { return a.name == name })
	if i < 0 {
		return attribute{}, false
	}
	return s.attributes[i], true
}

func (s schema) block(name string) (block, bool) {
	i := slices.IndexFunc(s.blocks, func(b block) bool { return b.name == name })
	if i < 0 {
		return block{}, false
	}
	return s.blocks[i], true
}

// maxSchemaDepth bounds the blocks in blocks of a schema that a connector sent.
const maxSchemaDepth = 8

// published turns a connector's schema into ours. The error says what is wrong
// with the schema: it is the connector's fault, not the admin's.
func published(from *connectorv1.Schema, depth int) (schema, error) {
	var to schema
	if depth > maxSchemaDepth {
		return to, fmt.Errorf("its blocks stand more than %d deep in one another", maxSchemaDepth)
	}
	seen := map[string]bool{}
	name := func(name string) error {
		if !hclsyntax.ValidIdentifier(name) {
			return fmt.Errorf("%.64q cannot be the name of an attribute or a block", name)
		}
		if seen[name] {
			return fmt.Errorf("%.64q stands in it twice", name)
		}
		seen[name] = true
		return nil
	}
	for _, a := range from.GetAttributes() {
		if err := name(a.GetName()); err != nil {
			return to, err
		}
		own := attribute{name: a.GetName(), kind: a.GetType(), required: a.GetRequired(), secret: a.GetSecret(), allowed: a.GetAllowed()}
		if words[own.kind] == "" {
			return to, fmt.Errorf("the attribute %q has a type that this gateway does not know", own.name)
		}
		if raw := a.GetDefaultJson(); len(raw) > 0 {
			var err error
			if own.fallback, err = fromJSON(own.kind, raw); err != nil {
				return to, fmt.Errorf("the default of the attribute %q is wrong: %w", own.name, err)
			}
		}
		to.attributes = append(to.attributes, own)
	}
	for _, b := range from.GetBlocks() {
		if err := name(b.GetName()); err != nil {
			return to, err
		}
		inner, err := published(b.GetSchema(), depth+1)
		if err != nil {
			return to, fmt.Errorf("in the block %s: %w", b.GetName(), err)
		}
		to.blocks = append(to.blocks, block{name: b.GetName(), required: b.GetRequired(), schema: inner})
	}
	return to, nil
}

// fromJSON reads a default: the Go value that an expression of the kind has.
func fromJSON(k kind, raw []byte) (any, error) {
	read := func(into any) error {
		if err := json.Unmarshal(raw, into); err != nil {
			return fmt.Errorf("it is not %s", words[k])
		}
		return nil
	}
	switch k {
	case boolean:
		var v bool
		err := read(&v)
		return v, err
	case integer:
		var v int32
		err := read(&v)
		return int64(v), err
	case number:
		var v float64
		err := read(&v)
		return v, err
	case stringList:
		v := []string{}
		err := read(&v)
		return v, err
	case stringMap:
		v := map[string]string{}
		err := read(&v)
		return v, err
	default:
		var v string
		if err := read(&v); err != nil {
			return nil, err
		}
		return v, checkKind(k, v)
	}
}

// defaults are what an absent block holds by itself; ok is false where it has
// nothing to say, or where it would not be whole without the admin.
func (s schema) defaults() (object map[string]any, ok bool) {
	object = map[string]any{}
	for _, a := range s.attributes {
		if a.required {
			return nil, false
		}
		if a.fallback != nil {
			object[a.name] = a.fallback
		}
	}
	for _, b := range s.blocks {
		if b.required {
			return nil, false
		}
		if inner, ok := b.schema.defaults(); ok {
			object[b.name] = inner
		}
	}
	return object, len(object) > 0
}
