package connector

import (
	"bufio"
	"context"
	"errors"
	"io"
	"slices"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/deskgate/deskgate/gateway/internal/operation"
	"github.com/deskgate/deskgate/gateway/internal/problem"
)

// chunkBytes is the most bytes of a content in one message.
const chunkBytes = 256 << 10

// Upload carries a call with a content to the connection's connector: in, then the
// content to its end; nil is none. An error of the content breaks the call off
// and is the error of the whole, if it is a *problem.Problem.
func (m *Manager) Upload(ctx context.Context, connection, fullMethod string, in proto.Message, content io.Reader, out proto.Message, meta Metadata) (Cost, error) {
	k, fault := m.call(connection, fullMethod, meta)
	if fault != nil {
		return Cost{}, fault
	}
	cost, fault := k.upload(ctx, in, content, out)
	return cost, fault.Err()
}

// Download carries a call whose answer is a content. It fills out with what the
// content is; the content has to be closed. ctx has to last until then.
func (m *Manager) Download(ctx context.Context, connection, fullMethod string, in, out proto.Message, meta Metadata) (io.ReadCloser, Cost, error) {
	k, fault := m.call(connection, fullMethod, meta)
	if fault != nil {
		return nil, Cost{}, fault
	}
	content, cost, fault := k.download(ctx, in, out)
	return content, cost, fault.Err()
}

// open begins a stream. What it returns has to be called at its end, and may be
// called again.
func (k call) open(ctx context.Context, desc *grpc.StreamDesc) (grpc.ClientStream, func(), *problem.Problem) {
	joined, end, fault := k.begin(ctx)
	if fault != nil {
		return nil, nil, fault
	}
	end = sync.OnceFunc(end)
	stream, err := k.process.conn.NewStream(k.outgoing(joined), desc, k.method)
	if err != nil {
		end()
		return nil, nil, k.explain(ctx, err)
	}
	return stream, end, nil
}

func (k call) upload(ctx context.Context, in proto.Message, content io.Reader, out proto.Message) (Cost, *problem.Problem) {
	stream, end, fault := k.open(ctx, &grpc.StreamDesc{ClientStreams: true})
	if fault != nil {
		return Cost{}, fault
	}
	defer end()
	if err := send(stream, in, content); err != nil {
		if told, ok := errors.AsType[*problem.Problem](err); ok {
			return Cost{}, told
		}
		return Cost{}, k.explain(ctx, err)
	}
	err := stream.RecvMsg(out)
	cost := costOf(stream.Trailer()) // not before: until then it may be written
	if err != nil {
		return cost, k.explain(ctx, err)
	}
	return cost, nil
}

// send sends the first message and the content. That the receiver has answered
// before the end is no error of the sender.
func send(stream grpc.ClientStream, in proto.Message, content io.Reader) error {
	answered := func(err error) error {
		if errors.Is(err, io.EOF) {
			return nil
		}
		return err
	}
	if err := stream.SendMsg(in); err != nil {
		return answered(err)
	}
	if content == nil {
		return stream.CloseSend()
	}
	out := &chunks{stream: stream, like: in}
	buffered := bufio.NewWriterSize(out, chunkBytes)
	_, err := io.Copy(buffered, content)
	if err == nil {
		err = buffered.Flush()
	}
	switch {
	case out.err != nil:
		return answered(out.err)
	case err != nil:
		return err // the content broke off: it has no end
	case !out.sent: // an empty content is a content
		if err := stream.SendMsg(chunk(in, nil)); err != nil {
			return answered(err)
		}
	}
	return stream.CloseSend()
}

// chunks sends what is written in messages of at most chunkBytes.
type chunks struct {
	stream grpc.ClientStream
	like   proto.Message
	sent   bool
	err    error // of sending, and not of the content
}

// Write implements io.Writer.
func (c *chunks) Write(p []byte) (int, error) {
	for part := range slices.Chunk(p, chunkBytes) {
		if c.err = c.stream.SendMsg(chunk(c.like, part)); c.err != nil {
			return 0, c.err
		}
		c.sent = true
	}
	return len(p), nil
}

func chunk(like proto.Message, content []byte) proto.Message {
	m := like.ProtoReflect().New()
	m.Set(m.Descriptor().Fields().ByName(operation.ChunkField), protoreflect.ValueOfBytes(content))
	return m.Interface()
}

func (k call) download(ctx context.Context, in, out proto.Message) (io.ReadCloser, Cost, *problem.Problem) {
	stream, end, fault := k.open(ctx, &grpc.StreamDesc{ServerStreams: true})
	if fault != nil {
		return nil, Cost{}, fault
	}
	refuse := func(err error) (io.ReadCloser, Cost, *problem.Problem) {
		cost := costOf(stream.Trailer())
		fault := k.explain(ctx, err)
		end()
		return nil, cost, fault
	}
	if err := stream.SendMsg(in); err != nil && !errors.Is(err, io.EOF) {
		return refuse(err)
	}
	if err := stream.CloseSend(); err != nil {
		return refuse(err)
	}
	if err := stream.RecvMsg(out); err != nil {
		return refuse(err)
	}
	header, err := stream.Header()
	if err != nil {
		return refuse(err)
	}
	return &downloaded{stream: stream, message: out, end: end}, costOf(header), nil
}

// downloaded is the content of a download.
type downloaded struct {
	stream  grpc.ClientStream
	message proto.Message // what the parts are like
	left    []byte
	end     func()
}

// Read implements io.Reader.
func (d *downloaded) Read(p []byte) (int, error) {
	for len(d.left) == 0 {
		m := d.message.ProtoReflect().New()
		if err := d.stream.RecvMsg(m.Interface()); err != nil {
			return 0, err
		}
		d.left = m.Get(m.Descriptor().Fields().ByName(operation.ChunkField)).Bytes()
	}
	n := copy(p, d.left)
	d.left = d.left[n:]
	return n, nil
}

// Close implements io.Closer.
func (d *downloaded) Close() error {
	d.end()
	return nil
}
