package pluginsdk

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"google.golang.org/grpc"

	"github.com/deskgate/deskgate/pluginsdk/handshake"
	"github.com/deskgate/deskgate/pluginsdk/release"
	"github.com/deskgate/deskgate/pluginsdk/schema"
	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
)

// program is a Connector without its type parameters.
type program struct {
	describe *connectorv1.DescribeResponse
	services []*grpc.ServiceDesc
	partial  []string // what is implemented in part, for the developer
	// decode returns the function that connects with this configuration, and the
	// secrets in it, also where the rest is wrong.
	decode func(config []byte) (connect func(context.Context, Env) (any, error), secrets []string, err error)
}

var validName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)

// Describe returns what the connector tells the gateway of itself, or an error
// that joins all mistakes in how it is declared. Serve refuses to start with
// them; a test of the connector finds them earlier.
func (c Connector[Config, Instance]) Describe() (*connectorv1.DescribeResponse, error) {
	p, err := c.program()
	if err != nil {
		return nil, err
	}
	return p.describe, nil
}

func (c Connector[Config, Instance]) program() (p *program, err error) {
	defer func() { // schema.Of panics on wrong tags
		if r := recover(); r != nil {
			p, err = nil, fmt.Errorf("the configuration's tags are wrong: %v", r)
		}
	}()
	instance := reflect.TypeFor[Instance]()
	p = &program{}
	p.services, p.partial = served(instance)
	if err := c.check(p); err != nil {
		return nil, err
	}
	version := c.Version
	if version == "" {
		version = release.Version()
	}
	b := connectorv1.DescribeResponse_builder{
		Name: &c.Name, Version: &version, Summary: &c.Summary, Setup: &c.Setup,
		Schema: schema.Of[Config](), ContractMinor: new(int32(handshake.ContractMinor)),
	}
	for _, desc := range p.services {
		b.Services = append(b.Services, desc.ServiceName)
	}
	for _, o := range c.Operations {
		b.Operations = append(b.Operations, connectorv1.OperationSupport_builder{
			Operation: &o.Operation, Emulated: &o.Emulated, Reason: &o.Reason,
			UnsupportedFilters: o.UnsupportedFilters, UnsupportedFields: o.UnsupportedFields,
		}.Build())
	}
	p.describe = b.Build()
	p.decode = c.decode
	return p, nil
}

// check finds the mistakes that no configuration can mend.
func (c Connector[Config, Instance]) check(p *program) error {
	var errs []error
	if !validName.MatchString(c.Name) {
		errs = append(errs, fmt.Errorf("the name %q does not match %s", c.Name, validName))
	}
	if c.Summary == "" || strings.Contains(c.Summary, "\n") {
		errs = append(errs, errors.New("the summary has to be one sentence"))
	}
	if c.Connect == nil {
		errs = append(errs, errors.New("there is no Connect"))
	}
	var known []string
	for _, desc := range p.services {
		known = append(known, operations(desc)...)
	}
	if len(known) == 0 {
		errs = append(errs, fmt.Errorf("%s implements none of the services; %s",
			reflect.TypeFor[Instance](), strings.Join(append(p.partial, "see the server interfaces of psav1"), "; ")))
	}
	seen := map[string]bool{}
	for _, o := range c.Operations {
		switch {
		case !slices.Contains(known, o.Operation):
			errs = append(errs, fmt.Errorf("the operation %q in Operations is none of a served service (%s)", o.Operation, strings.Join(known, ", ")))
		case seen[o.Operation]:
			errs = append(errs, fmt.Errorf("the operation %q stands in Operations twice", o.Operation))
		}
		seen[o.Operation] = true
	}
	return errors.Join(errs...)
}

func (c Connector[Config, Instance]) decode(raw []byte) (func(context.Context, Env) (any, error), []string, error) {
	var config Config
	if err := schema.Decode(raw, &config); err != nil {
		return nil, schema.Secrets(config), err
	}
	connect := func(ctx context.Context, env Env) (any, error) {
		instance, err := c.Connect(ctx, env, config)
		if err != nil {
			return nil, err
		}
		if v := reflect.ValueOf(&instance).Elem(); (v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface) && v.IsNil() {
			return nil, errors.New("connect returned neither an instance nor an error")
		}
		return instance, nil
	}
	return connect, schema.Secrets(config), nil
}
