package pluginsdk

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	operationv1 "github.com/deskgate/deskgate/proto/deskgate/operation/v1"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// capabilities are the services that an instance may implement; a test holds them
// to the contract.
var capabilities = []*grpc.ServiceDesc{
	&psav1.AttachmentReader_ServiceDesc,
	&psav1.AttachmentWriter_ServiceDesc,
	&psav1.AvailabilityReader_ServiceDesc,
	&psav1.CatalogItemReader_ServiceDesc,
	&psav1.CatalogueReader_ServiceDesc,
	&psav1.CompanyReader_ServiceDesc,
	&psav1.ConfigurationCatalogueReader_ServiceDesc,
	&psav1.ConfigurationReader_ServiceDesc,
	&psav1.ConfigurationWriter_ServiceDesc,
	&psav1.ContactReader_ServiceDesc,
	&psav1.ContactWriter_ServiceDesc,
	&psav1.CustomerNoteWriter_ServiceDesc,
	&psav1.InternalNoteWriter_ServiceDesc,
	&psav1.NoteDeleter_ServiceDesc,
	&psav1.NoteEditor_ServiceDesc,
	&psav1.NoteReader_ServiceDesc,
	&psav1.RawCaller_ServiceDesc,
	&psav1.Replier_ServiceDesc,
	&psav1.ResolutionCatalogueReader_ServiceDesc,
	&psav1.ScheduleCatalogueReader_ServiceDesc,
	&psav1.ScheduleReader_ServiceDesc,
	&psav1.ScheduleWriter_ServiceDesc,
	&psav1.TechnicianReader_ServiceDesc,
	&psav1.TicketDeleter_ServiceDesc,
	&psav1.TicketHistoryReader_ServiceDesc,
	&psav1.TicketMerger_ServiceDesc,
	&psav1.TicketReader_ServiceDesc,
	&psav1.TicketTransitioner_ServiceDesc,
	&psav1.TicketWriter_ServiceDesc,
	&psav1.TimeCatalogueReader_ServiceDesc,
	&psav1.TimeReader_ServiceDesc,
	&psav1.TimeWriter_ServiceDesc,
	&psav1.WorkloadReader_ServiceDesc,
}

// served returns the capabilities that the type implements, and a sentence for
// each that it implements in part, which is hardly meant.
func served(instance reflect.Type) (whole []*grpc.ServiceDesc, partial []string) {
	for _, desc := range capabilities {
		iface := reflect.TypeOf(desc.HandlerType).Elem()
		if instance.Implements(iface) {
			whole = append(whole, desc)
			continue
		}
		var has, lacks []string
		for m := range iface.Methods() {
			own, ok := instance.MethodByName(m.Name)
			switch {
			case !ok:
				lacks = append(lacks, m.Name)
			case !sameSignature(instance, own, m):
				lacks = append(lacks, m.Name+" (it has other parameters or results)")
				has = append(has, m.Name)
			default:
				has = append(has, m.Name)
			}
		}
		if len(has) > 0 {
			partial = append(partial, fmt.Sprintf("%s is not served: %s has %s and lacks %s",
				desc.ServiceName, instance, strings.Join(has, ", "), strings.Join(lacks, ", ")))
		}
	}
	return whole, partial
}

// sameSignature compares a method of a type, whose receiver counts as a
// parameter unless the type is an interface, with that of an interface.
func sameSignature(t reflect.Type, own, wanted reflect.Method) bool {
	if t.Kind() == reflect.Interface {
		return own.Type == wanted.Type
	}
	var in, out []reflect.Type
	for p := range own.Type.Ins() {
		in = append(in, p)
	}
	for r := range own.Type.Outs() {
		out = append(out, r)
	}
	return reflect.FuncOf(in[1:], out, own.Type.IsVariadic()) == wanted.Type
}

// operation returns the name of the operation that a method is, or else the
// method's own.
func operation(service, method string) string {
	found, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(service + "." + method))
	if err != nil {
		return method
	}
	option, ok := proto.GetExtension(found.Options(), operationv1.E_Operation).(*operationv1.Operation)
	if !ok || option.GetName() == "" {
		return method
	}
	return option.GetName()
}

// operations returns the names of a service's operations.
func operations(desc *grpc.ServiceDesc) []string {
	names := make([]string, 0, len(desc.Methods)+len(desc.Streams))
	for _, m := range desc.Methods {
		names = append(names, operation(desc.ServiceName, m.MethodName))
	}
	for _, m := range desc.Streams {
		names = append(names, operation(desc.ServiceName, m.StreamName))
	}
	return names
}

// dispatched returns the service with each method going to the instance of the
// connection that the call names. All connections share the one registration.
func dispatched(desc *grpc.ServiceDesc, connections *registry) *grpc.ServiceDesc {
	copied := *desc
	copied.Methods = slices.Clone(desc.Methods)
	for i, m := range copied.Methods {
		name := operation(desc.ServiceName, m.MethodName)
		copied.Methods[i].Handler = func(_ any, ctx context.Context, decode func(any) error, outer grpc.UnaryServerInterceptor) (any, error) {
			conn, refused := connections.enter(connectionOf(ctx))
			if refused != nil {
				// The interceptor runs all the same, for the log and the trailers.
				return m.Handler(nil, ctx, decode, around(outer, func(grpc.UnaryHandler) grpc.UnaryHandler {
					return func(context.Context, any) (any, error) { return nil, refused }
				}))
			}
			defer conn.calls.leave()
			return m.Handler(conn.instance, ctx, decode, around(outer, func(handler grpc.UnaryHandler) grpc.UnaryHandler {
				return conn.guard(name, handler)
			}))
		}
	}
	copied.Streams = slices.Clone(desc.Streams)
	for i, m := range copied.Streams {
		name := operation(desc.ServiceName, m.StreamName)
		copied.Streams[i].Handler = func(_ any, stream grpc.ServerStream) error {
			conn, refused := connections.enter(connectionOf(stream.Context()))
			if refused != nil {
				return refused
			}
			defer conn.calls.leave()
			_, err := conn.guard(name, func(context.Context, any) (any, error) {
				return nil, m.Handler(conn.instance, stream)
			})(stream.Context(), nil)
			return err
		}
	}
	return &copied
}

// around returns an interceptor that runs outer with the handler wrapped.
func around(outer grpc.UnaryServerInterceptor, wrap func(grpc.UnaryHandler) grpc.UnaryHandler) grpc.UnaryServerInterceptor {
	return func(ctx context.Context, req any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
		return outer(ctx, req, info, wrap(handler))
	}
}
