package attachment_test

import (
	"io"
	"testing"

	"google.golang.org/grpc"

	"github.com/deskgate/deskgate/pluginsdk/attachment"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// upload is a stream of messages that ends.
type upload struct {
	grpc.ClientStreamingServer[psav1.CreateAttachmentRequest, psav1.CreateAttachmentResponse]
	messages []*psav1.CreateAttachmentRequest
}

func (u *upload) Recv() (*psav1.CreateAttachmentRequest, error) {
	if len(u.messages) == 0 {
		return nil, io.EOF
	}
	first := u.messages[0]
	u.messages = u.messages[1:]
	return first, nil
}

func TestUploadsOfNothing(t *testing.T) {
	t.Parallel()
	for name, messages := range map[string][]*psav1.CreateAttachmentRequest{
		"no message":       nil,
		"an empty message": {{}},
	} {
		_, _, err := attachment.Receive(&upload{messages: messages})
		if fault.CodeOf(err) != fault.CodeInvalidArgument {
			t.Errorf("%s: %v", name, err)
		}
	}
}
