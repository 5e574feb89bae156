package suite

import (
	"fmt"
	"slices"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
	operationv1 "github.com/deskgate/deskgate/proto/deskgate/operation/v1"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

type support = *connectorv1.OperationSupport

// operation is an operation of the contract.
type operation struct {
	service string // full name
	method  protoreflect.MethodDescriptor
	options *operationv1.Operation
}

// index finds the contract's operations by name.
type index struct {
	names      []string
	operations map[string]*operation
}

// newIndex reads the contract off the generated code.
func newIndex() (*index, error) {
	x := &index{operations: map[string]*operation{}}
	var err error
	pkg := psav1.File_deskgate_psa_v1_ticket_proto.Package()
	protoregistry.GlobalFiles.RangeFilesByPackage(pkg, func(f protoreflect.FileDescriptor) bool {
		for s := range f.Services().Len() {
			service := f.Services().Get(s)
			for m := range service.Methods().Len() {
				err = x.add(service.Methods().Get(m))
				if err != nil {
					return false
				}
			}
		}
		return true
	})
	slices.Sort(x.names) // the registry has no order
	return x, err
}

func (x *index) add(m protoreflect.MethodDescriptor) error {
	options, ok := proto.GetExtension(m.Options(), operationv1.E_Operation).(*operationv1.Operation)
	if !ok || options.GetName() == "" {
		return fmt.Errorf("%s has no operation name", m.FullName())
	}
	x.names = append(x.names, options.GetName())
	x.operations[options.GetName()] = &operation{service: string(m.Parent().FullName()), method: m, options: options}
	return nil
}
