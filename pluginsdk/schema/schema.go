// Package schema makes the configuration of a connection out of a Go struct: it
// publishes what the block in gateway.hcl may hold, and fills the struct with
// what the admin wrote.
//
// A field's tags say what the attribute is:
//
//	type Config struct {
//		pluginsdk.CommonConfig // an embedded struct's attributes stand beside the others
//
//		Site  schema.URL    `hcl:"site,required" doc:"The address of the API."`
//		Token string        `hcl:"token,required" secret:"true" doc:"The API token."`
//		Mode  string        `hcl:"mode" default:"fast" allowed:"fast|safe" doc:"How ..."`
//		Wait  time.Duration `hcl:"wait" default:"30s" doc:"How long ..."`
//		Proxy *Proxy        `hcl:"proxy" doc:"..."` // a struct is a block; a pointer tells an absent one
//	}
//
// A field shadows one of an embedded struct that has the same name, in Go and in HCL,
// such as to allow less.
//
// The types are string, bool, int32, float64, time.Duration, URL, []string,
// map[string]string, and structs for blocks. Every attribute and block needs a
// doc: admins see it. A struct, a block's too, that has the method
//
//	Validate() []fault.Violation
//
// is asked for what its tags cannot say; Field is relative to that struct.
package schema

import (
	"reflect"

	"github.com/deskgate/deskgate/pluginsdk/fault"
	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
)

// Validator is implemented by a configuration that has rules beyond its tags.
// It is also called when attributes are missing or wrong, and then finds them
// zero; what it says of an attribute that is already known to be wrong is left
// out.
type Validator interface {
	Validate() []fault.Violation
}

// Of returns the schema of T, a struct. It panics when the tags are wrong,
// which every start of the connector shows.
func Of[T any]() *connectorv1.Schema {
	return must(compile(reflect.TypeFor[T]())).publish()
}

// Decode fills into, a struct with tags, from the configuration as a JSON
// object. The error is a *fault.Error of the code invalid_argument that says
// everything that is wrong at once, each Field the path of the attribute, such
// as "defaults.ticket.queue". It never quotes a secret. Where it fails, what is
// in into is of no use but for [Secrets].
func Decode[T any](config []byte, into *T) error {
	p := must(compile(reflect.TypeFor[T]()))
	d := decoder{wrong: map[string]bool{}}
	v := reflect.ValueOf(into).Elem()
	v.SetZero()
	d.object(p, "", config, v)
	d.validate(p, "", v)
	if len(d.violations) == 0 {
		return nil
	}
	e := fault.Invalid(d.violations...)
	e.Message = "the configuration of the connection is wrong"
	return e
}

// Secrets returns the values of T's secret attributes, for redaction. Empty ones
// are left out.
func Secrets[T any](config T) []string {
	return must(compile(reflect.TypeFor[T]())).secrets(reflect.ValueOf(config))
}

func must(p *plan, err error) *plan {
	if err != nil {
		panic(err)
	}
	return p
}

func (p *plan) publish() *connectorv1.Schema {
	var b connectorv1.Schema_builder
	for _, f := range p.fields {
		if f.block != nil {
			b.Blocks = append(b.Blocks, connectorv1.Block_builder{
				Name: &f.name, Description: &f.doc, Required: &f.required, Schema: f.block.publish(),
			}.Build())
			continue
		}
		b.Attributes = append(b.Attributes, connectorv1.Attribute_builder{
			Name: &f.name, Type: &f.kind, Description: &f.doc, Required: &f.required, Secret: &f.secret,
			DefaultJson: f.fallback, Allowed: f.allowed,
		}.Build())
	}
	return b.Build()
}

func (p *plan) secrets(v reflect.Value) []string {
	var found []string
	for _, f := range p.fields {
		value := v.FieldByIndex(f.index)
		switch {
		case f.block != nil:
			if value.Kind() == reflect.Pointer {
				if value.IsNil() {
					continue
				}
				value = value.Elem()
			}
			found = append(found, f.block.secrets(value)...)
		case f.secret:
			found = append(found, texts(value)...)
		}
	}
	return found
}

// texts returns the texts that a value holds, without the empty ones.
func texts(v reflect.Value) []string {
	var all []string
	switch v.Kind() {
	case reflect.String:
		all = []string{v.String()}
	case reflect.Slice:
		for i := range v.Len() {
			all = append(all, v.Index(i).String())
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			all = append(all, it.Value().String())
		}
	}
	found := all[:0]
	for _, s := range all {
		if s != "" {
			found = append(found, s)
		}
	}
	return found
}
