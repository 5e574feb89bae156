// Package attachment moves the contents of attachments over the streams of the
// contract.
package attachment

import (
	"bufio"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"google.golang.org/grpc"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// ChunkBytes is the most bytes of one message.
const ChunkBytes = 256 << 10

// Receive returns what is to be attached, and its content: from the stream, or
// from content_base64 of the first message. The content is nil for a link. A
// content that breaks off ends in an error other than io.EOF, and nothing of it
// may be kept then.
func Receive(stream grpc.ClientStreamingServer[psav1.CreateAttachmentRequest, psav1.CreateAttachmentResponse]) (*psav1.CreateAttachmentRequest, io.Reader, error) {
	first, err := stream.Recv()
	if errors.Is(err, io.EOF) {
		return nil, nil, fault.InvalidArgument("", "the upload has no message: the first one says what is to be attached")
	}
	if err != nil {
		return nil, nil, fmt.Errorf("the upload has no first message: %w", err)
	}
	rest := &uploaded{stream: stream, left: first.GetChunk()}
	given := first.HasContentBase64()
	// The next message tells whether a content comes along.
	if len(rest.left) == 0 {
		if err := rest.next(); err != nil && !errors.Is(err, io.EOF) {
			return nil, nil, err
		}
	}
	streamed := len(rest.left) > 0 || rest.chunks > 0
	switch {
	case streamed && given, streamed && first.HasLink(), given && first.HasLink():
		return nil, nil, fault.InvalidArgument("link", "give one of a file, content_base64 and link")
	case first.HasLink():
		return first, nil, nil
	case given:
		content, err := base64.StdEncoding.DecodeString(first.GetContentBase64())
		if err != nil {
			return nil, nil, fault.InvalidArgument("content_base64", "is not base64: "+err.Error())
		}
		return first, strings.NewReader(string(content)), nil
	case !streamed:
		return nil, nil, fault.InvalidArgument("file", "is missing: send multipart/form-data with the part `file`, or content_base64 or link in a JSON body")
	}
	return first, rest, nil
}

// uploaded is the content of an upload as a reader.
type uploaded struct {
	stream grpc.ClientStreamingServer[psav1.CreateAttachmentRequest, psav1.CreateAttachmentResponse]
	left   []byte
	chunks int
	err    error
}

func (u *uploaded) next() error {
	if u.err != nil {
		return u.err
	}
	message, err := u.stream.Recv()
	if err != nil {
		u.err = err
		return err
	}
	u.chunks++
	u.left = message.GetChunk()
	return nil
}

// Read implements io.Reader.
func (u *uploaded) Read(p []byte) (int, error) {
	for len(u.left) == 0 {
		if err := u.next(); err != nil {
			return 0, err
		}
	}
	n := copy(p, u.left)
	u.left = u.left[n:]
	return n, nil
}

// Send answers a download: what the content is, then the content to its end.
func Send(stream grpc.ServerStreamingServer[psav1.DownloadAttachmentResponse], a *psav1.Attachment, content io.Reader) error {
	if err := stream.Send(psav1.DownloadAttachmentResponse_builder{Attachment: a}.Build()); err != nil {
		return err
	}
	out := bufio.NewWriterSize(chunks{stream}, ChunkBytes)
	if _, err := io.Copy(out, content); err != nil {
		return err // what broke off has no end
	}
	return out.Flush()
}

// chunks sends what is written in messages of at most ChunkBytes.
type chunks struct {
	stream grpc.ServerStreamingServer[psav1.DownloadAttachmentResponse]
}

// Write implements io.Writer.
func (c chunks) Write(p []byte) (int, error) {
	for part := range slices.Chunk(p, ChunkBytes) {
		if err := c.stream.Send(psav1.DownloadAttachmentResponse_builder{Chunk: part}.Build()); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}
