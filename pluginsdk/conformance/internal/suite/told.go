package suite

import (
	"strconv"
	"strings"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protopath"
	"google.golang.org/protobuf/reflect/protorange"

	"github.com/deskgate/deskgate/pluginsdk/handshake"
)

// Cost is how many requests a call says that it made to the PSA; Untold where it
// says nothing.
type Cost int

// Untold is the cost of a call without the trailer.
const Untold Cost = -1

// trailers are those of one call.
type trailers struct{ metadata.MD }

func (c *trailers) option() grpc.CallOption { return grpc.Trailer(&c.MD) }

func (c *trailers) cost() Cost { return CostOf(c.MD) }

// CostOf reads the cost off a call's trailers.
func CostOf(md metadata.MD) Cost {
	values := md.Get(handshake.TrailerVendorRequests)
	if len(values) != 1 {
		return Untold
	}
	n, err := strconv.Atoi(values[0])
	if err != nil || n < 0 {
		return Untold
	}
	return Cost(n)
}

// told keeps the errors that calls were answered with, for several goroutines:
// none of them may tell a secret.
type told struct {
	mu    sync.Mutex
	texts map[string]bool
}

// Heard keeps an error that was answered, so that the check fails if it tells a
// secret. Call and Measure do it by themselves.
func (t *T) Heard(err error) {
	if err == nil {
		return
	}
	t.told.mu.Lock()
	defer t.told.mu.Unlock()
	if t.told.texts == nil {
		t.told.texts = map[string]bool{}
	}
	t.told.texts[ErrorText(err)] = true
}

func (t *told) all() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var all []string
	for text := range t.texts {
		all = append(all, text)
	}
	return all
}

// ErrorText is all that an error holds: its message and the texts of its details,
// whatever they are.
func ErrorText(err error) string {
	s := status.Convert(err)
	lines := []string{s.Message()}
	for _, d := range s.Proto().GetDetails() {
		detail, err := d.UnmarshalNew()
		if err != nil { // of a type that nobody knows here
			lines = append(lines, string(d.GetValue()))
			continue
		}
		lines = append(lines, Texts(detail)...)
	}
	return strings.Join(lines, "\n")
}

// Texts are all texts and bytes that a message holds.
func Texts(m proto.Message) []string {
	var found []string
	err := protorange.Range(m.ProtoReflect(), func(p protopath.Values) error {
		switch v := p.Index(-1).Value.Interface().(type) {
		case string:
			found = append(found, v)
		case []byte:
			found = append(found, string(v))
		}
		return nil
	})
	if err != nil { // of a message that is already decoded, none is known
		panic(err)
	}
	return found
}
