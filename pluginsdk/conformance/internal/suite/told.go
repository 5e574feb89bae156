package suite

import (
	"maps"
	"slices"
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

// told keeps what the connector has said, for several goroutines: none of it may
// tell a secret.
type told struct {
	mu      sync.Mutex
	texts   map[string]bool
	secrets []string // besides those of the configurations
}

// Heard keeps an error that was answered, so that the check fails if it tells a
// secret. Call and Measure do it by themselves.
func (t *T) Heard(err error) {
	if err != nil {
		t.told.hear(ErrorText(err))
	}
}

// HeardAll keeps all that an answer holds, so that the check fails if it tells a
// secret.
func (t *T) HeardAll(m proto.Message) {
	for _, text := range Texts(m) {
		t.told.hear(text)
	}
}

// Secret has the check fail if the connector tells a value.
func (t *T) Secret(value string) {
	t.told.mu.Lock()
	defer t.told.mu.Unlock()
	t.told.secrets = append(t.told.secrets, value)
}

func (t *told) hear(text string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.texts == nil {
		t.texts = map[string]bool{}
	}
	t.texts[text] = true
}

func (t *told) all() (texts, secrets []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Collect(maps.Keys(t.texts)), t.secrets
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
