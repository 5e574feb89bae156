// Package schema holds the vendor's record types, read from the vendor's own
// specification: which members a record has, in which order they are written,
// their types, enumerations and lengths. The simulator accepts and answers
// what stands here and nothing else.
package schema

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
)

var (
	//go:embed vendor/openapi-2025.8-schemas.json
	current []byte
	//go:embed vendor/openapi-2022.1-schemas.json
	older []byte
)

type document struct {
	OpenAPI    string          `json:"openapi"`
	Info       json.RawMessage `json:"info"`
	Paths      json.RawMessage `json:"paths"`
	Components struct {
		Schemas map[string]json.RawMessage `json:"schemas"`
	} `json:"components"`
}

// documents are the two as one: a type that both have is the newer one's.
var documents = sync.OnceValue(func() document {
	var doc, add document
	for text, into := range map[*[]byte]*document{&current: &doc, &older: &add} {
		if err := json.Unmarshal(*text, into); err != nil {
			panic(fmt.Sprintf("schema: an embedded document: %v", err))
		}
	}
	for name, s := range add.Components.Schemas {
		if _, ok := doc.Components.Schemas[name]; !ok {
			doc.Components.Schemas[name] = s
		}
	}
	return doc
})

// Document returns the OpenAPI document that the types are read from.
func Document() []byte {
	text, err := json.Marshal(documents())
	if err != nil {
		panic(fmt.Sprintf("schema: %v", err))
	}
	return text
}

// Kind is the JSON kind of a member.
type Kind int

// The kinds that the vendor's records use. An Info member is the record's
// "_info": written by the vendor, never read from a caller.
const (
	String Kind = iota
	DateTime
	Integer
	Number
	Boolean
	Object
	Array
	Any
	Info
)

// Type is one record or reference type.
type Type struct {
	Name     string
	Members  []*Member
	Required []string
	exact    map[string]*Member
	folded   map[string]*Member
}

// Member is one member of a type.
type Member struct {
	Name      string
	Kind      Kind
	Enum      []string
	MaxLength int
	// Ref is the type of an Object, or of the elements of an Array of objects.
	Ref string
	// Elem is the kind of an Array's elements.
	Elem Kind
}

// Member finds a member by its exact name.
func (t *Type) Member(name string) (*Member, bool) {
	m, ok := t.exact[name]
	return m, ok
}

// Fold finds a member by name regardless of case, as query parameters are
// read (connectwise.md §1).
func (t *Type) Fold(name string) (*Member, bool) {
	m, ok := t.folded[strings.ToLower(name)]
	return m, ok
}

// Type is the type of an object member, or of an array's elements; nil when
// the member holds neither.
func (m *Member) Type() *Type {
	if m.Ref == "" {
		return nil
	}
	return Lookup(m.Ref)
}

// IsReference tells whether the member holds a reference to another record.
func (m *Member) IsReference() bool {
	return m.Kind == Object && strings.HasSuffix(m.Ref, "Reference")
}

// Lookup returns the named type. It panics on a name that the vendor's
// document lacks: names are written by us, never by a caller.
func Lookup(name string) *Type {
	t, ok := types()[name]
	if !ok {
		panic("schema: the vendor's document has no type " + name)
	}
	return t
}

var types = sync.OnceValue(func() map[string]*Type {
	schemas := documents().Components.Schemas
	all := make(map[string]*Type, len(schemas))
	for name, text := range schemas {
		var raw rawType
		if err := json.Unmarshal(text, &raw); err != nil {
			panic(fmt.Sprintf("schema: type %s: %v", name, err))
		}
		all[name] = raw.build(name)
	}
	return all
})

type rawType struct {
	Required   []string        `json:"required"`
	Properties json.RawMessage `json:"properties"`
}

type rawMember struct {
	Type      string     `json:"type"`
	Format    string     `json:"format"`
	Enum      []string   `json:"enum"`
	MaxLength int        `json:"maxLength"`
	Ref       string     `json:"$ref"`
	Items     *rawMember `json:"items"`
}

func (r rawType) build(name string) *Type {
	t := &Type{Name: name, Required: r.Required}
	if len(r.Properties) > 0 {
		members := map[string]rawMember{}
		if err := json.Unmarshal(r.Properties, &members); err != nil {
			panic(fmt.Sprintf("schema: type %s: %v", name, err))
		}
		for _, key := range keysInOrder(r.Properties) {
			t.Members = append(t.Members, members[key].build(key))
		}
	}
	t.index()
	return t
}

func (t *Type) index() {
	t.exact = make(map[string]*Member, len(t.Members))
	t.folded = make(map[string]*Member, len(t.Members))
	for _, m := range t.Members {
		t.exact[m.Name] = m
		t.folded[strings.ToLower(m.Name)] = m
	}
}

func (r rawMember) build(name string) *Member {
	m := &Member{Name: name, Enum: r.Enum, MaxLength: r.MaxLength, Kind: r.kind(name)}
	switch {
	case r.Ref != "":
		m.Ref = refName(r.Ref)
	case r.Items != nil:
		m.Elem = r.Items.kind("")
		m.Ref = refName(r.Items.Ref)
	}
	return m
}

func (r rawMember) kind(name string) Kind {
	switch {
	case name == "_info":
		return Info
	case r.Ref != "":
		return Object
	case r.Type == "array":
		return Array
	case r.Type == "integer":
		return Integer
	case r.Type == "number":
		return Number
	case r.Type == "boolean":
		return Boolean
	case r.Type == "object":
		return Any // the document writes "object" for a custom field's value
	case r.Format == "date-time":
		return DateTime
	}
	return String
}

func refName(ref string) string {
	return ref[strings.LastIndexByte(ref, '/')+1:]
}

// keysInOrder lists an object's keys as they stand in the text; answers list
// members in this order.
func keysInOrder(object json.RawMessage) []string {
	dec := json.NewDecoder(bytes.NewReader(object))
	var keys []string
	if _, err := dec.Token(); err != nil {
		panic(fmt.Sprintf("schema: %v", err))
	}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			panic(fmt.Sprintf("schema: %v", err))
		}
		name, ok := key.(string)
		if !ok {
			panic(fmt.Sprintf("schema: the key %v is no text", key))
		}
		keys = append(keys, name)
		var skip json.RawMessage
		if err := dec.Decode(&skip); err != nil {
			panic(fmt.Sprintf("schema: %v", err))
		}
	}
	return keys
}
