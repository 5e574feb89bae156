package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/process"
	"github.com/deskgate/deskgate/pluginsdk/handshake"
	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
	_ "github.com/deskgate/deskgate/proto/deskgate/psa/v1" // its services are handed on
)

// proxy hands calls on to the right connector, with the mistake in between.
type proxy struct {
	right   *process.Process
	mistake mutant

	mu      sync.Mutex
	configs map[string]map[string]any // what connections were made with
}

// call is one unary call on its way.
type call struct {
	*proxy
	ctx context.Context
	// method is the RPC's name alone, "GetTicket"; service its full service.
	method, service string
	request         proto.Message
	header, trailer metadata.MD
}

// send hands a request on; reply has the method's type.
func (c *call) send(ctx context.Context, request proto.Message) (proto.Message, error) {
	return c.sendTo(ctx, c.service, c.method, request)
}

// sendTo calls a method of the right connector.
func (c *call) sendTo(ctx context.Context, service, method string, request proto.Message) (proto.Message, error) {
	d, err := descriptor(service, method)
	if err != nil {
		return nil, err
	}
	response, err := instance(d.Output())
	if err != nil {
		return nil, err
	}
	c.header, c.trailer = nil, nil
	err = c.right.Raw().Invoke(ctx, "/"+service+"/"+method, request, response, grpc.Header(&c.header), grpc.Trailer(&c.trailer))
	return response, err
}

func (p *proxy) handle(_ any, stream grpc.ServerStream) error {
	full, _ := grpc.MethodFromServerStream(stream)
	service, method, _ := strings.Cut(strings.TrimPrefix(full, "/"), "/")
	d, err := descriptor(service, method)
	if err != nil {
		return err
	}
	incoming, _ := metadata.FromIncomingContext(stream.Context())
	outgoing := metadata.MD{}
	for _, key := range []string{handshake.MetadataConnection, handshake.MetadataRequestID, handshake.MetadataAgent} {
		outgoing.Set(key, incoming.Get(key)...)
	}
	ctx := metadata.NewOutgoingContext(stream.Context(), outgoing)
	if d.IsStreamingClient() || d.IsStreamingServer() {
		return p.pump(ctx, stream, full, d)
	}
	request, err := instance(d.Input())
	if err != nil {
		return err
	}
	if err := stream.RecvMsg(request); err != nil {
		return err
	}
	p.remember(request)
	c := &call{proxy: p, ctx: ctx, method: method, service: service, request: request}
	response, err := p.mistake.make(c)
	stream.SetTrailer(c.trailer)
	if err != nil {
		return err
	}
	return stream.SendMsg(response)
}

// remember keeps what connections are made with: some mistakes tell it.
func (p *proxy) remember(request proto.Message) {
	connect, ok := request.(*connectorv1.ConnectRequest)
	if !ok {
		return
	}
	var config map[string]any
	if json.Unmarshal(connect.GetConfigJson(), &config) != nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.configs == nil {
		p.configs = map[string]map[string]any{}
	}
	p.configs[connect.GetConnection()] = config
}

// pump hands a stream on, message by message; a mistake may change or drop one.
func (p *proxy) pump(ctx context.Context, stream grpc.ServerStream, full string, d protoreflect.MethodDescriptor) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	onward, err := p.right.Raw().NewStream(ctx, &grpc.StreamDesc{ClientStreams: d.IsStreamingClient(), ServerStreams: d.IsStreamingServer()}, full)
	if err != nil {
		return err
	}
	go func() {
		for {
			m, err := instance(d.Input())
			if err != nil {
				return
			}
			if err := stream.RecvMsg(m); err != nil {
				if errors.Is(err, io.EOF) {
					_ = onward.CloseSend()
				} else {
					cancel()
				}
				return
			}
			if p.mistake.passes(m) && onward.SendMsg(m) != nil {
				return // the answer tells why
			}
		}
	}()
	for first := true; ; first = false {
		m, err := instance(d.Output())
		if err != nil {
			return err
		}
		err = onward.RecvMsg(m)
		if first {
			if header, e := onward.Header(); e == nil {
				_ = stream.SendHeader(header)
			}
		}
		if err != nil {
			stream.SetTrailer(onward.Trailer())
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		if p.mistake.passes(m) {
			if err := stream.SendMsg(m); err != nil {
				return err
			}
		}
	}
}

func descriptor(service, method string) (protoreflect.MethodDescriptor, error) {
	d, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(service))
	if err != nil {
		return nil, err
	}
	s, ok := d.(protoreflect.ServiceDescriptor)
	if !ok {
		return nil, fmt.Errorf("%s is no service", service)
	}
	m := s.Methods().ByName(protoreflect.Name(method))
	if m == nil {
		return nil, fmt.Errorf("%s has no method %s", service, method)
	}
	return m, nil
}

func instance(d protoreflect.MessageDescriptor) (proto.Message, error) {
	t, err := protoregistry.GlobalTypes.FindMessageByName(d.FullName())
	if err != nil {
		return nil, err
	}
	return t.New().Interface(), nil
}
