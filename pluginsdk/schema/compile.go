package schema

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
)

type kind = connectorv1.Attribute_Type_V

// plan is a struct type as a schema.
type plan struct {
	fields   []field
	embedded [][]int // the structs whose fields were taken in
}

// field is one attribute or block.
type field struct {
	name     string
	doc      string
	index    []int // from the outermost struct of the plan
	required bool

	block *plan // nil: an attribute

	kind     kind
	secret   bool
	allowed  []string
	fallback []byte // the default as JSON, or nil
}

// kinds are the types of attributes. Named types count as themselves: of a
// named string, only URL is one.
var kinds = map[reflect.Type]kind{
	reflect.TypeFor[string]():            connectorv1.Attribute_Type_STRING,
	reflect.TypeFor[bool]():              connectorv1.Attribute_Type_BOOL,
	reflect.TypeFor[int32]():             connectorv1.Attribute_Type_INTEGER,
	reflect.TypeFor[float64]():           connectorv1.Attribute_Type_NUMBER,
	reflect.TypeFor[time.Duration]():     connectorv1.Attribute_Type_DURATION,
	reflect.TypeFor[URL]():               connectorv1.Attribute_Type_URL,
	reflect.TypeFor[[]string]():          connectorv1.Attribute_Type_STRING_LIST,
	reflect.TypeFor[map[string]string](): connectorv1.Attribute_Type_STRING_MAP,
}

var validName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// reserved are the names that a connection's block holds for the gateway.
var reserved = map[string]bool{"connector": true, "alias": true}

func compile(t reflect.Type) (*plan, error) {
	if t.Kind() != reflect.Struct {
		return nil, fmt.Errorf("schema: the configuration has to be a struct, and %s is none", t)
	}
	return compileBlock(t, nil)
}

// compileBlock makes the plan of a struct; outer are the structs around it.
func compileBlock(t reflect.Type, outer []reflect.Type) (*plan, error) {
	if slices.Contains(outer, t) {
		return nil, fmt.Errorf("schema: %s holds itself", t)
	}
	p := &plan{}
	c := compiler{plan: p, around: append(slices.Clip(outer), t), names: map[string]named{}}
	return p, c.take(t, nil)
}

type compiler struct {
	plan   *plan
	around []reflect.Type
	names  map[string]named // where each name was given first
}

// named is where an attribute or block got its name.
type named struct {
	field reflect.StructField
	in    reflect.Type
	at    int // the place in the plan
}

// take adds the fields of a struct that stands at index.
func (c *compiler) take(t reflect.Type, index []int) error {
	for i := range t.NumField() {
		sf := t.Field(i)
		at := append(slices.Clip(index), i)
		tag, tagged := sf.Tag.Lookup("hcl")
		where := fmt.Sprintf("schema: %s.%s", t, sf.Name)
		switch {
		case sf.Anonymous && !tagged:
			if sf.Type.Kind() != reflect.Struct {
				return fmt.Errorf("%s: only structs can be embedded, not %s", where, sf.Type)
			}
			c.plan.embedded = append(c.plan.embedded, at)
			if err := c.take(sf.Type, at); err != nil {
				return err
			}
			continue
		case tag == "-" || !tagged && !sf.IsExported():
			continue
		case !tagged:
			return fmt.Errorf(`%s: it has no hcl tag; hcl:"-" leaves it out`, where)
		case !sf.IsExported():
			return fmt.Errorf("%s: it has an hcl tag and is not exported", where)
		}
		f, err := c.field(sf, tag)
		if err != nil {
			return fmt.Errorf("%s: %w", where, err)
		}
		f.index = at
		first, twice := c.names[f.name]
		switch {
		case !twice:
			c.names[f.name] = named{sf, t, len(c.plan.fields)}
			c.plan.fields = append(c.plan.fields, f)
		case first.field.Name == sf.Name && len(at) < len(c.plan.fields[first.at].index): // it shadows that one
			c.names[f.name] = named{sf, t, first.at}
			c.plan.fields[first.at] = f
		case first.field.Name == sf.Name && len(at) > len(c.plan.fields[first.at].index): // that one shadows it
		default:
			return fmt.Errorf("%s: %s.%s has the name %q too", where, first.in, first.field.Name, f.name)
		}
	}
	return nil
}

// field reads the tags of one field.
func (c *compiler) field(sf reflect.StructField, tag string) (field, error) {
	name, option, _ := strings.Cut(tag, ",")
	f := field{name: name, doc: sf.Tag.Get("doc"), required: option == "required"}
	switch {
	case !validName.MatchString(name):
		return f, fmt.Errorf("the name %q is not in snake_case", name)
	case len(c.around) == 1 && reserved[name]:
		return f, fmt.Errorf("the name %q is the gateway's own", name)
	case option != "" && !f.required:
		return f, fmt.Errorf(`hcl:"...,%s": the one option is "required"`, option)
	case f.doc == "":
		return f, fmt.Errorf("it has no doc tag, and the admin has to know what it is for")
	}
	f.kind = kinds[sf.Type]
	if f.kind != 0 {
		return f, f.attribute(sf)
	}
	t := sf.Type
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return f, fmt.Errorf("the type %s cannot be configured; want string, bool, int32, float64, time.Duration, schema.URL, []string, map[string]string or a struct", sf.Type)
	}
	for _, key := range []string{"secret", "default", "allowed"} {
		if _, ok := sf.Tag.Lookup(key); ok {
			return f, fmt.Errorf("a block has no tag %q", key)
		}
	}
	var err error
	f.block, err = compileBlock(t, c.around)
	return f, err
}

// attribute reads the tags that only attributes have.
func (f *field) attribute(sf reflect.StructField) error {
	if tag, ok := sf.Tag.Lookup("secret"); ok {
		if tag != "true" {
			return fmt.Errorf(`secret:%q: the one value is "true"`, tag)
		}
		if f.kind != kinds[reflect.TypeFor[string]()] && sf.Type.Kind() != reflect.Slice && sf.Type.Kind() != reflect.Map {
			return fmt.Errorf("only texts can be secret, not %s", sf.Type)
		}
		f.secret = true
	}
	if tag, ok := sf.Tag.Lookup("allowed"); ok {
		switch f.kind {
		case connectorv1.Attribute_Type_STRING, connectorv1.Attribute_Type_STRING_LIST:
		default:
			return fmt.Errorf("allowed values are for string and []string, not %s", sf.Type)
		}
		f.allowed = strings.Split(tag, "|")
	}
	tag, ok := sf.Tag.Lookup("default")
	if !ok {
		return nil
	}
	if f.required || f.secret {
		return fmt.Errorf("what is required or secret has no default")
	}
	switch f.kind {
	case connectorv1.Attribute_Type_STRING_LIST, connectorv1.Attribute_Type_STRING_MAP:
		return fmt.Errorf("%s has no default but the empty one", sf.Type)
	case connectorv1.Attribute_Type_BOOL, connectorv1.Attribute_Type_INTEGER, connectorv1.Attribute_Type_NUMBER:
		f.fallback = []byte(tag)
	default:
		f.fallback, _ = json.Marshal(tag) // a string always marshals
	}
	if v := f.read(f.fallback, reflect.New(sf.Type).Elem()); v != nil {
		return fmt.Errorf("default:%q: %s", tag, v.Message)
	}
	return nil
}
